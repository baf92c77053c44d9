"""An office's own ledger is read as it is kept: titles above the header, merged cells, dates and states in its own words."""

import io
import zipfile
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mingcha.kernel import ledgers, sheets
from mingcha.kernel.ledgers import Meaning, Standing, cells, columns

TODAY = date(2021, 11, 30)
HEADER = [
    "序号",
    "检查时间",
    "被检查单位",
    "存在问题",
    "责任单位",
    "整改时限",
    "整改情况",
    "是否整改到位",
    "完成时间",
    "备注",
]


def book(*rows, merged=(), title="", tab="Sheet1"):
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = tab
    if title:
        sheet.append([title])
    for row in rows:
        sheet.append(list(row))
    for cells_of in merged:
        sheet.merge_cells(cells_of)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def row(
    n=1,
    on="2021-10-27",
    site="演示饭庄",
    text="登记簿空白",
    body="演示街道办",
    due="",
    done="",
    state="",
    closed="",
    note="",
):
    return [n, on, site, text, body, due, done, state, closed, note]


def read(*rows, year=None, words=None, done_closes=True, **more):
    sheet = ledgers.read(book(HEADER, *rows, **more))
    mapping = ledgers.Mapping(ledgers.guess(sheet.headings), words or {}, done_closes)
    return ledgers.entries(sheet, mapping, year=year, today=TODAY)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-10-27", date(2021, 10, 27)), ("2021.10.27", date(2021, 10, 27)), ("2021/10/7", date(2021, 10, 7)),
        ("2021年10月27日", date(2021, 10, 27)), ("21年10月27日", date(2021, 10, 27)), ("20211027", date(2021, 10, 27)),
        ("10月27日", date(2021, 10, 27)), ("10.27", date(2021, 10, 27)), ("10月27日前", date(2021, 10, 27)),
        ("44496", date(2021, 10, 27)), (" 2021年 10月 27日 ", date(2021, 10, 27)),
    ],
)  # fmt: skip
def test_a_day_is_read_as_officials_write_it(written, day):
    assert cells.moment(written, year=2021)[0] == day


def test_a_time_of_day_is_kept():
    assert cells.moment("2021-10-27 15:30") == (date(2021, 10, 27), time(15, 30))
    assert cells.moment("10月27日16时前", year=2021) == (date(2021, 10, 27), time(16))
    assert cells.moment("44496.5") == (date(2021, 10, 27), time(12))


@pytest.mark.parametrize("written", ["", "/", "长期坚持", "—"])
def test_no_day_on_purpose(written):
    assert cells.moment(written) is None


def test_a_term_without_a_year_lies_after_its_beginning():
    start = date(2021, 12, 28)
    assert cells.moment("1月5日", start=start)[0] == date(2022, 1, 5)
    assert cells.moment("12月30日", start=start)[0] == date(2021, 12, 30)
    assert cells.moment("当日", start=start)[0] == start
    assert cells.moment("3日内", start=start)[0] == date(2021, 12, 31)


@pytest.mark.parametrize(
    ("written", "said", "numeric"),
    [
        ("10月27日", cells.NO_YEAR, False), ("近日", cells.NO_DAY, False), ("2021-02-30", cells.NO_DAY, False),
        ("10.3", cells.SHORTENED, True), ("2021-10-27 25:00", cells.NO_DAY, False),
    ],
)  # fmt: skip
def test_what_could_be_two_days_or_none_is_not_guessed(written, said, numeric):
    with pytest.raises(cells.Unclear) as refused:
        cells.moment(written, year=2021 if numeric else None, numeric=numeric)
    assert str(refused.value) == said


def test_working_days_are_not_counted_here():
    with pytest.raises(cells.Unclear, match="工作日"):
        cells.moment("15个工作日内", start=date(2021, 10, 27))


@given(st.text(max_size=20), st.booleans())
def test_no_text_breaks_the_reading_of_a_day(text, numeric):
    try:
        found = cells.moment(text, year=2021, start=date(2021, 1, 1), numeric=numeric)
    except cells.Unclear:
        return
    assert found is None or isinstance(found[0], date)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_every_way_of_writing_a_day_means_that_day(day):
    ways = [
        f"{day:%Y-%m-%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    ]
    ways.append(str((day - date(1899, 12, 30)).days))
    assert {cells.moment(way)[0] for way in ways} == {day}


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("已整改", Standing.DONE), ("整改到位", Standing.DONE), ("是", Standing.DONE), ("√", Standing.DONE),
        ("已销号", Standing.CLOSED), ("已办结", Standing.CLOSED), ("整改中", Standing.OPEN), ("未整改", Standing.OPEN),
        ("待销号", Standing.OPEN), ("否", Standing.OPEN), ("部分整改", Standing.OPEN), ("限期整改", Standing.OPEN),
        ("立行立改", Standing.ON_SPOT), ("已当场整改", Standing.ON_SPOT), ("未立行立改", Standing.OPEN), ("甲类", None),
    ],
)  # fmt: skip
def test_a_state_is_understood_or_asked_about(said, means):
    assert cells.standing(said) == means


def test_headings_are_guessed_whatever_stands_around_them():
    assert columns.known("检查人员\n（签字）") is Meaning.FOUND_BY
    assert columns.known("*责任单位：") is Meaning.BODY
    assert columns.known("上级交办整改时限要求") is Meaning.DUE
    guessed = ledgers.guess(["序号", "存在问题", "问题描述", "联系电话"])
    assert list(guessed.values()) == [Meaning.ORDINAL, Meaning.DESCRIPTION, Meaning.SKIP, Meaning.SKIP]


