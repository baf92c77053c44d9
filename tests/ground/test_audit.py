"""The record of acts: append-only, chained after the fact, and able to say where it was broken."""

import pytest
from django.db import DatabaseError, connection, transaction

from mingcha.flow.rectifications import actions as rectifications
from mingcha.ground.audit import actions, queries, tasks
from mingcha.ground.audit.models import Event, Seal, Unsealed


def without_trigger(sql, *parameters):
    """Do what only someone with the database's own keys can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("event", "seal"):
            cursor.execute(f"ALTER TABLE audit_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        for table in ("event", "seal"):
            cursor.execute(f"ALTER TABLE audit_{table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(world):
    tasks.seal()
    return world


def test_every_act_of_the_world_is_sealed_and_sound(sealed):
    verdict = queries.verify()
    assert verdict.sound
    assert (verdict.sealed, verdict.tail) == (Event.objects.count(), 0)
    assert Seal.objects.order_by("seq").first().seq == 1


def test_acts_not_sealed_yet_are_counted_as_the_tail(sealed):
    rectifications.close(sealed.minxian.answered, by=sealed.county, at=sealed.at)
    verdict = queries.verify()
    assert (verdict.sound, verdict.tail) == (True, 1)
    assert tasks.seal() == 1
    assert queries.verify().tail == 0


def test_sealing_twice_does_nothing_more(sealed):
    before = Seal.objects.count()
    assert tasks.seal() == 0
    assert Seal.objects.count() == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET actor_name = 'x'",
        "DELETE FROM audit_event",
        "UPDATE audit_seal SET hash = 'x'",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_to_change_the_record(sealed, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.proof(11)
def test_an_edited_column_is_named(sealed):
    event = Event.objects.order_by("pk")[5]
    without_trigger("UPDATE audit_event SET actor = 'someone else' WHERE id = %s", event.pk)
    (fault,) = queries.verify().broken
    assert "第 6 环" in fault
    assert f"事件 {event.pk}" in fault
    assert "列与封存文本不一致" in fault


def test_an_edited_text_is_named_even_with_its_columns(sealed):
    event = Event.objects.order_by("pk")[5]
    event.actor = "someone else"
    without_trigger(
        "UPDATE audit_event SET actor = %s, text = %s WHERE id = %s", event.actor, queries.canonical(event), event.pk
    )
    (fault,) = queries.verify().broken
    assert "第 6 环" in fault
    assert f"事件 {event.pk}" in fault


@pytest.mark.proof(11)
def test_a_deleted_event_is_named(sealed):
    event = Event.objects.order_by("pk")[5]
    without_trigger("DELETE FROM audit_event WHERE id = %s", event.pk)
    (fault,) = queries.verify().broken
    assert "第 6 环" in fault
    assert f"事件 {event.pk} 已被删除" in fault


@pytest.mark.proof(11)
def test_a_link_taken_out_is_named(sealed):
    without_trigger("DELETE FROM audit_seal WHERE seq = 6")
    faults = queries.verify().broken
    assert faults[0].startswith("第 6 环缺失")
    assert any("既未封存也不在待封队列" in fault for fault in faults)


@pytest.mark.proof(11)
def test_links_in_another_order_are_named(sealed):
    first, second = Seal.objects.order_by("seq")[5:7]
    without_trigger("UPDATE audit_seal SET event_id = -1 WHERE seq = 6")
    without_trigger("UPDATE audit_seal SET event_id = %s WHERE seq = 7", first.event_id)
    without_trigger("UPDATE audit_seal SET event_id = %s WHERE seq = 6", second.event_id)
    faults = queries.verify().broken
    assert "第 6 环" in faults[0]
    assert f"事件 {second.event_id}" in faults[0]


def test_the_last_links_cut_off_are_named(sealed):
    last = Seal.objects.order_by("seq").last()
    without_trigger("DELETE FROM audit_seal WHERE seq = %s", last.seq)
    Unsealed.objects.create(event_id=last.event_id)
    assert any("链头与最后一环不一致" in fault for fault in queries.verify().broken)


def test_an_act_deleted_before_it_was_sealed_is_named(sealed):
    """Its place in the queue gives it away; and the sealer goes on with the others."""
    rectifications.close(sealed.minxian.answered, by=sealed.county, at=sealed.at)
    rectifications.receive(sealed.minxian.order, by=sealed.unit, at=sealed.at)
    gone = Event.objects.get(verb="rectification.closed", key=sealed.minxian.answered.pk)
    without_trigger("DELETE FROM audit_event WHERE id = %s", gone.pk)
    assert tasks.seal() == 1
    assert any(f"事件 {gone.pk}" in fault for fault in queries.verify().broken)


def test_a_failed_act_leaves_no_record(world):
    before = Event.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record("x", kind="x", key=1, by=None, at=world.at)
        raise ZeroDivisionError
    assert Event.objects.count() == before


def test_the_record_leans_on_nothing():
    """A foreign key would let a row in use stand in the way of the record, or the record of the row."""
    assert not [field for field in Event._meta.get_fields() if field.is_relation]


def test_what_happened_to_one_thing_reads_in_order(world):
    verbs = [event.verb for event in queries.about("rectification", world.minxian.answered.pk)]
    assert verbs == ["rectification.agree", "rectification.order", "rectification.receive", "rectification.answer"]


def test_the_record_is_read_by_place(world):
    assert {event.division[:6] for event in queries.within(["621126"])} == {"621126"}
    assert not queries.within([]).exists()
