"""The organisation as a page shows it: who stands where, who is out in which team, and who is free."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from mingcha.flow.campaigns import queries as campaigns
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Team
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.accounts.queries import Standing
    from mingcha.ground.territory.models import Body, Tier

# A tier with more bodies is shown county by county as counts; the bodies stand on a page of their own.
MOST_LINES = 200


@dataclass(frozen=True)
class Outing:
    """Some people of a body who are out with one team; `seen`: one may open the team's page."""

    team: "Team"
    seen: bool
    people: list["Person"]


@dataclass
class Force:
    """People who can go out, split into those who are out and those who are free."""

    out: list[Outing] = field(default_factory=list)
    free: list["Person"] = field(default_factory=list)

    @property
    def away(self) -> int:
        return sum(len(outing.people) for outing in self.out)

    @property
    def all(self) -> int:
        return self.away + len(self.free)


@dataclass(frozen=True)
class Line:
    """A body and its force."""

    body: "Body"
    force: Force


@dataclass
class Sum:
    """How many bodies, people on post, people who can go out, and of those out and free. Nobody counts twice."""

    bodies: int = 0
    staffed: int = 0
    able: int = 0
    away: int = 0
    free: int = 0


@dataclass
class County:
    """The bodies of one tier in one county: all of them, or only the counts."""

    code: str
    name: str
    sum: Sum
    lines: list[Line] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether nobody there goes out, as in the villages."""
        return self.sum.able == 0


@dataclass
class Rank:
    """A tier with its bodies: as `lines`, or folded by county."""

    tier: "Tier"
    sum: Sum
    lines: list[Line]
    counties: list[County]


class Strength:
    """The forces of the bodies within a filter, at one moment; read at once, however many bodies there are."""

    def __init__(self, reach: Q, *, to: "Standing", at: datetime) -> None:
        self._able = accounts.forces(reach, at=at)
        ids = {person.pk for people in self._able.values() for person in people}
        self._teams = campaigns.out_now(ids) if ids else {}
        self._seen = campaigns.seen_among(self._teams.values(), to=to) if self._teams else set()

    def of(self, code: str) -> Force:
        """Return a body's force."""
        force = Force()
        outings: dict[int, Outing] = {}
        for person in self._able.get(code, []):
            team = self._teams.get(person.pk)
            if team is None:
                force.free.append(person)
            else:
                outings.setdefault(team.pk, Outing(team, team.pk in self._seen, [])).people.append(person)
        force.out = sorted(outings.values(), key=lambda outing: outing.team.pk)
        return force

    def where(self, person: int) -> Outing | None:
        """Return with which team a person is out; None for who is free, and for who does not go out."""
        team = self._teams.get(person)
        return Outing(team, team.pk in self._seen, []) if team else None

    def can_go(self, code: str) -> set[int]:
        """Return the ids of the people of a body who can go out."""
        return {person.pk for person in self._able.get(code, [])}

    def lines(self, bodies: Iterable["Body"]) -> list[Line]:
        return [Line(body, self.of(body.code)) for body in bodies]

    def sum(self, codes: Iterable[str], *, staffed: int = 0) -> Sum:
        """Return the sum over bodies; who serves two of them counts once."""
        listed = list(codes)
        able = {person.pk for code in listed for person in self._able.get(code, [])}
        away = able & self._teams.keys()
        return Sum(len(listed), staffed, len(able), len(away), len(able) - len(away))


def ranks(tiers: Iterable["Tier"], *, to: "Standing", at: datetime) -> tuple[list[Rank], Sum]:
    """
    Return the tiers with what stands in them within one's reach, and the sum of it all.

    A fixed number of reads: neither bodies nor people are asked for one by one.
    """
    reach = to.reach(P.ORGANISATION_SEE)
    strength = Strength(reach, to=to, at=at)
    staffed = accounts.staffed(reach, at=at)
    held = territory.ranked(reach)
    names = territory.names({place[:6] for row in held.values() for _code, place in row})
    shown = [tier.pk for tier in tiers if len(held.get(tier.pk, ())) <= MOST_LINES]
    bodies: dict[int, list[Body]] = {}
    for body in territory.bodies(reach).filter(tier__in=shown):
        bodies.setdefault(body.tier_id or 0, []).append(body)
    found = []
    for tier in tiers:
        rows, lines = held.get(tier.pk, []), strength.lines(bodies.get(tier.pk, []))
        posts = {county: n for (pk, county), n in staffed.items() if pk == tier.pk}
        total = strength.sum([code for code, _place in rows], staffed=sum(posts.values()))
        folds = _counties(rows, lines, posts, names, strength) if tier.kind in ("township", "village") else []
        found.append(Rank(tier, total, [] if folds else lines, folds))
    everyone = strength.sum([code for rows in held.values() for code, _place in rows])
    return found, everyone


def _counties(
    rows: list[tuple[str, str]], lines: list[Line], posts: dict[str, int], names: dict[str, str], strength: Strength
) -> list[County]:
    codes: dict[str, list[str]] = {}
    for code, place in rows:
        codes.setdefault(place[:6], []).append(code)
    own: dict[str, list[Line]] = {}
    for line in lines:
        own.setdefault(line.body.division_id[:6], []).append(line)
    return [
        County(county, names.get(county, county), strength.sum(held, staffed=posts.get(county, 0)), own.get(county, []))
        for county, held in sorted(codes.items())
    ]
