"""A citizen of the tests: somebody who has done the work a page asks for, and sends."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from mingcha.kernel import effort, receipts
from mingcha.tips import public
from mingcha.tips.public import filing

TEXT = "演示：值守点无人值守，登记簿是补写的。"
DRAFT = public.Draft(
    kind="misconduct", category="conduct", county="621126", text=TEXT, place="岷阳镇路口", body="621126-gov",
    happened="上周三", identity=public.Identity(name="演示反映人", phone="演示电话"),
)  # fmt: skip


def challenge(*, at: datetime, ago: timedelta = timedelta()) -> str:
    """Return a challenge of no work at all."""
    return effort.challenge(key=filing.effort_key(settings.MINGCHA_TIPS_PEPPER), at=at - ago, bits=0)


def worked(at: datetime) -> public.Effort:
    """Return a proof of work that counts, a new one each time."""
    return public.Effort(challenge(at=at), "0")


def send(*, at: datetime, receipt: str = "", files: Any = (), **other: Any) -> tuple[str, public.Filed]:
    """Send DRAFT, some of it changed; return the receipt and the answer."""
    receipt = receipt or receipts.new()
    draft = replace(DRAFT, **other)
    return receipt, public.file_tip(draft, receipt=receipt, effort=worked(at), files=files, at=at)


def upload(content: bytes, *, name: str, type: str = "text/plain") -> public.Uploaded:
    """Return a file as the upload handler leaves it."""
    with public.Sealing(name=name, type=type) as taken:
        taken.push(content)
        return taken.finish()
