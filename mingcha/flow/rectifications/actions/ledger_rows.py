"""
A former ledger's rows beside what is on record: which are new, at which site, whose, by when; and every fault by row.

In the order of the code:

1. Names → places: townships within the office's area, sites by name or code, bodies by name; one too many is a fault.
2. Rows taken before, by their key or because the same finding stands in the ledger already, are left as they are.
3. Whoever takes the ledger over must be free of every unit in it, closed rows included.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import ImportedRow, LedgerMapping
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.rulebook import terms
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body, Division, Site
from mingcha.kernel import ledgers, sheets
from mingcha.kernel.ledgers import Entry, Meaning

FAULTS = {
    "sites": "有 %(count)s 个同名点位，请改写成点位编号，或写上乡镇",
    "bodies": "有 %(count)s 个同名单位，请写上乡镇，或改写全称",
    "township": "本单位辖区里没有这个乡镇，请核对名称",
    "where": "点位没有登记，也没有写乡镇，不知道在哪里：请写上乡镇，或先登记点位",
    "office": "监督机关不能作为责任单位",
    "tied": "您对它应当回避（%(why)s），请由其他人导入",
}


@dataclass(frozen=True)
class Row:
    """A row to be taken over. `site` None: met for the first time; `body` None: to be registered by `entry.body`, or unknown."""

    entry: Entry
    key: str
    division: Division
    site: Site | None
    body: Body | None
    item: Item | None

    @property
    def found_at(self) -> datetime:
        return datetime.combine(self.entry.found_on, self.entry.found_time or time(), OFFICE_TIME)

    @property
    def due_at(self) -> datetime | None:
        """The deadline the ledger names; a day without a time ends when offices close."""
        if self.entry.due_on is None:
            return None
        return datetime.combine(self.entry.due_on, self.entry.due_time or terms.calendar().closes, OFFICE_TIME)

    @property
    def site_code(self) -> str:
        """What a place met for the first time is called until the office confirms it."""
        told = f"{self.division.pk}\n{self.entry.site}"
        return self.site.code if self.site else f"ledger-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Placed:
    """Every row of a reading beside the record: `fresh` ones, how many were taken before, and which of those differ now."""

    fresh: tuple[Row, ...]
    known: int
    differing: tuple[int, ...]
    problems: tuple[sheets.Problem, ...]


def place(
    entries: Sequence[Entry], *, mapping: LedgerMapping, columns: ledgers.Mapping, campaign: Campaign, by: Person,
    at: datetime,
) -> Placed:  # fmt: skip
    """Put rows beside the record; write nothing."""
    register = _Register(mapping.office, columns, entries)
    items = {item.text: item for item in campaigns.items(campaign) if item.text}
    rows = []
    for entry in entries:
        division, site = register.where(entry)
        body = register.who(entry, division, site) if division else None
        if division is not None:
            rows.append(Row(entry, _key(mapping, entry), division, site, body, items.get(entry.clause)))
    _keep_away(rows, register, by=by, at=at)
    kept = dict(
        ImportedRow.objects.filter(office=mapping.office, key__in=[r.key for r in rows]).values_list("key", "cells")
    )
    told = _told(mapping.office, rows)
    fresh = [row for row in rows if row.key not in kept and not _is_told(row, told)]
    differing = [row.entry.row for row in rows if row.key in kept and kept[row.key] != row.entry.kept]
    return Placed(tuple(fresh), len(rows) - len(fresh), tuple(differing), tuple(register.problems))


def _key(mapping: LedgerMapping, entry: Entry) -> str:
    # A number is one ledger's own: another ledger of the office counts from one again.
    return f"{mapping.pk}:{entry.key}" if entry.key.startswith("n:") else entry.key


def _told(office: Body, rows: Sequence[Row]) -> set[tuple[int, str, str]]:
    sites = {row.site.pk for row in rows if row.site}
    found = Finding.objects.filter(
        office=office, site__in=sites, description__in={row.entry.description for row in rows}
    )
    return {
        (site, noted.astimezone(OFFICE_TIME).date().isoformat(), text)
        for site, noted, text in found.values_list("site", "noted_at", "description")
    }


def _is_told(row: Row, told: set[tuple[int, str, str]]) -> bool:
    return row.site is not None and (row.site.pk, row.entry.found_on.isoformat(), row.entry.description) in told


def _keep_away(rows: Iterable[Row], register: "_Register", *, by: Person, at: datetime) -> None:
    away = ties.ties([by.pk], at=at)
    for row in rows:
        body = row.body or (row.site.body if row.site else None)
        subject = ties.Subject(body.pk if body else "", row.division.pk, row.site.pk if row.site else None)
        tie = away.between(by.pk, subject)
        if tie is not None:
            register.fault(row.entry, Meaning.BODY, "tied", why=f"{tie.label}：{tie.name}")


class _Register:
    """The places and bodies that a ledger names, read once; what cannot be told apart becomes a fault."""

    def __init__(self, office: Body, columns: ledgers.Mapping, entries: Sequence[Entry]) -> None:
        self.office, self.columns = office, columns
        self.problems: list[sheets.Problem] = []
        self.townships: dict[str, list[Division]] = {}
        for township in territory.townships(office.division_id):
            for name in {township.name, _bare(township.name)}:
                self.townships.setdefault(name, []).append(township)
        named = {entry.site for entry in entries}
        self.sites: dict[str, list[Site]] = {}
        for site in territory.sites_named(named, prefix=office.division_id):
            for name in {site.name, site.code} & named:
                self.sites.setdefault(name, []).append(site.merged_into or site)
        self.bodies: dict[str, list[Body]] = {}
        above = territory.bodies_named({entry.body for entry in entries if entry.body}, prefix=office.division_id)
        for body in above:
            self.bodies.setdefault(body.name, []).append(body.merged_into or body)

    def fault(self, entry: Entry, meaning: Meaning, name: str, **facts: object) -> None:
        heading = (
            self.columns.heading(meaning) or self.columns.heading(Meaning.SITE) or self.columns.heading(Meaning.BODY)
        )
        self.problems.append(sheets.Problem(entry.row, heading, entry.kept.get(heading, ""), FAULTS[name], facts))

    def where(self, entry: Entry) -> tuple[Division | None, Site | None]:
        """Return where a row lies and at which site on record; no division after a fault."""
        townships = self.townships.get(entry.township) or self.townships.get(_bare(entry.township)) or []
        if entry.township and len(townships) != 1:
            self.fault(entry, Meaning.TOWNSHIP, "township")
            return None, None
        sites = {site.pk: site for site in self.sites.get(entry.site, [])}.values()
        if townships:
            sites_there = [site for site in sites if site.division_id.startswith(townships[0].pk)]
            # A place met before may be known by its county alone.
            sites = sites_there or [site for site in sites if len(site.division_id) < 9]  # type: ignore[assignment]
        if len(sites) > 1:
            self.fault(entry, Meaning.SITE, "sites", count=len(sites))
            return None, None
        site = next(iter(sites), None)
        if site is not None:
            return site.division, site
        if not townships and len(self.office.division_id) < 6:
            self.fault(entry, Meaning.SITE, "where")
            return None, None
        return (townships[0] if townships else self.office.division), None

    def who(self, entry: Entry, division: Division, site: Site | None) -> Body | None:
        """Return the body on record that answers; None where it is to be registered, or nobody is named."""
        if not entry.body:
            return site.body if site else None
        here = {body.pk: body for body in self.bodies.get(entry.body, ())}.values()
        own = [body for body in here if body.division_id.startswith(division.county_code)]
        found = own or [body for body in here if division.pk.startswith(body.division_id)]
        if len(found) > 1:
            self.fault(entry, Meaning.BODY, "bodies", count=len(found))
        body = found[0] if found else None
        if body is not None and body.kind in SUPERVISING:
            self.fault(entry, Meaning.BODY, "office")
        return body


def _bare(township: str) -> str:
    """Return a township's name as people shorten it."""
    for ending in ("街道办事处", "街道办", "街道", "镇", "乡"):
        if township.endswith(ending) and len(township) > len(ending) + 1:
            return township.removesuffix(ending)
    return township
