"""The call (紧急调配): the lead states what is needed, offices answer with people, the lead assigns them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.actions.campaigns import require_open
from mingcha.flow.campaigns.models import Call, CalledOffice, Campaign, Member, Need, Offer, SupervisingOffice
from mingcha.flow.campaigns.states import CALL_ACTS, OFFER_ACTS, CallState, OfferState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body, Division
from mingcha.kernel.refusals import Refusal


class NobodyNeeded(Refusal):
    message: ClassVar[str] = "请写明哪个县区要几个人，至少一人。"
    status: ClassVar[int] = 422


class NobodyAsked(Refusal):
    message: ClassVar[str] = "请选择要哪些单位答复。"
    status: ClassVar[int] = 422


class DaysOutOfOrder(Refusal):
    message: ClassVar[str] = "结束日期早于开始日期，请改正日期。"
    status: ClassVar[int] = 422


class ReplyTimeOver(Refusal):
    message: ClassVar[str] = "答复时限已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class OutsideTheCall(Refusal):
    message: ClassVar[str] = "%(name)s 不在发出机关的辖区内，请重新选择。"
    status: ClassVar[int] = 422


class CallEnded(Refusal):
    message: ClassVar[str] = "这次调配已经结束，不能再改。"


class NothingAnswered(Refusal):
    message: ClassVar[str] = "请选出可以调用的人；派不出人时写明原因。"
    status: ClassVar[int] = 422


class NotTheirPerson(Refusal):
    message: ClassVar[str] = "%(name)s 不是本单位可以外出检查的在岗人员，请换人。"
    status: ClassVar[int] = 422


class AlreadyOffered(Refusal):
    message: ClassVar[str] = "%(name)s 在这次调配中已经报过，不用重复报。"


class InATeam(Refusal):
    message: ClassVar[str] = "%(name)s 已编入“%(team)s”：请先请用人单位让其离组，再收回。"


class DaysOver(Refusal):
    message: ClassVar[str] = "这几天已经过去，请填今天或以后的日期。"
    status: ClassVar[int] = 422


class OfferMoved(Refusal):
    message: ClassVar[str] = "%(name)s 的安排刚刚有变，请刷新后再办。"


@dataclass(frozen=True)
class Wanted:
    """So many people in a county; `skill` empty is anybody."""

    division: Division
    people: int
    skill: str = ""


@dataclass(frozen=True)
class Spared:
    """A person an office can spare, and on which days."""

    person: Person
    from_day: date
    to_day: date
    note: str = ""


@transaction.atomic
def call(
    campaign: Campaign, *, reason: str, needs: Sequence[Wanted], from_day: date, to_day: date, reply_by: datetime,
    bodies: Sequence[Body], by: Person, at: datetime,
) -> Call:  # fmt: skip
    """
    Issue a call in the name of the campaign's lead: needs by county, days, a time to answer by, and who is asked.

    Raises NobodyNeeded, NobodyAsked, DaysOutOfOrder, DaysOver, ReplyTimeOver, OutsideTheCall, CampaignOver.
    """
    accounts.require(by, Permission.CALL_MAKE, at=at, division=campaign.lead.division_id)
    require_open(campaign)
    if not needs or any(need.people < 1 for need in needs):
        raise NobodyNeeded
    if not bodies:
        raise NobodyAsked
    if to_day < from_day:
        raise DaysOutOfOrder
    if to_day < at.astimezone(accounts.OFFICE_TIME).date():
        raise DaysOver
    if reply_by <= at:
        raise ReplyTimeOver
    for name, code in [(n.division.name, n.division.pk) for n in needs] + [(b.name, b.division_id) for b in bodies]:
        if not code.startswith(campaign.lead.division_id):
            raise OutsideTheCall(name=name)
    last = Call.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
    made = Call.objects.create(
        campaign=campaign, number=last + 1, issuer=campaign.lead, reason=reason.strip(), from_day=from_day,
        to_day=to_day, reply_by=reply_by, made_at=at, made_by=by,
    )  # fmt: skip
    for (division, skill), people in _summed(needs).items():
        Need.objects.create(call=made, division_id=division, skill=skill, people=people)
    asked = list(dict.fromkeys(bodies))
    CalledOffice.objects.bulk_create(CalledOffice(call=made, body=body) for body in asked)
    for body in asked:
        _tell(body, made, gettext_noop("紧急调配，请答复"), at=at)
    _record("call.make", made, by=by, at=at, detail={"needs": sum(_summed(needs).values()), "asked": len(asked)})
    return made


@transaction.atomic
def answer(called: CalledOffice, *, spared: Sequence[Spared], note: str = "", by: Person, at: datetime) -> None:
    """
    Answer a call for one's office with people and the days they can come, or say why nobody can.

    May be given again: further people are added. Raises NotFound, NothingAnswered, NotTheirPerson, DaysOutOfOrder,
    AlreadyOffered, CallEnded.
    """
    _require_of(called.body, by=by, at=at)
    _require_open_call(called.call)
    if not spared and not note.strip():
        raise NothingAnswered
    able = set(accounts.team_people(called.body_id, at=at).values_list("pk", flat=True))
    for each in spared:
        if each.person.pk not in able:
            raise NotTheirPerson(name=each.person.name)
        if each.to_day < each.from_day:
            raise DaysOutOfOrder
        try:
            with transaction.atomic():
                Offer.objects.create(
                    call=called.call, body=called.body, person=each.person, from_day=each.from_day,
                    to_day=each.to_day, note=each.note.strip()[:200], offered_at=at, offered_by=by,
                )  # fmt: skip
        except IntegrityError as error:
            raise AlreadyOffered(name=each.person.name) from error
    CalledOffice.objects.filter(pk=called.pk).update(answered_at=at, answered_by=by, note=note.strip()[:200])
    issuer = accounts.able(called.call.issuer_id, Permission.CALL_MAKE, at=at)
    subject = f"{gettext_noop('调配答复')}：{called.body.name}（{len(spared)}）"
    notices.send(to=issuer, subject=subject, link=f"/calls/{called.call_id}/", at=at)
    _record("call.answer", called.call, by=by, at=at, body=called.body, detail={
        "people": sorted(each.person.username for each in spared), "note": note.strip(),
    })  # fmt: skip


@transaction.atomic
def assign(offer: Offer, *, need: Need, by: Person, at: datetime) -> None:
    """Send an offered person where they are needed; that county's office may then take them into a team."""
    accounts.require(by, Permission.CALL_MAKE, at=at, division=offer.call.issuer.division_id)
    _require_open_call(offer.call)
    if need.call_id != offer.call_id:
        raise accounts.NotFound
    _move(offer, "assign", need=need)
    # Who is sent goes out with a team: their place is the field, where the call itself is not theirs to read.
    first = f"{offer.from_day.month}月{offer.from_day.day}日"
    notices.send(
        to=[offer.person], subject=f"{gettext_noop('调配派往')}：{need.division.name}（{first}起）", link="/field/",
        text=offer.call.reason, at=at,
    )  # fmt: skip
    _tell_who_is_concerned(offer, need, gettext_noop("调配派往"), at=at)
    _record("call.assign", offer.call, by=by, at=at, detail={"person": offer.person.username, "to": need.division_id})


