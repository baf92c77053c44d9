"""
Whether an office's rounds stayed unforeseeable: told after each revealed round, to whoever may see the office's rounds.

1. Only revealed rounds count: their chances stand in their bundles.
2. What the lot named is what it drew, and what replaced a stop by rank; where the teams went are the visits of its lists.
3. Stops that no route could hold were dropped by the draw's own tickets: no hand changed them.
4. A draw made void once it was drawn, or left until its day was over, gives its office another try: it is counted with the
   next round that was revealed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.models import DirectedVisit, Replacement, SealedList
from mingcha.flow.draws.models import Round as Held
from mingcha.flow.draws.queries import routes
from mingcha.flow.draws.states import ListState, State
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.fieldwork.queries import routes as on_the_road
from mingcha.flow.reports.queries.rates import published_chances
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Site
from mingcha.kernel.lots import watching
from mingcha.kernel.lots.watching import Overrides, Watched

LOOKED_BACK = 60  # rounds: a year of weekly ones
TOWNSHIP = 9


@dataclass(frozen=True)
class Report:
    """
    What the rounds of an office told up to one of them, the last of `watched.openings`.

    `sites` and `places` name the codes that signs and habits speak of. `directed`: how many visits one's own office sent along
    with the round; None for whoever may not know.
    """

    round: Held
    watched: Watched
    sites: Mapping[str, str]
    places: Mapping[str, str]
    directed: int | None


def report(pk: int, *, to: Standing) -> Report:
    """
    Watch an office's rounds up to a revealed one. Raises NotFound for any other round, and for whoever only witnesses it.
    """
    held = draws.round_(pk, to=to)
    if held.state != State.REVEALED or not to.covers(Permission.ROUND_SEE, held.office.division_id):
        raise NotFound
    series = _series(held)
    watched = watching.watch(series)
    told = {code for sign in watched.signs for code in _listed(sign.facts.get("sites"))}
    places = {str(habit.what) for habit in watched.habits if isinstance(habit.what, str)}
    return Report(
        round=held,
        watched=watched,
        sites=dict(Site.objects.filter(code__in=told).values_list("code", "name")),
        places=dict(territory.names(places)),
        directed=_directed(held, to=to),
    )


def _listed(codes: object) -> Sequence[str]:
    return codes if isinstance(codes, list) else ()


def _directed(held: Held, *, to: Standing) -> int | None:
    own = to.serves(Permission.ROUND_DIRECT)
    return DirectedVisit.objects.filter(round=held, office__in=own).count() if own else None


def _series(held: Held) -> list[watching.Round]:
    """Return the office's revealed rounds up to this one, by the day they were for."""
    closed = held.revealed_at
    if closed is None:
        raise NotFound
    before = Q(revealed_at__lt=closed) | Q(revealed_at=closed, pk__lte=held.pk)
    past = Held.objects.filter(before, office=held.office, state=State.REVEALED)
    latest = past.order_by("-revealed_at", "-pk").defer("bundle", *draws.SEALED)[:LOOKED_BACK]
    # This round closes the series, whichever day another one revealed before it was for.
    rounds = sorted(latest, key=lambda one: (one.pk == held.pk, str(one.day), one.pk))
    keys = [one.pk for one in rounds]
    bundles = Held.objects.filter(pk__in=keys).values_list("pk", "bundle__frame", "bundle__drawn")
    published = {pk: (frame, drawn) for pk, frame, drawn in bundles}
    swapped, went, handed = _swapped(keys), _went(keys), on_the_road.moved(keys)
    redrawn = _redrawn(held)
    series = []
    for one in rounds:
        frame, drawn = published[one.pk]
        out, into = swapped[one.pk]
        visited = {site for trip in went[one.pk] for site, _ in trip}
        named = {*drawn, *into}
        told = routes.told(one, at=closed) if one.dropped else None
        dropped = {code for code, _why in told.dropped} if told else set()
        series.append(
            watching.Round(
                name=str(one.number), day=one.day, named=named, visited=visited,
                chances={site: chance for site, (_, chance) in published_chances(frame, len(drawn)).items()},
                overrides=Overrides(
                    replaced=len(out), handed_over=handed[one.pk], unvisited=len(named - visited - out - dropped),
                    redrawn=redrawn.get((one.campaign_id, one.number), 0),
                ),
                routes=[[place[:TOWNSHIP] for _, place in trip] for trip in went[one.pk]],
            )
        )  # fmt: skip
    return series


def _swapped(rounds: Sequence[int]) -> dict[int, tuple[set[str], set[str]]]:
    """Return round → the sites struck out, and those that came in for them."""
    found: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for pk, out, into in Replacement.objects.filter(round__in=rounds).values_list("round", "out__code", "into__code"):
        found[pk][0].add(out)
        if into:
            found[pk][1].add(into)
    return found


def _went(rounds: Sequence[int]) -> dict[int, list[list[tuple[str, str]]]]:
    """Return round → for each outing the sites it visited with where they lie, in the order of going."""
    rows = Visit.objects.filter(inspection__list__round__in=rounds, extra=False).order_by("begun_at", "pk")
    trips: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for pk, outing, site, place in rows.values_list(
        "inspection__list__round", "inspection", "site__code", "site__division"
    ):
        trips[pk, outing].append((site, place))
    found: dict[int, list[list[tuple[str, str]]]] = defaultdict(list)
    for (pk, _outing), trip in trips.items():
        found[pk].append(trip)
    return found


def _redrawn(held: Held) -> dict[tuple[int, int], int]:
    """Return (campaign, revealed round) → how many draws on the way to it ended void, or with no list opened on their day."""
    opened = SealedList.objects.filter(round=OuterRef("pk"), state=ListState.OPENED)
    rows = Held.objects.filter(office=held.office_id).annotate(used=Exists(opened)).order_by("campaign", "number")
    found: dict[tuple[int, int], int] = {}
    waiting: dict[int, int] = defaultdict(int)
    closed = str(held.revealed_at.astimezone(OFFICE_TIME).date()) if held.revealed_at else ""
    for each in rows.defer("bundle", *draws.SEALED):
        if each.state == State.REVEALED:
            found[each.campaign_id, each.number] = waiting.pop(each.campaign_id, 0)
        elif each.state == State.VOID:
            waiting[each.campaign_id] += each.drawn_at is not None
        elif each.state == State.DRAWN:
            waiting[each.campaign_id] += not each.used and str(each.day) < closed
    return found
