"""
The life of an order under all hands at once, drawn at random: whoever acts, whenever, in whatever order.

No path closes without another hand; no act makes a deadline earlier; the ladder only climbs; and every open order has a
due time and is in time, waits for an office, stands still, or is on the ladder.
"""

from datetime import timedelta

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mingcha.flow.rectifications import actions, by_link, queries
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.models import Request, Review
from mingcha.flow.rectifications.queries import ladder as due
from mingcha.flow.rectifications.states import OPEN, RUNNING, Rung, State
from mingcha.flow.referrals.actions import leads
from mingcha.flow.referrals.models import Lead
from mingcha.ground.accounts.actions import posts
from mingcha.kernel.refusals import Refusal
from tests.clocked import DAY, HOUR, PNG, now

ENDS = {State.CLOSED, State.EXEMPT, State.UPHELD, State.VOID}
HANDS = st.sampled_from(["inspector", "leader", "county", "second", "lead", "unit", "neighbour", "neighbour_unit"])
SPANS = st.sampled_from([HOUR, 5 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY])
KINDS = st.sampled_from(["extension", "objection", "cannot_do"])
PROOF = [("后.png", PNG)]


class Life(RuleBasedStateMachine):
    """One order of 岷县; finder and unit hold an officer's post besides, so that only the other hand is in the way."""

    world = None

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        w = self.world
        for name in ("inspector", "unit"):
            posts.appoint(getattr(w, name), body=w.city.office.body, role="lead", since=w.at.date(), by=None, at=w.at)
        self.at, self.pk, self.secret = w.at, w.minxian.order, None
        self.order = now(self.pk)
        self.highest, self.spoke = 0, set()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def tried(self, act) -> bool:
        """Take an act; a refusal is one of ours, with its sentence, and changes nothing."""
        before = now(self.pk)
        try:
            with transaction.atomic():
                act(before)
        except Refusal as refusal:
            assert str(refusal)
            self.held_to(before, now(self.pk))
            assert now(self.pk).state == before.state
            return False
        self.held_to(before, now(self.pk))
        return True

    @staticmethod
    def held_to(before, after) -> None:
        assert after.due_at >= before.due_at, "an act made a deadline earlier"
        assert before.state not in ENDS or after.state == before.state, "what has ended reopened"

    def judged(self, hand) -> None:
        """Whoever ruled or judged is no hand that found it or spoke for the unit."""
        order = now(self.pk)
        assert getattr(self.world, hand).pk not in {order.finding.noted_by_id, *self.spoke}
        assert hand in {"county", "second", "lead"} or hand in {"inspector", "unit"}

    def said(self, took, hand) -> None:
        if took:
            assert hand == "unit"
            self.spoke.add(self.world.unit.pk)

    # The clock, and what climbs with it

    @rule(span=SPANS)
    def time_passes(self, span):
        self.at += span

    @rule(span=SPANS)
    def the_house_climbs(self, span):
        self.at += span
        ladder.climb(at=self.at)
        leads.climb(at=self.at)
        assert not [step for step in due.due_of(now(self.pk), at=self.at) if step.rung.auto]

    @rule(hand=HANDS, act=st.sampled_from(["interview", "press", "take_over"]))
    def a_person_takes_a_step(self, hand, act):
        by = getattr(self.world, hand)
        assert not self.tried(lambda o: ladder.take(o, act=act, note="演示", by=by, at=self.at)) or act != "take_over"

    @rule(hand=HANDS)
    def a_person_hands_over(self, hand):
        self.tried(lambda o: leads.take_over(o, by=getattr(self.world, hand), at=self.at))

    # The unit

    @rule(hand=HANDS)
    def answers(self, hand):
        by = getattr(self.world, hand)
        took = self.tried(lambda o: actions.answer(o, measures="演示", proofs=PROOF, by=by, at=self.at))
        self.said(took, hand)

    @rule(hand=HANDS, kind=KINDS, days=st.integers(-2, 20))
    def asks(self, hand, kind, days):
        by, until = getattr(self.world, hand), now(self.pk).due_at + timedelta(days=days)
        more = {"until": until} if kind == "extension" else {}
        took = self.tried(lambda o: actions.ask(o, kind=kind, reason="演示", by=by, at=self.at, **more))
        self.said(took, hand)

    @rule(hand=HANDS)
    def gives_or_ends_a_link(self, hand):
        by, made = getattr(self.world, hand), []
        if self.secret and self.tried(lambda o: actions.revoke_link(o, by=by, at=self.at)):
            assert not self.tried(lambda _: by_link.held(self.secret, at=self.at))
            self.secret = None
        elif self.tried(lambda o: made.append(actions.make_link(o, by=by, at=self.at))):
            self.secret = by_link.redeem(made[0], signed_as="演示", at=self.at)

    @rule(kind=KINDS, answers=st.booleans())
    def speaks_by_link(self, kind, answers):
        if not self.secret:
            return
        until = now(self.pk).due_at + DAY if kind == "extension" else None

        def act(_):
            held = by_link.held(self.secret, at=self.at)
            if answers:
                by_link.answer(held, measures="演示", proofs=[(*PROOF[0], "after")], at=self.at)
            else:
                by_link.ask(held, kind=kind, reason="演示", until=until, at=self.at)

        self.tried(act)

    # The offices

    @rule(hand=HANDS, granted=st.booleans(), days=st.none() | st.integers(-3, 30))
    def rules_on_it(self, hand, granted, days):
        request = Request.objects.filter(rectification=self.pk).order_by("-pk").first()
        until = None if days is None else self.at + timedelta(days=days)
        if request is not None and self.tried(
            lambda _: actions.rule(
                request, granted=granted, ruling="演示", until=until, by=getattr(self.world, hand), at=self.at
            )
        ):
            self.judged(hand)

    @rule(hand=HANDS, days=st.none() | st.integers(-3, 30))
    def sends_back(self, hand, days):
        until = None if days is None else self.at + timedelta(days=days)
        by = getattr(self.world, hand)
        if self.tried(lambda o: actions.send_back(o, reason="演示", due_at=until, by=by, at=self.at)):
            self.judged(hand)

    @rule(hand=HANDS)
    def closes(self, hand):
        if self.tried(lambda o: actions.close(o, by=getattr(self.world, hand), at=self.at)):
            self.judged(hand)

    @rule(hand=HANDS, begins=st.booleans())
    def pauses_or_resumes(self, hand, begins):
        by = getattr(self.world, hand)
        act = (lambda o: actions.pause(o, reason="演示", by=by, at=self.at)) if begins else (
            lambda o: actions.resume(o, by=by, at=self.at)
        )  # fmt: skip
        if self.tried(act):
            self.judged(hand)

    # What always holds

    @invariant()
    def nobody_closed_it_alone(self):
        order = now(self.pk)
        if order.state == State.CLOSED:
            review = Review.objects.get(rectification=order, verdict="closed")
            assert review.by == order.closed_by
            assert review.by_id not in queries.hands(order)
        if order.state in ENDS:
            assert not order.requests.filter(state="pending").exists()
            assert queries.pause_now(order) is None

    @invariant()
    def the_ladder_only_climbs(self):
        steps = list(self.pk.steps.filter(position__gt=due.VERIFY, position__lt=due.RULE).order_by("pk"))
        climbed = [step.position for step in steps if step.act != Rung.REMIND]
        assert climbed == sorted(set(climbed))
        assert all(step.taken_at >= step.due_at for step in steps)
        handed_over = [step for step in steps if step.act == Rung.TAKE_OVER]
        assert len(handed_over) == Lead.objects.filter(order=self.pk).count() <= 1

    @invariant()
    def nothing_open_is_forgotten(self):
        order = now(self.pk)
        if order.state not in OPEN:
            return
        assert order.due_at is not None
        stands_still = queries.pause_now(order) is not None
        assert not stands_still or order.state in RUNNING
        late = order.state in RUNNING and not stands_still and order.due_at + 3 * DAY < self.at
        assert not late or order.steps.exists() or due.due_of(order, at=self.at)


def test_an_order_lives_under_all_hands(world):
    Life.world = world
    limits = settings(max_examples=12, stateful_step_count=20, deadline=None)
    try:
        run_state_machine_as_test(Life, settings=limits)
    finally:
        Life.world = None
