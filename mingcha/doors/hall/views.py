"""Coming in, going out, and choosing the language."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.ground.accounts.actions import signing
from mingcha.kernel.refusals import Refusal

from . import clock, forms, styleguide
from .access import KEY_COOKIE, KEY_PATH, Request, door, inside

BACKEND = "django.contrib.auth.backends.ModelBackend"
LANGUAGE_YEAR = 365 * 24 * 3600


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@door(public=True)
def sign_in(request: Request) -> HttpResponse:
    """Show the form, or try the password. A failure keeps the name and says one sentence."""
    onward = inside(request, request.POST.get("next") or request.GET.get("next")) or "/"
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return render(request, "hall/sign_in.html", {"form": forms.SignIn(), "next": onward})
    form = forms.SignIn(request.POST)
    if not form.is_valid():
        return render(request, "hall/sign_in.html", {"form": form, "next": onward}, status=422)
    try:
        person = signing.sign_in(
            **form.cleaned_data, address=address_of(request), tried_at=clock.running(), at=request.now
        )
    except Refusal as refusal:
        words = {"form": form, "next": onward, "sentence": refusal.sentence(_(refusal.message))}
        return render(request, "hall/sign_in.html", words, status=refusal.status)
    login(request, person, backend=BACKEND)
    return HttpResponseRedirect(onward)


@require_POST
@door(public=True)
def sign_out(request: Request) -> HttpResponse:
    """End the session. Public, so that a session already ended leads to the same page."""
    if request.user.is_authenticated:
        signing.sign_out(by=request.user, at=request.now)
    logout(request)
    answer = redirect("hall:sign_in")
    answer.delete_cookie(KEY_COOKIE, path=KEY_PATH, samesite="Strict")
    return answer


@require_POST
@door(public=True)
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and return to the page it was changed on."""
    answer = HttpResponseRedirect(inside(request, request.POST.get("next")) or "/")
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=LANGUAGE_YEAR, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        )  # fmt: skip
    return answer


@require_GET
@door(public=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve: 200 ok, or 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
@door(public=True)
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every part a page may be made of. Not in the address table of a running house; see urls.py."""
    shell = "hall/styleguide/field.html" if request.GET.get("shell") == "field" else "hall/styleguide/desk.html"
    return render(request, shell, styleguide.sample(request))


def address_of(request: HttpRequest) -> str | None:
    """Return the caller's network address, or None where the server listens on a socket file."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
