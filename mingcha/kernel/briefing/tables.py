"""Ruled tables that fit the width of the text."""

from collections.abc import Sequence
from math import floor

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor, Twips
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow

from mingcha.kernel.briefing import template
from mingcha.kernel.briefing.content import UNREPORTED, Cell, Column, Table, full_characters, typeset
from mingcha.kernel.refusals import Refusal

ROOMY = 6  # up to so many columns, cells are set in 小四 (12 pt), beyond in 五号 (10.5 pt)
LONGEST_LABEL, LONGEST_PROSE = 10, 24  # characters a column asks for at most; longer cells wrap
SHORT = 5.2  # characters up to which a column does not give way
TOGETHER = 10  # up to so many rows, a table is kept on one page
CELL_PADDING = 60  # twips left and right


class RowsDoNotFit(Refusal):
    """A row with more or fewer cells than the table has columns."""

    message = "表“%(title)s”第 %(row)s 行有 %(cells)s 格，应有 %(columns)s 格，请核对后再生成。"


def add_table(document: Document, table: Table) -> None:
    """Append a table with title, repeated head, rows, total and note. Raises RowsDoNotFit."""
    _check(table)
    if table.title:
        document.add_paragraph(typeset(table.title), style="表题")
    style = "表格文字" if _size(table) == 12 else "表格小字"
    grid = document.add_table(rows=0, cols=len(table.columns))
    widths = column_widths(table)
    rule(grid, widths)
    head = grid.add_row()
    _mark_as_head(head)
    _fill(head, [column.title for column in table.columns], widths, style, bold=True, centred=[True] * len(widths))
    centred = [column.centred for column in table.columns]
    for cells in table.rows:
        _fill(grid.add_row(), cells, widths, style, bold=False, centred=centred)
    if table.total is not None:
        _fill(grid.add_row(), table.total, widths, style, bold=True, centred=centred)
    if len(grid.rows) <= TOGETHER:
        _keep_together(grid)
    if table.note:
        document.add_paragraph(typeset(table.note), style="表注")


def column_widths(table: Table) -> list[int]:
    """Return the width of each column in twips; together they fill the text's width, never more."""
    wanted = [
        column.weight or _wanted(column, [row[place] for row in _all_rows(table)])
        for place, column in enumerate(table.columns)
    ]
    room = template.TEXT_WIDTH / 20 / _size(table)
    # Where it is tight, short columns keep what they ask for: a wrapped number is worse than one more line of prose.
    spared = [width for width in wanted if width <= SHORT] if sum(wanted) > room else []
    share = max(room - sum(spared), 1) / (sum(wanted) - sum(spared) or 1)
    exact = [width if spared and width <= SHORT else width * share for width in wanted]
    widths = [floor(template.TEXT_WIDTH * width / sum(exact)) for width in exact]
    widths[-1] += template.TEXT_WIDTH - sum(widths)
    return widths


def _all_rows(table: Table) -> tuple[tuple[Cell, ...], ...]:
    return table.rows if table.total is None else (*table.rows, table.total)


def _check(table: Table) -> None:
    for number, row in enumerate(_all_rows(table), start=1):
        if len(row) != len(table.columns):
            raise RowsDoNotFit(title=table.title, row=number, cells=len(row), columns=len(table.columns))


def _wanted(column: Column, cells: Sequence[Cell]) -> float:
    """Return how many full characters a column asks for. A head may wrap once, its cells had better not."""
    longest = max((full_characters(_said(cell)) for cell in cells), default=0)
    most = LONGEST_LABEL if column.centred else LONGEST_PROSE
    return 1.2 + min(max(longest, full_characters(typeset(column.title)) / 2, 2), most)


def _said(cell: Cell) -> str:
    return UNREPORTED if cell is None else typeset(str(cell))


def _size(table: Table) -> float:
    """The size of the cells' characters in pt."""
    return 12 if len(table.columns) <= ROOMY else 10.5


def rule(grid: WordTable, widths: Sequence[int]) -> None:
    """Fixed columns, thin black rules all round."""
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4))
    )
    padding = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", CELL_PADDING), ("bottom", 30), ("right", CELL_PADDING))
    )
    grid._tbl.replace(
        grid._tbl.tblPr,
        parse_xml(
            f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            f"<w:tblBorders>{rules}</w:tblBorders>"
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>'
        ),
    )
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Twips(width)


def _mark_as_head(row: WordRow) -> None:
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _keep_together(grid: WordTable) -> None:
    for row in grid.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(
    row: WordRow, cells: Sequence[Cell], widths: Sequence[int], style: str, *, bold: bool, centred: Sequence[bool]
) -> None:
    properties = row._tr.get_or_add_trPr()
    # A row torn over two pages cannot be read aloud.
    properties.insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    row.height = Twips(480)
    for target, cell, width, middle in zip(row.cells, cells, widths, centred, strict=True):
        target.width = Twips(width)
        target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        _write(target, cell, style, bold=bold, middle=middle)


def _write(target: WordCell, cell: Cell, style: str, *, bold: bool, middle: bool) -> None:
    paragraph = target.paragraphs[0]
    paragraph.style = style
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle or isinstance(cell, int) else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(_said(cell))
    if cell is None:
        run.font.color.rgb = RGBColor.from_string(template.GREY)
    elif bold:
        template.set_font(run, template.HEI)
