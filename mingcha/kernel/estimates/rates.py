"""
A rate from a lot whose sites had unequal chances (Hájek, Ann. Math. Statist. 35, 1964; Särndal et al. 1992, 5.7).

1. A site drawn with chance π stands for 1/π sites of its frame. One that was certain to be visited stands only for itself,
   and was often chosen because trouble was known: it is left out, unless its whole frame was certain (`usable`).
2. A drawn site that nobody saw is non-response: each one seen of its stratum stands for drawn / seen of them besides; a
   stratum where nobody was seen falls to the rest of its round in the same way. Counted, not by weight: with two or three
   sites in a stratum the heavy ones would be heard too seldom.
3. A replacement keeps its own chance. It stands in among those seen and adds nothing to what was drawn, for the site it
   replaces is counted there already.
4. Rounds are pooled as the mean of the rounds of one register: an office that draws often does not weigh more.
5. The variance is Hájek's, round by round, for draws in which two sites know little of each other: Pareto, or a comb over
   sites in random order. Strata are ignored in it, which errs on the wide side.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mingcha.kernel.estimates.intervals import interval, two_sided_t

# Below this many visits nothing is said: the interval would run over half the scale.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Visited:
    """
    A site of a round: drawn, or sent in a drawn one's place (`drawn` False).

    `key` names the site in its round; `chance` is what it had before the draw, over 0 and at most 1. `problem` None: nobody
    saw it. Rounds of the same `register` look at the same sites.
    """

    key: str
    round: str
    stratum: str
    chance: Fraction | float
    problem: bool | None
    drawn: bool = True
    register: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """
    A share (0..1) with its 95 % interval. `visits` were seen, `found` of them with a problem, `missed` drawn and not seen.

    `effective`: how many visits of a plain lottery would say as much. `exact`: every site was certain and was seen, so that
    low = rate = high.
    """

    rate: float
    low: float
    high: float
    visits: int
    found: int
    missed: int
    effective: float
    exact: bool = False

    @property
    def enough(self) -> bool:
        """Whether the rate may be told at all."""
        return self.visits >= FEWEST

    @property
    def text(self) -> str:
        """The rate as it is told, never without its interval: "18%(11–28%)"; the interval is rounded outwards."""
        bounds = f"({math.floor(self.low * 100)}–{math.ceil(self.high * 100)}%)"
        whole = round(self.rate * 100)
        if whole == 0 and self.rate > 0:
            return f"<1%{bounds}"
        return f">99%{bounds}" if whole == 100 and self.rate < 1 else f"{whole}%{bounds}"


@dataclass(frozen=True, slots=True)
class _Seen:
    key: str
    round: str
    weight: float
    fraction: float  # the chance it had to be both drawn and seen, as its weight implies
    problem: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """Visits with their weights, made by `weigh`; `missed`: keys of drawn sites that nobody saw."""

    seen: tuple[_Seen, ...]
    missed: tuple[str, ...]


def usable(chances: Mapping[str, Fraction]) -> frozenset[str]:
    """Return the sites of a round's frame that an estimate may use: those not certain, or all where all were certain."""
    drawn = frozenset(site for site, chance in chances.items() if chance < 1)
    return drawn or frozenset(chances)


def weigh(visited: Iterable[Visited]) -> Sample:
    """Return the visits with their weights. ValueError for a key given twice or a chance outside 0..1."""
    listed = list(visited)
    if len({one.key for one in listed}) < len(listed) or not all(0 < one.chance <= 1 for one in listed):
        raise ValueError("each site of a round once, with a chance over 0 and at most 1")
    rounds = defaultdict(set)
    for one in listed:
        rounds[one.register].add(one.round)
    grown = _taking_over([one for one in listed if one.problem is not None], listed)
    seen = tuple(
        _Seen(
            key=one.key, round=one.round, weight=weight / len(rounds[one.register]), fraction=min(1.0, 1 / weight),
            problem=bool(one.problem),
        )
        for one, weight in grown
    )  # fmt: skip
    return Sample(seen, tuple(one.key for one in listed if one.problem is None and one.drawn))


