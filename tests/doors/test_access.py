"""The table of mingcha/config/access.py, asked of the running house: every address × role × place."""

import argparse
import copy
import importlib
import io
import zipfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mingcha.config import access, cli, fields, jobs
from mingcha.config.tip_addresses import TIP_ADDRESSES
from mingcha.flow.campaigns.models import SupervisingOffice
from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from tests import sealed_places
from tests.places import lay_out
from tests.world import sign_in

ROWS = access.addresses()
OF_PHONES = [row for row in ROWS if row.needs == "token"]
OF_PEOPLE = [row for row in ROWS if row.needs != "token"]
FINE = {"HEAD": {204}, "GET": {200, 302}, "POST": {200, 201, 302, 400, 409, 422}}
OF_TIPS = {row[0] for row in map(str.split, TIP_ADDRESSES.strip().splitlines()[1:]) if row}
LOCKED = 423  # through the door, and the box is locked: nobody here has unlocked it
TIP_BOXES = [f'"tips_{table}"."box"' for table in ("officerkey", "keyholder", "wrap", "record", "likenessblock")]
SIGN_IN = "/sign-in"
SEALED = [f'"{column}"' for column in fields.sealed() - {"password"}]
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
    assert door.public == (row.needs in ("public", "token"))
    assert door.by_token == (row.needs == "token")
    # Where one of two permissions will do, the view asks.
    assert door.permission == (row.permissions[0] if len(row.permissions) == 1 else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.address)
def test_a_role_stands_in_a_row_exactly_where_it_holds_the_permission(row):
    # A token is given to whoever makes visits, and to nobody else.
    needed = {Permission.VISIT_MAKE} if row.needs == "token" else set(row.permissions)
    for role, places in row.places.items() if needed else ():
        assert bool(places) == bool(ROLES[role].permissions & needed), role


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


@pytest.fixture(scope="module")
def _house(_world_of_module, django_db_blocker, tmp_path_factory):
    """The world with the ranks and something at every place; all signed in, and nobody at the sealed room's box."""
    world = copy.deepcopy(_world_of_module)
    with django_db_blocker.unblock(), override_settings():
        world.places = lay_out(world)
        for name, things in sealed_places.stock(world, tmp_path_factory.mktemp("tips")).items():
            world.places.stock[name] |= things
        people = {who.pk: who for _, who, _ in world.places.cast}
        world.clients = {pk: sign_in(Client(), who) for pk, who in people.items()}
        world.tokens = {pk: token_for(who, at=world.at) for pk, who in people.items()}
        yield world


def token_for(who, *, at):
    """Return the token of a phone of theirs, None for whoever may have none."""
    try:
        return devices.add(who, label="演示手机", by=None, at=at)[1]
    except devices.NoVisitsToMake:
        return None


@pytest.fixture
def house(_house, db, settings):
    """The same for every test: each request is undone as soon as it is answered."""
    settings.MINGCHA_NOW = _house.at
    return _house


# A county at work in a campaign is of it, whichever office the thing is of; another city's campaign is elsewhere.
OF_CAMPAIGN = {"campaign", "edition", "form", "media"}
# Published to all, or all of one kind for everybody: there is one, wherever one looks from.
EVERYWHERE = {
    "rulebook": lambda house: [[house.rulebook.code]],
    "register": lambda house: [[kind] for kind in REGISTERS],
    "told": lambda house: [[house.places.told]],
    "lot": lambda house: [[house.minxian.round.pk]],
    # A one-time link; without the secret that its taker's browser has, what lies behind it leads away.
    "one_time": lambda house: [[house.places.link]],
    "number": lambda house: [[1]],
    "measure": lambda house: [[1, 1]],
    "asking": lambda house: [[1, "objection"]],
    "kept": lambda house: [[1, "photo", 1]],
}
REGISTERS = ("bodies", "people", "posts", "links")


def asked(house, row, places, who=None):
    """Yield (place, address arguments) of every place there is such a thing at."""
    if not row.thing or row.thing in EVERYWHERE:
        for arguments in EVERYWHERE[row.thing](house) if row.thing else [[]]:
            yield "yes", arguments
        return
    for place, name in places.items():
        stock = house.places.stock[name]
        if place == "own" and who is not None:
            stock = stock | house.places.own[who.pk]
        if row.thing in OF_CAMPAIGN:
            if place not in ("own", "other"):
                continue
            stock = stock if place == "own" else house.places.stock["abroad"]
        if row.thing in stock:
            yield place, stock[row.thing]


# Found by the hash of what its address shows.
SHOWN = {"one_time"}
# Where and why a directing office wants something looked at is sealed from all others, and read by that office.
UNSEALED = {"desk:directed"}


