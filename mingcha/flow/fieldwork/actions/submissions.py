"""What phones bring: the outing of a team that met something without a list, and an office's word on what was held back."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns.models import Team
from mingcha.flow.fieldwork.models import Inspection, Submission
from mingcha.flow.fieldwork.states import SUBMISSION_ACTS
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.kernel.refusals import Refusal


class RulingMissing(Refusal):
    message: ClassVar[str] = "请写明不采用的理由。"
    status: ClassVar[int] = 422


class AlreadyRuled(Refusal):
    message: ClassVar[str] = "这份填报刚刚已由别人处理，请刷新后再看。"


@transaction.atomic
def begin_extra(team: Team, *, since: datetime, by: Person, at: datetime) -> Inspection:
    """
    Return the team's outing without a list on the day of `since`, begun by the first visit it did not plan.

    It counts as an outing and stays out of every estimate. Who may send is settled by the phone's token.
    """
    day = since.astimezone(accounts.OFFICE_TIME).date()
    outing, new = Inspection.objects.get_or_create(
        team=team, day=day, extra=True,
        defaults={"campaign": team.campaign, "office": team.office, "departed_at": since, "departed_by": by},
    )  # fmt: skip
    if new:
        audit.record(
            "inspection.extra", kind="inspection", key=outing.pk, by=by, at=at, division=team.office.division_id,
            body=team.office_id,
        )  # fmt: skip
    return outing


@transaction.atomic
def set_aside(submission: Submission, *, ruling: str, by: Person, at: datetime) -> None:
    """
    Rule that what was held back is not used; it stays on record with all its files.

    Raises RulingMissing, AlreadyRuled, and NotFound outside one's area.
    """
    outing = submission.inspection
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=outing.office.division_id)
    if not ruling.strip():
        raise RulingMissing
    start, end = SUBMISSION_ACTS["set_aside"]
    held = Submission.objects.filter(pk=submission.pk, state=start)
    if not held.update(state=end, ruled_at=at, ruled_by=by, ruling=ruling.strip()[:200]):
        raise AlreadyRuled
    audit.record(
        "submission.set_aside", kind="submission", key=submission.instance_id, by=by, at=at,
        division=outing.office.division_id, body=outing.office_id,
    )  # fmt: skip
