"""What a unit may ask, what stands still and how a deadline moves: exactly, for a reason, by another hand, never earlier."""

from datetime import date, datetime, timedelta

import pytest

from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.actions import sampling
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.queries import ladder as due
from mingcha.flow.rectifications.states import RequestState, State
from mingcha.flow.reports.queries import figures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound
from mingcha.ground.rulebook.actions import clocks
from mingcha.ground.rulebook.terms import ProofNeed
from mingcha.kernel.deadlines import Light, Term, Unit
from tests.clocked import DAY, HOUR, answered, asked, extension, like, now, ruled, sent_back
from tests.world import PNG, note

MINUTE = timedelta(minutes=1)


@pytest.fixture
def order(world):
    """Due on 30 October at 9:00, ordered while the emergency holds."""
    return now(world.minxian.order)


# Asking


def test_more_time_is_asked_for_before_the_deadline_and_to_a_later_one(world, order):
    with pytest.raises(actions.LaterTimeNeeded):
        asked(order, "extension", until=order.due_at, by=world.unit, at=world.at)
    with pytest.raises(actions.LaterTimeNeeded):
        asked(order, "extension", by=world.unit, at=world.at)
    with pytest.raises(actions.AskedTooLate):
        extension(order, by=world.unit, at=order.due_at + MINUTE)
    with pytest.raises(actions.WhyMissing):
        actions.ask(order, kind="objection", reason=" ", by=world.unit, at=world.at)
    extension(order, by=world.unit, at=order.due_at)
    assert now(order).due_at == order.due_at  # asking moves nothing
    with pytest.raises(actions.AlreadyAsked):
        extension(order, by=world.unit, at=order.due_at)


def test_another_unit_asks_nothing_and_another_county_rules_on_nothing(world, order):
    for stranger in (world.neighbour_unit, world.beside.office.unit):
        with pytest.raises(NotFound):
            extension(order, by=stranger, at=world.at)
    request = extension(order, by=world.unit, at=world.at)
    with pytest.raises(NotFound):
        ruled(request, True, by=world.neighbour, at=world.at)
    with pytest.raises(NotFound):
        actions.pause(now(order), reason="演示", by=world.neighbour, at=world.at)


def test_more_time_granted_moves_the_deadline_to_the_day_given(world, order):
    Rectification.objects.filter(pk=order.pk).update(term="days:15", tentative=True)
    request = extension(order, by=world.unit, at=world.at)
    given = order.due_at + 2 * DAY
    for wrong in (order.due_at, order.due_at - DAY):
        with pytest.raises(actions.GivenTimeNeeded):
            ruled(request, True, until=wrong, by=world.county, at=world.at)
    ruled(request, True, until=given, by=world.county, at=world.at)
    moved = now(order)
    assert (moved.due_at, moved.term, moved.tentative) == (given, "", False)
    with pytest.raises(actions.AlreadyRuled):
        ruled(request, False, by=world.second, at=world.at)


def test_what_is_granted_too_late_is_not_a_time_that_is_over(world, order):
    request = extension(order, days=1, by=world.unit, at=order.due_at)
    late = order.due_at + 2 * DAY
    with pytest.raises(actions.GivenTimeNeeded):
        ruled(request, True, by=world.county, at=late)
    ruled(request, True, until=late + DAY, by=world.county, at=late)
    assert now(order).due_at == late + DAY


def test_more_time_refused_leaves_the_deadline_and_may_be_asked_for_again(world, order):
    request = extension(order, by=world.unit, at=world.at)
    with pytest.raises(actions.RulingMissing):
        actions.rule(request, granted=False, ruling=" ", by=world.county, at=world.at)
    ruled(request, False, by=world.county, at=world.at)
    assert now(order).due_at == order.due_at
    extension(order, by=world.unit, at=world.at)


