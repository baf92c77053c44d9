"""Issuing a brief, and putting on record that something left the house."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.reports.models import IssuedBrief
from mingcha.flow.reports.queries import briefs, figures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body


@transaction.atomic
def issue_brief(
    campaign: Campaign, *, issuer: Body, as_of: datetime, demo: bool, by: Person, at: datetime
) -> IssuedBrief:
    """
    Draw a brief from the rows at `as_of`, number it and keep its figures, so that the same document can be made again.

    The lead office's brief covers every supervising office, a county's only its own.
    """
    accounts.require(by, Permission.BRIEF_DRAW, at=at, division=issuer.division_id)
    whole = issuer.pk == campaign.lead_id
    if not whole and campaigns.office_of(campaign, issuer.code) is None:
        raise accounts.NotFound
    rows = figures.figures(campaign, as_of=as_of, body="" if whole else issuer.code)
    # Two briefs at once would take the same number: the campaign's row is the queue.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    last = IssuedBrief.objects.filter(campaign=campaign, issuer=issuer).aggregate(last=Max("number"))["last"] or 0
    brief = IssuedBrief(
        campaign=campaign, issuer=issuer, number=last + 1, as_of=as_of, drawn_at=at, drawn_by=by,
        figures=briefs.stored(campaign, rows, issuer=issuer, as_of=as_of, demo=demo),
    )  # fmt: skip
    brief.sha256 = hashlib.sha256(briefs.document(brief)).hexdigest()
    IssuedBrief.objects.bulk_create([brief])
    audit.record(
        "brief.issue", kind="brief", key=brief.pk, by=by, at=at, division=issuer.division_id, body=issuer.code,
        detail={"number": brief.number, "sha256": brief.sha256},
    )  # fmt: skip
    return brief


@transaction.atomic
def record_export(campaign: Campaign, *, rows: int, chosen: dict[str, str], by: Person, at: datetime) -> None:
    """Put an export of the ledger on record: who, how many rows, under which filter."""
    accounts.require(by, Permission.LEDGER_EXPORT, at=at)
    audit.record(
        "ledger.export", kind="campaign", key=campaign.slug, by=by, at=at, division=campaign.division_id,
        detail={"rows": rows, "filter": chosen},
    )  # fmt: skip
