"""The table of mingcha/config/access.py, asked of the running house: every address × role × place."""

import argparse
import copy
import importlib
import io
import zipfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mingcha.config import access, cli, fields, jobs
from mingcha.flow.campaigns.models import SupervisingOffice
from mingcha.flow.draws import actions as draws
from mingcha.flow.reports import actions as reports
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from tests.world import publish, sign_in

ROWS = access.addresses()
FINE = {"GET": {200, 302}, "POST": {200, 302, 400, 409, 422}}
SIGN_IN = "/sign-in"
COUNT = {"asked": 0, "rows": 0}


def walk(patterns, names=()):
    """Yield (name, view) of every address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, (*names, pattern.namespace) if pattern.namespace else names)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*names, pattern.name or str(pattern.pattern)]), pattern.callback


VIEWS = dict(walk(get_resolver().url_patterns))


def test_every_address_stands_in_the_table_and_nothing_else_does():
    assert sorted(VIEWS) == sorted(row.address for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.address)
def test_every_view_stands_behind_the_door_the_table_names(row):
    door = VIEWS[row.address].door
    assert door.public == (row.needs == "public")
    assert door.permission == (None if row.needs in ("public", "signed-in") else Permission(row.needs))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.address)
def test_a_role_stands_in_a_row_exactly_where_it_holds_the_permission(row):
    if row.needs in ("public", "signed-in"):
        return
    for role, places in row.places.items():
        assert bool(places) == (Permission(row.needs) in ROLES[role].permissions), role


def test_the_words_of_the_table_are_known():
    assert set(access.ROLES) == set(ROLES)
    for row in ROWS:
        assert set().union(*row.places.values()) <= ({"yes"} if not row.thing else {*access.PLACES, "yes"}), row


def test_every_command_and_every_act_of_it_stands_in_the_table():
    found = set()
    for name, (module_name, _) in cli.COMMANDS.items():
        parser = argparse.ArgumentParser()
        importlib.import_module(f"mingcha.config.commands.{module_name}").add_arguments(parser)
        acts = [action.choices for action in parser._actions if action.choices and not action.option_strings]
        found |= {f"{name} {act}" for act in acts[0]} if acts else {name}
    assert found == set(access.commands())
    assert set(access.commands().values()) == {"operator"}
    files = {path.stem for path in Path(cli.__file__).parent.glob("commands/*.py")} - {"__init__"}
    assert files == {module for module, _ in cli.COMMANDS.values()}


def test_every_job_stands_in_the_table():
    assert set(jobs.JOBS) == set(access.jobs())
    assert set(access.jobs().values()) == {"system"}


def things(world, work):
    """Return for each kind of thing the arguments of an address, of what this office has at work."""
    campaign = work.team.campaign
    return {
        "campaign": [campaign.slug], "office": [campaign.slug, work.office.body.code],
        "edition": [campaign.slug, world.newer.pk], "round": [work.round.pk], "site": [work.office.sites[0].code],
        "finding": [work.by_deadline.pk], "visit": [work.closed.pk], "photo": [work.photo.pk],
        "order": [work.order.pk], "answered": [work.answered.pk], "attested": [work.attested.pk],
        "proof": [work.proof.pk], "brief": [world.briefs.get(work.office.body.code)],
        "list": [work.sealed.pk], "outing": [work.inspection.pk], "stop": [work.inspection.pk, work.waiting.code],
        "under_way": [work.open.pk], "noted": [work.open.pk, work.noted.pk], "rulebook": [world.rulebook.code],
    }  # fmt: skip


@pytest.fixture(scope="module")
def _house(_world_of_module, django_db_blocker):
    """The world with what some addresses need: a newer edition, revealed rounds, a brief of each office; all signed in."""
    world = copy.deepcopy(_world_of_module)
    with django_db_blocker.unblock():
        world.newer = publish(world.rulebook, at=world.at)
        world.briefs = {}
        for work in (world.minxian, world.zhangxian, world.city, world.abroad):
            hand, campaign, issuer = work.office.officer, work.team.campaign, work.office.body
            draws.reveal(work.round, by=hand, at=world.at)
            brief = reports.issue_brief(campaign, issuer=issuer, as_of=world.at, demo=False, by=hand, at=world.at)
            world.briefs[issuer.code] = brief.pk
        draws.reveal(world.beside.round, by=world.county, at=world.at)
        world.clients = {who.pk: sign_in(Client(), who) for _, who, _ in cast(world)}
    return world


@pytest.fixture
def house(_house, world):
    """The same for every test: each request is undone as soon as it is answered."""
    return _house


def cast(world):
    """Return (role, who, place → the office whose things lie there for them)."""
    mx, zx, city = world.minxian, world.zhangxian, world.city
    here = {"own": mx, "beside": world.beside, "other": zx, "higher": city}
    there = {"own": zx, "other": mx, "higher": city}
    return [
        ("lead", world.lead, {"own": city, "lower": mx, "other": world.abroad}),
        ("county", world.county, here),
        ("county", world.neighbour, there),
        ("leader", world.leader, here),
        ("leader", world.neighbour_leader, there),
        ("inspector", world.inspector, here),
        ("inspector", world.neighbour_inspector, there),
        ("unit", world.unit, here),
        ("unit", world.neighbour_unit, there),
    ]


# A county at work in a campaign is of it, whichever office the thing is of; another city's campaign is elsewhere.
OF_CAMPAIGN = {"campaign", "edition"}
# Registers and briefs belong to the office, so that another team of it has none of its own.
OF_OFFICE = {"site", "brief", "office"}


def asked(world, row, places):
    """Yield (place, address arguments) of every place there is such a thing at."""
    if not row.thing or row.thing == "rulebook":
        yield "yes", things(world, world.minxian)[row.thing] if row.thing else []
        return
    for place, work in places.items():
        if row.thing in OF_CAMPAIGN and place not in ("own", "other"):
            continue
        if row.thing in OF_OFFICE and place == "beside":
            continue
        elsewhere = row.thing in OF_CAMPAIGN and place == "other"
        yield place, things(world, world.abroad if elsewhere else work)[row.thing]


def no_box(execute, sql, params, many, context):
    """What is not even fetched for a page cannot leak through it, through a log or by mistake."""
    assert not any(f'"{column}"' in sql for column in fields.sealed() - {"password"}), sql
    return execute(sql, params, many, context)


def as_it_is(execute, sql, params, many, context):
    return execute(sql, params, many, context)


def ask(client, how, url):
    """Make the request and undo what it did, in rows and cookies; return (status, where it leads)."""
    before = copy.deepcopy(client.cookies)
    with transaction.atomic(), connection.execute_wrapper(no_box if how == "GET" else as_it_is):
        answer = client.get(url) if how == "GET" else client.post(url)
        transaction.set_rollback(True)
    client.cookies = before
    COUNT["asked"] += 1
    return answer.status_code, answer.get("Location", "")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.address)
def test_the_house_answers_as_the_table_says(house, row):
    COUNT["rows"] += 1
    for role, who, places in cast(house):
        client = house.clients[who.pk]
        for place, arguments in asked(house, row, places):
            for how in row.how:
                status, onward = ask(client, how, reverse(row.address, args=arguments))
                where = f"{how} {row.address} by {who.username} at {place}: {status}"
                if place in row.places[role]:
                    assert status in FINE[how], where
                    assert row.needs == "public" or not onward.startswith(SIGN_IN), where
                elif row.places[role] or row.needs in ("public", "signed-in"):
                    assert status == 404, where
                else:
                    assert status == 403, where


@pytest.mark.parametrize("row", [row for row in ROWS if row.needs != "public"], ids=lambda row: row.address)
def test_who_has_not_signed_in_is_sent_to_sign_in(house, row):
    for how in row.how:
        for _, arguments in asked(house, row, {"own": house.minxian}):
            status, onward = ask(Client(), how, reverse(row.address, args=arguments))
            assert (status, onward.split("?")[0]) == (302, SIGN_IN)


def test_who_holds_no_post_any_more_may_do_nothing(house):
    house.county.posts.all().delete()
    client = house.clients[house.county.pk]
    for row in ROWS:
        if row.needs in ("public", "signed-in"):
            continue
        for _, arguments in asked(house, row, {"own": house.minxian}):
            assert ask(client, row.how[0], reverse(row.address, args=arguments))[0] == 403, row.address


def test_a_thing_that_does_not_exist_and_one_out_of_reach_are_told_alike(house):
    client = house.clients[house.neighbour.pk]
    for address in ("desk:round", "desk:finding", "desk:visit", "desk:order", "desk:photo", "desk:proof"):
        thing = next(row.thing for row in ROWS if row.address == address)
        real = client.get(reverse(address, args=things(house, house.minxian)[thing]))
        none = client.get(reverse(address, args=[10**9]))
        assert (real.status_code, none.status_code) == (404, 404)
        assert real.content.split(b"<main")[1] == none.content.split(b"<main")[1]


def test_an_office_in_the_campaign_is_not_looked_up_by_another_office(house):
    """The address of an office's figures names it; the neighbour's own campaign does not open it."""
    assert SupervisingOffice.objects.filter(campaign=house.campaign).count() == 3
    client = house.clients[house.neighbour.pk]
    address = reverse("desk:answer_for", args=["demo", house.minxian.office.body.code])
    assert client.post(address, {"measures": []}).status_code == 404


def words_of(answer):
    """Return all that an answer says: a page, a stream, or every part of a workbook or document."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.parametrize("row", [row for row in ROWS if "GET" in row.how], ids=lambda row: row.address)
