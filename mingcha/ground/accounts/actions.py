"""Signing in, and taking people and their posts from a sheet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from pypinyin import lazy_pinyin

from mingcha.ground.accounts.models import Attempt, Person, Post
from mingcha.ground.accounts.queries import new_password
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.actions import bodies as register
from mingcha.ground.territory.models import Body, BodyKind, Division
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

WINDOW = timedelta(minutes=10)
FREE_TRIES = 5  # per account from one address; another address of the same office is not shut out
ADDRESS_TRIES = 50  # from one address over all accounts
PEOPLE_COLUMNS = ("账号", "姓名", "职务", "单位代码", "角色", "任职日期")


class WrongPassword(Refusal):
    message: ClassVar[str] = "账号或密码不对，请重新输入。"
    status: ClassVar[int] = 422


class TooManyAttempts(Refusal):
    message: ClassVar[str] = "连续输错次数过多，请在 %(minutes)s 分钟后再试。"
    status: ClassVar[int] = 429


@cache
def _nobody() -> str:
    """Return a hash to check against when the name is unknown, so that an answer takes equally long."""
    return make_password("nobody")


def sign_in(*, username: str, password: str, address: str | None, tried_at: datetime, at: datetime) -> Person:
    """
    Return the person, or refuse with WrongPassword or TooManyAttempts.

    Failures are counted for the pair of account and address, and for the address alone, within ten minutes.
    `tried_at` is the running time, which differs from the work's time `at` where the demo's clock stands still.
    """
    name = username.strip()[:80]
    recent = Attempt.objects.filter(at__gt=tried_at - WINDOW, at__lte=tried_at, address=address)
    if recent.filter(username=name).count() >= FREE_TRIES or recent.count() >= ADDRESS_TRIES:
        raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))
    person = Person.objects.filter(username=name, is_active=True).first()
    if not check_password(password, person.password if person else _nobody()) or person is None:
        Attempt.objects.create(username=name, address=address, at=tried_at)
        raise WrongPassword
    with transaction.atomic():
        Attempt.objects.filter(username=name, address=address).delete()
        Attempt.objects.filter(at__lt=tried_at - timedelta(days=1)).delete()
        audit.record("person.sign_in", kind="person", key=name, by=person, at=at)
    return person


def sign_out(*, by: Person, at: datetime) -> None:
    with transaction.atomic():
        audit.record("person.sign_out", kind="person", key=by.username, by=by, at=at)


@transaction.atomic
def enrol(*, username: str, name: str, title: str, password: str | None, by: Person | None, at: datetime) -> Person:
    """Add a person who may sign in once a password is set; the pinyin of the name is stored for sorting."""
    person = Person.objects.create(
        username=username,
        name=name,
        title=title,
        pinyin=" ".join(lazy_pinyin(name))[:120],  # forty characters read longer than the column
        password=make_password(password),
        created_at=at,
    )
    audit.record("person.enrol", kind="person", key=username, by=by, at=at)
    return person


@transaction.atomic
def appoint(person: Person, *, body: Body, role: str, since: date, by: Person | None, at: datetime) -> Post:
    """Give a person a post; the database refuses the same post twice."""
    post = Post.objects.create(person=person, body=body, role=ROLES[role].name, since=since)
    audit.record(
        "person.appoint", kind="person", key=person.username, by=by, at=at,
        division=body.division_id, body=body.code, detail={"role": role, "since": since.isoformat()},
    )  # fmt: skip
    return post


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
            appoint(person, body=body, role=row["角色"], since=date.fromisoformat(row["任职日期"]), by=by, at=at)
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
