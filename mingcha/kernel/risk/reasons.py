"""
Why a site has its chance, in plain facts that anybody can check: its own record, its kind, its place, its body.

A reason names a fact and the direction in which it speaks; what the model makes of all of them together is the chance.
Reports of citizens and inspectors are in none of them.
"""

from datetime import date

from mingcha.kernel.risk.priors import Counted, Rates
from mingcha.kernel.risk.shapes import Past, Reason, Subject

LONG_AGO = 365  # days without a visit that are worth a word
SEEN = 5  # visits of a kind, a place, a body from which its rate is worth a word
APART = 0.03  # how far from the rate of all a rate must stand
POINTS = 5.0  # how far below the mean a score must lie


def reasons(rates: Rates, subject: Subject, last: Past | None, on: date) -> tuple[Reason, ...]:
    """Return the reasons of one site, what speaks of itself first; the last is always the prior rate of its kind."""
    rate = rates.of_kind(subject.kind)
    own = rates.sites.get(subject.site)
    told = []
    if own is None or last is None:
        told.append(Reason("never_visited", {"effect": 0.0}))
    else:
        effect = round(rates.of_site(subject) - rate, 4)
        told.append(Reason("own_problems", {"found": own.found, "visits": own.visits, "effect": effect}))
        told += _record(rates, last, on)
    for name, label, counted in (
        ("kind", subject.kind, rates.kinds), ("place", subject.place, rates.places), ("body", subject.body, rates.bodies),
    ):  # fmt: skip
        told += _of_group(rates, name, label, counted.get(label, Counted()))
    return (*told, Reason("prior", {"rate": round(rate, 4)}))


def _record(rates: Rates, last: Past, on: date) -> list[Reason]:
    told = []
    days = (on - last.day).days
    if days >= LONG_AGO:
        told.append(Reason("long_ago", {"days": days, "effect": 0.0}))
    if last.score is not None and rates.mean_score is not None and last.score <= rates.mean_score - POINTS:
        told.append(
            Reason("low_score", {"score": last.score, "mean": round(rates.mean_score, 1), "effect": 0.0})
        )  # fmt: skip
    return told


def _of_group(rates: Rates, name: str, label: str, counted: Counted) -> list[Reason]:
    if not label or counted.visits < SEEN:
        return []
    rate = counted.leaning_on(rates.overall, weight=SEEN)
    if abs(rate - rates.overall) < APART:
        return []
    facts: dict[str, float | int | str] = {"rate": round(rate, 4), "visits": counted.visits, name: label}
    return [Reason(f"{name}_rate", {**facts, "effect": round(rate - rates.overall, 4)})]
