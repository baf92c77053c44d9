"""What the sheets of people, posts and links share: who hands one in, one import after the other, what leaves."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit


@dataclass(frozen=True)
class Keeper:
    """Whoever hands in a sheet. The operator has no standing and keeps everything."""

    standing: queries.Standing | None

    def keeps(self, division: str) -> bool:
        """Whether what lies at a place is theirs to keep."""
        return self.standing is None or self.standing.covers(Permission.ORGANISATION_KEEP, division)

    def may_give(self, role: str, *, division: str) -> bool:
        """Whether they may give a post with this role there; see `posts.appoint`."""
        return self.standing is None or posts.may_give(self.standing, role, division=division)


def admit(by: Person | None, *, at: datetime) -> Keeper:
    """
    Return who hands in a sheet, once no other import of people, posts or links is under way. Needs a transaction.

    Two sheets with the same new account: the second then finds it on record. Raises NotAllowed.
    """
    keeper = Keeper(queries.require(by, Permission.ORGANISATION_KEEP, at=at) if by is not None else None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mingcha registers'))")
    return keeper


@transaction.atomic
def record_export(register: str, *, rows: int, by: Person, at: datetime) -> None:
    """Put on record that a register left the house: which, and how many rows. Raises NotAllowed."""
    main = queries.require(by, Permission.ORGANISATION_SEE, at=at).main
    body, division = (main.body, main.division) if main else ("", "")
    audit.record("register.export", kind="body", key=body, by=by, at=at, division=division, body=body,
                 detail={"register": register, "rows": rows})  # fmt: skip
