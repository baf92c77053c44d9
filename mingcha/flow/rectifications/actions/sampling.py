"""
Many like answers verified by a sample (同类抽核).

1. An office gathers the answers of one rule that lie before it and says how many it will look at.
2. A seed chooses which; it is kept, so that anybody can choose the same again.
3. Each chosen answer is judged like any other: closed, or sent back.
4. Settled: all closed, then the rest close by the sample; one sent back, then every other is looked at by itself.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.actions import judging
from mingcha.flow.rectifications.models import Rectification, Reply, Sampled, Sampling, Verdict
from mingcha.flow.rectifications.states import State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook import terms
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal

FEWEST, SMALLEST = 5, 3  # so many answers make a sample worth drawing, and so many of them at least are looked at


class TooFewAlike(Refusal):
    message: ClassVar[str] = "同一条目待核验的答复不足 5 件，请逐件核验。"
    status: ClassVar[int] = 422


class NotAlike(Refusal):
    message: ClassVar[str] = "抽核的各件要属于同一条目，并且都在待核验。请重新选择。"
    status: ClassVar[int] = 422


class SampleTooSmall(Refusal):
    message: ClassVar[str] = "至少抽 %(least)s 件。请改大抽核数。"
    status: ClassVar[int] = 422


class AlreadySampled(Refusal):
    message: ClassVar[str] = "其中有答复已经抽核过一次，不能重抽，请逐件核验。"
    status: ClassVar[int] = 422


class EachNeedsARevisit(Refusal):
    message: ClassVar[str] = "其中有按规定要逐件回头看的，不能抽核。请去掉这些再抽。"
    status: ClassVar[int] = 422


class NotJudgedYet(Refusal):
    message: ClassVar[str] = "抽中的还有 %(left)s 件没有核验，核验完再办结。"


class AlreadySettled(Refusal):
    message: ClassVar[str] = "这次抽核已经办结。"


@transaction.atomic
def begin(orders: Sequence[Rectification], *, office: Body, size: int, by: Person, at: datetime) -> Sampling:
    """
    Draw which of many like answers will be looked at. Nobody can choose them: the seed comes from the machine.

    Nor can they be drawn again and again until the choice pleases: an answer is drawn from once. Raises TooFewAlike,
    NotAlike, AlreadySampled, SampleTooSmall, EachNeedsARevisit, and what judging one of them would.
    """
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=office.division_id)
    found = queries.locked([order.pk for order in orders])
    if len(found) < FEWEST:
        raise TooFewAlike
    rules = {order.finding.rule for order in found}
    if len(rules) != 1 or not rules.copy().pop() or any(order.state != State.ANSWERED for order in found):
        raise NotAlike
    replies = _before_us(found)
    least = max(SMALLEST, -(-len(found) // 5))
    if size < least or size > len(found):
        raise SampleTooSmall(least=least)
    for order in found:
        moving.require_other_hand(order, by=by, at=at)
        needed = terms.proof_needed("close", severity=order.finding.severity, offices=queries.offices_over(order))
        if needed.revisit:
            raise EachNeedsARevisit
    seed = secrets.token_hex(32)
    chosen = queries.chosen([order.pk for order in found], size=size, seed=seed)
    sampling = Sampling.objects.create(
        office=office, rule=rules.pop()[:300], size=size, seed=seed, made_at=at, made_by=by
    )
    Sampled.objects.bulk_create(
        Sampled(sampling=sampling, rectification=order, reply=replies[order.pk], chosen=order.pk in chosen)
        for order in found
    )
    _record("sampling.begin", sampling, by=by, at=at, detail={"orders": len(found), "size": size})
    return sampling


@transaction.atomic
def settle(sampling: Sampling, *, by: Person, at: datetime) -> bool:
    """
    Settle a sample whose chosen answers are all judged; return whether the rest were closed by it.

    What was answered anew since it was drawn is left for itself. Raises NotJudgedYet, AlreadySettled.
    """
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=sampling.office.division_id)
    Sampling.objects.select_for_update().get(pk=sampling.pk)
    sampling.refresh_from_db()
    if sampling.settled_at is not None:
        raise AlreadySettled
    rows = list(sampling.orders.select_related("rectification", "reply").order_by("pk"))
    judged = {review.reply_id: review.verdict for row in rows for review in row.rectification.reviews.all()}
    left = [row for row in rows if row.chosen and row.reply_id not in judged]
    if left:
        raise NotJudgedYet(left=len(left))
    passed = all(judged[row.reply_id] == Verdict.CLOSED for row in rows if row.chosen)
    Sampling.objects.filter(pk=sampling.pk).update(settled_at=at, passed=passed)
    sampling.refresh_from_db()
    if passed:
        for row in rows:
            order = queries.of(row.rectification_id)
            if (
                order.state == State.ANSWERED
                and row.reply_id not in judged
                and queries.last_reply(order) == row.reply_id
            ):
                judging.close(order, reply=row.reply_id, sampling=sampling, by=by, at=at)
    _record("sampling.settle", sampling, by=by, at=at, detail={"passed": passed})
    return passed


def _before_us(orders: Sequence[Rectification]) -> dict[int, Reply]:
    """Return order id → the answer that lies before the office. Raises NotAlike, AlreadySampled."""
    latest = {order.pk: order.replies.order_by("-pk").first() for order in orders}
    found = {pk: reply for pk, reply in latest.items() if reply is not None}
    if len(found) < len(orders):  # what a former ledger says was answered came without an answer here
        raise NotAlike
    if Sampled.objects.filter(reply__in=found.values()).exists():
        raise AlreadySampled
    return found


def _record(verb: str, sampling: Sampling, *, by: Person, at: datetime, detail: dict[str, object]) -> None:
    audit.record(
        verb, kind="sampling", key=sampling.pk, by=by, at=at, division=sampling.office.division_id,
        body=sampling.office_id, detail=detail,
    )  # fmt: skip
