"""Putting a message in the outbox, and marking it read."""

from collections.abc import Iterable
from datetime import datetime

from mingcha.ground.accounts.models import Person
from mingcha.ground.notices.models import Notice


def send(*, to: Iterable[Person], subject: str, link: str, text: str = "", at: datetime) -> int:
    """Write one row for each person, in the caller's transaction; return how many. Shown on screen for now."""
    rows = [Notice(to=person, subject=subject[:120], text=text, link=link, created_at=at) for person in set(to)]
    return len(Notice.objects.bulk_create(rows))


def mark_seen(*, by: Person, at: datetime) -> int:
    """Mark all of one's own messages as read; return how many were not."""
    return Notice.objects.filter(to=by, seen_at=None).update(seen_at=at)
