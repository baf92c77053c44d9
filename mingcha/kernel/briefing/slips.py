"""What is signed on paper: the lines of the parties on the spot, and the receipt that comes back."""

import io
from collections.abc import Sequence

import segno
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Twips
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell

from mingcha.kernel.briefing import template
from mingcha.kernel.briefing.content import typeset
from mingcha.kernel.briefing.papers import Code, Party, Slip
from mingcha.kernel.briefing.tables import rule

BY_HAND, ROOM_TO_WRITE = 760, 1700  # twips: a line to sign on, a box to write in
CODE_MODULE = 6  # pixels a module of the code is drawn with
CODE_WIDTH = 34  # mm


def add_parties(document: Document, parties: Sequence[Party]) -> None:
    """Append a ruled table to sign in, one line a party; what is on record already is printed. Nothing for nobody."""
    if not parties:
        return
    document.add_paragraph("现场签字", style="表题")
    widths = _shares(24, 22, 25, 29)
    grid = _grid(document, widths)
    _row(grid, widths, [(head, "回执栏目") for head in ("签字方", "姓名", "签字", "日期")], height=520, last=False)
    for number, party in enumerate(parties, start=1):
        cells = [(typeset(party.role), "回执栏目"), (typeset(party.name), "回执文字"), ("", "回执文字"),
                 (typeset(party.day), "回执文字")]  # fmt: skip
        _row(grid, widths, cells, height=BY_HAND, last=number == len(parties), centred=True)


def add_slip(document: Document, slip: Slip, *, title: str, number: str, about: str) -> None:
    """Append the receipt: which paper, who signs, when, what they object to; and the code of the one-time address."""
    document.add_paragraph(title, style="回执标题")
    widths = _shares(25, 27, 18, 30)
    grid = _grid(document, widths)
    known = (("文件字号", number), ("文件标题", about.replace("\n", "")), ("收文单位", slip.recipient))
    for label, text in known:
        _pair(grid, widths, label, typeset(text), height=620)
    by_hand = [("签收人", "回执栏目"), ("", "回执文字"), ("签收时间", "回执栏目"), ("　　年　月　日　时", "回执文字")]
    _row(grid, widths, by_hand, height=BY_HAND, last=False)
    _pair(grid, widths, "意见或异议", "", height=ROOM_TO_WRITE)
    back = f"请于{slip.by}前签收，交{slip.return_to}。" if slip.by else f"请签收后交{slip.return_to}。"
    _pair(grid, widths, "送　　交", typeset(back), height=620, last=True)
    for code in slip.codes:
        _add_code(grid, widths, code)


def _add_code(grid: WordTable, widths: Sequence[int], code: Code) -> None:
    """The code at the left, at the right what it is for; the address in full for who has no camera."""
    row = grid.add_row()
    row._tr.get_or_add_trPr().insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    cells = row.cells
    drawn, words = cells[0], cells[1].merge(cells[3])
    for cell, width in ((drawn, widths[0]), (words, sum(widths[1:]))):
        cell.width = Twips(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    drawn.paragraphs[0].style = "回执二维码"
    drawn.paragraphs[0].add_run().add_picture(io.BytesIO(_drawn(code.link)), width=Mm(CODE_WIDTH))
    told = (
        f"本码用于{code.about}：" if code.about else "",
        "扫码可在网上签收、报告措施和进展、申请延期或提出异议，不需要账号。",
        f"有效期至{code.until}。持有这张纸的人都能打开，请妥善保管；遗失的，请告知发文单位作废。",
        "不能扫码的，在浏览器中输入：",
    )
    for place, line in enumerate([*(typeset(one) for one in told if one), code.link]):
        paragraph = words.paragraphs[0] if place == 0 else words.add_paragraph()
        paragraph.style = "回执小字"
        paragraph.add_run(line)


def _drawn(link: str) -> bytes:
    """Return a QR code as PNG; a quarter of it may be dirty, since it is printed and copied."""
    picture = io.BytesIO()
    segno.make(link, micro=False, error="q", boost_error=False).save(picture, kind="png", scale=CODE_MODULE, border=3)
    return picture.getvalue()


def _shares(*shares: int) -> list[int]:
    widths = [template.TEXT_WIDTH * share // sum(shares) for share in shares]
    widths[-1] += template.TEXT_WIDTH - sum(widths)
    return widths


def _grid(document: Document, widths: Sequence[int]) -> WordTable:
    grid = document.add_table(rows=0, cols=len(widths))
    rule(grid, widths)
    return grid


def _row(
    grid: WordTable, widths: Sequence[int], cells: Sequence[tuple[str, str]], *, height: int, last: bool,
    centred: bool = False,
) -> None:  # fmt: skip
    row = grid.add_row()
    row.height = Twips(height)
    for cell, width, (text, style) in zip(row.cells, widths, cells, strict=True):
        cell.width = Twips(width)
        _write(cell, text, style, last=last, centred=centred)


def _pair(grid: WordTable, widths: Sequence[int], label: str, text: str, *, height: int, last: bool = False) -> None:
    row = grid.add_row()
    row.height = Twips(height)
    wide = row.cells[1].merge(row.cells[3])
    row.cells[0].width, wide.width = Twips(widths[0]), Twips(sum(widths[1:]))
    _write(row.cells[0], label, "回执栏目", last=last)
    _write(wide, text, "回执文字", last=last)


def _write(cell: WordCell, text: str, style: str, *, last: bool, centred: bool = False) -> None:
    """Fill a cell, a paragraph for each line; the rows of one slip stay on one page."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for place, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.style = style
        paragraph.add_run(line)
        paragraph.paragraph_format.keep_with_next = not last
        if centred:
            paragraph.alignment = 1
