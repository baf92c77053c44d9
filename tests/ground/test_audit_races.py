"""Sealing while acts go on: the chain takes what is committed, in one line, whoever seals."""

import pytest
from django.db import transaction

from mingcha.ground.audit import actions, queries, tasks
from mingcha.ground.audit.models import Event, Head, Seal
from tests.at_once import at_once


def test_an_act_without_a_transaction_is_refused(transactional_db, at):
    with pytest.raises(RuntimeError):
        actions.record("x", kind="x", key=1, by=None, at=at)


def test_two_sealers_at_once_are_harmless(transactional_db, at):
    for n in range(40):
        with transaction.atomic():
            actions.record("x", kind="x", key=n, by=None, at=at)
    assert sum(at_once(tasks.seal, tasks.seal, tasks.seal)) == 40
    verdict = queries.verify()
    assert (verdict.sound, verdict.sealed, verdict.tail) == (True, 40, 0)
    assert Head.objects.get().seq == 40


def test_an_act_under_way_does_not_hold_up_the_sealer_and_is_sealed_later(transactional_db, at):
    """Its number is lower than that of acts sealed meanwhile; the chain takes it when it commits."""

    def act(key):
        with transaction.atomic():
            actions.record("x", kind="x", key=key, by=None, at=at)

    with transaction.atomic():
        actions.record("x", kind="x", key="slow", by=None, at=at)
        assert at_once(lambda: act("quick"), lambda: None) == [None, None]
        assert at_once(tasks.seal) == [1]
    assert tasks.seal() == 1
    order = [Event.objects.get(pk=seal.event_id).key for seal in Seal.objects.order_by("seq")]
    assert order == ["quick", "slow"]
    assert queries.verify().sound


def test_verifying_while_acts_and_seals_go_on_raises_no_alarm(transactional_db, at):
    def acts():
        for n in range(60):
            with transaction.atomic():
                actions.record("x", kind="x", key=n, by=None, at=at)
            if n % 5 == 0:
                tasks.seal()

    def verify():
        return [fault for _ in range(40) for fault in queries.verify().broken]

    assert at_once(acts, verify) == [None, []]
