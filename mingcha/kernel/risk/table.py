"""A history as arrays: one row for each visit, whatever file or list it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mingcha.kernel.risk.ledgers import Floats, Ints


@dataclass
class Table:
    """
    Rows of visits. Codes are 0, 1, 2 …, -1 for unknown; numbers are NaN where unknown.

    `day`: days since an epoch. `problem`: 1, 0 or NaN where not known. `score`: graded, any scale.
    `labels`: attributes of site and place that may be read from the row itself. `numbers`: likewise.
    `past_labels`, `past_numbers`: what each visit found, known only for later days.
    `roster`: who inspects, where that is fixed beforehand and asked for. `inspector`: who judged, to correct outcomes.
    """

    site: Ints
    day: Ints
    problem: Floats
    score: Floats
    labels: dict[str, Ints] = field(default_factory=dict)
    numbers: dict[str, Floats] = field(default_factory=dict)
    past_labels: dict[str, Ints] = field(default_factory=dict)
    past_numbers: dict[str, Floats] = field(default_factory=dict)
    latitude: Floats | None = None
    longitude: Floats | None = None
    roster: Ints | None = None
    inspector: Ints | None = None

    def __len__(self) -> int:
        return len(self.site)

    def take(self, rows: Ints) -> "Table":
        """Return the rows asked for, in that order."""

        def of(values: Ints | None) -> Ints | None:
            return None if values is None else values[rows]

        return Table(
            self.site[rows], self.day[rows], self.problem[rows], self.score[rows],
            {name: codes[rows] for name, codes in self.labels.items()},
            {name: values[rows] for name, values in self.numbers.items()},
            {name: codes[rows] for name, codes in self.past_labels.items()},
            {name: values[rows] for name, values in self.past_numbers.items()},
            None if self.latitude is None else self.latitude[rows],
            None if self.longitude is None else self.longitude[rows],
            of(self.roster), of(self.inspector),
        )  # fmt: skip


def coded(values: Sequence[str | None]) -> Ints:
    """Return a code for each text, -1 for none and for the empty one; equal texts have equal codes."""
    codes: dict[str, int] = {}
    return np.fromiter((codes.setdefault(text, len(codes)) if text else -1 for text in values), np.int64, len(values))
