"""Rectification orders: signed for and answered by the unit, sent back or closed by another hand at the office."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk import stories
from mingcha.doors.desk.forms.orders import Answer, Close, SendBack
from mingcha.doors.hall import showing
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.fieldwork import custody
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import AlreadyMoved
from mingcha.flow.rectifications.queries import imported, papers
from mingcha.flow.rectifications.states import ISSUED, OPEN, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from mingcha.flow.rectifications.models import Rectification
    from mingcha.ground.accounts.models import Recusal

PAGE = 25
TABS = {
    "mending": gettext_lazy("待整改"),
    "verifying": gettext_lazy("待核验"),
    "overdue": gettext_lazy("逾期"),
    "closed": gettext_lazy("已销号"),
    "all": gettext_lazy("全部"),
}


@require_safe
@door(P.ORDER_SEE)
def index(request: Request) -> HttpResponse:
    """List the orders: a unit's own, an office's within its area."""
    by_tab = {name: queries.issued_in(name, to=request.standing, at=request.now) for name in TABS}
    # An officer comes to verify, a unit to mend.
    usual = "verifying" if request.standing.can(P.ORDER_VERIFY) else "mending"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in TABS else usual
    page = Paginator(by_tab[tab], PAGE).get_page(request.GET.get("page"))
    words = {
        "tab": tab,
        "tabs": [(name, label, by_tab[name].count()) for name, label in TABS.items()],
        "page": page,
        "lines": [(order, stories.clock(order, at=request.now)) for order in page],
        "may_sample": request.standing.can(P.ORDER_VERIFY),
    }
    return render(request, "desk/orders.html", words)


@require_safe
@door(P.ORDER_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show one order with what this person may do about it."""
    return _page(request, queries.order(pk, to=request.standing))


@require_POST
@door(P.ORDER_ANSWER)
def receive(request: Request, *, pk: int) -> HttpResponse:
    """Sign for an order."""
    order = queries.order(pk, to=request.standing)
    rectifications.receive(order, by=request.user, at=request.now)
    messages.success(request, _("已签收。请在时限前整改并答复。"))
    return redirect("desk:order", pk=pk)


@require_POST
@door(P.ORDER_ANSWER)
def answer(request: Request, *, pk: int) -> HttpResponse:
    """Take the unit's answer with its proofs."""
    form = Answer(request.POST, request.FILES)

    def act(order: "Rectification") -> None:
        measures, proofs = form.cleaned_data["measures"], form.files_read()
        rectifications.answer(order, measures=measures, proofs=proofs, by=request.user, at=request.now)

    return _judge(request, pk, "answer", form, act, _("已答复，等待核验。"))


@require_POST
@door(P.ORDER_VERIFY)
def send_back(request: Request, *, pk: int) -> HttpResponse:
    """Send an answer back with the reason."""
    form = SendBack(request.POST, prefix="back")

    def act(order: "Rectification") -> None:
        rectifications.send_back(
            order, reason=form.cleaned_data["reason"], reply=form.cleaned_data["reply"], by=request.user, at=request.now
        )

    return _judge(request, pk, "send_back", form, act, _("已退回，责任单位会收到消息。"))


@require_POST
@door(P.ORDER_VERIFY)
def close(request: Request, *, pk: int) -> HttpResponse:
    """Close an order after verification."""
    form = Close(request.POST, prefix="close")

    def act(order: "Rectification") -> None:
        rectifications.close(
            order, reason=form.cleaned_data["reason"], reply=form.cleaned_data["reply"], by=request.user, at=request.now
        )

    return _judge(request, pk, "close", form, act, _("已核验销号。销号后不再重开，再次出现会登记为新问题。"))


@require_safe
@door(P.ORDER_SEE)
def proof(request: Request, *, pk: int) -> HttpResponseBase:
    """Show a proof the unit handed in."""
    found = queries.proof(pk, to=request.standing)
    finding = found.reply.rectification.finding
    may_keep = custody.of_visit(finding.visit, to=request.standing).originals
    return showing.answer(request, found.evidence, may_keep=may_keep, division=finding.division)


def _judge(
    request: Request, pk: int, name: str, form: WatchedForm, act: Callable[["Rectification"], None], done: str
) -> HttpResponse:
    """Do the act, or show the order again with what was typed and one sentence. The order is read anew for that."""
    order = queries.order(pk, to=request.standing)
    if not form.is_valid():
        return _page(request, order, {name: form}, status=422)
    try:
        act(order)
    except Refusal as refusal:
        order = queries.order(pk, to=request.standing)
        return _page(request, order, {name: form}, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return redirect("desk:order", pk=pk)


def _page(
    request: Request, order: "Rectification", given: dict[str, WatchedForm] | None = None, *,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    own = order.body_id in request.standing.bodies(P.ORDER_ANSWER)
    verifier = request.standing.covers(P.ORDER_VERIFY, order.finding.division)
    another_hand = request.user.pk not in queries.hands(order)
    tie = queries.tie(order, request.user, at=request.now) if verifier else None
    may_answer = own and order.state in (State.ORDERED, State.RETURNED)
    may_judge = verifier and another_hand and tie is None and order.state == State.ANSWERED
    replies = list(queries.replies(order))
    places = {"answer": may_answer, "send_back": may_judge, "close": may_judge}
    homeless = [form for name, form in (given or {}).items() if not places[name]]
    words = {
        "order": order,
        "finding": order.finding,
        "imported": imported.row_of(order),
        "photos": findings.photos(order.finding),
        "rights": custody.of_visit(order.finding.visit, to=request.standing),
        "clock": stories.clock(order, at=request.now),
        "replies": replies,
        # The newest answer on this very page: what its reader has seen when judging.
        "read": max((reply.pk for reply in replies), default=""),
        "story": stories.of(order.finding, order),
        "own": own,
        "may_sign": own and order.received_at is None and order.state in (State.ORDERED, State.RETURNED),
        "may_answer": may_answer,
        "may_judge": may_judge,
        "other_hand_needed": verifier and not another_hand and order.state == State.ANSWERED,
        "tie": tie if order.state in OPEN or order.state == State.ATTESTED else None,
        "asked": _asked(request, order) if own else (),
        "verifier": verifier,
        "papers": papers.of_order(order, to=request.standing),
        "may_link": verifier and order.state in OPEN and order.state in ISSUED,
        "link": queries.live_link(order, at=request.now) if verifier else None,
        "may_issue": verifier and order.state in ISSUED,
        "forms": {"answer": Answer(), "send_back": SendBack(prefix="back"), "close": Close(prefix="close")}
        | (given or {}),
        "refusal": refusal,
        "overtaken": stories.last(order) if isinstance(refusal, AlreadyMoved) else None,
        "typed": _typed(homeless),
    }
    return render(request, "desk/order.html", words, status=status)


def _asked(request: Request, order: "Rectification") -> "QuerySet[Recusal]":
    """Return the recusals that the unit of an order has asked for."""
    return accounts.recusals(to=request.standing, at=request.now).filter(asked_by=order.body_id)


def _typed(forms: list[WatchedForm]) -> str:
    """Return what was typed into forms that no longer have a place on the page."""
    return "\n".join(str(form[name].value() or "") for form in forms for name in form.watched)
