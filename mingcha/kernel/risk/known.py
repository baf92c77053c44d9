"""
What is known on the eve of a day: the visits before it, arranged to be asked as of any earlier day as well.

1. Rows of one site and one day are one visit: a problem if any row has one, scores averaged.
2. An outcome is corrected for how strict its inspector is: by how far that inspector's rate stands from the overall one,
   shrunk where there are few visits.
3. Ledgers by site and by every label give sums as of a day; running values by site give its record.
"""

from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from mingcha.kernel.risk.ledgers import EVER, Floats, Ints, Ledger, carried, running
from mingcha.kernel.risk.table import Table

NEAREST = 64
RECENT = 400  # days


def smoothing(found: Floats, visits: Floats, overall: float) -> float:
    """Return how many visits the overall rate should count for, by the spread of rates between groups (moments)."""
    some = visits >= 2
    if some.sum() < 5:
        return 20.0
    n, rate = visits[some], found[some] / visits[some]
    binomial = overall * (1 - overall)
    between = float(np.average((rate - overall) ** 2, weights=n) - binomial * len(n) / n.sum())
    return float(np.clip(binomial / max(between, 1e-6), 2.0, 300.0))


def odds(rate: Floats) -> Floats:
    """Return log-odds, kept finite: corrected outcomes may leave 0..1."""
    inside = np.clip(rate, 0.002, 0.998)
    return np.log(inside / (1 - inside))


class Known:
    """The finished visits of a table, those with an outcome before `until`."""

    def __init__(self, table: Table, *, until: int) -> None:
        rows = np.flatnonzero(np.isfinite(table.problem) & (table.day < until))
        rows = rows[np.lexsort((table.day[rows], table.site[rows]))]
        visits, self.table = _merged(table.take(rows))
        self.overall = float(np.clip(visits.mean(), 0.002, 0.998)) if len(visits) else 0.5
        self.problem = visits
        self.gaps = self._gaps()
        self.fair = visits - self.gap_of(self.table.inspector)
        known = np.isfinite(self.table.score)
        self.mean_score = float(self.table.score[known].mean()) if known.any() else np.nan
        self.by_site = Ledger(self.table.site, self.table.day, self.fair, self.table.score, known.astype(float))

    def gap_of(self, judge: Ints | None) -> Floats:
        """Return how far above the overall rate the inspector of each row finds problems; 0 where nobody is told."""
        return np.zeros(len(self.problem)) if judge is None or not len(self.gaps) else self.gaps[judge + 1]

    def weights(self, judge: Ints, problem: Floats) -> Floats:
        """Return weights of rows under which every inspector finds problems at the overall rate."""
        rate = np.clip(self.overall + self.gap_of(judge), 0.01, 0.99)
        return np.where(problem > 0, self.overall / rate, (1 - self.overall) / (1 - rate))

    def _gaps(self) -> Floats:
        judge = self.table.inspector
        if judge is None or not len(judge):
            return np.zeros(0)
        n: Floats = np.bincount(judge + 1).astype(float)
        found: Floats = np.bincount(judge + 1, self.problem).astype(float)
        gap = (found - n * self.overall) / (n + smoothing(found[1:], n[1:], self.overall))
        gap[0] = 0.0
        return np.asarray(gap)

    @cached_property
    def own_weight(self) -> float:
        """How many visits the overall rate counts for beside a site's own."""
        last = np.r_[self.table.site[1:] != self.table.site[:-1], True]
        n = self.by_site.sums_before(self.table.site[last], np.full(last.sum(), EVER))
        return smoothing(n[:, 1], n[:, 0], self.overall)

    @cached_property
    def record(self) -> dict[str, Floats]:
        """The running record of a site after each visit; index with `by_site.last_before`."""
        site, day = self.table.site, self.table.day.astype(float)
        found = {f"own_last_{back + 1}": carried(site, self.fair, back) for back in range(3)}
        for keep in (0.5, 0.8):
            total, weight = running(site, self.fair, keep)
            found[f"own_fading_{keep}"] = odds((total + self.overall) / (weight + 1))
        found["at"] = day
        found["problem_at"] = carried(site, np.where(self.problem > 0, day, np.nan))
        found["first_at"] = day[np.maximum(np.searchsorted(site, site), 0)]
        found["clean_run"] = _clean_run(site, self.problem)
        return found

    def graded(self, value: Floats, name: str) -> dict[str, Floats]:
        """The running record of a graded value: last, one before, fading mean, and how the last stands to that mean."""
        site = self.table.site
        total, weight = running(site, value, 0.6)
        with np.errstate(invalid="ignore"):
            mean = total / weight
        last = carried(site, value)
        return {
            f"{name}_last": last, f"{name}_before": carried(site, value, 1), f"{name}_mean": mean,
            f"{name}_turn": last - mean,
        }  # fmt: skip

    def by_label(self, codes: Ints) -> Ledger:
        """Return a ledger by a label of the visits."""
        score = np.nan_to_num(self.table.score - self.mean_score)
        return Ledger(codes, self.table.day, self.fair, score, np.isfinite(self.table.score).astype(float))


