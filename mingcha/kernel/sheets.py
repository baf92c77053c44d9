"""Spreadsheets in and out: one sheet, one header row, plain values; nothing that a cell could execute."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal

MOST_ROWS = 20_000
MOST_COLUMNS = 64  # no sheet of ours has half as many; a row may name 16,384
MOST_UNPACKED = 40 * 1024 * 1024  # bytes; a workbook of 20,000 rows unpacks to under 30 MB


class TornFile(Refusal):
    message: ClassVar[str] = "文件打不开：请确认是完整的 .xlsx 文件，用 Excel 另存一次后重新上传。"
    status: ClassVar[int] = 422


class MissingColumns(Refusal):
    message: ClassVar[str] = "表头缺少这些列：%(columns)s。请用模板的表头，一字不改。"
    status: ClassVar[int] = 422


class TooLarge(Refusal):
    message: ClassVar[str] = "文件太大：一次最多 %(rows)s 行，请分成几个文件导入。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Row:
    """One row as text; `number` is the row number that Excel shows."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken: `template` says what to do, with %(name)s places filled from `facts`."""

    row: int
    column: str
    value: str
    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return self.said(self.template)

    def said(self, template: str) -> str:
        """Return the reason by `template`, a translation of this problem's own."""
        return template % self.facts


@dataclass
class Check:
    """One row under examination: its faults are gathered, so that all of them are told at once."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def fault(self, column: str, template: str, **facts: object) -> None:
        """Say what is wrong with a cell; see `Problem`."""
        self.problems.append(Problem(self.row.number, column, self.row[column], template, facts))

    def text(self, column: str, longest: int, *, required: bool = True) -> str:
        """Return a cell's text; a fault where it is too long, or empty though required."""
        text = self.row[column]
        if required and not text:
            self.fault(column, "不能为空")
        elif len(text) > longest:
            self.fault(column, "不能超过 %(longest)s 个字", longest=longest)
        return text

    def label(self, column: str, choices: Iterable[tuple[str, str]], *, empty: str = "") -> str:
        """Return the value that a cell's label stands for, `empty` for an empty cell; a fault where there is none."""
        values = {str(label): value for value, label in choices}
        found = values.get(self.row[column], "") if self.row[column] else empty
        if not found:
            self.fault(column, "只能填：%(known)s", known="、".join(values))
        return found

    def day(self, column: str, *, required: bool = True) -> date | None:
        """Return a cell's day; a fault where it is none, or empty though required."""
        try:
            if self.row[column] or required:
                return date.fromisoformat(self.row[column])
        except ValueError:
            self.fault(column, "请写成 2021-10-19 的样子")
        return None


class NoRows(Refusal):
    message: ClassVar[str] = "表里没有内容，请从第二行起填写。"
    status: ClassVar[int] = 422


class RowsRefused(Refusal):
    """Nothing was written; `problems` lists every bad row with its reason."""

    message: ClassVar[str] = "有 %(count)s 处问题，整份文件都没有导入。改好后重新上传。"
    status: ClassVar[int] = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.row))
        super().__init__(count=len(self.problems))


def read(content: bytes, *, required: Sequence[str]) -> list[Row]:
    """
    Return the rows of the first sheet that are not wholly empty, every cell as stripped text.

    Raises TornFile (not a workbook, or a compressed bomb), MissingColumns, TooLarge.
    """
    refuse_bomb(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True)
        header = [text(cell) for cell in next(lines, ())]
        missing = [column for column in required if column not in header]
        if missing:
            raise MissingColumns(columns="、".join(missing))
        rows: list[Row] = []
        for number, values in enumerate(lines, start=2):
            cells = {name: text(value) for name, value in zip(header, values, strict=False) if name}
            if any(cells.values()):
                rows.append(Row(number, cells))
            if number > MOST_ROWS + 1:
                raise TooLarge(rows=MOST_ROWS)
        return rows
    except Refusal:
        raise
    except Exception as error:  # openpyxl raises a dozen unrelated kinds on damaged input
        raise TornFile from error


def filled(content: bytes, *, required: Sequence[str]) -> list[Row]:
    """Return the rows as `read` does. Raises NoRows where there is none, and what `read` raises."""
    rows = read(content, required=required)
    if not rows:
        raise NoRows
    return rows


def refuse_bomb(content: bytes, *, most: int = MOST_UNPACKED) -> None:
    """Raise TornFile for what is no archive, TooLarge for one that unpacks to more than `most` bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > most:
                raise TooLarge(rows=MOST_ROWS)
    except zipfile.BadZipFile as error:
        raise TornFile from error


def text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps codes such as 621126 as floats
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return legible(str(value)).strip()


def write(header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str, notes: Sequence[str] = ()) -> bytes:
    """
    Return a workbook of one sheet; `notes` go to a second one (filters, time, who).

    Text that starts like a formula stays text: the cell type is forced, so no spreadsheet runs it.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    # Excel allows 31 characters in a tab's name, and not these.
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", legible(title)).strip("'")[:31]
    _fill(sheet, [header, *rows])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF7")
    sheet.freeze_panes = "A2"
    for index, name in enumerate(header, start=1):
        longest = max(
            [len(name), *(len(str(r[index - 1].value or "")) for r in sheet.iter_rows(min_row=2, max_row=60))]
        )
        sheet.column_dimensions[get_column_letter(index)].width = min(46, max(9, longest * 1.9))
    if notes:
        _fill(book.create_sheet("说明"), [[line] for line in notes])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet, rows: Iterable[Sequence[object]]) -> None:  # type: ignore[no-untyped-def]
    for r, values in enumerate(rows, start=1):
        for c, value in enumerate(values, start=1):
            cell = sheet.cell(row=r, column=c)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, str):
                cell.value = value = legible(value)  # one control character would cost the whole workbook
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in "=+-@\t\r" if value else False
            else:
                cell.value = value  # type: ignore[assignment]
