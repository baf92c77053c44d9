"""Directed visits: what the lead wants looked at, named to nobody below, travelling among drawn ones."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.directed import Direct
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws import queries
from mingcha.flow.draws.actions import directing as actions
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.ground.territory.models import Body, Site

MOST = 12  # sites offered for some words; whoever means another writes more of its name


@require_safe
@door(P.ROUND_DIRECT)
def index(request: Request) -> HttpResponse:
    """List what one's own office has directed, with where and why: nobody else reads it."""
    found = queries.directed(to=request.standing)
    sites = {site.code: site for site in _sites(request, {code for _each, code, _reason in found})}
    lines = [(each, sites.get(code), code, reason) for each, code, reason in found]
    opened = [campaign for campaign in campaigns.visible(request.standing) if campaign.state == "open"]
    return render(request, "desk/directed.html", {"lines": lines, "open": opened})


def _sites(request: Request, codes: set[str]) -> list["Site"]:
    area = request.standing.area(P.ROUND_DIRECT, "division__code")
    return [site for code in sorted(codes) if (site := territory.site(code, area))]


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_DIRECT)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Say which site is to be visited in the next round of which office, and why."""
    campaign = campaigns.campaign(slug, to=request.standing)
    own = [body for code in request.standing.serves(P.ROUND_DIRECT) if (body := territory.body(code))]
    carriers = carriers_of(request, campaign)
    if not own or not carriers:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    # 查找 brings the page back with its matches; nothing is refused yet.
    finding = data is not None and "find" in data
    form = Direct(
        None if finding else data, find=lambda words: sites_called(request, words),
        carriers=[(code, body.name) for code, body in carriers.items()],
        initial={name: data.get(name, "") for name in ("what", "carrier", "reason")} if finding and data else None,
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        said = form.cleaned_data
        site = territory.site(said["chosen"], request.standing.area(P.ROUND_DIRECT, "division__code"))
        if site is None:
            raise NotFound
        try:
            actions.direct(
                campaign, office=own[0], carrier=carriers[said["carrier"]], site=site, reason=said["reason"],
                by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已指定。承办单位下一轮冻结名录时自动编入，不会通知任何人。"))
            return redirect("desk:directed")
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {"campaign": campaign, "form": form, "refusal": refusal}
    return render(request, "desk/directed_new.html", words, status=status)


def carriers_of(request: Request, campaign: "Campaign") -> dict[str, "Body"]:
    """Return the offices within one's area that draw rounds of the campaign."""
    within = campaigns.offices_within(campaign, to=request.standing, permission=P.ROUND_DIRECT)
    return {part.body_id: part.body for part in within if part.body.kind == "office"}


def sites_called(request: Request, words: str) -> list[Candidate]:
    area = request.standing.area(P.ROUND_DIRECT, "division__code")
    told = _("%(name)s（%(type)s，%(place)s）")
    return [
        Candidate(
            site.code, told % {"name": site.name, "type": site.type.name, "place": site.division.name},
            whole=words in (site.name, site.code),
        )
        for site in territory.sites(area, search=words).filter(active=True)[:MOST]
    ]  # fmt: skip


@require_POST
@door(P.ROUND_DIRECT)
def withdraw(request: Request, *, pk: int) -> HttpResponse:
    """Take a directed visit back before a round took it up."""
    directed = next((each for each, _code, _reason in queries.directed(to=request.standing) if each.pk == pk), None)
    if directed is None:
        raise NotFound
    actions.withdraw(directed, by=request.user, at=request.now)
    messages.success(request, _("已撤回。"))
    return redirect("desk:directed")
