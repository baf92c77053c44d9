"""Routes: planned over sealed lists, told to nobody before departure; who does not fit is dropped by the draw."""

from datetime import time, timedelta
from itertools import pairwise

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import apart, boxes
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.actions import routing
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.queries import routes
from mingcha.flow.draws.states import Routing
from mingcha.flow.fieldwork import queries as fieldwork_queries
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.actions import stops
from mingcha.flow.fieldwork.queries import routes as on_the_road
from mingcha.flow.fieldwork.states import Concern
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.audit.models import Event
from mingcha.ground.territory.models import Site, SiteType
from mingcha.kernel import lots
from tests.lots_held import held

QUICK = 30  # iterations: enough for five sites


@pytest.fixture
def round(world):
    """A round of all sites of 岷县 for its two teams, who share them by routes; everything lies somewhere, but one."""
    for number, site in enumerate(world.minxian.office.sites):
        Site.objects.filter(pk=site.pk).update(latitude=34.4 + number / 50, longitude=104.0 + number / 70)
    unplaced = world.minxian.office.sites[0]
    Site.objects.filter(pk=unplaced.pk).update(latitude=None, longitude=None)
    return drawn(world)


def drawn(world, **changes):
    """Hold a round that leaves in two hours."""
    given = {
        "office": world.minxian.office.body, "by": world.county, "teams": [world.minxian.team, world.beside.team],
        "departs_at": world.at + timedelta(hours=2), "at": world.at, "sharing": "route",
    } | changes  # fmt: skip
    return held(world.campaign, **given)


def listed(round):
    """Return team id → what its sealed list holds."""
    return {sealed.team_id: boxes.listed(sealed) for sealed in SealedList.objects.filter(round=round)}


def stay_away(who, site, *, at):
    target = recusals.Target(site=site)
    recusals.declare(who, target=target, ground="other", reason="演示：亲属在此任职", by=who, at=at)


def test_lists_are_sealed_anew_with_times_and_nobody_is_told_where(world, round):
    frame = set(round.frame.values_list("site__code", flat=True))
    before = {sealed.pk: bytes(sealed.box) for sealed in round.lists.all()}
    assert routing.plan(round, iterations=QUICK, at=world.at)
    assert {code for team in listed(round).values() for code in team.codes} == frame
    for team, found in listed(round).items():
        departs = routes.hours(round.lists.get(team=team))[0]
        stops = found.stops
        assert all(stop.arrives is not None and stop.arrives >= departs for stop in stops)
        assert all(one.leaves <= two.arrives for one, two in pairwise(stops))
    assert all(bytes(sealed.box) != before[sealed.pk] for sealed in round.lists.all())
    event = Event.objects.get(verb="round.route", key=str(round.pk))
    assert event.actor == "system" and event.detail == {"iterations": QUICK, "dropped": 0}
    told = str(Round.objects.filter(pk=round.pk).values()) + str(list(round.lists.values())) + event.text
    assert not any(code in told for code in frame)
    about = boxes.routes(Round.objects.get(pk=round.pk))
    assert about.guessed == (world.minxian.office.sites[0].code,) and about.ways == "straight"
    assert not routing.plan(round, iterations=QUICK, at=world.at)  # once is all


def test_the_same_seed_and_iterations_make_the_same_routes(world, round):
    one = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    two = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    assert one.plan == two.plan and one.plan.iterations == QUICK


def test_a_recusal_of_the_afternoon_is_heeded(world, round):
    kept_from = world.minxian.office.sites[1]
    stay_away(world.inspector, kept_from, at=world.at)
    made = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    assert kept_from.code not in [leg.stop for leg in made.plan.routes[str(world.minxian.team.pk)]]
    assert routing.keep(round, made, at=world.at)
    assert kept_from.code in listed(round)[world.beside.team.pk].codes
    # A tie that is known now stands in nobody's way at departure.
    assert kept_from.code in round.lists.get(team=world.minxian.team).barred


def test_a_tie_that_comes_while_routes_are_planned_has_them_planned_again(world, round):
    made = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    mine = made.plan.routes[str(world.minxian.team.pk)] or made.plan.routes[str(world.beside.team.pk)]
    site = Site.objects.get(code=mine[0].stop)
    for who in (world.inspector, world.beside.office.inspector):
        stay_away(who, site, at=world.at)
    assert not routing.keep(round, made, at=world.at)
    assert Round.objects.get(pk=round.pk).routing == Routing.WAITING


