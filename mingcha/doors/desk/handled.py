"""What the record says of how reports were handled: who opened, handed over, proposed, approved; codes, never a word."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.tips.states import Category, Kind, Outcome, Way

VERBS: dict[str, str | Promise] = {
    "tips.open": pgettext_lazy("记录", "打开举报"),
    "tips.skim": pgettext_lazy("记录", "浏览举报列表"),
    "tips.identity": pgettext_lazy("记录", "打开反映人身份"),
    "tips.file": pgettext_lazy("记录", "打开举报附件"),
    "tips.accept": pgettext_lazy("记录", "受理举报"),
    "tips.decline": pgettext_lazy("记录", "不予受理举报"),
    "tips.sort": pgettext_lazy("记录", "更正举报类别"),
    "tips.concern": pgettext_lazy("记录", "更正被反映单位"),
    "tips.assign": pgettext_lazy("记录", "分办举报"),
    "tips.unassign": pgettext_lazy("记录", "收回分办的举报"),
    "tips.verify": pgettext_lazy("记录", "核实为实名举报"),
    "tips.note": pgettext_lazy("记录", "记录举报办理情况"),
    "tips.contact": pgettext_lazy("记录", "记录与反映人联系"),
    "tips.offer": pgettext_lazy("记录", "移送举报"),
    "tips.take": pgettext_lazy("记录", "接收移送的举报"),
    "tips.give_back": pgettext_lazy("记录", "退回移送的举报"),
    "tips.upward": pgettext_lazy("记录", "举报径送上级"),
    "tips.send_identity": pgettext_lazy("记录", "移送反映人身份"),
    "tips.propose": pgettext_lazy("记录", "提出举报处置意见"),
    "tips.approve": pgettext_lazy("记录", "批准举报处置意见"),
    "tips.reject": pgettext_lazy("记录", "退回举报处置意见"),
    "tips.reply": pgettext_lazy("记录", "答复反映人"),
    "tips.notify": pgettext_lazy("记录", "告知反映人已受理"),
    "tips.conclude": pgettext_lazy("记录", "举报办结"),
    "tips.answer": pgettext_lazy("记录", "反馈举报结果"),
    "tips.explain": pgettext_lazy("记录", "答复异议"),
    "tips.resume": pgettext_lazy("记录", "恢复办理举报"),
    "tips.repeat": pgettext_lazy("记录", "登记为重复反映"),
    "tips.fold": pgettext_lazy("记录", "编入举报比对索引"),
    "tips.erase": pgettext_lazy("记录", "举报到期销毁"),
    "tips.call_draft": pgettext_lazy("记录", "起草问题线索公告"),
    "tips.call_change": pgettext_lazy("记录", "修改问题线索公告"),
    "tips.call_publish": pgettext_lazy("记录", "发布问题线索公告"),
    "tips.call_withdraw": pgettext_lazy("记录", "撤下问题线索公告"),
    "tips.set_terms": pgettext_lazy("记录", "设置举报办理时限"),
}
KINDS: dict[str, str | Promise] = {"tip": _("举报"), "tipline": _("举报箱"), "tip_call": _("问题线索公告")}
DETAILS: dict[str, str | Promise] = {
    "category": _("问题类型"),
    "earlier_category": _("原问题类型"),
    "earlier_kind": _("原类别"),
    "file_count": _("附件数"),
    "office": _("机关"),
    "original": _("原件"),
    "outcome": _("结果"),
    "seen": _("所看举报"),
    "sender": _("移送机关"),
    "tip_kind": _("类别"),
    "tip_number": _("举报编号"),
    "disposal": _("处置方式"),
    "with_identity": _("含身份信息"),
    "forward_days": _("受理移送工作日"),
    "notice_days": _("受理告知工作日"),
    "result_days": _("结果反馈工作日"),
    "proposal_days": _("提出处置意见天数"),
    "objection_days": _("提出异议天数"),
    "keep_days": _("办结后保存天数"),
    "bits": _("工作量难度"),
}
_CATEGORIES = {choice.value: _(choice.label) for choice in Category}
_KINDS = {choice.value: _(choice.label) for choice in Kind}
VALUES_OF: dict[str, Mapping[str, object]] = {
    "category": _CATEGORIES,
    "earlier_category": _CATEGORIES,
    "tip_kind": _KINDS,
    "earlier_kind": _KINDS,
    "disposal": {choice.value: _(choice.label) for choice in Way},
    "outcome": {choice.value: _(choice.label) for choice in Outcome},
}
