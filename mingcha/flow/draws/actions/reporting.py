"""Taking counts of citizens' reports by area and category: enough of them that nobody is told by one."""

import csv
import io
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.draws.models import ReportCount
from mingcha.flow.draws.models.weighing import LEAST_REPORTS
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.models import Division
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

COLUMNS = ("区划代码", "类别", "起", "止", "件数")


class NotReports(Refusal):
    message: ClassVar[str] = "这不是反映件数文件：需要 UTF-8 的 CSV，表头是 区划代码、类别、起、止、件数。"
    status: ClassVar[int] = 422


@transaction.atomic
def take_counts(content: bytes, *, by: Actor | None, at: datetime) -> int:
    """
    Take counts of reports from a CSV (区划代码,类别,起,止,件数), all or nothing; return how many rows.

    A row of less than LEAST_REPORTS is refused: it would say who reported. The same days of an area and category are
    counted anew. Raises NotReports, NoRows, RowsRefused.
    """
    rows = _read(content)
    known = Division.objects.in_bulk([row["区划代码"] for row in rows])
    problems = [problem for row in rows for problem in _faults(row, known)]
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row["区划代码"], row["类别"], row["止"])
        if key in seen:
            problems.append(
                sheets.Problem(row.number, "类别", row["类别"], "与第 %(first)s 行重复", {"first": seen[key]})
            )
        seen.setdefault(key, row.number)
    if problems:
        raise sheets.RowsRefused(problems)
    ReportCount.objects.bulk_create(
        [
            ReportCount(
                division=known[row["区划代码"]], category=row["类别"], since=row["起"], until=row["止"],
                count=int(row["件数"]), taken_at=at,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["division", "category", "until"],
        update_fields=["since", "count", "taken_at"],
        batch_size=1000,
    )  # fmt: skip
    audit.record("score.take_reports", kind="scores", key="reports", by=by, at=at, detail={"rows": len(rows)})
    return len(rows)


def _read(content: bytes) -> list[sheets.Row]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        lines = [{name: (line[name] or "").strip() for name in COLUMNS} for line in reader]
    except (UnicodeDecodeError, csv.Error, KeyError) as error:
        raise NotReports from error
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise NotReports
    rows = [sheets.Row(number, line) for number, line in enumerate(lines, start=2) if any(line.values())]
    if not rows:
        raise sheets.NoRows
    return rows


def _faults(row: sheets.Row, known: dict[str, Division]) -> list[sheets.Problem]:
    check = sheets.Check(row)
    if row["区划代码"] not in known:
        check.fault("区划代码", "没有这个区划，请核对代码")
    check.text("类别", 30)
    since, until = check.day("起"), check.day("止")
    if since and until and until < since:
        check.fault("止", "不能早于“起”")
    if not (row["件数"].isascii() and row["件数"].isdecimal() and len(row["件数"]) <= 9):
        check.fault("件数", "请填整数")
    elif int(row["件数"]) < LEAST_REPORTS:
        check.fault(
            "件数",
            "不到 %(least)s 件的会让人猜出是谁反映的：请删去这一行，或并到更大的区划、更长的时段",
            least=LEAST_REPORTS,
        )
    return check.problems
