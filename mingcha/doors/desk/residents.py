"""
What looks like a resident's data in the words of a phone. Those are kept as they came: the office is told, nothing is
stopped. What is typed at a desk was asked about when it was typed (hall/watched.py).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mingcha.doors.hall.watched import Suspicion
from mingcha.kernel import privacy

if TYPE_CHECKING:
    from mingcha.doors.desk.submitted import Line
    from mingcha.flow.fieldwork.models import Answer, Visit
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.rectifications.models import Rectification

# What holds no words of its own: choices, numbers, moments, positions, and the names of files.
WORDLESS = frozenset(
    {
        "select1", "select", "int", "integer", "decimal", "date", "dateTime", "time", "geopoint", "photo", "signature",
        "audio", "video", "file",
    }
)  # fmt: skip


def in_submission(lines: Iterable["Line"]) -> list[Suspicion]:
    """Look through every answer in words."""
    return _seen((line.told.label, line.text) for line in lines if line.told.kind not in WORDLESS)


def in_visit(visit: "Visit", answers: Iterable["Answer"], findings: Iterable["Finding"]) -> list[Suspicion]:
    """Look through what a phone said of a visit; nothing where it was typed at a form of ours."""
    if visit.submission_id is None:
        return []
    texts = [(_("现场反馈"), visit.feedback), (_("没有完成的原因"), visit.reason)]
    texts += [(answer.question.text, answer.said) for answer in answers]
    return _seen([*texts, *((finding.number, finding.description) for finding in findings)])


def in_finding(finding: "Finding", order: "Rectification | None") -> list[Suspicion]:
    """Look through what a phone said of a finding; nothing where it was typed at a form of ours."""
    if finding.visit.submission_id is None:
        return []
    required = order.requirement if order else ""
    return _seen(
        [(_("问题描述"), finding.description), (_("所填条款"), finding.clause), (_("整改要求"), required)]
    )  # fmt: skip


def _seen(texts: Iterable[tuple[str, str]]) -> list[Suspicion]:
    return [
        Suspicion(where, "", _(privacy.LABELS[hit.kind]), hit.excerpt_masked)
        for where, text in texts
        for hit in privacy.detect(text)
    ]
