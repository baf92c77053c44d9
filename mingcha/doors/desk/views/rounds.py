"""A round of the lot, step by step: 承诺 → 冻结 → 抽签 → 启封 → 公开."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk.forms.rounds import Begin, Draw, Freeze
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions.campaigns import CampaignOver
from mingcha.flow.draws import actions, queries
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Team
    from mingcha.flow.draws.models import Round

STEPS = (
    gettext_lazy("承诺"),
    gettext_lazy("冻结"),
    gettext_lazy("抽签"),
    gettext_lazy("启封"),
    gettext_lazy("公开"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_HOLD)
def begin(request: Request, *, slug: str) -> HttpResponse:
    """Say what a round is, and begin one by committing to a seed."""
    campaign = campaigns.campaign(slug, to=request.standing)
    within = campaigns.offices_within(campaign, to=request.standing, permission=P.ROUND_HOLD)
    offices = {part.body_id: part.body for part in within}
    if not offices:
        raise NotFound
    given = request.POST.copy()
    if len(offices) == 1:
        given.setdefault("office", next(iter(offices)))
    form = Begin(given if request.method == "POST" else None, offices=[(c, b.name) for c, b in offices.items()])
    refusal = None
    if form.is_valid():
        office = offices[form.cleaned_data["office"]]
        try:
            started = actions.begin(campaign, office=office, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("第 %(number)s 轮已开始，种子承诺已登记。") % {"number": started.number})
            return redirect("desk:round", started.pk)
    begun = queries.rounds(to=request.standing, campaign=campaign).filter(state__in=["committed", "frozen"])
    context = {
        "campaign": campaign, "form": form, "offices": list(offices.values()), "refusal": refusal,
        "unfinished": begun.filter(office__in=offices),
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/round_begin.html", context, status=status)


@require_safe
@door(P.ROUND_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show where the round stands; of a sealed list only that it exists, and how long it is."""
    return _page(request, queries.round_(pk, to=request.standing))


