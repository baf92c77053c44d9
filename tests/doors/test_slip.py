"""The on-site feedback slip: what was found and until when, for the offices and the own team, signed or to be signed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.doors.desk import slips
from mingcha.doors.hall import codes
from mingcha.flow.campaigns.models import TeamBody
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Attachment, Visit
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.ground.rulebook.models import Checklist
from tests import ranks
from tests.sent import send
from tests.world import PNG, note, sign_in


def ask(who, visit, **more):
    return sign_in(Client(), who).get(reverse("desk:visit_slip", args=[visit.pk]), **more)


@pytest.fixture
def said_by(monkeypatch):
    """Catch what the code on the page says."""
    found, draw = [], codes.qr
    monkeypatch.setattr(codes, "qr", lambda text, **how: found.append(text) or draw(text, **how))
    return found


@pytest.fixture
def signed(world):
    """Sent by a phone on which the leader and the receiver signed."""
    site = world.minxian.waiting
    values = {"site_code": site.code, "site_name": site.name, "sign_leader": "a.png", "sign_receiver": "b.png"}
    sent = send(
        world.inspector, Checklist.objects.get(site_type=site.type), values, files={"a.png": PNG, "b.png": PNG},
        findings=[{"description": "演示：登记台无人", "on_spot": "no", "due_hours": "24", "requirement": "演示：补齐"}],
        at=world.at,
    )  # fmt: skip
    return Visit.objects.get(submission=sent)


def test_it_says_where_when_what_and_until_when(world, said_by):
    visit = world.minxian.closed
    said = ask(world.inspector, visit).content.decode()
    for words in (
        "现场反馈单", visit.site.name, "演示路1号", "第一组", world.minxian.office.body.name, "演示：现场第二处无人值守。",
        "演示：补齐值守。", "2021年10月30日", "立行立改，已当场整改", "演示：已当场反馈。", "反馈给：负责人", "演示清单",
    ):  # fmt: skip
        assert words in said, words
    assert len(re.findall('<li><p class="strong">', said)) == 3
    [code] = said_by
    assert visit.site.code in code and "问题 3 个" in code
    assert code.count("2021年10月30日") == 2 and "立行立改" in code
    # Nothing that anybody typed.
    assert not any(word in code for word in ("无人值守", "补齐", "已当场反馈", "负责人"))
    assert len(code.encode()) <= slips.CODE_BYTES


def test_three_lines_to_sign_by_hand(world):
    said = ask(world.county, world.minxian.closed).content.decode()
    for who in ("检查组组长", "联络员", "现场负责人"):
        assert f"<span>{who}</span>" in said
    assert "<span>反馈对象</span>" not in said and "的签名" not in said


def test_what_was_signed_on_the_phone_stands_on_its_line(world, signed):
    said = ask(world.county, signed).content.decode()
    leader, receiver = (Attachment.objects.get(name=name) for name in ("a.png", "b.png"))
    assert re.search(rf'检查组组长</span><span class="slip__line"><img src="/attachments/{leader.pk}/"', said)
    assert re.search(rf'反馈对象</span><span class="slip__line"><img src="/attachments/{receiver.pk}/"', said)
    for who in ("联络员", "现场负责人"):
        assert re.search(rf'{who}</span><span class="slip__line"></span>', said)
    assert "演示：登记台无人" in said and "演示：补齐" in said


def test_who_hands_it_over_is_warned_of_a_resident_s_data(world, signed):
    signed.feedback = "演示：联系店主13812345678"
    signed.save(update_fields=["feedback"])
    assert "手机号码（138******78）" in ask(world.inspector, signed).content.decode()
    assert "这里好像写了" not in ask(world.inspector, world.minxian.closed).content.decode()


def test_a_signature_in_a_group_or_under_another_name_is_found(signed):
    sent = signed.submission
    first, second = "a.png", "b.png"
    sent.answers = {"end": {"signing": [{"sign_manager": first}], "sign_other": second}}
    found = slips.signatures(signed)
    pictures = {line.who: line.picture.name for line in found if line.picture}
    assert {str(who): name for who, name in pictures.items()} == {"现场负责人": first, "签名": second}


def test_a_long_list_leaves_a_code_that_can_be_read(world):
    visit = world.minxian.closed
    found = slips.lines(findings.of_visit(visit))
    code = slips.code(visit, found * 20)
    assert len(code.encode()) <= slips.CODE_BYTES and f"问题 {len(found) * 20} 个" in code
    assert codes.qr(code)


def test_offices_and_the_team_alone_open_it(world):
    found = ranks.muster(world)
    visit = world.minxian.closed
    for who in (world.lead, world.county, world.leader, world.inspector):
        assert ask(who, visit).status_code == 200, who.username
    for who in (
        world.neighbour, world.neighbour_inspector, world.unit, world.abroad.office.officer, found.township,
        found.group, found.village, world.beside.office.inspector,
    ):  # fmt: skip
        assert ask(who, visit).status_code == 404, who.username


def test_a_joint_body_that_may_see_the_visit_gets_no_slip(world):
    found = ranks.muster(world)
    TeamBody.objects.create(team=world.minxian.team, body=found.group_body)
    client = sign_in(Client(), found.group)
    assert client.get(reverse("desk:visit", args=[world.minxian.closed.pk])).status_code == 200
    assert ask(found.group, world.minxian.closed).status_code == 404


def test_there_is_none_before_the_end_and_none_of_a_covert_visit(world):
    visit = world.minxian.open  # covert
    answer = ask(world.inspector, visit, follow=True)
    assert answer.redirect_chain == [(reverse("desk:visit", args=[visit.pk]), 302)]
    assert "暗访不留现场反馈单" in answer.content.decode()
    note(visit, world.edition, world.minxian.office, way="on_spot", at=world.at)
    rectifications.close_visit(visit, outcome="done", feedback="", feedback_to="", by=world.inspector, at=world.at)
    assert "暗访不留现场反馈单" in ask(world.inspector, visit, follow=True).content.decode()
    begun = fieldwork.begin_visit(
        world.minxian.inspection, site=world.minxian.waiting, mode="overt", by=world.inspector, at=world.at
    )
    assert "检查结束后才有现场反馈单" in ask(world.inspector, begun, follow=True).content.decode()


def test_the_visit_s_page_leads_there(world):
    for visit, leads in ((world.minxian.closed, True), (world.minxian.open, False)):
        said = sign_in(Client(), world.county).get(reverse("desk:visit", args=[visit.pk])).content.decode()
        assert (f"/visits/{visit.pk}/slip/" in said) is leads
