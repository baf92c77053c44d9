"""An order from the office's side: judged, ruled on, its clock stopped, a step of the ladder taken, handed to referrals."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.doors.desk import acts, ordered
from mingcha.doors.desk.forms.orders import SendBack, Step, Stop
from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.queries import ahead
from mingcha.flow.rectifications.states import Rung
from mingcha.flow.referrals.actions import leads
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Rectification

# The steps a person may take; the last rung makes a lead and has a page of its own.
STEPS = {rung.value: rung for rung in Rung if rung != Rung.TAKE_OVER}


@require_POST
@door(P.ORDER_VERIFY)
def send_back(request: Request, *, pk: int) -> HttpResponse:
    """Send an answer back with the reason, and a new deadline where one is named."""
    form = SendBack(request.POST, prefix="back")

    def do(order: "Rectification") -> None:
        given = form.cleaned_data
        rectifications.send_back(
            order, reason=given["reason"], reply=given["reply"], due_at=given["due_at"], by=request.user, at=request.now
        )

    return ordered.act(request, pk, "send_back", form, do, _("已退回，责任单位会收到消息。"))


@require_POST
@door(P.ORDER_VERIFY)
def close(request: Request, *, pk: int) -> HttpResponse:
    """Close an order after verification: by the documents, or by a later visit that saw it put right."""
    form = ordered.closing(queries.order(pk, to=request.standing), request.POST)

    def do(order: "Rectification") -> None:
        given = form.cleaned_data
        rectifications.close(
            order, reason=given["reason"], reply=given["reply"], visit=form.chosen, by=request.user, at=request.now
        )

    return ordered.act(request, pk, "close", form, do, _("已核验销号。销号后不再重开，再次出现会登记为新问题。"))


@require_POST
@door(P.ORDER_VERIFY)
def rule(request: Request, *, pk: int, asking: int) -> HttpResponse:
    """Rule on what the unit asked."""
    found = ahead.request(queries.order(pk, to=request.standing), asking)
    form = ordered.ruling(found, request.POST)

    def do(_order: "Rectification") -> None:
        given = form.cleaned_data
        rectifications.rule(
            found, granted=given["verdict"] == "grant", ruling=given["ruling"], until=given.get("until"),
            by=request.user, at=request.now,
        )  # fmt: skip

    return ordered.act(request, pk, ordered.ruling_name(found), form, do, _("已裁定，责任单位会收到消息。"))


@require_POST
@door(P.ORDER_VERIFY)
def pause(request: Request, *, pk: int) -> HttpResponse:
    """Stop an order's clock for a reason."""
    form = Stop(request.POST, prefix="pause")

    def do(order: "Rectification") -> None:
        rectifications.pause(order, reason=form.cleaned_data["reason"], by=request.user, at=request.now)

    return ordered.act(request, pk, "pause", form, do, _("计时已暂停，恢复后时限顺延。"))


@require_POST
@door(P.ORDER_VERIFY)
def resume(request: Request, *, pk: int) -> HttpResponse:
    """Let the clock run again."""

    def do(order: "Rectification") -> None:
        rectifications.resume(order, by=request.user, at=request.now)

    return ordered.act(request, pk, "resume", WatchedForm(request.POST), do, _("计时已恢复，时限按暂停的时间顺延。"))


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def step(request: Request, *, pk: int, act: str) -> HttpResponse:
    """Take a step of the ladder that is due by one's own hand, such as an interview held."""
    order = queries.order(pk, to=request.standing)
    if act not in STEPS:
        raise NotFound
    name = _(STEPS[act].label)
    page = acts.Page(
        name, _("写明这一步怎样办的，记入整改单，责任单位和本单位会收到消息。"), _("记下已办"), _way(order), _facts(order)
    )  # fmt: skip
    return acts.answer(
        request, page, Step(request.POST if request.method == "POST" else None),
        lambda given: ladder.take(order, act=act, note=given["note"], by=request.user, at=request.now),
        _("已记下，督办阶梯往下走。"),
    )  # fmt: skip


@require_POST
@door(P.LEAD_KEEP)
def hand_over(request: Request, *, pk: int) -> HttpResponse:
    """Make a lead of an order that nothing has moved."""
    order = queries.order(pk, to=request.standing)
    try:
        lead = leads.take_over(order, by=request.user, at=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        return ordered.page(request, order, refusal=refusal, status=refusal.status)
    messages.success(request, _("已移交线索处置，编号 %(lead)s。") % {"lead": lead})
    return redirect("desk:lead", pk=lead.pk)


def _way(order: "Rectification") -> list[tuple[str, str]]:
    return [(reverse("desk:ladder"), _("到期步骤")), (reverse("desk:order", args=[order.pk]), order.finding.number)]


def _facts(order: "Rectification") -> list[tuple[str, Any]]:
    due = wording.moment(order.due_at) if order.due_at else ""
    return [
        (pgettext("单个", "问题"), order.finding.description), (_("责任单位"), order.body.name), (_("整改时限"), due),
    ]  # fmt: skip
