"""One press for many tips, for an office that takes in hundreds a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.kernel.refusals import Refusal
from mingcha.tips.actions import handling
from mingcha.tips.models import Tip
from mingcha.tips.unlocked import Unlocked


@dataclass(frozen=True)
class Accepted:
    """How many were accepted, and how many stayed as they were: moved by another, without a key, or to stay away from."""

    done: int
    left: int


@transaction.atomic
def accept(tips: Collection[Tip], *, key: Unlocked, by: Person, at: datetime) -> Accepted:
    """Accept each tip that can be; one that cannot holds up no other. Numbers follow the order given."""
    left = 0
    for tip in tips:
        try:
            with transaction.atomic():
                handling.accept(tip, key=key, by=by, at=at)
        except Refusal:
            left += 1
    return Accepted(len(tips) - left, left)
