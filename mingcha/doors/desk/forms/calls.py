"""The call: what is needed and whom it goes to; an office's answer; assigning and taking back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mingcha.doors.hall import years
from mingcha.doors.hall.watched import WatchedForm

Choices = Iterable[tuple[Any, Any]]

FIRST_ROWS, SPARE_ROWS, MOST_ROWS = 4, 4, 60


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, validators=[years.meant], widget=widget)


class NeedRow(forms.Form):
    """One line of what is needed; a line left empty counts for nothing."""

    county = forms.ChoiceField(label=_("县区"), required=False)
    skill = forms.CharField(
        label=_("专长"), required=False, max_length=30, widget=forms.TextInput(attrs={"list": "skills"})
    )
    people = forms.IntegerField(
        label=_("人数"), required=False, min_value=1, max_value=999,
        error_messages={"min_value": _("至少要 1 个人。")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, prefix: str, counties: Choices) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["county"].choices = [("", "—"), *counties]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A county without a number, or a number without a county, is a line somebody forgot to finish."""
        given = super().clean() or {}
        county, people = given.get("county"), given.get("people")
        if (county or given.get("skill")) and people is None and "people" not in self.errors:
            self.add_error("people", say("请填写要几个人。"))
        if (people or given.get("skill")) and not county and "county" not in self.errors:
            self.add_error("county", say("请选择用人的县区。"))
        return given

    @property
    def says(self) -> bool:
        return bool(self.cleaned_data.get("county"))


class NewCall(WatchedForm):
    """A call: why, when, by when to answer, and whom it goes to. The needs stand in rows of their own."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=500,
        help_text=_("收到的单位先看这一句：出了什么事，要人去做什么。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    from_day = _day(_("从哪天"))
    to_day = _day(_("到哪天"))
    reply_by = forms.DateTimeField(
        label=_("答复时限"),
        validators=[years.meant],
        help_text=_("过了这个时间没答复的单位会标红。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    bodies = forms.MultipleChoiceField(
        label=_("发给哪些单位"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择要哪些单位答复。")},
    )  # fmt: skip
    townships = forms.MultipleChoiceField(
        label=_("乡镇纪检组织"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    watched = ("reason",)

    def __init__(
        self, data: Any = None, *, counties: Sequence[tuple[str, str]], bodies: Choices, chosen: Iterable[str],
        townships: Choices, days: tuple[date, date], at: datetime,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={
            "from_day": days[0], "to_day": days[1], "reply_by": soon(at), "bodies": list(chosen),
        })  # fmt: skip
        self.at = at
        self.fields["bodies"].choices = list(bodies)  # type: ignore[attr-defined]
        self.fields["townships"].choices = list(townships)  # type: ignore[attr-defined]
        self.rows = [NeedRow(data, prefix=f"need-{n}", counties=counties) for n in range(self._how_many(data))]

    def _how_many(self, data: Any) -> int:
        """Return how many rows to show: as many as came, and more where more were asked for."""
        try:
            came = int((data or {}).get("rows", FIRST_ROWS))
        except ValueError:
            came = FIRST_ROWS
        return max(1, min(MOST_ROWS, came + (SPARE_ROWS if data and "more" in data else 0)))

    def clean(self) -> dict[str, Any]:
        """The form is good when its rows are; each says by itself what is wrong. Townships alone may be asked, too."""
        given = super().clean()
        if given.get("townships") and not given.get("bodies"):
            self.errors.pop("bodies", None)
            given["bodies"] = []
        for row in self.rows:
            if not row.is_valid():
                self.add_error(None, say("“要多少人”里有一行没有填全，已在那里标出。"))
                break
        return given

    def quiet(self) -> None:
        """Show what was typed without judging it: somebody only asked for more rows."""
        for form in (self, *self.rows):
            form._errors, form.cleaned_data = ErrorDict(), {}  # type: ignore[attr-defined]

    def wanted(self) -> list[dict[str, Any]]:
        """Return the rows that say something: county, skill, people."""
        return [row.cleaned_data for row in self.rows if row.says]


def soon(at: datetime) -> datetime:
    """Return two hours from now, on the next full ten minutes: long enough to ask around, short enough to send tonight."""
    here = timezone.localtime(at) + timedelta(hours=2)
    return here.replace(second=0, microsecond=0) + timedelta(minutes=-here.minute % 10)


class Answer(WatchedForm):
    """Who can be spared and on which days; or, by the other button, why nobody can."""

    people = forms.TypedMultipleChoiceField(
        label=_("派得出的人"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=200, help_text=_("例如：自带车辆；几点能到。"),
        widget=forms.TextInput(),
    )  # fmt: skip
    why = forms.CharField(
        label=_("派不出人的原因"), required=False, max_length=200, help_text=_("例如：全部在外检查，29日收队后可派两人。"),
        widget=forms.TextInput(),
    )  # fmt: skip
    watched = ("note", "why")

    def __init__(self, data: Any = None, *, people: dict[int, str], days: tuple[date, date]) -> None:
        """Take the people as id → name, and the days of the call."""
        super().__init__(data)
        self.days = days
        self.nobody = bool(data) and "nobody" in data
        self.fields["people"].choices = list(people.items())  # type: ignore[attr-defined]
        # Not required by the other button, but to be filled by whoever presses this field's own.
        self.fields["why"].needed = True  # type: ignore[attr-defined]
        span = {"min": f"{days[0]:%Y-%m-%d}", "max": f"{days[1]:%Y-%m-%d}"}
        for pk, name in people.items():
            labels = {"from": say("%(person)s：从哪天"), "to": say("%(person)s：到哪天")}
            for (end, label), day in zip(labels.items(), days, strict=True):
                made = _day(label % {"person": name})
                made.required, made.initial = False, day
                # In the table's row no label stands beside the two days.
                made.widget.attrs |= span | {"aria-label": made.label}
                self.fields[f"{end}_{pk}"] = made

    def clean(self) -> dict[str, Any]:
        """The days of whoever is ticked lie within the call's; the two ways to answer are not mixed."""
        given = super().clean()
        chosen = given.get("people") or []
        if self.nobody and chosen:
            self.add_error(None, say("上面还勾着 %(count)s 个人。派不出人，请先取消勾选。") % {"count": len(chosen)})
        if self.nobody and not given.get("why") and "why" not in self.errors:
            self.add_error("why", say("请写明为什么派不出人。"))
        if not self.nobody and not chosen and "people" not in self.errors:
            self.add_error("people", say("请勾选派得出的人；一个也派不出，请用页面下方的“派不出人”。"))
        for pk in chosen:
            self._check_days(pk, given)
        return given

    def _check_days(self, pk: int, given: dict[str, Any]) -> None:
        for key, usual in zip((f"from_{pk}", f"to_{pk}"), self.days, strict=True):
            if key in self.errors:
                return
            given[key] = given.get(key) or usual
            if not self.days[0] <= given[key] <= self.days[1]:
                self.add_error(key, say("日期要在这次调配的起止之内。"))
                return
        if given[f"to_{pk}"] < given[f"from_{pk}"]:
            self.add_error(f"to_{pk}", say("结束日期早于开始日期，请改正日期。"))


class Assign(forms.Form):
    """Where somebody is sent."""

    need = forms.TypedChoiceField(label=_("派往"), coerce=int)

    def __init__(self, data: Any = None, *, needs: Choices) -> None:
        super().__init__(data)
        self.fields["need"].choices = list(needs)  # type: ignore[attr-defined]


class Withdraw(WatchedForm):
    """Why somebody cannot come after all."""

    reason = forms.CharField(label=_("撤回原因"), max_length=200)
    watched = ("reason",)
