"""
Chapter 4. The visit

四不两直: a team departs with its list, goes straight to the site, asks, counts, photographs, and says on the spot what
it found.
"""

from datetime import timedelta

import pytest

from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.actions import outings as actions
from mingcha.flow.fieldwork.actions.outings import Given
from mingcha.flow.fieldwork.models import Inspection
from mingcha.flow.findings import actions as findings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.flow.rectifications.states import Way
from mingcha.flow.reports.queries import figures
from mingcha.ground.evidence import queries as evidence
from mingcha.kernel import privacy
from tests.world import PNG, note


def noting(world, **changes):
    given = {
        "item": world.items[0], "responsibility": "territorial", "body": world.minxian.office.answering,
        "severity": "grave", "description": "演示：10 时卡点无人值守。", "way": "on_spot", "by": world.inspector,
        "at": world.at,
    } | changes  # fmt: skip
    return rectifications.note_finding(world.minxian.open, **given)


def test_an_inspection_is_one_outing_and_holds_many_visits(world):
    """次 and 点位: the brief counts both, an outing once and each of its visits once."""
    for site in [stop.site for stop in queries.stops(world.minxian.inspection) if stop.visit_pk is None]:
        actions.begin_visit(world.minxian.inspection, site=site, mode="overt", by=world.inspector, at=world.at)
    (row,) = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.code)
    assert (row.inspections, row.visits) == (2, 7)  # the office has two teams out; the other made two visits


def test_a_visit_is_open_or_covert(world):
    """明察 or 暗访, on record from the first moment."""
    assert (world.minxian.closed.mode, world.minxian.open.mode) == ("overt", "covert")


def test_only_what_was_drawn_is_visited(world):
    """A site outside the round is refused by name: nobody is visited on a whim."""
    stranger = world.zhangxian.office.sites[0]
    with pytest.raises(actions.OutsideTheRound, match=stranger.name):
        actions.begin_visit(world.minxian.inspection, site=stranger, mode="overt", by=world.leader, at=world.at)


def test_a_checklist_asks_judges_and_counts(world):
    """The number a site reported stands beside the number that was verified; a question beside its answer."""
    judge, count, ask = world.minxian.open.checklist.questions.order_by("position")
    given = [
        Given(judge.pk, verdict="fail"),
        Given(count.pk, reported=41, verified=29),
        Given(ask.pk, said="演示：向镇值班室报告"),
    ]
    actions.answer(world.minxian.open, given=given, by=world.inspector, at=world.at)
    kept = queries.answers(world.minxian.open)
    assert [(a.verdict, a.reported, a.verified, a.said) for a in kept] == [
        ("fail", None, None, ""), ("", 41, 29, ""), ("", None, None, "演示：向镇值班室报告")
    ]  # fmt: skip


def test_a_photo_is_kept_by_its_hash_with_who_when_and_where(world):
    """So that years later it can be shown to be the one that was taken."""
    photo = actions.add_photo(world.minxian.open, content=PNG, name="门口.png", by=world.inspector, at=world.at)
    kept = photo.evidence
    assert evidence.intact(kept)
    assert (kept.received_from, kept.received_at) == (world.inspector, world.at)
    assert kept.place == world.minxian.open.site.name


def test_a_finding_names_the_rule_the_responsibility_and_whose_it_is(world):
    """Which item of which edition, which of the four responsibilities, which body, how grave, and what was seen."""
    finding = noting(world)
    assert finding.item.edition == world.edition
    assert finding.get_responsibility_display() == "属地主体责任"
    assert finding.body == world.minxian.office.answering
    assert finding.get_severity_display() == "重大"
    with pytest.raises(findings.NothingSeen):
        noting(world, description="")


def test_a_supervision_office_is_never_the_accountable_body(world):
    """It inspects the duties of others; its own are another's to inspect."""
    with pytest.raises(findings.OfficeCannotAnswer):
        noting(world, body=world.minxian.office.body)


def test_what_is_mended_there_and_then_is_attested_by_the_finder(world):
    """立行立改: the unit mends it, the finder attests it on the spot."""
    order = orders.of_finding(noting(world))
    assert (order.way, order.attested_by, order.attested_at) == (Way.ON_SPOT, world.inspector, world.at)


