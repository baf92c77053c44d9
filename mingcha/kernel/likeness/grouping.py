"""Which signatures belong together, without comparing each with each."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingcha.kernel.likeness.signing import PLACES, mixed, rows_of

# Buckets of more than these (one phrase copied into thousands of reports) are searched by neighbours only.
CROWD = 60


def groups(many: bytes, *, least: float) -> list[list[int]]:
    """
    Return the groups of two or more, the largest first.

    Candidates come from bands of equal places (Leskovec et al., Mining of Massive Datasets, 3.4), so narrow that a pair
    at `least` is missed once in a thousand; each is then compared in full.
    """
    rows = rows_of(many)
    root = list(range(len(rows)))
    pairs = _candidates(rows, width=_width(least))
    for start in range(0, len(pairs), 100_000):
        part = pairs[start : start + 100_000]
        shares = np.count_nonzero(rows[part[:, 0]] == rows[part[:, 1]], axis=1) / PLACES
        for one, other in part[shares >= least].tolist():
            root[_top(root, one)] = _top(root, other)
    found: dict[int, list[int]] = {}
    for position in range(len(rows)):
        found.setdefault(_top(root, position), []).append(position)
    return sorted((group for group in found.values() if len(group) > 1), key=lambda group: (-len(group), group))


def _width(least: float) -> int:
    """Return how many places a band has at most, so that a pair at `least` shares a band but once in a thousand."""
    if not 0 < least <= 1:
        raise ValueError(f"a share above 0 and up to 1, not {least}")
    fitting = [width for width in (2, 3, 4, 8, 16) if (1 - least**width) ** (PLACES // width) <= 0.001]
    return max(fitting, default=1)


def _candidates(rows: NDArray[np.uint32], *, width: int) -> NDArray[np.int64]:
    """Return pairs of positions that share a band, each once; blank ones never."""
    count = np.uint64(max(len(rows), 1))
    written = np.flatnonzero((rows != 0xFFFFFFFF).any(axis=1))
    met: list[NDArray[np.uint64]] = []
    for band in range(PLACES // width):
        sums = np.zeros(len(written), dtype=np.uint64)
        for place in range(band * width, band * width + width):
            sums = mixed(sums ^ rows[written, place])
        order = np.argsort(sums, kind="stable")
        starts = np.flatnonzero(np.diff(sums[order], prepend=~sums[order[:1]]))
        sizes = np.diff(starts, append=len(order))
        for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
            met.extend(_pairs(written[order[start : start + size]], count))
    codes = np.unique(np.concatenate(met)) if met else np.empty(0, dtype=np.uint64)
    return np.stack([codes // count, codes % count], axis=1).astype(np.int64)


def _pairs(bucket: NDArray[np.int64], count: np.uint64) -> Iterator[NDArray[np.uint64]]:
    """Yield the pairs of a bucket as single numbers: all of a small one, neighbours and the first of a crowd."""
    ordered = bucket.astype(np.uint64)
    if len(ordered) > CROWD:
        yield ordered[:-1] * count + ordered[1:]
        yield ordered[0] * count + ordered[1:]
    elif len(ordered) > 1:
        one, other = np.triu_indices(len(ordered), 1)
        yield ordered[one] * count + ordered[other]


def _top(root: list[int], position: int) -> int:
    """Return the head of a position's group, halving the way there for the next time."""
    while root[position] != position:
        root[position] = position = root[root[position]]
    return position
