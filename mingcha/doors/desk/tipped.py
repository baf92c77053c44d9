"""What the pages of the sealed room show of a tip: its name, its lamp, its place in the queue one works through."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingcha.doors.desk import strongbox
from mingcha.doors.hall.access import Request
from mingcha.doors.hall.wording import choices
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.tips import queries
from mingcha.tips.queries.reading import Line
from mingcha.tips.states import Category, Kind, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from mingcha.tips.models import Tip

LONGEST = 2000  # a queue longer than this is worked through page by page
TABS = {
    "new": gettext_lazy("待受理"),
    "mine": gettext_lazy("我承办的"),
    "open": gettext_lazy("在办"),
    "late": gettext_lazy("逾期"),
    "fresh": gettext_lazy("有补充"),
    "approving": gettext_lazy("待审批"),
    "answering": gettext_lazy("待反馈"),
    "closed": gettext_lazy("已办结"),
}
STATES = {
    "new": State.RECEIVED, "approving": State.PROPOSED, "answering": State.CONCLUDED, "closed": State.CLOSED
}  # fmt: skip
FILTERS = ("number", "kind", "category", "county", "named")


@dataclass(frozen=True)
class Row:
    """A line of the list; `said` is empty where the box is locked or no key is held."""

    tip: "Tip"
    name: str
    light: str
    county: str
    said: Line


def name(tip: "Tip") -> str:
    """Return what a tip is called: by its office's number, else by the day and the beginning of its id."""
    if tip.number:
        return _("举报〔%(year)s〕%(number)s 号") % {"year": tip.year, "number": tip.number}
    return _("未编号 %(mark)s") % {"mark": str(tip.pk)[:4].upper()}


def called(words: str, beside: "Tip", *, to: Standing) -> "Tip":
    """Return another tip of the same office by its number (2021-15) or its id. Raises NotFound."""
    year, _dash, number = words.strip().partition("-")
    found = queries.kept(to=to).filter(office=beside.office_id)
    if year.isdecimal() and number.isdecimal():
        row = found.filter(year=int(year), number=int(number)).first()
        if row is None:
            raise NotFound
        return row
    return queries.tip(words.strip(), to=to)


def chosen(request: Request) -> dict[str, str]:
    """Return what the list is narrowed to: codes only, nothing that was said."""
    tab = request.GET.get("tab", "new")
    found = {each: request.GET.get(each, "").strip()[:20] for each in FILTERS}
    return {"tab": tab if tab in TABS else "new", **found}


def asked(given: Mapping[str, str]) -> queries.Asked:
    """Return the wish of a tab and its filters."""
    tab = given["tab"]
    number = given["number"].rpartition("-")[2]
    return queries.Asked(
        state=STATES.get(tab, ""), kind=given["kind"], category=given["category"], county=given["county"],
        number=number, overdue=tab == "late", mine=tab == "mine", fresh=tab == "fresh", named=bool(given["named"]),
    )  # fmt: skip


def found(request: Request, given: Mapping[str, str]) -> "QuerySet[Tip]":
    """Return the tips of a tab as narrowed; a report nobody has opened yet is new, not one with something added."""
    rows = queries.triage(asked(given), to=request.standing, at=request.now)
    return rows.exclude(state=State.RECEIVED) if given["tab"] == "fresh" else rows


def query(given: Mapping[str, str]) -> str:
    """Return the address's part that keeps the queue one is in."""
    kept = QueryDict(mutable=True)
    kept.update({key: value for key, value in given.items() if value})
    return f"?{kept.urlencode()}"


def neighbours(request: Request, tip: "Tip") -> tuple[str, str]:
    """Return the addresses of the tips before and after this one in the queue it was opened from, "" for none."""
    if "tab" not in request.GET:
        return "", ""
    given = chosen(request)
    keys: list[UUID] = list(found(request, given).values_list("pk", flat=True)[:LONGEST])
    if tip.pk not in keys:  # it has just left the queue: go on with what is first in it
        return "", address(keys[0], given) if keys else ""
    at = keys.index(tip.pk)
    before = address(keys[at - 1], given) if at else ""
    return before, address(keys[at + 1], given) if at + 1 < len(keys) else ""


def address(pk: UUID, given: Mapping[str, str]) -> str:
    return reverse("desk:tip", args=[pk]) + query(given)


def rows(tips: Iterable["Tip"], said: Mapping[UUID, Line], *, at: datetime) -> list[Row]:
    """Return the lines of one page."""
    listed = list(tips)
    places = territory.names({tip.county for tip in listed})
    return [
        Row(
            tip, name(tip), queries.light(tip.due_at, at=at) or "none", places.get(tip.county, tip.county),
            said.get(tip.pk, Line()),
        )
        for tip in listed
    ]  # fmt: skip


def selects(request: Request, given: Mapping[str, str]) -> list[tuple[str, str, list[tuple[str, object, bool]]]]:
    """Return the filters with a list to pick from: (name, label, [(value, word, picked)])."""
    tips = queries.kept(to=request.standing).order_by()
    counties = territory.names(set(tips.values_list("county", flat=True)))
    lists: list[tuple[str, str, Collection[tuple[str, object]]]] = [
        ("kind", _("类别"), choices(Kind.choices)),
        ("category", _("问题类型"), choices(Category.choices)),
        ("county", _("县区"), sorted(counties.items())),
        ("named", _("署名"), [("1", _("实名"))]),
    ]
    return [
        (key, label, [(value, word, value == given[key]) for value, word in options])
        for key, label, options in lists
        if len(options) > 1 or key == "named"
    ]


def lock(request: Request) -> dict[str, object]:
    """Return what the bar above every page says of the lock."""
    return {
        "unlocked": strongbox.is_open(request), "locks_in": int(strongbox.IDLE.total_seconds()) + 5,
        "may_compare": request.standing.can(P.TIP_INTAKE),
    }  # fmt: skip
