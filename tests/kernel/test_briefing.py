"""The brief as a Word file: page, grid, fonts, head, text, tables, tail. Rendering is tested next door."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.kernel import briefing
from mingcha.kernel.briefing import tables, template
from mingcha.kernel.briefing.content import heading_number, typeset

TABLE = briefing.Table(
    title="各县区监督检查情况统计表",
    columns=tuple(briefing.Column(title=title) for title in ("县区", "检查组(个)", "发现问题(个)")),
    rows=(("岷县", 12, 97), ("安定区", 3, None)),
    total=("合计", 15, 97),
    note="注:统计截至2021年10月27日18:00。",
)
BRIEF = briefing.Brief(
    name="疫情防控监督检查简报",
    number=9,
    issuer="定西市纪委监委党风政风监督室",
    day=date(2021, 10, 27),
    title="全市疫情防控监督检查情况\n(演示)",
    lead=("现将有关情况报告如下。",),
    sections=(
        briefing.Section(title="总体情况", paragraphs=("岷县检查21次,发现问题97个。",), table=TABLE),
        briefing.Section(
            title="主要问题",
            sections=(
                briefing.Section(
                    title="登记不严",
                    sections=(
                        briefing.Section(
                            title="小区", sections=(briefing.Section(title="夜间", paragraphs=("无人。",)),)
                        ),
                    ),
                ),
            ),
        ),
    ),
    report_to=("省纪委监委",),
    send_to=("市联防联控办",),
    issue_to=("各县区纪委监委", "各派驻机构"),
    copies=60,
    demo=True,
)


def opened(brief=BRIEF):
    return docx.Document(io.BytesIO(briefing.compose(brief)))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def fonts(style):
    found = style.element.rPr.find(qn("w:rFonts"))
    return {found.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")}


def test_the_page_is_the_standards():
    section = opened().sections[0]
    millimetres = [round(side / Mm(1), 1) for side in (section.page_width, section.page_height)]
    assert millimetres == [210, 297]
    sides = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(side / Mm(1)) for side in sides] == [37, 28, 26, 35]


def test_22_lines_of_28_characters_really_fit():
    normal = opened().styles["Normal"]
    spacing = normal.element.pPr.find(qn("w:spacing"))
    assert spacing.get(qn("w:lineRule")) == "exact"
    line = int(spacing.get(qn("w:line"))) / 20
    assert line <= 28.95
    assert 22 * line <= 225 / 25.4 * 72 < 23 * line
    closer = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert normal.font.size.pt == 16
    assert 28 * (16 + closer) <= 156 / 25.4 * 72 < 29 * (16 + closer)
    grid = opened().sections[0]._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == str(round(line * 20))


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("简报正文", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Heading 4", "仿宋_GB2312", 16),
        ("简报名称", "方正小标宋简体", 44),
        ("Footer", "宋体", 14),
        ("报尾", "仿宋_GB2312", 14),
    ],
)
def test_fonts_are_named_for_chinese_and_for_digits(style, font, size):
    found = opened().styles[style]
    assert fonts(found) == {font}
    assert found.font.size.pt == size


@pytest.mark.parametrize("style", ["简报正文", "Heading 1", "Heading 4"])
def test_the_first_line_is_indented_for_every_word_processor(style):
    indent = opened().styles[style].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert int(indent.get(qn("w:firstLine"))) == 2 * 15.75 * 20


def test_the_head_names_issue_compiler_and_date_over_a_red_rule():
    document = opened()
    assert texts(document)[:3] == [
        "疫情防控监督检查简报",
        "第9期",
        "　定西市纪委监委党风政风监督室\t2021年10月27日",
    ]
    assert str(document.styles["简报名称"].font.color.rgb) == "FF0000"
    rule = document.styles["编发单位"].element.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert rule.get(qn("w:color")) == "FF0000"
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["全市疫情防控监督检查情况", "（演示）"]


def test_a_long_name_stays_on_one_line():
    run = opened(replace(BRIEF, name="定" * 20)).paragraphs[0].runs[0]
    assert run.font.size.pt * 20 <= 442.2


def test_levels_are_numbered_by_their_place():
    headings = [p.text for p in opened().paragraphs if p.style.name.startswith("Heading")]
    assert headings == ["一、总体情况", "二、主要问题", "（一）登记不严", "1．小区", "（1）夜间"]
    numbers = [heading_number(1, n) for n in (9, 10, 11, 20, 21, 99)]
    assert numbers == ["九、", "十、", "十一、", "二十、", "二十一、", "九十九、"]
    with pytest.raises(ValueError, match="numeral"):
        heading_number(1, 100)


def test_a_table_repeats_its_head_and_shows_what_was_not_reported():
    table = opened().tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["县区", "检查组（个）", "发现问题（个）"],
        ["岷县", "12", "97"],
        ["安定区", "3", "未报"],
        ["合计", "15", "97"],
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    missing = table.cell(2, 2).paragraphs[0].runs[0]
    assert str(missing.font.color.rgb) == "808080"
    assert all(cell.paragraphs[0].alignment == 1 for row in table.rows for cell in row.cells)


def test_a_table_fills_the_width_of_the_text_and_no_more():
    table = opened().tables[0]
    assert sum(column.width.twips for column in table.columns) == template.TEXT_WIDTH
    assert template.TEXT_WIDTH <= 156 / 25.4 * 1440


cells = st.none() | st.integers(0, 10**6) | st.text(max_size=60)


@settings(deadline=None, max_examples=40)
@given(st.data(), st.integers(1, 12))
def test_whatever_is_in_a_table_it_fits(data, count):
    columns = tuple(
        briefing.Column(title=data.draw(st.text(max_size=8)), centred=data.draw(st.booleans())) for _ in range(count)
    )
    rows = tuple(tuple(row) for row in data.draw(st.lists(st.lists(cells, min_size=count, max_size=count), max_size=4)))
    table = briefing.Table(title="表", columns=columns, rows=rows)
    widths = tables.column_widths(table)
    assert sum(widths) == template.TEXT_WIDTH
    assert min(widths) > 200
    opened(replace(BRIEF, table=table))


def test_a_ragged_table_is_refused_in_one_sentence():
    ragged = replace(TABLE, rows=(("岷县", 12),))
    with pytest.raises(briefing.RowsDoNotFit, match="第 1 行有 2 格，应有 3 格"):
        briefing.compose(replace(BRIEF, table=ragged))


def test_the_tail_stands_in_one_frame_at_the_foot_of_the_page():
    tail = [p for p in opened().paragraphs if p.style.name == "报尾"]
    assert [p.text for p in tail] == [
        "　报：省纪委监委。",
        "　送：市联防联控办。",
        "　发：各县区纪委监委\uff0c各派驻机构。",
        "共印60份\u00a0\u00a0",
    ]
    assert {p._p.pPr.find(qn("w:framePr")).get(qn("w:yAlign")) for p in tail} == {"bottom"}
    assert not [
        p
        for p in opened(replace(BRIEF, report_to=(), send_to=(), issue_to=(), copies=None)).paragraphs
        if p.style.name == "报尾"
    ]


def test_annexes_are_listed_and_stand_on_pages_of_their_own():
    document = opened(replace(BRIEF, appendix=(TABLE, replace(TABLE, title="台账"))))
    said = texts(document)
    assert "附件：1．各县区监督检查情况统计表" in said
    assert "　　　2．台账" in said
    marks = [p for p in document.paragraphs if p.style.name == "附件标记"]
    assert [p.text for p in marks] == ["附件1", "附件2"]
    assert all(p.paragraph_format.page_break_before for p in marks)
    assert "附件：台账" in texts(opened(replace(BRIEF, appendix=(replace(TABLE, title="台账"),))))


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_data_is_marked_on_odd_and_even_pages(demo):
    section = opened(replace(BRIEF, demo=demo)).sections[0]
    for header in (section.header, section.even_page_header):
        assert not header.is_linked_to_previous
        assert ("演示数据　不得引用" in header.paragraphs[0].text) is demo


def test_page_numbers_stand_outside_on_odd_and_even_pages():
    document = opened()
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph._p.xpath("string(.)") == "— 1 —"
        assert paragraph._p.xpath("./w:fldSimple/@w:instr") == [" PAGE "]
        assert paragraph._p.xpath("./w:pPr/w:jc/@w:val") == [side]


def test_the_same_brief_gives_the_same_bytes():
    first = briefing.compose(BRIEF)
    assert briefing.compose(BRIEF) == first
    assert briefing.compose(replace(BRIEF, number=10)) != first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    properties = docx.Document(io.BytesIO(first)).core_properties
    assert (properties.author, properties.created.date(), properties.modified.date()) == (
        BRIEF.issuer,
        BRIEF.day,
        BRIEF.day,
    )


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60))
def test_no_text_breaks_the_document(text):
    said = texts(opened(replace(BRIEF, name=text, issuer=text, title=text, lead=(text, "好。"), report_to=(text,))))
    assert "好。" in said


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("检查21次,发现97个;好:是", "检查21次\uff0c发现97个\uff1b好\uff1a是"),
        ("(10月19日至27日)", "\uff0810月19日至27日\uff09"),
        ("问题(个)", "问题\uff08个\uff09"),
        ("截至18:00,比1:2,1,000元", "截至18:00,比1:2,1,000元".replace(",比", "\uff0c比").replace("2,1", "2,1")),
        ("G30 (A,B)", "G30 (A,B)"),
        ("坏\x00字\x0b符\ud800", "坏字符"),
    ],
)
def test_signs_are_set_full_width_beside_chinese(typed, printed):
    assert typeset(typed) == printed


def test_a_figure_nobody_reported_is_never_a_zero():
    assert briefing.figure(None, "个") == "未报"
    assert briefing.figure(0, "个") == "0个"
    assert briefing.figure(97) == "97"


def test_mistakes_of_the_caller_are_named():
    with pytest.raises(ValueError, match="from 1"):
        briefing.compose(replace(BRIEF, number=0))


def test_a_draft_has_no_number_and_says_so():
    text = "".join(p.text for p in docx.Document(io.BytesIO(briefing.compose(replace(BRIEF, number=None)))).paragraphs)
    assert "（草稿，未编期号）" in text and "第9期" not in text
    deep = briefing.Section(title="五")
    for title in "四三二一":
        deep = briefing.Section(title=title, sections=(deep,))
    with pytest.raises(ValueError, match="four levels"):
        briefing.compose(replace(BRIEF, sections=(deep,)))
