"""Putting a message in the outbox, and marking it read."""

from collections.abc import Iterable
from datetime import datetime

from mingcha.ground.accounts.models import Person
from mingcha.ground.notices.models import Notice


def send(*, to: Iterable[Person], subject: str, link: str, text: str = "", at: datetime) -> int:
    """Write one row for each person, in the caller's transaction; return how many. Shown on screen for now."""
    rows = [Notice(to=person, subject=subject[:120], text=text, link=link, created_at=at) for person in set(to)]
    return len(Notice.objects.bulk_create(rows))


def mark_seen(*, link: str = "", by: Person, at: datetime) -> int:
    """Mark one's own messages as read: all, or those that lead to a page now open. Return how many were not."""
    unseen = Notice.objects.filter(to=by, seen_at=None)
    return (unseen.filter(link=link) if link else unseen).update(seen_at=at)
