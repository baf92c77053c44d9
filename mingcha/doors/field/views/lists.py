"""Before departure: what is waiting, and opening a sealed list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.hall.access import Request, door
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.states import ListState
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings as fieldwork_actions
from mingcha.flow.fieldwork.states import State
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal


@dataclass(frozen=True)
class Step:
    """The one thing to do next."""

    label: str
    href: str


@require_safe
@door(P.VISIT_MAKE)
def home(request: Request) -> HttpResponse:
    """Show the outings under way, the lists still sealed, and the next step."""
    waiting = [s for s in draws.my_lists(request.user) if s.state == ListState.SEALED]
    waiting.sort(key=lambda sealed: sealed.departs_at)
    outings = list(fieldwork.my_inspections(to=request.standing))
    out = [outing for outing in outings if outing.state == State.OUT]
    words = {
        "waiting": waiting, "out": out, "back": [o for o in outings if o.state == State.BACK][:20],
        "step": _next_step(request, out, waiting),
    }  # fmt: skip
    return render(request, "field/home.html", words)


def _next_step(request: Request, out: list[Any], waiting: list[Any]) -> Step | None:
    """A visit under way comes first, then the outing, then a list whose time has come."""
    for outing in out:
        visit = fieldwork.under_way(outing)
        if visit is not None:
            href = reverse("field:visit", args=[visit.pk])
            return Step(_("继续检查：%(site)s") % {"site": visit.site.name}, href)
    if out:
        return Step(_("继续这次检查"), reverse("field:inspection", args=[out[0].pk]))
    ready = [s for s in waiting if s.departs_at <= request.now and request.user.pk not in s.round.held_by]
    return Step(_("去启封出发"), reverse("field:list", args=[ready[0].pk])) if ready else None


@require_safe
@door(P.LIST_OPEN)
def sealed(request: Request, *, pk: int) -> HttpResponse:
    """Show a list of one's team as an envelope, sealed or opened."""
    return _show(request, draws.my_list(pk, person=request.user))


@require_POST
@door(P.LIST_OPEN)
def depart(request: Request, *, pk: int) -> HttpResponse:
    """Open the list and set out: one act, on record."""
    found = draws.my_list(pk, person=request.user)
    try:
        outing = fieldwork_actions.depart(found, by=request.user, at=request.now)
    except Refusal as refusal:
        return _show(request, draws.my_list(pk, person=request.user), refusal)
    messages.success(request, _("已启封，记录在案。现在可以出发。"))
    return redirect("field:inspection", pk=outing.pk)


def _show(request: Request, found: Any, refusal: Refusal | None = None) -> HttpResponse:
    words = {
        "sealed": found, "round": found.round, "refusal": refusal, "opened": found.state == ListState.OPENED,
        "outing": fieldwork.inspection_of_list(found.pk), "too_early": request.now < found.departs_at,
        "drew_it": request.user.pk in found.round.held_by,
    }  # fmt: skip
    return render(request, "field/list.html", words, status=refusal.status if refusal else 200)
