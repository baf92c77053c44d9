"""
The clock's rules as one place to ask: which days are worked, how long each stage may take, the ladder over it.

What an office has set holds for it and those below it; where none has, what is shipped (catalogues/terms.toml).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache, lru_cache
from typing import Any

import holidays
from holidays.countries.china import ChinaStaticHolidays

from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.rulebook import queries
from mingcha.ground.rulebook.models import (
    BasisText,
    CalendarDay,
    CalendarYear,
    Item,
    Ladder,
    LadderRung,
    ProofRule,
    TermRule,
)
from mingcha.kernel.deadlines import WEEKEND, Calendar, Rung, Term, Unit

# How far around a statutory holiday an announcement has ever moved a day of rest or work, with room to spare.
BEFORE, AFTER = 3, 8
NOTICES = frozenset(ChinaStaticHolidays.special_public_holidays)  # the years whose announcement the library has
CHARTED = 5  # years after the last announced one whose statutory holidays are known by the moon


@dataclass(frozen=True)
class ProofNeed:
    """What must be there before a step: photos from before and after, a document, a re-check visit."""

    before: bool = False
    after: bool = False
    document: bool = False
    revisit: bool = False


def calendar() -> Calendar:
    """Return the calendar of working days: as announced, with what offices have registered over it."""
    years = tuple(CalendarYear.objects.values_list("year", flat=True))
    return _with(years, tuple(CalendarDay.objects.order_by("pk").values_list("day", "works")))


def term(
    stage: str, *, emergency: bool, severity: str = "", item: int | None = None, offices: Sequence[str] = ()
) -> Term:
    """
    Return how long a stage may take: the nearest office's rule, of its rules the most specific (item and severity, item,
    severity, any); else what is shipped.

    `offices` are body codes, nearest first. A rule about an item holds for the same number in later editions, too.
    Raises KeyError for a stage that nobody knows.
    """
    held: dict[tuple[str, bool, bool], Term | None] = {}
    if offices:
        asked = TermRule.objects.filter(body__in=offices, stage=stage, emergency=emergency, severity__in={"", severity})
        rules = list(asked.order_by("pk"))
        alike = _alike(item) if item and any(rule.item_id for rule in rules) else set()
        rules = [rule for rule in rules if rule.item_id is None or rule.item_id in alike]
        held = {(rule.body_id, rule.item_id is not None, bool(rule.severity)): rule.term for rule in rules}
    for office in offices:
        for about_item, about_severity in ((True, True), (True, False), (False, True), (False, False)):
            found = held.get((office, about_item, about_severity))
            if found is not None:
                return found
    return _shipped_terms()[stage, emergency]


def ladder(*, emergency: bool, offices: Sequence[str] = ()) -> tuple[Rung, ...]:
    """Return the rungs in order: the nearest office's ladder, else the one shipped."""
    found = Ladder.objects.filter(body__in=offices, emergency=emergency).order_by("pk") if offices else ()
    held = {row.body_id: row for row in found}
    for office in offices:
        rungs = [_rung(row) for row in held[office].rungs.order_by("position")] if office in held else []
        if rungs:
            return tuple(rungs)
    return _shipped_ladder(emergency=emergency)


def basis(kind: str, *, offices: Sequence[str] = ()) -> str:
    """Return the legal basis that an office has put on record for a kind of paper; "" where none has."""
    held = {row.body_id: row.text for row in BasisText.objects.filter(body__in=offices, kind=kind).order_by("pk")}
    return next((held[office] for office in offices if held.get(office)), "")


def proof_needed(act: str, *, severity: str = "", offices: Sequence[str] = ()) -> ProofNeed:
    """
    Return what must be there before `act` ("answer", "close"): the nearest office's rule, for this severity before any.

    Nothing for an act without a rule.
    """
    found = ProofRule.objects.filter(body__in=offices, act=act, severity__in={"", severity}).order_by("pk")
    held = {(row.body_id, row.severity): row for row in found}
    for office in offices:
        for about in (severity, ""):
            row = held.get((office, about))
            if row is not None and not row.withdrawn:
                return ProofNeed(row.before, row.after, row.document, row.revisit)
    return _shipped_proofs().get(act, ProofNeed())


