"""An obligation that moves every day, apart from the finding, which is a fact and does not."""

from django.db import models
from django.db.models import Q

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.states import State, Way
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.territory.models import Body


class Rectification(models.Model):
    finding = models.OneToOneField(Finding, models.PROTECT, related_name="+", verbose_name="问题")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="整改单位")
    way = models.CharField("整改方式", max_length=12, choices=Way.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    requirement = models.TextField("整改要求", blank=True)
    due_at = models.DateTimeField("整改时限", null=True, blank=True)
    attested_at = models.DateTimeField("现场确认时间", null=True, blank=True)
    attested_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="现场确认人"
    )
    ordered_at = models.DateTimeField("交办时间", null=True, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收人"
    )
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="销号人"
    )

    class Meta:
        indexes = [
            models.Index(fields=["body", "state"], name="rectification_of_body"),
            models.Index(fields=["state", "due_at"], name="rectification_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(way=Way.BY_DEADLINE) | Q(due_at__isnull=False), name="deadline_is_set"),
            models.CheckConstraint(
                condition=Q(state=State.VOID)
                | Q(way=Way.ON_SPOT, state__in=[State.ATTESTED, State.UPHELD])
                | Q(
                    way=Way.BY_DEADLINE,
                    state__in=[State.AGREED, State.ORDERED, State.ANSWERED, State.RETURNED, State.CLOSED],
                ),
                name="way_fits_state",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.CLOSED) & Q(closed_at__isnull=False, closed_by__isnull=False))
                | (~Q(state=State.CLOSED) & Q(closed_at=None, closed_by=None)),
                name="closed_by_someone",
            ),
        ]


class Reply(models.Model):
    """What the unit says it has done."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="replies", verbose_name="整改")
    measures = models.TextField("整改措施与结果")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("答复时间")


class Proof(models.Model):
    reply = models.ForeignKey(Reply, models.PROTECT, related_name="proofs", verbose_name="答复")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证")


class Verdict(models.TextChoices):
    UPHELD = "upheld", "抽核属实"
    OVERTURNED = "overturned", "抽核不实"
    RETURNED = "returned", "退回"
    CLOSED = "closed", "销号"


class Review(models.Model):
    """Another hand's judgement: of an attestation sampled, or of a reply."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="reviews", verbose_name="整改")
    reply = models.ForeignKey(Reply, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="答复")
    verdict = models.CharField("结论", max_length=12, choices=Verdict.choices)
    reason = models.TextField("意见", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="核验人")
    at = models.DateTimeField("核验时间")
