"""Coming back with the receipt: reading replies, adding, objecting, rating, naming oneself to the office it went to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, routing
from mingcha.tips.clocks import day_of
from mingcha.tips.public import asking, filing, knowing
from mingcha.tips.public.drafts import LONGEST_TEXT, Effort, Identity, TextMissing, TextTooLong, check_text
from mingcha.tips.public.opened import Opened, opened
from mingcha.tips.states import Author, Purpose, Rating, RecordKind, State
from mingcha.tips.vault import Uploaded

# What a citizen is told of each state. Not which way it is disposed of: that may tell the accused.
STAGES = {
    State.RECEIVED: "已收到，等待受理机关接收",
    State.OFFERED: "正在移送有管辖权的机关",
    State.ACCEPTED: "已受理，正在研究处理意见",
    State.PROPOSED: "已受理，正在研究处理意见",
    State.HANDLING: "正在办理",
    State.CONCLUDED: "已办结，正在准备答复",
    State.CLOSED: "已办结并答复",
}


class NotNow(Refusal):
    message: ClassVar[str] = "现在不能进行这一步。请刷新页面查看最新进展。"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class Line:
    """One thing said: `kind` and `author` as states.RecordKind and states.Author; `files` are names of files."""

    kind: str
    author: str
    day: date
    text: str = field(repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)
    fresh: bool = False


@dataclass(frozen=True)
class Visit:
    """
    A report as the citizen sees it. `stage` is a sentence, to be translated; `state` its states.State.

    `may`: which of "add", "object", "rate", "name" (`name_to`) are open now; `office` is a code; `object_until` the last day for objecting; `rated` what was
    given for this closing (states.Rating). `outcome` (states.Outcome) is told once it is answered. `identity`: what the
    citizen left about themselves.
    """

    office: str
    office_name: str
    kind: str
    category: str
    received_on: date
    state: str
    stage: str
    number: str
    outcome: str
    lines: tuple[Line, ...] = field(repr=False)
    identity: Identity = field(repr=False)
    may: frozenset[str]
    object_until: date | None
    rated: str


def enter(receipt: str, *, at: datetime) -> Visit:
    """Return the report of a receipt as typed; replies count as read from now on. Raises ReceiptUnreadable, ReceiptUnknown."""
    held = opened(receipt)
    if any(each.record.unread for each in held.of(RecordKind.REPLY)):
        asking.ask("tips_seen", bytes(held.tip.lookup))
    tip, until = held.tip, _object_until(held)
    closed = tip.state == State.CLOSED
    may = {
        "add": True, "object": _may_object(held, day_of(at)), "rate": closed and not held.rated, "name": _may_name(held),
    }  # fmt: skip
    return Visit(
        office=tip.office_id, office_name=held.office_name, kind=tip.kind, category=tip.category, received_on=tip.received_on,
        state=tip.state, stage=STAGES[State(tip.state)], number=str(tip) if tip.number else "",
        outcome=tip.outcome if closed else "", lines=tuple(_lines(held)), identity=_identity(held),
        may=frozenset(name for name, open_now in may.items() if open_now), object_until=until, rated=held.rated,
    )  # fmt: skip


def add(receipt: str, *, text: str = "", files: Sequence[Uploaded] = (), effort: Effort, at: datetime) -> None:
    """Add facts, files or both. Raises as `enter`, DraftIncomplete, EffortStale, EffortMissing, EffortSpent, NotNow."""
    if not text.strip() and not files:
        raise TextMissing
    if len(text) > LONGEST_TEXT:
        raise TextTooLong
    held = opened(receipt)
    spent = filing.spend(effort, at=at)
    _settled(filing.hand_in(held, what="add", kind=RecordKind.ADDITION, text=text, files=files, spent=spent, at=at))


def object_to(receipt: str, *, text: str, effort: Effort, at: datetime) -> None:
    """Object to how it was closed, within the office's term. Raises as `add`; NotNow where it is not closed, or the term over."""
    check_text(text)
    held = opened(receipt)
    day = day_of(at)
    if not _may_object(held, day):
        raise NotNow
    due = {"due_at": knowing.objection_due(held.tip.office_id, day).isoformat()}
    spent = filing.spend(effort, at=at)
    _settled(filing.hand_in(held, what="object", kind=RecordKind.OBJECTION, text=text, spent=spent, more=due, at=at))


