"""The outbox at work: in a thread of its own, because the worker that starts it also seals the record of acts."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mingcha.ground.notices import outbox

log = logging.getLogger(__name__)

_at_work: threading.Thread | None = None


def deliver() -> bool:
    """
    Begin a round of the outbox, unless one is under way; return whether it was begun. Never waits.

    The thread ends with the process, also in the middle of a message: that one is then sent again.
    """
    global _at_work
    if _at_work is not None and _at_work.is_alive():
        return False
    now = settings.MINGCHA_NOW or timezone.now()  # noqa: TID251
    _at_work = threading.Thread(target=_round, args=[now], name="outbox", daemon=True)
    _at_work.start()
    return True


def _round(now: datetime) -> None:
    try:
        outbox.raise_unread(at=now)
        while outbox.plan(at=now):
            pass
        outbox.deliver(at=now)
    except Exception as error:  # noqa: BLE001 - the next round tries again; its words may hold an address
        log.warning("notices.deliver: %s", type(error).__name__)
    finally:
        connection.close()
