"""Who someone is at a given time: what they may do, and how far it reaches."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from mingcha.ground.accounts.models import Capacity, Link, Person, Post, Recusal, RecusalState
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES, Role
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body, BodyKind
from mingcha.kernel.refusals import Refusal

OFFICE_TIME = ZoneInfo("Asia/Shanghai")


class NotAllowed(Refusal):
    message: ClassVar[str] = "您的岗位没有这项权限。需要办理请联系本单位负责人。"
    status: ClassVar[int] = 403


class NotFound(Refusal):
    """Also what someone is told who may not know that the thing exists."""

    message: ClassVar[str] = "没有找到这一项。请从列表重新进入。"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Holding:
    """A post as held now. What takes a further question is asked once, and only where somebody wants to know."""

    role: type[Role]
    body: str
    body_name: str
    division: str
    capacity: str = Capacity.REGULAR
    host: str = ""

    @cached_property
    def family(self) -> tuple[str, ...]:
        """The body's own code and those of the duplicates merged with it."""
        return (self.body, *sorted(set(territory.family([self.body])) - {self.body}))

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The codes one acts for: the body and its duplicates; for a resident group, its host and the host's line."""
        if self.role.reach == "body":
            return tuple(sorted(self.family))
        return tuple(sorted(territory.line_of(self.host))) if self.role.reach == "host" and self.host else ()


@dataclass(frozen=True)
class Standing:
    """What a person may do at one moment, read once."""

    person: Person
    holdings: tuple[Holding, ...]

    def can(self, permission: Permission) -> bool:
        return any(permission in h.role.permissions for h in self.holdings)

    def prefixes(self, permission: Permission) -> tuple[str, ...]:
        """Return the division codes under which the permission holds, by area."""
        return tuple(h.division for h in self.holdings if h.role.reach == "area" and permission in h.role.permissions)

    def bodies(self, permission: Permission) -> tuple[str, ...]:
        """Return the codes of the bodies one answers for under the permission."""
        return self._answers("body", permission)

    def hosts(self, permission: Permission) -> tuple[str, ...]:
        """Return the codes of the departments, with their own line, that one's resident group sits in."""
        return self._answers("host", permission)

    def _answers(self, reach: str, permission: Permission) -> tuple[str, ...]:
        found = (h.answers for h in self.holdings if permission in h.role.permissions and h.role.reach == reach)
        return tuple(code for codes in found for code in codes)

    def serves(self, permission: Permission) -> tuple[str, ...]:
        """
        Return the codes of the bodies where one holds the permission, however far it reaches.

        Merged duplicates are among them: a team, a note, a call of theirs is the survivor's.
        """
        held = (h.family for h in self.holdings if permission in h.role.permissions)
        return tuple(dict.fromkeys(code for codes in held for code in codes))

    def covers(self, permission: Permission, division: str) -> bool:
        return any(division.startswith(prefix) for prefix in self.prefixes(permission))

    def area(self, permission: Permission, column: str) -> Q:
        """Return the filter `column` starts with one of the prefixes; matches nothing where there is none."""
        reach = Q(pk__in=[])
        for prefix in self.prefixes(permission):
            reach |= Q(**{f"{column}__startswith": prefix})
        return reach

    def reach(self, permission: Permission) -> Q:
        """Return the filter over Body: the bodies of the areas where the permission holds, and those one serves."""
        return self.area(permission, "division__code") | Q(pk__in=self.serves(permission))

    @property
    def main(self) -> Holding | None:
        return self.holdings[0] if self.holdings else None


def standing(person: Person, *, at: datetime) -> Standing:
    """Return what the person may do at that time: posts begun and not ended, of an active account."""
    day = at.astimezone(OFFICE_TIME).date()
    posts = current_posts(day).filter(person=person).select_related("body__merged_into").order_by("id")
    held = tuple(_holding(post) for post in posts if post.role in ROLES)
    return Standing(person, held if person.is_active else ())


def _holding(post: Post) -> Holding:
    # Whoever served a body that was merged serves the one it was merged into.
    body = post.body.merged_into or post.body
    return Holding(ROLES[post.role], body.pk, body.name, body.division_id, post.capacity, body.host_id or "")


