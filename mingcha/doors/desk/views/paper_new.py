"""Issuing a numbered paper: choose the unit, then what it is about; and which steps of the ladder wait for one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.papers import KINDS, NewPaper
from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Request, door
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.actions import papers as actions
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import OPEN, PaperKind
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Paper, Rectification
    from mingcha.ground.territory.models import Body


@dataclass(frozen=True)
class Desk:
    """What lies before whoever writes: the unit, its orders, in whose name, who may get a copy and who follows it."""

    kind: PaperKind
    unit: "Body"
    orders: list["Rectification"]
    issuers: list["Body"]
    copyable: list["Body"]
    followers: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def new(request: Request) -> HttpResponse:
    """Choose a unit, or write the paper for the one chosen."""
    given = request.POST if request.method == "POST" else request.GET
    unit = _unit(request, given)
    if unit is None:
        words = {
            "units": queries.units(to=request.standing, at=request.now),
            "steps": list(queries.unwritten(to=request.standing)[:50]),
        }
        return render(request, "desk/paper_units.html", words)
    desk = _desk(request, unit, given)
    if request.method != "POST":
        return _page(request, desk, _form(desk, initial=_begun(request, desk)))
    form = _form(desk, request.POST)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    try:
        paper = _issue(request, desk, form)
    except Refusal as refusal:
        return _page(request, desk, form, refusal=refusal, status=refusal.status)
    told = _("已印发%(number)s，责任单位和抄送单位会收到消息。") % {"number": wording.number(paper)}
    messages.success(request, told)
    return redirect("desk:paper", pk=paper.pk)


def _issue(request: Request, desk: Desk, form: NewPaper) -> "Paper":
    said = form.cleaned_data
    bodies = {body.pk: body for body in [*desk.issuers, *desk.copyable]}
    chosen = set(said["orders"])
    return actions.issue(
        [order for order in desk.orders if order.pk in chosen], kind=desk.kind, issuer=bodies[said["issuer"]],
        title=said["title"], demands=said["demands"], cause=said.get("cause", ""), prefix=said["word"],
        reply_by=said["reply_by"], copies=[bodies[code] for code in said["copies"]], demo=clock.is_demo(),
        by=request.user, at=request.now,
    )  # fmt: skip


def _unit(request: Request, given: Any) -> "Body | None":
    """Return the unit asked for, or that of the first order named; None where none is. Raises NotFound."""
    code = given.get("unit", "")
    named = [int(pk) for pk in given.getlist("order") if pk.isdecimal()]
    if not code and named:
        order = rectifications.order(named[0], to=request.standing)
        code = order.body.merged_into_id or order.body_id
    if not code:
        return None
    unit = territory.body(code)
    if unit is None or not queries.orders_of(unit.pk, to=request.standing).exists():
        raise NotFound
    return unit


def _desk(request: Request, unit: "Body", given: Any) -> Desk:
    kind = given.get("kind", "")
    orders = list(queries.orders_of(unit.pk, to=request.standing)[: actions.MOST_ORDERS])
    issuers = queries.issuers(to=request.standing)
    wanted = next((body for body in issuers if body.pk == given.get("issuer")), issuers[0])
    return Desk(
        PaperKind(kind) if kind in PaperKind.values else PaperKind.HAND_OVER, unit, orders, issuers,
        list(queries.copyable(unit, wanted, to=request.standing)), queries.followers(unit, orders, wanted),
    )  # fmt: skip


def _form(desk: Desk, data: Any = None, *, initial: dict[str, Any] | None = None) -> NewPaper:
    return NewPaper(
        data, kind=desk.kind, issuers=desk.issuers, orders=[order.pk for order in desk.orders], copies=desk.copyable,
        initial=initial,
    )  # fmt: skip


def _begun(request: Request, desk: Desk) -> dict[str, Any]:
    """Return what the form begins with: the orders named, else the late ones, else all that are open; who follows the unit."""
    named = {int(pk) for pk in request.GET.getlist("order") if pk.isdecimal()}
    open_ = [order.pk for order in desk.orders if order.state in OPEN]
    late = [order.pk for order in desk.orders if rectifications.is_overdue(order, at=request.now)]
    chosen = [order.pk for order in desk.orders if order.pk in named] or late or open_
    return {
        "orders": chosen, "copies": desk.followers, "issuer": desk.issuers[0].pk,
        "word": queries.last_prefix(desk.issuers[0]),
    }  # fmt: skip


def _page(
    request: Request, desk: Desk, form: NewPaper, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    ticked, copied = form.ticked("orders"), form.ticked("copies")
    boxes = [(body, body.pk in copied) for body in desk.copyable]
    words = {
        "desk": desk, "form": form, "refusal": refusal,
        "kinds": [(kind.value, label) for kind, label in KINDS.items()],
        "lines": [
            (order, str(order.pk) in ticked, rectifications.is_overdue(order, at=request.now)) for order in desk.orders
        ],
        "near": [box for box in boxes if box[0].pk in desk.followers],
        "far": [box for box in boxes if box[0].pk not in desk.followers],
        "far_open": any(ticked_ for body, ticked_ in boxes if body.pk not in desk.followers),
        "basis": queries.basis(desk.kind, desk.issuers[0]),
    }  # fmt: skip
    return render(request, "desk/paper_new.html", words, status=status)
