"""What is published: the list and one publication. No cookie, no script; kept by caches for a minute at most."""

from datetime import datetime, time, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingcha.doors.hall.access import Request, door
from mingcha.doors.portal.frame import framed
from mingcha.flow.reports import published
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound

PAGE = 20
KEPT = 60  # seconds


@require_safe
@framed
@door(public=True)
def index(request: Request) -> HttpResponse:
    """List what is published, the latest first."""
    page = Paginator(published.Headlines(at=request.now), PAGE).get_page(request.GET.get("page"))
    return _kept(render(request, "portal/published.html", {"page": page}), at=request.now)


@require_safe
@framed
@door(public=True)
def show(request: Request, *, slug: str) -> HttpResponse:
    """Show one publication; of one taken down, only that it was. What nobody has published does not exist."""
    try:
        told = published.one(slug, at=request.now)
    except NotFound:
        # The hall's own page would set a cookie for its forms.
        return render(request, "portal/missing.html", status=404)
    if told.withdrawn_on:
        return render(request, "portal/withdrawn.html", {"told": told}, status=410)
    return _kept(render(request, "portal/publication.html", {"told": told}), at=request.now)


def _kept(page: HttpResponse, *, at: datetime) -> HttpResponse:
    """Let caches keep a page for a minute, but not past midnight, when names may be masked; search engines keep none."""
    here = at.astimezone(OFFICE_TIME)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), OFFICE_TIME)
    page["Cache-Control"] = f"public, max-age={min(KEPT, int((midnight - here).total_seconds()))}"
    page["X-Robots-Tag"] = "noarchive"
    return page
