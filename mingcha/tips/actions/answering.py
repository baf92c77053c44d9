"""What the citizen is told, always through the receipt: who handles it need not know who asked. Closing, objections, resuming."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal
from mingcha.tips import clocks, moving
from mingcha.tips.models import Tip, Wrap
from mingcha.tips.states import Due, Outcome, RecordKind, State
from mingcha.tips.unlocked import Unlocked


class OutcomeUnknown(Refusal):
    message: ClassVar[str] = "请选择办理结果。"
    status: ClassVar[int] = 422


class NothingToTell(Refusal):
    message: ClassVar[str] = "这一件现在没有需要告知的事项，请刷新页面核对。"


@transaction.atomic
def reply(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Write to the citizen while a tip is handled: a question, how it stands. Raises NothingWritten, as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    moving.seal(tip, RecordKind.REPLY, {"text": moving.written(text)}, by=by, at=at)
    moving.record("tips.reply", tip, by=by, at=at)


@transaction.atomic
def notify(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Tell a named citizen that their report was accepted; the clock of that notice ends. Raises NothingToTell, as `reply`."""
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    content = {"text": moving.written(text), "what": "accepted"}
    if not Tip.objects.filter(pk=tip.pk).exclude(notice_due_at=None).update(notice_due_at=None):
        raise NothingToTell
    tip.refresh_from_db()
    moving.seal(tip, RecordKind.REPLY, content, by=by, at=at)
    moving.record("tips.notify", tip, by=by, at=at)


@transaction.atomic
def conclude(tip: Tip, *, outcome: str, note: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Conclude the handling with an outcome (states.Outcome) and a sealed note; the clock for telling the citizen begins.

    Raises OutcomeUnknown, NothingWritten, AlreadyMoved, and as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    if outcome not in Outcome.values:
        raise OutcomeUnknown
    text, day = moving.written(note), clocks.day_of(at)
    due_at = clocks.due(Due.RESULT, office=tip.office_id, since=day)
    moving.move(tip, "conclude", outcome=Outcome(outcome), concluded_on=day, due=Due.RESULT, due_at=due_at)
    moving.seal(tip, RecordKind.NOTE, {"what": "concluded", "text": text}, by=by, at=at)
    moving.record("tips.conclude", tip, by=by, at=at, detail={"outcome": outcome})


@transaction.atomic
def answer(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Tell the citizen the result and close the tip; handlers lose their keys, the office's stays until it is destroyed.

    Raises NothingWritten, AlreadyMoved, and as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    content, day = {"text": moving.written(text), "what": "result"}, clocks.day_of(at)
    erase_on = day + timedelta(days=clocks.rule(tip.office_id).keep_days)
    moving.move(tip, "answer", closed_on=day, due="", due_at=None, notice_due_at=None, erase_on=erase_on)
    moving.seal(tip, RecordKind.REPLY, content, by=by, at=at)
    Wrap.objects.filter(tip=tip).exclude(person=None).delete()
    moving.record("tips.answer", tip, by=by, at=at, detail={"outcome": tip.outcome})


@transaction.atomic
def explain(tip: Tip, *, text: str, key: Unlocked, by: Person, at: datetime) -> None:
    """Explain the result to a citizen who objects, where nothing new is to be looked into. Raises NothingToTell, as `reply`."""
    moving.hold(tip, Permission.TIP_HANDLE, by=by, key=key, at=at)
    content = {"text": moving.written(text), "what": "explained"}
    if not Tip.objects.filter(pk=tip.pk, state=State.CLOSED, due=Due.OBJECTION).update(due="", due_at=None):
        raise NothingToTell
    tip.refresh_from_db()
    moving.seal(tip, RecordKind.REPLY, content, by=by, at=at)
    moving.record("tips.explain", tip, by=by, at=at)


@transaction.atomic
def resume(tip: Tip, *, reason: str, key: Unlocked, by: Person, at: datetime) -> None:
    """
    Take up a closed tip again, under its number: new evidence must be checked, an objection looked into.

    Raises NothingWritten, AlreadyMoved, and as `handling.open_tip`.
    """
    moving.hold(tip, Permission.TIP_INTAKE, by=by, key=key, at=at)
    text = moving.written(reason)
    moving.move(
        tip, "resume", outcome="", concluded_on=None, closed_on=None, erase_on=None, due="", due_at=None
    )  # fmt: skip
    moving.seal(tip, RecordKind.NOTE, {"what": "resumed", "text": text}, by=by, at=at)
    moving.record("tips.resume", tip, by=by, at=at)
