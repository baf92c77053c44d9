"""Coming back with the receipt: reading replies, adding, objecting, rating."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.tips.clocks import day_of
from mingcha.tips.public import asking, filing, knowing
from mingcha.tips.public.drafts import LONGEST_TEXT, Effort, Identity, TextMissing, TextTooLong, check_text
from mingcha.tips.public.opened import Opened, opened
from mingcha.tips.states import Author, Rating, RecordKind, State
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

    `may`: which of "add", "object", "rate" are open now; `object_until` the last day for objecting; `rated` what was
    given for this closing (states.Rating). `outcome` (states.Outcome) is told once it is answered. `identity`: what the
    citizen left about themselves.
    """

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
    who = next((each.content for each in held.of(RecordKind.IDENTITY)), {})
    identity = Identity(**{name: value for name, value in who.items() if name != "at"})
    may = {"add": True, "object": _may_object(held, day_of(at)), "rate": closed and not held.rated}
    return Visit(
        office_name=held.office_name, kind=tip.kind, category=tip.category, received_on=tip.received_on,
        state=tip.state, stage=STAGES[State(tip.state)], number=str(tip) if tip.number else "",
        outcome=tip.outcome if closed else "", lines=tuple(_lines(held)), identity=identity,
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
