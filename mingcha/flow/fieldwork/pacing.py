"""
The rest of a day: where teams on the way would be when, if their stops ahead stood in this order.

What has been visited stays as it is. A team goes on from its last visit, now; one that has visited nothing, from its base.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws.queries import routes
from mingcha.flow.fieldwork.models import Inspection, Stop, Visit
from mingcha.flow.fieldwork.states import VisitState
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.territory.models import Site
from mingcha.kernel.routing import Crew, Plan, Travel, Violation, check, home_at, timed, way
from mingcha.kernel.routing import Stop as Call


@dataclass(frozen=True)
class Afternoon:
    """What is still ahead of some teams: crews by outing, every stop ahead by site, and the ways between."""

    crews: Mapping[int, Crew]
    calls: Mapping[str, Call]
    travel: Travel
    where: Mapping[str, int]

    def paced(self, orders: Mapping[int, Sequence[str]]) -> Plan:
        """Return the legs of these orders of sites, by outing."""
        legs = {
            outing: timed(self.crews[outing], order, self.calls, self.travel, where=self.where)
            for outing, order in orders.items()
        }
        return Plan(
            routes={self.crews[outing].id: each for outing, each in legs.items()},
            returns={self.crews[o].id: home_at(self.crews[o], each, self.travel, self.where) for o, each in legs.items()},
            seconds=sum(way(self.crews[o], each, self.travel.seconds, self.where) for o, each in legs.items()),
            metres=sum(way(self.crews[o], each, self.travel.metres, self.where) for o, each in legs.items()),
            waiting=sum(leg.begins - leg.arrives for each in legs.values() for leg in each),
        )  # fmt: skip

    def wrong(self, plan: Plan) -> list[Violation]:
        """Return what the house's own evaluator finds wrong with it."""
        return check(plan, list(self.crews.values()), list(self.calls.values()), self.travel, where=self.where)

    def fitted(self, outing: int, order: Sequence[str], fresh: str) -> list[str]:
        """Return the order with `fresh` where it does least harm: fewest breaches, then soonest home."""
        ways = [[*order[:at], fresh, *order[at:]] for at in range(len(order) + 1)]
        crew = self.crews[outing]

        def cost(tried: Sequence[str]) -> tuple[int, int]:
            legs = timed(crew, tried, self.calls, self.travel, where=self.where)
            late = sum(not any(a <= leg.begins <= b for a, b in self.calls[leg.stop].windows) for leg in legs)
            return late, home_at(crew, legs, self.travel, self.where)

        return min(ways, key=cost)


def afternoon(outings: Sequence[Inspection], ahead: Mapping[int, Sequence[Stop]], *, at: datetime) -> Afternoon:
    """Return what is ahead of teams of one round, whose `ahead` are their stops to come by outing."""
    lists = [outing.list for outing in outings if outing.list is not None]
    known = routes.places(lists[0].round)
    spans = [routes.hours(sealed) for sealed in lists]
    sites = {stop.site.code: stop.site for each in ahead.values() for stop in each}
    last = {outing.pk: _last_visit(outing) for outing in outings}
    points = [known.near(found.site) if (found := last[o.pk]) else known.base(o.team) for o in outings]
    points += [known.base(outing.team) for outing in outings]
    crews = {}
    for number, (outing, sealed, span) in enumerate(zip(outings, lists, spans, strict=True)):
        starts = max(span[0], _free(outing, last[outing.pk], at=at))
        barred = frozenset(sealed.barred) | _tied(outing, list(sites.values()), at=at)
        made = routes.crew(sealed, number, hours=(starts, max(span[1], starts)), barred=barred)
        crews[outing.pk] = replace(made, id=str(outing.pk), back=len(outings) + number)
    first, end = min(span[0] for span in spans), max(span[1] for span in spans)
    calls = {code: routes.stop(site, always=routes.is_shut(site, first, end)) for code, site in sites.items()}
    points += [known.near(site) for site in sites.values()]
    ways = routes.ways(points if known.any else (), places=len(points))
    where = {code: number for number, code in enumerate(sites, start=2 * len(outings))}
    return Afternoon(crews, calls, ways.travel, where)


def _last_visit(outing: Inspection) -> Visit | None:
    return outing.visits.select_related("site__division", "site__type").order_by("-begun_at", "-pk").first()


def _free(outing: Inspection, last: Visit | None, *, at: datetime) -> int:
    """Return the minute of the day from which the team can go on: now, or when the visit under way should be over."""
    if last is None:
        return 0
    over = last.begun_at + timedelta(minutes=last.site.type.minutes) if last.state == VisitState.BEGUN else at
    local = max(at, over).astimezone(OFFICE_TIME)
    return local.hour * 60 + local.minute if local.date() == outing.day else 0


def _tied(outing: Inspection, sites: Sequence[Site], *, at: datetime) -> frozenset[str]:
    people = [member.person_id for member in campaigns.present(outing.team)]
    found = ties.ties(people, at=at)
    return frozenset(site.code for site in sites if found.any_between(people, ties.subject_of(site)))
