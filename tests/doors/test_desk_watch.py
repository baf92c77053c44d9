"""抽签不可预测报告 in the browser: verdict, figures, warnings; of the office's own rounds alone."""

import random
from fractions import Fraction

import pytest
from django.urls import reverse

from tests.visited import more_sites, revealed
from tests.world import sign_in


@pytest.fixture
def rounds(world):
    codes, luck = more_sites(world.minxian, 40), random.Random(7)
    frame = dict.fromkeys(codes, Fraction(1, 5))
    return [
        revealed(world.minxian, world.campaign, frame=frame, drawn=luck.sample(codes, 8)) for _number in range(4)
    ] + [
        revealed(
            world.minxian, world.campaign, frame=frame, drawn=codes[:8], instead=dict(zip(codes[:3], codes[8:11], strict=True))
        )
    ]  # fmt: skip


def page(client, who, round):
    return sign_in(client, who).get(reverse("desk:round_watch", args=[round.pk]))


def test_the_report_tells_verdict_guessers_and_changes(client, world, rounds):
    shown = page(client, world.county, rounds[3]).content.decode()
    assert "没有看出规律" in shown and "把以往各轮学一遍再猜" in shown and "100%" in shown
    shown = page(client, world.county, rounds[4]).content.decode()
    assert "换下、移交或没有去的 3 个" in shown and "没有看出规律" not in shown
    assert "轮次还少" in page(client, world.county, rounds[1]).content.decode()
    link = reverse("desk:round_watch", args=[rounds[4].pk])
    assert link in sign_in(client, world.county).get(reverse("desk:round", args=[rounds[4].pk])).content.decode()


def test_it_is_the_offices_own(client, world, rounds):
    assert page(client, world.lead, rounds[0]).status_code == 200
    assert page(client, world.neighbour, rounds[0]).status_code == 404
    assert page(client, world.inspector, rounds[0]).status_code == 403
    assert page(client, world.county, world.minxian.round).status_code == 404
