"""What an office says to the public and of itself: its call, drafted by one and published by another; terms; figures."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import acts, tipped
from mingcha.doors.desk.forms.tips import Call, Rule
from mingcha.doors.desk.unlocking import room
from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.tips import clocks, queries
from mingcha.tips.actions import calls as actions
from mingcha.tips.queries import figures as told

if TYPE_CHECKING:
    from mingcha.ground.territory.models import Body

NAMES = {
    "received": gettext_lazy("问题类型和县区"), "stages": gettext_lazy("问题类型和办理阶段"),
    "channels": gettext_lazy("类别和渠道"), "outcomes": gettext_lazy("结果和县区"), "ratings": gettext_lazy("评价和县区"),
}  # fmt: skip
TERMS = ("forward_days", "notice_days", "result_days", "proposal_days", "objection_days", "keep_days")


@require_safe
@room(P.TIP_CALL)
def calls(request: Request) -> HttpResponse:
    """List the calls of one's offices, the one in force first."""
    found = sorted(queries.calls(to=request.standing)[:50], key=lambda each: each.state != "published")
    lines = [(each, each.state == "draft" and each.drafted_by_id != request.user.pk) for each in found]
    return render(request, "desk/tip_calls.html", {"lines": lines, **tipped.lock(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_CALL)
def draft(request: Request) -> HttpResponse:
    """Draft a call; another publishes it."""
    office = _office(request, P.TIP_CALL)

    def do(given: dict[str, Any]) -> None:
        words = {name: given[name] for name in ("title", "scope", "ways", "promises", "until")}
        actions.draft(office=office, **words, by=request.user, at=request.now)

    page = acts.Page(_("起草公告"), _("公众在举报首页看到。由本机关另一人发布。"), _("存为草稿"), _above())
    return acts.answer(request, page, Call(request.POST or None), do, _("已存为草稿，请另一人发布。"))


def _above() -> list[tuple[str, str]]:
    return [(reverse("desk:tips"), _("举报")), (reverse("desk:tip_calls"), _("公告"))]


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_CALL)
def change(request: Request, *, pk: int) -> HttpResponse:
    """Write a draft anew."""
    call = queries.call(pk, to=request.standing)
    fields = ("title", "scope", "ways", "promises", "until")

    def do(given: dict[str, Any]) -> None:
        actions.change(call, **{name: given[name] for name in fields}, by=request.user, at=request.now)

    form = Call(request.POST or None, initial={name: getattr(call, name) for name in fields})
    page = acts.Page(_("修改公告"), _("修改的人就是起草人，由另一人发布。"), _("保存"), _above())
    return acts.answer(request, page, form, do, _("已保存。"))


@require_POST
@room(P.TIP_CALL)
def publish(request: Request, *, pk: int) -> HttpResponse:
    """Publish what another drafted."""
    actions.publish(queries.call(pk, to=request.standing), by=request.user, at=request.now)
    messages.success(request, _("已发布。"))
    return redirect("desk:tip_calls")


@require_POST
@room(P.TIP_CALL)
def withdraw(request: Request, *, pk: int) -> HttpResponse:
    """Take a call down."""
    actions.withdraw(queries.call(pk, to=request.standing), by=request.user, at=request.now)
    messages.success(request, _("已撤下。"))
    return redirect("desk:tip_calls")


def _office(request: Request, permission: P) -> "Body":
    served = request.standing.serves(permission)
    office = territory.body(served[0]) if served else None
    if office is None:
        raise NotFound
    return office


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def rule(request: Request) -> HttpResponse:
    """Show the office's terms; who approves may set them, never slower than the rules allow."""
    office = _office(request, P.TIP_HANDLE)
    held = clocks.rule(office.pk)
    if request.method != "POST" and not request.standing.can(P.TIP_APPROVE):
        form = Rule()
        terms = [(form.fields[name].label, getattr(held, name)) for name in TERMS]
        return render(request, "desk/tip_rule.html", {"office": office, "terms": terms, **tipped.lock(request)})
    form = Rule(request.POST or None, initial={name: getattr(held, name) for name in TERMS})

    def do(given: dict[str, Any]) -> None:
        actions.set_terms(
            office, terms={name: given[name] for name in TERMS}, by=request.user, at=request.now
        )  # fmt: skip

    page = acts.Page(
        _("时限"), _("只能比规定更快。改了以后，新开始的计时按新的算。"), _("保存"), [(reverse("desk:tips"), _("举报"))]
    )
    return acts.answer(request, page, form, do, _("已保存。"), to=lambda _made: reverse("desk:tip_rule"))


@require_safe
@room(P.TIP_FIGURES)
def figures(request: Request) -> HttpResponse:
    """Tell figures from what is readable without a key; small ones are hidden, and what would give them away."""
    quarters = told.quarters(to=request.standing)
    wanted = request.GET.get("quarter", "")
    chosen = next((each for each in quarters if f"{each.year}-{each.number}" == wanted), None)
    chosen = chosen or (quarters[0] if quarters else None)
    found = told.tables(chosen, to=request.standing) if chosen else []
    tables = [(NAMES.get(table.name, table.name), _lines(table), table) for table in found]
    words = {"quarters": quarters, "chosen": chosen, "tables": tables, "least": told.LEAST, **tipped.lock(request)}
    return render(request, "desk/tip_figures.html", words)


def _lines(table: told.Table) -> list[tuple[str, list[int | None], int | None]]:
    """Return a table's rows with anything in them: (label, cells, sum)."""
    rows = zip(table.rows, table.cells, table.row_totals, strict=True)
    return [(label, list(cells), total) for (_value, label), cells, total in rows if total != 0]
