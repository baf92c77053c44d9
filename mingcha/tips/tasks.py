"""Background work of the sealed room: thin, idempotent; it opens nothing, for it holds no key."""

from datetime import datetime, timedelta

from django.utils import timezone

from mingcha.tips import vault
from mingcha.tips.actions import announcing, recovery, retention

# What a page still holds for somebody who writes slowly stays as long as the page's proof of work counts.
LEFT = timedelta(hours=6)


def announce(*, at: datetime) -> int:
    """Say that there is work; return how many tips were new."""
    return announcing.announce(at=at)


def stand_aside(*, at: datetime) -> int:
    """Work out which office stands aside from whom; return how many rows changed."""
    return announcing.stand_aside(at=at)


def erase(*, at: datetime) -> int:
    """Destroy what is due, and what was uploaded and never sent; return how many tips that were."""
    vault.sweep(before=(timezone.now() - LEFT).timestamp())  # noqa: TID251 - files on disk have the real time
    announcing.forget_efforts(at=at)
    return retention.erase(at=at)


def tidy(*, at: datetime) -> int:
    """Take keys and tips from whoever lost the post for them, destroy keys that open nothing; return how many rows went."""
    return recovery.tidy(at=at)
