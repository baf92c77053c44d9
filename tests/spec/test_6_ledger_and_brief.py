"""
Chapter 6. The ledger and the brief

What was found and what became of it, in one table that adds up, and told in a document that can be made again.
"""

import io
from dataclasses import asdict
from datetime import timedelta

import docx
import pytest

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.campaigns.models import Measure
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.reports.actions import briefs as actions
from mingcha.flow.reports.queries import briefs, figures, gaps, ledger
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit import queries as audit


def rows(world, who=None, **chosen):
    to = accounts.standing(who or world.lead, at=world.at)
    return ledger.rows(world.campaign, ledger.Filter(**chosen), to=to, at=world.at)


def told(world, work, at=None):
    (row,) = figures.figures(world.campaign, as_of=at or world.at, body=work.office.body.code)
    return row


def test_the_ledger_has_one_row_for_each_finding_with_its_rectification_beside_it(world):
    """The row says how it is put right, where that stands, and by when."""
    by_pk = {finding.pk: finding for finding in rows(world)}
    row = by_pk[world.minxian.by_deadline.pk]
    assert (row.way, row.order_state, row.due_at) == ("by_deadline", "ordered", world.minxian.order.due_at)
    assert len(by_pk) == 16  # four teams of the campaign, each three confirmed and one noted


def test_the_ledger_is_narrowed_by_what_it_shows(world):
    """Office, place, type, item, responsibility, way, state: each narrows, and together they narrow further."""
    assert {finding.division[:6] for finding in rows(world, place="621125")} == {"621125"}
    assert {finding.way for finding in rows(world, way="on_spot")} == {"on_spot"}
    narrowed = rows(world, office=world.minxian.office.body.code, state="answered")
    assert {finding.pk for finding in narrowed} == {world.minxian.answered.finding_id, world.beside.answered.finding_id}


def test_the_sums_add_up_and_a_mismatch_is_shown(world):
    """立行立改 + 限期整改 = 发现; a finding with neither would be counted as undecided, never hidden."""
    total = ledger.total(rows(world))
    assert (total.found, total.on_spot, total.by_deadline) == (12, 4, 8)
    assert total.adds_up
    assert (total.undecided, total.open, total.closed) == (0, 8, 0)


@pytest.mark.parametrize("dimension", ledger.DIMENSIONS)
def test_the_same_sums_by_every_dimension_each_opening_its_rows(world, dimension):
    """By county, site type, item, responsibility or day, the lines sum to the whole, and each leads to its rows."""
    found = rows(world)
    lines = ledger.totals(found, dimension)
    assert sum(line.total.found for line in lines) == ledger.total(found).found
    for line in lines:
        key, _, value = line.filter.partition("=")
        assert ledger.total(rows(world, **{key: value})) == line.total


def test_the_widest_gaps_between_reported_and_verified_come_first(world):
    """A site that reported 30 where 24 were found is six apart."""
    widest = gaps.largest(world.campaign, to=accounts.standing(world.lead, at=world.at)).first()
    assert (widest.reported, widest.verified, widest.difference, widest.gap) == (30, 24, -6, 6)


def test_a_figure_counts_rows_at_a_moment(world):
    """Asked as of the morning, the afternoon's visits are not in it; what was closed later was still open."""
    before = told(world, world.minxian, at=world.at - timedelta(hours=11))
    assert (before.inspections, before.visits, before.problems_found) == (0, 0, 0)
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    assert told(world, world.minxian).open == 3
    assert told(world, world.minxian, at=world.at - timedelta(minutes=1)).open == 4


def test_a_figure_nobody_answers_for_is_unreported_not_nought(world):
    """None, in the figures, in the sums and in the brief: a zero is a claim."""
    for work in (world.minxian, world.zhangxian, world.city):
        office = world.office_in(work)
        campaigns.answer_for(office, measures=[Measure.PROBLEMS], by=work.office.officer, at=world.at)
    listed = figures.figures(world.campaign, as_of=world.at)
    assert {row.teams for row in listed} == {None}
    sums = figures.summed(listed)
    assert (sums["problems_found"], sums["teams"]) == (12, None)
    brief = issued(world)
    assert "未报" in text_of(brief)


def test_given_a_deadline_counts_whether_closed_or_not(world):
    """限期整改 is what was given a deadline; open is what of it is not closed yet."""
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    row = told(world, world.minxian)
    assert (row.problems_found, row.rectified_on_spot, row.rectified_by_deadline, row.open) == (6, 2, 4, 3)


def test_sites_are_counted_once_each_however_often_visited(world):
    """A type's number is of distinct sites; visits are counted apart."""
    row = told(world, world.minxian)
    assert row.visits == 4  # two teams, two visits each; both went to the restaurant
    assert row.sites["饭店"] == 1


def issued(world, who=None, issuer=None):
    return actions.issue_brief(
        world.campaign, issuer=issuer or world.city.office.body, as_of=world.at, demo=True, by=who or world.lead,
        at=world.at,
    )  # fmt: skip


def text_of(brief):
    document = docx.Document(io.BytesIO(briefs.document(brief)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_brief_is_numbered_keeps_its_figures_and_is_the_same_document_for_ever(world):
    """What happens afterwards changes the next brief, not this one."""
    brief = issued(world)
    document = briefs.document(brief)
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    brief.refresh_from_db()
    assert briefs.document(brief) == document
    assert briefs.is_as_issued(brief, document)
    assert issued(world).number == brief.number + 1


def test_a_brief_of_a_demo_says_so(world):
    """Made-up figures must not travel as real ones."""
    assert "演示" in text_of(issued(world))


def test_a_countys_brief_holds_its_own_figures_only(world):
    """And nobody issues one for an office that is not theirs."""
    brief = issued(world, who=world.county, issuer=world.minxian.office.body)
    assert [office["division"] for office in brief.figures["offices"]] == ["621126"]
    with pytest.raises(accounts.NotFound):
        issued(world, who=world.neighbour, issuer=world.minxian.office.body)


def test_the_figures_are_one_object_for_each_office(world):
    """The shape that `mingcha brief --json` prints."""
    (first, *_) = figures.as_json(figures.figures(world.campaign, as_of=world.at))
    assert list(first) == [
        "body", "division", "teams", "townships_covered", "inspections", "visits", "problems_found",
        "rectified_on_spot", "rectified_by_deadline", "open", "overdue", "sites",
    ]  # fmt: skip
    whole = asdict(figures.figures(world.campaign, as_of=world.at)[0])
    assert first | {"exempt": 0} == whole, "exempt stands there only where something is"


def test_what_leaves_the_house_is_on_record(world):
    """An export and a brief: who took how many rows, under which filter, and the document's hash."""
    actions.record_export(world.campaign, rows=12, chosen={"way": "on_spot"}, by=world.county, at=world.at)
    brief = issued(world)
    export = audit.about("campaign", "demo").get(verb="ledger.export")
    assert (export.actor, export.detail) == ("county", {"rows": 12, "filter": {"way": "on_spot"}})
    assert audit.about("brief", brief.pk).get().detail["sha256"] == brief.sha256
