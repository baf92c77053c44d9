"""Everything that may happen to a campaign, its offices and its teams."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.models import (
    Campaign,
    CampaignRulebook,
    FocusPoint,
    Measure,
    Member,
    Stretch,
    SupervisingOffice,
    Team,
)
from mingcha.flow.campaigns.states import ACTS, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.rulebook.models import Edition
from mingcha.ground.territory.models import Body, Division
from mingcha.kernel.refusals import Refusal


class DaysOutOfOrder(Refusal):
    message: ClassVar[str] = "结束日期早于开始日期，请改正日期。"
    status: ClassVar[int] = 422


class EmergencyOver(Refusal):
    message: ClassVar[str] = "应急措施截止时间已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class SlugTaken(Refusal):
    message: ClassVar[str] = "任务编号“%(slug)s”已被使用，请换一个。"
    status: ClassVar[int] = 422


class CampaignOver(Refusal):
    message: ClassVar[str] = "“%(campaign)s”已经结束，不能再做这一步。"


class NoLeader(Refusal):
    message: ClassVar[str] = "每个检查组要有一名班子成员带队：请在组员中选定组长。"
    status: ClassVar[int] = 422


class NotOfThisOffice(Refusal):
    message: ClassVar[str] = "%(name)s 不是本单位在岗的检查人员，请换人。"
    status: ClassVar[int] = 422


class TeamNameTaken(Refusal):
    message: ClassVar[str] = "本单位已有“%(name)s”，请换一个组名。"
    status: ClassVar[int] = 422


class OutsideTheStretch(Refusal):
    message: ClassVar[str] = "%(name)s 不在本单位辖区内，请重新选择乡镇。"
    status: ClassVar[int] = 422


class OfficeOutsideCampaign(Refusal):
    message: ClassVar[str] = "%(name)s 不在这次任务的监督单位之列。"
    status: ClassVar[int] = 422


@transaction.atomic
def open_campaign(
    *, slug: str, name: str, purpose: str, lead: Body, starts_on: date, ends_on: date, emergency_until: datetime,
    retention_days: int = 180, focus: Sequence[str], editions: Sequence[Edition], offices: Sequence[Body],
    by: Person, at: datetime,
) -> Campaign:  # fmt: skip
    """
    Open a campaign: period, end of the emergency settings, focus points, rulebooks, supervising offices.

    Each office starts by answering for every figure. Raises DaysOutOfOrder, EmergencyOver, SlugTaken,
    OfficeOutsideCampaign, NotAllowed, NotFound.
    """
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=lead.division_id)
    if ends_on < starts_on:
        raise DaysOutOfOrder
    if emergency_until <= at:
        raise EmergencyOver
    for office in offices:
        if not office.division_id.startswith(lead.division_id):
            raise OfficeOutsideCampaign(name=office.name)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                slug=slug, name=name, purpose=purpose, lead=lead, division=lead.division, starts_on=starts_on,
                ends_on=ends_on, emergency_until=emergency_until, retention_days=retention_days, opened_at=at,
                opened_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise SlugTaken(slug=slug) from error
    editions, offices = list(dict.fromkeys(editions)), list(dict.fromkeys(offices))
    FocusPoint.objects.bulk_create(FocusPoint(campaign=campaign, position=n, text=t) for n, t in enumerate(focus, 1))
    CampaignRulebook.objects.bulk_create(CampaignRulebook(campaign=campaign, edition=e) for e in editions)
    SupervisingOffice.objects.bulk_create(
        SupervisingOffice(campaign=campaign, body=body, measures=list(Measure.values)) for body in offices
    )
    _tell_offices(campaign, offices, at=at)
    audit.record(
        "campaign.open", kind="campaign", key=slug, by=by, at=at, division=lead.division_id, body=lead.code,
        detail={"offices": [b.code for b in offices], "editions": [str(e) for e in editions]},
    )  # fmt: skip
    return campaign


def _tell_offices(campaign: Campaign, offices: Sequence[Body], *, at: datetime) -> None:
    for office in offices:
        # Only those who may open the page that the message leads to.
        people = accounts.able(office.code, Permission.CAMPAIGN_SEE, at=at)
        subject = f"{gettext_noop('新任务')}：{campaign.name}"
        notices.send(to=people, subject=subject, link=f"/campaigns/{campaign.slug}/", at=at)


@transaction.atomic
def answer_for(office: SupervisingOffice, *, measures: Sequence[str], by: Person, at: datetime) -> None:
    """Say which figures the office answers for as complete (核报); the others show as 未报, never as zero."""
    accounts.require(by, Permission.FIGURES_ANSWER_FOR, at=at, division=office.body.division_id)
    kept = [m for m in Measure.values if m in measures]
    SupervisingOffice.objects.filter(pk=office.pk).update(measures=kept)
    audit.record(
        "campaign.answer_for", kind="campaign", key=office.campaign.slug, by=by, at=at,
        division=office.body.division_id, body=office.body_id, detail={"measures": kept},
    )  # fmt: skip


@transaction.atomic
def adopt_edition(campaign: Campaign, *, edition: Edition, by: Person, at: datetime) -> None:
    """
    Put a newer edition in force; findings that cite the older one keep printing the older text. Raises CampaignOver.
    """
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    require_open(campaign)
    in_force = campaign.rulebooks.filter(edition__rulebook=edition.rulebook)
    if in_force.filter(edition__version__gte=edition.version).exists():
        return  # someone else has just adopted it, or a newer one
    in_force.delete()
    CampaignRulebook.objects.create(campaign=campaign, edition=edition)
    audit.record("campaign.adopt_edition", kind="campaign", key=campaign.slug, by=by, at=at,
                 division=campaign.division_id, detail={"edition": str(edition)})  # fmt: skip


@transaction.atomic
def form_team(
    campaign: Campaign, *, office: Body, name: str, leader: Person, members: Sequence[Person],
    townships: Sequence[Division], by: Person, at: datetime,
) -> Team:  # fmt: skip
    """
    Form a team led by a named member of the leadership, with its stretch of townships.

    Raises NoLeader, NotOfThisOffice, TeamNameTaken, OutsideTheStretch, OfficeOutsideCampaign, CampaignOver.
    """
    accounts.require(by, Permission.TEAM_FORM, at=at, division=office.division_id)
    require_open(campaign)
    if not SupervisingOffice.objects.filter(campaign=campaign, body=office).exists():
        raise OfficeOutsideCampaign(name=office.name)
    if not accounts.serving(office.code, at=at, role="leader").filter(pk=leader.pk).exists():
        raise NoLeader
    able = set(accounts.team_people(office.code, at=at).values_list("pk", flat=True))
    for person in members:
        if person.pk not in able:
            raise NotOfThisOffice(name=person.name)
    for township in townships:
        if not township.code.startswith(office.division_id):
            raise OutsideTheStretch(name=township.name)
    try:
        with transaction.atomic():
            team = Team.objects.create(campaign=campaign, office=office, name=name, formed_at=at, formed_by=by)
    except IntegrityError as error:
        raise TeamNameTaken(name=name) from error
    people = {leader.pk: leader} | {person.pk: person for person in members}
    Member.objects.bulk_create(Member(team=team, person=p, leads=p.pk == leader.pk) for p in people.values())
    Stretch.objects.bulk_create(Stretch(team=team, township=township) for township in dict.fromkeys(townships))
    subject = f"{gettext_noop('编入检查组')}：{name}（{campaign.name}）"
    notices.send(to=people.values(), subject=subject, link="/field/", at=at)
    audit.record(
        "team.form", kind="team", key=team.pk, by=by, at=at, division=office.division_id, body=office.code,
        detail={"name": name, "leader": leader.username, "members": sorted(p.username for p in people.values())},
    )  # fmt: skip
    return team


@transaction.atomic
def close(campaign: Campaign, *, by: Person, at: datetime) -> None:
    """End a campaign; what is open stays on its clock."""
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    start, end = ACTS["close"]
    if not Campaign.objects.filter(pk=campaign.pk, state=start).update(state=end):
        raise CampaignOver(campaign=campaign.name)
    audit.record("campaign.close", kind="campaign", key=campaign.slug, by=by, at=at, division=campaign.division_id)


def require_open(campaign: Campaign) -> None:
    """Refuse what only a campaign under way allows. Raises CampaignOver."""
    # Locked until commit: a campaign does not end while a team of it forms, nor do two editions come into force at once.
    if Campaign.objects.select_for_update().values_list("state", flat=True).get(pk=campaign.pk) != State.OPEN:
        raise CampaignOver(campaign=campaign.name)
