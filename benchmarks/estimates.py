"""
How often the interval of a rate holds the truth: 60 visits drawn from 400 sites, at true rates from 4 to 31 %.

    .venv/bin/python benchmarks/estimates.py [--draws 400] [--cities 10] [--seed 1]

Chances run from .05 (the floor) to about .5 and follow a risk that the problems follow too, but loosely. For each rate some
cities are made, and each is drawn from many times, by the comb of the lot: over all 400 sites (also by Pareto sampling); in 18
strata with township effects; with every fifth drawn site not seen; with the unseen replaced by rank; and as a part,
the sites of one type, about 15 of the 60 visits; and in four rounds of 15 that are pooled. Beside the interval of the product
stand Wald's and the logit interval around the same Hájek rate with the same variance. What is counted is truth inside.
"""

import argparse
import math
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mingcha.kernel import estimates
from mingcha.kernel.estimates import Rate, Sample, Visited

SITES, VISITS, STRATA, TYPES = 400, 60, 18, 4
RATES = (0.04, 0.075, 0.11, 0.18, 0.25, 0.31)
Z = 1.959964
Interval = tuple[float, float]


@dataclass(frozen=True)
class City:
    """A frame with its truth, by index."""

    chances: list[float]
    strata: list[int]
    types: list[int]
    problems: list[bool]


