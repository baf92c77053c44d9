"""What a resident group did inside its host, and at which of the host's sites its duty is checked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import wording, years
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.fieldwork.actions import embedded
from mingcha.flow.fieldwork.states import EmbeddedKind
from mingcha.kernel.refusals import Refusal

Choices = Iterable[tuple[Any, Any]]
COUNTED = (EmbeddedKind.ROSTER, EmbeddedKind.JOINT_CHECK, EmbeddedKind.OWN)
REMINDED = (EmbeddedKind.REMINDER, EmbeddedKind.JOINT_CHECK, EmbeddedKind.OWN)
# The field at which a refusal of the room is said.
PLACES: dict[type[Refusal], str] = {
    embedded.CountsDisagree: "amiss",
    embedded.DayAhead: "day",
    embedded.ReminderOfNobody: "reminded",
}


class Record(WatchedForm):
    """One entry. Counts and posts only: no field asks for anybody's name."""

    group = forms.ChoiceField(label=_("派驻组"))
    kind = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect)
    day = forms.DateField(
        label=_("日期"), validators=[years.meant], help_text=_("实际发生的那一天。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    subject = forms.CharField(
        label=_("事项"), max_length=120, help_text=_("一句话，例如“列席局务会，研究值班带班安排”。")
    )
    text = forms.CharField(
        label=_("看到的情况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写履职情况：怎样部署、怎样落实、差在哪里。只写职务和数目，不写个人姓名。"),
    )  # fmt: skip
    checked = forms.IntegerField(
        label=_("检查数"), required=False, min_value=0, max_value=100_000,
        help_text=_("检查值班、联合检查、督促自查时填：查了几处、几班或几个单位。没有数就空着。"),
    )  # fmt: skip
    amiss = forms.IntegerField(
        label=_("发现异常数"), required=False, min_value=0, max_value=100_000,
        help_text=_("其中有问题的几处。查了没有问题填 0。"),
    )  # fmt: skip
    reminded = forms.CharField(
        label=_("提醒对象职务"), required=False, max_length=60,
        help_text=_("提醒督促时必填。只写职务，例如“办公室负责人”，不写姓名。"),
    )  # fmt: skip
    watched = ("subject", "text", "reminded")

    def __init__(self, data: Any = None, *, groups: Choices, at: datetime) -> None:
        offered = list(groups)
        first = offered[0][0] if offered else ""
        super().__init__(data, initial={"day": timezone.localdate(at), "kind": EmbeddedKind.MEETING, "group": first})
        self.fields["group"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["group"].widget = forms.HiddenInput()
        self.fields["kind"].choices = wording.choices(EmbeddedKind.choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave out what does not belong to the kind: the page has put those fields out of sight."""
        given = super().clean()
        if given.get("kind") not in COUNTED:
            given |= {"checked": None, "amiss": None}
        if given.get("kind") not in REMINDED:
            given["reminded"] = ""
        return given

    def refuse(self, refusal: Refusal) -> bool:
        """Say a refusal at the field it is about; return whether there is one."""
        place = PLACES.get(type(refusal))
        if place:
            self.add_error(place, refusal.sentence(say(refusal.message)))
        return bool(place)


class Check(forms.Form):
    """At which of the host's sites its duty is checked."""

    site = forms.ChoiceField(
        label=_("检查哪个点位"),
        help_text=_("只列驻在部门及其所属单位负责的点位。选“部门”类型的，用部门履职的检查表。"),
        error_messages={"invalid_choice": _("这个点位不由驻在部门负责，请重新选择。")},
    )

    def __init__(self, data: Any = None, *, sites: Choices) -> None:
        super().__init__(data)
        self.fields["site"].choices = list(sites)  # type: ignore[attr-defined]
