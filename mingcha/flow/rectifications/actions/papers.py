"""Numbered papers: issued about a unit's orders, signed for, replied to, withdrawn; the three hands of a hand-over."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import dues, moving, papering
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.actions import answering
from mingcha.flow.rectifications.models import (
    Paper,
    PaperCopy,
    PaperOrder,
    Rectification,
    Step,
    UnitLink,
)
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import OPEN, PaperKind, PaperState, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body
from mingcha.kernel.briefing import PENDING
from mingcha.kernel.refusals import Refusal

MOST_ORDERS = 60
# A closed problem can still be a reason to remind or to advise; these ask that it be put right.
ABOUT_OPEN = (PaperKind.HAND_OVER, PaperKind.PRESS, PaperKind.NOTICE, PaperKind.INTERVIEW)


class NothingChosen(Refusal):
    message: ClassVar[str] = "请至少选择一个问题，文书要写明是哪一件。"
    status: ClassVar[int] = 422


class TooManyOrders(Refusal):
    message: ClassVar[str] = "一份文书最多写 60 个问题，请分几份印发。"
    status: ClassVar[int] = 422


class DifferentUnits(Refusal):
    message: ClassVar[str] = "一份文书只发给一个单位，选中的问题属于不同单位，请分开印发。"
    status: ClassVar[int] = 422


class NothingLeftToDo(Refusal):
    message: ClassVar[str] = "问题 %(number)s 现在是“%(state)s”，不能再发%(kind)s；可以发提醒函或建议书。"


class DemandsMissing(Refusal):
    message: ClassVar[str] = "请写明标题和要求：要对方做什么、做到什么程度；约谈要写明时间、地点和人员。"
    status: ClassVar[int] = 422


class ReplyTimeOver(Refusal):
    message: ClassVar[str] = "回复时限已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class CannotCopyThere(Refusal):
    message: ClassVar[str] = "不能抄送给“%(name)s”：抄送给跟进这个单位的纪检监察机构。"
    status: ClassVar[int] = 422


class ReplyEmpty(Refusal):
    message: ClassVar[str] = "请写明办理情况：怎样办的，办到什么程度，还差什么。"
    status: ClassVar[int] = 422


class ReasonForWithdrawal(Refusal):
    message: ClassVar[str] = "请写明为什么撤销，对方会看到。"
    status: ClassVar[int] = 422


@transaction.atomic
def issue(
    orders: Sequence[Rectification], *, kind: str, issuer: Body, title: str = "", demands: str, cause: str = "",
    prefix: str | None = None, reply_by: datetime | None = None, copies: Sequence[Body] = (), demo: bool = False,
    by: Person, at: datetime,
) -> Paper:  # fmt: skip
    """
    Issue a numbered paper about some orders of one unit, and tell the unit and whoever gets a copy.

    Numbers run by issuer, kind and year without a gap. `prefix`: the office's word in the number, the latest one's where
    None. `reply_by`: by the office's rule where None. The values are stored, so that the same bytes can be drawn again.
    Raises NotFound, NothingChosen, TooManyOrders, DifferentUnits, NothingLeftToDo, DemandsMissing, ReplyTimeOver,
    CannotCopyThere, Recused.
    """
    standing = accounts.require(by, Permission.ORDER_VERIFY, at=at)
    if issuer.pk not in standing.serves(Permission.ORDER_VERIFY):
        raise accounts.NotFound
    about = _checked(orders, PaperKind(kind), to=standing, by=by, at=at)
    if not demands.strip():
        raise DemandsMissing
    if reply_by is not None and reply_by <= at:
        raise ReplyTimeOver
    unit = about[0].body.merged_into or about[0].body
    addressed = _copied(copies, unit, issuer, to=standing)
    due = reply_by or _reply_due(about, issuer, kind=kind, at=at)
    content = wording.stored(
        about, kind=PaperKind(kind), issuer=issuer, prefix=_prefix(issuer, prefix),
        title=title.strip()[:100] or wording.title(kind, about), demands=demands.strip(), cause=cause.strip(),
        basis=queries.basis(kind, issuer), to=unit, copies=addressed, reply_by=due, demo=demo, at=at,
    )  # fmt: skip
    paper = _numbered(kind=kind, issuer=issuer, to=unit, content=content, reply_by=due, issued_at=at, issued_by=by)
    PaperOrder.objects.bulk_create(PaperOrder(paper=paper, rectification=order) for order in about)
    PaperCopy.objects.bulk_create(PaperCopy(paper=paper, body=body) for body in addressed)
    _answer_ladder(paper, about)
    papering.record("paper.issue", paper, by=by, at=at, detail={
        "paper": wording.number(paper), "sha256": paper.sha256, "orders": [order.pk for order in about],
        "copies": sorted(body.pk for body in addressed), "basis": content["basis"] or PENDING,
    })  # fmt: skip
    papering.tell(paper, queries.told(paper, at=at), gettext_noop("收到文书，请签收"), at=at)
    for body in addressed:
        papering.tell(paper, accounts.able(body.pk, Permission.ORDER_SEE, at=at), gettext_noop("收到抄送的文书"), at=at)
    return paper


@transaction.atomic
def receive(paper: Paper, *, by: Person | UnitLink, at: datetime) -> None:
    """
    Sign for a paper (签收) in the unit's name, and for those of its orders nobody signed for; the first signature stands.

    Whoever holds a one-time link to one of its orders may sign for the paper, and for that order alone. Raises NotFound.
    """
    mine = _own(paper, by=by, at=at)
    columns = {"received_through": by} if isinstance(by, UnitLink) else {"received_by": by}
    if papering.moved(paper, "receive", received_at=at, **columns):
        papering.record("paper.receive", paper, by=by, at=at)
    for order in mine:
        answering.receive(order, by=by, at=at)


@transaction.atomic
def receive_along(order: Rectification, *, by: UnitLink, at: datetime) -> None:
    """Sign for an order by its link, and for the papers about it that nobody has signed for. Raises LinkNoLongerGood."""
    answering.receive(order, by=by, at=at)
    for paper in Paper.objects.filter(orders__rectification=order, state=PaperState.ISSUED).order_by("pk"):
        receive(paper, by=by, at=at)


@transaction.atomic
def sign_for(paper: Paper, *, by: Person, at: datetime) -> bool:
    """Sign for a paper in whatever name one may: the unit's, or that of the body that got a copy. True for the unit's."""
    standing = accounts.standing(by, at=at)
    own = queries.addressed_to(paper, to=standing)
    if own:
        receive(paper, by=by, at=at)
    else:
        receive_copy(paper, by=by, at=at)
    return own


@transaction.atomic
def receive_copy(paper: Paper, *, by: Person, at: datetime) -> None:
    """Sign for the copy that came to one's body; the first signature stands. Raises NotFound."""
    standing = accounts.require(by, Permission.ORDER_SEE, at=at)
    copy = queries.own_copy(paper, to=standing)
    if copy is None:
        raise accounts.NotFound
    if PaperCopy.objects.filter(pk=copy.pk, received_at=None).update(received_at=at, received_by=by):
        papering.record("paper.receive_copy", paper, by=by, at=at, detail={"office": copy.body_id})


