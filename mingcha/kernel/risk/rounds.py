"""
What is left of an order of visits when every day of it is drawn by lot: kernel/lots' rule, replayed many times.

1. Each day has its number of visits. Every visit still to be made gets a chance by the logistic tilt, with floor and cap;
   the comb draws exactly as many as the day has.
2. An insider knows all chances and who has been visited, but not the seed: he names the day's likeliest; how many of
   them are drawn is his hit rate.
3. Tau and the cap are set on the eve, from chances alone: as much surprise as keeps KEPT of what the order would gain.

The cap is what binds an insider, and cheaply so: with a low one and a small tau the likeliest two or three times as many
as the day has all share about the same chance. With .37 and .05 he hits 38 %; with .5 and .2 about as often, but more of
the gain is lost (benchmarks/results/chicago.txt).
"""

from dataclasses import dataclass

import numpy as np

from mingcha.kernel.risk.ledgers import Floats, Ints

FLOOR, LEAST_RISK = 0.1, 1e-3
WORK = 40_000_000  # chances computed in all, which bounds the time
HALVINGS = 30


@dataclass(frozen=True)
class Knobs:
    """The two knobs of the tilt that are set here; the floor is FLOOR of a lottery's chance."""

    tau: float
    cap: float


# From much surprise to little, then lower caps for windows so short that the last days give an insider too much.
LADDER = (
    Knobs(0.5, 0.37), Knobs(0.3, 0.37), Knobs(0.2, 0.37), Knobs(0.15, 0.37), Knobs(0.1, 0.37), Knobs(0.07, 0.37),
    Knobs(0.05, 0.37), Knobs(0.03, 0.37), Knobs(0.05, 0.33), Knobs(0.03, 0.28), Knobs(0.03, 0.22),
)  # fmt: skip
KEPT, HIT = 0.935, 0.39


@dataclass(frozen=True)
class Replay:
    """Orders of visits, one for each time a whole window was drawn, and the insider's mean hit rate over all visits."""

    orders: list[Ints]
    insider_hit: float


def daily_chances(risk: Floats, n: int, knobs: Knobs) -> Floats:
    """
    Return chances that sum to n, as `kernel.lots.chances` gives them before it rounds to millionths.

    Where more than the cap's share of what is left is due, as on the last days, the cap gives way half way to 1.
    """
    even = n / len(risk)
    if n >= len(risk):
        return np.ones(len(risk))
    high = knobs.cap if even < knobs.cap else (1 + even) / 2
    low = FLOOR * even
    inside = np.clip(risk, LEAST_RISK, 1 - LEAST_RISK)
    odds = np.log(inside / (1 - inside)) / knobs.tau
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


def replay(risk: Floats, day: Ints, knobs: Knobs, *, times: int, seed: int) -> Replay:
    """Draw a whole window `times` times: on each day as many as were visited, among those not drawn before."""
    random = np.random.default_rng(seed)
    _, counts = np.unique(day, return_counts=True)
    orders, hits = [], 0.0
    for _ in range(times):
        left = np.arange(len(risk))
        parts = []
        for n in counts.tolist():
            given = daily_chances(risk[left], n, knobs)
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
    """Return how many replays of a window the time allows, at least 1."""
    days = len(np.unique(day))
    return int(np.clip(WORK / (len(day) * days * steps / 2 + 1), 1, most))


def setting(risk: Floats, day: Ints, *, seed: int) -> Knobs:
    """
    Return the knobs: the first of the ladder that keeps KEPT of the order's gain, if the chances are true, with an insider's hit rate of at most HIT; else the one that keeps most
    within HIT; else the one with the least hit rate.
    """
    slots = np.sort(day)
    weight = risk / risk.sum()
    ranked = slots.mean() - float((slots * weight[np.argsort(-risk, kind="stable")]).sum())
    tried: list[tuple[Knobs, float, float]] = []
    for knobs in LADDER:
        played = replay(risk, day, knobs, times=repetitions(day, most=3), seed=seed)
        gain = float(np.mean([slots.mean() - (slots * weight[order]).sum() for order in played.orders]))
        kept = gain / ranked if ranked > 1e-9 else 1.0
        if kept >= KEPT and played.insider_hit <= HIT:
            return knobs
        tried.append((knobs, kept, played.insider_hit))
    within = [one for one in tried if one[2] <= HIT]
    best = max(within, key=lambda one: one[1]) if within else min(tried, key=lambda one: one[2])
    return best[0]
