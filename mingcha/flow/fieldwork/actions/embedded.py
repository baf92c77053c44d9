"""Embedded supervision (嵌入式监督): what a resident group does inside the department it sits in."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.fieldwork.models import EmbeddedRecord, Inspection, InspectionTownship, Visit
from mingcha.flow.fieldwork.states import EmbeddedKind
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel.refusals import Refusal


class NoHost(Refusal):
    message: ClassVar[str] = "“%(group)s”没有登记驻在部门，请先由市纪委监委在组织页登记。"
    status: ClassVar[int] = 422


class NotInTheCampaign(Refusal):
    message: ClassVar[str] = "“%(group)s”不在这次任务的监督单位之列，请联系牵头机关。"
    status: ClassVar[int] = 422


class NothingWritten(Refusal):
    message: ClassVar[str] = "请写明事项和看到的情况。"
    status: ClassVar[int] = 422


class CountsDisagree(Refusal):
    message: ClassVar[str] = "发现异常数不能多于检查数，请核对两个数。"
    status: ClassVar[int] = 422


class DayAhead(Refusal):
    message: ClassVar[str] = "日期还没到，请填实际发生的日期。"
    status: ClassVar[int] = 422


class ReminderOfNobody(Refusal):
    message: ClassVar[str] = "请写明提醒了谁（只写职务，不写姓名）。"
    status: ClassVar[int] = 422


class NotOfTheHost(Refusal):
    message: ClassVar[str] = "“%(site)s”不由驻在部门及其所属单位负责，请选择驻在部门的点位。"
    status: ClassVar[int] = 422


class NoTeamOfGroup(Refusal):
    message: ClassVar[str] = "您还不在“%(group)s”的检查组里，请联系牵头机关编组后再登记问题。"
    status: ClassVar[int] = 422


class AlreadyChecked(Refusal):
    message: ClassVar[str] = "这条记录已经开始了检查，请从记录里打开那次检查继续。"


@transaction.atomic
def record(
    campaign: Campaign, *, group: Body, kind: str, day: date, subject: str, text: str, checked: int | None = None,
    amiss: int | None = None, reminded: str = "", by: Person, at: datetime,
) -> EmbeddedRecord:  # fmt: skip
    """
    Write down what the group did inside its host on a day; counts only, never a name of those it was about.

    Raises NotFound to who does not serve the group, NoHost, NotInTheCampaign, NothingWritten, CountsDisagree,
    DayAhead, ReminderOfNobody, CampaignOver.
    """
    _require_of(group, by=by, at=at)
    campaign_actions.require_open(campaign)
    if group.host_id is None:
        raise NoHost(group=group.name)
    if campaigns.office_of(campaign, group.pk) is None:
        raise NotInTheCampaign(group=group.name)
    if not subject.strip() or not text.strip():
        raise NothingWritten
    if amiss is not None and (checked is None or amiss > checked):
        raise CountsDisagree
    if day > at.astimezone(accounts.OFFICE_TIME).date():
        raise DayAhead
    if EmbeddedKind(kind) is EmbeddedKind.REMINDER and not reminded.strip():
        raise ReminderOfNobody
    made = EmbeddedRecord.objects.create(
        campaign=campaign, group=group, host_id=group.host_id, kind=kind, day=day, subject=subject.strip()[:120],
        text=text.strip(), checked=checked, amiss=amiss, reminded=reminded.strip()[:60], recorded_at=at,
        recorded_by=by,
    )  # fmt: skip
    _record("embedded.record", made, by=by, at=at, detail={"kind": kind, "day": day.isoformat()})
    return made


@transaction.atomic
def begin_check(record: EmbeddedRecord, *, site: Site, by: Person, at: datetime) -> Visit:
    """
    Check the host's duty at one of its sites by its own checklist, so that findings flow like any other.

    The outing has no list and its visit is not drawn: it stays out of every estimate. Raises NotFound, NotOfTheHost,
    NoTeamOfGroup, AlreadyChecked, CampaignOver, NoChecklist and Recused of `outings`.
    """
    standing = _require_of(record.group, by=by, at=at)
    campaign_actions.require_open(record.campaign)
    if not queries.host_sites(record).filter(pk=site.pk).exists():
        raise NotOfTheHost(site=site.name)
    own = Team.objects.filter(campaign=record.campaign, office=record.group, disbanded_at=None)
    team = own.filter(pk__in=campaigns.own_teams(standing)).first()
    if team is None:
        raise NoTeamOfGroup(group=record.group.name)
    if EmbeddedRecord.objects.select_for_update().values_list("visit", flat=True).get(pk=record.pk) is not None:
        raise AlreadyChecked
    inspection = Inspection.objects.create(
        campaign=record.campaign, office=record.group, team=team, list=None, day=record.day, departed_at=at,
        departed_by=by,
    )  # fmt: skip
    if site.division.township_code:
        InspectionTownship.objects.create(inspection=inspection, township_id=site.division.township_code)
    visit = outings.begin_unlisted(inspection, site=site, by=by, at=at)
    EmbeddedRecord.objects.filter(pk=record.pk).update(visit=visit)
    _record("embedded.begin_check", record, by=by, at=at, detail={"visit": visit.pk, "site": site.code})
    return visit


def _require_of(group: Body, *, by: Person, at: datetime) -> accounts.Standing:
    standing = accounts.require(by, Permission.EMBEDDED_KEEP, at=at)
    if group.pk not in standing.serves(Permission.EMBEDDED_KEEP):
        raise accounts.NotFound
    return standing


def _record(verb: str, record: EmbeddedRecord, *, by: Person, at: datetime, detail: dict[str, object]) -> None:
    audit.record(
        verb, kind="embedded", key=record.pk, by=by, at=at, division=record.group.division_id, body=record.group_id,
        detail=detail | {"host": record.host_id},
    )  # fmt: skip
