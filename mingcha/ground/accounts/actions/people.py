"""Enrolling people, and taking people and their posts from a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.models import Person, Post
from mingcha.ground.accounts.queries import new_password
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies as register
from mingcha.ground.territory.models import Body, BodyKind, Division
from mingcha.kernel import sheets

PEOPLE_COLUMNS = ("账号", "姓名", "职务", "单位代码", "角色", "任职日期")


@transaction.atomic
def enrol(
    *, username: str, name: str, title: str, password: str | None, skills: Sequence[str] = (), by: Person | None,
    at: datetime,
) -> Person:  # fmt: skip
    """Add a person who may sign in once a password is set; the reading of the name is stored for sorting and search."""
    person = Person.objects.create(
        username=username,
        name=name,
        title=title,
        pinyin=territory.pinyin(name)[:120],  # forty characters read longer than the column
        skills=list(skills),
        password=make_password(password),
        created_at=at,
    )
    audit.record("person.enrol", kind="person", key=username, by=by, at=at)
    return person


@transaction.atomic
def set_password(person: Person, *, password: str, by: Person | None, at: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(password=make_password(password))
    audit.record("person.set_password", kind="person", key=person.username, by=by, at=at)


@dataclass(frozen=True)
class Taken:
    """What a sheet of people brought: rows read, and account → first password of everyone newly enrolled."""

    rows: int
    passwords: dict[str, str]


@transaction.atomic
def import_people(content: bytes, *, by: Person | None, at: datetime) -> Taken:
    """
    Take people and posts from a sheet, all or nothing.

    A unit that is not on record yet is registered from the columns 单位名称, 单位种类 and 单位区划 of its first row.
    Whoever is new gets a first password, returned once and kept nowhere. Raises RowsRefused with every bad row.
    """
    rows = sheets.read(content, required=PEOPLE_COLUMNS)
    bodies = Body.objects.in_bulk({row["单位代码"] for row in rows})
    places = Division.objects.in_bulk({row["单位区划"] for row in rows})
    problems = [problem for row in rows for problem in _faults(row, set(bodies), places)]
    if problems:
        raise sheets.RowsRefused(problems)
    passwords: dict[str, str] = {}
    for row in rows:
        body = bodies.get(row["单位代码"]) or register.add_body(
            code=row["单位代码"], name=row["单位名称"], kind=_kind(row["单位种类"]), division=places[row["单位区划"]],
            by=by, at=at,
        )  # fmt: skip
        bodies[body.code] = body
        person = Person.objects.filter(username=row["账号"]).first()
        if person is None:
            passwords[row["账号"]] = new_password()
            person = enrol(
                username=row["账号"], name=row["姓名"], title=row["职务"], password=passwords[row["账号"]], by=by, at=at
            )
        if not Post.objects.filter(person=person, body=body, role=row["角色"], until=None).exists():
            posts.appoint(person, body=body, role=row["角色"], since=date.fromisoformat(row["任职日期"]), by=by, at=at)
    return Taken(len(rows), passwords)


def _kind(label: str) -> str:
    """Return the kind of body that a label names, or ""."""
    return next((str(kind.value) for kind in BodyKind if kind.label == label), "")


def _faults(row: sheets.Row, known: set[str], places: dict[str, Division]) -> list[sheets.Problem]:
    faults = []

    def fault(column: str, template: str, **facts: object) -> None:
        faults.append(sheets.Problem(row.number, column, row[column], template, facts))

    for column, longest in (("账号", 80), ("姓名", 40), ("职务", 60), ("单位代码", 40), ("单位名称", 80)):
        if not row[column] and column in ("账号", "姓名", "单位代码"):
            fault(column, "不能为空")
        elif len(row[column]) > longest:
            fault(column, "不能超过 %(longest)s 个字", longest=longest)
    if row["单位代码"] and row["单位代码"] not in known:
        if not row["单位名称"]:
            fault("单位代码", "没有这个单位：请核对代码，或填写单位名称、单位种类、单位区划来登记它")
        else:
            if not _kind(row["单位种类"]):
                fault("单位种类", "只能填：%(known)s", known="、".join(str(kind.label) for kind in BodyKind))
            if row["单位区划"] not in places:
                fault("单位区划", "没有这个区划，请先导入区划或核对代码")
    if row["角色"] not in ROLES:
        fault("角色", "只能填：%(known)s", known="、".join(ROLES))
    try:
        date.fromisoformat(row["任职日期"])
    except ValueError:
        fault("任职日期", "请写成 2021-10-19 的样子")
    return faults
