"""Publishing editions of catalogues. What is published never changes; a new version follows it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook.models import Completeness, Edition, Item, Rulebook
from mingcha.ground.territory.models import Body
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

LONGEST = {"条号": 20, "类别": 60, "印发日期": 20, "出处": 200, "清单名称": 80, "发布机关": 80}
COLUMNS = ("清单代码", "条号", "类别", "条文", "印发日期", "出处", "应有条数")


class CatalogueTaken(Refusal):
    message: ClassVar[str] = "清单代码 %(code)s 已经在册，可能刚刚由别人登记，请到清单页核对后再导入。"


@dataclass(frozen=True)
class NewItem:
    number: str
    category: str
    text: str
    removal_first: bool = False


@transaction.atomic
def register(*, code: str, name: str, issuer: str, keeper: Body, by: Person | None, at: datetime) -> Rulebook:
    """
    Put a catalogue on record, still without an edition. `by=None` is the operator.

    Raises NotAllowed, NotFound, CatalogueTaken, also where another import registers it at the same moment.
    """
    if by is not None:
        accounts.require(by, Permission.RULEBOOK_KEEP, at=at, division=keeper.division_id)
    try:
        with transaction.atomic():
            rulebook = Rulebook.objects.create(code=code, name=name, issuer=issuer, keeper=keeper)
    except IntegrityError as error:
        raise CatalogueTaken(code=code) from error
    audit.record("rulebook.register", kind="rulebook", key=code, by=by, at=at, division=keeper.division_id)
    return rulebook


@transaction.atomic
def publish(
    rulebook: Rulebook, *, items: Sequence[NewItem], issued_on: str, source: str, declared: int, note: str = "",
    by: Person | None, at: datetime,
) -> Edition:  # fmt: skip
    """
    Publish the next edition; it is complete when every declared item carries its text, otherwise partial.

    `declared` 0 says that the source names no total; such an edition is never complete. An item keeps the mark 先免职再
    查处 of the same number in the edition before.
    `by=None` is the operator. Raises NotAllowed, NotFound where the keeper's place is out of reach.
    """
    if by is not None:
        accounts.require(by, Permission.RULEBOOK_KEEP, at=at, division=rulebook.keeper.division_id)
    # Two editions at once would take the same number: the catalogue's row is the queue.
    Rulebook.objects.select_for_update().get(pk=rulebook.pk)
    last = rulebook.editions.aggregate(last=Max("version"))["last"] or 0
    recorded = sum(bool(item.text) for item in items)
    marked = Item.objects.filter(edition__rulebook=rulebook, edition__version=last, removal_first=True)
    numbers = set(marked.values_list("number", flat=True)) - {""}
    edition = Edition.objects.create(
        rulebook=rulebook, version=last + 1, issued_on=issued_on, source=source, declared=declared, note=note,
        completeness=Completeness.COMPLETE if 0 < declared <= recorded else Completeness.PARTIAL,
        published_at=at, published_by=by,
    )  # fmt: skip
    Item.objects.bulk_create(
        Item(
            edition=edition,
            position=n,
            number=i.number,
            category=i.category,
            text=i.text,
            removal_first=i.removal_first or i.number in numbers,
        )
        for n, i in enumerate(items, start=1)
    )
    audit.record(
        "rulebook.publish", kind="rulebook", key=rulebook.code, by=by, at=at, division=rulebook.keeper.division_id,
        detail={"version": edition.version, "recorded": recorded, "declared": declared},
    )  # fmt: skip
    return edition


@transaction.atomic
def mark_removal_first(edition: Edition, *, items: Collection[int], by: Person, at: datetime) -> None:
    """
    Say a breach of which items of an edition (their ids) proposes removal first, inquiry after; of the others it does not.

    The text stays as it was published. Raises NotAllowed, NotFound.
    """
    keeper = edition.rulebook.keeper
    accounts.require(by, Permission.RULEBOOK_KEEP, at=at, division=keeper.division_id)
    of_edition = Item.objects.filter(edition=edition)
    changed = of_edition.filter(pk__in=items, removal_first=False).update(removal_first=True)
    changed += of_edition.filter(removal_first=True).exclude(pk__in=items).update(removal_first=False)
    if changed:
        marked = of_edition.filter(removal_first=True).order_by("position").values_list("number", "position")
        audit.record(
            "rulebook.mark_removal_first", kind="rulebook", key=edition.rulebook.code, by=by, at=at,
            division=keeper.division_id,
            detail={"version": edition.version, "marked": [number or f"#{position}" for number, position in marked]},
        )  # fmt: skip


@transaction.atomic
def import_edition(content: bytes, *, by: Person | None, at: datetime) -> Edition:
    """
    Take the next edition of one catalogue from a sheet, all or nothing.

    Every row names the catalogue; a row without text stays 未收录. A catalogue not on record yet is registered from the
    columns 清单名称, 发布机关 and 维护单位代码 of its first row. Raises RowsRefused and those of `kernel.sheets`.
    """
    rows = sheets.read(content, required=COLUMNS)
    code = rows[0]["清单代码"] if rows else ""
    rulebook = Rulebook.objects.filter(code=code).select_related("keeper").first()
    keeper = Body.objects.filter(pk=rows[0]["维护单位代码"]).first() if rows else None
    problems = _faults(rows, code) + _strange(rows, rulebook, keeper)
    if problems:
        raise sheets.RowsRefused(problems)
    first = rows[0]
    if rulebook is None and keeper is not None:
        rulebook = register(code=code, name=first["清单名称"], issuer=first["发布机关"], keeper=keeper, by=by, at=at)
    assert rulebook is not None  # neither on record nor to be registered is a fault of the sheet
    return publish(
        rulebook,
        items=[NewItem(row["条号"], row["类别"], row["条文"]) for row in rows],
        issued_on=first["印发日期"], source=first["出处"], declared=int(first["应有条数"]), by=by, at=at,
    )  # fmt: skip


def _strange(rows: list[sheets.Row], rulebook: Rulebook | None, keeper: Body | None) -> list[sheets.Problem]:
    """Return what a catalogue that is not on record lacks to be registered."""
    if rulebook is not None or not rows:
        return []
    first, problems = rows[0], []
    if not first["清单名称"] or not first["发布机关"]:
        return [
            sheets.Problem(
                first.number, "清单代码", first["清单代码"],
                "没有这个清单：请从清单页下载模板，或填写清单名称、发布机关、维护单位代码来登记它",
            )
        ]  # fmt: skip
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,60}", first["清单代码"]):
        problems.append(sheets.Problem(first.number, "清单代码", first["清单代码"], "代码只能用字母、数字和横线"))
    if keeper is None:
        problems.append(sheets.Problem(first.number, "维护单位代码", first["维护单位代码"], "没有这个单位，请核对代码"))
    return problems


def _faults(rows: list[sheets.Row], code: str) -> list[sheets.Problem]:
    if not rows:
        return [sheets.Problem(2, "清单代码", "", "文件里没有条目")]
    problems = []
    seen: dict[str, int] = {}
    for row in rows:
        if row["清单代码"] != code:
            problems.append(
                sheets.Problem(
                    row.number, "清单代码", row["清单代码"], "一个文件只放一个清单（%(code)s）", {"code": code}
                )
            )
        if row["条号"] and row["条号"] in seen:
            problems.append(
                sheets.Problem(row.number, "条号", row["条号"], "与第 %(first)s 行重复", {"first": seen[row["条号"]]})
            )
        if not row["条号"] and not row["条文"]:
            problems.append(sheets.Problem(row.number, "条文", "", "条号和条文不能都空"))
        problems += _too_long(row)
        seen.setdefault(row["条号"], row.number)
    first = rows[0]
    declared = first["应有条数"]
    if not re.fullmatch("[0-9]{1,4}", declared) or int(declared) < sum(bool(row["条文"]) for row in rows):
        problems.append(sheets.Problem(first.number, "应有条数", declared, "请填官方文件的总条数，不能少于已填条文数"))
    for column in ("印发日期", "出处"):
        if not first[column]:
            problems.append(sheets.Problem(first.number, column, "", "请照官方文件填写"))
    return problems


def _too_long(row: sheets.Row) -> list[sheets.Problem]:
    return [
        sheets.Problem(row.number, column, row[column], "不能超过 %(longest)s 个字", {"longest": longest})
        for column, longest in LONGEST.items()
        if len(row[column]) > longest
    ]
