"""Forming a team, led by a named member of the leadership; its page; re-forming it in the field."""

from datetime import timedelta

import pytest
from django.test import Client

from mingcha.flow.campaigns.actions import calls
from mingcha.flow.campaigns.models import SupervisingOffice, Team
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork.models import Inspection
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.actions import bodies
from tests.world import person, sign_in

ADDRESS = "/campaigns/demo/teams/new/"


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def given(world, ranks):
    """What forms a team of people who are in none."""
    return {
        "office": world.minxian.office.body.code, "name": "第三组", "leader": ranks.spare_leader.pk,
        "members": [ranks.spare.pk], "townships": ["621126100"],
    }  # fmt: skip


def test_a_team_is_formed_and_told(county, world, ranks, given):
    answer = county.post(ADDRESS, given)
    team = Team.objects.get(name="第三组")
    assert answer.status_code == 302 and answer.url == f"/teams/{team.pk}/"
    assert team.members.get(duty="leader").person == ranks.spare_leader
    assert [stretch.township_id for stretch in team.stretch.all()] == ["621126100"]
    assert Notice.objects.filter(to=ranks.spare, subject__contains="第三组").exists()
    shown = county.get("/campaigns/demo/").content.decode()
    assert f'href="/teams/{team.pk}/">第三组</a>' in shown


def test_the_form_names_who_may_lead_and_what_is_taken(county, world):
    shown = county.get(ADDRESS).content.decode()
    assert 'value="第三组"' in shown  # two teams exist
    assert "已在“第一组”" in shown and "岷阳镇、蒲麻镇" in shown
    assert world.neighbour_leader.name not in shown


def test_an_inspector_cannot_lead(county, world, given):
    answer = county.post(ADDRESS, given | {"leader": world.inspector.pk})
    assert answer.status_code == 422
    assert "组长" in answer.content.decode()
    assert not Team.objects.filter(name="第三组").exists()


def test_people_and_places_of_another_county_cannot_be_chosen(county, world, given):
    for change in (
        {"leader": world.neighbour_leader.pk},
        {"members": [world.neighbour_inspector.pk]},
        {"townships": ["621125100"]},
    ):
        assert county.post(ADDRESS, given | change).status_code == 422
    assert county.post(ADDRESS, given | {"office": world.zhangxian.office.body.code}).status_code == 404
    assert not Team.objects.filter(name="第三组").exists()