def rate(receipt: str, *, value: str, text: str = "", at: datetime) -> None:
    """Rate the handling (states.Rating), once for each closing; `text` is sealed. Raises as `enter`, NotNow, TextTooLong."""
    if len(text) > LONGEST_TEXT:
        raise TextTooLong
    held = opened(receipt)
    if value not in Rating.values or held.tip.state != State.CLOSED:
        raise NotNow
    _settled(filing.hand_in(held, what="rate", kind=RecordKind.COMMENT, text=text, more={"value": value}, at=at))


def name_to(receipt: str, *, office: str, at: datetime) -> None:
    """
    Give the office that keeps a report now the key to who spoke, where that did not go along with it.

    `office` is the code of the one the citizen was shown: gone on meanwhile, the next one learns nothing. Only for who left
    a name, and never for an office that the report itself is about. The wrap shows in the database that a name was left.
    Raises as `enter`, NotNow, NoKeyForOffice, KeyReplaced.
    """
    held = opened(receipt)
    tip, day = held.tip, day_of(at)
    if tip.office_id != office or not _may_name(held):
        raise NotNow
    key = knowing.keys(office)[Purpose.IDENTITY]
    box = boxes.wrap_key(held.identity, tip=tip, to=bytes(key.public), identity=True)
    payload = {
        "what": "name", "day": day.isoformat(), "act": asking.act_of("tips.name", tip, day=day),
        "wrap": {"office_key": key.pk, "public": asking.b64(key.public), "box": asking.b64(box)},
    }  # fmt: skip
    _settled(asking.ask("tips_add", bytes(tip.lookup), asking.packed(payload)))


def _identity(held: Opened) -> Identity:
    who = next((each.content for each in held.of(RecordKind.IDENTITY)), {})
    return Identity(**{each.name: who[each.name] for each in fields(Identity) if each.name in who})


def _may_name(held: Opened) -> bool:
    """Whether the office that keeps it could learn who spoke, and does not; on its way to another, it is not to."""
    tip, known = held.tip, held.office_named or not held.identity
    if known or tip.state in (State.OFFERED, State.CLOSED) or not _identity(held).given:
        return False
    said = next((each.content for each in held.of(RecordKind.REPORT)), {})
    return routing.may_hold(
        knowing.tree(), tip.office_id, accused=str(said.get("body", "")), accused_name=str(said.get("body_name", "")),
        county=tip.county, leaders=bool(said.get("leaders")),
    )  # fmt: skip


def _settled(done: str) -> None:
    if done == "spent":
        raise filing.EffortSpent
    if done != "added":
        raise NotNow


def _object_until(held: Opened) -> date | None:
    if held.tip.state != State.CLOSED or held.tip.closed_on is None:
        return None
    return held.tip.closed_on + timedelta(days=held.objection_days)


def _may_object(held: Opened, day: date) -> bool:
    until = _object_until(held)
    return until is not None and day <= until and not held.tip.due


def _lines(held: Opened) -> Iterator[Line]:
    """Yield what was said, oldest first. A file stands once, under the name it was sent with."""
    for each in held.said:
        record, content = each.record, each.content
        if record.kind == RecordKind.IDENTITY or (record.kind == RecordKind.FILE and not record.identity):
            continue
        files = (str(content["name"]),) if record.kind == RecordKind.FILE else ()
        fresh = record.unread and record.author == Author.OFFICE
        yield Line(record.kind, record.author, record.day, str(content.get("text", "")), files, fresh)
