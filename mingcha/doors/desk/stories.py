"""What happened to a finding, in plain words, out of the record of acts; and how its clock stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.hall import wording
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.queries import imported, ladder
from mingcha.flow.rectifications.states import OPEN, Rung
from mingcha.ground.audit import queries as audit

if TYPE_CHECKING:
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.rectifications.models import Rectification
    from mingcha.ground.audit.models import Event

# verb on record: (what a person would say, tone of the dot)
SAID = {
    "finding.note": (pgettext_lazy("记录", "登记问题"), ""),
    "finding.confirm": (pgettext_lazy("记录", "检查结束，问题确认"), ""),
    "finding.withdraw": (pgettext_lazy("记录", "撤回问题"), ""),
    # One act stands on record for all that a phone's submission brings about.
    "submission.receive": (pgettext_lazy("记录", "收到手机填报"), ""),
    "submission.attach": (pgettext_lazy("记录", "附件补齐"), ""),
    "submission.take": (pgettext_lazy("记录", "认定点位，收为检查记录"), ""),
    "rectification.attest": (pgettext_lazy("记录", "现场已改，当场确认"), "good"),
    "rectification.agree": (pgettext_lazy("记录", "约定整改期限"), ""),
    "rectification.void": (pgettext_lazy("记录", "随问题撤回"), ""),
    "rectification.order": (pgettext_lazy("记录", "交办给责任单位"), ""),
    "rectification.receive": (pgettext_lazy("记录", "责任单位签收"), ""),
    "rectification.answer": (pgettext_lazy("记录", "责任单位答复"), ""),
    "rectification.upheld": (pgettext_lazy("记录", "抽核属实"), "good"),
    "rectification.overturned": (pgettext_lazy("记录", "抽核不实，改为限期整改"), "bad"),
    "rectification.returned": (pgettext_lazy("记录", "答复退回"), "bad"),
    "rectification.closed": (pgettext_lazy("记录", "核验通过，销号"), "good"),
    "rectification.plan": (pgettext_lazy("记录", "责任单位报计划"), ""),
    "rectification.finish_measure": (pgettext_lazy("记录", "一项措施做完"), ""),
    "rectification.progress": (pgettext_lazy("记录", "责任单位报进展"), ""),
    "rectification.ask": (pgettext_lazy("记录", "责任单位提出申请"), ""),
    "rectification.rule": (pgettext_lazy("记录", "裁定申请"), ""),
    "rectification.pause": (pgettext_lazy("记录", "暂停计时"), ""),
    "rectification.resume": (pgettext_lazy("记录", "恢复计时"), ""),
    "rectification.step": (pgettext_lazy("记录", "督办阶梯"), ""),
    "rectification.make_link": (pgettext_lazy("记录", "生成整改链接"), ""),
    "rectification.revoke_link": (pgettext_lazy("记录", "收回整改链接"), ""),
    "rectification.redeem_link": (pgettext_lazy("记录", "启用整改链接"), ""),
}


@dataclass(frozen=True)
class Step:
    """One entry of a timeline."""

    act: str
    by: str
    at: datetime
    note: str = ""
    tone: str = ""
    hour: bool = True  # False: the record holds the day alone


@dataclass(frozen=True)
class Clock:
    """How an order stands to its deadline: `words` such as 还剩 2 天, `late` past it."""

    words: str
    late: bool
    soon: bool
    light: str = ""


def of(finding: "Finding", order: "Rectification | None", *, office: bool = True) -> list[Step]:
    """Return the story of a finding and its rectification, oldest first; what an `office` is reminded of is its own."""
    events = list(audit.about("finding", finding.pk))
    if finding.visit.submission is not None:
        events += audit.about("submission", finding.visit.submission.instance_id)
    notes = {"finding.withdraw": [finding.withdrawn_reason]}
    if order is not None:
        # A lead is nobody's news but its keepers'.
        hidden = {Rung.TAKE_OVER} if office else {Rung.TAKE_OVER, Rung.VERIFY, Rung.RULE}
        events += [event for event in audit.about("rectification", order.pk) if event.detail.get("act") not in hidden]
        # The n-th act of a kind on record goes with the n-th text of that kind; times may be the same.
        notes["rectification.answer"] = [reply.measures for reply in rectifications.replies(order)]
        for review in rectifications.reviews(order):
            notes.setdefault(f"rectification.{review.verdict}", []).append(review.reason)
        notes |= _clock_notes(order, hidden)
    events.sort(key=lambda event: event.pk)
    row = imported.row_of(order) if order is not None else None
    # One act stands on record for a whole file: the story of each of its rows begins with it.
    begun = [Step(_("从原台账导入"), row.source.by.name, row.source.at)] if row else []
    return begun + [_step(event, notes) for event in events]


def _clock_notes(order: "Rectification", hidden: "set[Rung]") -> dict[str, list[str]]:
    """Return verb → the words that go with each act of that kind, the latest first."""
    asked = list(rectifications.requests(order))
    ruled = sorted((each for each in asked if each.ruled_at), key=lambda each: (each.ruled_at, each.pk), reverse=True)
    steps = [
        f"{_(step.get_act_display())} {step.note}".strip() for step in ladder.taken(order) if step.act not in hidden
    ]
    return {
        "rectification.progress": [said.text for said in rectifications.progress(order)],
        "rectification.ask": [f"{_(each.get_kind_display())}：{each.reason}" for each in asked],
        "rectification.rule": [
            f"{_(each.get_kind_display())}：{_(each.get_state_display())}。{each.ruling}" for each in ruled
        ],
        "rectification.pause": [stop.reason for stop in rectifications.pauses(order)],
        "rectification.step": steps[::-1],
    }


def _step(event: "Event", notes: dict[str, list[str]]) -> Step:
    """Take the oldest text left for this kind of act; the lists stand latest first."""
    act, tone = SAID.get(event.verb, (event.verb, ""))
    waiting = notes.get(event.verb)
    return Step(str(act), event.actor_name, event.at, waiting.pop() if waiting else "", tone)


def last(order: "Rectification") -> Step | None:
    """Return what was done to an order last, and by whom: for the one who came second."""
    event = audit.about("rectification", order.pk).last()
    return _step(event, {}) if event else None


def clock(order: "Rectification | None", *, at: datetime) -> Clock | None:
    """Return how an open order stands to its deadline; None where no deadline runs."""
    if order is None or order.due_at is None or order.state not in OPEN:
        return None
    if rectifications.pause_now(order) is not None:
        return Clock(_("计时暂停，恢复后顺延"), late=False, soon=False, light="paused")
    left, light = order.due_at - at, ladder.light(order, at=at) or ""
    if left < timedelta(0):
        return Clock(_("已逾期 %(time)s") % {"time": wording.lasting(-left)}, late=True, soon=False, light=light)
    soon = left < timedelta(days=1)
    return Clock(_("还剩 %(time)s") % {"time": wording.lasting(left)}, late=False, soon=soon, light=light)
