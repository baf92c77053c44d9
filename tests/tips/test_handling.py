"""What an office does with a report it keeps: who opens it, who may not, and what stays on record of either."""

from datetime import date, datetime, timedelta

import pytest

from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Ground, Person, Post
from mingcha.ground.accounts.queries import NotAllowed, NotFound, standing
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.models import Body
from mingcha.kernel import receipts, sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes, clocks, marks, moving, public, queries
from mingcha.tips.actions import handling
from mingcha.tips.models import OfficeRule, Record, Tip, Wrap
from mingcha.tips.queries import reading
from mingcha.tips.states import Category, Due, Kind, Purpose, RecordKind, State
from mingcha.tips.unlocked import NoKey, NotVouched
from tests.sealed import Room
from tests.world import World


def stay_away(person: Person, body: Body, *, at: datetime) -> None:
    """Let a person declare that they stay away from a unit."""
    target = recusals.Target(body=body)
    recusals.declare(person, target=target, ground=Ground.RELATIVE, reason="近亲属在该单位任职", by=person, at=at)


@pytest.mark.parametrize(
    "plain", [b"[]", b"{}", b"no JSON", b'{"at": "soon"}', b'{"at": "2021-10-28T10:00", "after": "x"}']
)
def test_a_record_that_says_nothing_readable_closes_no_list(sealed_room: Room, world: World, plain: bytes) -> None:
    """The house's mark is right, as a public's process that was taken over could make it."""
    tips = [sealed_room.tip(world.minxian.office.body, text="演示：值班室昨夜无人。")[0] for _ in range(2)]
    record = Record.objects.get(tip=tips[0], kind=RecordKind.REPORT)
    record.box = sealing.seal_to(plain, to=bytes(tips[0].public), about=boxes.about(record))
    Record.objects.filter(pk=record.pk).update(box=record.box, mark=marks.of(record))
    by = world.minxian.office.intake
    lines = handling.skim(tips, key=sealed_room.unlocked(by), by=by, at=world.at)
    assert [lines[tip.pk].first for tip in tips] == ["", "演示：值班室昨夜无人。"]
    # Whom it is about cannot be told: nobody may open it, and it can be sent up.
    assert "径送上级" in lines[tips[0].pk].away
    with pytest.raises(moving.Recused, match="径送上级"):
        handling.open_tip(tips[0], key=sealed_room.unlocked(by), by=by, at=world.at)


def test_a_report_is_opened_read_and_accepted_under_the_offices_next_number(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body, text="演示：值班室昨夜无人。\n第二段。")
    by, key = world.minxian.office.intake, sealed_room.unlocked(world.minxian.office.intake)
    story = handling.open_tip(tip, key=key, by=by, at=world.at)
    assert story.report["text"] == "演示：值班室昨夜无人。\n第二段。"
    assert story.identity
    assert not Record.objects.filter(tip=tip, unread=True, identity=False).exists()
    handling.accept(tip, key=key, by=by, at=world.at)
    assert (tip.state, str(tip), tip.due) == (State.ACCEPTED, "举报〔2021〕1号", Due.PROPOSAL)
    other, _ = sealed_room.tip(world.minxian.office.body)
    handling.accept(other, key=key, by=by, at=world.at)
    assert other.number == 2
    with pytest.raises(moving.AlreadyMoved, match="已受理"):
        handling.accept(other, key=key, by=by, at=world.at)


@pytest.mark.proof(6)
def test_who_may_not_come_in_is_refused_in_order_and_holds_no_wrap_that_opens(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body)
    inspector, neighbour, officer = world.inspector, world.zhangxian.office.intake, world.county
    cases = [
        (inspector, NotAllowed), (neighbour, NotFound), (world.lead, NotFound), (officer, NoKey), (world.second, NoKey)
    ]  # fmt: skip
    for person, refusal in cases:
        key = sealed_room.unlocked(person if person != inspector else officer)
        with pytest.raises(refusal):
            handling.open_tip(tip, key=key, by=person, at=world.at)
        assert not key.tip_keys([tip])
        with pytest.raises(Refusal):
            handling.accept(tip, key=key, by=person, at=world.at)
    officer.is_superuser = officer.is_staff = True
    with pytest.raises(NoKey):
        handling.open_tip(tip, key=sealed_room.unlocked(officer), by=officer, at=world.at)
    # Another's key does not help, though both may come in.
    with pytest.raises(NoKey):
        handling.open_tip(tip, key=sealed_room.unlocked(world.minxian.office.intake), by=officer, at=world.at)
    assert Event.objects.filter(verb="tips.open", key=str(tip.pk), actor=officer.username).count() == 3