def warning(*, emergency: bool) -> timedelta:
    """Return how long before the due time the light turns yellow."""
    return timedelta(hours=queries.shipped("terms")["warn"]["emergency" if emergency else "ordinary"])


def _alike(item: int) -> set[int]:
    """Return the ids of an item and of those of the same number in the other editions of its catalogue."""
    number, rulebook = Item.objects.filter(pk=item).values_list("number", "edition__rulebook").first() or ("", None)
    same = Item.objects.filter(edition__rulebook=rulebook, number=number) if number else Item.objects.none()
    return {item, *same.values_list("pk", flat=True)}


def _rung(row: LadderRung) -> Rung:
    term = row.term
    assert term is not None  # rung_is_a_term
    return Rung(row.position, row.act, term, row.before, row.auto, row.paper, row.to)


@lru_cache(maxsize=4)
def _with(years: tuple[int, ...], days: tuple[tuple[date, bool | None], ...]) -> Calendar:
    """Return the shipped calendar with the rows of the offices over it, each given in the order they came in."""
    base, in_doubt = _announced()
    known = base.announced | set(years)
    held: dict[date, bool | None] = dict(base.days)
    for day, works in days:
        # Taken back: the day is again what it was on the shipped list.
        held[day] = base.days.get(day) if works is None else works
    return replace(
        base,
        announced=known,
        days={day: works for day, works in held.items() if works is not None},
        doubtful=frozenset(day for day, notice in in_doubt.items() if notice not in known),
    )


@cache
def _announced() -> tuple[Calendar, dict[date, int]]:
    """
    Return the calendar as the library has it, and day → the year whose notice it waits for.

    The library makes up years nobody has announced from the moon alone: only those it has a notice for count, and the
    days around the others' holidays are in doubt, the last of the December before among them.
    """
    known = holidays.country_holidays("CN", years=NOTICES)
    days = {}
    for ordinal in range(date(min(NOTICES), 1, 1).toordinal(), date(max(NOTICES) + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        if known.is_working_day(day) != (day.weekday() < WEEKEND):
            days[day] = known.is_working_day(day)
    coming = range(max(NOTICES) + 1, max(NOTICES) + 1 + CHARTED)
    doubtful = {day: year for year in coming for day in in_doubt(year)}
    return Calendar(OFFICE_TIME, time.fromisoformat(queries.shipped("terms")["closes"]), NOTICES, days), doubtful


def in_doubt(year: int) -> set[date]:
    """Return the days that a notice for a year may make days of rest or work: those around its statutory holidays."""
    found = holidays.country_holidays("CN", years=year, observed=False, language="en_US")
    statutory = [day for day in found if not found.get_list(day)[0].startswith("Day off")]
    return {day + timedelta(off) for day in statutory for off in range(-BEFORE, AFTER + 1)}


@cache
def _shipped_terms() -> dict[tuple[str, bool], Term]:
    return {
        (row["stage"], emergency): _term(row[name])
        for row in queries.shipped("terms")["term"]
        for emergency, name in ((False, "ordinary"), (True, "emergency"))
    }


@cache
def _shipped_ladder(*, emergency: bool) -> tuple[Rung, ...]:
    return tuple(
        Rung(
            position, row["act"], _term(row["emergency" if emergency else "ordinary"]), row.get("before", False),
            row.get("auto", True), row.get("paper", ""), row["to"],
        )
        for position, row in enumerate(queries.shipped("terms")["rung"], start=1)
    )  # fmt: skip


@cache
def _shipped_proofs() -> dict[str, ProofNeed]:
    return {
        row["act"]: ProofNeed(**{name: row.get(name, False) for name in ("before", "after", "document", "revisit")})
        for row in queries.shipped("terms")["proof"]
    }


def _term(row: dict[str, Any]) -> Term:
    return Term(row["amount"], Unit(row["unit"]), time.fromisoformat(row["at"]) if "at" in row else None)