def _merged(rows: Table) -> tuple[Floats, Table]:
    if not len(rows):
        return rows.problem, rows
    begins = np.flatnonzero(np.r_[True, (rows.site[1:] != rows.site[:-1]) | (rows.day[1:] != rows.day[:-1])])
    if len(begins) == len(rows):
        return rows.problem.copy(), rows

    def mean(values: Floats) -> Floats:
        known = np.isfinite(values)
        count = np.add.reduceat(known.astype(float), begins)
        with np.errstate(invalid="ignore"):
            return np.where(count > 0, np.add.reduceat(np.where(known, values, 0.0), begins) / count, np.nan)

    first = rows.take(begins)
    first.problem = np.maximum.reduceat(rows.problem, begins)
    first.score = mean(rows.score)
    first.past_numbers = {name: mean(values) for name, values in rows.past_numbers.items()}
    return first.problem.copy(), first


def _clean_run(site: Ints, problem: Floats) -> Floats:
    place = np.arange(len(site), dtype=float)
    latest = carried(site, np.where(problem > 0, place, np.nan))
    start = np.searchsorted(site, site) - 1.0
    return place - np.where(np.isfinite(latest), latest, start)


class Near:
    """The rate around a place: over the nearest other sites, as of a day."""

    def __init__(self, known: Known, latitude: Floats, longitude: Floats, site: Ints) -> None:
        """`site`, `latitude`, `longitude`: rows in which the places of sites are found; the last known one counts."""
        self.known = known
        there = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
        self.sites, last = np.unique(site[there][::-1], return_index=True)
        rows = there[::-1][last]
        # A degree of longitude shrinks with the latitude; within one city a flat map is near enough.
        flat = np.cos(np.radians(np.median(latitude[rows]))) if len(rows) else 1.0
        places = np.column_stack([latitude[rows], longitude[rows] * flat])
        k = min(NEAREST + 1, len(rows))
        found = cKDTree(places).query(places, k=k, workers=2)[1] if k > 1 else np.zeros((len(rows), 0), int)
        self.nearest = found.reshape(len(rows), -1)

    def rates(self, site: Ints, asof: Ints, *, back: int) -> dict[str, Floats]:
        """Return the log-odds around each site among its 16 and its 64 nearest, itself left out; NaN without a place."""
        out = {size: np.full(len(site), np.nan) for size in (16, NEAREST)}
        place = np.searchsorted(self.sites, site)
        has = (place < len(self.sites)) & (self.sites[np.minimum(place, len(self.sites) - 1)] == site)
        for day in np.unique(asof):
            sums = self.known.by_site.sums_before(self.sites, np.full(len(self.sites), day), back=back)
            rows = np.flatnonzero((asof == day) & has)
            if not self.nearest.shape[1] or not len(rows):
                continue
            around = self.nearest[place[rows]]
            own = around == place[rows][:, None]
            n = np.where(own, 0.0, sums[around, 0])
            y = np.where(own, 0.0, sums[around, 1])
            for size, values in out.items():
                visits, found = n[:, : size + 1].sum(1), y[:, : size + 1].sum(1)
                values[rows] = odds((found + 10 * self.known.overall) / (visits + 10))
        return {f"near_{size}": values for size, values in out.items()}