def test_titles_totals_sections_and_blank_rows_are_no_entries():
    content = book(
        HEADER, row(1), [], ["一、城区片"], row(2, text="另一个"), ["合计", 2], ["填表人：某某"],
        title="演示县2021年10月监督检查问题整改台账", merged=["A1:J1"],
    )  # fmt: skip
    sheet = ledgers.read(content)
    assert (sheet.title, sheet.year) == ("演示县2021年10月监督检查问题整改台账", 2021)
    assert [line.number for line in sheet.lines] == [3, 6]
    assert sheet.passed == (5, 7, 8)


def test_a_two_storeyed_header_and_a_place_merged_over_its_problems():
    content = book(
        ["序号", "检查时间", "被检查单位", "存在问题", "整改情况", None],
        [None, None, None, None, "整改措施", "完成时间"],
        [1, "2021-10-27", "演示饭庄", "甲", "已补", "2021-10-28"],
        [2, "2021-10-27", None, "乙", "", ""],
        merged=["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "C3:C4"],
    )
    sheet = ledgers.read(content)
    assert sheet.headings == ("序号", "检查时间", "被检查单位", "存在问题", "整改措施", "完成时间")
    assert [line["被检查单位"] for line in sheet.lines] == ["演示饭庄", "演示饭庄"]


def test_the_year_of_the_sheet_stands_in_and_two_years_do_not():
    assert read(row(on="10月27日"), title="2021年台账").entries[0].found_on == date(2021, 10, 27)
    assert read(row(on="10月27日"), tab="2021年10月").entries[0].found_on == date(2021, 10, 27)
    refused = read(row(on="10月27日"), title="2020年至2021年台账")
    assert [problem.reason for problem in refused.problems] == [cells.NO_YEAR]
    assert read(row(on="10月27日"), title="2020年至2021年台账", year=2020).entries[0].found_on == date(2020, 10, 27)


def test_all_faults_of_all_rows_are_told_at_once():
    reading = read(
        row(1, text=""), row(2, on="近日"), row(3, due="2021-10-01"), row(4, state="甲类"), row(5, on="2022-01-01"),
        row(6, site="", body=""), row(7, closed="2021-10-01"), row(8, text="长" * 2001), row(9, on=""),
    )  # fmt: skip
    assert [problem.row - 1 for problem in reading.problems] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert reading.entries == () and reading.unknown == ("甲类",)


def test_an_office_explains_its_own_words_once():
    (entry,) = read(row(state="甲类"), words={"甲类": Standing.CLOSED}).entries
    assert entry.closed and not entry.on_spot
    (entry,) = read(row(state="已整改"), words={"已整改": Standing.OPEN}).entries
    assert not entry.closed


def test_put_right_is_closed_where_the_ledger_knows_no_other_closing():
    assert read(row(state="已整改")).entries[0].closed
    assert not read(row(state="已整改"), done_closes=False).entries[0].closed
    assert read(row(state="已销号"), done_closes=False).entries[0].closed
    assert read(row(closed="2021-10-28")).entries[0].closed
    assert not read(row()).entries[0].closed
    assert read(row(state="立行立改")).entries[0].on_spot


def test_a_row_keeps_its_key_and_two_alike_have_two():
    one, two, other = read(row(1), row(2), row(3, text="另一个")).entries
    assert len({one.key, two.key, other.key}) == 3
    again = read(row(7, text="另一个"), row(8), row(9)).entries
    assert {entry.key for entry in again} == {one.key, two.key, other.key}


def test_a_number_that_never_changes_is_the_key_and_stands_once():
    header = ["问题编号", *HEADER[1:]]
    sheet = ledgers.read(book(header, row("A-1"), row("A-2"), row("A-1", text="另一个")))
    reading = ledgers.entries(sheet, ledgers.Mapping(ledgers.guess(sheet.headings)), year=None, today=TODAY)
    assert [entry.key for entry in reading.entries] == ["n:A-1", "n:A-2"]
    assert [(problem.row, problem.reason) for problem in reading.problems] == [(4, "与第 2 行重复")]


def test_columns_not_read_leave_nothing_behind():
    header = [*HEADER[:-1], "联系电话"]
    sheet = ledgers.read(book(header, row(note="要保密的号码")))
    (entry,) = ledgers.entries(sheet, ledgers.Mapping(ledgers.guess(sheet.headings)), year=None, today=TODAY).entries
    assert "要保密的号码" not in str(entry)


def test_without_a_header_or_rows_nothing_is_read():
    with pytest.raises(ledgers.NoHeader):
        ledgers.read(book(["甲", "乙", "丙"], [1, 2, 3]))
    with pytest.raises(sheets.NoRows):
        ledgers.read(book(HEADER, ["合计", 0]))
    with pytest.raises(sheets.TornFile):
        ledgers.read(b"PK\x03\x04")


def test_a_mapping_says_what_it_lacks():
    assert ledgers.Mapping({"问题": Meaning.DESCRIPTION}).lacking() == [Meaning.FOUND_ON, Meaning.SITE]
    enough = {"问题": Meaning.DESCRIPTION, "日期": Meaning.FOUND_ON, "责任单位": Meaning.BODY}
    assert ledgers.Mapping(enough).lacking() == []


@pytest.mark.parametrize("ranges", [["L1:XFD1048576"], ["L1:BL5000", "L1:BL5000"]])
def test_a_few_bytes_that_name_billions_of_cells_cost_nothing(ranges):
    source, out = zipfile.ZipFile(io.BytesIO(book(HEADER, row()))), io.BytesIO()
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    with zipfile.ZipFile(out, "w") as written:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>".encode())
            written.writestr(name, part)
    assert len(ledgers.read(out.getvalue()).lines) == 1  # what lies beyond the rows is not filled
