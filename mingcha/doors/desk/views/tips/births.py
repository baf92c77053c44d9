"""
What is born of a tip: a lead, an order, a directed visit, in a sentence that an officer types here.

The other room is handed that sentence and nothing else; the tip keeps the number sealed (tips.actions.linking).
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk import acts
from mingcha.doors.desk.forms.directed import Direct
from mingcha.doors.desk.forms.referrals import NewLead
from mingcha.doors.desk.forms.registered import Registered
from mingcha.doors.desk.unlocking import room
from mingcha.doors.desk.views import directed as directing
from mingcha.doors.desk.views import registered
from mingcha.doors.desk.views.leads import finder, own_office, sent
from mingcha.doors.desk.views.tips import doing
from mingcha.doors.desk.views.tips import tip as pages
from mingcha.doors.hall.access import Request
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws.actions import directing as draws
from mingcha.flow.referrals.actions import leads
from mingcha.flow.referrals.states import LeadKind
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal
from mingcha.tips.actions import linking
from mingcha.tips.actions.linking import Named
from mingcha.tips.states import Kind, State

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.LEAD_KEEP)
def lead(request: Request, *, pk: UUID) -> HttpResponse:
    """Register a lead in one's own words."""
    tip, key = pages.of(request, pk)
    find, bodies = finder(request, P.LEAD_KEEP)
    data, given_before = sent(request)
    form = NewLead(data, find=find, initial={"kind": LeadKind.DUTY} | given_before)
    office = own_office(request)

    def do(given: dict[str, Any]) -> Named:
        def make() -> Named:
            made = leads.register(
                office=office, text=given["text"], kind=given["kind"], finding=None,
                body=bodies.get(given.get("chosen", "")), fast_reason=given["fast_reason"], by=request.user,
                at=request.now,
            )  # fmt: skip
            return Named(office.pk, f"{made.year}-{made.number}", made.pk)

        return linking.born(tip, what="lead", make=make, key=key, by=request.user, at=request.now)

    page = acts.Page(
        _("写成线索"),
        _("用自己的话写。线索里不带举报的任何内容，从线索也找不到这件举报。"),
        _("登记线索"),
        doing.way(tip),
    )
    return acts.answer(request, page, form, do, _("已登记线索，编号密封在举报里。"))


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.ORDER_VERIFY)
def order(request: Request, *, pk: UUID) -> HttpResponse:
    """Issue an order to the unit in one's own words; a report of measures is turned into it, any other keeps its way."""
    tip, key = pages.of(request, pk)
    open_to = registered.open_to_me(request)
    data, given_before = sent(request)
    form = Registered(
        data, find=lambda words: registered.sites_called(request, words),
        campaigns=[(slug, campaign.name) for slug, campaign in open_to.items()], initial=given_before or None,
    )  # fmt: skip

    def do(given: dict[str, Any]) -> Named:
        def make() -> Named:
            made = registered.issue(request, open_to[given["campaign"]], given)
            return Named(made.finding.number.partition("-")[0], made.finding.number, made.pk)

        if tip.kind == Kind.MEASURES and tip.state == State.ACCEPTED:
            return linking.turn(tip, make=make, key=key, by=request.user, at=request.now)
        return linking.born(tip, what="order", make=make, key=key, by=request.user, at=request.now)

    told = _("已交办，单位按时限整改；从整改单看不到举报。")
    return _made(request, "desk/tip_order.html", {"form": form, "open": open_to}, form, do, told, tip)


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.ROUND_DIRECT)
def directed(request: Request, *, pk: UUID) -> HttpResponse:
    """Let a site be visited among drawn ones; the campaign is the one open that one's office leads."""
    tip, key = pages.of(request, pk)
    campaign = _campaign(request)
    carriers = directing.carriers_of(request, campaign)
    own = [body for code in request.standing.serves(P.ROUND_DIRECT) if (body := territory.body(code))]
    data, given_before = sent(request)
    form = Direct(
        data, find=lambda words: directing.sites_called(request, words),
        carriers=[(code, body.name) for code, body in carriers.items()], initial=given_before or None,
    )  # fmt: skip

    def do(given: dict[str, Any]) -> Named:
        site = territory.site(given["chosen"], request.standing.area(P.ROUND_DIRECT, "division__code"))
        if site is None or not own:
            raise NotFound

        def make() -> Named:
            made = draws.direct(
                campaign, office=own[0], carrier=carriers[given["carrier"]], site=site, reason=given["reason"],
                by=request.user, at=request.now,
            )  # fmt: skip
            return Named(own[0].pk, str(made.pk), made.pk)

        return linking.born(tip, what="directed", make=make, key=key, by=request.user, at=request.now)

    told = _("已指定，随下一轮去看；从抽签里看不出来。")
    return _made(request, "desk/tip_directed.html", {"form": form, "campaign": campaign}, form, do, told, tip)


def _campaign(request: Request) -> "Campaign":
    slug = request.GET.get("campaign", "")
    opened = [each for each in campaigns.visible(request.standing) if each.state == "open"]
    found = next((each for each in opened if each.slug == slug), opened[0] if opened else None)
    if found is None:
        raise NotFound
    return found


def _made(
    request: Request, template: str, words: dict[str, Any], form: Any, do: Any, told: str, tip: Any
) -> HttpResponse:
    """Do it and go back to the tip, or show the form again with what was typed."""
    refusal = None
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, told)
            return redirect("desk:tip", pk=tip.pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words |= {"refusal": refusal, "way": doing.way(tip), "back": doing.way(tip)[-1][0]}
    return render(request, template, words, status=status)
