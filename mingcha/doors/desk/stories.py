"""What happened to a finding, in plain words, out of the record of acts; and how its clock stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.hall import wording
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.queries import imported
from mingcha.flow.rectifications.states import OPEN
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
}


@dataclass(frozen=True)
class Step:
    """One entry of a timeline."""

    act: str
    by: str
    at: datetime
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Clock:
    """How an order stands to its deadline: `words` such as 还剩 2 天, `late` past it."""

    words: str
    late: bool
    soon: bool


def of(finding: "Finding", order: "Rectification | None") -> list[Step]:
    """Return the story of a finding and its rectification, oldest first."""
    events = list(audit.about("finding", finding.pk))
    if finding.visit.submission is not None:
        events += audit.about("submission", finding.visit.submission.instance_id)
    notes = {"finding.withdraw": [finding.withdrawn_reason]}
    if order is not None:
        events += audit.about("rectification", order.pk)
        # The n-th act of a kind on record goes with the n-th text of that kind; times may be the same.
        notes["rectification.answer"] = [reply.measures for reply in rectifications.replies(order)]
        for review in rectifications.reviews(order):
            notes.setdefault(f"rectification.{review.verdict}", []).append(review.reason)
    events.sort(key=lambda event: event.pk)
    row = imported.row_of(order) if order is not None else None
    # One act stands on record for a whole file: the story of each of its rows begins with it.
    begun = [Step(_("从原台账导入"), row.source.by.name, row.source.at)] if row else []
    return begun + [_step(event, notes) for event in events]


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
    left = order.due_at - at
    if left < timedelta(0):
        return Clock(_("已逾期 %(time)s") % {"time": wording.lasting(-left)}, late=True, soon=False)
    return Clock(_("还剩 %(time)s") % {"time": wording.lasting(left)}, late=False, soon=left < timedelta(days=1))
