"""Campaigns: opening one, its page, which figures an office answers for, adopting an edition, closing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import board
from mingcha.doors.desk.forms.campaigns import MEASURES, Answering, NewCampaign
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.states import UNDER_WAY
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.states import OPEN
from mingcha.flow.reports.queries import figures, rates
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries as rulebooks
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Call, Campaign, SupervisingOffice


@dataclass(frozen=True)
class Part:
    """One office's part in a campaign, as its line in the table shows it."""

    office: "SupervisingOffice"
    figures: figures.OfficeFigures
    may_answer: bool
    silent: int


@require_safe
@door(P.CAMPAIGN_SEE)
def index(request: Request) -> HttpResponse:
    """Every campaign in one's area."""
    return render(request, "desk/campaigns.html", {
        "campaigns": queries.visible(request.standing),
        "may_open": request.standing.can(P.CAMPAIGN_OPEN),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CAMPAIGN_OPEN)
def new(request: Request) -> HttpResponse:
    """Open a campaign; the lead is the office one serves."""
    home = next(h for h in request.standing.holdings if P.CAMPAIGN_OPEN in h.role.permissions)
    editions = list(rulebooks.latest_editions())
    offices = list(territory.offices(home.division))
    form = NewCampaign(
        request.POST if request.method == "POST" else None,
        editions=[(edition.pk, edition) for edition in editions],
        offices=[(body.code, body.name) for body in offices],
        at=request.now,
    )
    refusal = None
    if form.is_valid():
        try:
            return _open(request, form, home.body)
        except Refusal as failure:
            refusal = failure
    return render(
        request, "desk/campaign_new.html",
        {"form": form, "refusal": refusal, "editions": {edition.pk: edition for edition in editions}, "home": home},
        status=refusal.status if refusal else 422 if form.is_bound else 200,
    )  # fmt: skip


def _open(request: Request, form: NewCampaign, lead_code: str) -> HttpResponse:
    given = form.cleaned_data
    lead = territory.body(lead_code)
    if lead is None:
        raise NotFound
    chosen = {code: body for code in given["offices"] if (body := territory.body(code))}
    editions = [edition for pk in given["editions"] if (edition := rulebooks.edition(pk))]
    campaign = campaigns.open_campaign(
        slug=given["slug"], name=given["name"], purpose=given["purpose"], lead=lead, starts_on=given["starts_on"],
        ends_on=given["ends_on"], emergency_until=given["emergency_until"], retention_days=given["retention_days"],
        focus=given["focus"], editions=editions, offices=list(chosen.values()), by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(request, _("已立项，并通知了各监督单位。"))
    return redirect("desk:campaign", campaign.slug)


@require_safe
@door(P.CAMPAIGN_SEE)
def show(request: Request, *, slug: str) -> HttpResponse:
    """The campaign's page: what it is, who is at work in it, and the way to everything else."""
    campaign = queries.campaign(slug, to=request.standing)
    teams = list(queries.teams(campaign, to=request.standing))
    parts = _parts(campaign, request)
    rounds = list(draws.rounds(to=request.standing, campaign=campaign))
    newer = {edition.rulebook_id: edition for edition in queries.newer_editions(campaign)}
    served = {holding.body for holding in request.standing.holdings}
    return render(request, "desk/campaign.html", {
        "campaign": campaign,
        "emergency": campaign.in_emergency(request.now),
        "focus": campaign.focus_points.all(),
        "editions": [(edition, newer.get(edition.rulebook_id)) for edition in queries.editions(campaign)],
        "parts": parts,
        "silent_groups": _silent_groups(campaign, parts, request),
        "teams": [team for team in teams if team.disbanded_at is None],
        "gone": [team for team in teams if team.disbanded_at is not None],
        "calls": [board.glance(call, request) for call in _calls(request, campaign)],
        "rounds": rounds,
        "unfinished": next((r for r in rounds if r.state in UNDER_WAY and r.office_id in served), None),
        # The office that leads may draw too, but it is not its first business here.
        "inspects": any(part.office.body_id in served - {campaign.lead_id} for part in parts),
        "may": _may(request, campaign, parts), "phones": _phones(request, campaign),
        "estimated": _estimated(request, campaign),
    })  # fmt: skip


def _estimated(request: Request, campaign: "Campaign") -> dict[str, object] | None:
    """Return the rate of all revealed rounds one may see; None where one sees no totals, or no round is revealed."""
    if not request.standing.can(P.LEDGER_SEE):
        return None
    drawn = rates.seen(campaign, to=request.standing, as_of=request.now)
    return {"rounds": drawn.rounds, "rate": rates.overall(drawn)} if drawn.rounds else None


def _phones(request: Request, campaign: "Campaign") -> dict[str, int]:
    """Return how many forms for any site the campaign took up, and how many approvals of sound are in force."""
    approvals = fieldwork.recording_approvals(to=request.standing, campaign=campaign)
    standing = approvals.filter(withdrawn_at=None, until__gt=request.now)
    return {"forms": fieldwork.forms(campaign).count(), "recordings": standing.count()}


def _parts(campaign: "Campaign", request: Request) -> list[Part]:
    found = []
    within = queries.offices_within(campaign, to=request.standing, permission=P.CAMPAIGN_SEE)
    offices = list(within.filter(pk__in=queries.reporting(campaign).values("pk")))
    rows = figures.figures(campaign, as_of=request.now, bodies=[office.body_id for office in offices])
    for office, row in zip(offices, rows, strict=True):
        may = request.standing.covers(P.FIGURES_ANSWER_FOR, office.body.division_id)
        silent = len([m for m in queries.ALL_MEASURES if not queries.answers_for(office, m)])
        found.append(Part(office, row, may, silent))
    return found


def _silent_groups(campaign: "Campaign", parts: list[Part], request: Request) -> list["SupervisingOffice"]:
    """Return the groups at work in the campaign that answer for no figures."""
    shown = {part.office.pk for part in parts}
    within = queries.offices_within(campaign, to=request.standing, permission=P.CAMPAIGN_SEE)
    return [office for office in within if office.pk not in shown]


def _calls(request: Request, campaign: "Campaign") -> list["Call"]:
    """Return the latest calls of the campaign that one may see."""
    return (
        list(queries.calls(to=request.standing, campaign=campaign)[:5]) if request.standing.can(P.CALL_ANSWER) else []
    )


def _may(request: Request, campaign: "Campaign", parts: list[Part]) -> dict[str, bool]:
    """Say which buttons the page offers; each act checks again by itself."""
    standing, is_open = request.standing, campaign.state == "open"
    return {
        "close": is_open and standing.covers(P.CAMPAIGN_OPEN, campaign.division_id),
        "adopt": is_open and standing.covers(P.CAMPAIGN_OPEN, campaign.division_id),
        "admit": is_open and standing.covers(P.CAMPAIGN_OPEN, campaign.division_id),
        "call": is_open and standing.covers(P.CALL_MAKE, campaign.lead.division_id),
        "team": is_open and bool(parts) and standing.can(P.TEAM_FORM),
        "round": is_open and bool(parts) and standing.can(P.ROUND_HOLD),
        "direct": standing.can(P.ROUND_DIRECT),
        "ledger": standing.can(P.LEDGER_SEE),
        "brief": standing.can(P.BRIEF_SEE),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CAMPAIGN_OPEN)
def close(request: Request, *, slug: str) -> HttpResponse:
    """Say what ending a campaign means, and end it."""
    campaign = queries.campaign(slug, to=request.standing)
    if request.method == "POST":
        campaigns.close(campaign, by=request.user, at=request.now)
        messages.success(request, _("任务已结束。没有销号的问题继续按原定期限整改。"))
        return redirect("desk:campaign", slug)
    still_open = rectifications.orders(to=request.standing).filter(finding__campaign=campaign, state__in=OPEN)
    sealed = (
        draws.rounds(to=request.standing, campaign=campaign).filter(state="drawn", lists__state="sealed").distinct()
    )
    return render(request, "desk/campaign_close.html", {
        "campaign": campaign, "open": still_open.count(), "sealed": sealed.count(),
    })  # fmt: skip


@require_POST
@door(P.CAMPAIGN_OPEN)
def adopt(request: Request, *, slug: str, edition: int) -> HttpResponse:
    """Put a newer edition in force."""
    campaign = queries.campaign(slug, to=request.standing)
    chosen = next((newer for newer in queries.newer_editions(campaign) if newer.pk == edition), None)
    if chosen is None:
        raise NotFound
    campaigns.adopt_edition(campaign, edition=chosen, by=request.user, at=request.now)
    messages.success(request, _("已换用%(edition)s。之前的问题仍引用原来的版本。") % {"edition": chosen})
    return redirect("desk:campaign", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.FIGURES_ANSWER_FOR)
def answer_for(request: Request, *, slug: str, body: str) -> HttpResponse:
    """Say which figures an office answers for as complete; the others show as 未报."""
    campaign = queries.campaign(slug, to=request.standing)
    within = queries.offices_within(campaign, to=request.standing, permission=P.FIGURES_ANSWER_FOR)
    office = within.filter(body_id=body).first()
    if office is None:
        raise NotFound
    form = Answering(request.POST if request.method == "POST" else None, answered=office.measures)
    if form.is_valid():
        campaigns.answer_for(office, measures=form.cleaned_data["measures"], by=request.user, at=request.now)
        messages.success(
            request, _("已记下%(office)s核报的数，没有勾选的显示为“未报”。") % {"office": office.body.name}
        )
        return redirect("desk:campaign", slug)
    context = {"campaign": campaign, "office": office, "form": form, "lines": _lines(office, request)}
    return render(request, "desk/campaign_answer_for.html", context, status=422 if form.is_bound else 200)


def _lines(office: "SupervisingOffice", request: Request) -> list[dict[str, object]]:
    """Return for each measure what it says and what the rows hold now."""
    rows = figures.counted(office, as_of=request.now)
    shown = {name: [getattr(rows, name, None)] for name in MEASURES}
    shown["sites"] = [f"{name} {count}" for name, count in (rows.sites or {}).items()]
    shown["kinds"] = [_("按清单条目数，见台账合计")]
    shown["rectification"] = [
        _("立行立改 %(count)s") % {"count": rows.rectified_on_spot},
        _("限期整改 %(count)s") % {"count": rows.rectified_by_deadline},
        _("未销号 %(count)s") % {"count": rows.open},
        _("逾期 %(count)s") % {"count": rows.overdue},
    ]
    return [
        {"value": value, "name": name, "said": said, "shown": shown[value], "on": value in office.measures}
        for value, (name, said) in MEASURES.items()
    ]
