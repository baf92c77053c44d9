"""
A ledger's first sheet: the header found among title rows, merged cells filled, blank and total rows passed over.

In the order of the code:

1. Read the rows one by one, and what is merged beside them: opened whole, a workbook makes an object of every cell
   that a range names, and a few bytes may name billions.
2. Fill what is merged with what stands in its first cell: a place written once for three problems is theirs all.
3. The header is the row in which most headings are known, of the first rows; of two alike, the lower, which of a
   two-storeyed header holds the narrower headings.
4. Rows after it that hold nothing, a total, a signature or the header again are no entries.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from mingcha.kernel import sheets
from mingcha.kernel.ledgers import cells, columns
from mingcha.kernel.refusals import Refusal

MOST_ROWS = 5_000
MOST_UNPACKED = 16 * 1024 * 1024  # bytes; five thousand rows of thirty columns stay below
_HEADER_WITHIN = 15  # rows
_LAST = MOST_ROWS + _HEADER_WITHIN + 10  # the last row that is looked at
_ENDS = 1_048_576  # the last row a sheet may have: what follows an impossible number is not counted up to
_MOST_FILLED = 400_000  # cells; more than a sheet of this size has
_LEAST_KNOWN = 3
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．].*")
_TOTAL = re.compile(
    r"(合计|总计|小计|共计)[:：]?.*|填表人.*|填报人.*|制表人?[:：].*|审核人.*|备注[:：].+|注[:：].+|说明[:：].*"
)


class NoHeader(Refusal):
    message: ClassVar[str] = (
        "没有找到表头。表头要在前 15 行里，至少有三列能认出来，如：序号、检查时间、存在问题、责任单位。"
    )
    status: ClassVar[int] = 422


class TooLarge(Refusal):
    message: ClassVar[str] = "台账一次最多导入 %(rows)s 行，请分成几个文件。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Line:
    """A row under its headings; `numeric` are the headings whose cell Excel held as a broken number."""

    number: int
    cells: dict[str, str]
    numeric: frozenset[str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


@dataclass(frozen=True)
class Sheet:
    """A ledger as read. `title` is what stood above the header, `year` the one year it names; `passed` the rows left out."""

    title: str
    year: int | None
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    passed: tuple[int, ...]

    def samples(self, heading: str, most: int = 3) -> list[str]:
        """Return the first different things written in a column."""
        return list(dict.fromkeys(line[heading] for line in self.lines if line[heading]))[:most]


def read(content: bytes) -> Sheet:
    """Return the ledger in the first sheet. Raises NoHeader, TooLarge, and TornFile, NoRows of `kernel.sheets`."""
    try:
        sheets.refuse_bomb(content, most=MOST_UNPACKED)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        grid = _grid(book.worksheets[0])
        tab = book.worksheets[0].title
    except sheets.TooLarge as error:
        raise TooLarge(rows=MOST_ROWS) from error
    except Refusal:
        raise
    except Exception as error:  # openpyxl raises a dozen unrelated kinds on damaged input
        raise sheets.TornFile from error
    at = _header(grid)
    headings = _headings([cell for cell, _ in grid[at]])
    above = dict.fromkeys(cell for row in grid[:at] for cell, _ in row if cell and columns.known(cell) is None)
    found, passed = _lines(grid, at, headings)
    if not found:
        raise sheets.NoRows
    title = " ".join(above)[:200]
    year = cells.year_of(title) or cells.year_of(tab)
    return Sheet(title, year, tuple(dict.fromkeys(filter(None, headings))), tuple(found), tuple(passed))


def _grid(sheet: Any) -> list[list[tuple[str, bool]]]:
    """Return the cells as (text, whether it was a broken number), what is merged filled. Raises TooLarge."""
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    rows: list[list[tuple[str, bool]]] = []
    lines = sheet.iter_rows(max_row=_ENDS, max_col=sheets.MOST_COLUMNS, values_only=True)
    for number, values in enumerate(lines, start=1):
        if number <= _LAST:
            rows.append([(sheets.text(v), isinstance(v, float) and not v.is_integer()) for v in values])
        elif any(value is not None for value in values):  # a format drawn to the end of the sheet is no content
            raise TooLarge(rows=MOST_ROWS)
    filled = 0
    for left, top, right, bottom in _merged(sheet):
        if top > len(rows) or left > sheets.MOST_COLUMNS:
            continue
        first = rows[top - 1][left - 1]
        for row in rows[top - 1 : bottom]:
            for column in range(left - 1, min(right, sheets.MOST_COLUMNS)):
                row[column] = first
                filled += 1
        if filled > _MOST_FILLED:
            raise TooLarge(rows=MOST_ROWS)
    return rows


def _merged(sheet: Any) -> Iterator[tuple[int, int, int, int]]:
    """Yield the first and last column and row of what is merged; a sheet read row by row does not say."""
    with sheet._get_source() as source:
        for _event, element in etree.iterparse(source, resolve_entities=False):
            if etree.QName(element).localname == "mergeCell":
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
                if left and top and right and bottom:
                    yield left, top, right, bottom
            element.clear()


def _header(grid: Sequence[Sequence[tuple[str, bool]]]) -> int:
    """Return the index of the header row. Raises NoHeader."""
    known = [
        len({meaning for cell, _ in row if len(cell) <= 30 and (meaning := columns.known(cell)) is not None})
        for row in grid[:_HEADER_WITHIN]
    ]
    most = max(known, default=0)
    if most < _LEAST_KNOWN:
        raise NoHeader
    at = known.index(most)
    # A merged heading repeats its text below itself; narrower ones stand there under a common one.
    while at + 1 < len(known) and known[at + 1] >= most - 1 and _continues(grid[at], grid[at + 1]):
        at += 1
    return at


def _continues(upper: Sequence[tuple[str, bool]], lower: Sequence[tuple[str, bool]]) -> bool:
    shared = sum(1 for (over, _), (under, _) in zip(upper, lower, strict=True) if over and over == under)
    return shared >= 2


def _headings(row: Sequence[str]) -> list[str]:
    """Return the headings as they stand, of one line; a second one alike is numbered, an empty one stays empty."""
    seen: dict[str, int] = {}
    found = []
    for cell in row:
        heading = re.sub(r"\s+", "", cell)[:60]
        if heading:
            seen[heading] = seen.get(heading, 0) + 1
            heading = heading if seen[heading] == 1 else f"{heading}（{seen[heading]}）"
        found.append(heading)
    return found


def _lines(
    grid: Sequence[Sequence[tuple[str, bool]]], at: int, headings: Sequence[str]
) -> tuple[list[Line], list[int]]:
    found: list[Line] = []
    passed: list[int] = []
    again = [cell for cell, _ in grid[at]]
    for number, row in enumerate(grid[at + 1 :], start=at + 2):
        texts = {heading: cell for heading, (cell, _) in zip(headings, row, strict=True) if heading and cell}
        if not texts:
            continue
        if _is_no_entry(row, again):
            passed.append(number)
            continue
        broken = frozenset(heading for heading, (_, numeric) in zip(headings, row, strict=True) if numeric)
        found.append(Line(number, texts, broken))
        if len(found) > MOST_ROWS:
            raise TooLarge(rows=MOST_ROWS)
    return found, passed


def _is_no_entry(row: Sequence[tuple[str, bool]], header: Sequence[str]) -> bool:
    texts = [cell for cell, _ in row]
    first = next(cell for cell in texts if cell)
    across = {cell for cell in texts if cell}
    return (
        texts == header
        or bool(_TOTAL.fullmatch(re.sub(r"\s", "", first)))
        or (len(across) == 1 and (sum(map(bool, texts)) > 1 or bool(_SECTION.fullmatch(first))))
    )
