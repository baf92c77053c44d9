"""
What an office does with a tip it keeps: opens it, accepts it, hands it to a handler, verifies who is named, takes notes.

Every opening is on record before anything is decrypted, also one that is then refused.
"""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, clocks, moving, queries
from mingcha.tips.models import Record, Tip, Wrap
from mingcha.tips.queries import keys, reading
from mingcha.tips.states import CATEGORIES, Author, Category, Due, Kind, Outcome, RecordKind, State, Way
from mingcha.tips.unlocked import Unlocked


class NotAHandler(Refusal):
    message: ClassVar[str] = "这位同志在本机关没有办理举报的岗位，请另选承办人。"
    status: ClassVar[int] = 422


class AlreadyTheirs(Refusal):
    message: ClassVar[str] = "这一件的承办人刚刚变动过，请刷新页面核对后再办。"


class CategoryUnknown(Refusal):
    message: ClassVar[str] = "请选择与类别相符的问题类型。"
    status: ClassVar[int] = 422


class NotNamed(Refusal):
    message: ClassVar[str] = "反映人没有留下姓名和联系方式，不能登记为实名举报。可以通过查询码答复和询问。"
    status: ClassVar[int] = 422


class FileGone(Refusal):
    message: ClassVar[str] = "没有找到这个附件，请从举报页重新打开。"
    status: ClassVar[int] = 404


def open_tip(tip: Tip, *, key: Unlocked, by: Person, at: datetime) -> reading.Story:
    """
    Open a tip: put the opening on record, decrypt, mark what the citizen added as read.

    Raises NotAllowed, NotFound, NoKey, Recused; the opening stays on record all the same.
    """
    moving.require(tip, Permission.TIP_HANDLE, by=by, at=at)
    with transaction.atomic():  # committed before the first key is used
        moving.record("tips.open", tip, by=by, at=at)
    private = moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at).private
    found = reading.story(tip, private=private, key=key)
    Record.objects.filter(tip=tip, author=Author.CITIZEN, unread=True).update(unread=False)
    return found


def skim(tips: Collection[Tip], *, key: Unlocked, by: Person, at: datetime) -> dict[UUID, reading.Line]:
    """
    Return tip id → first line of the tips of one page; put on record which were looked at.

    A tip one cannot open is not in it; of one that one must stay away from there is only why.
    """
    moving.own_key(key, by=by)
    for one in {tip.office_id: tip for tip in tips}.values():
        moving.require(one, Permission.TIP_HANDLE, by=by, at=at)
    if tips:
        _record_skim(tips, by=by, at=at)
    return reading.lines(tips, key=key, at=at)


@transaction.atomic
def _record_skim(tips: Collection[Tip], *, by: Person, at: datetime) -> None:
    office = next(iter(tips)).office
    audit.record(
        "tips.skim", kind="tipline", key=office.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail={"seen": sorted(str(tip.pk) for tip in tips)},
    )  # fmt: skip


def open_identity(tip: Tip, *, key: Unlocked, by: Person, at: datetime) -> list[reading.Entry]:
    """
    Open who spoke, and what was noted on contacting them: the keeper of identities alone can. On record first.

    Raises NotAllowed, NotFound, NoKey, Recused.
    """
    moving.require(tip, Permission.TIP_HANDLE, by=by, at=at)
    with transaction.atomic():
        moving.record("tips.identity", tip, by=by, at=at)
    private = _identity(tip, key=key, by=by, at=at)
    return reading.identity(tip, private=private)


def open_file(tip: Tip, *, record: UUID, key: Unlocked, by: Person, at: datetime) -> reading.Entry:
    """
    Return an attachment's entry, which holds the key of its file, and put that on record.

    An original lies under the identity's key; the copy without metadata under the tip's. Raises FileGone, and as
    `open_tip` and `open_identity` do.
    """
    moving.require(tip, Permission.TIP_HANDLE, by=by, at=at)
    found = Record.objects.filter(tip=tip, pk=record, kind=RecordKind.FILE).first()
    if found is None:
        raise FileGone
    with transaction.atomic():
        moving.record("tips.file", tip, by=by, at=at, detail={"original": found.identity})
    held = moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    private = key.tip_key(tip, identity=True) if found.identity else held.private
    return reading.entry(found, private=private)


