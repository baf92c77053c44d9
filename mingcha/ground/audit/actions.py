"""Writing the record of acts, and sealing it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import connection, transaction

from mingcha.ground.audit.models import Event, Head, Seal, Unsealed
from mingcha.ground.audit.queries import canonical, link


class Actor(Protocol):
    """Whoever acts: an account, a unit through a one-time link, or the house by itself."""

    @property
    def username(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class _System:
    username: str = "system"
    name: str = "系统自动"


# Who takes the steps of a ladder that climb by themselves.
SYSTEM = _System()


def record(
    verb: str,
    *,
    kind: str,
    key: object,
    by: Actor | None,
    at: datetime,
    division: str = "",
    body: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """
    Write one act into the caller's transaction and queue it for sealing.

    `by=None` is the operator at the machine's command line. `detail` must be JSON and hold no resident's data.
    Raises if there is no transaction: an act and its record stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record needs the act's transaction")
    event = Event(
        at=at,
        actor=by.username if by else "operator",
        actor_name=by.name if by else "命令行操作员",
        verb=verb,
        kind=kind,
        key=str(key),
        division=division,
        body=body,
        detail=detail or {},
    )
    event.text = canonical(event)
    Event.objects.bulk_create([event])
    Unsealed.objects.create(event_id=event.pk)


@transaction.atomic
def seal(*, by: None = None, at: datetime | None = None) -> int:
    """
    Chain the committed events that no seal covers yet; return how many.

    1. Lock the head, so that two sealers work one after the other.
    2. Take the queue: only committed rows are visible, so gaps in ids and late commits cannot break the chain.
    3. Link them in id order and move the head, in this same transaction.
    A head locked until commit by every act would put all writers in one queue; hence this sealer, after the fact.
    """
    if not Unsealed.objects.exists():
        return 0
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    waiting = list(Unsealed.objects.order_by("event_id").values_list("event_id", flat=True)[:2000])
    if not waiting:
        return 0
    seals, seq, previous = [], head.seq, head.hash
    for event_id, text in Event.objects.filter(pk__in=waiting).order_by("pk").values_list("pk", "text"):
        seq, previous = seq + 1, link(previous, event_id, text)
        seals.append(Seal(seq=seq, event_id=event_id, hash=previous))
    Seal.objects.bulk_create(seals)
    Unsealed.objects.filter(pk__in=[s.event_id for s in seals]).delete()
    Head.objects.filter(pk=1).update(seq=seq, hash=previous)
    return len(seals)
