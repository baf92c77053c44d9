"""The life of a report from acceptance to its closing: disposal by another hand, links, replies, objection, taking up again."""

from datetime import date, timedelta

import pytest

from mingcha.ground.audit.models import Event
from mingcha.kernel import receipts
from mingcha.tips import clocks, moving, public
from mingcha.tips.actions import answering, handling, linking, proposals
from mingcha.tips.models import Proposal, Tip, Wrap
from mingcha.tips.states import Category, Due, Kind, Outcome, ProposalState, RecordKind, State, Way
from mingcha.tips.unlocked import NoKey
from tests.sealed import Room
from tests.world import World

WORDS = {"opinion": "建议初步核实", "study": "10月27日室务会研究同意"}


@pytest.fixture
def tip(sealed_room: Room, world: World) -> Tip:
    """A report that was accepted and handed to the county officer."""
    made, _ = sealed_room.tip(world.minxian.office.body)
    by = world.minxian.office.intake
    handling.accept(made, key=sealed_room.unlocked(by), by=by, at=world.at)
    handling.assign(made, to=world.county, key=sealed_room.unlocked(by), by=by, at=world.at)
    return made


def approved(tip: Tip, room: Room, world: World, way: str = Way.INITIAL_CHECK, **more) -> Proposal:
    intake = world.minxian.office.intake
    made = proposals.propose(tip, way=way, key=room.unlocked(intake), by=intake, at=world.at, **WORDS, **more)
    proposals.approve(made, key=room.unlocked(world.county), by=world.county, at=world.at)
    tip.refresh_from_db()
    return made


def test_a_disposal_is_proposed_with_a_study_and_approved_by_another_hand(
    tip: Tip, sealed_room: Room, world: World
) -> None:
    by, intake = world.county, world.minxian.office.intake
    key = sealed_room.unlocked(by)
    with pytest.raises(moving.StudyMissing):
        proposals.propose(tip, way=Way.TALK, opinion="谈话", study=" ", key=key, by=by, at=world.at)
    with pytest.raises(proposals.WayUnknown):
        proposals.propose(tip, way=Way.ORDER, key=key, by=by, at=world.at, **WORDS)
    for way, day in ((Way.SHELVE, None), (Way.SHELVE, world.at.date()), (Way.TALK, world.at.date() + timedelta(9))):
        with pytest.raises(proposals.ReviewDateMissing):
            proposals.propose(tip, way=way, review_on=day, key=key, by=by, at=world.at, **WORDS)
    made = proposals.propose(tip, way=Way.INITIAL_CHECK, key=key, by=by, at=world.at, **WORDS)
    assert tip.state == State.PROPOSED
    with pytest.raises(moving.AnotherHandNeeded):
        proposals.approve(made, key=key, by=by, at=world.at)
    # Intake takes reports in and does not approve; another officer who may has no key to this one.
    with pytest.raises(Exception, match="岗位没有这项权限"):
        proposals.approve(made, key=sealed_room.unlocked(intake), by=intake, at=world.at)
    with pytest.raises(NoKey):
        proposals.approve(made, key=sealed_room.unlocked(world.second), by=world.second, at=world.at)
    sealed_room.vouch(world.minxian.office.body, world.second, by=intake)
    handling.assign(tip, to=world.second, key=sealed_room.unlocked(intake), by=intake, at=world.at)
    story = handling.open_tip(tip, key=sealed_room.unlocked(world.second), by=world.second, at=world.at)
    assert story.opinion_of(made).content["study"] == WORDS["study"]  # type: ignore[union-attr]
    proposals.approve(made, key=sealed_room.unlocked(world.second), by=world.second, at=world.at)
    tip.refresh_from_db()
    assert (tip.state, tip.way, tip.due, tip.due_at) == (State.HANDLING, Way.INITIAL_CHECK, "", None)
    with pytest.raises(moving.AlreadyMoved):
        proposals.reject(made, reason="再议", key=sealed_room.unlocked(world.second), by=world.second, at=world.at)
    assert not Event.objects.filter(text__contains=WORDS["opinion"]).exists()


def test_a_proposal_sent_back_leaves_its_clock_running(tip: Tip, sealed_room: Room, world: World) -> None:
    intake, due_at = world.minxian.office.intake, tip.due_at
    made = proposals.propose(tip, way=Way.DISMISS, key=sealed_room.unlocked(intake), by=intake, at=world.at, **WORDS)
    proposals.reject(made, reason="证据不足", key=sealed_room.unlocked(world.county), by=world.county, at=world.at)
    tip.refresh_from_db()
    made.refresh_from_db()
    assert (tip.state, tip.due, tip.due_at, made.state) == (
        State.ACCEPTED, Due.PROPOSAL, due_at, ProposalState.REJECTED
    )  # fmt: skip


