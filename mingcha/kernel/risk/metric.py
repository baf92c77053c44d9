"""
How good an order of visits is, as the City of Chicago measured its own (simulated_date_diff_mean.R, 2015).

The i-th visit of the order gets the i-th earliest of the dates on which visits really were made, so that each day has
as many visits as it had. It is assumed that what a visit finds does not depend on the day.
"""

from dataclasses import dataclass

import numpy as np

from mingcha.kernel.risk.ledgers import Floats, Ints


@dataclass(frozen=True)
class Figures:
    """
    `days_earlier`: mean over visits with a problem of the real day minus the new one.
    `first_half_share`: share of problems met on the first whole days that together have less than half of the visits.
    `auc`: chance that a visit with a problem stands before one without. `random_days`: days earlier by a lottery.
    None where there is no problem, or nothing else.
    """

    n: int
    positives: int
    days_earlier: float | None
    first_half_share: float | None
    auc: float | None
    random_days: float | None


def judge(score: Floats, day: Ints, problem: Floats) -> Figures:
    """Judge the order by falling score; equal scores stay in the order they are given in."""
    return judge_order(np.argsort(-score, kind="stable"), day, problem, auc=area(score, problem))


def judge_order(order: Ints, day: Ints, problem: Floats, *, auc: float | None) -> Figures:
    """Judge a given order of visits, first to last."""
    slots = np.sort(day)
    planned = np.empty(len(day), np.int64)
    planned[order] = slots
    bad = problem > 0
    found = int(bad.sum())
    if not found:
        return Figures(len(day), 0, None, None, None, None)
    _, counts = np.unique(slots, return_counts=True)
    upto = np.cumsum(counts)
    half = int(upto[upto < len(day) / 2].max(initial=0))
    return Figures(
        len(day), found, float((day - planned)[bad].mean()), float(bad[order[:half]].sum() / found), auc,
        float(day[bad].mean() - day.mean()),
    )  # fmt: skip


def area(score: Floats, problem: Floats) -> float | None:
    """Return the area under the ROC curve by ranks, ties counting half; None without both kinds."""
    bad = problem > 0
    one, other = int(bad.sum()), int((~bad).sum())
    if not one or not other:
        return None
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((rank[bad].sum() - one * (one + 1) / 2) / (one * other))
