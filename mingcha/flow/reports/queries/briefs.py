"""
Briefs: what is stored when one is issued, who may read it, and the document made again from what was stored.

1. `stored` counts once, at the moment of issue, and names everything the document will need.
2. `document` sees only what was stored. JSON columns forget the order of keys, so whatever has an order is a list.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, Measure, SupervisingOffice
from mingcha.flow.findings.models import Finding
from mingcha.flow.reports.models import IssuedBrief
from mingcha.flow.reports.queries import figures, prose, rates
from mingcha.flow.reports.queries.figures import OfficeFigures
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body
from mingcha.kernel import briefing

Kinds = list[dict[str, object]]


def kinds(campaign: Campaign, rows: Sequence[OfficeFigures], *, as_of: datetime) -> Kinds:
    """
    Return the problem kinds by rulebook item, office by office; JSON-able. Only of offices that answer for problems.

    [{"body", "division", "items": [{"rulebook", "number", "text", "own", "count"}]}]. `own`: of a catalogue the office
    itself keeps. `count` is None where the office does not answer for the classification; the order then follows the
    catalogues, so that it tells nothing either. The same words in two editions are one kind; an empty `text` is
    条文未收录.
    """
    speaking = {(row.division, row.body) for row in rows if row.problems_found is not None}
    told: Kinds = []
    for office in campaigns.offices(campaign):
        if (office.body.division_id, office.body.name) in speaking:
            items = _by_item(office, as_of=as_of)
            told.append({"body": office.body.name, "division": office.body.division_id, "items": items})
    return told


def _by_item(office: SupervisingOffice, *, as_of: datetime) -> list[dict[str, object]]:
    found = Finding.objects.filter(campaign=office.campaign_id, office=office.body_id, confirmed_at__lte=as_of)
    found = found.filter(item__isnull=False)
    book = "item__edition__rulebook__"
    names = (f"{book}pk", f"{book}name", f"{book}keeper", "item__number", "item__text")
    cited = found.order_by().values(*names).annotate(count=Count("pk"), position=Min("item__position"))
    counted = campaigns.answers_for(office, Measure.KINDS)
    listed = sorted(
        cited,
        key=lambda row: (
            -row["count"] if counted else 0, row[f"{book}keeper"] != office.body_id, row[f"{book}pk"], row["position"],
            row["item__text"],
        ),
    )  # fmt: skip
    return [
        {
            "rulebook": row[f"{book}name"],
            "number": row["item__number"],
            "text": row["item__text"],
            "own": row[f"{book}keeper"] == office.body_id,
            "count": row["count"] if counted else None,
        }
        for row in listed
    ]


def _answering(campaign: Campaign, rows: Sequence[OfficeFigures]) -> list[str]:
    """Return the body codes of offices that answer for visits and problems both: a rate speaks of the two together."""
    speaking = {
        (row.division, row.body) for row in rows if row.problems_found is not None and row.visits is not None
    }  # fmt: skip
    return [each.body_id for each in campaigns.offices(campaign) if (each.body.division_id, each.body.name) in speaking]


def stored(
    campaign: Campaign, rows: Sequence[OfficeFigures], *, issuer: Body, as_of: datetime, demo: bool
) -> dict[str, object]:
    """Return all that a brief says, as JSON: figures, kinds, and the names as they read on the day of issue."""
    return {
        "offices": figures.as_json(list(rows)),
        "kinds": kinds(campaign, rows, as_of=as_of),
        "rates": rates.stored(campaign, _answering(campaign, rows), as_of=as_of),
        "demo": demo,
        "campaign": campaign.name,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
        "focus": [point.text for point in campaign.focus_points.all()],
        "issuer": issuer.name,
        "lead": campaign.lead.name,
        "whole": issuer.pk == campaign.lead_id,
        # A JSON object comes back with its keys in another order; the register's own order is kept here.
        "site_types": [site_type.name for site_type in territory.site_types()],
    }


def document(brief: IssuedBrief) -> bytes:
    """Return the Word document of a brief, from its stored figures only: the same bytes whenever it is asked for."""
    content = prose.content(brief.figures, number=brief.number, as_of=brief.as_of, drawn_at=brief.drawn_at)
    return briefing.compose(content)


def is_as_issued(brief: IssuedBrief, content: bytes) -> bool:
    """Return whether these bytes are the ones issued; a later release may set the same words differently."""
    return hashlib.sha256(content).hexdigest() == brief.sha256


def draft(
    campaign: Campaign, rows: Sequence[OfficeFigures], *, issuer: Body, as_of: datetime, demo: bool, at: datetime
) -> bytes:
    """Return a document that nobody has issued: it has no number and says so."""
    told = stored(campaign, rows, issuer=issuer, as_of=as_of, demo=demo)
    return briefing.compose(prose.content(told, number=None, as_of=as_of, drawn_at=at))


def issued(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[IssuedBrief]:
    """Return the briefs one may see, the latest first: the lead's under the lead, a county's also in that county."""
    found = IssuedBrief.objects.filter(to.area(Permission.BRIEF_SEE, "issuer__division__code"))
    if campaign:
        found = found.filter(campaign=campaign)
    return found.select_related("campaign", "issuer__division", "drawn_by").order_by("-drawn_at", "-pk")


def brief(pk: int, *, to: Standing) -> IssuedBrief:
    """Return an issued brief one may see. Raises NotFound."""
    found = issued(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def issuer_for(campaign: Campaign, *, to: Standing, permission: Permission = Permission.BRIEF_SEE) -> Body:
    """
    Return the office a person draws a brief for: the lead where one covers its area, else one's own office at work.

    Raises NotFound where one is neither.
    """
    if to.covers(permission, campaign.lead.division_id):
        return campaign.lead
    own = [h.body for h in to.holdings if permission in h.role.permissions]
    office = campaigns.offices_within(campaign, to=to, permission=permission).filter(body__in=own).first()
    if office is None:
        raise NotFound
    return office.body


@dataclass(frozen=True)
class Preview:
    """What a brief drawn at a moment would hold. `offices`: (body code, figures); `sums` None for a single office."""

    content: briefing.Brief
    offices: tuple[tuple[str, OfficeFigures], ...]
    sums: dict[str, int | None] | None


def preview(campaign: Campaign, *, issuer: Body, as_of: datetime, demo: bool) -> Preview:
    """Count at a moment, for a look before anything is issued; nothing is stored."""
    whole = issuer.pk == campaign.lead_id
    rows = figures.figures(campaign, as_of=as_of, body="" if whole else issuer.code)
    offices = campaigns.reporting(campaign) if whole else campaigns.offices(campaign).filter(body=issuer)
    codes = [office.body_id for office in offices]
    facts = stored(campaign, rows, issuer=issuer, as_of=as_of, demo=demo)
    return Preview(
        content=prose.content(facts, number=None, as_of=as_of, drawn_at=as_of),
        offices=tuple(zip(codes, rows, strict=True)),
        sums=figures.summed(rows) if len(rows) > 1 else None,
    )
