"""Standing links (联系、包联): what each body is linked to, recording one, ending one."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import naming
from mingcha.doors.desk.forms.links import EndLink, NewLink
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import links as actions
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Link
    from mingcha.ground.territory.models import Body

PER_PAGE = 50


@require_safe
@door(P.ORGANISATION_SEE)
def index(request: Request) -> HttpResponse:
    """The links that hold now, of one holder, of one kind, or by a few letters."""
    return _list(request)


def _list(request: Request, *, failed: str = "", form: EndLink | None = None, status: int = 200) -> HttpResponse:
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "holder", "kind")}
    today = timezone.localdate(request.now)
    found = accounts.links_within(to=request.standing, day=today)
    if chosen["holder"]:
        found = found.filter(holder__in=territory.family([chosen["holder"]]))
    if chosen["kind"]:
        found = found.filter(kind=chosen["kind"])
    found = accounts.links_searched(found, chosen["q"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    reach = request.standing.reach(P.ORGANISATION_SEE)
    return render(request, "desk/links.html", {
        "page": page, "chosen": chosen, "narrowed": any(chosen.values()), "today": today,
        "holder": territory.body(chosen["holder"], reach) if chosen["holder"] else None,
        "kept": {link.pk for link in page if request.standing.covers(P.ORGANISATION_KEEP, link.holder.division_id)},
        "may_keep": request.standing.can(P.ORGANISATION_KEEP), "failed": failed, "form": form,
    }, status=status)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def new(request: Request) -> HttpResponse:
    """Record a link: first of which body, then to what, by whom and since when."""
    holder = _holder(request)
    if holder is None:
        return _choose_holder(request)
    people = {person.pk: person for person in accounts.serving(holder.code, at=request.now)}
    prefixes = request.standing.prefixes(P.ORGANISATION_KEEP)
    # A unit in one's county may be the city's, so its whole name is enough to point at it.
    find, things = naming.finder(within=prefixes, around={prefix[:4] for prefix in prefixes})
    data = request.POST if request.method == "POST" and "find" not in request.POST else None
    form = NewLink(
        data, find=find, people=[(person.pk, person.name) for person in people.values()],
        initial={"since": timezone.localdate(request.now), "what": request.GET.get("what", "")} | request.POST.dict(),
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.link(
                holder, kind=given["kind"], person=people.get(given["person"]), **things[given["chosen"]],
                since=given["since"], until=given["until"], by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            return _recorded(request, made)
    context = {"holder": holder, "form": form, "refusal": refusal}
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/link_new.html", context, status=status)


def _recorded(request: Request, made: "Link") -> HttpResponse:
    to = made.body or made.division or made.site
    messages.success(
        request,
        _("已登记：“%(holder)s”联系“%(to)s”。抽签派组和核验会避开，工作提示可以按联系下发。")
        % {"holder": made.holder.name, "to": to.name if to else ""},
    )
    return redirect("desk:body", made.holder_id)


def _holder(request: Request) -> "Body | None":
    """Return the body named by ?holder=, or by the form; it must be one that one keeps and that supervises."""
    code = request.POST.get("holder") or request.GET.get("holder", "")
    if not code:
        return None
    found = territory.body(code, request.standing.reach(P.ORGANISATION_KEEP))
    if found is None or found.merged_into_id is not None or not territory.is_supervising(found):
        raise NotFound
    return found


def _choose_holder(request: Request) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:80]
    found = territory.supervising(request.standing.reach(P.ORGANISATION_KEEP), search=search)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "search": search}
    return render(request, "desk/link_holder.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@door(P.ORGANISATION_KEEP)
def end(request: Request, *, pk: int) -> HttpResponse:
    """End a link after its last day."""
    area = request.standing.area(P.ORGANISATION_KEEP, "holder__division__code")
    held = accounts.links_within(to=request.standing, day=timezone.localdate(request.now))
    link = held.filter(area, pk=pk).first()
    if link is None:
        raise NotFound
    form = EndLink(request.POST)
    if not form.is_valid():
        return _list(request, failed=_("请写明最后一天，例如 2021-10-27。"), form=form, status=422)
    actions.unlink(link, last_day=form.cleaned_data["last_day"], by=request.user, at=request.now)
    messages.success(request, _("已结束“%(holder)s”的这一联系，记录还在。") % {"holder": link.holder.name})
    return redirect("desk:links")
