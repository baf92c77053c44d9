"""
The questions a model is asked about a site, each answered from what was known on the eve of a day and nothing later.

Rates are log-odds, smoothed towards the overall rate; a label's rate leaves out the site itself.
"""

from dataclasses import dataclass, field

import numpy as np

from mingcha.kernel.risk.known import RECENT, Known, Near, odds, smoothing
from mingcha.kernel.risk.ledgers import EVER, Floats, Ints, Ledger
from mingcha.kernel.risk.table import Table

FEW = 40  # labels with no more values are also given as they are


@dataclass
class Matrix:
    """Columns by name. `labels`: which hold codes, not numbers. `rising`: which can only raise the chance as they grow."""

    columns: dict[str, Floats] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    rising: set[str] = field(default_factory=set)

    def array(self) -> Floats:
        """Return rows × columns in the order of `columns`."""
        return np.column_stack(list(self.columns.values())) if self.columns else np.zeros((0, 0))

    def take(self, rows: Ints) -> "Matrix":
        """Return the rows asked for, in that order."""
        return Matrix({name: values[rows] for name, values in self.columns.items()}, self.labels, self.rising)


class Asking:
    """Answers as of any day, for one table of history and the rows of one table (the same, or sites to be scored)."""

    def __init__(self, known: Known, rows: Table) -> None:
        self.known, self.rows = known, rows
        self.ledgers = {name: known.by_label(codes) for name, codes in known.table.labels.items()}
        self.weights = {name: self._weight(name, ledger) for name, ledger in self.ledgers.items()}
        self.graded: dict[str, Floats] = {}
        if np.isfinite(known.table.score).any():
            self.graded |= known.graded(known.table.score, "score")
        for name, values in known.table.past_numbers.items():
            self.graded |= known.graded(values, f"past {name}")
        self.near = None
        if rows.latitude is not None and rows.longitude is not None and np.isfinite(rows.latitude).any():
            self.near = Near(known, rows.latitude, rows.longitude, rows.site)
        self.judges = (
            Ledger(known.table.roster, known.table.day, known.problem) if known.table.roster is not None else None
        )

    def _weight(self, name: str, ledger: Ledger) -> float:
        groups = np.unique(self.known.table.labels[name])
        sums = ledger.sums_before(groups, np.full(len(groups), EVER))[groups >= 0]
        return max(smoothing(sums[:, 1], sums[:, 0], self.known.overall), 5.0)

    def matrix(self, rows: Ints, asof: Ints) -> Matrix:
        """Return the answers for these rows, each as of its own day."""
        out = Matrix()
        site = self.rows.site[rows]
        self._own(out, site, asof)
        self._labels(out, rows, site, asof)
        for name, values in self.rows.numbers.items():
            out.columns[name] = values[rows]
        if self.near is not None and self.rows.latitude is not None and self.rows.longitude is not None:
            out.columns |= {"latitude": self.rows.latitude[rows], "longitude": self.rows.longitude[rows]}
            for back, word in ((RECENT, "recent"), (EVER, "ever")):
                found = self.near.rates(site, asof, back=back)
                out.columns |= {f"{name} {word}": values for name, values in found.items()}
                out.rising |= {f"{name} {word}" for name in found}
        if self.judges is not None and self.rows.roster is not None:
            judge = self.rows.roster[rows]
            sums = self.judges.sums_before(judge, asof)
            out.columns["roster rate"] = odds((sums[:, 1] + 10 * self.known.overall) / (sums[:, 0] + 10))
            out.columns["roster"] = np.where(judge < 0, np.nan, judge)
            out.labels.add("roster")
            out.rising.add("roster rate")
        return out

    def _own(self, out: Matrix, site: Ints, asof: Ints) -> None:
        known = self.known
        place = known.by_site.last_before(site, asof)
        has, safe = place >= 0, np.maximum(place, 0)

        def of(values: Floats) -> Floats:
            return np.where(has, values[safe], np.nan) if len(values) else np.full(len(site), np.nan)

        sums, recent = known.by_site.sums_before(site, asof), known.by_site.sums_before(site, asof, back=RECENT)
        record = {name: of(values) for name, values in known.record.items()}
        out.columns["own_rate"] = odds(
            (sums[:, 1] + known.own_weight * known.overall) / (sums[:, 0] + known.own_weight)
        )
        out.columns["own_visits"] = np.log1p(sums[:, 0])
        out.columns["own_recent"] = np.log1p(recent[:, 0])
        for name in ("own_fading_0.5", "own_fading_0.8"):
            out.columns[name] = np.where(has, record[name], float(odds(np.array(known.overall))))
        for name in ("own_last_1", "own_last_2", "own_last_3", "clean_run"):
            out.columns[name] = record[name]
        for name in ("at", "problem_at", "first_at"):
            out.columns[f"days since {name}"] = np.log1p(np.maximum(asof - record[name], 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            out.columns["own_pace"] = np.log1p((record["at"] - record["first_at"]) / (sums[:, 0] - 1))
        out.rising |= {"own_rate", "own_fading_0.5", "own_fading_0.8"}
        for name, values in self.graded.items():
            out.columns[name] = of(values)
        for name, codes in known.table.past_labels.items():
            value = np.where(has, codes[safe], -1) if len(codes) else np.full(len(site), -1)
            out.columns[f"past {name}"] = np.where(value < 0, np.nan, value)
            out.labels.add(f"past {name}")

    def _labels(self, out: Matrix, rows: Ints, site: Ints, asof: Ints) -> None:
        known = self.known
        for name, ledger in self.ledgers.items():
            code = self.rows.labels[name][rows]
            weight = self.weights[name]
            for back, word in ((EVER, "ever"), (RECENT, "recent")):
                sums = ledger.sums_before(code, asof, back=back)
                own = known.by_site.sums_before(site, asof, back=back)
                visits = np.maximum(sums[:, 0] - own[:, 0], 0.0)
                found = np.where(visits > 0, sums[:, 1] - own[:, 1], 0.0)
                out.columns[f"{name} rate {word}"] = odds((found + weight * known.overall) / (visits + weight))
                out.rising.add(f"{name} rate {word}")
                if word == "ever":
                    out.columns[f"{name} visits"] = np.log1p(visits)
                    if np.isfinite(known.mean_score):
                        # The ledger holds differences from the mean; a site's own ledger holds the scores themselves.
                        apart = own[:, 2] - own[:, 3] * known.mean_score
                        graded = np.maximum(sums[:, 3] - own[:, 3], 0.0)
                        total = np.where(graded > 0, sums[:, 2] - apart, 0.0)
                        out.columns[f"{name} score"] = total / (graded + weight)
            if self.rows.labels[name].max(initial=-1) < FEW:
                out.columns[name] = np.where(code < 0, np.nan, code)
                out.labels.add(name)
