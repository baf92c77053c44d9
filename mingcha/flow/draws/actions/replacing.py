"""A drawn site that cannot be visited, and the next by rank that takes its place: never by hand."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.draws import boxes, moving, queries
from mingcha.flow.draws.models import Replacement, Round, SealedList
from mingcha.flow.draws.states import ListState, State
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Site
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal


class ReasonNeeded(Refusal):
    message: ClassVar[str] = "请写明为什么去不了这个点位（如：道路中断、整体搬迁）。"
    status: ClassVar[int] = 422


class NotOfThisList(Refusal):
    message: ClassVar[str] = "“%(site)s”不在这份已启封的清单里，或已经递补过。"


@transaction.atomic
def replace(
    sealed: SealedList, *, out: Site, reason: str, going: SealedList | None = None, by: Person, at: datetime
) -> Site | None:
    """
    Put the next site by rank of the same stratum in the place of one that cannot be visited; None where none is left.

    1. The draw is replayed from its seed; ranks after the drawn ones are the order of replacement.
    2. Whoever stands next is taken, unless this team may not go there: such a site is passed over, and counted.

    `going`: the list of the team that goes there now, where a dispatcher has given it the stop.
    Whether the person is of the team is asked by fieldwork, whose act this is part of.
    Raises ReasonNeeded, NotOfThisList, RoundMoved.
    """
    if not reason.strip():
        raise ReasonNeeded
    round = sealed.round
    # Two teams at the same moment: one after the other down the ranks.
    state = Round.objects.select_for_update().values_list("state", flat=True).get(pk=round.pk)
    if state != State.DRAWN:
        raise moving.RoundMoved
    replaced = Replacement.objects.filter(round=round)
    mine = {*boxes.listed(sealed).codes, *replaced.filter(list=sealed).values_list("into__code", flat=True)}
    if sealed.state != ListState.OPENED or out.code not in mine or replaced.filter(out=out).exists():
        raise NotOfThisList(site=out.name)
    used = set(replaced.exclude(into=None).values_list("into__code", flat=True))
    into, passed = _next(round, out.code, going=going or sealed, used=used, at=at)
    site = Site.objects.filter(code=into).first() if into else None
    Replacement.objects.create(
        list=sealed, round=round, out=out, into=site, passed=passed, reason=reason.strip()[:200], made_at=at, made_by=by
    )  # fmt: skip
    moving.record("stop.replace", round, by=by, at=at, detail={
        "team": (going or sealed).team.name, "out": out.name, "replacement": site.name if site else "", "passed_over": passed,
        "reason": reason.strip()[:200],
    })  # fmt: skip
    return site


def _next(round: Round, out: str, *, going: SealedList, used: Collection[str], at: datetime) -> tuple[str | None, int]:
    """Return the code of who stands next by rank and may be visited by that team, and how many were passed over."""
    tickets = lots.draw(queries.candidates(round), seed=queries.seed(round)).tickets
    stratum = next(ticket.stratum for ticket in tickets if ticket.site == out)
    places = {each.site.code: each.lies_in for each in round.frame.select_related("site__division")}
    barred = {*going.barred, *queries.barred(round, [going.team], at=at)[going.team_id]}
    passed = 0
    for ticket in tickets:  # by stratum and rank
        if ticket.stratum != stratum or ticket.drawn or ticket.site in used:
            continue
        if ticket.site not in barred and (not going.reach or places[ticket.site] in going.reach):
            return ticket.site, passed
        passed += 1
    return None, passed
