"""Reading the record of acts, and proving it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mingcha.ground.audit.models import Event, Head, Seal, Unsealed

BATCH = 2000


def link(previous: str, event_id: int, text: str) -> str:
    """Return the hash of a link: SHA-256 over the previous hash, the event's id and its text, newline between."""
    return hashlib.sha256(f"{previous}\n{event_id}\n{text}".encode()).hexdigest()


def canonical(event: Event) -> str:
    """Return the text that is sealed: the event's own columns as JSON, keys sorted, time in UTC."""
    facts = {
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor,
        "actor_name": event.actor_name,
        "verb": event.verb,
        "kind": event.kind,
        "key": event.key,
        "division": event.division,
        "body": event.body,
        "detail": event.detail,
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def about(kind: str, key: object) -> QuerySet[Event]:
    """Return what happened to one thing, oldest first."""
    return Event.objects.filter(kind=kind, key=str(key)).order_by("id")


def within(prefixes: Iterable[str]) -> QuerySet[Event]:
    """Return the acts at places whose division code begins with one of the prefixes, newest first."""
    reach = Q(pk__in=[])
    for prefix in prefixes:
        reach |= Q(division__startswith=prefix)
    return Event.objects.filter(reach).order_by("-id")


def by(username: str, prefixes: Iterable[str] | None = None) -> QuerySet[Event]:
    """Return what one account did, newest first: everything, or only at places under the prefixes."""
    found = Event.objects.all() if prefixes is None else within(prefixes)
    return found.filter(actor=username).order_by("-id")


@dataclass(frozen=True)
class Verdict:
    """`sealed` links checked, `tail` events committed but not sealed yet, `broken` one sentence per fault."""

    sealed: int
    tail: int
    broken: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.broken


def verify() -> Verdict:
    """
    Walk the whole chain and name every broken link.

    1. Seals must count 1, 2, 3 … up to the head and each hash follow from the one before and its event's text.
    2. Each event must exist, and its columns must agree with its text.
    3. The head must name the last seal.
    4. Every event must be sealed or queued, and what is queued must exist.
    Acts and seals go on meanwhile: the head is read first, and what may change is asked in one statement each.
    The chain cannot prove the unsealed tail, nor stand against someone who rewrites all of it from a point on;
    for that the head is copied outside the database.
    """
    head = Head.objects.filter(pk=1).first() or Head()
    broken: list[str] = []
    previous, expected = Head().hash, 0
    for seal, event in _links(up_to=head.seq):
        expected += 1
        if seal.seq != expected:
            broken.append(f"第 {expected} 环缺失（下一环是第 {seal.seq} 环）")
            expected = seal.seq
        if event is None:
            broken.append(f"第 {seal.seq} 环：事件 {seal.event_id} 已被删除")
        elif link(previous, event.id, event.text) != seal.hash:
            broken.append(f"第 {seal.seq} 环：事件 {event.id} 的文本或前一环被改动")
        elif canonical(event) != event.text:
            broken.append(f"第 {seal.seq} 环：事件 {event.id} 的列与封存文本不一致")
        previous = seal.hash
    if (head.seq, head.hash) != (expected, previous) or _beyond_the_head():
        broken.append("链头与最后一环不一致：末尾的环被删除或链头被改动")
    broken += [f"待封事件 {pk} 已被删除" for pk in _gone()]
    broken += [f"事件 {pk} 既未封存也不在待封队列" for pk in _lost()]
    return Verdict(sealed=expected, tail=Unsealed.objects.count(), broken=tuple(broken))


def _links(*, up_to: int) -> Iterator[tuple[Seal, Event | None]]:
    """Yield each seal with its event, None where that is gone; in batches, for the record outgrows memory."""
    seals = Seal.objects.filter(seq__lte=up_to).order_by("seq").iterator(chunk_size=BATCH)
    while batch := list(islice(seals, BATCH)):
        events = Event.objects.in_bulk([seal.event_id for seal in batch])
        yield from ((seal, events.get(seal.event_id)) for seal in batch)


def _beyond_the_head() -> bool:
    head = Coalesce(Subquery(Head.objects.filter(pk=1).values("seq")), 0)
    return Seal.objects.filter(seq__gt=head).exists()


def _gone() -> list[int]:
    """Return queued events that are no more."""
    gone = Unsealed.objects.filter(~Exists(Event.objects.filter(pk=OuterRef("event_id"))))
    return list(gone.order_by("event_id").values_list("event_id", flat=True))


def _lost() -> list[int]:
    """Return events that are neither sealed nor queued."""
    known = Exists(Seal.objects.filter(event_id=OuterRef("pk"))) | Exists(Unsealed.objects.filter(pk=OuterRef("pk")))
    return list(Event.objects.exclude(known).order_by("pk").values_list("pk", flat=True))
