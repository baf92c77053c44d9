"""What comes in besides the web, who hears of it, who stands aside, and files on their way."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mingcha.config import jobs
from mingcha.ground.accounts.actions import posts, recusals
from mingcha.ground.accounts.models import Ground, Person, Post
from mingcha.ground.accounts.queries import NotAllowed
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.models import Body
from mingcha.kernel import receipts
from mingcha.tips import boxes, public, tasks, vault
from mingcha.tips.actions import filing
from mingcha.tips.models import SealedFile, SpentEffort, StandsAside, Tip, Wrap
from mingcha.tips.public import knowing
from mingcha.tips.states import Channel, RecordKind
from tests.sealed import Room
from tests.sending import DRAFT, send, upload, worked
from tests.world import PNG, World

pytestmark = pytest.mark.usefixtures("sealed_room")


def told() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in Notice.objects.filter(link="/tipline/").values_list("to__username", flat=True):
        found[name] = found.get(name, 0) + 1
    return found


def enter(by: Person, *, at: datetime, receipt: str = "", **other) -> public.Filed:
    draft = replace(DRAFT, channel=Channel.PHONE, **other)
    return filing.enter(draft, receipt=receipt or receipts.new(), by=by, at=at)


# By telephone, letter, visit


def test_a_call_is_sealed_as_any_report_and_who_took_it_is_on_record(world: World) -> None:
    receipt = receipts.new()
    assert enter(world.intake, at=world.at, receipt=receipt) == public.Filed("621126-office", "岷县纪委监委")
    assert enter(world.intake, at=world.at, receipt=receipt).again
    assert Tip.objects.get().channel == "phone" and Wrap.objects.count() == 4
    acts = Event.objects.filter(verb="tips.enter")
    assert [(act.actor, act.body, act.detail) for act in acts] == [(world.intake.username, "621126-office", {})]
    assert public.enter(receipt, at=world.at).lines[0].text == DRAFT.text


def test_about_ones_own_office_it_goes_up_and_who_put_it_in_opens_nothing(sealed_room: Room, world: World) -> None:
    assert enter(world.intake, at=world.at, body="621126-office").office == "6211-office"
    assert not sealed_room.unlocked(world.intake).tip_keys(list(Tip.objects.all()))


def test_only_who_takes_in_reports_may_and_not_in_the_citizens_name(world: World) -> None:
    for person in (world.county, world.lead, world.inspector):
        with pytest.raises(NotAllowed):
            enter(person, at=world.at)
    with pytest.raises(filing.NotByOfficer):
        filing.enter(DRAFT, receipt=receipts.new(), by=world.intake, at=world.at)
    with pytest.raises(public.DraftIncomplete):
        enter(world.intake, at=world.at, text="")
    assert not Tip.objects.exists()


# Who hears of it


def test_intake_is_told_once_and_only_that_there_is_work(sealed_room: Room, world: World) -> None:
    receipt, _ = send(at=world.at)
    send(at=world.at)
    assert tasks.announce(at=world.at) == 2 and tasks.announce(at=world.at) == 0
    assert told() == {world.intake.username: 1}
    words = " ".join(Notice.objects.values_list("subject", "text", "link").get(link="/tipline/"))
    assert not any(str(tip.pk) in words or tip.get_category_display() in words for tip in Tip.objects.all())
    tip = Tip.objects.get(lookup=receipts.keys(receipt, pepper=sealed_room.settings.MINGCHA_TIPS_PEPPER).lookup)
    sealed_room.hand(tip, world.county)
    public.add(receipt, text="又一条。", effort=worked(world.at), at=world.at)
    assert jobs.announce() == 1
    assert told() == {world.intake.username: 2, world.county.username: 1}


# Who stands aside


def test_an_office_whose_every_intake_officer_is_tied_does_not_receive(world: World) -> None:
    body = Body.objects.get(pk="621126-gov")
    assert tasks.stand_aside(at=world.at) == 0 and send(at=world.at)[1].office == "621126-office"
    target = recusals.Target(body=body)
    reason = {"ground": Ground.RELATIVE, "reason": "近亲属在该单位任职"}
    recusals.declare(world.intake, target=target, **reason, by=world.intake, at=world.at)
    assert jobs.stand_aside() == 1 and jobs.stand_aside() == 0
    knowing.forget()
    assert (StandsAside.objects.get().body_id, send(at=world.at)[1].office) == ("621126-gov", "6211-office")
    assert send(at=world.at, body="621126-food")[1].office == "621126-office"
    posts.appoint(
        world.second, body=world.minxian.office.body, role="intake", since=world.at.date(), by=None, at=world.at
    )
    assert tasks.stand_aside(at=world.at) == 1 and not StandsAside.objects.exists()


def test_an_office_without_intake_officers_is_passed_over(world: World) -> None:
    Post.objects.filter(person=world.intake).update(relieved_at=world.at)
    tasks.stand_aside(at=world.at)
    knowing.forget()
    found = public.route(DRAFT, at=world.at)
    assert (found.office.code, found.why) == ("6211-office", public.Why.RECEIVING)


# Files


def test_a_file_lies_sealed_under_its_own_hash_beside_a_copy_without_metadata(sealed_room: Room, world: World) -> None:
    picture = upload(PNG, name="C:\\我家\\张三 家.PNG", type="image/png")
    send(at=world.at, files=[picture, upload(b"RIFF\0\0sound", name="录音.wav", type="audio/wav")])
    tip = Tip.objects.get()
    key = sealed_room.unlocked(world.intake)
    private = {identity: key.tip_key(tip, identity=identity) for identity in (False, True)}
    rows = tip.records.filter(kind=RecordKind.FILE)
    contents = [(row.identity, boxes.open_record(row, private=private[row.identity])) for row in rows]
    found = {(identity, content["name"]): content for identity, content in contents}
    assert set(found) == {(True, "张三 家.PNG"), (False, "附件1.png"), (True, "录音.wav"), (False, "附件2.wav")}
    original, copy = found[True, "张三 家.PNG"], found[False, "附件1.png"]
    assert b"".join(vault.read(original["digest"], key=bytes.fromhex(original["key"]))) == PNG
    assert copy["stripped"] and b"".join(vault.read(copy["digest"], key=bytes.fromhex(copy["key"])))
    # What cannot be cleaned is not handed to readers: they see that it is there.
    sound = found[False, "附件2.wav"]
    assert (sound["digest"], sound["key"], sound["stripped"], sound["size"]) == ("", "", False, 11)
    for row in SealedFile.objects.all():
        place = vault.place_of(row.digest)
        assert hashlib.sha256(place.read_bytes()).hexdigest() == row.digest and place.stat().st_size == row.size
    assert not list((Path(sealed_room.folder) / "incoming").iterdir())


def test_what_is_too_large_or_left_behind_goes(sealed_room: Room, world: World) -> None:
    incoming = Path(sealed_room.folder) / "incoming"
    with pytest.raises(public.FileTooLarge), public.Sealing(name="x", type="") as taken:
        for _ in range(21):
            taken.push(bytes(1024 * 1024))
    with pytest.raises(RuntimeError), public.Sealing(name="x", type="") as taken:
        taken.push(b"y")
        raise RuntimeError
    assert not list(incoming.iterdir())
    left = upload(b"never sent", name="x")
    vault.sweep(before=left.place.stat().st_mtime)
    assert left.place.exists()
    assert vault.sweep(before=left.place.stat().st_mtime + 1) == 1 and not left.place.exists()


def test_work_that_was_done_is_forgotten_once_it_cannot_serve_again(world: World) -> None:
    send(at=world.at)
    SpentEffort.objects.create(digest=bytes(32), day=world.at.date() - timedelta(days=2))
    jobs.erase()
    assert SpentEffort.objects.get().day == world.at.date() and Tip.objects.exists()
