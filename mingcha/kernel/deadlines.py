"""
When a thing is due, and when each rung of the ladder over it: plain arithmetic over a calendar that is handed in.

Days are counted as the Civil Code does (民法典 第201、203条): the day on which a term begins is not counted; hours run
from the moment; a last day of rest gives way to the next working day; a day ends when the office closes.
Nothing here is ever early: where the calendar is not known yet, only what is surely a working day counts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from mingcha.kernel.refusals import Refusal

DAY = timedelta(days=1)
WEEKEND = 5  # date.weekday() of Saturday
# No public holiday has ever touched these months, whatever the moon: even in a year nobody has announced, they work.
CALM_MONTHS = frozenset({3, 7, 8, 11})


class YearNotAnnounced(Refusal):
    message: ClassVar[str] = (
        "%(year)s年的放假安排还没有登记，不能确定工作日。请由市级机关在“时限规则”页按国务院通知登记这一年。"
    )
    status: ClassVar[int] = 422

    @property
    def year(self) -> int:
        return int(str(self.facts["year"]))


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    BY_TIME = "by_time"


@dataclass(frozen=True)
class Term:
    """
    How long something may take. BY_TIME: `amount` days ahead at `at`; if that is already past, the day after.

    BY_TIME pays no heed to days of rest: it is for emergencies, when nobody rests.
    """

    amount: int
    unit: Unit
    at: time | None = None

    def __post_init__(self) -> None:
        if self.amount < 0 or (self.unit is Unit.BY_TIME) != (self.at is not None):
            raise ValueError(self)


@dataclass(frozen=True)
class Calendar:
    """
    Which days are worked. `days`: True works, False rests; any other day of an announced year follows the week.

    `closes` is when an office's day ends, in `zone`. `doubtful` are days that a year not announced yet may turn into
    rest or work: near its statutory holidays, and the last days of the December before. Of a year that is not
    announced and has no doubtful day named, only the calm months are surely worked.
    """

    zone: tzinfo
    closes: time
    announced: frozenset[int] = frozenset()
    days: Mapping[date, bool] = field(default_factory=dict)
    doubtful: frozenset[date] = frozenset()
    surely: bool = False  # made by tentative()

    def works(self, day: date) -> bool:
        """Say whether the day is worked. Raises YearNotAnnounced, never of a tentative calendar."""
        known = self.days.get(day)
        if known is not None:
            return known
        if self._settled(day):
            return day.weekday() < WEEKEND
        if not self.surely:
            raise YearNotAnnounced(year=day.year + (day.year in self.announced))
        if day.weekday() >= WEEKEND or day in self.doubtful:
            return False
        return day.year in self._charted or day.month in CALM_MONTHS

    def may_work(self, day: date) -> bool:
        """As `works`, but of a tentative calendar every day that could yet be worked: what counts back, counts these."""
        return self.works(day) or (self.surely and day not in self.days and not self._settled(day))

    def tentative(self) -> "Calendar":
        """Return a calendar that never raises: of a year not announced it counts only what is surely worked."""
        return replace(self, surely=True)

    def _settled(self, day: date) -> bool:
        return day.year in self.announced and day not in self.doubtful

    @cached_property
    def _charted(self) -> frozenset[int]:
        return frozenset(day.year for day in self.doubtful)


@dataclass(frozen=True)
class Pause:
    """The clock stood still. `until` None: it still does; for how long, nobody can say, so it shifts nothing yet."""

    since: datetime
    until: datetime | None = None


Span = tuple[datetime, datetime]


def due(start: datetime, term: Term, *, calendar: Calendar, pauses: Iterable[Pause] = ()) -> datetime:
    """
    Return when a term that begins at `start` ends, in the calendar's zone.

    HOURS run outside pauses, to the second. Of days, one on which the clock stood still at any time before its end is
    not counted. Raises YearNotAnnounced.
    """
    spans = _spans(pauses, since=start)
    local = start.astimezone(calendar.zone)
    if term.unit is Unit.HOURS:
        return _run(local, timedelta(hours=term.amount), spans)
    ends = term.at or calendar.closes

    def counts(day: date) -> bool:
        if _touched(spans, datetime.combine(day, time(), calendar.zone), datetime.combine(day, ends, calendar.zone)):
            return False
        return term.unit is not Unit.WORKING_DAYS or calendar.works(day)

    def can_end(day: date) -> bool:
        if datetime.combine(day, ends, calendar.zone) <= local or not counts(day):
            return False
        return term.unit is not Unit.DAYS or calendar.works(day)

    day = _forward(local.date(), term.amount, counts)
    while not can_end(day):
        day += DAY
    return datetime.combine(day, ends, calendar.zone)


def shifted(due_at: datetime, *, start: datetime, calendar: Calendar, pauses: Iterable[Pause]) -> datetime:
    """
    Return a due time that a person has set, later by as long as the clock stood still since `start`.

    A working day does not become one of rest: what moves from one moves on to the next. Nothing moves without a pause.
    Raises YearNotAnnounced.
    """
    spans = _spans(pauses, since=start)
    moved = _run(start, due_at - start, spans) if due_at > start else due_at
    if moved == due_at:
        return due_at
    worked = calendar.may_work(due_at.astimezone(calendar.zone).date())
    while True:
        landed = _outside(moved, spans).astimezone(calendar.zone)
        while worked and not calendar.works(landed.date()):
            landed += DAY
        if landed == moved:
            return landed
        moved = landed


@dataclass(frozen=True)
class Rung:
    """
    One step of the ladder: `act` (remind, press, letter, interview, take_over) so long before or after the due time.

    `auto`: taken without a person. `paper`: the kind of paper sent, "" for none. `to`: "unit", "office" or "both".
    """

    position: int
    act: str
    term: Term
    before: bool = False
    auto: bool = True
    paper: str = ""
    to: str = "unit"


def rung_at(due_at: datetime, rung: Rung, *, calendar: Calendar) -> datetime:
    """
    Return when a rung is reached. Days are counted at the due time's hour; after it, a day of rest gives way.

    A rung `before` is so many hours, days or working days ahead; BY_TIME, at that hour so many days ahead.
    Raises YearNotAnnounced.
    """
    local, term = due_at.astimezone(calendar.zone), rung.term
    sign = -1 if rung.before else 1
    if term.unit is Unit.HOURS or (term.amount == 0 and term.unit is not Unit.BY_TIME):
        return (due_at + sign * timedelta(hours=term.amount)).astimezone(calendar.zone)
    if term.unit is Unit.BY_TIME:
        assert term.at is not None
        reached = datetime.combine(local.date() + sign * term.amount * DAY, term.at, calendar.zone)
        late = reached > local if rung.before else reached < local
        return reached + sign * DAY if late else reached
    day = local.date()
    if term.unit is Unit.WORKING_DAYS:
        day = _forward(day, term.amount, calendar.may_work if rung.before else calendar.works, step=sign * DAY)
    else:
        day += sign * term.amount * DAY
        while not rung.before and not calendar.works(day):
            day += DAY
    return datetime.combine(day, local.time(), calendar.zone)


def steps(
    due_at: datetime, rungs: Iterable[Rung], *, taken: Collection[int], at: datetime, calendar: Calendar,
    paused: bool = False,
) -> list[tuple[Rung, datetime]]:  # fmt: skip
    """
    Return the rungs that are due and not taken, in order, each with the time it fell due. None while paused.

    `taken` are positions. The times never decrease: a rung waits for those before it. This never raises: a rung that
    needs a year not announced yet is reached when it surely is.
    """
    if paused:
        return []
    calendar, found, latest = calendar.tentative(), [], None
    for rung in sorted(rungs, key=lambda each: each.position):
        reached = rung_at(due_at, rung, calendar=calendar)
        latest = reached if latest is None else max(latest, reached)
        if latest <= at and rung.position not in taken:
            found.append((rung, latest))
    return found


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def light(due_at: datetime, *, at: datetime, warn: timedelta) -> Light:
    """Return red once the due time is past, yellow from `warn` before it, green until then."""
    if at > due_at:
        return Light.RED
    return Light.YELLOW if at >= due_at - warn else Light.GREEN


def _spans(pauses: Iterable[Pause], *, since: datetime) -> list[Span]:
    """Return the pauses that are over, cut off at `since`, in order and without overlaps."""
    closed = sorted((max(p.since, since), p.until) for p in pauses if p.until is not None and p.until > since)
    merged: list[Span] = []
    for begins, ends in closed:
        if ends <= begins:
            continue
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def _run(start: datetime, length: timedelta, spans: list[Span]) -> datetime:
    """Return when a clock started at `start` has run for `length`, standing still in the spans."""
    reached = start + length
    for begins, ends in spans:
        if begins >= reached:
            break
        reached += ends - begins
    return reached


def _outside(moment: datetime, spans: list[Span]) -> datetime:
    return next((ends for begins, ends in spans if begins <= moment < ends), moment)


def _touched(spans: list[Span], since: datetime, until: datetime) -> bool:
    return any(begins < until and ends > since for begins, ends in spans)


def _forward(day: date, amount: int, counts: Callable[[date], bool], step: timedelta = DAY) -> date:
    """Return the day on which `amount` days that count have passed since `day`, itself not counted."""
    while amount:
        day += step
        amount -= counts(day)
    return day
