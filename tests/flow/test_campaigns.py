"""Campaigns: who may open one, what a team must have, and what is refused in one sentence."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import Campaign, Measure, Team
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.territory.models import Division
from tests.world import person, publish


def opening(world, **changes):
    """Return what opens a campaign, with changes."""
    return {
        "slug": "winter", "name": "演示冬季任务", "purpose": "演示", "lead": world.city.office.body,
        "starts_on": world.at.date(), "ends_on": world.at.date() + timedelta(days=3),
        "emergency_until": world.at + timedelta(days=9), "focus": ["值守"], "editions": [world.edition],
        "offices": [world.minxian.office.body], "by": world.lead, "at": world.at,
    } | changes  # fmt: skip


def forming(world, ranks, **changes):
    """Return what forms a team of 岷县, of people who are free, with changes."""
    mine = world.minxian.office
    return {
        "office": mine.body, "name": "第三组", "leader": ranks.spare_leader, "members": [ranks.spare],
        "townships": mine.townships, "by": world.county, "at": world.at,
    } | changes  # fmt: skip


def test_a_campaign_starts_with_every_figure_answered_for(world):
    campaign = campaigns.open_campaign(**opening(world))
    office = queries.offices(campaign).get()
    assert office.measures == queries.ALL_MEASURES
    assert list(queries.items(campaign)) == world.items


@pytest.mark.parametrize(
    "changes,refusal",
    [
        (lambda w: {"ends_on": w.at.date() - timedelta(days=1)}, campaigns.DaysOutOfOrder),
        (lambda w: {"emergency_until": w.at}, campaigns.EmergencyOver),
        (lambda w: {"slug": "demo"}, campaigns.SlugTaken),
        (lambda w: {"offices": [w.abroad.office.body]}, campaigns.OfficeOutsideCampaign),
        (lambda w: {"by": w.county}, accounts.NotAllowed),
        (lambda w: {"by": w.abroad.office.officer}, accounts.NotFound),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_and_leaves_nothing(world, changes, refusal):
    before = Campaign.objects.count()
    with pytest.raises(refusal):
        campaigns.open_campaign(**opening(world, **changes(world)))
    assert Campaign.objects.count() == before


@pytest.mark.parametrize(
    "changes,refusal",
    [
        (lambda w: {"leader": w.inspector}, teams.NoLeader),
        (lambda w: {"leader": w.neighbour_leader}, teams.NoLeader),
        (lambda w: {"members": [w.neighbour_inspector]}, teams.NotOfThisOffice),
        (lambda w: {"members": [w.unit]}, teams.NotOfThisOffice),
        (lambda w: {"leader": w.leader}, teams.AlreadyOut),
        (lambda w: {"members": [w.inspector]}, teams.AlreadyOut),
        (lambda w: {"name": "第一组"}, teams.TeamNameTaken),
        (lambda w: {"townships": w.zhangxian.office.townships}, teams.OutsideTheStretch),
        (lambda w: {"by": w.neighbour}, accounts.NotFound),
        (lambda w: {"by": w.leader}, accounts.NotAllowed),
    ],
)
def test_a_team_that_cannot_be_is_refused_and_leaves_nothing(world, ranks, changes, refusal):
    before = Team.objects.count()
    with pytest.raises(refusal):
        teams.form_team(world.campaign, **forming(world, ranks, **changes(world)))
    assert Team.objects.count() == before


def test_what_is_named_twice_counts_once(world, ranks):
    twice = {"editions": [world.edition] * 2, "offices": [world.minxian.office.body] * 2}
    assert queries.offices(campaigns.open_campaign(**opening(world, **twice))).count() == 1
    team = teams.form_team(world.campaign, **forming(world, ranks, townships=world.minxian.office.townships[:1] * 2))
    assert team.stretch.count() == 1


def test_someone_whose_post_has_ended_cannot_lead(world, ranks):
    old = person("old", "演示离任者", world.minxian.office.body, "leader", at=world.at - timedelta(days=30))
    old.posts.update(until=(world.at - timedelta(days=1)).date())
    with pytest.raises(teams.NoLeader):
        teams.form_team(world.campaign, **forming(world, ranks, leader=old))


def test_a_closed_campaign_forms_no_team_and_closes_once(world, ranks):
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    world.campaign.refresh_from_db()
    with pytest.raises(campaigns.CampaignOver):
        teams.form_team(world.campaign, **forming(world, ranks))
    with pytest.raises(campaigns.CampaignOver):
        campaigns.close(world.campaign, by=world.lead, at=world.at)


def test_the_emergency_lapses_by_itself_and_retention_runs_from_there(world):
    end = world.campaign.emergency_until
    assert world.campaign.in_emergency(end)
    assert not world.campaign.in_emergency(end + timedelta(seconds=1))
    assert world.campaign.retention_until == end + timedelta(days=world.campaign.retention_days)


def test_an_office_answers_only_for_measures_that_exist(world):
    office = world.office_in(world.minxian)
    campaigns.answer_for(office, measures=[Measure.TEAMS, "made up"], by=world.county, at=world.at)
    office.refresh_from_db()
    assert office.measures == [Measure.TEAMS]
    with pytest.raises(accounts.NotFound):
        campaigns.answer_for(office, measures=[], by=world.neighbour, at=world.at)


def test_adopting_a_newer_edition_replaces_the_older_of_the_same_catalogue_only(world, django_assert_num_queries):
    newer = publish(world.rulebook, at=world.at, items=(("1", "演示新条目"),))
    with django_assert_num_queries(2):  # however many catalogues are in force
        assert queries.newer_editions(world.campaign) == [newer]
    campaigns.adopt_edition(world.campaign, edition=newer, by=world.lead, at=world.at)
    assert list(queries.editions(world.campaign)) == [newer]
    assert queries.newer_editions(world.campaign) == []
    with pytest.raises(accounts.NotAllowed):
        campaigns.adopt_edition(world.campaign, edition=world.edition, by=world.county, at=world.at)


def test_a_county_sees_its_campaigns_and_its_own_teams(world):
    to = accounts.standing(world.neighbour, at=world.at)
    assert list(queries.visible(to)) == [world.campaign]
    assert {team.office for team in queries.teams(world.campaign, to=to)} == {world.zhangxian.office.body}
    with pytest.raises(accounts.NotFound):
        queries.campaign("abroad", to=to)


def test_a_stretch_names_only_townships_of_the_office(world, ranks):
    village = Division.objects.get(pk="621126100201")
    team = teams.form_team(world.campaign, **forming(world, ranks, townships=[village]))
    assert [s.township for s in team.stretch.all()] == [village]
