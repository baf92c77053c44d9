"""What a phone sent, in plain words: why it was held back, where it departs from its form, what was answered, which files."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingcha.doors.hall import wording
from mingcha.doors.hall.middleware import POLICY
from mingcha.kernel.checklists import BREACHES, telling
from mingcha.kernel.checklists.telling import Told

if TYPE_CHECKING:
    from mingcha.flow.fieldwork.models import Attachment, Submission

# Why it could not become a visit by itself → what the office is to do about it.
HELD: dict[str, str | Promise] = {
    "site_missing": gettext_lazy("没有填点位编号：请看填报内容和照片，认出是哪个点位。"),
    "site_unclear": gettext_lazy("点位编号里有空格、逗号等符号，对不上名录：请认出是哪个点位。"),
    "finding_incomplete": gettext_lazy("有问题没有写描述：收为检查记录时要补上。"),
    "tied": gettext_lazy("提交人与这个点位有回避关系：不能作为检查记录，请列为不采用，另派人去查。"),
    "visited": gettext_lazy("同一组这一趟已经有这个点位的检查记录：请核对是不是重复，重复的列为不采用。"),
}
# Where it departs from the law of the house and not only from its form.
UNLAWFUL: dict[str, str | Promise] = {
    "covert_audio": gettext_lazy(
        "暗访带回有声音的文件“%(value)s”，当时没有有效的录音批准：请核查，没有批准的不能使用。"
    ),
}
# The same in a word, for the record of acts.
WHY_HELD: dict[str, str | Promise] = {
    "site_missing": gettext_lazy("没有点位"),
    "site_unclear": gettext_lazy("点位编号不清"),
    "finding_incomplete": gettext_lazy("问题没有描述"),
    "tied": gettext_lazy("有回避关系"),
    "visited": gettext_lazy("这一趟已查过"),
}
# What the phone fills in by itself has no label in any form.
BY_ITSELF: dict[str, str | Promise] = {
    "start": gettext_lazy("开始填写（手机时钟）"),
    "end": gettext_lazy("填写完毕（手机时钟）"),
    "today": gettext_lazy("手机日期"),
    "deviceid": gettext_lazy("手机编号"),
}
AHEAD = 300  # seconds; a phone's clock that is further ahead of ours is told


@dataclass(frozen=True)
class Flaw:
    """Where something departs from the form: the question, what is wrong with the answer, and the path in the form."""

    question: str
    sentence: str
    path: str


@dataclass(frozen=True)
class Line:
    """One line of what was filled in; `file` where it names one that came, `awaited` where one that did not."""

    told: Told
    text: str
    file: "Attachment | None" = None
    awaited: bool = False


def held(submission: "Submission") -> list[str]:
    """Return why it was held back, one sentence for each reason."""
    return [str(HELD.get(reason, reason)) for reason in submission.held]


def flaws(submission: "Submission") -> list[Flaw]:
    """Return where it departs from its form."""
    tree = submission.checklist.compiled.get("tree")
    found = []
    for breach in submission.breaches:
        question = telling.label(tree, breach["path"]) if tree else breach["path"]
        code = breach["code"]
        sentence = str(UNLAWFUL.get(code) or _(BREACHES.get(code, code))) % {"value": breach["value"]}
        found.append(Flaw(question, sentence, breach["path"]))
    return found


def lines(submission: "Submission", attachments: Iterable["Attachment"]) -> list[Line]:
    """Return every answer in the form's words; what names a file leads to it."""
    tree = submission.checklist.compiled.get("tree")
    here = {attachment.name: attachment for attachment in attachments}
    found = []
    for told in telling.told(tree, submission.answers) if tree else []:
        file = here.get(told.value or "")
        awaited = file is None and told.value in submission.expected
        told = replace(told, label=str(BY_ITSELF.get(told.label, told.label)))
        found.append(Line(told, _text(told), file, awaited))
    return found


def missing(submission: "Submission", attachments: Iterable["Attachment"]) -> list[str]:
    """Return the names of the files it speaks of that have not come."""
    return sorted(set(submission.expected) - {attachment.name for attachment in attachments})


def clock_ahead(submission: "Submission") -> bool:
    """Return whether the phone's clock was ahead of ours when the visit ended."""
    ended = submission.ended_at
    return ended is not None and (ended - submission.received_at).total_seconds() > AHEAD


def _text(told: Told) -> str:
    """Return an answer as a page shows it: a position with its accuracy, a moment in the office's time."""
    value = told.value or ""
    try:
        if told.kind == "geopoint":
            latitude, longitude, *rest = (float(part) for part in value.split())
            return position(latitude, longitude, rest[1] if len(rest) > 1 else None)
        if told.kind == "dateTime":
            moment = datetime.fromisoformat(value)
            return wording.moment(moment if timezone.is_aware(moment) else timezone.make_aware(moment))
        if told.kind == "date":
            return wording.day(datetime.fromisoformat(value).date())
    except ValueError:
        pass  # it departs from its form; shown as it was sent
    return value


def position(latitude: float, longitude: float, accuracy: float | None) -> str:
    """Return a position as text: degrees, and how far it may be off."""
    place = f"{latitude:.5f}, {longitude:.5f}"
    return _("%(place)s（误差约 %(metres)s 米）") % {"place": place, "metres": round(accuracy)} if accuracy else place


def with_sound(answer: HttpResponse) -> HttpResponse:
    """Let a page play recordings of this house."""
    answer["Content-Security-Policy"] = f"{POLICY}; media-src 'self'"
    return answer
