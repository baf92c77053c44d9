"""A finding: which rule, whose responsibility, what was seen, and how it is put right."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from mingcha.doors.field.forms.boxes import lines
from mingcha.doors.hall import wording, years
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.states import Responsibility, Severity
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.states import Way
from mingcha.kernel.refusals import Refusal

Choices = list[tuple[Any, Any]]
NONE: Choices = [("", _("请选择"))]
RULE = "rule"
# The field at which a refusal of the rooms is said.
PLACES: dict[type[Refusal], str] = {
    rectifications.DeadlineMissing: "due_in",
    rectifications.DeadlineInThePast: "due_in",
    findings.NothingSeen: "description",
    findings.ItemNotInForce: "item",
    findings.NotAnEarlierOne: "recurrence_of",
    findings.OfficeCannotAnswer: "body",
}


class FindingForm(WatchedForm):
    """Every list is handed in; the form keeps what was typed and looks the chosen rows up again."""

    item = forms.ChoiceField(
        label=_("违反哪一条"), error_messages={"invalid_choice": _(findings.ItemNotInForce.message)}
    )
    description = forms.CharField(
        label=_("看到了什么"), max_length=2000, widget=lines(_("几点、在哪里、什么现象、涉及多少"), rows=4),
        help_text=_("写职责和现象，只写人数和职务；不写居民姓名、电话、住址、健康状况。"),
    )  # fmt: skip
    photos = forms.MultipleChoiceField(
        label=_("附上照片"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("只能附这次检查的照片，请重新选择。")},
    )
    responsibility = forms.ChoiceField(label=_("哪一方责任"), widget=forms.RadioSelect)
    body = forms.ChoiceField(
        label=_("责任单位"), error_messages={"invalid_choice": _("这个单位不在本县区可选的单位里，请重新选择。")}
    )
    severity = forms.ChoiceField(label=_("等级"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("怎么改"), widget=forms.RadioSelect)
    due_in = forms.ChoiceField(label=_("整改时限"), required=False, widget=forms.RadioSelect)
    due_at = forms.DateTimeField(
        label=_("其他时限"), required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), validators=[years.meant],
        error_messages={"invalid": _("时间没有看懂，请写成 2021-10-28 18:00 的样子。")},
    )  # fmt: skip
    requirement = forms.CharField(
        label=_("整改要求"), required=False, max_length=1000, widget=lines(_("要做到什么算改好"), rows=2)
    )
    recurrence_of = forms.ChoiceField(
        label=_("是不是老问题"),
        required=False,
        error_messages={"invalid_choice": _(findings.NotAnEarlierOne.message)},
    )
    watched = ("description", "requirement")

    def __init__(
        self, data: Any = None, *, items: Iterable[Any], bodies: Iterable[Any], photos: Iterable[Any],
        earlier: Iterable[Any], site: Any, emergency: bool, at: datetime, by_rule: datetime,
    ) -> None:  # fmt: skip
        self.items, self.bodies = {str(i.pk): i for i in items}, {b.pk: b for b in bodies}
        self.pictures = {str(p.pk): p for p in photos}
        self.earlier = {str(f.pk): f for f in earlier}
        self.at, self.emergency, self.by_rule = at, emergency, by_rule
        super().__init__(data, initial={"body": site.body_id, "due_in": RULE})
        self._choices("item", NONE + by_catalogue(self.items.values()))
        self._choices("body", NONE + by_nearness(self.bodies.values(), site))
        self._choices("photos", [(pk, photo.caption or photo.evidence.name) for pk, photo in self.pictures.items()])
        self._choices("responsibility", wording.choices(Responsibility.choices))
        self._choices("severity", wording.choices(Severity.choices))
        self._choices("way", wording.choices(Way.choices))
        self._choices("due_in", self._deadlines())
        self._choices("recurrence_of", [("", _("第一次发现"))] + [(k, _retold(f)) for k, f in self.earlier.items()])

    def _choices(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _deadlines(self) -> Choices:
        offered = presets(self.at, emergency=self.emergency)
        asked = self.data.get("due_in") if self.is_bound else None
        # 当日 18:00 may have been offered a minute ago; the room then says that it is past.
        kept = [p for p in every_preset(self.at) if p[0] == asked and p not in offered]
        choices = [
            (key, f"{unbroken(label)} {unbroken(wording.moment(moment))}") for key, label, moment in kept + offered
        ]
        ruled = f"{unbroken(say('按规则'))} {unbroken(wording.moment(self.by_rule))}"
        return [(RULE, ruled), *choices, ("other", _("其他时间"))]

    def clean(self) -> dict[str, object]:
        """Settle the deadline: a choice, or the time given; None leaves it to the rule for item and severity."""
        given = super().clean()
        moments = {key: moment for key, _label, moment in every_preset(self.at)}
        chosen = str(given.get("due_in") or "")
        given["deadline"] = given.get("due_at") if chosen in ("other", "") else moments.get(chosen)
        if (
            chosen == "other"
            and given.get("way") == Way.BY_DEADLINE
            and not given["deadline"]
            and "due_at" not in self.errors
        ):
            self.add_error("due_in", say(rectifications.DeadlineMissing.message))
        return given

    def asked(self) -> dict[str, Any]:
        """Return the finding as `rectifications.note_finding` takes it."""
        given = self.cleaned_data
        on_spot = given["way"] == Way.ON_SPOT
        return {
            "item": self.items[given["item"]], "responsibility": given["responsibility"],
            "body": self.bodies[given["body"]], "severity": given["severity"], "description": given["description"],
            "way": given["way"], "due_at": None if on_spot else given["deadline"], "requirement": given["requirement"],
            "photos": [self.pictures[pk] for pk in given["photos"]],
            "recurrence_of": self.earlier.get(given["recurrence_of"]),
        }  # fmt: skip

    def refuse(self, refusal: Refusal) -> bool:
        """Say a refusal at the field it is about; return whether there is one."""
        place = PLACES.get(type(refusal))
        if place:
            self.add_error(place, refusal.sentence(say(refusal.message)))
        return bool(place)


class WithdrawForm(WatchedForm):
    """Why a finding is taken back."""

    reason = forms.CharField(label=_("撤回原因"), max_length=200, widget=lines(_("例如：条目选错，重新登记"), rows=2))
    watched = ("reason",)


def presets(at: datetime, *, emergency: bool, passed: bool = False) -> list[tuple[str, str, datetime]]:
    """
    Return the usual deadlines as (key, words, moment).

    Hours while the campaign's emergency settings are in force (late in the day, noon tomorrow replaces this evening);
    days once they have lapsed, ending at the evening.
    """
    here = timezone.localtime(at)
    evening = here.replace(hour=18, minute=0, second=0, microsecond=0)
    if not emergency:
        ordinary = (("week", say("7 天"), 7), ("fortnight", say("15 天"), 15), ("month", say("30 天"), 30))
        return [(key, words, evening + timedelta(days=days)) for key, words, days in ordinary]
    noon = (evening + timedelta(days=1)).replace(hour=12)
    near = ("today", say("当日"), evening) if passed or here < evening else ("noon", say("次日"), noon)
    return [near, ("day", say("24 小时"), at + timedelta(days=1)), ("three", say("3 天"), at + timedelta(days=3))]


def every_preset(at: datetime) -> list[tuple[str, str, datetime]]:
    """Return all of them: a page opened before a change of hour or setting may still send the older kind."""
    hours = presets(at, emergency=True, passed=True) + presets(at, emergency=True)[:1]
    return list(dict.fromkeys(hours + presets(at, emergency=False)))


def unbroken(words: str) -> str:
    """Return words that stay on one line of a narrow button."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def by_catalogue(items: Iterable[Any]) -> Choices:
    """Group items by catalogue and category; the label says where the text is not on record."""
    groups: dict[str, Choices] = {}
    for item in items:
        name = item.edition.rulebook.name + (f" · {item.category}" if item.category else "")
        groups.setdefault(name, []).append((str(item.pk), item.label))
    return list(groups.items())


def by_nearness(bodies: Iterable[Any], site: Any) -> Choices:
    """Group bodies: the site's own, those of its township, the county's others, then those of the city and province."""
    near, township, others = say("这个点位的责任单位"), say("所在乡镇的单位"), say("本县区其他单位")
    above = say("市、省的单位")
    groups: dict[str, Choices] = {near: [], township: [], others: [], above: []}
    here, county = site.division.township_code, site.division.county_code
    for body in bodies:
        of_township = bool(here) and body.division_id.startswith(here)
        of_county = body.division_id.startswith(county)
        place = near if body.pk == site.body_id else township if of_township else others if of_county else above
        groups[place].append((body.pk, body.name))
    return [(name, found) for name, found in groups.items() if found]


def _retold(finding: Any) -> str:
    text = finding.description if len(finding.description) <= 24 else finding.description[:24] + "…"
    return f"{wording.day(finding.noted_at)} {text}"