def test_what_is_shelved_comes_back_on_its_review_date(tip: Tip, sealed_room: Room, world: World) -> None:
    approved(tip, sealed_room, world, Way.SHELVE, review_on=date(2022, 1, 27))
    assert (tip.due, tip.due_at) == (Due.REVIEW, clocks.closing(date(2022, 1, 27)))
    approved(tip, sealed_room, world, Way.DISMISS)
    assert (tip.way, tip.due) == (Way.DISMISS, "")


def test_the_result_is_told_through_the_receipt_and_closes(sealed_room: Room, world: World) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    tip, receipt = sealed_room.tip(world.minxian.office.body)
    code = receipts.read(receipt)
    handling.accept(tip, key=key, by=intake, at=world.at)
    handling.assign(tip, to=world.county, key=key, by=intake, at=world.at)
    with pytest.raises(moving.AlreadyMoved):
        answering.conclude(tip, outcome=Outcome.TRUE, note="早了", key=key, by=intake, at=world.at)
    approved(tip, sealed_room, world)
    own, by = sealed_room.unlocked(world.county), world.county
    answering.reply(tip, text="演示：请补充时间。", key=own, by=by, at=world.at)
    with pytest.raises(answering.OutcomeUnknown):
        answering.conclude(tip, outcome="", note="经核", key=own, by=by, at=world.at)
    answering.conclude(tip, outcome=Outcome.PARTLY, note="经核部分属实", key=own, by=by, at=world.at)
    assert (tip.due, tip.due_at) == (Due.RESULT, clocks.due(Due.RESULT, office=tip.office_id, since=world.at.date()))
    answering.answer(tip, text="演示：已督促整改。", key=own, by=by, at=world.at)
    assert (tip.state, tip.due, tip.erase_on) == (State.CLOSED, "", world.at.date() + timedelta(1825))
    assert not Wrap.objects.filter(tip=tip, person=by).exists()
    seen = public.enter(code, at=world.at)
    assert [line.text for line in seen.lines][-2:] == ["演示：请补充时间。", "演示：已督促整改。"]
    assert not any(by.name in line.text for line in seen.lines)
    assert Event.objects.filter(verb="tips.answer", detail={"outcome": Outcome.PARTLY}).exists()


def test_an_objection_is_explained_or_the_tip_taken_up_again_under_its_number(
    tip: Tip, sealed_room: Room, world: World
) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    approved(tip, sealed_room, world)
    answering.conclude(tip, outcome=Outcome.UNPROVED, note="查无实据", key=key, by=intake, at=world.at)
    answering.answer(tip, text="查无实据", key=key, by=intake, at=world.at)
    with pytest.raises(answering.NothingToTell):
        answering.explain(tip, text="说明", key=key, by=intake, at=world.at)
    Tip.objects.filter(pk=tip.pk).update(due=Due.OBJECTION, due_at=world.at)
    answering.explain(tip, text="已说明理由", key=key, by=intake, at=world.at)
    assert (tip.state, tip.due) == (State.CLOSED, "")
    answering.resume(tip, reason="有新的证据", key=key, by=intake, at=world.at)
    assert (tip.state, tip.number, tip.closed_on, tip.erase_on) == (State.HANDLING, 1, None, None)
    answering.conclude(tip, outcome=Outcome.TRUE, note="新证据属实", key=key, by=intake, at=world.at)
    assert tip.outcome == Outcome.TRUE


def test_a_named_citizen_is_told_of_acceptance_within_its_own_clock(sealed_room: Room, world: World) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    tip, _ = sealed_room.tip(world.minxian.office.body, named={"name": "演示甲", "phone": "0000"})
    handling.verify_named(tip, how="电话核实", key=key, by=intake, at=world.at)
    assert tip.notice_due_at is None
    handling.accept(tip, key=key, by=intake, at=world.at)
    assert tip.notice_due_at == clocks.due(Due.NOTICE, office=tip.office_id, since=tip.received_on)
    answering.notify(tip, text="已受理", key=key, by=intake, at=world.at)
    assert tip.notice_due_at is None
    with pytest.raises(answering.NothingToTell):
        answering.notify(tip, text="已受理", key=key, by=intake, at=world.at)


