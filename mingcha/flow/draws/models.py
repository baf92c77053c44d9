"""Rounds of the lot. What was drawn is in no readable row until a team departs."""

from django.db import models

from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws.states import ListState, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, Site


class Round(models.Model):
    """
    One lot of one office.

    `commitment` is published when the round is begun, before the frame exists; `seed_box` is the seed under a key
    kept outside the database; `frame_hash` binds the frozen register.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="抽签单位")
    number = models.PositiveSmallIntegerField("轮次")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.COMMITTED)
    commitment = models.CharField("种子承诺", max_length=64)
    seed_box = models.BinaryField("密封种子")
    frame_hash = models.CharField("名录哈希", max_length=64, blank=True)
    n = models.PositiveIntegerField("抽取数", null=True, blank=True)
    allocation = models.JSONField("各层抽取数", default=dict)
    unassigned = models.PositiveIntegerField("无组可派数", default=0)
    begun_at = models.DateTimeField("开轮时间")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="开轮人")
    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True)
    drawn_at = models.DateTimeField("抽签时间", null=True, blank=True)
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="抽签人")
    revealed_at = models.DateTimeField("公开时间", null=True, blank=True)
    bundle = models.JSONField("验证包", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "office", "number"], name="round_number_once")]


class FrameSite(models.Model):
    """A site as the frozen register had it; later edits of the site change nothing here."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="frame", verbose_name="轮次")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    stratum = models.CharField("层", max_length=80)
    # Where it lay: which team may be sent there is settled by the frame, wherever the register puts the site later.
    township = models.CharField("乡镇代码", max_length=9, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "site"], name="frame_site_once")]

    @property
    def lies_in(self) -> str:
        """The township's code; of a frame older than the column, where the site lies now."""
        return self.township or self.site.division.township_code


class SealedList(models.Model):
    """A team's list for a day, in a sealed box until departure; opening it is an act on record."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="lists", verbose_name="轮次")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="检查组")
    day = models.DateField("日期")
    departs_at = models.DateTimeField("出发时间")
    count = models.PositiveSmallIntegerField("点位数")
    box = models.BinaryField("密封清单")
    # What the team could have been given: townships it was sent to, less the frame's sites its members had to stay
    # away from. Both follow from frame and teams alone, so they tell nothing of what was drawn.
    reach = models.JSONField("可派乡镇", default=list)
    barred = models.JSONField("回避点位", default=list)
    state = models.CharField("状态", max_length=10, choices=ListState.choices, default=ListState.SEALED)
    opened_at = models.DateTimeField("启封时间", null=True, blank=True)
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="启封人"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="list_once_per_team")]
