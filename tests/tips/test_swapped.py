"""Whoever can write the database exchanges rows, fields, keys or files: each exchange is refused, none is read as true."""

import os

import pytest

from mingcha.ground.accounts.queries import standing
from mingcha.kernel import receipts, sealing
from mingcha.kernel.sealing import SealBroken
from mingcha.kernel.sealing.files import HEAD, SEALED
from mingcha.tips import moving, public, queries, vault
from mingcha.tips.actions import handling, transfers
from mingcha.tips.directory import KeyReplaced
from mingcha.tips.marks import Forged
from mingcha.tips.models import OfficeKey, Record, SpentEffort, Tip, Wrap
from mingcha.tips.states import RecordKind
from mingcha.tips.unlocked import NoKey
from tests.sealed import Room
from tests.sending import send, upload, worked
from tests.world import World

pytestmark = [pytest.mark.proof(4), pytest.mark.usefixtures("sealed_room")]


@pytest.fixture
def two(world: World, settings) -> list[tuple[Tip, str]]:
    """Two reports of two citizens to one office."""
    made = [send(at=world.at, text=f"演示：第{n}件。")[0] for n in "一二"]
    lookups = [receipts.keys(receipt, pepper=settings.MINGCHA_TIPS_PEPPER).lookup for receipt in made]
    return [(Tip.objects.get(lookup=lookup), receipt) for lookup, receipt in zip(lookups, made, strict=True)]


def report_of(tip: Tip) -> Record:
    return Record.objects.get(tip=tip, kind=RecordKind.REPORT)


def exchange(rows, *columns: str) -> None:
    """Exchange some columns of two rows."""
    first, second = rows
    table = type(first).objects
    mine, theirs = ({name: getattr(row, name) for name in columns} for row in rows)
    table.filter(pk=first.pk).update(**theirs)
    table.filter(pk=second.pk).update(**mine)


@pytest.mark.parametrize("columns", [("box",), ("box", "mark"), ("mark",)])
def test_records_exchanged_between_tips(two, world: World, columns) -> None:
    exchange([report_of(tip) for tip, _ in two], *columns)
    with pytest.raises(Forged):
        public.enter(two[0][1], at=world.at)


def test_a_day_changed(two, world: World) -> None:
    Record.objects.filter(pk=report_of(two[0][0]).pk).update(day="2021-01-01")
    with pytest.raises(Forged):
        public.enter(two[0][1], at=world.at)


def test_records_moved_to_another_tip_or_named_another_kind(two, world: World) -> None:
    (first, receipt), (second, other) = two
    Record.objects.filter(pk=report_of(second).pk).update(tip=first)
    with pytest.raises((Forged, SealBroken)):
        public.enter(receipt, at=world.at)
    Record.objects.filter(tip=second, kind=RecordKind.IDENTITY).update(kind=RecordKind.ADDITION)
    with pytest.raises((Forged, SealBroken)):
        public.enter(other, at=world.at)


def test_a_record_repeated_or_forged_with_the_tips_own_public_key(two, world: World) -> None:
    (tip, receipt), _ = two
    found = report_of(tip)
    again = Record(tip=tip, kind=found.kind, author=found.author, day=found.day, box=found.box, mark=found.mark)
    again.save(force_insert=True)
    with pytest.raises(Forged):
        public.enter(receipt, at=world.at)
    Record.objects.filter(pk=again.pk).update(
        kind=RecordKind.REPLY, author="office",
        box=sealing.seal_to('{"text": "假答复", "at": "2021"}'.encode(), to=bytes(tip.public), about="x"),
    )  # fmt: skip
    with pytest.raises(Forged):
        public.enter(receipt, at=world.at)


@pytest.mark.parametrize("column", ["public", "identity_public", "mark", "lookup"])
def test_a_tips_own_halves_exchanged(two, world: World, column) -> None:
    (tip, receipt), (other, _) = two
    if column == "lookup":  # the row of one under the receipt of the other
        Tip.objects.filter(pk=other.pk).update(lookup=bytes(32))
        Tip.objects.filter(pk=tip.pk).update(lookup=other.lookup)
        receipt = two[1][1]
    else:
        Tip.objects.filter(pk=tip.pk).update(**{column: getattr(other, column)})
    with pytest.raises((Forged, SealBroken)):
        public.enter(receipt, at=world.at)


