"""Briefs at the desk: the figures as of a moment, issuing, and the document again later."""

import io
from datetime import timedelta

import docx
import pytest
from django.test import Client
from django.urls import reverse

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.campaigns.models import Measure
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.reports.models import IssuedBrief
from tests.world import sign_in

SHOW = "/campaigns/demo/brief/"
ISSUE = "/campaigns/demo/brief/issue/"


@pytest.fixture
def lead(world):
    return sign_in(Client(), world.lead)


@pytest.fixture
def county(world):
    return sign_in(Client(), world.county)


def shown(answer):
    """Return body → figures by the head of their column."""
    return {line["body"]: {head: value for value, head, _ in line["cells"]} for line in answer.context["lines"]}


def test_every_figure_of_findings_opens_its_rows(lead, world):
    page = lead.get(SHOW)
    for line in page.context["lines"]:
        for value, head, address in line["cells"]:
            if address:
                total = lead.get(address).context["total"]
                sums = {"发现问题": total.found, "立行立改": total.on_spot, "限期整改": total.by_deadline,
                        "未销号": total.open, "逾期": total.overdue}  # fmt: skip
                assert sums[head] == value


def test_what_is_not_answered_for_shows_as_such_and_opens_nothing(lead, world):
    campaigns.answer_for(world.office_in(world.minxian), measures=[Measure.TEAMS], by=world.county, at=world.at)
    page = lead.get(SHOW)
    assert shown(page)["岷县纪委监委"]["发现问题"] is None
    text = page.content.decode()
    assert "未报" in text and "office=621126-office&amp;way=on_spot" not in text


def test_an_earlier_moment_shows_what_was_true_then(lead, world):
    due = world.at + timedelta(days=1)
    attested = world.minxian.attested
    rectifications.sample(attested, upheld=False, reason="演示", due_at=due, by=world.county, at=world.at)
    now, then = shown(lead.get(SHOW)), lead.get(SHOW + "?as_of=2021-10-27T17:59")
    assert now["岷县纪委监委"]["立行立改"] == 1 and shown(then)["岷县纪委监委"]["立行立改"] == 2
    assert not any(address for line in then.context["lines"] for _v, _h, address in line["cells"])


@pytest.mark.parametrize(
    "given,said",
    [
        ("2021-10-28T18:00", "数据不能截至将来"),
        ("gestern", "时间写得不对"),
        ("0001-01-01T00:00", "时间写得不对"),  # once issued, it could not be read back: the whole list was lost
    ],
)
def test_a_moment_that_makes_no_sense_is_refused_kindly(lead, given, said):
    for answer in (lead.get(SHOW, {"as_of": given}), lead.post(ISSUE, {"as_of": given})):
        assert answer.status_code == 422 and said in answer.content.decode()
    assert not IssuedBrief.objects.exists()


def test_issued_as_previewed_then_downloaded_today_and_later(lead, world):
    page = lead.get(SHOW + "?as_of=2021-10-27T12:00").content.decode()
    as_of = page.split('name="as_of" value="')[1].split('"')[0]
    answer = lead.post(ISSUE, {"as_of": as_of}, follow=True)
    assert "第 1 期简报已编发。" in answer.content.decode() and "下载 Word 文件" in answer.content.decode()
    brief = IssuedBrief.objects.get()
    assert brief.as_of.isoformat() == "2021-10-27T04:00:00+00:00"
    first = lead.get(reverse("desk:brief_document", args=[brief.pk]))
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    later = lead.get(reverse("desk:brief_document", args=[brief.pk]))
    assert first.content == later.content and "wordprocessingml" in first["Content-Type"]
    assert "attachment" in first["Content-Disposition"]


def test_the_demo_is_marked_and_a_house_at_work_is_not(lead, settings):
    for demo in (True, False):
        settings.MINGCHA_DEMO = demo
        lead.post(ISSUE)
        content = lead.get(reverse("desk:brief_document", args=[IssuedBrief.objects.latest("pk").pk])).content
        head = docx.Document(io.BytesIO(content)).sections[0].header
        assert any("演示数据" in p.text for p in head.paragraphs) == demo


def test_a_county_draws_its_own_and_nobody_else_reads_it(lead, county, world):
    assert list(shown(county.get(SHOW))) == ["岷县纪委监委"]
    lead.post(ISSUE)
    county.post(ISSUE)
    whole, own = IssuedBrief.objects.order_by("pk")
    assert (own.issuer_id, own.number) == ("621126-office", 1)
    neighbour = sign_in(Client(), world.neighbour)

    def may(browser, brief):
        return browser.get(reverse("desk:brief_document", args=[brief.pk])).status_code

    assert [may(lead, whole), may(lead, own)] == [200, 200]
    assert [may(county, whole), may(county, own)] == [404, 200]
    assert [may(neighbour, whole), may(neighbour, own)] == [404, 404]
    assert not neighbour.get(reverse("desk:briefs")).context["page"].paginator.count
    assert list(shown(neighbour.get(SHOW))) == ["漳县纪委监委"]


def test_an_office_of_another_city_finds_no_campaign(world):
    browser = sign_in(Client(), world.abroad.office.officer)
    assert browser.get(SHOW).status_code == browser.post(ISSUE).status_code == 404
    assert sign_in(Client(), world.unit).get(SHOW).status_code == 403


def test_a_document_set_anew_by_a_later_release_says_so(lead):
    lead.post(ISSUE)
    IssuedBrief.objects.update(sha256="0" * 64)
    answer = lead.get(reverse("desk:brief_document", args=[IssuedBrief.objects.get().pk]))
    assert (
        answer.status_code == 200 and "%EF%BC%88%E9%87%8D%E6%96%B0%E6%8E%92%E7%89%88" in answer["Content-Disposition"]
    )
