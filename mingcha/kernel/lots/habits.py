"""
Habits of those who go: always the same weekday, always as many days between, always the same place first.

Each is held against what would be seen if nobody had a habit, by shuffling many times; the shuffles follow from a fixed
start, so that the same rounds always give the same answer.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

WEEKDAY, GAP, FIRST = "weekday", "gap", "first"
SHUFFLES = 2000
# One series in two hundred looks like this by luck: a hint to vary, no accusation.
UNLIKELY = 0.005
LEAST_DAYS = 5
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Habit:
    """
    What was commonest, how often of how often, and how likely so strong a leaning is by luck alone.

    `what`: a weekday (0 Monday), a number of days, or a place; `kind` says which. `likely` is 1.0 where there is too little.
    """

    kind: str
    what: int | str
    times: int
    of: int
    likely: float

    @property
    def caught(self) -> bool:
        return self.likely < UNLIKELY


def of_days(days: Sequence[date]) -> tuple[Habit, ...]:
    """Return the commonest weekday and the commonest gap between days on which somebody went out."""
    went = sorted(set(days))
    if len(went) < 2:
        return ()
    span = [went[0] + timedelta(days=ahead) for ahead in range((went[-1] - went[0]).days + 1)]
    weekends = any(day.weekday() >= SATURDAY for day in went)
    could = span if weekends else [day for day in span if day.weekday() < SATURDAY]
    # The first and the last day stay: only what lies between could have been otherwise.
    luck, inner = Random(len(went)), could[1:-1]
    shuffled = [sorted([went[0], *luck.sample(inner, len(went) - 2), went[-1]]) for _ in range(SHUFFLES)]
    enough = len(went) >= LEAST_DAYS
    weekday = _habit(WEEKDAY, _weekdays, went, shuffled if enough else [])
    gap = _habit(GAP, _gaps, went, shuffled if enough and len(inner) > len(went) else [])
    return weekday, gap


def _weekdays(days: Sequence[date]) -> list[int]:
    return [day.weekday() for day in days]


def _gaps(days: Sequence[date]) -> list[int]:
    return [(later - day).days for day, later in pairwise(days)]


def _habit(
    kind: str, seen: Callable[[Sequence[date]], list[int]], went: Sequence[date], shuffled: Sequence[Sequence[date]]
) -> Habit:
    own = seen(went)
    what, times = min(Counter(own).items(), key=lambda pair: (-pair[1], pair[0]))
    strong = sum(max(Counter(seen(days)).values()) >= times for days in shuffled)
    return Habit(kind, what, times, len(own), (strong + 1) / (len(shuffled) + 1))


def of_order(routes: Sequence[Sequence[str]]) -> Habit | None:
    """
    Return which place is begun with most beyond its share. `routes`: the places of each outing, in the order of going.

    Without a habit every place of an outing is as likely to be the first. None where no outing had a choice.
    """
    choices = [route for route in routes if len(set(route)) > 1]
    if not choices:
        return None
    fair: Counter[str] = Counter()
    for route in choices:
        for place in route:
            fair[place] += 1 / len(route)  # type: ignore[assignment]
    own = Counter(route[0] for route in choices)
    what = min(own, key=lambda place: (-(own[place] - fair[place]), place))
    lean = _lean(own, fair)
    luck = Random(len(choices))
    strong = sum(_lean(Counter(luck.choice(route) for route in choices), fair) >= lean for _ in range(SHUFFLES))
    likely = (strong + 1) / (SHUFFLES + 1) if len(choices) >= LEAST_DAYS else 1.0
    return Habit(FIRST, what, own[what], len(choices), likely)


def _lean(own: Counter[str], fair: Counter[str]) -> float:
    """Return the chi-square distance of who was first from what is fair."""
    return sum((own[place] - share) ** 2 / share for place, share in fair.items())
