"""What a person owes through a post, read from every room, and who is left there without them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Call, Member, Offer
from mingcha.flow.campaigns.states import CallState, Duty, OfferState
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.fieldwork.states import VisitState
from mingcha.flow.guidance.models import Recipient
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import ISSUED, OPEN
from mingcha.flow.successions.models import Succession
from mingcha.flow.successions.states import Kind
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Link, Person, Post, Recusal, RecusalState
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.territory import queries as territory


@dataclass(frozen=True)
class Owed:
    """
    One thing owed through a post.

    `left`: who else of the body can see to it; empty where only the successor could. `must`: it cannot be left to
    nobody. `row` is the table row behind it, where the act has to touch one.
    """

    kind: Kind
    name: str
    post: Post
    must: bool = False
    left: tuple[Person, ...] = ()
    link: str = ""
    row: object = None

    @property
    def stuck(self) -> bool:
        """Whether the person cannot leave without a successor."""
        return self.must and not self.left


def owed(person: Person, posts: Sequence[Post], *, at: datetime) -> list[Owed]:
    """
    Return everything the person owes through these posts, team by team, unit by unit; each thing once.

    What another post in the same body still carries is not owed: the person stays there for it.
    """
    found: list[Owed] = []
    done: dict[str, set[Permission]] = {}
    for post in posts:
        kept = _kept(person, post, posts, at=at)
        told = done.setdefault(post.body.merged_into_id or post.body_id, set())
        permissions = ROLES[post.role].permissions - kept - told
        if not kept and not told:  # links hang on the body, not on a permission
            found += _links(person, post, at=at)
        told |= permissions
        if Permission.VISIT_MAKE in permissions:
            found += _teams(person, post)
            found += _offers(person, post)
        if Permission.ORDER_ANSWER in permissions:
            found += _orders(person, post, at=at)
        if Permission.GUIDANCE_SEE in permissions:
            found += _notes(person, post, at=at)
        if Permission.RECUSAL_RULE in permissions:
            found += _rulings(person, post, at=at)
    return found


def _kept(person: Person, post: Post, leaving: Sequence[Post], *, at: datetime) -> frozenset[Permission]:
    """Return what the person's other posts in the same body, which they keep, still carry."""
    day = at.astimezone(accounts.OFFICE_TIME).date()
    others = accounts.current_posts(day).filter(person=person, body__in=_codes(post))
    others = others.exclude(pk__in=[each.pk for each in leaving])
    return frozenset().union(*(ROLES[other.role].permissions for other in others))


def _codes(post: Post) -> list[str]:
    """Return the codes under which the post's body may have been written down: its own, and those it was merged with."""
    return list(territory.family([post.body_id]))


def _others(person: Person, post: Post, permission: Permission, *, at: datetime) -> tuple[Person, ...]:
    return tuple(p for p in accounts.able(post.body_id, permission, at=at) if p.pk != person.pk)


def _teams(person: Person, post: Post) -> Iterable[Owed]:
    rows = Member.objects.filter(person=person, body__in=_codes(post), until=None).select_related("team__campaign")
    for member in rows:
        others = tuple(m.person for m in campaigns.present(member.team) if m.person_id != person.pk)
        leads = member.duty == Duty.LEADER
        name = f"{Duty(member.duty).label}：{member.team.name}（{member.team.campaign.name}）"
        # A team keeps a leader, and never stands empty while it exists.
        yield Owed(
            Kind.TEAM, name, post, must=True, left=() if leads else others, link=f"/teams/{member.team_id}/", row=member
        )
        begun = Visit.objects.filter(inspection__team=member.team, begun_by=person, state=VisitState.BEGUN)
        for visit in begun.select_related("site"):
            yield Owed(Kind.VISIT, visit.site.name, post, left=others)


def _links(person: Person, post: Post, *, at: datetime) -> Iterable[Owed]:
    day = at.astimezone(accounts.OFFICE_TIME).date()
    for link in accounts.current_links(day).filter(person=person, holder__in=_codes(post)):
        yield Owed(Kind.LINK, _target(link), post, must=True, row=link)


def _target(link: Link) -> str:
    target = link.body or link.division or link.site
    return f"{link.get_kind_display()}：{target.name if target else ''}"


def _offers(person: Person, post: Post) -> Iterable[Owed]:
    open_calls = Call.objects.filter(state=CallState.OPEN)
    rows = Offer.objects.filter(person=person, body__in=_codes(post), call__in=open_calls)
    for offer in rows.exclude(state=OfferState.WITHDRAWN).select_related("call__campaign"):
        name = f"{offer.get_state_display()}：{offer.call.campaign.name}"
        yield Owed(Kind.OFFER, name, post, link=f"/calls/{offer.call_id}/", row=offer)


def _orders(person: Person, post: Post, *, at: datetime) -> Iterable[Owed]:
    left = _others(person, post, Permission.ORDER_ANSWER, at=at)
    # Issued ones only: what a visit under way has noted is nobody's news yet.
    owed = set(OPEN) & set(ISSUED)
    rows = Rectification.objects.filter(body__in=_codes(post), state__in=owed)
    for order in rows.select_related("finding").order_by("due_at", "pk"):
        yield Owed(Kind.ORDER, order.finding.number, post, must=True, left=left, link=f"/orders/{order.pk}/")


def _notes(person: Person, post: Post, *, at: datetime) -> Iterable[Owed]:
    left = _others(person, post, Permission.GUIDANCE_SEE, at=at)
    rows = Recipient.objects.filter(body__in=_codes(post)).select_related("note").order_by("pk")
    for recipient in rows:
        waits = recipient.received_at is None or (recipient.note.reply_by and recipient.replied_at is None)
        if waits:
            name = f"{recipient.note} {recipient.note.title}"
            yield Owed(Kind.NOTE, name, post, must=True, left=left, link=f"/guidance/{recipient.note_id}/")


def _rulings(person: Person, post: Post, *, at: datetime) -> Iterable[Owed]:
    left = _others(person, post, Permission.RECUSAL_RULE, at=at)
    rows = Recusal.objects.filter(ruled_in__in=_codes(post), state=RecusalState.ASKED)
    for recusal in rows.select_related("person", "asked_by").order_by("pk"):
        asked_by = recusal.asked_by.name if recusal.asked_by else ""
        yield Owed(Kind.RULING, f"{asked_by}：{recusal.person.name}", post, must=True, left=left, link="/recusals/")


def successions(*, to: Standing) -> QuerySet[Succession]:
    """Return the successions one may read: of posts in one's area, and where one left or took over oneself."""
    area = to.area(Permission.ORGANISATION_SEE, "posts__post__body__division__code")
    own = Q(person=to.person) | Q(successor=to.person)
    found = Succession.objects.filter(area | own).distinct()
    return found.select_related("person", "successor", "by").order_by("-at", "-pk")


def of(person: Person, *, to: Standing) -> QuerySet[Succession]:
    """Return the successions in which a person left or took over, as far as one may read them."""
    return successions(to=to).filter(Q(person=person) | Q(successor=person))


def succession(pk: int, *, to: Standing) -> Succession:
    """Return a succession one may read, to show what went where. Raises NotFound."""
    found = successions(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
