"""Keys of an office: who can hold one, who can never be given one, and what a replacement leaves readable."""

from datetime import timedelta

import pytest

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Post
from mingcha.ground.audit.models import Event
from mingcha.kernel import custody, sealing
from mingcha.tips import boxes, directory, marks
from mingcha.tips.actions import keys, recovery, rewrapping, unlocking
from mingcha.tips.models import (
    KeyHolder,
    LikenessWaiting,
    Offer,
    OfficeKey,
    OfficerKey,
    RecoveryEnvelope,
    Tip,
    Vouch,
    Wrap,
)
from mingcha.tips.queries import keys as queries
from mingcha.tips.states import Epoch, Purpose
from mingcha.tips.unlocked import NoKey, NotVouched, name_of
from tests.sealed import PASSPHRASE
from tests.world import person


@pytest.fixture
def office(world):
    return world.minxian.office.body


@pytest.fixture
def colleague(world, office):
    """A second intake officer of 岷县."""
    return person("intake2", "演示第二信访干部", office, "intake", at=world.at - timedelta(days=2))


def opens(key, tip):
    """Whether any wrap of the tip, tried one by one with all that this key holds, opens."""
    halves = [key.private]
    for holder in KeyHolder.objects.filter(person=key.person).select_related("office_key"):
        halves.append(key.held(holder.office_key))
    for wrap in Wrap.objects.filter(tip=tip):
        for half in halves:
            try:
                sealing.unwrap(bytes(wrap.box), private=half, about=boxes.about_wrap(tip.pk, identity=wrap.identity))
            except sealing.SealBroken:
                continue
            return True
    return False


@pytest.mark.proof(6)
def test_the_office_opens_its_tip_and_no_other_office_or_administrator_does(sealed_room, world, office):
    tip, _ = sealed_room.tip(office, text="演示：只有本机关能读。")
    key = sealed_room.unlocked(world.intake)
    records = {record.kind: record for record in tip.records.all()}
    assert boxes.open_record(records["report"], private=key.tip_key(tip))["text"] == "演示：只有本机关能读。"
    assert boxes.open_record(records["identity"], private=key.tip_key(tip, identity=True))["name"] == ""
    for other in (world.county, world.lead, world.neighbour_intake, world.city_intake, world.second):
        assert not opens(sealed_room.unlocked(other), tip)
        with pytest.raises(NoKey):
            sealed_room.unlocked(other).tip_key(tip)


@pytest.mark.proof(6)
def test_what_was_said_does_not_open_who_spoke(sealed_room, world, office):
    tip, _ = sealed_room.tip(office, named={"name": "演示反映人", "phone": "13900000000"})
    sealed_room.hand(tip, world.county)
    key = sealed_room.unlocked(world.county)
    assert key.tip_key(tip)
    with pytest.raises(NoKey):
        key.tip_key(tip, identity=True)
    identity = tip.records.get(kind="identity")
    with pytest.raises(sealing.SealBroken):
        boxes.open_record(identity, private=key.tip_key(tip))


def test_a_key_is_granted_only_against_the_fingerprint_on_the_colleagues_own_screen(
    sealed_room, world, office, colleague
):
    tip, _ = sealed_room.tip(office)
    key, at = sealed_room.unlocked(world.intake), world.at
    given = {"to": colleague, "purposes": list(Purpose), "key": key, "by": world.intake, "at": at}
    with pytest.raises(keys.HasNoPair):
        keys.grant(office, seen="1" * 30, **given)
    seen = sealed_room.fingerprint(colleague)
    with pytest.raises(keys.NotThatFingerprint):
        keys.grant(office, seen=seen[:-1] + str((int(seen[-1]) + 1) % 10), **given)
    assert keys.grant(office, seen=seen.replace(" ", "－"), **given) == 3
    assert sealed_room.unlocked(colleague).tip_key(tip) == key.tip_key(tip)
    with pytest.raises(keys.HeldAlready):
        keys.grant(office, seen=seen, **given)
    theirs = {"to": world.neighbour_intake, "seen": sealed_room.fingerprint(world.neighbour_intake)}
    with pytest.raises(keys.NotOfTheOffice):
        keys.grant(office, **{**given, **theirs})
    other = {"by": world.neighbour_intake, "key": sealed_room.unlocked(world.neighbour_intake)}
    with pytest.raises(accounts.NotFound):
        keys.grant(office, seen=seen, **{**given, **other})
    with pytest.raises(NoKey):
        keys.grant(office, seen=seen, **{**given, "by": world.county})


