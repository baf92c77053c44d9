"""The brief's figures: each a count of rows at a moment, or 未报. Never a guess, and never a zero in its place."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.campaigns.models import Measure, SupervisingOffice
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.reports.queries import figures, ledger, prose
from mingcha.ground.accounts.queries import standing as of
from tests.clocked import asked, ruled
from tests.ranks import muster
from tests.world import note

KEYS = [
    "body", "division", "teams", "townships_covered", "inspections", "visits", "problems_found", "rectified_on_spot",
    "rectified_by_deadline", "open", "overdue", "sites",
]  # fmt: skip


@pytest.fixture
def minxian(world):
    def read(as_of=None):
        body = world.minxian.office.body.code
        return figures.figures(world.campaign, as_of=as_of or world.at, body=body)[0]

    return read


def answer_for(world, measures):
    office = world.office_in(world.minxian)
    campaigns.answer_for(office, measures=measures, by=world.county, at=world.at)


def test_every_figure_is_a_count_of_rows(minxian):
    told = asdict(minxian())
    sites = told.pop("sites")
    # Which sites the two teams reached first was drawn by lot.
    townships = {
        visit.site.division.township_code for visit in Visit.objects.filter(inspection__office="621126-office")
    }
    assert told.pop("townships_covered") == len(townships)
    assert told == {
        "body": "岷县纪委监委", "division": "621126", "teams": 2, "inspections": 2,
        "visits": 4, "problems_found": 6, "rectified_on_spot": 2, "rectified_by_deadline": 4, "open": 4, "overdue": 0,
        "exempt": 0,
    }  # fmt: skip
    assert sites["饭店"] == 1, "two teams went to the same restaurant: a site counts once"


def test_json_has_exactly_the_keys_of_the_contract_and_one_object_per_office(world):
    told = figures.as_json(figures.figures(world.campaign, as_of=world.at))
    assert [list(office) for office in told] == [KEYS] * 3
    assert [office["division"] for office in told] == ["6211", "621125", "621126"]


def test_what_nobody_answers_for_is_none_and_never_zero(world, minxian):
    answer_for(world, [])
    told = minxian()
    assert all(getattr(told, name) is None for name in figures.BEHIND)
    assert told.sites and set(told.sites.values()) == {None}


def test_a_zero_that_is_answered_for_is_a_zero(world):
    SupervisingOffice.objects.create(
        campaign=world.campaign, body=world.minxian.office.sites[0].body, measures=list(Measure.values)
    )
    idle = next(row for row in figures.figures(world.campaign, as_of=world.at) if row.body == "岷阳镇人民政府")
    assert (idle.teams, idle.problems_found, idle.sites) == (0, 0, {})


def test_an_attestation_overturned_later_was_on_the_spot_before(world, minxian):
    before = minxian()
    rectifications.sample(
        world.minxian.attested, upheld=False, reason="演示：没有改", due_at=world.at + timedelta(days=1),
        by=world.county, at=world.at,
    )  # fmt: skip
    earlier = minxian(world.at - timedelta(seconds=1))
    after = minxian()
    assert (earlier.rectified_on_spot, earlier.rectified_by_deadline) == (
        before.rectified_on_spot, before.rectified_by_deadline,
    )  # fmt: skip
    assert after.rectified_on_spot == before.rectified_on_spot - 1
    assert after.rectified_by_deadline == before.rectified_by_deadline + 1
    assert after.open == before.open + 1


def test_a_closed_order_was_open_before_and_overdue_at_its_time(world, minxian):
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    assert minxian().open == 3
    assert minxian(world.at - timedelta(minutes=1)).open == 4
    assert minxian().rectified_by_deadline == 4, "given a deadline, closed or not"
    assert minxian(world.at + timedelta(days=4)).overdue == 3


def test_what_is_ruled_off_is_neither_open_nor_closed_from_the_ruling_on(world, minxian):
    later = world.at + timedelta(hours=1)
    request = asked(world.minxian.order, "cannot_do", by=world.unit, at=world.at)
    assert (minxian(later).open, minxian(later).exempt) == (4, 0)
    ruled(request, True, by=world.county, at=later)
    before, after = minxian(world.at), minxian(later)
    assert (before.open, before.exempt) == (4, 0)
    assert (after.rectified_by_deadline, after.open, after.exempt) == (4, 3, 1)
    assert minxian(world.at + timedelta(days=4)).overdue == 3
    (told,) = [row for row in figures.as_json([after])]
    assert told["exempt"] == 1
    assert "经裁定不再整改1个" in prose.office_sentence(after)
    total = ledger.total(
        ledger.rows(world.campaign, ledger.Filter(office="621126-office"), to=of(world.county, at=later), at=later)
    )
    assert (total.closed, total.exempt, total.open) == (0, 1, 3) and total.adds_up


def test_nothing_counts_before_it_happened(world, minxian):
    told = minxian(world.at - timedelta(days=8))
    assert (told.teams, told.inspections, told.visits, told.problems_found) == (0, 0, 0, 0)


def test_what_was_noted_but_not_confirmed_or_was_withdrawn_is_not_found(world, minxian):
    found = minxian().problems_found
    noted = note(world.minxian.open, world.edition, world.minxian.office, way="by_deadline", at=world.at)
    assert minxian().problems_found == found
    rectifications.withdraw_finding(noted, reason="演示：看错了", by=world.inspector, at=world.at)
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.inspector, at=world.at)
    told = minxian()
    assert told.problems_found == found + 1, "the other one, noted before"
    assert told.rectified_on_spot + told.rectified_by_deadline == told.problems_found


def test_a_sum_runs_over_the_offices_that_report(world):
    answer_for(world, [Measure.TEAMS])
    rows = figures.figures(world.campaign, as_of=world.at)
    sums = figures.summed(rows)
    assert sums["teams"] == 4
    assert sums["problems_found"] == 6, "the two other offices' three each"
    for office in SupervisingOffice.objects.filter(campaign=world.campaign):
        campaigns.answer_for(office, measures=[], by=world.lead, at=world.at)
    assert set(figures.summed(figures.figures(world.campaign, as_of=world.at)).values()) == {None}


def test_a_group_reports_no_figures_until_it_answers_for_one(world):
    """It works inside its host: its silence is no missing figure, and the city's own figures stay where they were."""
    group = muster(world).group_body
    assert group.name not in [row.body for row in figures.figures(world.campaign, as_of=world.at)]
    office = queries.office_of(world.campaign, group.pk)
    campaigns.answer_for(office, measures=["teams"], by=world.lead, at=world.at)
    assert group.name in [row.body for row in figures.figures(world.campaign, as_of=world.at)]
