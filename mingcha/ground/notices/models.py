"""The outbox. A message is a row first; how it is delivered is a detail."""

from django.db import models

from mingcha.ground.accounts.models import Person


class Notice(models.Model):
    to = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="收件人")
    subject = models.CharField("主题", max_length=120)
    text = models.TextField("内容", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    channel = models.CharField("渠道", max_length=20, default="screen")
    created_at = models.DateTimeField("时间")
    seen_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to", "seen_at"], name="notice_unseen")]