@pytest.mark.proof(5)
def test_who_writes_the_database_cannot_put_in_a_public_half(sealed_room, world, office):
    """Every place where something is sealed to: an office's key, a tip's, an officer's, a holder's row."""
    mine, tip = sealing.new_pair(), sealed_room.tip(office)[0]
    row = OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE)
    OfficeKey.objects.filter(pk=row.pk).update(public=mine.public)
    with pytest.raises(directory.KeyReplaced):
        sealed_room.tip(office)
    OfficeKey.objects.filter(pk=row.pk).update(public=row.public)

    OfficerKey.objects.filter(person=world.county).update(public=mine.public)
    with pytest.raises(marks.Forged):
        queries.trusted(world.county, office=office.pk, key=sealed_room.unlocked(world.intake))

    Tip.objects.filter(pk=tip.pk).update(public=mine.public)
    tip.refresh_from_db()
    with pytest.raises(marks.Forged):
        sealed_room.record(tip, "addition", {"text": "演示"})
    with pytest.raises(marks.Forged):
        sealed_room.unlocked(world.intake).tip_key(tip)


def test_not_even_who_also_holds_the_key_of_marks_is_trusted(sealed_room, world, office, settings):
    """The folder of keys read as well: rows can be marked, but a vouch needs the office's own private half."""
    mine = sealing.new_pair()
    row = OfficerKey.objects.get(person=world.county)
    row.public = mine.public
    OfficerKey.objects.filter(person=world.county).update(public=mine.public, mark=marks.of(row))
    with pytest.raises(NotVouched):
        queries.trusted(world.county, office=office.pk, key=sealed_room.unlocked(world.intake))
    with pytest.raises(directory.KeyReplaced):
        unlocking.unlock(passphrase=PASSPHRASE, by=world.county, at=world.at)
    # A holder's row written by another: the private half in it is not the office's.
    key = OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE)
    box = sealing.wrap(
        mine.private,
        to=sealed_room.unlocked(world.second).public,
        about=custody.about_holder(name_of(key), world.second.pk),
    )
    KeyHolder.objects.create(
        office_key=key, person=world.second, box=box, vouch=bytes(32), granted_at=world.at, granted_by=world.second
    )
    with pytest.raises(sealing.SealBroken):
        sealed_room.unlocked(world.second).held(key)


def test_a_handler_is_trusted_once_a_holder_vouches(sealed_room, world, office):
    key = sealed_room.unlocked(world.intake)
    assert queries.trusted(world.county, office=office.pk, key=key) == sealed_room.unlocked(world.county).public
    sealed_room.unlocked(world.second)
    with pytest.raises(NotVouched):
        queries.trusted(world.second, office=office.pk, key=key)
    assert list(queries.can_be_vouched(office, at=world.at)) == [world.second]
    sealed_room.vouch(office, world.second, by=world.intake)
    assert queries.trusted(world.second, office=office.pk, key=key)
    # Who holds no key of the office cannot tell, and hands on nothing.
    with pytest.raises(NotVouched):
        queries.trusted(world.second, office=office.pk, key=sealed_room.unlocked(world.county))
    # A vouch is for one person: moved to another's row it says nothing.
    Vouch.objects.filter(person=world.second).delete()
    Vouch.objects.filter(person=world.county).update(person=world.second)
    with pytest.raises(NotVouched):
        queries.trusted(world.second, office=office.pk, key=key)


@pytest.mark.proof(8)
def test_a_replaced_key_keeps_all_tips_readable_and_shuts_out_who_left(sealed_room, world, office, colleague):
    sealed_room.grant(office, colleague, by=world.intake)
    old = [sealed_room.tip(office)[0] for _ in range(3)]
    leaver = sealed_room.unlocked(colleague)
    former = leaver.held(OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE))
    assert all(opens(leaver, tip) for tip in old)

    assert keys.leave(colleague, by=world.intake, at=world.at) == 3
    assert not any(opens(leaver, tip) for tip in old)  # in the database; what they copied they have
    made = sealed_room.rotate(office, world.intake)
    assert {row.epoch for row in made} == {2} and len(made) == 3
    assert not KeyHolder.objects.filter(person=colleague).exists()
    new = sealed_room.tip(office)[0]
    stolen = boxes.about_wrap(new.pk, identity=False)
    for wrap in Wrap.objects.filter(tip=new):
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap(bytes(wrap.box), private=former, about=stolen)

    key = sealed_room.unlocked(world.intake)
    assert all(key.tip_key(tip) for tip in [*old, new])  # before anything is moved
    moved = 0
    while count := rewrapping.rewrap(office, key=key, by=world.intake, at=world.at, most=4):
        moved += count
    assert moved == 6  # a report and an identity each
    assert not Wrap.objects.filter(office_key__state=Epoch.FORMER).exists()
    assert all(key.tip_key(tip) and key.tip_key(tip, identity=True) for tip in [*old, new])
    # The vouch for the handler was carried over; former keys that open nothing are destroyed.
    assert queries.trusted(world.county, office=office.pk, key=key)
    former = OfficeKey.objects.filter(office=office, state=Epoch.FORMER)
    index = former.get(purpose=Purpose.INDEX)
    waiting = LikenessWaiting.objects.create(tip=new, office_key=index, box=b"")
    recovery.tidy(at=world.at)
    assert [holder.office_key for holder in KeyHolder.objects.filter(office_key__in=former)] == [index]
    waiting.delete()  # as folding does
    recovery.tidy(at=world.at)
    for table in (KeyHolder, Vouch, RecoveryEnvelope):
        assert not table.objects.filter(office_key__in=former).exists()
    assert all(key.tip_key(tip) for tip in [*old, new])


