"""On the spot: a finding noted together with how it is put right, taken back, and issued when the visit ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.fieldwork.states import Mode, Outcome
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import dues, moving, queries
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import State, Way
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal


class FeedbackMissing(Refusal):
    message: ClassVar[str] = "明察发现了问题，要当场反馈：请写明向对方说了什么。"
    status: ClassVar[int] = 422


@transaction.atomic
def note_finding(
    visit: Visit, *, item: Item, responsibility: str, body: Body, severity: str, description: str, way: str,
    due_at: datetime | None = None, requirement: str = "", photos: Sequence[Photo] = (),
    recurrence_of: Finding | None = None, by: Person, at: datetime,
) -> Finding:  # fmt: skip
    """
    Note a finding together with how it is put right.

    立行立改: the unit mended it and the finder attests it there and then. 限期整改: by `due_at`, or without one by the
    office's rule for this item and severity; the order goes out when the visit ends. Raises DeadlineInThePast, and what
    `findings.note` raises.
    """
    on_spot = Way(way) is Way.ON_SPOT
    due = None if on_spot else _due(visit, item=item, severity=severity, due_at=due_at, at=at)
    finding = findings.note(
        visit, item=item, responsibility=responsibility, body=body, severity=severity, description=description,
        photos=photos, recurrence_of=recurrence_of, by=by, at=at,
    )  # fmt: skip
    order = Rectification.objects.create(
        finding=finding, body=body, way=way, state=State.ATTESTED if on_spot else State.AGREED,
        requirement=requirement.strip(), due_at=due.at if due else None, term=due.term if due else "",
        tentative=bool(due and due.tentative),
        attested_at=at if on_spot else None, attested_by=by if on_spot else None,
    )  # fmt: skip
    moving.record("rectification.attest" if on_spot else "rectification.agree", order, by=by, at=at)
    return finding


@transaction.atomic
def withdraw_finding(finding: Finding, *, reason: str, by: Person, at: datetime) -> None:
    """
    Take back a finding noted on an open visit, and what was agreed about it.

    Raises what `findings.withdraw` raises, and AlreadyMoved.
    """
    findings.withdraw(finding, reason=reason, by=by, at=at)
    order = queries.of_finding(finding)
    if order is not None:
        moving.move(order, "void")
        moving.record("rectification.void", order, by=by, at=at)


@transaction.atomic
def close_visit(
    visit: Visit, *, outcome: str, reason: str = "", feedback: str = "", feedback_to: str = "", by: Person, at: datetime
) -> list[Finding]:
    """
    End a visit: its findings are confirmed and frozen, and orders with a deadline go to the units. One transaction.

    An open visit that found something feeds it back there and then. Raises FeedbackMissing, and VisitOver and
    ReasonMissing of fieldwork.
    """
    fieldwork.close_visit(
        visit, outcome=outcome, reason=reason, feedback=feedback, feedback_to=feedback_to, by=by, at=at
    )
    confirmed = list(Finding.objects.filter(visit=visit, state=FindingState.NOTED).order_by("pk"))
    if confirmed and (visit.mode, visit.outcome) == (Mode.OVERT, Outcome.DONE) and not feedback.strip():
        raise FeedbackMissing
    for finding in confirmed:
        findings.confirm(finding, by=by, at=at)
    agreed = Rectification.objects.filter(finding__in=confirmed, state=State.AGREED).select_related("finding", "body")
    for order in agreed:
        moving.move(order, "order", ordered_at=at)
        moving.record("rectification.order", order, by=by, at=at)
        moving.tell_unit(order, gettext_noop("收到整改交办"), at=at)
    return confirmed


def _due(visit: Visit, *, item: Item, severity: str, due_at: datetime | None, at: datetime) -> dues.Due:
    if due_at is not None:
        return dues.Due(moving.check_deadline(due_at, at=at), "", tentative=False)
    outing = visit.inspection
    return dues.due(
        "rectify", start=at, emergency=outing.campaign.in_emergency(at), offices=territory.upward(outing.office_id),
        severity=severity, item=item.pk,
    )  # fmt: skip
