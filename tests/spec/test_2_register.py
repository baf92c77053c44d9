"""
Chapter 2. The register

A county keeps the register of its sites: where each is, and apart from it, who answers for it.
"""

import pytest

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.rulebook.actions import catalogues as rulebook
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import sites
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import sheets
from tests.world import publish

ROWS = [
    {"点位编号": "SP-1", "名称": "演示高速口", "类型": "高速路卡点", "区划代码": "621126100", "地址": "",
     "责任单位": "岷阳镇人民政府"},
    {"点位编号": "SP-2", "名称": "演示小区", "类型": "小区", "区划代码": "621126101", "地址": "演示路3号",
     "责任单位": "演示物业公司"},
]  # fmt: skip


def sheet(rows):
    return sheets.write(sites.COLUMNS, [[row[c] for c in sites.COLUMNS] for row in rows], title="点位")


def take(world, rows):
    return sites.import_sites(sheet(rows), prefixes=["621126"], by=world.county, at=world.at)


def test_a_site_has_a_place_and_apart_from_it_a_body_that_answers(world):
    """The two differ: a checkpoint stands in one township and may answer to another's government."""
    take(world, [ROWS[0] | {"区划代码": "621126101"}])
    site = Site.objects.get(code="SP-1")
    assert (site.division.name, site.body.name) == ("蒲麻镇", "岷阳镇人民政府")


def test_a_division_code_is_a_path(world):
    """62 → 6211 → 621126 → 621126100: who may see a row is a prefix test."""
    site = Site.objects.get(code="621126-0")
    assert (site.division.county_code, site.division.township_code) == ("621126", "621126100")
    county = accounts.standing(world.county, at=world.at)
    assert county.covers(Permission.SITE_SEE, site.division_id)


def test_a_sheet_is_taken_whole_or_not_at_all(world):
    """One bad row among good ones, and nothing is written."""
    with pytest.raises(sheets.RowsRefused):
        take(world, [*ROWS, ROWS[0] | {"点位编号": "SP-3", "类型": "民宅"}])
    assert not Site.objects.filter(code__startswith="SP-").exists()
    assert not Body.objects.filter(name="演示物业公司").exists()


def test_every_bad_row_is_shown_with_its_reason_before_anything_is_written(world):
    """The preview names row, column and what to do, for all rows at once."""
    bad = [ROWS[0] | {"点位编号": ""}, ROWS[0], ROWS[0] | {"类型": "民宅"}, ROWS[1] | {"区划代码": "621125100"}]
    plan = sites.preview(sheet(bad), prefixes=["621126"])
    assert {(problem.row, problem.column) for problem in plan.problems} >= {
        (2, "点位编号"), (4, "点位编号"), (4, "类型"), (5, "区划代码")
    }  # fmt: skip
    assert all(problem.reason for problem in plan.problems)
    assert not Site.objects.filter(code__startswith="SP-").exists()


def test_a_code_of_another_city_is_a_bad_row(world):
    """A county keeps its own register and no one else's."""
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, [ROWS[0] | {"区划代码": "620502100"}])
    assert [(p.column, p.value) for p in refused.value.problems] == [("区划代码", "620502100")]


def test_a_body_not_yet_known_is_put_on_record_with_the_site(world):
    """The preview says so first, so that a slip of the pen is seen before it becomes a body."""
    assert sites.preview(sheet(ROWS), prefixes=["621126"]).new_bodies == ("演示物业公司",)
    take(world, ROWS)
    assert Body.objects.get(name="演示物业公司").division_id == "621126"


def test_the_same_sheet_taken_twice_changes_nothing(world):
    """So a sheet may be corrected and taken again without fear."""
    take(world, ROWS)
    before = list(Site.objects.order_by("pk").values())
    again = take(world, ROWS)
    assert (again.added, again.changed) == (0, 2)
    assert list(Site.objects.order_by("pk").values()) == before


def test_a_site_is_found_by_a_few_letters(world):
    """Pinyin initials are typed faster than characters."""
    to = accounts.standing(world.county, at=world.at)
    found = queries.sites(to.area(Permission.SITE_SEE, "division__code"), search="pmz")
    assert found.count() == 2
    assert {site.division.name for site in found} == {"蒲麻镇"}


def test_a_catalogue_prints_official_words_or_says_that_it_has_none(world):
    """What a source does not give is 未收录, never a paraphrase; an office completes it from the official document."""
    assert [item.recorded for item in world.items] == [True, True, False]
    assert "条文未收录" in world.items[2].label
    complete = publish(
        world.rulebook, at=world.at, items=(("1", "演示条目一"), ("2", "演示条目二"), ("3", "演示条目三"))
    )
    assert (complete.version, complete.completeness) == (2, "complete")


def test_a_published_edition_never_changes(world):
    """A correction is the next version; what cites the older keeps the older words."""
    rows = [["demo-rules", "1", "演示", "改写", "2021-10-21", "演示", "1"]]
    content = sheets.write(rulebook.COLUMNS, rows, title="清单")
    edition = rulebook.import_edition(content, by=world.lead, at=world.at)
    assert edition.version == 2
    assert world.edition.items.get(position=1).text == "演示条目一：值守空缺"
