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
from tests import lots_held
from tests.lots_held import begun, planned


@pytest.fixture
def frozen(world):
    return freeze(world, n=3)


def freeze(world, *, n, **more):
    round = begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    plan = planned(teams=[world.minxian.team], departs_at=departure(world), n=n, **more)
    actions.freeze(round, plan=plan, by=world.county, at=world.at)
    return round


@pytest.fixture
def drawn(world, frozen):
    return lots_held.drawn(frozen, by=world.county, at=world.at)


def departure(world):
    return world.at + timedelta(hours=2)


def test_two_bodies_commit_to_secrets_after_the_register_is_frozen(world, frozen):
    """Neither body alone can steer the seed, nor bend the register to it: its hash is on record before any secret."""
    with pytest.raises(accounts.NotFound):
        actions.deposit(frozen, by=world.neighbour, at=world.at)
    first = actions.deposit(frozen, by=world.county, at=world.at)
    with pytest.raises(actions.AlreadyDeposited):
        actions.deposit(frozen, by=world.second, at=world.at)
    second = actions.deposit(frozen, by=lots_held.witness(), at=world.at)
    told = [event.detail.get("commitment") for event in audit.about("round", frozen.pk).filter(verb="round.deposit")]
    assert sorted(told) == sorted([first, second]) and first != second
    frozen.refresh_from_db()
    assert frozen.state == "committed"


def test_the_public_value_is_read_by_one_body_and_again_by_the_other(world, frozen):
    """Nobody can try a value and look: the draw follows the second reading in the same act."""
    actions.deposit(frozen, by=world.county, at=world.at)
    with pytest.raises(actions.RoundMoved):
        actions.announce(frozen, value=lots_held.DICE, by=world.county, at=world.at)
    actions.deposit(frozen, by=lots_held.witness(), at=world.at)
    actions.announce(frozen, value=lots_held.DICE, by=world.county, at=world.at)
    for same_side in (world.county, world.second):
        with pytest.raises(actions.OtherBodyNeeded):
            actions.agree(frozen, value=lots_held.DICE, by=same_side, at=world.at)
    with pytest.raises(actions.ValuesDiffer):
        actions.agree(frozen, value="6" * 12, by=lots_held.witness(), at=world.at)
    actions.agree(frozen, value=lots_held.DICE.replace(" ", "，"), by=lots_held.witness(), at=world.at)
    assert frozen.state == "drawn" and len(frozen.root) == 64
    with pytest.raises(actions.RoundMoved):
        actions.announce(frozen, value="1" * 12, by=world.county, at=world.at)


def test_a_public_value_with_an_hour_is_used_after_it_and_secrets_come_before_it(world):
    """福利彩票 and the like: named in advance; a secret put in once it is out would prove nothing."""
    hour = world.at + timedelta(hours=1)
    with pytest.raises(actions.PublicValueInThePast):
        named(world, hour=world.at)
    round = named(world, hour=hour)
    plan = planned(teams=[world.minxian.team], departs_at=world.at + timedelta(hours=3), n=3)
    actions.freeze(round, plan=plan, by=world.county, at=world.at)
    actions.deposit(round, by=world.county, at=world.at)
    with pytest.raises(actions.DepositTooLate):
        actions.deposit(round, by=lots_held.witness(), at=hour)
    actions.deposit(round, by=lots_held.witness(), at=world.at)
    with pytest.raises(actions.ValueNotYet):
        actions.announce(round, value="03 11 25", by=world.county, at=hour - timedelta(minutes=1))
    actions.announce(round, value="０３ 11  25", by=world.county, at=hour)
    actions.agree(round, value="03 11 25", by=lots_held.witness(), at=hour)
    assert round.public_value == "03 11 25"


def named(world, *, hour):
    return begun(
        world.campaign, office=world.minxian.office.body, by=world.county, at=world.at, public_kind="lottery",
        public_named="演示彩票第1期", public_at=hour,
    )  # fmt: skip


def test_a_void_round_keeps_its_reason_and_draws_nothing(world, drawn):
    """Whoever dislikes a draw cannot make it vanish: it stays, with who ended it and why; a list seen ends the choice."""
    with pytest.raises(actions.ReasonMissing):
        actions.void(drawn, reason=" ", by=world.county, at=world.at)
    actions.void(drawn, reason="演示：道路中断", by=world.county, at=world.at)
    with pytest.raises(actions.RoundVoid):
        actions.open_list(drawn.lists.get(), by=world.leader, at=departure(world))
    assert audit.about("round", drawn.pk).get(verb="round.void").detail["reason"] == "演示：道路中断"
    with pytest.raises(actions.ListAlreadyOpened):
        actions.void(world.minxian.round, reason="演示", by=world.county, at=world.at)


def test_a_frozen_register_is_bound_by_its_hash(world, frozen):
    """A site struck off or added afterwards changes nothing in this round."""
    Site.objects.filter(code="621126-0").update(active=False)
    assert lots.frame_hash(queries.candidates(frozen)) == frozen.frame_hash
    assert frozen.frame.count() == 5


def test_every_site_of_a_stratum_has_the_same_known_chance(world, frozen):
    """n of N, the same for all to a hundred-thousandth; strata share by a lot of the same seed."""
    outcome = lots.draw(queries.candidates(frozen), seed=bytes(32))
    assert all(abs(one.chance - Fraction(3, 5)) <= Fraction(1, 100_000) for one in queries.candidates(frozen))
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


def test_a_team_is_not_sent_to_a_body_that_a_member_serves(world):
    """回避: the site goes to another team; where there is none, it is left out and counted."""
    body = world.minxian.office.answering
    posts.appoint(world.inspector, body=body, role="unit", since=world.at.date(), by=None, at=world.at)
    round = lots_held.drawn(freeze(world, n=5), by=world.county, at=world.at)
    assert round.unassigned == 1
    codes = actions.open_list(round.lists.get(), by=world.leader, at=departure(world))
    assert not Site.objects.filter(code__in=codes, body=body).exists()


def test_afterwards_anyone_can_replay_the_draw(world, drawn):
    """The published bundle holds seed and frame; against what was published before, it verifies or names the place."""
    with pytest.raises(actions.ListsStillSealed):
        actions.reveal(drawn, by=world.county, at=departure(world))
    opened = actions.open_list(drawn.lists.get(), by=world.leader, at=departure(world))
    bundle = json.loads(json.dumps(actions.reveal(drawn, by=world.county, at=departure(world))))
    commitments = sorted(party.commitment for party in queries.parties(drawn))
    assert sorted(bundle["commitments"]) == commitments
    before = {"root": drawn.root, "frame_hash": drawn.frame_hash, "n": 3}
    lots.verify(bundle, published=before)
    assert set(bundle["drawn"]) == set(opened)
    with pytest.raises(lots.Tampered, match="root"):
        lots.verify(bundle, published=before | {"root": "0" * 64})


def test_a_round_that_went_wrong_is_followed_by_another(world, drawn):
    """Nothing leads back: a second draw of the same round is refused, and the next round has a number of its own."""
    with pytest.raises(actions.RoundMoved):
        actions.deposit(drawn, by=world.county, at=world.at)
    after = begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    assert after.number == drawn.number + 1
