"""
Chapter 1. The campaign

The lead office opens a campaign and says for how long; the counties form teams; each office answers for its figures.
"""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import Measure
from mingcha.flow.reports.queries import figures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.notices import queries as notices
from tests.ranks import muster
from tests.world import publish


def opened(world, **changes):
    """Open a campaign of three days in two counties."""
    given = {
        "slug": "spec", "name": "演示专项监督", "purpose": "演示", "lead": world.city.office.body,
        "starts_on": world.at.date(), "ends_on": world.at.date() + timedelta(days=2),
        "emergency_until": world.at + timedelta(days=30), "retention_days": 60, "focus": ["卡点值守", "返定人员登记"],
        "editions": [world.edition], "offices": [world.minxian.office.body, world.zhangxian.office.body],
        "by": world.lead, "at": world.at,
    } | changes  # fmt: skip
    return campaigns.open_campaign(**given)


def test_the_lead_office_opens_a_campaign_with_its_period_focus_rulebooks_and_offices(world):
    """A campaign names its days, its focus points, the rulebooks in force and the offices that supervise in it."""
    campaign = opened(world)
    assert [point.text for point in campaign.focus_points.all()] == ["卡点值守", "返定人员登记"]
    assert list(queries.editions(campaign)) == [world.edition]
    assert [office.body for office in queries.offices(campaign)] == [
        world.zhangxian.office.body, world.minxian.office.body
    ]  # fmt: skip


def test_only_the_lead_office_opens_a_campaign(world):
    """A county officer is told that the post does not allow it."""
    with pytest.raises(accounts.NotAllowed):
        opened(world, by=world.county)


def test_the_offices_are_told(world):
    """Whoever serves an office of the campaign finds a message that leads to it."""
    opened(world)
    assert notices.inbox(world.county).first().link == "/campaigns/spec/"


def test_emergency_settings_lapse_by_themselves_and_retention_runs_from_there(world):
    """Nobody has to remember to end an emergency: the moment is fixed when the campaign opens."""
    campaign = opened(world)
    end = world.at + timedelta(days=30)
    assert campaign.in_emergency(end)
    assert not campaign.in_emergency(end + timedelta(seconds=1))
    assert campaign.retention_until == end + timedelta(days=60)


def test_a_team_is_led_by_a_named_member_of_the_leadership(world):
    """班子成员带队: an inspector cannot lead, and exactly one member does."""
    free = muster(world)
    given = {
        "office": world.minxian.office.body, "name": "第一组", "members": [free.spare],
        "townships": world.minxian.office.townships, "by": world.county, "at": world.at,
    }  # fmt: skip
    campaign = opened(world)
    with pytest.raises(teams.NoLeader):
        teams.form_team(campaign, leader=free.spare, **given)
    team = teams.form_team(campaign, leader=free.spare_leader, **given)
    assert [member.person for member in team.members.filter(duty="leader")] == [free.spare_leader]
    assert {member.person for member in team.members.all()} == {free.spare_leader, free.spare}


def test_nobody_is_in_two_places(world):
    """Whoever is out with a team joins no other, in whatever campaign, until they have left it."""
    given = {"office": world.minxian.office.body, "name": "第一组", "townships": [], "by": world.county, "at": world.at}
    campaign, free = opened(world), muster(world)
    with pytest.raises(teams.AlreadyOut, match="第一组"):
        teams.form_team(campaign, leader=free.spare_leader, members=[world.inspector], **given)
    teams.leave(world.minxian.team, person=world.inspector, reason="演示：轮换", by=world.county, at=world.at)
    team = teams.form_team(campaign, leader=free.spare_leader, members=[world.inspector], **given)
    assert world.inspector in [member.person for member in team.present]


def test_a_team_has_a_stretch_of_its_own_countys_townships(world):
    """A township of the neighbouring county is refused by name."""
    campaign = opened(world)
    with pytest.raises(teams.OutsideTheStretch, match="武阳镇"):
        teams.form_team(
            campaign, office=world.minxian.office.body, name="第一组", leader=world.leader, members=[],
            townships=world.zhangxian.office.townships[:1], by=world.county, at=world.at,
        )  # fmt: skip


def test_an_office_answers_for_its_figures_and_the_rest_is_unreported(world):
    """核报: what an office does not answer for shows as 未报, never as a zero, whatever the rows hold."""
    office = world.office_in(world.minxian)
    campaigns.answer_for(office, measures=[Measure.TEAMS, Measure.PROBLEMS], by=world.county, at=world.at)
    (row,) = figures.figures(world.campaign, as_of=world.at, body=office.body_id)
    assert (row.teams, row.problems_found) == (2, 6)
    assert (row.inspections, row.visits, row.open, row.rectified_on_spot) == (None, None, None, None)
    assert set(row.sites.values()) == {None}


def test_a_newer_edition_comes_into_force_only_when_it_is_adopted(world):
    """Publishing changes no campaign; the lead office adopts, and findings that cite the older edition keep its text."""
    newer = publish(world.rulebook, at=world.at, items=(("1", "演示条目一的新写法"),))
    assert world.edition in queries.editions(world.campaign)
    campaigns.adopt_edition(world.campaign, edition=newer, by=world.lead, at=world.at)
    assert list(queries.editions(world.campaign)) == [newer]
    world.minxian.by_deadline.refresh_from_db()
    assert world.minxian.by_deadline.item.text == "演示条目一：值守空缺"


def test_when_a_campaign_ends_what_is_open_stays_on_its_clock(world):
    """No new team and no new round; but an order does not go away with the campaign that gave it."""
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    world.campaign.refresh_from_db()
    with pytest.raises(campaigns.CampaignOver):
        teams.form_team(
            world.campaign, office=world.minxian.office.body, name="第九组", leader=world.leader, members=[],
            townships=[], by=world.county, at=world.at,
        )  # fmt: skip
    (row,) = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.code)
    assert row.open == 4
