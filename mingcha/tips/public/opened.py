"""
A report opened with its receipt, for as long as one request needs it.

A receipt that leads nowhere costs as much as one that does: nobody learns from the time it takes.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, ClassVar

from django.conf import settings

from mingcha.kernel import receipts, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes
from mingcha.tips.models import Record, Tip
from mingcha.tips.public import asking

DAYS = ("received_on", "closed_on")
BINARY = ("lookup", "public", "identity_public", "mark")


class ReceiptUnknown(Refusal):
    message: ClassVar[str] = "没有找到这个查询码对应的反映。请核对二十位查询码；内容已按期销毁的，也查不到了。"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Said:
    """A record with what it holds."""

    record: Record
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """
    A tip as its citizen holds it, unsaved: nobody writes it back. `objection_days`, `rated`: as the office has them.

    `office_named`: the office that keeps it holds a key to who spoke. `identity`: that key's private half.
    """

    tip: Tip
    office_name: str
    objection_days: int
    rated: str
    said: tuple[Said, ...] = field(repr=False)
    office_named: bool = True
    identity: bytes = field(default=b"", repr=False)

    def of(self, *kinds: str) -> list[Said]:
        """Return what was said of these kinds, oldest first."""
        return [each for each in self.said if each.record.kind in kinds]


def opened(receipt: str) -> Opened:
    """Return the report of a receipt. Raises ReceiptUnreadable, ReceiptUnknown, Forged, SealBroken."""
    keys = receipts.keys(receipt, pepper=settings.MINGCHA_TIPS_PEPPER)
    found = asking.ask("tips_by_receipt", keys.lookup)
    if found is None:
        _as_if(keys.citizen.private)
        raise ReceiptUnknown
    row = found["tip"]
    tip = Tip(
        **row
        | {name: asking.unb64(row[name]) for name in BINARY}
        | {name: _day(row[name]) for name in DAYS if row[name]}
    )
    tip.pk = uuid.UUID(row["id"])
    held = {wrap["identity"]: asking.unb64(wrap["box"]) for wrap in found["wraps"]}
    private = {
        identity: boxes.unwrap_key(box, tip=tip, private=keys.citizen.private, identity=identity)
        for identity, box in held.items()
    }
    said = [_said(tip, each, private) for each in found["records"] if each["identity"] in private]
    # An office's records of one moment say how many came before.
    said.sort(key=lambda each: (str(each.content["at"]), int(each.content.get("after", 0))))
    return Opened(
        tip, found["office_name"], found["objection_days"] or 30, found["rated"] or "", tuple(said),
        office_named=found["office_named"], identity=private.get(True, b""),
    )  # fmt: skip


def _said(tip: Tip, row: Mapping[str, Any], private: Mapping[bool, bytes]) -> Said:
    record = Record(
        id=uuid.UUID(row["id"]), tip=tip, kind=row["kind"], author=row["author"], identity=row["identity"],
        day=_day(row["day"]), unread=row["unread"], box=asking.unb64(row["box"]), mark=asking.unb64(row["mark"]),
    )  # fmt: skip
    return Said(record, boxes.open_record(record, private=private[record.identity]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _as_if(private: bytes) -> None:
    """Do what opening a short report does, with things nobody will read."""
    tip, wraps, records = _stand_in()
    for box in wraps:
        try:
            boxes.unwrap_key(box, tip=tip, private=private)
        except sealing.SealBroken:
            boxes.about(records[0])
    for record in records:
        try:
            boxes.open_record(record, private=private)
        except sealing.SealBroken:
            continue


@cache
def _stand_in() -> tuple[Tip, list[bytes], list[Record]]:
    tip = Tip(lookup=bytes(32))
    keys = boxes.begin(tip)
    to = sealing.new_pair().public
    wraps = [boxes.wrap_key(keys.tip.private, tip=tip, to=to) for _ in range(2)]
    records = [Record(tip=tip, kind="report", author="citizen", day=date(2021, 1, 1)) for _ in range(2)]
    for record in records:
        record.box = sealing.seal_to(bytes(512), to=to, about=boxes.about(record))
        record.mark = boxes.marks.of(record)
    return tip, wraps, records
