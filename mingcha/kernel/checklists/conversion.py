"""
A workbook (XLSForm) → an XForm, with pyxform; or every row that is wrong, in plain Chinese.

pyxform stops at the first fault. So that all of them are told at once:
1. it converts;
2. where it refuses, `sayings` turns its sentence into a problem of that row;
3. the row is made harmless, keeping its name so that what refers to it stays right, and 1 to 3 are done again.
"""

import copy
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from mingcha.kernel import sheets
from mingcha.kernel.checklists import sayings
from mingcha.kernel.refusals import Refusal
from mingcha.kernel.sheets import Problem

MOST_UNPACKED = 8 * 1024 * 1024  # bytes; a form of a thousand questions unpacks to under one
MOST_ROWS = 3_000
MOST_PROBLEMS = 30

# pyxform straightens every quotation mark, which helps in expressions; in words these are the right ones in Chinese.
# They pass through it in disguise.
_DISGUISE = dict(zip(map(ord, "“”‘’"), "\ue000\ue001\ue002\ue003", strict=True))
_UNDISGUISE = {ord(mask): chr(mark) for mark, mask in _DISGUISE.items()}
_WORDS = ("label", "hint", "guidance_hint", "constraint_message", "required_message", "form_title")

Row = dict[str, str]


class FormRefused(Refusal):
    """Nothing was published; `problems` lists every row that is wrong, with what to do about it."""

    message: ClassVar[str] = "表单有 %(count)s 处问题，没有发布。改好后重新上传。"
    status: ClassVar[int] = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.row))
        super().__init__(count=len(self.problems))


@dataclass(frozen=True)
class Converted:
    """`xform` is the form as text; `settings` the cells of the settings sheet; `rows` those of the survey sheet."""

    xform: str
    settings: Row
    rows: list[Row]


def convert(content: bytes) -> Converted:
    """Return what a workbook says. Raises sheets.TornFile, sheets.TooLarge, FormRefused."""
    book = _opened(content)
    told: list[Problem] = []
    while len(told) < MOST_PROBLEMS:
        try:
            xform = _converted(book)
        except PyXFormError as error:
            problem = sayings.problem(str(error), _pages(book))
            told.append(problem)
            if not _made_harmless(book, problem):
                break
        else:
            if told:
                break
            return Converted(xform, (book.settings or [{}])[0], list(book.survey or []))
    raise FormRefused(told)


def _opened(content: bytes) -> DefinitionData:
    sheets.refuse_bomb(content, most=MOST_UNPACKED)
    try:
        book = get_xlsform(io.BytesIO(content), file_type=".xlsx")
    except PyXFormError as error:
        if "was not recognized" in str(error):
            raise sheets.TornFile from error
        raise FormRefused([sayings.problem(str(error), {})]) from error
    except Exception as error:  # openpyxl raises a dozen unrelated kinds on damaged input
        raise sheets.TornFile from error
    if any(len(rows) > MOST_ROWS for rows in _pages(book).values()):
        raise sheets.TooLarge(rows=MOST_ROWS)
    return book


def _pages(book: DefinitionData) -> dict[str, list[Row]]:
    pages = {"survey": book.survey, "choices": book.choices, "settings": book.settings, "entities": book.entities}
    return {name: rows for name, rows in pages.items() if rows}  # type: ignore[misc]


def _converted(book: DefinitionData) -> str:
    disguised = copy.deepcopy(book)  # the converter, too, writes into what it is given
    for row in (row for rows in _pages(disguised).values() for row in rows):
        for header in row:
            if header.lower().startswith(_WORDS):
                row[header] = row[header].translate(_DISGUISE)
    try:
        survey = create_survey_element_from_dict(workbook_to_json(disguised, warnings=[]))
        return str(survey.to_xml(validate=False, pretty_print=False, warnings=[])).translate(_UNDISGUISE)
    except PyXFormError:
        raise
    except Exception as error:  # it trusts its input: what it did not foresee ends as KeyError or TypeError
        raise PyXFormError(f"{type(error).__name__}: {error}") from error


def _made_harmless(book: DefinitionData, problem: Problem) -> bool:
    """Whether the row could be changed so that the converter passes over what has been told about it."""
    sheet, _, column = problem.column.partition(" / ")
    rows = _pages(book).get(sheet, [])
    if sheet not in {"survey", "choices"} or not 2 <= problem.row < len(rows) + 2:
        return False
    row = rows[problem.row - 2]
    before, kind, name = dict(row), sayings.cell(row, "type"), f"row{problem.row}"
    if sheet == "choices" or column == "name":
        row.update({header: name for header in row if header.lower() == "name"} or {"name": name})
    elif kind.startswith("end"):
        row.clear()
    elif kind.startswith("begin") and column == "type":
        rows.append({"type": kind.replace("begin", "end")})
        return True
    elif column not in {"type", "parameters", "calculation"} and any("${" in text for text in row.values()):
        for header in [header for header, text in row.items() if "${" in text]:
            row[header] = "-"
    else:
        row.clear()
        row.update({"type": "hidden", "name": sayings.cell(before, "name") or name})
    return row != before
