"""The public's process: what its role may do in the database and no more, what its settings hold, what it serves."""

import importlib
import json
import os
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest
from django.conf import settings as house
from django.db import DatabaseError, connection, transaction

from mingcha.config import kit
from mingcha.config.datafolder import DataFolder
from mingcha.tips import public
from mingcha.tips.models import OfficeKey, Tip, Wrap
from mingcha.tips.public import asking, filing
from tests import sealed
from tests.conftest import mingcha, start_serving
from tests.sending import DRAFT, TEXT, send, upload, worked
from tests.world import World

MINE = ("audit_", "tips_", "accounts_", "territory_", "notices_", "evidence_", "django_", "campaigns_", "rulebook_")


@pytest.fixture
def role(django_db_setup: None, db: None) -> str:
    """The public's role, made as the kit makes it; this test's own role may step into it."""
    owner = connection.settings_dict["USER"]
    master = _master()
    try:
        kit._make_role(master, "a password of the tests")
        with psycopg.connect(master, autocommit=True) as superuser:
            superuser.execute(f'GRANT {kit.ROLE} TO "{owner}"')
    except psycopg.errors.InsufficientPrivilege:
        pytest.skip("the account of the database that was named may not make roles")
    with connection.cursor() as cursor:
        for statement in kit.grants(connection.settings_dict["NAME"]):
            cursor.execute(statement.as_string(connection.connection))
    return kit.ROLE


def _master() -> str:
    """Return the address of whoever may make roles: the embedded cluster's own superuser, or the one given."""
    if outside := os.environ.get("MINGCHA_TEST_DATABASE_URL"):
        return outside
    # The cluster of the whole run; demos that other tests serve lie beside it, with passwords of their own.
    kept = Path(os.environ["MINGCHA_TEST_RUN"]) / "测试 数据" / "pg" / "password-postgres"
    password = kept.read_text("ascii")
    return re.sub(r"//[^@]*@/[^?]*", f"//postgres:{password}@/postgres", os.environ["MINGCHA_DSN"])


