"""One-time links to an order: made and revoked by an office, taken by whoever answers for the unit."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.rectifications import moving
from mingcha.flow.rectifications.models import Rectification, UnitLink
from mingcha.flow.rectifications.states import RUNNING, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal


class LinkNotNeeded(Refusal):
    message: ClassVar[str] = "这一件现在是“%(state)s”，不用再给链接。"


class NameMissing(Refusal):
    message: ClassVar[str] = "请写明您的姓名和职务，签收和答复会记在您名下。"
    status: ClassVar[int] = 422


class LinkTaken(Refusal):
    message: ClassVar[str] = "这个链接已经在另一台设备上启用。如果不是本单位的人启用的，请马上联系交办机关收回。"
    status: ClassVar[int] = 403


def hashed(secret: str) -> str:
    """Return what the database keeps of a token or a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_link(order: Rectification, *, by: Person, at: datetime) -> str:
    """
    Make a link to one order and return its token, which is shown once; an earlier link of the order ends.

    Good until fifteen days after the deadline, also when that moves. Raises NotFound, LinkNotNeeded.
    """
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=order.finding.division)
    moving.lock(order)
    if order.state not in (*RUNNING, State.ANSWERED, State.CANNOT):
        raise LinkNotNeeded(state=State(order.state).label)
    order.links.filter(revoked_at=None).update(revoked_at=at, revoked_by=by)
    token = secrets.token_urlsafe(24)
    assert order.due_at is not None
    UnitLink.objects.create(
        rectification=order, token_hash=hashed(token), made_at=at, made_by=by,
        expires_at=max(order.due_at, at) + moving.KEPT,
    )  # fmt: skip
    moving.record("rectification.make_link", order, by=by, at=at)
    return token


@transaction.atomic
def revoke_link(order: Rectification, *, by: Person, at: datetime) -> None:
    """End an order's link at once, whoever holds it."""
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=order.finding.division)
    if order.links.filter(revoked_at=None).update(revoked_at=at, revoked_by=by):
        moving.record("rectification.revoke_link", order, by=by, at=at)


@transaction.atomic
def redeem(token: str, *, by: None = None, signed_as: str, at: datetime) -> str:
    """
    Take a link for the browser at hand and return that browser's secret; the first to do so has it.

    `signed_as`: name and post of who acts for the unit. Raises NameMissing, LinkTaken, LinkNoLongerGood.
    """
    name = legible(signed_as).strip()[:60]
    if not name:
        raise NameMissing
    link = UnitLink.objects.select_for_update().filter(token_hash=hashed(token)).first()
    if link is None or link.revoked_at is not None or link.expires_at <= at:
        raise moving.LinkNoLongerGood
    secret = secrets.token_urlsafe(24)
    taken = UnitLink.objects.filter(pk=link.pk, redeemed_at=None).update(
        redeemed_at=at, session_hash=hashed(secret), signed_as=name
    )
    if not taken:
        raise LinkTaken
    link.refresh_from_db()
    moving.record("rectification.redeem_link", link.rectification, by=link, at=at)
    return secret
