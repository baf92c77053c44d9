"""Whose keys there are. A private half stands here only inside a box that another key opens."""

from django.db import models
from django.db.models import Q

from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body
from mingcha.tips.states import Epoch, Purpose


class OfficerKey(models.Model):
    """
    An officer's own pair (X25519). `box` holds the private half under a key stretched from the passphrase and `salt`.

    Who forgets the passphrase makes a new pair: what was wrapped to the old one must be granted again by another holder.
    `mark` is made with a key kept outside the database, as on every public half here: who can only write rows cannot
    exchange one.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="+", primary_key=True, verbose_name="人员")
    public = models.BinaryField("公钥")
    mark = models.BinaryField("完整性标记")
    salt = models.BinaryField("盐")
    box = models.BinaryField("私钥封")
    made_at = models.DateTimeField("建立时间")
    failures = models.PositiveSmallIntegerField("连续输错次数", default=0)
    closed_until = models.DateTimeField("暂停到", null=True, blank=True)


class OfficeKey(models.Model):
    """One epoch of one purpose of an office. Its public half counts only as the signed directory gives it."""

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="机关")
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    epoch = models.PositiveSmallIntegerField("期次")
    public = models.BinaryField("公钥")
    mark = models.BinaryField("完整性标记")
    state = models.CharField("状态", max_length=10, choices=Epoch.choices, default=Epoch.WAITING)
    made_at = models.DateTimeField("建立时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="建立人")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "purpose", "epoch"], name="tips_epoch_once"),
            models.UniqueConstraint(
                fields=["office", "purpose"], condition=Q(state=Epoch.CURRENT), name="tips_one_current_epoch"
            ),
        ]


class KeyHolder(models.Model):
    """
    An officer holds an office's key: `box` is its private half wrapped to the officer's public half.

    `vouch` is a mark under the office's own key over the officer's public half: who holds the key has seen the person,
    and a public half exchanged in this database is noticed.
    """

    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="holders", verbose_name="机关密钥")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="持有人")
    box = models.BinaryField("私钥封")
    vouch = models.BinaryField("担保")
    granted_at = models.DateTimeField("授予时间")
    granted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="授予人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office_key", "person"], name="tips_holder_once")]


class Vouch(models.Model):
    """
    Somebody of the office whose public half a holder of this key has seen, so that tips may be handed to them.

    They hold no key of the office; `mark` is made as `KeyHolder.vouch` is.
    """

    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="vouches", verbose_name="机关密钥")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="承办人")
    mark = models.BinaryField("担保")
    made_at = models.DateTimeField("担保时间")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="担保人")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office_key", "person"], name="tips_vouched_once")]


class RecoveryEnvelope(models.Model):
    """An office's private half that two of the three custodians open together, offline; one row for each pair."""

    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="envelopes", verbose_name="机关密钥")
    first = models.CharField("保管人甲", max_length=40)
    second = models.CharField("保管人乙", max_length=40)
    box = models.BinaryField("恢复封")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office_key", "first", "second"], name="tips_envelope_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="tips_envelope_of_two"),
        ]
