"""The public call (问题线索公告): what an office asks people to report, by which ways, and what it promises."""

from django.db import models
from django.db.models import F, Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.tips.states import CallState


class Call(models.Model):
    """Drafted by one, published by another; an office has one at a time."""

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="发布机关")
    title = models.CharField("标题", max_length=80)
    scope = models.TextField("受理范围")
    ways = models.TextField("反映渠道")
    promises = models.TextField("承诺")
    until = models.DateField("截止日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CallState.choices, default=CallState.DRAFT)
    drafted_at = models.DateTimeField("起草时间")
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="起草人")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="发布人"
    )
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], condition=Q(state=CallState.PUBLISHED), name="tips_one_call"),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")), name="tips_call_another_hand"
            ),
        ]
