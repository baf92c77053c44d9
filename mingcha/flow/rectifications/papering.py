"""What every act on a numbered paper shares: who speaks for its issuer, the move itself, who is told, the record."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from mingcha.flow.rectifications.models import Paper
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import PAPER_ACTS
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.kernel.refusals import Refusal


class PaperMoved(Refusal):
    message: ClassVar[str] = "这份文书刚刚已变为“%(state)s”。您填的内容没有丢，请核对后再办。"


def require_issuer(paper: Paper, *, by: Person, at: datetime) -> None:
    """Whoever speaks for the office that issued it. Raises NotAllowed, NotFound."""
    standing = accounts.require(by, Permission.ORDER_VERIFY, at=at)
    if not queries.issued_by(paper, to=standing):
        raise accounts.NotFound


def moved(paper: Paper, act: str, **columns: object) -> bool:
    """Move a paper by an act of the table and read it anew; return whether it was in a state for it."""
    start, end = PAPER_ACTS[act]
    moved = Paper.objects.filter(pk=paper.pk, state__in=start).update(state=end, **columns)
    paper.refresh_from_db()
    return bool(moved)


def tell(paper: Paper, people: Iterable[Person], subject: str, *, at: datetime) -> None:
    told = f"{subject}：{paper.content['office']} {wording.number(paper)}"
    notices.send(to=people, subject=told, link=f"/papers/{paper.pk}/", at=at)


def record(verb: str, paper: Paper, *, by: audit.Actor, at: datetime, detail: dict[str, object] | None = None) -> None:
    audit.record(
        verb, kind="paper", key=paper.pk, by=by, at=at, division=paper.issuer.division_id, body=paper.to_id,
        detail=detail,
    )  # fmt: skip
