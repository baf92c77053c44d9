"""Two officers with the same ledger at the same moment: every row comes in once, and nobody meets a stack trace."""

import pytest

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.actions import ledger_import
from mingcha.flow.rectifications.models import ImportedRow
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import sheets
from tests.at_once import at_once, refusals

COLUMNS = [
    ("检查时间", "found_on"),
    ("乡镇", "township"),
    ("被检查单位", "site"),
    ("存在问题", "description"),
    ("责任单位", "body"),
]
ROWS = [("2021-10-20", "岷阳镇", "演示新到饭馆", f"问题{n}", "演示新单位") for n in range(20)]
CONTENT = sheets.write([heading for heading, _ in COLUMNS], ROWS, title="台账")


def mapping(w, office, by, name="台账"):
    return ledger_import.save_mapping(
        office.body, name=name, columns=COLUMNS, words={}, done_closes=True, by=by, at=w.at
    )


@pytest.mark.parametrize("names", [("台账", "台账"), ("台账", "另一份")], ids=["one mapping", "two mappings"])
def test_two_officers_of_an_office_press_at_once(live_world, names):
    w = live_world
    office = w.minxian.office
    one, two = (mapping(w, office, w.county, name) for name in names)
    outcomes = at_once(
        lambda: ledger_import.take(CONTENT, mapping=one, campaign=w.campaign, by=w.county, at=w.at),
        lambda: ledger_import.take(CONTENT, mapping=two, campaign=w.campaign, by=w.second, at=w.at),
    )
    assert refusals(outcomes) == []
    assert sorted(outcome.rows if outcome else 0 for outcome in outcomes) == [0, 20]
    assert ImportedRow.objects.count() == Finding.objects.filter(description__startswith="问题").count() == 20


def test_a_county_and_the_lead_office_name_the_same_new_place_at_once(live_world):
    w = live_world
    one, two = mapping(w, w.minxian.office, w.county), mapping(w, w.city.office, w.lead)
    outcomes = at_once(
        lambda: ledger_import.take(CONTENT, mapping=one, campaign=w.campaign, by=w.county, at=w.at),
        lambda: ledger_import.take(CONTENT, mapping=two, campaign=w.campaign, by=w.lead, at=w.at),
    )
    assert refusals(outcomes) == []
    assert Site.objects.filter(name="演示新到饭馆").count() == Body.objects.filter(name="演示新单位").count() == 1
