"""Sealing a report and handing it in: one statement, the same whether the public's role or the office's own runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.tips.public.drafts import Draft, Effort
from mingcha.tips.vault import Uploaded


class OutOfService(Refusal):
    message: ClassVar[str] = "举报平台暂时不能接收，内容没有保存。请稍后再送一次，或者拨打12388。"
    status: ClassVar[int] = 503


@dataclass(frozen=True)
class Filed:
    """
    A report that lies sealed. `again`: it had arrived before under this receipt; what was new in it was added to it.

    The receipt is not here: whoever sent it in has it.
    """

    office: str
    office_name: str
    again: bool = False


def new_effort(*, at: datetime) -> str:
    """Return a challenge for the browser: it answers with a number n such that sha256(challenge + ":" + n) begins with its zero bits."""
    raise NotImplementedError


def file_tip(draft: Draft, *, receipt: str, effort: Effort, files: Sequence[Uploaded] = (), at: datetime) -> Filed:
    """
    Seal a report with its files and hand it in; sent again under the same receipt, nothing is lost and nothing doubled.

    `receipt` as kernel.receipts.new() gave it to the page before. Raises DraftIncomplete, NobodyAbove, ReceiptUnreadable,
    what kernel.effort.check raises, NoKeyForOffice, OutOfService.
    """
    raise NotImplementedError