def test_what_is_not_for_anybody_here_is_declined_with_a_reason(sealed_room: Room, world: World) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    tip, _ = sealed_room.tip(world.minxian.office.body)
    with pytest.raises(moving.NothingWritten):
        handling.decline(tip, reason="", key=key, by=intake, at=world.at)
    handling.decline(tip, reason="属诉讼事项", key=key, by=intake, at=world.at)
    assert (tip.state, tip.way, tip.outcome, tip.due) == (State.CONCLUDED, Way.DECLINED, Outcome.ELSEWHERE, Due.RESULT)
    answering.answer(tip, text="请向法院提出", key=key, by=intake, at=world.at)
    assert tip.state == State.CLOSED


def test_a_lead_is_born_with_its_number_sealed_or_not_at_all(tip: Tip, sealed_room: Room, world: World) -> None:
    by, key = world.county, sealed_room.unlocked(world.county)
    events, kinds = Event.objects.count(), list(tip.records.values_list("kind", flat=True))

    def fails() -> linking.Named:
        Tip.objects.filter(pk=tip.pk).update(county="000000")
        raise moving.NothingWritten

    with pytest.raises(moving.NothingWritten):
        linking.born(tip, what="lead", make=fails, key=key, by=by, at=world.at)
    assert Tip.objects.get(pk=tip.pk).county == tip.county
    named = linking.Named(office=tip.office_id, number="岷线索〔2021〕7号", pk=7)
    assert linking.born(tip, what="lead", make=lambda: named, key=key, by=by, at=world.at) == named
    assert [(link.what, link.number, link.pk) for link in linking.links(tip, key=key)] == [("lead", named.number, 7)]
    # Nothing but one more note: no line on record beside the lead's own, no kind that tells.
    assert Event.objects.count() == events
    assert sorted(tip.records.values_list("kind", flat=True)) == sorted([*kinds, RecordKind.NOTE])
    with pytest.raises(NoKey):
        linking.links(tip, key=sealed_room.unlocked(world.second))


def test_measures_not_carried_out_become_an_order(sealed_room: Room, world: World) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    order = linking.Named(office=world.minxian.office.body.pk, number="交办1号", pk=1)
    misconduct, _ = sealed_room.tip(world.minxian.office.body)
    tip, _ = sealed_room.tip(world.minxian.office.body, kind=Kind.MEASURES, category=Category.SUPPLY)
    for each in (misconduct, tip):
        handling.accept(each, key=key, by=intake, at=world.at)
    with pytest.raises(linking.NotTurnable):
        linking.turn(misconduct, make=lambda: order, key=key, by=intake, at=world.at)
    linking.turn(tip, make=lambda: order, key=key, by=intake, at=world.at)
    assert (tip.state, tip.way, tip.due) == (State.HANDLING, Way.ORDER, "")
    with pytest.raises(moving.AlreadyMoved):
        linking.turn(tip, make=lambda: order, key=key, by=intake, at=world.at)
    answering.conclude(tip, outcome=Outcome.TRUE, note="已整改", key=key, by=intake, at=world.at)


def test_a_repeated_report_names_the_first_sealed_and_is_told_of_once(sealed_room: Room, world: World) -> None:
    intake = world.minxian.office.intake
    key = sealed_room.unlocked(intake)
    first, _ = sealed_room.tip(world.minxian.office.body, at=world.at - timedelta(days=3))
    tip, _ = sealed_room.tip(world.minxian.office.body, named={"name": "演示甲", "phone": "0000"})
    handling.verify_named(tip, how="电话", key=key, by=intake, at=world.at)
    for one, other in ((first, tip), (tip, tip)):
        with pytest.raises(linking.NotItself):
            linking.repeat(one, first=other, key=key, by=intake, at=world.at)
    linking.repeat(tip, first=first, key=key, by=intake, at=world.at)
    handling.accept(tip, key=key, by=intake, at=world.at)
    assert (tip.repeat, tip.notice_due_at) == (True, None)
    with pytest.raises(linking.AlreadyRepeat):
        linking.repeat(tip, first=first, key=key, by=intake, at=world.at)
    assert linking.first_of(handling.open_tip(tip, key=key, by=intake, at=world.at)) == first.pk
    assert linking.repeats_of(handling.open_tip(first, key=key, by=intake, at=world.at)) == [tip.pk]
