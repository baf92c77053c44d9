"""A plan written as JSON (docs/route-instance.md): complete in itself, so that a stranger can check it against the instance."""

from collections.abc import Iterator, Mapping, Sequence

from mingcha.kernel.routing.checking import CHECKS, check, way
from mingcha.kernel.routing.day import Leg, Plan, clock, seconds
from mingcha.kernel.routing.instances import Instance

FORMAT = "mingcha-route-plan/1"
# Why a required stop is visited by nobody.
REASONS = {
    "recusal": "没有一个检查组可以去：须回避，或没有所需的专长",
    "hours": "没有一个检查组能在开放时间和工作时间内到达并查完",
    "street": "同一条街的点位须同时开始，没有多余的检查组",
    "full": "当天排不下，按抽签顺序从后往前去掉",
}


def answer(plan: Plan, instance: Instance) -> dict[str, object]:
    """
    Return the plan as values for JSON. Times are "HH:MM" or "HH:MM:SS", and seconds of the day beside; checked again here:
    `violations` is what the evaluator found, `checks` the questions it asked.
    """
    stops = {stop.id: stop for stop in instance.stops}
    missed = sum(stops[name].prize for name in plan.skipped)
    wrong = check(
        plan, instance.crews, instance.stops, instance.travel, where=instance.where, together=instance.together
    )
    return {
        "format": FORMAT,
        "violations": [
            {"check": each.check, "crew": each.crew, "stop": each.stop, "detail": each.detail} for each in wrong
        ],
        "checks": [name for name in CHECKS if name not in {each.check for each in wrong}],
        "visits": len(plan.visited),
        "travel_seconds": plan.seconds,
        "metres": plan.metres,
        "waiting_seconds": plan.waiting,
        "missed_prizes": missed,
        "objective": plan.seconds + missed,
        "iterations": plan.iterations,
        "probes": plan.probes,
        "seed": plan.seed,
        "routes": list(_routes(plan, instance)),
        "dropped": [
            {"stop": name, "reason": plan.reasons[name], "says": REASONS[plan.reasons[name]], "rank": stops[name].rank}
            for name in plan.dropped
        ],
        "skipped": list(plan.skipped),
    }


def _routes(plan: Plan, instance: Instance) -> Iterator[dict[str, object]]:
    for crew in instance.crews:
        legs = plan.routes[crew.id]
        back = plan.returns[crew.id]
        yield {
            "crew": crew.id,
            "starts": clock(seconds(crew.starts)),
            "starts_s": seconds(crew.starts),
            "returns": clock(back),
            "returns_s": back,
            "travel_seconds": way(crew, legs, instance.travel.seconds, instance.where),
            "metres": way(crew, legs, instance.travel.metres, instance.where),
            "waiting_seconds": sum(leg.begins - leg.arrives for leg in legs),
            "stops": list(_legs(legs, crew.base, instance.travel.seconds, instance.where)),
        }


def _legs(
    legs: tuple[Leg, ...], base: int, matrix: Sequence[Sequence[int]], where: Mapping[str, int]
) -> Iterator[dict[str, object]]:
    here = base
    for leg in legs:
        there = where[leg.stop]
        yield {
            "stop": leg.stop,
            "travel_seconds": matrix[here][there],
            "arrive": clock(leg.arrives),
            "begin": clock(leg.begins),
            "leave": clock(leg.leaves),
            "arrive_s": leg.arrives,
            "begin_s": leg.begins,
            "leave_s": leg.leaves,
        }
        here = there
