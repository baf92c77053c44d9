"""Two wrappers around every page: headers that keep strangers' code out, and refusals said as sentences."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mingcha.kernel.refusals import Refusal

from . import errors

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
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class Refusals:
    """Turn a Refusal that no view has caught into one clear sentence with a way back, never a stack trace."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refusal) else None
