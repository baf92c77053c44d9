"""The call at the desk: making one, answering it on a phone, the board, assigning people and taking them back."""

from datetime import timedelta

import pytest
from django.test import Client

from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.campaigns.models import Call, Offer
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.notices.models import Notice
from tests.world import person, sign_in

NEW = "/campaigns/demo/calls/new/"


@pytest.fixture
def lead(client, world):
    return sign_in(client, world.lead)


@pytest.fixture
def county(world):
    return sign_in(Client(), world.county)


@pytest.fixture
def given(world, ranks):
    return {
        "reason": "演示：岷县要人查卡点", "from_day": "2021-10-27", "to_day": "2021-10-29", "reply_by": "2021-10-27T21:00",
        "rows": "4", "need-0-county": "621126", "need-0-skill": "医疗卫生", "need-0-people": "3",
        "need-1-county": "621125", "need-1-people": "1",
        "bodies": [world.minxian.office.body.code, ranks.group_body.code], "townships": [ranks.township_body.code],
    }  # fmt: skip


def page(client, address, **data):
    return client.get(address, data).content.decode()


def test_the_lead_calls_and_everybody_asked_is_told(lead, world, ranks, given):
    answer = lead.post(NEW, given)
    made = Call.objects.get(number=2)
    assert answer.status_code == 302 and answer.url == f"/calls/{made.pk}/"
    assert [(n.division_id, n.skill, n.people) for n in made.needs.order_by("people")] == [
        ("621125", "", 1), ("621126", "医疗卫生", 3),
    ]  # fmt: skip
    assert {row.body for row in made.called.all()} == {
        world.minxian.office.body, ranks.group_body, ranks.township_body
    }  # fmt: skip
    for told in (world.county, ranks.group, ranks.township):
        assert Notice.objects.filter(to=told, link=answer.url).exists()
    shown = page(lead, answer.url)
    assert "通知了 3 个单位" in shown and "岷县要人查卡点" in shown