def test_a_name_taken_keeps_the_form(county, world, given):
    answer = county.post(ADDRESS, given | {"name": "第一组"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "换一个组名" in shown
    assert f'name="leader" value="{given["leader"]}" checked' in shown
    assert f'name="members" value="{given["members"][0]}" checked' in shown


def test_the_lead_office_forms_a_team_for_a_county(client, world):
    lead, at = sign_in(client, world.lead), world.at
    boss = person("zx_leader", "演示漳县带队", world.zhangxian.office.body, "leader", at=at)
    body = world.zhangxian.office.body.code
    shown = lead.get(ADDRESS, {"office": body}).content.decode()
    assert "换成这个单位" in shown and world.neighbour_leader.name in shown
    given = {"office": body, "name": "联合组", "leader": boss.pk}
    assert lead.post(ADDRESS, given).status_code == 302
    assert Team.objects.get(name="联合组").office == world.zhangxian.office.body


def test_an_office_without_leadership_is_told_what_to_do(county, world, ranks):
    for post in [
        post for who in (world.leader, world.beside.office.leader, ranks.spare_leader) for post in who.posts.all()
    ]:
        type(post).objects.filter(pk=post.pk).update(until=world.at.date().replace(day=26))
    assert "本单位还没有登记班子成员" in county.get(ADDRESS).content.decode()


def test_a_campaign_that_is_over_takes_no_team(county, world, given):
    type(world.campaign).objects.update(state="closed")
    answer = county.post(ADDRESS, given)
    assert answer.status_code == 409 and "已经结束" in answer.content.decode()


def test_teams_are_formed_by_officers_only(client, world):
    hand = person("hand", "演示检查员二", world.minxian.office.body, "inspector", at=world.at)
    assert sign_in(client, hand).get(ADDRESS).status_code == 403


def test_who_is_in_a_team_cannot_be_chosen_and_is_refused_by_name(county, world, given):
    """Nobody is in two places: the form has no button for them, and whoever was quicker is told of in one sentence."""
    shown = county.get(ADDRESS).content.decode()
    assert f'name="members" value="{world.inspector.pk}"' not in shown
    answer = county.post(ADDRESS, given | {"members": [*given["members"], world.inspector.pk]})
    shown = answer.content.decode()
    assert answer.status_code == 409 and "不能同时在两处" in shown
    assert f'name="members" value="{world.inspector.pk}" checked' in shown  # to be unticked
    assert not Team.objects.filter(name="第三组").exists()


def test_a_team_has_liaison_base_and_vehicle(county, world, ranks, given):
    hand = person("hand", "演示联络员甲", world.minxian.office.body, "inspector", at=world.at)
    more = {"liaison": hand.pk, "base": "县委党校", "vehicle": "甘J·演示01"}
    assert county.post(ADDRESS, given | more).status_code == 302
    team = Team.objects.get(name="第三组")
    assert team.members.get(duty="liaison").person == hand
    shown = county.get("/campaigns/demo/").content.decode()
    assert "（联络员）" in shown and "县委党校" in shown and "甘J·演示01" in shown
    wrong = county.post(ADDRESS, given | {"name": "第四组", "liaison": given["leader"]})
    assert wrong.status_code == 422 and "不能是同一个人" in wrong.content.decode()


def test_the_lead_joins_a_county_and_a_resident_group_in_one_team(client, world, ranks):
    """室组地联动: two steps without a script, first the bodies, then their people."""
    lead = sign_in(client, world.lead)
    free = person("gfree", "演示派驻干部乙", ranks.group_body, "group", at=world.at)
    office, group = world.minxian.office.body.code, ranks.group_body.code
    assert "演示派驻干部乙" not in lead.get(ADDRESS, {"office": office}).content.decode()
    assert "演示派驻干部乙" in lead.get(ADDRESS, {"office": office, "joint": group}).content.decode()
    given = {
        "office": office,
        "joint": [group],
        "name": "联动组",
        "leader": ranks.spare_leader.pk,
        "members": [free.pk],
    }
    assert lead.post(ADDRESS, given).status_code == 302
    team = Team.objects.get(name="联动组")
    assert [row.body for row in team.joint.all()] == [ranks.group_body]
    assert team.members.get(person=free).body == ranks.group_body
    seen = sign_in(Client(), ranks.group).get(f"/teams/{team.pk}/")
    assert seen.status_code == 200 and "演示派驻干部乙" in seen.content.decode()


def test_a_county_joins_its_townships_but_not_another_countys_office(county, world, ranks, given):
    shown = county.get(ADDRESS).content.decode()
    assert "岷阳镇纪委" in shown and ranks.group_body.name not in shown
    stolen = given | {"joint": [world.zhangxian.office.body.code], "members": [world.neighbour_inspector.pk]}
    assert county.post(ADDRESS, stolen).status_code == 422
    assert county.post(ADDRESS, given | {"joint": [ranks.township_body.code], "members": []}).status_code == 302


def test_who_was_lent_by_a_call_stands_on_the_form_of_where_they_were_sent(client, world, ranks):
    calls.assign(ranks.offer, need=ranks.need, by=world.lead, at=world.at)
    boss = person("zx_leader", "演示漳县带队", world.zhangxian.office.body, "leader", at=world.at)
    zhangxian = sign_in(client, world.neighbour)
    shown = zhangxian.get(ADDRESS).content.decode()
    assert f"调配来的 · {world.minxian.office.body.name}" in shown and "借到 10月27日" in shown
    given = {
        "office": world.zhangxian.office.body.code,
        "name": "调配组",
        "leader": boss.pk,
        "members": [ranks.spare.pk],
    }
    assert zhangxian.post(ADDRESS, given).status_code == 302
    assert Team.objects.get(name="调配组").members.get(person=ranks.spare).body == world.minxian.office.body


def test_ties_are_told_beside_names(county, ranks):
    assert "回避：演示岷县饭庄（申明回避）" in county.get(ADDRESS).content.decode()


def test_the_teams_page_tells_who_is_in_it_and_what_it_did(county, world):
    shown = county.get(f"/teams/{world.minxian.team.pk}/").content.decode()
    for told in ("演示岷县组长", "演示岷县检查员", "岷阳镇、蒲麻镇", "检查中", "密封", "加人", "解散这个组"):
        assert told in shown


def test_a_teams_own_people_see_its_page_and_others_do_not(client, world, ranks):
    address = f"/teams/{world.minxian.team.pk}/"
    shown = sign_in(client, world.inspector).get(address).content.decode()
    assert "演示岷县组长" in shown and "加人" not in shown and "密封" not in shown
    for stranger in (world.beside.office.inspector, world.neighbour, world.unit, ranks.group, ranks.village):
        assert sign_in(Client(), stranger).get(address).status_code == 404
    assert sign_in(Client(), world.inspector).get(address + "join/").status_code == 403
    for act in ("join/", "leave/", "equip/", "disband/"):
        assert sign_in(Client(), world.neighbour).post(address + act).status_code == 404


def test_somebody_joins_and_somebody_takes_over(county, world, ranks):
    team, other = (
        world.minxian.team,
        person("other", "演示检查员丙", world.minxian.office.body, "inspector", at=world.at),
    )
    address = f"/teams/{team.pk}/join/"
    shown = county.get(address).content.decode()
    assert f'name="person" value="{other.pk}"' in shown and "现任组长" in shown
    assert county.post(address, {"duty": "liaison", "person": other.pk}).url == f"/teams/{team.pk}/"
    assert team.members.get(person=other, until=None).duty == "liaison"
    again = county.post(address, {"duty": "liaison", "person": other.pk})
    assert again.status_code == 422 and "已经担任这项分工" in again.content.decode()
    assert county.post(address, {"duty": "leader", "person": ranks.spare_leader.pk}).status_code == 302
    assert team.members.get(duty="leader", until=None).person == ranks.spare_leader
    shown = county.get(f"/teams/{team.pk}/").content.decode()
    assert "曾经在组" in shown and "改任分工" in shown


def test_what_the_room_refuses_of_a_newcomer_is_told_on_the_form(county, world, ranks):
    """`spare` stays away from the restaurant that the team may be sent to: not said which it is."""
    address = f"/teams/{world.minxian.team.pk}/join/"
    tied = county.post(address, {"duty": "member", "person": ranks.spare.pk})
    shown = tied.content.decode()
    assert tied.status_code == 409 and "请换人，或等这次检查收队" in shown
    assert f'name="person" value="{ranks.spare.pk}" checked' in shown
    led = county.post(address, {"duty": "leader", "person": world.inspector.pk})
    assert led.status_code == 422 and "请在组员中选定组长" in led.content.decode()
    down = county.post(address, {"duty": "member", "person": world.leader.pk})
    assert down.status_code == 409 and "请先另定组长" in down.content.decode()


def test_somebody_leaves_with_a_reason_and_is_free_again(county, world, given):
    team = world.minxian.team
    address = f"/teams/{team.pk}/leave/"
    nobody = county.post(address, {"leave-person": world.inspector.pk})
    assert nobody.status_code == 422 and "请填写“离组原因”" in nobody.content.decode()
    told = county.post(address, {"leave-person": world.inspector.pk, "leave-reason": "演示：打 13912345678"})
    assert told.status_code == 422 and "手机号码" in told.content.decode()
    led = county.post(address, {"leave-person": world.leader.pk, "leave-reason": "演示：轮换"})
    assert led.status_code == 409 and "请先另定组长" in led.content.decode()
    assert f'<option value="{world.leader.pk}"' not in led.content.decode(), "the same to choose from as before"
    assert county.post(address, {"leave-person": world.inspector.pk, "leave-reason": "演示：轮换"}).status_code == 302
    shown = county.get(f"/teams/{team.pk}/").content.decode()
    assert "演示：轮换" in shown
    assert county.post(ADDRESS, given | {"members": [world.inspector.pk]}).status_code == 302


def test_base_vehicle_and_stretch_are_changed(county, world):
    team = world.minxian.team
    address = f"/teams/{team.pk}/equip/"
    assert county.get(address).content.decode().count(" checked") == 2
    assert county.post(address, {"townships": ["621125100"]}).status_code == 422
    assert county.post(address, {"base": "县委党校", "vehicle": "", "townships": ["621126101"]}).status_code == 302
    team.refresh_from_db()
    assert team.base == "县委党校" and [row.township_id for row in team.stretch.all()] == ["621126101"]


def test_a_team_is_disbanded_once_nothing_of_it_is_out(county, world):
    team = world.minxian.team
    address = f"/teams/{team.pk}/"
    out = county.post(address + "disband/", {"disband-reason": "演示：任务完成"})
    assert out.status_code == 409 and "还有没启封的清单或没收队的检查" in out.content.decode()
    assert "演示：任务完成" in out.content.decode()
    silent = county.post(address + "disband/", {})
    assert silent.status_code == 422 and "请填写“解散原因”" in silent.content.decode()
    assert '<details class="more"><summary>要解散' in county.get(address).content.decode(), "not at one press"
    Inspection.objects.filter(team=team).update(state="back", returned_at=world.at + timedelta(minutes=1))
    SealedList.objects.filter(team=team).update(state="opened", opened_at=world.at, opened_by=world.leader)
    assert county.post(address + "disband/", {"disband-reason": "演示：任务完成"}).status_code == 302
    shown = county.get(address).content.decode()
    assert "已解散" in shown and "加人" not in shown
    assert "已解散 1 个组" in county.get("/campaigns/demo/").content.decode()
    assert county.post(address + "disband/", {"disband-reason": "演示：再来"}).status_code == 409


def test_a_group_is_taken_into_a_campaign_under_way(client, world, ranks):
    lead, address = sign_in(client, world.lead), "/campaigns/demo/offices/"
    assert "没有可以加入的单位" in lead.get(address).content.decode()
    group = bodies.add_body(
        code="6211-jyj-group", name="演示派驻市教育局纪检监察组", kind="resident_group",
        division=world.city.office.body.division, parent=world.city.office.body, by=None, at=world.at,
    )  # fmt: skip
    hand = person("jyj", "演示教育派驻干部", group, "group", at=world.at)
    assert "演示派驻市教育局纪检监察组" in lead.get(address).content.decode()
    assert lead.post(address, {}).status_code == 422
    assert lead.post(address, {"body": "6205-office"}).status_code == 422
    assert lead.post(address, {"body": group.code}).url == "/campaigns/demo/"
    assert SupervisingOffice.objects.get(campaign=world.campaign, body=group).measures == []
    assert Notice.objects.filter(to=hand, link="/campaigns/demo/").exists()
    assert "/campaigns/demo/offices/" in lead.get("/campaigns/demo/").content.decode()
    assert sign_in(Client(), world.county).get(address).status_code == 403
    assert sign_in(Client(), world.abroad.office.officer).get(address).status_code == 404
