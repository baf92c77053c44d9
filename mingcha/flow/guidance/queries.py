"""Reading notes: one's own office's, those sent to it, and, for who oversees an area, those of the area."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.guidance.models import Note, Question, Reading, Recipient
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Link, Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body

RELATED = ("campaign", "issuer__division", "sent_by", "about")


def notes(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Note]:
    """
    Return the notes one may read, the latest first.

    Sent by or to a body one serves; whoever sends guidance for an area also reads what its lower offices sent.
    """
    own = to.serves(Permission.GUIDANCE_SEE)
    sent_here = Recipient.objects.filter(body__in=own)
    found = Note.objects.filter(
        Q(issuer__in=own) | Q(pk__in=sent_here.values("note")) | to.area(Permission.ORGANISATION_KEEP, "issuer__division__code")
    )  # fmt: skip
    if campaign:
        found = found.filter(campaign=campaign)
    return found.select_related(*RELATED).order_by("-sent_at", "-pk")


def note(pk: int, *, to: Standing) -> Note:
    """Return a note one may read. Raises NotFound."""
    found = notes(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def inbox(*, to: Standing, at: datetime) -> QuerySet[Any]:
    """Return what was sent to one's bodies, each with `unread` (by this person); the unsigned and unanswered first."""
    read = Reading.objects.filter(note=OuterRef("note"), person=to.person)
    found = Recipient.objects.filter(body__in=to.serves(Permission.GUIDANCE_SEE)).annotate(unread=~Exists(read))
    return found.select_related("note__issuer", "note__campaign", "body").order_by("-note__sent_at", "-pk")


def outstanding(*, to: Standing, at: datetime) -> dict[str, int]:
    """Return how many notes to one's bodies wait: {"unread", "unreceived", "unanswered", "late"}."""
    mine = inbox(to=to, at=at)
    owed = mine.filter(note__reply_by__isnull=False, replied_at=None)
    return {
        "unread": mine.filter(unread=True).count(),
        "unreceived": mine.filter(received_at=None).count(),
        "unanswered": owed.count(),
        "late": owed.filter(note__reply_by__lt=at).count(),
    }


def recipients(note: Note) -> QuerySet[Recipient]:
    found = note.recipients.select_related("body__division", "received_by", "replied_by")
    return found.order_by("body__division", "body")


def own_recipient(note: Note, *, to: Standing) -> Recipient | None:
    """Return one's own body's line of a note, where it was sent there."""
    mine = note.recipients.filter(body__in=to.serves(Permission.GUIDANCE_SEE))
    return mine.select_related("body", "received_by", "replied_by").order_by("pk").first()


def questions(note: Note) -> QuerySet[Question]:
    return note.questions.select_related("body", "asked_by", "answered_by").order_by("pk")


def issued_by(note: Note, *, to: Standing) -> bool:
    """Return whether one speaks for the issuer: sees who has read, answers questions."""
    return note.issuer_id in to.serves(Permission.GUIDANCE_SEND)


@dataclass(frozen=True)
class Readers:
    """Of one recipient: who has read the note and when, and who has not."""

    body: Body
    read: tuple[tuple[Person, datetime], ...]
    unread: tuple[Person, ...]


def readers(note: Note, *, at: datetime) -> list[Readers]:
    """Return, recipient by recipient, who of those who may read the note has opened it and who has not."""
    opened = dict(Reading.objects.filter(note=note).values_list("person", "at"))
    told = []
    for recipient in recipients(note):
        people = list(accounts.able(recipient.body_id, Permission.GUIDANCE_SEE, at=at))
        read = tuple((person, opened[person.pk]) for person in people if person.pk in opened)
        told.append(Readers(recipient.body, read, tuple(p for p in people if p.pk not in opened)))
    return told


def by_link(
    *, at: datetime, body: Body | None = None, division: str = "", site: int | None = None
) -> dict[str, list[str]]:
    """
    Return holder body code → what it is linked to, for the links that lead to a unit, a place or a site.

    A link to anything within the place counts: a note about a township goes to whoever looks after a village in it.
    """
    reach = Q(pk__in=[])
    if body is not None:
        reach |= Q(body__in=territory.line_of(body.pk))
    if division:
        reach |= Q(division__code__startswith=division) | Q(site__division__code__startswith=division)
    if site is not None:
        reach |= Q(site=site)
    day = at.astimezone(accounts.OFFICE_TIME).date()
    found: dict[str, list[str]] = {}
    for link in accounts.current_links(day).filter(reach):
        found.setdefault(link.holder_id, []).append(target_name(link))
    return found


def target_name(link: Link) -> str:
    """Return the name of what a link leads to."""
    target = link.body or link.division or link.site
    return target.name if target else ""
