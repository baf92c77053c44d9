"""What a change among the ranks does at once, and what of it stays on record."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.successions import actions as successions
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit import queries as audit


def test_who_has_handed_over_is_gone_at_once(world, ranks):
    """Not at midnight: neither to be sent out, nor to take over from the next, nor let in."""
    office = world.minxian.office.body
    successions.leave(
        world.inspector, posts=list(world.inspector.posts.all()), successor=None, reason="演示：调离",
        last_day=world.at.date(), by=world.county, at=world.at,
    )  # fmt: skip
    assert not accounts.team_people(office.pk, at=world.at).filter(pk=world.inspector.pk).exists()
    assert not accounts.standing(world.inspector, at=world.at).holdings
    assert accounts.posts_of(world.inspector).get().relieved_at == world.at


def test_a_leader_who_hands_over_and_goes_left_as_leader_for_that_reason(world, ranks):
    """Being a member for no time at all is no stay; why they went is told where they were."""
    team, gone = world.minxian.team, world.leader
    later = world.at + timedelta(hours=1)
    successions.leave(
        gone, posts=list(gone.posts.all()), successor=world.inspector, reason="演示：调离", last_day=world.at.date(),
        by=world.county, at=later,
    )  # fmt: skip
    stays = campaigns.history(team).filter(person=gone)
    assert [(stay.duty, stay.until, stay.left_reason) for stay in stays] == [("leader", later, "演示：调离")]


def test_a_team_keeps_where_it_set_out_from(world):
    """Base, vehicle and stretch as they were before each change stand on the record."""
    team = world.minxian.team
    old = sorted(team.stretch.values_list("township", flat=True))
    teams.equip(team, base="演示驻地", vehicle="演示车", townships=[], by=world.county, at=world.at)
    was = audit.about("team", team.pk).get(verb="team.equip").detail["was"]
    assert was == {"base": "", "vehicle": "", "townships": old}


def test_whoever_goes_out_where_they_were_sent_is_not_called_back_behind_the_teams_back(world, ranks):
    calls.assign(ranks.offer, need=ranks.need, by=world.lead, at=world.at)
    other = world.zhangxian.team
    teams.join(other, person=ranks.spare, by=world.neighbour, at=world.at)
    with pytest.raises(calls.InATeam):
        calls.release(ranks.offer, by=world.lead, at=world.at)
    teams.leave(other, person=ranks.spare, reason="演示：轮换", by=world.neighbour, at=world.at)
    calls.release(ranks.offer, by=world.lead, at=world.at)
    assert ranks.offer.state == "offered"


def test_nobody_is_called_for_days_that_are_over(world):
    day = world.at.date() - timedelta(days=1)
    with pytest.raises(calls.DaysOver):
        calls.call(
            world.campaign, reason="演示", needs=[calls.Wanted(world.zhangxian.office.body.division, 1)], from_day=day,
            to_day=day, reply_by=world.at + timedelta(hours=1), bodies=[world.minxian.office.body], by=world.lead,
            at=world.at,
        )  # fmt: skip
