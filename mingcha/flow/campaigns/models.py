"""A campaign, the offices that supervise in it, and their teams."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from mingcha.flow.campaigns.states import State
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.models import Edition
from mingcha.ground.territory.models import Body, Division


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


class Team(models.Model):
    """A team, led by a named member of the leadership (班子成员带队)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    name = models.CharField("组名", max_length=40)
    formed_at = models.DateTimeField("组成时间")
    formed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="组成人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "office", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name="检查组")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    leads = models.BooleanField("组长", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], name="member_once"),
            models.UniqueConstraint(fields=["team"], condition=Q(leads=True), name="one_leader_per_team"),
        ]


class Stretch(models.Model):
    """A township in a team's stretch."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="stretch", verbose_name="检查组")
    township = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="乡镇")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "township"], name="stretch_once")]
