"""
From finished visits to a calibrated chance of a problem for every site.

1. `version`: a hash over all that goes in and over CODE, so that equal versions mean equal scores.
2. Too short a history for a model: smoothed prior rates by kind, and the method says so.
3. Reports of citizens: a small push by area, from counts of at least MAY_TELL only, never named in a reason.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, log, log1p

from mingcha.kernel.risk.priors import Rates
from mingcha.kernel.risk.shapes import MAY_TELL, Past, Reason, Scored, SiteScore, Subject

CODE = "mingcha-risk/1"
PUSH, MOST = 0.15, 0.6  # log-odds for each doubling of an area's reports, and at most


def learn(
    past: Sequence[Past], subjects: Sequence[Subject], *, on: date, priors: Mapping[str, float] | None = None,
    reports: Mapping[tuple[str, str], int] | None = None, seed: int = 0,
) -> Scored:  # fmt: skip
    """
    Score `subjects` as they stand on the eve of `on`; visits of that day and later are left out.

    `priors`: kind of site → prior rate. `reports`: (division code, category) → count; the caller passes the round
    before. Who inspected corrects what past visits count for and is no part of any score.
    """
    known = [visit for visit in past if visit.day < on]
    rates = Rates(known, priors or {})
    pushes = _pushes(subjects, reports or {})
    by_site = {
        one.site: SiteScore(_pushed(rates.of_site(one), pushes.get(one.place, 0.0)), _reasons(rates, one))
        for one in subjects
    }
    return Scored(
        version=version(known, subjects, on=on, priors=priors or {}, reports=reports or {}, seed=seed),
        method="priors", visits=len(known), problems=sum(visit.problem for visit in known), by_site=by_site,
    )  # fmt: skip


def version(
    past: Sequence[Past], subjects: Sequence[Subject], *, on: date, priors: Mapping[str, float],
    reports: Mapping[tuple[str, str], int], seed: int,
) -> str:  # fmt: skip
    """Return the SHA-256 hex over everything that decides the scores, whatever order it came in."""
    digest = hashlib.sha256()
    for part in (
        [CODE, on.isoformat(), seed],
        sorted(priors.items()),
        sorted([*key, count] for key, count in reports.items()),
        sorted(json.dumps(list(vars(visit).values()), default=str) for visit in past),
        sorted(json.dumps(list(vars(subject).values())) for subject in subjects),
    ):
        digest.update(json.dumps(part, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def _pushes(subjects: Sequence[Subject], reports: Mapping[tuple[str, str], int]) -> dict[str, float]:
    """Place → log-odds: how far its reports stand above the middle of all places that are scored."""
    told = {area: 0 for area, _ in reports}
    for (area, _), count in reports.items():
        told[area] += count if count >= MAY_TELL else 0
    # A report counts for its own division and for those within it, whose codes begin with its code.
    seen = {
        place: log1p(sum(count for area, count in told.items() if place.startswith(area)))
        for place in {subject.place for subject in subjects}
    }
    middle = sorted(seen.values())[len(seen) // 2] if seen else 0.0
    return {place: max(-MOST, min(MOST, PUSH * (value - middle) / log(2))) for place, value in seen.items()}


def _pushed(chance: float, push: float) -> float:
    odds = log(chance / (1 - chance)) + push
    return 1 / (1 + exp(-odds))


def _reasons(rates: Rates, subject: Subject) -> tuple[Reason, ...]:
    rate = rates.of_kind(subject.kind)
    prior = Reason("prior", {"rate": round(rate, 4)})
    own = rates.sites.get(subject.site)
    if own is None:
        return Reason("never_visited", {"effect": 0.0}), prior
    effect = rates.of_site(subject) - rate
    return Reason("own_problems", {"found": own.found, "visits": own.visits, "effect": round(effect, 4)}), prior
