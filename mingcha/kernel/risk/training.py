"""
A model is taught by the past as it will be asked: what was known on the eve, what was found in the weeks after it.

1. Windows as long as the one to be planned, back through history, each with an eve; answers as of that eve, none later.
2. Two models of different kinds learn from all windows; the chance is the mean of their log-odds.
3. The last windows, left out in turn, tell how far the log-odds must be stretched to be chances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mingcha.kernel.risk.features import Asking, Matrix
from mingcha.kernel.risk.known import Known, odds
from mingcha.kernel.risk.ledgers import Bools, Floats, Ints
from mingcha.kernel.risk.models import Blend
from mingcha.kernel.risk.table import Table

SHORTEST, LONGEST = 14, 92  # days of a window that is learnt from
BEFORE = 120  # days of history before the first eve, or a quarter of it all
MOST_ROWS, MOST_WINDOWS = 80_000, 60
FEW, PLENTY = 8_000, 30_000  # rows
LEAST_ROWS, LEAST_PROBLEMS = 200, 30  # fewer teach a model nothing that a rate does not say
LEANING = 40
QUIET = 10  # days without a visit before the eve, from which on they count as a gap


@dataclass(frozen=True)
class Examples:
    """Rows of a table, each with the eve as of which it is asked and the number of its window, the latest being 0."""

    rows: Ints
    asof: Ints
    window: Ints

    def __len__(self) -> int:
        return len(self.rows)


def examples(table: Table, *, until: int, length: int, among: Bools | None = None) -> Examples:
    """
    Return windows of the past, half a window apart or, where there is plenty, further, the latest first.

    `among`: the rows that may be examples; all are history. Where nothing was recorded for some time before `until`, each eve stands as long before its window.
    """
    usable = np.isfinite(table.problem) & (table.day < until)
    if among is not None:
        usable &= among
    if not usable.any():
        return Examples(*(np.zeros(0, np.int64) for _ in range(3)))
    first, last = int(table.day[usable].min()), int(table.day[usable].max())
    gap = until - last - 1 if until - last - 1 >= QUIET else 0
    span = int(np.clip(length, SHORTEST, max(SHORTEST, min(LONGEST, (last - first) // 4))))
    earliest = first + min(BEFORE, (last - first) // 4)
    rows, asof, window = [], [], []
    total, end = 0, last + 1
    for number in range(MOST_WINDOWS):
        eve = end - span - gap
        if eve < earliest or total > MOST_ROWS:
            break
        here = np.flatnonzero(usable & (table.day >= end - span) & (table.day < end))
        total += len(here)
        rows.append(here)
        asof.append(np.full(len(here), eve))
        window.append(np.full(len(here), number))
        # Of a long history the older part is taken more thinly: habits change.
        end -= span // 2 if total < PLENTY else span if total < 2 * PLENTY else 2 * span
    if not rows:
        return Examples(*(np.zeros(0, np.int64) for _ in range(3)))
    return Examples(np.concatenate(rows), np.concatenate(asof), np.concatenate(window))


class Taught:
    """A model taught by a table's past, ready to be asked about any rows of it, or of another with the same columns."""

    def __init__(
        self, table: Table, *, until: int, length: int, seed: int = 0, among: Bools | None = None
    ) -> None:  # fmt: skip
        self.until = until
        self.known = Known(table, until=until)
        self.asking = Asking(self.known, table)
        given = examples(table, until=until, length=length, among=among)
        problem = table.problem[given.rows]
        distinct = np.unique(given.rows)
        enough = len(distinct) >= LEAST_ROWS and LEAST_PROBLEMS <= table.problem[distinct].sum() <= len(distinct) - 10
        self.model: Blend | None = None
        self.stretch = (0.0, 1.0)
        if enough:
            matrix = self.asking.matrix(given.rows, given.asof)
            weights = None
            if table.inspector is not None and table.roster is None:
                weights = self.known.weights(table.inspector[given.rows], problem)
            self.model = Blend(matrix, problem, seed=seed, weights=weights)
            self.stretch = _stretched(matrix, problem, given, self.asking.rows.day, seed=seed)

    @property
    def method(self) -> str:
        return "model" if self.model is not None else "rates"

    def odds(self, asking: Asking, rows: Ints) -> Floats:
        """Return the log-odds of a problem of each row, as of the eve."""
        if not len(self.known.problem):
            return np.zeros(len(rows))
        matrix = asking.matrix(rows, np.full(len(rows), self.until))
        if self.model is None:
            return by_rates(matrix, self.known)
        shift, factor = self.stretch
        return shift + factor * self.model.odds(matrix)


def by_rates(matrix: Matrix, known: Known) -> Floats:
    """Return log-odds without a model: a site's own smoothed rate, moved half as far as its labels' rates stand off."""
    overall = float(odds(np.array(known.overall)))
    labels = [values for name, values in matrix.columns.items() if name.endswith(" rate ever")]
    off = np.mean([values - overall for values in labels], axis=0) if labels else 0.0
    return np.nan_to_num(matrix.columns["own_rate"], nan=overall) + 0.5 * off


def _stretched(matrix: Matrix, problem: Floats, given: Examples, day: Ints, *, seed: int) -> tuple[float, float]:
    """Return shift and factor that make log-odds honest, by windows that the model had not seen."""
    told, found = [], []
    for number in range(0, 12 if len(given) < FEW else 6, 2) if len(given) < PLENTY else (0,):
        here = np.flatnonzero(given.window == number)
        before = np.flatnonzero(day[given.rows] < (given.asof[here].min() if len(here) else 0))
        if len(here) < 20 or len(before) < LEAST_ROWS or not LEAST_PROBLEMS <= problem[before].sum() < len(before):
            continue
        model = Blend(matrix.take(before), problem[before], seed=seed, quick=True)
        told.append(model.odds(matrix.take(here)))
        found.append(problem[here])
    return fitted(np.concatenate(told), np.concatenate(found)) if told else (0.0, 1.0)


def fitted(told: Floats, found: Floats) -> tuple[float, float]:
    """
    Return (shift, factor) of the logistic regression of what was found on the log-odds told (Platt 1999), by Newton.

    Leans on (0, 1) as strongly as LEANING visits would, so that little evidence changes little.
    """
    rate = float(np.clip(found.mean(), 0.02, 0.98))
    firm = LEANING * rate * (1 - rate) * max(float(told.var()), 1e-6)
    shift, factor = 0.0, 1.0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(shift + factor * told)))
        weight = chance * (1 - chance)
        gradient = np.array([(found - chance).sum() - shift, ((found - chance) * told).sum() - firm * (factor - 1)])
        hessian = np.array([
            [weight.sum() + 1, (weight * told).sum()], [(weight * told).sum(), (weight * told**2).sum() + firm],
        ])  # fmt: skip
        step = np.linalg.solve(hessian, gradient)
        shift, factor = shift + step[0], factor + step[1]
        if np.abs(step).max() < 1e-9:
            break
    return float(shift), float(np.clip(factor, 0.1, 3.0))


def chances(log_odds: Sequence[float] | Floats) -> Floats:
    """Return chances, strictly between 0 and 1."""
    return np.asarray(1 / (1 + np.exp(-np.clip(np.asarray(log_odds, float), -9, 9))))
