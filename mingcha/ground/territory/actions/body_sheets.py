"""
Taking bodies from a sheet, all or nothing: what each is, where it stands, what is above it, where a group sits.

A row that says what is on record already is taken as it is, so that an export imported again changes nothing. Of any
other row every cell is examined: first by itself, then against the register and the rest of the sheet.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.actions.bodies import CODE
from mingcha.ground.territory.models import SUPERVISING, Body, BodyKind, Division, Site, Tier, TierKind
from mingcha.ground.territory.queries import pinyin
from mingcha.kernel import sheets

COLUMNS = ("单位代码", "名称", "种类", "区划代码", "层级", "上级单位代码", "驻在部门代码")
KINDS = [(str(kind.value), str(kind.label)) for kind in BodyKind]
GUESTS = (BodyKind.RESIDENT_GROUP, BodyKind.SPECIAL_GROUP)
# Who stands at the head of a mechanism is the city's to say.
SETTLED = (TierKind.LEAD, TierKind.AREA)


@dataclass(frozen=True)
class Done:
    """What a sheet brought: rows read, bodies added, bodies changed; the others stood there already."""

    rows: int
    added: int
    changed: int


def as_row(body: Body) -> tuple[str, ...]:
    """Return a body as a row of the sheet."""
    tier = body.tier.name if body.tier else ""
    kind = str(BodyKind(body.kind).label)
    return body.code, body.name, kind, body.division_id, tier, body.parent_id or "", body.host_id or ""


@transaction.atomic
def import_bodies(content: bytes, *, prefixes: Iterable[str], by: Actor | None, at: datetime) -> Done:
    """
    Take bodies from a sheet, all or nothing. A known code is changed, a new one added; none is removed.

    `prefixes` are the division codes under which the importer keeps the register ("" for everywhere).
    Raises RowsRefused with every bad row, and what `sheets.filled` raises.
    """
    rows = sheets.filled(content, required=COLUMNS)
    with connection.cursor() as cursor:
        # Who writes bodies waits: a code found free must not meanwhile become another's.
        cursor.execute("LOCK TABLE territory_body IN SHARE ROW EXCLUSIVE MODE")
    register = _Register(rows, tuple(prefixes))
    problems = [problem for row in rows for problem in register.examined(row)]
    if problems:
        raise sheets.RowsRefused(problems)
    fresh = [register.body(row) for row in rows if row["单位代码"] not in register.known]
    moved = [register.body(row) for row in rows if row["单位代码"] in register.known and not register.stands(row)]
    Body.objects.bulk_create(fresh, batch_size=1000)
    fields = ["name", "kind", "division", "tier", "parent", "host", "pinyin"]
    Body.objects.bulk_update(moved, fields=fields, batch_size=500)
    _record(register, fresh, moved, by=by, at=at)
    audit.record(
        "territory.import_bodies", kind="body", key=rows[0]["单位代码"], by=by, at=at, division=rows[0]["区划代码"],
        detail={"sha256": hashlib.sha256(content).hexdigest(), "added": len(fresh), "changed": len(moved)},
    )  # fmt: skip
    return Done(len(rows), len(fresh), len(moved))


def _record(register: "_Register", fresh: list[Body], moved: list[Body], *, by: Actor | None, at: datetime) -> None:
    for body in fresh:
        audit.record("territory.add_body", kind="body", key=body.code, by=by, at=at, division=body.division_id,
                     body=body.code)  # fmt: skip
    for body in moved:
        was, now = as_row(register.known[body.code]), as_row(body)
        pairs = zip(COLUMNS, was, now, strict=True)
        changes = {column: f"{old or '—'} → {new or '—'}" for column, old, new in pairs if old != new}
        audit.record("territory.change_body", kind="body", key=body.code, by=by, at=at, division=body.division_id,
                     body=body.code, detail={"changes": changes})  # fmt: skip


class _Register:
    """The rows of a sheet held against the register as it stands."""

    def __init__(self, rows: list[sheets.Row], prefixes: tuple[str, ...]) -> None:
        named = {row[column] for row in rows for column in ("单位代码", "上级单位代码", "驻在部门代码")}
        self.prefixes = prefixes
        self.found = Body.objects.select_related("tier").in_bulk(named)
        self.divisions = Division.objects.in_bulk({row["区划代码"] for row in rows})
        self.first = {row["单位代码"]: row for row in reversed(rows)}
        self.known = {code: body for code, body in self.found.items() if code in self.first}
        self.tiers: dict[str, dict[str, Tier]] = {}
        for tier in Tier.objects.select_related("mechanism").order_by("position"):
            self.tiers.setdefault(tier.mechanism_id, {})[tier.name] = tier
        above = dict(Body.objects.exclude(parent=None).values_list("pk", "parent"))
        self.above: dict[str, str | None] = above | {code: row["上级单位代码"] for code, row in self.first.items()}

    def stands(self, row: sheets.Row) -> bool:
        """Whether a row says what is on record already."""
        known = self.known.get(row["单位代码"])
        return known is not None and as_row(known) == tuple(row[column] for column in COLUMNS)

    def body(self, row: sheets.Row) -> Body:
        """Return the body that a faultless row describes."""
        return Body(
            code=row["单位代码"], name=row["名称"], kind=_kind(row), division=self.divisions[row["区划代码"]],
            tier=self._tiers(row).get(row["层级"]), parent_id=row["上级单位代码"] or None,
            host_id=row["驻在部门代码"] or None, pinyin=pinyin(row["名称"]),
        )  # fmt: skip

    def examined(self, row: sheets.Row) -> list[sheets.Problem]:
        """Return what is wrong with a row."""
        check = sheets.Check(row)
        self._code(check)
        if not check.problems and self.stands(row):
            return []
        check.text("名称", 80)
        kind = check.label("种类", KINDS)
        if row["区划代码"] not in self.divisions:
            check.fault("区划代码", "没有这个区划，请核对代码")
        elif not row["区划代码"].startswith(self.prefixes):
            check.fault("区划代码", "不在您的辖区内")
        else:
            self._tier(check)
        if kind:
            self._kept(check, kind)
            self._parent(check, supervising=kind in SUPERVISING)
            self._host(check)
            self._sites(check, supervising=kind in SUPERVISING)
        return check.problems

    def _kept(self, check: sheets.Check, kind: str) -> None:
        """A county makes no other kind of body out of one that supervises, its own office least of all."""
        known = self.known.get(check.row["单位代码"])
        city = any(len(prefix) <= 4 for prefix in self.prefixes)
        own = known is not None and known.division_id.startswith(self.prefixes)
        if known and own and kind != known.kind and known.kind in SUPERVISING and not city:
            check.fault("种类", "监督机构的种类由市级机关确定")

    def _code(self, check: sheets.Check) -> None:
        code = check.text("单位代码", 40)
        known = self.known.get(code)
        if not check.problems and known is None and not CODE.fullmatch(code):
            check.fault("单位代码", "只能用文字、数字、横线和点，不能有空格和逗号")
        if code and self.first[code] is not check.row:
            check.fault("单位代码", "与第 %(first)s 行重复", first=self.first[code].number)
        if known and not known.division_id.startswith(self.prefixes):
            check.fault("单位代码", "代码已被其他地方使用，请换一个")
        elif known and known.merged_into_id:
            check.fault("单位代码", "已并入 %(code)s，请改用那个代码", code=known.merged_into_id)

    def _tiers(self, row: sheets.Row) -> dict[str, Tier]:
        """Return the tiers of the mechanism that a row's division belongs to, by name."""
        above = (row["区划代码"][:digits] for digits in (12, 9, 6, 4, 2) if digits <= len(row["区划代码"]))
        return next((self.tiers[code] for code in above if code in self.tiers), {})

    def _tier(self, check: sheets.Check) -> None:
        row, tiers = check.row, self._tiers(check.row)
        tier, known = tiers.get(row["层级"]), self.known.get(row["单位代码"])
        if row["层级"] and not tiers:
            check.fault("层级", "这里还没有设立机制，请留空")
        elif row["层级"] and tier is None:
            check.fault("层级", "没有这个层级，可填：%(known)s", known="、".join(tiers))
        old = known.tier if known else None
        settled = [each for each in (old, tier) if each and each.kind in SETTLED]
        if old != tier and not all(each.mechanism_id.startswith(self.prefixes) for each in settled):
            check.fault("层级", "哪些是牵头机关和属地机关，由市级机关确定")

    def _other(self, check: sheets.Check, column: str, old: str | None) -> tuple[str, str] | None:
        """Return kind and division of the body a cell names, as the sheet will have it; None for none, or a fault."""
        code = check.row[column]
        if not code or code == old:
            return None
        line, body = self.first.get(code), self.found.get(code)
        if code == check.row["单位代码"]:
            check.fault(column, "不能是单位自己")
        elif line is not None:
            return _kind(line), line["区划代码"]
        elif body is None or body.merged_into_id:
            check.fault(column, "没有这个单位，请核对代码")
        else:
            return body.kind, body.division_id
        return None

    def _parent(self, check: sheets.Check, *, supervising: bool) -> None:
        known = self.known.get(check.row["单位代码"])
        other = self._other(check, "上级单位代码", known.parent_id if known else None)
        if other is None:
            return
        kind, division = other
        # The county's office stands under the city's, which lies outside the county's area, but above it.
        if not division.startswith(self.prefixes) and not check.row["区划代码"].startswith(division):
            check.fault("上级单位代码", "没有这个单位，请核对代码")
        elif (kind in SUPERVISING) != supervising:
            check.fault("上级单位代码", "监督机关的上级是监督机关，被监督单位的上级是被监督单位")
        elif self._circles(check.row["单位代码"]):
            check.fault("上级单位代码", "上下级绕成了圈，请核对")

    def _circles(self, code: str) -> bool:
        seen, at = {code}, self.above.get(code)
        while at and at not in seen:
            seen.add(at)
            at = self.above.get(at)
        return at == code

    def _host(self, check: sheets.Check) -> None:
        known = self.known.get(check.row["单位代码"])
        other = self._other(check, "驻在部门代码", known.host_id if known else None)
        if check.row["驻在部门代码"] and _kind(check.row) not in GUESTS:
            check.fault("驻在部门代码", "只有派驻机构和专项工作组填驻在部门")
        elif other and not other[1].startswith(self.prefixes):
            # A group reads what its host answers for: nobody sits down in another's department.
            check.fault("驻在部门代码", "没有这个单位，请核对代码")
        elif other and other[0] in SUPERVISING:
            check.fault("驻在部门代码", "驻在部门是被监督的单位，请核对代码")

    def _sites(self, check: sheets.Check, *, supervising: bool) -> None:
        known = self.known.get(check.row["单位代码"])
        if supervising and known and known.kind not in SUPERVISING:
            sites = Site.objects.filter(body=known, active=True).count()
            if sites:
                check.fault("种类", "还有 %(count)s 个点位由它负责，不能改成监督机关", count=sites)


def _kind(row: sheets.Row) -> str:
    """Return the kind of body that a row's label names, or ""."""
    return next((value for value, label in KINDS if label == row["种类"]), "")
