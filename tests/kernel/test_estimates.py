"""Rates from drawn visits: against known answers, and how often the interval holds the truth."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import estimates
from mingcha.kernel.estimates import FEWEST, Rate, Visited
from mingcha.kernel.estimates.intervals import beta_quantile, beta_share, two_sided_t


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    # R: binom.test(11, 60)$conf.int, and 0 and 30 of 60 and 30.
    assert estimates.interval(11 / 60, 60) == pytest.approx((0.09524, 0.30439), abs=5e-5)
    assert estimates.interval(0, 60) == (0.0, pytest.approx(1 - 0.025 ** (1 / 60)))
    assert estimates.interval(1, 30) == (pytest.approx(0.025 ** (1 / 30)), 1.0)
    with pytest.raises(ValueError, match="60"):
        estimates.interval(1.2, 60)


@given(st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0.001, 0.999))
def test_the_incomplete_beta_function_and_its_inverse_agree(a: float, b: float, share: float) -> None:
    assert beta_share(beta_quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-6)
    assert beta_share(0.3, a, b) == pytest.approx(1 - beta_share(0.7, b, a), abs=1e-9)


def test_students_t() -> None:
    assert [two_sided_t(n) for n in (1, 10, 59)] == pytest.approx([12.7062, 2.2281, 2.0010], abs=1e-4)


def plain(found: int, of: int, *, round_: str = "1", chance: Fraction = Fraction(3, 20)) -> list[Visited]:
    return [Visited(f"{round_}-{i}", round_, "", chance, i < found) for i in range(of)]


def told(visited: list[Visited], **how: set[str]) -> Rate:
    found = estimates.rate(estimates.weigh(visited), **how)
    assert found is not None
    return found


def test_a_plain_lottery_gives_the_plain_share() -> None:
    rate = told(plain(11, 60))
    assert (rate.rate, rate.visits, rate.found, rate.missed) == (pytest.approx(11 / 60), 60, 11, 0)
    assert (rate.low, rate.high) == pytest.approx(estimates.interval(11 / 60, 60))
    assert rate.enough
    assert rate.text == "18%(9–31%)"
    assert not told(plain(2, FEWEST - 1)).enough
    assert told(plain(0, 60)).text == "0%(0–6%)"
    assert told(plain(1, 300)).text.startswith("<1%(0–")
    assert told(plain(299, 300)).text.startswith(">99%(")
    assert estimates.rate(estimates.weigh([])) is None


def test_a_site_stands_for_as_many_as_its_chance_says() -> None:
    often = [Visited(f"a{i}", "1", "", Fraction(1, 2), problem=True) for i in range(10)]
    seldom = [Visited(f"b{i}", "1", "", Fraction(1, 10), problem=False) for i in range(10)]
    rate = told(often + seldom)
    assert rate.rate == pytest.approx(20 / 120)
    none = told([Visited(v.key, v.round, v.stratum, v.chance, problem=False) for v in often + seldom])
    assert (none.low, none.rate) == (0, 0)
    assert none.effective == pytest.approx(120**2 / (10 * 2**2 + 10 * 10**2))


def test_those_seen_stand_for_those_who_were_not() -> None:
    """Four drawn of a stratum, two of them seen, count four times as much as two of a stratum where both were."""
    first = [Visited(f"a{i}", "1", "a", Fraction(1, 2), problem=True if i < 2 else None) for i in range(4)]
    second = [Visited(f"b{i}", "1", "b", Fraction(1, 2), problem=False) for i in range(2)]
    rate = told(first + second)
    assert (rate.rate, rate.missed, rate.visits) == (pytest.approx(4 / 6), 2, 4)
    # Nobody seen in a whole stratum: the round as a whole stands for it, and the rest keeps its proportions.
    third = [Visited(f"c{i}", "1", "c", Fraction(1, 2), problem=None) for i in range(5)]
    assert told(first + second + third).rate == pytest.approx(4 / 6)


def test_a_replacement_stands_in_for_what_was_drawn_and_adds_nothing() -> None:
    away = [Visited(f"a{i}", "1", "a", Fraction(1, 2), problem=None) for i in range(2)]
    instead = [Visited(f"r{i}", "1", "a", Fraction(1, 2), problem=True, drawn=False) for i in range(2)]
    other = [Visited(f"b{i}", "1", "b", Fraction(1, 2), problem=False) for i in range(2)]
    rate = told(away + instead + other)
    assert (rate.rate, rate.visits, rate.missed) == (pytest.approx(0.5), 4, 2)


def test_an_office_that_draws_often_does_not_weigh_more() -> None:
    often = [v for n in range(3) for v in plain(20, 20, round_=f"o{n}")]
    once = [Visited(v.key, v.round, v.stratum, v.chance, v.problem, register="x") for v in plain(0, 20)]
    assert told(often + once).rate == pytest.approx(0.5)


def test_certain_sites_are_left_out_unless_the_whole_frame_was_certain() -> None:
    half, one = Fraction(1, 2), Fraction(1)
    assert estimates.usable({"a": one, "b": half, "c": half}) == {"b", "c"}
    assert estimates.usable({"a": one, "b": one}) == {"a", "b"}
    rate = told(plain(3, 12, chance=one))
    assert rate.exact
    assert (rate.low, rate.rate, rate.high, rate.text) == (0.25, 0.25, 0.25, "25%(25–25%)")
    unseen = Visited("x", "1", "", one, problem=None)
    assert not told([*plain(3, 12, chance=one), unseen]).exact


def test_a_part_of_the_visits_and_one_kind_of_problem() -> None:
    visited = plain(11, 60)
    rate = told(visited, within={f"1-{i}" for i in range(20)}, problems={"1-0", "1-1", "1-59"})
    assert (rate.visits, rate.found, rate.rate) == (20, 2, pytest.approx(0.1))
    with pytest.raises(ValueError, match="once"):
        estimates.weigh([*visited, visited[0]])


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([True, False, None]), st.integers(0, 3)), max_size=40))
def test_whatever_was_seen_the_interval_holds_the_rate(rows: list[tuple[int, bool | None, int]]) -> None:
    visited = [
        Visited(str(i), str(part % 2), str(part), Fraction(chance, 20), problem)
        for i, (chance, problem, part) in enumerate(rows)
    ]
    rate = estimates.rate(estimates.weigh(visited))
    assert (rate is None) == all(problem is None for _, problem, _ in rows)
    if rate is not None:
        assert 0 <= rate.low <= rate.rate <= rate.high <= 1
        assert 0 < rate.effective <= rate.visits
        # The order of the rows says nothing.
        assert estimates.rate(estimates.weigh(reversed(visited))) == rate


def drawn(chances: list[float], luck: random.Random) -> Iterator[int]:
    """60 by Pareto sampling."""
    ranks = {site: (u := luck.random()) * (1 - p) / ((1 - u) * p) for site, p in enumerate(chances)}
    yield from sorted(ranks, key=ranks.__getitem__)[:60]


@pytest.mark.parametrize("share", [0.04, 0.18, 0.31])
def test_the_interval_holds_the_truth_as_often_as_it_says(share: float) -> None:
    """60 of 400 with chances from .05 to .56 that go with the problems. The full runs: benchmarks/results/estimates.txt."""
    luck = random.Random(6)
    risks = [luck.gauss(0, 1) for _ in range(400)]
    raw = [0.05 + 0.51 / (1 + math.exp(-(risk - 1.6) / 0.5)) for risk in risks]
    chances = [p * 60 / sum(raw) for p in raw]
    liable = sorted(range(400), key=lambda site: -0.8 * risks[site] - luck.gauss(0, 1))
    problems = set(liable[: round(share * 400)])
    held = 0
    for _ in range(150):
        visited = [Visited(str(i), "1", "", chances[i], i in problems) for i in drawn(chances, luck)]
        rate = told(visited)
        held += rate.low <= len(problems) / 400 <= rate.high
    assert held / 150 >= 0.95