@pytest.mark.proof(6)
def test_a_former_officer_comes_in_no_more(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body)
    by, later = world.minxian.office.intake, world.at + timedelta(days=2)
    key = sealed_room.unlocked(by)
    Post.objects.filter(person=by).update(until=world.at.date())
    with pytest.raises(NotAllowed):
        handling.open_tip(tip, key=key, by=by, at=later)


def test_handing_over_wraps_the_key_to_one_who_is_vouched_for(sealed_room: Room, world: World) -> None:
    tip, _ = sealed_room.tip(world.minxian.office.body)
    by, to = world.minxian.office.intake, world.county
    key = sealed_room.unlocked(by)
    with pytest.raises(NotVouched):
        handling.assign(tip, to=world.second, key=key, by=by, at=world.at)
    with pytest.raises(handling.NotAHandler):
        handling.assign(tip, to=world.inspector, key=key, by=by, at=world.at)
    handling.assign(tip, to=to, key=key, by=by, at=world.at)
    with pytest.raises(handling.AlreadyTheirs):
        handling.assign(tip, to=to, key=key, by=by, at=world.at)
    told = Notice.objects.get(to=to, link="/tipline/")
    assert (told.subject, told.text) == ("举报箱有事项等您办理", "")
    story = handling.open_tip(tip, key=sealed_room.unlocked(to), by=to, at=world.at)
    assert story.report["text"] == "演示：卡点无人值守。"
    assert (story.handlers, story.identity) == ((to,), False)
    with pytest.raises(NoKey):
        handling.open_identity(tip, key=sealed_room.unlocked(to), by=to, at=world.at)
    handling.unassign(tip, of=to, by=by, at=world.at)
    with pytest.raises(NoKey):
        handling.open_tip(tip, key=sealed_room.unlocked(to), by=to, at=world.at)
    with pytest.raises(handling.AlreadyTheirs):
        handling.unassign(tip, of=to, by=by, at=world.at)


@pytest.mark.proof(7)
def test_who_is_tied_to_the_accused_neither_opens_nor_is_handed_a_tip(sealed_room: Room, world: World) -> None:
    accused, by = world.minxian.office.answering, world.minxian.office.intake
    tip, _ = sealed_room.tip(world.minxian.office.body, accused=accused)
    key = sealed_room.unlocked(by)
    stay_away(world.county, accused, at=world.at)
    with pytest.raises(moving.Recused, match="申明回避"):
        handling.assign(tip, to=world.county, key=key, by=by, at=world.at)
    sealed_room.hand(tip, world.county)
    own = sealed_room.unlocked(world.county)
    with pytest.raises(moving.Recused):
        handling.open_tip(tip, key=own, by=world.county, at=world.at)
    assert Event.objects.filter(verb="tips.open", actor=world.county.username).exists()
    lines = handling.skim([tip], key=own, by=world.county, at=world.at)
    assert lines[tip.pk] == reading.Line(away=lines[tip.pk].away)
    assert "申明回避" in lines[tip.pk].away


def test_whom_a_tip_is_about_may_be_put_right_and_takes_it_from_who_is_tied(sealed_room: Room, world: World) -> None:
    accused, by = world.minxian.office.answering, world.minxian.office.intake
    tip, _ = sealed_room.tip(world.minxian.office.body)
    key = sealed_room.unlocked(by)
    handling.assign(tip, to=world.county, key=key, by=by, at=world.at)
    stay_away(world.county, accused, at=world.at)
    handling.concern(tip, body=accused, key=key, by=by, at=world.at)
    assert not Wrap.objects.filter(tip=tip, person=world.county).exists()
    story = handling.open_tip(tip, key=key, by=by, at=world.at)
    assert story.about.body == accused
    # About the office itself: nobody here reads on, and it can still be sent straight up.
    handling.concern(tip, body=world.minxian.office.body, key=key, by=by, at=world.at)
    with pytest.raises(moving.Recused, match="径送上级"):
        handling.open_tip(tip, key=key, by=by, at=world.at)