def test_no_page_names_anything_of_the_neighbour(house, row):
    """Lists, sums, menus and files too: what 漳县 and another city may open says not a word of 岷县."""
    zx, abroad = house.zhangxian, house.abroad
    watched = [
        ("county", house.neighbour, zx), ("leader", house.neighbour_leader, zx),
        ("inspector", house.neighbour_inspector, zx), ("unit", house.neighbour_unit, zx),
        ("lead", abroad.office.officer, abroad),
    ]  # fmt: skip
    for role, who, own in watched:
        if not row.places[role] & {"own", "yes"} or (row.thing == "rulebook" and own is abroad):
            continue
        client = sign_in(Client(), who)
        arguments = things(house, own)[row.thing] if row.thing else []
        with transaction.atomic():
            answer = client.get(reverse(row.address, args=arguments), follow=True)
            said = words_of(answer)
            transaction.set_rollback(True)
        assert answer.status_code == 200
        for word in ("岷县", "岷阳镇", "蒲麻镇", "621126"):
            assert word not in said, f"{row.address} tells {who.username} of {word}"


def test_how_many_questions_were_asked(record_property):
    """Printed with -s, and kept in the report."""
    record_property("asked", COUNT["asked"])
    print(f"\nthe house was asked {COUNT['asked']} times")
    assert COUNT["rows"] < len(ROWS) or COUNT["asked"] > 1500
