"""A team's day: depart, visit what was drawn, answer, photograph, close, return."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.actions import outings as actions
from mingcha.flow.fieldwork.actions.outings import Given
from mingcha.flow.fieldwork.models import Answer, Inspection, Photo, Visit
from mingcha.flow.fieldwork.states import State, VisitState
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings import queries as found
from mingcha.flow.rectifications import actions as rectifications
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import posts
from mingcha.ground.evidence import actions as evidence
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.territory.models import Site
from tests.world import PNG


def fresh(model, row):
    return model.objects.get(pk=row.pk)


def outside(work):
    """Return a site of the office that the team's open list does not hold."""
    held = work.inspection.stops.values("site")
    return Site.objects.filter(division__code__startswith="621126").exclude(pk__in=held).first()


def test_departure_opens_the_list_and_begins_one_outing(world):
    sealed = world.minxian.sealed
    outing = actions.depart(sealed, by=world.inspector, at=sealed.departs_at)
    assert (outing.departed_by, outing.departed_at) == (world.inspector, sealed.departs_at)
    assert outing.stops.count() == sealed.count
    assert [stop.position for stop in outing.stops.all()] == list(range(1, sealed.count + 1))
    codes = {stop.site.division.township_code for stop in outing.stops.all()}
    assert {row.township_id for row in outing.townships.all()} == codes


def test_a_visit_to_a_site_outside_the_round_is_refused(world):
    for place in (world.zhangxian.office.sites[0], world.city.office.sites[0]):
        with pytest.raises(actions.OutsideTheRound, match=place.name):
            actions.begin_visit(world.minxian.inspection, site=place, mode="overt", by=world.inspector, at=world.at)
    assert outside(world.minxian) is None  # all of the county's sites were drawn in this round


def test_a_site_is_visited_once_in_an_outing(world):
    with pytest.raises(actions.AlreadyVisited):
        site = world.minxian.open.site
        actions.begin_visit(world.minxian.inspection, site=site, mode="overt", by=world.leader, at=world.at)
    assert queries.visits(to=accounts.standing(world.leader, at=world.at)).exists()  # the transaction still works


def test_a_visit_keeps_the_checklist_it_began_with(world):
    begun = world.minxian.open.checklist
    checklists.publish_questions(
        world.minxian.open.site.type, questions=[("judge", "演示新题", "")], by=world.county, at=world.at
    )
    visit = fresh(Visit, world.minxian.open)
    assert visit.checklist == begun
    newer = checklists.publish_questions(
        world.minxian.waiting.type, questions=[("ask", "演示新问", "")], by=world.county, at=world.at
    )
    site = world.minxian.waiting
    next_visit = actions.begin_visit(world.minxian.inspection, site=site, mode="overt", by=world.leader, at=world.at)
    assert next_visit.checklist == newer


def test_a_type_without_checklist_says_so(world):
    bare = type(world.minxian.waiting.type).objects.create(code="bare", name="演示新类型")
    Site.objects.filter(pk=world.minxian.waiting.pk).update(type=bare)
    site = fresh(Site, world.minxian.waiting)
    with pytest.raises(actions.NoChecklist, match="演示新类型"):
        actions.begin_visit(world.minxian.inspection, site=site, mode="overt", by=world.leader, at=world.at)


def test_answers_may_be_given_again_until_the_visit_ends(world):
    visit = world.minxian.open
    judge, count, _ = visit.checklist.questions.order_by("position")
    actions.answer(visit, given=[Given(judge.pk, verdict="pass")], by=world.inspector, at=world.at)
    again = [Given(judge.pk, verdict="fail"), Given(count.pk, reported=8, verified=5)]
    actions.answer(visit, given=again, by=world.leader, at=world.at)
    assert [(a.verdict, a.reported, a.verified) for a in queries.answers(visit)] == [("fail", None, None), ("", 8, 5)]
    actions.close_visit(visit, outcome="done", by=world.inspector, at=world.at)
    with pytest.raises(actions.VisitOver):
        actions.answer(visit, given=again, by=world.inspector, at=world.at)


def test_a_question_of_another_checklist_is_refused(world):
    foreign = world.minxian.closed.checklist.questions.first()
    assert foreign.checklist != world.minxian.open.checklist
    with pytest.raises(actions.NotOfThisChecklist):
        actions.answer(world.minxian.open, given=[Given(foreign.pk, verdict="pass")], by=world.inspector, at=world.at)
    assert not Answer.objects.filter(visit=world.minxian.open).exists()


def test_a_photo_that_is_none_leaves_nothing(world):
    before = Photo.objects.count(), Evidence.objects.count()
    with pytest.raises(evidence.NotEvidence):
        actions.add_photo(world.minxian.open, content=b"MZ", name="photo.png", by=world.inspector, at=world.at)
    assert (Photo.objects.count(), Evidence.objects.count()) == before
    actions.add_photo(world.minxian.open, content=PNG, name="photo.png", by=world.inspector, at=world.at)
    assert Photo.objects.count() == before[0] + 1


@pytest.mark.parametrize("outcome", ["refused", "shut", "not_executable"])
def test_a_visit_not_made_says_why(world, outcome):
    with pytest.raises(actions.ReasonMissing):
        actions.close_visit(world.minxian.open, outcome=outcome, reason=" ", by=world.inspector, at=world.at)
    actions.close_visit(world.minxian.open, outcome=outcome, reason="演示：关门", by=world.inspector, at=world.at)
    assert fresh(Visit, world.minxian.open).outcome == outcome


