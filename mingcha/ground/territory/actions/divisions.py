"""Taking the statistical divisions of a province or city as data."""

import csv
import io
import re
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Division, Level
from mingcha.kernel.refusals import Refusal
from mingcha.kernel.sheets import Problem, RowsRefused

COLUMNS = ["code", "name", "level", "parent_code"]
DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}


class NotDivisions(Refusal):
    message: ClassVar[str] = "这不是区划文件：需要 UTF-8 的 CSV，表头是 code,name,level,parent_code。"
    status: ClassVar[int] = 422


@transaction.atomic
def import_divisions(content: bytes, *, by: Actor | None, at: datetime) -> int:
    """
    Take divisions from a CSV (code,name,level,parent_code), all or nothing; return how many rows.

    A known code gets the new name and keeps its township group; nothing is ever removed.
    Raises NotDivisions, RowsRefused.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotDivisions from error
    if reader.fieldnames is None or not set(COLUMNS) <= set(reader.fieldnames):
        raise NotDivisions
    known = set(Division.objects.values_list("code", flat=True)) | {row["code"] for row in rows}
    problems = [p for number, row in enumerate(rows, start=2) if (p := _fault(number, row, known))]
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        if seen.setdefault(row["code"], number) != number:
            problems.append(Problem(number, "code", row["code"], "与第 %(first)s 行重复", {"first": seen[row["code"]]}))
    if problems:
        raise RowsRefused(problems)
    Division.objects.bulk_create(
        [Division(**{column: (row[column] or "").strip() for column in COLUMNS}) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent_code"],
        batch_size=1000,
    )
    audit.record("territory.import_divisions", kind="division", key=rows[0]["code"] if rows else "-", by=by, at=at,
                 detail={"rows": len(rows)})  # fmt: skip
    return len(rows)


def _fault(number: int, row: dict[str, str], known: set[str]) -> Problem | None:
    code, level, parent = row["code"] or "", row["level"] or "", row["parent_code"] or ""
    if level not in DIGITS:
        return Problem(number, "level", level, "级别只能是 %(known)s", {"known": "、".join(DIGITS)})
    if not re.fullmatch(rf"[0-9]{{{DIGITS[Level(level)]}}}", code):
        return Problem(number, "code", code, "这一级的代码应是 %(digits)s 位数字", {"digits": DIGITS[Level(level)]})
    if not 0 < len((row["name"] or "").strip()) <= 60:
        return Problem(number, "name", row["name"] or "", "名称不能为空，也不能超过 60 个字")
    if not code.startswith(parent):
        return Problem(number, "parent_code", parent, "上级代码应是本级代码的开头")
    # The topmost row's parent (the province above a city's file) may be absent from the file.
    if level in (Level.TOWNSHIP, Level.VILLAGE) and parent not in known:
        return Problem(number, "parent_code", parent, "没有这个上级区划")
    return None


@transaction.atomic
def group_townships(groups: dict[str, str], *, prefix: str, by: Actor, at: datetime) -> None:
    """Set township code → group for townships under the prefix; others are left alone."""
    for code, group in groups.items():
        Division.objects.filter(pk=code, code__startswith=prefix, level=Level.TOWNSHIP).update(group=group[:30])
    audit.record("territory.group_townships", kind="division", key=prefix, by=by, at=at, division=prefix,
                 detail={"groups": dict(sorted(groups.items()))})  # fmt: skip
