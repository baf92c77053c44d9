"""The outbox with two workers, with one that dies, and with one that must not wait. On several connections."""

import threading
import time

import pytest
from django.db import OperationalError, connection

from mingcha.ground.notices import actions, outbox, tasks
from mingcha.ground.notices.models import Channel, Delivery, Notice
from mingcha.kernel.hours import Hours
from tests.at_once import at_once, refusals
from tests.outside import Group


@pytest.fixture
def group(settings):
    with Group() as found:
        settings.MINGCHA_CHAT_HOSTS = found.hosts
        yield found


def robot(w, group, work, kind="wecom"):
    path = {"wecom": "/cgi-bin/webhook/send?key=abcd", "feishu": "/open-apis/bot/v2/hook/abcd"}[kind]
    office = work.office
    given = {"address": next(iter(group.hosts.values())) + path}
    return actions.set_channel(office.body, kind=kind, given=given, hours=Hours(), by=office.officer, at=w.at)


def test_two_workers_at_once_send_once(live_world, group):
    """The second passes by what the first holds, and sends what lies elsewhere."""
    w = live_world
    Notice.objects.update(planned_at=w.at)
    group.before = lambda: time.sleep(0.3)
    for work in (w.minxian, w.zhangxian):
        for kind in ("wecom", "feishu"):
            robot(w, group, work, kind)
        actions.send(to=[work.office.officer, work.office.unit], subject="演示", link="/", at=w.at)

    outbox.plan(at=w.at)
    outcomes = at_once(*[lambda: outbox.deliver(at=w.at)] * 4)
    assert refusals(outcomes) == []
    assert sum(outcomes) == len(group.heard) == 4
    assert set(Delivery.objects.values_list("state", "tries")) == {("sent", 1)} and Delivery.objects.count() == 4


def test_who_dies_between_sending_and_noting_it_leaves_it_to_be_sent_again(live_world, group):
    """At least once. The connection is cut while the group has the message and has not answered yet."""
    w = live_world
    Notice.objects.update(planned_at=w.at)
    robot(w, group, w.minxian)
    actions.send(to=[w.county], subject="演示", link="/", at=w.at)
    outbox.plan(at=w.at)

    def cut():
        group.before = lambda: None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
            )
        connection.close()

    group.before = cut
    (outcome,) = at_once(lambda: outbox.deliver(at=w.at))
    assert isinstance(outcome, OperationalError)
    assert Delivery.objects.get().state == "queued" and len(group.heard) == 1
    assert outbox.deliver(at=w.at) == 1
    assert Delivery.objects.get().state == "sent" and len(group.heard) == 2


def test_a_message_is_planned_and_passed_on_once(live_world, group):
    w = live_world
    robot(w, group, w.minxian)
    actions.send(to=[w.county], subject="演示", link="/", urgent=True, at=w.at)
    assert refusals(at_once(*[lambda: outbox.plan(at=w.at)] * 3)) == []
    assert Delivery.objects.filter(notice__to=w.county, notice__subject="演示").count() == 1
    late = Notice.objects.get(to=w.county, subject="演示").raise_at
    assert sum(at_once(*[lambda: outbox.raise_unread(at=late)] * 3)) == 1
    assert Notice.objects.filter(to=w.second, raised_from__to=w.county).count() == 1


def test_two_officers_set_up_the_same_channel_at_once(live_world, group):
    w = live_world
    assert refusals(at_once(*[lambda: robot(w, group, w.minxian)] * 3)) == []
    assert Channel.objects.filter(stopped_at=None).count() == 1 and Channel.objects.count() == 3


def test_the_job_waits_for_nobody(live_world, group):
    """The worker that runs it also seals the record of acts, five times a second."""
    w = live_world
    Notice.objects.update(planned_at=w.at)
    robot(w, group, w.minxian)
    actions.send(to=[w.county], subject="演示", link="/", at=w.at)
    answered = threading.Event()
    group.before = lambda: answered.wait(20)
    begun = time.monotonic()
    assert tasks.deliver() is True
    assert time.monotonic() - begun < 1
    while not group.heard:
        time.sleep(0.02)
    assert tasks.deliver() is False  # a round is under way
    answered.set()
    tasks._at_work.join(20)
    assert Delivery.objects.get().state == "sent" and len(group.heard) == 1
