"""A unit asks that somebody stay away from judging it, and the office above rules on that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.rectifications import moving, queries
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.models import Person, Recusal
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.notices import actions as notices


@transaction.atomic
def ask_recusal(order: Rectification, *, person: Person, ground: str, reason: str, by: Person, at: datetime) -> Recusal:
    """
    Ask, as the unit of an order, that an officer stay away from it; whoever rules on that is told.

    Raises NotFound, and what `recusals.ask` raises.
    """
    moving.require_own(order, by=by, at=at)
    if person not in queries.askable(order, at=at):
        raise accounts.NotFound
    asked = recusals.ask(person, unit=order.body, ground=ground, reason=reason, by=by, at=at)
    assert asked.ruled_in_id is not None  # a request names its judge
    judges = [judge for judge in accounts.able(asked.ruled_in_id, Permission.RECUSAL_RULE, at=at) if judge != person]
    subject = f"{gettext_noop('单位申请回避，待裁定')}：{order.body.name}"
    notices.send(to=judges, subject=subject, link=f"/recusals/{asked.pk}/rule/", at=at)
    return asked


@transaction.atomic
def rule_recusal(recusal: Recusal, *, granted: bool, ruling: str, by: Person, at: datetime) -> None:
    """Rule on a unit's request and tell the unit; who must stay away is told, too. Raises what `recusals.rule` raises."""
    recusals.rule(recusal, granted=granted, ruling=ruling, by=by, at=at)
    told = list(accounts.serving(recusal.asked_by_id, at=at, role="unit")) if recusal.asked_by_id else []
    subject = f"{gettext_noop('回避申请已有裁定')}：{recusal.person.name}"
    notices.send(to=[*told, *([recusal.person] if granted else [])], subject=subject, link="/recusals/", at=at)
