"""
The secrets of the one-time links that this browser has taken, in one cookie that is sent to /u/ alone.

A unit may have several orders at once, each with a link of its own: "number-secret" pairs, the latest first.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "mingcha_links"
PLACE = "/u/"
MOST = 40  # far below what a browser keeps in one cookie
KEPT = 180 * 24 * 3600  # seconds; when a link ends is the room's to say, and moves with the deadline
_PAIR = re.compile(r"(\d{1,18})-([\w-]{20,64})", re.ASCII)


def secrets(request: HttpRequest) -> dict[int, str]:
    """Return link number → this browser's secret, the latest first; what reads otherwise is passed over."""
    parts = request.COOKIES.get(COOKIE, "").split(".", MOST)[:MOST]
    pairs = (_PAIR.fullmatch(part) for part in parts)
    return {int(pair[1]): pair[2] for pair in pairs if pair}


def put(answer: HttpResponse, request: HttpRequest, *, number: int, secret: str) -> None:
    """Add a secret, in front; it is asked for again only over the way it came, and by no script."""
    kept = {number: secret} | {one: kept for one, kept in secrets(request).items() if one != number}
    value = ".".join(f"{one}-{word}" for one, word in list(kept.items())[:MOST])
    answer.set_cookie(
        COOKIE, value, max_age=KEPT, path=PLACE, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
