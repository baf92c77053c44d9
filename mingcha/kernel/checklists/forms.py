"""
A file that an office uploads → a form ready to be published.

1. A workbook is converted (`conversion`); an XForm is taken as it is.
2. The XForm is taken apart (`xforms`) and its nodes made ready for checking (`compiling`).
3. What the house understands of it (`conventions`) becomes its questions; what it does not, warnings.

Importing this module takes a tenth of a second, for pyxform: who only reads submissions does without it.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from lxml import etree

from mingcha.kernel.checklists import compiling, conventions, conversion, instances, lacking, sayings, xforms
from mingcha.kernel.checklists.conventions import Asked
from mingcha.kernel.checklists.conversion import FormRefused
from mingcha.kernel.checklists.lacking import Warning_
from mingcha.kernel.refusals import Refusal
from mingcha.kernel.sheets import Problem

__all__ = ["Asked", "Form", "FormRefused", "TornForm", "Warning_", "from_workbook", "from_xform"]

FORM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
VERSION = re.compile(r"[A-Za-z0-9._-]{1,40}")


class TornForm(Refusal):
    message: ClassVar[str] = "文件打不开：请上传完整的 Excel 表单（.xlsx）或 XForm（.xml）。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Form:
    """A form ready to be published. `compiled` is for `Compiled.load`; `site_type` is "" where the file names none."""

    form_id: str
    version: str
    title: str
    site_type: str
    xform: str
    questions: tuple[Asked, ...]
    compiled: dict[str, Any]
    warnings: tuple[Warning_, ...]


def from_workbook(content: bytes) -> Form:
    """
    Return the form of a workbook (XLSForm).

    Raises sheets.TornFile, sheets.TooLarge, and FormRefused with every row that is wrong.
    """
    converted = conversion.convert(content)
    settings = converted.settings
    root = instances.parsed(converted.xform.encode())
    form = _opened(root)
    if not (sayings.cell(settings, "form_id") or sayings.cell(settings, "id_string")):
        form.primary.set("id", "")  # pyxform would call every such form "data"
    form.problems = [_in_row(problem, converted.rows) for problem in form.problems]
    return _form(root, form, site_type=sayings.cell(settings, "site_type"))


def from_xform(content: bytes) -> Form:
    """Return the form of an XForm. Raises TornForm, and FormRefused with the lines that are wrong."""
    try:
        root = instances.parsed(content)
    except instances.Malformed as error:
        raise TornForm from error
    return _form(root, _opened(root))


def _opened(root: etree._Element) -> xforms.XForm:
    form = xforms.taken_apart(root)
    if form is None:
        raise TornForm
    return form


def _form(root: etree._Element, form: xforms.XForm, *, site_type: str = "") -> Form:
    told: list[Warning_] = []
    form_id, version = form.primary.get("id", ""), form.primary.get("version", "")
    if not version:
        version = "c" + hashlib.sha256(etree.tostring(root)).hexdigest()[:12]
        form.primary.set("version", version)
        told.append(Warning_("没有写版本号（version），按内容编为 %(version)s。", {"version": version}))
    if not FORM_ID.fullmatch(form_id):
        form.problems.append(
            Problem(
                2,
                "settings / form_id",
                form_id,
                "表单编号（form_id）要写，只用字母、数字、点、短横和下划线，最多 64 个。",
            )
        )
    if not VERSION.fullmatch(version):
        form.problems.append(
            Problem(2, "settings / version", version, "版本号（version）只用字母、数字、点、短横和下划线，最多 40 个。")
        )
    if form.problems:
        raise FormRefused(form.problems)
    tree = compiling.tree_of(form)
    known = conventions.understood(tree)
    told += lacking.warned(tree, known, form.files)
    return Form(
        form_id, version, form.title or form_id, site_type, etree.tostring(root, encoding="unicode"),
        tuple(known.questions), {"tree": tree}, tuple(told),
    )  # fmt: skip


def _in_row(problem: Problem, rows: Iterable[sayings.Row]) -> Problem:
    """Return a problem of the converted form as one of the row that the office wrote."""
    path, _, column = problem.column.rpartition(" / ")
    for number, row in enumerate(rows, start=2):
        if path and sayings.cell(row, "name") == path.rpartition("/")[2]:
            return Problem(
                number,
                f"survey / {column}",
                sayings.cell(row, column) or problem.value,
                problem.template,
                problem.facts,
            )
    return Problem(0, problem.column, problem.value, problem.template, problem.facts)
