"""The record of acts at places in one's area, in plain words."""

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from mingcha.doors.desk.forms.campaigns import MEASURES
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork.states import Mode, Outcome
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.audit import queries
from mingcha.ground.territory import queries as territory

if TYPE_CHECKING:
    from mingcha.ground.audit.models import Event

YES, NO = _("是"), _("否")
# Every verb of the rooms; one that is not here shows as it is written, and a test says so.
VERBS: dict[str, str | Promise] = {
    "campaign.open": pgettext_lazy("记录", "立项"),
    "campaign.close": pgettext_lazy("记录", "结束任务"),
    "campaign.answer_for": pgettext_lazy("记录", "核报数据"),
    "campaign.adopt_edition": pgettext_lazy("记录", "换用清单新版本"),
    "team.form": pgettext_lazy("记录", "组成检查组"),
    "round.begin": pgettext_lazy("记录", "开始一轮抽签"),
    "round.freeze": pgettext_lazy("记录", "冻结名录"),
    "round.draw": pgettext_lazy("记录", "抽签并密封"),
    "round.reveal": pgettext_lazy("记录", "公开验证"),
    "list.open": pgettext_lazy("记录", "启封清单"),
    "inspection.depart": pgettext_lazy("记录", "出发检查"),
    "inspection.return": pgettext_lazy("记录", "收队"),
    "visit.begin": pgettext_lazy("记录", "到点开始检查"),
    "visit.answer": pgettext_lazy("记录", "填写检查表"),
    "visit.photo": pgettext_lazy("记录", "拍照取证"),
    "visit.close": pgettext_lazy("记录", "结束检查并反馈"),
    "finding.note": pgettext_lazy("记录", "登记问题"),
    "finding.confirm": pgettext_lazy("记录", "确认问题"),
    "finding.withdraw": pgettext_lazy("记录", "撤回问题"),
    "rectification.attest": pgettext_lazy("记录", "现场确认已改"),
    "rectification.agree": pgettext_lazy("记录", "约定整改期限"),
    "rectification.order": pgettext_lazy("记录", "交办"),
    "rectification.receive": pgettext_lazy("记录", "签收"),
    "rectification.answer": pgettext_lazy("记录", "答复整改"),
    "rectification.returned": pgettext_lazy("记录", "退回整改"),
    "rectification.closed": pgettext_lazy("记录", "销号"),
    "rectification.upheld": pgettext_lazy("记录", "抽核属实"),
    "rectification.overturned": pgettext_lazy("记录", "抽核不实"),
    "rectification.void": pgettext_lazy("记录", "随问题撤回"),
    "ledger.export": pgettext_lazy("记录", "导出台账"),
    "brief.issue": pgettext_lazy("记录", "编发简报"),
    "rulebook.register": pgettext_lazy("记录", "登记清单"),
    "rulebook.publish": pgettext_lazy("记录", "发布清单版本"),
    "rulebook.publish_checklist": pgettext_lazy("记录", "发布检查表"),
    "territory.import_divisions": pgettext_lazy("记录", "导入区划"),
    "territory.group_townships": pgettext_lazy("记录", "划分片区"),
    "territory.add_body": pgettext_lazy("记录", "登记单位"),
    "territory.add_site_type": pgettext_lazy("记录", "登记点位类型"),
    "territory.add_site": pgettext_lazy("记录", "登记点位"),
    "territory.change_site": pgettext_lazy("记录", "修改点位"),
    "territory.import_sites": pgettext_lazy("记录", "导入点位"),
    "evidence.keep": pgettext_lazy("记录", "收存文件"),
    "person.sign_in": pgettext_lazy("记录", "登录"),
    "person.sign_out": pgettext_lazy("记录", "退出"),
    "person.enrol": pgettext_lazy("记录", "登记人员"),
    "person.appoint": pgettext_lazy("记录", "任职"),
    "person.set_password": pgettext_lazy("记录", "设置密码"),
}
KINDS: dict[str, str | Promise] = {
    "campaign": pgettext_lazy("单个", "任务"),
    "team": pgettext_lazy("单个", "检查组"),
    "round": _("轮次"),
    "inspection": pgettext_lazy("单个", "检查"),
    "visit": _("点位检查"),
    "finding": pgettext_lazy("单个", "问题"),
    "rectification": _("整改"),
    "rulebook": pgettext_lazy("单个", "清单"),
    "checklist": _("检查表"),
    "site": pgettext_lazy("单个", "点位"),
    "site_type": _("点位类型"),
    "body": pgettext_lazy("单个", "单位"),
    "division": _("区划"),
    "register": _("点位名录"),
    "evidence": _("文件"),
    "person": _("人员"),
    "brief": pgettext_lazy("单个", "简报"),
    "ledger": _("台账"),
}
DETAILS: dict[str, str | Promise] = {
    "active": _("在册"),
    "added": _("新增"),
    "answers": _("答题"),
    "changed": _("更新"),
    "commitment": _("种子承诺"),
    "declared": _("应有"),
    "edition": pgettext_lazy("单个", "清单"),
    "editions": pgettext_lazy("单个", "清单"),
    "filter": _("条件"),
    "frame_hash": _("名录哈希"),
    "groups": _("片区"),
    "item": _("条目编号"),
    "leader": _("组长"),
    "list": _("清单编号"),
    "measures": _("核报"),
    "members": _("组员"),
    "mode": _("方式"),
    "n": _("抽取"),
    "name": _("名称"),
    "number": _("期号"),
    "offices": pgettext_lazy("单个", "单位"),
    "outcome": _("结果"),
    "proofs": _("佐证"),
    "questions": _("题数"),
    "recorded": _("收录"),
    "role": _("角色"),
    "rows": _("行数"),
    "sha256": _("文件哈希"),
    "since": _("起"),
    "site": pgettext_lazy("单个", "点位"),
    "sites": pgettext_lazy("单个", "点位"),
    "stops": pgettext_lazy("单个", "点位"),
    "team": pgettext_lazy("单个", "检查组"),
    "teams": pgettext_lazy("单个", "检查组"),
    "townships": _("乡镇"),
    "unassigned": _("无组可派"),
    "version": _("版本"),
    "visit": _("点位检查"),
    "unvisited": _("未到访"),
}
VALUES: dict[str, object] = {choice.value: _(choice.label) for choice in (*Mode, *Outcome)}
VALUES |= {value: name for value, (name, _said) in MEASURES.items()}
# Where a line leads; the page there applies its own scope.
PLACES = {
    "campaign": "desk:campaign",
    "round": "desk:round",
    "visit": "desk:visit",
    "finding": "desk:finding",
    "rectification": "desk:order",
    "rulebook": "desk:rulebook",
}


