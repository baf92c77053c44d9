"""What the record says of the lot: its acts, its things, the details of each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.flow.draws.states import Tilt
from mingcha.flow.fieldwork.states import Concern

VERBS: dict[str, str | Promise] = {
    "round.begin": pgettext_lazy("记录", "开始一轮抽签"),
    "round.freeze": pgettext_lazy("记录", "冻结名录"),
    "round.deposit": pgettext_lazy("记录", "投入秘密，公布承诺"),
    "round.announce": pgettext_lazy("记录", "录入公开数值"),
    "round.agree": pgettext_lazy("记录", "复核公开数值"),
    "round.draw": pgettext_lazy("记录", "抽签并密封"),
    "round.route": pgettext_lazy("记录", "排好路线，重新密封"),
    "round.unrouted": pgettext_lazy("记录", "路线没有排成，按抽签次序"),
    "round.void": pgettext_lazy("记录", "作废一轮抽签"),
    "round.reveal": pgettext_lazy("记录", "公开验证"),
    "list.open": pgettext_lazy("记录", "启封清单"),
    "stop.replace": pgettext_lazy("记录", "按签号递补点位"),
    "stop.hand_over": pgettext_lazy("记录", "把一站移交给另一组"),
    "directed.ask": pgettext_lazy("记录", "指定检查"),
    "directed.withdraw": pgettext_lazy("记录", "撤回指定检查"),
}
KINDS: dict[str, str | Promise] = {"directed": _("指定检查")}
DETAILS: dict[str, str | Promise] = {
    "body": pgettext_lazy("单个", "单位"),
    "commitment": _("承诺"),
    "despite": _("明知仍移交"),
    "dropped": _("排不下"),
    "frame_hash": _("名录哈希"),
    "iterations": _("迭代数"),
    "left_out": _("到上限未参加"),
    "out": _("换下"),
    "passed_over": _("依次跳过"),
    "public": _("公开数值"),
    "replaced": _("递补数"),
    "replacement": _("递补"),
    "root": _("签根"),
    "scores": _("评分版本"),
    "tilt": _("机会怎样分"),
    "unassigned": _("无组可派"),
    "value": _("读数"),
    "why": _("没排成的原因"),
    "witness": _("见证单位"),
}
VALUES_OF: dict[str, dict[str, object]] = {
    "tilt": {choice.value: _(choice.label) for choice in Tilt},
    "why": {"died": _("计算中断")},
    "despite": {concern.value: _(concern.label) for concern in Concern},
}
