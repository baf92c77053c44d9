"""
Who holds a key opens what it is for, and nothing else that lies there, wrap by wrap; who administers the machine holds
none; and a backup brought back opens with the epoch it was sealed to.
"""

from datetime import timedelta

import pytest
from django.db import connection

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes
from mingcha.tips.models import KeyHolder, OfficeKey, OfficerKey, Record, Tip, Wrap
from mingcha.tips.states import Epoch
from tests import rows


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
