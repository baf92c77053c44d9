"""Where sites lie and when they are open: by hand and from a sheet, old sheets too; kinds of sites and their yearly cap."""

from datetime import time

import pytest

from mingcha.ground.territory.actions import bearings, sites, type_sheets
from mingcha.ground.territory.actions.bearings import Bearings
from mingcha.ground.territory.models import Site, SiteType
from mingcha.kernel import sheets
from tests.world import sign_in

GOOD = {
    "点位编号": "MX-1", "名称": "演示超市", "类型": "超市", "区划代码": "621126100", "地址": "演示路2号",
    "责任单位": "岷阳镇人民政府",
}  # fmt: skip
HERE = {
    "纬度": "34.438", "经度": "104.037", "示意位置": "是", "街道或院落": "和平街", "开门": "8:30", "关门": "21:00",
}  # fmt: skip


def take(world, row):
    content = sheets.write(list(row), [list(row.values())], title="点位")
    sites.import_sites(content, prefixes=["621126"], by=world.county, at=world.at)
    return lies(row["点位编号"])


def lies(code):
    site = Site.objects.get(code=code)
    return [getattr(site, name) for name in ("latitude", "longitude", "schematic", "street", "opens", "closes")]


def test_a_sheet_says_where_a_site_lies_and_an_old_one_changes_nothing_of_it(world):
    assert take(world, GOOD) == [None, None, False, "", None, None]
    full = [34.438, 104.037, True, "和平街", time(8, 30), time(21)]
    assert take(world, GOOD | HERE) == full
    assert take(world, GOOD | {"名称": "演示大超市"}) == full
    # Columns that are there say all: a place measured is schematic no more, and an empty cell empties.
    assert take(world, GOOD | {"纬度": "34.5", "经度": "104.1", "开门": "", "关门": ""}) == [
        34.5, 104.1, False, "和平街", None, None,
    ]  # fmt: skip
    assert take(world, GOOD | {"示意位置": "是"})[:3] == [34.5, 104.1, False]
    assert take(world, GOOD | {"纬度": "", "经度": ""})[:3] == [None, None, False]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"纬度": "北纬34度"}, "纬度"), ({"纬度": "91"}, "纬度"), ({"纬度": "nan"}, "纬度"), ({"经度": ""}, "纬度"),
        ({"经度": "181"}, "经度"), ({"开门": ""}, "开门"), ({"关门": "8点"}, "关门"), ({"关门": "08:30"}, "关门"),
        ({"示意位置": "大概"}, "示意位置"), ({"街道或院落": "街" * 61}, "街道或院落"),
    ],
)  # fmt: skip
def test_what_is_half_said_or_impossible_is_refused_with_its_column(world, wrong, column):
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, GOOD | HERE | wrong)
    assert {problem.column for problem in refused.value.problems} == {column}
    assert not Site.objects.filter(code="MX-1").exists()


def test_by_hand_the_same_holds(world):
    take(world, GOOD)
    site = Site.objects.get(code="MX-1")
    given = {"name": site.name, "type": site.type, "division": site.division, "address": "", "body": site.body}
    about = {"active": True, "prefixes": ["621126"], "by": world.county, "at": world.at}
    sites.change_site(site, **given, lies=Bearings(34.4, 104.0, street=" 和平街 "), **about)
    sites.change_site(site, **given, **about)
    assert lies("MX-1") == [34.4, 104.0, False, "和平街", None, None]
    for half in (Bearings(34.4), Bearings(34.4, 181), Bearings(float("nan"), 104)):
        with pytest.raises(bearings.HalfAPlace):
            sites.change_site(site, **given, lies=half, **about)
    for hours in (Bearings(opens=time(8)), Bearings(opens=time(21), closes=time(8))):
        with pytest.raises(bearings.HoursReversed):
            sites.change_site(site, **given, lies=hours, **about)


def test_the_page_shows_and_changes_it_and_keeps_what_was_typed(client, world):
    take(world, GOOD | HERE)
    page = sign_in(client, world.county).get("/sites/MX-1/edit/").content.decode()
    assert 'value="34.438"' in page and 'value="08:30"' in page and "每次按 30 分钟安排" in page
    typed = {
        "name": "演示超市", "type": "t4", "division": "621126100", "address": "", "body": "岷阳镇人民政府", "active": "on",
        "latitude": "34.44", "longitude": "", "street": "新街", "opens": "", "closes": "",
    }  # fmt: skip
    refused = client.post("/sites/MX-1/edit/", typed)
    assert refused.status_code == 422 and "要一起填" in refused.content.decode() and "新街" in refused.content.decode()
    assert client.post("/sites/MX-1/edit/", typed | {"longitude": "104.04"}).status_code == 302
    assert lies("MX-1") == [34.44, 104.04, False, "新街", None, None]
    assert sign_in(client, world.neighbour).get("/sites/MX-1/edit/").status_code == 404


def types(*rows):
    return sheets.write(type_sheets.COLUMNS, rows, title="类型")


def test_kinds_of_sites_say_how_long_a_visit_takes_and_how_often_a_business_is_visited(world):
    took = type_sheets.import_types(
        types(("t4", "超市", "25", "是", "2"), ("bar", "酒吧", "30", "", "")), by=None, at=world.at
    )
    market, bar = SiteType.objects.get(pk="t4"), SiteType.objects.get(pk="bar")
    assert (took, market.minutes, market.enterprise, market.yearly_cap, market.position) == (2, 25, True, 2, 4)
    assert (bar.enterprise, bar.yearly_cap, bar.position) == (False, None, 5)
    wrong = [
        ("t4", "村", "25", "是", "2"), ("t4", "超市", "0", "是", "2"), ("t1", "小区", "30", "否", "2"),
        ("t2", "饭店", "30", "是", "0"),
    ]  # fmt: skip
    with pytest.raises(sheets.RowsRefused) as refused:
        type_sheets.import_types(types(*wrong), by=None, at=world.at)
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [
        (2, "类型"), (3, "每次用时分钟"), (3, "类型代码"), (4, "每年最多次数"), (5, "每年最多次数"),
    ]  # fmt: skip
    assert SiteType.objects.get(pk="t4").minutes == 25
