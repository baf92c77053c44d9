"""What was found. A confirmed row is frozen; a recurrence is a new row that names the old."""

from django.db import models
from django.db.models import Q

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.findings.states import Responsibility, Severity, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory.models import Body, Site


class Finding(models.Model):
    """`office`, `campaign`, `site` and `division` repeat the visit's, so that the ledger filters without joins."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", verbose_name="检查")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="检查单位")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    division = models.CharField("发生地代码", max_length=12, db_index=True)
    # None until an office names the rule: a form may ask for a clause in words, or for none.
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="所属条目")
    clause = models.CharField("所填条款", max_length=200, blank=True)
    responsibility = models.CharField("责任", max_length=15, choices=Responsibility.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="责任单位")
    severity = models.CharField("等级", max_length=10, choices=Severity.choices)
    description = models.TextField("问题描述")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NOTED)
    noted_at = models.DateTimeField("登记时间")
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发现人")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="确认人"
    )
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="前次问题"
    )

    class Meta:
        indexes = [models.Index(fields=["campaign", "office", "state"], name="finding_ledger")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.CONFIRMED, confirmed_at__isnull=False, confirmed_by__isnull=False)
                | (~Q(state=State.CONFIRMED) & Q(confirmed_at=None, confirmed_by=None)),
                name="finding_confirmed_by_someone",
            )
        ]

    @property
    def rule(self) -> str:
        """The rule as a reader may cite it: catalogue and item, else the clause as typed on the phone, else ""."""
        return f"{self.item.edition.rulebook.name} {self.item.label}" if self.item else self.clause

    @property
    def number(self) -> str:
        """The ledger number: county code and a running number that is never used again."""
        return f"{self.division[:6]}-{self.pk:06d}"


class FindingPhoto(models.Model):
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="photos", verbose_name="问题")
    photo = models.ForeignKey(Photo, models.PROTECT, related_name="+", verbose_name="照片")
