"""Taking a city's mechanism from a sheet: one row for each tier, from the top."""

from datetime import datetime

from django.db import transaction

from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.actions.ranks import Rank, set_up
from mingcha.ground.territory.models import Division, Mechanism, TierKind
from mingcha.ground.territory.queries import limits
from mingcha.kernel import sheets

COLUMNS = ("城市代码", "机制名称", "层级", "类别", "数目不定")
# In the first row, where a city sets its own; else they stay as they are.
LIMITS = {
    "曾任职回避年数": "former_post_years",
    "两次外派间最少休息小时": "rest_hours",
    "连续外派最多天数": "longest_run_days",
}
OPEN = (("yes", "是"), ("no", "否"))


@transaction.atomic
def import_tiers(content: bytes, *, by: Actor | None, at: datetime) -> Mechanism:
    """
    Set up the mechanism that a sheet describes, all or nothing; name and limits are read from its first row.

    Raises RowsRefused, what `sheets.filled` raises, and TierTwice, NoLeadTier, TierInUse of `ranks.set_up`.
    """
    rows = sheets.filled(content, required=COLUMNS)
    first = rows[0]
    division = Division.objects.filter(pk=first["城市代码"]).first()
    checks = [_examined(row, first, known=division is not None) for row in rows]
    problems = [problem for check in checks for problem in check.problems]
    if problems or division is None:
        raise sheets.RowsRefused(problems)
    own = limits(division.pk)
    wanted = {name: int(first[column] or getattr(own, name)) for column, name in LIMITS.items()}
    ranks = [Rank(row["层级"], _kind(sheets.Check(row)), row["数目不定"] == "是") for row in rows]
    return set_up(division, name=first["机制名称"], ranks=ranks, **wanted, by=by, at=at)


def _kind(check: sheets.Check) -> str:
    return check.label("类别", [(str(kind.value), str(kind.label)) for kind in TierKind])


def _examined(row: sheets.Row, first: sheets.Row, *, known: bool) -> sheets.Check:
    check = sheets.Check(row)
    if row["城市代码"] != first["城市代码"]:
        check.fault("城市代码", "一个文件只写一个城市（%(code)s）", code=first["城市代码"])
    elif row is first:
        check.text("机制名称", 60)
        if not known:
            check.fault("城市代码", "没有这个区划，请先导入区划或核对代码")
        for column in LIMITS:
            if row[column] and not (row[column].isdecimal() and int(row[column]) <= 365):
                check.fault(column, "请填 0 到 365 的整数")
    check.text("层级", 30)
    _kind(check)
    check.label("数目不定", OPEN, empty="no")
    return check
