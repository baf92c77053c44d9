"""
The officer's own key between two requests: nowhere whole.

1. Unlocking draws a key of 32 bytes (`ck`) that only the browser keeps, in a cookie sent to these pages alone.
2. The session keeps the officer's private key sealed under it. Either half without the other opens nothing.
3. A request puts both together; the key in clear lives as long as that request does.
4. Fifteen minutes without a request, eight hours in all, the lock button or signing out ends it.

Time here is the wall clock, also where the demo's stands still: what lies open must close.
"""

import base64
import binascii
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponseBase

from mingcha.doors.hall import clock
from mingcha.doors.hall.access import KEY_COOKIE, KEY_PATH, Request
from mingcha.kernel import sealing
from mingcha.tips.unlocked import Locked, Unlocked

SLOT = "tips"
IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=8)
# How often the session row is written again only to say that somebody is still there.
NOTED = timedelta(minutes=1)


def keep(request: Request, answer: HttpResponseBase, unlocked: Unlocked) -> None:
    """Put an officer's key away, half in the session, half in the browser, under a new session id."""
    half, now = sealing.new_key(), clock.running().isoformat()
    request.session.cycle_key()
    box = sealing.seal(unlocked.private, key=half, about=_about(request))
    request.session[SLOT] = {"box": _text(box), "began": now, "seen": now}
    answer.set_cookie(  # type: ignore[attr-defined]
        KEY_COOKIE, _text(half), max_age=int(WHOLE.total_seconds()), path=KEY_PATH, httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE), samesite="Strict",
    )  # fmt: skip


def opened(request: Request) -> Unlocked:
    """Return the officer's key for this request. Raises Locked where a half is missing, wrong or too old."""
    kept, half = request.session.get(SLOT), request.COOKIES.get(KEY_COOKIE)
    if not kept:
        raise Locked
    now = clock.running()
    if not half or not is_fresh(kept, at=now):
        del request.session[SLOT]
        raise Locked
    try:
        private = sealing.open_sealed(_bytes(kept["box"]), key=_bytes(half), about=_about(request))
    except (sealing.SealBroken, ValueError, binascii.Error):
        raise Locked from None
    if now - datetime.fromisoformat(kept["seen"]) >= NOTED:
        request.session[SLOT] = {**kept, "seen": now.isoformat()}
    return Unlocked(request.user, private)


def is_open(request: Request) -> bool:
    """Say whether this person's key is at hand, for what only differs in what a page offers."""
    try:
        opened(request)
    except Locked:
        return False
    return True


def is_fresh(kept: dict[str, str], *, at: datetime) -> bool:
    """Say whether what the session keeps is neither idle too long nor too old."""
    began, seen = datetime.fromisoformat(kept["began"]), datetime.fromisoformat(kept["seen"])
    return at - seen < IDLE and at - began < WHOLE


def lock(request: Request, answer: HttpResponseBase) -> None:
    """Destroy both halves."""
    request.session.pop(SLOT, None)
    request.session.cycle_key()
    answer.delete_cookie(KEY_COOKIE, path=KEY_PATH, samesite="Strict")  # type: ignore[attr-defined]


def _about(request: Request) -> str:
    return f"officer's key of {request.user.pk}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)
