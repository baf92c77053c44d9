"""
Chapter 3. The lot

Who is visited is decided by a lot that nobody can foresee or bend, and that anybody can replay afterwards.
"""

import json
from datetime import timedelta
from fractions import Fraction

import pytest

from mingcha.flow.draws import actions, queries
from mingcha.flow.draws.models import Round, SealedList
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory.models import Site
from mingcha.kernel import lots
from tests.world import day_of


@pytest.fixture
def frozen(world):
    round = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    actions.freeze(round, by=world.county, at=world.at)
    return round


@pytest.fixture
def drawn(world, frozen):
    actions.draw(
        frozen, n=3, day=day_of(world.at), departs_at=world.at + timedelta(hours=2), teams=[world.minxian.team],
        by=world.county, at=world.at,
    )  # fmt: skip
    return frozen


def departure(world):
    return world.at + timedelta(hours=2)


def test_the_seed_is_committed_to_before_the_register_is_frozen(world):
    """Neither can be bent to the other: the hash of the seed is on record while there is no frame yet."""
    round = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    (event,) = audit.about("round", round.pk)
    assert event.detail["commitment"] == round.commitment
    assert not round.frame.exists()


def test_a_frozen_register_is_bound_by_its_hash(world, frozen):
    """A site struck off or added afterwards changes nothing in this round."""
    Site.objects.filter(code="621126-0").update(active=False)
    assert lots.frame_hash(queries.candidates(frozen)) == frozen.frame_hash
    assert frozen.frame.count() == 5


def test_every_site_of_a_stratum_has_the_same_known_chance(world, frozen):
    """n of N: the chance is known beforehand and the same for all; strata share by a lot of the same seed."""
    outcome = lots.draw(queries.candidates(frozen), n=3, seed=bytes(32))
    assert outcome.probability == Fraction(3, 5)
    assert sum(stratum.drawn for stratum in outcome.strata) == 3
    assert all(abs(stratum.drawn - stratum.expected) < 1 for stratum in outcome.strata)


def test_what_was_drawn_can_be_read_nowhere_until_the_team_departs(world, drawn):
    """Not on a page, not in a row, not in the record of acts: only that a list exists, and how long it is."""
    sealed = drawn.lists.get()
    assert (sealed.count, sealed.state) == (3, "sealed")
    codes = [site.code for site in world.minxian.office.sites]
    for row in (
        Round.objects.filter(pk=drawn.pk).values().get(),
        SealedList.objects.filter(pk=sealed.pk).values().get(),
    ):
        assert not any(code in str(value) for code in codes for value in row.values())
    assert not any(code in event.text for code in codes for event in audit.about("round", drawn.pk))


def test_a_list_opens_at_departure_by_the_team_and_on_record(world, drawn):
    """Not a minute early, not by another team, not twice; who opened it and when is an act on record."""
    sealed = drawn.lists.get()
    with pytest.raises(actions.NotYetDeparted):
        actions.open_list(sealed, by=world.leader, at=departure(world) - timedelta(minutes=1))
    with pytest.raises(accounts.NotFound):
        actions.open_list(sealed, by=world.neighbour_leader, at=departure(world))
    assert len(actions.open_list(sealed, by=world.leader, at=departure(world))) == 3
    with pytest.raises(actions.AlreadyOpened):
        actions.open_list(sealed, by=world.inspector, at=departure(world))
    event = audit.about("round", drawn.pk).get(verb="list.open")
    assert (event.actor, event.at) == ("leader", departure(world))


def test_who_holds_the_draw_does_not_open_the_list(world, drawn):
    """An officer with two posts chooses one of the two acts."""
    posts.appoint(
        world.county, body=world.minxian.office.body, role="inspector", since=world.at.date(), by=None, at=world.at
    )
    world.minxian.team.members.create(person=world.county, body=world.minxian.office.body, since=world.at)
    with pytest.raises(actions.DrewItYourself):
        actions.open_list(drawn.lists.get(), by=world.county, at=departure(world))


def test_a_team_is_not_sent_to_a_body_that_a_member_serves(world, frozen):
    """回避: the site goes to another team; where there is none, it is left out and counted."""
    body = world.minxian.office.answering
    posts.appoint(world.inspector, body=body, role="unit", since=world.at.date(), by=None, at=world.at)
    actions.draw(
        frozen, n=5, day=day_of(world.at), departs_at=departure(world), teams=[world.minxian.team], by=world.county,
        at=world.at,
    )  # fmt: skip
    assert frozen.unassigned == 1
    codes = actions.open_list(frozen.lists.get(), by=world.leader, at=departure(world))
    assert not Site.objects.filter(code__in=codes, body=body).exists()


def test_afterwards_anyone_can_replay_the_draw(world, drawn):
    """The published bundle holds seed and frame; against what was published before, it verifies or names the place."""
    with pytest.raises(actions.ListsStillSealed):
        actions.reveal(drawn, by=world.county, at=departure(world))
    opened = actions.open_list(drawn.lists.get(), by=world.leader, at=departure(world))
    bundle = json.loads(json.dumps(actions.reveal(drawn, by=world.county, at=departure(world))))
    before = {"commitment": drawn.commitment, "frame_hash": drawn.frame_hash, "n": 3}
    lots.verify(bundle, published=before)
    assert set(bundle["drawn"]) == set(opened)
    with pytest.raises(lots.Tampered, match="commitment"):
        lots.verify(bundle, published=before | {"commitment": "0" * 64})


def test_a_round_that_went_wrong_is_followed_by_another(world, drawn):
    """Nothing leads back: a second draw of the same round is refused, and the next round has a number of its own."""
    with pytest.raises(actions.RoundMoved):
        actions.freeze(drawn, by=world.county, at=world.at)
    after = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    assert after.number == drawn.number + 1
    assert after.commitment != drawn.commitment
