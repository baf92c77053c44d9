"""Rounds of the lot. What was drawn, and with which chance, is in no readable row until a team departs."""

from django.db import models
from django.db.models import Q

from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws.states import (
    DirectedState,
    ListState,
    PublicKind,
    Routing,
    Sharing,
    State,
    Tilt,
)
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, Site


class Round(models.Model):
    """
    One lot of one office, witnessed by another body.

    `public_*` names, in advance, the public value that goes into the seed. `plan` columns are fixed with the frame;
    `frame_hash` binds register and chances; `chances_box` holds the chances, sealed: whoever knows them can guess well.
    `root` is the Merkle root over all tickets, published with the draw.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="抽签单位")
    number = models.PositiveSmallIntegerField("轮次")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.BEGUN)
    begun_at = models.DateTimeField("开轮时间")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="开轮人")

    public_kind = models.CharField("公开值种类", max_length=10, choices=PublicKind.choices, default=PublicKind.DICE)
    public_named = models.CharField("公开值", max_length=120, default="")
    public_at = models.DateTimeField("公开值产生时间", null=True, blank=True)

    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True)
    frozen_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="冻结人"
    )
    frame_hash = models.CharField("名录哈希", max_length=64, blank=True)
    chances_box = models.BinaryField("密封概率", null=True, blank=True)
    n = models.PositiveIntegerField("抽取数", null=True, blank=True)
    day = models.DateField("检查日期", null=True, blank=True)
    departs_at = models.DateTimeField("最早出发时间", null=True, blank=True)
    window = models.PositiveSmallIntegerField("出发错开分钟", default=0)
    tilt = models.CharField("加权方式", max_length=10, choices=Tilt.choices, default=Tilt.LOTTERY)
    tau = models.FloatField("均衡度", default=0.2)
    floor = models.FloatField("最低机会", default=0.1)
    cap = models.FloatField("最高机会", default=0.5)
    promised = models.BooleanField("每个乡镇必到", default=False)
    sharing = models.CharField("分派方式", max_length=10, choices=Sharing.choices, default=Sharing.ROUTE)
    scores = models.CharField("评分版本", max_length=64, blank=True)

    public_value = models.CharField("公开值读数", max_length=200, blank=True)
    announced_at = models.DateTimeField("录入时间", null=True, blank=True)
    announced_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="录入人"
    )
    drawn_at = models.DateTimeField("抽签时间", null=True, blank=True)
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="复核人")
    root = models.CharField("签根", max_length=64, blank=True)
    allocation = models.JSONField("各层抽取数", default=dict)
    unassigned = models.PositiveIntegerField("无组可派数", default=0)
    routing = models.CharField("路线", max_length=10, choices=Routing.choices, blank=True)
    # Drawn sites that no team's day could hold: how many, never which.
    dropped = models.PositiveIntegerField("排不下数", default=0)
    routed_at = models.DateTimeField("路线时间", null=True, blank=True)
    iterations = models.PositiveIntegerField("路线迭代数", null=True, blank=True)
    # Who was dropped and why, and how far the ways are: sealed, for either would tell places.
    routes_box = models.BinaryField("密封路线", null=True, blank=True)

    revealed_at = models.DateTimeField("公开时间", null=True, blank=True)
    bundle = models.JSONField("验证包", null=True, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="作废人"
    )
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    @property
    def held_by(self) -> frozenset[int]:
        """Who froze, read the public value or drew, by number: none of them opens a list."""
        return frozenset(filter(None, (self.frozen_by_id, self.announced_by_id, self.drawn_by_id)))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "office", "number"], name="round_number_once"),
            models.CheckConstraint(condition=~Q(state=State.VOID) | ~Q(void_reason=""), name="void_round_has_reason"),
            models.CheckConstraint(
                condition=Q(public_kind=PublicKind.DICE) | Q(public_at__isnull=False), name="public_value_has_its_hour"
            ),
        ]


class RoundParty(models.Model):
    """
    A body that puts a secret into the seed: the office that draws, and its witness.

    `commitment` is published; `box` holds the secret under a key kept outside the database, so that refusing to reveal
    it later makes no draw void.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="parties", verbose_name="轮次")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    commitment = models.CharField("承诺", max_length=64, blank=True)
    box = models.BinaryField("密封秘密", null=True, blank=True)
    deposited_at = models.DateTimeField("投入时间", null=True, blank=True)
    deposited_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="投入人"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "body"], name="round_party_once")]


class RoundTeam(models.Model):
    """A team that the lists of a round go to, fixed with the frame."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="teams", verbose_name="轮次")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="检查组")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="round_team_once")]


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


class RoundLeftOut(models.Model):
    """A site that could not be drawn: its visits of the year have reached the cap of an enterprise."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="left_out", verbose_name="轮次")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    visits = models.PositiveSmallIntegerField("本年已检查次数")
    cap = models.PositiveSmallIntegerField("年度上限")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "site"], name="left_out_once")]


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


class Replacement(models.Model):
    """A stop that could not be visited, and the next by rank of its stratum that took its place; None: none was left."""

    list = models.ForeignKey(SealedList, models.PROTECT, related_name="replacements", verbose_name="清单")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", verbose_name="轮次")
    out = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="换下")
    into = models.ForeignKey(Site, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="递补")
    # Those before it by rank whom this team must stay away from or cannot be sent to; each is passed over for good.
    passed = models.PositiveSmallIntegerField("跳过数", default=0)
    reason = models.CharField("原因", max_length=200)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="经办人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "out"], name="replaced_once"),
            models.UniqueConstraint(fields=["round", "into"], name="replacement_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="replacement_has_reason"),
        ]


class DirectedVisit(models.Model):
    """
    A visit that the lead wants made, travelling among drawn ones. Where and why lies in `box`.

    `office` directs, `carrier` will draw the round. Nothing below the directing office leads here.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="指定单位")
    carrier = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="承办单位")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    box = models.BinaryField("密封去向")
    state = models.CharField("状态", max_length=10, choices=DirectedState.choices, default=DirectedState.WAITING)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="轮次")
    made_at = models.DateTimeField("指定时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="指定人")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(state=DirectedState.CARRIED) & Q(round__isnull=False))
                | (~Q(state=DirectedState.CARRIED) & Q(round=None)),
                name="directed_travels_in_a_round",
            )
        ]
