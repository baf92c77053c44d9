"""Everything that is due on one screen: steps of the ladder, what the office owes, and what surfaces by itself."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.wording import choices
from mingcha.flow.rectifications.queries import ahead, ladder, surfacing
from mingcha.flow.rectifications.states import Rung
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory

if TYPE_CHECKING:
    from mingcha.flow.rectifications.queries.ladder import DueStep

PAGE = 25
TABS = {
    "steps": gettext_lazy("督办阶梯"), "owed": gettext_lazy("本机关待办"), "signals": gettext_lazy("自动提示"),
}  # fmt: skip
SIGNALS = {
    "idle": gettext_lazy("三天没有动静的单位"), "body": gettext_lazy("问题多发的单位"), "rule": gettext_lazy("反弹的问题"),
}  # fmt: skip


@require_safe
@door(P.ORDER_VERIFY)
def show(request: Request) -> HttpResponse:
    """Show what is due, narrowed by step and county, and what surfaces by itself."""
    steps = [each for each in ladder.due_steps(to=request.standing, at=request.now) if _covers(request, each)]
    owed = ahead.owed(to=request.standing, at=request.now)
    counties = territory.names({each.order.finding.division[:6] for each in steps})
    chosen = {name: request.GET.get(name, "")[:20] for name in ("act", "county")}
    narrowed = [each for each in steps if _fits(each, **chosen)]
    found = (
        surfacing.idle(to=request.standing, at=request.now),
        surfacing.offenders(to=request.standing, at=request.now),
    )
    again = surfacing.recurring(to=request.standing, at=request.now)
    counts = {"steps": len(steps), "owed": len(owed), "signals": len(found[0]) + len(found[1]) + len(again)}
    tab = request.GET.get("tab", "steps")
    tab = tab if tab in TABS else "steps"
    rows: list[Any] = narrowed if tab == "steps" else owed
    return render(request, "desk/ladder.html", {
        "tab": tab, "tabs": [(name, label, counts[name]) for name, label in TABS.items()],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "chosen": chosen,
        "acts": choices([(rung.value, rung.label) for rung in Rung]), "counties": sorted(counties.items()),
        "signals": SIGNALS, "idle": found[0], "offenders": found[1], "recurring": again,
        "by_hand": len(ahead.by_hand(steps)), "may_refer": request.standing.can(P.LEAD_KEEP),
    })  # fmt: skip


def _covers(request: Request, step: "DueStep") -> bool:
    return request.standing.covers(P.ORDER_VERIFY, step.order.finding.division)


def _fits(step: "DueStep", *, act: str, county: str) -> bool:
    return step.rung.act == (act or step.rung.act) and step.order.finding.division.startswith(county)


@require_safe
@door(P.ORDER_VERIFY)
def signal(request: Request, *, kind: str, key: str) -> HttpResponse:
    """List the findings behind a signal."""
    if kind not in SIGNALS:
        raise NotFound
    rows = surfacing.rows(kind, key, to=request.standing, at=request.now)
    first = rows.first()
    if first is None:
        raise NotFound
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    of = first.rule if kind == "rule" else first.body.name
    return render(request, "desk/signal.html", {"label": SIGNALS[kind], "of": of, "page": page, "kind": kind})
