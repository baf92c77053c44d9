"""The route board of a round: where its teams are on their way, and giving a stop to another team."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.routes import HandOver
from mingcha.doors.hall import mapped
from mingcha.doors.hall.access import Request, door
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.queries import routes as planned
from mingcha.flow.draws.states import Dropped, ListState
from mingcha.flow.fieldwork.actions import stops
from mingcha.flow.fieldwork.queries import routes
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.draws.models import Round
    from mingcha.flow.fieldwork.queries.routes import Lane


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_HOLD)
def board(request: Request, *, pk: int) -> HttpResponse:
    """Show the routes of the lists that are open, and nothing of the others; hand a stop over."""
    held = draws.round_(pk, to=request.standing)
    if not request.standing.covers(P.ROUND_HOLD, held.office.division_id):
        raise NotFound
    outings = list(routes.outings(held))
    lanes = routes.lanes(held, outings)
    form = _form(request, lanes)
    if request.method != "POST":
        return _page(request, held, lanes, form)
    if not form.is_valid():
        return _page(request, held, lanes, form, status=422)
    said = form.cleaned_data
    taker = next(outing for outing in outings if outing.pk == said["to"])
    try:
        stop = routes.dispatched(held, said["stop"])
        stops.hand_over(
            stop, to=taker, reason=said["reason"], confirmed=said["confirmed"], by=request.user, at=request.now
        )
    except Refusal as refusal:
        return _page(request, held, lanes, form, refusal=refusal, status=refusal.status)
    messages.success(
        request,
        _("“%(site)s”已移交给%(team)s，两个组都已收到消息。") % {"site": stop.site.name, "team": taker.team.name},
    )
    return redirect(f"{reverse('desk:round_routes', args=[held.pk])}#page")


def _form(request: Request, lanes: list["Lane"]) -> HandOver:
    """Return the form: what is still ahead of a team on the way, and the teams on the way."""
    out = [lane for lane in lanes if lane.is_out]
    ahead = [
        (stop.pk, f"{lane.outing.team.name} · {stop.position}. {stop.site.name}")
        for lane in out
        for stop in lane.stops
        if _is_ahead(stop)
    ]
    picked = request.GET.get("stop", "")
    return HandOver(
        request.POST if request.method == "POST" else None, stops=ahead,
        teams=[(lane.outing.pk, lane.outing.team.name) for lane in out],
        initial={"stop": int(picked)} if picked.isdecimal() else None,
    )  # fmt: skip


def _page(
    request: Request, held: "Round", lanes: list["Lane"], form: HandOver, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    concerns = refusal.concerns if isinstance(refusal, stops.Unconfirmed) else ()
    told = planned.told(held, at=request.now)
    words = {
        "round": held, "lanes": [_lane(lane, number) for number, lane in enumerate(lanes)], "map": _map(lanes),
        "sealed": [sealed for sealed in draws.lists(held) if sealed.state == ListState.SEALED], "form": form,
        "can_move": sum(lane.is_out for lane in lanes) > 1 and len(form.fields["stop"].choices) > 1,  # type: ignore[attr-defined]
        "refusal": refusal, "concerns": [_(concern.label) for concern in concerns],
        "asks": bool(concerns) or "confirmed" in form.data, "told": told,
        "dropped": [(site, _(Dropped(why).label)) for site, why in planned.dropped(told)] if told else [],
        "guessed": len(told.guessed) if told else 0,
        "after_hours": len(told.after_hours) if told else 0, "moves": routes.hand_overs(held),
    }  # fmt: skip
    return render(request, "desk/round_routes.html", words, status=status)


def _lane(lane: "Lane", number: int) -> dict[str, Any]:
    places = territory.names({stop.site.division_id[:9] for stop in lane.stops})
    rows = [
        {
            "stop": stop, "place": places.get(stop.site.division_id[:9], ""), "ahead": lane.is_out and _is_ahead(stop),
            "moved": stop.pk in lane.moved,
        }
        for stop in lane.stops
    ]  # fmt: skip
    signers = [person.name for person in lane.outing.signers]
    return {"lane": lane, "signers": signers, "outing": lane.outing, "rows": rows, "look": mapped.look(number)}


def _map(lanes: list["Lane"]) -> mapped.Map | None:
    tracks = [
        (
            lane.outing.team.name,
            lane.base,
            [
                mapped.Place(lane.points[stop.pk], stop.position, stop.site.name, _look(stop))
                for stop in lane.stops
                if stop.pk in lane.points
            ],
        )
        for lane in lanes
        if lane.base is not None
    ]
    return mapped.drawn(tracks)


def _look(stop: Any) -> str:
    return "out" if stop.out_at else "done" if stop.visit_pk else "ahead"


def _is_ahead(stop: Any) -> bool:
    return stop.visit_pk is None and stop.out_at is None
