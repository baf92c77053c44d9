"""What anybody may look at: the calls, places, units, where a report would go, and what came of reports, in round figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from mingcha.ground.territory.models import Division as Place
from mingcha.ground.territory.models import Level
from mingcha.tips import directory, routing
from mingcha.tips.clocks import day_of
from mingcha.tips.public import asking, knowing
from mingcha.tips.public.drafts import Draft
from mingcha.tips.routing import Route, Seat
from mingcha.tips.states import CATEGORIES, Category, Kind


@dataclass(frozen=True)
class ShownCall:
    """A published call (问题线索公告) of an office."""

    office: str
    office_name: str
    title: str
    scope: str
    ways: str
    promises: str
    until: date | None


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Unit:
    """A body somebody may report on. `place` tells apart what is called alike."""

    code: str
    name: str
    place: str


@dataclass(frozen=True)
class Result:
    """
    What came of the reports of one office, each figure rounded down to a multiple of five; None: fewer than five.

    Up to the end of last month, so that no figure tells that one came in today.
    """

    office_name: str
    received: int | None
    closed: int | None
    satisfied: int | None
    fair: int | None
    dissatisfied: int | None


def calls(*, at: datetime) -> list[ShownCall]:
    """Return the calls published now and not over, a county's before its city's."""
    today = day_of(at)
    found = [
        ShownCall(**{**each, "until": date.fromisoformat(each["until"]) if each["until"] else None})
        for each in asking.ask("tips_calls")
    ]
    return [each for each in found if each.until is None or each.until >= today]


def categories(kind: str) -> Sequence[Category]:
    """Return what may be chosen for a kind. Raises KeyError for a kind that is none."""
    return CATEGORIES[Kind(kind)]


def counties(*, at: datetime) -> list[Division]:
    """Return the counties from which something can be sent to some office of the directory, in the order of their codes."""
    del at  # what receives today is what the directory says now
    offices = directory.offices()
    return list(knowing.once(("counties", offices), lambda: _covered(offices)))


def _covered(offices: frozenset[str]) -> list[Division]:
    seats = knowing.tree().seats
    covered = Q(pk__in=[])
    for office in offices & seats.keys():
        covered |= Q(code__startswith=seats[office].division)
    return _places(covered, Level.COUNTY)


def divisions(parent: str) -> list[Division]:
    """Return the townships of a county, or the villages of a township."""
    return _places(Q(parent_code=parent), Level.TOWNSHIP, Level.VILLAGE)


def _places(which: Q, *levels: Level) -> list[Division]:
    rows = Place.objects.filter(which, level__in=levels).order_by("code").values_list("code", "name", "level")
    return [Division(*row) for row in rows]


def units(search: str, *, county: str, most: int = 20) -> list[Unit]:
    """
    Return the units in a county and over it whose name or reading (pinyin, initials) holds the words, supervisors too.

    What is called exactly so comes first, then what begins so, then what is in the county itself. Looked for in memory:
    whoever watches the database's queries does not see the words that a citizen types.
    """
    word = search.strip()[:80]
    if not word or not (county.isascii() and county.isdigit()):
        return []
    typed = word.casefold()
    above = [county[:digits] for digits in (2, 4) if digits < len(county)]
    found = [
        seat
        for seat in knowing.tree().seats.values()
        if not seat.merged_into
        and (seat.division.startswith(county) or seat.division in above)
        and (typed in seat.name.casefold() or typed in seat.code.casefold() or typed in seat.reading.casefold())
    ]

    def rank(seat: Seat) -> tuple[bool, bool, bool, str, str]:
        own = seat.division.startswith(county)
        return seat.name != word, not seat.name.startswith(word), not own, seat.reading, seat.code

    return [Unit(seat.code, seat.name, seat.place) for seat in sorted(found, key=rank)[:most]]


def route(draft: Draft, *, at: datetime) -> Route:
    """Return which office would receive it, before anything is sent. Raises NobodyAbove, DirectoryUnsigned and the like."""
    del at
    return routing.receiving(
        knowing.tree(), accused=draft.body, accused_name=draft.body_name, county=draft.county, leaders=draft.leaders,
        offices=directory.offices(), higher=draft.higher,
    )  # fmt: skip


def results(*, at: datetime) -> list[Result]:
    """Return what came of reports, office by office; an office with fewer than five is left out."""
    rows = asking.ask("tips_results", day_of(at).replace(day=1))
    figures = ("received", "closed", "satisfied", "fair", "dissatisfied")
    return [Result(row["office_name"], *(row[name] or None for name in figures)) for row in rows if row["received"]]
