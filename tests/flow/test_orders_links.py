"""One-time links: taken once, opened without effect, good for one order and no longer than they should be."""

from datetime import timedelta

import pytest

from mingcha.flow.rectifications import actions, by_link, queries
from mingcha.flow.rectifications.models import UnitLink
from mingcha.flow.rectifications.states import State
from mingcha.ground.accounts.queries import NotAllowed, NotFound
from mingcha.ground.audit import queries as audit
from tests.clocked import DAY, asked, extension, now, ruled, sent_back
from tests.world import PNG

NAME = "演示店长"


@pytest.fixture
def order(world):
    return now(world.minxian.order)


@pytest.fixture
def token(world, order):
    return actions.make_link(order, by=world.county, at=world.at)


@pytest.fixture
def secret(world, token):
    return by_link.redeem(token, signed_as=NAME, at=world.at)


def answer(held, at):
    by_link.answer(held, measures="演示：已整改。", proofs=[("后.png", PNG, "after")], at=at)


def test_looking_at_a_link_takes_nothing_and_the_first_to_press_has_it(world, order, token):
    for _ in range(3):
        offered = by_link.offered(token, at=world.at)
        assert (offered.unit, offered.taken) == (order.body.name, False)
    with pytest.raises(actions.NameMissing):
        by_link.redeem(token, signed_as=" ", at=world.at)
    by_link.redeem(token, signed_as=NAME, at=world.at)
    with pytest.raises(actions.LinkTaken):
        by_link.redeem(token, signed_as="演示别人", at=world.at)
    assert by_link.offered(token, at=world.at).taken


def test_only_hashes_are_kept(world, token, secret):
    row = UnitLink.objects.values().get()
    assert token not in map(str, row.values()) and secret not in map(str, row.values())
    for event in audit.about("rectification", row["rectification_id"]):
        assert token not in f"{event.detail}{event.text}" and secret not in f"{event.detail}{event.text}"


@pytest.mark.parametrize("wrong", ["", "made up"])
def test_a_token_or_secret_that_is_none_opens_nothing(world, token, wrong):
    for opens in (by_link.offered, by_link.held):
        with pytest.raises(actions.LinkNoLongerGood):
            opens(wrong, at=world.at)
    with pytest.raises(actions.LinkNoLongerGood):
        by_link.held(token, at=world.at)  # the token is no browser's secret


def test_the_whole_order_from_a_link(world, order, secret):
    held, today = by_link.held(secret, at=world.at), world.at.date()
    by_link.receive(held, at=world.at)
    by_link.plan(held, measures=[("演示", today)], today=today, at=world.at)
    by_link.finish_measure(held, queries.measures(order).get().pk, at=world.at)
    by_link.report_progress(held, text="演示", files=[("前.png", PNG, "before")], at=world.at)
    by_link.ask(held, kind="extension", reason="演示", until=order.due_at + DAY, at=world.at)
    assert not by_link.held(secret, at=world.at).may_extend(world.at)
    answer(held, world.at)
    done = now(order)
    assert (done.state, done.received_as, done.received_by) == (State.ANSWERED, NAME, None)
    reply = done.replies.get()
    assert (reply.by, reply.speaker) == (None, f"{NAME}（凭链接）")
    assert audit.about("rectification", order.pk).last().actor_name == f"{NAME}（凭链接）"
    with pytest.raises(actions.AnotherHandNeeded):  # the link was in this officer's hand before the unit's
        actions.close(done, by=world.county, at=world.at)
    actions.close(done, by=world.second, at=world.at)
    assert not by_link.held(secret, at=world.at).may_work


@pytest.mark.parametrize("how", ["revoked", "replaced", "expired"])
def test_a_link_that_is_no_longer_good_does_nothing_even_in_the_middle_of_an_act(world, order, secret, how):
    held, at = by_link.held(secret, at=world.at), world.at
    if how == "revoked":
        actions.revoke_link(order, by=world.county, at=at)
    elif how == "replaced":
        actions.make_link(order, by=world.county, at=at)
    else:
        at = order.due_at + 15 * DAY
    with pytest.raises(actions.LinkNoLongerGood):
        answer(held, at)
    with pytest.raises(actions.LinkNoLongerGood):
        by_link.held(secret, at=at)
    assert now(order).state == State.ORDERED


def test_a_link_lasts_as_long_after_a_deadline_that_has_moved(world, order, secret):
    request = extension(order, days=30, by=world.unit, at=world.at)
    ruled(request, True, by=world.county, at=world.at)
    answer(by_link.held(secret, at=order.due_at + 29 * DAY), order.due_at + 29 * DAY)
    sent_back(order, by=world.second, at=order.due_at + 40 * DAY)
    answer(by_link.held(secret, at=order.due_at + 41 * DAY), order.due_at + 41 * DAY)
    with pytest.raises(actions.LinkNoLongerGood):
        by_link.held(secret, at=now(order).due_at + 15 * DAY)


def test_a_link_that_is_over_is_not_woken_by_a_new_deadline(world, order, secret):
    UnitLink.objects.update(expires_at=world.at + timedelta(hours=1))
    at = world.at + timedelta(hours=2)
    ruled(extension(order, by=world.unit, at=at), True, by=world.county, at=at)
    with pytest.raises(actions.LinkNoLongerGood):
        by_link.held(secret, at=at)


def test_a_link_opens_one_order_and_no_other(world, order, secret):
    held = by_link.held(secret, at=world.at)
    assert by_link.picture(held, "photo", world.minxian.photo.pk)
    others = {"photo": world.beside.photo.pk, "proof": world.minxian.proof.pk}  # the same unit's other order, even
    for kind, pk in others.items():
        with pytest.raises(NotFound):
            by_link.picture(held, kind, pk)
    with pytest.raises(NotFound):
        by_link.picture(held, "made up", 1)
    actions.plan(
        world.minxian.order, measures=[("演示", world.at.date())], today=world.at.date(), by=world.unit, at=world.at
    )
    other = queries.measures(order).get()
    type(other).objects.filter(pk=other.pk).update(rectification=world.minxian.answered)
    with pytest.raises(NotFound):
        by_link.finish_measure(held, other.pk, at=world.at)


def test_who_makes_and_ends_links(world, order):
    for act in (actions.make_link, actions.revoke_link):
        with pytest.raises(NotFound):
            act(order, by=world.neighbour, at=world.at)
        for without in (world.unit, world.leader):
            with pytest.raises(NotAllowed):
                act(order, by=without, at=world.at)
    ruled(asked(order, "cannot_do", by=world.unit, at=world.at), True, by=world.county, at=world.at)
    with pytest.raises(actions.LinkNotNeeded):
        actions.make_link(now(order), by=world.county, at=world.at)
