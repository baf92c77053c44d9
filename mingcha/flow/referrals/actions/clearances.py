"""澄清正名: saying, with a notice and where it must be heard, that a party did not do what was said of it."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import Clearance, Disposition, Party
from mingcha.flow.referrals.states import ClearanceState, DispositionState
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal


class NoticeMissing(Refusal):
    message: ClassVar[str] = "请写出澄清通知的文字，以及在什么范围内澄清。"
    status: ClassVar[int] = 422


class AlreadyProposed(Refusal):
    message: ClassVar[str] = "对这一方已经提出或作出澄清正名，请看案件页。您填的内容没有丢。"


class StillDisposed(Refusal):
    message: ClassVar[str] = "对这一方还有拟给予的或有效的处理，不能澄清正名。请先办结那一项，或等申诉撤销。"


@transaction.atomic
def propose(party: Party, *, facts: str, notice: str, scope: str, by: Person, at: datetime) -> Clearance:
    """Propose a clearance with its notice. Raises ReasonMissing, NoticeMissing, StillDisposed, AlreadyProposed, CaseNotOpen."""
    moving.require(party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case, also_closed=True)  # an appeal may clear somebody after the case was closed
    facts = moving.written(facts)
    if not notice.strip() or not scope.strip():
        raise NoticeMissing
    _nothing_stands(party)
    if party.clearances.exclude(state=ClearanceState.RETURNED).exists():
        raise AlreadyProposed
    proposed = Clearance.objects.create(
        party=party, facts=facts, notice=notice.strip(), scope=scope.strip()[:120], proposed_at=at, proposed_by=by
    )
    lead, case = party.case.lead, party.case
    moving.record("clearance.propose", case, by=by, at=at, detail={"case": str(case), "accused": party.pk})
    people = queries.approvers(lead, Permission.CASE_APPROVE, without={by.pk}, at=at)
    moving.tell(lead, gettext_noop("澄清正名待审批"), people=people, at=at, case=case)
    return proposed


@transaction.atomic
def issue(clearance: Clearance, *, ruling: str = "", by: Person, at: datetime) -> None:
    """Issue the notice by another hand. Raises AnotherHandNeeded, StillDisposed, AlreadyMoved."""
    _rule(clearance, "issue", ruling.strip(), by=by, at=at)
    _nothing_stands(clearance.party)
    moving.tell(
        clearance.party.case.lead, gettext_noop("澄清正名已批准"), people=[clearance.proposed_by], at=at,
        case=clearance.party.case,
    )  # fmt: skip


@transaction.atomic
def give_back(clearance: Clearance, *, ruling: str, by: Person, at: datetime) -> None:
    """Return it, with the reason. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved."""
    _rule(clearance, "return", moving.written(ruling), by=by, at=at)
    moving.tell(
        clearance.party.case.lead, gettext_noop("澄清正名被退回"), people=[clearance.proposed_by], at=at,
        case=clearance.party.case,
    )  # fmt: skip


def _rule(clearance: Clearance, act: str, ruling: str, *, by: Person, at: datetime) -> None:
    case = clearance.party.case
    moving.require(case.lead, Permission.CASE_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[clearance.proposed_by_id])
    moving.move(clearance, "clearance", act, ruling=ruling, ruled_by=by, ruled_at=at)
    moving.record(f"clearance.{act}", case, by=by, at=at, detail={"case": str(case), "accused": clearance.party_id})


def _nothing_stands(party: Party) -> None:
    # The party's row is held: nobody is cleared and punished at the same moment.
    Party.objects.select_for_update().get(pk=party.pk)
    standing = (DispositionState.PROPOSED, DispositionState.DECIDED)
    if Disposition.objects.filter(party=party, state__in=standing).exists():
        raise StillDisposed
