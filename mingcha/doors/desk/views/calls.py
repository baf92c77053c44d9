"""The call (紧急调配): making one, its board, an office's answer, assigning the people who were offered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import board, crew
from mingcha.doors.desk.forms.calls import Answer, NewCall, Withdraw
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import calls as actions
from mingcha.flow.campaigns.states import CallState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Call, CalledOffice, Campaign, Offer
    from mingcha.ground.territory.models import Body

PAGE = 20


@require_safe
@door(P.CALL_ANSWER)
def index(request: Request) -> HttpResponse:
    """List the calls one issued or was asked by, each as it stands."""
    page = Paginator(queries.calls(to=request.standing), PAGE).get_page(request.GET.get("page"))
    callable_in = []
    if request.standing.can(P.CALL_MAKE):
        callable_in = [c for c in queries.visible(request.standing) if c.state == "open" and _may_call(request, c)]
    return render(request, "desk/calls.html", {
        "page": page, "boards": [board.glance(call, request) for call in page], "open": callable_in,
    })  # fmt: skip


def _may_call(request: Request, campaign: "Campaign") -> bool:
    return request.standing.covers(P.CALL_MAKE, campaign.lead.division_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CALL_MAKE)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Issue a call in a campaign."""
    campaign = queries.campaign(slug, to=request.standing)
    if not _may_call(request, campaign):
        raise accounts.NotFound
    asked = _askable(campaign)
    today = max(request.now.astimezone(accounts.OFFICE_TIME).date(), campaign.starts_on)
    form = NewCall(
        request.POST if request.method == "POST" else None,
        counties=_counties(campaign), bodies=asked.groups, chosen=asked.chosen,
        townships=[(body.code, body.name) for _county, bodies in asked.townships for body in bodies],
        days=(today, max(today, campaign.ends_on)), at=request.now,
    )  # fmt: skip
    refusal = None
    if "more" in request.POST:
        form.quiet()
        return _new_page(request, campaign, form, asked, status=200)
    if form.is_valid():
        try:
            return _issue(request, campaign, form, asked)
        except Refusal as failure:
            refusal = failure
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return _new_page(request, campaign, form, asked, refusal=refusal, status=status)


@dataclass(frozen=True)
class Askable:
    """Whom a call may go to: area offices and groups by tier, those preselected, and townships county by county."""

    groups: list[tuple[str, list[tuple[str, str]]]]
    chosen: list[str]
    townships: list[tuple[str, list["Body"]]]
    bodies: dict[str, "Body"]


def _askable(campaign: "Campaign") -> Askable:
    """Return the bodies of the mechanism, and what is at work in the campaign beside it."""
    lead, found = campaign.lead, dict[str, list["Body"]]()
    townships: list[Body] = []
    mechanism = territory.mechanism(lead.division_id)
    for tier in territory.tiers(mechanism) if mechanism else ():
        if tier.kind == "township":
            townships += territory.in_tier(tier)
        elif tier.kind in ("area", "group"):
            found[tier.name] = list(territory.in_tier(tier))
    within = Q(division__code__startswith=lead.division_id)
    placed = {body.code for bodies in found.values() for body in bodies} | {lead.code}
    others = [part.body for part in queries.offices(campaign) if part.body_id not in placed]
    if mechanism is None:
        others = [body for body in territory.offices(lead.division_id) if body.code != lead.code]
        townships = list(territory.bodies(within, kind="township_office"))
    found[_("参加任务的其他单位")] = others
    chosen = [body.code for bodies in found.values() for body in bodies]
    found[_("牵头机关自己")] = [lead]
    groups = [(name, [(body.code, body.name) for body in bodies]) for name, bodies in found.items() if bodies]
    every = [*townships, *(body for bodies in found.values() for body in bodies)]
    return Askable(groups, chosen, _by_county(townships), {body.code: body for body in every})


def _by_county(bodies: list["Body"]) -> list[tuple[str, list["Body"]]]:
    names = territory.names(body.division_id[:6] for body in bodies)
    counties: dict[str, list[Body]] = {}
    for body in bodies:
        counties.setdefault(names.get(body.division_id[:6], ""), []).append(body)
    return list(counties.items())


def _counties(campaign: "Campaign") -> list[tuple[str, str]]:
    """Return the counties people may be needed in, and the lead's own division."""
    seat = campaign.lead.division
    counties = [(county.code, county.name) for county in territory.counties(seat.code)]
    return (
        counties if seat.code in dict(counties) else [*counties, (seat.code, _("%(city)s本级") % {"city": seat.name})]
    )


