"""Keeping the register of sites: by hand, or from Excel, all or nothing."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, connection, transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.actions import bearings, merges
from mingcha.ground.territory.actions.bearings import NOWHERE, Bearings
from mingcha.ground.territory.actions.bodies import add_body
from mingcha.ground.territory.actions.merges import AlreadyMerged, StillProvisional
from mingcha.ground.territory.models import Body, BodyKind, Division, Site, SiteType
from mingcha.ground.territory.queries import pinyin, stand_in
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

# A code stands alone on its line in a published frame: nothing two readers could read differently.
CODE = re.compile(r"\w[\w.-]{0,29}")
COLUMNS = ("点位编号", "名称", "类型", "区划代码", "地址", "责任单位")


class SiteCodeTaken(Refusal):
    message: ClassVar[str] = "编号 %(code)s 已经在册，请换一个编号。"
    status: ClassVar[int] = 422


class UnclearCode(Refusal):
    message: ClassVar[str] = "编号“%(code)s”只能用文字、数字、横线和点，不能有空格和逗号，请改正。"
    status: ClassVar[int] = 422


class OutsideYourArea(Refusal):
    message: ClassVar[str] = "区划 %(code)s 不在您的辖区内，请核对代码。"
    status: ClassVar[int] = 422


class SiteMoved(Refusal):
    message: ClassVar[str] = "“%(name)s”刚刚被别人改到了别的区划，请刷新后再改。您填的内容没有丢。"


class AlreadyConfirmed(Refusal):
    message: ClassVar[str] = "“%(name)s”刚刚已由别人核实或并入，请刷新后再看。"


@dataclass(frozen=True)
class Preview:
    """What an import would do: rows to add, rows to change, bodies that would be newly registered, and every fault."""

    added: int
    changed: int
    new_bodies: tuple[str, ...]
    problems: tuple[sheets.Problem, ...]
    rows: tuple[sheets.Row, ...]


def preview(content: bytes, *, prefixes: Iterable[str]) -> Preview:
    """
    Read a sheet of sites and say what an import would do; write nothing.

    `prefixes` are the division codes under which the importer keeps the register ("" for everywhere).
    Raises TornFile, MissingColumns, TooLarge of `kernel.sheets`.
    """
    rows = sheets.read(content, required=COLUMNS)
    divisions = Division.objects.in_bulk([row["区划代码"] for row in rows])
    types = {t.name for t in SiteType.objects.all()}
    seen: dict[str, int] = {}
    problems: list[sheets.Problem] = []
    for row in rows:
        problems += _faults(row, divisions, types, tuple(prefixes), seen) + bearings.faults(row)
        seen.setdefault(row["点位编号"], row.number)
    taken = {s.code: s for s in Site.objects.filter(code__in=seen).select_related("division", "merged_into")}
    for row in rows:
        old = taken.get(row["点位编号"])
        if old and old.merged_into:
            problems.append(
                sheets.Problem(
                    row.number, "点位编号", row["点位编号"], "已并入 %(code)s，请删去这一行，或改用那个编号",
                    {"code": old.merged_into.code},
                )
            )  # fmt: skip
        elif old and not old.division_id.startswith(tuple(prefixes)):
            problems.append(sheets.Problem(row.number, "点位编号", row["点位编号"], "编号已被其他地方使用，请换一个"))
    wanted = {(row["区划代码"][:6], row["责任单位"]) for row in rows}
    unknown = sorted(name for county, name in wanted - answering(wanted).keys() if name)
    added = sum(row["点位编号"] not in taken for row in rows)
    return Preview(added, len(rows) - added, tuple(unknown), tuple(problems), tuple(rows))


@transaction.atomic
def import_sites(content: bytes, *, prefixes: Iterable[str], by: Actor | None, at: datetime) -> Preview:
    """
    Take sites from a sheet, all or nothing. A known code is changed, a new one added; none is removed.

    Of the optional columns, those that the sheet does not have leave what they name as it was.
    Raises RowsRefused with every bad row, and what `preview` raises.
    """
    _lock()  # a code found free must not meanwhile become another county's site
    plan = preview(content, prefixes=prefixes)
    if plan.problems:
        raise sheets.RowsRefused(plan.problems)
    columns = ["name", "type", "division", "address", "body", "pinyin", "active", "provisional"]
    met = list(Site.objects.filter(code__in=[row["点位编号"] for row in plan.rows], provisional=True))
    Site.objects.bulk_create(
        _sites(plan.rows, by=by, at=at),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=columns + bearings.fields(bearings.given(plan.rows)),
        batch_size=1000,
    )
    for site in met:  # what a team met is confirmed by standing in the sheet
        _relieve(site, by=by, at=at)
    place = plan.rows[0]["区划代码"][:6] if plan.rows else ""
    audit.record(
        "territory.import_sites", kind="register", key=place, by=by, at=at, division=place,
        detail={"sha256": hashlib.sha256(content).hexdigest(), "added": plan.added, "changed": plan.changed},
    )  # fmt: skip
    return plan


@transaction.atomic
def add_site(
    *, code: str, name: str, type: SiteType, division: Division, address: str, body: Body,
    lies: Bearings = NOWHERE, prefixes: Iterable[str], by: Actor | None, at: datetime,
) -> Site:  # fmt: skip
    """Put one site on the register. Raises OutsideYourArea, UnclearCode, SiteCodeTaken, HalfAPlace, HoursReversed."""
    if not CODE.fullmatch(code):
        raise UnclearCode(code=code)
    if not division.code.startswith(tuple(prefixes)):
        raise OutsideYourArea(code=division.code)
    try:
        with transaction.atomic():
            site = Site.objects.create(
                code=code, name=name, type=type, division=division, address=address, body=body, pinyin=pinyin(name),
                **lies.columns(),
            )  # fmt: skip
    except IntegrityError as error:
        raise SiteCodeTaken(code=code) from error
    audit.record("territory.add_site", kind="site", key=code, by=by, at=at, division=division.code, body=body.code)
    return site


@transaction.atomic
def change_site(
    site: Site, *, name: str, type: SiteType, division: Division, address: str, body: Body, active: bool,
    lies: Bearings | None = None, prefixes: Iterable[str], by: Actor, at: datetime,
) -> None:  # fmt: skip
    """
    Change a site on the register; frames already frozen keep what they had. Without `lies` it lies where it did.

    Raises OutsideYourArea, SiteMoved, AlreadyMerged for a duplicate, StillProvisional for what the office has yet to
    confirm, HalfAPlace, HoursReversed.
    """
    for code in (site.division_id, division.code):  # neither taken from another's area nor sent there
        if not code.startswith(tuple(prefixes)):
            raise OutsideYourArea(code=code)
    # The area was checked of the site as loaded: the row must still lie there.
    changed = Site.objects.filter(pk=site.pk, division=site.division_id, merged_into=None, provisional=False).update(
        name=name, type=type, division=division, address=address, body=body, active=active, pinyin=pinyin(name),
        **(lies.columns() if lies else {}),
    )  # fmt: skip
    if not changed:
        now = Site.objects.get(pk=site.pk)
        merged, provisional = now.merged_into_id is not None, now.provisional
        why = AlreadyMerged if merged else StillProvisional if provisional else SiteMoved
        raise why(name=site.name)
    audit.record("territory.change_site", kind="site", key=site.code, by=by, at=at, division=division.code,
                 body=body.code, detail={"active": active})  # fmt: skip


@transaction.atomic
def confirm_site(
    site: Site, *, code: str, name: str, type: SiteType, division: Division, address: str, body: Body,
    lies: Bearings = NOWHERE, prefixes: Iterable[str], by: Actor, at: datetime,
) -> Site:  # fmt: skip
    """
    Put a place that a team met on the register for good: with a code, a type, a place and who answers for it.

    The body that stood in for whoever answers is merged into `body`, so that orders already issued reach it; where it is
    itself the one, it takes the place's name. Raises UnclearCode, OutsideYourArea, SiteCodeTaken, AlreadyConfirmed,
    HalfAPlace, HoursReversed.
    """
    if not CODE.fullmatch(code):
        raise UnclearCode(code=code)
    for place in (site.division_id, division.code):
        if not place.startswith(tuple(prefixes)):
            raise OutsideYourArea(code=place)
    _lock()
    if Site.objects.filter(code=code).exclude(pk=site.pk).exists():
        raise SiteCodeTaken(code=code)
    met = Site.objects.filter(pk=site.pk, provisional=True, division=site.division_id)
    if not met.update(
        code=code, name=name, type=type, division=division, address=address, body=body, pinyin=pinyin(name),
        active=True, provisional=False, **lies.columns(),
    ):  # fmt: skip
        raise AlreadyConfirmed(name=site.name)
    _relieve(site, by=by, at=at)
    audit.record("territory.confirm_site", kind="site", key=code, by=by, at=at, division=division.code, body=body.code,
                 detail={"was": site.code, "name": name})  # fmt: skip
    return Site.objects.get(pk=site.pk)


def _relieve(met: Site, *, by: Actor | None, at: datetime) -> None:
    """Merge the body that stood in for a place, as it was met, into the one that answers for it now; or name it after it."""
    standing_in, now = stand_in(met), Site.objects.select_related("body", "division").get(pk=met.pk)
    if standing_in and standing_in != now.body:
        merges.merge_bodies(standing_in, into=now.body, by=by, at=at)
    elif standing_in:
        Body.objects.filter(pk=standing_in.pk).update(
            name=now.name, pinyin=now.pinyin, division=now.division.county_code
        )


def _lock() -> None:
    # The tables before any row, in the order of every import: whoever writes to the register waits.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE territory_site, territory_body IN SHARE ROW EXCLUSIVE MODE")


def _sites(rows: Iterable[sheets.Row], *, by: Actor | None, at: datetime) -> list[Site]:
    """Return the sites that faultless rows describe; bodies that are not on record yet are registered."""
    divisions = Division.objects.in_bulk([row["区划代码"] for row in rows])
    types = {t.name: t for t in SiteType.objects.all()}
    bodies = answering({(row["区划代码"][:6], row["责任单位"]) for row in rows})
    sites = []
    for row in rows:
        division = divisions[row["区划代码"]]
        wanted = (division.county_code, row["责任单位"])
        if wanted not in bodies:
            bodies[wanted] = register_answering(row["责任单位"], division, by=by, at=at)
        site = Site(
            code=row["点位编号"], name=row["名称"], type=types[row["类型"]], division=division, address=row["地址"],
            body=bodies[wanted], pinyin=pinyin(row["名称"]), active=True,
            **bearings.of_row(row).columns(),
        )  # fmt: skip
        sites.append(site)
    return sites


def answering(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Body]:
    """
    Return the body for each (county, name) that is on record: the county's own, else the city's or the province's.

    A station may be theirs.
    """
    named: dict[str, list[Body]] = {}
    for body in Body.objects.filter(name__in={name for _, name in wanted}).order_by("code"):
        named.setdefault(body.name, []).append(body)
    found = {}
    for county, name in wanted:
        own = [body for body in named.get(name, ()) if body.division_id.startswith(county)]
        above = [body for body in named.get(name, ()) if body.division_id in (county[:4], county[:2])]
        if own or above:
            found[county, name] = (own + sorted(above, key=lambda body: -len(body.division_id)))[0]
    return found


def register_answering(name: str, division: Division, *, by: Actor | None, at: datetime) -> Body:
    """Register a body that a sheet names and nobody has on record; it belongs to the county of `division`."""
    # The code follows from county and name, so that the same sheet read twice names the same body.
    code = f"{division.county_code}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    county = Division.objects.get(pk=division.county_code)
    return add_body(code=code, name=name, kind=BodyKind.INSTITUTION, division=county, by=by, at=at)


def _faults(
    row: sheets.Row, divisions: dict[str, Division], types: set[str], prefixes: tuple[str, ...], seen: dict[str, int]
) -> list[sheets.Problem]:
    faults: list[sheets.Problem] = []

    def fault(column: str, template: str, **facts: object) -> None:
        faults.append(sheets.Problem(row.number, column, row[column], template, facts))

    for column, longest in (("点位编号", 30), ("名称", 80), ("地址", 120), ("责任单位", 80)):
        if not row[column] and column != "地址":
            fault(column, "不能为空")
        elif len(row[column]) > longest:
            fault(column, "不能超过 %(longest)s 个字", longest=longest)
    if row["点位编号"] and not CODE.fullmatch(row["点位编号"]):
        fault("点位编号", "只能用文字、数字、横线和点，不能有空格和逗号")
    if row["点位编号"] in seen:
        fault("点位编号", "与第 %(first)s 行重复", first=seen[row["点位编号"]])
    if row["类型"] not in types:
        fault("类型", "没有这个类型，可填：%(known)s", known="、".join(sorted(types)))
    if row["区划代码"] not in divisions:
        fault("区划代码", "没有这个区划，请核对代码")
    elif not row["区划代码"].startswith(prefixes):
        fault("区划代码", "不在您的辖区内")
    elif len(row["区划代码"]) < 9:
        fault("区划代码", "请填到乡镇（9 位）或村社区（12 位）")
    return faults
