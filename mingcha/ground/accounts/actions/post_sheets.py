"""
Taking posts from a sheet, all or nothing, and giving them out in the same shape.

A post is known by its person, body, role and first day. A known one may get its last day, or another; a new one is
given to someone on record, past posts too: what somebody once held keeps them away from it (`ties.py`).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.actions.registers import Keeper, admit
from mingcha.ground.accounts.models import Capacity, Person, Post
from mingcha.ground.accounts.roles import ROLES, by_word, typed
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body
from mingcha.kernel import sheets

COLUMNS = ("账号", "单位代码", "角色", "任职方式", "任职日期", "止任日期")
CAPACITIES = [(str(each.value), str(each.label)) for each in Capacity]

# Account, body, role, first day.
Key = tuple[str, str, str, date]


@dataclass(frozen=True)
class Line:
    """A row that could be read."""

    row: sheets.Row
    key: Key
    capacity: str
    until: date | None


@dataclass(frozen=True)
class Taken:
    """What a sheet of posts brought: rows read, posts given, posts whose last day was set."""

    rows: int
    given: int
    ended: int


def as_rows(found: Iterable[Post]) -> list[tuple[str, ...]]:
    """Return posts as rows of the sheet."""
    return [
        (
            post.person.username, post.body_id, typed().get(post.role, post.role), str(Capacity(post.capacity).label), post.since.isoformat(),
            post.until.isoformat() if post.until else "",
        )
        for post in found
    ]  # fmt: skip


@transaction.atomic
def import_posts(content: bytes, *, by: Person | None, at: datetime) -> Taken:
    """
    Take posts from a sheet, all or nothing. `by=None` is the operator.

    Raises RowsRefused with every bad row, NotAllowed, and what `sheets.filled` raises.
    """
    rows = sheets.filled(content, required=COLUMNS)
    record = _Record(rows, admit(by, at=at), at.astimezone(queries.OFFICE_TIME).date())
    checks = [sheets.Check(row) for row in rows]
    read = [(check, line) for check in checks if (line := _read(check))]
    # Known posts first: one that ends makes room for its successor, in whichever order the rows stand.
    for check, line in sorted(read, key=lambda pair: pair[1].key not in record.known):
        record.examine(check, line)
    problems = [problem for check in checks for problem in check.problems]
    if problems:
        raise sheets.RowsRefused(problems)
    lines = [line for _, line in read]
    ended = [line for line in lines if record.changes(line)]
    given = [line for line in lines if line.key not in record.known]
    for line in ended:
        assert line.until is not None  # a last day may move, it is never taken away
        posts.end(record.known[line.key], last_day=line.until, by=by, at=at)
    for line in given:
        username, body, role, since = line.key
        posts.appoint(
            record.people[username], body=record.bodies[body], role=role, since=since, until=line.until,
            capacity=line.capacity, by=by, at=at,
        )  # fmt: skip
    place = record.bodies[lines[0].key[1]]
    audit.record(
        "person.import_posts", kind="body", key=place.code, by=by, at=at, division=place.division_id, body=place.code,
        detail={"sha256": hashlib.sha256(content).hexdigest(), "added": len(given), "changed": len(ended)},
    )  # fmt: skip
    return Taken(len(rows), len(given), len(ended))


def _read(check: sheets.Check) -> Line | None:
    row = check.row
    check.text("账号", 80)
    check.text("单位代码", 40)
    role = by_word(row["角色"])
    if not role:
        check.fault("角色", "只能填：%(known)s", known="、".join(typed().values()))
    capacity = check.label("任职方式", CAPACITIES, empty=str(Capacity.REGULAR.value))
    since, until = check.day("任职日期"), check.day("止任日期", required=False)
    if since and until and until < since:
        check.fault("止任日期", "早于任职日期，请改正")
    if capacity == Capacity.ACTING and not row["止任日期"]:
        check.fault("止任日期", "代理要写明到哪一天")
    if check.problems or since is None:
        return None
    return Line(row, (row["账号"], row["单位代码"], role, since), capacity, until)


class _Record:
    """The rows of a sheet held against the posts on record, on one day."""

    def __init__(self, rows: list[sheets.Row], keeper: Keeper, day: date) -> None:
        accounts = {row["账号"] for row in rows}
        self.keeper, self.day = keeper, day
        self.bodies = Body.objects.in_bulk({row["单位代码"] for row in rows})
        self.people = {person.username: person for person in Person.objects.filter(username__in=accounts)}
        held = Post.objects.filter(person__in=self.people.values()).select_related("person", "body")
        # Locked in one order: whoever hands over the posts of one of them meanwhile waits, or is waited for.
        self.posts = list(held.select_for_update(of=("self",)).order_by("pk"))
        self.known = {(post.person.username, post.body_id, post.role, post.since): post for post in self.posts}
        self.first: dict[Key, Line] = {}
        self.ends: dict[int, date | None] = {}

    def changes(self, line: Line) -> bool:
        """Whether a known post gets another last day."""
        known = self.known.get(line.key)
        return known is not None and known.until != line.until

    def examine(self, check: sheets.Check, line: Line) -> None:
        """Gather what is wrong with a row."""
        body, known = self.bodies.get(line.row["单位代码"]), self.known.get(line.key)
        first = self.first.setdefault(line.key, line)
        if body is None:
            check.fault("单位代码", "没有这个单位，请核对代码")
        elif not self.keeper.keeps(body.division_id):
            check.fault("单位代码", "代码属于您辖区以外的单位，请核对")
        elif first is not line:
            check.fault("账号", "与第 %(first)s 行重复", first=first.row.number)
        elif known is not None:
            self._known(check, line, known)
        else:
            self._new(check, line, body)

    def _known(self, check: sheets.Check, line: Line, known: Post) -> None:
        if known.capacity != line.capacity:
            label = str(Capacity(known.capacity).label)
            check.fault("任职方式", "在册的是“%(known)s”：要换，请先填止任日期，再另起一行", known=label)
        if known.until == line.until:
            return
        if known.until and known.until < self.day:
            check.fault(
                "止任日期", "已于 %(until)s 止任；再任请另起一行，填新的任职日期", until=known.until.isoformat()
            )
        elif known.until and line.until is None:
            check.fault("止任日期", "已定 %(until)s 止任；要改请填新的日期", until=known.until.isoformat())
        elif known.until and line.until and line.until > known.until:
            self._role(check, line, known.body)  # a longer post is given anew
        self.ends[known.pk] = line.until

    def _new(self, check: sheets.Check, line: Line, body: Body) -> None:
        person = self.people.get(line.row["账号"])
        if person is None or not self._within_reach(person):
            check.fault("账号", "没有这个账号，或此人没有在您的辖区任过职：请用人员表登记")
            return
        if body.merged_into_id:
            check.fault("单位代码", "已并入 %(code)s，请改用那个代码", code=body.merged_into_id)
        self._role(check, line, body)
        _, _, role, since = line.key
        for post in self.posts:
            until = self.ends.get(post.pk, post.until)
            apart = (until is not None and until < since) or (line.until is not None and line.until < post.since)
            if (post.person_id, post.body_id, post.role) == (person.pk, body.code, role) and not apart:
                check.fault("任职日期", "与 %(since)s 起的同一任职重叠，请核对日期", since=post.since.isoformat())

    def _role(self, check: sheets.Check, line: Line, body: Body) -> None:
        _, _, role, _ = line.key
        if not self.keeper.may_give(role, division=body.division_id):
            check.fault("角色", "您不能授予“%(role)s”，请由上级机关办理", role=ROLES[role].label)

    def _within_reach(self, person: Person) -> bool:
        if self.keeper.standing is None:
            return True
        return any(post.person_id == person.pk and self.keeper.keeps(post.body.division_id) for post in self.posts)
