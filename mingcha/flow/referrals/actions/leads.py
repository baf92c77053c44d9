"""Putting a lead on record: of a finding, of a recurrence, of a missed ladder, or in an officer's own words."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import dues
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.queries import ladder as steps
from mingcha.flow.rectifications.states import Rung
from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import Lead
from mingcha.flow.referrals.states import LeadKind, Source
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal

LONGEST = 1000


class NothingWritten(Refusal):
    message: ClassVar[str] = "请用一两句话写明反映的是什么问题。"
    status: ClassVar[int] = 422


class AlreadyALead(Refusal):
    message: ClassVar[str] = "这个问题已经登记为%(lead)s，请到那一件里办理。"


class NotConfirmed(Refusal):
    message: ClassVar[str] = "这个问题还没有确认，请等检查结束后再登记线索。"


class AlreadyFast(Refusal):
    message: ClassVar[str] = "这一件已经按从速从严从重办理，不必再登记。"


class NobodyKeepsIt(Refusal):
    message: ClassVar[str] = "没有找到承办线索的纪检监察机关。请在单位页登记“%(name)s”的上级机关。"
    status: ClassVar[int] = 422


@transaction.atomic
def register(
    *, office: Body, text: str, kind: str, finding: Finding | None = None, body: Body | None = None, division: str = "",
    fast_reason: str = "", earlier: Lead | None = None, by: Person, at: datetime,
) -> Lead:  # fmt: skip
    """
    Register a lead under the office's next number; its clock for a proposal (rulebook stage "disposal") begins.

    With a `finding`, body and place are the finding's, and a finding that came back is told as a recurrence. Raises
    NotFound, NothingWritten, NotConfirmed, AlreadyALead, Recused.
    """
    standing = accounts.require(by, Permission.LEAD_KEEP, at=at, division=office.division_id)
    if office.pk not in standing.serves(Permission.LEAD_KEEP):
        raise accounts.NotFound
    if not text.strip():
        raise NothingWritten
    if earlier is not None:
        queries.lead(earlier.pk, to=standing)
    if finding is not None:
        finding = _free(findings.finding(finding.pk, to=standing), to=standing)
        body, division = finding.body, finding.division
    source = Source.SENTENCE if finding is None else Source.RECURRENCE if finding.recurrence_of_id else Source.FINDING
    lead = _made(
        office, source=source, kind=LeadKind(kind), text=text.strip()[:LONGEST], body=body, finding=finding,
        division=division or office.division_id, fast_reason=fast_reason.strip()[:300], earlier=earlier,
        registered_by=by, at=at,
    )  # fmt: skip
    moving.require(lead, Permission.LEAD_KEEP, by=by, at=at)
    moving.record("lead.register", lead, by=by, at=at, detail={
        "lead": str(lead), "origin": source.value, "lead_kind": kind, "finding": finding.number if finding else "",
        "fast": lead.fast, "reason": lead.fast_reason,
    })  # fmt: skip
    return lead


@transaction.atomic
def take_over(order: Rectification, *, by: audit.Actor, at: datetime) -> Lead:
    """
    Make a lead of a rectification that no rung has moved, and so end its ladder: one lead an order, asked twice too.

    `by` is a person who may keep leads there, or audit's SYSTEM where the ladder climbs by itself. It goes to the office
    that found it, or to the next one above that keeps leads; a person may hand it over before its time, the house never
    does. Raises NobodyKeepsIt, NotDue, and for a person NotFound, Recused.
    """
    # The order's row is held: two climbers at once make one lead.
    Rectification.objects.select_for_update().get(pk=order.pk)
    person = by if isinstance(by, Person) else None
    office = queries.keeping_office(order.finding.office)
    if office is None:
        raise NobodyKeepsIt(name=order.finding.office.name)
    if person is not None:
        accounts.require(person, Permission.LEAD_KEEP, at=at, division=office.division_id)
    made = Lead.objects.filter(order=order, source=Source.LADDER).select_related(*queries.OF_LEAD).first()
    if made is not None:
        if person is not None:  # whoever must stay away is not told that there is one
            moving.require(made, Permission.LEAD_KEEP, by=person, at=at)
        return made
    rung = ladder.step(order, act=Rung.TAKE_OVER, by=person, at=at).position
    finding = order.finding
    # A lead says nothing of a unit that is not so: handed over by a person, no ladder need have passed, nor the time.
    late = "逾期未销号" if order.due_at is not None and order.due_at < at else "未到期"
    how = "由干部移交处置" if person else "督办各级仍未改正，按督办阶梯移交处置"
    text = f"限期整改{finding.number}{late}，{how}。问题：{finding.description}"
    lead = _made(
        office, source=Source.LADDER, kind=LeadKind.DUTY, text=text[:LONGEST], body=order.body, finding=finding,
        order=order, rung=rung, division=finding.division, registered_by=person, at=at,
    )  # fmt: skip
    if person is not None:
        moving.require(lead, Permission.LEAD_KEEP, by=person, at=at)
    moving.record("lead.take_over", lead, by=by, at=at, detail={"lead": str(lead), "finding": finding.number})
    people = queries.approvers(lead, Permission.LEAD_KEEP, without={person.pk if person else None}, at=at)
    moving.tell(lead, gettext_noop("督办到期，已转线索待处置"), people=people, at=at)
    return lead


def climb(*, by: None = None, at: datetime) -> int:
    """
    Take over every order whose last rung is due, by the house itself; return how many.

    Each is a transaction of its own; one that nobody keeps leads for stays on the screen of due steps.
    """
    taken = 0
    for due in steps.due_steps(at=at):
        if due.rung.auto and due.rung.act == Rung.TAKE_OVER:
            try:
                take_over(due.order, by=audit.SYSTEM, at=at)
            except (NobodyKeepsIt, ladder.NotDue):
                continue
            taken += 1
    return taken


@transaction.atomic
def hasten(lead: Lead, *, reason: str, by: Person, at: datetime) -> None:
    """
    Handle a lead faster, more strictly and more severely (从速从严从重), for a reason; its clock grows shorter, never longer.

    Raises ReasonMissing, AlreadyFast, and what `moving.require` raises.
    """
    moving.require(lead, Permission.LEAD_KEEP, by=by, at=at)
    reason = moving.written(reason)[:300]
    due = min(lead.due_at, _due(lead.office, fast=True, at=at))
    hastened = Lead.objects.filter(pk=lead.pk, fast_reason="").exclude(kind=LeadKind.RETALIATION)
    if not hastened.update(fast_reason=reason, due_at=due):
        raise AlreadyFast
    lead.refresh_from_db()
    moving.record("lead.hasten", lead, by=by, at=at, detail={"lead": str(lead), "reason": reason})


def _free(finding: Finding, *, to: accounts.Standing) -> Finding:
    """
    Return a confirmed finding that is no lead yet; its row is held, so that two offices make one lead of it.

    Where the lead there is is not theirs to see, they learn neither its number nor that it exists: NotFound.
    """
    Finding.objects.select_for_update().get(pk=finding.pk)
    if finding.state != FindingState.CONFIRMED:
        raise NotConfirmed
    made = Lead.objects.filter(finding=finding, source__in=[Source.FINDING, Source.RECURRENCE]).first()
    if made is not None:
        queries.lead(made.pk, to=to)
        raise AlreadyALead(lead=made)
    return finding


def _made(office: Body, *, at: datetime, **columns: object) -> Lead:
    lead = Lead(**columns, registered_at=at, **moving.next_number(Lead, office, at=at))
    lead.due_at = _due(office, fast=lead.fast, at=at)
    lead.save(force_insert=True)
    return lead


def _due(office: Body, *, fast: bool, at: datetime) -> datetime:
    return dues.due("disposal", start=at, emergency=fast, offices=territory.upward(office.pk)).at