def test_what_takes_longer_gets_a_deadline_in_the_future(world):
    """限期整改: without a deadline the office's rule counts one; one in the past is refused."""
    found = noting(world, way="by_deadline")
    assert orders.of_finding(found).due_at == world.at + timedelta(hours=24)  # an emergency's, as shipped
    with pytest.raises(rectifications.DeadlineInThePast):
        noting(world, way="by_deadline", due_at=world.at)


def test_until_the_visit_ends_a_finding_may_be_taken_back_with_a_reason(world):
    """The row stays, with its reason; nothing is rubbed out."""
    rectifications.withdraw_finding(world.minxian.noted, reason="演示：核对后有人在岗", by=world.inspector, at=world.at)
    world.minxian.noted.refresh_from_db()
    assert (world.minxian.noted.state, world.minxian.noted.withdrawn_reason) == ("withdrawn", "演示：核对后有人在岗")


def test_the_end_of_the_visit_freezes_its_findings_and_sends_out_its_orders(world):
    """Feedback is given on the spot; from then on the finding is a fact that nobody edits."""
    finding = note(world.minxian.open, world.edition, world.minxian.office, way="by_deadline", at=world.at)
    rectifications.close_visit(
        world.minxian.open, outcome="done", feedback="演示：已当场反馈", feedback_to="值班负责人", by=world.leader,
        at=world.at,
    )  # fmt: skip
    finding.refresh_from_db()
    assert finding.state == "confirmed"
    assert orders.of_finding(finding).state == "ordered"
    with pytest.raises(findings.Frozen):
        findings.confirm(finding, by=world.leader, at=world.at)
    with pytest.raises(actions.VisitOver):
        noting(world)


def test_a_visit_that_could_not_be_made_says_why(world):
    """Refused, shut, not executable: an honest outcome with a reason, and no invented answer."""
    with pytest.raises(actions.ReasonMissing):
        actions.close_visit(world.minxian.open, outcome="refused", by=world.leader, at=world.at)
    actions.close_visit(world.minxian.open, outcome="shut", reason="演示：店已停业", by=world.leader, at=world.at)
    world.minxian.open.refresh_from_db()
    assert world.minxian.open.get_outcome_display() == "关门停业"


def test_a_team_is_back_when_every_visit_has_ended(world):
    """Then nothing more is entered for that outing; drawn sites nobody went to need a reason on record."""
    with pytest.raises(actions.VisitsStillOpen):
        actions.return_team(world.minxian.inspection, by=world.leader, at=world.at)
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.leader, at=world.at)
    with pytest.raises(actions.UnvisitedUnexplained):
        actions.return_team(world.minxian.inspection, by=world.leader, at=world.at)
    actions.return_team(world.minxian.inspection, reason="演示：道路塌方", by=world.leader, at=world.at)
    assert Inspection.objects.get(pk=world.minxian.inspection.pk).state == "back"


def test_a_note_that_holds_a_residents_data_is_recognised(world):
    """It inspects duties, never residents: a number or a sick person's name typed into a note is pointed out."""
    assert [hit.kind for hit in privacy.detect("联系人手机13912345678")] == ["mobile"]
    assert privacy.detect("演示：登记簿上报41人，核实29人，值班组长不在岗") == ()


def test_what_an_open_visit_found_is_fed_back_there_and_then(world):
    """明察: the visit does not end until it says what was told to whoever was there; 暗访 tells nobody."""
    visit = actions.begin_visit(
        world.minxian.inspection, site=world.minxian.waiting, mode="overt", by=world.inspector, at=world.at
    )
    note(visit, world.edition, world.minxian.office, way="by_deadline", at=world.at)
    with pytest.raises(rectifications.FeedbackMissing):
        rectifications.close_visit(visit, outcome="done", by=world.inspector, at=world.at)
    told = {"outcome": "done", "feedback": "演示：当场指出", "feedback_to": "值班负责人"}
    assert len(rectifications.close_visit(visit, **told, by=world.inspector, at=world.at)) == 1