def unended(day: date) -> Q:
    """Return the filter over posts or links that hold on that day or begin later."""
    return Q(until=None) | Q(until__gte=day)


def current_posts(day: date) -> QuerySet[Post]:
    return Post.objects.filter(unended(day), since__lte=day, relieved_at=None)


def require(by: Person, permission: Permission, *, at: datetime, division: str | None = None) -> Standing:
    """
    Return the person's standing, or refuse.

    Raises NotAllowed where no post allows the act, NotFound where one does but not at that place:
    who may not act there is not told what is there.
    """
    found = standing(by, at=at)
    if not found.can(permission):
        raise NotAllowed
    if division is not None and not found.covers(permission, division):
        raise NotFound
    return found


def serving(body_code: str, *, at: datetime, role: str | None = None) -> QuerySet[Person]:
    """Return the active people with a current post in the body, of one role where given."""
    return _in_roles(body_code, [role] if role else ROLES, at=at)


def able(body_code: str, permission: Permission, *, at: datetime) -> QuerySet[Person]:
    """Return the active people with a current post in the body that carries the permission."""
    return _in_roles(body_code, [role.name for role in ROLES.values() if permission in role.permissions], at=at)


def team_people(body_code: str, *, at: datetime) -> QuerySet[Person]:
    """Return who of a body may go out with a team: whoever holds a post there that makes visits."""
    return able(body_code, Permission.VISIT_MAKE, at=at)


def _in_roles(body_code: str, roles: Iterable[str], *, at: datetime) -> QuerySet[Person]:
    family = territory.family([body_code])
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(body_id__in=family, role__in=list(roles))
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("pinyin", "pk")


def people(*, to: Standing, at: datetime, search: str = "") -> QuerySet[Person]:
    """
    Return the people one may look up: with a current post in one's area or one's own body, and oneself.

    `search` matches name, account, reading and initials.
    """
    reach = to.area(Permission.ORGANISATION_SEE, "body__division__code")
    own = Q(body__in=to.serves(Permission.ORGANISATION_SEE))
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(reach | own)
    found = Person.objects.filter(Q(pk__in=posts.values("person")) | Q(pk=to.person.pk))
    return _searched(found, search).order_by("pinyin", "pk")


def _searched(found: QuerySet[Person], search: str) -> QuerySet[Person]:
    word = search.strip()
    if not word:
        return found
    return found.filter(Q(name__icontains=word) | Q(username__icontains=word) | Q(pinyin__icontains=word.lower()))


def former(*, to: Standing, at: datetime, search: str = "") -> QuerySet[Person]:
    """Return who served in one's area and serves nowhere now: looked up still, and appointed anew."""
    serving_now = current_posts(at.astimezone(OFFICE_TIME).date()).values("person")
    held = Post.objects.filter(to.area(Permission.ORGANISATION_SEE, "body__division__code"))
    found = Person.objects.filter(pk__in=held.values("person")).exclude(pk__in=serving_now)
    return _searched(found, search).order_by("pinyin", "pk")


def narrowed(
    found: QuerySet[Person], *, at: datetime, tier: str = "", body: str = "", role: str = "", skill: str = "",
    permission: Permission | None = None,
) -> QuerySet[Person]:  # fmt: skip
    """Narrow people to those with a current post in a tier (its id), a body, a role, or with a permission; by skill."""
    wanted: dict[str, object] = {"body__tier": tier, "body": body, "role": role}
    if permission is not None:
        wanted["role__in"] = [each.name for each in ROLES.values() if permission in each.permissions]
    if any(wanted.values()):
        posts = current_posts(at.astimezone(OFFICE_TIME).date())
        posts = posts.filter(**{column: value for column, value in wanted.items() if value})
        found = found.filter(pk__in=posts.values("person"))
    return found.filter(skills__contains=[skill]) if skill else found


def skills(found: QuerySet[Person]) -> list[str]:
    """Return the skills that any of the people has, each once."""
    known = found.exclude(skills=[]).order_by().values_list("skills", flat=True)
    return sorted({skill for each in known for skill in each})


