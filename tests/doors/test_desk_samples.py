"""Sampling what was attested on the spot: by another hand, upheld or overturned."""

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.rectifications.models import Rectification, Review
from mingcha.ground.accounts.actions import posts
from tests.world import sign_in


@pytest.fixture
def county(world):
    return sign_in(Client(), world.county)


def address(order):
    return reverse("desk:order_sample", args=[order.pk])


def now(order):
    return Rectification.objects.get(pk=order.pk)


def test_only_confirmed_attestations_of_ones_area_wait(county, world):
    waiting = set(county.get(reverse("desk:samples")).context["page"])
    assert waiting >= {world.minxian.attested, world.beside.attested}
    assert {order.finding.division[:6] for order in waiting} == {"621126"}
    assert all(order.finding.state == "confirmed" for order in waiting)


def test_chance_picks_one_of_them(county, world):
    waiting = {address(order) for order in county.get(reverse("desk:samples")).context["page"]}
    assert county.get(reverse("desk:samples") + "?pick=1").url in waiting


def test_upheld(county, world):
    assert (
        county.post(address(world.minxian.attested), {"verdict": "uphold", "reason": "演示：去看过"}).status_code == 302
    )
    assert now(world.minxian.attested).state == "upheld"
    page = county.get(address(world.minxian.attested)).content.decode()
    assert "抽核属实" in page and "演示：去看过" in page and "不用抽核" in page


def test_overturned_becomes_an_order_with_a_deadline(county, world):
    given = {"verdict": "overturn", "reason": "演示：仍无人值守", "due_at": "2021-10-28T18:00"}
    answer = county.post(address(world.minxian.attested), given)
    assert answer.url == reverse("desk:order", args=[world.minxian.attested.pk])
    order = now(world.minxian.attested)
    assert (order.state, order.way, order.due_at.isoformat()) == ("ordered", "by_deadline", "2021-10-28T10:00:00+00:00")
    unit = sign_in(Client(), world.unit)
    assert "演示：仍无人值守" in unit.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "given,said",
    [
        ({}, "请选择“抽核结论”。"),
        ({"verdict": "overturn", "due_at": "2021-10-28T18:00"}, "不实的要写明理由"),
        ({"verdict": "overturn", "reason": "演示"}, "不实的要定一个整改时限"),
        ({"verdict": "overturn", "reason": "演示", "due_at": "2021-10-26T18:00"}, "整改时限已经过去"),
        ({"verdict": "overturn", "reason": "演示，联系 13812345678", "due_at": "2021-10-28T18:00"}, "手机号码"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(county, world, given, said):
    answer = county.post(address(world.minxian.attested), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert all(value in page for value in given.values())
    assert now(world.minxian.attested).state == "attested" and not Review.objects.filter(
        rectification=world.minxian.attested
    )


def test_the_second_hand_is_told(county, world):
    assert county.post(address(world.minxian.attested), {"verdict": "uphold"}).status_code == 302
    second = sign_in(Client(), world.second)
    given = {"verdict": "overturn", "reason": "演示：照片是旧的", "due_at": "2021-10-28T18:00"}
    answer = second.post(address(world.minxian.attested), given)
    page = answer.content.decode()
    assert answer.status_code == 409 and "当前状态是“抽核属实”" in page and "演示：照片是旧的" in page
    assert f"{world.county.name} 10月27日 18:00 办理：抽核属实" in page


def test_who_attested_may_not_sample(world):
    posts.appoint(
        world.inspector, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at
    )
    browser = sign_in(Client(), world.inspector)
    assert world.minxian.attested not in set(browser.get(reverse("desk:samples")).context["page"])
    assert "这一件要由别人抽核" in browser.get(address(world.minxian.attested)).content.decode()
    answer = browser.post(address(world.minxian.attested), {"verdict": "uphold", "reason": "演示意见"})
    assert answer.status_code == 403 and "演示意见" in answer.content.decode()
    assert now(world.minxian.attested).state == "attested"


def test_not_before_the_visit_has_ended(county, world):
    order = Rectification.objects.get(finding=world.minxian.noted)
    answer = county.post(address(order), {"verdict": "uphold"})
    assert answer.status_code == 409 and "检查还没有结束" in answer.content.decode()


def test_a_neighbour_finds_nothing(world):
    browser = sign_in(Client(), world.neighbour)
    assert browser.get(address(world.minxian.attested)).status_code == 404
    assert browser.post(address(world.minxian.attested), {"verdict": "uphold"}).status_code == 404
    assert sign_in(Client(), world.unit).get(address(world.minxian.attested)).status_code == 403
