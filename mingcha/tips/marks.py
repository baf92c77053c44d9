"""
Marks of integrity: made with a key that lies in a file, never in the database.

Who can only write rows, an administrator of the database for one, can neither add a record nor put a public half of their
own where something would be sealed to it. What `mark` covers is all that must not be exchanged; states may change.
"""

from typing import ClassVar

from django.conf import settings

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips.models import OfficeKey, OfficerKey, Record, Tip


class Forged(Refusal):
    """A row of the sealed room that the house did not write."""

    message: ClassVar[str] = "举报箱里有一项数据不是本系统写入的，已停止使用。请停止操作，并报告上级机关核查数据库。"
    status: ClassVar[int] = 422


def of(row: Tip | Record | OfficeKey | OfficerKey) -> bytes:
    """Return the mark (32 bytes) of a row as it stands; all it covers must be set, `id` of an office's key excepted."""
    about, blob = _covered(row)
    return sealing.mark(blob, key=settings.MINGCHA_TIPS_MARK, about=about)


def check(row: Tip | Record | OfficeKey | OfficerKey) -> None:
    """Raise Forged unless the row is as the house wrote it."""
    about, blob = _covered(row)
    if not sealing.marked(blob, bytes(row.mark), key=settings.MINGCHA_TIPS_MARK, about=about):
        raise Forged


def _covered(row: Tip | Record | OfficeKey | OfficerKey) -> tuple[str, bytes]:
    """Return what a row is, and the bytes that must stay. Halves have 32 bytes, so they are joined as they are."""
    if isinstance(row, Tip):
        return f"tips tip {row.pk}", bytes(row.public) + bytes(row.identity_public) + bytes(row.lookup)
    if isinstance(row, Record):
        place = f"{row.tip_id} {row.pk} {row.kind} {row.author} {row.identity} {row.day.isoformat()}"
        return f"tips record {place}", bytes(row.box)
    if isinstance(row, OfficeKey):
        return f"tips office key {row.office_id} {row.purpose} {row.epoch}", bytes(row.public)
    return f"tips officer {row.person_id}", bytes(row.public)