@transaction.atomic
def reply(paper: Paper, *, text: str, by: Person, at: datetime) -> None:
    """Reply in the unit's name, once; a reply also signs for the paper. Raises NotFound, ReplyEmpty, PaperMoved."""
    _own(paper, by=by, at=at)
    if not text.strip():
        raise ReplyEmpty
    receive(paper, by=by, at=at)
    if not papering.moved(paper, "reply", reply=text.strip(), replied_at=at, replied_by=by):
        raise papering.PaperMoved(state=PaperState(paper.state).label)
    papering.record("paper.reply", paper, by=by, at=at)
    people = accounts.able(paper.issuer_id, Permission.ORDER_VERIFY, at=at)
    papering.tell(paper, people, gettext_noop("文书已有回复"), at=at)


@transaction.atomic
def withdraw(paper: Paper, *, reason: str, by: Person, at: datetime) -> None:
    """Withdraw a paper nobody has replied to; its number stays used. Raises NotFound, ReasonForWithdrawal, PaperMoved."""
    papering.require_issuer(paper, by=by, at=at)
    if not reason.strip():
        raise ReasonForWithdrawal
    columns = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_reason": reason.strip()[:200]}
    if not papering.moved(paper, "withdraw", **columns):
        raise papering.PaperMoved(state=PaperState(paper.state).label)
    Step.objects.filter(paper=paper).update(paper=None)
    papering.record("paper.withdraw", paper, by=by, at=at)
    papering.tell(paper, queries.told(paper, at=at), gettext_noop("文书已撤销"), at=at)
    for copy in queries.copies(paper):
        papering.tell(
            paper, accounts.able(copy.body_id, Permission.ORDER_SEE, at=at), gettext_noop("文书已撤销"), at=at
        )


