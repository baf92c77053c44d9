"""Merging what was registered twice, a body or a site: find the other one, read what will happen, confirm."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.views.organisation import kept
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import merges
from mingcha.kernel.refusals import Refusal

MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def body(request: Request, *, code: str) -> HttpResponse:
    """Merge a body into another that one keeps, too."""
    duplicate, reach = kept(request, code), request.standing.reach(P.ORGANISATION_KEEP)
    into = queries.body(_into(request), reach)
    refusal = None
    apart = _apart(duplicate, into) if into else ()
    unsure = request.method == "POST" and bool(apart) and "apart" not in request.POST
    if request.method == "POST" and into is not None and not unsure:
        try:
            merges.merge_bodies(duplicate, into=into, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已把“%(one)s”并入“%(other)s”。") % {"one": duplicate.name, "other": into.name})
            return redirect("desk:body", into.code)
    search = _search(request, duplicate.name)
    found = queries.alike(duplicate, reach, search=search)
    moves = _moves(request, duplicate) if into else {}
    context: dict[str, Any] = {"body": duplicate, "into": into, "moves": moves, "apart": apart, "unsure": unsure}
    return _page(request, context, found, search, refusal)


def _apart(duplicate: Any, into: Any) -> tuple[str, ...]:
    """Return the names of the two counties where the bodies lie in different ones, or one of them in the city itself."""
    codes = (duplicate.division_id[:6], into.division_id[:6])
    names = queries.names(codes)
    return tuple(names.get(code, code) for code in codes) if codes[0] != codes[1] else ()


def _moves(request: Request, duplicate: Any) -> dict[str, int]:
    """Return what changes hands, counted: sites, what stands beneath; and what stays under its old code: posts, links."""
    links = accounts.links_within(to=request.standing, day=timezone.localdate(request.now))
    return {
        "sites": queries.sites(Q(body=duplicate)).count(),
        "below": queries.below(duplicate).count(),
        "posts": accounts.posts_in(duplicate.code, at=request.now).count(),
        "links": (links.filter(holder=duplicate) | links.filter(body=duplicate)).count(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def site(request: Request, *, code: str) -> HttpResponse:
    """Merge a site into another of its type that one keeps, too."""
    reach = request.standing.area(P.SITE_KEEP, "division__code")
    duplicate, into = queries.site(code, reach), queries.site(_into(request), reach)
    if duplicate is None or duplicate.merged_into is not None:
        raise NotFound
    refusal = None
    if request.method == "POST" and into is not None:
        try:
            merges.merge_sites(duplicate, into=into, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已把“%(one)s”并入“%(other)s”。") % {"one": duplicate.name, "other": into.name})
            return redirect("desk:site", into.code)
    search = _search(request, duplicate.name)
    found = queries.alike_sites(duplicate, reach, search=search)
    return _page(request, {"site": duplicate, "into": into}, found, search, refusal)


def _into(request: Request) -> str:
    return request.POST.get("into") or request.GET.get("into", "")


def _search(request: Request, name: str) -> str:
    """Return what was typed; at first the beginning of the name, since a duplicate is mostly called alike."""
    return request.GET.get("q", name[:3]).strip()[:80]


def _page(request: Request, context: dict[str, Any], found: Any, search: str, refusal: Refusal | None) -> HttpResponse:
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    context |= {
        "found": found[:MOST],
        "search": search,
        "refusal": refusal,
        "chosen_none": status == 422 and not refusal and context["into"] is None,
    }
    return render(request, f"desk/{'body' if 'body' in context else 'site'}_merge.html", context, status=status)
