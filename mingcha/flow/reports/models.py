"""What was told, kept as it was told; and what is published, with the officials it speaks of."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.referrals.models import Case
from mingcha.flow.reports.states import Kind, Naming, State
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


class Publication(models.Model):
    """
    What an office tells the public. `title` and `blocks` have places instead of officials' names (kernel.masking).

    `blocks`: [{"kind": "text" | "heading" | "item", "text"}]. `revision` counts what was written and sent back, so that
    nobody approves another text than they have read. `expires_on`: the last day on which anybody is named.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="发布单位")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    slug = models.CharField("网址", max_length=16)
    title = models.CharField("标题", max_length=160)
    blocks = models.JSONField("正文", default=list)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("稿次", default=1)
    expires_on = models.DateField("公示到", null=True, blank=True)
    written_at = models.DateTimeField("起草时间")
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="起草人")
    proposed_at = models.DateTimeField("送审时间", null=True, blank=True)
    proposed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="送审人"
    )
    sent_back = models.TextField("退回意见", blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人"
    )
    taken_down_at = models.DateTimeField("撤下时间", null=True, blank=True)
    taken_down_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="撤下人"
    )
    taken_down_reason = models.TextField("撤下原因", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="publication_slug_once"),
            models.UniqueConstraint(fields=["office", "kind", "year", "number"], name="publication_number_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("proposed_by")) & ~Q(approved_by=F("written_by"))),
                name="published_by_another_hand",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.DRAFT, State.PROPOSED), approved_by=None, published_at=None)
                | Q(
                    state__in=(State.PUBLISHED, State.TAKEN_DOWN), approved_by__isnull=False, proposed_by__isnull=False,
                    published_at__isnull=False, expires_on__isnull=False, number__isnull=False,
                ),
                name="published_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(state=State.TAKEN_DOWN, taken_down_at__isnull=False, taken_down_by__isnull=False)
                & ~Q(taken_down_reason="")
                | ~Q(state=State.TAKEN_DOWN) & Q(taken_down_at=None, taken_down_by=None),
                name="taken_down_says_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        kind = Kind(self.kind).label
        return f"{kind}〔{self.year}〕{self.number}号" if self.number else f"{kind}（未编号）"


class ToldCase(models.Model):
    """A case that a circular was drafted from: should its outcome change, whoever published it must know."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="cases", verbose_name="发布")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name="案件")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "case"], name="case_told_once_in_one")]


class Named(models.Model):
    """An official a publication speaks of, by the number of the place in its text. Masked unless a naming was granted."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="named", verbose_name="发布")
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("单位和职务", max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "position"], name="named_place_once"),
            models.UniqueConstraint(fields=["publication", "name"], name="named_once"),
        ]


class NamingRequest(models.Model):
    """Somebody asks that an official be named in a publication; another hand rules."""

    named = models.ForeignKey(Named, models.PROTECT, related_name="requests", verbose_name="对象")
    reason = models.TextField("理由")
    state = models.CharField("状态", max_length=10, choices=Naming.choices, default=Naming.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    ruling = models.TextField("意见", blank=True)
    ruled_at = models.DateTimeField("批准时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="批准人")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["named"], condition=Q(state__in=(Naming.ASKED, Naming.GRANTED)), name="naming_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(ruled_by=None) | ~Q(ruled_by=F("asked_by")), name="naming_ruled_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state=Naming.ASKED, ruled_by=None, ruled_at=None)
                | ~Q(state=Naming.ASKED) & Q(ruled_by__isnull=False, ruled_at__isnull=False),
                name="naming_ruled_by_someone",
            ),
        ]
