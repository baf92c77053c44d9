"""The route board: only what is open, to who holds the round; a stop is handed over by a plain form."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws.actions import routing
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import HandOver
from mingcha.ground.territory.models import Site
from tests.lots_held import held
from tests.world import sign_in

HOUR = timedelta(hours=2)


@pytest.fixture
def round(world):
    """A routed round of 岷县 for two teams, all sealed."""
    for number, site in enumerate(world.minxian.office.sites):
        Site.objects.filter(pk=site.pk).update(latitude=34.4 + number / 50, longitude=104.0 + number / 70)
    made = held(
        world.campaign, office=world.minxian.office.body, by=world.county, departs_at=world.at + HOUR, at=world.at,
        teams=[world.minxian.team, world.beside.team], sharing="route",
    )  # fmt: skip
    routing.plan(made, iterations=30, at=world.at)
    return made


def depart(world, round):
    """Let both teams depart; return their outings, the longer list first."""
    leaders = {world.minxian.team: world.leader, world.beside.team: world.beside.office.leader}
    outings = [fieldwork.depart(round.lists.get(team=t), by=by, at=world.at + HOUR) for t, by in leaders.items()]
    return sorted(outings, key=lambda outing: -outing.stops.count())


def names(round):
    return set(round.frame.values_list("site__name", flat=True))


def test_how_long_each_of_several_sealed_lists_is_shows_at_no_desk(world, round, client):
    """A team is sent to few townships, maybe to one: how long its list is would tell who else where something was drawn."""
    long = re.compile(r"<p>\d+ 个点位</p>")
    assert not long.search(sign_in(client, world.county).get(f"/rounds/{round.pk}/").content.decode())
    team = f"/teams/{world.minxian.team.pk}/"
    count = f'data-label="点位">{round.lists.get(team=world.minxian.team).count}<'
    page = client.get(team).content.decode()
    assert 'data-label="点位"><' in page and count not in page


def test_nothing_of_a_sealed_list_is_on_the_board(world, round, client):
    page = sign_in(client, world.county).get(f"/rounds/{round.pk}/routes/").content.decode()
    assert "还没有启封" in page and '<svg class="map__plane"' not in page
    assert not any(name in page for name in names(round))
    first = round.lists.get(team=world.minxian.team)
    outing = fieldwork.depart(first, by=world.leader, at=world.at + HOUR)
    page = sign_in(client, world.county).get(f"/rounds/{round.pk}/routes/").content.decode()
    shown = set(outing.stops.values_list("site__name", flat=True))
    assert shown and {name for name in names(round) if name in page} == shown
    assert "map__plane" in page and "http://" not in page.replace("http://www.w3.org", "") and "style=" not in page


def test_the_board_is_for_who_holds_the_round(world, round, client):
    address = f"/rounds/{round.pk}/routes/"
    assert sign_in(client, world.lead).get(address).status_code == 200
    assert sign_in(client, world.neighbour).get(address).status_code == 404
    assert sign_in(client, world.inspector).get(address).status_code == 403


def test_a_stop_is_handed_over_and_both_are_told(world, round, client):
    giver, taker = depart(world, round)
    stop = giver.stops.first()
    page = sign_in(client, world.county)
    address = f"/rounds/{round.pk}/routes/"
    assert f'<option value="{stop.pk}" selected>' in page.get(f"{address}?stop={stop.pk}").content.decode()
    said = {"stop": stop.pk, "to": taker.pk, "reason": ""}
    assert page.post(address, said).status_code == 422
    answer = page.post(address, said | {"reason": "演示：道路中断"})
    assert answer.status_code == 302 and HandOver.objects.get().taker == taker
    assert stop.site.name in page.get(address).content.decode()
    assert page.post(address, said | {"reason": "演示"}).status_code in (409, 422)


def test_what_speaks_against_it_is_listed_and_confirmed_by_a_tick(world, round, client):
    giver, taker = depart(world, round)
    Team.objects.filter(pk=taker.team_id).update(starts=time(20), ends=time(20, 20))
    said = {"stop": giver.stops.first().pk, "to": taker.pk, "reason": "演示：道路中断"}
    address = f"/rounds/{round.pk}/routes/"
    answer = sign_in(client, world.county).post(address, said)
    page = answer.content.decode()
    assert answer.status_code == 409 and "收工时间" in page and "演示：道路中断" in page and 'name="confirmed"' in page
    assert not HandOver.objects.exists()
    assert sign_in(client, world.county).post(address, said | {"confirmed": "on"}).status_code == 302
    assert HandOver.objects.get().despite == ["day"]


def test_a_team_sees_its_own_order_and_times_and_strikes_out_what_cannot_be_visited(world, round, client):
    giver, other = depart(world, round)
    member = world.inspector if giver.team_id == world.minxian.team.pk else world.beside.office.inspector
    mine, stop = sign_in(client, member), giver.stops.first()
    page = mine.get(f"/field/inspections/{giver.pk}/").content.decode()
    assert timezone.localtime(stop.arrives_at).strftime("%H:%M") in page
    assert mine.get(f"/field/inspections/{other.pk}/").status_code == 404
    address = f"/field/inspections/{giver.pk}/visits/{stop.site.code}/replace/"
    assert mine.post(address, {"reason": ""}).status_code == 422
    assert mine.post(address, {"reason": "演示：整体搬迁"}).status_code == 302
    stop.refresh_from_db()
    assert stop.is_struck and "演示：整体搬迁" in mine.get(f"/field/inspections/{giver.pk}/").content.decode()
    packed = mine.get(f"/field/app/outings/{giver.pk}/package/").json()["stops"]
    assert stop.site.code not in [each["site"]["code"] for each in packed] and all(each["planned"] for each in packed)
