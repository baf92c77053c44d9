"""What every act on a lead or a case shares: who may, the move itself, a number without a gap, the record, who is told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import Max

from mingcha.flow.referrals import queries
from mingcha.flow.referrals.models import Case, Lead, Party, Statement
from mingcha.flow.referrals.states import MOVES, CaseState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal


class AlreadyMoved(Refusal):
    message: ClassVar[str] = "这一件刚刚已被别人办理，当前状态是“%(state)s”。您填的内容没有丢，请核对后再办。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = "提出的人不能自己审批或登记决定，请由其他人办理。"
    status: ClassVar[int] = 403


class Recused(Refusal):
    message: ClassVar[str] = "您对这一件应当回避（%(why)s），请由其他人办理。"
    status: ClassVar[int] = 403


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明理由，让后来的人看得明白。"
    status: ClassVar[int] = 422


class StudyMissing(Refusal):
    message: ClassVar[str] = "请写明集体研究的情况：什么会议、什么时间、什么意见。"
    status: ClassVar[int] = 422


class DecisionIncomplete(Refusal):
    message: ClassVar[str] = "请写明由哪个机关决定、决定文号和决定日期。本系统只登记决定，不作决定。"
    status: ClassVar[int] = 422


class NotYet(Refusal):
    message: ClassVar[str] = "日期还没有到，请填写已经发生的日期。"
    status: ClassVar[int] = 422


class HearFirst(Refusal):
    message: ClassVar[str] = (
        "还没有听取陈述申辩。请先登记本人的陈述申辩，或者登记已给机会、本人放弃，日期不晚于决定日期。"
    )
    status: ClassVar[int] = 409


class CaseNotOpen(Refusal):
    message: ClassVar[str] = "案件现在是“%(state)s”，不能办理这一步。请等案件批准，或者回到案件页核对。"


@dataclass(frozen=True)
class Decision:
    """A decision made outside, as it is put on record: by which body, under which number, on which day."""

    body: str
    document: str
    on: date | None

    def columns(self, *, at: datetime) -> dict[str, Any]:
        """Return the columns to write. Raises DecisionIncomplete, NotYet."""
        body, document = " ".join(self.body.split()), " ".join(self.document.split())
        if not body or not document or self.on is None:
            raise DecisionIncomplete
        check_past(self.on, at=at)
        return {"deciding_body": body, "document": document, "decided_on": self.on}


def check_past(day: date, *, at: datetime) -> None:
    """Raise NotYet for a day that has not come."""
    if day > at.astimezone(accounts.OFFICE_TIME).date():
        raise NotYet


def written(text: str) -> str:
    """Return a reason as it is kept. Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def studied(text: str) -> str:
    """Return the note of a collective study as it is kept. Raises StudyMissing."""
    if not text.strip():
        raise StudyMissing
    return text.strip()


def require(lead: Lead, permission: Permission, *, by: Person, at: datetime) -> None:
    """Let through who may act on the leads of that office. Raises NotAllowed, NotFound, Recused."""
    accounts.require(by, permission, at=at, division=lead.office.division_id)
    tied = queries.tie(lead, by, at=at)
    if tied is not None:
        raise Recused(why=f"{tied.label}：{tied.name}")


def require_open(case: Case, *, also_closed: bool = False) -> None:
    """Raise CaseNotOpen unless a case is being handled; the row is held, so that it is not closed meanwhile."""
    state = Case.objects.select_for_update().values_list("state", flat=True).get(pk=case.pk)
    if state != CaseState.OPEN and not (also_closed and state == CaseState.CLOSED):
        raise CaseNotOpen(state=CaseState(state).label)


def other_hand(*, by: Person, than: Collection[int | None]) -> None:
    """Raise AnotherHandNeeded where somebody would settle what they began."""
    if by.pk in than:
        raise AnotherHandNeeded


def heard(party: Party, *, before: date) -> Statement:
    """Return the latest statement of a party up to a day. Raises HearFirst."""
    found = party.statements.filter(heard_on__lte=before).order_by("-heard_on", "-pk").first()
    if found is None:
        raise HearFirst
    return found


def move(row: models.Model, thing: str, act: str, **columns: object) -> None:
    """Move a row by an act of the table. Raises AlreadyMoved."""
    # Two people at once: the second finds no row in the state they both saw.
    line, rows = MOVES[thing, act], type(row)._default_manager
    if not rows.filter(pk=row.pk, state__in=line.starts).update(state=line.end, **columns):
        now = rows.values_list("state", flat=True).get(pk=row.pk)
        raise AlreadyMoved(state=dict(row._meta.get_field("state").choices or ())[now])  # type: ignore[union-attr]
    row.refresh_from_db()


def next_number(model: type[Lead] | type[Case], office: Body, *, at: datetime) -> dict[str, Any]:
    """Return the columns of the next number of an office's year; held until the transaction ends, so none is skipped."""
    year = at.astimezone(accounts.OFFICE_TIME).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{model.__name__}/{office.pk}/{year}"])
    last = model._default_manager.filter(office=office, year=year).aggregate(last=Max("number"))["last"] or 0
    return {"office": office, "year": year, "number": last + 1}


def tell(lead: Lead, subject: str, *, people: Collection[Person], at: datetime, case: Case | None = None) -> None:
    """Tell people that something about a lead or a case waits or is settled; what it is about is read inside."""
    which, link = (case, f"/cases/{case.pk}/") if case else (lead, f"/leads/{lead.pk}/")
    notices.send(to=people, subject=f"{subject}：{which}", link=link, at=at)


def record(
    verb: str, row: Lead | Case, *, by: audit.Actor, at: datetime, detail: dict[str, object] | None = None
) -> None:
    """Put an act on record at the office's place, not where it happened: a lower office is not told by its record."""
    kind = "lead" if isinstance(row, Lead) else "case"
    audit.record(
        verb, kind=kind, key=row.pk, by=by, at=at, division=row.office.division_id, body=row.office_id, detail=detail
    )
