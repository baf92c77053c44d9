"""
What came of a tip in the work: a lead, an order, a directed visit, born of a sentence that an officer writes.

Its number is sealed with the tip, as one note among others, and nothing else says so: no row of the work points back, no
record of acts names the link, and a copy of the database does not tell which tips have one. Repeated reports are linked
the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal
from mingcha.tips import moving
from mingcha.tips.models import Tip
from mingcha.tips.queries import reading
from mingcha.tips.states import Kind, RecordKind, State, Way
from mingcha.tips.unlocked import Unlocked

WHATS = ("lead", "order", "directed")


class NotTurnable(Refusal):
    message: ClassVar[str] = "只有“措施不落实、权益受损”一类可以直接转为整改；干部违纪违法问题请登记线索。"
    status: ClassVar[int] = 422


class NotItself(Refusal):
    message: ClassVar[str] = "请选择另一件更早收到的举报作为初件。"
    status: ClassVar[int] = 422


class AlreadyRepeat(Refusal):
    message: ClassVar[str] = "这一件已经登记为重复反映，请刷新页面核对。"


@dataclass(frozen=True)
class Named:
    """What was born: its office's code, its number as people write it, and its row's id."""

    office: str
    number: str
    pk: int


@dataclass(frozen=True)
class Link:
    """A link as it was sealed: `what` is lead, order or directed."""

    what: str
    office: str
    number: str
    pk: int
    said_at: datetime | None


@transaction.atomic
def born(
    tip: Tip, *, what: str, make: Callable[[], Named], key: Unlocked, by: Person, at: datetime
) -> Named:  # fmt: skip
    """
    Let a lead, an order or a directed visit be made, and seal its number with the tip: both or neither.

    `make` is the door's: it calls the other room with the officer's own sentence. There is no record of this act but the
    sealed one, because a record beside the one of the thing that was made would name the tip it came from.
    Raises what `make` raises, AlreadyMoved, and as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if not Tip.objects.select_for_update().filter(pk=tip.pk).exclude(state__in=_STILL).exists():
        raise moving.AlreadyMoved(state=State(tip.state).label)
    return _sealed(tip, what=what, made=make(), by=by, at=at)


@transaction.atomic
def turn(tip: Tip, *, make: Callable[[], Named], key: Unlocked, by: Person, at: datetime) -> Named:
    """
    Turn an accepted report of measures not carried out into an order on the unit's clock, the reporter stripped.

    That it was turned is readable on the row, as every disposal; which order it became is sealed. On record as in `born`.
    Raises NotTurnable, and as `born`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if tip.kind != Kind.MEASURES:
        raise NotTurnable
    moving.move(tip, "turn", way=Way.ORDER, due="", due_at=None)
    return _sealed(tip, what="order", made=make(), by=by, at=at)


def links(tip: Tip, *, key: Unlocked) -> list[Link]:
    """Return what came of a tip, oldest first, to whoever holds its key. Raises NoKey."""
    found = reading.story(tip, private=key.tip_key(tip), key=key)
    return links_of(found)


def links_of(story: reading.Story) -> list[Link]:
    """Return what came of a tip that is open already, oldest first."""
    found = []
    for entry in story.entries:
        if entry.kind == RecordKind.LINK:
            said = entry.content["link"]
            found.append(Link(said["what"], said["office"], said["number"], int(said["pk"]), entry.said_at))
    return found


@transaction.atomic
def repeat(tip: Tip, *, first: Tip, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Link a repeated report to the first one, sealed with both. A repeated report is kept, and not told of again.

    《纪检监察机关处理检举控告工作规则》 art. 14. Raises NotItself, AlreadyRepeat, and as `handling.open_tip` of both.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    moving.hold(first, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if tip.pk == first.pk or first.received_on > tip.received_on or first.repeat:
        raise NotItself
    if not Tip.objects.filter(pk=tip.pk, repeat=False).update(repeat=True, notice_due_at=None):
        raise AlreadyRepeat
    tip.refresh_from_db()
    moving.seal(tip, RecordKind.REPEAT, {"first": str(first.pk), "number": str(first)}, by=by, at=at)
    moving.seal(first, RecordKind.NOTE, {"what": "repeated", "tip": str(tip.pk), "number": str(tip)}, by=by, at=at)
    moving.record("tips.repeat", tip, by=by, at=at)


def first_of(story: reading.Story) -> UUID | None:
    """Return the id of the first report that an open tip repeats."""
    said = [entry.content for entry in story.entries if entry.kind == RecordKind.REPEAT and not entry.broken]
    return UUID(str(said[-1]["first"])) if said else None


def repeats_of(story: reading.Story) -> list[UUID]:
    """Return the ids of the reports that repeat an open tip, oldest first."""
    said = [entry.content for entry in story.entries if entry.content.get("what") == "repeated"]
    return [UUID(str(one["tip"])) for one in said]


_STILL = (State.OFFERED, State.CLOSED, State.ERASED)


def _sealed(tip: Tip, *, what: str, made: Named, by: Person, at: datetime) -> Named:
    if what not in WHATS:
        raise ValueError(what)
    link = {"what": what, "office": made.office, "number": made.number, "pk": made.pk}
    # A note like any other: the kind LINK is told by what is inside.
    moving.seal(tip, RecordKind.NOTE, {"what": "link", "link": link, "text": ""}, by=by, at=at)
    return made