@transaction.atomic
def release(offer: Offer, *, by: Person, at: datetime) -> None:
    """
    Take an assignment back: the person is available again, and their office and the one they were sent to are told.

    Raises InATeam where they go out there already, OfferMoved.
    """
    accounts.require(by, Permission.CALL_MAKE, at=at, division=offer.call.issuer.division_id)
    Person.objects.select_for_update(no_key=True).get(pk=offer.person_id)  # not put into a team meanwhile
    out = Member.objects.filter(person=offer.person_id, body=offer.body_id, until=None).select_related("team")
    where = out.filter(team__campaign=offer.call.campaign_id).exclude(team__office=offer.body_id).first()
    if where is not None:
        raise InATeam(name=offer.person.name, team=where.team.name)
    need = offer.need
    _move(offer, "release", need=None)
    if need is not None:
        _tell_who_is_concerned(offer, need, gettext_noop("调配收回"), at=at)
    _record("call.release", offer.call, by=by, at=at, detail={"person": offer.person.username})


@transaction.atomic
def withdraw(offer: Offer, *, reason: str, by: Person, at: datetime) -> None:
    """Take back an offer that is not assigned yet, as the office that made it. Raises NotFound, OfferMoved."""
    _require_of(offer.body, by=by, at=at)
    _move(offer, "withdraw", note=reason.strip()[:200])
    _record("call.withdraw", offer.call, by=by, at=at, body=offer.body, detail={"person": offer.person.username})


