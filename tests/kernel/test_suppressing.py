"""Small figures are not told, not by sums either: what a linear program can still narrow down to one value was not small."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from mingcha.kernel import suppressing

Cell = tuple[int, int]
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9) | st.integers(10, 60), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


def counted(rows: list[list[int]]) -> tuple[dict[Cell, int], list[tuple[Cell, list[Cell]]]]:
    """Return a table with its margins (place -1 is a sum) and the sums."""
    high, wide = range(len(rows)), range(len(rows[0]))
    counts = {(r, c): rows[r][c] for r in high for c in wide}
    counts |= {(r, -1): sum(rows[r]) for r in high} | {(-1, c): sum(row[c] for row in rows) for c in wide}
    counts[-1, -1] = sum(map(sum, rows))
    sums = [((r, -1), [(r, c) for c in wide]) for r in high] + [((-1, c), [(r, c) for r in high]) for c in wide]
    sums += [((-1, -1), [(r, -1) for r in high]), ((-1, -1), [(-1, c) for c in wide])]
    return counts, sums


def span(cell: Cell, hid: frozenset[Cell], counts: dict[Cell, int], sums: list[tuple[Cell, list[Cell]]]) -> float:
    """Return how far apart the least and the greatest value are that a hidden cell may have, given all that is shown."""
    unknown = sorted(hid)
    equations, right = [], []
    for total, parts in sums:
        signs = [(total, -1.0), *((part, 1.0) for part in parts)]
        equations.append([sum(sign for key, sign in signs if key == one) for one in unknown])
        right.append(-sum(sign * counts[key] for key, sign in signs if key not in hid))
    aim = np.array([float(one == cell) for one in unknown])
    ends = [linprog(way * aim, A_eq=equations, b_eq=right, bounds=(0, None)) for way in (1, -1)]
    if ends[1].status == 3:  # no greatest value
        return float("inf")
    return float(-ends[1].fun - ends[0].fun)


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_no_small_figure_can_be_worked_out(rows: list[list[int]]) -> None:
    counts, sums = counted(rows)
    hid = suppressing.hidden(counts, sums)
    for cell, count in counts.items():
        if 0 < count < 5:
            assert cell in hid
            assert span(cell, hid, counts, sums) >= 1
    assert not suppressing.determined(sums, hid)


def test_a_table_without_small_figures_is_shown_whole() -> None:
    counts, sums = counted([[5, 0, 17], [0, 8, 20]])
    assert suppressing.hidden(counts, sums) == frozenset()


def test_one_small_figure_takes_a_neighbour_in_its_row_and_its_column_along() -> None:
    counts, sums = counted([[1, 30, 40], [50, 60, 70], [80, 90, 100]])
    assert suppressing.hidden(counts, sums) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_two_small_figures_whose_sum_is_shown_and_small_are_no_cover_for_each_other() -> None:
    counts, sums = counted([[1, 1, 40]])
    assert {(0, 0), (0, 1)} < suppressing.hidden(counts, sums)


def test_sums_that_are_wrong_are_refused() -> None:
    with pytest.raises(ValueError, match="1"):
        suppressing.hidden({1: 3, 2: 1}, [(1, [2])])