def _checked(
    orders: Sequence[Rectification], kind: PaperKind, *, to: accounts.Standing, by: Person, at: datetime
) -> list[Rectification]:
    """Return the orders anew, soonest due first, each within one's area, of one unit, and fit for this kind of paper."""
    chosen = {order.pk for order in orders}
    if not chosen:
        raise NothingChosen
    if len(chosen) > MOST_ORDERS:
        raise TooManyOrders
    found = list(queries.addressable(to=to).filter(pk__in=chosen).select_related("body__merged_into"))
    if len(found) != len(chosen):
        raise accounts.NotFound
    if len({order.body.merged_into_id or order.body_id for order in found}) > 1:
        raise DifferentUnits
    for order in found:
        tie = rectifications.tie(order, by, at=at)
        if tie is not None:
            raise moving.Recused(why=f"{tie.label}：{tie.name}")
        if kind in ABOUT_OPEN and order.state not in OPEN:
            raise NothingLeftToDo(number=order.finding.number, state=State(order.state).label, kind=kind.label)
    return found


def _copied(copies: Sequence[Body], unit: Body, issuer: Body, *, to: accounts.Standing) -> list[Body]:
    addressed = [body for body in dict.fromkeys(copies) if body.pk not in (issuer.pk, unit.pk)]
    allowed = set(queries.copyable(unit, issuer, to=to).values_list("pk", flat=True))
    for body in addressed:
        if body.pk not in allowed:
            raise CannotCopyThere(name=body.name)
    return addressed


def _prefix(issuer: Body, given: str | None) -> str:
    return queries.last_prefix(issuer) if given is None else given.strip()[:10]


def _reply_due(orders: Sequence[Rectification], issuer: Body, *, kind: str, at: datetime) -> datetime:
    """What is handed over asks for a written report first, in an emergency by the afternoon; other papers for a reply."""
    stage = "report" if kind == PaperKind.HAND_OVER else "reply"
    emergency = any(order.finding.campaign.in_emergency(at) for order in orders)
    return dues.due(stage, start=at, emergency=emergency, offices=territory.upward(issuer.pk)).at


def _numbered(*, kind: str, issuer: Body, issued_at: datetime, **columns: object) -> Paper:
    year = issued_at.astimezone(accounts.OFFICE_TIME).year
    with connection.cursor() as cursor:
        # Two papers of one series at once: the second waits, so that numbers neither clash nor leave a gap.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"paper/{issuer.pk}/{kind}/{year}"])
    last = Paper.objects.filter(issuer=issuer, kind=kind, year=year).aggregate(last=Max("number"))["last"] or 0
    paper = Paper(kind=kind, issuer=issuer, year=year, number=last + 1, issued_at=issued_at, **columns)
    paper.sha256 = hashlib.sha256(queries.document(paper)).hexdigest()
    Paper.objects.bulk_create([paper])
    return paper


def _answer_ladder(paper: Paper, orders: Sequence[Rectification]) -> None:
    """Name the paper on the steps of the ladder it puts in writing."""
    rung = queries.RUNGS.get(PaperKind(paper.kind))
    if rung is not None:
        pks = [order.pk for order in orders]
        Step.objects.filter(rectification__in=pks, act=rung, paper=None).update(paper=paper)


def _own(paper: Paper, *, by: Person | UnitLink, at: datetime) -> list[Rectification]:
    """Return the orders of the paper that `by` may sign for. Raises NotFound, LinkNoLongerGood."""
    about = queries.orders(paper)
    if isinstance(by, UnitLink):
        mine = [order for order in about if order.pk == by.rectification_id]
        if not mine:
            raise accounts.NotFound
        moving.require_own(mine[0], by=by, at=at)
        return mine
    standing = accounts.require(by, Permission.ORDER_ANSWER, at=at)
    if not queries.addressed_to(paper, to=standing):
        raise accounts.NotFound
    return about
