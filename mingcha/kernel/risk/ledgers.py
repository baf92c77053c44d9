"""Sums as of a day: what was known of a site, or of a group of sites, on the eve of it. Vectorised by binary search."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SPAN = 1 << 20  # days in a key: more than any calendar has
EVER = SPAN // 2


class Ledger:
    """
    Entries of (group, day) with columns of values; asked for the sums before a day, in one search for all questions.

    Group -1 is no group: its entries are left out and its sums are 0. Days are 0 ≤ day < EVER.
    """

    def __init__(self, group: Ints, day: Ints, *columns: Floats) -> None:
        there = np.flatnonzero(group >= 0)
        order = there[np.lexsort((day[there], group[there]))]
        self.order = order
        self.keys = group[order] * SPAN + day[order]
        values = np.column_stack([np.ones(len(order)), *(np.nan_to_num(column[order]) for column in columns)])
        self.sums = np.zeros((len(order) + 1, values.shape[1]))
        np.cumsum(values, axis=0, out=self.sums[1:])

    def sums_before(self, group: Ints, day: Ints, *, back: int = EVER) -> Floats:
        """Return (questions × 1 + columns): count and sums over the entries with day - back ≤ entry < day."""
        base = group * SPAN
        high = np.searchsorted(self.keys, base + day)
        low = np.searchsorted(self.keys, base + np.maximum(day - back, 0))
        return np.where((group >= 0)[:, None], self.sums[high] - self.sums[low], 0.0)

    def last_before(self, group: Ints, day: Ints) -> Ints:
        """Return the place, in the ledger's own order, of the last entry before the day; -1 where there is none."""
        place = np.searchsorted(self.keys, group * SPAN + day) - 1
        same = (place >= 0) & (group >= 0) & (self.keys[np.maximum(place, 0)] // SPAN == group)
        return np.where(same, place, -1)


def ranks(groups: Ints) -> Ints:
    """Return 0, 1, 2 … within each run of equal `groups` (which must be sorted)."""
    place = np.arange(len(groups))
    begins = np.r_[True, groups[1:] != groups[:-1]] if len(groups) else np.zeros(0, bool)
    return place - np.maximum.accumulate(np.where(begins, place, 0))


def running(groups: Ints, value: Floats, keep: float) -> tuple[Floats, Floats]:
    """
    Return the exponentially weighted sum and weight after each entry of a run, an older entry counting `keep` as much.

    NaN values are passed over: they neither count nor age what is there.
    """
    known = np.isfinite(value)
    total, weight = np.where(known, value, 0.0), known.astype(float)
    rank = ranks(groups)
    order = np.argsort(rank, kind="stable")
    bounds = np.searchsorted(rank[order], np.arange(rank.max(initial=0) + 2))
    for at in range(1, len(bounds) - 1):
        here = order[bounds[at] : bounds[at + 1]]
        fade = np.where(known[here], keep, 1.0)
        total[here] += fade * total[here - 1]
        weight[here] += fade * weight[here - 1]
    return total, weight


def carried(groups: Ints, value: Floats, back: int = 0) -> Floats:
    """Return the last known value, or the one `back` known values before it, after each entry of a run; NaN without."""
    known = np.flatnonzero(np.isfinite(value))
    latest = np.searchsorted(known, np.arange(len(value)), side="right") - 1 - back
    found = known[np.maximum(latest, 0)] if len(known) else np.zeros(len(value), int)
    good = (latest >= 0) & (groups[found] == groups) if len(known) else np.zeros(len(value), bool)
    return np.where(good, value[found], np.nan)
