"""Numbered papers in the letter format and circulars in the document format, written out with python-docx."""

from collections.abc import Sequence
from datetime import date
from math import ceil

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.shared import Pt, Twips
from docx.text.paragraph import Paragraph

from mingcha.kernel.briefing import letterhead, packing, template
from mingcha.kernel.briefing.content import chinese_day, full_characters, typeset
from mingcha.kernel.briefing.papers import PENDING, Case, Circular, Paper
from mingcha.kernel.briefing.slips import add_parties, add_slip
from mingcha.kernel.briefing.tables import add_table
from mingcha.kernel.briefing.writing import (
    DEMO_MARK,
    list_annexes,
    mark_annex,
    write_annexes,
    write_sections,
    write_text,
)

DRAFT = "（草稿，未编文号）"
SLIP = "签收回执"
TITLE_LINE = 20  # characters of 22 pt
OPENING = "（《〈“‘"
SIGNS = "的，、。；：！？）》〉】”’"
DATE_FROM_EDGE = 4  # characters free at the right of the date (GB/T 9704-2012, 7.3.5.1)


def compose_paper(paper: Paper) -> bytes:
    """
    Return the paper as a Word document (.docx). The same paper gives the same bytes.

    The signature block leaves room for a seal and draws none. Raises RowsDoNotFit; ValueError as `compose` does.
    Sources: GB/T 9704-2012, 10.1 (letters): no rules, no printer's line in the imprint, no number on the first page.
    """
    mark = DEMO_MARK if paper.demo else ""
    first = letterhead.first_page(typeset(paper.office), mark)
    document = docx.Document(template.blank(mark, styles=letterhead.styles(), first=first))
    document.add_paragraph(typeset(paper.number) or DRAFT, style="函件字号")
    _write_title(document, paper.title, paper.to, before=2)
    for text in paper.lead:
        write_text(document, text)
    write_sections(document, paper.sections, level=1)
    if paper.table is not None:
        add_table(document, paper.table)
    for text in paper.closing:
        write_text(document, text)
    annexes = [*(table.title for table in paper.appendix), *((SLIP,) if paper.slip else ())]
    list_annexes(document, annexes)
    _sign_off(document, paper.office, paper.day)
    add_parties(document, paper.parties)
    write_annexes(document, paper.appendix, of=len(annexes))
    if paper.slip is not None:
        mark_annex(document, len(annexes), of=len(annexes))
        add_slip(document, paper.slip, title=SLIP, number=paper.number or DRAFT, about=paper.title)
    _write_imprint(document, paper.copies_to)
    _mark_pending(document)
    packing.describe(
        document, title=paper.title, subject=paper.number, author=paper.office, day=paper.day, demo=paper.demo
    )
    return packing.packed(document)


def compose_circular(circular: Circular) -> bytes:
    """
    Return a circular of typical cases as a Word document (.docx). The same circular gives the same bytes.

    The frame is the customary one: preamble, cases headed by unit, post, name and problem, closing demand, hotline.
    Sources: GB/T 9704-2012, 7 (documents) for the page.
    """
    mark = DEMO_MARK if circular.demo else ""
    document = docx.Document(template.blank(mark, styles=letterhead.styles()))
    office = document.add_paragraph(style="发文机关标志").add_run(typeset(circular.office))
    office.font.size = Pt(letterhead.mark_size(circular.office, letterhead.LARGEST_DOCUMENT))
    for _ in range(2):
        document.add_paragraph()
    document.add_paragraph(typeset(circular.number) or DRAFT, style="发文字号")
    _write_title(document, circular.title, circular.to, before=2)
    for text in circular.preamble:
        write_text(document, text)
    for number, case in enumerate(circular.cases, start=1):
        _write_case(document, case, number)
    for text in (*circular.demand, circular.hotline):
        write_text(document, text)
    _sign_off(document, circular.office, circular.day)
    _write_imprint(document, circular.copies_to, printed_by=circular.printed_by or circular.office, day=circular.day)
    _mark_pending(document)
    packing.describe(
        document, title=circular.title, subject=circular.number, author=circular.office, day=circular.day,
        demo=circular.demo,
    )  # fmt: skip
    return packing.packed(document)


def _write_title(document: Document, title: str, to: Sequence[str], *, before: int) -> None:
    """The title between blank lines, then 主送 at the edge."""
    for _ in range(before):
        document.add_paragraph()
    for line in broken(typeset(title)):
        document.add_paragraph(line, style="Title")
    document.add_paragraph()
    if to:
        document.add_paragraph(f"{'、'.join(typeset(name) for name in to)}：", style="主送机关")


