"""Cases: proposed of a lead with whom they are about, approved by another hand, closed once nothing is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.actions import tracks
from mingcha.flow.referrals.models import Case, Lead, Party, Statement
from mingcha.flow.referrals.states import MOVES, CaseState, DisposalState, Hearing, LeadState, PartyKind
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal


class NobodyNamed(Refusal):
    message: ClassVar[str] = "请写明涉及哪个单位的什么人（姓名、职务），或者哪个组织。"
    status: ClassVar[int] = 422


class OfficialsOnly(Refusal):
    message: ClassVar[str] = "个人要写姓名和职务：这里只登记公职人员，不登记居民。组织不写姓名和职务。"
    status: ClassVar[int] = 422


class PartyTwice(Refusal):
    message: ClassVar[str] = "“%(party)s”已经列入这个案件。"
    status: ClassVar[int] = 422


class VerifyFirst(Refusal):
    message: ClassVar[str] = (
        "线索现在是“%(state)s”，还不能转为案件：先经谈话函询或初步核实；需要从速的，先写明从速从严从重的理由。"
    )
    status: ClassVar[int] = 409


class SomethingPending(Refusal):
    message: ClassVar[str] = "这一件已有一份意见或案件在等审批，请先审批那一份。您填的内容没有丢。"


class NotSettled(Refusal):
    message: ClassVar[str] = "还不能办结：%(who)s还没有结果，或者还有没办完的事项。请看各当事人一栏。"


@dataclass(frozen=True)
class NewParty:
    """Whom a case is about: an official with name and post, or an organisation without; and what they answer for."""

    body: Body
    duty: str
    name: str = ""
    post: str = ""


@transaction.atomic
def propose_case(lead: Lead, *, reason: str, parties: Sequence[NewParty], by: Person, at: datetime) -> Case:
    """
    Propose to handle a lead as a case, under the office's next number.

    After an inquiry or verification; at once only where a lead is fast-tracked. Raises ReasonMissing, NobodyNamed,
    OfficialsOnly, PartyTwice, VerifyFirst, SomethingPending, and what `moving.require` raises.
    """
    moving.require(lead, Permission.CASE_KEEP, by=by, at=at)
    reason = moving.written(reason)
    if not parties:
        raise NobodyNamed
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    if lead.state not in MOVES["lead", _filing(lead)].starts:
        raise VerifyFirst(state=LeadState(lead.state).label)
    if lead.disposals.filter(state=DisposalState.PROPOSED).exists():
        raise SomethingPending
    if lead.cases.exclude(state=CaseState.REFUSED).exists():
        raise SomethingPending
    number = moving.next_number(Case, lead.office, at=at)
    case = Case.objects.create(lead=lead, reason=reason, proposed_at=at, proposed_by=by, **number)
    for party in parties:
        _add(case, party, by=by, at=at)
    # Asked again now that it has parties: who is tied to one of them proposes nothing.
    moving.require(lead, Permission.CASE_KEEP, by=by, at=at)
    moving.record(
        "case.propose", case, by=by, at=at, detail={"lead": str(lead), "case": str(case), "parties": len(parties)}
    )
    people = queries.approvers(lead, Permission.CASE_APPROVE, without={by.pk}, at=at)
    moving.tell(lead, gettext_noop("案件待批准"), people=people, at=at, case=case)
    return case


@transaction.atomic
def open_case(case: Case, *, study: str, by: Person, at: datetime) -> None:
    """
    Approve a case by another hand, with the note of the collective study; its lead is filed in the same transaction.

    Raises StudyMissing, AnotherHandNeeded, AlreadyMoved, and what `moving.require` raises.
    """
    lead = case.lead
    moving.require(lead, Permission.CASE_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[case.proposed_by_id])
    moving.move(case, "case", "open", study=moving.studied(study), ruled_by=by, ruled_at=at)
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    moving.move(lead, "lead", _filing(lead))
    moving.record("case.open", case, by=by, at=at, detail={"lead": str(lead), "case": str(case)})
    moving.tell(lead, gettext_noop("案件已批准"), people=[case.proposed_by], at=at, case=case)


@transaction.atomic
def refuse_case(case: Case, *, ruling: str, by: Person, at: datetime) -> None:
    """Refuse a case, with the reason; the lead stays where it is. Raises ReasonMissing, AnotherHandNeeded, AlreadyMoved."""
    moving.require(case.lead, Permission.CASE_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[case.proposed_by_id])
    moving.move(case, "case", "refuse", ruling=moving.written(ruling), ruled_by=by, ruled_at=at)
    moving.record("case.refuse", case, by=by, at=at, detail={"case": str(case)})
    moving.tell(case.lead, gettext_noop("案件未获批准"), people=[case.proposed_by], at=at, case=case)


@transaction.atomic
def close_case(case: Case, *, by: Person, at: datetime) -> None:
    """
    Close a case by another hand than proposed it, once each party has an outcome and nothing is open. It never reopens.

    Raises NotSettled, AnotherHandNeeded, AlreadyMoved, and what `moving.require` raises.
    """
    moving.require(case.lead, Permission.CASE_APPROVE, by=by, at=at)
    moving.other_hand(by=by, than=[case.proposed_by_id])
    # The move takes the row: whatever would add to the case asks for it first (`moving.require_open`).
    moving.move(case, "case", "close", closed_by=by, closed_at=at)
    left = queries.unsettled(case)
    if left:
        raise NotSettled(who="、".join(str(party) for party in left))
    moving.record("case.close", case, by=by, at=at, detail={"case": str(case)})
    moving.tell(case.lead, gettext_noop("案件已办结"), people=[case.proposed_by], at=at, case=case)


@transaction.atomic
def add_party(case: Case, *, party: NewParty, by: Person, at: datetime) -> Party:
    """Add whom a case turns out to be about, too. Raises OfficialsOnly, PartyTwice, CaseNotOpen, Recused."""
    moving.require(case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(case)
    added = _add(case, party, by=by, at=at)
    moving.require(case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.record("case.add_party", case, by=by, at=at, detail={"case": str(case), "accused": added.pk})
    return added


@transaction.atomic
def hear(party: Party, *, how: str, text: str, heard_on: date, by: Person, at: datetime) -> Statement:
    """
    Record what a party said for itself, or that it was given the opportunity and why it was not taken.

    Raises ReasonMissing, NotYet, CaseNotOpen, and what `moving.require` raises.
    """
    moving.require(party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case, also_closed=True)  # an appeal is heard after the case is closed, too
    moving.check_past(heard_on, at=at)
    said = Statement.objects.create(
        party=party, how=Hearing(how), text=moving.written(text), heard_on=heard_on, recorded_at=at, recorded_by=by
    )
    moving.record(
        "case.hear", party.case, by=by, at=at, detail={"case": str(party.case), "accused": party.pk, "heard": how}
    )
    return said


def _filing(lead: Lead) -> str:
    """Return the act that files a lead with its case: a fast-tracked one may be filed before it was looked into."""
    return "file_fast" if lead.fast and lead.state == LeadState.OPEN else "file"


def _add(case: Case, given: NewParty, *, by: Person, at: datetime) -> Party:
    name, post = given.name.strip(), given.post.strip()
    person = bool(name or post)
    if person and not (name and post):
        raise OfficialsOnly
    body = given.body.merged_into or given.body
    if case.parties.filter(body__in=territory.family([body.pk]), name=name, post=post).exists():
        raise PartyTwice(party=f"{body.name}{post}{name}")
    party = Party.objects.create(
        case=case, kind=PartyKind.PERSON if person else PartyKind.ORGANISATION, body=body, name=name[:40],
        post=post[:60], duty=moving.written(given.duty), added_at=at, added_by=by,
    )  # fmt: skip
    if person and queries.removal_first(case.lead):
        tracks.add_both(party, reason="所涉条目在清单中注明先免职再查处。", by=by, at=at)
    return party
