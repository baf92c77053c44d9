"""Taking people and their posts from a sheet, all or nothing, and giving them out in the same shape."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.accounts.actions.registers import Keeper, admit
from mingcha.ground.accounts.models import Person, Post
from mingcha.ground.accounts.roles import ROLES, by_word, typed
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.actions import bodies as register
from mingcha.ground.territory.actions.body_sheets import KINDS
from mingcha.ground.territory.models import Body, BodyKind, Division
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

REQUIRED = ("账号", "姓名", "职务", "单位代码", "角色", "任职日期")
COLUMNS = (*REQUIRED, "专长", "单位名称", "单位种类", "单位区划")
ONES_OWN = ("姓名", "职务", "专长")  # of the person, whatever the post
# Part of an address; what people type to sign in.
ACCOUNT = re.compile(r"\w[\w.@+-]*")

# Each first password takes a tenth of a second and more to hash, and a page waits for all of them.
MOST_NEWCOMERS = 200


class TooManyNewcomers(Refusal):
    message: ClassVar[str] = "这份表要新开 %(count)s 个账号，一次最多 %(most)s 个，请分成几份导入。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Newcomer:
    """Someone newly enrolled, with the first password: told once, kept nowhere."""

    username: str
    name: str
    body: str
    password: str


@dataclass(frozen=True)
class Taken:
    """What a sheet of people brought: rows read, who is new, how many known people changed, how many posts given."""

    rows: int
    newcomers: tuple[Newcomer, ...]
    changed: int
    posts: int

    @property
    def passwords(self) -> dict[str, str]:
        """Account → first password."""
        return {each.username: each.password for each in self.newcomers}


def as_rows(found: Iterable[Post], *, day: date) -> list[tuple[str, ...]]:
    """Return the posts that hold on that day or begin later as rows of the sheet."""
    return [
        (
            post.person.username, post.person.name, post.person.title, post.body_id, typed().get(post.role, post.role),
            post.since.isoformat(), _listed(post.person.skills), post.body.name, str(BodyKind(post.body.kind).label), post.body.division_id,
        )
        for post in found
        if post.holds_on(day)
    ]  # fmt: skip


@transaction.atomic
def import_people(content: bytes, *, by: Person | None, at: datetime) -> Taken:
    """
    Take people and posts from a sheet, all or nothing. `by=None` is the operator.

    A unit that is not on record yet is registered from the columns 单位名称, 单位种类 and 单位区划 of its first row.
    Whoever is new gets a first password, returned once and kept nowhere. A known person gets the name, title and skills
    of the sheet where all their posts are the importer's to keep. Raises RowsRefused with every bad row, NotAllowed,
    TooManyNewcomers except for the operator, and what `sheets.filled` raises.
    """
    rows = sheets.filled(content, required=REQUIRED)
    staff = _Staff(rows, admit(by, at=at), at.astimezone(queries.OFFICE_TIME).date())
    problems = [problem for row in rows for problem in staff.examined(row)]
    if problems:
        raise sheets.RowsRefused(problems)
    strangers = len(staff.first) - len(staff.people)
    if by is not None and strangers > MOST_NEWCOMERS:
        raise TooManyNewcomers(count=strangers, most=MOST_NEWCOMERS)
    newcomers, changed, given = [], 0, 0
    for row in rows:
        body = staff.bodies.get(row["单位代码"]) or _register(staff, row, by=by, at=at)
        person, told = staff.people.get(row["账号"]), staff.first[row["账号"]]
        if person is None:
            newcomers.append(Newcomer(told["账号"], told["姓名"], body.name, queries.new_password()))
            person = _enrol(told, newcomers[-1].password, by=by, at=at)
        elif staff.differs(person, told):
            changed += 1
            kept = person.skills if "专长" not in told.cells else skills(told["专长"])
            people.describe(person, name=told["姓名"], title=told["职务"], skills=kept, by=by, at=at)
        staff.people[person.username] = person
        if not staff.held(row):
            since = date.fromisoformat(row["任职日期"])
            post = posts.appoint(person, body=body, role=by_word(row["角色"]), since=since, by=by, at=at)
            staff.posts.setdefault(person.username, []).append(post)
            given += 1
    place = staff.bodies[rows[0]["单位代码"]]
    audit.record(
        "person.import", kind="body", key=place.code, by=by, at=at, division=place.division_id, body=place.code,
        detail={
            "sha256": hashlib.sha256(content).hexdigest(), "added": len(newcomers), "changed": changed, "posts": given,
        },
    )  # fmt: skip
    return Taken(len(rows), tuple(newcomers), changed, given)


def skills(text: str) -> list[str]:
    """Return the skills that a cell lists, each once."""
    return list(dict.fromkeys(part.strip() for part in re.split("[、，,；;]", text) if part.strip()))


def _listed(known: Iterable[str]) -> str:
    return "、".join(known)


def _enrol(row: sheets.Row, password: str, *, by: Person | None, at: datetime) -> Person:
    return people.enrol(
        username=row["账号"], name=row["姓名"], title=row["职务"], password=password, skills=skills(row["专长"]),
        by=by, at=at,
    )  # fmt: skip


def _register(staff: "_Staff", row: sheets.Row, *, by: Person | None, at: datetime) -> Body:
    body = register.add_body(
        code=row["单位代码"],
        name=row["单位名称"],
        kind=_kind(row),
        division=staff.places[row["单位区划"]],
        by=by,
        at=at,
    )
    staff.bodies[body.code] = body
    return body


def _kind(row: sheets.Row) -> str:
    """Return the kind of body that a row's label names, or ""."""
    return next((value for value, label in KINDS if label == row["单位种类"]), "")


