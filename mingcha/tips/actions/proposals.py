"""How a tip is disposed of: proposed with a sealed opinion and the note of a collective study, settled by another hand."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal
from mingcha.tips import clocks, moving
from mingcha.tips.models import Proposal, Tip, Wrap
from mingcha.tips.states import PROPOSAL_ACTS, Due, ProposalState, RecordKind, Way
from mingcha.tips.unlocked import Unlocked

# What may be proposed: an order is turned by `linking.turn`, and declining is `handling.decline`.
WAYS = tuple(way for way in Way if way not in (Way.ORDER, Way.DECLINED))


class WayUnknown(Refusal):
    message: ClassVar[str] = "请选择处置方式。"
    status: ClassVar[int] = 422


class ReviewDateMissing(Refusal):
    message: ClassVar[str] = "暂存待查要写明复查日期，而且在今天之后；其他处置方式不填。"
    status: ClassVar[int] = 422


@transaction.atomic
def propose(
    tip: Tip, *, way: str, opinion: str, study: str, review_on: date | None = None, key: Unlocked, by: Person,
    at: datetime,
) -> Proposal:  # fmt: skip
    """
    Propose a disposal (states.Way) with an opinion and the note of the collective study, both sealed.

    《纪检监察机关处理检举控告工作规则》 art. 17: collective study and approval. Raises WayUnknown, ReviewDateMissing,
    NothingWritten, StudyMissing, AlreadyMoved, and as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if way not in WAYS:
        raise WayUnknown
    if (way == Way.SHELVE) != (review_on is not None) or (review_on and review_on <= clocks.day_of(at)):
        raise ReviewDateMissing
    if not study.strip():
        raise moving.StudyMissing
    content = {"text": moving.written(opinion), "study": study.strip()}
    moving.move(tip, "propose")
    sealed = moving.seal(tip, RecordKind.OPINION, content, by=by, at=at)
    made = Proposal.objects.create(
        tip=tip, way=Way(way), opinion=sealed, review_on=review_on, proposed_at=at, proposed_by=by
    )
    moving.record("tips.propose", tip, by=by, at=at, detail={"disposal": way})
    approvers = accounts.able(tip.office_id, Permission.TIP_APPROVE, at=at).exclude(pk=by.pk)
    holding = Wrap.objects.filter(tip=tip).exclude(person=None).values("person")
    able = list(approvers.filter(pk__in=holding))
    moving.tell(able, at=at)
    if not able:  # somebody who may approve has to be handed it first
        moving.tell_intake(tip.office_id, at=at)
    return made


@transaction.atomic
def approve(proposal: Proposal, *, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Approve what another proposed; the tip is handled from now on. Shelved, it waits for its review date.

    Raises AnotherHandNeeded, AlreadyMoved, and as `handling.open_tip`.
    """
    tip = proposal.tip
    _hold(proposal, by=by, key=key, at=at)
    _settle(proposal, "approve", by=by, at=at)
    review = proposal.review_on
    clock = {"due": Due.REVIEW, "due_at": clocks.closing(review)} if review else {"due": "", "due_at": None}
    moving.move(tip, "approve", way=proposal.way, **clock)
    moving.record("tips.approve", tip, by=by, at=at, detail={"disposal": proposal.way})
    moving.tell([proposal.proposed_by], at=at)


@transaction.atomic
def reject(proposal: Proposal, *, reason: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Send a proposal back with a sealed reason. The clock for a proposal runs on. Raises as `approve`."""
    tip = proposal.tip
    _hold(proposal, by=by, key=key, at=at)
    _settle(proposal, "reject", by=by, at=at)
    moving.seal(tip, RecordKind.OPINION, {"text": moving.written(reason), "what": "rejected"}, by=by, at=at)
    due_at = tip.due_at or clocks.due(Due.PROPOSAL, office=tip.office_id, since=clocks.day_of(at))
    moving.move(tip, "reject", due=Due.PROPOSAL, due_at=due_at)
    moving.record("tips.reject", tip, by=by, at=at, detail={"disposal": proposal.way})
    moving.tell([proposal.proposed_by], at=at)


def _hold(proposal: Proposal, *, by: Person, key: Unlocked, at: datetime) -> None:
    moving.require(proposal.tip, Permission.TIP_APPROVE, by=by, at=at)
    if proposal.proposed_by_id == by.pk:
        raise moving.AnotherHandNeeded
    moving.hold(proposal.tip, Permission.TIP_APPROVE, by=by, key=key, at=at)


def _settle(proposal: Proposal, act: str, *, by: Person, at: datetime) -> None:
    start, end = PROPOSAL_ACTS[act]
    settled = Proposal.objects.filter(pk=proposal.pk, state=start)
    if not settled.update(state=end, settled_at=at, settled_by=by):
        state = Proposal.objects.values_list("state", flat=True).get(pk=proposal.pk)
        raise moving.AlreadyMoved(state=ProposalState(state).label)
    proposal.refresh_from_db()