def test_who_does_not_fit_the_day_is_dropped_by_the_draws_own_tickets(world):
    SiteType.objects.update(minutes=200)
    Team.objects.update(starts=time(8), ends=time(18))
    round = drawn(world)  # at eight in the evening: as long as the day's ten hours, later
    assert routing.plan(round, iterations=QUICK, at=world.at)
    tickets = lots.draw(draws.candidates(round), seed=draws.seed(round)).tickets
    order = sorted(tickets, key=lambda ticket: ticket.value)
    kept = {code for found in listed(round).values() for code in found.codes}
    assert 0 < len(kept) < len(order)
    assert kept == {ticket.site for ticket in order[: len(kept)]}
    assert round.dropped == len(order) - len(kept)
    about = boxes.routes(Round.objects.get(pk=round.pk))
    assert about.dropped == tuple((t.site, "full") for t in reversed(order[len(kept) :]))
    assert about.ways == "fixed"  # nobody has said where anything lies


def test_mates_of_a_street_go_together_or_one_of_them_not_at_all(world, round):
    Site.objects.filter(pk__in=[site.pk for site in world.minxian.office.sites[1:3]]).update(
        street="和平街", division=world.minxian.office.sites[1].division
    )
    made = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    codes = {site.code for site in world.minxian.office.sites[1:3]}
    begins = [leg.begins for legs in made.plan.routes.values() for leg in legs if leg.stop in codes]
    if set(made.plan.dropped) & codes:
        assert made.plan.reasons[next(iter(set(made.plan.dropped) & codes))] == "street"
    else:
        assert max(begins) - min(begins) <= 300


def test_a_team_that_has_departed_leaves_every_list_as_the_lot_had_it(world, round):
    made = routing.planned(routes.day(round, iterations=QUICK, at=world.at))
    before = listed(round)
    first = round.lists.filter(team=world.minxian.team).get()
    fieldwork.depart(first, by=world.leader, at=first.departs_at)
    assert not routing.keep(round, made, at=world.at)
    round.refresh_from_db()
    assert round.routing == Routing.OFF and listed(round) == before


def test_the_job_plans_in_a_process_of_its_own_and_a_round_that_fails_keeps_the_order_of_the_lot(world, round, capfd):
    planning, other = apart.Planning(), drawn(world)
    Round.objects.exclude(pk__in=[round.pk, other.pk]).update(routing=Routing.OFF)
    assert routes.due() == round
    planning.begin(round, at=world.at)
    planning._child.process.join(60)
    assert planning.finished(at=world.at) and not planning.busy
    assert Round.objects.get(pk=round.pk).routing == Routing.PLANNED and routes.due() == other
    planning.begin(other, at=world.at)
    planning._child.process.kill()
    planning._child.process.join(60)
    assert planning.finished(at=world.at) is False
    assert Round.objects.get(pk=other.pk).routing == Routing.OFF and routes.due() is None
    assert Event.objects.get(verb="round.unrouted").detail == {"why": "died"}
    out, err = capfd.readouterr()
    assert not any(code in out + err for code in round.frame.values_list("site__code", flat=True))


def test_what_fails_while_lists_are_sealed_anew_tells_no_place_and_ends(world, round, monkeypatch):
    def failing(*_given, **_named):
        raise KeyError("621126-0")

    monkeypatch.setattr(routing, "keep", failing)
    planning = apart.Planning()
    planning.begin(round, at=world.at)
    planning._child.process.join(60)
    assert planning.finished(at=world.at) is False
    assert Event.objects.get(verb="round.unrouted").detail == {"why": "KeyError"}
    assert Round.objects.get(pk=round.pk).routing == Routing.OFF


def out(world, round):
    """Route a round and let both its teams depart; return their outings, 岷县's first."""
    routing.plan(round, iterations=QUICK, at=world.at)
    hour = world.at + timedelta(hours=2)
    leaders = {world.minxian.team: world.leader, world.beside.team: world.beside.office.leader}
    return [
        fieldwork.depart(round.lists.get(team=team), by=leader, at=hour) for team, leader in leaders.items()
    ], hour  # fmt: skip


def givable(outings):
    """Return the first stop of the longer list, and the outing that could take it."""
    giver, taker = sorted(outings, key=lambda outing: -outing.stops.count())
    return giver.stops.first(), taker


