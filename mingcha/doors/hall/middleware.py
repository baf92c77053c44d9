"""Wrappers around every page: headers that keep strangers' code out, legible input, refusals as sentences."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal

from . import access, errors

Respond = Callable[[HttpRequest], HttpResponse]

# Nothing is loaded from elsewhere, and no script or style stands in the page itself.
POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data: blob:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # the way back needs the page one came from; other hosts learn nothing
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}


def headers(respond: Respond) -> Respond:
    """Set the protective headers, and keep pages out of shared computers' caches. A view may set its own first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if access.holds_secret(request.path):
            # Not even this house's own stylesheets may be told where they were asked for from: a proxy keeps a log.
            # A form of such a page is still told apart from a stranger's by its origin, which says no path.
            response["Referrer-Policy"] = "strict-origin" if request.path.startswith("/u/") else "no-referrer"
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def cookies(respond: Respond) -> Respond:
    """Pass over a cookie that holds what no cookie of ours does, before anybody looks it up in the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value == legible(value)}
        return respond(request)

    return middleware


class Legible:
    """Take out of what was typed the characters that nobody sees, once for every form and filter; no path holds any."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: object, *_given: object) -> None:
        """Runs after the check of the form's token, which has read the form already."""
        if getattr(view, "streams", False):  # reads the body itself, piece by piece: nobody may have read it before
            return
        if request.path != legible(request.path):
            raise Http404
        request.GET = _legible(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _legible(request.POST)  # type: ignore[assignment]


def _legible(given: QueryDict) -> QueryDict:
    typed = given.copy()
    for name, values in given.lists():
        typed.setlist(name, [legible(value) for value in values])
    return typed


class Refusals:
    """Turn a Refusal that no view has caught into one clear sentence with a way back, never a stack trace."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refusal) else None
