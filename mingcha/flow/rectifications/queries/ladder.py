"""
Reading the ladder: which steps are due, which were taken, how an order stands. Computed from rows, never stored.

1. An order's clock runs while its unit owes the next act and no pause stands.
2. Its rungs are data: the ladder of the office that found it, the emergency one while the emergency lasts.
3. Before the deadline each rung belongs to that deadline: a new one brings a new reminder. After it, a rung is climbed
   once and for all, and so is every lower one, whatever ladder it was of; the last, which hands the matter over, always
   remains.
4. Where an office owes the next act (to verify, to rule), its own clock runs, and it is reminded like anybody else:
   also of an order that was handed to referrals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from mingcha.flow.rectifications import dues
from mingcha.flow.rectifications.models import Pause, Rectification, Request, Step
from mingcha.flow.rectifications.queries import orders, reread
from mingcha.flow.rectifications.states import OPEN, RUNNING, RequestState, Rung, State
from mingcha.ground.accounts.queries import Standing
from mingcha.ground.rulebook import terms
from mingcha.ground.territory import queries as territory
from mingcha.kernel import deadlines
from mingcha.kernel.deadlines import Light

NEEDED = ("body", "finding__office", "finding__campaign")
LONGEST_BEFORE = timedelta(days=60)  # no ladder begins earlier before a deadline
VERIFY, RULE = 0, 100  # where an office's own steps stand among the rungs
FOLLOWED = (*RUNNING, State.ANSWERED, State.CANNOT)
LAST = RULE - 1  # and where what is handed to referrals does


@dataclass(frozen=True)
class DueStep:
    """A rung that is due and was not taken: of which order, since when, for which deadline."""

    order: Rectification
    rung: deadlines.Rung
    at: datetime
    for_due: datetime

    @property
    def label(self) -> str:
        return str(Rung(self.rung.act).label)


def due_steps(*, to: Standing | None = None, at: datetime, clock: "Clock | None" = None) -> list[DueStep]:
    """Return every step that is due at `at`, within one's reach where `to` is given, the longest due first."""
    # Without a reader only what the clock and the messages need: a year of days would spend its time on the rest.
    found = Rectification.objects.select_related(*NEEDED) if to is None else orders(to=to)
    clock = clock or Clock(at)
    steps = [step for order in _followed(found, at=at) for step in clock.due(order)]
    return sorted(steps, key=lambda step: (step.at, step.order.pk))


def due_of(order: Rectification, *, at: datetime, clock: "Clock | None" = None) -> list[DueStep]:
    """Return the steps of one order that are due, as its row stands now; with a `clock` its rules are not read again."""
    reread(order)
    if order.state not in FOLLOWED:
        return []
    prefetch_related_objects([order], *_beside())
    steps = list((clock or Clock(at)).due(order))
    # Dropped again: whoever goes on with this order must not take what stood beside it now for what does later.
    order.refresh_from_db(fields=("steps", "replies", "pauses", "requests"))
    return steps


def at_once(order: Rectification, *, at: datetime) -> DueStep | None:
    """Return the last rung of an open order as a person may take it before its time; None where that has been taken."""
    if order.state not in OPEN or order.due_at is None or order.steps.filter(act=Rung.TAKE_OVER).exists():
        return None
    rung = deadlines.Rung(LAST, Rung.TAKE_OVER, deadlines.Term(0, deadlines.Unit.HOURS), auto=False, to="both")
    return DueStep(order, rung, at, order.due_at)


def taken(order: Rectification) -> QuerySet[Step]:
    """Return the steps that were taken, oldest first."""
    return order.steps.select_related("taken_by", "paper").order_by("taken_at", "pk")


def light(order: Rectification, *, at: datetime) -> Light | None:
    """Return green, yellow or red for an order whose deadline runs; None for any other."""
    if order.state not in RUNNING or order.due_at is None or order.pauses.filter(until=None).exists():
        return None
    return deadlines.light(order.due_at, at=at, warn=terms.warning(emergency=in_emergency(order)))


def in_emergency(order: Rectification) -> bool:
    """Return whether an order went out while its campaign's emergency settings held; they hold for it to the end."""
    began = order.ordered_at or order.finding.noted_at
    return order.finding.campaign.in_emergency(began)