def test_a_replacement_gives_nobody_what_they_could_not_read(sealed_room, world, office, colleague):
    """The keeper of identities is another: who replaces the intake key gets no identity, and the keeper replaces theirs."""
    sealed_room.grant(office, colleague, by=world.intake, purposes=(Purpose.IDENTITY,))
    keys.withdraw(office, of=world.intake, purposes=[Purpose.IDENTITY], by=world.intake, at=world.at)
    made = sealed_room.rotate(office, world.intake)
    assert {row.purpose for row in made} == {Purpose.INTAKE, Purpose.INDEX}
    tip, _ = sealed_room.tip(office)
    key = sealed_room.unlocked(world.intake)
    assert key.tip_key(tip)
    with pytest.raises(NoKey):
        key.tip_key(tip, identity=True)
    assert sealed_room.unlocked(colleague).tip_key(tip, identity=True)
    (identity,) = sealed_room.rotate(office, colleague)
    assert identity.purpose == Purpose.IDENTITY and list(queries.holders(identity)) == [colleague]


def test_an_offices_first_keys_are_made_by_its_intake_officer(sealed_room, world, office):
    for wrong, refusal in ((world.county, accounts.NotAllowed), (world.neighbour_intake, accounts.NotFound)):
        for table in (Vouch, KeyHolder, RecoveryEnvelope):
            table.objects.filter(office_key__office=office).delete()
        OfficeKey.objects.filter(office=office).delete()
        with pytest.raises(refusal):
            keys.make_epoch(office, key=sealed_room.unlocked(wrong), by=wrong, at=world.at)
    with pytest.raises(NoKey):  # another's key
        keys.make_epoch(office, key=sealed_room.unlocked(world.county), by=world.intake, at=world.at)
    made = sealed_room.epoch(office, world.intake)
    assert {row.epoch for row in made} == {2}  # the directory has used 1


def test_an_office_is_never_left_without_a_holder(sealed_room, world, office, colleague):
    with pytest.raises(keys.LastHolder):
        keys.withdraw(office, of=world.intake, purposes=list(Purpose), by=world.intake, at=world.at)
    with pytest.raises(keys.HoldsNothing):
        keys.withdraw(office, of=colleague, purposes=list(Purpose), by=world.intake, at=world.at)


def test_who_loses_the_post_loses_the_keys(sealed_room, world, office, colleague):
    sealed_room.grant(office, colleague, by=world.intake)
    tip, _ = sealed_room.tip(office)
    sealed_room.hand(tip, world.county)
    assert recovery.tidy(at=world.at) == 0
    Post.objects.filter(person__in=[colleague, world.county]).update(until=world.at.date() - timedelta(days=1))
    assert recovery.tidy(at=world.at) == 3 + 1 + 1  # three keys; a vouch and a tip
    for gone in (colleague, world.county):
        with pytest.raises(NoKey):
            sealed_room.unlocked(gone).tip_key(tip)
    assert sealed_room.unlocked(world.intake).tip_key(tip)


def test_an_epoch_waits_for_the_roots_signature(sealed_room, world, office):
    made = sealed_room.epoch(office, world.intake)
    key, mine = sealed_room.unlocked(world.intake), sealing.new_pair()
    assert {row.pk for row in queries.waiting(office.pk, key=key)} == {row.pk for row in made}
    # Exchanged before it was signed, even by who can make a mark: it is not asked for.
    exchanged = OfficeKey(office=office, purpose=made[0].purpose, epoch=2, public=mine.public)
    OfficeKey.objects.filter(pk=made[0].pk).update(public=mine.public, mark=marks.of(exchanged))
    with pytest.raises(sealing.SealBroken):
        queries.waiting(office.pk, key=sealed_room.unlocked(world.intake))
    OfficeKey.objects.filter(pk=made[0].pk).update(public=made[0].public, mark=made[0].mark)
    with pytest.raises(keys.EpochWaiting):
        sealed_room.epoch(office, world.intake)
    assert keys.begin_epochs(office, by=world.intake, at=world.at) == 0
    assert directory.current(office.pk, Purpose.INTAKE).epoch == 1
    assert keys.discard_epoch(office, key=sealed_room.unlocked(world.intake), by=world.intake, at=world.at) == 3
    with pytest.raises(keys.NoEpochWaiting):
        keys.discard_epoch(office, key=sealed_room.unlocked(world.intake), by=world.intake, at=world.at)
    again = sealed_room.epoch(office, world.intake)
    # The root signed what somebody put in place of it: refused, and the office goes on with the key it has.
    again[0].public = sealing.new_pair().public
    sealed_room.publish(*again)
    with pytest.raises(directory.KeyReplaced):
        keys.begin_epochs(office, by=world.intake, at=world.at)
    assert made[0].epoch == 2