@transaction.atomic
def drop_out(offer: Offer, *, reason: str, by: Person, at: datetime) -> None:
    """Take back the offer of someone who leaves their post, assigned or not; the issuer is told. Raises OfferMoved."""
    accounts.require(by, Permission.ORGANISATION_KEEP, at=at, division=offer.body.division_id)
    if offer.state == OfferState.ASSIGNED:
        _move(offer, "release", need=None)
    _move(offer, "withdraw", note=reason.strip()[:200])
    issuer = accounts.able(offer.call.issuer_id, Permission.CALL_MAKE, at=at)
    subject = f"{gettext_noop('调配人员退出')}：{offer.person.name}"
    notices.send(to=issuer, subject=subject, link=f"/calls/{offer.call_id}/", at=at)
    _record("call.drop_out", offer.call, by=by, at=at, body=offer.body, detail={"person": offer.person.username})


@transaction.atomic
def end(call: Call, *, by: Person, at: datetime) -> None:
    """End a call: nobody answers any more; who is in a team stays there. Raises CallEnded."""
    accounts.require(by, Permission.CALL_MAKE, at=at, division=call.issuer.division_id)
    start, done = CALL_ACTS["end"]
    if not Call.objects.filter(pk=call.pk, state=start).update(state=done, ended_at=at):
        raise CallEnded
    _record("call.end", call, by=by, at=at)


def _summed(needs: Sequence[Wanted]) -> dict[tuple[str, str], int]:
    """Return (county, skill) → people; the same need written twice is one of both."""
    total: dict[tuple[str, str], int] = {}
    for need in needs:
        key = (need.division.pk, need.skill.strip()[:30])
        total[key] = total.get(key, 0) + need.people
    return total


def _require_of(body: Body, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, Permission.CALL_ANSWER, at=at)
    if body.pk not in standing.serves(Permission.CALL_ANSWER):
        raise accounts.NotFound


def _require_open_call(call: Call) -> None:
    if Call.objects.select_for_update().values_list("state", flat=True).get(pk=call.pk) != CallState.OPEN:
        raise CallEnded


def _move(offer: Offer, act: str, **columns: object) -> None:
    start, state = OFFER_ACTS[act]
    if not Offer.objects.filter(pk=offer.pk, state=start).update(state=state, **columns):
        raise OfferMoved(name=offer.person.name)
    offer.refresh_from_db()


def _tell(body: Body, call: Call, subject: str, *, at: datetime) -> None:
    people = accounts.able(body.pk, Permission.CALL_ANSWER, at=at)
    notices.send(to=people, subject=f"{subject}：{call.campaign.name}", link=f"/calls/{call.pk}/", at=at)


def _tell_who_is_concerned(offer: Offer, need: Need, subject: str, *, at: datetime) -> None:
    """Tell the offices at work in the county, who may take them into a team, and the body that spares them."""
    subject = f"{subject}：{offer.person.name}（{offer.body.name} → {need.division.name}）"
    offices = SupervisingOffice.objects.filter(campaign=offer.call.campaign_id, body__division=need.division_id)
    people = {person for office in offices for person in accounts.able(office.body_id, Permission.TEAM_FORM, at=at)}
    people |= set(accounts.able(offer.body_id, Permission.CALL_ANSWER, at=at))
    notices.send(to=people, subject=subject, link=f"/calls/{offer.call_id}/", at=at)


def _record(
    verb: str, call: Call, *, by: Person, at: datetime, body: Body | None = None,
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    place = body or call.issuer
    audit.record(verb, kind="call", key=call.pk, by=by, at=at, division=place.division_id, body=place.pk,
                 detail=detail)  # fmt: skip
