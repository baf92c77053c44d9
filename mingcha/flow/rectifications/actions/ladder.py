"""
The ladder: what follows a deadline nobody keeps, rung by rung, each a row.

Which rungs there are and when is data (rulebook.terms.ladder). Those marked so climb by themselves, from the job
`rectifications.climb`; a person takes the others, of which the last hands the matter to referrals. Nothing here
decides about anybody: it tells people, and puts on record that they were told.
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.models import Rectification, Step
from mingcha.flow.rectifications.queries import ladder
from mingcha.flow.rectifications.states import Rung
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.notices import actions as notices
from mingcha.kernel.refusals import Refusal


class NotDue(Refusal):
    message: ClassVar[str] = "这一步还没有到时间，或者刚刚已经办过。请刷新到期步骤再看。"


class LeadNeeded(Refusal):
    message: ClassVar[str] = "移交线索处置要登记成线索，请由承办线索的机关在“问题线索”页办理。"
    status: ClassVar[int] = 422


class NoteMissing(Refusal):
    message: ClassVar[str] = "请写明这一步怎样办的：什么时间、谁约谈谁、提出了什么要求。"
    status: ClassVar[int] = 422


SUBJECTS = {
    Rung.VERIFY: gettext_noop("答复已到核验期限，请核验"),
    Rung.RULE: gettext_noop("单位的申请已到裁定期限，请裁定"),
    Rung.REMIND: gettext_noop("整改时限将到，请抓紧"),
    Rung.PRESS: gettext_noop("整改逾期，督办"),
    Rung.LETTER: gettext_noop("整改逾期，发出监督函"),
    Rung.INTERVIEW: gettext_noop("整改逾期，约谈"),
}
LATE = (Rung.PRESS, Rung.LETTER, Rung.INTERVIEW)  # what goes on to the next person when nobody reads it


def climb(*, by: None = None, at: datetime) -> int:
    """
    Take every step that is due and climbs by itself; return how many.

    Each step is a transaction of its own, so that one that fails holds up no other. Run twice, or by two at once, a
    step is taken once: the order's row is the queue. What is handed to referrals is taken there.
    """
    taken, clock = 0, ladder.Clock(at)
    for due in ladder.due_steps(at=at, clock=clock):
        if due.rung.auto and due.rung.act != Rung.TAKE_OVER:
            taken += _climbed(due.order, due.rung.act, at=at, clock=clock)
    return taken


@transaction.atomic
def take(order: Rectification, *, act: str, note: str, by: Person, at: datetime) -> Step:
    """
    Take a step that is due by one's own hand, such as an interview held. Raises NotDue, NoteMissing, Recused,
    LeadNeeded.

    `note`: what was done; it is part of the record of the order. The last rung is none of these: it makes a lead, in
    referrals, or the order would leave the ladder for nowhere.
    """
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=order.finding.division)
    tie = queries.tie(order, by, at=at)
    if tie is not None:
        raise moving.Recused(why=f"{tie.label}：{tie.name}")
    if not note.strip():
        raise NoteMissing
    if act == Rung.TAKE_OVER:
        raise LeadNeeded
    return step(order, act=act, note=note, by=by, at=at)


@transaction.atomic
def step(
    order: Rectification, *, act: str, note: str = "", by: Person | None = None, at: datetime,
    clock: ladder.Clock | None = None,
) -> Step:  # fmt: skip
    """
    Put a step that is due on the order's record and tell whom it concerns; by the house itself where `by` is None.

    For the rooms that come after, whose act the step is. A person may hand an open order to referrals before its time;
    nothing else is ever early. Raises NotDue.
    """
    moving.lock(order)
    due = next((each for each in ladder.due_of(order, at=at, clock=clock) if each.rung.act == act), None)
    if due is None and by is not None and act == Rung.TAKE_OVER:
        due = ladder.at_once(order, at=at)
    if due is None:
        raise NotDue
    # A lead is nobody's news but its keepers'.
    people = [] if act == Rung.TAKE_OVER else _told(order, due.rung.to, at=at)
    # Ladders change; the last rung keeps a place of its own, which no rung of an earlier one has taken.
    position = ladder.LAST if act == Rung.TAKE_OVER else due.rung.position
    taken = Step.objects.create(
        rectification=order, act=act, position=position, for_due=due.for_due, due_at=due.at, taken_at=at,
        taken_by=by, told=[person.name for person in people], note=note.strip(),
    )  # fmt: skip
    # What is handed over is told and put on record by referrals, at the place of the office that keeps the lead.
    if act != Rung.TAKE_OVER:
        subject, late = f"{SUBJECTS[Rung(act)]}：{order.finding.number}", act in LATE
        notices.send(to=people, subject=subject, link=f"/orders/{order.pk}/", urgent=late, at=at)
        moving.record("rectification.step", order, by=by or SYSTEM, at=at, detail={"act": act, "told": len(people)})
    return taken


def _climbed(order: Rectification, act: str, *, at: datetime, clock: ladder.Clock) -> bool:
    try:
        step(order, act=act, at=at, clock=clock)
    except NotDue:
        return False
    return True


def _told(order: Rectification, to: str, *, at: datetime) -> list[Person]:
    people: list[Person] = []
    if to in ("unit", "both"):
        people += accounts.serving(order.body_id, at=at, role="unit")
    if to in ("office", "both"):
        people += queries.judges(order, at=at)
    return list({person.pk: person for person in people}.values())
