"""Chances: they sum to n, nobody is ever safe, a promise is kept, and the knob does what it says."""

from fractions import Fraction
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import lots

SCORES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 1.0]))


@st.composite
def cases(draw):
    """Up to 40 sites in up to 5 strata, some certain, some strata promised, any setting; and an n it may bear."""
    size = draw(st.integers(1, 40))
    strata = [f"层{i}" for i in range(draw(st.integers(1, 5)))]
    sites = [
        lots.Weighed(f"s{i}", draw(st.sampled_from(strata)), draw(SCORES), draw(st.integers(0, 9)) == 0)
        for i in range(size)
    ]
    used = sorted({one.stratum for one in sites})
    setting = lots.Setting(
        tilt=draw(st.sampled_from(["lottery", "logistic", "minmax"])), tau=draw(st.floats(0.001, 50)),
        floor=draw(st.floats(0, 1)), cap=draw(st.floats(0.05, 1)),
        promised=frozenset(draw(st.sets(st.sampled_from(used), max_size=3))),
    )  # fmt: skip
    return sites, draw(st.integers(1, size)), setting


def tried(sites, n, setting):
    """The chances, or None where they are refused with a sentence."""
    try:
        return lots.chances(sites, n=n, setting=setting)
    except (lots.CapTooLow, lots.PromisesTooMany, lots.NothingLeftToDraw) as refusal:
        assert "请" in refusal.sentence()
        return None


@settings(max_examples=200, deadline=None)
@given(cases())
def test_chances_sum_to_n_and_lie_between_floor_and_cap_and_promises_are_kept(case):
    sites, n, setting = case
    given_ = tried(*case)
    if given_ is None:
        return
    assert set(given_) == {one.site for one in sites}
    assert sum(given_.values()) == n
    assert all(0 < chance <= 1 for chance in given_.values())
    free = [one for one in sites if not one.certain]
    assert all(given_[one.site] == 1 for one in sites if one.certain)
    expected = {
        name: sum(given_[one.site] for one in sites if one.stratum == name) for name in {s.stratum for s in sites}
    }
    assert all(expected[name] >= 1 for name in setting.promised)
    if not setting.promised and free and n - len(sites) + len(free) < len(free):
        even = (n - len(sites) + len(free)) / len(free)
        slack = 2e-6
        assert all(given_[one.site] >= min(setting.floor, 1) * even - slack for one in free)
        if setting.tilt != "lottery":
            assert (
                all(given_[one.site] <= max(setting.cap, even if n == 1 else 0, 1e-6) + slack for one in free) or n == 1
            )
    assert lots.chances(sites[::-1], n=n, setting=setting) == given_


@settings(max_examples=60, deadline=None)
@given(cases())
def test_who_scores_more_has_no_smaller_chance(case):
    sites, n, setting = case
    given_ = tried(sites, n, lots.Setting(tilt=setting.tilt, tau=setting.tau, floor=setting.floor, cap=setting.cap))
    if given_ is None:
        return
    ordered = sorted((one for one in sites if not one.certain), key=lambda one: one.score)
    for low, high in pairwise(ordered):
        assert given_[low.site] <= given_[high.site] + Fraction(1, 500_000)
        assert low.score < high.score or abs(given_[low.site] - given_[high.site]) <= Fraction(1, 500_000)


def test_a_lottery_is_exactly_equal_and_a_promise_bends_it_to_exactly_one():
    sites = [lots.Weighed(f"s{i:02}", "大" if i < 19 else "小") for i in range(22)]
    assert set(lots.chances(sites, n=3, setting=lots.Setting()).values()) == {Fraction(3, 22)}
    bent = lots.chances(sites, n=3, setting=lots.Setting(promised=frozenset({"小"})))
    assert sum(bent[f"s{i:02}"] for i in range(19, 22)) == 1
    assert sum(bent.values()) == 3
    kept = lots.chances(sites, n=3, setting=lots.Setting(promised=frozenset({"大"})))
    assert set(kept.values()) == {Fraction(3, 22)}


WEIGHED = [lots.Weighed(f"s{i:03}", f"层{i % 7}", ((i * 37) % 100 + 1) / 400) for i in range(200)]


