"""
What keeps a person away from a thing (回避): one place, asked by whoever forms a team, shares out a lot or verifies.

System-known: the unit one serves, a unit one served within the mechanism's years, the department one's resident group
sits in, a standing link. On record: recusals declared, noted by the office, or granted to a unit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from mingcha.ground.accounts.models import Post, Recusal, RecusalState
from mingcha.ground.accounts.queries import OFFICE_TIME, current_links
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body, BodyKind, Site


class TieKind(StrEnum):
    OWN_UNIT = "own_unit"
    FORMER_POST = "former_post"
    HOST = "host"
    LINK = "link"
    RECUSAL = "recusal"


# What stands in the way even of embedded supervision, which goes where the group sits and is linked.
PERSONAL = frozenset({TieKind.OWN_UNIT, TieKind.FORMER_POST, TieKind.RECUSAL})

# Township and village supervisors live among those they would inspect: they go out elsewhere (交叉检查).
LOCAL = (BodyKind.TOWNSHIP_OFFICE, BodyKind.VILLAGE_SUPERVISORS)

# What a link or a recusal names, read as few columns: this is asked at every act of an inspection.
TARGET = ("body", "body__name", "division", "division__name", "site", "site__name", "site__merged_into")

LABELS = {
    TieKind.OWN_UNIT: "本单位",
    TieKind.FORMER_POST: "曾任职单位",
    TieKind.HOST: "驻在部门",
    TieKind.LINK: "联系对象",
    TieKind.RECUSAL: "申明回避",
}


@dataclass(frozen=True)
class Subject:
    """A thing to be inspected or judged: the body that answers, where it is, and which site it is, if one."""

    body: str
    division: str = ""
    site: int | None = None


@dataclass(frozen=True)
class Tie:
    """Why a person stays away: from some bodies, from a place with all in it, or from a site. `name` says from what."""

    person: int
    kind: TieKind
    name: str
    bodies: frozenset[str] = frozenset()
    division: str = ""
    sites: frozenset[int] = frozenset()

    def holds(self, subject: Subject) -> bool:
        if subject.body in self.bodies or subject.site in self.sites:
            return True
        return bool(self.division) and subject.division.startswith(self.division)

    @property
    def label(self) -> str:
        """What the tie is, to be translated; `name` follows it."""
        return LABELS[self.kind]


class Ties:
    """The ties of some people at one moment, read once."""

    def __init__(self, ties: Iterable[Tie]) -> None:
        self._of: dict[int, list[Tie]] = {}
        for tie in ties:
            self._of.setdefault(tie.person, []).append(tie)

    def of(self, person: int) -> list[Tie]:
        return self._of.get(person, [])

    def between(self, person: int, subject: Subject, *, kinds: Collection[TieKind] = tuple(TieKind)) -> Tie | None:
        """Return the first tie between a person and a thing, or None."""
        return next((tie for tie in self.of(person) if tie.kind in kinds and tie.holds(subject)), None)

    def any_between(self, people: Iterable[int], subject: Subject) -> Tie | None:
        """Return the first tie that any of the people has to a thing, or None."""
        return next((tie for person in people if (tie := self.between(person, subject))), None)


def near(found: Ties, people: Iterable[int], places: Collection[str]) -> dict[tuple[int, str], list[Tie]]:
    """
    Return (person, place) → the ties to the place, to what lies in it, or to what it lies in; for a warning.

    What lies within a place, or in the line of a unit, that they stay away from as a whole is not told again.
    """
    of = {person: found.of(person) for person in people}
    told = [tie for ties in of.values() for tie in ties]
    bodies = Body.objects.filter(pk__in={code for tie in told for code in tie.bodies})
    sites = Site.objects.filter(pk__in={pk for tie in told for pk in tie.sites})
    body_at, site_at = dict(bodies.values_list("pk", "division")), dict(sites.values_list("pk", "division"))

    def spots(tie: Tie, place: str) -> list[str]:
        within = [*(body_at.get(code, "") for code in tie.bodies), *(site_at.get(pk, "") for pk in tie.sites)]
        around = [tie.division] if tie.division and place.startswith(tie.division) else []
        return around + [spot for spot in [tie.division, *within] if spot.startswith(place)]

    def told_by(tie: Tie, wider: Tie, place: str) -> bool:
        if tie.bodies and tie.bodies < wider.bodies:
            return True
        smaller = not tie.division or len(tie.division) > len(wider.division)
        return bool(wider.division) and smaller and all(s.startswith(wider.division) for s in spots(tie, place))

    return {
        (person, place): [t for t in ties if spots(t, place) and not any(told_by(t, w, place) for w in ties)]
        for person, ties in of.items()
        for place in places
    }


def subject_of(site: Site) -> Subject:
    """Return a site as a thing to stay away from."""
    return Subject(site.body_id, site.division_id, site.pk)


def ties(people: Collection[int], *, at: datetime) -> Ties:
    """Return everything that keeps these people (by id) away from something at that time."""
    day = at.astimezone(OFFICE_TIME).date()
    held = Post.objects.filter(person__in=people, since__lte=day).order_by("pk")
    posts = list(held.select_related("body__host", "body__merged_into__host"))
    lines = _Lines()
    return Ties([*_of_posts(posts, day, lines), *_of_links(people, posts, day, lines), *_of_recusals(people, lines)])


class _Lines(dict[str, frozenset[str]]):
    """Body code → the codes of its line, duplicates included; each is read once, however many people it ties."""

    def __missing__(self, code: str) -> frozenset[str]:
        self[code] = frozenset(territory.line_of(code))
        return self[code]


def _of_posts(posts: list[Post], day: date, lines: _Lines) -> Iterable[Tie]:
    years: dict[str, int] = {}
    for post in posts:
        current = post.holds_on(day)
        body = post.body.merged_into or post.body  # whoever served a duplicate serves the survivor
        if body.kind in SUPERVISING:
            if current and body.host:
                yield _with_line(post, TieKind.HOST, body.host, lines)
            if current and body.kind in LOCAL:
                yield Tie(post.person_id, TieKind.OWN_UNIT, body.name, division=body.division_id)
            continue
        if current:
            yield _with_line(post, TieKind.OWN_UNIT, post.body, lines)
            continue
        place = post.body.division_id
        if place not in years:
            years[place] = territory.limits(place).former_post_years
        # 366 days a year: a day too long keeps nobody out who matters, a day too short lets one in.
        if post.ended_on is not None and post.ended_on >= day - timedelta(days=366 * years[place]):
            yield _with_line(post, TieKind.FORMER_POST, post.body, lines)


def _with_line(post: Post, kind: TieKind, body: Body, lines: _Lines) -> Tie:
    """Return a tie to a body, to what it was merged with, and to everything beneath it in its own line."""
    return Tie(post.person_id, kind, body.name, bodies=lines[body.pk])


def _of_links(people: Collection[int], posts: list[Post], day: date, lines: _Lines) -> Iterable[Tie]:
    serving: dict[str, set[int]] = {}
    for post in posts:
        if post.holds_on(day):
            serving.setdefault(post.body.merged_into_id or post.body_id, set()).add(post.person_id)
    # A duplicate's links are the survivor's. A link that names a person binds that person; one that names none binds
    # everybody of the body.
    held = Q(holder__in=serving) | Q(holder__merged_into__in=serving)
    links = current_links(day).filter(Q(person__in=people) | Q(person=None) & held)
    for row in links.values("person", "holder", "holder__merged_into", *TARGET):
        bound = [row["person"]] if row["person"] else sorted(serving[row["holder__merged_into"] or row["holder"]])
        for person in bound:
            yield _to_target(person, TieKind.LINK, row, lines)


def _of_recusals(people: Collection[int], lines: _Lines) -> Iterable[Tie]:
    standing = Recusal.objects.filter(person__in=people, state=RecusalState.STANDING)
    for row in standing.values("person", *TARGET):
        yield _to_target(row["person"], TieKind.RECUSAL, row, lines)


def _to_target(person: int, kind: TieKind, row: dict[str, Any], lines: _Lines) -> Tie:
    """Return the tie to the one thing that a row of a link or a recusal names; the row holds the columns of TARGET."""
    if row["body"] is not None:
        return Tie(person, kind, row["body__name"], bodies=lines[row["body"]])
    if row["division"] is not None:
        return Tie(person, kind, row["division__name"], division=row["division"])
    site = Site(pk=row["site"], merged_into_id=row["site__merged_into"])
    return Tie(person, kind, row["site__name"], sites=frozenset(territory.site_family(site)))
