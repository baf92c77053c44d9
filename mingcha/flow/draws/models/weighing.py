"""What weighs on the next draw: past visits as plain values, prior rates, counts of reports, and frozen scores."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.draws.states import Source
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, Division, Site, SiteType

# `MAY_TELL` of the kernel, which is not loaded for a table's sake.
LEAST_REPORTS = 5


class PastOutcome(models.Model):
    """
    A finished visit, handed back by value; `visit` is its number in a later room.

    `problem` None: nothing could be looked at. `counts`: somebody from the office stood at the door, which is what a
    business's yearly cap counts. Scores learn from what the lot drew alone.
    """

    visit = models.BigIntegerField("检查编号", unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    day = models.DateField("日期")
    problem = models.BooleanField("有问题", null=True)
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    team = models.BigIntegerField("检查组编号")
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    counts = models.BooleanField("计入年度次数")
    taken_at = models.DateTimeField("收录时间")

    class Meta:
        indexes = [models.Index(fields=["site", "day"], name="outcome_site_day")]


class PriorRate(models.Model):
    """How often a kind of site has problems, as an office holds it before there is history, and on what basis."""

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="机关")
    site_type = models.ForeignKey(SiteType, models.PROTECT, related_name="+", verbose_name="类型")
    rate = models.FloatField("先验问题率")
    basis = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="设定人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "site_type"], name="prior_once"),
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lt=1), name="prior_is_a_chance"),
            models.CheckConstraint(condition=~Q(basis=""), name="prior_has_basis"),
        ]


class ReportCount(models.Model):
    """
    How many reports of a category citizens made about a division in some days: never fewer than may be told.

    A smaller count would point at who reported.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="区划")
    category = models.CharField("类别", max_length=30)
    since = models.DateField("起")
    until = models.DateField("止")
    count = models.PositiveIntegerField("件数")
    taken_at = models.DateTimeField("导入时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division", "category", "until"], name="reports_counted_once"),
            models.CheckConstraint(condition=Q(count__gte=LEAST_REPORTS), name="reports_name_nobody"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="report_days_in_order"),
        ]


class ScoreVersion(models.Model):
    """
    Scores of an office's sites as of the eve of `day`, frozen under a hash of all that went in.

    `method` "model", or "priors" where history is too short for one.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="机关")
    version = models.CharField("版本", max_length=64)
    method = models.CharField("方法", max_length=10)
    visits = models.PositiveIntegerField("所据检查数")
    problems = models.PositiveIntegerField("所据有问题数")
    day = models.DateField("评分日")
    made_at = models.DateTimeField("评分时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="评分人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "version"], name="score_version_once")]


class SiteScore(models.Model):
    """The chance that the next visit to a site finds a problem; `reasons` as [{"code", "facts"}]."""

    version = models.ForeignKey(ScoreVersion, models.CASCADE, related_name="scores", verbose_name="版本")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    chance = models.FloatField("有问题的可能")
    reasons = models.JSONField("理由", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "site"], name="site_scored_once"),
            models.CheckConstraint(condition=Q(chance__gt=0, chance__lt=1), name="score_is_a_chance"),
        ]
