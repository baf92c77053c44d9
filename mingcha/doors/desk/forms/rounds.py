"""The steps of a round that ask for something: whose lot, which register, how many and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Choices = Iterable[tuple[Any, Any]]


class Begin(forms.Form):
    """Whose round it is; who serves one office only is not asked."""

    office = forms.ChoiceField(label=_("抽签单位"))

    def __init__(self, data: Any = None, *, offices: Choices) -> None:
        super().__init__(data)
        self.fields["office"].choices = list(offices)  # type: ignore[attr-defined]


class Freeze(forms.Form):
    """Which site types the lot is about."""

    site_types = forms.MultipleChoiceField(
        label=_("哪些类型参加抽签"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一个都不选，就是全部类型。"),
    )

    def __init__(self, data: Any = None, *, types: Choices) -> None:
        super().__init__(data)
        self.fields["site_types"].choices = list(types)  # type: ignore[attr-defined]


class Draw(forms.Form):
    """How many, and when the teams leave."""

    n = forms.IntegerField(label=_("抽取多少个点位"), min_value=1, max_value=20_000)
    day = forms.DateField(label=_("检查日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    departs = forms.TimeField(
        label=_("出发时间"),
        help_text=_("到这个时间才能启封，在此之前谁也看不到清单。"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    teams = forms.TypedMultipleChoiceField(label=_("出动的检查组"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, size: int, teams: Choices, at: datetime) -> None:
        listed, soon = list(teams), _next_departure(at)
        # Two sites a team: enough that no team stays without a list by chance of the number alone.
        usual = min(size, max(1, 2 * len(listed)))
        initial = {"n": usual, "day": soon.date(), "departs": soon.time(), "teams": [pk for pk, _label in listed]}
        super().__init__(data, initial=initial)
        self.at = at
        self.fields["n"].help_text = _("名录里有 %(size)s 个点位。抽得比组数少，有的组就分不到清单。") % {"size": size}
        self.fields["n"].widget.attrs["max"] = size
        self.fields["teams"].choices = listed  # type: ignore[attr-defined]

    def departs_at(self) -> datetime:
        """
        Return the moment of departure in the office's zone.

        The minute under way counts as now: who types the time on the clock means to leave at once.
        """
        given = datetime.combine(self.cleaned_data["day"], self.cleaned_data["departs"])
        departs = given.replace(tzinfo=timezone.get_current_timezone())
        minute = self.at.replace(second=0, microsecond=0)
        return self.at if departs == minute else departs


def _next_departure(at: datetime) -> datetime:
    """Return now, where the clock stands on a full minute, else the next ten minutes' mark."""
    here = timezone.localtime(at)
    whole = here.replace(second=0, microsecond=0)
    return whole if whole == here else whole - timedelta(minutes=whole.minute % 10) + timedelta(minutes=10)
