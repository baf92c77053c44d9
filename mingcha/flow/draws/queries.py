"""
Reading rounds and lists. What a sealed list holds can be read nowhere: only that it exists, and how long it is.

The boxes themselves are not even fetched for a page: `defer`; only the acts that open them do.
"""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from mingcha.flow.campaigns.models import Campaign, Member
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.states import ListState
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.kernel import lots


def rounds(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Round]:
    """Return the rounds of offices in one's area, newest first, each with `size` of its frame."""
    found = Round.objects.filter(to.area(Permission.ROUND_SEE, "office__division__code"))
    if campaign:
        found = found.filter(campaign=campaign)
    found = found.select_related("campaign", "office__division", "drawn_by").annotate(size=Count("frame"))
    return found.defer("seed_box").order_by("-pk")


def round_(pk: int, *, to: Standing) -> Round:
    """Return a round of one's area. Raises NotFound."""
    found = rounds(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def lists(round: Round) -> QuerySet[SealedList]:
    return round.lists.select_related("team", "opened_by").defer("box").order_by("team_id")


def my_lists(person: Person) -> QuerySet[SealedList]:
    """Return the lists of the teams one is in, the next departure first."""
    mine = Member.objects.filter(person=person).values("team")
    found = SealedList.objects.filter(team__in=mine).select_related(
        "team", "round__campaign", "round__office__division"
    )
    return found.defer("box", "round__seed_box").order_by("-departs_at", "-pk")


def my_list(pk: int, *, person: Person) -> SealedList:
    """Return a list of one's own team. Raises NotFound."""
    found = my_lists(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def strata(round: Round) -> list[dict[str, object]]:
    """Return the frame by stratum: [{"stratum", "size", "drawn"}]; `drawn` is None until the round is revealed."""
    sizes = round.frame.values("stratum").annotate(size=Count("pk")).order_by("stratum")
    return [{"stratum": r["stratum"], "size": r["size"], "drawn": round.allocation.get(r["stratum"])} for r in sizes]


def candidates(round: Round) -> list[lots.Candidate]:
    """Return the frozen frame as the kernel takes it."""
    frozen = round.frame.order_by("site__code").values_list("site__code", "stratum")
    return [lots.Candidate(code, stratum) for code, stratum in frozen]


def nothing_left_to_hide(round: Round, *, at: datetime) -> bool:
    """Return whether every list is opened, or lapsed: a list that nobody opened is void once its day is over."""
    today = at.astimezone(OFFICE_TIME).date()
    return not round.lists.filter(~Q(state=ListState.OPENED), day__gte=today).exists()
