"""Opening a campaign and its page; answering for figures; adopting an edition; closing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mingcha.flow.campaigns.models import Campaign
from mingcha.ground.accounts.models import Person
from tests.ranks import muster
from tests.world import publish, sign_in


def given(world, **changes):
    return {
        "name": "演示第二轮监督检查", "slug": "second", "purpose": "演示目的", "starts_on": "2021-10-28",
        "ends_on": "2021-11-03", "emergency_until": "2021-11-30T18:00", "retention_days": "180",
        "focus": "值守\n\n登记", "editions": [world.edition.pk],
        "offices": [world.minxian.office.body.code, world.zhangxian.office.body.code], **changes,
    }  # fmt: skip


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


def test_the_lead_office_opens_a_campaign(lead, world):
    answer = lead.post("/campaigns/new/", given(world))
    assert answer.status_code == 302 and answer.url == "/campaigns/second/"
    opened = Campaign.objects.get(slug="second")
    assert [point.text for point in opened.focus_points.all()] == ["值守", "登记"]
    assert opened.lead == world.city.office.body
    shown = lead.get(answer.url).content.decode()
    assert "演示第二轮监督检查" in shown and "生效中" in shown and "5月29日" in shown  # 180 days after it lapses


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"ends_on": "2021-10-01"}, "结束日期早于开始日期"),
        ({"emergency_until": "2021-10-27T17:00"}, "应急措施截止时间已经过去"),
        ({"emergency_until": "9999-12-31T23:59"}, "时间写得不对"),
        ({"starts_on": "0001-01-01"}, "时间写得不对"),
        ({"slug": "demo"}, "已被使用"),
        ({"slug": "new"}, "这个编号是系统的网址"),
        ({"slug": "十月"}, "任务编号只能用"),
        ({"editions": []}, "请至少选一个清单"),
        ({"offices": []}, "监督单位"),
        ({"focus": "长" * 121}, "超过 120 字"),
        ({"retention_days": "0"}, "失效后留存天数"),
    ],
)
def test_wrong_input_gets_one_sentence_and_keeps_what_was_typed(lead, world, changes, sentence):
    answer = lead.post("/campaigns/new/", given(world, **changes))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert "演示第二轮监督检查" in shown
    assert Campaign.objects.count() == 2


def test_an_office_out_of_reach_cannot_be_chosen(lead, world):
    answer = lead.post("/campaigns/new/", given(world, offices=[world.abroad.office.body.code]))
    assert answer.status_code == 422


def test_what_is_missing_from_a_rulebook_is_shown_before_it_is_chosen(lead):
    assert "应有 3 条，收录 2 条，其余未收录" in lead.get("/campaigns/new/").content.decode()


def test_only_the_lead_office_opens_campaigns(county):
    assert county.get("/campaigns/new/").status_code == 403
    assert county.get("/campaigns/").status_code == 200


def test_a_campaign_elsewhere_does_not_exist(county, lead):
    assert lead.get("/campaigns/abroad/").status_code == 404


def test_the_page_shows_each_office_only_what_is_its_own(client, world):
    shown = sign_in(client, world.county).get("/campaigns/demo/").content.decode()
    assert "岷县纪委监委" in shown and "漳县" not in shown
    shown = sign_in(client, world.lead).get("/campaigns/demo/").content.decode()
    assert "岷县纪委监委" in shown and "漳县纪委监委" in shown and "结束任务" in shown


def test_emergency_settings_lapse_by_themselves(lead, world, settings):
    settings.MINGCHA_NOW = world.campaign.emergency_until + timedelta(minutes=1)
    shown = lead.get("/campaigns/demo/").content.decode()
    assert "已失效" in shown and "生效中" not in shown


def test_figures_nobody_answers_for_show_as_unreported(county, world):
    address = reverse("desk:answer_for", args=["demo", world.minxian.office.body.code])
    assert "系统现在数到" in county.get(address).content.decode()
    assert county.post(address, {"measures": ["teams"]}).status_code == 302
    assert world.office_in(world.minxian).measures == ["teams"]
    shown = county.get("/campaigns/demo/").content.decode()
    assert "项未报）" in shown and 'class="unreported">未报' in shown


def test_a_measure_that_does_not_exist_is_refused(county, world):
    address = reverse("desk:answer_for", args=["demo", world.minxian.office.body.code])
    before = world.office_in(world.minxian).measures
    assert county.post(address, {"measures": ["everything"]}).status_code == 422
    assert world.office_in(world.minxian).measures == before


def test_nobody_answers_for_another_county(county, world):
    address = reverse("desk:answer_for", args=["demo", world.zhangxian.office.body.code])
    assert county.get(address).status_code == 404
    assert county.post(address, {"measures": []}).status_code == 404


def test_a_newer_edition_is_offered_and_adopted(client, world):
    newer = publish(world.rulebook, at=world.at, items=(("1", "甲"), ("2", "乙"), ("3", "丙")))
    shown = sign_in(client, world.county).get("/campaigns/demo/").content.decode()
    assert "已有第 2 版" in shown and "换用第 2 版" not in shown
    lead = sign_in(client, world.lead)
    assert "换用第 2 版" in lead.get("/campaigns/demo/").content.decode()
    address = reverse("desk:edition_adopt", args=["demo", newer.pk])
    assert lead.get(address).status_code == 405
    assert lead.post(address).status_code == 302
    assert [each.edition_id for each in world.campaign.rulebooks.all()] == [newer.pk]
    assert lead.post(address).status_code == 404  # nothing newer any more


def test_closing_says_what_stays_open_and_happens_once(client, world):
    lead = sign_in(client, world.lead)
    assert "继续按原定期限整改" in lead.get("/campaigns/demo/close/").content.decode()
    assert lead.post("/campaigns/demo/close/").status_code == 302
    world.campaign.refresh_from_db()
    assert world.campaign.state == "closed"
    shown = lead.get("/campaigns/demo/").content.decode()
    assert "已结束" in shown and "新一轮抽签" not in shown and "组成检查组</a>" not in shown
    again = lead.post("/campaigns/demo/close/")
    assert again.status_code == 409 and "已经结束" in again.content.decode()
    assert sign_in(client, world.county).post("/campaigns/demo/close/").status_code == 403


def test_a_township_is_shown_no_way_to_pages_that_are_not_its_own(client, world):
    """It works in the county's campaign, but ledger and brief are the county's."""
    muster(world)
    township = Person.objects.get(username="township")
    page = sign_in(client, township).get(f"/campaigns/{world.campaign.slug}/").content.decode()
    assert "/ledger/" not in page and "/brief/" not in page and "/gaps/" not in page
