"""What every act on a tip shares: who may, which key, who must stay away, the move, the record, the seal, who is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext_noop

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, queries
from mingcha.tips.clocks import day_of
from mingcha.tips.models import Record, Tip, Wrap
from mingcha.tips.queries import reading
from mingcha.tips.states import ACTS, Author, RecordKind, State
from mingcha.tips.unlocked import NoKey, Unlocked

# Where a message leads: never to one tip, because messages are readable without a key.
LINK = "/tipline/"


class AlreadyMoved(Refusal):
    message: ClassVar[str] = "这一件刚刚已被别人办理，当前状态是“%(state)s”。您填的内容没有丢，请核对后再办。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = "提出的人不能自己审批，请由其他人办理。"
    status: ClassVar[int] = 403


class Recused(Refusal):
    message: ClassVar[str] = "您对这一件应当回避（%(why)s），请由其他人办理。"
    status: ClassVar[int] = 403


class NothingWritten(Refusal):
    message: ClassVar[str] = "请写明内容，让后来的人看得明白。"
    status: ClassVar[int] = 422


class StudyMissing(Refusal):
    message: ClassVar[str] = "请写明集体研究的情况：什么会议、什么时间、什么意见。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Held:
    """A tip in the hands of an officer for one act: its private half, and whom it is about."""

    private: bytes = field(repr=False)
    about: reading.About = field(repr=False)


def require(tip: Tip, permission: Permission, *, by: Person, at: datetime) -> accounts.Standing:
    """Let through who may act on tips of the office that keeps this one. Raises NotAllowed, NotFound."""
    standing = accounts.require(by, permission, at=at)
    if tip.office_id not in standing.serves(permission):
        raise accounts.NotFound
    return standing


def hold(tip: Tip, permission: Permission, *, by: Person, key: Unlocked, at: datetime) -> Held:
    """
    Return a tip's key to who may act on it, holds one and need not stay away.

    Raises NotAllowed, NotFound, NoKey, Recused, in this order, and what opening raises.
    """
    require(tip, permission, by=by, at=at)
    return Held(*_opened(tip, by=by, key=key, at=at))


def _opened(tip: Tip, *, by: Person, key: Unlocked, at: datetime) -> tuple[bytes, reading.About]:
    own_key(key, by=by)
    private = key.tip_key(tip)
    about = reading.about(tip, private=private)
    check_away(about, person=by, office=tip.office_id, at=at)
    return private, about


def own_key(key: Unlocked, *, by: Person) -> None:
    """Raise NoKey where somebody would act with another's key."""
    if key.person.pk != by.pk:
        raise NoKey


def check_away(about: reading.About, *, person: Person, office: str, at: datetime) -> None:
    """Raise Recused where a person must stay away from a tip that an office (its code) keeps."""
    why = reading.Away(person, at=at).why(about, office=office)
    if why:
        raise Recused(why=why)


def written(text: str) -> str:
    """Return a text as it is sealed. Raises NothingWritten."""
    if not text.strip():
        raise NothingWritten
    return text.strip()


def move(tip: Tip, act: str, *, end: str = "", **columns: object) -> None:
    """Move a tip by an act of the table, to `end` instead of the table's where it goes back. Raises AlreadyMoved."""
    # Two people at once: the second finds no row in the state they both saw.
    starts, usual = ACTS[act]
    if not Tip.objects.filter(pk=tip.pk, state__in=starts, office=tip.office_id).update(state=end or usual, **columns):
        raise AlreadyMoved(state=State(Tip.objects.values_list("state", flat=True).get(pk=tip.pk)).label)
    tip.refresh_from_db()


def lock(tip: Tip) -> str:
    """
    Hold a tip's row until the transaction ends and return its state; raises AlreadyMoved where another office keeps it.

    Whoever writes a wrap holds the row: no key may appear in an office that a hand-over has just emptied of them.
    """
    found = Tip.objects.select_for_update().values_list("state", "office").get(pk=tip.pk)
    if found[1] != tip.office_id:
        raise AlreadyMoved(state=State(found[0]).label)
    return str(found[0])


def drop_keys(tip: Tip, *, identity: bool, citizen: bool = False) -> None:
    """
    Destroy every wrap of a tip in the office that keeps it and in its officers' hands (`identity`: of who spoke, too);
    `citizen`: wherever it is, the citizen's with them. An earlier office's of who spoke, not sent on yet, stays there.

    The row is held (`lock`). A re-wrapping to a new epoch holds the wraps it replaces: these are waited for first, so that
    the delete, whose view of the table begins later, meets those it made.
    """
    found = Wrap.objects.filter(tip=tip)
    if not citizen:
        found = found.filter(Q(office_key__office=tip.office_id) | ~Q(person=None))
    if not identity:
        found = found.filter(identity=False)
    list(found.select_for_update(of=("self",)).values_list("pk"))
    found.delete()


def number(tip: Tip, *, at: datetime) -> dict[str, Any]:
    """Return the columns of the next number of the office's year; held until the transaction ends, so none is skipped."""
    year = day_of(at).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"tip/{tip.office_id}/{year}"])
    last = Tip.objects.filter(office=tip.office_id, year=year).aggregate(last=Max("number"))["last"] or 0
    return {"year": year, "number": last + 1}


def seal(
    tip: Tip, kind: RecordKind, content: Mapping[str, object], *, by: Person, at: datetime,
    identity: bool = False,
) -> Record:  # fmt: skip
    """
    Seal a record of the office's to a tip.

    A reply tells the citizen which office it is from, never who wrote it; what stays inside names the writer.
    """
    own: dict[str, object] = {"by_office": tip.office.name, "after": Record.objects.filter(tip=tip).count()}
    if kind != RecordKind.REPLY:
        own |= {"by": by.username, "by_name": by.name}
    made = boxes.seal_record(tip, kind=kind, author=Author.OFFICE, content={**content, **own}, at=at, identity=identity)
    made.unread = kind == RecordKind.REPLY
    made.save(force_insert=True)
    return made


def record(
    verb: str, tip: Tip, *, by: audit.Actor, at: datetime, office: Body | None = None,
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    """Put an act on record, of `office` where it does not keep the tip: who, when, which, and codes; never what was said."""
    place = office or tip.office
    audit.record(
        verb, kind="tip", key=tip.pk, by=by, at=at, division=place.division_id, body=place.pk,
        detail=detail,
    )  # fmt: skip


def tell_intake(office: str, *, without: Collection[int] = (), at: datetime) -> None:
    """Tell who takes in reports at an office, by its code, that something waits; what it is, is read inside."""
    people = [person for person in queries.intake_people(office, at=at) if person.pk not in without]
    tell(people, subject=gettext_noop("举报箱有新的事项待办理"), at=at)


def tell(people: Collection[Person], *, subject: str = "", at: datetime) -> None:
    """Tell people that something of the tip line waits for them."""
    notices.send(to=people, subject=subject or gettext_noop("举报箱有事项等您办理"), link=LINK, at=at)
