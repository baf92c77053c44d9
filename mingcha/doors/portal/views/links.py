"""
A rectifying unit's one-time link, step by step:

1. /u/<token>/ shows whose order it is. Opening it takes nothing: messengers open links by themselves.
2. 开始办理 takes it for this browser, which keeps a secret; from here on no address holds anything secret.
3. /u/order/<number>/ is the order: sign for it, plan, report, answer, ask.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.hall import showing, wording
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.owing import Ask, Extension, Plan, Report
from mingcha.doors.hall.watched import WatchedForm
from mingcha.doors.portal import purse
from mingcha.doors.portal.forms.links import Answer, Begin
from mingcha.doors.portal.frame import working
from mingcha.flow.rectifications import by_link
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.by_link import Held

KINDS = {"extension": Extension, "objection": Ask, "cannot_do": Ask}


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@working
@door(public=True)
def begin(request: Request, *, token: str) -> HttpResponse:
    """Show whose order a link is about; the button takes it for this browser."""
    form = Begin(request.POST if request.method == "POST" else None)
    try:
        offered = by_link.offered(token, at=request.now)
        if offered.taken:
            own = _own(request, token)
            return redirect("portal:order", own) if own else _over(request, taken=True)
        if not form.is_valid():
            words = {"offered": offered, "form": form}
            return render(request, "portal/begin.html", words, status=422 if form.is_bound else 200)
        secret = by_link.redeem(token, signed_as=form.cleaned_data["signed_as"], at=request.now)
    except Refusal as refusal:
        return _over(request, refusal)
    number = by_link.held(secret, at=request.now).link.pk
    answer = redirect("portal:order", number)
    purse.put(answer, request, number=number, secret=secret)
    return answer


@require_safe
@working
@door(public=True)
def index(request: Request) -> HttpResponse:
    """List the orders whose links this browser has taken."""
    found = []
    for secret in purse.secrets(request).values():
        try:
            found.append(by_link.held(secret, at=request.now))
        except Refusal:
            continue
    lines = [(held, _late(held, at=request.now)) for held in found]
    return render(request, "portal/orders.html", {"lines": lines})


@require_safe
@working
@door(public=True)
def show(request: Request, *, number: int) -> HttpResponse:
    """Show the order, with what the unit may do about it now."""
    try:
        return _page(request, _held(request, number))
    except Refusal as refusal:
        return _over(request, refusal) if number in purse.secrets(request) else redirect("portal:orders")


@require_safe
@working
@door(public=True)
def file(request: Request, *, number: int, kind: str, pk: int) -> HttpResponseBase:
    """Show a picture or paper of the order."""
    if number not in purse.secrets(request):
        return redirect("portal:orders")
    evidence = by_link.picture(_held(request, number), kind, pk)
    return showing.answer(request, evidence, cached=showing.NOWHERE)


@require_POST
@working
@door(public=True)
def receive(request: Request, *, number: int) -> HttpResponse:
    """Sign for the order."""

    def act(held: "Held") -> None:
        by_link.receive(held, at=request.now)

    return _act(request, number, "", Form(request.POST), act, _("已签收。请在时限前整改并答复。"))


@require_POST
@working
@door(public=True)
def plan(request: Request, *, number: int) -> HttpResponse:
    """Say what will be done by which day."""
    form = Plan(request.POST, prefix="plan")

    def act(held: "Held") -> None:
        today = request.now.astimezone(OFFICE_TIME).date()
        by_link.plan(held, measures=form.measures(), today=today, at=request.now)

    return _act(request, number, "plan", form, act, _("计划已报。"))


@require_POST
@working
@door(public=True)
def finish(request: Request, *, number: int, pk: int) -> HttpResponse:
    """Say that a measure is done."""

    def act(held: "Held") -> None:
        by_link.finish_measure(held, pk, at=request.now)

    return _act(request, number, "", Form(request.POST), act, _("已记为做完。"))


@require_POST
@working
@door(public=True)
def report(request: Request, *, number: int) -> HttpResponse:
    """Say how far it has come."""
    form = Report(request.POST, request.FILES, prefix="report")

    def act(held: "Held") -> None:
        by_link.report_progress(held, text=form.cleaned_data["text"], files=form.files_read(), at=request.now)

    return _act(request, number, "report", form, act, _("进展已报。"))


@require_POST
@working
@door(public=True)
def answer(request: Request, *, number: int) -> HttpResponse:
    """Answer the order with proof."""
    form = Answer(request.POST, request.FILES, prefix="answer")

    def act(held: "Held") -> None:
        by_link.answer(held, measures=form.cleaned_data["measures"], proofs=form.files_read(), at=request.now)

    return _act(request, number, "answer", form, act, _("已答复，等待核验。"))


@require_POST
@working
@door(public=True)
def ask(request: Request, *, number: int, kind: str) -> HttpResponse:
    """Ask for more time, object, or say that it cannot be done."""
    if kind not in KINDS:
        return redirect("portal:orders")
    form = KINDS[kind](request.POST, prefix=kind)

    def act(held: "Held") -> None:
        given = form.cleaned_data
        by_link.ask(held, kind=kind, reason=given["reason"], until=given.get("until"), at=request.now)

    return _act(request, number, kind, form, act, _("已提交，由交办机关裁定，结果会显示在这一页。"))


def _held(request: Request, number: int) -> "Held":
    return by_link.held(purse.secrets(request).get(number, ""), at=request.now)


def _own(request: Request, token: str) -> int | None:
    """Return the number of the link where this very browser has taken it."""
    for number, secret in purse.secrets(request).items():
        try:
            held = by_link.held(secret, at=request.now)
        except Refusal:
            continue
        if by_link.is_of(held, token):
            return number
    return None


def _act(
    request: Request, number: int, name: str, form: Form, act: Callable[["Held"], None], done: str
) -> HttpResponse:
    """Do the act, or show the order again with what was typed and one sentence. It is read anew for that."""
    if number not in purse.secrets(request):
        return redirect("portal:orders")
    try:
        held = _held(request, number)
    except Refusal as refusal:
        return _over(request, refusal, form)
    if not form.is_valid():
        return _page(request, held, {name: form}, status=422)
    try:
        act(held)
    except Refusal as refusal:
        try:
            return _page(request, _held(request, number), {name: form}, refusal=refusal, status=refusal.status)
        except Refusal as ended:  # taken back while it was being typed
            return _over(request, ended, form)
    messages.success(request, done)
    return redirect("portal:order", number)


def _over(
    request: Request, refusal: Refusal | None = None, form: Form | None = None, *, taken: bool = False
) -> HttpResponse:
    """Say in one sentence that a link leads nowhere any more, and give back what was typed."""
    sentence = refusal.sentence(_(refusal.message)) if refusal else ""
    words = {"sentence": sentence, "taken": taken, "typed": _typed([form] if form else [])}
    return render(request, "portal/over.html", words, status=refusal.status if refusal else 403)


def _page(
    request: Request, held: "Held", given: dict[str, Form] | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    order = held.order
    may = {
        "sign": held.may_work and order.received_at is None, "work": held.may_work, "objection": held.may_object,
        "extension": held.may_extend(request.now), "cannot_do": held.may_work,
    }  # fmt: skip
    forms: dict[str, Form] = {
        "plan": Plan(prefix="plan"), "report": Report(prefix="report"), "answer": Answer(prefix="answer"),
        **{kind: form(prefix=kind) for kind, form in KINDS.items()},
    }  # fmt: skip
    places = {name for name in ("plan", "report", "answer") if may["work"]}
    places |= {name for name in KINDS if may[name]}
    reviews = list(by_link.reviews(held))
    words = {
        "held": held, "order": order, "finding": order.finding, "may": may, "forms": forms | (given or {}),
        "photos": by_link.photos(held), "measures": by_link.measures(held), "progress": by_link.progress(held),
        "replies": by_link.replies(held), "requests": by_link.requests(held), "reviews": reviews,
        "returned": reviews[0] if reviews and order.state == "returned" else None,
        "left": _left(order.due_at, at=request.now) if held.may_work else "", "late": _late(held, at=request.now),
        "refusal": refusal, "typed": _typed([form for name, form in (given or {}).items() if name not in places]),
    }  # fmt: skip
    return render(request, "portal/order.html", words, status=status)


def _typed(forms: list[Form]) -> str:
    """Return what was typed into forms that no longer have a place."""
    watched = [form for form in forms if isinstance(form, WatchedForm)]
    return "\n".join(str(form[name].value() or "") for form in watched for name in form.watched).strip()


def _late(held: "Held", *, at: datetime) -> bool:
    return held.may_work and held.order.due_at is not None and held.order.due_at < at


def _left(due: datetime | None, *, at: datetime) -> str:
    """Return how long is left, or how long it has been over, in plain words."""
    if due is None:
        return ""
    span = due - at
    if span < timedelta(0):
        return _("已逾期 %(time)s") % {"time": wording.lasting(-span)}
    return _("还剩 %(time)s") % {"time": wording.lasting(span)}
