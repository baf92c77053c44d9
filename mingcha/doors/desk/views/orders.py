"""The list of rectification orders, one of them, and the files that came with it."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingcha.doors.desk import ordered, stories
from mingcha.doors.hall import showing
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody
from mingcha.flow.rectifications import queries
from mingcha.ground.accounts.permissions import Permission as P

PAGE = 25
TABS = {
    "mending": gettext_lazy("待整改"),
    "asking": gettext_lazy("待裁定"),
    "verifying": gettext_lazy("待核验"),
    "overdue": gettext_lazy("逾期"),
    "paused": gettext_lazy("计时暂停"),
    "closed": gettext_lazy("已办结"),
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
    return ordered.page(request, queries.order(pk, to=request.standing))


@require_safe
@door(P.ORDER_SEE)
def proof(request: Request, *, pk: int) -> HttpResponseBase:
    """Show a proof the unit handed in."""
    found = queries.proof(pk, to=request.standing)
    finding = found.reply.rectification.finding
    may_keep = custody.of_visit(finding.visit, to=request.standing).originals
    return showing.answer(request, found.evidence, may_keep=may_keep, division=finding.division)


@require_safe
@door(P.ORDER_SEE)
def progress_file(request: Request, *, pk: int) -> HttpResponseBase:
    """Show a picture that came with a report."""
    found = queries.progress_file(pk, to=request.standing)
    finding = found.progress.rectification.finding
    may_keep = custody.of_visit(finding.visit, to=request.standing).originals
    return showing.answer(request, found.evidence, may_keep=may_keep, division=finding.division)
