"""Whatever happens to what phones send on the way, what is left is what sending each once would have left."""

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, event, given, settings

from mingcha.flow.rectifications import intake
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit import tasks as sealing
from mingcha.ground.rulebook.models import Checklist
from tests import posts
from tests.phones import Phone


@pytest.fixture
def phone(world):
    yield Phone.of(Client(), world.inspector, at=world.at)
    intake.forget()


def deliver(phone, world, plan, which):
    """Send these posts in this order; return the statuses."""
    stop = world.minxian.waiting
    checklist = Checklist.objects.get(site_type=stop.type)
    intake.forget()
    statuses = []
    for post in which:
        xml = plan.visits[post.visit].xml(post.visit, "v", checklist, stop.code)
        body = post.body(xml, within_words=post.visit in plan.lost)
        shown = {"HTTP_AUTHORIZATION": f"Bearer {phone.token}", "content_type": posts.KIND}
        answer = phone.client.generic("POST", "/submission", body, **shown)
        assert answer.status_code in ((201, 202) if post.cut == 1000 else (201, 202, 400)), answer.content.decode()
        statuses.append(answer.status_code)
    return statuses


def left_by(phone, world, plan, which):
    """Return the facts that these posts leave, what is broken in the record of acts, and the statuses; then undo it all."""
    kept = transaction.savepoint()
    try:
        statuses = deliver(phone, world, plan, which)
        while sealing.seal():
            pass
        return posts.without_rivalry(posts.facts("v"), plan), audit.verify().broken, statuses
    finally:
        transaction.savepoint_rollback(kept)


@given(plan=posts.plans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_loss_repetition_and_truncation_ends_in_the_rows_of_each_sent_once(world, phone, plan):
    once = [posts.Post(k, plan.visits[k].files) for k in plan.kept]
    expected, faults, _ = left_by(phone, world, plan, once)
    found, more_faults, statuses = left_by(phone, world, plan, plan.posts)
    assert found == expected
    assert faults == more_faults == ()
    assert set(found[0]) == {str(k) for k in plan.kept}
    event(f"{statuses.count(202)} known, {statuses.count(400)} refused")
