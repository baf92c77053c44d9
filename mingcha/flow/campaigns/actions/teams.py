"""Forming teams, and re-forming them in the field without losing who was where."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions.basing import Basing
from mingcha.flow.campaigns.actions.campaigns import OfficeOutsideCampaign, require_open
from mingcha.flow.campaigns.models import Campaign, Member, Stretch, SupervisingOffice, Team, TeamBody
from mingcha.flow.campaigns.states import Duty
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body, Division
from mingcha.kernel.refusals import Refusal

PAPER_TEAM = "原台账"


class NoLeader(Refusal):
    message: ClassVar[str] = "每个检查组要有一名班子成员带队：请在组员中选定组长。"
    status: ClassVar[int] = 422


class NotOfThisOffice(Refusal):
    message: ClassVar[str] = "%(name)s 不是本单位、联动单位或调配来的在岗检查人员，请换人。"
    status: ClassVar[int] = 422


class TeamNameTaken(Refusal):
    message: ClassVar[str] = "本单位已有“%(name)s”，请换一个组名。"
    status: ClassVar[int] = 422


class OutsideTheArea(Refusal):
    message: ClassVar[str] = "%(name)s 不在您的辖区内，不能列为联动单位；要用它的人，请通过紧急调配。"
    status: ClassVar[int] = 422


class OutsideTheStretch(Refusal):
    message: ClassVar[str] = "%(name)s 不在本单位辖区内，请重新选择乡镇。"
    status: ClassVar[int] = 422


class AlreadyOut(Refusal):
    message: ClassVar[str] = "%(name)s 已在“%(team)s”，一个人不能同时在两处：请先让其离组，或换人。"


class TiedToTheStretch(Refusal):
    message: ClassVar[str] = "%(name)s 与“%(place)s”有回避关系（%(why)s），不能查这一片：请换人，或换乡镇。"
    status: ClassVar[int] = 422


class NotAMember(Refusal):
    message: ClassVar[str] = "%(name)s 已不在“%(team)s”，请刷新后再看。"


class LeaderStays(Refusal):
    message: ClassVar[str] = "%(name)s 是组长：请先另定组长，再离组或改任。"


class TeamDisbanded(Refusal):
    message: ClassVar[str] = "“%(team)s”已经解散，不能再调整。"


@transaction.atomic
def form_team(
    campaign: Campaign, *, office: Body, name: str, leader: Person, members: Sequence[Person],
    townships: Sequence[Division], liaison: Person | None = None, joint: Sequence[Body] = (), base: str = "",
    vehicle: str = "", basing: Basing | None = None, by: Person, at: datetime,
) -> Team:  # fmt: skip
    """
    Form a team led by a named member of the leadership, with its stretch of townships.

    Members come from the office, from the joint bodies, or were assigned here by a call. Raises NoLeader,
    NotOfThisOffice, AlreadyOut, TiedToTheStretch, TeamNameTaken, OutsideTheStretch, OutsideTheArea,
    OfficeOutsideCampaign, CampaignOver, HalfAPlace and HoursReversed of `basing`.
    """
    standing = accounts.require(by, Permission.TEAM_FORM, at=at, division=office.division_id)
    require_open(campaign)
    # Nobody takes another office's people without its word: a joint body is one's own to send.
    for body in joint:
        if not standing.covers(Permission.TEAM_FORM, body.division_id):
            raise OutsideTheArea(name=body.name)
    if not SupervisingOffice.objects.filter(campaign=campaign, body=office).exists():
        raise OfficeOutsideCampaign(name=office.name)
    _check_stretch(office, townships)
    try:
        with transaction.atomic():
            team = Team.objects.create(
                campaign=campaign, office=office, name=name, base=base.strip(), vehicle=vehicle.strip(), formed_at=at,
                formed_by=by, **(basing or Basing()).columns(),
            )  # fmt: skip
    except IntegrityError as error:
        raise TeamNameTaken(name=name) from error
    TeamBody.objects.bulk_create(TeamBody(team=team, body=body) for body in dict.fromkeys(joint) if body != office)
    Stretch.objects.bulk_create(Stretch(team=team, township=township) for township in dict.fromkeys(townships))
    people = {leader.pk: (leader, Duty.LEADER)}
    if liaison is not None:
        people.setdefault(liaison.pk, (liaison, Duty.LIAISON))
    for person in members:
        people.setdefault(person.pk, (person, Duty.MEMBER))
    # In one order: two campaigns that reach for the same people wait for one another instead of blocking each other.
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    for person, duty in people.values():
        _admit(team, person, duty=duty, at=at)
    _check_ties(team, [person for person, _ in people.values()], at=at)
    subject = f"{gettext_noop('编入检查组')}：{name}（{campaign.name}）"
    notices.send(to=[person for person, _ in people.values()], subject=subject, link=f"/teams/{team.pk}/", at=at)
    _record("team.form", team, by=by, at=at, detail={
        "name": name, "leader": leader.username, "members": sorted(person.username for person, _ in people.values()),
        "joint": sorted(body.pk for body in joint),
    })  # fmt: skip
    return team


@transaction.atomic
def stand_for_paper(
    campaign: Campaign, *, office: Body, name: str = PAPER_TEAM, by: Person, at: datetime
) -> Team:  # fmt: skip
    """
    Return what stands for those who found what an office's former ledger holds, or, under the name REGISTERED, what it
    registers itself: no team that ever goes out.

    Within the caller's permission. Raises OfficeOutsideCampaign, CampaignOver, TeamNameTaken.
    """
    require_open(campaign)
    if not SupervisingOffice.objects.filter(campaign=campaign, body=office).exists():
        raise OfficeOutsideCampaign(name=office.name)
    team, new = Team.objects.get_or_create(
        campaign=campaign, office=office, name=name,
        defaults={"formed_at": at, "formed_by": by, "disbanded_at": at, "imported": True},
    )  # fmt: skip
    if not team.imported:
        raise TeamNameTaken(name=name)
    if new:
        _record("team.stand_for_paper", team, by=by, at=at, detail={"name": team.name})
    return team


@transaction.atomic
def join(team: Team, *, person: Person, duty: str = Duty.MEMBER, by: Person, at: datetime) -> None:
    """
    Add someone to a team under way; a new leader takes over from the old one, who stays as a member.

    While lists or outings of the team are out, `fieldwork.join_team` calls this after its own checks.
    Raises what `form_team` raises of people, LeaderStays, TeamDisbanded, CampaignOver.
    """
    _require_keeper(team, by=by, at=at)
    if duty != Duty.LEADER and team.members.filter(person=person, duty=Duty.LEADER, until=None).exists():
        raise LeaderStays(name=person.name)  # a team under way is never without a leader
    _make_room(team, duty, at=at)
    present = Member.objects.filter(team=team, person=person, until=None).first()
    if present is not None:  # already here: only the duty changes, as a new row, so the record says since when
        _close(present, reason=gettext_noop("改任分工"), at=at)
    _admit(team, person, duty=Duty(duty), at=at)
    _check_ties(team, [person], at=at)
    subject = f"{gettext_noop('编入检查组')}：{team.name}（{team.campaign.name}）"
    notices.send(to=[person], subject=subject, link=f"/teams/{team.pk}/", at=at)
    _record("team.join", team, by=by, at=at, detail={"person": person.username, "duty": duty})


@transaction.atomic
def leave(team: Team, *, person: Person, reason: str, by: Person, at: datetime) -> None:
    """Take someone out of a team; the row keeps from when to when. Raises NotAMember, LeaderStays, TeamDisbanded."""
    _require_keeper(team, by=by, at=at)
    member = Member.objects.filter(team=team, person=person, until=None).first()
    if member is None:
        raise NotAMember(name=person.name, team=team.name)
    if member.duty == Duty.LEADER:
        raise LeaderStays(name=person.name)
    _close(member, reason=reason.strip(), at=at)
    _record("team.leave", team, by=by, at=at, detail={"person": person.username, "reason": reason.strip()})


@transaction.atomic
def drop_out(member: Member, *, reason: str, by: Person, at: datetime) -> None:
    """
    Take one's own person out of another office's team, since they leave the post that sent them; that office is told.

    Raises NotAMember, LeaderStays, NotFound outside one's area.
    """
    accounts.require(by, Permission.ORGANISATION_KEEP, at=at, division=member.body.division_id)
    Team.objects.select_for_update(no_key=True).get(pk=member.team_id)
    if not Member.objects.filter(pk=member.pk, until=None).exists():
        raise NotAMember(name=member.person.name, team=member.team.name)
    if member.duty == Duty.LEADER:
        raise LeaderStays(name=member.person.name)
    _close(member, reason=reason, at=at)
    keepers = accounts.able(member.team.office_id, Permission.TEAM_FORM, at=at)
    subject = f"{gettext_noop('组员离任')}：{member.person.name}（{member.team.name}）"
    notices.send(to=keepers, subject=subject, link=f"/teams/{member.team_id}/", at=at)
    _record("team.leave", member.team, by=by, at=at, detail={"person": member.person.username, "reason": reason})


@transaction.atomic
def equip(
    team: Team, *, base: str, vehicle: str, townships: Sequence[Division], basing: Basing | None = None, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """
    Change where a team sets out from, in what, when, and its stretch of townships; sealed lists stay as drawn.

    Without `basing` the place and the hours stay. Raises OutsideTheStretch, TiedToTheStretch, TeamDisbanded, HalfAPlace,
    HoursReversed.
    """
    _require_keeper(team, by=by, at=at)
    _check_stretch(team.office, townships)
    team.refresh_from_db()  # behind the lock: the record says what it was and what it became
    before = {"base": team.base, "vehicle": team.vehicle, "townships": sorted(_stretch_codes(team))}
    based = basing.columns() if basing else {}
    Team.objects.filter(pk=team.pk).update(base=base.strip(), vehicle=vehicle.strip(), **based)
    team.stretch.exclude(township__in=townships).delete()
    Stretch.objects.bulk_create(
        (Stretch(team=team, township=township) for township in dict.fromkeys(townships)), ignore_conflicts=True
    )
    _check_ties(team, [member.person for member in queries.present(team)], at=at)
    _record("team.equip", team, by=by, at=at, detail={
        "base": base.strip(), "vehicle": vehicle.strip(), "townships": sorted(t.pk for t in townships), "was": before,
    })  # fmt: skip


@transaction.atomic
def disband(team: Team, *, reason: str, by: Person, at: datetime) -> None:
    """
    End a team: its people are free again. `fieldwork.disband_team` calls this once nothing of it is out.

    Raises TeamDisbanded.
    """
    _require_keeper(team, by=by, at=at)
    for member in queries.present(team):
        _close(member, reason=reason.strip() or gettext_noop("检查组解散"), at=at)
    Team.objects.filter(pk=team.pk).update(disbanded_at=at)
    _record("team.disband", team, by=by, at=at, detail={"reason": reason.strip()})


def _stretch_codes(team: Team) -> list[str]:
    return list(team.stretch.values_list("township", flat=True))


def _require_keeper(team: Team, *, by: Person, at: datetime) -> None:
    accounts.require(by, Permission.TEAM_FORM, at=at, division=team.office.division_id)
    require_open(team.campaign)
    # Locked until commit: two officers re-forming one team work one after the other.
    row = Team.objects.select_for_update(no_key=True).values_list("disbanded_at", flat=True)
    if row.get(pk=team.pk) is not None:
        raise TeamDisbanded(team=team.name)


def _check_stretch(office: Body, townships: Sequence[Division]) -> None:
    for township in townships:
        if not township.code.startswith(office.division_id):
            raise OutsideTheStretch(name=township.name)


def _admit(team: Team, person: Person, *, duty: Duty, at: datetime) -> None:
    """Let someone into a team: sent by a body that may send them, and free. Who calls this checks their ties."""
    sender = queries.sender(team, person, at=at)
    if duty is Duty.LEADER and (
        sender is None or not accounts.serving(sender.pk, at=at, role="leader").filter(pk=person.pk).exists()
    ):
        raise NoLeader
    if sender is None:
        raise NotOfThisOffice(name=person.name)
    try:
        with transaction.atomic():
            Member.objects.create(team=team, person=person, body=sender, duty=duty, since=at)
    except IntegrityError as error:
        elsewhere = Member.objects.filter(person=person, until=None).select_related("team").first()
        raise AlreadyOut(name=person.name, team=elsewhere.team.name if elsewhere else team.name) from error


def _check_ties(team: Team, people: Sequence[Person], *, at: datetime) -> None:
    """Refuse who is tied to a whole township of the stretch; ties to single units are kept apart by the lot."""
    found, stretches = ties.ties([person.pk for person in people], at=at), list(team.stretch.select_related("township"))
    for person, stretch in itertools.product(people, stretches):
        tie = found.between(person.pk, ties.Subject("", stretch.township_id))
        if tie is not None:
            raise TiedToTheStretch(name=person.name, place=stretch.township.name, why=f"{tie.label}：{tie.name}")


def _make_room(team: Team, duty: str, *, at: datetime) -> None:
    """A new leader or liaison takes over: whoever held the duty stays in the team as a member."""
    if duty == Duty.MEMBER:
        return
    for held in Member.objects.filter(team=team, duty=duty, until=None).select_related("person", "body"):
        _close(held, reason=gettext_noop("改任分工"), at=at)
        Member.objects.create(team=team, person=held.person, body=held.body, duty=Duty.MEMBER, since=at)


def _close(member: Member, *, reason: str, at: datetime) -> None:
    Member.objects.filter(pk=member.pk, until=None).update(until=at, left_reason=reason[:120])
    if member.since == at:  # no stay: a leader who hands over and goes at once left as leader, and for this reason
        Member.objects.filter(team=member.team_id, person=member.person_id, until=at).update(left_reason=reason[:120])


def _record(verb: str, team: Team, *, by: Person, at: datetime, detail: dict[str, object]) -> None:
    audit.record(verb, kind="team", key=team.pk, by=by, at=at, division=team.office.division_id, body=team.office_id,
                 detail=detail)  # fmt: skip
