"""
The kit of the public face: what a process needs that takes in reports and does nothing else (`mingcha tips kit FOLDER`,
then `mingcha serve --public FOLDER`).

    public.json          the database under its own role, and the folder of the key directory and the sealed files
    keys/secret          signs its own cookies and forms: not the desk's
    keys/tips-pepper     as the instance's: receipts must mean the same on both sides
    keys/tips-mark       as the instance's: records made here must count there

It holds no key that opens anything. Its role may read names of places and units, public keys, terms, and otherwise call
the functions of tips' migration 0002: it can neither select a report nor change one.
"""

import argparse
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from mingcha.config.datafolder import DataFolder, make_secret, write_privately
from mingcha.config.postgres import Cluster
from mingcha.config.refusals import KitMissing, RoleNotMade
from mingcha.config.words import say

ROLE = "mingcha_public"
# What the role may read, column by column.
READS = {
    "territory_division": ("code", "name", "level", "parent_code"),
    "territory_body": ("code", "name", "kind", "division_id", "parent_id", "host_id", "merged_into_id", "pinyin"),
    "rulebook_calendaryear": ("id", "year"),
    "rulebook_calendarday": ("id", "day", "works"),
    "tips_officekey": ("id", "office_id", "purpose", "epoch", "public", "mark", "state", "made_at", "made_by_id"),
    "tips_officerule": (
        "office_id", "forward_days", "notice_days", "result_days", "proposal_days", "objection_days", "keep_days",
        "bits",
    ),
    "tips_standsaside": ("id", "office_id", "body_id"),
}  # fmt: skip
CALLS = (
    "tips_file(jsonb)", "tips_by_receipt(bytea)", "tips_seen(bytea)", "tips_add(bytea, jsonb)", "tips_calls()",
    "tips_results(date)",
)  # fmt: skip


@dataclass(frozen=True)
class Kit:
    """A kit on disk."""

    path: Path

    def said(self) -> dict[str, Any]:
        """Return public.json. Raises KitMissing."""
        try:
            return dict(json.loads((self.path / "public.json").read_text("utf-8")))
        except (OSError, ValueError):
            raise KitMissing(folder=self.path) from None

    @property
    def secret_key(self) -> str:
        """What signs this process's cookies and forms."""
        return (self.path / "keys" / "secret").read_text("ascii")

    def key(self, name: str) -> bytes:
        """Return tips-pepper or tips-mark."""
        return (self.path / "keys" / name).read_bytes()

    @property
    def whereabouts(self) -> Path:
        """The note that says where this face is served at the moment."""
        return self.path / "served-at.json"


def make(folder: Path, *, data: DataFolder, address: str, master: str) -> Kit:
    """
    Make a kit in `folder`, or make it anew: the role gets a new password, and an earlier kit ends with the old one.

    `address` is the database as the instance reaches it; `master` as somebody who may make roles does. Raises RoleNotMade.
    """
    password = secrets.token_urlsafe(32)
    _make_role(master, password)
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in grants(connection.info.dbname):
            connection.execute(statement)
    (folder / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    make_secret(folder / "keys" / "secret", lambda: secrets.token_urlsafe(48).encode())
    write_privately(folder / "keys" / "tips-pepper", data.tips_pepper)
    write_privately(folder / "keys" / "tips-mark", data.tips_mark)
    said = {"database": as_role(address, password), "tips": str(data.tips), **data.instance()}
    write_privately(folder / "public.json", json.dumps(said, ensure_ascii=False, indent=1).encode())
    return Kit(folder)


def grants(database: str) -> Iterator[sql.Composed]:
    """Yield what the role is given, after taking away whatever it had."""
    role = sql.Identifier(ROLE)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role)
    yield sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(role)
    yield sql.SQL("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {}").format(role)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), role)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role)
    # Before PostgreSQL 15 anybody may create there: a function that fits better would be run with the owner's rights.
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(role)
    for table, columns in READS.items():
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        yield sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(names, sql.Identifier(table), role)
    for function in CALLS:
        yield sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(function), role)


def as_role(address: str, password: str) -> str:
    """Return the database's address for the public's role."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{ROLE}:{quote(password, safe='')}@{host}"))


def _make_role(master: str, password: str) -> None:
    role, secret = sql.Identifier(ROLE), sql.Literal(password)
    try:
        with psycopg.connect(master, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
            form = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
            connection.execute(sql.SQL(form).format(role, secret))
    except psycopg.errors.InsufficientPrivilege as error:
        raise RoleNotMade(role=ROLE) from error


def prepare(folder: Path) -> Kit:
    """Say in the environment that this process is the public face with this kit, and nothing of any instance. Raises KitMissing."""
    kit = Kit(folder.expanduser().resolve())
    said = kit.said()
    for name in ("MINGCHA_DATA", "DATABASE_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "MINGCHA_FACE": "public", "MINGCHA_PUBLIC": str(kit.path), "MINGCHA_DSN": str(said["database"]),
        "DJANGO_SETTINGS_MODULE": "mingcha.config.public_settings",
    }  # fmt: skip
    if said.get("now") and "MINGCHA_NOW" not in os.environ:
        os.environ["MINGCHA_NOW"] = str(said["now"])
    return kit


def add_act(acts: Any) -> None:
    """Offer `mingcha tips kit` among the acts of its command (argparse's sub-parsers)."""
    act = acts.add_parser("kit", help=say("生成公众举报入口的配置：专用数据库角色和必要的钥匙"))
    act.add_argument("folder", type=Path, metavar="FOLDER", help=say("写入的文件夹，只交给运行公众入口的账号"))
    act.add_argument("--master", metavar="URL", help=say("有权建立数据库角色的地址；内置数据库不用填"))


def run_act(arguments: argparse.Namespace, data: DataFolder) -> None:
    """Make the kit; the house must be open."""
    address = os.environ["MINGCHA_DSN"]
    embedded = not os.environ.get("DATABASE_URL")
    master = arguments.master
    if master is None and embedded:
        with Cluster(data.postgres) as cluster:
            master = cluster.dsn("postgres", "postgres")
    made = make(arguments.folder, data=data, address=address, master=master or address)
    print(say("已生成。启动公众入口：mingcha serve --public %(folder)s") % {"folder": made.path})