def posts_now(people: Iterable[Person], *, at: datetime) -> dict[int, list[Post]]:
    """Return person id → the posts they hold now."""
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(person__in=[person.pk for person in people])
    found: dict[int, list[Post]] = {}
    for post in posts.select_related("body").order_by("pk"):
        found.setdefault(post.person_id, []).append(post)
    return found


def person(username: str, *, to: Standing, at: datetime) -> Person:
    """Return a person one may look up, one who left among them. Raises NotFound."""
    known = Q(pk__in=people(to=to, at=at).values("pk")) | Q(pk__in=former(to=to, at=at).values("pk"))
    found = Person.objects.filter(known, username=username).first()
    if found is None:
        raise NotFound
    return found


def posts_of(person: Person) -> QuerySet[Post]:
    """Return all posts a person has held, the latest first."""
    return Post.objects.filter(person=person).select_related("body__division").order_by("-since", "-pk")


def posts_within(*, to: Standing) -> QuerySet[Post]:
    """Return every post held or ended in the bodies of one's area and in those one serves, body by body."""
    found = Post.objects.filter(body__in=Body.objects.filter(to.reach(Permission.ORGANISATION_SEE)))
    related = found.select_related("person", "body__division")
    return related.order_by("body__division", "body", "person__pinyin", "person", "since", "role")


def posts_in(body_code: str, *, at: datetime) -> QuerySet[Post]:
    """Return who holds which post in a body now, its merged duplicates included."""
    family = territory.family([body_code])
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(body__in=family, person__is_active=True)
    return posts.select_related("person", "body").order_by("person__pinyin", "person", "pk")


def forces(reach: Q, *, at: datetime) -> dict[str, list[Person]]:
    """
    Return body code → the active people who may go out with a team for it, of the bodies within `reach`.

    A post in a merged duplicate counts for the body it was merged into.
    """
    roles = [role.name for role in ROLES.values() if Permission.VISIT_MAKE in role.permissions]
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(
        body__in=Body.objects.filter(reach), role__in=roles, person__is_active=True
    )
    found: dict[str, dict[int, Person]] = {}
    for post in posts.select_related("person", "body").order_by("person__pinyin", "person", "pk"):
        found.setdefault(post.body.merged_into_id or post.body_id, {})[post.person_id] = post.person
    return {code: list(able_ones.values()) for code, able_ones in found.items()}


def staffed(reach: Q, *, at: datetime) -> dict[tuple[int | None, str], int]:
    """Return (tier id, county code or "") → how many active people hold a post in the bodies of that tier and county."""
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(
        body__in=Body.objects.filter(reach), person__is_active=True
    )
    counted = posts.values(
        tier=Coalesce("body__merged_into__tier", "body__tier"), county=territory.part_of("body__division", 6)
    ).order_by()
    return {(row["tier"], row["county"]): row["n"] for row in counted.annotate(n=Count("person", distinct=True))}


def current_links(day: date) -> QuerySet[Link]:
    found = Link.objects.filter(unended(day), since__lte=day)
    return found.select_related("holder__division", "person", "body", "division", "site").order_by("holder", "pk")


def links(*, to: Standing, at: datetime) -> QuerySet[Link]:
    """Return the links that hold now, of bodies in one's area and of one's own body."""
    reach = to.area(Permission.ORGANISATION_SEE, "holder__division__code")
    own = Q(holder__in=to.serves(Permission.ORGANISATION_SEE))
    return current_links(at.astimezone(OFFICE_TIME).date()).filter(reach | own)


def links_within(*, to: Standing, day: date) -> QuerySet[Link]:
    """Return the links that hold on that day or begin later, of bodies in one's area and of those one serves."""
    found = Link.objects.filter(unended(day), holder__in=Body.objects.filter(to.reach(Permission.ORGANISATION_SEE)))
    return found.select_related("holder__division", "person", "body", "division", "site").order_by("holder", "pk")


def links_searched(found: QuerySet[Link], search: str) -> QuerySet[Link]:
    """Narrow links to those whose holder, person or target is called like what was typed, by name, code or reading."""
    word = search.strip()
    if not word:
        return found
    likeness = Q(division__name__icontains=word) | Q(division__code__startswith=word)
    for end in ("holder", "person", "body", "site"):
        likeness |= Q(**{f"{end}__name__icontains": word}) | Q(**{f"{end}__pinyin__icontains": word.lower()})
    return found.filter(likeness)


