"""What other hands did: judged an answer, drew a sample of many, climbed a rung of the ladder."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.rectifications.models.orders import Rectification, Reply
from mingcha.flow.rectifications.models.papers import Paper
from mingcha.flow.rectifications.states import How, Rung
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class Step(models.Model):
    """
    A rung of the ladder that was climbed: what was due when, when it was taken, by whom (None: by itself), who was told.

    `for_due`: the deadline it belongs to. A reminder comes again with a new deadline; what follows a missed one does
    not, so the ladder never leads down.
    """

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="steps", verbose_name="整改")
    act = models.CharField("步骤", max_length=10, choices=Rung.choices)
    position = models.PositiveSmallIntegerField("次序")
    for_due = models.DateTimeField("对应时限")
    due_at = models.DateTimeField("应办时间")
    taken_at = models.DateTimeField("办理时间")
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="办理人")
    told = models.JSONField("告知", default=list)
    note = models.TextField("情况", blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="文书")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rectification", "position", "for_due"], name="step_taken_once"),
            models.CheckConstraint(condition=Q(taken_at__gte=F("due_at")), name="step_never_early"),
        ]


class Sampling(models.Model):
    """
    Many like answers verified by a sample: `seed` with the orders' numbers says which were chosen, and replays it.

    Settled once every chosen one is judged: all closed, then the rest are; one sent back, then each is looked at.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="核验单位")
    rule = models.CharField("同类条目", max_length=300)
    size = models.PositiveSmallIntegerField("抽核数")
    seed = models.CharField("种子", max_length=64)
    made_at = models.DateTimeField("抽核时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="抽核人")
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    passed = models.BooleanField("全部属实", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, passed=None) | Q(settled_at__isnull=False, passed__isnull=False),
                name="sampling_settled_with_result",
            )
        ]


class Sampled(models.Model):
    """An order within a sampling; `reply`: the answer that lay before the office then, and no later one."""

    sampling = models.ForeignKey(Sampling, models.CASCADE, related_name="orders", verbose_name="抽核")
    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="+", verbose_name="整改")
    reply = models.ForeignKey(Reply, models.PROTECT, related_name="+", verbose_name="答复")
    chosen = models.BooleanField("抽中")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sampling", "rectification"], name="sampled_once")]


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
    how = models.CharField(
        "核验方式", max_length=10, choices=How.choices, db_default=How.DOCUMENTS, default=How.DOCUMENTS
    )
    # The later visit that saw it put right (回头看), or the sample it was verified by.
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回头看检查")
    sampling = models.ForeignKey(
        Sampling, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="所属抽核"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="核验人")
    at = models.DateTimeField("核验时间")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(how=How.REVISIT, visit__isnull=False) | (~Q(how=How.REVISIT) & Q(visit=None)))
                & (Q(how=How.SAMPLE, sampling__isnull=False) | (~Q(how=How.SAMPLE) & Q(sampling=None))),
                name="review_names_what_was_looked_at",
            )
        ]
