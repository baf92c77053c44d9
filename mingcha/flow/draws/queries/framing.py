"""What a frame is made of: the register as it stands, its strata, and the weight of every site in it."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws.models import Round
from mingcha.flow.draws.queries import scores as scoring
from mingcha.flow.draws.queries.routes import Places
from mingcha.flow.draws.states import Tilt
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import lots
from mingcha.kernel.routing.outlook import Base, Outlook, Place, outlook

WHOLE_AREA = "全域"
GRAIN, HAIR = 10**8, 1000  # in how small parts chances are blurred, and by how many of them at most


@dataclass(frozen=True)
class Register:
    """The sites that may be drawn, by code order; their strata by code; and those over their cap, with visits and cap."""

    sites: list[Site]
    strata: dict[str, str]
    over: list[tuple[Site, int, int]]


def register(office: Body, *, site_types: Sequence[str], promised: bool, at: datetime) -> Register:
    """
    Return the sites of an office's area that may be drawn: active, of the given types or all, under their yearly cap.

    A stratum is site type × township group; where every township is promised a visit, it is the township.
    """
    found = Site.objects.filter(division__code__startswith=office.division_id, active=True)
    if site_types:
        found = found.filter(type__in=site_types)
    every = list(found.select_related("type", "division").order_by("code"))
    over = scoring.over_cap(every, at=at)
    left_out = {site.pk for site, _visits, _cap in over}
    sites = [site for site in every if site.pk not in left_out]
    groups = territory.groups(office.division_id)
    names = territory.names({site.division.township_code for site in sites if site.division.township_code})
    strata = {
        site.code: _township(site, names) if promised else territory.stratum_of(site, groups) for site in sites
    }  # fmt: skip
    return Register(sites, strata, over)


def _township(site: Site, names: Mapping[str, str]) -> str:
    code = site.division.township_code
    return f"{code}{names.get(code, '')}" if code else WHOLE_AREA


def scores(office: Body, register: Register, *, tilt: str, at: datetime) -> scoring.Weights:
    """Return the weight of each site, by code; in an even lottery nobody is weighed, and no version is named."""
    if Tilt(tilt) == Tilt.LOTTERY:
        return scoring.Weights("", "", {})
    return scoring.weights(office, register.sites, at=at)


def covers(register: Register, *, count: int, apart: Collection[str]) -> set[str]:
    """
    Return sites that join with certainty beside directed ones, so that certainty tells nothing.

    Chosen by the system's randomness: the seed does not exist yet, and must not depend on it.
    """
    free = sorted(site.code for site in register.sites if site.code not in apart)
    return set(secrets.SystemRandom().sample(free, min(count, len(free))))


def weighed(register: Register, weights: scoring.Weights, *, certain: Collection[str] = ()) -> list[lots.Weighed]:
    """Return the register as the kernel weighs it; a site without a score gets the middle of the others."""
    known = sorted(weights.by_code.values())
    middle = known[len(known) // 2] if known else 0.0
    return [
        lots.Weighed(
            site.code, register.strata[site.code], weights.by_code.get(site.code, middle), certain=site.code in certain
        )
        for site in register.sites
    ]


def blurred(chances: Mapping[str, Fraction], register: Register, *, promised: bool) -> dict[str, Fraction]:
    """
    Return chances that nobody can work out: each at most 1/100,000 off by the system's randomness, all summing as before;
    where townships are promised a visit, each township's too. Who is certain stays so.

    The frame's hash is public before the draw. Whoever knows the register could otherwise try all pairs of certain sites
    until the hash fits, and would know where somebody goes.
    """
    groups: dict[str, list[str]] = {}
    for site in sorted(site for site, chance in chances.items() if chance < 1):
        groups.setdefault(register.strata[site] if promised else "", []).append(site)
    luck, given, end = secrets.SystemRandom(), dict(chances), Fraction(0)
    for _name, own in sorted(groups.items()):
        parts = []
        for site in own:
            start, end = end, end + chances[site]
            parts.append(int(end * GRAIN) - int(start * GRAIN))
        for to in range(-1, len(own) - 1):  # each hands a hair on to the one before it, the first to the last
            passed = luck.randint(0, min(HAIR, parts[to + 1] // 2, (GRAIN - parts[to]) // 2))
            parts[to], parts[to + 1] = parts[to] + passed, parts[to + 1] - passed
        given |= {site: Fraction(part, GRAIN) for site, part in zip(own, parts, strict=True)}
    return given


def setting(setting: lots.Setting, register: Register, *, promised: bool) -> lots.Setting:
    """Return the setting with the strata that are promised a visit: every township, where that is asked."""
    strata = frozenset(register.strata.values()) - {WHOLE_AREA}
    return replace(setting, promised=strata) if promised else setting


@dataclass(frozen=True)
class Looked:
    """What a setting would mean, and what was looked at; `outlook` is the teams' day, None where nobody knows places."""

    preview: lots.Preview
    register: Register
    weights: scoring.Weights
    outlook: Outlook | None


def preview(
    office: Body, *, n: int, site_types: Sequence[str], setting_: lots.Setting, promised: bool, teams: Sequence[Team],
    at: datetime,
) -> Looked:  # fmt: skip
    """
    Return what a setting would mean, before anything is fixed; the scores are looked at whatever the tilt.

    Raises what `lots.chances` raises.
    """
    found = register(office, site_types=site_types, promised=promised, at=at)
    weights = scoring.weights(office, found.sites, at=at)
    asked = setting(setting_, found, promised=promised)
    looked = lots.preview(weighed(found, weights), n=n, setting=asked)
    given = lots.chances(weighed(found, weights), n=n, setting=asked)
    return Looked(looked, found, weights, _outlook(found.sites, given, teams))


def _outlook(sites: Sequence[Site], chances: Mapping[str, Fraction], teams: Sequence[Team]) -> Outlook | None:
    """Return about how long the teams will be out; None where less than half the sites have a position."""
    known = Places(sites)
    if sum(site.latitude is not None for site in sites) * 2 < len(sites):
        return None
    bases = [Base(known.base(team), frozenset(part.township_id for part in team.stretch.all())) for team in teams]
    places = [
        Place(known.near(site), site.type.minutes, float(chances[site.code]), site.division.township_code)
        for site in sites
    ]
    return outlook(places, bases)


def departure(round: Round, team: Team, *, seed: bytes) -> datetime:
    """Return when a team departs: within the round's window, to the minute, by the seed."""
    minutes = int(lots.ticket(seed, round.frame_hash, f"departure/{team.pk}"), 16) % (round.window + 1)
    assert round.departs_at is not None  # fixed with the frame
    return round.departs_at + timedelta(minutes=minutes)


def routable(teams: Sequence[Team], shares: Mapping[str, Sequence[str]]) -> bool:
    """Return whether there is anything to plan routes for."""
    return bool(teams) and any(shares.values())
