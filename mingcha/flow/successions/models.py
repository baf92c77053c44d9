"""A person leaves; every line says what they owed and who has it now."""

from django.db import models
from django.db.models import F, Q

from mingcha.flow.successions.states import Kind
from mingcha.ground.accounts.models import Person, Post


class Succession(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="离任人")
    successor = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="接任人"
    )
    reason = models.CharField("原因", max_length=120)
    last_day = models.DateField("止任日期")
    at = models.DateTimeField("办理时间")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(successor=None) | ~Q(successor=F("person")), name="not_own_successor")
        ]


class LeftPost(models.Model):
    """A post that the succession ended."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="posts", verbose_name="交接")
    post = models.OneToOneField(Post, models.PROTECT, related_name="+", verbose_name="任职")


class Handed(models.Model):
    """One thing owed, in words that stay true later, and who took it; nobody where it simply ended."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="handed", verbose_name="交接")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    name = models.CharField("事项", max_length=160)
    link = models.CharField("链接", max_length=120, blank=True)
    to = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="接办人")
