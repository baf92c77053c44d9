"""An order from the unit's side: signed for, planned, reported on, answered; more time asked for, objected to, declared impossible."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingcha.doors.desk import ordered
from mingcha.doors.desk.forms.orders import Answer
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.owing import Plan, Report
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.queries import ahead
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Rectification


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
def plan(request: Request, *, pk: int) -> HttpResponse:
    """Say what will be done by which day."""
    form = Plan(request.POST, prefix="plan")

    def do(order: "Rectification") -> None:
        today = request.now.astimezone(OFFICE_TIME).date()
        rectifications.plan(order, measures=form.measures(), today=today, by=request.user, at=request.now)

    return ordered.act(request, pk, "plan", form, do, _("计划已报。"))


@require_POST
@door(P.ORDER_ANSWER)
def finish(request: Request, *, pk: int, measure: int) -> HttpResponse:
    """Say that a measure of the plan is done."""
    order = queries.order(pk, to=request.standing)
    try:
        rectifications.finish_measure(ahead.measure(order, measure), by=request.user, at=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        return ordered.page(request, order, refusal=refusal, status=refusal.status)
    messages.success(request, _("已记为做完。"))
    return redirect("desk:order", pk=pk)


@require_POST
@door(P.ORDER_ANSWER)
def report(request: Request, *, pk: int) -> HttpResponse:
    """Say how far it has come, with pictures."""
    form = Report(request.POST, request.FILES, prefix="report")

    def do(order: "Rectification") -> None:
        text, files = form.cleaned_data["text"], form.files_read()
        rectifications.report_progress(order, text=text, files=files, by=request.user, at=request.now)

    return ordered.act(request, pk, "report", form, do, _("进展已报。"))


@require_POST
@door(P.ORDER_ANSWER)
def answer(request: Request, *, pk: int) -> HttpResponse:
    """Take the unit's answer with its proofs."""
    form = Answer(request.POST, request.FILES)

    def do(order: "Rectification") -> None:
        measures, proofs = form.cleaned_data["measures"], form.files_read()
        rectifications.answer(order, measures=measures, proofs=proofs, by=request.user, at=request.now)

    return ordered.act(request, pk, "answer", form, do, _("已答复，等待核验。"))


@require_POST
@door(P.ORDER_ANSWER)
def ask(request: Request, *, pk: int, kind: str) -> HttpResponse:
    """Ask for more time, object, or say that it cannot be done."""
    if kind not in ordered.KINDS:
        raise NotFound
    form = ordered.KINDS[kind](request.POST, prefix=kind)

    def do(order: "Rectification") -> None:
        given = form.cleaned_data
        rectifications.ask(
            order, kind=kind, reason=given["reason"], until=given.get("until"), by=request.user, at=request.now
        )

    return ordered.act(request, pk, kind, form, do, _("已提交，由交办机关裁定，结果会显示在这一页。"))
