"""On the way: the stops of an outing, beginning a visit, and coming back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.field import words as field_words
from mingcha.doors.field.forms.visits import BeginForm, ReplaceForm, ReturnForm
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings as fieldwork_actions
from mingcha.flow.fieldwork.actions import stops as stop_actions
from mingcha.flow.fieldwork.queries import routes
from mingcha.flow.fieldwork.states import State, VisitState
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal


@require_safe
@door(P.VISIT_MAKE)
def inspection(request: Request, *, pk: int) -> HttpResponse:
    """Show the stops in order, the next one ready to begin."""
    return _show(request, fieldwork.my_inspection(pk, to=request.standing))


@require_POST
@door(P.VISIT_MAKE)
def begin(request: Request, *, pk: int, code: str) -> HttpResponse:
    """Begin a visit, openly or covertly. A place beyond the office's area is not found, and so not named."""
    outing = fieldwork.my_inspection(pk, to=request.standing)
    site = territory.site(code, Q(division__code__startswith=outing.office.division_id))
    if site is None:
        raise NotFound
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _show(request, outing, sentence=str(form.errors["mode"][0]), status=422)
    try:
        mode = form.cleaned_data["mode"]
        visit = fieldwork_actions.begin_visit(outing, site=site, mode=mode, by=request.user, at=request.now)
    except Refusal as refusal:
        return _show(request, outing, sentence=refusal.sentence(_(refusal.message)), status=refusal.status)
    return redirect("field:visit", pk=visit.pk)


@require_POST
@door(P.VISIT_MAKE)
def replace(request: Request, *, pk: int, code: str) -> HttpResponse:
    """Strike out a stop that cannot be visited; the next by rank takes its place."""
    outing = fieldwork.my_inspection(pk, to=request.standing)
    stop = routes.my_stop(outing, code)
    form = ReplaceForm(request.POST)
    if not form.is_valid():
        return _show(request, outing, replacing=(stop.pk, form), status=422)
    try:
        fresh = stop_actions.replace(stop, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _show(request, outing, sentence=refusal.sentence(_(refusal.message)), status=refusal.status)
    if fresh is None:
        messages.success(request, _("已划去，记录在案。同一层已经没有可递补的点位。"))
    else:
        messages.success(request, _("已划去，按签号递补：%(site)s。") % {"site": fresh.site.name})
    return redirect("field:inspection", pk=outing.pk)


@require_POST
@door(P.VISIT_MAKE)
def return_team(request: Request, *, pk: int) -> HttpResponse:
    """End the outing."""
    outing = fieldwork.my_inspection(pk, to=request.standing)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _show(request, outing, returning=form, status=422)
    try:
        reason = form.cleaned_data["reason"]
        fieldwork_actions.return_team(outing, reason=reason, by=request.user, at=request.now)
    except fieldwork_actions.UnvisitedUnexplained as refusal:
        form.add_error("reason", refusal.sentence(_(refusal.message)))
        return _show(request, outing, returning=form, status=refusal.status)
    except Refusal as refusal:
        return _show(request, outing, sentence=refusal.sentence(_(refusal.message)), status=refusal.status)
    messages.success(request, _("已收队。"))
    return redirect("field:inspection", pk=outing.pk)


def _show(
    request: Request, outing: Any, *, sentence: str = "", returning: ReturnForm | None = None,
    replacing: tuple[int, ReplaceForm] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    stops = _stops(outing)
    where = field_words.places(stop.site for stop in stops)
    for stop in stops:
        stop.place = where[stop.site_id]
        stop.replacing = replacing[1] if replacing and replacing[0] == stop.pk else ReplaceForm(auto_id=f"{stop.pk}-%s")
    out = outing.state == State.OUT
    under_way = next((stop for stop in stops if stop.visit_state == VisitState.BEGUN), None)
    waiting = [stop for stop in stops if stop.visit_pk is None and not stop.is_struck]
    words = {
        "outing": outing, "stops": stops, "signers": [person.name for person in outing.signers], "listed": outing.list_id is not None, "owed": sum(not stop.is_struck for stop in stops),
         "is_out": out, "sentence": sentence, "under_way": under_way,
        "first": waiting[0] if waiting and out and not under_way else None, "unvisited": fieldwork.unvisited(outing),
        "returning": returning or ReturnForm(),
        "ended": sum(stop.visit_state == VisitState.CLOSED for stop in stops),
    }  # fmt: skip
    return render(request, "field/inspection.html", words, status=status)


def _stops(outing: Any) -> list[Any]:
    """Return what the list holds; embedded supervision has none, so what was visited stands in its place."""
    stops: list[Any] = list(fieldwork.stops(outing))
    if outing.list_id is None:
        stops = list(fieldwork.unlisted(outing))
        for position, visit in enumerate(stops, start=1):
            visit.position, visit.is_struck = position, False
    return stops