def city(share: float, luck: random.Random) -> City:
    """Make 400 sites of which `share` have a problem: likelier where the risk is high, and in some townships."""
    risks = [luck.gauss(0, 1) for _ in range(SITES)]
    strata = [site * STRATA // SITES for site in range(SITES)]
    township = [luck.gauss(0, 0.5) for _ in range(STRATA)]
    liable = [0.8 * r + township[s] - math.log(-math.log(luck.random())) for r, s in zip(risks, strata, strict=True)]
    worst = set(sorted(range(SITES), key=lambda site: -liable[site])[: round(share * SITES)])
    types = [luck.randrange(TYPES) for _ in range(SITES)]
    return City(tilted(risks, VISITS), strata, types, [site in worst for site in range(SITES)])


def tilted(risks: list[float], n: int) -> list[float]:
    """Return chances that sum to n: a floor of a third of the lottery's, a cap of .56, between them by risk."""
    floor, cap = n / len(risks) / 3, 0.56

    def chances(level: float) -> list[float]:
        return [floor + (cap - floor) / (1 + math.exp(-(risk - level) / 0.6)) for risk in risks]

    low, high = -20.0, 20.0
    for _ in range(60):
        level = (low + high) / 2
        low, high = (level, high) if sum(chances(level)) > n else (low, level)
    return chances(level)


def by_rank(sites: list[int], chances: list[float], luck: random.Random) -> list[int]:
    """Return the sites by Pareto rank."""

    def rank(site: int) -> float:
        u, chance = luck.random(), chances[site]
        return u * (1 - chance) / ((1 - u) * chance) if chance < 1 else 0.0

    return sorted(sites, key=rank)


def comb(chances: list[float], strata: list[int], luck: random.Random) -> Iterator[tuple[int, bool]]:
    """Yield each site and whether it is drawn: laid on a line by stratum, at random within it, under a comb."""
    end = luck.random()
    for site in sorted(range(SITES), key=lambda site: (strata[site], luck.random())):
        start, end = end, end + chances[site]
        yield site, math.floor(end) > math.floor(start)


def whole(place: City, luck: random.Random) -> Iterator[Visited]:
    """60 of 400 in one stratum, all seen."""
    for site, drawn in comb(place.chances, [0] * SITES, luck):
        if drawn:
            yield seen(place, site, "")


def pareto(place: City, luck: random.Random) -> Iterator[Visited]:
    """The same by Pareto sampling, the design the interval was first tried on."""
    for site in by_rank(list(range(SITES)), place.chances, luck)[:VISITS]:
        yield seen(place, site, "")


def stratified(
    place: City, luck: random.Random, *, missing: float = 0, replace: bool = False, per: float = 1, round_: str = "1"
) -> Iterator[Visited]:
    """18 strata of 22; `missing` of the drawn are not seen, and replaced by rank if asked."""
    chances = [chance * per for chance in place.chances]
    lot = list(comb(chances, place.strata, luck))
    away = {site for site in range(SITES) if luck.random() < missing}
    for stratum in range(STRATA):
        drawn = [site for site, hit in lot if hit and place.strata[site] == stratum]
        rest = [site for site, hit in lot if not hit and place.strata[site] == stratum and site not in away]
        spare = iter(by_rank(rest, chances, luck))
        for site in drawn:
            yield seen(place, site, str(stratum), round_, chances[site], there=site not in away)
            if site in away and replace and (instead := next(spare, None)) is not None:
                yield seen(place, instead, str(stratum), round_, chances[instead], drawn=False)


def pooled(place: City, luck: random.Random) -> Iterator[Visited]:
    """Four rounds, each with a quarter of the chances."""
    for number in range(4):
        yield from stratified(place, luck, per=0.25, round_=str(number))


def seen(
    place: City,
    site: int,
    stratum: str,
    round_: str = "1",
    chance: float = 0,
    *,
    there: bool = True,
    drawn: bool = True,
) -> Visited:
    """Return a site as the kernel takes it; its key begins with its type."""
    key = f"{place.types[site]}-{round_}-{site}"
    found = place.problems[site] if there else None
    return Visited(key, round_, stratum, chance or place.chances[site], found, drawn)


DESIGNS: dict[str, Callable[[City, random.Random], Iterator[Visited]]] = {
    "one stratum": whole,
    "one stratum, Pareto": pareto,
    "18 strata": stratified,
    "a fifth not seen": lambda place, luck: stratified(place, luck, missing=0.2),
    "the same, replaced by rank": lambda place, luck: stratified(place, luck, missing=0.2, replace=True),
    "four rounds pooled": pooled,
    "one type of four": stratified,
}


def classic(sample: Sample, told: Rate, inside: set[str]) -> tuple[Interval, Interval]:
    """Return Wald's and the logit interval around the same rate, with Hájek's variance of the same visits."""
    mine = [one for one in sample.seen if one.key in inside]
    total = sum(one.weight for one in mine)
    counted = {one.key: one.weight * (one.problem - told.rate) / total for one in mine}
    rounds = {one.round for one in sample.seen}
    variance = 0.0
    for name in rounds:
        here = [(1 - one.fraction, counted.get(one.key, 0.0)) for one in sample.seen if one.round == name]
        mean = sum(c * x for c, x in here) / sum(c for c, _ in here)
        variance += len(here) / max(1, len(here) - 1) * sum(c * (x - mean) ** 2 for c, x in here)
    p, half = told.rate, Z * math.sqrt(variance)
    wald = (p - half, p + half)
    if not 0 < p < 1:
        return wald, wald
    centre, spread = math.log(p / (1 - p)), half / (p * (1 - p))
    return wald, (1 / (1 + math.exp(spread - centre)), 1 / (1 + math.exp(-spread - centre)))


@dataclass
class Tally:
    """What is counted over the draws of one cell."""

    draws: int = 0
    ours: int = 0
    wald: int = 0
    logit: int = 0
    width: float = 0
    bias: float = 0

    def add(self, truth: float, told: Rate, others: tuple[Interval, Interval]) -> None:
        """Count one draw."""
        wald, logit = others
        self.draws += 1
        self.ours += told.low <= truth <= told.high
        self.wald += wald[0] <= truth <= wald[1]
        self.logit += logit[0] <= truth <= logit[1]
        self.width += told.high - told.low
        self.bias += told.rate - truth

    def line(self) -> str:
        """Return the cell as it is printed."""
        n = self.draws
        shares = "  ".join(f"{count / n:5.3f}" for count in (self.wald, self.logit, self.ours))
        return f"{shares}   ±{self.width / n / 2 * 100:4.1f}  {self.bias / n * 100:+5.2f}"


def measure(design: str, share: float, *, draws: int, cities: int, luck: random.Random) -> Tally:
    """Draw from some cities with that share of problems."""
    tally = Tally()
    for _ in range(cities):
        place = city(share, luck)
        sites = [site for site in range(SITES) if design != "one type of four" or place.types[site] == 0]
        truth = sum(place.problems[site] for site in sites) / len(sites)
        for _ in range(draws):
            visited = list(DESIGNS[design](place, luck))
            inside = {one.key for one in visited if design != "one type of four" or one.key.startswith("0-")}
            sample = estimates.weigh(visited)
            told = estimates.rate(sample, within=inside)
            if told is not None and told.enough:
                tally.add(truth, told, classic(sample, told, inside))
    return tally


def main() -> None:
    """Print a table for each design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    luck, began = random.Random(given.seed), time.perf_counter()
    print(
        f"{platform.platform()}, Python {platform.python_version()}; {given.cities} cities × {given.draws} draws a line"
    )
    print("share of draws whose 95 % interval holds the truth; half-width and bias in points\n")
    print(f"{'design':28}{'rate':>6}   {'Wald':5}  {'logit':5}  {'Korn-Graubard':13}   bias")
    least = 1.0
    for design in DESIGNS:
        for share in RATES:
            tally = measure(design, share, draws=given.draws, cities=given.cities, luck=luck)
            least = min(least, tally.ours / tally.draws)
            print(f"{design:28}{share:6.1%}   {tally.line()}", flush=True)
    print(f"\nthe lowest coverage of Korn-Graubard: {least:.3f}; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
