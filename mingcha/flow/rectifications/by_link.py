"""
All that the holder of a one-time link may read and do: one order, for as long as the link is good.

The portal knows nothing else of rectifications. A link opened and not taken shows only whose order it is about; pressing
the button takes it for one browser, whose secret opens everything below.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from mingcha.flow.fieldwork.models import Photo
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.actions import papers
from mingcha.flow.rectifications.actions.linking import hashed
from mingcha.flow.rectifications.models import (
    Measure,
    Progress,
    ProgressFile,
    Proof,
    Rectification,
    Reply,
    Request,
    Review,
    UnitLink,
)
from mingcha.flow.rectifications.queries.followed import NotFound
from mingcha.flow.rectifications.states import RUNNING, RequestKind, RequestState, State
from mingcha.ground.evidence.models import Evidence


@dataclass(frozen=True)
class Offered:
    """What a link shows before anybody has taken it: nothing of what was found."""

    unit: str
    office: str
    until: datetime
    taken: bool


@dataclass(frozen=True)
class Held:
    """An order in the hands of whoever took its link, and what they may do about it now."""

    link: UnitLink
    order: Rectification

    @property
    def may_work(self) -> bool:
        """Whether the unit owes the next act: to plan, report, answer, ask."""
        return self.order.state in RUNNING

    @property
    def may_object(self) -> bool:
        return self.order.state in (*RUNNING, State.ANSWERED) and not self._asked(RequestKind.OBJECTION)

    def may_extend(self, at: datetime) -> bool:
        """Whether an extension can still be asked for: before the deadline."""
        in_time = self.may_work and at <= queries.due_now(self.order, at=at)
        return in_time and not self._asked(RequestKind.EXTENSION)

    def _asked(self, kind: str) -> bool:
        return self.order.requests.filter(kind=kind, state=RequestState.PENDING).exists()


def offered(token: str, *, at: datetime) -> Offered:
    """Return what a link is about. Opening it takes nothing: messengers open links by themselves. Raises NotFound."""
    good = UnitLink.objects.defer("token_hash", "session_hash").filter(revoked_at=None, expires_at__gt=at)
    link = good.filter(token_hash=hashed(token)).first()
    if link is None:
        raise actions.LinkNoLongerGood
    order = queries.of(link.rectification_id)
    return Offered(order.body.name, order.finding.office.name, link.expires_at, link.redeemed_at is not None)


def redeem(token: str, *, signed_as: str, at: datetime) -> str:
    """Take a link for one browser; return its secret. Raises NameMissing, LinkTaken, LinkNoLongerGood."""
    return actions.redeem(token, signed_as=signed_as, at=at)


def held(secret: str, *, at: datetime) -> Held:
    """Return the order that a browser's secret opens. Raises LinkNoLongerGood."""
    good = UnitLink.objects.defer("token_hash", "session_hash").filter(revoked_at=None, expires_at__gt=at)
    link = good.filter(session_hash=hashed(secret)).first() if secret else None
    if link is None:
        raise actions.LinkNoLongerGood
    return Held(link, queries.of(link.rectification_id))


def is_of(held: Held, token: str) -> bool:
    """Return whether a link, opened again, is the one that this browser has taken."""
    return UnitLink.objects.filter(pk=held.link.pk, token_hash=hashed(token)).exists()


def photos(held: Held) -> QuerySet[Photo]:
    """Return the pictures of what was found, but for those that show somebody who is inspected by nobody."""
    return findings.photos(held.order.finding).filter(evidence__personal=False)


def measures(held: Held) -> QuerySet[Measure]:
    return queries.measures(held.order)


def progress(held: Held) -> QuerySet[Progress]:
    return queries.progress(held.order)


def replies(held: Held) -> QuerySet[Reply]:
    return queries.replies(held.order)


def reviews(held: Held) -> QuerySet[Review]:
    return queries.reviews(held.order)


def requests(held: Held) -> QuerySet[Request]:
    return queries.requests(held.order)


def picture(held: Held, kind: str, pk: int) -> Evidence:
    """Return a file of this order: kind `photo`, `proof` or `progress`. Raises NotFound for any other order's."""
    order = held.order.pk
    own = {
        "photo": photos(held).filter(pk=pk).order_by(),
        "proof": Proof.objects.filter(pk=pk, reply__rectification=order),
        "progress": ProgressFile.objects.filter(pk=pk, progress__rectification=order),
    }
    files = Evidence.objects.filter(personal=False).select_related("rendering")
    found = files.filter(pk__in=own[kind].values("evidence")).first() if kind in own else None
    if found is None:
        raise NotFound
    return found


def receive(held: Held, *, at: datetime) -> None:
    """Sign for the order, and for the papers about it."""
    papers.receive_along(held.order, by=held.link, at=at)


def plan(held: Held, *, measures: Iterable[tuple[str, date]], today: date, at: datetime) -> None:
    """Say what will be done by which day."""
    actions.plan(held.order, measures=measures, today=today, by=held.link, at=at)


def finish_measure(held: Held, pk: int, *, at: datetime) -> None:
    """Say that a measure is done. Raises NotFound for another order's."""
    found = held.order.measures.filter(pk=pk).first()
    if found is None:
        raise NotFound
    actions.finish_measure(found, by=held.link, at=at)


def report_progress(held: Held, *, text: str, files: Iterable[tuple[str, bytes, str]], at: datetime) -> None:
    """Say how far it has come, with pictures from before and after."""
    actions.report_progress(held.order, text=text, files=files, by=held.link, at=at)


def answer(held: Held, *, measures: str, proofs: Iterable[tuple[str, bytes, str]], at: datetime) -> None:
    """Answer the order with proof."""
    actions.answer(held.order, measures=measures, proofs=proofs, by=held.link, at=at)


def ask(held: Held, *, kind: str, reason: str, until: datetime | None, at: datetime) -> None:
    """Ask for more time, object, or say that it cannot be done."""
    actions.ask(held.order, kind=kind, reason=reason, until=until, by=held.link, at=at)
