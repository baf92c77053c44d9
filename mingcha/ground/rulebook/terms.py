"""
The clock's rules as one place to ask: which days are worked, how long each stage may take, the ladder over it.

What an office has set holds for it and those below it; where none has, what is shipped (catalogues/terms.toml).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from typing import Any

import holidays
from holidays.countries.china import ChinaStaticHolidays

from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.rulebook import queries
from mingcha.kernel.deadlines import Calendar, Rung, Term, Unit

# How far around a statutory holiday an announcement has ever moved a day of rest or work, with room to spare.
BEFORE, AFTER = 3, 8
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
    return _announced()


def term(
    stage: str, *, emergency: bool, severity: str = "", item: int | None = None, offices: Sequence[str] = ()
) -> Term:
    """
    Return how long a stage may take: the nearest office's rule, of its rules the most specific; else what is shipped.

    `offices` are body codes, nearest first. Raises KeyError for a stage that nobody knows.
    """
    return _shipped_terms()[stage, emergency]


def ladder(*, emergency: bool, offices: Sequence[str] = ()) -> tuple[Rung, ...]:
    """Return the rungs in order: the nearest office's ladder, else the one shipped."""
    return _shipped_ladder(emergency=emergency)


def basis(kind: str, *, offices: Sequence[str] = ()) -> str:
    """Return the legal basis that an office has put on record for a kind of paper; "" where none has."""
    return ""


def proof_needed(act: str, *, severity: str = "", offices: Sequence[str] = ()) -> ProofNeed:
    """Return what must be there before `act` ("answer", "close"); nothing for an act without a rule."""
    return _shipped_proofs().get(act, ProofNeed())


def warning(*, emergency: bool) -> timedelta:
    """Return how long before the due time the light turns yellow."""
    return timedelta(hours=queries.shipped("terms")["warn"]["emergency" if emergency else "ordinary"])


@cache
def _announced() -> Calendar:
    """
    Return the calendar as the library has it. It invents years nobody has announced: only those it has a notice for
    count, and around the others' holidays every day is in doubt.
    """
    years = frozenset(ChinaStaticHolidays.special_public_holidays)
    known = holidays.country_holidays("CN", years=range(min(years), max(years) + 1))
    days = {}
    for ordinal in range(date(min(years), 1, 1).toordinal(), date(max(years) + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        if known.is_working_day(day) != (day.weekday() < 5):
            days[day] = known.is_working_day(day)
    coming = range(max(years) + 1, max(years) + 1 + CHARTED)
    moons = holidays.country_holidays("CN", years=coming, observed=False)
    doubtful = frozenset(
        day + timedelta(off)
        for day in moons
        for off in range(-BEFORE, AFTER + 1)
        if (day + timedelta(off)).year <= coming[-1]
    )
    return Calendar(OFFICE_TIME, _time(queries.shipped("terms")["closes"]), years, days, doubtful)


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
    return Term(row["amount"], Unit(row["unit"]), _time(row["at"]) if "at" in row else None)


def _time(text: str) -> time:
    return time.fromisoformat(text)
