"""Many like answers verified by a sample (同类抽核): drawn by a seed, judged one by one, settled together."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import acts
from mingcha.doors.desk.forms.orders import Draw
from mingcha.doors.hall.access import Request, door
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import sampling as actions
from mingcha.flow.rectifications.queries import ahead
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Sampling
    from mingcha.ground.territory.models import Body

PAGE = 25


@require_safe
@door(P.ORDER_VERIFY)
def index(request: Request) -> HttpResponse:
    """List the rules with answers enough for a sample, and the samples drawn."""
    groups = [(place, rule, len(orders)) for place, (rule, orders) in enumerate(ahead.alike(to=request.standing))]
    words = {
        "groups": [each for each in groups if each[2] >= actions.FEWEST], "fewest": actions.FEWEST,
        "few": sum(each[2] < actions.FEWEST for each in groups),
        "page": Paginator(queries.samplings(to=request.standing), PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "desk/samplings.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def new(request: Request) -> HttpResponse:
    """Draw which of the answers to one rule (?rule=) will be looked at."""
    rule = request.GET.get("rule", "")
    orders = dict(ahead.alike(to=request.standing)).get(rule)
    if orders is None:  # judged or drawn from meanwhile
        return redirect("desk:samplings")
    office = _own_office(request)
    least = max(actions.SMALLEST, -(-len(orders) // 5))
    page = acts.Page(
        _("同类抽核"), _("抽哪几件由随机种子定，事后谁都能重算。抽中的逐件核验：全部通过，其余一并销号；有一件退回，其余逐件核验。"),
        _("抽取"), [(reverse("desk:samplings"), _("同类抽核"))],
        [(_("条目"), rule), (_("待核验的答复"), _("%(n)s 件，至少抽 %(least)s 件") % {"n": len(orders), "least": least})],
    )  # fmt: skip
    form = Draw(request.POST if request.method == "POST" else None, initial={"size": least})
    return acts.answer(
        request, page, form,
        lambda given: actions.begin(orders, office=office, size=given["size"], by=request.user, at=request.now),
        _("已抽取，请逐件核验抽中的。"), to=lambda made: reverse("desk:sampling", args=[made.pk]),
    )  # fmt: skip


@require_safe
@door(P.ORDER_VERIFY)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a sample: what was chosen, how each was judged, what is left."""
    return _page(request, queries.sampling(pk, to=request.standing))


@require_POST
@door(P.ORDER_VERIFY)
def settle(request: Request, *, pk: int) -> HttpResponse:
    """Settle a sample whose chosen answers are all judged."""
    found = queries.sampling(pk, to=request.standing)
    try:
        passed = actions.settle(found, by=request.user, at=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, found, refusal)
    messages.success(request, _("抽核通过，其余的已一并销号。") if passed else _("抽核没有通过，其余的请逐件核验。"))
    return redirect("desk:sampling", pk=pk)


def _page(request: Request, found: "Sampling", refusal: Refusal | None = None) -> HttpResponse:
    rows = ahead.sampled(found)
    words = {
        "sampling": found, "chosen": [row for row in rows if row.row.chosen], "refusal": refusal,
        "rest": [row for row in rows if not row.row.chosen],
        "left": sum(row.row.chosen and not row.verdict for row in rows),
        "story": acts.story("sampling", found.pk),
    }  # fmt: skip
    return render(request, "desk/sampling.html", words, status=refusal.status if refusal else 200)


def _own_office(request: Request) -> "Body":
    """Return the office in whose name one verifies."""
    served = request.standing.serves(P.ORDER_VERIFY)
    office = territory.body(served[0]) if served else None
    if office is None:
        raise NotFound
    return office
