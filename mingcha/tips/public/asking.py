"""The functions of migration 0002, by which the public's role reaches tips: sent JSON, given JSON or a word."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from mingcha.ground.audit import queries as record
from mingcha.ground.audit.models import Event
from mingcha.tips.boxes import OFFICE_TIME
from mingcha.tips.models import LikenessWaiting, Record, SealedFile, Tip, Wrap

CITIZEN, CITIZEN_NAME = "citizen", "反映人"


def ask(function: str, *given: str | bytes | date) -> Any:
    """Return what one of the functions answers; JSON is read."""
    places = ", ".join(["%s"] * len(given))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", given)
        found = cursor.fetchone()[0]
    return json.loads(found) if isinstance(found, str) and found[:1] in "[{" else found


def packed(payload: Mapping[str, Any]) -> str:
    """Return JSON as the functions take it."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def b64(raw: bytes | memoryview) -> str:
    return base64.b64encode(raw).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


def tip_of(tip: Tip) -> dict[str, Any]:
    """Return a new tip's row as tips_put takes it."""
    return {
        "id": str(tip.pk), "kind": tip.kind, "channel": tip.channel, "category": tip.category, "county": tip.county,
        "received_on": tip.received_on.isoformat(), "office": tip.office_id,
        "due_at": tip.due_at.isoformat() if tip.due_at else None, "lookup": b64(tip.lookup), "public": b64(tip.public),
        "identity_public": b64(tip.identity_public), "mark": b64(tip.mark),
    }  # fmt: skip


def wraps_of(wraps: Sequence[Wrap]) -> list[dict[str, Any]]:
    return [
        {"id": str(each.pk), "identity": each.identity, "office_key": each.office_key_id, "box": b64(each.box)}
        for each in wraps
    ]


def records_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [
        {"id": str(each.pk), "kind": each.kind, "identity": each.identity, "day": each.day.isoformat(),
         "box": b64(each.box), "mark": b64(each.mark)}
        for each in records
    ]  # fmt: skip


def files_of(files: Sequence[SealedFile]) -> list[dict[str, Any]]:
    return [{"digest": each.digest, "record": str(each.record_id), "size": each.size} for each in files]


def prints_of(prints: Sequence[LikenessWaiting]) -> list[dict[str, Any]]:
    return [{"id": str(each.pk), "office_key": each.office_key_id, "box": b64(each.box)} for each in prints]


def act_of(verb: str, tip: Tip, *, day: date, detail: Mapping[str, object] | None = None) -> str:
    """
    Return the text of an act of the public for the record: with the day it was, and no hour.

    tips_act writes it; the columns come from the text there, and the chain seals it like any other.
    """
    event = Event(
        at=datetime.combine(day, time(), OFFICE_TIME), actor=CITIZEN, actor_name=CITIZEN_NAME, verb=verb, kind="tip",
        key=str(tip.pk), division="", body=tip.office_id, detail=dict(detail or {}),
    )  # fmt: skip
    return record.canonical(event)
