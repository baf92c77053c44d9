"""The end of a report: keys and words are destroyed, and nobody with a copy of all of it afterwards opens anything."""

from datetime import timedelta

import pytest

from mingcha.kernel import receipts, sealing
from mingcha.tips import moving, public, tasks
from mingcha.tips.actions import answering, handling, proposals
from mingcha.tips.models import LikenessWaiting, Offer, OfficeRule, Record, SealedFile, Tip, Wrap
from mingcha.tips.states import Outcome, RecordKind, State, Way
from tests.sealed import Room
from tests.world import World


def closed(room: Room, world: World) -> tuple[Tip, str]:
    """Return a report that was handled, proposed of and closed."""
    tip, receipt = room.tip(world.minxian.office.body)
    by = world.minxian.office.intake
    key, own = room.unlocked(by), room.unlocked(world.county)
    handling.accept(tip, key=key, by=by, at=world.at)
    handling.assign(tip, to=world.county, key=key, by=by, at=world.at)
    made = proposals.propose(tip, way=Way.DISMISS, opinion="了结", study="已研究", key=key, by=by, at=world.at)
    proposals.approve(made, key=own, by=world.county, at=world.at)
    tip.refresh_from_db()
    answering.conclude(tip, outcome=Outcome.UNTRUE, note="不属实", key=key, by=by, at=world.at)
    answering.answer(tip, text="不属实", key=key, by=by, at=world.at)
    return tip, receipts.read(receipt)


@pytest.mark.proof(14)
def test_nothing_leads_to_the_words_again(sealed_room: Room, world: World, django_capture_on_commit_callbacks) -> None:
    tip, receipt = closed(sealed_room, world)
    digest = "ab" * 32
    kept = sealed_room.folder / "files" / digest[:2] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sealed")
    SealedFile.objects.create(digest=digest, record=tip.records.first(), size=6)
    copies = [bytes(record.box) for record in Record.objects.filter(tip=tip, identity=False)]
    about = [
        f"tips record {r.tip_id} {r.pk} {r.kind} {r.author} tip" for r in Record.objects.filter(tip=tip, identity=False)
    ]
    late = world.at + timedelta(days=1826)
    assert tasks.erase(at=world.at + timedelta(days=1824)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.erase(at=late) == 1
    assert not kept.exists()
    tip.refresh_from_db()
    assert (tip.state, tip.way, tip.outcome) == (State.ERASED, Way.DISMISS, Outcome.UNTRUE)
    assert not Wrap.objects.filter(tip=tip).exists()
    assert not Record.objects.filter(tip=tip).exists()
    assert not Offer.objects.filter(tip=tip).exclude(box=b"").exists()
    # Every key there is, against every box that a backup without the wraps still holds.
    held = [unlocked.private for unlocked in sealed_room.keys.values()]
    held += [one.private for one in sealed_room.custodians.values()]
    citizen = receipts.keys(receipt, pepper=sealed_room.settings.MINGCHA_TIPS_PEPPER).citizen.private
    for private in [*held, citizen]:
        for box, what in zip(copies, about, strict=True):
            with pytest.raises(sealing.SealBroken):
                sealing.open_from(box, private=private, about=what)
    with pytest.raises(public.ReceiptUnknown):
        public.enter(receipt, at=late)
    assert tasks.erase(at=late) == 0


def test_what_is_open_or_was_come_back_to_is_not_destroyed(sealed_room: Room, world: World) -> None:
    OfficeRule.objects.create(office=world.minxian.office.body, keep_days=30)
    tip, _ = closed(sealed_room, world)
    waiting, _ = sealed_room.tip(world.minxian.office.body)
    late, by = world.at + timedelta(days=31), world.minxian.office.intake
    sealed_room.record(tip, RecordKind.ADDITION, {"text": "又想起一件"})
    assert tasks.erase(at=late) == 0
    handling.open_tip(tip, key=sealed_room.unlocked(by), by=by, at=late)
    assert tasks.erase(at=late) == 1
    waiting.refresh_from_db()
    assert waiting.state == State.RECEIVED
    assert not LikenessWaiting.objects.filter(tip=tip).exists()
    tip.refresh_from_db()
    with pytest.raises(Exception, match="密钥"):
        answering.resume(tip, reason="再办", key=sealed_room.unlocked(by), by=by, at=late)
    with pytest.raises(moving.AlreadyMoved):
        moving.move(tip, "resume")
