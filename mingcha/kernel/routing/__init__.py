"""
Routes: who visits the drawn sites in which order, so that a good dispatcher would envy it.

1. `Stop`, `Crew`, `Travel`  the day as plain values; matrices are handed in
2. `straight`, `jitter`      travel without a map; a departure nobody can foresee
3. `planning.plan`           the routes, reproducible by seed and iterations; who does not fit is dropped by draw rank
4. `check`                   the house's own evaluator, which every plan has passed

The draw decides who is visited, the router only the order. `planning` loads the solver: import it where it is used.
"""

from mingcha.kernel.routing.checking import CHECKS, Violation, check, home_at, timed, way
from mingcha.kernel.routing.day import TOGETHER, Crew, Leg, Plan, Stop, Travel, clock
from mingcha.kernel.routing.travel import jitter, straight

__all__ = [
    "CHECKS",
    "TOGETHER",
    "Crew",
    "Leg",
    "Plan",
    "Stop",
    "Travel",
    "Violation",
    "check",
    "clock",
    "home_at",
    "jitter",
    "straight",
    "timed",
    "way",
]
