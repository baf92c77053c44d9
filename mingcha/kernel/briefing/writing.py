"""A brief, written out: head (报头), text (报核), annexes, tail (报尾)."""

from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from mingcha.kernel.briefing import packing, template
from mingcha.kernel.briefing.content import Brief, Section, Table, chinese_day, heading_number, issue, typeset
from mingcha.kernel.briefing.tables import add_table

DEMO_MARK = "演示数据　不得引用"
LARGEST_NAME = 48  # pt


def compose(brief: Brief) -> bytes:
    """
    Return the brief as a Word document (.docx). The same brief gives the same bytes.

    Raises RowsDoNotFit; ValueError for an issue below 1, more than 99 parts of a level, or parts deeper than four.
    Sources: GB/T 9704-2012 for page, grid, fonts and levels; the customary head and tail of a 简报, which the
    standard does not set.
    """
    if brief.number is not None and brief.number < 1:
        raise ValueError("issues are numbered from 1")
    document = docx.Document(template.blank(DEMO_MARK if brief.demo else ""))
    _write_head(document, brief)
    for text in brief.lead:
        write_text(document, text)
    write_sections(document, brief.sections, level=1)
    if brief.table is not None:
        add_table(document, brief.table)
    list_annexes(document, [table.title for table in brief.appendix])
    write_annexes(document, brief.appendix, of=len(brief.appendix))
    _write_tail(document, brief)
    subject = f"{brief.name}{issue(brief)}"
    packing.describe(document, title=brief.title, subject=subject, author=brief.issuer, day=brief.day, demo=brief.demo)
    return packing.packed(document)


def _write_head(document: Document, brief: Brief) -> None:
    """Name in red, issue, compiler left and date right over a red rule, then the title between blank lines."""
    name = document.add_paragraph(style="简报名称")
    run = name.add_run(typeset(brief.name))
    # The name stays on one line: as large as the width allows.
    run.font.size = Pt(min(LARGEST_NAME, int(0.94 * template.TEXT_WIDTH / 20 / max(len(brief.name), 1))))
    document.add_paragraph(issue(brief), style="简报期号")
    document.add_paragraph(f"　{typeset(brief.issuer)}\t{chinese_day(brief.day)}", style="编发单位")
    document.add_paragraph()
    for line in brief.title.split("\n"):
        document.add_paragraph(typeset(line), style="Title")
    document.add_paragraph()


def write_text(document: Document, text: str) -> None:
    """One paragraph for each line of the text."""
    for line in typeset(text).splitlines():
        if line.strip():
            document.add_paragraph(line.strip(), style="简报正文")


def write_sections(document: Document, sections: Sequence[Section], level: int) -> None:
    if sections and level > 4:
        raise ValueError("the standard has four levels of headings")
    for number, section in enumerate(sections, start=1):
        title = heading_number(level, number) + typeset(section.title)
        document.add_paragraph(title, style=f"Heading {level}")
        for text in section.paragraphs:
            write_text(document, text)
        if section.table is not None:
            add_table(document, section.table)
        write_sections(document, section.sections, level + 1)


def list_annexes(document: Document, titles: Sequence[str]) -> None:
    """Name the annexes under the text, after a blank line."""
    if titles:
        document.add_paragraph()
    for number, title in enumerate(titles, start=1):
        label = "附件：" if number == 1 else "　　　"
        order = "" if len(titles) == 1 else f"{number}．"
        document.add_paragraph(f"{label}{order}{typeset(title)}", style="简报正文")


def mark_annex(document: Document, number: int, *, of: int) -> None:
    """Begin a page with 附件 in 黑体 at the edge; numbered where there are several."""
    mark = document.add_paragraph("附件" if of == 1 else f"附件{number}", style="附件标记")
    mark.paragraph_format.page_break_before = True


def write_annexes(document: Document, tables: Sequence[Table], *, of: int) -> None:
    """Give each table a page of its own; `of`: how many annexes there are, those written elsewhere included."""
    for number, table in enumerate(tables, start=1):
        mark_annex(document, number, of=of)
        add_table(document, table)


def _write_tail(document: Document, brief: Brief) -> None:
    """报, 送, 发 and the number of copies between two rules, at the foot of the last page."""
    named = (("报", brief.report_to), ("送", brief.send_to), ("发", brief.issue_to))
    lines = [typeset(f"　{label}：{'，'.join(names)}。") for label, names in named if names]
    for line in lines:
        _write_framed(document, line)
    if brief.copies is not None:
        # Two spaces that do not give way stand for the one character left free on the right.
        _write_framed(document, f"共印{brief.copies}份\u00a0\u00a0").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if lines or brief.copies is not None:
        document.add_paragraph(style="细行")  # a frame hangs from the paragraph after it


def _write_framed(document: Document, text: str) -> Paragraph:
    """One paragraph of the tail. Frame and rules must be equal in all and stand in each: LibreOffice wants both."""
    paragraph = document.add_paragraph(text, style="报尾")
    properties = paragraph._p.get_or_add_pPr()
    for place, element in enumerate((template.TAIL_FRAME, template.TAIL_RULES), start=1):
        properties.insert(place, parse_xml(element))
    return paragraph
