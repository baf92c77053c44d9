"""A note between offices: what it says, whom it goes to; and what is written under it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.hall import years
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.guidance.states import Kind

# Apart from the page's own title, which is the name of one of them.
KINDS = {
    Kind.GUIDANCE: pgettext_lazy("文种", "工作指导"),
    Kind.HINT: pgettext_lazy("文种", "工作提示"),
    Kind.REPORT: pgettext_lazy("文种", "情况反馈"),
}
MANY = 4  # from so many on, one tick may stand for a whole fold


@dataclass(frozen=True)
class Fold:
    """Some bodies one may address that belong together; `shut` ones open at a press."""

    key: str
    label: str
    bodies: tuple[tuple[str, str], ...]
    shut: bool = False


@dataclass(frozen=True)
class Shelf:
    """A fold as it is shown: its boxes as (code, name, ticked), and whether it stands open."""

    fold: Fold
    boxes: tuple[tuple[str, str, bool], ...]
    whole: bool
    open: bool

    @property
    def many(self) -> bool:
        return len(self.boxes) >= MANY


class NewNote(WatchedForm):
    """Bodies are ticked; `whole` names folds that are addressed altogether; `what` and `chosen` find holders of links."""

    kind = forms.ChoiceField(label=_("种类"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("标题"), max_length=80, help_text=_("例如“关于加强高速路卡点夜间值守的提示”。文号发出时自动编。")
    )
    text = forms.CharField(
        label=_("内容"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("要做什么、做到什么程度、有什么依据。发出后不能改，更正要另发一份。"),
    )  # fmt: skip
    bodies = forms.MultipleChoiceField(
        label=_("主送单位"), required=False,
        error_messages={"invalid_choice": _("有单位不在可以发的范围里，请重新选择。")},
    )  # fmt: skip
    whole = forms.MultipleChoiceField(required=False)
    what = forms.CharField(
        label=_("联系对象"), required=False, max_length=80,
        help_text=_("写单位、乡镇、村或点位的名称，几个字就行；按“查找”后勾上联系它的单位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    chosen = forms.CharField(required=False, max_length=80)
    reply_by = forms.DateTimeField(
        label=_("答复时限"), required=False, validators=[years.meant],
        help_text=_("要对方答复的才填；不填只要签收。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    watched = ("title", "text")

    def __init__(
        self, data: Any = None, *, upward: bool, folds: Iterable[Fold], initial: dict[str, Any] | None = None
    ) -> None:
        self.folds = list(folds)
        kinds = [Kind.REPORT] if upward else [Kind.GUIDANCE, Kind.HINT]
        super().__init__(data, initial={"kind": kinds[0]} | (initial or {}))
        self.fields["kind"].choices = [(kind.value, KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["bodies"].choices = [pair for fold in self.folds for pair in fold.bodies]  # type: ignore[attr-defined]
        self.fields["whole"].choices = [(fold.key, fold.label) for fold in self.folds]  # type: ignore[attr-defined]
        if upward:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["title"].help_text = _("例如“关于夜间值守落实情况的反馈”。文号发出时自动编。")
            self.fields["text"].help_text = _("怎样办的、办到什么程度、有什么困难。发出后不能改，更正要另发一份。")

    def shelves(self) -> list[Shelf]:
        """Return the folds as they are to be shown, with what is ticked."""
        ticked, whole = set(self["bodies"].value() or ()), set(self["whole"].value() or ())
        shown = []
        for fold in self.folds:
            boxes = tuple((code, name, code in ticked) for code, name in fold.bodies)
            all_ = fold.key in whole
            wanted = all_ or any(box[2] for box in boxes) or len(self.folds) == 1
            shown.append(Shelf(fold, boxes, all_, wanted or not fold.shut))
        return shown

    def addressed(self) -> list[str]:
        """Return the codes of the bodies ticked, and of those in folds ticked as a whole."""
        given = self.cleaned_data
        of_folds = [code for fold in self.folds if fold.key in given["whole"] for code, _name in fold.bodies]
        return list(dict.fromkeys([*given["bodies"], *of_folds]))


def typed(data: Any) -> dict[str, Any]:
    """Return what was sent, to show the form again without judging it: somebody is still looking for recipients."""
    several = ("bodies", "whole")
    single = ("kind", "title", "text", "what", "chosen", "reply_by")
    return {name: data.getlist(name) for name in several} | {name: data.get(name, "") for name in single}


class Reply(WatchedForm):
    """The one reply of a body."""

    text = forms.CharField(
        label=_("答复内容"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("以本单位名义答复，只能答复一次：怎样办的，办到什么程度，还差什么。"),
    )  # fmt: skip
    watched = ("text",)


class Ask(WatchedForm):
    """A question under a note."""

    text = forms.CharField(
        label=_("提问"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("哪里不清楚就问哪里。问题和回答，收到这一份的单位都看得到。"),
    )  # fmt: skip
    watched = ("text",)


class Answer(WatchedForm):
    """The issuer's answer to a question."""

    text = forms.CharField(
        label=_("回答"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("收到这一份的单位都看得到，回答后不能改。"),
    )  # fmt: skip
    watched = ("text",)
