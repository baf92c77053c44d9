"""The house's own evaluator: it shares nothing with the planner but the values, and no plan leaves without it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from mingcha.kernel.routing.day import TOGETHER, Crew, Leg, Plan, Stop, Travel, clock, seconds

CHECKS = (
    "known", "once", "all_accounted_for", "recusals", "times", "windows", "day", "most", "mates", "figures",
)  # fmt: skip


@dataclass(frozen=True)
class Violation:
    """What is wrong, where. `check` is one of CHECKS; `detail` is for an officer's eye."""

    check: str
    crew: str = ""
    stop: str = ""
    detail: str = ""


def check(
    plan: Plan,
    crews: Sequence[Crew],
    stops: Sequence[Stop],
    travel: Travel,
    *,
    where: Mapping[str, int],
    together: float = TOGETHER,
) -> list[Violation]:
    """
    Return everything that a plan gets wrong, nothing where it is sound:

    known: crews and stops exist · once: nobody is visited twice · all_accounted_for: every required stop is visited or
    said to be dropped, and none both · recusals: no barred pair · times: each arrival is the last leaving plus travel, no
    visit shorter than its minutes · windows: it begins when it may · day: from the crew's start to its end · most: no crew
    beyond its number · mates: stops of one street begin within `together` minutes · figures: travel and waiting as told.
    """
    known = {stop.id: stop for stop in stops}
    teams = {crew.id: crew for crew in crews}
    found = [Violation("known", crew=crew) for crew in plan.routes if crew not in teams]
    found += [
        Violation("known", crew, leg.stop)
        for crew, legs in plan.routes.items()
        for leg in legs
        if leg.stop not in known
    ]
    if found:
        return found  # the rest cannot be asked of things that do not exist
    found += _accounted(plan, stops)
    for crew, legs in plan.routes.items():
        found += _route(teams[crew], legs, known, travel, where)
        if plan.returns.get(crew) != home_at(teams[crew], legs, travel, where):
            found.append(Violation("times", crew, detail="return"))
    return [*found, *_mates(plan, known, together), *_figures(plan, teams, travel, where)]


def home_at(crew: Crew, legs: Sequence[Leg], travel: Travel, where: Mapping[str, int]) -> int:
    """Return the second of the day the crew is back; its start where it goes nowhere."""
    if not legs:
        return seconds(crew.starts)
    return legs[-1].leaves + travel.seconds[where[legs[-1].stop]][crew.home]


def timed(
    crew: Crew,
    order: Sequence[str],
    stops: Mapping[str, Stop],
    travel: Travel,
    *,
    where: Mapping[str, int],
    agreed: Mapping[str, int] = {},
) -> tuple[Leg, ...]:
    """
    Return the crew's stops in this order, each begun as early as it may be; a street's not before its `agreed` second.
    Where a stop cannot be begun in time, it is begun on arrival: `check` will say so.
    """
    legs: list[Leg] = []
    here, now = crew.base, seconds(crew.starts)
    for name in order:
        stop = stops[name]
        now += travel.seconds[here][where[name]]
        least = max(now, agreed.get(stop.street, 0)) if stop.street else now
        begins = next((max(least, first) for first, last in stop.windows if least <= last), least)
        legs.append(Leg(name, now, begins, begins + stop.service))
        here, now = where[name], begins + stop.service
    return tuple(legs)


def way(crew: Crew, legs: Sequence[Leg], matrix: Sequence[Sequence[int]], where: Mapping[str, int]) -> int:
    """Return the sum of a matrix from the base along the stops and home; 0 where the crew goes nowhere."""
    path = [crew.base, *(where[leg.stop] for leg in legs), crew.home] if legs else []
    return sum(matrix[here][there] for here, there in pairwise(path))


def _accounted(plan: Plan, stops: Sequence[Stop]) -> Iterator[Violation]:
    visited = plan.visited
    for name in sorted({name for name in visited if visited.count(name) > 1}):
        yield Violation("once", stop=name)
    for stop in stops:
        told = stop.id in plan.dropped
        if told and stop.id in visited:
            yield Violation("all_accounted_for", stop=stop.id, detail="dropped and visited")
        if stop.required and not told and stop.id not in visited:
            yield Violation("all_accounted_for", stop=stop.id, detail="missing")


def _route(
    crew: Crew, legs: Sequence[Leg], stops: Mapping[str, Stop], travel: Travel, where: Mapping[str, int]
) -> Iterator[Violation]:
    if crew.most and len(legs) > crew.most:
        yield Violation("most", crew.id, detail=f"{len(legs)} > {crew.most}")
    here, now = crew.base, seconds(crew.starts)
    for leg in legs:
        stop = stops[leg.stop]
        if not crew.may_visit(stop.id):
            yield Violation("recusals", crew.id, stop.id)
        if leg.arrives != now + travel.seconds[here][where[stop.id]]:
            yield Violation("times", crew.id, stop.id, f"arrives {clock(leg.arrives)}")
        if leg.begins < leg.arrives or leg.leaves != leg.begins + stop.service:
            yield Violation("times", crew.id, stop.id, f"{clock(leg.begins)}-{clock(leg.leaves)}")
        if not any(first <= leg.begins <= last for first, last in stop.windows):
            yield Violation("windows", crew.id, stop.id, f"begins {clock(leg.begins)}")
        here, now = where[stop.id], leg.leaves
    if (back := home_at(crew, legs, travel, where)) > seconds(crew.ends):
        yield Violation("day", crew.id, detail=f"back {clock(back)} > {clock(seconds(crew.ends))}")


def _mates(plan: Plan, stops: Mapping[str, Stop], together: float) -> list[Violation]:
    begun: dict[str, list[tuple[int, str]]] = {}
    for legs in plan.routes.values():
        for leg in legs:
            if street := stops[leg.stop].street:
                begun.setdefault(street, []).append((leg.begins, leg.stop))
    return [
        Violation("mates", stop=later[1], detail=f"{clock(later[0])}, {earlier[1]} {clock(earlier[0])}")
        for mates in begun.values()
        for earlier, later in combinations(sorted(mates), 2)
        if later[0] - earlier[0] > seconds(together)
    ]


def _figures(plan: Plan, crews: Mapping[str, Crew], travel: Travel, where: Mapping[str, int]) -> Iterator[Violation]:
    for told, counted, name in (
        (plan.seconds, sum(way(crews[c], legs, travel.seconds, where) for c, legs in plan.routes.items()), "seconds"),
        (plan.metres, sum(way(crews[c], legs, travel.metres, where) for c, legs in plan.routes.items()), "metres"),
        (plan.waiting, sum(leg.begins - leg.arrives for legs in plan.routes.values() for leg in legs), "waiting"),
    ):
        if told != counted:
            yield Violation("figures", detail=f"{name} {told} != {counted}")
