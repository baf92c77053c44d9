"""From the finding on the spot to the closed order: each step by the hand that may take it, and none back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.flow.rectifications import actions, queries
from mingcha.flow.rectifications.models import Proof, Rectification, Reply, Review
from mingcha.flow.rectifications.states import ACTS, OPEN, State, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.audit import queries as audit
from mingcha.ground.evidence import actions as evidence
from mingcha.ground.notices import queries as notices
from mingcha.ground.rulebook.actions import clocks
from mingcha.kernel.deadlines import Term, Unit
from mingcha.kernel.refusals import Refusal
from tests.world import PNG, note

ENDS = {State.CLOSED, State.UPHELD, State.EXEMPT, State.VOID}


def now(row):
    return Rectification.objects.get(pk=row.pk)


def test_the_table_has_no_way_back_from_an_end():
    for act, (starts, _) in ACTS.items():
        assert not set(starts) & ENDS, act


def noted(world, due):
    """Note a finding with this deadline, or without one."""
    return actions.note_finding(
        world.minxian.open, item=world.items[0], responsibility="unit", body=world.minxian.office.answering,
        severity="slight", description="演示", way="by_deadline", due_at=due, by=world.inspector, at=world.at,
    )  # fmt: skip


def test_a_deadline_is_in_the_future(world):
    before = Rectification.objects.count()
    with pytest.raises(actions.DeadlineInThePast):
        noted(world, world.at)
    assert Rectification.objects.count() == before


def test_a_finding_without_a_deadline_takes_the_term_of_its_office(world):
    order = queries.of_finding(noted(world, None))
    assert (order.due_at, order.term, order.tentative) == (world.at + timedelta(hours=24), "hours:24", False)
    office = world.minxian.office.body
    nine = {"stage": "rectify", "emergency": True, "term": Term(9, Unit.HOURS)}
    clocks.set_term(office, **nine, severity="slight", by=world.county, at=world.at)
    actions.withdraw_finding(order.finding, reason="演示", by=world.inspector, at=world.at)
    order = queries.of_finding(noted(world, None))
    assert (order.due_at, order.term) == (world.at + timedelta(hours=9), "hours:9")
    actions.withdraw_finding(order.finding, reason="演示", by=world.inspector, at=world.at)
    order = queries.of_finding(noted(world, world.at + timedelta(days=2)))
    assert order.term == ""  # a time that a person named was counted from nothing


def test_an_order_goes_out_when_the_visit_ends_and_not_before(world):
    finding = note(world.minxian.open, world.edition, world.minxian.office, way="by_deadline", at=world.at)
    order = queries.of_finding(finding)
    unit = accounts.standing(world.unit, at=world.at)
    assert order.state == State.AGREED
    with pytest.raises(accounts.NotFound):
        queries.order(order.pk, to=unit)
    unseen = notices.unseen_count(world.unit)
    with pytest.raises(actions.AlreadyMoved):
        actions.answer(order, measures="演示", by=world.unit, at=world.at)
    actions.receive(order, by=world.unit, at=world.at)
    assert now(order).received_at is None
    actions.close_visit(world.minxian.open, outcome="done", by=world.leader, at=world.at)
    assert queries.order(order.pk, to=unit).state == State.ORDERED
    assert notices.unseen_count(world.unit) == unseen + 1


@pytest.mark.parametrize("way", list(Way))
def test_what_was_agreed_is_void_with_its_finding_and_that_is_on_record(world, way):
    finding = note(world.minxian.open, world.edition, world.minxian.office, way=way, at=world.at)
    actions.withdraw_finding(finding, reason="演示：看错了", by=world.inspector, at=world.at)
    order = queries.of_finding(finding)
    assert order.state == State.VOID
    last = audit.about("rectification", order.pk).last()
    assert (last.verb, last.actor_name) == ("rectification.void", world.inspector.name)


def test_a_finding_whose_order_has_moved_on_is_not_withdrawn(world):
    finding = world.minxian.noted
    Rectification.objects.filter(finding=finding).update(state=State.UPHELD)
    with pytest.raises(actions.AlreadyMoved):
        actions.withdraw_finding(finding, reason="演示", by=world.inspector, at=world.at)
    finding.refresh_from_db()
    assert finding.state == "noted"


def test_an_attestation_is_sampled_by_another_hand(world):
    order = world.minxian.attested
    posts.appoint(world.inspector, body=world.minxian.office.body, role="county", since=world.at.date(), by=None,
                   at=world.at)  # fmt: skip
    with pytest.raises(actions.AnotherHandNeeded):
        actions.sample(order, upheld=True, reason="", by=world.inspector, at=world.at)
    assert order not in queries.to_sample(to=accounts.standing(world.inspector, at=world.at))
    assert order in queries.to_sample(to=accounts.standing(world.county, at=world.at))
    actions.sample(order, upheld=True, reason="", by=world.county, at=world.at)
    assert now(order).state == State.UPHELD


def test_an_attestation_found_false_becomes_an_order(world):
    order = world.minxian.attested
    with pytest.raises(actions.ReasonMissing):
        actions.sample(
            order, upheld=False, reason=" ", due_at=world.at + timedelta(days=1), by=world.county, at=world.at
        )
    with pytest.raises(actions.DeadlineMissing):
        actions.sample(order, upheld=False, reason="演示", by=world.county, at=world.at)
    due = world.at + timedelta(days=1)
    actions.sample(order, upheld=False, reason="演示：仍无人值守", due_at=due, by=world.county, at=world.at)
    order = now(order)
    assert (order.state, order.way, order.due_at, order.ordered_at) == (State.ORDERED, Way.BY_DEADLINE, due, world.at)
    assert order.attested_by == world.inspector  # who attested stays on record


def test_a_finding_only_noted_is_not_sampled(world):
    with pytest.raises(Refusal):
        actions.sample(queries.of_finding(world.minxian.noted), upheld=True, reason="", by=world.county, at=world.at)


def test_an_answer_signs_for_the_order_and_keeps_its_proof(world):
    order = world.minxian.order
    actions.answer(order, measures=" 演示 ", proofs=[("a.png", PNG), ("b.png", PNG)], by=world.unit, at=world.at)
    order = now(order)
    assert (order.state, order.received_by) == (State.ANSWERED, world.unit)
    assert order.replies.get().measures == "演示"
    assert order.replies.get().proofs.count() == 2


def test_the_first_signature_stands(world):
    actions.receive(world.minxian.order, by=world.unit, at=world.at)
    actions.receive(world.minxian.order, by=world.unit, at=world.at + timedelta(hours=1))
    assert now(world.minxian.order).received_at == world.at


def test_an_answer_whose_proof_is_no_photo_leaves_nothing(world):
    before = Reply.objects.count(), Proof.objects.count()
    with pytest.raises(evidence.NotEvidence, match=r"virus\.exe"):
        actions.answer(
            world.minxian.order,
            measures="演示",
            proofs=[("a.png", PNG), ("virus.exe", b"MZ")],
            by=world.unit,
            at=world.at,
        )
    order = now(world.minxian.order)
    assert (order.state, order.received_at) == (State.ORDERED, None)
    assert (Reply.objects.count(), Proof.objects.count()) == before
    with pytest.raises(actions.MeasuresMissing):
        actions.answer(order, measures=" ", by=world.unit, at=world.at)
    with pytest.raises(actions.ProofMissing):
        actions.answer(order, measures="演示", by=world.unit, at=world.at)


def test_an_answer_sent_back_may_be_given_again_and_then_closed(world):
    order = world.minxian.answered
    with pytest.raises(actions.ReasonMissing):
        actions.send_back(order, reason="", by=world.county, at=world.at)
    actions.send_back(order, reason="演示：照片不清", by=world.county, at=world.at)
    actions.answer(order, measures="演示：重拍", proofs=[("演示.png", PNG)], by=world.unit, at=world.at)
    actions.close(order, by=world.county, at=world.at)
    order = now(order)
    assert (order.state, order.closed_by) == (State.CLOSED, world.county)
    assert [review.verdict for review in order.reviews.order_by("pk")] == ["returned", "closed"]
    assert order.reviews.last().reply == order.replies.last()


@pytest.mark.parametrize("hand", ["inspector", "unit"])
def test_neither_the_finder_nor_who_reported_it_done_closes(world, hand):
    """Even where a second post would let them."""
    who = getattr(world, hand)
    posts.appoint(who, body=world.minxian.office.body, role="county", since=world.at.date(), by=None, at=world.at)
    for act in (actions.close, lambda o, **k: actions.send_back(o, reason="演示", **k)):
        with pytest.raises(actions.AnotherHandNeeded):
            act(world.minxian.answered, by=who, at=world.at)
    actions.close(world.minxian.answered, by=world.second, at=world.at)


def test_only_the_unit_that_owes_it_answers_and_only_its_offices_verify(world):
    order, answered = world.minxian.order, world.minxian.answered
    for stranger in (world.beside.office.unit, world.neighbour_unit):
        with pytest.raises(accounts.NotFound):
            actions.answer(order, measures="演示", by=stranger, at=world.at)
        with pytest.raises(accounts.NotFound):
            actions.receive(order, by=stranger, at=world.at)
    for stranger in (world.neighbour, world.abroad.office.officer):
        with pytest.raises(accounts.NotFound):
            actions.close(answered, by=stranger, at=world.at)
    for without in (world.leader, world.unit):
        with pytest.raises(accounts.NotAllowed):
            actions.close(answered, by=without, at=world.at)
    actions.close(answered, by=world.lead, at=world.at)


def test_who_reads_which_order(world):
    unit, county = (accounts.standing(who, at=world.at) for who in (world.unit, world.county))
    assert set(queries.orders(to=unit)) == {world.minxian.order, world.minxian.answered}
    assert world.beside.order in queries.orders(to=county)
    for other in (world.zhangxian, world.city, world.abroad):
        with pytest.raises(accounts.NotFound):
            queries.order(other.order.pk, to=county)
        with pytest.raises(accounts.NotFound):
            queries.proof(other.proof.pk, to=county)
    assert queries.may_see_photo(world.minxian.photo.pk, to=unit)
    assert not queries.may_see_photo(world.zhangxian.photo.pk, to=unit)


def test_overdue_is_read_from_the_clock_and_stored_nowhere(world):
    order, county = world.minxian.order, accounts.standing(world.county, at=world.at)
    assert not queries.is_overdue(order, at=order.due_at)
    assert queries.is_overdue(order, at=order.due_at + timedelta(seconds=1))
    assert order in queries.overdue(to=county, at=order.due_at + timedelta(seconds=1))
    actions.close(world.minxian.answered, by=world.county, at=world.at)
    assert not queries.is_overdue(now(world.minxian.answered), at=world.at + timedelta(days=99))


@pytest.mark.parametrize(
    "row,wrong,constraint",
    [
        ("order", {"due_at": None}, "deadline_is_set"),
        ("order", {"way": Way.ON_SPOT}, "way_fits_state"),
        ("attested", {"state": State.ORDERED}, "way_fits_state"),
        ("order", {"state": State.CLOSED}, "closed_by_someone"),
        ("order", {"state": "made up"}, "way_fits_state"),
    ],
)
def test_the_database_keeps_the_life_cycle(world, row, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Rectification.objects.filter(pk=getattr(world.minxian, row).pk).update(**wrong)


STEPS = ["receive", "answer", "send_back", "close", "uphold", "overturn", "end_visit", "withdraw"]
HANDS = ["inspector", "leader", "county", "second", "lead", "unit", "neighbour", "neighbour_unit"]


def take(world, step, order, by):
    """Try one step on the rectification; return whether it was taken."""
    due = {"due_at": world.at + timedelta(days=1)}
    acts = {
        "receive": lambda: actions.receive(order, by=by, at=world.at),
        "answer": lambda: actions.answer(order, measures="演示", proofs=[("演示.png", PNG)], by=by, at=world.at),
        "send_back": lambda: actions.send_back(order, reason="演示", by=by, at=world.at),
        "close": lambda: actions.close(order, by=by, at=world.at),
        "uphold": lambda: actions.sample(order, upheld=True, reason="", by=by, at=world.at),
        "overturn": lambda: actions.sample(order, upheld=False, reason="演示", by=by, at=world.at, **due),
        "end_visit": lambda: actions.close_visit(order.finding.visit, outcome="done", by=by, at=world.at),
        "withdraw": lambda: actions.withdraw_finding(order.finding, reason="演示", by=by, at=world.at),
    }
    try:
        with transaction.atomic():
            acts[step]()
    except Refusal:
        return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(["order", "attested", "answered", "noted"]),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(HANDS)), max_size=12),
)
def test_no_sequence_of_acts_closes_without_another_hand_nor_reopens(world, start, steps):
    """Everybody may have an officer's post here, so only the rule of the other hand stands in the way."""
    point = transaction.savepoint()
    try:
        for name in ("inspector", "unit"):
            posts.appoint(getattr(world, name), body=world.minxian.office.body, role="county",
                           since=world.at.date(), by=None, at=world.at)  # fmt: skip
        row = queries.of_finding(world.minxian.noted) if start == "noted" else getattr(world.minxian, start)
        ended = None
        for step, hand in steps:
            took = take(world, step, now(row), getattr(world, hand))
            order = now(row)
            assert ended in (None, order.state), f"{step} by {hand} reopened {ended}"
            if took and step in ("close", "uphold", "overturn", "send_back"):
                hands = {order.finding.noted_by, order.attested_by, *(reply.by for reply in order.replies.all())}
                assert getattr(world, hand) not in hands
                assert getattr(world, hand).username in {"county", "second", "lead", "inspector", "unit"}
            if order.state == State.CLOSED:
                assert order.closed_by == Review.objects.get(rectification=order, verdict="closed").by
            ended = order.state if order.state in ENDS else None
            assert (order.state in OPEN) == (order.way == Way.BY_DEADLINE and order.state not in ENDS)
    finally:
        transaction.savepoint_rollback(point)
