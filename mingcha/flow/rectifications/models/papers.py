"""Numbered official papers, who signed for them, and the three hands of a hand-over."""

from django.db import models
from django.db.models import Q

from mingcha.flow.rectifications.models.orders import Rectification, UnitLink
from mingcha.flow.rectifications.states import PaperKind, PaperState, Party
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.territory.models import Body


class Paper(models.Model):
    """
    A numbered official paper about one order or several. It never changes; a wrong one is withdrawn and issued anew.

    `content` holds the values it was drawn from, so that the same bytes (`sha256`) can be drawn again.
    """

    kind = models.CharField("文种", max_length=12, choices=PaperKind.choices)
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="发文机关")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    to = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="主送单位")
    content = models.JSONField("内容")
    sha256 = models.CharField("哈希", max_length=64)
    reply_by = models.DateTimeField("回复时限", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=PaperState.choices, default=PaperState.ISSUED)
    issued_at = models.DateTimeField("印发时间")
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="印发人")
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收人"
    )
    received_through = models.ForeignKey(
        UnitLink, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收所凭链接"
    )
    reply = models.TextField("回复", blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    replied_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回复人"
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="撤销人"
    )
    withdrawn_reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "year", "number"], name="paper_number_once"),
            models.CheckConstraint(
                condition=~Q(state=PaperState.WITHDRAWN) | ~Q(withdrawn_reason=""), name="paper_withdrawn_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.REPLIED) | ~Q(reply=""), name="paper_reply_says_something"
            ),
        ]


class PaperOrder(models.Model):
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="orders", verbose_name="文书")
    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="papers", verbose_name="整改")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "rectification"], name="order_on_paper_once")]


class PaperCopy(models.Model):
    """The other half of 双向交办: the office that follows the unit gets the paper, too, and signs for it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="copies", verbose_name="文书")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="抄送单位")
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收人"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "body"], name="paper_copied_once")]


class PaperSignature(models.Model):
    """One of the three hands on a paper; `evidence` is the photo or scan of it, where there is one."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="signatures", verbose_name="文书")
    party = models.CharField("签字一方", max_length=8, choices=Party.choices)
    signed_as = models.CharField("姓名职务", max_length=60)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签字照片"
    )
    at = models.DateTimeField("签字时间")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "party"], name="party_signs_once")]
