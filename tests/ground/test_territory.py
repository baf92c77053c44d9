"""Divisions, the register of sites, and its sheets: all or nothing, every bad row with its reason."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import bodies, divisions, sites
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel import sheets

GOOD = {
    "点位编号": "MX-1", "名称": "演示超市", "类型": "超市", "区划代码": "621126100", "地址": "演示路2号",
    "责任单位": "岷阳镇人民政府",
}  # fmt: skip
MINE = ("621126",)


def sheet(*rows, columns=sites.COLUMNS):
    return sheets.write(columns, [[row[c] for c in columns] for row in rows], title="点位")


def take(world, *rows, prefixes=MINE):
    return sites.import_sites(sheet(*rows), prefixes=prefixes, by=world.county, at=world.at)


def problems(world, *rows, prefixes=MINE):
    before = list(Site.objects.order_by("pk").values()), Body.objects.count()
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, *rows, prefixes=prefixes)
    assert (list(Site.objects.order_by("pk").values()), Body.objects.count()) == before
    return sorted({(problem.row, problem.column) for problem in refused.value.problems})


def test_a_sheet_adds_and_changes_and_may_be_taken_twice(world):
    first = take(world, GOOD, GOOD | {"点位编号": "MX-2", "责任单位": "演示新单位"})
    assert (first.added, first.changed, first.new_bodies) == (2, 0, ("演示新单位",))
    again = take(world, GOOD | {"名称": "演示改名"}, GOOD | {"点位编号": "MX-2", "责任单位": "演示新单位"})
    assert (again.added, again.changed, again.new_bodies) == (0, 2, ())
    assert Site.objects.get(code="MX-1").name == "演示改名"


def test_a_preview_writes_nothing(world):
    before = Site.objects.count(), Body.objects.count()
    plan = sites.preview(sheet(GOOD, GOOD | {"点位编号": "MX-2", "类型": "无"}), prefixes=MINE)
    assert (plan.added, [problem.row for problem in plan.problems]) == (2, [3])
    assert (Site.objects.count(), Body.objects.count()) == before


@pytest.mark.parametrize(
    "column,value",
    [
        ("点位编号", ""), ("点位编号", "x" * 31), ("点位编号", "MX 2"), ("点位编号", "a/b"), ("点位编号", "a,b"),
        ("名称", ""), ("名称", "长" * 81), ("类型", "民宅"), ("地址", "长" * 121), ("责任单位", ""),
        ("责任单位", "长" * 81), ("区划代码", "999999999"), ("区划代码", "621126"), ("区划代码", "621125100"),
    ],
)  # fmt: skip
def test_one_bad_row_keeps_the_whole_sheet_out(world, column, value):
    """Also a code of another county: what lies outside one's area is a bad row, not a row less."""
    assert problems(world, GOOD, GOOD | {"点位编号": "MX-2", column: value}) == [(3, column)]


def test_every_bad_row_is_named_at_once(world):
    rows = [GOOD | {"点位编号": f"MX-{n}", "类型": "无"} for n in range(4)]
    assert problems(world, *rows) == [(n, "类型") for n in range(2, 6)]


def test_one_code_twice_in_a_sheet_or_taken_by_another_county(world):
    assert problems(world, GOOD, GOOD) == [(3, "点位编号")]
    assert problems(world, GOOD | {"点位编号": "621125-0"}) == [(2, "点位编号")]


@pytest.mark.parametrize("content", [b"", b"not a workbook", sheet(GOOD)[:400], b"PK\x03\x04" + b"\0" * 60])
def test_a_torn_file_gets_one_sentence(world, content):
    with pytest.raises(sheets.TornFile, match="打不开"):
        sites.import_sites(content, prefixes=MINE, by=world.county, at=world.at)


def test_a_sheet_without_its_columns_names_them(world):
    with pytest.raises(sheets.MissingColumns, match="区划代码"):
        sites.import_sites(
            sheet(GOOD, columns=("点位编号", "名称", "类型")), prefixes=MINE, by=world.county, at=world.at
        )


def test_a_formula_cell_is_never_run(world):
    """A cell that computes shows its stored value, here none; and what we write is text, whatever it begins with."""
    book = Workbook()
    book.active.append(list(sites.COLUMNS))
    book.active.append(["MX-9", '=HYPERLINK("http://x","y")', "超市", "621126100", "", "岷阳镇人民政府"])
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(sheets.RowsRefused) as refused:
        sites.import_sites(file.getvalue(), prefixes=MINE, by=world.county, at=world.at)
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, "名称")]
    cell = load_workbook(io.BytesIO(sheets.write(["a"], [["=1+1"]], title="t"))).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_site_is_added_by_hand_only_in_ones_area_and_once(world):
    given = {
        "code": "MX-3", "name": "演示", "type": world.minxian.waiting.type,
        "division": Division.objects.get(pk="621126100"), "address": "", "body": world.minxian.office.answering,
        "prefixes": MINE, "by": world.county, "at": world.at,
    }  # fmt: skip
    assert sites.add_site(**given).pinyin == "yanshi ys"
    for changes, refusal in (
        ({}, sites.SiteCodeTaken),
        ({"code": "MX 4"}, sites.UnclearCode),
        ({"code": "MX-4", "division": Division.objects.get(pk="621125100")}, sites.OutsideYourArea),
    ):
        with pytest.raises(refusal):
            sites.add_site(**(given | changes))


