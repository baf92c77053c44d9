"""
A year of thousands of findings, day by day on an injected clock: in the end nothing is forgotten and the sums are equal.

Every day some are found, units answer in time, late, never, object, ask for time or say they cannot, offices verify, send
back or forget, and the ladder climbs. The findings are copies of rows that the actions made; all else goes through them.
"""

import random
from collections import Counter

import pytest

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions, dues
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.models import Rectification, Request, Review, Step
from mingcha.flow.rectifications.queries import ladder as due
from mingcha.flow.rectifications.states import OPEN, Rung, State, Way
from mingcha.flow.referrals.actions import leads
from mingcha.flow.referrals.models import Lead
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal
from tests.clocked import DAY, HOUR, PNG

DAYS, A_DAY, QUIET = 365, 6, 5  # found on each day but the last quiet ones: more than 2,000
FATES = ["in time"] * 52 + ["late"] * 10 + ["never"] * 5 + ["object"] * 3 + ["more time"] * 5 + ["cannot"] * 3
LATER = {"in time": (1, 12), "late": (16, 24), "object": (2, 5), "more time": (3, 10), "cannot": (2, 8)}


def now(order):
    """Return the order as its row stands, with what the acts look at."""
    return Rectification.objects.select_related("body", "finding__campaign", "finding__site").get(pk=order.pk)


class Year:
    """The actors of a year. Whatever they mean to do on a day stands in `agenda`."""

    def __init__(self, world) -> None:
        self.world, self.chance, self.agenda = world, random.Random(5), {}
        self.works = [world.minxian, world.zhangxian, world.city, world.beside]
        self.found = Counter()

    def live(self) -> None:
        for day in range(1, DAYS + 1):
            at = self.world.at + day * DAY
            if day <= DAYS - QUIET:
                self.find(day, at)
            for act, *about in self.agenda.pop(day, ()):
                act(day, at, *about)
            ladder.climb(at=at + HOUR)
            leads.climb(at=at + HOUR)

    def put(self, day: int, *what: object) -> None:
        self.agenda.setdefault(day, []).append(what)

    # 1. What is found, by which work, and what its unit will make of it.

    def find(self, day: int, at) -> None:
        work = self.works[day % 4]
        emergency = work.order.finding.campaign.in_emergency(at)
        offices = territory.upward(work.order.finding.office_id)
        term = dues.due("rectify", start=at, emergency=emergency, offices=offices)
        ways = self.chance.choices(list(Way), weights=[3, 1], k=A_DAY)  # most is put right on the spot
        facts = Finding.objects.bulk_create(
            copied(work.by_deadline, noted_at=at, confirmed_at=at) for _ in ways
        )  # fmt: skip
        orders = Rectification.objects.bulk_create(
            copied(work.order, finding=fact, due_at=term.at, term=term.term, ordered_at=at)
            if way == Way.BY_DEADLINE
            else copied(work.attested, finding=fact, attested_at=at)
            for way, fact in zip(ways, facts, strict=True)
        )
        for order in orders:
            self.found[order.way] += 1
            if order.way == Way.BY_DEADLINE:
                self.owe(day, order, work, emergency)
            elif self.chance.random() < 0.1:
                self.put(day + 3, self.sample, order, work)

    def owe(self, day: int, order, work, emergency=False) -> None:
        fate = self.chance.choice(FATES)
        if emergency and fate in ("in time", "late"):  # a day is all there is
            return self.put(day + (1 if fate == "in time" else 2), self.answer, order, work)
        if fate in LATER:
            act = self.answer if fate in ("in time", "late") else self.ask
            self.put(day + self.chance.randint(*LATER[fate]), act, order, work, *([fate] if act == self.ask else []))
        return None

    # 2. What units do.

    def answer(self, day: int, at, order, work) -> None:
        actions.answer(now(order), measures="演示", proofs=[("后.png", PNG)], by=work.office.unit, at=at)
        if self.chance.random() < 0.95:  # an office forgets the rest
            self.put(day + self.chance.randint(1, 6), self.judge, order, work)

    def ask(self, day: int, at, order, work, fate) -> None:
        kind = {"object": "objection", "more time": "extension", "cannot": "cannot_do"}[fate]
        until = now(order).due_at + 5 * DAY if kind == "extension" else None
        try:
            request = actions.ask(now(order), kind=kind, reason="演示", until=until, by=work.office.unit, at=at)
        except actions.AskedTooLate:  # in the emergency a day is all there is
            return self.put(day + 1, self.answer, order, work)
        return self.put(day + self.chance.randint(1, 4), self.rule, order, work, request.pk)

    # 3. What offices do: never the hand that found or answered.

    def judge(self, day: int, at, order, work) -> None:
        if self.chance.random() < 0.1:
            actions.send_back(now(order), reason="演示", by=work.office.officer, at=at)
            self.put(day + 1, self.answer, order, work)
        else:
            actions.close(now(order), by=work.office.officer, at=at)

    def rule(self, day: int, at, order, work, request) -> None:
        asked = Request.objects.get(pk=request)
        granted = self.chance.random() < 0.5
        until = at + 20 * DAY if granted and asked.kind == "extension" else None
        actions.rule(asked, granted=granted, ruling="演示", until=until, by=work.office.officer, at=at)
        if now(order).state != State.EXEMPT:
            self.put(day + 1, self.answer, order, work)

    def sample(self, day: int, at, order, work) -> None:
        upheld = self.chance.random() < 0.8
        until = None if upheld else at + 10 * DAY
        actions.sample(now(order), upheld=upheld, reason="演示", due_at=until, by=work.office.officer, at=at)
        if not upheld:
            self.owe(day, order, work)


