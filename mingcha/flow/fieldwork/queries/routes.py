"""A round on the road: the outings of its opened lists, their stops, and what a dispatcher changed."""

from collections.abc import Sequence

from django.db.models import QuerySet

from mingcha.flow.draws.models import Round
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.models import HandOver, Inspection, Stop
from mingcha.flow.fieldwork.states import State
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing


def outings(round: Round) -> QuerySet[Inspection]:
    """Return the outings of a round whose lists are open."""
    found = Inspection.objects.filter(list__round=round).select_related("team", "office", "list__opened_by")
    return found.order_by("team")


def stops(outings: Sequence[Inspection]) -> dict[int, list[Stop]]:
    """Return outing → its stops in order, each with `visit_pk` and `visit_state` as `queries.stops` has them."""
    return {outing.pk: list(queries.stops(outing)) for outing in outings}


def dispatched(pk: int, *, to: Standing) -> Stop:
    """Return a stop of an opened list of an office whose rounds one holds. Raises NotFound."""
    area = to.area(Permission.ROUND_HOLD, "inspection__office__division__code")
    related = ("site__type", "site__division", "inspection__office", "inspection__team", "inspection__list__round")
    found = Stop.objects.filter(area, pk=pk, inspection__list__isnull=False).select_related(*related).first()
    if found is None:
        raise NotFound
    return found


def others_out(stop: Stop) -> list[Inspection]:
    """Return the other outings of the round that are under way: who may take over a stop."""
    assert stop.inspection.list is not None
    found = outings(stop.inspection.list.round).filter(state=State.OUT)
    return list(found.exclude(pk=stop.inspection_id))


def my_stop(pk: int, *, to: Standing) -> Stop:
    """Return a stop of one's own team. Raises NotFound."""
    mine = queries.my_inspections(to=to).order_by().values("pk")
    found = Stop.objects.filter(pk=pk, inspection__in=mine, inspection__list__isnull=False)
    stop = found.select_related("site__type", "inspection__team", "inspection__list__round").first()
    if stop is None:
        raise NotFound
    return stop


def hand_overs(round: Round) -> QuerySet[HandOver]:
    """Return what was given from team to team, in order."""
    found = HandOver.objects.filter(giver__list__round=round)
    return found.select_related("stop__site", "giver__team", "taker__team", "made_by").order_by("pk")


def moved(round: Round) -> int:
    """Return how often a dispatcher overrode the lot by giving a stop to another team."""
    return hand_overs(round).count()
