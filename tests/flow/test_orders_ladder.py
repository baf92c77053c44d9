"""The ladder over a deadline nobody keeps: each rung once, none early, none while the clock stands still; never down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.models import Rectification, Step
from mingcha.flow.rectifications.queries import ladder as due
from mingcha.flow.rectifications.states import State
from mingcha.flow.referrals.actions import leads
from mingcha.flow.referrals.models import Lead
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.notices import queries as notices
from mingcha.ground.rulebook.actions import clocks
from mingcha.kernel.deadlines import Rung, Term, Unit
from tests.clocked import DAY, HOUR, answered, asked, extension, like, now, ruled, sent_back, taken

MINUTE = timedelta(minutes=1)
EMERGENCY = {
    "remind": -2 * HOUR,
    "press": 0 * HOUR,
    "letter": 12 * HOUR,
    "interview": 24 * HOUR,
    "take_over": 48 * HOUR,
}


@pytest.fixture
def order(world):
    """The one order that is followed here; the world's others are closed."""
    Rectification.objects.exclude(pk=world.minxian.order.pk).filter(state__in=["ordered", "answered"]).update(
        state=State.CLOSED, closed_at=world.at, closed_by=world.county
    )
    return now(world.minxian.order)


def climbed(at):
    return ladder.climb(at=at) + leads.climb(at=at)


def steps(order, at):
    return [step.rung.act for step in due.due_of(order, at=at)]


def test_no_rung_is_early_and_each_is_there_on_the_minute(world, order):
    for act, after in EMERGENCY.items():
        assert act not in steps(order, order.due_at + after - timedelta(seconds=1))
        if act != "press":  # at the deadline itself the unit is not late yet
            assert act in steps(order, order.due_at + after)


def test_each_rung_is_taken_once_and_those_of_a_person_wait_for_one(world, order):
    hours = 0
    while hours < 96:
        hours += 1
        climbed(order.due_at - 4 * HOUR + hours * HOUR)
    assert taken(order) == ["remind", "press", "letter", "take_over"]
    found = order.steps.order_by("pk")
    assert all(step.taken_by is None and step.taken_at >= step.due_at for step in found)
    assert [step.due_at for step in found] == sorted(step.due_at for step in found)
    assert Lead.objects.get(order=order).source == "ladder"


def test_who_is_told_stands_in_the_row(world, order):
    unseen = {who: notices.unseen_count(who) for who in (world.unit, world.county, world.second, world.neighbour)}
    climbed(order.due_at - HOUR)
    climbed(order.due_at + MINUTE)
    remind, press = order.steps.order_by("pk")
    assert remind.told == [world.unit.name]
    assert set(press.told) == {world.unit.name, world.county.name, world.second.name}
    more = {who: notices.unseen_count(who) - n for who, n in unseen.items()}
    assert more == {world.unit: 2, world.county: 1, world.second: 1, world.neighbour: 0}


def test_a_step_of_a_person_needs_words_and_its_time(world, order):
    held = {"note": "演示：已约谈店长。", "by": world.county}
    with pytest.raises(ladder.NotDue):
        ladder.take(order, act="interview", **held, at=order.due_at + 23 * HOUR)
    at = order.due_at + 25 * HOUR
    with pytest.raises(ladder.NoteMissing):
        ladder.take(order, act="interview", note=" ", by=world.county, at=at)
    with pytest.raises(NotFound):
        ladder.take(order, act="interview", note="演示", by=world.neighbour, at=at)
    step = ladder.take(order, act="interview", **held, at=at)
    assert (step.taken_by, step.note) == (world.county, "演示：已约谈店长。")
    with pytest.raises(ladder.NotDue):
        ladder.take(order, act="interview", **held, at=at)
    assert steps(order, at) == []  # what is lower is not climbed afterwards


def test_nothing_leaves_the_ladder_but_as_a_lead(world, order):
    at = order.due_at + 72 * HOUR
    with pytest.raises(ladder.LeadNeeded):
        ladder.take(order, act="take_over", note="演示", by=world.county, at=at)
    first = leads.take_over(order, by=world.county, at=at)
    assert leads.take_over(order, by=SYSTEM, at=at) == first
    assert climbed(at + DAY) == 0
    assert [step.position for step in order.steps.all()] == [due.LAST]


def test_a_person_hands_over_before_the_time_but_the_house_never_does(world, order):
    with pytest.raises(ladder.NotDue):
        leads.take_over(order, by=SYSTEM, at=world.at)
    assert leads.take_over(order, by=world.county, at=world.at).order == order


def test_a_new_deadline_brings_a_new_reminder(world, order):
    climbed(order.due_at - HOUR)
    ruled(extension(order, by=world.unit, at=order.due_at), True, by=world.county, at=order.due_at)
    later = now(order)
    assert later.due_at == order.due_at + 5 * DAY
    assert climbed(order.due_at + DAY) == 0
    climbed(later.due_at - HOUR)
    assert taken(order) == ["remind", "remind"]