def test_a_team_returns_when_every_visit_has_ended(world):
    outing = world.minxian.inspection
    with pytest.raises(actions.VisitsStillOpen, match="1"):
        actions.return_team(outing, by=world.leader, at=world.at)
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.inspector, at=world.at)
    with pytest.raises(actions.UnvisitedUnexplained, match="3"):
        actions.return_team(outing, reason=" ", by=world.leader, at=world.at)
    actions.return_team(outing, reason="演示：道路塌方", by=world.leader, at=world.at)
    back = fresh(Inspection, outing)
    assert (back.state, back.unvisited_reason) == (State.BACK, "演示：道路塌方")
    with pytest.raises(actions.TeamReturned):
        actions.return_team(outing, reason="演示", by=world.leader, at=world.at)


def test_no_visit_begins_once_the_team_is_back(world):
    """Also where the page was loaded before: the row in hand still says the team is out."""
    stale = fresh(Inspection, world.minxian.inspection)
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.inspector, at=world.at)
    actions.return_team(world.minxian.inspection, reason="演示", by=world.leader, at=world.at)
    assert stale.state == State.OUT
    with pytest.raises(actions.TeamReturned):
        actions.begin_visit(stale, site=world.minxian.waiting, mode="overt", by=world.inspector, at=world.at)


def test_only_the_team_works_on_its_outing(world):
    own, at = world.minxian, world.at
    for stranger in (world.beside.office.inspector, world.neighbour_inspector, world.city.office.leader):
        for act in (
            lambda by: actions.begin_visit(own.inspection, site=own.waiting, mode="overt", by=by, at=at),
            lambda by: actions.answer(own.open, given=[], by=by, at=at),
            lambda by: actions.add_photo(own.open, content=PNG, name="a.png", by=by, at=at),
            lambda by: actions.close_visit(own.open, outcome="done", by=by, at=at),
            lambda by: actions.return_team(own.inspection, by=by, at=at),
        ):
            with pytest.raises(accounts.NotFound):
                act(stranger)
    for without in (world.county, world.lead, world.unit):
        with pytest.raises(accounts.NotAllowed):
            actions.close_visit(own.open, outcome="done", by=without, at=at)


def test_the_database_keeps_a_closed_visit_whole(world):
    for wrong in (
        {"state": VisitState.CLOSED},
        {"state": VisitState.CLOSED, "closed_at": world.at},
        {"outcome": "done"},
        {"closed_at": world.at},
    ):
        with pytest.raises(IntegrityError, match="visit_closed_with_outcome"), transaction.atomic():
            Visit.objects.filter(pk=world.minxian.open.pk).update(**wrong)


def test_who_reads_which_visit(world):
    county = accounts.standing(world.county, at=world.at)
    assert queries.visit(world.beside.closed.pk, to=county)
    for other in (world.zhangxian, world.city, world.abroad):
        with pytest.raises(accounts.NotFound):
            queries.visit(other.closed.pk, to=county)
        with pytest.raises(accounts.NotFound):
            queries.inspection(other.inspection.pk, to=county)
        with pytest.raises(accounts.NotFound):
            queries.photo(other.photo.pk, to=county)
    leader = accounts.standing(world.leader, at=world.at)
    with pytest.raises(accounts.NotFound):
        queries.my_visit(world.beside.closed.pk, to=leader)
    with pytest.raises(accounts.NotFound):
        queries.my_visit(world.minxian.closed.pk, to=county)


@pytest.mark.parametrize("moves_on", [False, True])
def test_who_has_left_the_office_reads_and_writes_nothing_of_the_team_s(world, moves_on):
    """Also who makes visits for another office now: the membership was given for a post."""
    gone, at = world.inspector, world.at + timedelta(days=2)
    gone.posts.update(until=at.date() - timedelta(days=1))
    if moves_on:
        posts.appoint(
            gone,
            body=world.zhangxian.office.body,
            role="inspector",
            since=at.date() - timedelta(days=1),
            by=None,
            at=at,
        )
    mine, to = world.minxian, accounts.standing(gone, at=at)
    assert not queries.my_inspections(to=to).exists() and not queries.visits(to=to).exists()
    assert not found.visible(to=to).exists()
    with pytest.raises(accounts.NotFound if moves_on else accounts.NotAllowed):
        actions.begin_visit(mine.inspection, site=mine.waiting, mode="overt", by=gone, at=at)
    with pytest.raises(accounts.NotFound if moves_on else accounts.NotAllowed):
        actions.depart(mine.sealed, by=gone, at=at)


def test_stops_tell_what_is_still_to_do(world):
    assert queries.unvisited(world.minxian.inspection) == 3
    states = [stop.visit_state for stop in queries.stops(world.minxian.inspection)]
    assert sorted(state or "" for state in states) == ["", "", "", "begun", "closed"]


def test_an_outing_keeps_its_day_whatever_the_hour_of_return(world):
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.inspector, at=world.at)
    late = world.at + timedelta(hours=9)
    actions.return_team(world.minxian.inspection, reason="演示", by=world.leader, at=late)
    assert fresh(Inspection, world.minxian.inspection).day == world.at.date()


def test_a_finding_cannot_borrow_a_photo_of_another_visit(world):
    with pytest.raises(accounts.NotFound):
        findings.note(
            world.minxian.open, item=world.items[0], responsibility="unit", body=world.minxian.office.answering,
            severity="slight", description="演示", photos=[world.zhangxian.photo], by=world.inspector, at=world.at,
        )  # fmt: skip
