"""
Which cells of tables of counts must stay hidden, so that nobody can be told from a small figure.

1. A count from 1 to `least` - 1 is hidden (primary).
2. A sum with one hidden member gives it away: another is hidden with it (secondary).
3. Where the hidden parts of a shown sum together are fewer than `least`, they are a small figure, too: more are hidden.
4. Sums that cross can give a cell away together: what linear algebra still determines is hidden with a neighbour.
Repeated until nothing changes; the cells hidden first are the smallest. Zeros are shown as long as they can be.
"""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
# A sum and its parts, all of them keys of one table of counts.
Sum = tuple[K, Sequence[K]]


def hidden(counts: Mapping[K, int], sums: Sequence[Sum[K]], *, least: int = 5) -> frozenset[K]:
    """Return the keys to hide. Each part and each sum must be among `counts`, and the sums must be right."""
    for total, parts in sums:
        if counts[total] != sum(counts[part] for part in parts):
            raise ValueError(total)
    found = {key for key, count in counts.items() if 0 < count < least}
    while True:
        more = _by_sums(counts, sums, found, least) or _by_algebra(counts, sums, found)
        if not more:
            return frozenset(found)
        found |= more


def determined(sums: Sequence[Sum[K]], unknown: frozenset[K]) -> set[K]:
    """Return which unknown cells the sums determine, whatever the known ones are: by Gauss and Jordan, in fractions."""
    rows: list[dict[K, Fraction]] = []
    for total, parts in sums:
        signed = [(total, -1), *((part, 1) for part in parts)]
        row = {key: Fraction(sign) for key, sign in signed if key in unknown}
        if row:
            rows.append(row)
    return {next(iter(row)) for row in _reduced(rows) if len(row) == 1}


def _by_sums(counts: Mapping[K, int], sums: Sequence[Sum[K]], found: set[K], least: int) -> set[K]:
    for total, parts in sums:
        hid = [key for key in (total, *parts) if key in found]
        shown_sum = total not in found and 0 < sum(counts[key] for key in hid) < least
        if len(hid) == 1 or (hid and shown_sum):
            return _one_more(counts, total, parts, found)
    return set()


def _by_algebra(counts: Mapping[K, int], sums: Sequence[Sum[K]], found: set[K]) -> set[K]:
    for key in sorted(determined(sums, frozenset(found)), key=str):
        for total, parts in sums:
            more = _one_more(counts, total, parts, found) if key in (total, *parts) else set()
            if more:
                return more
    return set()


def _one_more(counts: Mapping[K, int], total: K, parts: Sequence[K], found: set[K]) -> set[K]:
    """Return the next cell of a sum to hide: the smallest part, then the sum itself, a zero last."""
    left = [key for key in (*parts, total) if key not in found]
    return {min(left, key=lambda key: (counts[key] == 0, key == total, counts[key], str(key)))} if left else set()


def _reduced(rows: list[dict[K, Fraction]]) -> list[dict[K, Fraction]]:
    """Return the reduced row echelon form of sparse rows, those of zeros left out."""
    done: dict[K, dict[K, Fraction]] = {}
    for row in rows:
        for pivot in [key for key in row if key in done]:
            if pivot in row:
                _subtract(row, done[pivot], row[pivot])
        if not row:
            continue
        pivot = min(row, key=str)
        head = {key: value / row[pivot] for key, value in row.items()}
        for other in done.values():
            if pivot in other:
                _subtract(other, head, other[pivot])
        done[pivot] = head
    return list(done.values())


def _subtract(row: dict[K, Fraction], other: Mapping[K, Fraction], factor: Fraction) -> None:
    for key, value in other.items():
        left = row.get(key, Fraction(0)) - factor * value
        if left:
            row[key] = left
        else:
            row.pop(key, None)
