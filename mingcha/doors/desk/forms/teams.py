"""Forming a team, re-forming it in the field, and taking a further office into a campaign."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import wording
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.campaigns.states import Duty

Choices = Iterable[tuple[Any, Any]]


def _base() -> forms.CharField:
    return forms.CharField(
        label=_("驻地"), required=False, max_length=60, help_text=_("从哪里出发，例如“县委党校”。")
    )  # fmt: skip


def _vehicle() -> forms.CharField:
    return forms.CharField(label=_("车辆"), required=False, max_length=40, help_text=_("车型、车牌或来源。"))


def _latitude() -> forms.FloatField:
    return forms.FloatField(label=_("驻地纬度"), required=False, min_value=-90, max_value=90)


def _longitude() -> forms.FloatField:
    return forms.FloatField(
        label=_("驻地经度"), required=False, min_value=-180, max_value=180, help_text=_("填了经纬度，路线从这里排起。")
    )


def _hour(label: str | Promise) -> forms.TimeField:
    clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=clock)  # type: ignore[arg-type]


def _townships() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("片区乡镇"),
        required=False,
        help_text=_("抽中的点位优先派给管这个乡镇的组；都不选，就哪里都可以派。"),
        widget=forms.CheckboxSelectMultiple,
    )


class NewTeam(forms.Form):
    """A name, a leader out of the leadership, a liaison, members, base and vehicle, and the townships it goes to."""

    name = forms.CharField(label=_("组名"), max_length=40, help_text=_("例如“第一组”，在本单位内不能重名。"))
    leader = forms.TypedChoiceField(
        label=_("组长"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选定一名班子成员带队。")},
    )
    liaison = forms.TypedChoiceField(
        label=_("联络员"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    members = forms.TypedMultipleChoiceField(
        label=_("组员"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    base = _base()
    vehicle = _vehicle()
    townships = _townships()

    def __init__(
        self, data: Any = None, *, leaders: Choices, people: Choices, townships: Choices, name: str = ""
    ) -> None:
        everybody = list(people)
        super().__init__(data, initial={"name": name})
        self.fields["leader"].choices = list(leaders)  # type: ignore[attr-defined]
        self.fields["liaison"].choices = [("", "—"), *everybody]  # type: ignore[attr-defined]
        self.fields["members"].choices = everybody  # type: ignore[attr-defined]
        self.fields["townships"].choices = list(townships)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever leads has no hand free to be the liaison."""
        given = super().clean() or {}
        if given.get("leader") is not None and given.get("leader") == given.get("liaison"):
            self.add_error("liaison", say("组长和联络员不能是同一个人，请另选一人。"))
        return given


class Join(forms.Form):
    """Who joins a team, or takes over a duty in it."""

    duty = forms.ChoiceField(label=_("担任"), widget=forms.RadioSelect)
    person = forms.TypedChoiceField(
        label=_("人员"), coerce=int, widget=forms.RadioSelect, error_messages={"required": _("请选一个人。")}
    )

    def __init__(
        self, data: Any = None, *, people: Choices, duties: dict[int, str], chosen: dict[str, str] | None = None
    ) -> None:
        """`duties`: person id → the duty they have in the team already."""
        super().__init__(data, initial={"duty": Duty.MEMBER, **(chosen or {})})
        self.duties = duties
        self.fields["duty"].choices = wording.choices(Duty.choices)  # type: ignore[attr-defined]
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What somebody is already they need not become."""
        given = super().clean() or {}
        if given.get("duty") and self.duties.get(given.get("person", 0)) == given["duty"]:
            self.add_error("person", say("这个人在本组已经担任这项分工，请另选一人。"))
        return given


class Leave(WatchedForm):
    """Who leaves a team, and why."""

    person = forms.TypedChoiceField(label=_("谁离组"), coerce=int)
    reason = forms.CharField(label=_("离组原因"), max_length=120, help_text=_("例如：轮换休息；调回原单位。"))
    watched = ("reason",)

    def __init__(self, data: Any = None, *, people: Choices) -> None:
        super().__init__(data, prefix="leave")
        self.offer(people)

    def offer(self, people: Choices) -> None:
        """Show these people to choose from, whoever was sent."""
        self.fields["person"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class Disband(WatchedForm):
    """Why a team ends."""

    reason = forms.CharField(label=_("解散原因"), max_length=120, help_text=_("例如：任务完成；并入别的组。"))
    watched = ("reason",)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="disband")


class Equip(forms.Form):
    """Where a team sets out from, in what, between which hours, and its stretch."""

    base = _base()
    vehicle = _vehicle()
    base_latitude = _latitude()
    base_longitude = _longitude()
    starts = _hour(_("出工"))
    ends = _hour(_("收工"))
    townships = _townships()

    def __init__(self, data: Any = None, *, townships: Choices, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["townships"].choices = list(townships)  # type: ignore[attr-defined]


class Admit(forms.Form):
    """Which office or group joins a campaign under way."""

    body = forms.ChoiceField(
        label=_("加入哪个单位"), widget=forms.RadioSelect, error_messages={"required": _("请选一个单位。")}
    )

    def __init__(self, data: Any = None, *, bodies: Choices) -> None:
        super().__init__(data)
        self.fields["body"].choices = list(bodies)  # type: ignore[attr-defined]
