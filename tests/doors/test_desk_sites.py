"""The register of sites: found, kept by hand, grouped, and taken from Excel in two steps without losing anything."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha.doors.desk.forms import uploads
from mingcha.ground.territory.actions import sites
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel import sheets
from tests.world import sign_in

GOOD = ["MX-101", "演示一号超市", "超市", "621126100", "演示街1号", "演示超市公司"]


@pytest.fixture
def county(client, world):
    return sign_in(client, world.county)


def given(**changes):
    return {
        "code": "MX-1", "name": "演示新村", "type": "t0", "division": "621126100201", "address": "",
        "body": "岷阳镇人民政府", **changes,
    }  # fmt: skip


def upload(*rows, header=sites.COLUMNS):
    return SimpleUploadedFile("点位.xlsx", sheets.write(header, rows, title="点位"))


def kept_in(answer):
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()[:3000]
    return found[1]


def test_the_register_is_ones_own(county, world):
    shown = county.get("/sites/").content.decode()
    assert "演示岷阳镇村" in shown and "武阳镇" not in shown and "玉泉镇" not in shown


@pytest.mark.parametrize(
    "query,found,left_out",
    [
        ("q=ysmyz", "演示岷阳镇村", "演示蒲麻镇小区"),
        ("q=饭店", "演示岷阳镇饭店", "演示岷阳镇村"),
        ("type=t1", "演示蒲麻镇小区", "演示岷阳镇村"),
        ("place=621126101", "演示蒲麻镇小区", "演示岷阳镇村"),
        ("place=621126", "演示岷阳镇村", "没有符合条件"),
        ("standing=off", "没有符合条件的点位", "演示岷阳镇村"),
        ("place=621125", "没有符合条件的点位", "武阳镇"),
    ],
)
def test_it_is_narrowed_by_letters_type_and_place(county, query, found, left_out):
    shown = county.get(f"/sites/?{query}").content.decode()
    assert found in shown and left_out not in shown


def test_one_site_is_registered_with_place_and_body_apart(county, world):
    assert county.post("/sites/new/", given(body=world.minxian.office.answering.name)).status_code == 302
    site = Site.objects.get(code="MX-1")
    assert site.division_id == "621126100201" and site.body == world.minxian.office.answering
    again = county.post("/sites/new/", given(code="MX-2", another="1"))
    assert again.url == "/sites/new/"


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"code": "621126-0"}, "已经在册"),
        ({"code": "a,b"}, "不能有空格和逗号"),
        ({"body": "没登记的单位"}, "没有登记“没登记的单位”"),
        ({"division": "621125100"}, "所在乡镇、村"),
        ({"name": ""}, "名称"),
    ],
)
def test_wrong_input_keeps_what_was_typed(county, changes, sentence):
    typed = given(address="演示街9号", **changes)
    answer = county.post("/sites/new/", typed)
    shown = answer.content.decode()
    assert answer.status_code == 422 and sentence in shown and "演示街9号" in shown
    assert not Site.objects.filter(address="演示街9号").exists()


def test_a_site_may_answer_to_the_citys_body(county, world):
    railway = Body.objects.create(code="rail", name="演示铁路车务段", kind="enterprise", division_id="6211")
    assert "演示铁路车务段" in county.get("/sites/new/").content.decode()
    assert county.post("/sites/new/", given(body=railway.name)).status_code == 302
    assert Site.objects.get(code="MX-1").body == railway


def test_a_site_is_changed_and_taken_off_the_register(county, world):
    site = world.minxian.office.sites[0]
    address = f"/sites/{site.code}/edit/"
    assert site.name in county.get(address).content.decode()
    changed = given(name="演示改名村")
    assert county.post(address, changed).status_code == 302
    site.refresh_from_db()
    assert site.name == "演示改名村" and not site.active
    assert "已撤下" in county.get("/sites/?standing=all").content.decode()


def test_a_site_may_be_called_what_it_likes(county):
    """No code collides with an address, whether it came by hand or by Excel."""
    assert county.post("/sites/new/", given(code="import")).status_code == 302
    assert county.get("/sites/import/edit/").context["form"] is not None
    assert "模板" in county.get("/sites/import/").content.decode()


def test_a_site_of_another_county_does_not_exist(client, world):
    neighbour = sign_in(client, world.neighbour)
    address = f"/sites/{world.minxian.office.sites[0].code}/edit/"
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(address, given()).status_code == 404


def test_the_lead_office_chooses_the_county_first(client, world):
    lead = sign_in(client, world.lead)
    assert "先选县区" in lead.get("/sites/new/").content.decode()
    assert "岷阳镇" in lead.get("/sites/new/?county=621126").content.decode()
    assert lead.post("/sites/new/", given(county="621126")).status_code == 302
    assert "先选县区" in lead.get("/sites/groups/?county=620502").content.decode()  # another city's


def test_an_import_is_previewed_then_confirmed(county):
    answer = county.post(
        "/sites/import/", {"file": upload(GOOD, ["621126-0", "演示改名", "村", "621126100", "", "演示新单位"])}
    )
    shown = answer.content.decode()
    assert answer.status_code == 200 and "确认导入 2 行" in shown
    assert "演示新单位" in shown and "演示超市公司" in shown
    assert '<td data-label="地址">演示街1号</td>' in shown
    assert not Site.objects.filter(code="MX-101").exists()
    done = county.post("/sites/import/", {"kept": kept_in(answer)})
    assert done.status_code == 302
    assert Site.objects.get(code="MX-101").body.name == "演示超市公司"
    assert Site.objects.get(code="621126-0").name == "演示改名"
    assert "新增 1 个，更新 1 个，新登记单位 2 个" in county.get("/sites/").content.decode()


def test_every_bad_row_is_shown_and_nothing_written(county):
    rows = [
        GOOD, GOOD, ["MX-102", "", "超市", "621126100", "", "甲"], ["MX-103", "乙", "飞机场", "621126100", "", "甲"],
        ["MX-104", "丙", "超市", "621125100", "", "甲"], ["MX-105", "丁", "超市", "999999999", "", "甲"],
    ]  # fmt: skip
    answer = county.post("/sites/import/", {"file": upload(*rows)})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "有 5 处要改，什么都没有写入" in shown
    for reason in ("与第 2 行重复", "不能为空", "没有这个类型", "不在您的辖区内", "没有这个区划"):
        assert reason in shown
    assert 'name="kept"' not in shown
    assert not Site.objects.filter(code__startswith="MX-").exists()


@pytest.mark.parametrize(
    "file,sentence",
    [
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04 torn"), "文件打不开"),
        (SimpleUploadedFile("a.xlsx", b""), "空的"),
        (SimpleUploadedFile("a.xlsx", b"x" * (uploads.LARGEST + 1)), "超过 2 MB"),
    ],
)
def test_a_torn_file_gets_one_sentence(county, file, sentence):
    file.seek(0)
    answer = county.post("/sites/import/", {"file": file})
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_a_sheet_without_its_columns_or_rows_is_refused(county):
    assert "表头缺少这些列" in county.post("/sites/import/", {"file": upload(header=["名称"])}).content.decode()
    assert "表里没有点位" in county.post("/sites/import/", {"file": upload()}).content.decode()
    assert county.post("/sites/import/").status_code == 422


def test_what_is_confirmed_is_checked_again(county, world):
    answer = county.post("/sites/import/", {"file": upload(GOOD)})
    # Meanwhile another county takes the code.
    place = Division.objects.get(pk="621125100")
    body = world.zhangxian.office.answering
    sites.add_site(
        code="MX-101", name="演示占用", type=world.minxian.office.sites[4].type, division=place, address="", body=body,
        prefixes=["621125"], by=None, at=world.at,
    )  # fmt: skip
    refused = county.post("/sites/import/", {"kept": kept_in(answer)})
    assert refused.status_code == 422 and "编号已被其他地方使用" in refused.content.decode()
    assert Site.objects.get(code="MX-101").name == "演示占用"


def test_a_kept_file_is_worth_nothing_altered_or_to_another(client, world):
    answer = sign_in(client, world.county).post("/sites/import/", {"file": upload(GOOD)})
    kept = kept_in(answer)
    assert client.post("/sites/import/", {"kept": "x" + kept}).status_code == 422
    assert sign_in(client, world.second).post("/sites/import/", {"kept": kept}).status_code == 422
    assert not Site.objects.filter(code="MX-101").exists()


def test_the_template_is_a_sheet_that_imports(county):
    answer = county.get("/sites/template.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    assert sheets.read(answer.content, required=sites.COLUMNS) == []


def test_townships_are_grouped(county, world):
    assert "岷阳镇" in county.get("/sites/groups/").content.decode()
    answer = county.post("/sites/groups/", {"621126100": "东片", "621126101": "西片", "621125100": "偷改"})
    assert answer.status_code == 302
    groups = dict(Division.objects.exclude(group="").values_list("code", "group"))
    assert groups == {"621126100": "东片", "621126101": "西片"}
    bad = county.post("/sites/groups/", {"621126100": "东,片", "621126101": "西片"})
    assert bad.status_code == 422 and "片区名不能有" in bad.content.decode() and "东,片" in bad.content.decode()


def test_only_officers_keep_the_register(client, world):
    for person in (world.inspector, world.unit):
        sign_in(client, person)
        for address in ("/sites/", "/sites/new/", "/sites/import/", "/sites/groups/", "/sites/template.xlsx"):
            assert client.get(address).status_code == 403
