"""
The plan of a day.

1. Who can be visited by nobody is dropped at once: barred for every crew ("recusal"), or out of reach in any crew's day
   ("hours"); then mates of a street for whom no crew is left at a common time ("street").
2. How many the day holds: where not all, the stop with the largest draw rank goes, then the next ("full"). The number is
   found by halving, and then tried one stop further with more effort; a smaller set of the same order always fits.
3. Mates get their agreed time; optional stops join; the routes are improved for `iterations`.
4. Everything is timed and checked by the house's own evaluator; a plan that fails it is never returned.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.kernel.routing import streets
from mingcha.kernel.routing.checking import check, home_at, timed, way
from mingcha.kernel.routing.day import TOGETHER, Crew, Leg, Plan, Stop, Travel, seconds
from mingcha.kernel.routing.solver import Question, Routes

PROBE = 400  # iterations to find out whether a set of stops fits the day
EFFORT = 2000  # and to find out whether one more does


class NotPlannable(Refusal):
    """The day as given makes no sense: two of one name, a place without a row in the matrix …"""

    message: ClassVar[str] = "路线无法安排：%(what)s。请核对点位、检查组和路程数据。"
    status: ClassVar[int] = 422


class PlanUnsound(Refusal):
    """The house's own evaluator found fault with the solver's plan; nothing is returned."""

    message: ClassVar[str] = "算出的路线没有通过复核（%(what)s），没有采用。请换一个种子或增加迭代次数再算。"
    status: ClassVar[int] = 409


def plan(
    crews: Sequence[Crew],
    stops: Sequence[Stop],
    travel: Travel,
    *,
    where: Mapping[str, int],
    iterations: int,
    seed: int,
    together: float = TOGETHER,
    enough: Callable[[], bool] | None = None,
) -> Plan:
    """
    Return the routes of a day, the same for equal arguments.

    `where` gives each stop's location in `travel`. `enough`, asked at every iteration, may end the improvement early: the
    plan then says how many iterations were done, and the same number makes it again. Raises NotPlannable, PlanUnsound.
    """
    _refuse_nonsense(crews, stops, travel, where)
    return _Day(crews, stops, travel, where, seconds(together), seed).planned(iterations, enough)


@dataclass(frozen=True)
class _Fit:
    """Routes that visit a set of stops, and the times its streets keep to."""

    routes: Routes
    agreed: Mapping[str, int]


class _Day:
    def __init__(
        self,
        crews: Sequence[Crew],
        stops: Sequence[Stop],
        travel: Travel,
        where: Mapping[str, int],
        together: int,
        seed: int,
    ) -> None:
        self.crews, self.travel, self.where, self.together, self.seed = crews, travel, where, together, seed
        self.all = stops
        self.stops = {stop.id: stop for stop in stops}
        self.dropped: dict[str, str] = {}
        self.unreachable: set[str] = set()
        self.agreed: dict[str, int] = {}  # street → the second at which its mates are begun
        self.probes = 0

    def planned(self, iterations: int, enough: Callable[[], bool] | None) -> Plan:
        self._drop_hopeless()
        self._drop_lonely_mates()
        held = self._held()
        self._join_streets(held)
        asked = self._question([stop for stop in self.all if self._open(stop)])
        answer = asked.solve(iterations, seed=self.seed, start=held, enough=enough)
        # `held` is where the search begins and visits all who must be visited: at worst it is the answer.
        return self._sound(answer.routes if answer.feasible else held, answer.iterations)

    def _open(self, stop: Stop) -> bool:
        return stop.id not in self.dropped and stop.id not in self.unreachable

    def _required(self) -> list[Stop]:
        """Every required stop that is not dropped, the first of the draw first."""
        return sorted(
            (stop for stop in self.all if stop.required and self._open(stop)), key=lambda stop: (stop.rank, stop.id)
        )

    def _drop_hopeless(self) -> None:
        for stop in sorted(self.all, key=lambda stop: (stop.rank, stop.id), reverse=True):
            if any(streets.reach(crew, stop, self.travel, self.where) for crew in self.crews):
                continue
            if not stop.required:
                self.unreachable.add(stop.id)
            else:
                self.dropped[stop.id] = "hours" if any(crew.may_visit(stop.id) for crew in self.crews) else "recusal"

    def _drop_lonely_mates(self) -> None:
        for mates in streets.streets(self._required()).values():
            kept: list[Stop] = []
            lost: list[Stop] = []
            for mate in mates:
                (kept if self._fit([*kept, mate]) else lost).append(mate)
            self.dropped |= {mate.id: "street" for mate in reversed(lost)}

    def _fit(self, mates: Sequence[Stop]) -> bool:
        return bool(streets.fits(mates, self.crews, self.travel, where=self.where, together=self.together))

    def _held(self) -> Routes:
        """Drop by rank until the rest fits the day; return routes that visit them all, and set the times agreed."""
        order = self._required()
        found = self._tried(order, PROBE, {})
        if found is None:
            number, found = self._halved(order)
            while number < len(order) and (more := self._one_more(order[: number + 1], found.routes)):
                number, found = number + 1, more
            self.dropped |= {stop.id: "full" for stop in reversed(order[number:])}
        self.agreed = dict(found.agreed)
        return found.routes

    def _one_more(self, stops: Sequence[Stop], start: Routes) -> "_Fit | None":
        """Try once more with more effort: from routes that hold all but the last, and from nothing, which may lead elsewhere."""
        return self._tried(stops, EFFORT, start) or self._tried(stops, EFFORT, {})

    def _halved(self, order: Sequence[Stop]) -> tuple[int, "_Fit"]:
        """Return how many of the order were found to fit, and how; with PROBE, so perhaps one more would."""
        fits, fails = 0, len(order)
        held = _Fit({crew.id: [] for crew in self.crews}, {})
        while fails - fits > 1:
            middle = (fits + fails) // 2
            found = self._tried(order[:middle], PROBE, held.routes)
            if found is None:
                fails = middle
            else:
                fits, held = middle, found
        return fits, held

    def _tried(self, stops: Sequence[Stop], effort: int, start: Routes) -> "_Fit | None":
        """Return routes that visit all these stops, and the times they keep to; None where none was found."""
        agreed = self._agree(stops, start)
        asked = self._question(stops, agreed)
        answer = asked.solve(effort, seed=self.seed, start=start, feasible_is_enough=True)
        self.probes += answer.iterations
        return _Fit(answer.routes, agreed) if answer.feasible else None

    def _agree(self, stops: Sequence[Stop], start: Routes) -> dict[str, int]:
        """Return street → the second agreed on, for every street with mates among `stops`."""
        shared = streets.streets(stops)
        if not shared:
            return {}
        alone = {mate.id for mates in shared.values() for mate in mates[1:]}
        answer = self._question([stop for stop in stops if stop.id not in alone]).solve(
            PROBE,
            seed=self.seed,
            start={crew: [s for s in order if s not in alone] for crew, order in start.items()},
        )
        self.probes += answer.iterations
        begun = streets.begun(self._timed(answer.routes, {}))
        agreed: dict[str, int] = {}
        for street, mates in shared.items():
            near = begun.get(mates[0].id, 0)
            at = streets.agree(mates, self.crews, self.travel, where=self.where, together=self.together, near=near)
            assert at is not None  # mates without a common time were dropped
            agreed[street] = at
        return agreed

    def _join_streets(self, held: Routes) -> None:
        """An optional stop in the street of a required one keeps to the time at which that one is begun now."""
        begun = streets.begun(self._timed(held, self.agreed))
        for street, mates in streets.streets([stop for stop in self.all if self._open(stop)]).items():
            if street not in self.agreed and mates[0].required:
                self.agreed[street] = begun[mates[0].id]

    def _question(self, stops: Sequence[Stop], agreed: Mapping[str, int] | None = None) -> Question:
        agreed = self.agreed if agreed is None else agreed
        windows = {
            stop.id: streets.narrowed(stop, agreed[stop.street], self.together)
            if stop.street in agreed
            else stop.windows
            for stop in stops
        }
        shared = streets.streets(stops)
        either = [frozenset(mate.id for mate in mates) for street, mates in shared.items() if street not in agreed]
        reachable = [stop for stop in stops if windows[stop.id]]
        return Question(self.crews, reachable, self.travel, where=self.where, windows=windows, either=either)

    def _timed(self, routes: Routes, agreed: Mapping[str, int]) -> dict[str, tuple[Leg, ...]]:
        teams = {crew.id: crew for crew in self.crews}
        return {
            crew: timed(teams[crew], order, self.stops, self.travel, where=self.where, agreed=agreed)
            for crew, order in routes.items()
        }

    def _sound(self, routes: Routes, iterations: int) -> Plan:
        legs = self._timed(routes, self.agreed)
        teams = {crew.id: crew for crew in self.crews}
        visited = {leg.stop for each in legs.values() for leg in each}
        made = Plan(
            routes=legs,
            returns={crew: home_at(teams[crew], each, self.travel, self.where) for crew, each in legs.items()},
            dropped=tuple(self.dropped),
            reasons=self.dropped,
            skipped=tuple(s.id for s in self.all if not s.required and s.id not in visited),
            seconds=sum(way(teams[crew], each, self.travel.seconds, self.where) for crew, each in legs.items()),
            metres=sum(way(teams[crew], each, self.travel.metres, self.where) for crew, each in legs.items()),
            waiting=sum(leg.begins - leg.arrives for each in legs.values() for leg in each),
            iterations=iterations,
            probes=self.probes,
            seed=self.seed,
        )
        wrong = check(made, self.crews, self.all, self.travel, where=self.where, together=self.together / 60)
        if wrong:
            raise PlanUnsound(what=f"{wrong[0].check} {wrong[0].crew} {wrong[0].stop} {wrong[0].detail}".strip())
        return made


def _refuse_nonsense(crews: Sequence[Crew], stops: Sequence[Stop], travel: Travel, where: Mapping[str, int]) -> None:
    size = len(travel.seconds)
    for names, what in (([crew.id for crew in crews], "检查组"), ([stop.id for stop in stops], "点位")):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise NotPlannable(what=f"{what}“{twice[0]}”出现两次")
    if not crews:
        raise NotPlannable(what="没有检查组")
    for matrix in (travel.seconds, travel.metres):
        if len(matrix) != size or any(len(row) != size for row in matrix):
            raise NotPlannable(what="路程表不是方阵")
        if any(way_ < 0 for row in matrix for way_ in row):
            raise NotPlannable(what="路程表里有负数")
    for crew in crews:
        if not (0 <= crew.base < size and 0 <= crew.home < size):
            raise NotPlannable(what=f"检查组“{crew.id}”的出发地不在路程表里")
    for stop in stops:
        if not 0 <= where.get(stop.id, -1) < size:
            raise NotPlannable(what=f"点位“{stop.id}”不在路程表里")
