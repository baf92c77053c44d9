"""A campaign, the offices that supervise in it, the call for people, and the teams they form."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q

from mingcha.flow.campaigns.states import CallState, Duty, OfferState, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.models import Checklist, Edition
from mingcha.ground.territory.models import Body, Division, in_order, on_earth

PERSONAL_DAYS = 30  # after a campaign's last day


class Campaign(models.Model):
    slug = models.SlugField("编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    purpose = models.TextField("目的")
    lead = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="牵头单位")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="范围")
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    # Emergency settings lapse by themselves: nothing stores "emergency", it is read from this moment.
    emergency_until = models.DateTimeField("应急措施截止")
    retention_days = models.PositiveSmallIntegerField("留存天数", default=180)
    # The next stop of a list opens only when the last one is closed.
    stop_by_stop = models.BooleanField("逐站开启", default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField("立项时间")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="立项人")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_days_in_order")]

    def __str__(self) -> str:
        return self.name

    def in_emergency(self, at: datetime) -> bool:
        return at <= self.emergency_until

    @property
    def retention_until(self) -> datetime:
        return self.emergency_until + timedelta(days=self.retention_days)

    @property
    def personal_until(self) -> date:
        """The last day for files marked as showing somebody who is inspected by nobody; kept no longer than the rest."""
        return min(self.ends_on + timedelta(days=PERSONAL_DAYS), self.retention_until.date())


class FocusPoint(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="focus_points", verbose_name="任务")
    position = models.PositiveSmallIntegerField("次序")
    text = models.CharField("重点", max_length=120)

    class Meta:
        ordering = ["position"]


class CampaignRulebook(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rulebooks", verbose_name="任务")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name="清单版本")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "edition"], name="campaign_rulebook_once")]


class CampaignForm(models.Model):
    """A form for any site that the campaign takes up; those made for a type of site need no taking up."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="forms", verbose_name="任务")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", verbose_name="检查表")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "checklist"], name="campaign_form_once")]


class RecordingApproval(models.Model):
    """
    Leave to record sound on covert visits, which is off otherwise: on what basis, until when, by whom.

    It may be withdrawn; what it covered keeps naming it.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="适用单位")
    basis = models.CharField("依据", max_length=200)
    until = models.DateTimeField("有效期至")
    approved_at = models.DateTimeField("批准时间")
    approved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="批准人")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="撤销人"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("approved_at")), name="recording_ends_after_approval"),
            models.CheckConstraint(condition=~Q(basis=""), name="recording_has_basis"),
        ]


class Measure(models.TextChoices):
    """The figures an office answers for in the brief; one it does not answer for is 未报."""

    TEAMS = "teams", "检查组"
    TOWNSHIPS = "townships_covered", "覆盖乡镇"
    INSPECTIONS = "inspections", "检查次数"
    VISITS = "visits", "检查点位次"
    SITES = "sites", "各类点位数"
    PROBLEMS = "problems_found", "发现问题"
    KINDS = "kinds", "问题分类"
    RECTIFICATION = "rectification", "整改情况"


class SupervisingOffice(models.Model):
    """An office at work in a campaign, and which figures it answers for as complete (核报)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="offices", verbose_name="任务")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    measures = models.JSONField("核报项目", default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "body"], name="office_once_in_campaign")]


class Call(models.Model):
    """An emergency call (紧急调配): how many people, of what skills, where, from when to when, answered by when."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    number = models.PositiveSmallIntegerField("序号")
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="发出机关")
    reason = models.TextField("事由")
    from_day = models.DateField("起")
    to_day = models.DateField("止")
    reply_by = models.DateTimeField("答复时限")
    state = models.CharField("状态", max_length=10, choices=CallState.choices, default=CallState.OPEN)
    made_at = models.DateTimeField("发出时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发出人")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="call_number_once"),
            models.CheckConstraint(condition=Q(to_day__gte=F("from_day")), name="call_days_in_order"),
        ]


class Need(models.Model):
    """So many people in one county, of one skill or of any."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="needs", verbose_name="调配")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="用人县区")
    skill = models.CharField("专长", max_length=30, blank=True)
    people = models.PositiveSmallIntegerField("人数")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "division", "skill"], name="need_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="need_of_someone"),
        ]


