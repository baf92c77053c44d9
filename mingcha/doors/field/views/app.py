"""The field app: its shell, its worker, and the few answers it asks for while there is a network."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, RawPostDataException
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.field.assets import assets
from mingcha.doors.hall import clock, middleware
from mingcha.doors.hall.access import Request, door
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.states import ListState
from mingcha.flow.fieldwork import packages
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings
from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal

# The engine's expressions run as WebAssembly; only here may it be compiled.
POLICY = (
    middleware.POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    .replace("connect-src 'self'", "connect-src 'self' data:")
    .replace("font-src", "media-src 'self' blob:; worker-src 'self'; font-src")
)
PERMISSIONS = middleware.HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")


def spoken(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say refusals as {"error": one sentence}, and to whoever has not signed in, where to. Outside `@door`."""

    @wraps(view)
    def entered(request: HttpRequest, **given: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            way = f"{reverse('hall:sign_in')}?{REDIRECT_FIELD_NAME}={reverse('field:home')}"
            return JsonResponse(
                {"error": _("登录已过期，请重新登录。填好的内容仍在手机里。"), "sign_in": way}, status=401
            )
        try:
            return view(request, **given)
        except Refusal as refusal:
            return JsonResponse({"error": refusal.sentence(_(refusal.message))}, status=refusal.status)
        except PermissionDenied:
            return JsonResponse({"error": _("您的岗位没有这项权限。需要办理请联系本单位负责人。")}, status=403)

    entered.spoken = True  # type: ignore[attr-defined]
    return entered


@require_safe
@ensure_csrf_cookie
@door(P.VISIT_MAKE)
def shell(request: Request) -> HttpResponse:
    """Show the app; where it was not built, the plain pages."""
    built = assets()
    if built is None:
        return redirect("field:plain")
    response = render(request, "field/app.html", {"assets": built})
    response["Content-Security-Policy"] = POLICY
    response["Permissions-Policy"] = PERMISSIONS
    return response


@require_safe
@door(public=True)
def worker(request: Request) -> HttpResponse:
    """Give the service worker: it keeps the app's files on the phone, and nothing else."""
    built = assets()
    if built is None:
        return HttpResponse(status=404)
    words = {"version": built.version, "files": json.dumps(built.files)}
    response = render(request, "field/sw.js", words, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@door(public=True)
def manifest(request: Request) -> JsonResponse:
    """Say how the app looks on a phone's first screen."""
    name = _("明察 现场")
    icon = {"src": "/static/hall/img/mark.svg", "sizes": "any", "type": "image/svg+xml"}
    return JsonResponse(
        {
            "name": name, "short_name": name, "start_url": reverse("field:home"), "scope": reverse("field:home"),
            "display": "standalone", "background_color": "#ffffff", "theme_color": "#1554ad", "icons": [icon],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@require_safe
@spoken
@door(P.VISIT_MAKE)
def me(request: Request) -> JsonResponse:
    """Say who is here, which lists wait, and which outings there are."""
    lists = [sealed for sealed in draws.my_lists(request.user) if sealed.state == ListState.SEALED]
    found = fieldwork.my_inspections(to=request.standing)[:30]
    return JsonResponse(
        {
            "name": request.user.name, "username": request.user.username, "demo": clock.is_demo(),
            "language": get_language(), "now": request.now.isoformat(),
            "lists": [_waiting(request, sealed) for sealed in sorted(lists, key=lambda each: each.departs_at)],
            "outings": [
                {
                    "id": row.pk, "team": row.team.name, "campaign": row.campaign.name, "day": row.day.isoformat(),
                    "state": row.state, "departed_at": row.departed_at.isoformat(),
                }
                for row in found
                if not row.embedded
            ],
        }
    )  # fmt: skip


def _waiting(request: Request, sealed: Any) -> dict[str, Any]:
    early, own = request.now < sealed.departs_at, request.user.pk in sealed.round.held_by
    why = _("还没有到出发时间。") if early else _("这一轮的抽签由您办过，请由检查组其他成员启封。") if own else ""
    return {
        "id": sealed.pk, "team": sealed.team.name, "campaign": sealed.round.campaign.name, "count": sealed.count,
        "departs_at": sealed.departs_at.isoformat(), "ready": not why, "why": why,
    }  # fmt: skip


@require_POST
@spoken
@door(P.VISIT_MAKE)
def device(request: Request) -> JsonResponse:
    """Give this phone a token of its own, once: a session that ends must not hold back what was filled in."""
    made, token = devices.add(request.user, label=_browser(request), by=request.user, at=request.now)
    return JsonResponse({"device": made.pk, "token": token}, status=201)


@require_POST
@spoken
@door(P.LIST_OPEN)
def open_list(request: Request, *, pk: int) -> JsonResponse:
    """Open the seal: an act on record. The package may be taken from now on, and not before."""
    sealed = draws.my_list(pk, person=request.user)
    outing = outings.depart(sealed, by=request.user, at=request.now)
    return JsonResponse({"outing": outing.pk})


@require_safe
@spoken
@door(P.VISIT_MAKE)
def package(request: Request, *, pk: int) -> JsonResponse:
    """Give all that the phone needs to work without a network."""
    outing = fieldwork.my_inspection(pk, to=request.standing)
    return JsonResponse(packages.package(outing, person=request.user, at=request.now))


@require_POST
@spoken
@door(P.VISIT_MAKE)
def return_team(request: Request, *, pk: int) -> JsonResponse:
    """End the outing."""
    outing = fieldwork.my_inspection(pk, to=request.standing)
    outings.return_team(outing, reason=_reason(request), by=request.user, at=request.now)
    return JsonResponse({"state": "back"})


def _reason(request: Request) -> str:
    try:
        return str(json.loads(request.body or b"{}").get("reason", ""))[:200]
    except (ValueError, AttributeError, RawPostDataException):  # no JSON, or sent as a form
        return ""


def _browser(request: Request) -> str:
    """Return a short name for the phone, as people tell theirs apart."""
    agent = request.headers.get("User-Agent", "")
    kinds = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    return next((_("现场端 · %(kind)s") % {"kind": kind} for kind in kinds if kind in agent), _("现场端"))