def no_box(execute, sql, params, many, context):
    """What is not even fetched for a page cannot leak through it, through a log or by mistake."""
    assert not any(column in sql for column in SEALED), sql
    return execute(sql, params, many, context)


def shut(execute, sql, params, many, context):
    """Who has not unlocked has no use for a box of the sealed room: none is fetched."""
    assert not any(box in sql for box in TIP_BOXES), sql
    return execute(sql, params, many, context)


def as_it_is(execute, sql, params, many, context):
    return execute(sql, params, many, context)


def watched(row, how):
    """Return what looks on while a page is asked for."""
    if row.address in OF_TIPS:
        return shut
    return no_box if how == "GET" and row.thing not in SHOWN and row.address not in UNSEALED else as_it_is


def ask(client, how, url, watch=as_it_is, **headers):
    """Make the request and undo what it did, in rows and cookies; return the answer."""
    before = copy.deepcopy(client.cookies)
    with transaction.atomic(), connection.execute_wrapper(watch):
        answer = getattr(client, how.lower())(url, headers=headers)
        transaction.set_rollback(True)
    client.cookies = before
    COUNT["asked"] += 1
    if getattr(VIEWS[answer.resolver_match.view_name], "spoken", False) and answer.status_code >= 400:
        assert set(answer.json()) <= {"error", "sign_in"}, "programs are told as JSON"
    return answer


def turned_away(row, role):
    """Return what somebody is told who may not: that it is not theirs to do, or that there is nothing here."""
    return 404 if row.places[role] or not row.permissions else 403


@pytest.mark.parametrize("row", OF_PEOPLE, ids=lambda row: row.address)
def test_the_house_answers_as_the_table_says(house, row):
    COUNT["rows"] += 1
    seen = {role: set() for role in access.ROLES}
    for role, who, places in house.places.cast:
        client = house.clients[who.pk]
        for place, arguments in asked(house, row, places, who):
            if not row.places[role] and row.permissions and seen[role]:
                break  # the door asks for a permission and nothing else: it says the same of every place
            seen[role].add(place)
            for how in row.how:
                answer = ask(client, how, reverse(row.address, args=arguments), watched(row, how))
                status, onward = answer.status_code, answer.get("Location", "")
                where = f"{how} {row.address} by {who.username} at {place}: {status}"
                if place in row.places[role]:
                    assert status in FINE[how] or (status == LOCKED and row.address in OF_TIPS), where
                    assert row.needs == "public" or not onward.startswith(SIGN_IN), where
                else:
                    assert status == turned_away(row, role), where
    unasked = {role: places - seen[role] for role, places in row.places.items() if places - seen[role]}
    assert not unasked, f"nothing of {row.address} lies there for them: {unasked}"


# Somewhere there is one of each thing.
FIRST = {"own": "minxian", "lower": "group"}


@pytest.mark.parametrize("row", [row for row in OF_PEOPLE if row.needs != "public"], ids=lambda row: row.address)
def test_who_has_not_signed_in_is_sent_to_sign_in(house, row):
    for how in row.how:
        for _, arguments in list(asked(house, row, FIRST))[:1]:
            answer = ask(Client(), how, reverse(row.address, args=arguments))
            if getattr(VIEWS[row.address], "spoken", False):
                assert answer.status_code == 401 and answer.json()["sign_in"].startswith(SIGN_IN)
            else:
                assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SIGN_IN)


