"""
What is left of an order of visits when every day of it is drawn by lot: kernel/lots' rule, replayed many times.

1. Each day has its number of visits. Every visit still to be made gets a chance by the logistic tilt, with floor and cap;
   the comb draws exactly as many as the day has.
2. An insider knows all chances and who has been visited, but not the seed: he names the day's likeliest; how many of
   them are drawn is his hit rate.
3. The knob tau is set on the eve, from chances alone: as much surprise as keeps KEPT of what the order would gain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mingcha.kernel.risk.ledgers import Floats, Ints

FLOOR, CAP, LEAST_RISK = 0.1, 0.5, 1e-3
TAUS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05)
KEPT, HIT = 0.94, 0.37
WORK = 40_000_000  # chances computed in all, which bounds the time
HALVINGS = 40


@dataclass(frozen=True)
class Replay:
    """Orders of visits, one for each time a whole window was drawn, and the insider's mean hit rate over all visits."""

    orders: list[Ints]
    insider_hit: float


def daily_chances(risk: Floats, n: int, *, tau: float, floor: float = FLOOR, cap: float = CAP) -> Floats:
    """
    Return chances that sum to n, as `kernel.lots.chances` gives them before it rounds to millionths.

    Where more than the cap's share of what is left is due, as on the last days, the cap gives way half way to 1.
    """
    even = n / len(risk)
    if n >= len(risk):
        return np.ones(len(risk))
    high = cap if even < cap else (1 + even) / 2
    low = min(floor * even, even)
    inside = np.clip(risk, LEAST_RISK, 1 - LEAST_RISK)
    odds = np.log(inside / (1 - inside)) / tau
    # The answer lies where the mean of the sigmoids is (even - low) / (high - low): between the odds' own extremes.
    target = (even - low) / (high - low)
    middle = np.log(target / (1 - target))
    least, most = odds.min() - middle, odds.max() - middle
    for _ in range(HALVINGS):
        level = (least + most) / 2
        if _sigmoid(odds - level).mean() > target:
            least = level
        else:
            most = level
    return low + (high - low) * _sigmoid(odds - (least + most) / 2)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))))


def replay(risk: Floats, day: Ints, *, tau: float, times: int, seed: int) -> Replay:
    """Draw a whole window `times` times: on each day as many as were visited, among those not drawn before."""
    random = np.random.default_rng(seed)
    _, counts = np.unique(day, return_counts=True)
    orders, hits = [], 0.0
    for _ in range(times):
        left = np.arange(len(risk))
        parts = []
        for n in counts.tolist():
            given = daily_chances(risk[left], n, tau=tau)
            hits += float(np.partition(given, len(left) - n)[len(left) - n :].sum())
            drawn = _comb(given, random)
            parts.append(left[drawn])
            left = np.delete(left, drawn)
        orders.append(np.concatenate(parts))
    return Replay(orders, hits / (times * len(risk)))


def _comb(given: Floats, random: np.random.Generator) -> Ints:
    """Draw exactly as many as the chances sum to: teeth one apart over the line of chances in shuffled order."""
    line = random.permutation(len(given))
    ends = np.cumsum(given[line])
    n = round(float(ends[-1]))
    ends *= n / ends[-1]
    at = np.searchsorted(ends, random.random() + np.arange(n), side="right")
    return line[np.unique(np.minimum(at, len(line) - 1))] if n < len(given) else line


def repetitions(day: Ints, *, most: int, steps: int = HALVINGS) -> int:
    """Return how many replays of a window the time allows, at least 3."""
    days = len(np.unique(day))
    return int(np.clip(WORK / (len(day) * days * steps / 2 + 1), 3, most))


def _settings(risk: Floats, day: Ints, seed: int) -> Iterator[tuple[float, float, float]]:
    """Yield (tau, share of the order's gain that is expected to be kept, the insider's hit rate), surprise falling."""
    slots = np.sort(day)
    weight = risk / risk.sum()
    ranked = slots.mean() - float((slots * weight[np.argsort(-risk, kind="stable")]).sum())
    for tau in TAUS:
        played = replay(risk, day, tau=tau, times=min(3, repetitions(day, most=3)), seed=seed)
        gain = float(np.mean([slots.mean() - (slots * weight[order]).sum() for order in played.orders]))
        yield tau, gain / ranked if ranked > 1e-9 else 1.0, played.insider_hit


def setting(risk: Floats, day: Ints, *, seed: int) -> tuple[float, float]:
    """
    Return tau and the share of the gain expected to be kept.

    The largest tau that keeps KEPT of what the order gains if its chances are true; but none that lets an insider hit
    more than HIT, where surprise allows less: then the last that does not.
    """
    best = (TAUS[0], 0.0)
    for at, (tau, kept, hit) in enumerate(_settings(risk, day, seed)):
        if at and hit > HIT:
            return best
        best = (tau, kept)
        if kept >= KEPT:
            return best
    return best
