"""
An office's tips moved from a former key to the one in use, while a holder of both is unlocked.

1. Take a batch of wraps nobody else is moving. 2. Open each with the former key, wrap it to the key in use. 3. Write them
all in one statement: ten thousand are moved in two seconds. 4. What stood under the key in use already needs no second.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory.models import Body
from mingcha.kernel import sealing
from mingcha.tips import boxes, directory, marks
from mingcha.tips.actions import keys
from mingcha.tips.models import Offer, OfficeKey, Wrap
from mingcha.tips.queries import keys as queries
from mingcha.tips.states import Epoch, Purpose
from mingcha.tips.unlocked import NotVouched, Unlocked

NEEDED = (
    "box", "identity", "office_key_id", "tip__public", "tip__identity_public", "tip__lookup", "tip__mark",
)  # fmt: skip
BROKEN = (sealing.SealBroken, marks.Forged, NotVouched)
MOVE = """
    UPDATE tips_wrap AS w SET box = n.box, office_key_id = n.office_key
    FROM unnest(%s::uuid[], %s::bytea[], %s::bigint[]) AS n (id, box, office_key)
    WHERE w.id = n.id AND NOT EXISTS (
        SELECT 1 FROM tips_wrap AS o
        WHERE o.tip_id = w.tip_id AND o.identity = w.identity AND o.office_key_id = n.office_key
    )
"""


@transaction.atomic
def rewrap(office: Body, *, key: Unlocked, by: Person, at: datetime, most: int = 2000) -> int:
    """
    Move up to `most` of an office's tips, and the offers it has not answered, to the epoch in use; return how many.

    Called until it returns 0, by a session of an intake officer and by one of a keeper of identities. Two at once take
    different tips. A wrap that does not open stays where it is. Raises NotAllowed, NotFound, NoKey, KeyReplaced.
    """
    keys.require_of(office.pk, Permission.TIP_HANDLE, key=key, by=by, at=at)
    waiting = queries.to_rewrap(office.pk, key=key).select_related("tip").only(*NEEDED).order_by("pk")
    wraps = list(waiting.select_for_update(skip_locked=True, of=("self",))[:most])
    offers = list(queries.offers_to_rewrap(office.pk, key=key).select_for_update(skip_locked=True, of=("self",)))
    if not wraps and not offers:
        return 0
    next_of = {str(purpose): directory.current(office.pk, purpose) for purpose in Purpose}
    count = _wraps_moved(wraps, next_of, key=key) + _offers_moved(offers, next_of, key=key)
    if count:
        keys.record("tips.rewrap", next_of[Purpose.INTAKE], by=by, at=at, detail={"count": count})
    return count


def _wraps_moved(wraps: Sequence[Wrap], next_of: dict[str, OfficeKey], *, key: Unlocked) -> int:
    former = OfficeKey.objects.in_bulk({wrap.office_key_id for wrap in wraps})
    ids: list[UUID] = []
    made: list[bytes] = []
    to: list[int] = []
    for wrap in wraps:
        old = former[wrap.office_key_id]
        row = next_of[old.purpose]
        try:
            box = boxes.move_wrap(
                bytes(wrap.box), tip=wrap.tip, private=key.held(old), to=bytes(row.public), identity=wrap.identity
            )
        except BROKEN:
            continue
        ids.append(wrap.pk)
        made.append(box)
        to.append(row.pk)
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [ids, made, to])
    Wrap.objects.filter(pk__in=ids, office_key__state=Epoch.FORMER).delete()
    return len(ids)


def _offers_moved(offers: Sequence[Offer], next_of: dict[str, OfficeKey], *, key: Unlocked) -> int:
    moved = 0
    for offer in offers:
        row = next_of[offer.office_key.purpose]
        try:
            private = key.held(offer.office_key)
            box = boxes.move_wrap(bytes(offer.box), tip=offer.tip, private=private, to=bytes(row.public))
        except BROKEN:
            continue
        moved += Offer.objects.filter(pk=offer.pk, office_key=offer.office_key).update(box=box, office_key=row)
    return moved
