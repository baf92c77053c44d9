"""Two hands at one order at the same moment, on real rows: one act happens, the other is told, and none is half done."""

import pytest
from django.db import OperationalError

from mingcha.flow.rectifications import actions, by_link, queries
from mingcha.flow.rectifications.actions import ladder, sampling
from mingcha.flow.rectifications.models import Pause, Reply, Request, Sampling, Step
from mingcha.flow.rectifications.states import State
from mingcha.flow.referrals.actions import leads
from mingcha.flow.referrals.models import Lead
from mingcha.ground.audit.actions import SYSTEM
from tests.at_once import at_once, refusals
from tests.clocked import DAY, HOUR, answered, asked, extension, like, now, ruled, sent_back
from tests.world import PNG


def fresh(request):
    return Request.objects.get(pk=request.pk)


def unbroken(outcomes):
    """Nothing but refusals was raised: no deadlock, no row that the database had to refuse."""
    assert all(not isinstance(each, OperationalError) for each in outcomes), outcomes
    return refusals(outcomes)


def test_two_officers_rule_on_one_request(live_world):
    w, order = live_world, live_world.minxian.order
    request = extension(order, by=w.unit, at=w.at)
    outcomes = at_once(
        lambda: ruled(fresh(request), True, by=w.county, at=w.at),
        lambda: ruled(fresh(request), False, by=w.second, at=w.at),
    )
    assert unbroken(outcomes) == [actions.AlreadyRuled]
    moved = now(order).due_at - order.due_at
    assert moved == (5 * DAY if fresh(request).state == "granted" else 0 * DAY)


@pytest.mark.parametrize("kind", ["extension", "objection"])
def test_one_rules_while_the_unit_answers(live_world, kind):
    w, order = live_world, live_world.minxian.order
    more = {"until": order.due_at + DAY} if kind == "extension" else {}
    request = asked(order, kind, by=w.unit, at=w.at, **more)
    outcomes = at_once(
        lambda: ruled(fresh(request), True, by=w.county, at=w.at), lambda: answered(order, by=w.unit, at=w.at)
    )
    refused, state = unbroken(outcomes), now(order).state
    if fresh(request).state == "lapsed":
        assert (refused, state) == ([actions.AlreadyRuled], State.ANSWERED)
    elif kind == "objection":
        assert (refused, state) == ([actions.AlreadyMoved], State.EXEMPT)
    else:
        assert (refused, state) == ([], State.ANSWERED)


def test_two_officers_pause_one_clock_and_two_let_it_run_again(live_world):
    w, order = live_world, live_world.minxian.order
    hands = (w.county, w.second)
    outcomes = at_once(*[lambda by=by: actions.pause(now(order), reason="演示", by=by, at=w.at) for by in hands])
    assert unbroken(outcomes) == [actions.AlreadyPaused] and Pause.objects.count() == 1
    outcomes = at_once(*[lambda by=by: actions.resume(now(order), by=by, at=w.at + DAY) for by in hands])
    assert unbroken(outcomes) == [actions.NotPaused]
    assert now(order).due_at == order.due_at + DAY


def test_a_pause_ends_by_hand_and_by_an_answer_at_once(live_world):
    w, order = live_world, live_world.minxian.order
    actions.pause(now(order), reason="演示", by=w.county, at=w.at)
    outcomes = at_once(
        lambda: actions.resume(now(order), by=w.county, at=w.at + DAY),
        lambda: answered(order, by=w.unit, at=w.at + DAY),
    )
    assert unbroken(outcomes) in ([], [actions.NotPaused])
    assert (now(order).due_at, now(order).state) == (order.due_at + DAY, State.ANSWERED)


def test_two_climbers_take_each_step_once(live_world):
    w = live_world
    at = max(work.order.due_at for work in w.works) + 13 * HOUR
    outcomes = at_once(*[lambda: ladder.climb(at=at)] * 3)
    assert unbroken(outcomes) == []
    assert sum(outcomes) == Step.objects.count() > 0
    assert Step.objects.values("rectification", "act", "for_due").distinct().count() == Step.objects.count()
    assert ladder.climb(at=at) == 0