def test_a_site_is_neither_taken_from_another_county_nor_sent_there(world):
    mine, theirs = world.minxian.office.sites[0], world.zhangxian.office.sites[0]
    for site, division in ((theirs, mine.division), (mine, theirs.division)):
        with pytest.raises(sites.OutsideYourArea):
            sites.change_site(
                site, name="演示", type=site.type, division=division, address="", body=site.body, active=True,
                prefixes=MINE, by=world.county, at=world.at,
            )  # fmt: skip


def test_a_body_is_registered_once(world):
    office = world.minxian.office.body
    with pytest.raises(bodies.BodyCodeTaken):
        bodies.add_body(
            code=office.code, name="演示", kind="office", division=office.division, by=None, at=world.at
        )  # fmt: skip
    assert Body.objects.get(pk=office.pk).name == office.name


def test_a_site_that_another_has_just_moved_is_not_changed_unseen(world):
    site, there = world.minxian.office.sites[0], world.zhangxian.office.sites[0].division
    Site.objects.filter(pk=site.pk).update(division=there)
    with pytest.raises(sites.SiteMoved):
        sites.change_site(
            site, name="演示改名", type=site.type, division=site.division, address="", body=site.body, active=True,
            prefixes=MINE, by=world.county, at=world.at,
        )  # fmt: skip
    now = Site.objects.get(pk=site.pk)
    assert (now.division, now.name) == (there, site.name)


def test_the_register_is_read_within_reach_and_searched_by_initials(world):
    to = accounts.standing(world.county, at=world.at)
    reach = to.area(Permission.SITE_SEE, "division__code")
    assert {site.division.county_code for site in queries.sites(reach)} == {"621126"}
    assert [site.name for site in queries.sites(reach, search="ysmyzcs")] == ["演示岷阳镇超市"]
    assert queries.site("621125-0", reach) is None


CSV = "code,name,level,parent_code\n"


@pytest.mark.parametrize(
    "line,column",
    [
        ("62112,短,county,6211", "code"), ("６２１１２６,全角,county,6211", "code"), ("6211261OO,字母,township,621126", "code"),
        ("621127,某县,district,6211", "level"), ("621127,,county,6211", "name"), ("621127," + "长" * 61 + ",county,6211", "name"),
        ("621127,某县,county,6205", "parent_code"), ("621199100,某镇,township,621199", "parent_code"),
    ],
)  # fmt: skip
def test_a_bad_division_keeps_the_whole_file_out(world, line, column):
    content = (CSV + "621128,演示县,county,6211\n" + line + "\n").encode()
    with pytest.raises(sheets.RowsRefused) as refused:
        divisions.import_divisions(content, by=None, at=world.at)
    assert [(p.row, p.column) for p in refused.value.problems] == [(3, column)]
    assert not Division.objects.filter(code="621128").exists()


def test_one_division_twice_is_refused_and_a_short_row_is_not(world):
    with pytest.raises(sheets.RowsRefused):
        divisions.import_divisions((CSV + "63,青海省,province,\n" * 2).encode(), by=None, at=world.at)
    assert divisions.import_divisions((CSV + "63,青海省,province\n").encode(), by=None, at=world.at) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"a,b\n1,2\n", sheet(GOOD)])
def test_what_is_no_division_file_says_so(world, content):
    with pytest.raises(divisions.NotDivisions):
        divisions.import_divisions(content, by=None, at=world.at)


def test_importing_again_keeps_the_township_groups_and_removes_nothing(world):
    divisions.group_townships({"621126100": "东片", "621125100": "别县"}, prefix="621126", by=world.county, at=world.at)
    before = Division.objects.count()
    divisions.import_divisions((CSV + "621126100,岷阳镇,township,621126\n").encode(), by=None, at=world.at)
    assert queries.groups("6211") == {"621126100": "东片"}
    assert Division.objects.count() == before


def test_a_site_type_given_again_keeps_its_sites(world):
    kind = world.minxian.waiting.type
    bodies.add_site_type(code=kind.code, name="演示新名", position=9, by=None, at=world.at)
    assert Site.objects.get(pk=world.minxian.waiting.pk).type.name == "演示新名"
