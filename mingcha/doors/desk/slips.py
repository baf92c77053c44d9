"""The on-site feedback slip (现场反馈单): what the team leaves with whoever was inspected, as lines and as a code."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingcha.doors.hall import wording
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.rectifications import queries as rectifications

if TYPE_CHECKING:
    from mingcha.flow.fieldwork.models import Attachment, Visit
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.rectifications.models import Rectification

# The node of a form that holds a signature → whose. The first three sign every slip, by hand where no phone was signed.
SIGNERS: dict[str, str | Promise] = {
    "sign_leader": gettext_lazy("检查组组长"),
    "sign_liaison": gettext_lazy("联络员"),
    "sign_manager": gettext_lazy("现场负责人"),
    "sign_receiver": gettext_lazy("反馈对象"),
}
BY_HAND = 3
CODE_BYTES = 560  # as much as a phone's camera reads well from paper


@dataclass(frozen=True)
class Signature:
    """A line of the slip: who signs, and the picture where a phone was signed."""

    who: str
    picture: "Attachment | None"


@dataclass(frozen=True)
class Line:
    """One finding and how it is to be put right."""

    finding: "Finding"
    order: "Rectification | None"
    until: str


def signatures(visit: "Visit") -> list[Signature]:
    """Return the lines to sign, in order; one for every further signature the form asked for and got."""
    signed: dict[str, Attachment] = {}
    if visit.submission is not None:
        named = dict(_leaves(visit.submission.answers))
        for attachment in fieldwork.attachments(visit.submission).filter(kind="signature"):
            signed[next((node for node, value in named.items() if value == attachment.name), "")] = attachment
    lines = [Signature(str(who), signed.pop(node, None)) for node, who in SIGNERS.items()]
    kept = [line for number, line in enumerate(lines) if number < BY_HAND or line.picture]
    return kept + [Signature(_("签名"), attachment) for attachment in signed.values()]


def _leaves(answers: Any) -> Iterator[tuple[str, str]]:
    """Yield the name and value of every answer, however deep in groups and repeats it stands."""
    for name, value in answers.items() if isinstance(answers, dict) else ():
        if isinstance(value, str):
            yield name, value
        for inner in value if isinstance(value, list) else [value]:
            yield from _leaves(inner)


def lines(findings: Iterable["Finding"]) -> list[Line]:
    """Return every finding with its requirement and until when."""
    noted = list(findings)
    orders = rectifications.of_findings([finding.pk for finding in noted])
    return [Line(finding, orders.get(finding.pk), _until(orders.get(finding.pk))) for finding in noted]


def _until(order: "Rectification | None") -> str:
    if order is None:
        return ""
    return wording.full_moment(order.due_at) if order.due_at else _("立行立改，已当场整改")


def code(visit: "Visit", found: list[Line]) -> str:
    """
    Return what the code on the slip says: where, when, which team, which findings until when.

    No word that anybody typed stands in it, so no resident's name either; whoever scans it needs no account.
    """
    said = [
        _("现场反馈单 %(number)s") % {"number": visit.pk},
        f"{visit.site.name} {visit.site.code}",
        wording.full_moment(visit.closed_at or visit.begun_at),
        f"{visit.inspection.office.name} {visit.inspection.team.name}",
        ngettext("问题 %(n)s 个", "问题 %(n)s 个", len(found)) % {"n": len(found)},
    ]
    for line in found:
        more = f"{line.finding.number} {line.until}".strip()
        if len("\n".join([*said, more]).encode()) > CODE_BYTES:
            break
        said.append(more)
    return "\n".join(said)
