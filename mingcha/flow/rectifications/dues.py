"""By when: a term of the rulebook, counted on the office's calendar from the moment the work was set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from mingcha.ground.rulebook import terms
from mingcha.kernel import deadlines


@dataclass(frozen=True)
class Due:
    """A deadline, the term it was counted from, and whether a year it reaches has no announced calendar yet."""

    at: datetime
    term: str
    tentative: bool


def due(
    stage: str, *, start: datetime, emergency: bool, offices: Sequence[str], severity: str = "", item: int | None = None
) -> Due:
    """
    Return by when a stage must be done that begins at `start`.

    A year whose holidays nobody has announced is counted so that the deadline cannot be too early, and is marked.
    """
    return counted(terms.term(stage, emergency=emergency, severity=severity, item=item, offices=offices), start=start)


def counted(term: deadlines.Term, *, start: datetime, calendar: deadlines.Calendar | None = None) -> Due:
    """Return the deadline of a term from `start`, on today's calendar where none is handed in."""
    calendar = calendar or terms.calendar()
    try:
        return Due(deadlines.due(start, term, calendar=calendar), written(term), tentative=False)
    except deadlines.YearNotAnnounced:
        return Due(deadlines.due(start, term, calendar=calendar.tentative()), written(term), tentative=True)


def written(term: deadlines.Term) -> str:
    """Return a term as a row keeps it: "days:15", "by_time:0@16:00"."""
    return f"{term.unit.value}:{term.amount}" + (f"@{term.at:%H:%M}" if term.at else "")


def read(text: str) -> deadlines.Term:
    """Return the term a row keeps; the reverse of `written`."""
    counted, _, at = text.partition("@")
    unit, _, amount = counted.partition(":")
    return deadlines.Term(int(amount), deadlines.Unit(unit), time.fromisoformat(at) if at else None)
