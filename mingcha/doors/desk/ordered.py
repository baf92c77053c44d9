"""The page of one order: what the unit owes, what the office judges, the clock between them; and any act on it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from mingcha.doors.desk import stories
from mingcha.doors.desk.forms.orders import Answer, Close, Ruling, SendBack, Stop
from mingcha.doors.hall.access import Request
from mingcha.doors.hall.owing import Ask, Extension, Plan, Report
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.fieldwork import custody
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import AlreadyMoved
from mingcha.flow.rectifications.queries import ahead, imported, ladder, papers
from mingcha.flow.rectifications.states import ISSUED, OPEN, RUNNING, RequestKind, RequestState, Rung, State
from mingcha.flow.referrals import queries as referrals
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from mingcha.flow.rectifications.models import Rectification, Step
    from mingcha.flow.rectifications.models import Request as Asking
    from mingcha.ground.accounts.models import Recusal

Forms = dict[str, WatchedForm]
KINDS: dict[str, type[Ask]] = {
    RequestKind.EXTENSION: Extension, RequestKind.OBJECTION: Ask, RequestKind.CANNOT_DO: Ask,
}  # fmt: skip


def act(
    request: Request, pk: int, name: str, form: WatchedForm, do: Callable[["Rectification"], Any], done: str
) -> HttpResponse:
    """Do the act, or show the order again with what was typed and one sentence. The order is read anew for that."""
    order = queries.order(pk, to=request.standing)
    if not form.is_valid():
        return page(request, order, {name: form}, status=422)
    try:
        do(order)
    except Refusal as refusal:
        order = queries.order(pk, to=request.standing)
        return page(request, order, {name: form}, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return redirect("desk:order", pk=pk)


def page(
    request: Request, order: "Rectification", given: Forms | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show an order with what this person may do about it; `given` are forms as they were sent."""
    may = _may(request, order)
    forms, rulings = _forms(order, may, given or {})
    places = {
        "answer": "work",
        "plan": "work",
        "report": "work",
        "send_back": "judge",
        "close": "judge",
        "pause": "pause",
    }
    placed = {name for name, needed in places.items() if may[needed]} | set(may["ask"])
    placed |= {ruling_name(each) for each, _form in rulings} if may["rule"] else set()
    replies = list(queries.replies(order))
    words = {
        "order": order,
        "finding": order.finding,
        "imported": imported.row_of(order),
        "registered": order.finding.visit.inspection.team.registered,
        "photos": findings.photos(order.finding),
        "rights": custody.of_visit(order.finding.visit, to=request.standing),
        "clock": stories.clock(order, at=request.now),
        "light": ladder.light(order, at=request.now),
        "replies": replies,
        # The newest answer on this very page: what its reader has seen when judging.
        "read": max((reply.pk for reply in replies), default=""),
        "returned": queries.reviews(order).first() if order.state == State.RETURNED else None,
        "story": stories.of(order.finding, order, office=may["verify"]),
        "may": may,
        "forms": forms,
        "rulings": rulings if may["rule"] else [],
        "asked": _asked(request, order) if may["own"] else (),
        "papers": papers.of_order(order, to=request.standing),
        "link": queries.live_link(order, at=request.now) if may["verify"] else None,
        "refusal": refusal,
        "overtaken": stories.last(order) if isinstance(refusal, AlreadyMoved) else None,
        "typed": _typed([form for name, form in (given or {}).items() if name not in placed]),
        **_followed(request, order, may),
    }
    return render(request, "desk/order.html", words, status=status)


def ruling_name(asking: "Asking") -> str:
    """Return what the form that rules on a request is called."""
    return f"rule{asking.pk}"


