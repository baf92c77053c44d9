"""
Folding: what arrived in boxes of its own is put into the blocks of an office's index, by a session that holds its key.

1. The office's current index key is held: two sessions fold one after the other.
2. What waits is opened: prints, and empty boxes, which say that a tip has left.
3. Blocks of former keys are opened and begun anew under the current one.
4. Every block is read, 20,000 prints in a tenth of a second; only those that change are written. A later print of a tip
   replaces the earlier.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body
from mingcha.kernel import sealing
from mingcha.tips import directory, moving, prints
from mingcha.tips.models import LikenessBlock, LikenessWaiting, OfficeKey
from mingcha.tips.prints import Print
from mingcha.tips.queries import likeness as index
from mingcha.tips.states import Purpose
from mingcha.tips.unlocked import NoKey, Unlocked

FULL = 1000  # prints in a block
MOST = 5000  # taken in at once: about half a second


@transaction.atomic
def fold(office: Body, *, key: Unlocked, by: Person, at: datetime) -> int:
    """
    Put what waits into an office's index; return how much it was. Raises NoKey for who does not hold the index key.

    Raises NotAllowed, NotFound, KeyReplaced besides.
    """
    standing = accounts.require(by, Permission.TIP_HANDLE, at=at)
    if office.pk not in standing.serves(Permission.TIP_HANDLE):
        raise accounts.NotFound
    moving.own_key(key, by=by)
    current = OfficeKey.objects.select_for_update().get(pk=directory.current(office.pk, Purpose.INDEX).pk)
    if not key.holds(current):
        raise NoKey
    held = [one for one in OfficeKey.objects.filter(office=office, purpose=Purpose.INDEX) if key.holds(one)]
    waiting = list(LikenessWaiting.objects.filter(office_key__in=held).select_related("office_key")[:MOST])
    arrived = {print.tip: print for row in waiting if (print := _opened(row, key=key))}
    former = [one for one in held if one.pk != current.pk]
    moved = _take_out(former, key=key)
    if not waiting and not moved:
        return 0
    _put({**moved, **arrived}, without={row.tip_id for row in waiting}, current=current, key=key)
    LikenessWaiting.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    audit.record(
        "tips.fold", kind="tipline", key=office.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail={"count": len(waiting)},
    )  # fmt: skip
    return len(waiting)


def _opened(row: LikenessWaiting, *, key: Unlocked) -> Print | None:
    """Return a waiting print; None for word that a tip has left, and for a box that is none or of another tip."""
    if not row.box:
        return None
    try:
        plain = sealing.open_from(bytes(row.box), private=key.held(row.office_key), about=prints.about(row.tip_id))
    except sealing.SealBroken:
        return None
    found = prints.unpacked(plain) if len(plain) == prints.LAYOUT.size else []
    return found[0] if found and found[0].tip == row.tip_id else None


def _take_out(former: Collection[OfficeKey], *, key: Unlocked) -> dict[UUID, Print]:
    """Return what lies in blocks of former keys, and delete those."""
    found: dict[UUID, Print] = {}
    for office_key in former:
        for block in LikenessBlock.objects.filter(office_key=office_key).order_by("position"):
            found |= {one.tip: one for one in prints.unpacked(index.opened(block, private=key.held(office_key)))}
    LikenessBlock.objects.filter(office_key__in=former).delete()
    return found


def _put(arrived: dict[UUID, Print], *, without: Collection[UUID], current: OfficeKey, key: Unlocked) -> None:
    """Take the tips `without` out of the blocks, and put what arrived behind the last."""
    private, coming, last = key.held(current), list(arrived.values()), 0
    blocks = LikenessBlock.objects.filter(office_key=current).order_by("position")
    for block in blocks:
        last = block.position
        before = prints.unpacked(index.opened(block, private=private))
        after = [one for one in before if one.tip not in without]
        room = FULL - len(after)
        after, coming = after + coming[:room], coming[room:]
        if after != before:
            block.count, block.box = (
                len(after),
                _box(after, office_key=current, position=block.position, private=private),
            )
            block.save(update_fields=["count", "box"])
    made = []
    for position, start in enumerate(range(0, len(coming), FULL), last + 1):
        part = coming[start : start + FULL]
        box = _box(part, office_key=current, position=position, private=private)
        made.append(LikenessBlock(office_key=current, position=position, count=len(part), box=box))
    LikenessBlock.objects.bulk_create(made)


def _box(part: Collection[Print], *, office_key: OfficeKey, position: int, private: bytes) -> bytes:
    plain = b"".join(one.packed() for one in part)
    key = index.block_key(private, office_key=office_key)
    return sealing.seal(plain, key=key, about=index.about(office_key, position))
