"""Whom an office must not receive a report about, worked out beforehand: the public's process may not read why."""

from django.db import models

from mingcha.ground.territory.models import Body


class StandsAside(models.Model):
    """
    Every intake officer of an office is tied to a body (回避); without a body, there is no intake officer at all.

    Derived from posts, links and recusals by a job, so that neither names nor reasons are readable where tips come in.
    """

    office = models.ForeignKey(Body, models.CASCADE, related_name="+", verbose_name="机关")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+", null=True, blank=True, verbose_name="回避单位")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "body"], nulls_distinct=False, name="tips_stands_aside_once")
        ]
