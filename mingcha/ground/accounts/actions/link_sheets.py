"""
Taking standing links (联系、包联) from a sheet, all or nothing, and giving them out in the same shape.

A link is known by its holder, person, kind, target and first day. A known one may get its last day, or another.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import links
from mingcha.ground.accounts.actions.registers import Keeper, admit
from mingcha.ground.accounts.models import Link, LinkKind, Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel import sheets

COLUMNS = ("联系单位代码", "联系人账号", "方式", "对象种类", "对象代码", "起", "止")
KINDS = [(str(each.value), str(each.label)) for each in LinkKind]
TARGETS = {"body": "单位", "division": "区划", "site": "点位"}

# Holder, account, kind, kind of target, its code, first day.
Key = tuple[str, str, str, str, str, date]


@dataclass(frozen=True)
class Line:
    """A row that could be read."""

    row: sheets.Row
    key: Key
    until: date | None


@dataclass(frozen=True)
class Taken:
    """What a sheet of links brought: rows read, links recorded, links whose last day was set."""

    rows: int
    recorded: int
    ended: int


def as_rows(found: Iterable[Link]) -> list[tuple[str, ...]]:
    """Return links as rows of the sheet."""
    rows: list[tuple[str, ...]] = []
    for link in found:
        holder, account, kind, target, code, since = _key(link)
        until = link.until.isoformat() if link.until else ""
        label = str(LinkKind(kind).label)
        rows.append((holder, account, label, TARGETS[target], code, since.isoformat(), until))
    return rows


def _key(link: Link) -> Key:
    account = link.person.username if link.person else ""
    target, code = "site", link.site.code if link.site else ""
    if link.body_id or link.division_id:
        target, code = ("body", link.body_id) if link.body_id else ("division", link.division_id or "")
    return link.holder_id, account, link.kind, target, code, link.since


@transaction.atomic
def import_links(content: bytes, *, by: Person | None, at: datetime) -> Taken:
    """
    Take links from a sheet, all or nothing. `by=None` is the operator.

    Raises RowsRefused with every bad row, NotAllowed, and what `sheets.filled` raises.
    """
    rows = sheets.filled(content, required=COLUMNS)
    record = _Record(rows, admit(by, at=at), at)
    checks = [sheets.Check(row) for row in rows]
    read = [(check, line) for check in checks if (line := _read(check))]
    # Known links first: one that ends makes room for the next, in whichever order the rows stand.
    for check, line in read:
        if line.key in record.known:
            record.examine(check, line)
    record.measure()
    for check, line in read:
        if line.key not in record.known:
            record.examine(check, line)
    problems = [problem for check in checks for problem in check.problems]
    if problems:
        raise sheets.RowsRefused(problems)
    for found, until in record.ends.values():
        links.unlink(found, last_day=until, by=by, at=at)
    fresh = [line for _, line in read if line.key not in record.known]
    for line in fresh:
        holder, account, kind, _, _, since = line.key
        body, division, site = record.targets(line)
        links.link(
            record.bodies[holder], kind=kind, person=record.people.get(account), body=body, division=division,
            site=site, since=since, until=line.until, by=by, at=at,
        )  # fmt: skip
    place = record.bodies[rows[0]["联系单位代码"]]
    audit.record(
        "link.import", kind="body", key=place.code, by=by, at=at, division=place.division_id, body=place.code,
        detail={"sha256": hashlib.sha256(content).hexdigest(), "added": len(fresh), "changed": len(record.ends)},
    )  # fmt: skip
    return Taken(len(rows), len(fresh), len(record.ends))


def _read(check: sheets.Check) -> Line | None:
    row = check.row
    check.text("联系单位代码", 40)
    check.text("联系人账号", 80, required=False)
    check.text("对象代码", 40)
    kind, target = check.label("方式", KINDS), check.label("对象种类", TARGETS.items())
    since, until = check.day("起"), check.day("止", required=False)
    if since and until and until < since:
        check.fault("止", "早于起始日期，请改正")
    if check.problems or since is None:
        return None
    return Line(row, (row["联系单位代码"], row["联系人账号"], kind, target, row["对象代码"], since), until)


class _Record:
    """The rows of a sheet held against the links on record, at one time."""

    def __init__(self, rows: list[sheets.Row], keeper: Keeper, at: datetime) -> None:
        holders, targets = {row["联系单位代码"] for row in rows}, {row["对象代码"] for row in rows}
        self.keeper, self.at, self.day = keeper, at, at.astimezone(queries.OFFICE_TIME).date()
        # Locked in one order, as `links.link` locks each: two that record for the same bodies wait, one for the other.
        list(Body.objects.select_for_update(no_key=True).filter(pk__in=holders).order_by("pk"))
        self.bodies = Body.objects.in_bulk(holders | targets)
        self.divisions = Division.objects.in_bulk(targets)
        self.sites = {site.code: site for site in Site.objects.filter(code__in=targets)}
        accounts = {row["联系人账号"] for row in rows}
        self.people = {person.username: person for person in Person.objects.filter(username__in=accounts)}
        self.known: dict[Key, list[Link]] = {}
        held = Link.objects.filter(holder__in=holders).select_related("holder__division", "person", "site")
        for link in held.order_by("pk"):
            self.known.setdefault(_key(link), []).append(link)
        self.spans: dict[tuple[str, ...], list[tuple[date, date | None]]] = {}
        self.first: dict[Key, Line] = {}
        self.ends: dict[int, tuple[Link, date]] = {}
        self.serving: dict[str, set[str]] = {}

    def targets(self, line: Line) -> tuple[Body | None, Division | None, Site | None]:
        """Return what a row names in the place of its kind, None in the others."""
        _, _, _, target, code, _ = line.key
        return (
            self.bodies.get(code) if target == "body" else None,
            self.divisions.get(code) if target == "division" else None,
            self.sites.get(code) if target == "site" else None,
        )

    def measure(self) -> None:
        """Note from when to when each known link holds, with the last days that the sheet gives."""
        for key, known in self.known.items():
            for link in known:
                until = self.ends[link.pk][1] if link.pk in self.ends else link.until
                self.spans.setdefault(key[:5], []).append((link.since, until))

    def examine(self, check: sheets.Check, line: Line) -> None:
        """Gather what is wrong with a row."""
        holder, known = self.bodies.get(line.row["联系单位代码"]), self.known.get(line.key, [])
        if holder is None:
            check.fault("联系单位代码", "没有这个单位，请核对代码")
        elif not self.keeper.keeps(holder.division_id):
            check.fault("联系单位代码", "代码属于您辖区以外的单位，请核对")
        elif any(link.until == line.until for link in known):
            return
        elif (first := self.first.setdefault(line.key, line)) is not line:
            check.fault("联系单位代码", "与第 %(first)s 行重复", first=first.row.number)
        elif known:
            self._known(check, line, known[-1])
        else:
            self._new(check, line, holder)

    def _known(self, check: sheets.Check, line: Line, known: Link) -> None:
        if known.until and known.until < self.day:
            check.fault("止", "已于 %(until)s 结束；续上请另起一行，填新的起始日期", until=known.until.isoformat())
        elif line.until is None:
            until = known.until.isoformat() if known.until else ""
            check.fault("止", "已定 %(until)s 结束；要改请填新的日期", until=until)
        else:
            self.ends[known.pk] = (known, line.until)

    def _new(self, check: sheets.Check, line: Line, holder: Body) -> None:
        _, account, _, _, _, since = line.key
        body, division, site = self.targets(line)
        place = division.code if division else next((each.division_id for each in (body, site) if each), None)
        if holder.merged_into_id:
            check.fault("联系单位代码", "已并入 %(code)s，请改用那个代码", code=holder.merged_into_id)
        if account and account not in self._serving(holder.code):
            check.fault("联系人账号", "这个账号不在联系单位任职，请核对")
        if place is None or not self.keeper.keeps(place):
            check.fault("对象代码", "没有这个对象，或不在您的辖区内，请核对种类和代码")
        elif any(each and each.merged_into_id for each in (body, site)):
            check.fault("对象代码", "已经并入别处，请用现在在册的那一个")
        spans = self.spans.setdefault(line.key[:5], [])
        for begins, ends in spans:
            if not ((ends and ends < since) or (line.until and line.until < begins)):
                check.fault("起", "与 %(since)s 起的同一联系重叠，请核对日期", since=begins.isoformat())
        spans.append((since, line.until))

    def _serving(self, holder: str) -> set[str]:
        if holder not in self.serving:
            self.serving[holder] = set(queries.serving(holder, at=self.at).values_list("username", flat=True))
        return self.serving[holder]
