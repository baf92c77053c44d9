"""Rounds of the lot: frozen with their chances, drawn by two bodies, sealed until departure, revealed for all to replay."""

import itertools
import json
import subprocess
import sys
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.draws import actions, boxes, queries
from mingcha.flow.draws.actions import directing, replacing
from mingcha.flow.draws.models import FrameSite, Round, SealedList
from mingcha.flow.draws.states import ListState, State
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.audit.models import Event
from mingcha.ground.territory.actions import sites as register
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import lots, sealing
from tests.lots_held import begun, drawn, planned, witness
from tests.world import person

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_lot.py"


@pytest.fixture
def round(world):
    """A round of 岷县, begun."""
    return begin(world)


def begin(world):
    return begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)


def freeze(world, round, *, by=None, **changes):
    """Freeze a round of three sites for the team of 岷县, leaving in two hours."""
    given = {"n": 3, "departs_at": world.at + timedelta(hours=2), "teams": [world.minxian.team]} | changes
    return actions.freeze(round, plan=planned(**given), by=by or world.county, at=world.at)


def draw(world, round, **changes):
    """Freeze it, and hold its ceremony."""
    freeze(world, round, **changes)
    return drawn(round, by=world.county, at=world.at)


def opened(world, round):
    """Draw and let the team depart; return its outing."""
    draw(world, round)
    return fieldwork.depart(round.lists.get(), by=world.leader, at=world.at + timedelta(hours=2))


def test_the_frozen_frame_keeps_what_the_register_had(world, round):
    freeze(world, round)
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
    assert freeze(world, begin(world)) == len(office.sites) - 1
    assert freeze(world, begin(world), site_types=[shop.type_id], n=1) == 1


def test_strata_are_site_type_by_township_group(world):
    from mingcha.ground.territory.actions import divisions

    divisions.group_townships({"621126100": "东片"}, prefix="621126", by=world.county, at=world.at)
    round = begin(world)
    freeze(world, round)
    strata = {row["stratum"] for row in queries.strata(round)}
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
        assert code.encode() not in bytes(sealed["box"]) + bytes(row["chances_box"])


def test_a_box_opens_only_with_the_key_and_for_its_own_team(world, round):
    draw(world, round)
    sealed = round.lists.get()
    about = f"list/{round.pk}/{sealed.team_id}"
    plain = json.loads(sealing.open_sealed(bytes(sealed.box), key=settings.MINGCHA_SEALING_KEY, about=about))
    assert len(plain["stops"]) == 3
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

    alone = draw(world, begin(world), n=len(office.sites), teams=[world.minxian.team])
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
        (lambda w: {"cap": 0.01}, actions.OutOfRange),
        (lambda w: {"window": 500}, actions.OutOfRange),
        (lambda w: {"site_types": ["none"]}, actions.RegisterEmpty),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_leaves_the_round_as_it_was(world, round, changes, refusal):
    with pytest.raises(refusal):
        freeze(world, round, **changes(world))
    round.refresh_from_db()
    assert round.state == State.BEGUN
    assert not round.frame.exists()


def test_each_step_is_taken_once_and_in_order(world, round):
    with pytest.raises(actions.RoundMoved):
        actions.deposit(round, by=world.county, at=world.at)
    draw(world, round)
    for again in (freeze, lambda w, r: actions.deposit(r, by=w.county, at=w.at)):
        with pytest.raises(actions.RoundMoved):
            again(world, round)
    assert FrameSite.objects.filter(round=round).count() == len(world.minxian.office.sites)


def test_nothing_is_frozen_or_drawn_once_the_campaign_has_ended(world, round):
    fresh = begin(world)
    freeze(world, round)
    campaigns.close(world.campaign, by=world.lead, at=world.at)
    with pytest.raises(campaigns.CampaignOver):
        freeze(world, fresh)
    with pytest.raises(campaigns.CampaignOver):
        drawn(round, by=world.county, at=world.at)
    states = {fresh.pk: State.BEGUN, round.pk: State.FROZEN}
    assert dict(Round.objects.filter(pk__in=states).values_list("pk", "state")) == states


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
    commitments = [party.commitment for party in queries.parties(round)]
    assert sorted(bundle["commitments"]) == sorted(commitments)
    before = {"frame_hash": round.frame_hash, "root": round.root, "n": 3}
    lots.verify(bundle, published=before)
    assert sorted(bundle["drawn"]) == sorted(stop.site.code for stop in outing.stops.all())
    assert sum(round.allocation.values()) == 3
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(round.bundle), encoding="utf-8")
    assert _verifier(file, round.frame_hash, round.root, *commitments).returncode == 0
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


def test_a_witness_reads_the_round_it_witnesses_and_no_other(world):
    to = accounts.standing(witness(), at=world.at)
    assert queries.round_(world.minxian.round.pk, to=to) == world.minxian.round
    assert {held.office_id for held in queries.rounds(to=to)} <= set(
        Round.objects.filter(parties__body="62-witness").values_list("office", flat=True)
    )
    with pytest.raises(actions.WitnessNeeded):
        actions.begin(
            world.campaign, office=world.minxian.office.body, witness=world.minxian.office.body, by=world.county,
            at=world.at,
        )  # fmt: skip