def copied(row, **other):
    """Return another row like one that the actions made, not written yet."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    return type(row)(
        **fields | {f"{name}_id" if name == "finding" else name: getattr(v, "pk", v) for name, v in other.items()}
    )


@pytest.fixture(scope="module")
def year(_world_of_module, django_db_blocker):
    with django_db_blocker.unblock():
        lived = Year(_world_of_module)
        lived.live()
        yield lived


@pytest.fixture
def end(year):
    return year.world.at + DAYS * DAY + HOUR


def test_the_sums_are_equal(year, db, end):
    """Found = on the spot + by deadline; by deadline = closed + exempt + open; open = in time + on the ladder + referred."""
    rows = Rectification.objects.exclude(state__in=[State.VOID, State.AGREED]).exclude(finding__state="noted")
    found = Finding.objects.filter(state="confirmed").count()
    on_spot, by_deadline = (rows.filter(way=way).count() for way in Way)
    assert found == on_spot + by_deadline >= 2000
    assert year.found.total() + 5 * 3 == found  # none was lost, none twice; the world's own besides
    closed, exempt, opened = (rows.filter(state__in=states) for states in ([State.CLOSED], [State.EXEMPT], OPEN))
    assert by_deadline == closed.count() + exempt.count() + opened.count()
    assert min(closed.count(), exempt.count(), opened.count()) > 10
    referred = {lead.order_id for lead in Lead.objects.filter(source="ladder")}
    climbed = set(Step.objects.exclude(act=Rung.TAKE_OVER).values_list("rectification", flat=True)) - referred
    waiting = {order.pk: order for order in opened}
    in_time = set(waiting) - referred - climbed
    assert len(in_time) + len(climbed & set(waiting)) + len(referred & set(waiting)) == opened.count()
    for pk in in_time:  # whoever is not late, and whose answer has not waited too long
        assert due.due_of(waiting[pk], at=end) == [], waiting[pk].state
    assert referred and climbed


def test_nothing_open_is_late_without_a_step_and_nothing_automatic_waits(year, db, end):
    steps = due.due_steps(at=end)
    assert {step.rung.act for step in steps if step.rung.auto} == set()
    known = set(Step.objects.values_list("rectification", flat=True))
    late = Rectification.objects.filter(state__in=[State.ORDERED, State.RETURNED], due_at__lt=end - 5 * DAY)
    assert {order.pk for order in late} <= known


def test_each_step_was_taken_once_in_order_and_never_early(year, db):
    ladders = {}
    for step in Step.objects.filter(position__gt=due.VERIFY, position__lt=due.RULE).order_by("taken_at", "pk"):
        ladders.setdefault(step.rectification_id, []).append(step)
    assert len(ladders) > 100
    for steps in ladders.values():
        climbed = [step.position for step in steps if step.act != Rung.REMIND]
        assert climbed == sorted(set(climbed))
        reminded = [step.for_due for step in steps if step.act == Rung.REMIND]
        assert len(reminded) == len(set(reminded))
        for step in steps:
            assert step.taken_at >= step.due_at
            assert (step.due_at < step.for_due) == (step.act == Rung.REMIND)


def test_no_hand_judged_its_own(year, db):
    for review in Review.objects.select_related("rectification__finding", "reply"):
        own = {review.rectification.finding.noted_by_id, review.rectification.attested_by_id}
        own |= {review.reply.by_id} if review.reply else set()
        assert review.by_id not in own
    closed = Rectification.objects.filter(state=State.CLOSED).count()
    assert closed == Review.objects.filter(verdict="closed").count()


def test_who_never_answered_was_handed_over_and_whoever_was_is_one_lead(year, db):
    referred = Lead.objects.filter(source="ladder")
    assert referred.count() == Step.objects.filter(act=Rung.TAKE_OVER).count() > 10
    assert referred.values("order").distinct().count() == referred.count()
    silent = Rectification.objects.filter(
        state=State.ORDERED, replies=None, due_at__lt=year.world.at + (DAYS - 30) * DAY
    )
    assert {order.pk for order in silent} <= set(referred.values_list("order", flat=True))
    numbers = list(referred.order_by("office", "year", "number").values_list("office", "year", "number"))
    assert len(numbers) == len(set(numbers))


def test_another_county_sees_its_own_year_only(year, db, end):
    for who, division in ((year.world.county, "621126"), (year.world.neighbour, "621125")):
        seen = due.due_steps(to=accounts.standing(who, at=end), at=end + 20 * DAY)
        assert seen and all(step.order.finding.division.startswith(division) for step in seen)


def test_what_ended_does_not_reopen(year, db, end):
    for state in (State.CLOSED, State.EXEMPT, State.UPHELD):
        order = Rectification.objects.filter(state=state).order_by("pk").last()
        with pytest.raises(Refusal):
            actions.answer(order, measures="演示", proofs=[("后.png", PNG)], by=year.world.unit, at=end)
