"""
From finished visits to a calibrated chance of a problem for every site.

1. `version`: a hash over all that goes in and over CODE, so that equal versions mean equal scores.
2. Too short a history for a model: smoothed prior rates by kind, and the method says so.
3. Otherwise the model, stretched to honest chances, which leans a little on the prior rates of kinds that are little known.
4. Reports of citizens: a small push by area, from counts of at least MAY_TELL only, never named in a reason.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, log, log1p

from mingcha.kernel.risk.priors import WEIGHT_OF_PRIOR, Rates
from mingcha.kernel.risk.reasons import reasons
from mingcha.kernel.risk.shapes import MAY_TELL, Past, Scored, SiteScore, Subject

CODE = "mingcha-risk/2"
PUSH, MOST = 0.15, 0.6  # log-odds for each doubling of an area's reports, and at most
LEAST_VISITS, LEAST_PROBLEMS = 300, 40  # fewer teach a model nothing that a rate does not say
HORIZON = 30  # days that a round is drawn for


def learn(
    past: Sequence[Past], subjects: Sequence[Subject], *, on: date, priors: Mapping[str, float] | None = None,
    reports: Mapping[tuple[str, str], int] | None = None, seed: int = 0,
) -> Scored:  # fmt: skip
    """
    Score `subjects` as they stand on the eve of `on`; visits of that day and later are left out.

    `priors`: kind of site → prior rate. `reports`: (division code, category) → count; the caller passes the round
    before. Who inspected corrects what past visits count for and is no part of any score.
    """
    # In one order, so that the same scores follow whatever order visits and sites come in.
    known = sorted((visit for visit in past if visit.day < on), key=_visit_key)
    sites = sorted(subjects, key=lambda one: one.site)
    rates = Rates(known, priors or {})
    chances = _by_model(known, sites, rates, on=on, seed=seed)
    pushes = _pushes(subjects, reports or {})
    last = {visit.site: visit for visit in known}
    told = {
        one.site: (rates.of_site(one) if chances is None else chances[one.site], reasons(rates, one, last.get(one.site), on))
        for one in subjects
    }  # fmt: skip
    return Scored(
        version=version(known, subjects, on=on, priors=priors or {}, reports=reports or {}, seed=seed),
        method="priors" if chances is None else "model", visits=len(known),
        problems=sum(visit.problem for visit in known),
        by_site={
            site: SiteScore(_pushed(chance, pushes.get(one.place, 0.0)), why)
            for one, (site, (chance, why)) in zip(subjects, told.items(), strict=True)
        },
    )  # fmt: skip


def _visit_key(visit: Past) -> tuple[date, str, str]:
    return visit.day, visit.site, json.dumps(list(vars(visit).values()), default=str)


def _by_model(
    past: Sequence[Past], subjects: Sequence[Subject], rates: Rates, *, on: date, seed: int
) -> dict[str, float] | None:  # fmt: skip
    """Return site → chance by the model, or None where history is too short for one."""
    found = sum(visit.problem for visit in past)
    if len(past) < LEAST_VISITS or not LEAST_PROBLEMS <= found <= len(past) - LEAST_PROBLEMS or not subjects:
        return None
    import numpy as np  # noqa: PLC0415 - a second of loading, which few visits do without

    from mingcha.kernel.risk import office  # noqa: PLC0415 - the same

    odds = office.odds(past, subjects, on=on, horizon=HORIZON, seed=seed)
    if odds is None:
        return None
    # A kind seen seldom keeps close to its prior rate: the model has hardly met it.
    weight = np.array([_leaning(rates, one.kind) for one in subjects])
    prior = np.array([rates.of_site(one) for one in subjects])
    mixed = (1 - weight) * odds + weight * np.log(prior / (1 - prior))
    return {one.site: float(1 / (1 + np.exp(-np.clip(x, -7, 7)))) for one, x in zip(subjects, mixed, strict=True)}


def _leaning(rates: Rates, kind: str) -> float:
    seen = rates.kinds[kind].visits if kind in rates.kinds else 0
    return WEIGHT_OF_PRIOR / (WEIGHT_OF_PRIOR + seen) if kind in rates.priors else 0.0


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
