"""
A day handed to PyVRP, and its answer taken back as plain lists. What it answers is never trusted: see `checking`.

1. `Question`  crews of equal everything become one kind of vehicle, equal recusals one matrix; a barred pair is a way
               without end in and out; a stop with several windows is a choice of one of its copies
2. `Question.solve`  iterated local search in turns, after each of which the routes met are recombined (`merging`); the
               same for equal iterations and seed
"""

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import NeighbourhoodParams

from mingcha.kernel.routing.day import TIRED, Crew, Stop, Travel, seconds
from mingcha.kernel.routing.merging import Met

# Longer than any day, short enough to add up: PyVRP's own "missing" (2^44) can overflow its penalties.
ENDLESS = 10**7
FIRST, TURN = 4000, 2000  # iterations before the first recombination, and before each other
# Waiting at a stop costs nothing here, so it makes no neighbour worse.
NEAR = NeighbourhoodParams(weight_wait_time=0.0, num_neighbours=20)
FAR = NeighbourhoodParams(weight_wait_time=0.0, num_neighbours=50)
FEW = 500  # iterations, up to which too few routes were met to recombine
Routes = dict[str, list[str]]
# PyVRP's stubs write the dtype where numpy's have the shape.
Matrices = list[Any]


@dataclass(frozen=True)
class Answer:
    """Which crew visits what in which order; `cost` is travel, tiredness and prizes forgone."""

    routes: Routes
    feasible: bool
    cost: int
    iterations: int


