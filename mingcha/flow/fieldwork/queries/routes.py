"""A round on the road: the outings of its opened lists, their stops, and what a dispatcher changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from mingcha.flow.draws.models import Round
from mingcha.flow.draws.queries import routes
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.models import HandOver, Inspection, Stop
from mingcha.flow.fieldwork.states import State
from mingcha.ground.accounts.queries import NotFound


def outings(round: Round) -> QuerySet[Inspection]:
    """Return the outings of a round whose lists are open."""
    found = Inspection.objects.filter(list__round=round).select_related("team", "office", "signer", "cosigner")
    return found.order_by("team")


@dataclass(frozen=True)
class Lane:
    """An outing's route: its stops in order, as `queries.stops` has them, and where they lie as far as is known."""

    outing: Inspection
    stops: list[Stop]
    base: routes.Point | None
    points: Mapping[int, routes.Point]
    moved: frozenset[int]

    @property
    def is_out(self) -> bool:
        """Whether the team is still on the way."""
        return self.outing.state == State.OUT


def lanes(round: Round, outings: Sequence[Inspection]) -> list[Lane]:
    """Return the routes of some outings of a round. `points` is by stop, `moved` are those a dispatcher brought."""
    known = routes.places(round)
    brought = frozenset(hand_overs(round).values_list("stop_id", flat=True))
    found = []
    for outing in outings:
        own = list(queries.stops(outing))
        points = {stop.pk: known.near(stop.site) for stop in own} if known.any else {}
        found.append(Lane(outing, own, known.base(outing.team) if known.any else None, points, brought))
    return found


def dispatched(round: Round, pk: int) -> Stop:
    """Return a stop of an opened list of a round. Raises NotFound."""
    related = ("site__type", "site__division", "inspection__office", "inspection__team")
    found = Stop.objects.filter(pk=pk, inspection__list__round=round).select_related(*related).first()
    if found is None:
        raise NotFound
    return found


def my_stop(outing: Inspection, code: str) -> Stop:
    """Return a stop of an outing with a list, by its site's code. Raises NotFound."""
    related = ("site__type", "inspection__team", "inspection__office")
    found = outing.stops.filter(site__code=code, inspection__list__isnull=False).select_related(*related).first()
    if found is None:
        raise NotFound
    return found


def hand_overs(round: Round) -> QuerySet[HandOver]:
    """Return what was given from team to team, in order."""
    found = HandOver.objects.filter(giver__list__round=round)
    return found.select_related("stop__site", "giver__team", "taker__team", "made_by").order_by("pk")


def moved(rounds: Sequence[int]) -> Counter[int]:
    """Return round → how often a dispatcher overrode its lot by giving a stop to another team."""
    found = HandOver.objects.filter(giver__list__round__in=rounds)
    return Counter(found.values_list("giver__list__round", flat=True))
