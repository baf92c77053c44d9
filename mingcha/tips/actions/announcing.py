"""
What the house does by itself where tips come in: it tells the people concerned that there is work, and works out which
office stands aside from whom. It opens nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.ties import Subject
from mingcha.ground.territory.models import Body
from mingcha.tips import clocks, directory, moving, queries
from mingcha.tips.models import SpentEffort, StandsAside, Tip, Wrap


@transaction.atomic
def announce(*, by: None = None, at: datetime) -> int:
    """
    Tell each office, and those a tip is handed to, that something has come in; return how many tips that were.

    Not which tip, nor of what kind: messages are readable without a key. Settled by the rows it moves, so two at once
    tell nobody twice.
    """
    waiting = Tip.objects.select_for_update(skip_locked=True).filter(announced=False)
    tips = dict(waiting.values_list("pk", "office_id"))
    Tip.objects.filter(pk__in=tips).update(announced=True)
    for office in sorted(set(tips.values())):
        moving.tell_intake(office, at=at)
    handed = Wrap.objects.filter(tip__in=tips, person__isnull=False).values("person")
    people = list(Person.objects.filter(pk__in=handed))
    if people:
        moving.tell(people, at=at)
    return len(tips)


def forget_efforts(*, by: None = None, at: datetime) -> int:
    """Delete proofs of work that no challenge can lead back to any more; return how many. They tell of nobody: no record."""
    return SpentEffort.objects.filter(day__lt=clocks.day_of(at) - timedelta(days=1)).delete()[0]


@transaction.atomic
def stand_aside(*, by: None = None, at: datetime) -> int:
    """
    Work out anew from whom each receiving office stands aside; return how many rows changed.

    An office stands aside from a body that every one of its intake officers is tied to, and from everything while it has
    none. Nobody writes this by hand, and it follows from posts, links and recusals: no act on record.
    """
    bodies = list(Body.objects.order_by().values_list("code", "division_id"))
    offices = Body.objects.filter(pk__in=directory.offices()).order_by().values_list("pk", flat=True)
    wanted = {pair for office in offices for pair in _aside(office, bodies, at=at)}
    standing = {
        (office, body): pk for pk, office, body in StandsAside.objects.values_list("pk", "office_id", "body_id")
    }
    gone = [pk for pair, pk in standing.items() if pair not in wanted]
    new = [StandsAside(office_id=office, body_id=body) for office, body in wanted - standing.keys()]
    StandsAside.objects.filter(pk__in=gone).delete()
    StandsAside.objects.bulk_create(new, ignore_conflicts=True)
    return len(gone) + len(new)


def _aside(office: str, bodies: Iterable[tuple[str, str]], *, at: datetime) -> set[tuple[str, str | None]]:
    people = list(queries.intake_people(office, at=at).values_list("pk", flat=True))
    if not people:
        return {(office, None)}
    found = ties.ties(people, at=at)
    if not all(found.of(person) for person in people):
        return set()
    subjects = [Subject(code, division) for code, division in bodies]
    return {
        (office, each.body)
        for each in subjects
        if all(found.between(person, each) for person in people)
    }  # fmt: skip
