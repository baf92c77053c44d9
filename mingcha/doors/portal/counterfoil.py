"""
The receipt of a report in the browser that showed it, for ten minutes, so that it need not be typed for each page.

The cookie holds it sealed under a key of this process's secret: a jar of cookies read by others tells nothing, and
nothing stands on the server.
"""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mingcha.kernel import sealing

COOKIE = "mingcha_receipt"
PLACE = "/report/"
KEPT = timedelta(minutes=10)
ABOUT = "a receipt in its citizen's browser"


def put(answer: HttpResponse, receipt: str, *, at: datetime) -> None:
    """Let this browser come back with the receipt for ten minutes from now."""
    until = int((at + KEPT).timestamp())
    # The plain length never varies: a cookie tells nothing about what it holds.
    box = sealing.seal(json.dumps({"receipt": receipt, "until": until}).encode(), key=_key(), about=ABOUT)
    answer.set_cookie(
        COOKIE, box.hex(), max_age=int(KEPT.total_seconds()), path=PLACE, httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def read(request: HttpRequest, *, at: datetime) -> str:
    """Return the receipt that this browser still holds, or ""."""
    try:
        box = bytes.fromhex(request.COOKIES.get(COOKIE, ""))
        held = json.loads(sealing.open_sealed(box, key=_key(), about=ABOUT))
    except (ValueError, sealing.SealBroken):
        return ""
    return str(held["receipt"]) if at.timestamp() <= held["until"] else ""


def drop(answer: HttpResponse) -> None:
    """Forget it."""
    answer.delete_cookie(COOKIE, path=PLACE, samesite="Strict")


def _key() -> bytes:
    return sealing.derive(settings.SECRET_KEY.encode(), salt=b"portal", label="counterfoil")
