"""The registers at the desk: taken whole or refused row by row, first passwords told once, exports that come in again."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from mingcha.doors.desk.registers import REGISTERS
from mingcha.ground.accounts.models import Link, Person, Post
from mingcha.ground.audit.models import Event
from mingcha.ground.territory.models import Body
from mingcha.kernel import sheets
from tests.world import sign_in

KINDS = sorted(REGISTERS)
GOOD = {
    "bodies": ["MX-new", "岷县新局", "部门", "621126", "", "", ""],
    "people": ["new", "演示新人", "干部", "621126-office", "inspector", "2021-10-01", "医疗卫生", "", "", ""],
    "posts": ["second", "621126-office", "leader", "副职", "2021-10-20", ""],
    "links": ["621126-office", "", "包联", "点位", "621126-0", "2021-10-20", ""],
}
# The column to spoil, and with what.
BAD = {"bodies": (3, "621125"), "people": (4, "lead"), "posts": (0, "neighbour"), "links": (4, "621125-0")}


@pytest.fixture
def county(client, world, ranks):
    return sign_in(client, world.county)


def upload(kind, *rows):
    return {"file": SimpleUploadedFile("表.xlsx", sheets.write(REGISTERS[kind].columns, rows, title="表"))}


def on_record():
    return [list(table.objects.order_by("pk").values()) for table in (Body, Person, Post, Link)]


def spoilt(kind):
    column, value = BAD[kind]
    row = list(GOOD[kind])
    row[column] = value
    return row


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_what_every_column_means(county, kind):
    shown = county.get(f"/organisation/import/{kind}/").content.decode()
    for column, _, meaning in REGISTERS[kind].explained():
        assert column in shown and meaning in shown
    assert f"/organisation/template/{kind}.xlsx" in shown and f"/organisation/export/{kind}.xlsx" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_is_taken(county, kind):
    answer = county.post(f"/organisation/import/{kind}/", upload(kind, GOOD[kind]))
    if kind == "people":
        assert answer.status_code == 200
    else:
        assert answer.url == f"/organisation/import/{kind}/"
        assert "已导入" in county.get(answer.url).content.decode()
    again = county.post(f"/organisation/import/{kind}/", upload(kind, GOOD[kind]), follow=True).content.decode()
    assert "新增 0" in again or "新开账号 0 个" in again


@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_row_is_shown_and_nothing_written(county, kind):
    before = on_record()
    answer = county.post(f"/organisation/import/{kind}/", upload(kind, GOOD[kind], spoilt(kind)))
    shown = answer.content.decode()
    assert answer.status_code == 422 and "处要改，什么都没有写入" in shown
    column, value = REGISTERS[kind].columns[BAD[kind][0]], BAD[kind][1]
    assert re.search(rf'data-label="行">3<.*?{column}.*?{value}', shown)
    assert on_record() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file,sentence", [(b"PK\x03\x04 torn", "文件打不开"), (b"", "空的"), (None, "表里没有内容")])
def test_a_torn_or_empty_file_gets_one_sentence(county, kind, file, sentence):
    given = upload(kind) if file is None else {"file": SimpleUploadedFile("a.xlsx", file)}
    answer = county.post(f"/organisation/import/{kind}/", given)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert county.post(f"/organisation/import/{kind}/").status_code == 422


def test_first_passwords_are_told_once_and_kept_nowhere(county, client):
    answer = county.post("/organisation/import/people/", upload("people", GOOD["people"]))
    shown = answer.content.decode()
    (password,) = re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", shown)
    assert answer["Cache-Control"] == "no-store" and "只显示这一次" in shown and "岷县纪委监委" in shown
    assert Person.objects.get(username="new").check_password(password)
    later = county.get("/organisation/import/people/").content.decode()
    later += county.post("/organisation/import/people/", upload("people", GOOD["people"]), follow=True).content.decode()
    later += county.get("/audit/").content.decode() + " ".join(Event.objects.values_list("text", flat=True))
    assert password not in later and not re.search(r"<code>\w{4}-\w{4}-\w{4}</code>", later)
    county.post("/sign-out")
    assert client.post("/sign-in", {"username": "new", "password": password}).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_imports_as_it_is_filled(county, kind):
    answer = county.get(f"/organisation/template/{kind}.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    assert sheets.read(answer.content, required=REGISTERS[kind].columns) == []
    notes = [str(row[0].value or "") for row in load_workbook(io.BytesIO(answer.content)).worksheets[1].rows]
    assert not [line for line in notes if "621125" in line or "漳县" in line]
    told = "\n".join(notes)
    for word in {
        "bodies": ("派驻机构", "县区机关", "621126100 岷阳镇"), "people": ("乡镇纪检干部 township", "621126-office"),
        "posts": ("（必填）", "621126100-jw"), "links": ("621126-office 岷县纪委监委",),
    }[kind]:  # fmt: skip
        assert word in told


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_ones_own_and_comes_in_again(county, client, world, kind):
    Body.objects.filter(pk="621126-food").update(name="=1+1")
    before = on_record()
    answer = county.get(f"/organisation/export/{kind}.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [str(cell.value or "") for row in book.worksheets[0].rows for cell in row]
    assert not [cell for cell in cells if "621125" in cell or "漳县" in cell]
    assert "f" not in {cell.data_type for row in book.worksheets[0].rows for cell in row}, "no formula"
    assert len(sheets.read(answer.content, required=REGISTERS[kind].columns)) > 0
    done = county.post(
        f"/organisation/import/{kind}/", {"file": SimpleUploadedFile("a.xlsx", answer.content)}, follow=True
    )
    assert "已导入" in done.content.decode() and on_record() == before
    told = Event.objects.get(verb="register.export")
    assert told.detail["register"] == kind and told.actor == "county"
    record = county.get("/audit/").content.decode()
    assert "导出名册" in record


def test_who_only_sees_may_export_and_not_import(client, ranks):
    for name, may in (("township", True), ("group", True), ("inspector", False), ("unit", False), ("village", False)):
        sign_in(client, Person.objects.get(username=name))
        for kind in KINDS:
            assert client.get(f"/organisation/export/{kind}.xlsx").status_code == (200 if may else 403)
            assert client.get(f"/organisation/import/{kind}/").status_code == 403
            assert client.post(f"/organisation/import/{kind}/", upload(kind, GOOD[kind])).status_code == 403
            assert client.get(f"/organisation/template/{kind}.xlsx").status_code == 403


def test_there_are_four_registers(county):
    for address in ("import/sites/", "template/sites.xlsx", "export/sites.xlsx"):
        assert county.get(f"/organisation/{address}").status_code == 404
