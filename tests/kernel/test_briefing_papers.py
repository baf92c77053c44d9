"""Numbered papers and circulars as Word files: head, text, signature, receipt, imprint. Rendering is tested next door."""

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
from mingcha.kernel.briefing import letterhead, letters, template

ITEMS = briefing.Table(
    title="问题清单",
    columns=(
        briefing.Column(title="序号"),
        briefing.Column(title="问题编号"),
        briefing.Column(title="点位"),
        briefing.Column(title="问题", centred=False),
        briefing.Column(title="整改时限"),
    ),
    rows=(
        (1, "0007", "演示小区南门", "夜间无人值守,来客未登记。", "10月28日18:00"),
        (2, "0011", "演示客运站出站口", "测温设备损坏未更换,值守人员未逐一查验两码。", "10月29日12:00"),
    ),
)
PAPER = briefing.Paper(
    office="定西市纪委监委党风政风监督室",
    number="定纪交办〔2021〕3号",
    title="关于演示小区值守登记等问题的交办单",
    to=("演示街道办事处",),
    day=date(2021, 10, 27),
    lead=("2021年10月26日,市疫情防控第3监督检查组在安定区暗访时发现2个问题,现交你单位办理。",),
    sections=(
        briefing.Section(title="问题", paragraphs=("具体见下表。",), table=ITEMS),
        briefing.Section(title="要求", paragraphs=("立即整改,举一反三,并将整改情况连同佐证材料按时限报送。",)),
        briefing.Section(title="依据", paragraphs=(briefing.PENDING,)),
        briefing.Section(title="回复时限", paragraphs=("请于2021年10月29日12:00前书面回复整改情况。",)),
    ),
    parties=(
        briefing.Party(role="检查组组长", name="演示甲", day="2021年10月27日"),
        briefing.Party(role="县区联络员"),
        briefing.Party(role="点位负责人"),
    ),
    copies_to=("安定区纪委监委", "市联防联控领导小组办公室"),
    slip=briefing.Slip(
        recipient="演示街道办事处",
        return_to="定西市纪委监委党风政风监督室",
        by="2021年10月27日18:00",
        codes=(
            briefing.Code(
                link="https://mingcha.example.gov.cn/u/#8Qm2rVt0yX5kWc7nBz4pLd9sFh3jGa6e",
                until="2021年11月3日18:00",
                about="问题0007",
            ),
        ),
    ),
    demo=True,
)
CIRCULAR = briefing.Circular(
    office="定西市纪委监委",
    number="定纪通〔2021〕5号",
    title="关于3起疫情防控不力典型问题的通报",
    day=date(2021, 10, 30),
    to=("各县区纪委监委", "市纪委监委各派驻机构"),
    preamble=("当前,疫情防控形势严峻,仍有个别单位和人员责任不落实。现将3起典型问题通报如下:",),
    cases=tuple(
        briefing.Case(
            head=f"演示县演示镇第{n}村党支部书记某某值守登记流于形式问题",
            text="2021年10月22日,市监督检查组暗访发现,某某未认真履行值守职责,来客未登记,造成不良影响。"
            "2021年10月25日,演示县纪委监委给予某某党内警告处分。",
        )
        for n in (1, 2, 3)
    ),
    demand=("各级各部门要引以为戒,举一反三,压实责任。",),
    hotline="监督举报电话:12388。",
    copies_to=("省纪委监委",),
    demo=True,
)


def opened(content=PAPER):
    made = briefing.compose_circular if isinstance(content, briefing.Circular) else briefing.compose_paper
    return docx.Document(io.BytesIO(made(content)))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def styled(document, style):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_letter_names_number_title_addressee_text_and_signature_in_order():
    said = [text for text in texts(opened()) if text]
    assert said[:3] == ["定纪交办〔2021〕3号", "关于演示小区值守登记等问题的交办单", "演示街道办事处："]
    assert said.index("一、问题") < said.index("二、要求") < said.index("三、依据") < said.index("四、回复时限")
    assert styled(opened(), "落款") == ["定西市纪委监委党风政风监督室", "2021年10月27日"]
    assert "附件：签收回执" in said
    assert "2021年10月26日\uff0c市疫情防控第3监督检查组在安定区暗访时发现2个问题\uff0c现交你单位办理。" in said


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于夜间值守的提醒函", ["关于夜间值守的提醒函"]),
        ("关于维新镇一号小区（演示）有关问题的督办单", ["关于维新镇一号小区", "（演示）有关问题的督办单"]),
        ("关于演示小区值守登记\n等问题的交办单", ["关于演示小区值守登记", "等问题的交办单"]),
    ],
)
def test_a_long_title_is_broken_into_lines_of_about_one_length(title, lines):
    assert letters.broken(title) == lines


