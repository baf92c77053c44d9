"""Recording standing links (联系、包联), and ending them."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries
from mingcha.ground.accounts.models import Link, LinkKind, Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body, Division, Site
from mingcha.kernel.refusals import Refusal


class NoTarget(Refusal):
    message: ClassVar[str] = "请选择联系的单位、区划或点位，只选一个。"
    status: ClassVar[int] = 422


class NotOfTheHolder(Refusal):
    message: ClassVar[str] = "%(name)s 不在“%(body)s”任职，请换人或换联系单位。"
    status: ClassVar[int] = 422


class LinkTwice(Refusal):
    message: ClassVar[str] = "“%(body)s”已经登记了这一联系，不用再登记。"


class EndsBeforeItBegins(Refusal):
    message: ClassVar[str] = "截止日期早于开始日期，请改正日期。"
    status: ClassVar[int] = 422


class LinkEnded(Refusal):
    message: ClassVar[str] = "这一联系关系已经结束，请刷新后再看。"


@transaction.atomic
def link(
    holder: Body, *, kind: str, person: Person | None = None, body: Body | None = None,
    division: Division | None = None, site: Site | None = None, since: date, until: date | None = None,
    by: Person | None, at: datetime,
) -> Link:  # fmt: skip
    """
    Record that a body, or one person of it, is linked to exactly one unit, place or site.

    Raises NoTarget, NotOfTheHolder, EndsBeforeItBegins, LinkTwice where the same holds on the day it begins, NotFound
    outside one's area.
    """
    if by is not None:
        queries.require(by, Permission.ORGANISATION_KEEP, at=at, division=holder.division_id)
    if sum(target is not None for target in (body, division, site)) != 1:
        raise NoTarget
    if person is not None and not queries.serving(holder.code, at=at).filter(pk=person.pk).exists():
        raise NotOfTheHolder(name=person.name, body=holder.name)
    if until is not None and until < since:
        raise EndsBeforeItBegins
    Body.objects.select_for_update(no_key=True).get(pk=holder.pk)  # pressed twice at the same moment: one link
    same = queries.current_links(since).filter(
        holder=holder, kind=kind, person=person, body=body, division=division, site=site
    )
    if same.exists():
        raise LinkTwice(body=holder.name)
    made = Link.objects.create(
        holder=holder, person=person, kind=LinkKind(kind), body=body, division=division, site=site, since=since,
        until=until, recorded_at=at,
    )  # fmt: skip
    _record("link.record", made, by=by, at=at)
    return made


@transaction.atomic
def unlink(link: Link, *, last_day: date, by: Person | None, at: datetime) -> None:
    """End a link after its last day; the row stays. Raises NotFound, LinkEnded."""
    if by is not None:
        queries.require(by, Permission.ORGANISATION_KEEP, at=at, division=link.holder.division_id)
    today = at.astimezone(queries.OFFICE_TIME).date()
    if not Link.objects.filter(queries.unended(today), pk=link.pk).update(until=max(last_day, link.since)):
        raise LinkEnded
    link.refresh_from_db()
    _record("link.end", link, by=by, at=at)


def _record(verb: str, link: Link, *, by: Person | None, at: datetime) -> None:
    target = link.body_id or link.division_id or (link.site.code if link.site else "")
    detail = {"link": link.pk, "to": target, "kind": link.kind, "person": link.person.username if link.person else ""}
    audit.record(verb, kind="body", key=link.holder_id, by=by, at=at, division=link.holder.division_id,
                 body=link.holder_id, detail=detail)  # fmt: skip
