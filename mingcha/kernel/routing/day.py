"""
A day on the road in plain values. Times of the day are minutes since midnight where people set them (parts of a minute
allowed) and whole seconds since midnight where a plan gives them; travel is in whole seconds and metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Window = tuple[float, float]
TOGETHER = 5  # minutes: mates of one street are begun no further apart, before word can travel
TIRED = 1200  # seconds of travel that a planner would rather spend than send a crew where it was last time


@dataclass(frozen=True)
class Stop:
    """
    A visit to make.

    `opens`: opening hours, in one of which the whole visit lies; `begins`: windows in which it must begin; both in minutes,
    both ends allowed, () for any time. `rank` is the draw's order: where the day cannot hold everybody, the largest goes
    first. A stop that is not `required` is made where `prize` (seconds of travel) is worth the way. Stops of one `street`
    are begun at the same time or not at all.
    """

    id: str
    minutes: float
    opens: tuple[Window, ...] = ()
    rank: float = 0.0
    required: bool = True
    prize: int = 0
    street: str = ""
    begins: tuple[Window, ...] = ()

    @property
    def service(self) -> int:
        """Seconds on site."""
        return seconds(self.minutes)

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Seconds of the day between which the visit may begin, in order; () where never."""
        hours = [(seconds(first), seconds(last) - self.service) for first, last in self.opens] or [(0, LAST)]
        within = [(seconds(first), seconds(last)) for first, last in self.begins] or [(0, LAST)]
        both = [(max(a, c), min(b, d)) for a, b in hours for c, d in within]
        return joined([each for each in both if each[0] <= each[1]])


@dataclass(frozen=True)
class Crew:
    """
    Who goes. `base` and `back` (where other than the base) are locations; `starts` and `ends` minutes of the day, between
    which all travel and visits lie. `barred` stops may never be visited by it, `only` (where given) are the only ones that
    may; `tired` ones should rather be another crew's. `most` limits how many stops it makes; 0 is no limit.
    """

    id: str
    base: int
    starts: float
    ends: float
    barred: frozenset[str] = frozenset()
    tired: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    back: int | None = None
    most: int = 0

    @property
    def home(self) -> int:
        """The location where its day ends."""
        return self.base if self.back is None else self.back

    def may_visit(self, stop: str) -> bool:
        """Whether no recusal stands between it and the stop."""
        return stop not in self.barred and (self.only is None or stop in self.only)


@dataclass(frozen=True)
class Travel:
    """Between locations: bases first, then stops. Rows are from, columns to."""

    seconds: Sequence[Sequence[int]]
    metres: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Leg:
    """One visit of a route, in seconds of the day; between `arrives` and `begins` the crew waits."""

    stop: str
    arrives: int
    begins: int
    leaves: int

    @property
    def minutes(self) -> tuple[int, int]:
        """The minutes of the day at which the visit begins and ends, rounded up: nobody is told too early a time."""
        return -(-self.begins // 60), -(-self.leaves // 60)


@dataclass(frozen=True)
class Plan:
    """
    Who visits what, when.

    `dropped`: required stops nobody visits, in the order they were dropped; `reasons` says why of each ("recusal",
    "hours", "street" or "full"). `skipped`: stops that were not required and not worth the way. `iterations` and `seed`
    make the same plan again; `probes` are the iterations spent on finding out what the day can hold.
    """

    routes: Mapping[str, tuple[Leg, ...]]
    returns: Mapping[str, int]
    dropped: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    seconds: int = 0
    metres: int = 0
    waiting: int = 0
    iterations: int = 0
    probes: int = 0
    seed: int = 0

    @property
    def visited(self) -> tuple[str, ...]:
        """Every stop that is visited, crew by crew."""
        return tuple(leg.stop for legs in self.routes.values() for leg in legs)


LAST = 48 * 3600  # a day may run past midnight, never into a third day


def seconds(minutes: float) -> int:
    """Return whole seconds."""
    return round(minutes * 60)


def clock(moment: float) -> str:
    """Return seconds of the day as "HH:MM", or "HH:MM:SS" where it is no whole minute; 24:10 is ten past midnight."""
    whole = round(moment)
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}"
    return f"{text}:{whole % 60:02}" if whole % 60 else text


def joined(windows: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the windows in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(windows):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)
