"""A party's appeal against a decision, and what came of it: put on record by other hands than the decision's."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import Appeal, Disposition
from mingcha.flow.referrals.states import AppealState, DispositionState
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal

ACT_OF = {AppealState.UPHELD: "uphold", AppealState.CHANGED: "change", AppealState.REVOKED: "revoke"}


class NothingToAppeal(Refusal):
    message: ClassVar[str] = "只能对已经决定、现在仍然有效的处理提出申诉。"
    status: ClassVar[int] = 409


class AppealOpen(Refusal):
    message: ClassVar[str] = "这项决定已有一件申诉在办理，请等那一件有了结果。您填的内容没有丢。"


class TooEarly(Refusal):
    message: ClassVar[str] = "申诉日期不能早于决定日期，申诉结果的日期不能早于申诉日期，请核对。"
    status: ClassVar[int] = 422


@transaction.atomic
def lodge(disposition: Disposition, *, lodged_on: date, reason: str, by: Person, at: datetime) -> Appeal:
    """
    Record that a party appeals. One that comes late is recorded all the same: whether it is heard is not ours to say.

    Raises NothingToAppeal, AppealOpen, NotYet, TooEarly, ReasonMissing, and what `moving.require` raises.
    """
    case = disposition.party.case
    moving.require(case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.check_past(lodged_on, at=at)
    disposition.refresh_from_db(from_queryset=Disposition.objects.select_for_update())
    if disposition.state != DispositionState.DECIDED or disposition.decided_on is None:
        raise NothingToAppeal
    if lodged_on < disposition.decided_on:
        raise TooEarly
    if disposition.appeals.filter(state=AppealState.LODGED).exists():
        raise AppealOpen
    lodged = Appeal.objects.create(
        disposition=disposition, lodged_on=lodged_on, reason=moving.written(reason), lodged_at=at, lodged_by=by
    )
    moving.record("appeal.lodge", case, by=by, at=at, detail={"case": str(case), "accused": disposition.party_id})
    people = queries.approvers(case.lead, Permission.CASE_APPROVE, without={by.pk, disposition.recorded_by_id}, at=at)
    moving.tell(case.lead, gettext_noop("收到申诉"), people=people, at=at, case=case)
    return lodged


@transaction.atomic
def rule(appeal: Appeal, *, outcome: str, result: str, decision: moving.Decision, by: Person, at: datetime) -> None:
    """
    Record what the body that the appeal went to decided: upheld, changed or revoked; the decision moves with it.

    Neither who recorded the decision nor who recorded the appeal may. A changed decision is followed by a new one, proposed
    and decided as any. Raises AnotherHandNeeded, DecisionIncomplete, NotYet, TooEarly, ReasonMissing, AlreadyMoved.
    """
    disposition = appeal.disposition
    case = disposition.party.case
    moving.require(case.lead, Permission.CASE_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[appeal.lodged_by_id, disposition.recorded_by_id])
    columns = decision.columns(at=at)
    if columns["decided_on"] < appeal.lodged_on:
        raise TooEarly
    state = AppealState(outcome)
    moving.move(
        appeal, "appeal", ACT_OF[state], result=moving.written(result), recorded_by=by, recorded_at=at, **columns
    )
    if state is not AppealState.UPHELD:
        moving.move(disposition, "disposition", ACT_OF[state])
    moving.record("appeal.rule", case, by=by, at=at, detail={
        "case": str(case), "accused": disposition.party_id, "appeal": outcome, "decided_by": columns["deciding_body"],
        "document": columns["document"],
    })  # fmt: skip
