"""Taking the kinds of sites from a sheet: how long a visit is planned with, which are businesses, how often a year."""

from datetime import datetime

from django.db import transaction

from mingcha.ground.audit.actions import Actor
from mingcha.ground.territory.actions.bodies import add_site_type
from mingcha.ground.territory.models import LONGEST_VISIT, SiteType
from mingcha.kernel import sheets

COLUMNS = ("类型代码", "类型", "每次用时分钟", "涉企", "每年最多次数")
YES = (("yes", "是"), ("no", "否"))
MOST_A_YEAR = 366


@transaction.atomic
def import_types(content: bytes, *, by: Actor | None, at: datetime) -> int:
    """
    Take what a sheet says of kinds of sites, all or nothing; return how many rows. None is removed, no order changes.

    Raises RowsRefused, and what `sheets.filled` raises.
    """
    rows = sheets.filled(content, required=COLUMNS)
    known = SiteType.objects.in_bulk([row["类型代码"] for row in rows])
    names = {kind.name: kind.pk for kind in SiteType.objects.all()}
    problems = [problem for row in rows for problem in _faults(row, names)]
    codes = [row["类型代码"] for row in rows]
    problems += [
        sheets.Problem(row.number, "类型代码", row["类型代码"], "这个类型代码写了两行，请只留一行")
        for index, row in enumerate(rows)
        if row["类型代码"] in codes[:index]
    ]
    if problems:
        raise sheets.RowsRefused(problems)
    last = max(SiteType.objects.values_list("position", flat=True), default=0)
    for row in rows:
        before = known.get(row["类型代码"])
        last += before is None
        add_site_type(
            code=row["类型代码"], name=row["类型"], position=before.position if before else last,
            minutes=int(row["每次用时分钟"]), enterprise=row["涉企"] == "是",
            yearly_cap=int(row["每年最多次数"]) if row["每年最多次数"] else None, by=by, at=at,
        )  # fmt: skip
    return len(rows)


def _faults(row: sheets.Row, names: dict[str, str]) -> list[sheets.Problem]:
    check = sheets.Check(row)
    check.text("类型代码", 30)
    name = check.text("类型", 30)
    if names.get(name, row["类型代码"]) != row["类型代码"]:
        check.fault("类型", "已经是类型 %(code)s 的名称，请换一个", code=names[name])
    if not _whole(row["每次用时分钟"], LONGEST_VISIT):
        check.fault("每次用时分钟", "请填 1 到 %(most)s 的整数", most=LONGEST_VISIT)
    check.label("涉企", YES, empty="no")
    if row["每年最多次数"] and not _whole(row["每年最多次数"], MOST_A_YEAR):
        check.fault("每年最多次数", "请填 1 到 %(most)s 的整数，不限的留空", most=MOST_A_YEAR)
    elif row["每年最多次数"] and row["涉企"] != "是":
        check.fault("每年最多次数", "只有涉企的类型才限次数：请在“涉企”填“是”，或把这一格留空")
    return check.problems


def _whole(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text) <= most