@pytest.mark.parametrize("kind", ["extension", "objection", "cannot_do"])
@pytest.mark.parametrize("hand", ["inspector", "unit"])
def test_neither_finder_nor_who_answered_rules(world, order, kind, hand):
    """Even where a second post would let them."""
    who = getattr(world, hand)
    posts.appoint(who, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at)
    order = now(world.minxian.order)
    answered(order, by=world.unit, at=world.at)
    sent_back(order, by=world.county, at=world.at)
    request = asked(
        order, kind, by=world.unit, at=world.at, **({"until": order.due_at + DAY} if kind == "extension" else {})
    )
    with pytest.raises(actions.AnotherHandNeeded):
        ruled(request, True, by=who, at=world.at)
    with pytest.raises(actions.AnotherHandNeeded):
        actions.pause(now(order), reason="演示", by=who, at=world.at)


def test_who_asked_does_not_rule_on_it(world, order):
    """Also where they have answered nothing, and serve the office now and the unit no more."""
    request = extension(order, by=world.unit, at=world.at)
    world.unit.posts.update(until=world.at.date() - DAY)
    posts.appoint(
        world.unit, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at
    )
    with pytest.raises(actions.AnotherHandNeeded):
        ruled(request, True, by=world.unit, at=world.at)


def test_cannot_is_a_state_of_its_own_that_an_office_ends(world, order):
    request = asked(order, "cannot_do", by=world.unit, at=world.at)
    assert now(order).state == State.CANNOT
    with pytest.raises(actions.AlreadyMoved):
        answered(order, by=world.unit, at=world.at)
    with pytest.raises(actions.NotRunning):
        actions.report_progress(now(order), text="演示", by=world.unit, at=world.at)
    ruled(request, False, by=world.county, at=world.at + 2 * DAY)
    insisted = now(order)
    assert (insisted.state, insisted.due_at) == (State.ORDERED, order.due_at + 2 * DAY)


def test_cannot_is_not_said_over_and_over_to_hold_the_ladder(world, order):
    for _ in range(3):
        ruled(asked(order, "cannot_do", by=world.unit, at=world.at), False, by=world.county, at=world.at)
    with pytest.raises(actions.RefusedOften):
        asked(order, "cannot_do", by=world.unit, at=world.at)
    assert now(order).state == State.ORDERED
    asked(order, "objection", by=world.unit, at=world.at)  # to object stays everybody's right; it stops no clock


@pytest.mark.parametrize("kind", ["cannot_do", "objection"])
def test_granted_it_ends_without_being_put_right_and_never_reopens(world, order, kind):
    other = extension(order, by=world.unit, at=world.at)
    request = asked(order, kind, by=world.unit, at=world.at)
    ruled(request, True, by=world.county, at=world.at)
    ended = now(order)
    assert (ended.state, ended.closed_by) == (State.EXEMPT, None)
    other.refresh_from_db()
    assert other.state == RequestState.LAPSED
    for act in (
        lambda: answered(order, by=world.unit, at=world.at),
        lambda: sent_back(order, by=world.county, at=world.at),
    ):
        with pytest.raises(actions.AlreadyMoved):
            act()


def test_an_answer_makes_what_was_asked_needless(world, order):
    request = extension(order, by=world.unit, at=world.at)
    answered(order, by=world.unit, at=world.at)
    with pytest.raises(actions.AlreadyRuled):
        ruled(request, True, by=world.county, at=world.at)
    with pytest.raises(actions.NothingToAsk):
        extension(order, by=world.unit, at=world.at)
    objection = asked(order, "objection", by=world.unit, at=world.at)
    actions.close(now(order), by=world.county, at=world.at)
    objection.refresh_from_db()
    assert objection.state == RequestState.LAPSED  # nobody is asked to rule on what is closed


# Standing still


def test_a_pause_moves_the_deadline_by_exactly_as_long_as_it_lasted(world, order):
    with pytest.raises(actions.WhyMissing):
        actions.pause(now(order), reason=" ", by=world.county, at=world.at)
    actions.pause(now(order), reason="演示：封控", by=world.county, at=world.at)
    with pytest.raises(actions.AlreadyPaused):
        actions.pause(now(order), reason="演示", by=world.second, at=world.at)
    lasted = timedelta(hours=31, minutes=7)
    actions.resume(now(order), by=world.second, at=world.at + lasted)
    assert now(order).due_at == order.due_at + lasted
    with pytest.raises(actions.NotPaused):
        actions.resume(now(order), by=world.county, at=world.at + lasted)


