"""
Routes over sealed lists: after the draw, before anybody departs; no row, record or log tells where they lead.

1. `planned` turns a day into routes. It asks no database, so another process can do it (`apart`).
2. `keep` seals the lists anew, each with its stops in order and their times, as long as no team has opened one.
3. Where that fails, or comes too late, lists stay in the order of the lot: a round is never held up by its routes.

The draw decides who is visited, the route only the order, and by which team where teams share. Who does not fit the day is
dropped by the draw's own tickets and replaced by nobody: how many is told at once, who once nothing is left to hide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata

from django.db import transaction

from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import boxes, moving, queries
from mingcha.flow.draws.actions import drawing
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.queries import routes
from mingcha.flow.draws.states import ListState, Routing, State
from mingcha.ground.audit.actions import SYSTEM, Actor
from mingcha.kernel.routing import Crew, Leg, Plan


@dataclass(frozen=True)
class Made:
    """The routes of a day, and what they were made of."""

    day: routes.Day
    plan: Plan
    ways: str
    why: str
    solver: str


def plan(round: Round, *, iterations: int = routes.ITERATIONS, by: Actor = SYSTEM, at: datetime) -> bool:
    """Plan a drawn round's routes and seal its lists with them; return whether that was done. It takes seconds."""
    made = planned(routes.day(round, iterations=iterations, at=at))
    return keep(round, made, by=by, at=at)


def planned(day: routes.Day) -> Made:
    """
    Return the routes of a day: the same again for the same day. Raises what `kernel.routing.planning.plan` raises.

    Stops are shared out evenly; where that leaves somebody out whom uneven routes would hold, nobody is held back.
    """
    from mingcha.kernel.routing import planning  # noqa: PLC0415 - loads the solver: no page waits for that

    found = routes.ways(day.points, places=len(day.crews) + len(day.stops))

    def tried(crews: Sequence[Crew]) -> Plan:
        return planning.plan(
            crews, day.stops, found.travel, where=day.where, iterations=day.iterations, seed=day.seed
        )  # fmt: skip

    made = tried(day.crews)
    if "full" in made.reasons.values():
        made = min(made, tried([replace(crew, most=0) for crew in day.crews]), key=lambda plan: len(plan.dropped))
    return Made(day, made, found.source, found.why, f"pyvrp {metadata.version('pyvrp')}")


@transaction.atomic
def keep(round: Round, made: Made, *, by: Actor = SYSTEM, at: datetime) -> bool:
    """
    Seal a round's lists with their routes; return whether that was done.

    Not where a team has opened its list meanwhile (`opening`): the others then keep the order of the lot, too. Not yet
    where somebody has a new tie to where the route would send them: it is planned again.
    """
    # First the teams, then the round, as the draw and the opening do: whoever comes second sees the first.
    fixed = round.lists.values("team")
    teams = {team.pk: team for team in Team.objects.select_for_update(no_key=True).filter(pk__in=fixed).order_by("pk")}
    held = Round.objects.select_for_update(of=["self"]).select_related("office").get(pk=round.pk)
    if held.state != State.DRAWN or held.routing != Routing.WAITING:
        return False
    lists = list(held.lists.select_related("team").order_by("team_id"))
    barred = routes.heeded(held, lists, at=at)
    if any(leg.stop in barred[int(team)] for team, legs in made.plan.routes.items() for leg in legs):
        return False
    seed = queries.seed(held)
    for sealed in lists:
        legs = made.plan.routes.get(str(sealed.team_id), ())
        _seal_again(held, sealed, teams[sealed.team_id], legs, seed=seed, barred=sorted(barred[sealed.team_id]), at=at)
    told = {"iterations": made.plan.iterations, "dropped": len(made.plan.dropped)}
    _end(held, Routing.PLANNED, detail=told, by=by, at=at, box=_boxed(held, made))
    round.refresh_from_db()
    return True


@transaction.atomic
def give_up(round: Round, *, why: str, by: Actor = SYSTEM, at: datetime) -> None:
    """Leave a round's lists in the order of the lot, because its routes could not be planned; `why` names no place."""
    held = Round.objects.select_for_update(of=["self"]).select_related("office").get(pk=round.pk)
    if held.state == State.DRAWN and held.routing == Routing.WAITING:
        _end(held, Routing.OFF, detail={"why": why}, by=by, at=at)


def _end(
    round: Round, routing: str, *, detail: Mapping[str, object], by: Actor, at: datetime, box: bytes | None = None
) -> None:
    told = {name: number for name, number in detail.items() if name != "why"}
    columns = {"routing": routing, "routed_at": at, "routes_box": box, **told}
    Round.objects.filter(pk=round.pk, routing=Routing.WAITING).update(**columns)
    verb = "round.route" if routing == Routing.PLANNED else "round.unrouted"
    moving.record(verb, round, by=by, at=at, detail=dict(detail))


def _seal_again(
    round: Round, sealed: SealedList, team: Team, legs: tuple[Leg, ...], *, seed: bytes, barred: list[str], at: datetime
) -> None:
    stops = tuple(boxes.Stop(leg.stop, *leg.minutes) for leg in legs)
    pair = drawing.pair_of(round, team, [stop.site for stop in stops], seed=seed, at=at)
    SealedList.objects.filter(pk=sealed.pk, state=ListState.SEALED).update(
        box=boxes.seal_list(boxes.Listed(stops, pair), round=round.pk, team=team.pk), count=len(stops), barred=barred
    )


def _boxed(round: Round, made: Made) -> bytes:
    plan, day = made.plan, made.day
    return boxes.seal_routes(
        boxes.Routes(
            dropped=tuple((code, plan.reasons[code]) for code in plan.dropped), guessed=day.guessed,
            after_hours=day.after_hours, ways=made.ways, why=made.why, seed=plan.seed, iterations=plan.iterations,
            probes=plan.probes, solver=made.solver, seconds=plan.seconds, metres=plan.metres, waiting=plan.waiting,
        ),
        round=round,
    )  # fmt: skip