@require_safe
@door(P.AUDIT_SEE)
def index(request: Request) -> HttpResponse:
    """Show who did what, when and where, newest first."""
    verb, actor = request.GET.get("verb", ""), request.GET.get("actor", "").strip()[:80]
    found = queries.within(request.standing.prefixes(P.AUDIT_SEE))
    if verb:
        found = found.filter(verb=verb)
    if actor:
        found = found.filter(actor_name__icontains=actor)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    names = territory.names(code for event in page for code in (event.division, event.division[:6]))
    return render(request, "desk/audit.html", {
        "page": page, "verb": verb, "actor": actor, "verbs": VERBS,
        "lines": [_line(event, names) for event in page],
    })  # fmt: skip


def _line(event: "Event", names: dict[str, str]) -> dict[str, object]:
    return {
        "event": event,
        "verb": VERBS.get(event.verb, event.verb),
        "kind": KINDS.get(event.kind, event.kind),
        "place": names.get(event.division) or names.get(event.division[:6], ""),
        "address": PLACES.get(event.kind, ""),
        "detail": [(DETAILS.get(name, name), _flat(value)) for name, value in event.detail.items()],
    }


def _flat(value: object) -> str:
    """Return a detail as one line of text; long ones are cut."""
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, dict):
        value = [f"{name} {each}" for name, each in value.items()]
    if isinstance(value, list):
        text = str(_("、")).join(str(VALUES.get(str(each), each)) for each in value) or str(_("无"))
    else:
        text = str(VALUES.get(str(value), value))
    return text if len(text) <= 120 else text[:118] + "……"