def test_the_form_has_the_mechanisms_bodies_ready_and_folds_the_townships(lead, world, ranks):
    shown = page(lead, NEW)
    for body in (world.minxian.office.body, world.zhangxian.office.body, ranks.group_body):
        assert f'value="{body.code}" id="id_bodies' in shown.replace('name="bodies" ', "")
    assert shown.count(" checked") == 3  # the townships and the lead itself are not asked unless ticked
    assert "岷阳镇纪委" in shown and "<details" in shown
    assert 'value="2021-10-27T20:00"' in shown  # two hours to answer


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"need-0-people": ""}, "请填写要几个人"),
        ({"need-0-county": ""}, "请选择用人的县区"),
        ({"need-0-people": "0"}, "至少要 1 个人"),
        ({"need-0-county": "620502"}, "620502"),
        ({"need-0-county": "", "need-0-skill": "", "need-0-people": "", "need-1-county": "", "need-1-people": ""},
         "至少一人"),
        ({"bodies": [], "townships": []}, "请选择要哪些单位答复"),
        ({"to_day": "2021-10-26"}, "结束日期早于开始日期"),
        ({"reply_by": "2021-10-27T18:00"}, "答复时限已经过去"),
        ({"reason": "演示：联系人 13912345678"}, "手机号码"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_keeps_what_was_typed(lead, given, changes, sentence):
    answer = lead.post(NEW, given | changes)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert (given | changes)["reason"] in shown and 'value="621102101"' not in shown
    assert Call.objects.count() == 1
    if "reason" not in changes:
        assert 'value="2021-10-29"' in shown or "to_day" in changes


def test_more_rows_are_added_without_judging_what_is_there(lead, given):
    shown = lead.post(NEW, given | {"more": "1", "reason": ""}).content.decode()
    assert 'name="need-7-people"' in shown and 'value="医疗卫生"' in shown
    assert "field__error" not in shown
    assert Call.objects.count() == 1


def test_a_call_is_made_by_the_lead_of_the_campaign_only(client, world, given):
    assert sign_in(client, world.county).get(NEW).status_code == 403
    assert sign_in(client, world.abroad.office.officer).post(NEW, given).status_code == 404
    assert Call.objects.count() == 1


def test_the_board_shows_needs_answers_and_people(lead, world, ranks):
    shown = page(lead, f"/calls/{ranks.call.pk}/")
    assert "演示待命检查员" in shown and "1 / 2 个单位答复" in shown
    assert "漳县纪委监委" in shown and "待答复" in shown and "超时未答复" not in shown
    assert f'action="/offers/{ranks.offer.pk}/assign/"' in shown


def test_who_has_not_answered_in_time_stands_out(lead, world, ranks, settings):
    settings.MINGCHA_NOW = ranks.call.reply_by + timedelta(minutes=1)
    shown = page(lead, f"/calls/{ranks.call.pk}/")
    assert "超时未答复" in shown and 'class="is-late"' in shown
    assert "1 个单位超时" in page(lead, "/calls/")


def test_somebody_is_assigned_and_taken_back(lead, world, ranks):
    board, zhangxian = f"/calls/{ranks.call.pk}/", sign_in(Client(), world.neighbour)
    answer = lead.post(f"/offers/{ranks.offer.pk}/assign/", {"need": ranks.need.pk})
    assert answer.status_code == 302 and answer.url == board + "#offered"
    assert Offer.objects.get(pk=ranks.offer.pk).state == "assigned"
    assert Notice.objects.get(to=ranks.spare, subject__contains="调配派往").link == "/field/"
    assert Notice.objects.filter(to=world.neighbour, subject__contains="演示待命检查员", link=board).exists()
    assert "派到本地的人" in page(zhangxian, board) and "演示待命检查员" in page(zhangxian, board)
    assert "演示待命检查员已派往漳县" in page(lead, board)
    again = lead.post(f"/offers/{ranks.offer.pk}/assign/", {"need": ranks.need.pk})
    assert again.status_code == 409 and "刚刚有变" in again.content.decode()
    assert lead.post(f"/offers/{ranks.offer.pk}/release/").status_code == 302
    assert Offer.objects.get(pk=ranks.offer.pk).need is None
    assert "演示待命检查员" not in page(zhangxian, board)


def test_a_need_of_another_call_is_no_choice(lead, world, ranks, given):
    lead.post(NEW, given)
    other = Call.objects.get(number=2).needs.first()
    answer = lead.post(f"/offers/{ranks.offer.pk}/assign/", {"need": other.pk})
    assert answer.status_code == 422 and "请从列出的县区里选一个" in answer.content.decode()


def test_a_tie_to_where_somebody_would_go_is_told_and_put_last(lead, world, ranks):
    recusals.declare(
        ranks.spare, target=recusals.Target(body=world.zhangxian.office.answering), ground="relative",
        reason="演示", by=ranks.spare, at=world.at,
    )  # fmt: skip
    shown = page(lead, f"/calls/{ranks.call.pk}/")
    assert "回避：演示漳县饭庄（申明回避）" in shown and "，有回避）" in shown
    assert "演示岷县饭庄" not in shown  # tied there, too, but nobody is wanted there


def test_who_receives_somebody_is_told_nothing_that_keeps_them_away_elsewhere(
    client, lead, county, world, ranks, given
):
    given["bodies"], given["townships"] = [world.minxian.office.body.code], []
    lead.post(NEW, given)
    made = Call.objects.get(number=2)
    spared = calls.Spared(ranks.spare, made.from_day, made.to_day)
    calls.answer(made.called.get(), spared=[spared], by=world.county, at=world.at)
    calls.assign(made.offers.get(), need=made.needs.get(division="621125"), by=world.lead, at=world.at)
    for knows in (lead, county):
        assert "演示岷县饭庄" in page(knows, f"/calls/{made.pk}/")
    shown = page(sign_in(client, world.neighbour), f"/calls/{made.pk}/")
    assert "演示待命检查员" in shown and "演示岷县饭庄" not in shown


def test_a_county_answers_with_people_and_days(county, world, ranks):
    Offer.objects.all().delete()
    address = f"/calls/{ranks.call.pk}/answer/"
    shown = page(county, address)
    assert shown.index("演示待命检查员") < shown.index("演示岷县检查员")  # who is free comes first
    assert "已在“第一组”" in shown
    answer = county.post(address, {"people": [ranks.spare.pk, ranks.spare_leader.pk], "note": "自带车辆"})
    assert answer.status_code == 302 and answer.url == f"/calls/{ranks.call.pk}/"
    assert {offer.person for offer in Offer.objects.all()} == {ranks.spare, ranks.spare_leader}
    ranks.called.refresh_from_db()
    assert ranks.called.note == "自带车辆"
    shown = page(county, f"/calls/{ranks.call.pk}/")
    assert "已报 2 人" in shown and "再报几人" in shown


def test_an_office_says_why_nobody_can_be_spared(client, world, ranks):
    zhangxian, address = sign_in(client, world.neighbour), f"/calls/{ranks.call.pk}/answer/"
    answer = zhangxian.post(address, {"nobody": "1"})
    assert answer.status_code == 422 and "请写明为什么派不出人" in answer.content.decode()
    answer = zhangxian.post(address, {"nobody": "1", "why": "全部在外", "people": [world.neighbour_inspector.pk]})
    assert answer.status_code == 422 and "请先取消勾选" in answer.content.decode()
    assert zhangxian.post(address, {"nobody": "1", "why": "全部在外"}).status_code == 302
    shown = page(sign_in(Client(), world.lead), f"/calls/{ranks.call.pk}/")
    assert "派不出人" in shown and "原因：全部在外" in shown


def test_an_answer_that_does_not_do_keeps_the_ticks(county, world, ranks):
    address, leader = f"/calls/{ranks.call.pk}/answer/", ranks.spare_leader
    Call.objects.update(to_day=world.at.date() + timedelta(days=2))
    assert "请勾选派得出的人" in county.post(address, {"note": "随叫随到"}).content.decode()
    wrong = county.post(address, {"people": [leader.pk], f"from_{leader.pk}": "2021-10-30", "note": "随叫随到"})
    shown = wrong.content.decode()
    assert wrong.status_code == 422 and "日期要在这次调配的起止之内" in shown
    assert f'value="{leader.pk}" checked' in shown and "随叫随到" in shown
    assert county.post(address, {"people": [world.neighbour_inspector.pk]}).status_code == 422
    assert Offer.objects.count() == 1


def test_a_race_for_the_same_person_is_one_sentence(county, world, ranks, monkeypatch):
    """Between the page and the button a colleague has offered the same person."""
    address = f"/calls/{ranks.call.pk}/answer/"
    asked = calls.answer

    def late(called, **given):
        asked(ranks.called, spared=given["spared"], by=world.second, at=world.at)
        asked(called, **given)

    monkeypatch.setattr(calls, "answer", late)
    answer = county.post(address, {"people": [ranks.spare_leader.pk]})
    assert answer.status_code == 409 and "已经报过" in answer.content.decode()


def test_an_offer_is_withdrawn_with_a_reason(county, world, ranks):
    address = f"/offers/{ranks.offer.pk}/withdraw/"
    missing = county.post(address, {})
    assert missing.status_code == 422 and "撤回原因" in missing.content.decode()
    said = county.post(address, {f"w{ranks.offer.pk}-reason": "演示：打 13912345678"})
    assert said.status_code == 422 and "手机号码" in said.content.decode()
    assert county.post(address, {f"w{ranks.offer.pk}-reason": "演示：有急事"}).status_code == 302
    assert Offer.objects.get(pk=ranks.offer.pk).state == "withdrawn"
    assert "没有报人" in page(county, f"/calls/{ranks.call.pk}/")


def test_who_was_neither_asked_nor_is_sent_anybody_sees_nothing(client, world, ranks):
    township = sign_in(client, ranks.neighbour_township)
    for address in (f"/calls/{ranks.call.pk}/", f"/calls/{ranks.call.pk}/answer/"):
        assert township.get(address).status_code == 404
    assert "还没有调配" in page(township, "/calls/")
    zhangxian = sign_in(Client(), world.neighbour)
    shown = page(zhangxian, f"/calls/{ranks.call.pk}/")
    assert "演示待命检查员" not in shown and world.minxian.office.body.name not in shown
    assert zhangxian.post(f"/offers/{ranks.offer.pk}/withdraw/", {}).status_code == 404
    assert zhangxian.post(f"/offers/{ranks.offer.pk}/assign/", {"need": ranks.need.pk}).status_code == 403


def test_a_call_that_has_ended_takes_no_more(lead, county, world, ranks):
    board = f"/calls/{ranks.call.pk}/"
    assert lead.post(board + "end/").status_code == 302
    shown = page(lead, board)
    assert "已结束" in shown and "/assign/" not in shown
    assert lead.post(board + "end/").status_code == 409
    assert county.get(board + "answer/").url == board
    ours = page(county, board)
    assert "未派出" in ours and "待派" not in ours
    late = county.post(board + "answer/", {"people": [ranks.spare_leader.pk]})
    assert late.status_code == 409 and "已经结束" in late.content.decode()


def test_who_is_taken_into_a_team_is_shown_with_it(lead, world, ranks):
    calls.assign(ranks.offer, need=ranks.need, by=world.lead, at=world.at)
    boss = person("zx_leader", "演示漳县带队", world.zhangxian.office.body, "leader", at=world.at)
    team = teams.form_team(
        world.campaign, office=world.zhangxian.office.body, name="联动组", leader=boss, members=[ranks.spare],
        townships=[], by=world.neighbour, at=world.at,
    )  # fmt: skip
    shown = page(lead, f"/calls/{ranks.call.pk}/")
    assert f'<a href="/teams/{team.pk}/">联动组</a>' in shown and "已在“联动组”" not in shown