def test_one_person_of_two_bodies_puts_in_one_secret_only(world, round):
    freeze(world, round)
    body = Body.objects.get(pk="62-witness")
    posts.appoint(world.county, body=body, role="group", since=world.at.date(), by=None, at=world.at)
    actions.deposit(round, by=world.county, at=world.at)
    with pytest.raises(actions.OnePersonForBoth):
        actions.deposit(round, by=world.county, at=world.at)


def test_a_directed_visit_travels_with_a_cover_and_shows_nowhere_below(world, round):
    """In the frame with certainty, as others are; not in the record of the round, nor in any row the county can read."""
    office, lead = world.city.office.body, world.lead
    site = world.minxian.office.sites[2]
    carrier = world.minxian.office.body
    given = {"office": office, "carrier": carrier, "site": site, "reason": "演示：集中反映", "at": world.at}
    with pytest.raises(accounts.NotAllowed):
        directing.direct(world.campaign, by=world.county, **given)
    asked = directing.direct(world.campaign, by=lead, **given)
    draw(world, round, n=4)
    asked.refresh_from_db()
    assert (asked.state, asked.round_id) == ("carried", round.pk)
    chances = boxes.chances(round)
    assert chances[site.code] == 1 and list(chances.values()).count(1) >= 2 and sum(chances.values()) == 4
    assert site.code in boxes.listed(round.lists.get()).codes
    told = json.dumps(list(Event.objects.filter(kind="round", key=str(round.pk)).values("text", "detail")))
    assert "directed" not in told and site.code not in told
    for below in (world.county, world.neighbour, world.second):
        assert queries.directed(to=accounts.standing(below, at=world.at)) == []
    assert queries.directed(to=accounts.standing(lead, at=world.at))[0][1:] == (site.code, "演示：集中反映")
    actions.void(round, reason="演示", by=world.county, at=world.at)
    asked.refresh_from_db()
    assert (asked.state, asked.round_id) == ("waiting", None)
    directing.withdraw(asked, by=lead, at=world.at)
    with pytest.raises(directing.AlreadyTaken):
        directing.withdraw(asked, by=lead, at=world.at)


def direct(world):
    directing.direct(
        world.campaign, office=world.city.office.body, carrier=world.minxian.office.body,
        site=world.minxian.office.sites[2], reason="演示：集中反映", by=world.lead, at=world.at,
    )  # fmt: skip


def test_the_published_hash_cannot_be_searched_for_who_is_certain(world, round):
    """Register, strata and number are known to many: no frame that follows from them alone has the hash."""
    direct(world)
    freeze(world, round, n=3)
    strata = dict(round.frame.values_list("site__code", "stratum"))
    for certain in itertools.chain([()], itertools.combinations(strata, 2)):
        left = Fraction(3 - len(certain), 5 - len(certain))
        guess = [lots.Candidate(code, name, Fraction(1) if code in certain else left) for code, name in strata.items()]
        assert lots.frame_hash(guess) != round.frame_hash
    open_ = {site: chance for site, chance in boxes.chances(round).items() if chance < 1}
    assert sum(open_.values()) == 1 and len(set(open_.values())) > 1


def test_a_list_whose_departure_falls_after_midnight_is_still_hidden_at_midnight(world, round):
    draw(world, round)
    midnight = (world.at + timedelta(days=1)).replace(hour=0, minute=0)
    round.lists.update(departs_at=midnight + timedelta(minutes=30))
    with pytest.raises(actions.ListsStillSealed):
        actions.reveal(round, by=world.county, at=midnight)
    actions.reveal(round, by=world.county, at=midnight + timedelta(minutes=31))


def test_a_plan_is_refused_alike_whether_or_not_something_is_directed(world, round):
    """With two certain the rest would keep to a cap that all together exceed: that must not let the plan pass."""
    direct(world)
    with pytest.raises(lots.CapTooLow):
        freeze(world, round, n=3, tilt="logistic", cap=0.4)
    assert not FrameSite.objects.filter(round=round).exists()


def test_a_stop_that_cannot_be_visited_is_replaced_by_rank(world):
    """Of its own stratum, the next by the draw; never chosen, never twice, and None where nobody is left."""
    Site.objects.filter(division__code__startswith="621126").update(type=world.minxian.office.sites[0].type)
    Site.objects.filter(code__startswith="621126").update(division="621126100")
    round = draw(world, begin(world))
    outing = fieldwork.depart(round.lists.get(), by=world.leader, at=world.at + timedelta(hours=2))
    sealed, at = round.lists.get(), world.at + timedelta(hours=3)
    ranks = [t.site for t in lots.draw(queries.candidates(round), seed=queries.seed(round)).tickets]
    first, second, third = [stop.site for stop in outing.stops.all()]
    with pytest.raises(replacing.ReasonNeeded):
        replacing.replace(sealed, out=first, reason=" ", by=world.leader, at=at)
    assert replacing.replace(sealed, out=first, reason="演示：塌方", by=world.leader, at=at).code == ranks[3]
    with pytest.raises(replacing.NotOfThisList):
        replacing.replace(sealed, out=first, reason="演示", by=world.leader, at=at)
    assert replacing.replace(sealed, out=second, reason="演示：塌方", by=world.leader, at=at).code == ranks[4]
    assert replacing.replace(sealed, out=third, reason="演示：塌方", by=world.leader, at=at) is None
