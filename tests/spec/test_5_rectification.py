"""
Chapter 5. Rectification

What was found is put right: by the body that owes it, within its time, and judged by another hand.
"""

from datetime import timedelta

import pytest

from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.audit import queries as audit
from mingcha.ground.notices import queries as notices
from tests.world import PNG, note


def also_an_officer(world, person):
    """Give someone a second post that would allow them to verify."""
    posts.appoint(person, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at)
    return person


def state(order):
    return Rectification.objects.get(pk=order.pk).state


def test_the_unit_is_told_signs_and_answers_with_measures_and_proof(world):
    """签收, then measures and photos; the office that found it is told."""
    order = world.minxian.order
    assert f"/orders/{order.pk}/" in {notice.link for notice in notices.inbox(world.unit)}
    actions.receive(order, by=world.unit, at=world.at)
    before = notices.unseen_count(world.county)
    reply = actions.answer(
        order, measures="演示：已安排两人值守。", proofs=[("值班.png", PNG)], by=world.unit, at=world.at
    )
    assert (state(order), reply.proofs.count()) == ("answered", 1)
    assert notices.unseen_count(world.county) == before + 1


def test_only_the_body_that_owes_it_answers(world):
    """Another unit does not even see the order."""
    with pytest.raises(accounts.NotFound):
        actions.answer(world.minxian.order, measures="演示", by=world.beside.office.unit, at=world.at)


def test_an_answer_that_will_not_do_is_sent_back_with_the_reason(world):
    """And may be given again, within the same time."""
    order = world.minxian.answered
    actions.send_back(order, reason="演示：照片看不清", by=world.county, at=world.at)
    assert state(order) == "returned"
    actions.answer(order, measures="演示：重新拍照", proofs=[("演示.png", PNG)], by=world.unit, at=world.at)
    assert state(order) == "answered"


def test_another_hand_closes(world):
    """销号: neither who reported it done nor who found it closes it, whatever other posts they hold."""
    order = world.minxian.answered
    for hand in (also_an_officer(world, world.unit), also_an_officer(world, world.inspector)):
        with pytest.raises(actions.AnotherHandNeeded):
            actions.close(order, by=hand, at=world.at)
    actions.close(order, reason="演示：现场核实", by=world.county, at=world.at)
    assert state(order) == "closed"


def test_nothing_is_closed_that_was_not_answered(world):
    """An order that nobody has answered cannot be waved through."""
    with pytest.raises(actions.AlreadyMoved, match="待整改"):
        actions.close(world.minxian.order, by=world.county, at=world.at)


def test_what_is_closed_never_reopens(world):
    """Not by another answer, not by sending back, not by closing again."""
    order = world.minxian.answered
    actions.close(order, by=world.county, at=world.at)
    for act in (
        lambda: actions.answer(order, measures="演示", proofs=[("演示.png", PNG)], by=world.unit, at=world.at),
        lambda: actions.send_back(order, reason="演示", by=world.second, at=world.at),
        lambda: actions.close(order, by=world.second, at=world.at),
    ):
        with pytest.raises(actions.AlreadyMoved, match="已销号"):
            act()
    assert state(order) == "closed"


def test_a_recurrence_is_a_new_item_that_names_the_old(world):
    """The old row stays closed; the new one starts its own clock."""
    old = world.minxian.answered.finding
    actions.close(world.minxian.answered, by=world.county, at=world.at)
    at = world.minxian.sealed.departs_at
    outing = fieldwork.depart(world.minxian.sealed, by=world.leader, at=at)
    outing.stops.get_or_create(site=old.site, defaults={"position": 9})
    visit = fieldwork.begin_visit(outing, site=old.site, mode="overt", by=world.inspector, at=at)
    again = note(visit, world.edition, world.minxian.office, way="by_deadline", recurrence_of=old, at=at)
    assert again.recurrence_of == old
    assert state(world.minxian.answered) == "closed"
    assert queries.of_finding(again).state == "agreed"


def test_attestations_are_sampled_by_another_hand(world):
    """抽核: what the finder attested on the spot is upheld or overturned by someone else."""
    order = world.minxian.attested
    with pytest.raises(actions.AnotherHandNeeded):
        actions.sample(order, upheld=True, reason="", by=also_an_officer(world, world.inspector), at=world.at)
    actions.sample(order, upheld=True, reason="", by=world.county, at=world.at)
    assert state(order) == "upheld"


def test_an_attestation_found_false_becomes_an_order_with_a_deadline(world):
    """It then counts as 限期整改, and the finding as still open."""
    due = world.at + timedelta(days=2)
    actions.sample(
        world.minxian.attested, upheld=False, reason="演示：回头看仍无人", due_at=due, by=world.county, at=world.at
    )
    order = Rectification.objects.get(pk=world.minxian.attested.pk)
    assert (order.state, order.way, order.due_at) == ("ordered", "by_deadline", due)


def test_overdue_is_a_matter_of_the_clock(world):
    """Nobody sets it and nobody can clear it: open past its time is overdue."""
    order, after = world.minxian.order, world.minxian.order.due_at + timedelta(minutes=1)
    county = accounts.standing(world.county, at=world.at)
    assert order not in queries.overdue(to=county, at=order.due_at)
    assert order in queries.overdue(to=county, at=after)


def test_two_people_at_the_same_order_one_is_told(world):
    """The second finds the state changed, is told by whom it stands now, and loses nothing of what was typed."""
    stale = Rectification.objects.get(pk=world.minxian.answered.pk)
    actions.close(world.minxian.answered, by=world.county, at=world.at)
    assert stale.state == "answered"
    with pytest.raises(actions.AlreadyMoved, match=r"当前状态是“已销号”.*没有丢"):
        actions.send_back(stale, reason="演示", by=world.second, at=world.at)


def test_every_step_is_an_act_on_record(world):
    """From the deadline agreed at the site to 销号: who, when, in order."""
    actions.close(world.minxian.answered, by=world.county, at=world.at)
    told = [(event.verb, event.actor) for event in audit.about("rectification", world.minxian.answered.pk)]
    assert told == [
        ("rectification.agree", "inspector"),
        ("rectification.order", "inspector"),
        ("rectification.receive", "unit"),
        ("rectification.answer", "unit"),
        ("rectification.closed", "county"),
    ]