def knock(row, arguments, token):
    """Return the address and headers by which a phone shows a token."""
    if row.address.startswith("openrosa_key:"):
        return reverse(row.address, args=[token, *arguments]), {}
    return reverse(row.address, args=arguments), {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("row", OF_PHONES, ids=lambda row: row.address)
def test_a_phone_is_answered_by_its_token_and_by_nothing_else(house, row):
    """Signed in or not, whoever shows no token, or one that was never given, is told 401; no cookie counts here."""
    seen = {role: set() for role in access.ROLES}
    for role, who, places in house.places.cast:
        for place, arguments in asked(house, row, places, who):
            for how in row.how:
                url, shown = knock(row, arguments, "0" * 43)
                assert ask(house.clients[who.pk], how, url).status_code == 401
                assert ask(Client(), how, url, **shown).status_code == 401
                if token := house.tokens[who.pk]:
                    seen[role].add(place)
                    url, shown = knock(row, arguments, token)
                    status = ask(Client(), how, url, **shown).status_code
                    where = f"{how} {row.address} with the phone of {who.username} at {place}: {status}"
                    assert status in FINE[how] if place in row.places[role] else status == 404, where
    assert seen == {role: places | seen[role] for role, places in row.places.items()}
    assert {role for role, places in seen.items() if places} == {role for role, places in row.places.items() if places}


def test_who_holds_no_post_any_more_may_do_nothing(house):
    house.county.posts.all().delete()
    client = house.clients[house.county.pk]
    for row in ROWS:
        if not row.permissions:
            continue
        for _, arguments in asked(house, row, FIRST):
            assert ask(client, row.how[0], reverse(row.address, args=arguments)).status_code == 403, row.address


TOLD_ALIKE = (
    "desk:round", "desk:finding", "desk:visit", "desk:order", "desk:photo", "desk:proof", "desk:person",
    "desk:succession", "desk:embedded_record", "desk:team", "desk:call", "desk:note", "desk:body", "desk:recusal_rule",
    "desk:submission", "desk:attachment", "desk:checklist", "desk:publication",
)  # fmt: skip


def test_a_thing_that_does_not_exist_and_one_out_of_reach_are_told_alike(house):
    client = house.clients[house.neighbour.pk]
    for address in TOLD_ALIKE:
        row = next(row for row in ROWS if row.address == address)
        real = client.get(reverse(address, args=next(arguments for _, arguments in asked(house, row, FIRST))))
        none = client.get(reverse(address, args=[10**9]))
        assert (real.status_code, none.status_code) == (404, 404), address
        assert real.content.split(b"<main")[1] == none.content.split(b"<main")[1]


def test_an_office_in_the_campaign_is_not_looked_up_by_another_office(house):
    """The address of an office's figures names it; the neighbour's own campaign does not open it."""
    assert SupervisingOffice.objects.filter(campaign=house.campaign).count() == 6
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
    watched = [
        ("county", house.neighbour, "zhangxian"), ("leader", house.neighbour_leader, "zhangxian"),
        ("inspector", house.neighbour_inspector, "zhangxian"), ("unit", house.neighbour_unit, "zhangxian"),
        ("township", house.places.people["wuyang"], "wuyang"), ("lead", house.abroad.office.officer, "abroad"),
        ("group", house.places.people["other_group"], "other_group"),
    ]  # fmt: skip
    for role, who, own in watched:
        if not row.places[role] & {"own", "yes"} or (row.thing == "rulebook" and own == "abroad"):
            continue
        if row.address.startswith("portal:lot"):
            continue  # every office's rounds are told to everybody (test_portal_lots)
        if row.address == "desk:round_begin":
            continue  # offices of one campaign may witness each other's draws, and are named for it; and nothing else is
        client = house.clients.get(who.pk) or sign_in(Client(), who)
        for _, arguments in asked(house, row, {"own": own}, who if who.pk in house.places.own else None):
            url, shown = reverse_for(house, row, arguments, who)
            read_for_the_neighbour(client, row, who, url, **shown)


def reverse_for(house, row, arguments, who):
    """Return a page's address and, where a phone asks, what it shows."""
    if row.needs == "token":
        return knock(row, arguments, house.tokens.get(who.pk) or token_for(who, at=house.at))
    return reverse(row.address, args=arguments), {}


def read_for_the_neighbour(client, row, who, url, **headers):
    """Open one page and everything it leads on to; it must not name 岷县 or a place in it."""
    before = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.get(url, follow=True, headers=headers)
        said = words_of(answer)
        transaction.set_rollback(True)
    assert answer.status_code in (200, 423), answer.status_code  # 423: the sealed room asks for its passphrase
    for word in ("岷县", "岷阳镇", "蒲麻镇", "621126"):
        assert word not in said, f"{row.address} tells {who.username} of {word}"
    client.cookies = before


@pytest.mark.parametrize("thing", ["call", "note"])
def test_two_counties_on_one_board_or_under_one_note_do_not_see_each_other(house, thing):
    """The lead called both and wrote to both: 岷县 offered somebody and asked something, of which 漳县 is not told."""
    shared = reverse(f"desk:{thing}", args=[getattr(house.places.ranks, thing).pk])
    told = words_of(house.clients[house.county.pk].get(shared))
    assert {"call": "演示待命检查员", "note": "演示：夜间也查吗？"}[thing] in told
    said = words_of(house.clients[house.neighbour.pk].get(shared))
    assert "演示待命检查员" not in said and "岷县" not in said


def test_how_many_questions_were_asked(record_property):
    """Printed with -s, and kept in the report."""
    record_property("asked", COUNT["asked"])
    print(f"\nthe house was asked {COUNT['asked']} times")
    assert COUNT["rows"] < len(ROWS) or COUNT["asked"] > 3000
