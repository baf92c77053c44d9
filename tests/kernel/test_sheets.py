"""Spreadsheets in and out: what is too much is refused before it costs memory, and a name never stops a file."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from mingcha.kernel import sheets


def repacked(content, name, data):
    """Return the workbook with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, data if entry.filename == name else old.read(entry.filename))
    return out.getvalue()


@pytest.mark.parametrize("title", ["清单[2021]/试行", "a:b*c?", "'引号'", "一" * 40])
def test_a_catalogue_s_name_need_not_be_one_excel_would_take(title):
    content = sheets.write(["列"], [["值"]], title=title)
    assert load_workbook(io.BytesIO(content)).worksheets[0]["A2"].value == "值"


def test_cells_far_to_the_right_are_passed_over():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["列"])
    sheet["A2"], sheet["XFD2"] = "值", "远"
    out = io.BytesIO()
    book.save(out)
    assert [row.cells for row in sheets.read(out.getvalue(), required=["列"])] == [{"列": "值"}]


def test_a_bomb_is_refused_unread_and_entities_are_not_followed():
    small = sheets.write(["列"], [["值"]], title="表")
    with pytest.raises(sheets.TooLarge):
        sheets.read(repacked(small, "xl/worksheets/sheet1.xml", b" " * (sheets.MOST_UNPACKED + 1)), required=["列"])
    outside = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
    with pytest.raises(sheets.TornFile):
        sheets.read(repacked(small, "xl/worksheets/sheet1.xml", outside), required=["列"])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_torn(content):
    with pytest.raises(sheets.TornFile):
        sheets.read(content, required=["列"])


def test_refused_rows_are_counted_in_the_sentence_and_all_kept():
    bad = [sheets.Problem(row, "列", "值", "不能为空") for row in (2, 5)]
    refused = sheets.RowsRefused(bad)
    assert list(refused.problems) == bad
    assert str(refused).startswith("有 2 处问题，整份文件都没有导入")


def test_a_row_tells_all_its_faults_at_once():
    row = sheets.Row(3, {"名称": "长" * 5, "种类": "别的", "起": "昨天", "止": ""})
    check = sheets.Check(row)
    assert (check.text("名称", 4), check.label("种类", [("a", "甲"), ("b", "乙")])) == ("长" * 5, "")
    assert (check.day("起"), check.day("止", required=False), check.label("没有", [("a", "甲")], empty="a")) == (
        None,
        None,
        "a",
    )
    assert check.text("没有", 9) == ""
    told = [(problem.row, problem.column, problem.reason) for problem in check.problems]
    assert told == [
        (3, "名称", "不能超过 4 个字"), (3, "种类", "只能填：甲、乙"), (3, "起", "请写成 2021-10-19 的样子"), (3, "没有", "不能为空"),
    ]  # fmt: skip


def test_a_sheet_without_a_row_is_told_so():
    with pytest.raises(sheets.NoRows, match="第二行"):
        sheets.filled(sheets.write(["列"], [], title="表"), required=["列"])
