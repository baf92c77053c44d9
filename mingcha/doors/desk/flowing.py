"""What flows from a form into the house, and what does not, in plain sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingcha.kernel.checklists import conventions

# How a question must be named for its answer to flow: name, what becomes of it.
CONVENTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("site_code、site_name", gettext_lazy("点位编号和名称：对上名录里的点位。名录里没有的，登记为待核实点位。")),
    ("mode", gettext_lazy("方式：overt 明察，covert 暗访。")),
    ("outcome、outcome_reason", gettext_lazy("结果：done 完成、refused 被拒绝、shut 关门、not_executable 无法执行；原因。")),
    ("feedback、feedback_to", gettext_lazy("现场反馈，和反馈对象的职务（不写姓名）。")),
    ("location、start、end", gettext_lazy("定位（geopoint）和起止时间。")),
    ("pass / fail / na", gettext_lazy("选项是这几个的单选题，是判断题：合格、不合格、不适用。")),
    ("×_reported、×_verified", gettext_lazy("一对整数：上报数与核实数，对不上的标红。")),
    ("ask_×", gettext_lazy("问到的回答。")),
    ("score", gettext_lazy("得分，0 到 100。没有这一题，就按判断题的合格率算。")),
    ("findings", gettext_lazy(
        "重复组，一行一个问题：item 条目、responsibility 责任、severity 等级、description 描述、照片、"
        "on_spot 当场改正、due_hours 或 due 期限、requirement 要求、body 责任单位。"
    )),
    ("signature", gettext_lazy("appearance 写 signature 的图片题，是签名。")),
)  # fmt: skip


def flows(compiled: Mapping[str, Any]) -> list[str]:
    """Return what becomes of the answers to a form; nothing for one that was never compiled."""
    if not compiled:
        return []
    known = conventions.understood(compiled["tree"])
    marks, found = known.marks, known.found
    judges, counts, asks = len(known.judges), len(known.counts), len(known.asks)
    said = [
        "site_code" in marks and _("点位：按 site_code 对上名录。"),
        judges and ngettext("%(n)s 道判断题，进检查记录。", "%(n)s 道判断题，进检查记录。", judges) % {"n": judges},
        "score" in marks and _("得分：取 score 题。"),
        judges and "score" not in marks and _("得分：按判断题的合格率算。"),
        counts
        and ngettext("%(n)s 对上报数和核实数，进差距表。", "%(n)s 对上报数和核实数，进差距表。", counts)
        % {"n": counts},
        asks and ngettext("%(n)s 道问答，进检查记录。", "%(n)s 道问答，进检查记录。", asks) % {"n": asks},
        known.findings is not None and _("问题：findings 的每一行进台账，限期整改的交办给责任单位。"),
        "item" in found and _("问题所属条目：从任务依据的清单里选。"),
        "feedback" in marks and _("现场反馈。"),
        {"mode", "outcome"} <= marks.keys() and _("方式和结果。"),
        "location" in marks and _("定位，带误差。"),
    ]
    return [sentence for sentence in said if isinstance(sentence, str)]


def lacking(warnings: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the warnings of a published form (`Checklist.warnings`) as sentences."""
    # A key within the translating call would be taken for a phrase.
    said = ((warning["template"], warning.get("facts", {})) for warning in warnings)
    return [_(template) % facts for template, facts in said]
