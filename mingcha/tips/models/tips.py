"""
A tip as it lies in the database.

Identifiers are random (UUID 4) and days are days: neither tells the hour somebody wrote. What the public's own database
role writes asks for nothing back, so no row here has a running number but the one an office gives on acceptance.
"""

import uuid

from django.db import models
from django.db.models import Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.tips.models.keys import OfficeKey
from mingcha.tips.states import Author, Category, Channel, Due, Kind, Outcome, RecordKind, State, Way


class Tip(models.Model):
    """
    What is readable without any key: enough for clocks and statistics, and nothing of what was said, by whom, of whom.

    `lookup` finds it by the receipt and cannot be turned back. `named`: verified by the office, never ticked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.WEB)
    category = models.CharField("问题类型", max_length=15, choices=Category.choices)
    county = models.CharField("县区代码", max_length=6)
    received_on = models.DateField("收到日期")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="承办机关")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    # The office's own number, given when it accepts.
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    named = models.BooleanField("实名", default=False)
    repeat = models.BooleanField("重复反映", default=False)
    way = models.CharField("处置方式", max_length=15, choices=Way.choices, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Outcome.choices, blank=True)
    due = models.CharField("时限事项", max_length=10, choices=Due.choices, blank=True, default=Due.FORWARD)
    due_at = models.DateTimeField("时限", null=True, blank=True)
    # A named citizen is told of acceptance besides whatever else the tip waits for.
    notice_due_at = models.DateTimeField("受理告知时限", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    concluded_on = models.DateField("办结日期", null=True, blank=True)
    closed_on = models.DateField("反馈日期", null=True, blank=True)
    erase_on = models.DateField("销毁日期", null=True, blank=True)
    announced = models.BooleanField("已提醒受理人员", default=False)
    lookup = models.BinaryField("回执查询值", unique=True)
    public = models.BinaryField("公钥")
    identity_public = models.BinaryField("身份公钥")
    # Over what is sealed to: with a key outside the database, so that who writes rows cannot put in a half of their own.
    mark = models.BinaryField("完整性标记")

    class Meta:
        indexes = [
            models.Index(fields=["office", "state", "due_at"], name="tips_of_office"),
            models.Index(fields=["received_on"], name="tips_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="tips_number_once"),
            models.CheckConstraint(
                condition=Q(year=None, number=None) | Q(year__isnull=False, number__isnull=False), name="tips_number_whole"
            ),
            models.CheckConstraint(
                condition=Q(due="", due_at=None) | (~Q(due="") & Q(due_at__isnull=False)), name="tips_due_whole"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"举报〔{self.year}〕{self.number}号" if self.number else "未编号"


class Wrap(models.Model):
    """
    A key to a tip, in somebody's hands: the tip's private half (or its identity's) wrapped to one public half.

    Exactly one of `office_key`, `person`, or neither: then it is the citizen's, whom the receipt alone can be.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="wraps", verbose_name="举报")
    identity = models.BooleanField("身份密钥", default=False)
    office_key = models.ForeignKey(
        OfficeKey, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="机关密钥"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="承办人")
    box = models.BinaryField("密钥封")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(office_key=None) | Q(person=None), name="tips_wrap_one_holder"),
            models.UniqueConstraint(
                fields=["tip", "identity", "office_key", "person"], nulls_distinct=False, name="tips_wrap_once"
            ),
        ]


class Record(models.Model):
    """
    Something sealed to a tip's key (`identity`: to its identity key), bound to suite, tip, record and kind.

    `mark` is made with a key kept outside the database: who can only write here cannot add a record of their own.
    `unread`: the other side has not opened it yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="records", verbose_name="举报")
    kind = models.CharField("种类", max_length=12, choices=RecordKind.choices)
    author = models.CharField("来自", max_length=8, choices=Author.choices)
    identity = models.BooleanField("身份密钥", default=False)
    day = models.DateField("日期")
    unread = models.BooleanField("未读", default=True)
    box = models.BinaryField("内容封")
    mark = models.BinaryField("完整性标记")

    class Meta:
        indexes = [models.Index(fields=["tip", "kind"], name="tips_records")]


class SealedFile(models.Model):
    """A file beside the database, named by the hash of its ciphertext: a clear hash would confirm a known document."""

    digest = models.CharField("密文哈希", max_length=64, primary_key=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="files", verbose_name="记录")
    size = models.PositiveBigIntegerField("密文字节")


class SpentEffort(models.Model):
    """A proof of work that was handed in, so that it serves once. Nothing leads from here to a tip."""

    digest = models.BinaryField("摘要", primary_key=True)
    day = models.DateField("日期")
