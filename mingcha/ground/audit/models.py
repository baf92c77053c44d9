"""The record of acts. No foreign keys: the record must never stand in the way of the work, nor lean on it."""

from django.db import models


class Event(models.Model):
    """One act, written in the act's own transaction; `text` is what the chain seals."""

    at = models.DateTimeField("时间")
    actor = models.CharField("行为人账号", max_length=80)
    actor_name = models.CharField("行为人", max_length=80)
    verb = models.CharField("行为", max_length=80)
    kind = models.CharField("对象种类", max_length=40)
    key = models.CharField("对象编号", max_length=80)
    division = models.CharField("区划代码", max_length=12, blank=True)
    body = models.CharField("单位代码", max_length=40, blank=True)
    detail = models.JSONField("细节", default=dict)
    text = models.TextField("封存文本")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key"], name="audit_event_on"),
            models.Index(fields=["division", "at"], name="audit_event_place"),
            models.Index(fields=["actor", "id"], name="audit_event_actor"),
        ]


class Unsealed(models.Model):
    """The queue of events no seal covers yet; a row leaves it in the transaction that seals its event."""

    event_id = models.BigIntegerField(primary_key=True)


class Seal(models.Model):
    """One link of the chain: hash = SHA-256(previous hash, newline, event id, newline, event text)."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)


class Head(models.Model):
    """The single last link; its row is the lock that makes two sealers harmless."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_single")]
