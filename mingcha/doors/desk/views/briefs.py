"""Briefs: the figures as of a moment, and the numbered documents made from them."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk import files
from mingcha.doors.desk.forms.briefs import AsOf
from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.reports.actions import briefs as reports
from mingcha.flow.reports.queries import briefs
from mingcha.flow.reports.queries.figures import OfficeFigures
from mingcha.flow.reports.queries.prose import WORDS
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign

PAGE = 25
# figure: how the ledger is narrowed to its rows; the others are not counts of findings.
ROWS: dict[str, dict[str, str]] = {
    "problems_found": {},
    "rectified_on_spot": {"way": "on_spot"},
    "rectified_by_deadline": {"way": "by_deadline"},
    "open": {"state": "open"},
    "overdue": {"overdue": "1"},
}


@require_safe
@door(P.BRIEF_SEE)
def index(request: Request) -> HttpResponse:
    """List what was issued, and the campaigns a brief may be drawn for."""
    page = Paginator(briefs.issued(to=request.standing), PAGE).get_page(request.GET.get("page"))
    drawable = [each for each in campaigns.visible(request.standing) if _issuer(request, each)]
    fresh = request.GET.get("issued", "")
    words = {
        "page": page,
        "campaigns": drawable,
        "may_draw": request.standing.can(P.BRIEF_DRAW),
        "fresh": next((brief for brief in page if str(brief.pk) == fresh), None),
    }
    return render(request, "desk/briefs.html", words)


def _issuer(request: Request, campaign: "Campaign") -> object:
    try:
        return briefs.issuer_for(campaign, to=request.standing)
    except NotFound:
        return None


@require_safe
@door(P.BRIEF_SEE)
def show(request: Request, *, slug: str) -> HttpResponse:
    """Show the figures a brief drawn now would hold; a time in the past may be asked for."""
    campaign = campaigns.campaign(slug, to=request.standing)
    form = AsOf(request.GET or None, now=request.now)
    return _page(request, campaign, form, status=200 if form.moment else 422)


@require_POST
@door(P.BRIEF_DRAW)
def issue(request: Request, *, slug: str) -> HttpResponse:
    """Draw, number and keep the brief that was previewed; then it can be downloaded, today and later."""
    campaign = campaigns.campaign(slug, to=request.standing)
    form = AsOf(request.POST, now=request.now)
    if form.moment is None:
        return _page(request, campaign, form, status=422)
    issuer = briefs.issuer_for(campaign, to=request.standing, permission=P.BRIEF_DRAW)
    try:
        brief = reports.issue_brief(
            campaign, issuer=issuer, as_of=form.moment, demo=clock.is_demo(), by=request.user, at=request.now
        )
    except Refusal as refusal:
        return _page(request, campaign, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("第 %(number)s 期简报已编发。") % {"number": brief.number})
    return redirect(f"{reverse('desk:briefs')}?{urlencode({'issued': brief.pk})}")


@require_safe
@door(P.BRIEF_SEE)
def document(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the Word document, made again from what was stored."""
    brief = briefs.brief(pk, to=request.standing)
    content = briefs.document(brief)
    name = f"{brief.campaign.name}简报第{brief.number}期"
    if not briefs.is_as_issued(brief, content):
        name += _("（重新排版）")
    if brief.figures["demo"]:
        name += _("（演示）")
    return files.attached(content, name=f"{name}.docx", media_type=files.DOCX)


def _page(
    request: Request, campaign: "Campaign", form: AsOf, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    issuer = briefs.issuer_for(campaign, to=request.standing)
    as_of = form.moment or request.now
    seen = briefs.preview(campaign, issuer=issuer, as_of=as_of, demo=clock.is_demo())
    # The ledger shows what is, so figures of an earlier moment do not open its rows.
    ledger = reverse("desk:ledger_of", args=[campaign.slug]) if as_of == request.now else ""
    words = {
        "campaign": campaign,
        "issuer": issuer,
        "form": form,
        "as_of": as_of,
        "heads": [_(head) for head, _label, _unit in WORDS.values()],
        "lines": [_line(code, row, ledger) for code, row in seen.offices],
        "sums": [(_(words[0]), seen.sums[name]) for name, words in WORDS.items()] if seen.sums else None,
        "content": seen.content,
        "sections": [
            (f"{n}、{each.title}", each) for n, each in zip("一二三四五六", seen.content.sections, strict=False)
        ],
        "may_issue": request.standing.can(P.BRIEF_DRAW) and form.moment is not None,
        "refusal": refusal,
    }
    return render(request, "desk/brief.html", words, status=status)


def _line(code: str, row: OfficeFigures, ledger: str) -> dict[str, Any]:
    """Return a row for the page: its name, its cells as (value, head, address of its rows), its sites by type."""
    cells = []
    for name, (head, _label, _unit) in WORDS.items():
        narrowed = urlencode({"office": code, **ROWS.get(name, {})})
        cells.append((getattr(row, name), _(head), f"{ledger}?{narrowed}" if ledger and name in ROWS else ""))
    return {"body": row.body, "cells": cells, "sites": list((row.sites or {}).items())}