class As:
    """Everything inside is done by a role, within the test's transaction."""

    def __init__(self, role: str) -> None:
        self.role = role

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {self.role}")

    def __exit__(self, *error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


@pytest.mark.proof(2)
def test_the_role_does_all_that_the_public_needs(role: str, sealed_room: sealed.Room, world: World) -> None:
    with As(role):
        receipt, filed = send(at=world.at, files=[upload(b"text", name="x.txt")])
        assert filed.office == "621126-office" and send(at=world.at, receipt=receipt)[1].again
        public.add(receipt, text="又一条。", effort=worked(world.at), at=world.at)
        assert [line.text for line in public.enter(receipt, at=world.at).lines if line.text] == [TEXT, "又一条。"]
        assert public.new_effort(at=world.at).startswith("18.") and public.calls(at=world.at) == []
        assert public.counties(at=world.at) and public.divisions("621126") and public.results(at=world.at) == []
        assert public.units("mxjw", county="621126") and public.route(DRAFT, at=world.at).higher
    assert Wrap.objects.filter(identity=True, office_key__isnull=False).delete()[0] == 1  # as if it had not gone along
    with As(role):
        public.name_to(receipt, office=filed.office, at=world.at)
        assert "name" not in public.enter(receipt, at=world.at).may
    Tip.objects.update(state="closed", due="", due_at=None, closed_on=world.at.date())
    with As(role):
        public.object_to(receipt, text="不同意。", effort=worked(world.at), at=world.at)
        public.rate(receipt, value="fair", text="慢。", at=world.at)


@pytest.mark.proof(2)
def test_the_role_reads_nothing_else_and_changes_nothing(role: str, sealed_room: sealed.Room, world: World) -> None:
    sealed_room.tip(world.minxian.office.body)
    columns: dict[str, list[str]] = {}
    for model in (table for table in connection.introspection.table_names() if table.startswith(MINE)):
        with connection.cursor() as cursor:
            columns[model] = [each.name for each in connection.introspection.get_table_description(cursor, model)]
    with As(role):
        for table, names in columns.items():
            for name in names:
                allowed = name in kit.READS.get(table, ())
                assert refused(f'SELECT "{name}" FROM "{table}" LIMIT 1') is not allowed, (table, name)
            assert refused(f'UPDATE "{table}" SET "{names[0]}" = "{names[0]}"'), table
            assert refused(f'DELETE FROM "{table}"') and refused(f'INSERT INTO "{table}" DEFAULT VALUES'), table
        for inner in ("tips_put('{}')", "tips_put_records(gen_random_uuid(), '[]', '[]')", "tips_act('{}')"):
            assert refused(f"SELECT {inner}"), inner
        assert refused("CREATE TABLE mine (x int)") and refused(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
        )


def test_what_the_functions_take_cannot_pose_as_anything_else(
    role: str, sealed_room: sealed.Room, world: World
) -> None:
    """A process taken over has only these calls: it can add reports of its own, and neither an act nor a state."""
    sealed_one = filing.seal(
        DRAFT, route=public.route(DRAFT, at=world.at), receipt="0000-0000-0000-0000-0000", files=(), at=world.at
    )
    act = json.loads(asking.act_of("tips.send", sealed_one.tip, day=world.at.date()))
    whole = sealed_one.payload() | {"effort": "AAAA"}
    wrong = [
        whole | {"act": json.dumps(act | {"actor": world.lead.username})},
        whole | {"act": json.dumps(act | {"verb": "person.appoint"})},
        whole | {"act": json.dumps(act | {"kind": "person"})},
        whole | {"act": json.dumps(act), "tip": whole["tip"] | {"channel": "phone"}},
        sealed_one.payload() | {"act": json.dumps(act)},
    ]  # fmt: skip
    for payload in wrong:
        with pytest.raises(DatabaseError), transaction.atomic(), As(role):
            asking.ask("tips_file", asking.packed(payload))
    forged = whole | {
        "act": json.dumps(act),
        "tip": whole["tip"] | {"state": "closed", "named": True, "announced": True},
    }
    other = sealed_room.world.zhangxian.office.body
    keys = dict(OfficeKey.objects.filter(office=other).values_list("purpose", "pk"))
    forged["wraps"] = [
        *forged["wraps"],
        forged["wraps"][0] | {"office_key": keys["intake"], "id": str(sealed_one.tip.pk)},
    ]
    with As(role):
        assert asking.ask("tips_file", asking.packed(forged)) == "filed"
    tip = Tip.objects.get(pk=sealed_one.tip.pk)
    assert (tip.state, tip.named, tip.announced) == ("received", False, False)
    assert set(Wrap.objects.filter(tip=tip).values_list("office_key__office", flat=True)) == {"621126-office", None}


def test_a_key_to_who_spoke_is_taken_for_the_office_that_keeps_it_alone(
    role: str, sealed_room: sealed.Room, world: World
) -> None:
    """A process taken over, with a receipt in its hands, wraps to no former office, for no other purpose, no twice."""
    here, other = world.minxian.office.body, world.zhangxian.office.body
    tip, _ = sealed_room.tip(here, named={"name": "演示反映人"})
    act = asking.act_of("tips.name", tip, day=world.at.date())

    def wrapped(office: str, purpose: str, *, to: str = "", **more: object) -> str:
        key = OfficeKey.objects.get(office=office, purpose=purpose)
        wrap = {"office_key": key.pk, "public": to or asking.b64(key.public), "box": asking.b64(b"any")}
        given = asking.packed({"what": "name", "day": world.at.date().isoformat(), "act": act, "wrap": wrap, **more})
        with As(role):
            return str(asking.ask("tips_add", bytes(tip.lookup), given))

    assert wrapped(here.pk, "identity") == "no"  # it has one
    Tip.objects.filter(pk=tip.pk).update(office=other)
    before = set(Wrap.objects.values_list("pk", flat=True))
    Tip.objects.filter(pk=tip.pk).update(announced=True)
    wrong = [(here.pk, "identity"), (other.pk, "intake"), (other.pk, "index"), (world.city.office.body.pk, "identity")]
    assert [wrapped(*each) for each in wrong] == ["no"] * 4
    assert wrapped(other.pk, "identity", to=asking.b64(bytes(32))) == "no"
    assert set(Wrap.objects.values_list("pk", flat=True)) == before and Tip.objects.get(pk=tip.pk).announced
    assert [wrapped(other.pk, "identity"), wrapped(other.pk, "identity")] == ["added", "no"]
    made = Wrap.objects.exclude(pk__in=before).get()
    assert (made.identity, made.person, made.office_key.office) == (True, None, other)


@pytest.mark.proof(2)
def test_its_settings_hold_no_key_of_the_desk(monkeypatch, tmp_path: Path) -> None:
    data = DataFolder(Path(os.environ["MINGCHA_DATA"]))
    made = kit.Kit(tmp_path)
    (tmp_path / "keys").mkdir()
    for name, content in (("secret", b"its own"), ("tips-pepper", data.tips_pepper), ("tips-mark", data.tips_mark)):
        (tmp_path / "keys" / name).write_bytes(content)
    (tmp_path / "public.json").write_text(json.dumps({"database": "postgresql://x@/x", "tips": str(data.tips)}))
    monkeypatch.setenv("MINGCHA_PUBLIC", str(made.path))
    found = vars(importlib.import_module("mingcha.config.public_settings"))
    held = repr({name: value for name, value in found.items() if name.isupper()})
    assert found["SECRET_KEY"] == "its own" and "MINGCHA_SEALING_KEY" not in found
    assert house.SECRET_KEY not in held and repr(house.MINGCHA_SEALING_KEY) not in held
    assert not any("session" in name or "auth" in name for name in found["MIDDLEWARE"])


@pytest.mark.proof(2)
def test_a_face_of_its_own_is_served_and_is_nothing_but_the_pages_of_a_report(
    new_instance: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "公众 入口"
    main, _ = start_serving(new_instance)
    try:
        done = mingcha("--data", str(new_instance), "tips", "kit", str(folder))
        assert done.returncode == 0, done.stderr
        face, own = start_serving(new_instance, "--public", str(folder))
        try:
            with urlopen(f"{own}report/") as answer:
                assert answer.status == 200 and not answer.headers.get("Set-Cookie")
            for path in ("public/", "sign-in/", "tipline/", "u/x/", "field/", "formList"):
                with pytest.raises(HTTPError) as missing:
                    urlopen(f"{own}{path}")
                assert missing.value.code == 404, path
        finally:
            face.terminate()
            face.wait(30)
    finally:
        main.terminate()
        main.wait(30)
    assert mingcha("serve", "--public", str(tmp_path)).returncode == 2
