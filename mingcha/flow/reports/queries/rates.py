"""
How often drawn sites had a problem, with the interval that so many visits allow: 问题率 18%(11–28%).

1. Only revealed rounds count, with the chances of their published bundle: a rate computed before would tell of chances that
   lie sealed, and anybody can compute these again.
2. What was drawn and not finished (`done`) is non-response, whatever kept the team away; a replacement counts beside it.
3. Sites that were certain to be visited are left out, directed ones among them, unless the whole frame was certain; so is
   every visit that no lot led to.
4. A site has a problem where a finding of the visit is confirmed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import QuerySet

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.draws.models import Replacement, Round
from mingcha.flow.draws.states import State
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.fieldwork.states import Outcome, VisitState
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import Standing
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Site
from mingcha.kernel import estimates, lots
from mingcha.kernel.estimates import Rate, Sample, Visited

WITH_CHANCES = "site,stratum,chance"
DIMENSIONS = ("county", "site_type", "item")


@dataclass(frozen=True)
class Drawn:
    """
    The visits of revealed rounds, weighed. A key is "round id/site code".

    `types` and `places` (division codes) by key; `items`: what was found there, ids of rulebook items.
    """

    sample: Sample
    rounds: int
    types: Mapping[str, str]
    places: Mapping[str, str]
    items: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Line:
    """One line of a table of rates; `rate` None where nobody saw a drawn site of it."""

    key: str
    label: str
    rate: Rate | None


def seen(campaign: Campaign, *, to: Standing, as_of: datetime) -> Drawn:
    """Weigh the revealed rounds of offices in one's area."""
    return weighed(
        _revealed(campaign, as_of).filter(to.area(Permission.LEDGER_SEE, "office__division__code")), as_of=as_of
    )


def of_offices(campaign: Campaign, bodies: Collection[str], *, as_of: datetime) -> Drawn:
    """Weigh the revealed rounds of some offices, by body code, whoever asks: for briefs."""
    return weighed(_revealed(campaign, as_of).filter(office__in=bodies), as_of=as_of)


def _revealed(campaign: Campaign, as_of: datetime) -> QuerySet[Round]:
    return Round.objects.filter(campaign=campaign, state=State.REVEALED, revealed_at__lte=as_of)


def weighed(rounds: QuerySet[Round], *, as_of: datetime) -> Drawn:
    """Weigh all that revealed rounds drew: what was seen until `as_of`, and what was not."""
    # Of a bundle only what is needed: tickets are the bulk of it.
    parts = rounds.order_by("pk").values_list("pk", "office", "bundle__frame", "bundle__drawn")
    published = {pk: (office, published_chances(frame, len(drawn)), list(drawn)) for pk, office, frame, drawn in parts}
    found = _found(published, as_of=as_of)
    stood_in = _stood_in(published)
    visited: list[Visited] = []
    for pk, (office, frame, drawn) in published.items():
        usable = estimates.usable({site: chance for site, (_stratum, chance) in frame.items()})
        for site in (*drawn, *sorted(stood_in[pk])):
            if site in usable:
                problem = bool(found[pk, site]) if (pk, site) in found else None
                stratum, chance = frame[site]
                visited.append(
                    Visited(f"{pk}/{site}", str(pk), stratum, chance, problem, site in drawn, register=office)
                )
    return _with_facts(visited, found, rounds=len(published))


def published_chances(frame: str, n: int) -> dict[str, tuple[str, Fraction]]:
    """Return site → (stratum, chance). A frame of the first format names no chances: each was n of all."""
    if frame.startswith(WITH_CHANCES):
        return {one.site: (one.stratum, one.chance) for one in lots.read_frame(frame)}
    rows = [line.split(",") for line in frame.splitlines()[1:]]
    return {site: (stratum, Fraction(n, len(rows))) for site, stratum in rows}


