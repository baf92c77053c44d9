"""
Whoever writes the database, and holds no key: what they exchange, repeat or put in is refused, and what they replace is
not sealed to. And whoever holds a key opens what it is for, and nothing else that lies there, wrap by wrap.
"""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, public
from mingcha.tips.models import KeyHolder, OfficeKey, OfficerKey, Record, Tip, Wrap
from mingcha.tips.states import Epoch
from tests import rows
from tests.sending import send


@pytest.fixture
def two(sealed_room, world):
    """Two reports of one office."""
    office = world.minxian.office.body
    return [sealed_room.tip(office, text=f"演示：第{n}件。", named={"name": f"演示{n}"})[0] for n in range(2)]


def opened(key):
    """Return what a key reads of every record there is."""
    found = {}
    for record in Record.objects.select_related("tip"):
        try:
            private = key.tip_key(record.tip, identity=record.identity)
            found[record.pk] = boxes.open_record(record, private=private)
        except Refusal:
            continue
    return found


@pytest.mark.proof(4)
def test_records_exchanged_between_places_are_refused(two, sealed_room, world):
    """Between two reports, between two records of one, between kinds, sides and keys: nothing is read as another's."""
    key = sealed_room.unlocked(world.intake)
    sealed_room.record(two[0], "addition", {"text": "补充"})
    sealed_room.record(two[0], "reply", {"text": "答复"}, author="office")
    before = opened(key)
    assert len(before) == Record.objects.count() == 6
    kept = {record.pk: (bytes(record.box), bytes(record.mark)) for record in Record.objects.all()}
    for one, other in permutations(kept, 2):
        for marked in (True, False):
            box, mark = kept[other][0], kept[other if marked else one][1]
            Record.objects.filter(pk=one).update(box=box, mark=mark)
            assert opened(key) == {pk: said for pk, said in before.items() if pk != one}
        Record.objects.filter(pk=one).update(box=kept[one][0], mark=kept[one][1])
    assert opened(key) == before


@pytest.mark.proof(4)
@pytest.mark.parametrize(
    "column,value", [("kind", "note"), ("author", "office"), ("identity", True), ("tip", None)], ids=lambda v: str(v)
)
def test_a_record_put_in_another_place_or_repeated_is_refused(two, sealed_room, world, column, value):
    key = sealed_room.unlocked(world.intake)
    record, again = (Record.objects.get(tip=tip, kind="report") for tip in two)
    Record.objects.filter(pk=record.pk).update(**{column: two[1] if column == "tip" else value})
    assert record.pk not in opened(key)
    again.pk, again._state.adding = None, True
    again.save(force_insert=True)
    assert again.pk not in opened(key)


@pytest.mark.proof(4)
def test_wraps_exchanged_between_reports_and_purposes_open_nothing(two, sealed_room, world):
    key = sealed_room.unlocked(world.intake)
    wraps = list(Wrap.objects.exclude(office_key=None))
    for one, other in permutations(wraps, 2):
        Wrap.objects.filter(pk=one.pk).update(box=other.box)
        with pytest.raises(Refusal):
            key.tip_key(one.tip, identity=one.identity)
        Wrap.objects.filter(pk=one.pk).update(box=one.box)
    Tip.objects.filter(pk=two[0].pk).update(public=two[1].public)
    with pytest.raises(Refusal):
        key.tip_key(Tip.objects.get(pk=two[0].pk))


@pytest.mark.proof(5)
@pytest.mark.parametrize("purpose", ["intake", "identity", "index"])
def test_a_report_is_not_sealed_to_a_key_put_into_the_database(sealed_room, world, purpose):
    """It is refused before anything is written, and the citizen told to send it again later."""
    send(at=world.at)
    row = OfficeKey.objects.get(office=world.minxian.office.body, purpose=purpose, state=Epoch.CURRENT)
    OfficeKey.objects.filter(pk=row.pk).update(public=sealing.new_pair().public)
    with pytest.raises(Refusal):
        send(at=world.at)
    assert Tip.objects.count() == 1


