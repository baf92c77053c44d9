"""Where the counts a site reported and the counts a team verified lie furthest apart."""

from django.db.models import F, IntegerField, QuerySet
from django.db.models.functions import Abs, Cast

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.models import Answer
from mingcha.ground.accounts.queries import Standing


def largest(campaign: Campaign, *, to: Standing) -> QuerySet[Answer]:
    """Return the pairs of counts that differ, the largest `gap` first; `verified - reported` has its sign."""
    seen = fieldwork.visits(to=to, campaign=campaign).order_by().values("pk")
    pairs = Answer.objects.filter(visit__in=seen, reported__isnull=False, verified__isnull=False)
    signed = Cast("verified", IntegerField()) - Cast("reported", IntegerField())
    pairs = pairs.annotate(difference=signed, gap=Abs(signed)).filter(gap__gt=0)
    related = ("question", "visit__site__type", "visit__site__division", "visit__inspection__team", "visit__site__body")
    return pairs.select_related(*related).order_by("-gap", F("visit__begun_at").desc())
