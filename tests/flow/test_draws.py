"""Rounds of the lot: committed, frozen, drawn, sealed until departure, revealed for all to replay."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.draws import actions, queries
from mingcha.flow.draws.models import FrameSite, Round, SealedList
from mingcha.flow.draws.states import ListState, State
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.audit.models import Event
from mingcha.ground.territory.actions import sites as register
from mingcha.kernel import lots, sealing
from tests.world import day_of, person

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_lot.py"


@pytest.fixture
def round(world):
    """A round of 岷县, its register frozen."""
    begun = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    actions.freeze(begun, by=world.county, at=world.at)
    return begun


def draw(world, round, **changes):
    """Draw three sites for the team of 岷县, leaving in two hours."""
    given = {
        "n": 3, "day": day_of(world.at), "departs_at": world.at + timedelta(hours=2), "teams": [world.minxian.team],
        "by": world.county, "at": world.at,
    } | changes  # fmt: skip
    actions.draw(round, **given)
    return round


def opened(world, round):
    """Draw and let the team depart; return its outing."""
    draw(world, round)
    return fieldwork.depart(round.lists.get(), by=world.leader, at=world.at + timedelta(hours=2))


def test_the_commitment_stands_before_the_frame(world):
    begun = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    assert begun.state == State.COMMITTED
    assert len(begun.commitment) == 64
    assert begun.frame_hash == ""
    assert not begun.frame.exists()


def test_the_frozen_frame_keeps_what_the_register_had(world, round):
    site, before = world.minxian.office.sites[0], queries.candidates(round)
    register.change_site(
        site, name="演示改名", type=world.minxian.office.sites[1].type, division=site.division, address="",
        body=site.body, active=False, prefixes=["621126"], by=world.county, at=world.at,
    )  # fmt: skip
    assert queries.candidates(round) == before
    assert lots.frame_hash(queries.candidates(round)) == round.frame_hash


def test_a_frame_may_hold_some_types_only_and_never_a_site_struck_off(world):
    office = world.minxian.office
    shop = next(site for site in office.sites if site.type.name == "超市")
    type(shop).objects.filter(pk=office.sites[0].pk).update(active=False)
    every = actions.begin(world.campaign, office=office.body, by=world.county, at=world.at)
    assert actions.freeze(every, by=world.county, at=world.at) == len(office.sites) - 1
    some = actions.begin(world.campaign, office=office.body, by=world.county, at=world.at)
    assert actions.freeze(some, site_types=[shop.type_id], by=world.county, at=world.at) == 1


def test_strata_are_site_type_by_township_group(world):
    from mingcha.ground.territory.actions import divisions

    divisions.group_townships({"621126100": "东片"}, prefix="621126", by=world.county, at=world.at)
    begun = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    actions.freeze(begun, by=world.county, at=world.at)
    strata = {row["stratum"] for row in queries.strata(begun)}
    assert strata == {"村/东片", "小区/全域", "饭店/东片", "高速路卡点/全域", "超市/东片"}


def test_no_column_tells_what_was_drawn_before_the_team_departs(world, round):
    """With one site in a stratum, even the count drawn from it would name the site."""
    draw(world, round)
    row = Round.objects.filter(pk=round.pk).values().get()
    sealed = SealedList.objects.filter(round=round).values().get()
    assert row["allocation"] == {}
    assert row["bundle"] is None
    assert {line["drawn"] for line in queries.strata(round)} == {None}
    codes = [site.code for site in world.minxian.office.sites]
    told = json.dumps(list(Event.objects.filter(kind="round", key=str(round.pk)).values("text", "detail")))
    for code in codes:
        assert code not in told
        assert code.encode() not in bytes(sealed["box"]) + bytes(row["seed_box"])


def test_a_box_opens_only_with_the_key_and_for_its_own_team(world, round):
    draw(world, round)
    sealed = round.lists.get()
    about = f"list/{round.pk}/{sealed.team_id}"
    assert len(json.loads(sealing.open_sealed(bytes(sealed.box), key=settings.MINGCHA_SEALING_KEY, about=about))) == 3
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(bytes(sealed.box), key=settings.MINGCHA_SEALING_KEY, about=about + "1")
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(bytes(sealed.box), key=sealing.new_key(), about=about)


def test_a_list_opens_at_departure_and_once(world):
    sealed = world.minxian.sealed
    with pytest.raises(actions.NotYetDeparted, match="19:00"):
        actions.open_list(sealed, by=world.leader, at=sealed.departs_at - timedelta(seconds=1))
    assert len(actions.open_list(sealed, by=world.inspector, at=sealed.departs_at)) == sealed.count
    with pytest.raises(actions.AlreadyOpened):
        actions.open_list(sealed, by=world.leader, at=sealed.departs_at)


def test_a_list_opens_only_for_its_own_team(world):
    sealed, at = world.minxian.sealed, world.minxian.sealed.departs_at
    for stranger in (world.beside.office.leader, world.neighbour_leader, world.city.office.leader):
        with pytest.raises(accounts.NotFound):
            actions.open_list(sealed, by=stranger, at=at)
    for without in (world.county, world.lead, world.unit):
        with pytest.raises(accounts.NotAllowed):
            actions.open_list(sealed, by=without, at=at)
    sealed.refresh_from_db()
    assert sealed.state == ListState.SEALED


def test_who_drew_does_not_open(world, round):
    """An officer who also leads the team may draw or open, not both."""
    office = world.minxian.office
    posts.appoint(world.county, body=office.body, role="leader", since=world.at.date(), by=None, at=world.at)
    other = person("other", "演示另一检查员", office.body, "inspector", at=world.at)
    team = teams.form_team(
        world.campaign, office=office.body, name="第四组", leader=world.county, members=[other],
        townships=office.townships, by=world.second, at=world.at,
    )  # fmt: skip
    draw(world, round, teams=[team])
    sealed = round.lists.get()
    with pytest.raises(actions.DrewItYourself):
        actions.open_list(sealed, by=world.county, at=sealed.departs_at)
    assert actions.open_list(sealed, by=other, at=sealed.departs_at)


def test_a_team_is_barred_from_sites_of_a_body_its_member_serves(world, round):
    """The restaurant goes to the other team, however the lot falls; with no other team it is left unassigned."""
    office = world.minxian.office
    posts.appoint(world.inspector, body=office.answering, role="unit", since=world.at.date(), by=None, at=world.at)
    food = next(site.code for site in office.sites if site.body == office.answering)
    teams = [world.minxian.team, world.beside.team]
    draw(world, round, n=len(office.sites), teams=teams)
    departs = world.at + timedelta(hours=2)
    lists = {sealed.team_id: sealed for sealed in round.lists.all()}
    held = {pk: actions.open_list(s, by=_leader(world, pk), at=departs) for pk, s in lists.items()}
    assert food in held[world.beside.team.pk]
    assert food not in held[world.minxian.team.pk]
    assert sum(map(len, held.values())) == len(office.sites)

    alone = actions.begin(world.campaign, office=office.body, by=world.county, at=world.at)
    actions.freeze(alone, by=world.county, at=world.at)
    draw(world, alone, n=len(office.sites), teams=[world.minxian.team])
    assert alone.unassigned == 1


def test_a_team_named_twice_is_sent_once(world, round):
    draw(world, round, teams=[world.minxian.team] * 2)
    assert [sealed.count for sealed in round.lists.all()] == [3]


def _leader(world, team_pk):
    return world.leader if team_pk == world.minxian.team.pk else world.beside.office.leader


@pytest.mark.parametrize(
    "changes,refusal",
    [
        (lambda w: {"n": 0}, lots.TooFew),
        (lambda w: {"n": 6}, lots.TooMany),
        (lambda w: {"teams": []}, actions.NoTeams),
        (lambda w: {"departs_at": w.at - timedelta(minutes=1)}, actions.DepartureInThePast),
        (lambda w: {"day": w.campaign.ends_on + timedelta(days=1)}, actions.OutsideThePeriod),
        (lambda w: {"teams": [w.zhangxian.team]}, accounts.NotFound),
        (lambda w: {"teams": [w.minxian.team, w.abroad.team]}, accounts.NotFound),
        (lambda w: {"by": w.neighbour}, accounts.NotFound),
        (lambda w: {"by": w.leader}, accounts.NotAllowed),
    ],
)
def test_a_draw_that_cannot_be_is_refused_and_leaves_the_round_frozen(world, round, changes, refusal):
    with pytest.raises(refusal):
        draw(world, round, **changes(world))
    round.refresh_from_db()
    assert round.state == State.FROZEN
    assert not round.lists.exists()


def test_each_step_is_taken_once_and_in_order(world, round):
    with pytest.raises(actions.RoundMoved):
        actions.freeze(round, by=world.county, at=world.at)
    draw(world, round)
    with pytest.raises(actions.RoundMoved):
        draw(world, round)
    assert FrameSite.objects.filter(round=round).count() == len(world.minxian.office.sites)


def test_nothing_is_frozen_or_drawn_once_the_campaign_has_ended(world, round):
    fresh = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    with pytest.raises(campaigns.CampaignOver):
        actions.freeze(fresh, by=world.county, at=world.at)
    with pytest.raises(campaigns.CampaignOver):
        draw(world, round)
    states = {fresh.pk: State.COMMITTED, round.pk: State.FROZEN}
    assert dict(Round.objects.filter(pk__in=states).values_list("pk", "state")) == states


def test_an_empty_register_is_refused(world):
    begun = actions.begin(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    with pytest.raises(actions.RegisterEmpty):
        actions.freeze(begun, site_types=["none"], by=world.county, at=world.at)


def test_nothing_is_revealed_while_a_list_is_sealed(world, round):
    draw(world, round)
    with pytest.raises(actions.ListsStillSealed):
        actions.reveal(round, by=world.county, at=world.at)
    round.refresh_from_db()
    assert (round.state, round.bundle) == (State.DRAWN, None)


def test_a_revealed_round_replays_for_anyone(world, round, tmp_path):
    """By the kernel, by the lone script a stranger runs, and against what was published before the draw."""
    outing = opened(world, round)
    bundle = actions.reveal(round, by=world.county, at=world.at + timedelta(hours=3))
    before = {"frame_hash": round.frame_hash, "commitment": round.commitment, "n": 3}
    lots.verify(bundle, published=before)
    assert sorted(bundle["drawn"]) == sorted(stop.site.code for stop in outing.stops.all())
    assert sum(round.allocation.values()) == 3
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(round.bundle), encoding="utf-8")
    assert _verifier(file, round.commitment).returncode == 0
    assert _verifier(file, "0" * 64).returncode != 0


def test_a_bundle_with_another_site_in_it_is_found_out(world, round, tmp_path):
    opened(world, round)
    bundle = dict(actions.reveal(round, by=world.county, at=world.at + timedelta(hours=3)))
    left = next(ticket["site"] for ticket in bundle["tickets"] if not ticket["drawn"])
    bundle["drawn"] = [left, *bundle["drawn"][1:]]
    with pytest.raises(lots.Tampered):
        lots.verify(bundle)
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    assert "BROKEN" in _verifier(file).stderr


def _verifier(*arguments):
    command = [sys.executable, "-I", str(VERIFIER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_team_is_told_that_a_list_waits_but_not_what_it_holds(world, round):
    from mingcha.ground.notices import queries as notices

    draw(world, round)
    newest = notices.inbox(world.inspector).first()
    assert newest.link == f"/field/lists/{round.lists.get().pk}/"
    assert not any(site.code in newest.subject + newest.text for site in world.minxian.office.sites)


def test_only_rounds_of_ones_area_can_be_read(world):
    to = accounts.standing(world.neighbour, at=world.at)
    assert queries.round_(world.zhangxian.round.pk, to=to)
    for other in (world.minxian.round, world.city.round, world.abroad.round):
        with pytest.raises(accounts.NotFound):
            queries.round_(other.pk, to=to)


def test_a_list_that_nobody_opened_lapses_with_its_day_and_no_longer_hides_the_round(world):
    """A team that could not set out must not keep the draw from ever being verified; its list can be opened no more."""
    sealed = world.minxian.sealed
    round, after = sealed.round, world.at + timedelta(days=1)
    with pytest.raises(actions.ListsStillSealed):
        actions.reveal(round, by=world.county, at=world.at)
    lots.verify(actions.reveal(round, by=world.county, at=after))
    with pytest.raises(actions.RoundRevealed):
        actions.open_list(sealed, by=world.inspector, at=after)
