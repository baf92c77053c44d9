"""
The end of a tip: at its date every key to it and everything sealed is destroyed; the clear row stays for statistics.

What was sealed can then be read by nobody, the citizen with the receipt included, wherever copies of the boxes lie: the
keys that opened them are gone. Copies of the wraps in backups must end on the same day, or this is not true of them.
"""

from datetime import datetime

from django.db import transaction

from mingcha.ground.audit import actions as audit
from mingcha.tips import clocks, moving, prints, vault
from mingcha.tips.models import LikenessBlock, LikenessWaiting, Offer, Proposal, Record, SealedFile, Tip
from mingcha.tips.states import RecordKind, State


def erase(*, by: None = None, at: datetime) -> int:
    """Destroy every tip whose time has come; return how many. Each is a transaction of its own."""
    due = Tip.objects.filter(state=State.CLOSED, erase_on__lte=clocks.day_of(at), due="")
    # What a citizen added to a closed tip is looked at first: it may have to be taken up again.
    unread = Record.objects.filter(unread=True, kind__in=[RecordKind.ADDITION, RecordKind.OBJECTION]).values("tip")
    return sum(_erase(tip, at=at) for tip in due.exclude(pk__in=unread).select_related("office").order_by("pk"))


@transaction.atomic
def _erase(tip: Tip, *, at: datetime) -> bool:
    """
    Destroy one tip.

    1. The row moves first: who takes it up again at the same moment finds it destroyed, or this finds it taken up.
    2. Wraps, and the boxes of old offers, which are wraps too: nobody has a key.
    3. Records; the rows of offers and proposals stay without their words.
    4. The print in the office's index leaves with the next fold; waiting ones at once.
    5. Files, once the transaction stands.
    """
    try:
        moving.move(tip, "erase", erase_on=clocks.day_of(at))
    except moving.AlreadyMoved:
        return False
    moving.drop_keys(tip, identity=True, citizen=True)
    Offer.objects.filter(tip=tip).update(box=b"", identity_box=None, identity_key=None, reason=None)
    Proposal.objects.filter(tip=tip).update(opinion=None)
    files = SealedFile.objects.filter(record__tip=tip)
    digests = list(files.values_list("digest", flat=True))
    files.delete()
    Record.objects.filter(tip=tip).delete()
    LikenessWaiting.objects.filter(tip=tip).delete()
    for office in set(LikenessBlock.objects.values_list("office_key__office", flat=True)):
        prints.forget(tip, office=office)
    moving.record("tips.erase", tip, by=audit.SYSTEM, at=at, detail={"file_count": len(digests)})
    transaction.on_commit(lambda: vault.remove(digests))
    return True
