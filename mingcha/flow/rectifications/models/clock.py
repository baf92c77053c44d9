"""What moves a deadline: what a unit asks and an office rules on, and the times that do not count."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.rectifications.models.orders import Rectification, Said
from mingcha.flow.rectifications.states import RequestKind, RequestState
from mingcha.ground.accounts.models import Person


class Request(Said):
    """What the unit asks for, and an office's ruling. `until`: the day asked for; `until_given`: the day granted."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="requests", verbose_name="整改")
    kind = models.CharField("种类", max_length=10, choices=RequestKind.choices)
    reason = models.TextField("理由")
    until = models.DateTimeField("申请延至", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=RequestState.choices, default=RequestState.PENDING)
    ruling = models.TextField("裁定意见", blank=True)
    until_given = models.DateTimeField("准延至", null=True, blank=True)
    ruled_at = models.DateTimeField("裁定时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="裁定人")

    class Meta(Said.Meta):
        constraints = [
            *Said.Meta.constraints,
            models.UniqueConstraint(
                fields=["rectification", "kind"], condition=Q(state=RequestState.PENDING), name="one_request_pending"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RequestState.PENDING, RequestState.LAPSED], ruled_by=None)
                | Q(
                    state__in=[RequestState.GRANTED, RequestState.REFUSED],
                    ruled_by__isnull=False,
                    ruled_at__isnull=False,
                ),
                name="request_ruled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(by=None) | Q(ruled_by=None) | ~Q(by=F("ruled_by")), name="ruled_by_another_hand"
            ),
            models.CheckConstraint(
                condition=Q(kind=RequestKind.EXTENSION, until__isnull=False)
                | Q(~Q(kind=RequestKind.EXTENSION), until=None, until_given=None),
                name="extension_names_a_time",
            ),
        ]


class Pause(models.Model):
    """A time that does not count, and why; `until` None: it lasts."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="pauses", verbose_name="整改")
    reason = models.CharField("原因", max_length=200)
    since = models.DateTimeField("暂停自")
    since_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="暂停人")
    until = models.DateTimeField("恢复于", null=True, blank=True)
    until_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="恢复人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rectification"], condition=Q(until=None), name="one_pause_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pause_in_order"),
        ]
