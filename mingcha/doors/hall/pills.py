"""How each state of a thing looks: its usual word and one tone. Every door uses this table and no other."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Tones: going (blue), wait (amber), good (green), bad (red, only for overdue and severe), sealed (kraft), done (grey).
PILLS = {
    # campaigns, rounds, lists, outings, visits
    "open": (_("进行中"), "going"),
    "committed": (_("承诺已齐"), "going"),
    "frozen": (_("名录已冻结"), "sealed"),
    "drawn": (_("已抽签"), "going"),
    "revealed": (_("已公开验证"), "good"),
    "sealed": (_("密封"), "sealed"),
    "opened": (_("已启封"), "going"),
    "out": (_("检查中"), "going"),
    "back": (_("已收队"), "good"),
    "begun": (_("检查中"), "going"),
    "done": (_("完成检查"), "good"),
    "refused": (_("被拒绝"), "bad"),
    "shut": (_("关门停业"), "wait"),
    "not_executable": (_("无法执行"), "wait"),
    # what phones sent
    "held": (_("待处理"), "wait"),
    "taken": (_("已入账"), "good"),
    "set_aside": (_("不采用"), "done"),
    # findings
    "noted": (_("已登记"), "done"),
    "confirmed": (_("已确认"), "going"),
    "withdrawn": (_("已撤回"), "done"),
    "slight": (_("轻微"), "done"),
    "ordinary": (_("一般"), "wait"),
    "grave": (_("重大"), "bad"),
    # rectifications
    "attested": (_("现场已改"), "good"),
    "upheld": (_("抽核属实"), "good"),
    "agreed": (_("已约定期限"), "wait"),
    "ordered": (_("待整改"), "wait"),
    "answered": (_("待核验"), "going"),
    "returned": (_("已退回"), "wait"),
    "cannot": (_("申报无法整改"), "wait"),
    "exempt": (_("裁定不再整改"), "done"),
    "closed": (_("已销号"), "good"),
    "void": (_("随问题撤回"), "done"),
    # what is told to the public
    "draft": (_("草稿"), "done"),
    "proposed": (_("待审批"), "wait"),
    "published": (_("已发布"), "good"),
    "taken_down": (_("已撤下"), "done"),
    "asked": (_("待裁定"), "wait"),
    "granted": (_("同意"), "good"),
    "declined": (_("不同意"), "done"),
    # leads and cases
    "inquiry": (_("谈话函询"), "going"),
    "verification": (_("初步核实"), "going"),
    "filed": (_("已转案件"), "going"),
    "decided": (_("已决定"), "good"),
    "lodged": (_("申诉中"), "wait"),
    "once": (_("待第二人审批"), "wait"),
    "found": (_("已认定"), "bad"),
    # not states of a thing, but of its clock or its record
    "green": (_("绿灯 正常"), "good"),
    "yellow": (_("黄灯 临近到期"), "wait"),
    "red": (_("红灯 已逾期"), "bad"),
    "overdue": (_("已逾期"), "bad"),
    "paused": (_("计时暂停"), "sealed"),
    "pending": (_("待裁定"), "wait"),
    "due_soon": (_("快到期"), "wait"),
    "lapsed": (_("已失效"), "done"),
    "unreported": (_("未报"), "done"),
    "partial": (_("未收录完整"), "wait"),
}


def look(state: object, label: str = "") -> tuple[str, str]:
    """
    Return (label, tone) for a state. A label given wins: a closed campaign is 已结束, not 已销号.

    An unknown state shows its own name in grey rather than failing a page.
    """
    word, tone = PILLS.get(str(state), (str(state), "done"))
    return (gettext(label) if label else str(word)), tone
