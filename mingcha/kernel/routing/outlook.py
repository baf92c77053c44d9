"""What a day would ask of the crews before anything is drawn: a few trial draws, each driven from one door to the nearest next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from mingcha.kernel.routing.travel import great_circle

Point = tuple[float, float]
TRIALS, FEWER = 8, 2  # enough for a figure told as "about"; of many places fewer say as much
MANY, MOST = 200, 1500  # drawn places; beyond the last nobody waits for a way from door to door
DETOUR, KM_PER_HOUR, EXTRA_SECONDS = 1.3, 40.0, 120  # as in `travel.straight`


@dataclass(frozen=True)
class Place:
    """A site as a trial visits it: where it lies, how many minutes a visit takes, its chance, and its area."""

    point: Point
    minutes: int
    chance: float
    area: str


@dataclass(frozen=True)
class Base:
    """A crew as a trial sends it out; `areas` it may go to, () for all."""

    point: Point
    areas: Collection[str] = ()


@dataclass(frozen=True)
class Outlook:
    """Means over the trials: metres and minutes on the road of a crew, its whole day, the longest day of any crew."""

    metres: float
    road: float
    day: float
    longest: float


def outlook(places: Sequence[Place], bases: Sequence[Base], *, seed: int = 0) -> Outlook | None:
    """
    Return about how far and how long crews will be out, or None without crews or places, or with too many to drive.

    No plan: every place goes to the nearest base that may go there, and a crew to the nearest place that is left. A
    planned route is somewhat shorter. The same question has the same answer: the trials' randomness is `seed`'s alone.
    """
    drawn = sum(place.chance for place in places)
    if not places or not bases or drawn > MOST:
        return None
    random, trials = Random(seed), FEWER if drawn > MANY else TRIALS
    days = [
        [_driven(base.point, shared) for base, shared in _shared(_trial(places, random), bases)]
        for _ in range(trials)
    ]  # fmt: skip
    crews = trials * len(bases)
    metres = sum(way for day in days for way, _road, _visits in day) / crews
    road = sum(minutes for day in days for _way, minutes, _visits in day) / crews
    visits = sum(minutes for day in days for _way, _road, minutes in day) / crews
    longest = sum(max(road + visits for _way, road, visits in day) for day in days) / trials
    return Outlook(metres=metres, road=road, day=road + visits, longest=longest)


def _trial(places: Sequence[Place], random: Random) -> list[Place]:
    """Return one draw by the places' chances: a comb over a shuffled line."""
    line, found, at = list(places), list[Place](), random.random()
    random.shuffle(line)
    for place in line:
        at += place.chance
        if at >= 1:
            found.append(place)
            at -= 1
    return found


def _shared(drawn: Sequence[Place], bases: Sequence[Base]) -> list[tuple[Base, list[Place]]]:
    shares: Mapping[int, list[Place]] = {number: [] for number in range(len(bases))}
    for place in drawn:
        may = [number for number, base in enumerate(bases) if not base.areas or place.area in base.areas]
        # Where nobody's areas reach, anybody may be sent.
        near = [(great_circle(bases[number].point, place.point), number) for number in may or range(len(bases))]
        shares[min(near)[1]].append(place)
    return [(base, shares[number]) for number, base in enumerate(bases)]


def _driven(base: Point, shared: Sequence[Place]) -> tuple[float, float, float]:
    """Return metres, minutes on the road and minutes of visits, of a way round and home."""
    left, here, metres = list(shared), base, 0.0
    while left:
        place = min(left, key=lambda one: great_circle(here, one.point))
        left.remove(place)
        metres += DETOUR * great_circle(here, place.point)
        here = place.point
    metres += DETOUR * great_circle(here, base)
    road = metres * 0.06 / KM_PER_HOUR + len(shared) * EXTRA_SECONDS / 60
    return metres, road, float(sum(place.minutes for place in shared))