def links_of(person: Person) -> QuerySet[Link]:
    """Return the links that name a person, ended ones too, the latest first."""
    found = Link.objects.filter(person=person).select_related("holder", "body", "division", "site")
    return found.order_by("-since", "-pk")


def recusals(*, to: Standing, at: datetime) -> QuerySet[Recusal]:
    """Return the recusals one may read: one's own, those of people one may look up, those put to one's own office."""
    keeper = to.can(Permission.RECUSAL_KEEP)
    theirs = Q(person__in=people(to=to, at=at).values("pk")) if keeper else Q(pk__in=[])
    put = Q(ruled_in__in=to.serves(Permission.RECUSAL_RULE))
    asked = Q(asked_by__in=to.bodies(Permission.ORDER_ANSWER))
    found = Recusal.objects.filter(Q(person=to.person) | theirs | put | asked)
    related = ("person", "body", "division", "site", "asked_by", "ruled_in", "recorded_by", "ruled_by")
    return found.select_related(*related).order_by("-recorded_at", "-pk")


def recusal(pk: int, *, to: Standing, at: datetime) -> Recusal:
    """Return a recusal one may read. Raises NotFound."""
    found = recusals(to=to, at=at).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def recusals_in(tab: str, *, to: Standing, at: datetime) -> QuerySet[Recusal]:
    """Return the recusals one may read that wait for a ruling, hold now, were ruled on, or are one's own."""
    narrowed_to = {
        "asked": Q(state=RecusalState.ASKED),
        "standing": Q(state=RecusalState.STANDING),
        "ruled": Q(ruled_at__isnull=False),
        "mine": Q(person=to.person),
    }
    return recusals(to=to, at=at).filter(narrowed_to[tab])


def to_rule(*, to: Standing, at: datetime) -> QuerySet[Recusal]:
    """Return the requests that wait for a ruling by one's office, and by another hand than the person's own."""
    mine = recusals(to=to, at=at).filter(state=RecusalState.ASKED, ruled_in__in=to.serves(Permission.RECUSAL_RULE))
    return mine.exclude(person=to.person)


def liftable(*, to: Standing, at: datetime) -> QuerySet[Recusal]:
    """
    Return the recusals whose end one's office may declare, once they stand.

    What an office ruled, that office or one above it; what was declared, whoever has all the person's posts in charge.
    """
    ruled = to.area(Permission.RECUSAL_RULE, "ruled_in__division__code")
    ruled |= Q(ruled_in__in=to.serves(Permission.RECUSAL_RULE))
    in_charge = Body.objects.filter(to.reach(Permission.RECUSAL_RULE))
    elsewhere = current_posts(at.astimezone(OFFICE_TIME).date()).exclude(body__in=in_charge)
    declared = Q(ruled_in=None) & ~Q(person__in=elsewhere.values("person"))
    return recusals(to=to, at=at).filter(ruled | declared)


def home_of(person: Person, *, at: datetime) -> Body | None:
    """Return the supervision body a person serves first, else any body they serve."""
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(person=person).order_by("pk")
    served = [post.body.merged_into or post.body for post in posts.select_related("body__merged_into")]
    supervising = [body for body in served if body.kind in SUPERVISING]
    return next(iter(supervising or served), None)


def office_above(person: Person, *, at: datetime) -> Body | None:
    """
    Return the office that rules on a person's recusal: the next one above theirs; where none is on record, their own.

    What stands above a village is the township's discipline body, which rules on nothing: the office above that does.
    """
    home = home_of(person, at=at)
    above, seen = (home.parent if home else None), set()
    while above is not None and above.kind != BodyKind.OFFICE and above.pk not in seen:
        seen.add(above.pk)  # two bodies put under each other at the same moment are no way up
        above = above.parent
    return above if above is not None and above.kind == BodyKind.OFFICE else home


def new_password() -> str:
    """Return a password easy to type from paper: three groups of four, about 59 bits, no letters that look alike."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