def _taking_over(seen: list[Visited], listed: list[Visited]) -> list[tuple[Visited, float]]:
    """Return the seen with their weights, those of the missed taken over within the stratum, else within the round."""
    drawn = Counter((one.round, one.stratum) for one in listed if one.drawn)
    heard = Counter((one.round, one.stratum) for one in seen)
    owed, represented = Counter[str](), Counter[str]()
    for (round_, stratum), n in drawn.items():
        owed[round_] += n
        represented[round_] += n if (round_, stratum) in heard else 0
    grown = []
    for one in seen:
        here = (one.round, one.stratum)
        # A stand-in where nothing was drawn cannot come of ranks; it would keep its own weight.
        like = drawn[here] / heard[here] if drawn[here] else 1.0
        rest = owed[one.round] / represented[one.round] if represented[one.round] else 1.0
        grown.append((one, float(1 / one.chance) * like * rest))
    return grown


def rate(
    sample: Sample, *, within: Collection[str] | None = None, problems: Collection[str] | None = None,
    confidence: float = 0.95,
) -> Rate | None:  # fmt: skip
    """
    Return the rate over a sample, or over the keys `within`; None where none of them was seen.

    `problems`: the keys that count as found, where not every problem is meant (one item of a catalogue).
    """
    inside = [one for one in sample.seen if within is None or one.key in within]
    if not inside:
        return None
    found = {one.key for one in inside if (one.problem if problems is None else one.key in problems)}
    missed = sum(1 for key in sample.missed if within is None or key in within)
    whole = math.fsum(one.weight for one in inside)
    share = min(1.0, math.fsum(one.weight for one in inside if one.key in found) / whole)
    if not missed and all(one.fraction == 1 for one in inside):
        return Rate(share, share, share, len(inside), len(found), missed, len(inside), exact=True)
    effective = _effective(sample, inside, found, share, whole) * _fewer_degrees(inside, confidence)
    low, high = interval(share, effective, confidence=confidence)
    return Rate(share, low, high, len(inside), len(found), missed, effective)


def _effective(sample: Sample, inside: list[_Seen], found: set[str], share: float, whole: float) -> float:
    """Return how many visits of a plain lottery would say as much; never more than there were."""
    if 0 < share < 1:
        counted = {one.key: one.weight * ((one.key in found) - share) / whole for one in inside}
        variance = _variance(sample, counted)
        said = share * (1 - share) / variance if variance > 0 else math.inf
    else:
        # Nothing varies in what was seen; what the unequal weights alone cost is Kish's measure.
        said = whole**2 / math.fsum(one.weight**2 for one in inside)
    return min(float(len(inside)), said)


def _variance(sample: Sample, counted: Mapping[str, float]) -> float:
    """Return Hájek's variance of a sum of `counted`, each round on its own; rounds with a single visit go together."""
    sizes = Counter(one.round for one in sample.seen)
    rounds: dict[str | None, list[_Seen]] = defaultdict(list)
    for one in sample.seen:
        rounds[one.round if sizes[one.round] > 1 else None].append(one)
    total = []
    for seen in rounds.values():
        n = len(seen)
        spare = math.fsum(1 - one.fraction for one in seen)
        mean = math.fsum((1 - one.fraction) * counted.get(one.key, 0.0) for one in seen) / spare if spare else 0.0
        squares = math.fsum((1 - one.fraction) * (counted.get(one.key, 0.0) - mean) ** 2 for one in seen)
        total.append(squares * n / (n - 1) if n > 1 else math.fsum(counted.get(one.key, 0.0) ** 2 for one in seen))
    return math.fsum(total)


def _fewer_degrees(inside: list[_Seen], confidence: float) -> float:
    """Return Korn and Graubard's correction for the degrees of freedom that several rounds use up."""
    n, rounds = len(inside), len({one.round for one in inside})
    if rounds == 1 or n < 3:
        return 1.0
    plain = two_sided_t(n - 1, confidence=confidence)
    return (plain / two_sided_t(max(1, n - rounds), confidence=confidence)) ** 2