class CalledOffice(models.Model):
    """A body the call went to, and what it answered; an answer may be that nobody can be spared."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="called", verbose_name="调配")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="答复人"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "body"], name="office_called_once")]


class Offer(models.Model):
    """A person a body can spare, on which days; the lead assigns them to a need."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="offers", verbose_name="调配")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    from_day = models.DateField("可用起")
    to_day = models.DateField("可用止")
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=OfferState.choices, default=OfferState.OFFERED)
    need = models.ForeignKey(Need, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="派往")
    offered_at = models.DateTimeField("提出时间")
    offered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "person"], condition=~Q(state=OfferState.WITHDRAWN), name="person_offered_once"
            ),
            models.CheckConstraint(condition=Q(to_day__gte=F("from_day")), name="offer_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state=OfferState.ASSIGNED) | Q(need__isnull=False), name="assigned_to_a_need"
            ),
        ]


# What stands in a team's place where an office puts an order on record that no visit led to.
REGISTERED = "机关登记"


class Team(models.Model):
    """
    A team, led by a named member of the leadership (班子成员带队).

    `base` and `vehicle` say where it sets out from and in what, `starts` and `ends` between which local hours; without
    them it works the usual day. `joint` bodies send members, too (室组地联动). `imported`:
    nobody's team; it stands for those who found what an office's former ledger holds, and counts nowhere. Another such
    row, named REGISTERED, stands for what an office registers without a visit.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    name = models.CharField("组名", max_length=40)
    base = models.CharField("驻地", max_length=60, blank=True)
    vehicle = models.CharField("车辆", max_length=40, blank=True)
    base_latitude = models.FloatField("驻地纬度", null=True, blank=True)
    base_longitude = models.FloatField("驻地经度", null=True, blank=True)
    starts = models.TimeField("出工", null=True, blank=True)
    ends = models.TimeField("收工", null=True, blank=True)
    formed_at = models.DateTimeField("组成时间")
    formed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="组成人")
    disbanded_at = models.DateTimeField("解散时间", null=True, blank=True)
    imported = models.BooleanField("原台账", default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "office", "name"], name="team_name_once"),
            models.CheckConstraint(
                condition=Q(imported=False) | Q(disbanded_at__isnull=False), name="imported_team_goes_nowhere"
            ),
            models.CheckConstraint(condition=on_earth("base_latitude", "base_longitude"), name="base_on_earth"),
            models.CheckConstraint(condition=in_order("starts", "ends"), name="team_starts_before_it_ends"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def registered(self) -> bool:
        """Whether it stands for what its office registers itself, rather than for a former ledger."""
        return self.imported and self.name == REGISTERED

    @property
    def present(self) -> list["Member"]:
        """Who is in the team now, out of `members` as they were read."""
        return [member for member in self.members.all() if member.until is None]


class TeamBody(models.Model):
    """A body beside the office that sends members to a joint team, and sees what that team does."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="joint", verbose_name="检查组")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="联动单位")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "body"], name="joint_body_once")]


class Member(models.Model):
    """
    Who was in which team from when to when: re-forming ends a row and begins another, so the record stays.

    `body` sent the person: membership counts while they hold a post there that makes visits.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="检查组")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    duty = models.CharField("分工", max_length=10, choices=Duty.choices, default=Duty.MEMBER)
    since = models.DateTimeField("入组时间")
    until = models.DateTimeField("离组时间", null=True, blank=True)
    left_reason = models.CharField("离组原因", max_length=120, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            # Nobody is in two places.
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="one_open_membership"),
            models.UniqueConstraint(
                fields=["team"], condition=Q(until=None, duty=Duty.LEADER), name="one_leader_per_team"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(until=None, duty=Duty.LIAISON), name="one_liaison_per_team"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="membership_in_order"),
        ]


class Stretch(models.Model):
    """A township in a team's stretch."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="stretch", verbose_name="检查组")
    township = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="乡镇")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "township"], name="stretch_once")]
