"""Repeated reports are found over sealed text, by who holds the index key and by nobody else."""

import uuid
from datetime import timedelta

import pytest

from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Ground
from mingcha.ground.accounts.queries import NotFound, standing
from mingcha.kernel import sealing
from mingcha.tips import directory, prints
from mingcha.tips.actions import handling, likeness, transfers
from mingcha.tips.models import LikenessBlock, LikenessWaiting, OfficeKey, Tip
from mingcha.tips.queries import likeness as index
from mingcha.tips.states import Epoch, Purpose, State
from mingcha.tips.unlocked import NoKey
from tests.sealed import Room
from tests.world import World

ORIGINAL = "演示：十月二十六日夜里，蒲麻镇卡点值班人员不在岗，登记簿提前填好，过往车辆无人查验，群众多次反映没有人管。"
COPY = ORIGINAL[:-12] + "希望上级派人来看看情况。"


def sent(room: Room, world: World, text: str, **more) -> Tip:
    """Seal a report and what it leaves in the office's index."""
    tip, _ = room.tip(world.minxian.office.body, text=text, **more)
    key = directory.current(tip.office_id, Purpose.INDEX)
    accused = more.get("accused")
    report = {"text": text, "division": "621126101201", "body": accused.pk if accused else "", "site": more.get("site")}
    prints.waiting(prints.of_report(tip, report), to=key, public=bytes(key.public)).save(force_insert=True)
    return tip


def test_a_print_that_nobody_meant_does_not_close_the_index(sealed_room: Room, world: World) -> None:
    """A public's process taken over can seal any bytes to the index key."""
    by = world.minxian.office.intake
    key = sealed_room.unlocked(by)
    first, bad = sent(sealed_room, world, ORIGINAL), sent(sealed_room, world, "演示：另一件。")
    to = directory.current(bad.office_id, Purpose.INDEX)
    plain = prints.LAYOUT.pack(bad.pk.bytes, bytes(512), b"\xff" * 12, b"a\0\xe6" + bytes(45), 2**32 - 1, 0)
    box = sealing.seal_to(plain, to=bytes(to.public), about=prints.about(bad.pk), pad=prints.STEP)
    LikenessWaiting.objects.filter(tip=bad).update(box=box)
    copy = sent(sealed_room, world, COPY)
    found = index.candidates(copy, private=key.tip_key(copy), key=key)
    assert [each.tip for each in found] == [first]
    assert likeness.fold(world.minxian.office.body, key=key, by=by, at=world.at) == 3
    assert index.clusters(world.minxian.office.body, key=key, to=standing(by, at=world.at), at=world.at) == []


def test_a_near_copy_is_found_among_others_folded_or_not(sealed_room: Room, world: World) -> None:
    by = world.minxian.office.intake
    key = sealed_room.unlocked(by)
    first = sent(sealed_room, world, ORIGINAL)
    for number in range(12):
        sent(sealed_room, world, f"演示：另一件事{number}，{uuid.uuid4()}，说的是{uuid.uuid4()}。")
    copy = sent(sealed_room, world, COPY)

    def found(tip: Tip) -> list[Tip]:
        return [each.tip for each in index.candidates(tip, private=key.tip_key(tip), key=key)]

    assert found(copy) == [first]
    assert likeness.fold(world.minxian.office.body, key=key, by=by, at=world.at) == 14
    assert (found(copy), found(first)) == ([first], [copy])
    assert likeness.fold(world.minxian.office.body, key=key, by=by, at=world.at) == 0
    assert not LikenessWaiting.objects.exists()
    assert index.candidates(copy, private=key.tip_key(copy), key=key)[0].share > 0.4


def test_what_lies_in_the_index_says_nothing_without_its_key(sealed_room: Room, world: World) -> None:
    by, accused = world.minxian.office.intake, world.minxian.office.answering
    tip = sent(sealed_room, world, ORIGINAL, accused=accused)
    known = prints.of_report(tip, {"text": ORIGINAL}).signature

    def lies_open() -> bool:
        boxes = [bytes(row.box) for table in (LikenessWaiting, LikenessBlock) for row in table.objects.all()]
        return any(known[:16] in box or accused.pk.encode() in box or tip.pk.bytes in box for box in boxes)

    assert not lies_open()
    lengths = {len(bytes(row.box)) for row in LikenessWaiting.objects.all()}
    sent(sealed_room, world, "短")
    assert {len(bytes(row.box)) for row in LikenessWaiting.objects.all()} == lengths
    likeness.fold(world.minxian.office.body, key=sealed_room.unlocked(by), by=by, at=world.at)
    assert not lies_open()
    # The positive control: the same search finds it where it does lie open.
    LikenessBlock.objects.update(box=prints.of_report(tip, {"text": ORIGINAL, "body": accused.pk}).packed())
    assert lies_open()


