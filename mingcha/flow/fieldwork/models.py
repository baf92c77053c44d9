"""An inspection (次) is one team's outing on one day; a visit is one site of it."""

from django.db import models
from django.db.models import Q

from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork.states import EmbeddedKind, Mode, Outcome, State, VisitState
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.models import Checklist, Question
from mingcha.ground.territory.models import Body, Division, Site


class Inspection(models.Model):
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="检查组")
    # None where nothing was drawn: embedded supervision goes where its group sits.
    list = models.OneToOneField(
        SealedList, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="清单"
    )
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OUT)
    departed_at = models.DateTimeField("出发时间")
    departed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="启封人")
    returned_at = models.DateTimeField("收队时间", null=True, blank=True)
    unvisited_reason = models.CharField("未到访原因", max_length=200, blank=True)


class InspectionTownship(models.Model):
    """A township in the outing's stretch."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="townships", verbose_name="检查")
    township = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="乡镇")


class Stop(models.Model):
    """A drawn site the team owes a visit."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="stops", verbose_name="检查")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["inspection", "site"], name="stop_once")]


class Visit(models.Model):
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="visits", verbose_name="检查")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", verbose_name="检查表")
    mode = models.CharField("方式", max_length=10, choices=Mode.choices)
    state = models.CharField("状态", max_length=10, choices=VisitState.choices, default=VisitState.BEGUN)
    outcome = models.CharField("结果", max_length=20, choices=Outcome.choices, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    drawn = models.BooleanField("抽签点位", default=True)
    feedback = models.TextField("现场反馈", blank=True)
    feedback_to = models.CharField("反馈对象职务", max_length=60, blank=True)
    begun_at = models.DateTimeField("开始时间")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="检查人")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="结束人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "site"], name="visit_once_per_outing"),
            models.CheckConstraint(
                condition=Q(state=VisitState.BEGUN, outcome="", closed_at=None)
                | (Q(state=VisitState.CLOSED, closed_at__isnull=False) & ~Q(outcome="")),
                name="visit_closed_with_outcome",
            ),
        ]


class Verdict(models.TextChoices):
    PASS = "pass", "合格"
    FAIL = "fail", "不合格"
    NOT_APPLICABLE = "na", "不适用"


class Answer(models.Model):
    """An answer to a question of the checklist: a verdict, a pair of counts, or what was said."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers", verbose_name="检查")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", verbose_name="题目")
    verdict = models.CharField("判断", max_length=4, choices=Verdict.choices, blank=True)
    reported = models.PositiveIntegerField("上报数", null=True, blank=True)
    verified = models.PositiveIntegerField("核实数", null=True, blank=True)
    said = models.TextField("回答", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "question"], name="answer_once")]


class Photo(models.Model):
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="photos", verbose_name="检查")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="文件")
    caption = models.CharField("说明", max_length=120, blank=True)


class EmbeddedRecord(models.Model):
    """
    What a resident group did inside its host department (嵌入式监督): sat in, checked a roster, reminded, watched over
    the department's own supervision of its line. Counts only; `visit` where the host's duty was checked.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    group = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派驻组")
    host = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="驻在部门")
    kind = models.CharField("方式", max_length=12, choices=EmbeddedKind.choices)
    day = models.DateField("日期")
    subject = models.CharField("事项", max_length=120)
    text = models.TextField("情况")
    checked = models.PositiveIntegerField("检查数", null=True, blank=True)
    amiss = models.PositiveIntegerField("发现异常数", null=True, blank=True)
    reminded = models.CharField("提醒对象职务", max_length=60, blank=True)
    visit = models.OneToOneField(Visit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="检查")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amiss=None) | Q(checked__isnull=False, amiss__lte=models.F("checked")),
                name="amiss_among_checked",
            )
        ]