@pytest.mark.proof(6)
def test_no_key_opens_a_wrap_that_is_not_for_it(two, sealed_room, world):
    """Every wrap there is, tried with every private half there is: an officer's, an office's, of any epoch."""
    sealed_room.tip(world.zhangxian.office.body)
    sealed_room.tip(world.city.office.body)
    sealed_room.hand(two[0], world.county)
    sealed_room.rotate(world.minxian.office.body, world.intake)
    halves = {("person", person): key.private for person, key in sealed_room.keys.items()}
    for row in OfficeKey.objects.all():
        holder = KeyHolder.objects.filter(office_key=row).select_related("person").first()
        halves["office", row.pk] = sealed_room.unlocked(holder.person).held(row)
    assert len(halves) == OfficerKey.objects.count() + OfficeKey.objects.count()
    for wrap in Wrap.objects.select_related("tip"):
        mine = {("office", wrap.office_key_id), ("person", wrap.person_id)}
        for whose, private in halves.items():
            try:
                boxes.unwrap_key(bytes(wrap.box), tip=wrap.tip, private=private, identity=wrap.identity)
            except Refusal:
                assert whose not in mine
            else:
                assert whose in mine


@pytest.mark.proof(6)
def test_who_administers_the_machine_has_no_key_and_cannot_make_one_count(two, sealed_room, world):
    """All rows may be written: a pair of one's own, a holder's row beside it, a wrap. None opens, for none was sealed."""
    own, at = sealing.new_pair(), world.at
    person, row = world.second, OfficeKey.objects.get(office=world.minxian.office.body, purpose="intake")
    OfficerKey.objects.create(person=person, public=own.public, salt=bytes(16), box=b"", mark=bytes(32), made_at=at)
    theirs = KeyHolder.objects.get(office_key=row)
    KeyHolder.objects.create(
        office_key=row, person=person, box=theirs.box, vouch=theirs.vouch, granted_at=at, granted_by=world.intake
    )
    Wrap.objects.create(tip=two[0], person=person, box=Wrap.objects.get(tip=two[0], identity=False, office_key=row).box)
    key = type(sealed_room.unlocked(world.intake))(person, own.private)
    assert opened(key) == {} and not key.holds(row)


def copied():
    """Return the rows of the room's tables as a dump of the database holds them."""
    with connection.cursor() as cursor:
        return {table: rows._read(cursor, table) for table in ("tips_tip", "tips_wrap", "tips_record")}


def put_back(backup):
    with connection.cursor() as cursor:
        for table, content in backup.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)


@pytest.mark.proof(13)
def test_a_backup_brought_back_two_years_later_opens_with_its_old_epoch(two, sealed_room, world):
    """The tables as they were copied, into empty ones, and two replacements of keys since: holders read it all."""
    office, key = world.minxian.office.body, sealed_room.unlocked(world.intake)
    before = opened(key)
    backup, old = copied(), OfficeKey.objects.get(office=office, purpose="intake")
    for years in (1, 2):
        world.at += timedelta(days=365 * years)
        sealed_room.rotate(office, world.intake)
    Tip.objects.all().delete()
    assert not Record.objects.exists()
    put_back(backup)
    old.refresh_from_db()
    assert old.state == Epoch.FORMER
    assert opened(sealed_room.unlocked(world.intake)) == before


@pytest.mark.proof(9)
def test_an_unknown_receipt_is_told_as_a_wrong_one_and_takes_no_longer(sealed_room, world, django_assert_num_queries):
    """Looked up by a digest, in one question: nothing tells how near a guess came. Sealed halves make it no oracle."""
    receipt, _filed = send(at=world.at)
    near = receipt[:-1] + ("0" if receipt[-1] != "0" else "1")
    told = set()
    for guess in ("0" * 20, near):
        with pytest.raises(public.ReceiptUnknown) as refused, django_assert_num_queries(1):
            public.enter(guess, at=world.at)
        told.add(str(refused.value))
    assert len(told) == 1
