"""What of the ladder lies ahead of an order, and what offices owe units: answers to verify, requests to rule on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from mingcha.flow.rectifications import dues
from mingcha.flow.rectifications.models import Measure, Rectification, Request, Review, Sampled, Sampling
from mingcha.flow.rectifications.queries import ladder, measures, orders, to_rule
from mingcha.flow.rectifications.states import RUNNING, RequestKind, RequestState, Rung, State
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook import terms
from mingcha.ground.territory import queries as territory
from mingcha.kernel import deadlines

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Ahead:
    """A rung that comes if nothing changes: when, and whether it climbs by itself."""

    act: str
    at: datetime
    auto: bool

    @property
    def label(self) -> str:
        return str(Rung(self.act).label)


def ahead(order: Rectification, *, at: datetime) -> list[Ahead]:
    """Return the rungs still to come, soonest first; none where no clock runs, or once it was handed to referrals."""
    stopped = order.pauses.filter(until=None).exists()
    taken = list(order.steps.all())
    if order.state not in RUNNING or order.due_at is None or stopped or any(s.act == Rung.TAKE_OVER for s in taken):
        return []
    rungs = terms.ladder(emergency=ladder.in_emergency(order), offices=territory.upward(order.finding.office_id))
    before = {rung.position for rung in rungs if rung.before}
    climbed = [step for step in taken if ladder.VERIFY < step.position < ladder.RULE]
    highest = max((step.position for step in climbed if step.position not in before), default=0)
    calendar, latest, found = terms.calendar().tentative(), order.due_at, []
    for rung in rungs:
        reached = deadlines.rung_at(order.due_at, rung, calendar=calendar)
        if not rung.before:
            latest = reached = max(latest, reached)
        if reached > at and (rung.before or rung.position > highest or rung.act == Rung.TAKE_OVER):
            found.append(Ahead(rung.act, reached, rung.auto))
    return found


@dataclass(frozen=True)
class Owed:
    """What an office owes a unit: `act` of states.Rung (verify, rule), since when, by when, and whether that is past."""

    order: Rectification
    act: str
    since: datetime
    due_at: datetime
    late: bool


def owed(*, to: Standing, at: datetime) -> list[Owed]:
    """Return the answers and requests that wait for an office within one's area, the soonest due first."""
    area = to.area(Permission.ORDER_VERIFY, "finding__division")
    answered = orders(to=to).filter(area, state=State.ANSWERED).prefetch_related("replies")
    found = [
        _owed(order, Rung.VERIFY, "recheck", max(reply.at for reply in order.replies.all()), at=at)
        for order in answered
        if order.replies.all()
    ]
    asked = list(to_rule(to=to))
    about = {order.pk: order for order in orders(to=to).filter(pk__in=[each.rectification_id for each in asked])}
    found += [
        _owed(about[each.rectification_id], Rung.RULE, "ruling", each.at, at=at)
        for each in asked
        if each.rectification_id in about
    ]
    return sorted(found, key=lambda each: (each.due_at, each.order.pk))


def _owed(order: Rectification, act: str, stage: str, since: datetime, *, at: datetime) -> Owed:
    offices = territory.upward(order.finding.office_id)
    due = dues.due(stage, start=since, emergency=ladder.in_emergency(order), offices=offices)
    return Owed(order, act, since, due.at, late=due.at < at)


def by_hand(steps: Iterable[ladder.DueStep]) -> list[ladder.DueStep]:
    """Return those of the steps that nobody takes but a person."""
    return [step for step in steps if not step.rung.auto]


def request(order: Rectification, pk: int) -> Request:
    """Return a request about an order. Raises NotFound."""
    return _one(order.requests.select_related("ruled_by"), pk)


def measure(order: Rectification, pk: int) -> Measure:
    """Return a measure of an order's plan. Raises NotFound."""
    return _one(measures(order), pk)


def askable(order: Rectification, *, at: datetime) -> list[str]:
    """Return the kinds of requests the unit of an order may make now."""
    pending = set(order.requests.filter(state=RequestState.PENDING).values_list("kind", flat=True))
    kinds: list[str] = []
    if order.state in RUNNING:
        assert order.due_at is not None  # what runs has a deadline
        stopped = order.pauses.filter(until=None).exists()
        kinds = [RequestKind.EXTENSION] if stopped or at <= order.due_at else []
        kinds += [RequestKind.OBJECTION, RequestKind.CANNOT_DO]
    elif order.state == State.ANSWERED:
        kinds = [RequestKind.OBJECTION]
    return [kind for kind in kinds if kind not in pending]


def alike(*, to: Standing) -> list[tuple[str, list[Rectification]]]:
    """
    Return (rule, answered orders of it) within one's area that a sample may be drawn of, the largest group first.

    Left out: answers that were drawn from already, and orders of no rule.
    """
    area = to.area(Permission.ORDER_VERIFY, "finding__division")
    waiting = list(orders(to=to).filter(area, state=State.ANSWERED).prefetch_related("replies"))
    drawn = set(Sampled.objects.filter(rectification__in=waiting).values_list("reply", flat=True))
    groups: dict[str, list[Rectification]] = {}
    for order in waiting:
        last = max((reply.pk for reply in order.replies.all()), default=None)
        if order.finding.rule and last is not None and last not in drawn:
            groups.setdefault(order.finding.rule, []).append(order)
    return sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))


@dataclass(frozen=True)
class Drawn:
    """An order within a sample, and how the answer that was drawn from has been judged; "" while it is not."""

    row: Sampled
    verdict: str


def sampled(sampling: Sampling) -> list[Drawn]:
    """Return the orders of a sample in the order of their numbers."""
    rows = sampling.orders.select_related("rectification__finding__site", "rectification__body").order_by(
        "rectification"
    )
    judged = dict(Review.objects.filter(reply__in=rows.values("reply")).order_by("pk").values_list("reply", "verdict"))
    return [Drawn(row, judged.get(row.reply_id, "")) for row in rows]


def needs_revisit(order: Rectification) -> bool:
    """Return whether the office's setting asks for a re-check visit before the order is closed."""
    offices = territory.upward(order.finding.office_id)
    return terms.proof_needed("close", severity=order.finding.severity, offices=offices).revisit


def _one(found: QuerySet[Row], pk: int) -> Row:
    row = found.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
