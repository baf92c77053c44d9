"""The site types and checklists that come with the house."""

from datetime import datetime

from django.db import connection, transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook import queries as rulebooks
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies


@transaction.atomic
def publish_site_types(*, by: Person | None, at: datetime) -> None:
    """Put the kinds of sites on record, in their order, each with its first checklist."""
    for position, kind in enumerate(rulebooks.shipped("site_types")["site_type"], start=1):
        added = bodies.add_site_type(
            code=kind["code"], name=kind["name"], position=position, minutes=kind["minutes"],
            enterprise=kind.get("enterprise", False), yearly_cap=kind.get("yearly_cap"), by=by, at=at,
        )  # fmt: skip
        checklists.publish_questions(added, questions=[tuple(q) for q in kind["questions"]], by=by, at=at)


@transaction.atomic
def ensure(at: datetime) -> None:
    """
    Give an instance the shipped kinds of sites, unless it has any already, and every old checklist its form.

    Safe to run twice, also at once.
    """
    if territory.site_types().exists() and not rulebooks.any_bare():
        return
    with connection.cursor() as cursor:
        # Two processes may start on an empty instance together: the second waits, and then finds them there.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mingcha shipped'))")
    if not territory.site_types().exists():
        publish_site_types(by=None, at=at)
    checklists.complete(at=at)