def _place(row: sheets.Row) -> tuple[str, str]:
    return row["单位代码"], by_word(row["角色"])


def _by_name(names: Iterable[str]) -> dict[str, list[Body]]:
    """Return the bodies in use that are called so."""
    found: dict[str, list[Body]] = {}
    for body in Body.objects.filter(name__in={name for name in names if name}, merged_into=None).order_by("code"):
        found.setdefault(body.name, []).append(body)
    return found


class _Staff:
    """The rows of a sheet held against who is on record, on one day."""

    def __init__(self, rows: list[sheets.Row], keeper: Keeper, day: date) -> None:
        self.keeper, self.day = keeper, day
        self.named = {row["单位代码"]: row for row in reversed(rows)}
        # Names before codes: a body that another sheet registers in between is then found by its code, not taken for
        # a namesake of itself.
        self.alike = _by_name(row["单位名称"] for row in self.named.values())
        self.bodies = Body.objects.in_bulk(self.named)
        self.places = Division.objects.in_bulk({row["单位区划"] for row in rows})
        self.first = {row["账号"]: row for row in reversed(rows)}
        self.given = {(row["账号"], *_place(row)): row for row in reversed(rows)}
        self.people = {person.username: person for person in Person.objects.filter(username__in=self.first)}
        self.posts: dict[str, list[Post]] = {}
        for post in Post.objects.filter(person__username__in=self.first).select_related("person", "body"):
            self.posts.setdefault(post.person.username, []).append(post)

    def lasting(self, username: str) -> list[Post]:
        """Return the posts someone holds or will hold."""
        return [post for post in self.posts.get(username, ()) if post.holds_on(self.day)]

    def held(self, row: sheets.Row) -> list[Post]:
        """Return the posts of a row's person in its unit and role."""
        return [post for post in self.lasting(row["账号"]) if (post.body_id, post.role) == _place(row)]

    def keeps(self, person: Person) -> bool:
        """Whether what a person is called is the importer's to say: nobody else has them, too."""
        if self.keeper.standing is None:
            return True
        places = [post.body.division_id for post in self.lasting(person.username)]
        return bool(places) and all(map(self.keeper.keeps, places))

    def differs(self, person: Person, row: sheets.Row) -> bool:
        """Whether a row tells something else of a person than what is on record, and may."""
        told = (person.name, person.title) != (row["姓名"], row["职务"]) or not self._same_skills(person, row)
        return told and self.keeps(person)

    def _same_skills(self, person: Person, row: sheets.Row) -> bool:
        text = row["专长"]
        return "专长" not in row.cells or text == _listed(person.skills) or skills(text) == person.skills

    def examined(self, row: sheets.Row) -> list[sheets.Problem]:
        """Return what is wrong with a row."""
        check = sheets.Check(row)
        self._person(check)
        self._post(check, division=self._unit(check))
        return check.problems

    def _person(self, check: sheets.Check) -> None:
        row = check.row
        account, person = check.text("账号", 80), self.people.get(row["账号"])
        check.text("姓名", 40)
        check.text("职务", 60, required=False)
        if any(len(skill) > 20 for skill in skills(row["专长"])):
            check.fault("专长", "每项不超过 20 个字，几项之间用顿号隔开")
        if account and person is None and len(account) <= 80 and not ACCOUNT.fullmatch(account):
            check.fault("账号", "只能用文字、数字和 . _ - @ +，不能有空格")
        first = self.first[account]
        for column in ONES_OWN:
            if account and row[column] and row[column] != first[column]:
                check.fault(column, "与第 %(first)s 行不同：同一账号的姓名、职务、专长要写得一样", first=first.number)
        if person is not None and not self.keeps(person):
            self._stranger(check, person)

    def _stranger(self, check: sheets.Check, person: Person) -> None:
        """Someone others have, too: they may get a post here, but are called what they are called."""
        row = check.row
        if row["姓名"] and row["姓名"] != person.name:
            check.fault("账号", "这个账号已由别处的人使用，请换一个；确是同一人的，请核对姓名")
            return
        if row["职务"] not in ("", person.title):
            check.fault("职务", "此人不只在您的辖区任职，职务由别处修改，这里请留空")
        if row["专长"] and not self._same_skills(person, row):
            check.fault("专长", "此人不只在您的辖区任职，专长由别处修改，这里请留空")

    def _unit(self, check: sheets.Check) -> str:
        """Examine the unit; return the code of the place it lies at, "" where that is a fault."""
        row = check.row
        code, body = check.text("单位代码", 40), self.bodies.get(row["单位代码"])
        if body is None:
            return self._new_unit(check) if code else ""
        if not self.keeper.keeps(body.division_id):
            check.fault("单位代码", "代码属于您辖区以外的单位，请核对")
            return ""
        if body.merged_into_id and not self.held(row):
            check.fault("单位代码", "已并入 %(code)s，请改用那个代码", code=body.merged_into_id)
        told = {"单位名称": body.name, "单位种类": str(BodyKind(body.kind).label), "单位区划": body.division_id}
        for column, known in told.items():
            if row[column] not in ("", known):
                check.fault(column, "在册的是“%(known)s”；要改请用单位表", known=known)
        return body.division_id

    def _new_unit(self, check: sheets.Check) -> str:
        """Examine a unit that is to be registered, from the first row that names it."""
        row, first = check.row, self.named[check.row["单位代码"]]
        if row is not first:
            for column in ("单位名称", "单位种类", "单位区划"):
                if row[column] not in ("", first[column]):
                    check.fault(column, "与第 %(first)s 行不同：同一单位要写得一样", first=first.number)
            return first["单位区划"]
        if not row["单位名称"]:
            check.fault("单位代码", "没有这个单位：请核对代码，或填写单位名称、单位种类、单位区划来登记它")
            return ""
        if len(row["单位代码"]) <= 40 and not register.CODE.fullmatch(row["单位代码"]):
            check.fault("单位代码", "只能用文字、数字、横线和点，不能有空格和逗号")
        check.text("单位名称", 80)
        check.label("单位种类", KINDS)
        if row["单位区划"] not in self.places:
            check.fault("单位区划", "没有这个区划，请先导入区划或核对代码")
        elif not self.keeper.keeps(row["单位区划"]):
            check.fault("单位区划", "不在您的辖区内")
        elif known := self._namesake(row):
            check.fault(
                "单位代码", "“%(name)s”已经在册，代码是 %(code)s：请改用它；确是另一个单位，请写能区别的全称",
                name=known.name, code=known.code,
            )  # fmt: skip
        return row["单位区划"]

    def _namesake(self, row: sheets.Row) -> Body | None:
        """Return the body of that name in that place or its county: its code was mistyped, or it would stand twice."""
        place = row["单位区划"]
        found = self.alike.get(row["单位名称"], ())
        return next((body for body in found if body.division_id in (place, place[:6])), None)

    def _post(self, check: sheets.Check, *, division: str) -> None:
        row, since = check.row, check.day("任职日期")
        role = by_word(row["角色"])
        if not role:
            check.fault("角色", "只能填：%(known)s", known="、".join(typed().values()))
            return
        held = self.held(row)
        if held:
            if since and since not in {post.since for post in held}:
                check.fault("任职日期", "在册的是 %(since)s，请照此填写", since=held[0].since.isoformat())
            return
        person = self.people.get(row["账号"])
        if person is not None and self.lasting(person.username) and not self.keeps(person):
            # A post here opens the person's page to this office: that takes the word of who has them.
            check.fault("账号", "此人在您的辖区以外任职，要在这里任职，请由上级机关办理")
        if division and not self.keeper.may_give(role, division=division):
            check.fault("角色", "您不能授予“%(role)s”，请由上级机关办理", role=ROLES[role].label)
        first = self.given[(row["账号"], *_place(row))]
        if row["任职日期"] != first["任职日期"]:
            check.fault("任职日期", "与第 %(first)s 行不同：同一任职只写一行", first=first.number)
        past = {post.since for post in self.posts.get(row["账号"], ()) if (post.body_id, post.role) == _place(row)}
        if since in past:
            check.fault("任职日期", "这一任职已经结束，再任请填新的任职日期")
