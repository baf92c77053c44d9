"""On-the-spot attestations, sampled by another hand."""

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import stories
from mingcha.doors.desk.forms.samples import Sample
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import AlreadyMoved
from mingcha.flow.rectifications.states import State
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Rectification

PAGE = 25


@require_safe
@door(P.ORDER_VERIFY)
def index(request: Request) -> HttpResponse:
    """List the attestations nobody has sampled; `?pick` goes to one by chance, so that nobody picks a friend's."""
    waiting = queries.to_sample(to=request.standing)
    if "pick" in request.GET and (pks := list(waiting.values_list("pk", flat=True))):
        return redirect("desk:order_sample", pk=secrets.choice(pks))
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/samples.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def sample(request: Request, *, pk: int) -> HttpResponse:
    """Uphold an attestation, or overturn it into an order with a deadline."""
    order = queries.order(pk, to=request.standing)
    if request.method != "POST":
        return _page(request, order, Sample())
    form = Sample(request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    given, upheld = form.cleaned_data, form.cleaned_data["verdict"] == "uphold"
    try:
        rectifications.sample(
            order, upheld=upheld, reason=given["reason"], due_at=given["due_at"], by=request.user, at=request.now
        )
    except Refusal as refusal:
        order = queries.order(pk, to=request.standing)
        return _page(request, order, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("已记为抽核属实。") if upheld else _("已改为限期整改，责任单位会收到交办。"))
    return redirect("desk:samples") if upheld else redirect("desk:order", pk=pk)


def _page(
    request: Request, order: "Rectification", form: Sample, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    another_hand = request.user.pk not in queries.hands(order)
    tie = queries.tie(order, request.user, at=request.now) if order.state == State.ATTESTED else None
    may_sample = another_hand and tie is None and order.state == State.ATTESTED
    words = {
        "order": order,
        "finding": order.finding,
        "photos": findings.photos(order.finding),
        "rights": custody.of_visit(order.finding.visit, to=request.standing),
        "story": stories.of(order.finding, order),
        "form": form,
        "may_sample": may_sample,
        "other_hand_needed": not another_hand and order.state == State.ATTESTED,
        "tie": tie,
        "refusal": refusal,
        "overtaken": stories.last(order) if isinstance(refusal, AlreadyMoved) else None,
        "typed": "" if may_sample else form["reason"].value() or "",
    }
    return render(request, "desk/order_sample.html", words, status=status)
