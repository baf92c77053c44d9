"""A former ledger through the pages: uploaded, its columns said once, looked at, taken; nothing typed is lost on the way."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.models import LedgerImport, LedgerMapping
from mingcha.kernel import ledgers, sheets
from tests.world import sign_in

HEADER = (
    "序号",
    "检查时间",
    "乡镇",
    "被检查单位",
    "存在问题",
    "责任单位",
    "整改时限",
    "整改状态",
    "销号人",
    "联系电话",
)
ROWS = (
    (1, "10月20日", "岷阳镇", "演示新到饭馆", "登记簿空白", "", "10月30日", "整改中", "", "13800000000"),
    (2, "10月21日", "岷阳镇", "演示新到饭馆", "无人值守", "", "", "甲类", "演示核验人", ""),
)


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


def upload(client, world, *, rows=ROWS, header=HEADER, **given):
    content = sheets.write(header, rows, title="台账")
    told = {
        "campaign": world.campaign.slug,
        "office": world.minxian.office.body.pk,
        "mapping": "",
        "year": "2021",
    } | given
    return client.post("/ledger/import/", {"file": SimpleUploadedFile("台账.xlsx", content), **told})


def carried(answer):
    shown = answer.content.decode()
    names = ("kept", "campaign", "office", "mapping", "year", "file_name")
    found = {name: re.search(rf'name="{name}"[^>]*?value="([^"]*)"', shown) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def columns(answer, *, name="2021年问题台账", word="closed", **changed):
    meanings = {f"column_{n}": meaning.value for n, meaning in enumerate(ledgers.guess(HEADER).values())}
    return carried(answer) | meanings | {"name": name, "done_closes": "on", "word_0": word} | changed


def test_a_ledger_goes_in_by_three_presses_and_the_second_file_by_two(county, world):
    asked = upload(county, world)
    shown = asked.content.decode()
    assert asked.status_code == 200 and "被检查单位" in shown and "甲类" in shown and "演示新到饭馆" in shown
    assert not LedgerMapping.objects.exists()
    looked = county.post("/ledger/import/columns/", columns(asked))
    shown = looked.content.decode()
    assert "确认导入 2 件" in shown and "待核实" in shown and not LedgerImport.objects.exists()
    done = county.post("/ledger/import/take/", carried(looked), follow=True)
    assert "已导入 2 件，其中未办结 1 件已交办" in done.content.decode()
    assert (
        "13800000000" not in str(list(LedgerImport.objects.values()))
        and Finding.objects.filter(description="无人值守").exists()
    )
    again = upload(county, world, mapping=str(LedgerMapping.objects.get().pk))
    assert "没有要导入的" in again.content.decode()


def test_what_was_chosen_for_the_columns_is_not_lost_on_a_refusal(county, world):
    asked = upload(county, world)
    refused = county.post("/ledger/import/columns/", columns(asked, name="我的名字", column_1="skip"))
    shown = refused.content.decode()
    assert refused.status_code == 422 and "至少要对应发现日期" in shown
    assert 'value="我的名字"' in shown and carried(refused)["kept"]
    twice = county.post("/ledger/import/columns/", columns(asked, column_9="found_on"))
    assert twice.status_code == 422 and "只能留一列" in twice.content.decode()


def test_bad_rows_are_named_and_the_columns_may_be_said_anew(county, world):
    asked = upload(county, world, rows=[*ROWS, (3, "近日", "没有的镇", "某处", "丙", "", "", "", "", "")])
    looked = county.post("/ledger/import/columns/", columns(asked, word=""))
    shown = looked.content.decode()
    assert looked.status_code == 422 and "看不出是哪一天" in shown and "看不懂这个状态" in shown
    again = county.post("/ledger/import/columns/", carried(looked) | {"again": "1"})
    assert again.status_code == 200 and 'name="word_0"' in again.content.decode()
    refused = county.post("/ledger/import/take/", carried(looked))
    assert refused.status_code == 422 and not LedgerImport.objects.exists()


def test_what_looks_like_a_resident_s_data_is_told_before_it_comes_in(county, world):
    asked = upload(county, world)
    keeping = county.post("/ledger/import/columns/", columns(asked, column_9="keep")).content.decode()
    assert "手机号码" in keeping and "13800000000" not in keeping
    assert "手机号码" not in county.post("/ledger/import/columns/", columns(asked)).content.decode()


def test_a_file_that_is_no_ledger_and_an_altered_one_are_refused(county, world):
    torn = county.post(
        "/ledger/import/",
        {
            "file": SimpleUploadedFile("a.xlsx", b"PK"),
            "campaign": world.campaign.slug,
            "office": world.minxian.office.body.pk,
        },
    )
    assert torn.status_code == 422 and "文件打不开" in torn.content.decode()
    no_header = upload(county, world, header=("甲", "乙"), rows=[("1", "2")])
    assert no_header.status_code == 422 and "没有找到表头" in no_header.content.decode()
    asked = carried(upload(county, world))
    for given in ({}, asked | {"kept": asked["kept"] + "x"}):
        assert county.post("/ledger/import/take/", given).status_code == 422
        assert county.post("/ledger/import/columns/", given).status_code == 422


def test_another_office_takes_nothing_over_for_this_one(client, county, world):
    handed = carried(county.post("/ledger/import/columns/", columns(upload(county, world))))
    mapping = LedgerMapping.objects.get()
    neighbour = sign_in(client, world.neighbour)
    assert "2021年问题台账" not in neighbour.get("/ledger/import/").content.decode()
    assert neighbour.get(f"/ledger/shapes/{mapping.pk}/ledger.xlsx").status_code == 404
    assert neighbour.post("/ledger/import/take/", handed).status_code == 422  # signed for somebody else
    assert upload(neighbour, world).status_code == 422
    assert upload(neighbour, world, mapping=str(mapping.pk)).status_code == 422
    assert not LedgerImport.objects.exists()


def test_the_ledger_leaves_in_its_own_shape(county, world):
    looked = county.post("/ledger/import/columns/", columns(upload(county, world)))
    county.post("/ledger/import/take/", carried(looked))
    done = LedgerImport.objects.get()
    answer = county.get(f"/ledger/shapes/{done.mapping_id}/ledger.xlsx?campaign={world.campaign.slug}")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert tuple(rows[0]) == HEADER
    told = [row for row in rows if row[3] == "演示新到饭馆"]
    assert [row[1:9] for row in told] == [list(ROWS[0][1:9]), list(ROWS[1][1:9])]
    assert {row[9] for row in rows[1:]} == {""}


def test_an_imported_finding_says_where_it_comes_from(county, world):
    looked = county.post("/ledger/import/columns/", columns(upload(county, world)))
    county.post("/ledger/import/take/", carried(looked))
    for text in ("登记簿空白", "无人值守"):
        finding = Finding.objects.get(description=text)
        shown = county.get(f"/findings/{finding.pk}/").content.decode()
        assert "原台账" in shown and "这次检查" not in shown
        assert "照原台账登记" in county.get(f"/visits/{finding.visit_id}/").content.decode()
        order = rectifications.of_finding(finding)
        assert "来自原台账" in county.get(f"/orders/{order.pk}/").content.decode()
    assert "演示核验人" in shown
