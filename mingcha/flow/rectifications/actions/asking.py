"""A unit asks for more time, objects, or says that it cannot; another hand rules. And times that do not count."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.models import Pause, Rectification, Request, UnitLink
from mingcha.flow.rectifications.states import REQUEST_ACTS, RUNNING, RequestKind, RequestState, State
from mingcha.ground.accounts.models import Person
from mingcha.kernel.refusals import Refusal

# The clock stands still while an office rules on “cannot”: said over and over, the ladder would never be climbed.
MOST_REFUSED = 3


class AskedTooLate(Refusal):
    message: ClassVar[str] = (
        "整改时限已过，不能再申请延期。请尽快整改并答复；确有困难的，可以申报无法整改，由机关裁定。"
    )
    status: ClassVar[int] = 422


class LaterTimeNeeded(Refusal):
    message: ClassVar[str] = "申请延至的时间要晚于现在的整改时限，请重新填写。"
    status: ClassVar[int] = 422


class GivenTimeNeeded(Refusal):
    message: ClassVar[str] = "同意延期要写明延到什么时候，并晚于现在的整改时限和此刻。"
    status: ClassVar[int] = 422


class WhyMissing(Refusal):
    message: ClassVar[str] = "请写明理由，机关据此裁定。"
    status: ClassVar[int] = 422


class RulingMissing(Refusal):
    message: ClassVar[str] = "请写明裁定意见，单位会看到。"
    status: ClassVar[int] = 422


class AlreadyAsked(Refusal):
    message: ClassVar[str] = "已经有一份同样的申请在等待裁定，不用再提。"


class RefusedOften(Refusal):
    message: ClassVar[str] = "已经三次申报、三次裁定继续整改，不能再申报。请整改并答复；有不同意见的，可以提出异议。"


class NothingToAsk(Refusal):
    message: ClassVar[str] = "这一件现在是“%(state)s”，不能再提这项申请。您填的内容没有丢。"


class AlreadyRuled(Refusal):
    message: ClassVar[str] = "这项申请刚刚已有裁定，或已无须裁定。您填的内容没有丢，请核对。"


class AlreadyPaused(Refusal):
    message: ClassVar[str] = "这一件的计时已经暂停。"


class NotPaused(Refusal):
    message: ClassVar[str] = "这一件的计时没有暂停。"


@transaction.atomic
def ask(
    order: Rectification, *, kind: str, reason: str, until: datetime | None = None, by: Person | UnitLink, at: datetime
) -> Request:
    """
    Ask the office for an extension (before the deadline), object to the order, or declare that it cannot be done.

    The deadline runs on until an office rules, except for what cannot be done: that is a state of its own, and ends a
    pause, since nothing runs in it. A clock that stands still has not passed its deadline meanwhile. Raises
    WhyMissing, AskedTooLate, LaterTimeNeeded, AlreadyAsked, NothingToAsk, RefusedOften.
    """
    moving.require_own(order, by=by, at=at)
    kind = RequestKind(kind)
    if not reason.strip():
        raise WhyMissing
    moving.lock(order)
    if order.requests.filter(kind=kind, state=RequestState.PENDING).exists():
        raise AlreadyAsked
    if order.state not in (*RUNNING, State.ANSWERED) or (
        order.state == State.ANSWERED and kind != RequestKind.OBJECTION
    ):
        raise NothingToAsk(state=State(order.state).label)
    if kind == RequestKind.EXTENSION:
        _check_asked(order, until, at=at)
    if kind == RequestKind.CANNOT_DO:
        if order.requests.filter(kind=kind, state=RequestState.REFUSED).count() >= MOST_REFUSED:
            raise RefusedOften
        moving.move(order, "declare")
        moving.run_again(order, by=by, at=at)
    request = Request.objects.create(
        rectification=order, kind=kind, reason=reason.strip(), at=at,
        until=until if kind == RequestKind.EXTENSION else None, **moving.said_by(by),
    )  # fmt: skip
    moving.record("rectification.ask", order, by=by, at=at, detail={"kind": kind})
    moving.tell_office(order, _ASKED[kind], at=at)
    return request


_ASKED = {
    RequestKind.EXTENSION: gettext_noop("单位申请延期，待裁定"),
    RequestKind.OBJECTION: gettext_noop("单位提出异议，待裁定"),
    RequestKind.CANNOT_DO: gettext_noop("单位申报无法整改，待裁定"),
}


@transaction.atomic
def rule(
    request: Request, *, granted: bool, ruling: str, until: datetime | None = None, by: Person, at: datetime
) -> None:
    """
    Rule on what a unit asked, by another hand than any that touched the order.

    Granted: an extension moves the deadline; an objection or “cannot” ends the order without its being put right, which
    the ledger shows apart. Refused: the order goes on; a “cannot” that had stood before an office is added to the
    deadline. Raises RulingMissing, GivenTimeNeeded, AlreadyRuled, AnotherHandNeeded, Recused.
    """
    order = queries.of(request.rectification_id)
    moving.require_other_hand(order, by=by, at=at)
    if not ruling.strip():
        raise RulingMissing
    moving.lock(order)
    request.refresh_from_db()
    given = _given(request, order, until, at=at) if granted and request.kind == RequestKind.EXTENSION else None
    start, end = REQUEST_ACTS["grant" if granted else "refuse"]
    ruled = Request.objects.filter(pk=request.pk, state__in=start).update(
        state=end, ruling=ruling.strip(), until_given=given, ruled_at=at, ruled_by=by
    )
    if not ruled:
        raise AlreadyRuled
    if request.kind == RequestKind.EXTENSION:
        if given is not None:
            moving.extend(order, given, at=at, term="", tentative=False)
    elif granted:
        moving.move(order, "exempt")
        moving.run_again(order, by=by, at=at)
        moving.lapse(order)
    elif request.kind == RequestKind.CANNOT_DO:
        moving.move(order, "insist")
        moving.extend(order, queries.after_waiting(order, since=request.at, at=at), at=at)
    moving.record("rectification.rule", order, by=by, at=at, detail={"kind": request.kind, "granted": granted})
    moving.tell_unit(order, gettext_noop("申请已有裁定"), at=at)


@transaction.atomic
def pause(order: Rectification, *, reason: str, by: Person, at: datetime) -> Pause:
    """Stop an order's clock for a reason on record. Raises WhyMissing, AlreadyPaused, NothingToAsk, and AnotherHandNeeded."""
    moving.require_other_hand(order, by=by, at=at)
    if not reason.strip():
        raise WhyMissing
    moving.lock(order)
    if order.state not in RUNNING:
        raise NothingToAsk(state=State(order.state).label)
    if order.pauses.filter(until=None).exists():
        raise AlreadyPaused
    stopped = Pause.objects.create(rectification=order, reason=reason.strip()[:200], since=at, since_by=by)
    moving.record("rectification.pause", order, by=by, at=at)
    moving.tell_unit(order, gettext_noop("整改计时已暂停"), at=at)
    return stopped


@transaction.atomic
def resume(order: Rectification, *, by: Person, at: datetime) -> None:
    """Let the clock run again; the deadline moves by as long as it stood still. Raises NotPaused, AnotherHandNeeded."""
    moving.require_other_hand(order, by=by, at=at)
    moving.lock(order)
    if not moving.run_again(order, by=by, at=at):
        raise NotPaused
    moving.record("rectification.resume", order, by=by, at=at)
    moving.tell_unit(order, gettext_noop("整改计时已恢复"), at=at)


def _check_asked(order: Rectification, until: datetime | None, *, at: datetime) -> None:
    due = queries.due_now(order, at=at)
    if at > due:
        raise AskedTooLate
    if until is None or until <= due:
        raise LaterTimeNeeded


def _given(request: Request, order: Rectification, until: datetime | None, *, at: datetime) -> datetime:
    given = until or request.until
    # Ruled on late, the time asked for may be over by now: then there is nothing to grant.
    if given is None or given <= max(queries.due_now(order, at=at), at):
        raise GivenTimeNeeded
    return given
