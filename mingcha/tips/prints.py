"""
What a report leaves in an office's index: a fingerprint of its text, and which unit and place it is about.

A print has a fixed length, so that thousands are read as one table:
16 bytes the tip's id, 512 its signature (`kernel.likeness`), 12 the division's code, 48 the accused body's code (UTF-8;
empty where longer), 4 the site's id (0 for none), 4 the day as an ordinal, little endian. Texts and codes are padded
with zero bytes.
"""

import struct
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from mingcha.kernel import likeness, sealing
from mingcha.tips.models import LikenessBlock, LikenessWaiting, OfficeKey, Tip

LAYOUT = struct.Struct(f"<16s{likeness.BYTES}s12s48sII")
SIGNATURE = slice(16, 16 + likeness.BYTES)
# One print is padded to this in a waiting box; all are equally long anyway.
STEP = 640


@dataclass(frozen=True)
class Print:
    """One report in an index. `body`, `division`: codes or ""; `site`: its id or 0."""

    tip: UUID
    signature: bytes
    division: str
    body: str
    site: int
    day: date

    def packed(self) -> bytes:
        """Return it in LAYOUT."""
        body = self.body.encode() if len(self.body.encode()) <= 48 else b""
        day = self.day.toordinal()
        return LAYOUT.pack(self.tip.bytes, self.signature, self.division.encode()[:12], body, self.site, day)


def unpacked(plain: bytes) -> list[Print]:
    """Return the prints joined in LAYOUT. Raises struct.error for anything else."""
    return [_print(row) for row in LAYOUT.iter_unpack(plain)]


def of_report(tip: Tip, report: dict[str, Any]) -> Print:
    """Return the print of a report's content: `text`, `division`, `body` and `site` (an id), as in its record."""
    site = report.get("site")
    return Print(
        tip=tip.pk,
        signature=likeness.signature(str(report.get("text") or "")),
        division=str(report.get("division") or ""),
        body=str(report.get("body") or ""),
        site=site if isinstance(site, int) else 0,
        day=tip.received_on,
    )


def waiting(found: Print, *, to: OfficeKey, public: bytes) -> LikenessWaiting:
    """
    Return a print sealed to an office's index key, unsaved; anybody may seal one.

    `public` is the key's public half as the signed directory gives it.
    """
    box = sealing.seal_to(found.packed(), to=public, about=about(found.tip), pad=STEP)
    return LikenessWaiting(tip_id=found.tip, office_key=to, box=box)


def forget(tip: Tip, *, office: str) -> None:
    """Leave word, an empty box, that a tip's print is to leave an office's index at the next fold; by the office's code."""
    LikenessWaiting.objects.filter(tip=tip, office_key__office=office).delete()
    folded = LikenessBlock.objects.filter(office_key__office=office).values("office_key")
    index_keys = OfficeKey.objects.filter(pk__in=folded)
    LikenessWaiting.objects.bulk_create([LikenessWaiting(tip=tip, office_key=each, box=b"") for each in index_keys])


def about(tip: UUID) -> str:
    """Return what a waiting box is bound to."""
    return f"print of {tip}"


def _print(row: tuple[bytes, bytes, bytes, bytes, int, int]) -> Print:
    # Whoever has taken over the public's process can seal any bytes: one such print must not close the whole index.
    tip, signature, division, body, site, day = row
    sealed_on = date.fromordinal(day) if 1 <= day <= date.max.toordinal() else date.min
    return Print(UUID(bytes=tip), signature, _code(division), _code(body), site, sealed_on)


def _code(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode(errors="replace").replace("\0", "")
