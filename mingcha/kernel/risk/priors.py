"""
Chances without a model: prior rates by kind, smoothed with what little was found.

A rate from few visits is drawn towards the rate above it: (found + K·above)/(visits + K). So a kind's rate leans on its
prior rate, or on the rate of all visits; a place's and a body's likewise; a site's own record on its kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingcha.kernel.risk.shapes import Past, Subject

UNKNOWN = 0.2  # where nobody gave a prior rate and nothing was visited
WEIGHT_OF_PRIOR, WEIGHT_OF_KIND = 20.0, 4.0  # visits that a prior rate, and a kind's rate, count for


@dataclass(frozen=True)
class Counted:
    """How many visits, and how many of them found a problem."""

    visits: int = 0
    found: int = 0

    def leaning_on(self, rate: float, *, weight: float) -> float:
        """Return the smoothed rate, strictly between 0 and 1 as `rate` is."""
        return (self.found + weight * rate) / (self.visits + weight)


def counted(past: Iterable[tuple[str, bool]]) -> dict[str, Counted]:
    """Return for each label its counts."""
    visits, found = Counter[str](), Counter[str]()
    for label, problem in past:
        visits[label] += 1
        found[label] += problem
    return {label: Counted(visits[label], found[label]) for label in visits}


class Rates:
    """Smoothed rates of a history."""

    def __init__(self, past: Sequence[Past], priors: Mapping[str, float]) -> None:
        self.priors = {kind: min(max(rate, 0.005), 0.995) for kind, rate in priors.items()}
        given = list(self.priors.values())
        start = sum(given) / len(given) if given else UNKNOWN
        every = Counted(len(past), sum(visit.problem for visit in past))
        self.overall = every.leaning_on(start, weight=WEIGHT_OF_PRIOR)
        self.kinds = counted((visit.kind, visit.problem) for visit in past)
        self.places = counted((visit.place, visit.problem) for visit in past)
        self.bodies = counted((visit.body, visit.problem) for visit in past)
        scores = [visit.score for visit in past if visit.score is not None]
        self.mean_score = sum(scores) / len(scores) if scores else None
        self.sites = counted((visit.site, visit.problem) for visit in past)

    def of_kind(self, kind: str) -> float:
        """Return the rate of a kind, leaning on its prior rate or, without one, on the rate of all."""
        found = self.kinds.get(kind, Counted())
        return found.leaning_on(self.priors.get(kind, self.overall), weight=WEIGHT_OF_PRIOR)

    def of_site(self, subject: Subject) -> float:
        """Return the chance of a site: its own record leaning on its kind's rate."""
        return self.sites.get(subject.site, Counted()).leaning_on(self.of_kind(subject.kind), weight=WEIGHT_OF_KIND)