def test_the_knob_runs_from_the_lottery_to_the_list():
    seen = [
        lots.preview(WEIGHED, n=20, setting=lots.Setting(tilt="logistic", tau=tau, floor=0, cap=1))
        for tau in (1000, 1, 0.2, 0.005)
    ]
    for loose, tight in pairwise(seen):
        assert loose.expected_finds < tight.expected_finds
        assert loose.insider_hit < tight.insider_hit
        assert loose.entropy > tight.entropy
        assert loose.least_chance >= tight.least_chance
    assert seen[0].expected_finds == pytest.approx(seen[0].lottery_finds, rel=0.01)
    assert seen[-1].expected_finds == pytest.approx(seen[-1].list_finds, rel=0.01)


def test_minmax_leaves_the_least_harm_unprotected():
    tilted = lots.Setting(tilt="minmax", floor=0.1, cap=1)
    best = lots.preview(WEIGHED, n=20, setting=tilted)
    for other in (lots.Setting(), lots.Setting(tilt="logistic", cap=1), lots.Setting(tilt="logistic", tau=0.7, cap=1)):
        assert best.worst_harm <= lots.preview(WEIGHED, n=20, setting=other).worst_harm
    # Water-filling: everybody between floor and cap is left with the same harm.
    given_ = lots.chances(WEIGHED, n=20, setting=tilted)
    left = [float(1 - given_[w.site]) * w.score for w in WEIGHED if given_[w.site] > Fraction(11, 1000)]
    assert max(left) - min(left) < 1e-5


def test_a_preview_of_a_lottery_says_what_a_lottery_is():
    seen = lots.preview(WEIGHED, n=20, setting=lots.Setting())
    assert (seen.least_chance, seen.greatest_chance, seen.insider_hit) == pytest.approx((0.1, 0.1, 0.1))
    assert seen.entropy == pytest.approx(1)
    assert seen.worst_escape == pytest.approx(0.9)
    assert seen.escape_12 == pytest.approx(0.9**12)
    assert sum(count for _, _, count in seen.histogram) == 200
    assert seen.list_finds == pytest.approx(sum(sorted((w.score for w in WEIGHED), reverse=True)[:20]))


def test_where_everybody_is_visited_there_is_nothing_to_foresee():
    everybody = lots.preview(WEIGHED, n=200, setting=lots.Setting(tilt="logistic"))
    assert (everybody.least_chance, everybody.entropy, everybody.worst_escape) == (1.0, 0.0, 0.0)
    certain = [lots.Weighed("a", "村", certain=True)]
    assert lots.chances(certain, n=1, setting=lots.Setting()) == {"a": Fraction(1)}


ONE = [lots.Weighed("a", "村"), lots.Weighed("b", "村"), lots.Weighed("c", "店", certain=True)]


@pytest.mark.parametrize(
    ("sites", "n", "setting", "refusal"),
    [
        ([], 1, {}, lots.EmptyFrame),
        (ONE, 0, {}, lots.TooFew),
        (ONE, 4, {}, lots.TooMany),
        (ONE, 1, {}, lots.NothingLeftToDraw),
        ([ONE[0], ONE[0]], 1, {}, lots.DuplicateSite),
        (ONE, 2, {"promised": frozenset({"学校"})}, lots.PromiseWithoutSites),
        (WEIGHED, 5, {"promised": frozenset(w.stratum for w in WEIGHED)}, lots.PromisesTooMany),
        (WEIGHED, 120, {"tilt": "logistic"}, lots.CapTooLow),
        (ONE, 2, {"tilt": "rota"}, lots.SettingOutOfRange),
        (ONE, 2, {"tau": 0.0}, lots.SettingOutOfRange),
        (ONE, 2, {"tau": inf}, lots.SettingOutOfRange),
        (ONE, 2, {"floor": 1.5}, lots.SettingOutOfRange),
        (ONE, 2, {"cap": 0.0}, lots.SettingOutOfRange),
        ([lots.Weighed("a", "村", 1.5)], 1, {}, lots.SettingOutOfRange),
        ([lots.Weighed("a", "村", float("nan"))], 1, {}, lots.SettingOutOfRange),
    ],
)
def test_what_cannot_be_is_refused_by_name(sites, n, setting, refusal):
    with pytest.raises(refusal, match="请"):
        lots.chances(sites, n=n, setting=lots.Setting(**setting))
