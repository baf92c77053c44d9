"""What anybody may read before they report: where to begin, the calls of offices, how it protects, what is kept in clear."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingcha.doors.hall.access import Request, door
from mingcha.doors.portal.frame import framed
from mingcha.doors.portal.reporting import told
from mingcha.tips import public


@require_safe
@framed
@door(public=True)
def front(request: Request) -> HttpResponse:
    """Begin here: report, or come back."""
    return told(render(request, "portal/tip_front.html", {"calls": public.calls(at=request.now)}))


@require_safe
@framed
@door(public=True)
def calls(request: Request) -> HttpResponse:
    """Show what each office asks for, and what came of reports, in round figures."""
    words = {"calls": public.calls(at=request.now), "results": public.results(at=request.now)}
    return told(render(request, "portal/tip_calls.html", words))


@require_safe
@framed
@door(public=True)
def how(request: Request) -> HttpResponse:
    """Say how a report is protected, and where that ends."""
    return told(render(request, "portal/tip_how.html"))


@require_safe
@framed
@door(public=True)
def privacy(request: Request) -> HttpResponse:
    """Say what is stored in clear and why, what is sealed, and what is not kept at all."""
    return told(render(request, "portal/tip_privacy.html"))
