"""Naming one thing out of thousands without a script: some words, then a pick among what they match."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall.watched import WatchedForm


@dataclass(frozen=True)
class Candidate:
    """Something the words may mean; `whole` where they are its very name or code."""

    key: str
    label: str
    whole: bool = False


class ChoosingForm(WatchedForm):
    """
    A form about one thing that is named by words. One match is taken; of several one is picked by radio button.

    After cleaning, `cleaned_data["chosen"]` is the key of the candidate meant.
    """

    what = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    chosen = forms.ChoiceField(
        label=_("是哪一个"), required=False, widget=forms.RadioSelect,
        help_text=_("都不是的话，把名称写得更全，再查找一次。"),
        error_messages={"required": _("有几个都符合，请选一个。"), "invalid_choice": _("请从列出的里面选一个。")},
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], initial: dict[str, Any] | None = None
    ) -> None:
        """Take `find`, which looks words up; the words are those sent, else those in `initial`."""
        super().__init__(data, initial=initial)
        words = str((self.initial if data is None else data).get("what", "")).strip()[:80]
        self.candidates = find(words) if words else []
        whole = [candidate for candidate in self.candidates if candidate.whole]
        sure = whole if len(whole) == 1 else self.candidates if len(self.candidates) == 1 else []
        self.sure = sure[0] if sure else None
        self.searched = bool(words)
        picker = self.fields["chosen"]
        picker.choices = [(each.key, each.label) for each in self.candidates]  # type: ignore[attr-defined]
        picker.required = bool(self.candidates) and self.sure is None
        if len(self.candidates) < 2:
            del self.fields["chosen"]

    def clean_what(self) -> str:
        """Return the words; they must mean something."""
        words = self.cleaned_data["what"].strip()
        if not self.candidates:
            raise forms.ValidationError(
                _("没有找到“%(words)s”。请写全称或代码，或者换几个字再查找。"), params={"words": words}
            )
        return words

    def clean(self) -> dict[str, Any]:
        """Settle which candidate is meant: the one picked, else the one there is no doubt about."""
        given = super().clean()
        if not given.get("chosen") and self.sure is not None:
            given["chosen"] = self.sure.key
        return given
