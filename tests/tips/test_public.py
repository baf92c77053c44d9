"""Sending a report, and coming back with the receipt: one statement, nothing lost, nothing doubled."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit import queries as record
from mingcha.ground.audit.models import Event
from mingcha.kernel import effort, receipts, sealing
from mingcha.tips import public, queries, vault
from mingcha.tips.actions import handling
from mingcha.tips.models import LikenessWaiting, OfficeRule, RatingGiven, Record, SealedFile, SpentEffort, Tip, Wrap
from mingcha.tips.public import knowing
from mingcha.tips.states import Author, RecordKind, State
from tests.sealed import Room
from tests.sending import DRAFT, TEXT, challenge, send, upload, worked
from tests.world import PNG, World

pytestmark = pytest.mark.usefixtures("sealed_room")


def close(tip: Tip, *, on: date) -> None:
    """Let an office have closed a tip on a day, past its acts."""
    Tip.objects.filter(pk=tip.pk).update(state=State.CLOSED, due="", due_at=None, closed_on=on, outcome="true")


def said(visit: public.Visit) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(line.kind, line.text, line.files) for line in visit.lines]


# Sending


def test_a_report_lies_sealed_in_the_hands_of_its_office_and_of_its_writer(sealed_room: Room, world: World) -> None:
    receipt, filed = send(at=world.at)
    tip = Tip.objects.get()
    assert filed == public.Filed("621126-office", "岷县纪委监委") and tip.office_id == filed.office
    assert (tip.state, tip.due, tip.county, tip.channel) == (State.RECEIVED, "forward", "621126", "web")
    assert (tip.number, tip.named, tip.announced, tip.received_on) == (None, False, False, world.at.date())
    holders = {(wrap.identity, wrap.office_key and wrap.office_key.purpose) for wrap in Wrap.objects.all()}
    assert holders == {(False, "intake"), (True, "identity"), (False, None), (True, None)}
    assert set(Record.objects.values_list("kind", "identity")) == {("report", False), ("identity", True)}
    assert LikenessWaiting.objects.get().office_key.purpose == "index" and SpentEffort.objects.count() == 1
    key, by = sealed_room.unlocked(world.intake), world.intake
    story = handling.open_tip(queries.tip(tip.pk, to=_standing(world)), key=key, by=by, at=world.at)
    assert story.report["text"] == TEXT and story.report["body"] == "621126-gov"
    assert receipt.replace("-", "") not in str(Event.objects.values_list("text", flat=True))


def _standing(world: World):
    from mingcha.ground.accounts import queries as accounts

    return accounts.standing(world.intake, at=world.at)


def test_the_record_of_acts_knows_the_day_and_no_hour_and_is_chained_like_any(world: World) -> None:
    send(at=world.at)
    event = Event.objects.latest("pk")
    assert (event.actor, event.verb, event.division, event.detail) == ("citizen", "tips.send", "", {})
    assert event.at.astimezone(world.at.tzinfo).timetz() == world.at.replace(hour=0).timetz()
    while audit.seal():
        pass
    assert record.verify().sound


def test_one_who_says_nothing_of_themselves_leaves_as_much_as_one_who_does(world: World) -> None:
    for who in (public.Identity(), DRAFT.identity):
        send(at=world.at, identity=who)
    sizes = {len(record.box) for record in Record.objects.filter(kind=RecordKind.IDENTITY)}
    assert len(sizes) == 1 and Record.objects.filter(kind=RecordKind.IDENTITY).count() == 2


def test_sent_again_it_is_there_once_and_what_is_new_is_added(world: World) -> None:
    receipt, _ = send(at=world.at)
    again = send(at=world.at, receipt=receipt.lower().replace("-", " "))[1]
    assert again == public.Filed("621126-office", "岷县纪委监委", again=True)
    assert Tip.objects.count() == 1 and Record.objects.count() == 2
    file = upload(b"seen", name="1.txt")
    send(at=world.at, receipt=receipt, text=TEXT + "还有一件事。", files=[file])
    send(at=world.at, receipt=receipt, text=TEXT + "还有一件事。")
    found = said(public.enter(receipt, at=world.at))
    assert found == [("report", TEXT, ()), ("addition", TEXT + "还有一件事。", ()), ("file", "", ("1.txt",))]


def test_work_serves_once_and_whoever_cannot_work_waits(world: World) -> None:
    work = worked(world.at)
    first = receipts.new()
    public.file_tip(DRAFT, receipt=first, effort=work, at=world.at)
    with pytest.raises(public.EffortSpent):
        public.file_tip(DRAFT, receipt=receipts.new(), effort=work, at=world.at)
    # The page whose answer was lost sends the same work with the same code.
    assert public.file_tip(DRAFT, receipt=first, effort=work, at=world.at).again
    for bad in (public.Effort(challenge(at=world.at), "x"), public.Effort(challenge(at=world.at))):
        with pytest.raises(effort.EffortMissing):
            public.file_tip(DRAFT, receipt=receipts.new(), effort=bad, at=world.at)
    with pytest.raises(effort.EffortStale):
        public.file_tip(DRAFT, receipt=receipts.new(), effort=public.Effort("18.x", "1"), at=world.at)
    idle = public.Effort(challenge(at=world.at, ago=timedelta(seconds=21)))
    assert not public.file_tip(DRAFT, receipt=receipts.new(), effort=idle, at=world.at).again
    assert Tip.objects.count() == 2


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"kind": "services"}, "kind"), ({"category": "supply"}, "category"), ({"county": "岷县"}, "county"),
        ({"text": " \n"}, "text"), ({"text": "字" * 20_001}, "text"), ({"place": "字" * 201}, "text"),
        ({"identity": public.Identity(name="字" * 201)}, "identity"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_is_spent(world: World, other, what) -> None:
    with pytest.raises(public.DraftIncomplete) as refusal:
        send(at=world.at, **other)
    assert refusal.value.what == what and not SpentEffort.objects.exists()


@pytest.mark.proof(7)
@pytest.mark.parametrize(
    ("other", "office"),
    [
        ({"body": "621126-office"}, "6211-office"), ({"body": "", "body_name": "岷县纪委监委"}, "6211-office"),
        ({"higher": True}, "6211-office"), ({"body": "", "body_name": "演示夜市", "leaders": True}, "621126-office"),
        ({"county": "621125", "body": ""}, "621125-office"),
    ],
)  # fmt: skip
def test_the_office_that_is_spoken_of_holds_no_key(world: World, other, office) -> None:
    _, filed = send(at=world.at, **other)
    assert filed.office == office
    assert set(Wrap.objects.exclude(office_key=None).values_list("office_key__office", flat=True)) == {office}
    assert LikenessWaiting.objects.get().office_key.office_id == office


def test_without_a_directory_or_an_office_above_nothing_is_taken(sealed_room: Room, world: World) -> None:
    with pytest.raises(public.NobodyAbove, match="12388"):
        send(at=world.at, body="6211-office", county="6211")
    (sealed_room.folder / "directory.json").unlink()
    with pytest.raises(public.NobodyAbove):
        send(at=world.at)
    assert not Tip.objects.exists() and public.counties(at=world.at) == []


# Coming back


def test_replies_are_read_with_the_receipt_however_it_is_typed(sealed_room: Room, world: World) -> None:
    receipt, _ = send(at=world.at)
    tip = Tip.objects.get()
    sealed_room.record(tip, RecordKind.REPLY, {"text": "已经核实。"}, author=Author.OFFICE)
    sealed_room.record(tip, RecordKind.NOTE, {"text": "办理记录"}, author=Author.OFFICE)
    visit = public.enter(receipt.lower().replace("0", "o").replace("-", "　"), at=world.at)
    assert said(visit) == [("report", TEXT, ()), ("reply", "已经核实。", ())] and visit.lines[1].fresh
    assert not public.enter(receipt, at=world.at).lines[1].fresh
    assert visit.identity == DRAFT.identity and visit.may == {"add"} and "等待" in visit.stage
    assert TEXT not in repr(visit) and "演示反映人" not in repr(visit)
    with pytest.raises(public.ReceiptUnknown):
        public.enter(receipts.new(), at=world.at)
    with pytest.raises(receipts.ReceiptUnreadable):
        public.enter("1234", at=world.at)


@pytest.mark.proof(9)
def test_a_code_that_leads_nowhere_costs_what_one_that_leads_to_a_report_does(world: World, monkeypatch) -> None:
    """Counted, not timed: a busy machine says nothing about a millisecond."""
    receipt, _ = send(at=world.at)
    done: list[str] = []
    for name in ("unwrap", "open_from"):
        plain = getattr(sealing, name)
        monkeypatch.setattr(sealing, name, partial(_counted, done, name, plain))
    with CaptureQueriesContext(connection) as known:
        public.enter(receipt, at=world.at)
    costs, done[:] = sorted(done), []
    with CaptureQueriesContext(connection) as unknown, pytest.raises(public.ReceiptUnknown):
        public.enter(receipts.new(), at=world.at)
    assert sorted(done) == costs and len(known) == len(unknown) == 1


def _counted(done: list[str], name: str, plain, *given, **named):
    done.append(name)
    return plain(*given, **named)


def test_facts_and_files_are_added_and_the_office_is_told_anew(world: World) -> None:
    receipt, _ = send(at=world.at, files=[upload(PNG, name="我家门口.png", type="image/png")])
    Tip.objects.update(announced=True)
    work = worked(world.at)
    public.add(receipt, text="又看到一次。", files=[upload("证据".encode(), name="张三.txt")], effort=work, at=world.at)
    assert not Tip.objects.get().announced
    with pytest.raises(public.EffortSpent):
        public.add(receipt, text="又看到一次。", effort=work, at=world.at)
    with pytest.raises(public.DraftIncomplete):
        public.add(receipt, text=" ", effort=worked(world.at), at=world.at)
    names = [line.files for line in public.enter(receipt, at=world.at).lines if line.files]
    assert names == [("我家门口.png",), ("张三.txt",)]
    # An original under the identity key and a copy for readers, each in a file of its own.
    assert sorted(Record.objects.filter(kind="file").values_list("identity", flat=True)) == [False, False, True, True]
    assert SealedFile.objects.count() == 4
    places = [vault.place_of(digest) for digest in SealedFile.objects.values_list("digest", flat=True)]
    assert {place.stat().st_mtime for place in places} == {0}  # nor does its date tell the hour
    with pytest.raises(public.TooManyFiles):
        public.add(receipt, files=[upload(b"", name="x")] * 6, effort=worked(world.at), at=world.at)


def test_objected_to_within_the_term_and_once(world: World) -> None:
    receipt, _ = send(at=world.at)
    tip = Tip.objects.get()
    with pytest.raises(public.NotNow):
        public.object_to(receipt, text="不同意。", effort=worked(world.at), at=world.at)
    OfficeRule.objects.create(office_id=tip.office_id, objection_days=10)
    close(tip, on=world.at.date() - timedelta(days=11))
    assert "object" not in public.enter(receipt, at=world.at).may
    with pytest.raises(public.NotNow):
        public.object_to(receipt, text="不同意。", effort=worked(world.at), at=world.at)
    close(tip, on=world.at.date() - timedelta(days=10))
    visit = public.enter(receipt, at=world.at)
    assert visit.may == {"add", "object", "rate"} and visit.object_until == world.at.date()
    public.object_to(receipt, text="不同意。", effort=worked(world.at), at=world.at)
    tip.refresh_from_db()
    assert (tip.state, tip.due) == (State.CLOSED, "objection") and tip.due_at > world.at
    with pytest.raises(public.NotNow):
        public.object_to(receipt, text="还是不同意。", effort=worked(world.at), at=world.at)
    assert said(public.enter(receipt, at=world.at))[1:] == [("objection", "不同意。", ())]


def test_rated_once_for_each_closing_with_words_that_stay_sealed(world: World) -> None:
    receipt, _ = send(at=world.at)
    tip = Tip.objects.get()
    with pytest.raises(public.NotNow):
        public.rate(receipt, value="fair", at=world.at)
    close(tip, on=world.at.date())
    with pytest.raises(public.NotNow):
        public.rate(receipt, value="excellent", at=world.at)
    public.rate(receipt, value="dissatisfied", text="太慢。", at=world.at)
    with pytest.raises(public.NotNow):
        public.rate(receipt, value="satisfied", at=world.at)
    visit = public.enter(receipt, at=world.at)
    assert visit.rated == "dissatisfied" and "rate" not in visit.may and visit.outcome == "true"
    close(tip, on=world.at.date() + timedelta(days=1))
    public.rate(receipt, value="satisfied", at=world.at + timedelta(days=1))
    assert list(RatingGiven.objects.order_by("closed_on").values_list("value", flat=True)) == [
        "dissatisfied", "satisfied",
    ]  # fmt: skip


def test_what_was_destroyed_is_found_no_more(world: World) -> None:
    receipt, _ = send(at=world.at)
    Tip.objects.update(state=State.ERASED)
    with pytest.raises(public.ReceiptUnknown):
        public.enter(receipt, at=world.at)


# What anybody may look at


def test_figures_are_in_fives_and_of_whole_months(sealed_room: Room, world: World) -> None:
    before = world.at - timedelta(days=40)
    for n in range(12):
        tip, _ = sealed_room.tip(world.minxian.office.body, at=before)
        if n < 9:
            close(tip, on=before.date())
            value = "satisfied" if n < 6 else "fair"
            RatingGiven.objects.create(tip=tip, closed_on=before.date(), value=value, day=before.date())
    for _ in range(4):
        sealed_room.tip(world.zhangxian.office.body, at=before)
    for _ in range(5):
        sealed_room.tip(world.city.office.body)
    assert public.results(at=world.at) == [public.Result("岷县纪委监委", 10, 5, 5, None, None)]


def test_places_and_units_are_found_to_choose_from(world: World) -> None:
    assert [each.name for each in public.counties(at=world.at)] == ["秦州区", "安定区", "漳县", "岷县"]
    assert [each.name for each in public.divisions("621126")] == ["岷阳镇", "蒲麻镇"]
    assert [each.name for each in public.units("纪委", county="621126")][:1] == ["岷县纪委监委"]
    assert public.units("mxjw", county="621126")[0].code == "621126-office"
    assert public.units("岷县纪委监委", county="621125") == [] and public.units("", county="621126") == []
    assert public.route(replace(DRAFT, body="621126-office"), at=world.at).why is public.Why.SUPERVISOR


@pytest.mark.proof(2)
def test_what_a_citizen_looks_for_is_in_no_query(world: World) -> None:
    words = ["岷县纪委", "MXJW", "-office", "不在册的单位", "50%_\\"]
    knowing.forget()
    with CaptureQueriesContext(connection) as asked:
        found = [[each.name for each in public.units(word, county="621126")] for word in words]
    assert [names[:1] for names in found[:2]] == [["岷县纪委监委"]] * 2 and "岷县纪委监委" in found[2]
    assert found[3:] == [[], []]
    assert public.units("岷县纪委", county="621126")[0].place == "岷县"
    assert asked and not [each for each in asked if any(word.lower() in each["sql"].lower() for word in words)]
