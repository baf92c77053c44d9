"""Everything that may happen to a campaign and its offices."""

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
from mingcha.ground.territory.models import Body, BodyKind
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
        SupervisingOffice(campaign=campaign, body=body, measures=_first_measures(body)) for body in offices
    )
    _tell_offices(campaign, offices, at=at)
    audit.record(
        "campaign.open", kind="campaign", key=slug, by=by, at=at, division=lead.division_id, body=lead.code,
        detail={"offices": [b.code for b in offices], "editions": [str(e) for e in editions]},
    )  # fmt: skip
    return campaign


@transaction.atomic
def admit_office(campaign: Campaign, *, body: Body, by: Person, at: datetime) -> SupervisingOffice:
    """
    Let a further office or group work in a campaign under way; one that is there already stays as it is.

    Raises OfficeOutsideCampaign, CampaignOver.
    """
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    require_open(campaign)
    if not body.division_id.startswith(campaign.lead.division_id):
        raise OfficeOutsideCampaign(name=body.name)
    office, new = SupervisingOffice.objects.get_or_create(
        campaign=campaign, body=body, defaults={"measures": _first_measures(body)}
    )
    if new:
        _tell_offices(campaign, [body], at=at)
        audit.record("campaign.admit_office", kind="campaign", key=campaign.slug, by=by, at=at,
                     division=campaign.division_id, body=body.pk)  # fmt: skip
    return office


def _first_measures(body: Body) -> list[str]:
    # Groups embedded in departments answer for no table of sites and townships until they say so.
    return list(Measure.values) if body.kind == BodyKind.OFFICE else []


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
def close(campaign: Campaign, *, by: Person, at: datetime) -> None:
    """End a campaign and with it its teams; what is open stays on its clock."""
    accounts.require(by, Permission.CAMPAIGN_OPEN, at=at, division=campaign.division_id)
    start, end = ACTS["close"]
    if not Campaign.objects.filter(pk=campaign.pk, state=start).update(state=end):
        raise CampaignOver(campaign=campaign.name)
    # First the teams, then who is in them, as whoever takes somebody out of one does.
    Team.objects.filter(campaign=campaign, disbanded_at=None).update(disbanded_at=at)
    Member.objects.filter(team__campaign=campaign, until=None).update(until=at, left_reason=gettext_noop("任务结束"))
    audit.record("campaign.close", kind="campaign", key=campaign.slug, by=by, at=at, division=campaign.division_id)


def require_open(campaign: Campaign) -> None:
    """Refuse what only a campaign under way allows. Raises CampaignOver."""
    # Locked until commit: a campaign does not end while a team of it forms, nor do two editions come into force at once.
    # `no_key`: rows that name the campaign may be written meanwhile, so that a departure and a draw do not block each other.
    row = Campaign.objects.select_for_update(no_key=True).values_list("state", flat=True)
    if row.get(pk=campaign.pk) != State.OPEN:
        raise CampaignOver(campaign=campaign.name)
