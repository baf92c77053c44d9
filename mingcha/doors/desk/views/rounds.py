"""A round of the lot: 开轮 → 冻结 → 仪式 → 启封 → 公开. The ceremony has pages of its own."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import chanced
from mingcha.doors.desk.forms.rounds import CARDS, Begin, Plan, Void, Weighing
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions.campaigns import CampaignOver
from mingcha.flow.draws import actions, queries
from mingcha.flow.draws.states import UNDER_WAY, VOIDABLE, Tilt
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign, Team
    from mingcha.flow.draws.models import Round
    from mingcha.ground.territory.models import Body

STEPS = (
    gettext_lazy("开轮"),
    gettext_lazy("冻结"),
    gettext_lazy("仪式"),
    gettext_lazy("启封"),
    gettext_lazy("公开"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_HOLD)
def begin(request: Request, *, slug: str) -> HttpResponse:
    """Say what a round is, and begin one: its witness, and the public value nobody knows yet."""
    campaign = campaigns.campaign(slug, to=request.standing)
    within = campaigns.offices_within(campaign, to=request.standing, permission=P.ROUND_HOLD)
    offices = {part.body_id: part.body for part in within if part.body.kind == "office"}
    if not offices:
        raise NotFound
    witnesses = _witnesses(campaign, list(offices.values()), request)
    given = request.POST.copy()
    if len(offices) == 1:
        given.setdefault("office", next(iter(offices)))
    form = Begin(
        given if request.method == "POST" else None, offices=[(c, b.name) for c, b in offices.items()],
        witnesses=[(c, b.name) for c, b in witnesses.items()],
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            started = actions.begin(
                campaign, office=offices[said["office"]], witness=witnesses[said["witness"]],
                public_kind=said["public_kind"], public_named=said["public_named"], public_at=said["public_at"],
                by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(
                request, _("第 %(number)s 轮已开始。下一步：定好怎样抽，冻结名录。") % {"number": started.number}
            )
            return redirect("desk:round", started.pk)
    begun = queries.rounds(to=request.standing, campaign=campaign).filter(state__in=UNDER_WAY, office__in=offices)
    context = {
        "campaign": campaign, "form": form, "offices": list(offices.values()), "witnesses": witnesses,
        "refusal": refusal, "unfinished": begun,
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/round_begin.html", context, status=status)


def _witnesses(campaign: "Campaign", offices: list["Body"], request: Request) -> dict[str, "Body"]:
    """Return who may witness one of these offices; that nobody witnesses itself is said by the act."""
    # What two of them may be witnessed by is all that any of them may be: each lacks itself alone.
    found = [body for office in offices[:2] for body in queries.witnesses(campaign, office=office, at=request.now)]
    return {body.code: body for body in found}


@require_safe
@door(P.ROUND_WITNESS)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show where the round stands; of a sealed list only that it exists, and how long it is."""
    return _page(request, queries.round_(pk, to=request.standing))


@require_POST
@door(P.ROUND_HOLD)
def preview(request: Request, *, pk: int) -> HttpResponse:
    """Say what a setting would mean, before anything is fixed: a part of the page, or the page as it was filled in."""
    held = _own(request, pk)
    if not request.htmx:
        return _page(request, held, plan=_plan(request, held, data=request.POST), looked=True)
    form = Weighing(request.POST, types=_types(_sizes(held)))
    words = {"preview": None, "form": form, "refusal": None, "office": held.office_id}
    if form.is_valid():
        words |= chanced.looked(held, form, teams=_ticked(request, held), at=request.now)
    return render(request, "desk/round_preview.html", words)


@require_POST
@door(P.ROUND_HOLD)
def freeze(request: Request, *, pk: int) -> HttpResponse:
    """Freeze the register as it stands, with everything that could bend the draw."""
    held = _own(request, pk)
    if held.campaign.state != "open":  # its teams ended with it: the form would only miss them
        return _page(request, held, refusal=CampaignOver(campaign=held.campaign.name))
    form = _plan(request, held, data=request.POST)
    if not form.is_valid():
        return _page(request, held, plan=form)
    said = form.cleaned_data
    teams = {team.pk: team for team in _teams(held)}
    plan = actions.Plan(
        **form.given(), day=said["day"], departs_at=form.departs_at(), window=said["window"], sharing=said["sharing"],
        teams=[teams[chosen] for chosen in said["teams"]],
    )  # fmt: skip
    try:
        size = actions.freeze(held, plan=plan, by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, plan=form, refusal=refusal)
    messages.success(request, _("名录已冻结，共 %(size)s 个点位。下一步：两家投入秘密。") % {"size": size})
    return redirect("desk:ceremony", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_HOLD)
