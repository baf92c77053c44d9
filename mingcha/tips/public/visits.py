"""Coming back with the receipt: reading replies, adding, objecting, rating."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.tips.public.drafts import Effort, Identity
from mingcha.tips.vault import Uploaded


class ReceiptUnknown(Refusal):
    message: ClassVar[str] = "没有找到这个查询码对应的反映。请核对二十位查询码；内容已按期销毁的，也查不到了。"
    status: ClassVar[int] = 404


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
    given for this closing. `identity`: what the citizen left about themselves.
    """

    office_name: str
    kind: str
    category: str
    received_on: date
    state: str
    stage: str
    number: str
    way: str
    outcome: str
    lines: tuple[Line, ...] = field(repr=False)
    identity: Identity = field(repr=False)
    may: frozenset[str]
    object_until: date | None
    rated: str


def enter(receipt: str, *, at: datetime) -> Visit:
    """Return the report of a receipt as typed; replies count as read from now on. Raises ReceiptUnreadable, ReceiptUnknown."""
    raise NotImplementedError


def add(receipt: str, *, text: str = "", files: Sequence[Uploaded] = (), effort: Effort, at: datetime) -> None:
    """Add facts, files or both. Raises as `enter`, DraftIncomplete, what kernel.effort.check raises, NotNow once destroyed."""
    raise NotImplementedError


def object_to(receipt: str, *, text: str, effort: Effort, at: datetime) -> None:
    """Object to how it was closed, within the office's term. Raises as `add`; NotNow where it is not closed, or the term over."""
    raise NotImplementedError


def rate(receipt: str, *, value: str, text: str = "", at: datetime) -> None:
    """Rate the handling (states.Rating), once for each closing; `text` is sealed. Raises as `enter`, NotNow."""
    raise NotImplementedError
