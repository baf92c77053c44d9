"""An inspection (次) is one team's outing on one day; a visit is one site of it."""

from django.db import models
from django.db.models import Q

from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork.states import (
    EmbeddedKind,
    FileKind,
    Mode,
    Outcome,
    State,
    SubmissionState,
    VisitState,
)
from mingcha.ground.accounts.models import Device, Person
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.models import Checklist, Question
from mingcha.ground.territory.models import Body, Division, Site


class Inspection(models.Model):
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="派出单位")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="检查组")
    # None where nothing was drawn: embedded supervision, or a team that met something on a day without a list.
    list = models.OneToOneField(
        SealedList, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="清单"
    )
    # Begun by a phone: what a team met on a day for which it has opened no list.
    extra = models.BooleanField("计划外", default=False)
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OUT)
    departed_at = models.DateTimeField("出发时间")
    departed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="启封人")
    returned_at = models.DateTimeField("收队时间", null=True, blank=True)
    unvisited_reason = models.CharField("未到访原因", max_length=200, blank=True)
    # The two whom the lot drew to sign; None in a team of one.
    signer = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签字人")
    cosigner = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="共同签字人"
    )
    # How often its stops were changed on the way: what was read of them before is then out of date.
    changes = models.PositiveSmallIntegerField("改动次数", default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "day"], condition=Q(extra=True), name="extra_outing_once_a_day"),
            models.CheckConstraint(condition=Q(extra=False) | Q(list=None), name="extra_outing_has_no_list"),
        ]

    @property
    def signers(self) -> tuple[Person, ...]:
        """The two who sign, or nobody."""
        return tuple(person for person in (self.signer, self.cosigner) if person is not None)

    @property
    def embedded(self) -> bool:
        """Supervision from within a department: no lot, and nothing that a team met on its own."""
        return self.list_id is None and not self.extra


class InspectionTownship(models.Model):
    """A township in the outing's stretch."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="townships", verbose_name="检查")
    township = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="乡镇")


class Stop(models.Model):
    """
    A drawn site the team owes a visit; when it is planned for, where routes were.

    One that cannot be visited is struck out with its reason; what took its place by rank names it in `replaces`.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="stops", verbose_name="检查")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    position = models.PositiveSmallIntegerField("次序")
    arrives_at = models.DateTimeField("计划到达", null=True, blank=True)
    leaves_at = models.DateTimeField("计划离开", null=True, blank=True)
    out_at = models.DateTimeField("划去时间", null=True, blank=True)
    out_reason = models.CharField("去不了的原因", max_length=200, blank=True, db_default="")
    replaces = models.OneToOneField(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="递补"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "site"], name="stop_once"),
            models.CheckConstraint(
                condition=Q(out_at=None, out_reason="") | (Q(out_at__isnull=False) & ~Q(out_reason="")),
                name="struck_stop_has_reason",
            ),
        ]

    @property
    def is_struck(self) -> bool:
        """Whether the team owes it no visit any more."""
        return self.out_at is not None


class HandOver(models.Model):
    """A stop that a dispatcher gave to another team on the way. `despite` names what was confirmed, such as "day"."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="+", verbose_name="点位")
    giver = models.ForeignKey(Inspection, models.PROTECT, related_name="+", verbose_name="移出")
    taker = models.ForeignKey(Inspection, models.PROTECT, related_name="+", verbose_name="移入")
    reason = models.CharField("原因", max_length=200)
    despite = models.JSONField("明知仍移交", default=list)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="经办人")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hand_over_has_reason")]


class Submission(models.Model):
    """
    What a phone sent, word for word, under its instance ID: kept whatever is wrong with it.

    `breaches` say where it departs from its form ([{"code", "path", "value"}]); `held` why it could not become a visit
    by itself: an office then rules on it. `expected` names the files it speaks of: {name: [kind, number of finding]}.
    `started_at` and `ended_at` are the phone's own clock.
    """

    instance_id = models.CharField("实例编号", max_length=100, unique=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="+", verbose_name="设备")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提交人")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+", verbose_name="检查")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", verbose_name="检查表")
    site_named = models.CharField("所报点位", max_length=120, blank=True)
    sha256 = models.CharField("哈希", max_length=64)
    xml = models.TextField("原文")
    answers = models.JSONField("填报内容", default=dict)
    breaches = models.JSONField("不符之处", default=list)
    held = models.JSONField("待处理原因", default=list)
    expected = models.JSONField("附件", default=dict)
    state = models.CharField("状态", max_length=10, choices=SubmissionState.choices)
    started_at = models.DateTimeField("填报开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("填报结束时间", null=True, blank=True)
    received_at = models.DateTimeField("接收时间")
    ruled_at = models.DateTimeField("处理时间", null=True, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="处理人")
    ruling = models.CharField("处理意见", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.SET_ASIDE) | (Q(ruled_at__isnull=False) & ~Q(ruling="")),
                name="set_aside_with_reason",
            )
        ]


class Attachment(models.Model):
    """A file that came with a submission, in the same post or a later one."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="attachments", verbose_name="填报")
    name = models.CharField("附件名", max_length=100)
    kind = models.CharField("种类", max_length=10, choices=FileKind.choices)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="attachment_once")]


class Visit(models.Model):
    """
    One site of an outing. `drawn`: the lot sent the team there. `extra`: nobody did, the team went in on its own; it
    counts as work done and stays out of every estimate. `score` is 0–100 where the checklist grades. `checklist` None: taken
    over from an office's former ledger, which tells of problems and not of what was asked.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="visits", verbose_name="检查")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name="点位")
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="检查表"
    )
    mode = models.CharField("方式", max_length=10, choices=Mode.choices)
    state = models.CharField("状态", max_length=10, choices=VisitState.choices, default=VisitState.BEGUN)
    outcome = models.CharField("结果", max_length=20, choices=Outcome.choices, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    drawn = models.BooleanField("抽签点位", default=True)
    extra = models.BooleanField("计划外", default=False)
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="填报"
    )
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    accuracy = models.FloatField("定位误差米", null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["inspection", "site"], condition=Q(extra=False), name="visit_once_per_outing"
            ),
            models.CheckConstraint(condition=~Q(drawn=True, extra=True), name="visit_drawn_or_extra"),
            models.CheckConstraint(
                condition=Q(checklist__isnull=False) | Q(extra=True, state=VisitState.CLOSED),
                name="visit_without_checklist_is_over",
            ),
            models.CheckConstraint(condition=Q(score=None) | Q(score__lte=100), name="visit_score_of_hundred"),
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
