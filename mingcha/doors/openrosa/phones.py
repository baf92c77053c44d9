"""Who knocks: a phone with a token, and the answers it understands."""

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Door
from mingcha.flow.fieldwork.queries import Carrier
from mingcha.flow.rectifications import intake
from mingcha.kernel.refusals import Refusal

LARGEST = 100 * 1024 * 1024  # bytes of one post; larger ones are sent in several
HEADERS = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": str(LARGEST)}
RETRY_AFTER = "10"  # seconds


class PhoneRequest(HttpRequest):
    """A request once the phone is known; `token` is empty unless it stood in the address."""

    carrier: Carrier
    token: str


class WrongVersion(Refusal):
    message = "只支持 OpenRosa 1.0，请更新手机上的应用。"
    status = 400


def phone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Let in a phone that shows a valid token, in the Authorization header or in the address; never by a cookie.

    Every answer is one an OpenRosa client understands; a database that is away is told as 503, to be tried again.
    """

    @csrf_exempt  # no cookie counts here, so no other site can act with one
    @wraps(view)
    def entered(outside: HttpRequest, token: str = "", **kwargs: object) -> HttpResponse:
        request: Any = outside
        try:
            if request.headers.get("X-OpenRosa-Version", "1.0") != "1.0":
                raise WrongVersion
            request.token = token
            request.carrier = intake.admit(token or _shown(request), at=clock.now())
            response = view(request, **kwargs)
        except Refusal as refusal:
            response = answer(refusal.sentence(_(refusal.message)), status=refusal.status)
        except (OperationalError, InterfaceError):
            connection.close()
            response = answer(_(intake.Busy.message), status=503)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    entered.door = Door(None, public=True, by_token=True)  # type: ignore[attr-defined]
    entered.streams = True  # type: ignore[attr-defined]
    return entered


def answer(sentence: str, *, status: int, receipt: intake.Receipt | None = None) -> HttpResponse:
    """Return an OpenRosaResponse with one sentence and, where something was taken, the receipt."""
    nature = "submit_success" if status < 300 else "submit_error"
    # Written by hand, with each value escaped: a template costs a tenth of taking a submission in.
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{escape(sentence)}</message>{_written(receipt)}</OpenRosaResponse>'
    )
    response = HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="Mingcha", charset="UTF-8"'
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def _written(receipt: intake.Receipt | None) -> str:
    if receipt is None:
        return ""
    files = [f"<file name={quoteattr(name)} sha256={quoteattr(digest)}/>" for name, digest in receipt.files.items()]
    files += [f"<missing name={quoteattr(name)}/>" for name in receipt.missing]
    about = f"instance={quoteattr(receipt.instance)} sha256={quoteattr(receipt.sha256)}"
    return f'<receipt xmlns="urn:mingcha:receipt" {about}>{"".join(files)}</receipt>'


def _shown(request: HttpRequest) -> str:
    """Return the token shown as a bearer's, or as the password of a basic sign-in; "" for none."""
    kind, _space, shown = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return shown.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(shown, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
