"""
An office's former ledger in Excel, taken over: its columns explained once, previewed, then all of it or nothing.

In the order of `take`:

1. Permission over the office's area; the office's mappings are locked, so that one file comes in at a time.
2. Plan as the preview did, on what is on record now. Any fault, and nothing is written.
3. Bodies and places that nobody has on record: registered, and provisional until the office confirms them.
4. A team that stands for paper, a closed visit for each place and day, findings as told, and orders: closed ones as the
   ledger closed them, open ones issued now, on the clock by the ledger's deadline or else by the rules.
5. The rows they came from, kept with their keys; one word to each unit; one act on record, with the file's hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.campaigns.actions import teams
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.fieldwork.actions import paper
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import dues
from mingcha.flow.rectifications.actions import ledger_rows
from mingcha.flow.rectifications.actions.ledger_rows import Row
from mingcha.flow.rectifications.models import ImportedRow, LedgerImport, LedgerMapping, Rectification
from mingcha.flow.rectifications.states import State, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import paper_sites
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import ledgers, sheets
from mingcha.kernel.ledgers import ONCE, Meaning, Standing
from mingcha.kernel.refusals import Refusal

UNNAMED = "原台账未写明"


class MappingUnnamed(Refusal):
    message: ClassVar[str] = "请给这份对应关系起个名字，如：2021年问题台账。"
    status: ClassVar[int] = 422


class ColumnNeeded(Refusal):
    message: ClassVar[str] = "至少要对应发现日期、问题描述，以及点位名称或责任单位。请在下面选出来。"
    status: ClassVar[int] = 422


class ColumnTwice(Refusal):
    message: ClassVar[str] = "“%(first)s”和“%(second)s”选了同一个含义，只能留一列。"
    status: ClassVar[int] = 422


class ColumnsGone(Refusal):
    message: ClassVar[str] = "这份文件里没有“%(name)s”用到的列：%(columns)s。请核对文件，或重新对应各列。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Plan:
    """What an import would do: the rows to take, those taken before, and every fault; nothing is written yet."""

    sheet: ledgers.Sheet
    fresh: tuple[Row, ...]
    known: int
    differing: tuple[int, ...]
    problems: tuple[sheets.Problem, ...]
    unknown: tuple[str, ...]

    @property
    def closed(self) -> list[Row]:
        return [row for row in self.fresh if row.entry.closed and not row.entry.on_spot]

    @property
    def on_spot(self) -> list[Row]:
        return [row for row in self.fresh if row.entry.on_spot]

    @property
    def open(self) -> list[Row]:
        return [row for row in self.fresh if not row.entry.closed]

    @property
    def undated(self) -> list[Row]:
        """Open rows without a deadline: they get one by the rules, from the import on."""
        return [row for row in self.open if row.entry.due_on is None]

    @property
    def new_sites(self) -> list[str]:
        return list(dict.fromkeys(row.entry.site for row in self.fresh if row.site is None))

    @property
    def new_bodies(self) -> list[str]:
        return list(dict.fromkeys(row.entry.body for row in self.fresh if row.body is None and row.entry.body))

    def overdue(self, at: datetime) -> list[Row]:
        return [row for row in self.open if (due := row.due_at) is not None and due < at]


@transaction.atomic
def save_mapping(
    office: Body, *, name: str, columns: Sequence[tuple[str, str]], words: Mapping[str, str], done_closes: bool,
    by: Person, at: datetime,
) -> LedgerMapping:  # fmt: skip
    """
    Keep what an office's columns mean, [(heading, meaning), …] in the ledger's order; the same name is said anew.

    Raises MappingUnnamed, ColumnNeeded, ColumnTwice, and NotAllowed or NotFound.
    """
    accounts.require(by, Permission.LEDGER_IMPORT, at=at, division=office.division_id)
    if not name.strip():
        raise MappingUnnamed
    said = [(heading, Meaning(meaning)) for heading, meaning in columns]
    first: dict[Meaning, str] = {}
    for heading, meaning in said:
        if meaning in ONCE and first.setdefault(meaning, heading) != heading:
            raise ColumnTwice(first=first[meaning], second=heading)
    if ledgers.Mapping(dict(said)).lacking():
        raise ColumnNeeded
    saved, _new = LedgerMapping.objects.update_or_create(
        office=office, name=name.strip()[:60],
        defaults={
            "columns": [[heading, meaning.value] for heading, meaning in said],
            "words": {text: Standing(means).value for text, means in words.items()},
            "done_closes": done_closes, "saved_at": at, "saved_by": by,
        },
    )  # fmt: skip
    audit.record(
        "ledger.map", kind="ledger", key=saved.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail={"name": saved.name, "columns": len(said)},
    )  # fmt: skip
    return saved


def understood(mapping: LedgerMapping) -> ledgers.Mapping:
    """Return a saved mapping as the kernel reads by it."""
    columns = {heading: Meaning(meaning) for heading, meaning in mapping.columns}
    return ledgers.Mapping(
        columns, {text: Standing(means) for text, means in mapping.words.items()}, mapping.done_closes
    )


def preview(
    content: bytes, *, mapping: LedgerMapping, campaign: Campaign, year: int | None = None, by: Person, at: datetime
) -> Plan:
    """
    Read a ledger under a saved mapping and say what an import would do; write nothing.

    `year` stands in for days without one. Raises ColumnsGone, and what `ledgers.read` raises.
    """
    accounts.require(by, Permission.LEDGER_IMPORT, at=at, division=mapping.office.division_id)
    sheet = ledgers.read(content)
    columns = understood(mapping)
    gone = [h for h, meaning in columns.columns.items() if meaning in ONCE and h not in sheet.headings]
    if gone:
        raise ColumnsGone(name=mapping.name, columns="、".join(gone))
    today = at.astimezone(accounts.OFFICE_TIME).date()
    reading = ledgers.entries(sheet, columns, year=year, today=today)
    placed = ledger_rows.place(reading.entries, mapping=mapping, columns=columns, campaign=campaign, by=by, at=at)
    problems = sorted((*reading.problems, *placed.problems), key=lambda problem: problem.row)
    return Plan(sheet, placed.fresh, placed.known, placed.differing, tuple(problems), reading.unknown)


@transaction.atomic
def take(
    content: bytes, *, mapping: LedgerMapping, campaign: Campaign, year: int | None = None, by: Person, at: datetime
) -> LedgerImport | None:
    """
    Take a former ledger over, all or nothing; None where every row was taken before, and then nothing changes.

    Raises RowsRefused with every bad row, OfficeOutsideCampaign, CampaignOver, and what `preview` raises.
    """
    office = mapping.office
    accounts.require(by, Permission.LEDGER_IMPORT, at=at, division=office.division_id)
    campaign_actions.require_open(campaign)  # locks it: ledgers of one campaign come in one after another
    list(LedgerMapping.objects.select_for_update().filter(office=office).order_by("pk"))
    plan = preview(content, mapping=mapping, campaign=campaign, year=year, by=by, at=at)
    if plan.problems:
        raise sheets.RowsRefused(plan.problems)
    if not plan.fresh:
        return None
    orders = _orders(plan.fresh, office=office, campaign=campaign, by=by, at=at)
    source = LedgerImport.objects.create(
        mapping=mapping, office=office, campaign=campaign, sha256=hashlib.sha256(content).hexdigest(),
        rows=len(plan.fresh), closed=len(plan.closed) + len(plan.on_spot), known=plan.known, at=at, by=by,
    )  # fmt: skip
    ImportedRow.objects.bulk_create(
        [
            ImportedRow(
                source=source, office=office, rectification=order, number=row.entry.row, key=row.key,
                found_as=row.entry.found_by, measures=row.entry.measures, cells=row.entry.kept, due_at=order.due_at,
            )
            for row, order in zip(plan.fresh, orders, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    _tell(orders, at=at)
    audit.record(
        "ledger.import", kind="ledger", key=mapping.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail={
            "import": source.pk, "sha256": source.sha256, "rows": source.rows, "closed": source.closed,
            "known": source.known, "campaign": campaign.slug,
        },
    )  # fmt: skip
    return source


def _orders(
    rows: Sequence[Row], *, office: Body, campaign: Campaign, by: Person, at: datetime
) -> list[Rectification]:  # fmt: skip
    """Make everything that rows stand for; return their orders in the same order."""
    bodies, sites = _register(rows, by=by, at=at)
    team = teams.stand_for_paper(campaign, office=office, by=by, at=at)
    told = [paper.Told(sites[row.site_code], row.found_at, row.entry.covert) for row in rows]
    visits = paper.take_over(team, told=told, by=by, at=at)
    found = findings.take_over(
        [
            findings.Told(
                visits[each.key], row.item, row.entry.clause, row.entry.responsibility,
                bodies.get((row.division.county_code, row.entry.body)) or row.body or sites[row.site_code].body,
                row.entry.severity, row.entry.description,
            )
            for row, each in zip(rows, told, strict=True)
        ],
        by=by, at=at,
    )  # fmt: skip
    offices = territory.upward(office.pk)
    made = [
        _order(row, finding, emergency=campaign.in_emergency(at), offices=offices, at=at)
        for row, finding in zip(rows, found, strict=True)
    ]
    return Rectification.objects.bulk_create(made, batch_size=500)


def _register(
    rows: Sequence[Row], *, by: Person, at: datetime
) -> tuple[dict[tuple[str, str], Body], dict[str, Site]]:  # fmt: skip
    """Return the bodies that nobody had on record, and the site of every row by its code."""
    wanted = {(row.division.county_code, row.entry.body) for row in rows if row.body is None and row.entry.body}
    bodies = paper_sites.name_bodies(wanted, by=by, at=at)
    sites = {row.site_code: row.site for row in rows if row.site is not None}
    met = {
        row.site_code: paper_sites.Place(
            row.site_code, row.entry.site, row.entry.site_type, row.division,
            row.body or bodies.get((row.division.county_code, row.entry.body)),
        )
        for row in reversed(rows)
        if row.site is None
    }  # fmt: skip
    return bodies, sites | paper_sites.meet(list(met.values()), by=by, at=at)


def _order(
    row: Row, finding: Finding, *, emergency: bool, offices: Sequence[str], at: datetime
) -> Rectification:  # fmt: skip
    entry = row.entry
    order = Rectification(finding=finding, body=finding.body, requirement=entry.requirement)
    if entry.on_spot:
        order.way, order.state, order.attested_at = Way.ON_SPOT, State.ATTESTED, finding.noted_at
        return order
    order.way, order.due_at = Way.BY_DEADLINE, row.due_at
    if entry.closed:
        # Not known when: then now, when it became known here, and never a day that would make it look timely.
        day = entry.closed_on
        closed = at if day is None else datetime.combine(day, datetime.min.time(), accounts.OFFICE_TIME)
        order.state, order.closed_at = State.CLOSED, max(closed, finding.noted_at)
        order.closed_as = entry.closed_by or UNNAMED
        order.due_at = order.due_at or order.closed_at
        return order
    order.state, order.ordered_at = State.ORDERED, at
    if order.due_at is None:
        due = dues.due(
            "rectify", start=at, emergency=emergency, offices=offices, severity=entry.severity, item=finding.item_id
        )
        order.due_at, order.term, order.tentative = due.at, due.term, due.tentative
    return order


def _tell(orders: Sequence[Rectification], *, at: datetime) -> None:
    """One message to each who answers for a unit, however many orders it got."""
    count: dict[str, int] = {}
    for order in orders:
        if order.state == State.ORDERED:
            count[order.body_id] = count.get(order.body_id, 0) + 1
    for body, number in sorted(count.items()):
        people = accounts.serving(body, at=at, role="unit")
        notices.send(to=people, subject=f"{gettext_noop('收到台账移交的整改件')}：{number}", link="/orders/", at=at)
