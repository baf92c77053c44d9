"""Declaring a recusal, asking for one, ruling on it, lifting it."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.choosing import Candidate, ChoosingForm
from mingcha.doors.hall.watched import WatchedForm

GROUNDS = [
    ("relative", _("近亲属关系")),
    ("interest", _("利害关系")),
    ("former", _("曾任职或共事")),
    ("other", _("可能影响公正的其他情形")),
]
REASON = _("写明什么关系、对方是什么岗位，例如“配偶在该校任教”。不写亲属的姓名、电话和证件号。")


def ground_field() -> forms.ChoiceField:
    """Return the field for the ground of a recusal."""
    return forms.ChoiceField(label=_("情形"), choices=GROUNDS, widget=forms.RadioSelect)


def reason_field(label: Any, help_text: Any) -> forms.CharField:
    """Return a field for a short reason."""
    return forms.CharField(
        label=label, max_length=200, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200})
    )


class Declare(ChoosingForm):
    """From what, on which ground, why."""

    ground = ground_field()
    reason = reason_field(_("说明"), REASON)
    watched = ("reason",)
    field_order = ("what", "chosen", "ground", "reason")

    def __init__(
        self, data: Any = None, *, find: Callable[[str], list[Candidate]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, find=find, initial=initial)
        self.fields["what"].label = _("回避什么")
        self.fields["what"].help_text = _(
            "一个单位、一个地方或一个点位：写名称、代码或拼音首字母，然后查找。外县的要写全称。"
        )


class Ask(WatchedForm):
    """Which officer a unit asks to stay away, on which ground, why."""

    person = forms.TypedChoiceField(label=_("申请谁回避"), coerce=int, widget=forms.RadioSelect)
    ground = ground_field()
    reason = reason_field(_("理由"), REASON)
    watched = ("reason",)

    def __init__(self, data: Any = None, *, people: Iterable[tuple[Any, Any]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]


class Rule(WatchedForm):
    """The ruling of the office above."""

    verdict = forms.ChoiceField(
        label=_("裁定"), choices=[("grant", _("同意，应当回避")), ("refuse", _("不予回避"))], widget=forms.RadioSelect
    )
    ruling = reason_field(_("裁定意见"), _("写明核实了什么、为什么。申请单位和本人都看得到。"))
    watched = ("ruling",)


class Lift(WatchedForm):
    """Why a recusal no longer holds."""

    reason = reason_field(_("解除理由"), _("写明为什么不再需要回避，例如“亲属已调离该单位”。"))
    watched = ("reason",)