def test_a_pause_after_the_deadline_forgives_nothing(world, order):
    actions.pause(now(order), reason="演示", by=world.county, at=order.due_at + HOUR)
    actions.resume(now(order), by=world.county, at=order.due_at + 5 * DAY)
    assert now(order).due_at == order.due_at


def test_while_the_clock_stands_still_nobody_is_too_late_to_ask(world, order):
    actions.pause(now(order), reason="演示", by=world.county, at=world.at)
    after = order.due_at + DAY
    with pytest.raises(actions.LaterTimeNeeded):  # later than the deadline would be if the clock ran from now
        asked(order, "extension", until=after + HOUR, by=world.unit, at=after)
    asked(order, "extension", until=after + 9 * DAY, by=world.unit, at=after)


@pytest.mark.parametrize("act", ["answer", "cannot_do", "exempt"])
def test_a_pause_ends_with_the_act_that_takes_the_order_off_the_unit(world, order, act):
    actions.pause(now(order), reason="演示", by=world.county, at=world.at)
    at = world.at + DAY
    if act == "answer":
        answered(order, by=world.unit, at=at)
    else:
        request = asked(order, "objection" if act == "exempt" else act, by=world.unit, at=at)
        if act == "exempt":
            ruled(request, True, by=world.county, at=at)
    assert queries.pause_now(order) is None
    assert now(order).due_at == order.due_at + DAY
    with pytest.raises(actions.NotPaused):
        actions.resume(now(order), by=world.county, at=at + DAY)


def test_no_day_is_given_twice_where_a_pause_and_a_waiting_meet(world, order):
    actions.pause(now(order), reason="演示", by=world.county, at=world.at)
    answered(order, by=world.unit, at=world.at + DAY)
    sent_back(order, by=world.county, at=world.at + 2 * DAY)
    assert now(order).due_at == order.due_at + 2 * DAY


def test_what_is_not_the_units_turn_cannot_be_paused(world):
    with pytest.raises(actions.NothingToAsk):
        actions.pause(world.minxian.answered, reason="演示", by=world.county, at=world.at)


# Sending back


def test_the_offices_reading_makes_nobody_late(world, order):
    answered(order, by=world.unit, at=order.due_at - HOUR)
    sent_back(order, by=world.county, at=order.due_at + 3 * DAY)
    returned = now(order)
    assert returned.state == State.RETURNED
    left = returned.due_at - (order.due_at + 3 * DAY)
    assert left == HOUR  # what was left when the answer came


def test_an_answer_that_came_late_gains_no_time(world, order):
    answered(order, by=world.unit, at=order.due_at + HOUR)
    sent_back(order, by=world.county, at=order.due_at + 3 * DAY)
    assert now(order).due_at == order.due_at


def test_a_new_time_is_never_earlier_than_the_old_one(world, order):
    answered(order, by=world.unit, at=world.at)
    at = world.at + DAY
    for wrong in (at + HOUR, order.due_at, order.due_at + DAY - MINUTE):
        with pytest.raises(actions.DeadlineEarlier):
            sent_back(order, due_at=wrong, by=world.county, at=at)
    with pytest.raises(actions.DeadlineInThePast):
        sent_back(order, due_at=at, by=world.county, at=at)
    sent_back(order, due_at=order.due_at + DAY, by=world.county, at=at)
    assert (now(order).due_at, now(order).state) == (order.due_at + DAY, State.RETURNED)


# Plan, progress, proof


def test_a_plan_names_measures_and_days_to_come(world, order):
    today = world.at.date()
    for wrong in ([], [(" ", today)], [("演示", today - DAY)]):
        with pytest.raises(actions.PlanMissing):
            actions.plan(now(order), measures=wrong, today=today, by=world.unit, at=world.at)
    with pytest.raises(actions.TooManyMeasures):
        actions.plan(now(order), measures=[("演示", today)] * 31, today=today, by=world.unit, at=world.at)
    actions.plan(
        now(order),
        measures=[("演示：排班", today), ("演示：培训", today + DAY)],
        today=today,
        by=world.unit,
        at=world.at,
    )
    first, _second = queries.measures(order)
    actions.finish_measure(first, by=world.unit, at=world.at)
    actions.finish_measure(first, by=world.unit, at=world.at + HOUR)
    first.refresh_from_db()
    assert (first.done_at, now(order).received_by) == (world.at, world.unit)
    with pytest.raises(NotFound):
        actions.finish_measure(first, by=world.neighbour_unit, at=world.at)


