"""The other hand's side of an order: an attestation sampled, an answer sent back or closed."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.models import Rectification, Review, Sampling, Verdict
from mingcha.flow.rectifications.states import How, Way
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook import terms
from mingcha.kernel.refusals import Refusal


class VisitStillOpen(Refusal):
    message: ClassVar[str] = "检查还没有结束，问题还可能撤回，请等检查结束后再抽核。"


class AnsweredAgain(Refusal):
    message: ClassVar[str] = "这期间责任单位又作了新的答复。您填的内容没有丢，请看过新答复再办。"


class DeadlineEarlier(Refusal):
    message: ClassVar[str] = (
        "新的整改时限不能早于原来的时限（答复待核验的时间不算在内），请改晚一些，或者留空由系统顺延。"
    )
    status: ClassVar[int] = 422


class RevisitMissing(Refusal):
    message: ClassVar[str] = "这一件要回头看之后才能销号：请选答复之后对这个点位的一次检查。"
    status: ClassVar[int] = 422


@transaction.atomic
def sample(
    order: Rectification, *, upheld: bool, reason: str, due_at: datetime | None = None, by: Person, at: datetime
) -> None:
    """
    Check an attestation by another hand: upheld, or overturned into an order with a deadline.

    Raises AnotherHandNeeded, VisitStillOpen, ReasonMissing, DeadlineMissing, DeadlineInThePast, AlreadyMoved.
    """
    moving.require_other_hand(order, by=by, at=at)
    if order.finding.state == FindingState.NOTED:
        raise VisitStillOpen
    if upheld:
        moving.move(order, "uphold")
    else:
        if not reason.strip():
            raise moving.ReasonMissing
        moving.check_deadline(due_at, at=at)
        moving.move(order, "overturn", way=Way.BY_DEADLINE, due_at=due_at, ordered_at=at)
        moving.tell_unit(order, gettext_noop("现场整改经抽核不实，改为限期整改"), at=at)
    review(order, Verdict.UPHELD if upheld else Verdict.OVERTURNED, reason=reason, by=by, at=at)


@transaction.atomic
def send_back(
    order: Rectification, *, reason: str, reply: int | None = None, due_at: datetime | None = None,
    sampling: Sampling | None = None, by: Person, at: datetime,
) -> None:  # fmt: skip
    """
    Return an answer that does not do; `reply` is the answer that was read, where a page names it.

    Without a new `due_at` the time for which the answer lay with the office is added to the deadline, where the answer
    had come in time: a unit does not become late through the office's reading, nor by a new time that is earlier than
    that. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved, AnsweredAgain, DeadlineInThePast, DeadlineEarlier.
    """
    moving.require_other_hand(order, by=by, at=at)
    if not reason.strip():
        raise moving.ReasonMissing
    moving.lock(order)
    moving.move(order, "send_back")
    check_read(order, reply)
    _set_due(order, due_at, at=at)
    how = How.SAMPLE if sampling else How.DOCUMENTS
    review(order, Verdict.RETURNED, reason=reason, how=how, sampling=sampling, by=by, at=at)
    moving.tell_unit(order, gettext_noop("整改答复被退回"), at=at)


@transaction.atomic
def close(
    order: Rectification, *, reason: str = "", reply: int | None = None, visit: Visit | None = None,
    sampling: Sampling | None = None, by: Person, at: datetime,
) -> None:  # fmt: skip
    """
    Close an order after verification (销号); it never reopens. `reply` is the answer that was read.

    `visit`: the later visit that saw it put right (回头看), which the office's setting may ask for. Raises
    AnotherHandNeeded, AlreadyMoved, AnsweredAgain, RevisitMissing.
    """
    moving.require_other_hand(order, by=by, at=at)
    if visit is not None and not queries.revisits(order).filter(pk=visit.pk).exists():
        raise RevisitMissing
    needed = terms.proof_needed("close", severity=order.finding.severity, offices=queries.offices_over(order))
    if needed.revisit and visit is None:
        raise RevisitMissing
    moving.move(order, "close", closed_at=at, closed_by=by)
    check_read(order, reply)
    moving.lapse(order)
    sampling = None if visit else sampling
    how = How.REVISIT if visit else How.SAMPLE if sampling else How.DOCUMENTS
    review(order, Verdict.CLOSED, reason=reason, how=how, visit=visit, sampling=sampling, by=by, at=at)
    moving.tell_unit(order, gettext_noop("整改已销号"), at=at)


def _set_due(order: Rectification, due_at: datetime | None, *, at: datetime) -> None:
    """Set the time for a returned order: the one named, or the old one later by as long as the answer lay here."""
    last = order.replies.order_by("-pk").first()
    assert order.due_at is not None  # what was answered has a deadline
    # What a former ledger says was answered came without an answer here.
    fair = queries.after_waiting(order, since=last.at, at=at) if last else order.due_at
    if due_at is None:
        moving.extend(order, fair, at=at)
    elif moving.check_deadline(due_at, at=at) < fair:
        raise DeadlineEarlier
    else:
        moving.extend(order, due_at, at=at, term="", tentative=False)


def check_read(order: Rectification, reply: int | None) -> None:
    """Raise AnsweredAgain where a later answer than the one that was read has come."""
    # Returned and answered anew while the page lay open: nobody passes judgement on an answer they have not seen.
    if reply is not None and queries.last_reply(order) != reply:
        raise AnsweredAgain


def review(
    order: Rectification, verdict: Verdict, *, reason: str, how: How = How.DOCUMENTS, visit: Visit | None = None,
    sampling: Sampling | None = None, by: Person, at: datetime,
) -> None:  # fmt: skip
    """Keep a judgement and put it on record."""
    reply = order.replies.order_by("-pk").first() if verdict in (Verdict.RETURNED, Verdict.CLOSED) else None
    Review.objects.create(
        rectification=order, reply=reply, verdict=verdict, reason=reason.strip(), how=how, visit=visit,
        sampling=sampling, by=by, at=at,
    )  # fmt: skip
    moving.record(
        f"rectification.{verdict}", order, by=by, at=at, detail={"how": how} if how != How.DOCUMENTS else None
    )