@pytest.mark.proof(7)
@pytest.mark.parametrize("what", ["report", "concern", "none"])
def test_where_it_cannot_be_told_whom_a_tip_is_about_everybody_stays_away(
    two, sealed_room: Room, world: World, what: str
) -> None:
    """Who is tied and may write the database bends just that record: the rest would else open to them."""
    (tip, receipt), _ = two
    by, key = world.intake, sealed_room.unlocked(world.intake)
    public.add(receipt, text="演示：又一条。", effort=worked(world.at), at=world.at)
    handling.assign(tip, to=world.county, key=key, by=by, at=world.at)
    handling.concern(tip, body=world.minxian.office.answering, key=key, by=by, at=world.at)
    bent = Record.objects.filter(tip=tip, kind=RecordKind.NOTE if what == "concern" else RecordKind.REPORT)
    if what == "none":
        bent.delete()
    else:
        bent.update(box=bytes(700))
    for person in (by, world.county):
        theirs = sealed_room.unlocked(person)
        for act in (handling.open_tip, handling.open_identity):
            with pytest.raises((moving.Recused, NoKey)):
                act(tip, key=theirs, by=person, at=world.at)
        with pytest.raises(moving.Recused, match="径送上级"):
            handling.note(tip, text="看一看", key=theirs, by=person, at=world.at)
    tips = list(queries.kept(to=standing(by, at=world.at)).filter(pk=tip.pk))
    seen = handling.skim(tips, key=key, by=by, at=world.at)
    assert all(line.away and not line.first and not line.body_name for line in seen.values())
    assert transfers.pass_upward(tip, key=key, by=by, at=world.at) == world.city.office.body


def test_wraps_exchanged(two, sealed_room: Room, world: World) -> None:
    (first, receipt), (second, _) = two
    for by in ({"office_key__purpose": "intake"}, {"office_key": None, "identity": False}):
        exchange([Wrap.objects.get(tip=tip, **by) for tip in (first, second)], "box")
    with pytest.raises(SealBroken):
        public.enter(receipt, at=world.at)
    with pytest.raises(SealBroken):
        sealed_room.unlocked(world.intake).tip_key(first)


@pytest.mark.proof(5)
def test_a_key_of_an_office_exchanged_in_the_database_is_not_sealed_to(world: World) -> None:
    mine = sealing.new_pair().public
    for seen_before in (True, False):
        if seen_before:
            send(at=world.at)
        OfficeKey.objects.filter(office="621126-office", purpose="index").update(public=mine)
        with pytest.raises(KeyReplaced):
            send(at=world.at)
        assert Tip.objects.count() == SpentEffort.objects.count() == 1


def test_a_file_cut_reordered_or_exchanged(world: World, sealed_room: Room) -> None:
    files = [upload(os.urandom(200_000), name=name) for name in ("一.bin", "二.bin")]
    send(at=world.at, files=files)
    first, second = (vault.place_of(file.digest) for file in files)
    whole, head, step = first.read_bytes(), HEAD, SEALED
    parts = [whole[start : start + step] for start in range(head, len(whole), step)]
    assert b"".join(vault.read(files[0].digest, key=files[0].key))
    wrong = [
        whole[:-step], whole[:-1], whole[:head] + parts[1] + parts[0] + b"".join(parts[2:]),
        whole + parts[-1], whole[:head] + parts[0] + whole[head:], second.read_bytes(),
        whole[:9_000] + bytes([whole[9_000] ^ 1]) + whole[9_001:],
    ]  # fmt: skip
    for content in wrong:
        first.write_bytes(content)
        with pytest.raises(SealBroken):
            list(vault.read(files[0].digest, key=files[0].key))
    first.unlink()
    with pytest.raises(vault.FileGone):
        list(vault.read(files[0].digest, key=files[0].key))
    for name in ("../../keys/secret", "a" * 63, ""):
        with pytest.raises(vault.FileGone):
            list(vault.read(name, key=files[0].key))