def void(request: Request, *, pk: int) -> HttpResponse:
    """End a round that cannot be held, with a reason that is published."""
    held = _own(request, pk)
    form = Void(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            actions.void(held, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("这一轮已作废，原因一并公开。"))
            return redirect("desk:round", pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/round_void.html", {"round": held, "form": form, "refusal": refusal}, status=status)


@require_POST
@door(P.ROUND_HOLD)
def reveal(request: Request, *, pk: int) -> HttpResponse:
    """Publish secrets, chances and frame, so that anyone can replay the draw."""
    held = _own(request, pk)
    try:
        actions.reveal(held, by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, refusal=refusal)
    messages.success(request, _("已公开。任何人都可以用验证包重算这次抽签。"))
    return redirect("desk:round", pk)


@require_safe
@door(P.ROUND_WITNESS)
def bundle(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the verification bundle of a revealed round."""
    held = queries.round_(pk, to=request.standing)
    if held.bundle is None:
        raise NotFound
    answer = JsonResponse(held.bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{_name_of_bundle(held)}"'
    return answer


def _name_of_bundle(held: "Round") -> str:
    return f"lot-{held.campaign.slug}-{held.office.division_id}-{held.number}.json"


def _own(request: Request, pk: int) -> "Round":
    """Return a round that one may hold: a witness sees it and changes nothing of it. Raises NotFound."""
    held = queries.round_(pk, to=request.standing)
    if not request.standing.covers(P.ROUND_HOLD, held.office.division_id):
        raise NotFound
    return held


def _page(
    request: Request, held: "Round", *, refusal: Refusal | None = None, plan: Plan | None = None, looked: bool = False
) -> HttpResponse:
    lists = list(queries.lists(held))
    opened = bool(lists) and queries.nothing_left_to_hide(held, at=request.now)
    may_hold = request.standing.covers(P.ROUND_HOLD, held.office.division_id)
    over = held.campaign.state != "open" and held.state in UNDER_WAY
    may_void = may_hold and held.state in VOIDABLE and not any(sealed.state == "opened" for sealed in lists)
    context = {
        "round": held, "lists": lists, "strata": chanced.table(queries.strata(held)), "all_opened": opened,
        "refusal": refusal, "sealed_count": sum(sealed.state == "sealed" for sealed in lists), "steps": STEPS,
        "at": _step(held, opened=opened), "may_hold": may_hold, "may_void": may_void, "over": over,
        "drew_it": request.user.pk in held.held_by,
        "parties": queries.parties(held), "left_out": queries.left_out(held), "name": _name_of_bundle(held),
        "mine": queries.party_of(held, to=request.standing), "terms_hash": queries.terms_hash(held),
        "tilted": CARDS[Tilt(held.tilt)][0], "office": held.office_id,
    }  # fmt: skip
    if held.state == "begun" and may_hold and not over:
        form = plan or _plan(request, held)
        context |= {"form": form, "editions": list(campaigns.editions(held.campaign))}
        if looked and form.is_valid():
            context |= chanced.looked(held, form, teams=_ticked(request, held), at=request.now)
    failed = plan is not None and bool(plan.errors)
    return render(request, "desk/round.html", context, status=refusal.status if refusal else 422 if failed else 200)


def _step(held: "Round", *, opened: bool) -> int:
    """Return which step is under way, counted from 1; one past the last when all is done, none of a void round."""
    places = {"begun": 2, "frozen": 3, "committed": 3, "drawn": 5 if opened else 4, "revealed": 6, "void": 0}
    return places[held.state]


def _sizes(held: "Round") -> dict[str, int]:
    """Return the name of a site type → how many of it the office's register holds."""
    register = territory.register_size(Q(division__code__startswith=held.office.division_id))
    return {str(line["name"]): int(str(line["count"])) for line in register}


def _types(sizes: dict[str, int]) -> list[tuple[str, str]]:
    """Offer the site types that a register holds, each with its count."""
    return [
        (kind.code, _("%(type)s（%(count)s 个）") % {"type": kind.name, "count": sizes[kind.name]})
        for kind in territory.site_types()
        if kind.name in sizes
    ]


def _teams(held: "Round") -> list["Team"]:
    return list(campaigns.teams_of(held.campaign).filter(office=held.office, disbanded_at=None))


def _ticked(request: Request, held: "Round") -> list["Team"]:
    """Return the teams ticked so far, or all: before any is, a preview still says something."""
    teams, ticked = _teams(held), set(request.POST.getlist("teams"))
    return [team for team in teams if str(team.pk) in ticked] or teams


def _plan(request: Request, held: "Round", *, data: QueryDict | None = None) -> Plan:
    sizes = _sizes(held)
    return Plan(
        data, types=_types(sizes), teams=[(team.pk, _team_line(team)) for team in _teams(held)],
        size=sum(sizes.values()), at=request.now,
    )  # fmt: skip


def _team_line(team: "Team") -> str:
    """Return a team's name with its leader and its stretch."""
    leader = next((member.person.name for member in team.present if member.duty == "leader"), "")
    townships = _("、").join(stretch.township.name for stretch in team.stretch.all())
    return _("%(team)s · 组长 %(leader)s · %(stretch)s") % {
        "team": team.name, "leader": leader, "stretch": townships or _("不分片区"),
    }  # fmt: skip