def test_after_a_missed_deadline_a_new_one_is_reminded_of_and_the_ladder_goes_on_from_where_it_was(world, order):
    climbed(order.due_at + 13 * HOUR)
    answered(order, by=world.unit, at=order.due_at + 14 * HOUR)
    sent_back(order, due_at=order.due_at + 4 * DAY, by=world.county, at=order.due_at + 20 * HOUR)
    later = now(order).due_at
    assert climbed(later - 3 * HOUR) == 0
    climbed(later - HOUR)
    assert climbed(later + 13 * HOUR) == 0  # pressed and written to they have been
    assert taken(order) == ["press", "letter", "remind"]
    assert steps(order, later + 25 * HOUR) == ["interview"]


def test_a_reminder_nobody_sent_in_time_is_not_sent_late(world, order):
    climbed(order.due_at + MINUTE)
    assert taken(order) == ["press"]


@pytest.mark.parametrize("how", ["paused", "answered", "cannot", "exempt", "closed"])
def test_nothing_of_the_units_climbs_while_the_clock_is_not_theirs(world, order, how):
    at = order.due_at - 3 * HOUR
    if how == "paused":
        actions.pause(now(order), reason="演示", by=world.county, at=at)
    elif how in ("answered", "closed"):
        answered(order, by=world.unit, at=at)
    else:
        request = asked(order, "cannot_do", by=world.unit, at=at)
        if how == "exempt":
            ruled(request, True, by=world.county, at=at)
    if how == "closed":
        actions.close(now(order), by=world.county, at=at)
    climbed(order.due_at + 40 * DAY)
    assert set(taken(order)) <= {"verify", "rule"}


def test_an_office_is_reminded_of_what_it_owes_once_each_and_not_before_its_term(world, order):
    """Two days after the answer at 18:00 the answer should be verified, while the emergency lasts."""
    at = order.due_at - 12 * HOUR
    answered(order, by=world.unit, at=at)
    asked(order, "objection", by=world.unit, at=at)
    assert climbed(at + 12 * HOUR - MINUTE) == 0
    climbed(at + 12 * HOUR)
    assert taken(order) == ["rule"]
    for hours in range(13, 100, 6):
        climbed(at + hours * HOUR)
    assert taken(order) == ["rule", "verify"]
    verify = order.steps.last()
    assert set(verify.told) == {world.county.name, world.second.name}
    sent_back(order, by=world.county, at=at + 100 * HOUR)
    answered(order, by=world.unit, at=at + 101 * HOUR)
    climbed(at + 170 * HOUR)
    assert taken(order) == ["rule", "verify", "verify"]  # another answer, another term


def test_an_office_is_reminded_however_far_off_the_units_deadline_is(world, order):
    Rectification.objects.filter(pk=order.pk).update(due_at=order.due_at + 90 * DAY)
    answered(now(order), by=world.unit, at=world.at)
    assert steps(order, world.at + 4 * DAY) == ["verify"]


def test_what_was_handed_over_is_still_verified(world, order):
    leads.take_over(order, by=world.county, at=world.at)
    answered(order, by=world.unit, at=world.at)
    assert steps(order, world.at + 9 * DAY) == ["verify"]
    sent_back(order, by=world.county, at=world.at + 9 * DAY)
    assert steps(order, world.at + 99 * DAY) == []  # but the unit's ladder has ended


def test_a_shorter_ladder_does_not_lose_its_last_rung(world, order):
    climbed(order.due_at + 13 * HOUR)  # press and letter: the second and third of the shipped ones
    rungs = [Rung(1, "press", Term(0, Unit.HOURS)), Rung(2, "interview", Term(12, Unit.HOURS), auto=False),
             Rung(3, "take_over", Term(24, Unit.HOURS))]  # fmt: skip
    clocks.set_ladder(world.minxian.office.body, emergency=True, rungs=rungs, by=world.county, at=world.at)
    assert steps(order, order.due_at + 25 * HOUR) == ["take_over"]
    climbed(order.due_at + 25 * HOUR)
    assert taken(order) == ["press", "letter", "take_over"]


def test_who_sees_which_step(world, order):
    at = order.due_at + MINUTE
    mine, theirs = (accounts.standing(who, at=at) for who in (world.county, world.neighbour))
    assert [step.order for step in due.due_steps(to=mine, at=at)] == [order]
    assert due.due_steps(to=theirs, at=at) == []
    assert due.due_steps(to=accounts.standing(world.abroad.office.officer, at=at), at=at) == []


def test_how_many_orders_there_are_costs_no_more_queries(world):
    def asked_for():
        with CaptureQueriesContext(connection) as caught:
            found = due.due_steps(at=world.at + 9 * DAY)
        return len(found), len(caught)

    few, before = asked_for()
    like(world, 8)
    many, after = asked_for()
    assert many == few + 8
    assert after == before <= 25
    assert Step.objects.count() == 0  # looking takes nothing
    assert queries.pause_now(world.minxian.order) is None