def test_custodians_come_from_the_signed_directory_alone(sealed_room, world, office):
    found = RecoveryEnvelope.objects.filter(office_key__office=office, office_key__purpose=Purpose.INTAKE)
    assert {(each.first, each.second) for each in found} == {("bao", "fang"), ("bao", "guan"), ("fang", "guan")}
    sealed_room.custodians.pop("guan")
    sealed_room.publish()
    with pytest.raises(keys.NoCustodians):
        sealed_room.epoch(office, world.intake)
    key = sealed_room.unlocked(world.intake)
    made = keys.make_epoch(office, key=key, by=world.intake, at=world.at, without_recovery=True)
    assert not RecoveryEnvelope.objects.filter(office_key__in=made).exists()


def test_nothing_secret_is_said_printed_or_recorded(sealed_room, world, office, colleague):
    sealed_room.grant(office, colleague, by=world.intake)
    key = sealed_room.unlocked(world.intake)
    private = key.held(OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE))
    said = repr(key) + str(key) + "".join(Event.objects.values_list("text", flat=True))
    for secret in (key.private, private):
        assert secret.hex() not in said and repr(secret)[2:-1] not in said
    assert PASSPHRASE not in said
    verbs = set(Event.objects.filter(kind="tip_key").values_list("verb", flat=True))
    assert {"tips.begin", "tips.make_epoch", "tips.begin_epoch", "tips.grant", "tips.vouch"} <= verbs


def test_many_wraps_move_at_once_and_each_opens(sealed_room, world, office):
    tip, _ = sealed_room.tip(office)
    row = OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE)
    tips, wraps = [], []
    for n in range(300):
        each = Tip(
            office=office, kind=tip.kind, category=tip.category, county=tip.county, received_on=tip.received_on,
            due_at=tip.due_at, lookup=n.to_bytes(32, "big"),
        )  # fmt: skip
        pairs = boxes.begin(each)
        tips.append(each)
        box = boxes.wrap_key(pairs.tip.private, tip=each, to=bytes(row.public))
        wraps.append(Wrap(tip=each, office_key=row, box=box))
    Tip.objects.bulk_create(tips)
    Wrap.objects.bulk_create(wraps)
    sealed_room.rotate(office, world.intake)
    key = sealed_room.unlocked(world.intake)
    assert rewrapping.rewrap(office, key=key, by=world.intake, at=world.at, most=5000) == 302
    assert len(key.tip_keys(tips)) == 300


def test_moving_skips_what_does_not_open_and_takes_unanswered_offers_along(sealed_room, world, office):
    broken, doubled, offered = (sealed_room.tip(place)[0] for place in (office, office, world.city.office.body))
    row = OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE)
    box = boxes.wrap_key(sealed_room.unlocked(world.city_intake).tip_key(offered), tip=offered, to=bytes(row.public))
    offer = Offer.objects.create(
        tip=offered, sender=world.city.office.body, receiver=office, office_key=row, box=box, back_to="received",
        offered_on=world.at.date(), offered_by=world.city_intake, due_at=world.at,
    )  # fmt: skip
    Wrap.objects.filter(tip=broken, identity=False, office_key=row).update(box=bytes(85 + 32))
    sealed_room.rotate(office, world.intake)
    current = directory.current(office.pk, Purpose.INTAKE)
    key = sealed_room.unlocked(world.intake)
    again = boxes.wrap_key(key.tip_key(doubled), tip=doubled, to=bytes(current.public))
    Wrap.objects.create(tip=doubled, office_key=current, box=again)  # as another session would have left it

    assert recovery.tidy(at=world.at) == 0  # a former key that an unanswered offer needs is kept
    assert rewrapping.rewrap(office, key=key, by=world.intake, at=world.at) == 1 + 2 + 1
    assert rewrapping.rewrap(office, key=key, by=world.intake, at=world.at) == 0
    assert Wrap.objects.get(tip=doubled, identity=False, office_key__office=office).office_key == current
    offer.refresh_from_db()
    assert offer.office_key == current
    assert boxes.unwrap_key(bytes(offer.box), tip=offered, private=key.held(current))
    with pytest.raises(accounts.NotFound):
        rewrapping.rewrap(office, key=sealed_room.unlocked(world.city_intake), by=world.city_intake, at=world.at)
