"""What was told, kept as it was told."""

from django.db import models

from mingcha.flow.campaigns.models import Campaign
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class IssuedBrief(models.Model):
    """A brief as drawn: its figures are stored, so that the same document can be made again."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="编发单位")
    number = models.PositiveSmallIntegerField("期号")
    as_of = models.DateTimeField("数据截至")
    figures = models.JSONField("数据")
    sha256 = models.CharField("文件哈希", max_length=64)
    drawn_at = models.DateTimeField("编发时间")
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="编发人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "issuer", "number"], name="brief_number_once")]
