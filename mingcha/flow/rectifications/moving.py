"""What every act on an order shares: who may, the move itself, the judgement on record, and who is told."""

from datetime import datetime, timedelta
from typing import ClassVar

from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.models import Rectification, UnitLink
from mingcha.flow.rectifications.states import ACTS, RequestState, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.kernel.refusals import Refusal

KEPT = timedelta(days=15)  # how long a link outlives the deadline: the time to answer a return


class DeadlineInThePast(Refusal):
    message: ClassVar[str] = "整改时限已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class DeadlineMissing(Refusal):
    message: ClassVar[str] = "限期整改要有整改时限，请填写。"
    status: ClassVar[int] = 422


class AlreadyMoved(Refusal):
    message: ClassVar[str] = "这一件刚刚已被别人办理，当前状态是“%(state)s”。您填的内容没有丢，请核对后再办。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = (
        "发现问题、现场确认、答复整改的人，给出单位所凭链接的人，都不能核验、裁定或销号，请由其他人办理。"
    )
    status: ClassVar[int] = 403


class Recused(Refusal):
    message: ClassVar[str] = "您对这一件应当回避（%(why)s），请由其他人办理。"
    status: ClassVar[int] = 403


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明理由，让对方知道差在哪里。"
    status: ClassVar[int] = 422


class LinkNoLongerGood(Refusal):
    message: ClassVar[str] = "这个链接已经失效或被收回。请联系交办机关重新给一个，已经提交的内容都在。"
    status: ClassVar[int] = 404


def check_deadline(due_at: datetime | None, *, at: datetime) -> datetime:
    """Return the deadline. Raises DeadlineMissing, DeadlineInThePast."""
    if due_at is None:
        raise DeadlineMissing
    if due_at <= at:
        raise DeadlineInThePast
    return due_at


def require_other_hand(order: Rectification, *, by: Person, at: datetime) -> None:
    """Neither who found it, nor who attested it, nor who reported it done may judge it; nor who must stay away."""
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=order.finding.division)
    if by.pk in queries.hands(order):
        raise AnotherHandNeeded
    tie = queries.tie(order, by, at=at)
    if tie is not None:
        raise Recused(why=f"{tie.label}：{tie.name}")


def require_own(order: Rectification, *, by: Person | UnitLink, at: datetime) -> None:
    """Whoever acts for the unit: an account with a post there, or the holder of this order's link while it is good."""
    if isinstance(by, UnitLink):
        # Locked, the order first as everywhere: a link revoked at this very moment ends before this act or after it.
        lock(order)
        good = UnitLink.objects.select_for_update().filter(
            pk=by.pk, rectification=order.pk, revoked_at=None, redeemed_at__isnull=False, expires_at__gt=at
        )
        if not good.exists():
            raise LinkNoLongerGood
        return
    standing = accounts.require(by, Permission.ORDER_ANSWER, at=at)
    if order.body_id not in standing.bodies(Permission.ORDER_ANSWER):
        raise accounts.NotFound


def said_by(by: Person | UnitLink) -> dict[str, object]:
    """Return the columns that keep who spoke for the unit."""
    return {"through": by} if isinstance(by, UnitLink) else {"by": by}


def move(order: Rectification, act: str, **columns: object) -> None:
    """Move an order by an act of the table. Raises AlreadyMoved."""
    # Two people at once: the second finds no row in the state they both saw.
    start, end = ACTS[act]
    moved = Rectification.objects.filter(pk=order.pk, state__in=start).update(state=end, **columns)
    if not moved:
        now = Rectification.objects.values_list("state", flat=True).get(pk=order.pk)
        raise AlreadyMoved(state=State(now).label)
    queries.reread(order)


def lock(order: Rectification) -> None:
    """Hold the order until the transaction ends and read its clock anew: two changes of a deadline come one by one."""
    queries.reread(order, held=True)


def extend(order: Rectification, due_at: datetime, *, at: datetime, **columns: object) -> None:
    """Set the deadline of an order that is held, never an earlier one; a link that is good stays so as long after it."""
    Rectification.objects.filter(pk=order.pk).update(due_at=due_at, **columns)
    until = due_at + KEPT
    order.links.filter(revoked_at=None, expires_at__gt=at, expires_at__lt=until).update(expires_at=until)
    queries.reread(order)


def run_again(order: Rectification, *, by: Person | UnitLink, at: datetime) -> bool:
    """Let the clock of an order that is held run again, if it stands still: later by that time; return whether it did."""
    stopped = order.pauses.filter(until=None).first()
    if stopped is None:
        return False
    order.pauses.filter(pk=stopped.pk).update(until=at, until_by=by if isinstance(by, Person) else None)
    extend(order, queries.after_waiting(order, since=stopped.since, at=at), at=at)
    return True


def lapse(order: Rectification) -> None:
    """What was asked and not ruled on needs no ruling any more."""
    order.requests.filter(state=RequestState.PENDING).update(state=RequestState.LAPSED)


def tell_unit(order: Rectification, subject: str, *, at: datetime) -> list[Person]:
    """Tell whoever answers for the unit; return them."""
    people = list(accounts.serving(order.body_id, at=at, role="unit"))
    notices.send(to=people, subject=f"{subject}：{order.finding.number}", link=f"/orders/{order.pk}/", at=at)
    return people


def tell_office(order: Rectification, subject: str, *, at: datetime) -> list[Person]:
    """Tell whoever may judge the order; return them."""
    people = queries.judges(order, at=at)
    notices.send(to=people, subject=f"{subject}：{order.finding.number}", link=f"/orders/{order.pk}/", at=at)
    return people


def record(
    verb: str, order: Rectification, *, by: audit.Actor, at: datetime, detail: dict[str, object] | None = None
) -> None:
    """Put an act about an order on record."""
    audit.record(
        verb, kind="rectification", key=order.pk, by=by, at=at, division=order.finding.division, body=order.body_id,
        detail=detail,
    )  # fmt: skip
