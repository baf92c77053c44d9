"""Disposing of a lead in one of the four ways: one proposes after a collective study, another settles it."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import Case, Disposal, Lead
from mingcha.flow.referrals.states import MOVES, CaseState, DisposalState, LeadState, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal

ACT_OF = {Way.INQUIRY: "inquiry", Way.VERIFICATION: "verification", Way.HELD: "held", Way.CLOSED: "closed"}


class ReviewDayMissing(Refusal):
    message: ClassVar[str] = "请填写将来的复查（报告）日期，到时会提醒承办人。"
    status: ClassVar[int] = 422


class OneAtATime(Refusal):
    message: ClassVar[str] = "这一件已有一份意见在等审批，请先审批那一份。您填的内容没有丢。"


class NotThisWay(Refusal):
    message: ClassVar[str] = "线索现在是“%(state)s”，不能再作“%(way)s”处置。请换一种方式。"
    status: ClassVar[int] = 422


class NothingWaits(Refusal):
    message: ClassVar[str] = "这一件没有等审批的处置意见，可能刚刚有人办过。您填的内容没有丢。"


@transaction.atomic
def propose(
    lead: Lead, *, way: str, opinion: str, study: str, review_on: date | None = None, by: Person, at: datetime
) -> Disposal:
    """
    Propose how a lead is to be disposed of, with an opinion and a note of the collective study.

    Inquiry, verification and holding name the day it is looked at again. Raises ReasonMissing, StudyMissing,
    ReviewDayMissing, NotThisWay, OneAtATime, and what `moving.require` raises.
    """
    moving.require(lead, Permission.LEAD_KEEP, by=by, at=at)
    opinion, study, chosen = moving.written(opinion), moving.studied(study), Way(way)
    today = at.astimezone(accounts.OFFICE_TIME).date()
    if chosen is Way.CLOSED:
        review_on = None
    elif review_on is None or review_on <= today:
        raise ReviewDayMissing
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    if lead.state not in MOVES["lead", ACT_OF[chosen]].starts:
        raise NotThisWay(state=LeadState(lead.state).label, way=chosen.label)
    if lead.disposals.filter(state=DisposalState.PROPOSED).exists():
        raise OneAtATime
    if Case.objects.filter(lead=lead, state=CaseState.PROPOSED).exists():
        raise OneAtATime
    proposed = Disposal.objects.create(
        lead=lead, way=chosen, opinion=opinion, study=study, review_on=review_on, proposed_at=at, proposed_by=by
    )
    moving.record("disposal.propose", lead, by=by, at=at, detail={"lead": str(lead), "way": chosen.value})
    people = queries.approvers(lead, Permission.LEAD_APPROVE, without={by.pk}, at=at)
    moving.tell(lead, gettext_noop("线索处置意见待审批"), people=people, at=at)
    return proposed


@transaction.atomic
def approve(disposal: Disposal, *, ruling: str = "", by: Person, at: datetime) -> None:
    """
    Approve a proposal by another hand: the lead moves the proposed way, in the same transaction.

    Raises AnotherHandNeeded, AlreadyMoved, and what `moving.require` raises.
    """
    lead = disposal.lead
    moving.require(lead, Permission.LEAD_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[disposal.proposed_by_id])
    moving.move(disposal, "disposal", "approve", ruling=ruling.strip(), ruled_by=by, ruled_at=at)
    moving.move(lead, "lead", ACT_OF[Way(disposal.way)])
    moving.record("disposal.approve", lead, by=by, at=at, detail={"lead": str(lead), "way": disposal.way})
    moving.tell(lead, gettext_noop("线索处置意见已批准"), people=[disposal.proposed_by], at=at)


@transaction.atomic
def give_back(disposal: Disposal, *, ruling: str, by: Person, at: datetime) -> None:
    """Return a proposal, with the reason; the lead stays where it is. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved."""
    lead = disposal.lead
    moving.require(lead, Permission.LEAD_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[disposal.proposed_by_id])
    moving.move(disposal, "disposal", "return", ruling=moving.written(ruling), ruled_by=by, ruled_at=at)
    moving.record("disposal.return", lead, by=by, at=at, detail={"lead": str(lead), "way": disposal.way})
    moving.tell(lead, gettext_noop("线索处置意见被退回"), people=[disposal.proposed_by], at=at)