@require_POST
@door(P.ROUND_HOLD)
def freeze(request: Request, *, pk: int) -> HttpResponse:
    """Freeze the register as it stands."""
    held = queries.round_(pk, to=request.standing)
    form = _freeze_form(held, request.POST)
    if not form.is_valid():
        return _page(request, held, freeze=form)
    try:
        size = actions.freeze(held, site_types=form.cleaned_data["site_types"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, freeze=form, refusal=refusal)
    messages.success(request, _("名录已冻结，共 %(size)s 个点位。") % {"size": size})
    return redirect("desk:round", pk)


@require_POST
@door(P.ROUND_HOLD)
def draw(request: Request, *, pk: int) -> HttpResponse:
    """Draw, and seal each team's list until its departure."""
    held = queries.round_(pk, to=request.standing)
    if held.campaign.state != "open":  # its teams ended with it: the form would only miss them
        return _page(request, held, refusal=CampaignOver(campaign=held.campaign.name))
    teams = {team.pk: team for team in campaigns.teams_of(held.campaign).filter(office=held.office, disbanded_at=None)}
    form = _draw_form(request, held, data=True)
    if not form.is_valid():
        return _page(request, held, draw=form)
    given = form.cleaned_data
    try:
        actions.draw(
            held, n=given["n"], day=given["day"], departs_at=form.departs_at(),
            teams=[teams[pk] for pk in given["teams"]], by=request.user, at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, held, draw=form, refusal=refusal)
    messages.success(request, _("已抽签，清单已密封，并通知了检查组。"))
    return redirect("desk:round", pk)


@require_POST
@door(P.ROUND_HOLD)
def reveal(request: Request, *, pk: int) -> HttpResponse:
    """Publish seed and frame, so that anyone can replay the draw."""
    held = queries.round_(pk, to=request.standing)
    try:
        actions.reveal(held, by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, refusal=refusal)
    messages.success(request, _("已公开。任何人都可以用验证包重算这次抽签。"))
    return redirect("desk:round", pk)


@require_safe
@door(P.ROUND_SEE)
def bundle(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the verification bundle of a revealed round."""
    held = queries.round_(pk, to=request.standing)
    if held.bundle is None:
        raise NotFound
    name = f"lot-{held.campaign.slug}-{held.office.division_id}-{held.number}.json"
    answer = JsonResponse(held.bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(
    request: Request, held: "Round", *, refusal: Refusal | None = None, freeze: Freeze | None = None,
    draw: Draw | None = None,
) -> HttpResponse:  # fmt: skip
    lists = list(queries.lists(held))
    opened = bool(lists) and queries.nothing_left_to_hide(held, at=request.now)
    may_hold = request.standing.covers(P.ROUND_HOLD, held.office.division_id)
    over = held.campaign.state != "open" and held.state in ("committed", "frozen")
    context = {
        "round": held, "lists": lists, "strata": _table(held), "all_opened": opened, "refusal": refusal,
        "sealed_count": sum(sealed.state == "sealed" for sealed in lists), "steps": STEPS,
        "at": _step(held, opened=opened), "may_hold": may_hold, "over": over, "drew_it": held.drawn_by_id == request.user.pk,
    }  # fmt: skip
    if held.state == "committed" and may_hold and not over:
        context["form"] = freeze or _freeze_form(held)
    elif held.state == "frozen" and may_hold and not over:
        context["form"] = draw or _draw_form(request, held)
    failed = any(form is not None and form.errors for form in (freeze, draw))
    return render(request, "desk/round.html", context, status=refusal.status if refusal else 422 if failed else 200)


@dataclass(frozen=True)
class Strata:
    """The frame by site type (lines) and township group (columns); a cell is (size, drawn) or None."""

    groups: list[str]
    lines: list[tuple[str, list[tuple[int, int | None] | None], int]]


def _table(held: "Round") -> Strata:
    """Lay the strata out as a table: fifty lines of one figure each are more than anybody reads."""
    cells: dict[str, dict[str, tuple[int, int | None]]] = {}
    for line in queries.strata(held):
        kind, _slash, group = str(line["stratum"]).rpartition("/")
        cells.setdefault(kind, {})[group] = (line["size"], line["drawn"])  # type: ignore[assignment]
    groups = sorted({group for row in cells.values() for group in row}, key=_reading_order)
    lines = [
        (kind, [row.get(group) for group in groups], sum(size for size, _drawn in row.values()))
        for kind, row in cells.items()
    ]
    return Strata(groups, lines)


def _reading_order(group: str) -> tuple[int, str]:
    """Sort 一片区, 二片区, 三片区 as they are counted."""
    place = "一二三四五六七八九十".find(group[:1])
    return (place if place >= 0 else 99, group)


def _step(held: "Round", *, opened: bool) -> int:
    """Return which step is under way, counted from 1; one past the last when all is done."""
    return {"committed": 2, "frozen": 3, "drawn": 5 if opened else 4, "revealed": 6}[held.state]


def _freeze_form(held: "Round", data: QueryDict | None = None) -> Freeze:
    """Offer the site types that the office's register holds, each with its count."""
    register = territory.register_size(Q(division__code__startswith=held.office.division_id))
    sizes = {line["name"]: line["count"] for line in register}
    types = [
        (kind.code, _("%(type)s（%(count)s 个）") % {"type": kind.name, "count": sizes[kind.name]})
        for kind in territory.site_types()
        if kind.name in sizes
    ]
    return Freeze(data, types=types)


def _draw_form(request: Request, held: "Round", *, data: bool = False) -> Draw:
    teams = campaigns.teams_of(held.campaign).filter(office=held.office, disbanded_at=None)
    named = [(team.pk, _team_line(team)) for team in teams]
    return Draw(request.POST if data else None, size=held.frame.count(), teams=named, at=request.now)


def _team_line(team: "Team") -> str:
    """Return a team's name with its leader and its stretch."""
    leader = next((member.person.name for member in team.present if member.duty == "leader"), "")
    townships = _("、").join(stretch.township.name for stretch in team.stretch.all())
    return _("%(team)s · 组长 %(leader)s · %(stretch)s") % {
        "team": team.name, "leader": leader, "stretch": townships or _("不分片区"),
    }  # fmt: skip
