"""Who may open a page. Every view of every door stands behind `@door(…)`; a test walks the address table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.notices import actions as notices

from . import clock, errors  # errors asks this module in turn for the way back

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Person

View = Callable[..., HttpResponseBase]
# Half of an officer's key lies in this cookie (doors/desk/strongbox.py); to sign out ends it, too.
KEY_COOKIE, KEY_PATH = "mingcha_tips", "/tipline/"


class Request(HttpRequest):
    """A request once it is through the door; on a public page nobody may have signed in."""

    user: "Person"  # type: ignore[assignment]
    now: datetime
    standing: accounts.Standing
    htmx: Any


@dataclass(frozen=True)
class Door:
    """What a view asks of whoever opens it; the table of addresses is checked against this."""

    permission: Permission | None
    public: bool
    by_token: bool = False  # a phone's; whoever is signed in does not count


def door(permission: Permission | None = None, *, public: bool = False) -> Callable[[View], View]:
    """
    Let in whoever is signed in and, where `permission` is given, holds it in any post; `public` lets in everyone.

    The view finds `request.now` (aware) and `request.standing` (read from the database once, when first asked).
    Where a thing lies is not the door's matter: queries and actions of the rooms apply scope.
    """

    def hang(view: View) -> View:
        @wraps(view)
        def entered(outside: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            request = cast(Request, outside)
            request.now = clock.now()
            # The public face has nobody to sign in: no request there has a user.
            known = hasattr(outside, "user") and outside.user.is_authenticated
            if not public and not known:
                return _outside(request)
            standing = SimpleLazyObject(lambda: accounts.standing(request.user, at=request.now))
            request.standing = cast(accounts.Standing, standing)
            if permission is not None and not request.standing.can(permission):
                raise PermissionDenied
            answer = view(request, *args, **kwargs)
            if request.method == "GET" and answer.status_code == 200 and known:
                # Whoever has the page open that a message leads to has read the message.
                notices.mark_seen(link=request.path, by=request.user, at=request.now)
            return answer

        entered.door = Door(permission, public)  # type: ignore[attr-defined]
        return entered

    return hang


def _outside(request: HttpRequest) -> HttpResponse:
    """Send to sign in; but first hand back what was written while the sign-in ran out."""
    texts = errors.written(request) if request.method == "POST" else []
    return errors.signed_out(request, texts) if texts else to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send someone to sign in and back here afterwards. A part of a page cannot hold that page, so htmx is told."""
    address = reverse("hall:sign_in")
    back = request.get_full_path() if request.method == "GET" else ""
    if request.headers.get("HX-Request"):
        back = inside(request, request.headers.get("HX-Current-URL"))
    if back and back != "/":
        address += "?" + urlencode({"next": back})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def holds_secret(path: str) -> bool:
    """Say whether a path has a token in it, a phone's or a one-time link's; such a one is written down nowhere, on no page."""
    plain = unquote(path)
    return plain.startswith("/key/") or (
        plain.startswith("/u/") and not plain.startswith("/u/order/") and plain != "/u/"
    )


def inside(request: HttpRequest, address: str | None) -> str:
    """Return the address if it lies in this house, else ""; nobody is sent elsewhere by a crafted link."""
    if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "" if holds_secret(urlsplit(address).path) else address
    return ""


def way_back(request: HttpRequest) -> str:
    """Return the page someone came from, if it lies in this house and is not this very page; else ""."""
    came_from = inside(request, request.headers.get("Referer"))
    here = request.build_absolute_uri()
    return came_from if came_from != here or request.method == "POST" else ""
