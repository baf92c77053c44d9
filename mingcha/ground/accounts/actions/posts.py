"""Giving and ending posts."""

from datetime import date, datetime
from typing import ClassVar

from django.db import IntegrityError, transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.models import Capacity, Person, Post
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal

# Who gives a post with one of these must hold it at that place: a county does not make itself a lead office.
HELD_BY_GIVER = (Permission.CAMPAIGN_OPEN, Permission.MECHANISM_KEEP, Permission.CALL_MAKE)


class PostTwice(Refusal):
    message: ClassVar[str] = "%(name)s 从 %(since)s 起在这个单位已有这一任职，不用再登记。"


class DatesOutOfOrder(Refusal):
    message: ClassVar[str] = "止任日期早于任职日期，请改正日期。"
    status: ClassVar[int] = 422


class ActingWithoutEnd(Refusal):
    message: ClassVar[str] = "代理要写明到哪一天，请填写止任日期。"
    status: ClassVar[int] = 422


class RoleTooHigh(Refusal):
    message: ClassVar[str] = "您不能授予“%(role)s”，请由上级机关办理。"
    status: ClassVar[int] = 403


class PostEnded(Refusal):
    message: ClassVar[str] = "这一任职已经结束，请刷新后再看。"


@transaction.atomic
def appoint(
    person: Person, *, body: Body, role: str, since: date, until: date | None = None,
    capacity: str = Capacity.REGULAR, by: Person | None, at: datetime,
) -> Post:  # fmt: skip
    """
    Give a person a post; an acting one says until when. `by=None` is the operator.

    Raises NotFound for a body outside one's area, RoleTooHigh, DatesOutOfOrder, ActingWithoutEnd, PostTwice.
    """
    if by is not None:
        _require_giver(by, body=body, role=role, at=at)
    if until is not None and until < since:
        raise DatesOutOfOrder
    if capacity == Capacity.ACTING and until is None:
        raise ActingWithoutEnd
    try:
        with transaction.atomic():
            post = Post.objects.create(
                person=person, body=body, role=ROLES[role].name, capacity=Capacity(capacity), since=since, until=until
            )
    except IntegrityError as error:
        raise PostTwice(name=person.name, since=since.isoformat()) from error
    audit.record(
        "person.appoint", kind="person", key=person.username, by=by, at=at, division=body.division_id, body=body.code,
        detail={
            "role": role, "capacity": capacity, "since": since.isoformat(),
            "until": until.isoformat() if until else "",
        },
    )  # fmt: skip
    return post


@transaction.atomic
def end(post: Post, *, last_day: date, relieved: bool = False, by: Person | None, at: datetime) -> None:
    """
    End a post after its last day, one that has yet to begin, too; the row stays as the record of who held it.

    `relieved`: everything owed has been handed over, so it holds no longer from this moment.
    What its holder owed is handed over by `successions.leave`, which calls this. Raises NotFound, DatesOutOfOrder,
    PostEnded.
    """
    if by is not None:
        queries.require(by, Permission.ORGANISATION_KEEP, at=at, division=post.body.division_id)
    if last_day < post.since:
        raise DatesOutOfOrder
    today = at.astimezone(queries.OFFICE_TIME).date()
    standing = Post.objects.filter(queries.unended(today), pk=post.pk, relieved_at=None)
    if not standing.update(until=last_day, relieved_at=at if relieved or last_day < today else None):
        raise PostEnded
    post.refresh_from_db()
    audit.record(
        "person.end_post", kind="person", key=post.person.username, by=by, at=at, division=post.body.division_id,
        body=post.body_id, detail={"role": post.role, "until": last_day.isoformat()},
    )  # fmt: skip


def may_give(giver: queries.Standing, role: str, *, division: str) -> bool:
    """Whether someone may give a post with this role at a place, as far as the role's own rights go."""
    high = ROLES[role].permissions.intersection(HELD_BY_GIVER)
    return all(giver.covers(permission, division) for permission in high)


def _require_giver(by: Person, *, body: Body, role: str, at: datetime) -> None:
    standing = queries.require(by, Permission.ORGANISATION_KEEP, at=at, division=body.division_id)
    if not may_give(standing, role, division=body.division_id):
        raise RoleTooHigh(role=ROLES[role].label)
