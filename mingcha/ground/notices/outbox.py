"""
What the house does by itself with its messages. Safe to run twice, and by two workers at once.

1. `plan`: each message that nobody has looked at gets a delivery for each way its person hears by, and the time for it.
2. `deliver`: address after address. All that is due there goes out as one message, which says how many there are and
   never what. The deliveries are locked (FOR UPDATE SKIP LOCKED) until the sending is noted: another worker passes them
   by. Who dies in between leaves them as they were, and they are sent again: at least once, seldom twice.
3. `raise_unread`: what was not read within the term goes to the next person of the same body and role, inside.

What failed is tried again after longer and longer waits, then given up, and whoever set up the channel is told inside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Capacity, Person, Post
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.notices import channels, queries
from mingcha.ground.notices.models import Channel, Delivery, Notice, Preference, Raising
from mingcha.ground.notices.states import ACTS, KEYWORD, WAITING, Cause, Kind, State
from mingcha.ground.territory.models import Body, BodyKind
from mingcha.kernel import sealing
from mingcha.kernel.hours import Hours, release

PLANNED_AT_ONCE, RAISED_AT_ONCE, ADDRESSES_A_ROUND = 500, 200, 50
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
# A mail server that failed so many in one round is let alone until the next: each try may take its time.
PATIENCE = 3
# A group's robot may speak some twenty times a minute; whoever does more is shut out for a while.
PACE = timedelta(seconds=30)
# What could not go out for so long is no news any more; it is still to be read inside.
STALE = timedelta(days=3)


def plan(*, at: datetime) -> int:
    """Plan what nobody has looked at; return how many messages. Written by whichever room, in whatever order."""
    with transaction.atomic():
        waiting = Notice.objects.filter(planned_at=None).order_by("pk").select_for_update(skip_locked=True)
        found = list(waiting[:PLANNED_AT_ONCE])
        if not found:
            return 0
        people = _people({notice.to_id for notice in found}, at=at)
        Delivery.objects.bulk_create(
            [
                Delivery(
                    notice=notice, channel=channel, person_id=notice.to_id if channel.kind == Kind.MAIL else None,
                    queued_at=at, next_at=release(at, hours=hours, zone=accounts.OFFICE_TIME, urgent=notice.urgent),
                )
                for notice in found
                for channel, hours in people[notice.to_id].ways
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        terms: dict[timedelta, list[int]] = defaultdict(list)
        for notice in found:
            hours = people[notice.to_id].raised_after(urgent=notice.urgent)
            if hours is not None:
                terms[timedelta(hours=hours)].append(notice.pk)
        for term, notices in terms.items():
            Notice.objects.filter(pk__in=notices).update(raise_at=F("created_at") + term)
        Notice.objects.filter(pk__in=[notice.pk for notice in found]).update(planned_at=at)
        return len(found)


@dataclass
class _Hearer:
    """By which ways someone hears of messages, with the hours of each, and when an unread one goes on."""

    ways: list[tuple[Channel, Hours]] = field(default_factory=list)
    terms: tuple[int | None, int | None] = (queries.URGENT_HOURS, None)

    def raised_after(self, *, urgent: bool) -> int | None:
        return self.terms[0] if urgent else self.terms[1]


def _people(wanted: set[int], *, at: datetime) -> dict[int, _Hearer]:
    bodies: dict[int, list[Body]] = defaultdict(list)
    for post in _posts(at).filter(person__in=wanted, person__is_active=True):
        bodies[post.person_id].append(post.body.merged_into or post.body)
    in_use = Channel.objects.filter(stopped_at=None).defer("box").select_related("body__merged_into")
    open_ways = list(in_use.order_by("pk"))
    preferences = {each.person_id: each for each in Preference.objects.filter(person__in=wanted)}
    raising = {each.body_id: (each.urgent_hours, each.other_hours) for each in Raising.objects.all()}
    found: dict[int, _Hearer] = defaultdict(_Hearer)
    for person in wanted:
        hearer, own = found[person], bodies[person]
        hearer.ways = list(_ways(own, preferences.get(person), open_ways))
        hearer.terms = next((raising[body.pk] for body in own if body.pk in raising), hearer.terms)
    return found


def _posts(at: datetime) -> QuerySet[Post]:
    day = at.astimezone(accounts.OFFICE_TIME).date()
    return accounts.current_posts(day).select_related("body__merged_into").order_by("pk")


def _ways(
    own: list[Body], preference: Preference | None, open_ways: Iterable[Channel]
) -> Iterable[tuple[Channel, Hours]]:
    """Yield the groups of one's own bodies, and one mail server: one's own, else that of the nearest office over one."""
    mine = {body.pk for body in own}
    servers: list[tuple[int, Channel]] = []
    for channel in open_ways:
        body = channel.body.merged_into or channel.body
        if channel.kind == Kind.MAIL:
            over = body.kind == BodyKind.OFFICE and any(b.division_id.startswith(body.division_id) for b in own)
            if body.pk in mine or over:
                servers.append((-99 if body.pk in mine else -len(body.division_id), channel))
        elif body.pk in mine and (preference is None or preference.in_group):
            yield channel, channel.hours
    if preference is not None and preference.by_mail and servers:
        yield min(servers, key=lambda server: server[0])[1], preference.hours


def deliver(*, at: datetime) -> int:
    """Send what is due; return how many messages were taken by the other side. Waits for networks, so for no caller."""
    sent, busy, failed = 0, set[int](), Counter[int]()
    for _ in range(ADDRESSES_A_ROUND):
        first = _due(at).exclude(channel__in=busy).order_by("next_at", "pk").first()
        if first is None:
            break
        outcome = _one_address(first, at=at)
        sent += outcome == State.SENT
        failed[first.channel_id] += outcome == State.FAILED
        if outcome is None or failed[first.channel_id] == PATIENCE:
            busy.add(first.channel_id)
    return sent


def _due(at: datetime) -> QuerySet[Delivery]:
    """Return what is due at addresses that neither failed a moment ago nor were written to a moment ago."""
    # A channel's deliveries are all for persons or all for its group, so an empty person matches every row of it.
    alike = Delivery.objects.filter(Q(person=OuterRef("person")) | Q(person=None), channel=OuterRef("channel"))
    failed = alike.filter(state=State.FAILED, next_at__gt=at)
    just_now = alike.filter(sent_at__gt=at - PACE, sent_at__lt=at)
    return Delivery.objects.filter(
        ~Exists(failed), ~Exists(just_now), state__in=WAITING, next_at__lte=at, channel__stopped_at=None
    )


def _one_address(first: Delivery, *, at: datetime) -> State | None:
    """Send all that is due where `first` goes; return what became of it, None where another worker is at it."""
    with transaction.atomic():
        # NO KEY: deliveries may be planned for the channel meanwhile.
        held = Channel.objects.filter(pk=first.channel_id, stopped_at=None)
        lock = held.select_for_update(skip_locked=True, of=("self",), no_key=True)
        channel = lock.select_related("body").first()
        if channel is None:
            return None
        alike = _due(at).filter(channel=channel, person=first.person_id).select_related("notice__to")
        batch = list(alike.order_by("pk").select_for_update(skip_locked=True, of=("self",)))
        address = _address(first)
        news = [each for each in batch if _still_news(each, address, at)]
        _settle([each for each in batch if each not in news], "expire")
        if not news:
            return State.EXPIRED if batch else None
        cause = _hand_over(channel, news, address)
        if cause == Cause.NONE:
            _settle(news, "send", sent_at=at, tries=F("tries") + 1, cause=Cause.NONE)
            return State.SENT
        _failed(channel, news, cause, at=at)
        return State.FAILED


def _address(first: Delivery) -> str | None:
    """Return the mail address as it is now, "" for a group; None where the person wants no mail any more."""
    if first.person_id is None:
        return ""
    found = Preference.objects.filter(person=first.person_id, by_mail=True).first()
    return found.mail if found else None


def _still_news(delivery: Delivery, address: str | None, at: datetime) -> bool:
    """Whether a delivery is still worth sending: unread, not old, to somebody who still works here."""
    notice = delivery.notice
    return address is not None and notice.seen_at is None and notice.to.is_active and delivery.queued_at > at - STALE


def _settle(found: Iterable[Delivery], act: str, **told: Any) -> None:
    before, after = ACTS[act]
    waiting = Delivery.objects.filter(pk__in=[each.pk for each in found], state__in=before)
    waiting.update(state=after, **told)


def _hand_over(channel: Channel, news: list[Delivery], address: str | None) -> Cause:
    about = queries.about(channel.body_id, channel.kind)
    try:
        opened = sealing.open_sealed(bytes(channel.box), key=settings.MINGCHA_SEALING_KEY, about=about)
    except sealing.SealBroken:
        return Cause.UNREADABLE
    title, body = words(news, to_group=channel.kind != Kind.MAIL)
    return channels.hand_over(channel.kind, channels.read(opened), to=address or "", title=title, body=body)


def words(news: list[Delivery], *, to_group: bool) -> tuple[str, str]:
    """
    Return title and text of what is said outside: that there are messages, how many, whether urgent. Never what.

    Whoever reads it may be anybody: a group's newest member, a relative beside the phone, a mail provider.
    """
    many = len({each.notice_id for each in news})
    urgent = "，其中有紧急的" if any(each.notice.urgent for each in news) else ""
    whose = "本单位" if to_group else "您"
    where = next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    text = f"{whose}有 {many} 条新的{KEYWORD}{urgent}，请登录系统查看。" + (f"\n{where}" if where else "")
    return ("" if to_group else f"有新的{KEYWORD}"), text


def _failed(channel: Channel, news: list[Delivery], cause: Cause, *, at: datetime) -> None:
    """Note why it did not arrive, and try again later, all of the address together; after the last try give up."""
    last = [each for each in news if each.tries >= len(BACK_OFF)]
    _settle(last, "give_up", tries=F("tries") + 1, cause=cause)
    again = [each for each in news if each not in last]
    if again:
        wait = BACK_OFF[max(each.tries for each in again)]
        _settle(again, "fail", tries=F("tries") + 1, cause=cause, next_at=at + wait)
    if last:
        link = f"/notices/channels/{channel.pk}/"
        told = Notice.objects.filter(to=channel.set_by_id, link=link, seen_at=None)
        if not told.exists():
            subject = f"{gettext_noop('消息多次未发出')}：{channel.get_kind_display()}"
            # Planned already: it goes by no way, least of all by the one that fails.
            Notice.objects.create(to_id=channel.set_by_id, subject=subject, link=link, created_at=at, planned_at=at)


def raise_unread(*, at: datetime) -> int:
    """Pass on what was not read within its term; return how many messages went to a next person."""
    raised = 0
    with transaction.atomic():
        late = Notice.objects.filter(seen_at=None, raised_at=None, raise_at__lte=at).order_by("raise_at", "pk")
        for notice in late.select_for_update(skip_locked=True, of=("self",)).select_related("to")[:RAISED_AT_ONCE]:
            raised += _raise(notice, at=at)
        return raised


def _raise(notice: Notice, *, at: datetime) -> bool:
    """Tell the next person, unless somebody of the line has read it. The page behind the link applies its own scope."""
    first = notice.raised_from_id or notice.pk
    line = Notice.objects.filter(Q(pk=first) | Q(raised_from=first))
    told = set(line.values_list("to", flat=True))
    successor = None if line.exclude(seen_at=None).exists() else _next_person(notice.to, told, at=at)
    Notice.objects.filter(pk=notice.pk).update(raised_at=at)
    if successor is None:
        return False
    subject = f"{gettext_noop('同事的消息逾期未读，请提醒或接办')}：{notice.to.name}"
    Notice.objects.create(
        to=successor, subject=subject, link=notice.link, urgent=notice.urgent, created_at=at, raised_from_id=first
    )
    return True


def _next_person(person: Person, told: set[int], *, at: datetime) -> Person | None:
    """
    Return who comes next in the same body and role: the regular holders first, then those acting, then the deputies.

    None for posts that reach no further than one's own teams: what others' messages are about is not theirs to see.
    """
    order = {Capacity.REGULAR: 0, Capacity.ACTING: 1, Capacity.DEPUTY: 2}
    for own in _posts(at).filter(person=person):
        if own.role not in ROLES or ROLES[own.role].reach == "team":
            continue
        body = own.body.merged_into or own.body
        there = _posts(at).filter(Q(body=body) | Q(body__merged_into=body), role=own.role, person__is_active=True)
        others = [post for post in there.select_related("person") if post.person_id not in told]
        if others:
            return min(others, key=lambda post: (order.get(Capacity(post.capacity), 3), post.pk)).person
    return None