def _stood_in(rounds: Iterable[int]) -> dict[int, set[str]]:
    """Return round → codes of the sites that took a drawn one's place."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Replacement.objects.filter(round__in=list(rounds)).exclude(into=None).values_list("round", "into__code")
    for pk, code in rows:
        found[pk].add(code)
    return found


def _found(rounds: Iterable[int], *, as_of: datetime) -> dict[tuple[int, str], list[int | None]]:
    """Return (round, site code) → the items of its confirmed findings, for every finished visit; [] where none was found."""
    visits = Visit.objects.filter(
        inspection__list__round__in=list(rounds), extra=False, state=VisitState.CLOSED, outcome=Outcome.DONE,
        closed_at__lte=as_of,
    )  # fmt: skip
    where = {
        pk: (round_, code) for pk, round_, code in visits.values_list("pk", "inspection__list__round", "site__code")
    }
    found: dict[tuple[int, str], list[int | None]] = {place: [] for place in where.values()}
    confirmed = Finding.objects.filter(visit__in=where, state=FindingState.CONFIRMED, confirmed_at__lte=as_of)
    for visit, item in confirmed.values_list("visit", "item"):
        found[where[visit]].append(item)
    return found


def _with_facts(visited: list[Visited], found: Mapping[tuple[int, str], list[int | None]], *, rounds: int) -> Drawn:
    codes = {one.key: one.key.partition("/")[2] for one in visited}
    rows = Site.objects.filter(code__in=set(codes.values())).values_list("code", "type", "division")
    sites = {code: (kind, place) for code, kind, place in rows}
    items = {
        f"{pk}/{site}": frozenset(item for item in cited if item)
        for (pk, site), cited in found.items()
        if f"{pk}/{site}" in codes
    }
    return Drawn(
        sample=estimates.weigh(visited),
        rounds=rounds,
        types={key: sites[code][0] for key, code in codes.items()},
        places={key: sites[code][1] for key, code in codes.items()},
        items=items,
    )


def overall(drawn: Drawn) -> Rate | None:
    """Return the rate over all rounds pooled; None where no drawn site was seen."""
    return estimates.rate(drawn.sample)


def by(drawn: Drawn, dimension: str) -> list[Line]:
    """
    Return the rates by county (by township where there is only one), site_type or item, the surest to have problems first.

    An item's rate is the share of all sites where it was found.
    """
    if dimension == "item":
        return _sorted(_by_item(drawn))
    if dimension == "site_type":
        names = {kind.code: kind.name for kind in territory.site_types()}
        return _sorted(_lines(drawn, drawn.types, names))
    county = {key: place[:6] for key, place in drawn.places.items()}
    parts = county if len(set(county.values())) > 1 else {key: place[:9] for key, place in drawn.places.items()}
    return _sorted(_lines(drawn, parts, dict(territory.names(set(parts.values())))))


def _lines(drawn: Drawn, parts: Mapping[str, str], names: Mapping[str, str]) -> list[Line]:
    keys: dict[str, set[str]] = defaultdict(set)
    for key, part in parts.items():
        keys[part].add(key)
    return [Line(part, names.get(part, part), estimates.rate(drawn.sample, within=own)) for part, own in keys.items()]


def _by_item(drawn: Drawn) -> list[Line]:
    keys: dict[int, set[str]] = defaultdict(set)
    for key, items in drawn.items.items():
        for item in items:
            keys[item].add(key)
    cited = Item.objects.filter(pk__in=keys).select_related("edition__rulebook")
    labels = {item.pk: f"{item.edition.rulebook.name} {item.label}" for item in cited}
    return [Line(str(pk), labels[pk], estimates.rate(drawn.sample, problems=own)) for pk, own in keys.items()]


def _sorted(lines: list[Line]) -> list[Line]:
    """Tellable rates first, by where their interval begins; then those of few visits."""

    def place(line: Line) -> tuple[bool, float, float, str]:
        rate = line.rate
        told = rate is not None and rate.enough
        return (not told, -rate.low if rate and told else 0.0, -rate.rate if rate and told else 0.0, line.key)

    return sorted(lines, key=place)


def stored(campaign: Campaign, bodies: Collection[str], *, as_of: datetime) -> dict[str, object]:
    """
    Return what a brief tells of rates, JSON-able: {"rounds", "overall", "types": [{"name", …}]}, each rate as `as_json`
    gives it, with "text" beside: "18%(11–28%)", or "" where the visits are few.
    """
    drawn = of_offices(campaign, bodies, as_of=as_of)
    lines = by(drawn, "site_type")
    return {
        "rounds": drawn.rounds,
        "overall": _worded(overall(drawn)),
        "types": [{"name": line.label, **_worded(line.rate)} for line in lines],
    }


def _worded(rate: Rate | None) -> dict[str, object]:
    return {**as_json(rate), "text": rate.text if rate is not None and rate.enough else ""}


def as_json(rate: Rate | None) -> dict[str, object]:
    """
    Return a rate as JSON: {"rate", "low", "high", "visits", "missed"}; the first three are None where visits are few.

    Shares of 1, to four places.
    """
    if rate is None:
        return {"rate": None, "low": None, "high": None, "visits": 0, "missed": 0}
    told = {name: round(getattr(rate, name), 4) if rate.enough else None for name in ("rate", "low", "high")}
    return {**told, "visits": rate.visits, "missed": rate.missed}
