"""Reading what came out of a former ledger, and giving the ledger back in the shape it came in."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.models import ImportedRow, LedgerImport, LedgerMapping, Rectification
from mingcha.flow.rectifications.states import State
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.kernel.ledgers import Meaning

# What goes on here after an import; everything else stays as its row told it.
_MOVING = frozenset({Meaning.STATE, Meaning.MEASURES, Meaning.CLOSED_ON, Meaning.CLOSED_BY})


def mappings(*, to: Standing) -> QuerySet[LedgerMapping]:
    """Return the saved mappings of the offices in whose area one may take ledgers over, by office and name."""
    area = to.area(Permission.LEDGER_IMPORT, "office__division__code")
    return LedgerMapping.objects.filter(area).select_related("office__division", "saved_by").order_by("office", "name")


def mapping(pk: int, *, to: Standing) -> LedgerMapping:
    """Return one of them. Raises NotFound."""
    found = mappings(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def imports(*, to: Standing) -> QuerySet[LedgerImport]:
    """Return what was taken over for the offices in one's area, the latest first."""
    area = to.area(Permission.LEDGER_IMPORT, "office__division__code")
    return LedgerImport.objects.filter(area).select_related("mapping", "office", "campaign", "by").order_by("-pk")


def row_of(order: Rectification) -> ImportedRow | None:
    """Return the row of a former ledger that an order came from, or None; who sees the order sees it."""
    return ImportedRow.objects.filter(rectification=order).select_related("source__mapping", "source__by").first()


def headings(mapping: LedgerMapping) -> list[str]:
    """Return a ledger's headings in its own order."""
    return [heading for heading, _meaning in mapping.columns]


def sheet(mapping: LedgerMapping, campaign: Campaign, *, to: Standing) -> Iterator[list[object]]:
    """
    Return an office's rows in a campaign as cells under `headings`, oldest first, as far as one may see them.

    A row that came out of the ledger is given back as it was told, with what has happened here since; one found here is
    put into the same columns. Columns that are not to be read stay empty.
    """
    found = findings.visible(to=to).filter(campaign=campaign, office=mapping.office, state=FindingState.CONFIRMED)
    listed = list(found.order_by("noted_at", "pk"))
    orders = queries.of_findings([finding.pk for finding in listed])
    rows = {
        row.rectification_id: row for row in ImportedRow.objects.filter(rectification__in=orders.values())
    }  # fmt: skip
    townships = territory.names(finding.site.division.township_code for finding in listed)
    columns = [(heading, Meaning(meaning)) for heading, meaning in mapping.columns]
    for n, finding in enumerate(listed, start=1):
        order = orders.get(finding.pk)
        row = rows.get(order.pk) if order else None
        live = _live(finding, order, township=townships.get(finding.site.division.township_code, ""))
        yield [_cell(heading, meaning, n, row, order, live) for heading, meaning in columns]


def _cell(
    heading: str,
    meaning: Meaning,
    n: int,
    row: ImportedRow | None,
    order: Rectification | None,
    live: dict[Meaning, str],
) -> object:
    if meaning is Meaning.ORDINAL:
        return n
    if row is None or order is None:
        return live.get(meaning, "")
    moved = meaning in _MOVING and _has_moved(order)
    if moved or (meaning is Meaning.DUE and order.due_at != row.due_at):
        return live.get(meaning, "")
    return row.cells.get(heading, "")


def _has_moved(order: Rectification) -> bool:
    """Whether something was done here since the import: what was closed or attested by the ledger has come to rest."""
    if order.state == State.CLOSED:
        return order.closed_by_id is not None
    if order.state == State.ATTESTED:
        return False
    return order.state != State.ORDERED or bool(order.replies.all())


def _live(finding: Finding, order: Rectification | None, *, township: str) -> dict[Meaning, str]:
    """Return what stands here now under each meaning."""
    told = {
        Meaning.NUMBER: finding.number,
        Meaning.FOUND_ON: _day(finding.noted_at),
        Meaning.FOUND_BY: finding.visit.inspection.team.name,
        Meaning.MODE: finding.visit.get_mode_display(),
        Meaning.TOWNSHIP: township,
        Meaning.SITE: finding.site.name,
        Meaning.SITE_TYPE: finding.site.type.name,
        Meaning.ITEM: finding.rule,
        Meaning.RESPONSIBILITY: finding.get_responsibility_display(),
        Meaning.DESCRIPTION: finding.description,
        Meaning.SEVERITY: finding.get_severity_display(),
        Meaning.BODY: finding.body.name,
    }
    if order is None:
        return told
    # Fetched beforehand for the whole sheet.
    reply = max(order.replies.all(), key=lambda r: r.pk, default=None)
    return told | {
        Meaning.WAY: order.get_way_display(),
        Meaning.REQUIREMENT: order.requirement,
        Meaning.DUE: _day(order.due_at),
        Meaning.MEASURES: reply.measures if reply else "",
        Meaning.STATE: order.get_state_display(),
        Meaning.CLOSED_ON: _day(order.closed_at),
        Meaning.CLOSED_BY: order.closer,
    }


def _day(moment: datetime | None) -> str:
    return moment.astimezone(OFFICE_TIME).date().isoformat() if moment else ""