def test_progress_is_no_answer(world, order):
    with pytest.raises(actions.ProgressEmpty):
        actions.report_progress(now(order), text=" ", by=world.unit, at=world.at)
    said = actions.report_progress(
        now(order), text="演示", files=[("前.png", PNG, "before")], by=world.unit, at=world.at
    )
    assert (now(order).state, said.files.get().moment) == (State.ORDERED, "before")
    assert now(order).due_at == order.due_at


def test_what_an_answer_needs_is_a_setting_of_the_office(world, order):
    office, pdf = world.minxian.office.body, b"%PDF-1.4\n%%EOF\n"
    need = ProofNeed(before=True, after=True, document=True)
    clocks.set_proof(office, act="answer", need=need, by=world.county, at=world.at)

    def answer(*proofs):
        actions.answer(order, measures="演示", proofs=proofs, by=world.unit, at=world.at)

    after, before, paper = ("后.png", PNG), ("前.png", PNG, "before"), ("材料.pdf", pdf)
    with pytest.raises(actions.BeforeMissing):
        answer(after)
    with pytest.raises(actions.AfterMissing):
        answer(before, paper)
    with pytest.raises(actions.DocumentMissing):
        answer(before, after)
    assert now(order).state == State.ORDERED
    actions.report_progress(now(order), text="演示", files=[before], by=world.unit, at=world.at)
    answer(after, paper)  # the picture from before came with the report
    assert now(order).state == State.ANSWERED


def test_where_a_revisit_is_asked_for_a_later_visit_by_another_closes(world):
    order, office = now(world.minxian.answered), world.minxian.office
    clocks.set_proof(office.body, act="close", need=ProofNeed(revisit=True), by=world.county, at=world.at)
    for visit in (None, order.finding.visit, world.minxian.open):
        with pytest.raises(actions.RevisitMissing):
            actions.close(now(order), visit=visit, by=world.county, at=world.at)
    seen = world.beside.closed  # the other team went to the same restaurant, but before the answer came
    type(seen).objects.filter(pk=seen.pk).update(begun_at=order.replies.get().at + MINUTE)
    actions.close(now(order), visit=seen, by=world.county, at=world.at)
    assert (now(order).state, order.reviews.get().how, order.reviews.get().visit) == (State.CLOSED, "revisit", seen)


# Samples


def draw(world, orders, size=3):
    office = world.minxian.office.body
    return sampling.begin(orders, office=office, size=size, by=world.county, at=world.at + DAY)


def chosen(drawn):
    return [now(row.rectification) for row in drawn.orders.filter(chosen=True)]


def test_a_sample_is_replayed_from_its_seed(world):
    orders = like(world, 7)
    drawn = draw(world, orders)
    assert len(chosen(drawn)) == 3 and drawn.orders.count() == 7
    again = queries.chosen([order.pk for order in reversed(orders)], size=3, seed=drawn.seed)
    assert again == {order.pk for order in chosen(drawn)}


def test_what_is_too_few_unlike_too_small_or_drawn_already_is_not_sampled(world):
    orders = like(world, 6)
    for wrong, refusal in (
        (orders[:4], sampling.TooFewAlike), ([*orders, world.minxian.order], sampling.NotAlike),
    ):  # fmt: skip
        with pytest.raises(refusal):
            draw(world, wrong)
    for size in (2, 7):
        with pytest.raises(sampling.SampleTooSmall):
            draw(world, orders, size=size)
    draw(world, orders)
    with pytest.raises(sampling.AlreadySampled):  # nor again until the choice pleases
        draw(world, orders)


def test_a_sample_that_holds_closes_the_rest(world):
    orders = like(world, 6)
    drawn, at = draw(world, orders), world.at + 2 * DAY
    with pytest.raises(sampling.NotJudgedYet):
        sampling.settle(drawn, by=world.county, at=at)
    for order in chosen(drawn):
        actions.close(now(order), sampling=drawn, by=world.second, at=at)
    assert sampling.settle(drawn, by=world.county, at=at)
    assert {now(order).state for order in orders} == {State.CLOSED}
    assert {order.reviews.get().how for order in orders} == {"sample"}
    with pytest.raises(sampling.AlreadySettled):
        sampling.settle(drawn, by=world.county, at=at)