def test_nobody_but_a_holder_of_the_index_key_compares(sealed_room: Room, world: World) -> None:
    tip = sent(sealed_room, world, ORIGINAL)
    sealed_room.hand(tip, world.county)
    key = sealed_room.unlocked(world.county)
    with pytest.raises(NoKey):
        index.candidates(tip, private=key.tip_key(tip), key=key)
    with pytest.raises(NoKey):
        likeness.fold(world.minxian.office.body, key=key, by=world.county, at=world.at)
    there = world.zhangxian.office.intake
    with pytest.raises(NotFound):
        likeness.fold(world.minxian.office.body, key=sealed_room.unlocked(there), by=there, at=world.at)


def test_several_reports_of_one_unit_or_place_suggest_a_visit(sealed_room: Room, world: World) -> None:
    by, accused = world.minxian.office.intake, world.minxian.office.answering
    key, office = sealed_room.unlocked(by), world.minxian.office.body
    for number in range(3):
        sent(sealed_room, world, f"{uuid.uuid4()}{number}", accused=accused)
    old = sent(sealed_room, world, str(uuid.uuid4()), accused=accused, at=world.at - timedelta(days=200))
    handling.sort(old, kind=old.kind, category=old.category, key=key, by=by, at=world.at)
    likeness.fold(office, key=key, by=by, at=world.at)
    found = index.clusters(office, key=key, to=standing(by, at=world.at), at=world.at)
    assert [(each.kind, len(each.tips), each.body, each.division) for each in found] == [
        ("place", 3, accused, "621126101"), ("unit", 3, accused, "621126101")
    ]  # fmt: skip
    target = recusals.Target(body=accused)
    recusals.declare(by, target=target, ground=Ground.RELATIVE, reason="近亲属任职", by=by, at=world.at)
    assert index.clusters(office, key=key, to=standing(by, at=world.at), at=world.at) == []


def test_what_left_or_was_destroyed_leaves_the_index_and_a_rotation_moves_the_rest(
    sealed_room: Room, world: World
) -> None:
    by, office = world.minxian.office.intake, world.minxian.office.body
    key = sealed_room.unlocked(by)
    stays, goes, gone = (sent(sealed_room, world, text) for text in (ORIGINAL, COPY, COPY[::-1]))
    likeness.fold(office, key=key, by=by, at=world.at)
    transfers.pass_upward(goes, key=key, by=by, at=world.at)
    Tip.objects.filter(pk=gone.pk).update(state=State.ERASED)
    prints.forget(gone, office=office.pk)
    assert likeness.fold(office, key=key, by=by, at=world.at) == 2

    def kept() -> list[prints.Print]:
        rows = LikenessBlock.objects.filter(office_key__office=office).select_related("office_key")
        return [one for row in rows for one in prints.unpacked(index.opened(row, private=key.held(row.office_key)))]

    assert [one.tip for one in kept()] == [stays.pk]
    sealed_room.rotate(office, by)
    likeness.fold(office, key=key, by=by, at=world.at)
    assert [one.tip for one in kept()] == [stays.pk]
    assert OfficeKey.objects.filter(pk__in=LikenessBlock.objects.values("office_key")).get().state == Epoch.CURRENT


def test_a_full_block_is_followed_by_another(sealed_room: Room, world: World, monkeypatch) -> None:
    monkeypatch.setattr(likeness, "FULL", 2)
    by, office = world.minxian.office.intake, world.minxian.office.body
    key = sealed_room.unlocked(by)
    for number in range(5):
        sent(sealed_room, world, f"{number}{uuid.uuid4()}")
    likeness.fold(office, key=key, by=by, at=world.at)
    assert list(LikenessBlock.objects.order_by("position").values_list("position", "count")) == [(1, 2), (2, 2), (3, 1)]
    sent(sealed_room, world, "再一件")
    likeness.fold(office, key=key, by=by, at=world.at)
    assert list(LikenessBlock.objects.order_by("position").values_list("count", flat=True)) == [2, 2, 2]
    # A box that is none, put in by who can only write rows, is left out.
    row = LikenessWaiting(
        tip=Tip.objects.first(), office_key=directory.current(office.pk, Purpose.INDEX), box=b"x" * 900
    )
    row.save(force_insert=True)
    likeness.fold(office, key=key, by=by, at=world.at)
    assert sum(LikenessBlock.objects.values_list("count", flat=True)) == 5
