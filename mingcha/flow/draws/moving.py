"""What every act on a round shares: who may, the move itself, and the record."""

from datetime import datetime
from typing import ClassVar

from mingcha.flow.draws.models import Round, RoundParty
from mingcha.flow.draws.states import ACTS
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.kernel.refusals import Refusal


class RoundMoved(Refusal):
    message: ClassVar[str] = "这一轮的状态刚刚变了（可能别人已办过这一步），请刷新后再看。"


def require_holder(round: Round, *, by: Person, at: datetime) -> accounts.Standing:
    """Return the standing of who may hold the office's rounds. Raises NotFound."""
    return accounts.require(by, Permission.ROUND_HOLD, at=at, division=round.office.division_id)


def require_party(round: Round, *, by: Person, at: datetime) -> RoundParty:
    """
    Return the party that a person acts for: a body of the round which they serve and may witness a draw for.

    Who serves both acts for the one that has put in nothing yet. Raises NotFound.
    """
    standing = accounts.require(by, Permission.ROUND_WITNESS, at=at)
    served = standing.serves(Permission.ROUND_WITNESS)
    own = RoundParty.objects.filter(round=round, body__in=served).select_related("body", "round")
    party = own.order_by("deposited_at", "pk").last() if own.count() > 1 else own.first()
    if party is None:
        raise accounts.NotFound
    return party


def move(round: Round, act: str, **columns: object) -> None:
    """Move a round by an act of the table, or raise RoundMoved."""
    start, end = ACTS[act]
    if not Round.objects.filter(pk=round.pk, state=start).update(state=end, **columns):
        raise RoundMoved
    round.refresh_from_db()


def record(verb: str, round: Round, *, by: audit.Actor, at: datetime, detail: dict[str, object] | None = None) -> None:
    audit.record(
        verb, kind="round", key=round.pk, by=by, at=at, division=round.office.division_id, body=round.office_id,
        detail=detail,
    )  # fmt: skip