def _followed(found: QuerySet[Rectification], *, at: datetime) -> Iterable[Rectification]:
    """Return the orders that may have a step due, with what it takes to say so at hand."""
    over = Step.objects.filter(rectification=OuterRef("pk"), act=Rung.TAKE_OVER)
    pending = Request.objects.filter(rectification=OuterRef("pk"), state=RequestState.PENDING)
    # Whatever the unit's deadline, an office's own clock may be up.
    theirs = Q(state__in=(State.ANSWERED, State.CANNOT)) | Q(Exists(pending))
    open_ = found.filter(theirs | Q(state__in=RUNNING, due_at__lt=at + LONGEST_BEFORE) & ~Exists(over))
    return (
        open_.filter(state__in=FOLLOWED).order_by("pk").prefetch_related(*_beside())
    )  # fmt: skip


def _beside() -> tuple[str | Prefetch, ...]:
    """Return what lies beside an order; of pauses and requests only those that stand now."""
    pending = Request.objects.filter(state=RequestState.PENDING).order_by("at")
    return "steps", "replies", Prefetch("pauses", Pause.objects.filter(until=None)), Prefetch("requests", pending)


class Clock:
    """What is due at one moment. Rules are read once for each office and not for each order; keep none for long."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.calendar = terms.calendar()
        self.offices: dict[str, tuple[str, ...]] = {}
        self.rungs: dict[tuple[str, bool], tuple[deadlines.Rung, ...]] = {}
        self.terms: dict[tuple[str, str, bool], deadlines.Term] = {}

    def due(self, order: Rectification) -> Iterable[DueStep]:
        if order.state in RUNNING and not any(step.act == Rung.TAKE_OVER for step in order.steps.all()):
            yield from self._of_unit(order)
        yield from self._of_office(order)

    def _of_unit(self, order: Rectification) -> Iterable[DueStep]:
        assert order.due_at is not None  # what runs has a deadline
        rungs, late = self._ladder(order), self.at > order.due_at
        before = {rung.position for rung in rungs if rung.before}
        climbed = [step for step in order.steps.all() if VERIFY < step.position < RULE]
        highest = max((step.position for step in climbed if step.position not in before), default=0)
        reminded = {step.position for step in climbed if step.for_due == order.due_at}
        # A reminder that nobody sent in time is no use once the time is over.
        gone = reminded | {rung.position for rung in rungs if (late if rung.before else rung.position <= highest)}
        gone -= {rung.position for rung in rungs if rung.act == Rung.TAKE_OVER}
        # An order out of a former ledger may have been overdue before its unit had it: its ladder begins when it went out.
        began = max(order.due_at, order.ordered_at or order.due_at)
        due = deadlines.steps(
            began, rungs, taken=gone, at=self.at, calendar=self.calendar, paused=bool(order.pauses.all())
        )
        for rung, since in due:
            yield DueStep(order, rung, since, order.due_at)

    def _of_office(self, order: Rectification) -> Iterable[DueStep]:
        """Yield the office's own steps: an answer to verify, a request to rule on, past the office's own term."""
        owed: list[tuple[str, int, str, datetime]] = []
        if order.state == State.ANSWERED:
            last = max(order.replies.all(), key=lambda reply: reply.pk, default=None)
            # An answer that was reminded of once costs no more thought, however long it lies there.
            if last and not any(step.position == VERIFY and step.taken_at >= last.at for step in order.steps.all()):
                owed.append((Rung.VERIFY, VERIFY, "recheck", last.at))
        owed += [(Rung.RULE, RULE, "ruling", request.at) for request in order.requests.all()]
        for act, position, stage, since in owed:
            due = dues.counted(self._term(stage, order), start=since, calendar=self.calendar)
            known = any(step.position == position and step.for_due == due.at for step in order.steps.all())
            if due.at <= self.at and not known:
                yield DueStep(order, deadlines.Rung(position, act, dues.read(due.term), to="office"), due.at, due.at)

    def _ladder(self, order: Rectification) -> tuple[deadlines.Rung, ...]:
        key = (order.finding.office_id, in_emergency(order))
        if key not in self.rungs:
            self.rungs[key] = terms.ladder(emergency=key[1], offices=self._up(order))
        return self.rungs[key]

    def _term(self, stage: str, order: Rectification) -> deadlines.Term:
        key = (stage, order.finding.office_id, in_emergency(order))
        if key not in self.terms:
            self.terms[key] = terms.term(stage, emergency=key[2], offices=self._up(order))
        return self.terms[key]

    def _up(self, order: Rectification) -> tuple[str, ...]:
        office = order.finding.office_id
        if office not in self.offices:
            self.offices[office] = tuple(territory.upward(office))
        return self.offices[office]