def test_a_sample_that_fails_closes_nothing_more(world):
    orders = like(world, 6)
    drawn, at = draw(world, orders), world.at + 2 * DAY
    first, *others = chosen(drawn)
    sent_back(first, sampling=drawn, by=world.county, at=at)
    for order in others:
        actions.close(now(order), sampling=drawn, by=world.county, at=at)
    assert not sampling.settle(drawn, by=world.county, at=at)
    assert sorted(now(order).state for order in orders) == sorted(["returned", "closed", "closed", *["answered"] * 3])


def test_what_was_answered_anew_is_left_alone(world):
    orders = like(world, 6)
    drawn, at = draw(world, orders), world.at + 2 * DAY
    apart = next(now(row.rectification) for row in drawn.orders.filter(chosen=False))
    sent_back(apart, by=world.second, at=at)
    answered(apart, by=world.unit, at=at)
    for order in chosen(drawn):
        actions.close(now(order), sampling=drawn, by=world.county, at=at)
    assert sampling.settle(drawn, by=world.county, at=at)
    assert now(apart).state == State.ANSWERED


def test_the_sample_finds_what_a_finder_may_not_judge(world):
    orders = like(world, 6)
    office = world.minxian.office.body
    posts.appoint(world.inspector, body=office, role="county", since=world.at.date(), by=None, at=world.at)
    with pytest.raises(actions.AnotherHandNeeded):
        sampling.begin(orders, office=office, size=3, by=world.inspector, at=world.at + DAY)
    with pytest.raises(NotFound):
        sampling.begin(orders, office=office, size=3, by=world.neighbour, at=world.at + DAY)


# Light, and a year nobody has announced


def test_the_light_is_read_from_the_clock(world, order):
    assert due.light(order, at=order.due_at - 7 * HOUR) is Light.GREEN
    assert due.light(order, at=order.due_at - 6 * HOUR) is Light.YELLOW
    assert due.light(order, at=order.due_at + MINUTE) is Light.RED
    assert due.light(world.minxian.answered, at=order.due_at + DAY) is None
    actions.pause(now(order), reason="演示", by=world.county, at=world.at)
    assert due.light(now(order), at=order.due_at + DAY) is None  # it does not run


def test_a_deadline_in_a_year_nobody_has_announced_is_tentative_and_never_too_early(world):
    office, at = world.minxian.office, datetime(2031, 12, 29, 10, tzinfo=OFFICE_TIME)
    ten = {"stage": "rectify", "emergency": False, "term": Term(10, Unit.WORKING_DAYS)}
    clocks.set_term(office.body, **ten, by=world.county, at=world.at)
    visit = world.minxian.open
    finding = actions.note_finding(
        visit, item=world.items[0], responsibility="unit", body=office.answering, severity="slight", description="演示",
        way="by_deadline", by=world.inspector, at=at,
    )  # fmt: skip
    order = queries.of_finding(finding)
    assert order.tentative and order.term == "working_days:10"
    assert order.due_at.astimezone(OFFICE_TIME).date() >= date(2032, 1, 13)
    assert note(visit, world.edition, office, way="by_deadline", at=world.at)  # a time that is named is never tentative


def test_what_stands_still_is_not_overdue_on_any_list(world):
    order, office = now(world.minxian.order), world.office_in(world.minxian)
    late = order.due_at + HOUR
    lead = accounts.standing(world.lead, at=late)

    def told():
        listed = queries.issued_in("overdue", to=lead, at=late).filter(pk=order.pk).exists()
        return listed, queries.is_overdue(order, at=late), figures.counted(office, as_of=late).overdue

    listed, overdue, counted = told()
    assert listed and overdue
    actions.pause(order, reason="演示：封控。", by=world.second, at=world.at)
    assert told() == (False, False, counted - 1)
    assert order in queries.issued_in("paused", to=lead, at=late)  # but it is not lost from sight
