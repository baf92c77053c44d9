"""
Finding that a lead came of a false accusation (诬告陷害): proposed by one, approved by two others.

Nothing here asks who reported, and no act leads there: what is found is that the facts were invented.
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import FalseReport, Lead
from mingcha.flow.referrals.states import FalseReportState
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal


class AlreadyProposed(Refusal):
    message: ClassVar[str] = "这一件已有人提出认定诬告，请看线索页上的那一份。您填的内容没有丢。"


@transaction.atomic
def propose(lead: Lead, *, facts: str, by: Person, at: datetime) -> FalseReport:
    """Propose the finding, with the facts. Raises ReasonMissing, AlreadyProposed, and what `moving.require` raises."""
    moving.require(lead, Permission.LEAD_KEEP, by=by, at=at)
    facts = moving.written(facts)
    Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.false_reports.exclude(state=FalseReportState.REJECTED).exists():
        raise AlreadyProposed
    proposed = FalseReport.objects.create(lead=lead, facts=facts, proposed_at=at, proposed_by=by)
    moving.record("false_report.propose", lead, by=by, at=at, detail={"lead": str(lead)})
    _tell_approvers(lead, without={by.pk}, at=at)
    return proposed


@transaction.atomic
def approve(report: FalseReport, *, ruling: str = "", by: Person, at: datetime) -> None:
    """
    Approve as the first or, by yet another hand, as the second; with the second it is found.

    Raises AnotherHandNeeded, AlreadyMoved, and what `moving.require` raises.
    """
    lead = report.lead
    moving.require(lead, Permission.LEAD_APPROVE, by=by, at=at)
    report.refresh_from_db(from_queryset=FalseReport.objects.select_for_update())
    moving.other_hand(by=by, than=[report.proposed_by_id, report.first_by_id])
    if report.state == FalseReportState.PROPOSED:
        moving.move(report, "false_report", "approve", first_by=by, first_at=at)
        _tell_approvers(lead, without={by.pk, report.proposed_by_id}, at=at)
    else:
        moving.move(report, "false_report", "approve_again", ruling=ruling.strip(), ended_by=by, ended_at=at)
        moving.tell(lead, gettext_noop("诬告认定已经两人批准"), people=[report.proposed_by], at=at)
    moving.record("false_report.approve", lead, by=by, at=at, detail={"lead": str(lead)})


@transaction.atomic
def reject(report: FalseReport, *, ruling: str, by: Person, at: datetime) -> None:
    """Reject it, with the reason; either approver alone may. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved."""
    lead = report.lead
    moving.require(lead, Permission.LEAD_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[report.proposed_by_id])
    moving.move(report, "false_report", "reject", ruling=moving.written(ruling), ended_by=by, ended_at=at)
    moving.record("false_report.reject", lead, by=by, at=at, detail={"lead": str(lead)})
    moving.tell(lead, gettext_noop("诬告认定未获批准"), people=[report.proposed_by], at=at)


def _tell_approvers(lead: Lead, *, without: set[int | None], at: datetime) -> None:
    people = queries.approvers(lead, Permission.LEAD_APPROVE, without=without, at=at)
    moving.tell(lead, gettext_noop("诬告认定待审批"), people=people, at=at)
