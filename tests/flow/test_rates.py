"""Rates of revealed rounds: from the chances of their bundles, and never from few visits alone."""

from fractions import Fraction

import pytest

from mingcha.flow.draws.models import Round
from mingcha.flow.draws.states import State
from mingcha.flow.reports.queries import rates
from mingcha.ground.accounts import queries as accounts
from tests.visited import more_sites, revealed

HALF, FIFTH = Fraction(1, 2), Fraction(1, 5)


@pytest.fixture
def lot(world):
    """Twenty of sixty, sixteen of them seen, one replaced; four with a problem. Two more sites were certain."""
    codes = more_sites(world.minxian, 63)
    frame = (
        dict.fromkeys(codes[:30], HALF) | dict.fromkeys(codes[30:61], FIFTH) | dict.fromkeys(codes[61:], Fraction(1))
    )
    drawn = [*codes[:14], *codes[30:36], *codes[61:]]
    return revealed(
        world.minxian, world.campaign, frame=frame, drawn=drawn, found={*codes[:3], codes[30], codes[61], codes[62]},
        unseen={*codes[12:14], *codes[34:36]}, instead={codes[12]: codes[20]},
    )  # fmt: skip


def seen(world, who=None):
    return rates.seen(world.campaign, to=accounts.standing(who or world.lead, at=world.at), as_of=world.at)


def test_drawn_sites_count_with_the_chances_of_the_bundle(world, lot):
    drawn = seen(world)
    rate = rates.overall(drawn)
    assert (rate.visits, rate.found, rate.missed, drawn.rounds) == (17, 4, 4, 1)
    # 13 seen of chance 1/2 and 4 of 1/5; every one stands for the same number of those nobody saw.
    assert rate.rate == pytest.approx((3 * 2 + 5) / (13 * 2 + 4 * 5))
    assert rate.text == f"{rate.rate:.0%}({int(rate.low * 100)}–{-int(-rate.high * 100 // 1)}%)"
    assert not {key.partition("/")[2] for key in drawn.types} & {"m061", "m062"}, "certain sites stay out"


def test_by_type_by_place_and_by_item(world, lot):
    drawn = seen(world)
    types = rates.by(drawn, "site_type")
    assert {line.label for line in types} == {"村", "小区"}
    assert sum(line.rate.visits for line in types) == 17
    (township,) = rates.by(drawn, "county")
    assert (township.key, township.rate) == ("621126100", rates.overall(drawn))
    (item,) = rates.by(drawn, "item")
    assert item.label.startswith("演示清单 第1条")
    assert item.rate.rate == pytest.approx(rates.overall(drawn).rate)


def test_rounds_are_pooled_and_an_unrevealed_one_tells_nothing(world, lot):
    codes = more_sites(world.zhangxian, 12, prefix="z")
    other = revealed(world.zhangxian, world.campaign, frame=dict.fromkeys(codes, HALF), drawn=codes, found=codes[:6])
    assert rates.overall(seen(world)).visits == 29
    assert [line.key for line in rates.by(seen(world), "county")] == ["621125", "621126"], "the surest first"
    assert rates.overall(seen(world, world.neighbour)).visits == 12, "an office sees its own"
    Round.objects.filter(pk=other.pk).update(state=State.DRAWN)
    assert rates.overall(seen(world)).visits == 17
    before = rates.of_offices(world.campaign, [lot.office_id], as_of=lot.revealed_at.replace(year=2020))
    assert (before.rounds, rates.overall(before)) == (0, None)


def test_a_frame_of_certain_sites_is_told_whole_and_one_of_the_first_format_evenly(world, lot):
    codes = more_sites(world.zhangxian, 10, prefix="z")
    whole = revealed(
        world.zhangxian, world.campaign, frame=dict.fromkeys(codes, Fraction(1)), drawn=codes, found=codes[:2]
    )
    rate = rates.overall(seen(world, world.neighbour))
    assert (rate.rate, rate.exact, rate.enough) == (0.2, True, True)
    old = "site,stratum\n" + "".join(f"{code},层\n" for code in codes)
    Round.objects.filter(pk=whole.pk).update(bundle={"format": "mingcha-lot/1", "frame": old, "drawn": codes[:8]})
    rate = rates.overall(seen(world, world.neighbour))
    assert (rate.visits, rate.rate, rate.exact) == (8, pytest.approx(0.25), False)
    assert rates.as_json(rate) == {"rate": None, "low": None, "high": None, "visits": 8, "missed": 0}
    told = rates.as_json(rates.overall(seen(world)))
    assert list(told) == ["rate", "low", "high", "visits", "missed"]
    assert told["low"] < told["rate"] < told["high"]