@given(st.text(alphabet="关于某镇的值守，（演示）问题2个", max_size=100))
def test_a_title_loses_nothing_and_leaves_no_character_alone(title):
    lines = letters.broken(title)
    assert "".join(lines) == title
    assert len(lines) == 1 or min(len(line) for line in lines) > 1


def test_the_office_stands_in_red_over_a_rule_on_the_first_page_alone():
    section = opened().sections[0]
    assert section.different_first_page_header_footer
    mark = section.first_page_header.paragraphs[1]
    assert mark.text == PAPER.office
    assert str(mark.runs[0].font.color.rgb) == "FF0000"
    assert mark.runs[0].font.size.pt * len(PAPER.office) * 20 <= template.TEXT_WIDTH
    assert PAPER.office not in "".join(paragraph.text for paragraph in section.header.paragraphs)
    rules = [
        paragraph._p.xpath("./w:pPr/w:pBdr/*/@w:sz")
        for part in (section.first_page_header, section.first_page_footer)
        for paragraph in part.paragraphs
    ]
    assert [sizes for sizes in rules if sizes] == [["24", "6"], ["6", "24"]]  # 上粗下细, then 上细下粗


def test_a_first_page_has_no_number_and_the_others_have():
    section = opened().sections[0]
    assert "PAGE" not in section.first_page_footer._element.xml
    assert " PAGE " in section.footer._element.xml


def test_a_basis_nobody_has_filled_in_is_marked():
    marked = [run for paragraph in opened().paragraphs for run in paragraph.runs if run.font.highlight_color]
    assert [run.text for run in marked] == ["（依据待填）"]
    within = replace(PAPER, lead=(f"依照{briefing.PENDING}的规定。",), sections=())
    paragraph = next(p for p in opened(within).paragraphs if p.text.startswith("依照"))
    assert paragraph.text == "依照（依据待填）的规定。"
    assert [bool(run.font.highlight_color) for run in paragraph.runs] == [False, True, False]


def test_the_three_parties_sign_and_what_is_on_record_is_printed():
    parties = opened().tables[1]
    assert cells(parties) == [
        ["签字方", "姓名", "签字", "日期"],
        ["检查组组长", "演示甲", "", "2021年10月27日"],
        ["县区联络员", "", "", ""],
        ["点位负责人", "", "", ""],
    ]
    assert len(opened(replace(PAPER, parties=())).tables) == 2


def test_the_receipt_stands_on_a_page_of_its_own_with_its_code():
    document = opened()
    mark = next(p for p in document.paragraphs if p.style.name == "附件标记")
    assert mark.text == "附件"
    assert mark.paragraph_format.page_break_before
    slip = cells(document.tables[-1])
    assert [row[0] for row in slip[:-1]] == ["文件字号", "文件标题", "收文单位", "签收人", "意见或异议", "送　　交"]
    assert slip[0][1] == "定纪交办〔2021〕3号"
    assert PAPER.slip.codes[0].link in slip[-1][1]
    assert "本码用于问题0007" in slip[-1][1]
    assert len(document.inline_shapes) == 1
    assert document.inline_shapes[0].width == Mm(34)


def test_a_receipt_without_a_link_has_no_code():
    document = opened(replace(PAPER, slip=replace(PAPER.slip, codes=())))
    assert not document.inline_shapes
    assert cells(document.tables[-1])[-1][0] == "送　　交"


