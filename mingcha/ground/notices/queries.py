"""Reading one's own messages."""

from django.db.models import QuerySet

from mingcha.ground.accounts.models import Person
from mingcha.ground.notices.models import Notice


def inbox(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(to=person).order_by("-pk")


def unseen_count(person: Person) -> int:
    return Notice.objects.filter(to=person, seen_at=None).count()
