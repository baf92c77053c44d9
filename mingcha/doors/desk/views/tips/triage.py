"""The list an intake officer works through: narrowed, lit by its clocks, accepted in bulk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk import strongbox, tipped
from mingcha.doors.desk.unlocking import room
from mingcha.doors.hall.access import Request, inside
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.tips import queries
from mingcha.tips.actions import bulk, handling
from mingcha.tips.states import State
from mingcha.tips.unlocked import Locked

PAGE = 50


@require_safe
@room(P.TIP_HANDLE)
def index(request: Request) -> HttpResponse:
    """List the tips of one's offices; what was said shows only where a key is at hand, and that is on record."""
    given = tipped.chosen(request)
    page = Paginator(tipped.found(request, given), PAGE).get_page(request.GET.get("page"))
    try:
        key = strongbox.opened(request)
    except Locked:
        said = {}
    else:
        said = handling.skim(list(page.object_list), key=key, by=request.user, at=request.now)
    intake = request.standing.can(P.TIP_INTAKE)
    narrowed = any(value for name, value in given.items() if name != "tab")
    return render(request, "desk/tips.html", {
        "tab": given["tab"], "tabs": _tabs(request, given), "page": page, "chosen": given, "narrowed": narrowed,
        "lines": tipped.rows(page.object_list, said, at=request.now), "selects": tipped.selects(request, given),
        "queue": tipped.query(given), "here": request.get_full_path(), "may_intake": intake,
        "bulk": intake and given["tab"] == "new", "inbox": queries.inbox(to=request.standing).count(),
        **tipped.lock(request),
    })  # fmt: skip


def _tabs(request: Request, given: dict[str, str]) -> list[tuple[str, object, int, str]]:
    found: list[tuple[str, object, int, str]] = []
    for tab, label in tipped.TABS.items():
        chosen = {**given, "tab": tab}
        count = tipped.found(request, chosen).count()
        found.append((tab, label, count, tipped.query(chosen)))
    return found


@require_POST
@room(P.TIP_INTAKE)
def accept(request: Request) -> HttpResponse:
    """Accept the tips that were ticked, in the order of the list."""
    wanted = set(request.POST.getlist("tip")[:PAGE])
    asked = queries.Asked(state=State.RECEIVED)
    tips = [
        tip for tip in queries.triage(asked, to=request.standing, at=request.now) if str(tip.pk) in wanted
    ]  # fmt: skip
    key = strongbox.opened(request)
    done = bulk.accept(tips, key=key, by=request.user, at=request.now)
    if done.done:
        messages.success(request, ngettext("已受理 %(n)d 件。", "已受理 %(n)d 件。", done.done) % {"n": done.done})
    if not wanted:
        messages.info(request, _("没有选中举报。"))
    left = len(wanted) - done.done
    if left:
        messages.warning(request, ngettext(
            "%(n)d 件没有受理：别人办过了、没有密钥或者要回避。", "%(n)d 件没有受理：别人办过了、没有密钥或者要回避。", left
        ) % {"n": left})  # fmt: skip
    return HttpResponseRedirect(inside(request, request.POST.get("onward")) or reverse("desk:tips"))
