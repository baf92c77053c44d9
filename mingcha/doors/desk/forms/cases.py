"""What is put on record about a party: heard, proposed, decided elsewhere, appealed, cleared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.forms.referrals import Act, Ruling, day, line, pick, words
from mingcha.doors.hall.wording import choices
from mingcha.flow.referrals.states import FAMILIES, OF_ORGANISATIONS, AppealState, Form, Hearing, Kind

BODY = _("写全称，例如某县纪委常委会。本系统只登记，不作决定。")


class CaseRuling(Act):
    """Approving a case, or refusing it."""

    verdict = pick(_("审批"), [("approve", _("批准转为案件")), ("return", _("不批准"))])
    study = words(_("集体研究情况"), _("批准的要写明：什么会议、什么时间、什么意见。"), rows=3, required=False)
    ruling = words(_("不批准的理由"), _("不批准的要写明，线索留在原来的环节。"), rows=3, required=False)


class CloseCase(Act):
    """Closing a case, which never reopens."""

    checked = forms.BooleanField(
        label=_("已核对每个当事人的结果"), error_messages={"required": _("请先核对，再勾选。办结后不再重开。")}
    )


class Hear(Act):
    """What a party said for itself."""

    how = pick(_("情形"), choices(Hearing.choices))
    text = words(_("陈述申辩的内容"), _("本人怎么说；放弃的，写明怎样告知、怎样放弃。"), rows=6)
    heard_on = day(pgettext_lazy("陈述", "日期"))


class NewDisposition(Act):
    """What is proposed about a party."""

    kind = forms.ChoiceField(label=pgettext_lazy("案件", "处理"))
    form = forms.ChoiceField(label=_("四种形态"), choices=[("", _("不归入")), *choices(Form.choices)], required=False)
    grounds = words(_("依据的事实和理由"), _("对应哪项职责、哪些事实。条款由承办机关按现行规定填写。"), rows=5)

    def __init__(self, *args: Any, organisation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [
            kind for kind in Kind if (kind in OF_ORGANISATIONS if organisation else kind is not Kind.REORGANISED)
        ]
        grouped: dict[str, list[tuple[str, str]]] = {}
        for kind in fitting:
            grouped.setdefault(FAMILIES[kind.partition(".")[0]], []).append((kind.value, kind.label))
        self.fields["kind"].choices = [("", "——")] + [  # type: ignore[attr-defined]
            (gettext_lazy(family), choices(kinds)) for family, kinds in grouped.items()
        ]


class Decision(Act):
    """A decision made outside: by which body, under which number, when."""

    deciding_body = line(_("决定机关"), BODY)
    document = line(_("决定文号"), _("例如某纪发〔2021〕7号；会议决定的写会议名称和届次。"))
    decided_on = day(_("决定日期"))


class Decide(Decision):
    """A disposition decided, and where its party may appeal."""

    appeal_to = line(_("申诉受理机关"), _("不服决定向哪个机关申诉，决定送达时告知本人。"))
    appeal_until = day(_("申诉期限"), _("有期限的才填，依据由承办机关按现行规定填写。"), required=False)


class Drop(Act):
    reason = words(_("不予给予的理由"), rows=3)


class Suggest(Act):
    reason = words(_("建议的理由"), _("为什么在查清之前不宜留任。是否免职由党委（党组）决定。"), rows=4)


class Settle(Decision):
    """What a deciding body made of one of the two tracks."""

    outcome = pick(
        pgettext_lazy("先免职再查处", "结果"),
        [("decided", pgettext_lazy("先免职再查处", "已决定")), ("declined", pgettext_lazy("先免职再查处", "决定不予"))],
    )
    result = words(_("决定内容"), rows=3)
    field_order = ("outcome", "result", "deciding_body", "document", "decided_on")


class Lodge(Act):
    """An appeal."""

    lodged_on = day(_("申诉日期"))
    reason = words(_("申诉理由"), _("逾期提出的也照实登记，是否受理由受理机关决定。"), rows=5)


class AppealRuling(Decision):
    """What came of an appeal."""

    outcome = pick(
        pgettext_lazy("申诉", "结果"), [pair for pair in choices(AppealState.choices) if pair[0] != "lodged"]
    )
    result = words(_("决定内容"), rows=3)
    field_order = ("outcome", "result", "deciding_body", "document", "decided_on")


class Clear(Act):
    """A clearance with its notice."""

    facts = words(_("查明的情况"), _("反映的问题怎样查、查明不属实或者不成立。"), rows=4)
    notice = words(_("澄清通知"), _("发给本人和单位的文字，照写照发。不写是谁反映的。"), rows=6)
    scope = line(_("澄清范围"), _("例如本单位干部职工大会、原来传播的范围。"), most=120)


__all__ = [
    "AppealRuling",
    "CaseRuling",
    "Clear",
    "Decide",
    "Drop",
    "Hear",
    "Lodge",
    "NewDisposition",
    "Ruling",
    "Settle",
    "Suggest",
]
