"""
What is sealed to a tip, and how.

A tip has two pairs: one for what was said and done, one for who spoke. Each private half lies only in wraps: the
office's, an assigned handler's, the citizen's. Records are sealed to a public half, so that anybody may add one and
only a holder reads; `about` binds each to its tip, its own id and its kind, and a mark made with a key outside the
database says that the house wrote it (`marks`).

What the records of each kind hold, besides `at`, the exact time:

    report     text, happened, place, division, body (code or ""), body_name, site, leaders (bool), category
    identity   name, phone, unit, address, wants_contact; every tip has one, of blanks where nobody is named;
               concern: division, body, site as in the report, for who keeps identities must stay away, too
    addition   text
    file       name, type, size, digest, key, stripped (bool), of
    reply      text, by_office
    note       text
    opinion    text, study
    link       what (lead, order, directed), office, number or pk
    repeat     first (a tip's id)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from mingcha.kernel import sealing
from mingcha.tips import marks
from mingcha.tips.models import OfficeKey, Record, Tip, Wrap
from mingcha.tips.states import Purpose

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
STEP = 512  # bytes to which a text is padded


@dataclass(frozen=True)
class TipKeys:
    """Both pairs of a new tip, for as long as it is being made. Printing one shows no private half."""

    tip: sealing.Pair
    identity: sealing.Pair


def begin(tip: Tip) -> TipKeys:
    """Give a tip that is not saved yet its pairs, and mark it; `lookup` must be set."""
    keys = TipKeys(sealing.new_pair(), sealing.new_pair())
    tip.public, tip.identity_public = keys.tip.public, keys.identity.public
    tip.mark = marks.of(tip)
    return keys


def first_wraps(tip: Tip, keys: TipKeys, *, office: Mapping[str, OfficeKey], citizen: bytes) -> list[Wrap]:
    """
    Return a new tip's four wraps, not saved: what was said to the office's intake key, who spoke to its identity key,
    and both to the citizen's public half. `office`: as `directory.receiving` gives it.
    """
    pairs = ((False, keys.tip.private, office[Purpose.INTAKE]), (True, keys.identity.private, office[Purpose.IDENTITY]))
    made = []
    for identity, private, key in pairs:
        to_office = wrap_key(private, tip=tip, to=bytes(key.public), identity=identity)
        made.append(Wrap(tip=tip, identity=identity, office_key=key, box=to_office))
        to_citizen = wrap_key(private, tip=tip, to=citizen, identity=identity)
        made.append(Wrap(tip=tip, identity=identity, box=to_citizen))
    return made


def wrap_key(private: bytes, *, tip: Tip, to: bytes, identity: bool = False) -> bytes:
    """
    Return a tip's private half wrapped to the public half `to`: an office's as the directory gives it, an officer's as
    a holder vouched for it (`keys.trusted`), or the citizen's. Nothing else may be sealed to.
    """
    return sealing.wrap(private, to=to, about=about_wrap(tip.pk, identity=identity))


def unwrap_key(box: bytes, *, tip: Tip, private: bytes, identity: bool = False) -> bytes:
    """
    Return a tip's private half out of a wrap or an offer.

    Raises SealBroken where `private` does not open it or what lies in it is not this tip's, Forged as `marks.check`.
    """
    marks.check(tip)
    found = sealing.unwrap(bytes(box), private=private, about=about_wrap(tip.pk, identity=identity))
    if sealing.public_of(found) != bytes(tip.identity_public if identity else tip.public):
        raise sealing.SealBroken
    return found


def move_wrap(box: bytes, *, tip: Tip, private: bytes, to: bytes, identity: bool = False) -> bytes:
    """Return the same private half wrapped to another public half. Raises as `unwrap_key`."""
    found = unwrap_key(box, tip=tip, private=private, identity=identity)
    return wrap_key(found, tip=tip, to=to, identity=identity)


def seal_record(
    tip: Tip, *, kind: str, author: str, content: Mapping[str, object], at: datetime, identity: bool = False
) -> Record:
    """
    Return a record that is not saved yet. `content` is JSON; its exact time is sealed with it, its day is not.

    Raises Forged where the tip's public halves are not those it was made with.
    """
    marks.check(tip)
    record = Record(
        tip=tip, kind=kind, author=author, identity=identity, day=at.astimezone(OFFICE_TIME).date()
    )  # fmt: skip
    plain = json.dumps({**content, "at": at.isoformat()}, ensure_ascii=False).encode()
    to = bytes(tip.identity_public if identity else tip.public)
    record.box = sealing.seal_to(plain, to=to, about=about(record), pad=STEP)
    record.mark = marks.of(record)
    return record


def open_record(record: Record, *, private: bytes) -> dict[str, object]:
    """Return what was sealed, with `at` (ISO time). Raises Forged for a record of others, SealBroken for another's key."""
    marks.check(record)
    found = json.loads(sealing.open_from(bytes(record.box), private=private, about=about(record)))
    return dict(found)


def about(record: Record) -> str:
    """Return what a record's box is bound to: its tip, itself, its kind, from which side it is, and under which key."""
    whose = "identity" if record.identity else "tip"
    return f"tips record {record.tip_id} {record.pk} {record.kind} {record.author} {whose}"


def about_wrap(tip: UUID, *, identity: bool) -> str:
    """Return what a wrap of a tip's private half is bound to; the same for every holder, so a taken offer is a wrap."""
    return f"tips wrap {tip} {'identity' if identity else 'tip'}"