def broken(title: str) -> list[str]:
    """
    Return the lines of a title: where its writer broke it, else lines of about one length, if possible after 的.

    No line begins with a sign or with the last character left over (GB/T 9704-2012, 7.3.1: 词意完整、排列对称).
    """
    if "\n" in title or full_characters(title) <= TITLE_LINE:
        return title.split("\n")
    lines, left = [], title
    for rest in range(ceil(full_characters(title) / TITLE_LINE), 1, -1):
        middle = round(len(left) / rest)
        places = [
            place for place in range(max(middle - 4, 1), min(middle + 5, len(left) - 1)) if _may_break(left, place)
        ]
        fitting = [place for place in places if full_characters(left[:place]) <= TITLE_LINE]
        best = min(fitting or [middle], key=lambda place: (left[place - 1] != "的", abs(place - middle)))
        lines.append(left[:best])
        left = left[best:]
    return [*lines, left]


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    return after not in SIGNS and before not in OPENING and not (before.isascii() and after.isascii())


def _write_case(document: Document, case: Case, number: int) -> None:
    """A case: its head in 楷体, the text running on in the same paragraph."""
    first, *others = [line.strip() for line in typeset(case.text).splitlines() if line.strip()] or [""]
    paragraph = document.add_paragraph(style="简报正文")
    head = paragraph.add_run(f"{number}．{typeset(case.head).rstrip('。')}。")
    template.set_font(head, template.KAI)
    paragraph.add_run(first)
    for line in others:
        write_text(document, line)


def _sign_off(document: Document, office: str, day: date) -> None:
    """
    Office and date at the right, the office centred over the date: the place of a seal (GB/T 9704-2012, 7.3.5.1).

    Neither stands alone on a page: the last paragraph of the text comes along.
    """
    last = document.paragraphs[-1]
    last.paragraph_format.keep_with_next = True
    for _ in range(2):
        document.add_paragraph().paragraph_format.keep_with_next = True
    name, told = typeset(office), chinese_day(day)
    middle = max(
        DATE_FROM_EDGE + full_characters(told) / 2, full_characters(name) / 2 + 0.5
    )  # from the edge, in characters
    box = min(max(full_characters(name), full_characters(told)) + 6, 2 * middle)
    line = template.TEXT_WIDTH / 20 / template.CHARACTER_PITCH
    for text in (name, told):
        # Both are centred in one box: whatever font is at hand, they stand over each other.
        paragraph = document.add_paragraph(text, style="落款")
        right = middle - box / 2
        for side, free in (("left_indent", max(line - right - box, 0)), ("right_indent", right)):
            setattr(paragraph.paragraph_format, side, Twips(round(free * template.CHARACTER_PITCH * 20)))
    paragraph.paragraph_format.keep_with_next = False


def _write_imprint(
    document: Document, copies_to: Sequence[str], *, printed_by: str = "", day: date | None = None
) -> None:
    """抄送 at the foot of the last page; in a document also who printed it and when, between rules."""
    lines = [f"　抄送：{'，'.join(typeset(name) for name in copies_to)}。"] if copies_to else []
    if printed_by and day is not None:
        # Two spaces that do not give way stand for the one character left free on the right.
        lines += [""] if lines else []
        lines.append(f"　{typeset(printed_by)}\t{chinese_day(day)}印发\u00a0\u00a0")
    for line in lines:
        # The thin rule between two lines is an underlined tab: a border of its own would break the frame.
        framed = document.add_paragraph(line, style="版记" if line else "版记细线")
        properties = framed._p.get_or_add_pPr()
        properties.insert(1, parse_xml(template.TAIL_FRAME))
        if printed_by:
            properties.insert(2, parse_xml(letterhead.IMPRINT_RULES))
        if not line:
            framed.add_run("\t").font.underline = True
    if lines:
        document.add_paragraph(style="细行")  # a frame hangs from the paragraph after it


def _mark_pending(document: Document) -> None:
    """Set 依据待填 on yellow wherever it stands, so that nobody sends it out unseen."""
    for paragraph in document.paragraphs:
        if PENDING in paragraph.text:
            _highlight(paragraph)


def _highlight(paragraph: Paragraph) -> None:
    text = paragraph.text
    for run in paragraph.runs[1:]:
        paragraph._p.remove(run._r)
    before, _, after = text.partition(PENDING)
    paragraph.runs[0].text = before
    paragraph.add_run(PENDING).font.highlight_color = WD_COLOR_INDEX.YELLOW
    paragraph.add_run(after)