def test_an_outing_has_its_order_and_times(world, round):
    outings, _hour = out(world, round)
    for outing in outings:
        stops = list(outing.stops.all())
        assert [stop.position for stop in stops] == list(range(1, len(stops) + 1))
        team = {member.person for member in campaigns.present(outing.team)}
        assert set(outing.signers) <= team and len(set(outing.signers)) == len(outing.signers) == (
            2 if len(team) > 1 else 0
        )
        assert all(stop.arrives_at < stop.leaves_at for stop in stops)
        assert all(one.leaves_at <= two.arrives_at for one, two in pairwise(stops))


def test_a_dispatcher_gives_a_stop_to_another_team_on_record(world, round):
    outings, hour = out(world, round)
    stop, taker = givable(outings)
    giver, before = stop.inspection, taker.stops.count()
    made = stops.hand_over(stop, to=taker, reason="演示：路断了", confirmed=True, by=world.county, at=hour)
    assert taker.stops.count() == before + 1 and not giver.stops.filter(pk=stop.pk).exists()
    assert [s.position for s in taker.stops.all()] == list(range(1, before + 2))
    event = Event.objects.get(verb="stop.hand_over")
    assert event.detail["site"] == stop.site.code and event.detail["to"] == taker.team.name
    assert on_the_road.moved([round.pk])[round.pk] == 1 and made.reason == "演示：路断了"
    with pytest.raises(stops.AlreadySettled):
        stops.hand_over(stop, to=taker, reason="演示", by=world.county, at=hour)
    with pytest.raises(accounts.NotFound):
        stops.hand_over(taker.stops.first(), to=giver, reason="演示", by=world.neighbour, at=hour)


def test_a_recusal_forbids_it_and_hours_must_be_confirmed(world, round):
    outings, hour = out(world, round)
    stop, taker = givable(outings)
    Team.objects.filter(pk=taker.team_id).update(starts=time(20), ends=time(20, 30))
    taker.team.refresh_from_db()
    giver = stop.inspection
    with pytest.raises(stops.Unconfirmed) as refused:
        stops.hand_over(stop, to=taker, reason="演示", by=world.county, at=hour)
    assert refused.value.concerns == (Concern.DAY,)
    assert stops.hand_over(
        stop, to=taker, reason="演示", confirmed=True, by=world.county, at=hour
    ).despite == ["day"]  # fmt: skip
    other = giver.stops.first()
    tied = world.inspector if taker.team_id == world.minxian.team.pk else world.beside.office.inspector
    stay_away(tied, other.site, at=hour)
    with pytest.raises(stops.TeamRecused):
        stops.hand_over(other, to=taker, reason="演示", confirmed=True, by=world.county, at=hour)


def test_a_stop_that_cannot_be_visited_is_replaced_by_rank_also_after_it_was_given_away(world):
    round = drawn(world, n=3)
    outings, hour = out(world, round)
    stop, taker = givable(outings)
    stops.hand_over(stop, to=taker, reason="演示", confirmed=True, by=world.county, at=hour)
    stop.refresh_from_db()
    member = world.leader if taker.team_id == world.minxian.team.pk else world.beside.office.leader
    tickets = lots.draw(draws.candidates(round), seed=draws.seed(round)).tickets
    stratum = next(ticket.stratum for ticket in tickets if ticket.site == stop.site.code)
    spare = [ticket.site for ticket in tickets if ticket.stratum == stratum and not ticket.drawn]
    before = taker.stops.count()
    fresh = stops.replace(stop, reason="演示：整体搬迁", by=member, at=hour)
    stop.refresh_from_db()
    assert stop.out_reason == "演示：整体搬迁" and stop not in fieldwork_queries.owed(taker)
    assert (fresh.site.code if fresh else None) == (spare[0] if spare else None)
    assert taker.stops.count() == before + bool(fresh)
    with pytest.raises(fieldwork.OutsideTheRound):
        fieldwork.begin_visit(taker, site=stop.site, mode="overt", by=member, at=hour)
    with pytest.raises(stops.AlreadySettled):
        stops.replace(stop, reason="演示", by=member, at=hour)
    with pytest.raises(accounts.NotFound):
        stops.replace(stop, reason="演示", by=world.neighbour_inspector, at=hour)