def _issue(request: Request, campaign: "Campaign", form: NewCall, asked: Askable) -> HttpResponse:
    given = form.cleaned_data
    divisions = {row["county"]: territory.division(row["county"]) for row in form.wanted()}
    needs = [
        actions.Wanted(division, row["people"], row["skill"])
        for row in form.wanted()
        if (division := divisions[row["county"]])
    ]
    made = actions.call(
        campaign, reason=given["reason"], needs=needs, from_day=given["from_day"], to_day=given["to_day"],
        reply_by=given["reply_by"], bodies=[asked.bodies[code] for code in [*given["bodies"], *given["townships"]]],
        by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(request, _("调配已发出，通知了 %(count)s 个单位。") % {"count": made.called.count()})
    return redirect("desk:call", made.pk)


def _new_page(
    request: Request, campaign: "Campaign", form: NewCall, asked: Askable, *, status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    ticked = set(form["townships"].value() or [])
    townships = [
        (county, [(body, body.code in ticked) for body in bodies], sum(body.code in ticked for body in bodies))
        for county, bodies in asked.townships
    ]
    return render(request, "desk/call_new.html", {
        "campaign": campaign, "form": form, "townships": townships, "refusal": refusal,
        "skills": accounts.skills(accounts.people(to=request.standing, at=request.now)),
    }, status=status)  # fmt: skip


@require_safe
@door(P.CALL_ANSWER)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show the board: everything to who issued the call, to others what they were asked, answered and are sent."""
    return _board(request, queries.call(pk, to=request.standing))


def _board(
    request: Request, call: "Call", *, bound: board.Bound | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    laid = board.lay(call, request, bound=bound)
    people = [line.offer.person_id for line in laid.offered]
    people += [line.offer.person_id for _heading, lines in laid.sent for line in lines]
    teams = [line.hand.team for _heading, lines in laid.sent for line in lines if line.hand.team]
    seen = accounts.people(to=request.standing, at=request.now).filter(pk__in=people).values_list("pk", flat=True)
    forms = request.standing.can(P.TEAM_FORM) and call.campaign.state == "open"
    return render(request, "desk/call.html", {
        "board": laid, "call": call, "refusal": refusal, "known": set(seen),
        "seen_teams": queries.seen_among(teams, to=request.standing), "forms_teams": forms,
        "sees_campaign": request.standing.can(P.CAMPAIGN_SEE),
    }, status=refusal.status if refusal else 422 if bound else 200)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CALL_ANSWER)
def answer(request: Request, *, pk: int) -> HttpResponse:
    """Answer for one's own body: who can be spared and when, or why nobody can."""
    call = queries.call(pk, to=request.standing)
    own = _own(request, call)
    called = next(
        (row for row in own if row.body_id == (request.POST.get("office") or request.GET.get("office"))),
        next((row for row in own if row.answered_at is None), own[0] if own else None),
    )
    if called is None:
        raise accounts.NotFound
    if call.state != CallState.OPEN and request.method != "POST":
        return redirect("desk:call", pk)
    offered = {offer.person_id: offer for offer in queries.offers(call, to=request.standing)}
    people = list(accounts.team_people(called.body_id, at=request.now))
    form = Answer(
        request.POST if request.method == "POST" else None,
        people={person.pk: person.name for person in people if person.pk not in offered},
        days=(call.from_day, call.to_day),
    )
    refusal = None
    if form.is_valid():
        try:
            return _answered(request, called, form)
        except Refusal as failure:
            refusal = failure
    rows = _rows(request, call, people, form, offered)
    busy = [row for row in rows if row.hand.team or row.offer]
    return render(request, "desk/call_answer.html", {
        "call": call, "called": called, "own": own, "form": form, "refusal": refusal, "needs": queries.needs(call),
        "rows": [row for row in rows if row not in busy], "busy": busy, "busy_ticked": any(row.ticked for row in busy),
    }, status=refusal.status if refusal else 422 if form.is_bound else 200)  # fmt: skip


def _own(request: Request, call: "Call") -> list["CalledOffice"]:
    """Return what the call asked of the bodies one serves."""
    serves = request.standing.serves(P.CALL_ANSWER)
    return [row for row in queries.called(call, to=request.standing) if row.body_id in serves]


@dataclass(frozen=True)
class Spare:
    """Somebody on the answer's form: ticked or not, on which days; or offered already."""

    hand: crew.Hand
    offer: "Offer | None"
    ticked: bool
    first: Any
    last: Any


def _rows(request: Request, call: "Call", people: list[Any], form: Answer, offered: dict[int, "Offer"]) -> list[Spare]:
    """Return the people to tick, those who are free and clear first; who was offered already stands last."""
    places = sorted({need.division_id for need in queries.needs(call)})
    hands = crew.weigh(
        people, first=call.from_day, last=call.to_day, division=call.issuer.division_id, places=places,
        at=request.now,
    )  # fmt: skip
    ticked = {str(value) for value in form["people"].value() or []}
    rows = []
    for person in people:
        offer = offered.get(person.pk)
        days = (None, None) if offer else (form[f"from_{person.pk}"], form[f"to_{person.pk}"])
        rows.append(Spare(hands[person.pk], offer, str(person.pk) in ticked, *days))
    return sorted(rows, key=_readiest)


def _readiest(row: Spare) -> tuple[bool, bool, int, str]:
    return (row.offer is not None, row.hand.team is not None, len(row.hand.cautions), row.hand.person.pinyin)


def _answered(request: Request, called: "CalledOffice", form: Answer) -> HttpResponse:
    given = form.cleaned_data
    people = {person.pk: person for person in accounts.team_people(called.body_id, at=request.now)}
    spared = [
        actions.Spared(people[pk], given[f"from_{pk}"], given[f"to_{pk}"]) for pk in given["people"] if not form.nobody
    ]
    note = given["why"] if form.nobody else given["note"]
    actions.answer(called, spared=spared, note=note, by=request.user, at=request.now)
    if spared:
        messages.success(request, _("已报 %(count)s 人。派往哪里，定了会通知本人。") % {"count": len(spared)})
    else:
        messages.success(request, _("已答复：派不出人。"))
    return redirect("desk:call", called.call_id)


@require_POST
@door(P.CALL_MAKE)
def end(request: Request, *, pk: int) -> HttpResponse:
    """End a call."""
    call = queries.call(pk, to=request.standing)
    try:
        actions.end(call, by=request.user, at=request.now)
    except Refusal as refusal:
        return _board(request, call, refusal=refusal)
    messages.success(request, _("调配已结束。已经编组的人留在组里。"))
    return redirect("desk:call", pk)


@require_POST
@door(P.CALL_MAKE)
def assign(request: Request, *, pk: int) -> HttpResponse:
    """Send somebody where they are needed."""
    offer = queries.offer(pk, to=request.standing)
    call = queries.call(offer.call_id, to=request.standing)
    needs = {line.need.pk: line for line in board.glance(call, request).needs}
    form = board.assign_form(list(needs.values()), offer, crew.Hand(offer.person), request.POST)
    if not form.is_valid():
        return _board(request, call, bound={pk: form})
    need = needs[form.cleaned_data["need"]].need
    try:
        actions.assign(offer, need=need, by=request.user, at=request.now)
    except Refusal as refusal:
        return _board(request, call, refusal=refusal)
    messages.success(
        request, _("%(person)s已派往%(place)s。") % {"person": offer.person.name, "place": need.division.name}
    )
    return redirect(reverse("desk:call", args=[call.pk]) + "#offered")


@require_POST
@door(P.CALL_MAKE)
def release(request: Request, *, pk: int) -> HttpResponse:
    """Take an assignment back."""
    offer = queries.offer(pk, to=request.standing)
    call = queries.call(offer.call_id, to=request.standing)
    try:
        actions.release(offer, by=request.user, at=request.now)
    except Refusal as refusal:
        return _board(request, call, refusal=refusal)
    messages.success(request, _("%(person)s已收回，可以改派。") % {"person": offer.person.name})
    return redirect(reverse("desk:call", args=[call.pk]) + "#offered")


@require_POST
@door(P.CALL_ANSWER)
def withdraw(request: Request, *, pk: int) -> HttpResponse:
    """Take back an offer of one's own body."""
    offer = queries.offer(pk, to=request.standing)
    if offer.body_id not in request.standing.serves(P.CALL_ANSWER):
        raise accounts.NotFound
    call = queries.call(offer.call_id, to=request.standing)
    form = Withdraw(request.POST, prefix=f"w{pk}")
    if not form.is_valid():
        return _board(request, call, bound={pk: form})
    try:
        actions.withdraw(offer, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _board(request, call, bound={pk: form}, refusal=refusal)
    messages.success(request, _("已撤回%(person)s。") % {"person": offer.person.name})
    return redirect("desk:call", call.pk)