@transaction.atomic
def accept(tip: Tip, *, key: Unlocked, by: Person, at: datetime) -> None:
    """Accept a tip under the office's next number; the clock for a proposal begins. Raises AlreadyMoved, as `open_tip`."""
    moving.hold(tip, Permission.TIP_INTAKE, by=by, key=key, at=at)
    day = clocks.day_of(at)
    due_at = clocks.due(Due.PROPOSAL, office=tip.office_id, since=day)
    number = moving.number(tip, at=at)
    moving.move(
        tip, "accept", accepted_on=day, due=Due.PROPOSAL, due_at=due_at, notice_due_at=_notice_due(tip), **number
    )
    moving.record("tips.accept", tip, by=by, at=at, detail={"tip_number": str(tip)})


@transaction.atomic
def decline(tip: Tip, *, reason: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Decline what no office of this line handles; the citizen is told why within the term. Raises as `accept`."""
    moving.hold(tip, Permission.TIP_INTAKE, by=by, key=key, at=at)
    text, day = moving.written(reason), clocks.day_of(at)
    due_at = clocks.due(Due.RESULT, office=tip.office_id, since=day)
    moving.move(
        tip, "decline", way=Way.DECLINED, outcome=Outcome.ELSEWHERE, concluded_on=day, due=Due.RESULT, due_at=due_at
    )
    moving.seal(tip, RecordKind.NOTE, {"what": "declined", "text": text}, by=by, at=at)
    moving.record("tips.decline", tip, by=by, at=at)


@transaction.atomic
def sort(tip: Tip, *, kind: str, category: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Put right what the citizen chose: the kind and the category. Raises CategoryUnknown, and as `open_tip`."""
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if kind not in Kind.values or category not in CATEGORIES[Kind(kind)]:
        raise CategoryUnknown
    before = {"earlier_kind": str(tip.kind), "earlier_category": str(tip.category)}
    Tip.objects.filter(pk=tip.pk).exclude(state=State.ERASED).update(kind=Kind(kind), category=Category(category))
    tip.refresh_from_db()
    moving.record(
        "tips.sort", tip, by=by, at=at, detail={**before, "tip_kind": str(tip.kind), "category": str(tip.category)}
    )


@transaction.atomic
def concern(tip: Tip, *, body: Body, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Put right whom a tip is about, where the citizen only wrote a name; sealed. Who must stay away follows from it.

    Handlers whom it keeps away lose the tip at once. Raises as `open_tip`.
    """
    held = moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    for identity in (False, True):  # a keeper of identities, who cannot read the one, must stay away by the other
        said = {"what": "concern", "body": body.pk, "body_name": body.name}
        moving.seal(tip, RecordKind.NOTE, said, by=by, at=at, identity=identity)
    about = reading.about(tip, private=held.private)
    for person in queries.handlers(tip):
        if reading.Away(person, at=at).why(about, office=tip.office_id):
            Wrap.objects.filter(tip=tip, person=person).delete()
    moving.record("tips.concern", tip, by=by, at=at)


@transaction.atomic
def assign(tip: Tip, *, to: Person, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Hand a tip to somebody of the office: its key wrapped to a public half that a holder has vouched for.

    Raises NotAHandler, Recused (of either), NotVouched, AlreadyTheirs, and as `open_tip`.
    """
    held = moving.hold(tip, Permission.TIP_INTAKE, by=by, key=key, at=at)
    state = moving.lock(tip)
    if state in queries.ENDED:
        raise moving.AlreadyMoved(state=State(state).label)
    if to.pk not in {person.pk for person in queries.assignable(tip, at=at)}:
        raise AlreadyTheirs if to.pk in {person.pk for person in queries.handlers(tip)} else NotAHandler
    moving.check_away(held.about, person=to, office=tip.office_id, at=at)
    public = keys.trusted(to, office=tip.office_id, key=key)
    box = boxes.wrap_key(held.private, tip=tip, to=public)
    made = Wrap.objects.bulk_create([Wrap(tip=tip, person=to, box=box)], ignore_conflicts=True)
    assert made
    moving.record("tips.assign", tip, by=by, at=at, detail={"to": to.username})
    if to.pk != by.pk:
        moving.tell([to], at=at)


@transaction.atomic
def unassign(tip: Tip, *, of: Person, by: Person, at: datetime) -> None:
    """Take a tip from a handler: their wrap is deleted. Needs no key. Raises AlreadyTheirs, NotAllowed, NotFound."""
    moving.require(tip, Permission.TIP_INTAKE, by=by, at=at)
    gone, _ = Wrap.objects.filter(tip=tip, person=of).delete()
    if not gone:
        raise AlreadyTheirs
    moving.record("tips.unassign", tip, by=by, at=at, detail={"of": of.username})


@transaction.atomic
def verify_named(tip: Tip, *, how: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Put on record that a citizen spoke under their own name and is reachable: verified by the keeper of identities.

    `how` (a call, a talk) is sealed with the identity. The clock for telling of acceptance begins with the receipt.
    Raises NotNamed, and as `open_identity`.
    """
    private = _identity(tip, key=key, by=by, at=at)
    records = Record.objects.filter(tip=tip, identity=True, kind=RecordKind.IDENTITY)
    said = [reading.entry(each, private=private).content for each in records]
    if not any(one.get("name") and (one.get("phone") or one.get("address")) for one in said):
        raise NotNamed
    moving.seal(tip, RecordKind.CONTACT, {"text": moving.written(how)}, by=by, at=at, identity=True)
    Tip.objects.filter(pk=tip.pk).update(named=True)
    tip.refresh_from_db()
    if tip.state in (State.ACCEPTED, State.PROPOSED, State.HANDLING):
        Tip.objects.filter(pk=tip.pk).update(notice_due_at=_notice_due(tip))
        tip.refresh_from_db()
    moving.record("tips.verify", tip, by=by, at=at)


@transaction.atomic
def note(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Seal a note of the handling to a tip. Raises NothingWritten, and as `open_tip`."""
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    moving.seal(tip, RecordKind.NOTE, {"text": moving.written(text)}, by=by, at=at)
    moving.record("tips.note", tip, by=by, at=at)


@transaction.atomic
def contact(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Seal what was said on contacting the citizen, with the identity. Raises NothingWritten, and as `open_identity`."""
    _identity(tip, key=key, by=by, at=at)
    moving.seal(tip, RecordKind.CONTACT, {"text": moving.written(text)}, by=by, at=at, identity=True)
    moving.record("tips.contact", tip, by=by, at=at)


def _identity(tip: Tip, *, key: Unlocked, by: Person, at: datetime) -> bytes:
    """Return the identity's private half to its keeper, who need not hold the tip's. Raises Recused."""
    moving.require(tip, Permission.TIP_HANDLE, by=by, at=at)
    moving.own_key(key, by=by)
    private = key.tip_key(tip, identity=True)
    if key.tip_keys([tip]):
        moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    moving.check_away(reading.about_identity(tip, private=private), person=by, office=tip.office_id, at=at)
    return private


def _notice_due(tip: Tip) -> datetime | None:
    """Return by when a named citizen is told of acceptance; a repeated report is not told of again."""
    if not tip.named or tip.repeat:
        return None
    return clocks.due(Due.NOTICE, office=tip.office_id, since=tip.received_on)
