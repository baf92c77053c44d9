"""Leaving: one act that ends the posts, re-assigns everything owed through them, and says what went to whom."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.actions import calls, teams
from mingcha.flow.campaigns.models import Member, Offer
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.successions import queries
from mingcha.flow.successions.models import Handed, LeftPost, Succession
from mingcha.flow.successions.queries import Owed
from mingcha.flow.successions.states import Kind
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import links
from mingcha.ground.accounts.actions import posts as post_actions
from mingcha.ground.accounts.models import Capacity, Link, Person, Post
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.kernel.refusals import Refusal


class NoPosts(Refusal):
    message: ClassVar[str] = "请选择要结束的任职。"
    status: ClassVar[int] = 422


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明离任的原因（如：调离、退休、轮岗）。"
    status: ClassVar[int] = 422


class SuccessorNeeded(Refusal):
    message: ClassVar[str] = "还有 %(count)s 项没人接办（如：%(first)s），请选定接任人。"
    status: ClassVar[int] = 422


class OwnSuccessor(Refusal):
    message: ClassVar[str] = "接任人不能是离任人自己，请另选一人。"
    status: ClassVar[int] = 422


class DayAhead(Refusal):
    message: ClassVar[str] = "交接当场生效，止任日期不能晚于今天。"
    status: ClassVar[int] = 422


@transaction.atomic
def leave(
    person: Person, *, posts: Sequence[Post], successor: Person | None, reason: str, last_day: date,
    acting_until: date | None = None, by: Person, at: datetime,
) -> Succession:  # fmt: skip
    """
    End posts and hand over in one act. All of it happens or none.

    1. The successor gets each post that they do not hold already, acting where `acting_until` says until when.
    2. What names the person is re-assigned: the place in a team with its duty, links; offers are taken back.
    3. What the body owes is listed with who sees to it now: the successor, else whoever is left there.
    4. The posts end after `last_day`; every line is kept, told to the successor and on the record.

    Raises NoPosts, ReasonMissing, DayAhead, OwnSuccessor, SuccessorNeeded, NotFound outside one's area, and whatever
    forbids the successor to take something over: `teams.AlreadyOut`, `outings.CannotJoin`, `posts.RoleTooHigh`.
    """
    if not posts or any(post.person_id != person.pk for post in posts):
        raise NoPosts
    for post in posts:
        accounts.require(by, Permission.ORGANISATION_KEEP, at=at, division=post.body.division_id)
    if not reason.strip():
        raise ReasonMissing
    if last_day > at.astimezone(accounts.OFFICE_TIME).date():
        raise DayAhead
    if successor is not None and successor.pk == person.pk:
        raise OwnSuccessor
    # Locked: nothing is put on the leaver's shoulders while they go.
    list(Post.objects.select_for_update().filter(person=person).order_by("pk"))
    owed = queries.owed(person, posts, at=at)
    stuck = [thing for thing in owed if thing.stuck]
    if stuck and successor is None:
        raise SuccessorNeeded(count=len(stuck), first=stuck[0].name)
    made = Succession.objects.create(
        person=person, successor=successor, reason=reason.strip()[:120], last_day=last_day, at=at, by=by
    )
    for post in posts:
        _hand_post(made, post, successor, acting_until=acting_until, by=by, at=at)
    for thing in owed:
        to = _hand(thing, person, successor, reason=made.reason, by=by, at=at)
        Handed.objects.create(succession=made, kind=thing.kind, name=thing.name[:160], link=thing.link, to=to)
    for post in posts:
        post_actions.end(post, last_day=max(last_day, post.since), relieved=True, by=by, at=at)
    _tell(made, at=at)
    first = posts[0].body
    audit.record(
        "succession.leave", kind="person", key=person.username, by=by, at=at, division=first.division_id,
        body=first.pk, detail={
            "successor": successor.username if successor else "", "reason": made.reason,
            "handed": [[thing.kind, thing.name] for thing in owed],
        },
    )  # fmt: skip
    return made


def _hand_post(
    made: Succession, post: Post, successor: Person | None, *, acting_until: date | None, by: Person, at: datetime
) -> None:
    LeftPost.objects.create(succession=made, post=post)
    with translation.override("zh-hans"):  # kept in Chinese, whoever is at the screen; it is translated when read
        name = f"{ROLES[post.role].label}：{post.body.name}"
    Handed.objects.create(succession=made, kind=Kind.POST, name=name[:160], to=successor)
    if successor is None:
        return
    today = at.astimezone(accounts.OFFICE_TIME).date()
    held = accounts.current_posts(today).filter(person=successor, body=post.body_id, role=post.role)
    if not held.exists():
        post_actions.appoint(
            successor, body=post.body, role=post.role, since=today, until=acting_until,
            capacity=Capacity.ACTING if acting_until else Capacity(post.capacity), by=by, at=at,
        )  # fmt: skip


def _hand(
    thing: Owed, person: Person, successor: Person | None, *, reason: str, by: Person, at: datetime
) -> Person | None:
    """Re-assign one thing; return who has it now."""
    if isinstance(thing.row, Member):
        return _hand_place(thing.row, person, successor, reason=reason, by=by, at=at)
    if isinstance(thing.row, Link):
        return _hand_link(thing.row, successor, by=by, at=at)
    if isinstance(thing.row, Offer):
        calls.drop_out(thing.row, reason=reason, by=by, at=at)
        return None
    return successor or (thing.left[0] if thing.left else None)


def _hand_place(
    member: Member, person: Person, successor: Person | None, *, reason: str, by: Person, at: datetime
) -> Person | None:
    """The successor takes the place and the duty; without one, or in another office's team, the others go on."""
    if not accounts.standing(by, at=at).covers(Permission.TEAM_FORM, member.team.office.division_id):
        teams.drop_out(member, reason=reason, by=by, at=at)
        return None
    if successor is not None:
        outings.join_team(member.team, person=successor, duty=member.duty, by=by, at=at)
    teams.leave(member.team, person=person, reason=reason, by=by, at=at)
    return successor


def _hand_link(link: Link, successor: Person | None, *, by: Person, at: datetime) -> Person | None:
    today = at.astimezone(accounts.OFFICE_TIME).date()
    links.unlink(link, last_day=today, by=by, at=at)
    if successor is not None:
        with suppress(links.LinkTwice):  # who has it already goes on with it
            links.link(
                link.holder, kind=link.kind, person=successor, body=link.body, division=link.division, site=link.site,
                since=today, by=by, at=at,
            )  # fmt: skip
    return successor


def _tell(made: Succession, *, at: datetime) -> None:
    subject = f"{gettext_noop('工作交接')}：{made.person.name}"
    people = {handed.to for handed in made.handed.select_related("to") if handed.to}
    notices.send(to=people, subject=subject, link=f"/successions/{made.pk}/", at=at)
