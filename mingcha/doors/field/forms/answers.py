"""A site's checklist as a form made from its questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingcha.doors.field.forms.boxes import lines
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.fieldwork.actions.outings import Given

VERDICTS = (("pass", _("合格")), ("fail", _("不合格")), ("na", _("不适用")))
PARTS = {"judge": ("verdict",), "count": ("reported", "verified"), "ask": ("said",)}
LARGEST = 9_999_999


@dataclass
class Line:
    """One question on the page: its fields, what was shown to start with, and the answer as saved."""

    question: Any
    bounds: dict[str, BoundField]
    was: list[SafeString] = field(default_factory=list)
    answer: Any = None

    @property
    def failed(self) -> bool:
        """Return whether the saved verdict is 不合格."""
        return self.answer is not None and self.answer.verdict == "fail"

    @property
    def gap(self) -> int | None:
        """Return how many more were verified than reported, as saved; None where a number is missing."""
        if self.answer is None or self.answer.reported is None or self.answer.verified is None:
            return None
        return int(self.answer.verified - self.answer.reported)

    @property
    def gap_words(self) -> str:
        """Return the difference in words."""
        if self.gap is None:
            return ""
        if self.gap == 0:
            return gettext("核实与上报一致")
        words = gettext("核实比上报少 %(n)s") if self.gap < 0 else gettext("核实比上报多 %(n)s")
        return words % {"n": abs(self.gap)}


class AnswersForm(WatchedForm):
    """
    All questions of a visit's checklist; none is required, since a visit may be saved at any moment.

    Each field carries what it held when the page was made. Only what differs is handed on, so two inspectors who
    fill in the same visit do not wipe out each other's answers.
    """

    def __init__(self, data: Any = None, *, questions: Iterable[Any], answers: Iterable[Any]) -> None:
        self.questions: Sequence[Any] = list(questions)
        self.answers = {answer.question_id: answer for answer in answers}
        super().__init__(data)
        for question in self.questions:
            for part in PARTS[question.kind]:
                self.fields[name_of(question, part)] = self._field(question, part)
        self.watched = [name_of(question, "said") for question in self.questions if question.kind == "ask"]

    def _field(self, question: Any, part: str) -> forms.Field:
        answer = self.answers.get(question.pk)
        usual: dict[str, Any] = {
            "required": False, "show_hidden_initial": True, "initial": getattr(answer, part, None),
        }  # fmt: skip
        if part == "verdict":
            return forms.ChoiceField(label=question.text, choices=VERDICTS, widget=forms.RadioSelect, **usual)
        if part == "said":
            return forms.CharField(label=question.text, max_length=2000, widget=lines(_("对方怎么回答")), **usual)
        # A number box of the browser would throw away what is no number; a text box keeps it to be put right.
        return forms.IntegerField(
            label=_("上报数") if part == "reported" else _("核实数"), min_value=0, max_value=LARGEST,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": _("这里只填数字，例如 12。")}, **usual,
        )  # fmt: skip

    def given(self) -> list[Given]:
        """Return the answers changed on this page; the part of a pair that was left alone stays as it is saved now."""
        changed = set(self.changed_data)
        found = []
        for question in self.questions:
            answer = self.answers.get(question.pk)
            names = {part: name_of(question, part) for part in PARTS[question.kind]}
            if changed & set(names.values()):
                parts = {
                    part: self.cleaned_data[name] if name in changed or answer is None else getattr(answer, part)
                    for part, name in names.items()
                }
                found.append(Given(question.pk, **parts))
        return found

    def lines(self) -> list[Line]:
        """Return the questions in order, as the page shows them."""
        return [self._line(question) for question in self.questions]

    def _line(self, question: Any) -> Line:
        bounds = {part: self[name_of(question, part)] for part in PARTS[question.kind]}
        # Only radios need this: other widgets print their starting value themselves.
        was = [b.as_hidden(only_initial=True) for b in bounds.values() if question.kind == "judge"]
        return Line(question, bounds, was, self.answers.get(question.pk))


def name_of(question: Any, part: str) -> str:
    """Return the name of a question's field."""
    return f"q{question.pk}_{part}"


def is_given(answer: Any) -> bool:
    """Return whether an answer holds anything."""
    return bool(answer.verdict or answer.said.strip()) or answer.reported is not None or answer.verified is not None