def test_two_who_hand_over_make_one_lead(live_world):
    w, order = live_world, live_world.minxian.order
    at = order.due_at + 3 * DAY
    outcomes = at_once(
        lambda: leads.take_over(now(order), by=SYSTEM, at=at), lambda: leads.take_over(now(order), by=w.county, at=at)
    )
    assert unbroken(outcomes) == []
    assert Lead.objects.filter(order=order).count() == 1 == order.steps.filter(act="take_over").count()


def test_a_step_is_taken_while_the_unit_answers(live_world):
    w, order = live_world, live_world.minxian.order
    at = order.due_at + HOUR
    outcomes = at_once(lambda: ladder.climb(at=at), lambda: answered(order, by=w.unit, at=at))
    assert unbroken(outcomes) == []
    assert now(order).state == State.ANSWERED
    assert ladder.climb(at=at) == 0  # answered, it is climbed no more


def test_one_browser_of_three_has_the_link(live_world):
    w, order = live_world, live_world.minxian.order
    token = actions.make_link(now(order), by=w.county, at=w.at)
    outcomes = at_once(*[lambda n=n: by_link.redeem(token, signed_as=f"演示{n}", at=w.at) for n in range(3)])
    assert unbroken(outcomes) == [actions.LinkTaken] * 2
    secret = next(each for each in outcomes if isinstance(each, str))
    assert by_link.held(secret, at=w.at).order.pk == order.pk


@pytest.mark.parametrize("how", ["revoke_link", "make_link"])
def test_a_link_ends_while_its_holder_answers(live_world, how):
    """Whichever comes first, and never with both waiting for each other."""
    w, order = live_world, live_world.minxian.order
    token = actions.make_link(now(order), by=w.county, at=w.at)
    held = by_link.held(by_link.redeem(token, signed_as="演示", at=w.at), at=w.at)
    outcomes = at_once(
        lambda: getattr(actions, how)(now(order), by=w.county, at=w.at),
        lambda: by_link.answer(held, measures="演示", proofs=[("后.png", PNG, "after")], at=w.at),
    )
    assert unbroken(outcomes) in ([], [actions.LinkNoLongerGood])
    assert Reply.objects.filter(rectification=order).count() == (0 if refusals(outcomes) else 1)


def test_two_offices_act_on_one_order(live_world):
    """The county sends back what the city closes: one judgement stands, and its own words with it."""
    w, order = live_world, live_world.minxian.answered
    outcomes = at_once(
        lambda: actions.close(now(order), by=w.lead, at=w.at), lambda: sent_back(order, by=w.county, at=w.at)
    )
    assert unbroken(outcomes) == [actions.AlreadyMoved]
    assert queries.reviews(order).get().verdict == now(order).state


def test_answers_are_drawn_from_once_and_a_sample_settled_once(live_world):
    w = live_world
    orders, office, at = like(w, 5), w.minxian.office.body, w.at + DAY
    hands = (w.county, w.second)
    outcomes = at_once(*[
        lambda by=by: sampling.begin([now(order) for order in orders], office=office, size=3, by=by, at=at)
        for by in hands
    ])  # fmt: skip
    assert unbroken(outcomes) == [sampling.AlreadySampled]
    drawn = Sampling.objects.get()
    for row in drawn.orders.filter(chosen=True):
        actions.close(now(row.rectification), sampling=drawn, by=w.county, at=at)
    outcomes = at_once(*[
        lambda by=by: sampling.settle(Sampling.objects.get(), by=by, at=at) for by in hands
    ])  # fmt: skip
    assert unbroken(outcomes) == [sampling.AlreadySettled]
    assert {now(order).state for order in orders} == {State.CLOSED}
