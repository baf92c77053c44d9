"""What is on record about leads and cases, in plain words; taken up by `recorded`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingcha.flow.referrals.states import AppealState, Hearing, Kind, LeadKind, Source, TrackKind, Way

VERBS: dict[str, str | Promise] = {
    "lead.register": pgettext_lazy("记录", "登记线索"),
    "lead.take_over": pgettext_lazy("记录", "督办到期转线索"),
    "lead.hasten": pgettext_lazy("记录", "从速从严从重"),
    "disposal.propose": pgettext_lazy("记录", "提出处置意见"),
    "disposal.approve": pgettext_lazy("记录", "批准处置意见"),
    "disposal.return": pgettext_lazy("记录", "退回处置意见"),
    "false_report.propose": pgettext_lazy("记录", "提出认定诬告"),
    "false_report.approve": pgettext_lazy("记录", "同意认定诬告"),
    "false_report.reject": pgettext_lazy("记录", "不同意认定诬告"),
    "case.propose": pgettext_lazy("记录", "提请转为案件"),
    "case.open": pgettext_lazy("记录", "批准转为案件"),
    "case.refuse": pgettext_lazy("记录", "不批准转为案件"),
    "case.add_party": pgettext_lazy("记录", "列入当事人"),
    "case.hear": pgettext_lazy("记录", "登记陈述申辩"),
    "case.close": pgettext_lazy("记录", "办结案件"),
    "disposition.propose": pgettext_lazy("记录", "提出处理建议"),
    "disposition.decide": pgettext_lazy("记录", "登记处理决定"),
    "disposition.drop": pgettext_lazy("记录", "登记不予给予"),
    "track.propose": pgettext_lazy("记录", "建议先免职再查处"),
    "track.decide": pgettext_lazy("记录", "登记免职或查处的决定"),
    "track.decline": pgettext_lazy("记录", "登记决定不予"),
    "appeal.lodge": pgettext_lazy("记录", "登记申诉"),
    "appeal.rule": pgettext_lazy("记录", "登记申诉结果"),
    "clearance.propose": pgettext_lazy("记录", "提出澄清正名"),
    "clearance.issue": pgettext_lazy("记录", "批准澄清正名"),
    "clearance.return": pgettext_lazy("记录", "退回澄清正名"),
}
KINDS: dict[str, str | Promise] = {
    "lead": pgettext_lazy("单个", "线索"),
    "case": pgettext_lazy("单个", "案件"),
}
DETAILS: dict[str, str | Promise] = {
    "lead": pgettext_lazy("单个", "线索"),
    "lead_kind": _("类别"),
    "origin": _("来源"),
    "finding": pgettext_lazy("单个", "问题"),
    "fast": _("从速从严从重"),
    "way": _("处置方式"),
    "case": pgettext_lazy("单个", "案件"),
    "parties": _("当事人数"),
    "accused": _("当事人编号"),
    "heard": _("陈述申辩"),
    "disposition": pgettext_lazy("案件", "处理"),
    "track": _("先免职再查处"),
    "appeal": _("申诉结果"),
    "decided_by": _("决定机关"),
    "document": _("决定文号"),
}
VALUES_OF: dict[str, dict[str, object]] = {
    "lead_kind": {choice.value: _(choice.label) for choice in LeadKind},
    "origin": {choice.value: _(choice.label) for choice in Source},
    "way": {choice.value: _(choice.label) for choice in Way},
    "heard": {choice.value: _(choice.label) for choice in Hearing},
    "disposition": {choice.value: _(choice.label) for choice in Kind},
    "track": {choice.value: _(choice.label) for choice in TrackKind},
    "appeal": {choice.value: _(choice.label) for choice in AppealState},
}
PLACES = {"lead": "desk:lead", "case": "desk:case"}
