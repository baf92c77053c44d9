"""A phone's words are kept as they came; where they look like a resident's data, the office is told and nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.findings.models import Finding
from mingcha.ground.rulebook.models import Checklist
from tests.sent import send
from tests.world import sign_in

WARNED = "这里好像写了居民的个人信息"
GAP = {
    "description": "演示：登记簿上王某某确诊，电话13812345678",
    "on_spot": "no",
    "due_hours": "24",
    "requirement": "演示：补齐",
}


@pytest.fixture
def sent(world):
    site = world.minxian.waiting
    words = {"site_code": site.code, "site_name": site.name, "feedback": "演示：已请店主13912345678整改",
             "ask_3": "演示：住址为岷阳镇3号楼2单元501室"}  # fmt: skip
    return send(world.inspector, Checklist.objects.get(site_type=site.type), words, findings=[GAP], at=world.at)


def page(who, name, pk):
    answer = sign_in(Client(), who).get(reverse(name, args=[pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def warning(said):
    return said.split(WARNED)[1].split("</ul>")[0]


def test_the_office_is_told_on_the_submission_the_visit_and_the_finding(world, sent):
    finding = Finding.objects.get(visit__submission=sent)
    said = warning(page(world.county, "desk:submission", sent.pk))
    for words in ("手机号码", "家庭住址", "个人健康状况", "138******78", "139******78"):
        assert words in said, words
    assert "13812345678" not in said and "13912345678" not in said
    said = warning(page(world.lead, "desk:visit", finding.visit_id))
    assert "现场反馈：手机号码（139******78）" in said and finding.number in said and "家庭住址" in said
    said = warning(page(world.county, "desk:finding", finding.pk))
    assert "问题描述：手机号码（138******78）" in said and "139" not in said


def test_nothing_was_stopped_or_changed(world, sent):
    assert Finding.objects.get(visit__submission=sent).description == GAP["description"]


def test_the_team_is_not_told_and_clean_words_warn_nobody(world, sent):
    finding = Finding.objects.get(visit__submission=sent)
    for name, pk in (("desk:visit", finding.visit_id), ("desk:finding", finding.pk)):
        assert WARNED not in page(world.inspector, name, pk)
    plain = world.minxian
    for name, pk in (("desk:visit", plain.closed.pk), ("desk:finding", plain.by_deadline.pk)):
        assert WARNED not in page(world.county, name, pk)


def test_numbers_and_names_of_files_are_no_words(world):
    site = world.minxian.waiting
    form = Checklist.objects.get(site_type=site.type)
    words = {
        "site_code": site.code,
        "site_name": site.name,
        "site_photo_1": "13812345678.jpg",
        "location": "34.1 104.1 0 5",
    }
    sent = send(world.inspector, form, words, at=world.at)
    assert WARNED not in page(world.county, "desk:submission", sent.pk)
