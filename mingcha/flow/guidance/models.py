"""Notes between offices. A note never changes once sent; a correction is a note that names the old one."""

from django.db import models
from django.db.models import Q

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.guidance.states import Kind
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class Note(models.Model):
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="发出单位")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    title = models.CharField("标题", max_length=80)
    text = models.TextField("内容")
    reply_by = models.DateTimeField("答复时限", null=True, blank=True)
    about = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="针对的前一份"
    )
    sent_at = models.DateTimeField("发出时间")
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发出人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "year", "number"], name="note_number_once"),
        ]

    def __str__(self) -> str:
        return f"{Kind(self.kind).label}〔{self.year}〕{self.number}号"


class Recipient(models.Model):
    """A body a note went to, with its receipt (签收) and reply. `via` names what it is linked to, if that is why."""

    note = models.ForeignKey(Note, models.PROTECT, related_name="recipients", verbose_name="文件")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="主送单位")
    via = models.CharField("按联系关系", max_length=120, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签收人"
    )
    reply = models.TextField("答复", blank=True)
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)
    replied_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="答复人"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "body"], name="note_to_body_once"),
            models.CheckConstraint(
                condition=Q(replied_at=None, reply="") | (Q(replied_at__isnull=False) & ~Q(reply="")),
                name="reply_says_something",
            ),
        ]


class Reading(models.Model):
    """Somebody of a recipient has opened the note; who has no row has not."""

    note = models.ForeignKey(Note, models.PROTECT, related_name="readings", verbose_name="文件")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="阅读人")
    at = models.DateTimeField("阅读时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="note_read_once")]


class Question(models.Model):
    """A question under a note, and the issuer's answer; every recipient of the note reads both."""

    note = models.ForeignKey(Note, models.PROTECT, related_name="questions", verbose_name="文件")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="提问单位")
    text = models.TextField("问题")
    asked_at = models.DateTimeField("提问时间")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提问人")
    answer = models.TextField("回答", blank=True)
    answered_at = models.DateTimeField("回答时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="回答人"
    )
