"""What a setting means, in figures an officer can weigh, before anything is fixed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from mingcha.kernel.lots.chances import LOTTERY, Setting, Weighed, chances

BARS = 10
ROUNDS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """
    A setting in figures. Chances run from 0 to 1; finds are expected numbers of visits that find a problem.

    `least_chance`, `worst_escape`, `escape_12` (over 12 such rounds) and `worst_harm` (chance of escape × score) are
    of who is worst covered among those not certain; `insider_hit` is the share of a right guess by who knows every
    chance but not the seed; `entropy` is 1 for a lottery and 0 for a list; `histogram`: (from, to, sites).
    """

    n: int
    expected_finds: float
    lottery_finds: float
    list_finds: float
    least_chance: float
    greatest_chance: float
    worst_escape: float
    escape_12: float
    worst_harm: float
    insider_hit: float
    entropy: float
    histogram: tuple[tuple[float, float, int], ...]


def preview(sites: Sequence[Weighed], *, n: int, setting: Setting) -> Preview:
    """Return what a setting means for these sites. Raises what `chances` raises."""
    given = {site: float(chance) for site, chance in chances(sites, n=n, setting=setting).items()}
    even = {site: float(chance) for site, chance in chances(sites, n=n, setting=Setting(tilt=LOTTERY)).items()}
    listed = sorted(sites, key=lambda one: (not one.certain, -one.score, one.site))[:n]
    # Where everybody is certain nobody escapes, and there is nothing to foresee.
    open_ = [one for one in sites if not one.certain]
    least = min((given[one.site] for one in open_), default=1.0)
    evenly = sum(surprise(even[one.site]) for one in open_)
    return Preview(
        n=n,
        expected_finds=sum(given[one.site] * one.score for one in sites),
        lottery_finds=sum(even[one.site] * one.score for one in sites),
        list_finds=sum(one.score for one in listed),
        least_chance=least,
        greatest_chance=max((given[one.site] for one in open_), default=1.0),
        worst_escape=1 - least,
        escape_12=(1 - least) ** ROUNDS_AHEAD,
        worst_harm=max(((1 - given[one.site]) * one.score for one in open_), default=0.0),
        insider_hit=sum(sorted(given.values(), reverse=True)[:n]) / n,
        entropy=sum(surprise(given[one.site]) for one in open_) / evenly if evenly else 0.0,
        histogram=tuple((bar / BARS, (bar + 1) / BARS, count) for bar, count in enumerate(_bars(given.values()))),
    )


def surprise(chance: float) -> float:
    """Return the entropy of one yes or no, in nats."""
    return -chance * log(chance) - (1 - chance) * log(1 - chance) if 0 < chance < 1 else 0.0


def _bars(given: Iterable[float]) -> list[int]:
    counts = [0] * BARS
    for chance in given:
        counts[min(int(chance * BARS), BARS - 1)] += 1
    return counts
