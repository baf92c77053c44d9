"""A finding's whole story, its visit, and its photos."""

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from tests.world import PNG, note, publish, sign_in


@pytest.fixture
def page(world):
    def read(name, thing, by=None):
        return sign_in(Client(), by or world.county).get(reverse(f"desk:{name}", args=[thing.pk]))

    return read


def test_the_story_is_told_in_plain_words_in_order(world, page):
    order = world.minxian.answered
    rectifications.send_back(order, reason="演示：缺照片", by=world.county, at=world.at)
    rectifications.answer(order, measures="演示：已补照片", proofs=[("演示.png", PNG)], by=world.unit, at=world.at)
    rectifications.send_back(order, reason="演示：照片不清", by=world.county, at=world.at)
    rectifications.answer(order, measures="演示：重拍", proofs=[("演示.png", PNG)], by=world.unit, at=world.at)
    rectifications.close(order, reason="演示：属实", by=world.second, at=world.at)
    story = page("finding", order.finding).context["story"]
    assert [(str(step.act), step.note) for step in story] == [
        ("登记问题", ""), ("约定整改期限", ""), ("检查结束，问题确认", ""), ("交办给责任单位", ""), ("责任单位签收", ""),
        ("责任单位答复", "演示：已补齐值守。"), ("答复退回", "演示：缺照片"), ("责任单位答复", "演示：已补照片"),
        ("答复退回", "演示：照片不清"), ("责任单位答复", "演示：重拍"), ("核验通过，销号", "演示：属实"),
    ]  # fmt: skip
    assert story[-1].by == world.second.name


def test_an_older_edition_keeps_its_text(world, page):
    newer = publish(world.rulebook, at=world.at, items=(("1", "改过的条文"),))
    campaigns.adopt_edition(world.campaign, edition=newer, by=world.lead, at=world.at)
    text = page("finding", world.minxian.by_deadline).content.decode()
    assert "演示条目一：值守空缺" in text and "引自第 1 版" in text and "现有第 2 版" in text
    assert "改过的条文" not in text


def test_an_item_without_text_is_said_to_be_unrecorded(world, page):
    Finding.objects.filter(pk=world.minxian.by_deadline.pk).update(item=world.items[2])
    assert "条文未收录" in page("finding", world.minxian.by_deadline).content.decode()


def test_a_withdrawn_finding_says_so_with_its_reason(world, page):
    rectifications.withdraw_finding(world.minxian.noted, reason="演示：看错了", by=world.inspector, at=world.at)
    text = page("finding", world.minxian.noted).content.decode()
    assert "不计入发现" in text and "演示：看错了" in text


def test_a_recurrence_and_the_old_one_name_each_other(world, page):
    work = world.minxian
    stop = next(stop for stop in world.beside.inspection.stops.all() if stop.site_id == work.closed.site_id)
    later = fieldwork.begin_visit(
        _another_outing(world), site=stop.site, mode="covert", by=work.office.inspector, at=world.at
    )
    again = note(later, world.edition, work.office, way="on_spot", at=world.at, recurrence_of=work.by_deadline)
    assert work.by_deadline.number in page("finding", again).content.decode()
    assert again.number in page("finding", work.by_deadline).content.decode()


def _another_outing(world):
    """Send the first team out with its second list, which by lot may not hold the site: so it is put in."""
    work = world.minxian
    outing = fieldwork.depart(work.sealed, by=work.office.leader, at=work.sealed.departs_at)
    if not outing.stops.filter(site=work.closed.site).exists():
        outing.stops.create(site=work.closed.site, position=99)
    return outing


def test_a_visit_shows_counts_side_by_side_and_what_was_said(world, page):
    text = page("visit", world.minxian.closed).content.decode()
    for seen in (
        "值守人员在岗",
        "30",
        "24",
        "演示：向镇上报告",
        "演示：已当场反馈。",
        "反馈给：负责人",
        "完成检查",
        "明察",
    ):
        assert seen in text
    assert reverse("desk:finding", args=[world.minxian.by_deadline.pk]) in text
    assert reverse("desk:photo", args=[world.minxian.photo.pk]) in text


def test_of_a_photo_others_see_a_view(world, page):
    answer = page("photo", world.minxian.photo)
    assert answer.content[:3] == b"\xff\xd8\xff" and answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


def test_who_may_see_what(world, page):
    work = world.minxian
    things = [("finding", work.by_deadline), ("visit", work.closed), ("photo", work.photo)]
    for person in (world.lead, world.county, world.leader, world.inspector):
        assert [page(*thing, by=person).status_code for thing in things] == [200, 200, 200]
    for person in (world.neighbour, world.neighbour_inspector, world.neighbour_unit, world.abroad.office.officer):
        assert [page(*thing, by=person).status_code for thing in things] == [404, 404, 404]
    assert [page(*thing, by=world.unit).status_code for thing in things] == [404, 404, 200]
    assert page("photo", work.photo, by=world.beside.office.unit).status_code == 404


def test_the_team_reads_the_story_but_not_the_units_files(world, page):
    text = page("finding", world.minxian.answered.finding, by=world.inspector).content.decode()
    assert "演示：已补齐值守。" in text
    assert "/proofs/" not in text and "/orders/" not in text
