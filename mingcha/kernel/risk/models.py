"""Two kinds of model and their blend. All give log-odds; a blend is the mean of its parts' log-odds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from mingcha.kernel.risk.features import Matrix
from mingcha.kernel.risk.ledgers import Floats

# Chosen by rolling windows of the past in Chicago's history (docs/decisions/0029), never by a window that is told.
PENALTY = 0.003
TREES: dict[str, Any] = {
    "learning_rate": 0.03, "max_leaf_nodes": 24, "min_samples_leaf": 60, "l2_regularization": 20, "max_features": 0.2,
    "max_iter": 120,
}  # fmt: skip
MOST_LEVELS = 200  # HistGradientBoosting takes at most 255 labels


class Logistic:
    """Ridge-penalised logistic regression over clipped, standardised numbers and one column for each common label."""

    def __init__(self, matrix: Matrix, problem: Floats, *, penalty: float, weights: Floats | None = None) -> None:
        self.steps: list[tuple[str, Any]] = []
        design = self._design(matrix, fit=True)
        self.model = LogisticRegression(C=penalty, max_iter=300)
        self.model.fit(design, problem, sample_weight=weights)

    def odds(self, matrix: Matrix) -> Floats:
        """Return log-odds."""
        return np.asarray(self.model.decision_function(self._design(matrix)))

    def _design(self, matrix: Matrix, *, fit: bool = False) -> Floats:
        if fit:
            for name, values in matrix.columns.items():
                self.steps.append((name, _levels(values) if name in matrix.labels else _scale(values)))
        parts = []
        for name, step in self.steps:
            values = matrix.columns[name]
            if name in matrix.labels:
                parts.append((values[:, None] == step[None, :]).astype(float))
            else:
                middle, low, high, mean, spread = step
                missing = ~np.isfinite(values)
                filled = (np.clip(np.where(missing, middle, values), low, high) - mean) / spread
                parts.append(np.column_stack([filled, missing]))
        return np.hstack(parts)


def _levels(values: Floats) -> Floats:
    found, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    return found[counts >= 20]


def _scale(values: Floats) -> tuple[float, float, float, float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 0.0, 0.0, 0.0, 1.0
    low, middle, high = np.quantile(known, [0.01, 0.5, 0.99])
    clipped = np.clip(known, low, high)
    return float(middle), float(low), float(high), float(clipped.mean()), float(clipped.std() or 1.0)


class Trees:
    """Gradient-boosted trees, the mean of a few seeds; rates of the past may only raise the chance."""

    def __init__(
        self, matrix: Matrix, problem: Floats, *, seeds: Sequence[int], weights: Floats | None = None, **settings: Any
    ) -> None:
        names = list(matrix.columns)
        self.labels = np.array([name in matrix.labels for name in names])
        rising = [1 if name in matrix.rising else 0 for name in names]
        # A column that is empty in all examples cannot be binned.
        self.there = np.isfinite(matrix.array()).any(0)
        values = self._values(matrix)
        self.models = []
        for seed in seeds:
            model = HistGradientBoostingClassifier(
                categorical_features=self.labels,
                monotonic_cst=rising,
                early_stopping=False,
                random_state=seed,
                **settings,
            )
            self.models.append(model.fit(values, problem, sample_weight=weights))

    def odds(self, matrix: Matrix) -> Floats:
        """Return log-odds."""
        values = self._values(matrix)
        return np.mean([model.decision_function(values) for model in self.models], axis=0)

    def _values(self, matrix: Matrix) -> Floats:
        values = matrix.array()
        codes = values[:, self.labels]
        values[:, self.labels] = np.where(codes < MOST_LEVELS, codes, np.nan)
        values[:, ~self.there] = 0.0
        return values


class Blend:
    """The two together: one sees straight lines everywhere, the other steps and joint effects; they err apart."""

    def __init__(
        self, matrix: Matrix, problem: Floats, *, seed: int, quick: bool = False, weights: Floats | None = None
    ) -> None:
        """`quick`: good enough to judge the stretch of log-odds by. `weights`: how much each example counts."""
        self.parts = (
            Logistic(matrix, problem, penalty=PENALTY, weights=weights),
            Trees(matrix, problem, seeds=[seed] if quick else [seed, seed + 1], weights=weights, **TREES),
        )

    def odds(self, matrix: Matrix) -> Floats:
        """Return log-odds."""
        return np.asarray(np.mean([part.odds(matrix) for part in self.parts], axis=0))