def _may(request: Request, order: "Rectification") -> dict[str, Any]:
    """Return what this person may do about an order now, and why not where another hand is needed."""
    own = order.body_id in request.standing.bodies(P.ORDER_ANSWER)
    verify = request.standing.covers(P.ORDER_VERIFY, order.finding.division)
    another_hand = request.user.pk not in queries.hands(order)
    tie = queries.tie(order, request.user, at=request.now) if verify else None
    free = verify and another_hand and tie is None
    pending = order.requests.filter(state=RequestState.PENDING).exists()
    waits = order.state == State.ANSWERED or pending
    stopped, live = queries.pause_now(order), (*RUNNING, State.ANSWERED, State.CANNOT)
    return {
        "own": own, "verify": verify, "tie": tie if order.state in OPEN or order.state == State.ATTESTED else None,
        "sign": own and order.received_at is None and order.state in RUNNING,
        "work": own and order.state in RUNNING,
        "ask": ahead.askable(order, at=request.now) if own else [],
        "judge": free and order.state == State.ANSWERED,
        "rule": free and pending,
        "other_hand": verify and not another_hand and waits,
        "pause": free and order.state in RUNNING and stopped is None, "resume": free and stopped is not None,
        "stopped": stopped, "issue": verify and order.state in ISSUED, "link": verify and order.state in live,
        "hand_over": free and order.state in OPEN and order.due_at is not None and request.standing.can(P.LEAD_KEEP),
    }  # fmt: skip


def _forms(
    order: "Rectification", may: dict[str, Any], given: Forms
) -> tuple[dict[str, Any], list[tuple["Asking", WatchedForm]]]:
    """Return the forms by name, those sent in the place of empty ones, and (request, form to rule on it)."""
    forms: dict[str, Any] = {
        "answer": Answer(), "plan": Plan(prefix="plan"), "report": Report(prefix="report"),
        "send_back": SendBack(prefix="back"), "pause": Stop(prefix="pause"),
        **{kind: form(prefix=kind) for kind, form in KINDS.items()},
    }  # fmt: skip
    if may["judge"]:
        forms["close"] = closing(order)
    rulings = [
        (each, given.get(ruling_name(each)) or ruling(each))
        for each in queries.requests(order)
        if each.state == RequestState.PENDING
    ]
    return forms | given, rulings


def closing(order: "Rectification", data: Any = None) -> Close:
    """Return the form that closes an order, with the visits that can have seen it put right."""
    return Close(data, prefix="close", visits=queries.revisits(order), needed=ahead.needs_revisit(order))


def ruling(asking: "Asking", data: Any = None) -> Ruling:
    """Return the form that rules on a request."""
    extension = asking.kind == RequestKind.EXTENSION
    return Ruling(data, prefix=ruling_name(asking), extension=extension, initial={"until": asking.until})


def _followed(request: Request, order: "Rectification", may: dict[str, Any]) -> dict[str, object]:
    """Return what follows an order: the plan, reports, requests, the ladder, what looks like a recurrence."""
    office = may["verify"]
    lead = referrals.of_order(order) if request.standing.can(P.LEAD_SEE) else None
    if lead is not None and not referrals.leads(to=request.standing).filter(pk=lead.pk).exists():
        lead = None
    return {
        "measures": queries.measures(order), "progress": queries.progress(order), "requests": queries.requests(order),
        "pauses": queries.pauses(order),
        "steps": _steps(order, office=office, told=lead is not None), "ahead": ahead.ahead(order, at=request.now) if office else (),
        "due_steps": ahead.by_hand(ladder.due_of(order, at=request.now)) if office else (),
        "lead": lead,
        "alike": findings.earlier_alike(order.finding)[:5] if office and order.finding.recurrence_of is None else (),
    }  # fmt: skip


def _steps(order: "Rectification", *, office: bool, told: bool) -> "list[Step]":
    """Return the steps taken: a unit is shown those that are about it, the last rung only who may see its very lead."""
    hidden = set() if told else {Rung.TAKE_OVER}
    hidden |= set() if office else {Rung.VERIFY, Rung.RULE}
    return [step for step in ladder.taken(order) if step.act not in hidden]


def _asked(request: Request, order: "Rectification") -> "QuerySet[Recusal]":
    """Return the recusals that the unit of an order has asked for."""
    return accounts.recusals(to=request.standing, at=request.now).filter(asked_by=order.body_id)


def _typed(forms: list[WatchedForm]) -> str:
    """Return what was typed into forms that no longer have a place on the page."""
    return "\n".join(str(form[name].value() or "") for form in forms for name in form.watched)
