"""The ledger: rows within reach, narrowed by the address alone, and totals that are sums of these same rows."""

from datetime import timedelta

import pytest

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.states import OPEN
from mingcha.flow.reports.queries import gaps, ledger
from mingcha.ground.accounts import queries as accounts
from tests.world import publish


@pytest.fixture
def rows(world):
    def read(by=None, at=None, **chosen):
        to = accounts.standing(by or world.lead, at=world.at)
        return ledger.rows(world.campaign, ledger.Filter(**chosen), to=to, at=at or world.at)

    return read


def test_an_office_sees_its_own_area_and_the_lead_sees_all(world, rows):
    assert {f.division[:6] for f in rows(world.county)} == {"621126"}
    assert not set(rows(world.county)) & set(rows(world.neighbour))
    assert set(rows(world.county)) | set(rows(world.neighbour)) <= set(rows(world.lead))
    assert not rows(world.unit).exists()


CONDITIONS = {
    "office": ("621126-office", lambda f: f.office_id),
    "place": ("621126", lambda f: f.division[:6]),
    "site_type": ("t2", lambda f: f.site.type_id),
    "responsibility": ("unit", lambda f: f.responsibility),
    "severity": ("ordinary", lambda f: f.severity),
    "way": ("on_spot", lambda f: f.way),
    "body": ("621126-food", lambda f: f.body_id),
    "day": ("2021-10-27", lambda f: f.noted_at.date().isoformat()),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_keeps_exactly_the_rows_it_names(rows, name):
    value, of = CONDITIONS[name]
    assert set(rows(**{name: value})) == {f for f in rows() if of(f) == value} != set()


def test_conditions_add_up(world, rows):
    both = rows(place="621126", way="on_spot", search="无人值守")
    assert set(both) == set(rows(place="621126")) & set(rows(way="on_spot"))
    assert not rows(severity="grave").exists() and not rows(day="2021-10-26").exists()
    assert rows(item=str(world.items[0].pk)).count() == rows().count()


def test_a_search_reads_descriptions_places_pinyin_and_bodies(world, rows):
    finding = world.minxian.by_deadline
    for text in ("岷阳镇饭店", "MINYANG", "无人值守", "岷县饭庄", "值守空缺"):
        assert finding in rows(search=text), text
    assert not rows(search="没有这样的字").exists()


def test_the_states_of_finding_and_order_narrow_alike(world, rows):
    assert rows(state="noted").count() == 4
    assert rows(state="attested").count() == 8
    assert rows(state="ordered").count() == rows(state="answered").count() == 4
    assert rows(state="open").count() == 8, "agreed, ordered, answered and returned together"
    rectifications.withdraw_finding(world.minxian.noted, reason="演示", by=world.inspector, at=world.at)
    assert rows(state="withdrawn").get() == world.minxian.noted
    assert world.minxian.noted not in rows()


def test_late_is_computed_at_the_time_asked(world, rows):
    assert not rows(overdue="1").exists()
    later = world.at + timedelta(days=3)
    assert rows(at=later, overdue="1").count() == 8
    assert all(f.late for f in rows(at=later, overdue="1"))


@pytest.mark.parametrize(
    "given",
    [
        {"item": "x"}, {"item": "９"}, {"item": "9" * 80}, {"day": "gestern"}, {"day": "9999-12-31"},
        {"state": "'; drop"}, {"place": "%"}, {"office": "?"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_narrows_to_nothing_rather_than_fails(rows, given):
    assert list(rows(**given)) == []


def test_a_finding_is_found_by_its_number(world, rows):
    finding = world.minxian.by_deadline
    assert rows(search=finding.number).get() == rows(search=str(finding.pk)).get() == finding
    assert not rows(search=f"621125-{finding.pk:06d}").exists()


def test_a_filter_reads_only_what_it_knows():
    chosen = ledger.Filter.read({"way": " on_spot\0 ", "page": "3", "search": "x" * 500})
    assert chosen.active == {"way": "on_spot", "search": "x" * 80}


@pytest.mark.parametrize("dimension", ledger.DIMENSIONS)
def test_totals_add_up_in_every_dimension_and_every_line_opens_its_rows(world, rows, dimension):
    whole = ledger.total(rows())
    lines = ledger.totals(rows(), dimension)
    assert sum(line.total.found for line in lines) == whole.found == 12
    assert whole.on_spot + whole.by_deadline == whole.found and whole.adds_up
    for line in lines:
        name, _, key = line.filter.partition("=")
        opened = rows(**{name: key})
        assert opened.filter(state="confirmed").count() == line.total.found
        assert ledger.total(opened) == line.total
        assert line.label and (dimension in ("day",) or line.label != line.key)


@pytest.mark.parametrize("dimension", ledger.DIMENSIONS)
def test_totals_are_counted_by_the_database_and_equal_a_count_by_hand(
    world, rows, dimension, django_assert_max_num_queries
):
    found = rows()
    with django_assert_max_num_queries(3) as asked:
        lines = ledger.totals(found, dimension)
    assert "GROUP BY" in asked.captured_queries[-1]["sql"]
    confirmed = [row for row in found if row.state == "confirmed"]
    mending = [row for row in confirmed if row.way == "by_deadline"]
    by_hand = ledger.Total(
        found=len(confirmed), on_spot=sum(row.way == "on_spot" for row in confirmed), by_deadline=len(mending),
        closed=sum(row.order_state == "closed" for row in confirmed),
        open=sum(row.order_state in OPEN for row in mending), overdue=sum(row.late for row in confirmed),
    )  # fmt: skip
    assert ledger.total(found) == by_hand
    for name in ("found", "on_spot", "by_deadline", "closed", "open", "overdue"):
        assert sum(getattr(line.total, name) for line in lines) == getattr(by_hand, name)


def test_totals_follow_the_filter(world, rows):
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    assert ledger.total(rows(office="621126-office", way="by_deadline")) == ledger.Total(4, 0, 4, 1, 3, 0)
    assert ledger.total(rows(office="621126-office", state="closed")) == ledger.Total(1, 0, 1, 1, 0, 0)
    assert ledger.total(rows(search="没有")) == ledger.Total(0, 0, 0, 0, 0, 0)


def test_a_mismatch_is_shown():
    total = ledger.Total(found=5, on_spot=2, by_deadline=2, closed=0, open=2, overdue=0)
    assert not total.adds_up and total.undecided == 1


def test_the_sheet_has_a_cell_for_every_column(world, rows, django_assert_max_num_queries):
    found = rows(office="621126-office")
    with django_assert_max_num_queries(5):
        sheet = list(ledger.sheet(found))
    assert {len(row) for row in sheet} == {len(ledger.HEADER)}
    row = dict(zip(ledger.HEADER, next(r for r in sheet if r[20]), strict=True))
    assert row["整改措施"] == "演示：已补齐值守。" and row["状态"] == "待核验"
    assert row["乡镇（街道）"] == "岷阳镇" and row["点位类型"] == "饭店" and row["整改时限"] == "2021-10-30 09:00"


def test_an_older_edition_is_still_offered_as_a_condition(world):
    publish(world.rulebook, at=world.at, items=(("1", "新条文"),))
    to = accounts.standing(world.lead, at=world.at)
    assert list(ledger.cited(world.campaign, to=to)) == [world.items[0]]


def test_gaps_come_largest_first_and_only_within_reach(world):
    to = accounts.standing(world.county, at=world.at)
    found = list(gaps.largest(world.campaign, to=to))
    assert [(a.reported, a.verified, a.difference, a.gap) for a in found] == [(30, 24, -6, 6)] * 2
    assert {a.visit.site.division.county_code for a in found} == {"621126"}
