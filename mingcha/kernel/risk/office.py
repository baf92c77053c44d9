"""An office's own visits and sites as a table, for the same model that the backtest tries."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from mingcha.kernel.risk.ledgers import Floats
from mingcha.kernel.risk.shapes import Past, Subject
from mingcha.kernel.risk.table import Table, coded
from mingcha.kernel.risk.training import Taught

MARGIN = 10  # days before the first visit, so that no day is below 0


def odds(past: Sequence[Past], subjects: Sequence[Subject], *, on: date, horizon: int, seed: int) -> Floats | None:
    """
    Return the log-odds of a problem at each subject for the `horizon` days from `on`; None without a model.

    The inspector corrects outcomes and is never asked about: a subject has none.
    """
    where = {one.site: one for one in subjects}
    rows: list[Past | Subject] = [*past, *subjects]
    start = min(visit.day for visit in past).toordinal() - MARGIN
    until = on.toordinal() - start
    n = len(subjects)

    def place(one: Past | Subject, axis: str) -> float:
        value = getattr(where.get(one.site), axis, None)
        return np.nan if value is None else float(value)

    labels = {
        "kind": coded([one.kind for one in rows]), "body": coded([one.body for one in rows]),
        # A division's code is its path: the township, and the county that it is in.
        "place": coded([one.place for one in rows]), "area": coded([one.place[:6] for one in rows]),
    }  # fmt: skip
    latitude, longitude = (np.array([place(one, axis) for one in rows]) for axis in ("latitude", "longitude"))
    table = Table(
        coded([one.site for one in rows]),
        np.array([visit.day.toordinal() - start for visit in past] + [until] * n, np.int64),
        np.array([float(visit.problem) for visit in past] + [np.nan] * n),
        np.array([np.nan if visit.score is None else visit.score for visit in past] + [np.nan] * n, float),
        labels={name: codes for name, codes in labels.items() if len(np.unique(codes)) > 1},
        latitude=latitude if np.isfinite(latitude).any() else None,
        longitude=longitude if np.isfinite(latitude).any() else None,
        inspector=coded([visit.inspector for visit in past] + [""] * n),
    )  # fmt: skip
    taught = Taught(table, until=until, length=horizon, seed=seed)
    if taught.model is None:
        return None
    return taught.odds(taught.asking, np.arange(len(past), len(rows)))
