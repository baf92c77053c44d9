"""
Mates: stops of one street are begun at the same time or not at all, because word travels within minutes.

One crew would come to the second when the first is over, so mates are visited by several crews at an agreed time. The
planner cannot weigh times against each other; the house agrees on one first, then plans.

1. `fits`      in draw order, each mate for whom a crew is left at some common time stays; the others are dropped
2. `agree`     the time: when a plan that visits only the first of each street would be there, as near as all can be
3. `narrowed`  every mate's windows, cut to that time and the few minutes after it
"""

from collections.abc import Mapping, Sequence

from mingcha.kernel.routing.day import Crew, Leg, Stop, Travel, joined, seconds

Windows = dict[str, tuple[tuple[int, int], ...]]


def streets(stops: Sequence[Stop]) -> dict[str, list[Stop]]:
    """Return street → its stops in draw order, of streets where more than one stop is required or on offer."""
    found: dict[str, list[Stop]] = {}
    for stop in sorted(stops, key=lambda stop: (not stop.required, stop.rank, stop.id)):
        if stop.street:
            found.setdefault(stop.street, []).append(stop)
    return {street: mates for street, mates in found.items() if len(mates) > 1}


def reach(crew: Crew, stop: Stop, travel: Travel, where: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """Return between which seconds the crew, coming straight from its base and going straight home, may begin the stop."""
    if not crew.may_visit(stop.id):
        return ()
    there = where[stop.id]
    least = seconds(crew.starts) + travel.seconds[crew.base][there]
    most = seconds(crew.ends) - travel.seconds[there][crew.home] - stop.service
    return tuple((max(a, least), min(b, most)) for a, b in stop.windows if max(a, least) <= min(b, most))


def fits(
    mates: Sequence[Stop], crews: Sequence[Crew], travel: Travel, *, where: Mapping[str, int], together: int
) -> list[int]:
    """
    Return the seconds at which all mates can be begun within `together` seconds, each by a crew of its own; [] for none.

    Only the beginnings of what some crew can reach are tried: a time that works can be moved back to one of them.
    """
    can = {
        (crew.id, mate.id): reach(crew, mate, travel, where) for crew in crews for mate in mates
    }  # fmt: skip
    starts = sorted({first for windows in can.values() for first, _ in windows})
    return [at for at in starts if _matched(mates, crews, can, at, together)]


def agree(
    mates: Sequence[Stop],
    crews: Sequence[Crew],
    travel: Travel,
    *,
    where: Mapping[str, int],
    together: int,
    near: int,
) -> int | None:
    """Return the second nearest to `near` at which all mates can be begun; None where there is none."""
    can = {(crew.id, mate.id): reach(crew, mate, travel, where) for crew in crews for mate in mates}
    tried = {near, *fits(mates, crews, travel, where=where, together=together)}
    tried |= {last for windows in can.values() for _, last in windows}
    for at in sorted(tried, key=lambda at: (abs(at - near), at)):
        if _matched(mates, crews, can, at, together):
            return at
    return None


def narrowed(stop: Stop, at: int, together: int) -> tuple[tuple[int, int], ...]:
    """Return the stop's windows within `together` seconds after `at`."""
    return joined([(max(a, at), min(b, at + together)) for a, b in stop.windows if max(a, at) <= min(b, at + together)])


def begun(routes: Mapping[str, Sequence[Leg]]) -> dict[str, int]:
    """Return stop → the second it is begun."""
    return {leg.stop: leg.begins for legs in routes.values() for leg in legs}


def _matched(
    mates: Sequence[Stop],
    crews: Sequence[Crew],
    can: Mapping[tuple[str, str], Sequence[tuple[int, int]]],
    at: int,
    together: int,
) -> bool:
    """Whether every mate finds a crew of its own within `together` seconds after `at` (augmenting paths)."""
    taken: dict[str, Stop] = {}

    def place(mate: Stop, seen: set[str]) -> bool:
        for crew in crews:
            if crew.id in seen or not any(a <= at + together and at <= b for a, b in can[crew.id, mate.id]):
                continue
            seen.add(crew.id)
            if crew.id not in taken or place(taken[crew.id], seen):
                taken[crew.id] = mate
                return True
        return False

    return all(place(mate, set()) for mate in mates)
