"""A one-time link for a unit without an account: made, shown once as a code, taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from mingcha.doors.hall import codes
from mingcha.doors.hall.access import Request, door
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.ground.accounts.permissions import Permission as P

HERE_ONLY = {"localhost", "127.0.0.1", "[::1]"}


@sensitive_variables("token", "address")
@require_POST
@door(P.ORDER_VERIFY)
def make(request: Request, *, pk: int) -> HttpResponse:
    """Make a link to an order; it stands on this answer and nowhere else, and ends any earlier one."""
    order = queries.order(pk, to=request.standing)
    token = rectifications.make_link(order, by=request.user, at=request.now)
    address = request.build_absolute_uri(reverse("portal:link", args=[token]))
    words = {
        "order": order, "finding": order.finding, "link": queries.live_link(order, at=request.now), "address": address,
        "code": codes.qr(address, error="q"), "here_only": request.get_host().rsplit(":", 1)[0] in HERE_ONLY,
    }  # fmt: skip
    return render(request, "desk/unit_link_given.html", words)


@require_POST
@door(P.ORDER_VERIFY)
def revoke(request: Request, *, pk: int) -> HttpResponse:
    """Take a link back: whoever holds it can do nothing more with it, what was handed in stays."""
    order = queries.order(pk, to=request.standing)
    rectifications.revoke_link(order, by=request.user, at=request.now)
    messages.success(request, _("链接已收回，持有人不能再用它办理；已经提交的内容都在。"))
    return redirect("desk:order", pk=pk)
