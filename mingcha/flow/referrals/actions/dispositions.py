"""What is proposed about a party, and what was decided elsewhere about it: never without its statement, never by one hand."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.referrals import moving
from mingcha.flow.referrals.models import Disposition, Party
from mingcha.flow.referrals.states import OF_ORGANISATIONS, ClearanceState, DispositionState, Form, Kind, PartyKind
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal


class NotForThisParty(Refusal):
    message: ClassVar[str] = "“%(kind)s”不适用于%(party)s：组织只能整体问责，改组只用于组织。请另选一种。"
    status: ClassVar[int] = 422


class AppealMissing(Refusal):
    message: ClassVar[str] = "请写明不服决定向哪个机关申诉，当事人有权知道。"
    status: ClassVar[int] = 422


class AppealTermOver(Refusal):
    message: ClassVar[str] = "申诉期限不能早于决定日期，请核对。"
    status: ClassVar[int] = 422


class Cleared(Refusal):
    message: ClassVar[str] = "已对这一方澄清正名，不能再登记处理决定。发现新的情况，请登记新的线索。"


@transaction.atomic
def propose(party: Party, *, kind: str, grounds: str, form: str = "", by: Person, at: datetime) -> Disposition:
    """
    Propose a disposition (拟给予), with the facts and reasons; `form` is one of the four forms, or "".

    Raises ReasonMissing, NotForThisParty, Cleared, CaseNotOpen, and what `moving.require` raises.
    """
    moving.require(party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case)
    _fits(party, Kind(kind))
    _not_cleared(party)
    proposed = Disposition.objects.create(
        party=party, kind=Kind(kind), form=Form(form) if form else "", grounds=moving.written(grounds), proposed_at=at,
        proposed_by=by,
    )  # fmt: skip
    _record("disposition.propose", proposed, by=by, at=at)
    return proposed


@transaction.atomic
def decide(
    disposition: Disposition, *, decision: moving.Decision, appeal_to: str, appeal_until: date | None = None, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """
    Put a decision on record: which body, under which number, when; and where the party may appeal, until when if there is
    a term. The party was heard on that day or before.

    Raises DecisionIncomplete, NotYet, HearFirst, AppealMissing, AppealTermOver, Cleared, AnotherHandNeeded, AlreadyMoved.
    """
    party = disposition.party
    moving.require(party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case)
    moving.other_hand(by=by, than=[disposition.proposed_by_id])
    columns = decision.columns(at=at)
    if not appeal_to.strip():
        raise AppealMissing
    if appeal_until is not None and appeal_until < columns["decided_on"]:
        raise AppealTermOver
    _not_cleared(party)
    statement = moving.heard(party, before=columns["decided_on"])
    moving.move(
        disposition, "disposition", "decide", statement=statement, appeal_to=appeal_to.strip()[:80],
        appeal_until=appeal_until, recorded_by=by, recorded_at=at, **columns,
    )  # fmt: skip
    _record("disposition.decide", disposition, by=by, at=at)


@transaction.atomic
def drop(disposition: Disposition, *, reason: str, by: Person, at: datetime) -> None:
    """Record that what was proposed is not given, and why. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved."""
    moving.require(disposition.party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(disposition.party.case)
    moving.other_hand(by=by, than=[disposition.proposed_by_id])
    moving.move(
        disposition, "disposition", "drop", dropped_reason=moving.written(reason), recorded_by=by, recorded_at=at
    )
    _record("disposition.drop", disposition, by=by, at=at)


def _fits(party: Party, kind: Kind) -> None:
    organisation = party.kind == PartyKind.ORGANISATION
    if (organisation and kind not in OF_ORGANISATIONS) or (not organisation and kind is Kind.REORGANISED):
        raise NotForThisParty(kind=kind.label, party=party)


def _not_cleared(party: Party) -> None:
    # The party's row is held: nobody is cleared and punished at the same moment.
    Party.objects.select_for_update().get(pk=party.pk)
    if party.clearances.filter(state=ClearanceState.ISSUED).exists():
        raise Cleared


def _record(verb: str, disposition: Disposition, *, by: Person, at: datetime) -> None:
    case = disposition.party.case
    detail: dict[str, object] = {"case": str(case), "accused": disposition.party_id, "disposition": disposition.kind}
    if disposition.state == DispositionState.DECIDED:
        detail |= {"decided_by": disposition.deciding_body, "document": disposition.document}
    moving.record(verb, case, by=by, at=at, detail=detail)
