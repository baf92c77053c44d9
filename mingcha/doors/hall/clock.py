"""The one clock of the house. Rooms are handed the time; doors read it here."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the time of this request, aware: the demo's fixed hour where one is set, else the wall clock."""
    return settings.MINGCHA_NOW or timezone.now()  # noqa: TID251 - this is the clock itself


def running() -> datetime:
    """Return the wall clock, also where the demo's time stands still: for what must pass, such as a brake on guessing."""
    return timezone.now()  # noqa: TID251 - this is the clock itself


def is_demo() -> bool:
    """Say whether this house holds the demo's made-up people and places, and so must mark every screen."""
    return settings.MINGCHA_DEMO


def stands_still() -> bool:
    """Say whether the time is fixed; a page must then tell the reader."""
    return settings.MINGCHA_NOW is not None
