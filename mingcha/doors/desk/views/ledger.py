"""The ledger (台账): its rows, its file, its totals and its gaps. What it is narrowed to stands in the address."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_safe

from mingcha.doors.desk import files
from mingcha.doors.desk.forms.ledger import Narrow
from mingcha.doors.hall import clock, wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.reports.actions import briefs as reports
from mingcha.flow.reports.queries import gaps as largest_gaps
from mingcha.flow.reports.queries import ledger, rates
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel import sheets

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign

PAGE = 25
DIMENSIONS = {
    "county": gettext_lazy("县区"),
    "site_type": gettext_lazy("点位类型"),
    "item": gettext_lazy("清单条目"),
    "responsibility": gettext_lazy("四方责任"),
    "day": gettext_lazy("日期"),
}


@require_safe
@door(P.LEDGER_SEE)
def newest(request: Request) -> HttpResponse:
    """Go to the ledger of the newest campaign one may see; say so where there is none."""
    campaign = campaigns.visible(request.standing).first()
    if campaign is None:
        return render(request, "desk/ledger_none.html")
    return redirect("desk:ledger_of", slug=campaign.slug)


@require_safe
@door(P.LEDGER_SEE)
def show(request: Request, *, slug: str) -> HttpResponse:
    """Show a page of rows, with the totals of all that the filter leaves."""
    campaign = campaigns.campaign(slug, to=request.standing)
    chosen = ledger.Filter.read(request.GET)
    rows = ledger.rows(campaign, chosen, to=request.standing, at=request.now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    townships = territory.names(finding.site.division.township_code for finding in page)
    words = {
        "campaign": campaign,
        "lines": [(finding, townships.get(finding.site.division.township_code, "")) for finding in page],
        "campaigns": campaigns.visible(request.standing),
        "narrow": _narrow(request, campaign, chosen),
        "query": urlencode(chosen.active),
        "page": page,
        "total": ledger.total(rows),
        "noted": rows.filter(state="noted").count(),
        "may_export": request.standing.can(P.LEDGER_EXPORT),
        "may_import": request.standing.can(P.LEDGER_IMPORT),
        "held": fieldwork.submissions(to=request.standing, state="held", campaign=campaign).count(),
    }
    return render(request, "desk/ledger.html", words)


def _narrow(request: Request, campaign: "Campaign", chosen: ledger.Filter) -> Narrow:
    offices = campaigns.offices_within(campaign, to=request.standing, permission=P.LEDGER_SEE)
    cited = ledger.cited(campaign, to=request.standing)
    return Narrow(
        chosen,
        offices=[(office.body_id, office.body.name) for office in offices],
        places=_places(request, campaign),
        types=[(kind.code, kind.name) for kind in territory.site_types()],
        items=[(str(item.pk), Truncator(f"{item.edition.rulebook.name} {item.label}").chars(60)) for item in cited],
    )


def _places(request: Request, campaign: "Campaign") -> list[tuple[str, object]]:
    """Return the townships one may look at, grouped by county, each county also as a whole."""
    places: list[tuple[str, object]] = []
    townships: dict[str, list[tuple[str, str]]] = {}
    for township in territory.townships(campaign.division_id):
        townships.setdefault(township.county_code, []).append((township.code, township.name))
    for county in territory.counties(campaign.division_id):
        if request.standing.covers(P.LEDGER_SEE, county.code):
            within = townships.get(county.code, [])
            whole = _("%(county)s（全部）") % {"county": county.name}
            places.append((county.name, [(county.code, whole), *within]))
    return places


@require_GET
@door(P.LEDGER_EXPORT)
def export(request: Request, *, slug: str) -> HttpResponse:
    """Hand out the rows as filtered as a workbook; that they left is put on record first."""
    campaign = campaigns.campaign(slug, to=request.standing)
    chosen = ledger.Filter.read(request.GET)
    rows = list(ledger.sheet(ledger.rows(campaign, chosen, to=request.standing, at=request.now)))
    reports.record_export(campaign, rows=len(rows), chosen=chosen.active, by=request.user, at=request.now)
    told = _narrow(request, campaign, chosen).said()
    conditions = [_("%(name)s：%(value)s") % {"name": label, "value": value} for label, value in told]
    notes = [
        _("任务：%(name)s") % {"name": campaign.name},
        _("导出时间：%(time)s") % {"time": wording.full_moment(request.now)},
        _("导出人：%(name)s（%(username)s）") % {"name": request.user.name, "username": request.user.username},
        _("行数：%(rows)s") % {"rows": len(rows)},
        _("筛选条件：%(conditions)s") % {"conditions": _("；").join(conditions) or _("无")},
        _("范围：只含导出人有权查看的行。"),
    ]
    if clock.is_demo():
        notes.insert(0, _("演示数据，不得引用。"))
    content = sheets.write(ledger.HEADER, rows, title=_("台账"), notes=notes)
    mark = _("（演示）") if clock.is_demo() else ""
    name = f"{campaign.name}{_('台账')}{mark}{timezone.localtime(request.now):%Y%m%d-%H%M}.xlsx"
    return files.attached(content, name=name, media_type=files.XLSX)


@require_safe
@door(P.LEDGER_SEE)
def totals(request: Request, *, slug: str) -> HttpResponse:
    """Show the sums by one of five dimensions; every line opens its rows."""
    campaign = campaigns.campaign(slug, to=request.standing)
    chosen = ledger.Filter.read(request.GET)
    by = request.GET.get("by", "county")
    by = by if by in DIMENSIONS else "county"
    rows = ledger.rows(campaign, chosen, to=request.standing, at=request.now)
    lines = ledger.totals(rows, by)
    words = {
        "campaign": campaign,
        "by": by,
        "dimension": DIMENSIONS[by],
        "tabs": [(name, label, urlencode({**chosen.active, "by": name})) for name, label in DIMENSIONS.items()],
        "lines": [(_label(line, by), _opening(campaign, chosen, line, by), line.total) for line in lines],
        "total": ledger.total(rows),
        "most": max((line.total.found for line in lines), default=0),
        "conditions": _narrow(request, campaign, chosen).said(),
        "query": urlencode(chosen.active),
        "estimated": _estimated(request, campaign, by),
    }
    return render(request, "desk/totals.html", words)


def _estimated(request: Request, campaign: "Campaign", by: str) -> dict[str, object]:
    """Return the rates of the whole campaign beside its sums; by responsibility or day only the one of all together."""
    drawn = rates.seen(campaign, to=request.standing, as_of=request.now)
    lines = rates.by(drawn, by) if by in rates.DIMENSIONS else []
    return {
        "rounds": drawn.rounds,
        "overall": rates.overall(drawn),
        "lines": [(_(line.label), line.rate) for line in lines],
    }


def _label(line: ledger.Line, by: str) -> str:
    """Return a line's name in the reader's language; names of places and texts of rules have only their own."""
    return wording.day(date.fromisoformat(line.key)) if by == "day" else _(line.label)


def _opening(campaign: "Campaign", chosen: ledger.Filter, line: ledger.Line, by: str) -> str:
    """Return the address of a line's rows. A township already chosen is narrower than its county, and stays."""
    name, _equals, key = line.filter.partition("=")
    if not (by == "county" and chosen.place.startswith(key)):
        chosen = replace(chosen, **{name: key})
    return f"{reverse('desk:ledger_of', args=[campaign.slug])}?{urlencode(chosen.active)}"


@require_safe
@door(P.LEDGER_SEE)
def gaps(request: Request, *, slug: str) -> HttpResponse:
    """Show where reported and verified counts lie furthest apart; each line opens its visit."""
    campaign = campaigns.campaign(slug, to=request.standing)
    page = Paginator(largest_gaps.largest(campaign, to=request.standing), PAGE).get_page(request.GET.get("page"))
    widest = max((answer.gap for answer in page), default=0)  # type: ignore[attr-defined]
    return render(request, "desk/gaps.html", {"campaign": campaign, "page": page, "widest": widest})