class Question:
    """
    One day as PyVRP sees it.

    `windows` gives each stop's seconds (those of mates narrowed to an agreed time); of each of `either` at most one stop
    is visited. Only what is in `stops` enters the matrices: they grow with crews times stops squared.
    """

    def __init__(
        self,
        crews: Sequence[Crew],
        stops: Sequence[Stop],
        travel: Travel,
        *,
        where: Mapping[str, int],
        windows: Mapping[str, Sequence[tuple[int, int]]],
        either: Collection[frozenset[str]] = (),
    ) -> None:
        self._crews, self._stops, self._travel, self._where = crews, stops, travel, where
        self._bases = sorted({crew.base for crew in crews} | {crew.home for crew in crews})
        self._places = [*self._bases, *(where[stop.id] for stop in stops)]
        self._may_skip = any(not stop.required for stop in stops)
        self._of_client: list[str] = []
        self._kinds: list[list[Crew]] = []
        clients, groups = self._clients(windows, either)
        vehicles, distances, durations = self._vehicles(np.asarray(travel.seconds, dtype=np.int64))
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in self._places],
            clients=clients,
            depots=[pyvrp.Depot(at) for at in range(len(self._bases))],
            vehicle_types=vehicles,
            distance_matrices=distances,
            duration_matrices=durations,
            groups=groups,
        )
        self._clients_of: dict[str, list[int]] = {}
        for at, stop in enumerate(self._of_client):
            self._clients_of.setdefault(stop, []).append(at)

    def solve(
        self,
        iterations: int,
        *,
        seed: int,
        start: Routes | None = None,
        feasible_is_enough: bool = False,
        enough: Callable[[], bool] | None = None,
    ) -> Answer:
        """
        Return the best routes found, from `start` where given. Stops after `iterations`, at the first feasible plan where
        that is enough, or when `enough()`, which is asked at every iteration, says so.
        """
        best = self._solution(start) if start else None
        met, done, over = Met(), 0, False
        while best is None or not over:
            stop = _Stop(min(TURN if done else FIRST, iterations - done), enough, at_feasible=feasible_is_enough)
            # A good first plan is soon found among near neighbours; where stops may be left out, that is a trap.
            near = NEAR if not done and not self._may_skip else FAR
            best = self._turn(best, stop, seed + done, met, near)
            done += stop.done
            over = done >= iterations or stop.ended
            if done > FEW and stop.done:
                best = self._better(best, met.merge(self.data, best))
        feasible = best.is_feasible()
        return Answer(self._routes(best), feasible, self._cost(best) if feasible else -1, done)

    def _turn(
        self, start: pyvrp.Solution | None, stop: "_Stop", seed: int, met: Met, near: NeighbourhoodParams
    ) -> pyvrp.Solution:
        with warnings.catch_warnings():
            # It warns where no plan holds everybody: that is an answer here, and asked for by the caller.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            return pyvrp.solve(
                self.data,
                stop,
                seed=seed,
                collect_stats=False,
                display=False,
                params=pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=met), neighbourhood=near),
                initial_solution=start,
            ).best

    def _better(self, one: pyvrp.Solution, other: pyvrp.Solution | None) -> pyvrp.Solution:
        if other is None or (one.is_feasible() and self._cost(one) <= self._cost(other)):
            return one
        return other

    def _cost(self, solution: pyvrp.Solution) -> int:
        """Travel, tiredness and prizes forgone; of feasible plans only, so that no penalty counts."""
        return int(pyvrp.CostEvaluator([0.0] * self.data.num_load_dimensions, 0.0, 0.0).penalised_cost(solution))

    def _clients(
        self, windows: Mapping[str, Sequence[tuple[int, int]]], either: Collection[frozenset[str]]
    ) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup]]:
        clients: list[pyvrp.Client] = []
        groups: list[pyvrp.ClientGroup] = []
        club_of = {stop: n for n, club in enumerate(either) for stop in club}
        group_of_club: dict[int, int] = {}
        for place, stop in enumerate(self._stops, start=len(self._bases)):
            group: int | None = None
            if stop.id in club_of and not stop.required:
                group = group_of_club.setdefault(club_of[stop.id], len(groups))
            elif len(windows[stop.id]) > 1:
                group = len(groups)
            if group is not None and group == len(groups):
                groups.append(pyvrp.ClientGroup(required=stop.required and stop.id not in club_of))
            for first, last in windows[stop.id]:
                if group is not None:
                    groups[group].add_client(len(clients))
                clients.append(
                    pyvrp.Client(
                        place,
                        delivery=[1] if self._counted else [],
                        service_duration=stop.service,
                        tw_early=max(first, 0),
                        tw_late=last,
                        prize=0 if stop.required else stop.prize,
                        required=stop.required and group is None,
                        group=group,
                    )
                )
                self._of_client.append(stop.id)
        return clients, groups

    @property
    def _counted(self) -> bool:
        return any(crew.most for crew in self._crews)

    def _vehicles(self, travel: Any) -> tuple[list[pyvrp.VehicleType], Matrices, Matrices]:
        here = travel[np.ix_(self._places, self._places)]
        np.fill_diagonal(here, 0)  # from a stop to itself nobody goes; two stops of one location have a line each
        profiles: dict[tuple[frozenset[str], frozenset[str]], int] = {}
        kinds: dict[tuple[object, ...], list[Crew]] = {}
        for crew in self._crews:
            barred = frozenset(stop.id for stop in self._stops if not crew.may_visit(stop.id))
            tired = frozenset(stop.id for stop in self._stops if stop.id in crew.tired) - barred
            profile = profiles.setdefault((barred, tired), len(profiles))
            alike = (crew.base, crew.home, crew.starts, crew.ends, crew.most, profile)
            kinds.setdefault(alike, []).append(crew)
        distances, durations = [], []
        for barred, tired in profiles:
            time = here.copy()
            of = {stop.id: place for place, stop in enumerate(self._stops, start=len(self._bases))}
            for place in (of[stop] for stop in barred):
                time[place, :] = time[:, place] = ENDLESS
                time[place, place] = 0
            # The clock knows no tiredness, so only then is a second matrix needed.
            cost = time.copy() if tired else time
            for place in (of[stop] for stop in tired):
                cost[:, place] += TIRED
                cost[place, place] = 0
            distances.append(cost)
            durations.append(time)
        self._kinds = list(kinds.values())
        return [self._vehicle(alike[0], len(alike), key[-1]) for key, alike in kinds.items()], distances, durations

    def _vehicle(self, crew: Crew, number: int, profile: object) -> pyvrp.VehicleType:
        assert isinstance(profile, int)
        return pyvrp.VehicleType(
            number,
            capacity=[crew.most or len(self._stops)] if self._counted else [],
            start_depot=self._bases.index(crew.base),
            end_depot=self._bases.index(crew.home),
            tw_early=seconds(crew.starts),
            tw_late=seconds(crew.ends),
            profile=profile,
        )

    def _solution(self, start: Routes) -> pyvrp.Solution:
        """Return `start` as far as it speaks of these stops."""
        routes = []
        for kind, alike in enumerate(self._kinds):
            for crew in alike:
                visits = self._visits(crew, [stop for stop in start.get(crew.id, ()) if stop in self._clients_of])
                if visits:
                    routes.append(pyvrp.Route(self.data, visits, kind))
        return pyvrp.Solution(self.data, routes)

    def _visits(self, crew: Crew, order: Sequence[str]) -> list[int]:
        """Return the clients of stops in this order, of one with several windows that which the crew comes in time for."""
        found: list[int] = []
        here, now = crew.base, seconds(crew.starts)
        for name in order:
            copies = self._clients_of[name]
            now += self._travel.seconds[here][self._where[name]]
            at = next((copy for copy in copies if now <= self.data.client(copy).tw_late), copies[-1])
            client = self.data.client(at)
            here, now = self._where[name], max(now, client.tw_early) + client.service_duration
            found.append(at)
        return found

    def _routes(self, solution: pyvrp.Solution) -> Routes:
        routes: Routes = {crew.id: [] for crew in self._crews}
        free = [list(alike) for alike in self._kinds]
        for route in solution.routes():
            crew = free[route.vehicle_type()].pop(0)
            routes[crew.id] = [self._of_client[each.idx] for each in route if each.is_client()]
        return routes


class _Stop:
    """Counts iterations; PyVRP asks before each. `ended` where it was not the number that ended them."""

    def __init__(self, iterations: int, enough: Callable[[], bool] | None, *, at_feasible: bool) -> None:
        self.done = -1
        self.ended = False
        self._iterations, self._enough, self._at_feasible = iterations, enough, at_feasible

    def __call__(self, best_cost: float) -> bool:
        self.done += 1
        # An infeasible plan costs more than any day: PyVRP's largest integer.
        self.ended = (self._at_feasible and best_cost < 2**60) or (self._enough is not None and self._enough())
        return self.ended or self.done >= self._iterations
