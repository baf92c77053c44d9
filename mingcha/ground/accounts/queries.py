"""Who someone is at a given time: what they may do, and how far it reaches."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from mingcha.ground.accounts.models import Person, Post
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES, Role
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
    """A post as held now."""

    role: type[Role]
    body: str
    body_name: str
    division: str


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
        """Return the codes of the bodies one acts for under the permission."""
        return tuple(h.body for h in self.holdings if permission in h.role.permissions and h.role.reach == "body")

    def covers(self, permission: Permission, division: str) -> bool:
        return any(division.startswith(prefix) for prefix in self.prefixes(permission))

    def area(self, permission: Permission, column: str) -> Q:
        """Return the filter `column` starts with one of the prefixes; matches nothing where there is none."""
        reach = Q(pk__in=[])
        for prefix in self.prefixes(permission):
            reach |= Q(**{f"{column}__startswith": prefix})
        return reach

    @property
    def main(self) -> Holding | None:
        return self.holdings[0] if self.holdings else None


def standing(person: Person, *, at: datetime) -> Standing:
    """Return what the person may do at that time: posts begun and not ended, of an active account."""
    day = at.astimezone(OFFICE_TIME).date()
    posts = current_posts(day).filter(person=person).select_related("body").order_by("id")
    held = tuple(
        Holding(ROLES[post.role], post.body_id, post.body.name, post.body.division_id)
        for post in posts
        if post.role in ROLES
    )
    return Standing(person, held if person.is_active else ())


def current_posts(day: date) -> QuerySet[Post]:
    return Post.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


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
    """Return who may go out with a team of this office: its leaders and inspectors."""
    return _in_roles(body_code, ["leader", "inspector"], at=at)


def _in_roles(body_code: str, roles: Iterable[str], *, at: datetime) -> QuerySet[Person]:
    posts = current_posts(at.astimezone(OFFICE_TIME).date()).filter(body_id=body_code, role__in=list(roles))
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("pinyin", "pk")


def new_password() -> str:
    """Return a password easy to type from paper: three groups of four, about 59 bits, no letters that look alike."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
