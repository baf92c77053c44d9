"""Forming a team, led by a named member of the leadership."""

import pytest

from mingcha.flow.campaigns.models import Team
from mingcha.ground.notices.models import Notice
from tests.world import person, sign_in

ADDRESS = "/campaigns/demo/teams/new/"


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


@pytest.fixture
def given(world):
    return {
        "office": world.minxian.office.body.code, "name": "第三组", "leader": world.leader.pk,
        "members": [world.inspector.pk], "townships": ["621126100"],
    }  # fmt: skip


def test_a_team_is_formed_and_told(county, world, given):
    answer = county.post(ADDRESS, given)
    assert answer.status_code == 302 and answer.url == "/campaigns/demo/"
    team = Team.objects.get(name="第三组")
    assert team.members.get(duty="leader").person == world.leader
    assert [stretch.township_id for stretch in team.stretch.all()] == ["621126100"]
    assert Notice.objects.filter(to=world.inspector, subject__contains="第三组").exists()
    assert "第三组" in county.get("/campaigns/demo/").content.decode()


def test_the_form_names_who_may_lead_and_what_is_taken(county, world):
    shown = county.get(ADDRESS).content.decode()
    assert 'value="第三组"' in shown  # two teams exist
    assert "已在第一组" in shown and "岷阳镇、蒲麻镇" in shown
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
    assert f'value="{world.leader.pk}" required id="id_leader_0" checked' in shown or "checked" in shown


def test_the_lead_office_forms_a_team_for_a_county(client, world):
    lead = sign_in(client, world.lead)
    body = world.zhangxian.office.body.code
    shown = lead.get(ADDRESS, {"office": body}).content.decode()
    assert "换成这个单位" in shown and world.neighbour_leader.name in shown
    given = {"office": body, "name": "联合组", "leader": world.neighbour_leader.pk}
    assert lead.post(ADDRESS, given).status_code == 302
    assert Team.objects.get(name="联合组").office == world.zhangxian.office.body


def test_an_office_without_leadership_is_told_what_to_do(county, world):
    for post in [*world.leader.posts.all(), *world.beside.office.leader.posts.all()]:
        type(post).objects.filter(pk=post.pk).update(until=world.at.date().replace(day=26))
    assert "本单位还没有登记班子成员" in county.get(ADDRESS).content.decode()


def test_a_campaign_that_is_over_takes_no_team(county, world, given):
    type(world.campaign).objects.update(state="closed")
    answer = county.post(ADDRESS, given)
    assert answer.status_code == 409 and "已经结束" in answer.content.decode()


def test_teams_are_formed_by_officers_only(client, world):
    hand = person("hand", "演示检查员二", world.minxian.office.body, "inspector", at=world.at)
    assert sign_in(client, hand).get(ADDRESS).status_code == 403
