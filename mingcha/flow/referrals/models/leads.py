"""A lead (问题线索), what was proposed and settled about it, and the grave finding that a report was false."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.referrals.states import DisposalState, FalseReportState, LeadKind, LeadState, Source, Way
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class Lead(models.Model):
    """
    Something that may have to be answered for. No column says who reported it, and none leads to who did.

    `office` keeps it; `body` is who it is about, where that is known. `registered_by` None: the ladder, by itself.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="承办单位")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    kind = models.CharField("类别", max_length=12, choices=LeadKind.choices)
    state = models.CharField("状态", max_length=12, choices=LeadState.choices, default=LeadState.OPEN)
    text = models.TextField("反映的问题")
    division = models.CharField("发生地代码", max_length=12, db_index=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="涉及单位")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="问题")
    order = models.ForeignKey(
        Rectification, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="整改"
    )
    rung = models.PositiveSmallIntegerField("督办级次", null=True, blank=True)
    # Why it is handled faster, more strictly and more severely (从速从严从重); "" where it is not.
    fast_reason = models.CharField("从速从严从重理由", max_length=300, blank=True)
    due_at = models.DateTimeField("处置时限")
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登记人"
    )
    # What is disposed of never reopens: something new is a new lead that names the old one.
    earlier = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="前次线索"
    )

    class Meta:
        indexes = [models.Index(fields=["office", "state"], name="lead_of_office")]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="lead_number_once"),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(source__in=[Source.FINDING, Source.RECURRENCE]),
                name="one_lead_per_finding",
            ),
            models.UniqueConstraint(
                fields=["order", "rung"], condition=Q(source=Source.LADDER), name="one_lead_per_rung"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[Source.FINDING, Source.RECURRENCE], finding__isnull=False, order=None, rung=None)
                | Q(source=Source.LADDER, finding__isnull=False, order__isnull=False, rung__isnull=False)
                | Q(source=Source.SENTENCE, finding=None, order=None, rung=None),
                name="lead_fits_its_source",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="lead_says_something"),
            models.CheckConstraint(
                condition=Q(registered_by__isnull=False) | Q(source=Source.LADDER), name="lead_registered_by_someone"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"线索〔{self.year}〕{self.number}号"

    @property
    def fast(self) -> bool:
        """Whether its clocks are short: for a reason given, or because somebody is paid back for speaking up."""
        return bool(self.fast_reason) or self.kind == LeadKind.RETALIATION


class Disposal(models.Model):
    """How a lead is to be disposed of: proposed by one, settled by another. `review_on`: the day it is looked at again."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="disposals", verbose_name="线索")
    way = models.CharField("处置方式", max_length=12, choices=Way.choices)
    opinion = models.TextField("处置意见")
    study = models.TextField("集体研究情况")
    review_on = models.DateField("复查（报告）日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=DisposalState.choices, default=DisposalState.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    ruling = models.TextField("审批意见", blank=True)
    ruled_at = models.DateTimeField("审批时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(state=DisposalState.PROPOSED), name="one_disposal_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=DisposalState.PROPOSED, ruled_by=None, ruled_at=None)
                | (~Q(state=DisposalState.PROPOSED) & Q(ruled_by__isnull=False, ruled_at__isnull=False)),
                name="disposal_ruled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ruled_by=None) | ~Q(ruled_by=F("proposed_by")), name="disposal_by_two_hands"
            ),
            models.CheckConstraint(
                condition=Q(way=Way.CLOSED) | Q(review_on__isnull=False), name="disposal_looked_at_again"
            ),
            models.CheckConstraint(condition=~Q(opinion="") & ~Q(study=""), name="disposal_says_why"),
        ]


class FalseReport(models.Model):
    """
    The finding that a lead came of a false accusation (诬告陷害): three people, none of them twice.

    It is about what was reported, never about who did: nothing here asks for it, and the tip line is not reachable.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="false_reports", verbose_name="线索")
    facts = models.TextField("查明的事实")
    state = models.CharField("状态", max_length=10, choices=FalseReportState.choices, default=FalseReportState.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    first_at = models.DateTimeField("第一次审批时间", null=True, blank=True)
    first_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="第一审批人"
    )
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="第二审批人"
    )
    ruling = models.TextField("审批意见", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=~Q(state=FalseReportState.REJECTED), name="one_false_report_per_lead"
            ),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("proposed_by")))
                & (Q(ended_by=None) | ~Q(ended_by=F("proposed_by"))),
                name="false_report_by_other_hands",
            ),
            models.CheckConstraint(
                condition=~Q(state=FalseReportState.FOUND)
                | (Q(first_by__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("first_by"))),
                name="false_report_found_by_two",
            ),
        ]