def test_annexes_and_the_receipt_are_numbered_together():
    document = opened(replace(PAPER, sections=(), appendix=(ITEMS,)))
    assert styled(document, "附件标记") == ["附件1", "附件2"]
    assert "附件：1．问题清单" in texts(document)
    assert "　　　2．签收回执" in texts(document)


def test_the_imprint_of_a_letter_has_no_rules_and_no_printer():
    imprint = [p for p in opened().paragraphs if p.style.name == "版记"]
    assert [p.text for p in imprint] == ["　抄送：安定区纪委监委\uff0c市联防联控领导小组办公室。"]
    assert imprint[0]._p.pPr.find(qn("w:pBdr")) is None
    assert not styled(opened(replace(PAPER, copies_to=())), "版记")


def test_a_circular_has_the_customary_frame():
    document = opened(CIRCULAR)
    said = [text for text in texts(document) if text]
    assert said[:4] == [
        "定西市纪委监委",
        "定纪通〔2021〕5号",
        "关于3起疫情防控不力典型问题的通报",
        "各县区纪委监委、市纪委监委各派驻机构：",
    ]
    heads = [p for p in document.paragraphs if p.text.startswith(("1．", "2．", "3．"))]
    assert len(heads) == 3
    assert heads[0].runs[0].text == "1．演示县演示镇第1村党支部书记某某值守登记流于形式问题。"
    fonts = heads[0].runs[0]._r.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == template.KAI
    assert said.index(heads[2].text) < said.index("各级各部门要引以为戒\uff0c举一反三\uff0c压实责任。")
    assert styled(document, "版记") == ["　抄送：省纪委监委。", "　定西市纪委监委\t2021年10月30日印发\u00a0\u00a0"]


def test_a_circular_posted_in_public_addresses_nobody():
    assert not styled(opened(replace(CIRCULAR, to=())), "主送机关")


@pytest.mark.parametrize("content", [PAPER, CIRCULAR], ids=["paper", "circular"])
def test_a_draft_has_no_number_and_says_so(content):
    assert "（草稿，未编文号）" in texts(opened(replace(content, number="")))


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize("content", [PAPER, CIRCULAR], ids=["paper", "circular"])
def test_demonstration_data_is_marked_on_every_page(content, demo):
    section = opened(replace(content, demo=demo)).sections[0]
    headers = [section.header, section.even_page_header]
    headers += [section.first_page_header] if content is PAPER else []
    for header in headers:
        assert ("演示数据　不得引用" in header.paragraphs[0].text) is demo


@pytest.mark.parametrize("length", [2, 6, 14, 30])
def test_office_and_date_stand_over_each_other_and_within_the_page(length):
    lines = [p for p in opened(replace(PAPER, office="纪" * length)).paragraphs if p.style.name == "落款"]
    indents = {(p.paragraph_format.left_indent, p.paragraph_format.right_indent) for p in lines}
    assert len(indents) == 1
    left, right = (side.twips for side in indents.pop())
    assert left >= 0
    assert right >= -20
    assert letterhead.mark_size("纪" * length, letterhead.LARGEST_LETTER) * length * 20 <= template.TEXT_WIDTH


@pytest.mark.parametrize(
    ("made", "content"),
    [(briefing.compose_paper, PAPER), (briefing.compose_circular, CIRCULAR)],
    ids=["paper", "circular"],
)
def test_the_same_content_gives_the_same_bytes(made, content):
    first = made(content)
    assert made(content) == first
    assert made(replace(content, number="定纪交办〔2021〕4号")) != first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(first)).core_properties
    assert (properties.author, properties.subject, properties.created.date()) == (
        content.office,
        content.number,
        content.day,
    )


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=60))
def test_no_text_breaks_a_paper_or_a_circular(text):
    party = briefing.Party(role=text, name=text, day=text)
    slip = briefing.Slip(recipient=text, return_to=text, by=text)
    opened(replace(PAPER, office=text, number=text, title=text, to=(text,), parties=(party,), slip=slip))
    case = briefing.Case(head=text, text=text)
    opened(replace(CIRCULAR, office=text, title=text, cases=(case,), hotline=text))