def test_a_page_of_the_list_shows_first_lines_and_says_which_were_looked_at(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    one, _ = sealed_room.tip(office, text="演示：第一件。")
    long, _ = sealed_room.tip(office, text="演示：" + "很长" * 60)
    key = sealed_room.unlocked(by)
    asked = queries.Asked()
    page = list(queries.triage(asked, to=standing(by, at=world.at), at=world.at))
    assert {tip.pk for tip in page} == {one.pk, long.pk}
    assert all(tip.fresh for tip in page)  # type: ignore[attr-defined]
    lines = handling.skim(page, key=key, by=by, at=world.at)
    assert lines[one.pk].first == "演示：第一件。"
    assert len(lines[long.pk].first) == reading.FIRST_LINE
    seen = Event.objects.get(verb="tips.skim")
    assert set(seen.detail["seen"]) == {str(one.pk), str(long.pk)}
    assert handling.skim(page, key=sealed_room.unlocked(world.county), by=world.county, at=world.at) == {}


def test_only_who_left_a_name_and_a_way_to_reach_them_is_verified_as_named(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    key = sealed_room.unlocked(by)
    nameless, _ = sealed_room.tip(office)
    with pytest.raises(handling.NotNamed):
        handling.verify_named(nameless, how="电话核实", key=key, by=by, at=world.at)
    tip, _ = sealed_room.tip(office, named={"name": "演示甲", "phone": "0000"})
    handling.accept(tip, key=key, by=by, at=world.at)
    assert tip.notice_due_at is None
    handling.verify_named(tip, how="电话核实，本人承认", key=key, by=by, at=world.at)
    assert tip.named
    assert tip.notice_due_at == clocks.due(Due.NOTICE, office=office.pk, since=tip.received_on)
    said = handling.open_identity(tip, key=key, by=by, at=world.at)
    assert [entry.kind for entry in said] == [RecordKind.IDENTITY, RecordKind.CONTACT]
    handling.contact(tip, text="再次通话", key=key, by=by, at=world.at)
    story = handling.open_tip(tip, key=key, by=by, at=world.at)
    assert all(entry.kind not in (RecordKind.IDENTITY, RecordKind.CONTACT) for entry in story.entries)


def test_notes_are_sealed_and_the_record_of_acts_holds_no_word_of_them(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    tip, _ = sealed_room.tip(office)
    key = sealed_room.unlocked(by)
    handling.note(tip, text="机密标记甲乙丙", key=key, by=by, at=world.at)
    with pytest.raises(moving.NothingWritten):
        handling.note(tip, text="  ", key=key, by=by, at=world.at)
    story = handling.open_tip(tip, key=key, by=by, at=world.at)
    assert (story.entries[-1].text, story.entries[-1].by) == ("机密标记甲乙丙", by.name)
    assert not Event.objects.filter(text__contains="机密标记").exists()


@pytest.mark.proof(4)
def test_a_record_that_the_house_did_not_write_is_told_not_shown(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    tip, _ = sealed_room.tip(office)
    key = sealed_room.unlocked(by)
    sealed_room.record(tip, RecordKind.ADDITION, {"text": "真的"})
    Record.objects.filter(tip=tip, kind=RecordKind.ADDITION).update(mark=b"\0" * 32)
    story = handling.open_tip(tip, key=key, by=by, at=world.at)
    assert [(entry.kind, entry.broken, dict(entry.content)) for entry in story.entries] == [("addition", True, {})]


def test_what_was_chosen_wrongly_is_put_right(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    tip, _ = sealed_room.tip(office)
    key = sealed_room.unlocked(by)
    handling.sort(tip, kind=Kind.MEASURES, category=Category.SUPPLY, key=key, by=by, at=world.at)
    assert (tip.kind, tip.category) == (Kind.MEASURES, Category.SUPPLY)
    with pytest.raises(handling.CategoryUnknown):
        handling.sort(tip, kind=Kind.MEASURES, category=Category.CORRUPTION, key=key, by=by, at=world.at)


def test_lists_are_narrowed_and_clocks_stand_in_order(sealed_room: Room, world: World) -> None:
    office, by = world.minxian.office.body, world.minxian.office.intake
    key, to = sealed_room.unlocked(by), standing(by, at=world.at)
    late, _ = sealed_room.tip(office, due_at=world.at - timedelta(days=1))
    soon, _ = sealed_room.tip(office, due_at=world.at + timedelta(hours=3), category=Category.MONEY)
    handed, _ = sealed_room.tip(office, due_at=world.at + timedelta(days=9))
    handling.assign(handed, to=world.county, key=key, by=by, at=world.at)

    def found(to=to, **asked) -> list[Tip]:
        return list(queries.triage(queries.Asked(**asked), to=to, at=world.at))

    assert found() == [late, soon, handed]
    assert found(overdue=True) == [late]
    assert found(category=Category.MONEY) == [soon]
    assert found(to=standing(world.county, at=world.at), mine=True) == [handed]
    assert found(to=standing(world.neighbour, at=world.at)) == []
    lights = [row.light for row in queries.due_list(to=to, at=world.at)]
    assert lights == ["red", "yellow", "green"]
    assert queries.counts(to=to) == {State.RECEIVED: 3}


def test_clocks_count_working_days_and_rest_on_holidays(world: World) -> None:
    # 1 to 7 October 2021 was a holiday; Sunday 26 September and Saturday 9 October were worked for it.
    office, tuesday = world.minxian.office.body.pk, date(2021, 9, 28)
    found = clocks.due(Due.FORWARD, office=office, since=tuesday)
    assert (found.date(), found.hour) == (date(2021, 10, 11), 18)
    # No term begins at an hour: a due time tells nothing of when somebody wrote.
    assert clocks.due(Due.PROPOSAL, office=office, since=tuesday).date() == date(2021, 10, 28)
    OfficeRule.objects.create(office_id=office, forward_days=1, proposal_days=4)
    assert clocks.due(Due.FORWARD, office=office, since=tuesday).date() == date(2021, 9, 29)
    # A last day of rest gives way to the next one worked.
    assert clocks.due(Due.PROPOSAL, office=office, since=tuesday).date() == date(2021, 10, 8)
    assert clocks.due(Due.RESULT, office=office, since=date(2099, 1, 4)) > clocks.closing(date(2099, 1, 26))


@pytest.mark.proof(7)
@pytest.mark.parametrize("how", ["chosen", "put right"])
def test_a_keeper_of_identities_who_is_tied_learns_not_who_spoke(sealed_room: Room, world: World, how: str) -> None:
    """The keeper cannot read the report, so whom it is about is sealed with who spoke, too."""
    office, by, keeper = world.minxian.office.body, world.minxian.office.intake, world.county
    accused = world.minxian.office.answering
    chosen = {"accused": accused} if how == "chosen" else {}
    tip, receipt = sealed_room.tip(office, named={"name": "演示壬", "phone": "0000"}, **chosen)
    sealed_room.grant(office, keeper, by=by, purposes=(Purpose.IDENTITY,))
    key = sealed_room.unlocked(keeper)
    assert handling.open_identity(tip, key=key, by=keeper, at=world.at)[0].content["name"] == "演示壬"
    stay_away(keeper, accused, at=world.at)
    if how == "put right":
        handling.open_identity(tip, key=key, by=keeper, at=world.at)  # nobody had said yet whom it is about
        handling.concern(tip, body=accused, key=sealed_room.unlocked(by), by=by, at=world.at)
    assert not key.tip_keys([tip])
    with pytest.raises(moving.Recused):
        handling.open_identity(tip, key=key, by=keeper, at=world.at)
    with pytest.raises(moving.Recused):
        handling.verify_named(tip, how="电话", key=key, by=keeper, at=world.at)
    said = handling.open_identity(tip, key=sealed_room.unlocked(by), by=by, at=world.at)
    assert [entry.kind for entry in said] == ["identity"]
    assert public.enter(receipts.read(receipt), at=world.at).identity.name == "演示壬"
