"""
Reading rounds and lists. What a sealed list holds can be read nowhere: only that it exists, and how long it is.

The boxes themselves are not even fetched for a page: `defer`; only the acts that open them do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, Member, Team
from mingcha.flow.draws import boxes
from mingcha.flow.draws.models import DirectedVisit, FrameSite, Round, RoundLeftOut, RoundParty, SealedList
from mingcha.flow.draws.states import ListState, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory.models import Body
from mingcha.kernel import lots

SEALED = ("chances_box", "routes_box")
OF_ROUND = tuple(f"round__{column}" for column in SEALED)


def rounds(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Round]:
    """Return the rounds of offices in one's area and those one's body witnesses, newest first, each with its `size`."""
    witnessed = RoundParty.objects.filter(body__in=to.serves(Permission.ROUND_WITNESS)).values("round")
    found = Round.objects.filter(to.area(Permission.ROUND_SEE, "office__division__code") | Q(pk__in=witnessed))
    if campaign:
        found = found.filter(campaign=campaign)
    sizes = (
        FrameSite.objects.filter(round=OuterRef("pk")).order_by().values("round").annotate(n=Count("pk")).values("n")
    )
    found = found.select_related("campaign", "office__division", "drawn_by", "announced_by", "voided_by")
    return found.annotate(size=Coalesce(Subquery(sizes), 0)).defer(*SEALED).order_by("-pk")


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
    mine = Member.objects.filter(person=person, until=None).values("team")
    found = SealedList.objects.filter(team__in=mine).select_related(
        "team", "round__campaign", "round__office__division"
    )
    return found.defer("box", *OF_ROUND).order_by("-departs_at", "-pk")


def my_list(pk: int, *, person: Person) -> SealedList:
    """Return a list of one's own team. Raises NotFound."""
    found = my_lists(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def opened(sealed: SealedList) -> boxes.Listed:
    """Return what an opened list held when its team departed: sites, times, who signs. Raises NotFound before that."""
    found = SealedList.objects.filter(pk=sealed.pk, state=ListState.OPENED).first()
    if found is None:
        raise NotFound
    return boxes.listed(found)


def strata(round: Round) -> list[dict[str, object]]:
    """Return the frame by stratum: [{"stratum", "size", "drawn"}]; `drawn` is None until the round is revealed."""
    sizes = round.frame.values("stratum").annotate(size=Count("pk")).order_by("stratum")
    return [{"stratum": r["stratum"], "size": r["size"], "drawn": round.allocation.get(r["stratum"])} for r in sizes]


def candidates(round: Round) -> list[lots.Candidate]:
    """Return the frozen frame as the kernel takes it, chances and all: not to be shown before the reveal."""
    chances = boxes.chances(round)
    frozen = round.frame.order_by("site__code").values_list("site__code", "stratum")
    return [lots.Candidate(code, stratum, chances[code]) for code, stratum in frozen]


def parties(round: Round) -> QuerySet[RoundParty]:
    """Return the bodies that put a secret into the seed, the drawing office first."""
    return round.parties.select_related("body", "deposited_by").defer("box").order_by("pk")


def party_of(round: Round, *, to: Standing) -> list[RoundParty]:
    """Return the parties of a round that one may act for."""
    return list(parties(round).filter(body__in=to.serves(Permission.ROUND_WITNESS)))


def witnesses(campaign: Campaign, *, office: Body, at: datetime) -> list[Body]:
    """Return the bodies of a campaign, and those above and within the office's area, that can witness its draw."""
    bodies = [part.body for part in campaigns.offices(campaign) if part.body_id != office.pk]
    return [body for body in bodies if accounts.able(body.code, Permission.ROUND_WITNESS, at=at).exists()]


def seed(round: Round) -> bytes:
    """Return the seed that the secrets, the frame, its terms and the public value make; never to be shown before the reveal."""
    return lots.seed(
        frame_hash=round.frame_hash, terms_hash=terms_hash(round), public_value=round.public_value,
        secrets=boxes.secrets(round),
    )  # fmt: skip


def terms_hash(round: Round) -> str:
    """Return the hash of all that was fixed beside the frame, as it is published with it; "" before the freeze."""
    public = public_value(round)
    if not round.frame_hash:
        return ""
    return lots.terms_hash(rule=rule(round), about=about(round), named=public["named"], at=public["at"])


def left_out(round: Round) -> QuerySet[RoundLeftOut]:
    """Return the sites that could not be drawn, each with its visits of the year and its cap."""
    return round.left_out.select_related("site__type").order_by("site__code")


def public_value(round: Round) -> dict[str, str]:
    """Return the public value as the bundle tells it: its name, the hour it was to come out (dice have none), what it was."""
    at = round.public_at
    return {
        "named": round.public_named,
        "at": at.astimezone(OFFICE_TIME).isoformat() if at else "",
        "value": round.public_value,
    }


def rule(round: Round) -> dict[str, object]:
    """Return the rule that chances follow, as it is published: the knobs and the version of the scores, never the scores."""
    return {
        "tilt": round.tilt, "tau": round.tau, "floor": round.floor, "cap": round.cap, "promised": round.promised,
        "scores": round.scores,
    }  # fmt: skip


def about(round: Round) -> dict[str, object]:
    """Return which round it is and what was fixed with its frame: when, which teams, by which witness."""
    steps = {"begun": round.begun_at, "frozen": round.frozen_at, "departs": round.departs_at}
    bodies = round.parties.order_by("pk").values_list("body_id", flat=True)
    return {
        "campaign": round.campaign.slug, "office": round.office_id, "number": round.number, "parties": list(bodies),
        "day": round.day.isoformat() if round.day else "", "window": round.window, "sharing": round.sharing,
        "teams": sorted(round.teams.values_list("team_id", flat=True)),
        **{step: at.astimezone(OFFICE_TIME).isoformat() for step, at in steps.items() if at is not None},
    }  # fmt: skip


def directed(*, to: Standing) -> list[tuple[DirectedVisit, str, str]]:
    """Return the visits one's own office has directed, the latest first, each with the site's code and the reason."""
    own = DirectedVisit.objects.filter(office__in=to.serves(Permission.ROUND_DIRECT))
    found = own.select_related("office", "carrier", "campaign", "round", "made_by").order_by("-pk")
    return [(each, *boxes.direction(each.box, office=each.office_id, carrier=each.carrier_id)) for each in found]


def directed_visit(pk: int, *, to: Standing) -> DirectedVisit:
    """Return a visit that one's own office has directed. Raises NotFound."""
    own = DirectedVisit.objects.filter(office__in=to.serves(Permission.ROUND_DIRECT))
    found = own.select_related("office", "carrier", "campaign", "round").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def nothing_left_to_hide(round: Round, *, at: datetime) -> bool:
    """Return whether every list is opened, or lapsed: a list that nobody opened is void once its day is over."""
    today = at.astimezone(OFFICE_TIME).date()
    # A departure may be spread past midnight: that list has its time still to come. An empty one, of a team that the routes
    # needed nowhere, hides nothing.
    ahead = Q(day__gte=today) | Q(departs_at__gt=at)
    return not round.lists.filter(ahead, ~Q(state=ListState.OPENED), count__gt=0).exists()


def barred(round: Round, teams: Sequence[Team], *, at: datetime) -> dict[int, set[str]]:
    """Return team id → codes of the frame's sites that a member must stay away from (回避)."""
    members = {team.pk: [member.person_id for member in campaigns.present(team)] for team in teams}
    found = ties.ties({person for people in members.values() for person in people}, at=at)
    frame = round.frame.select_related("site").order_by("site__code")
    subjects = {frozen.site.code: ties.subject_of(frozen.site) for frozen in frame}
    return {
        team: {code for code, subject in subjects.items() if found.any_between(people, subject)}
        for team, people in members.items()
    }


def newly_tied(sealed: SealedList, people: Sequence[Person], *, at: datetime) -> tuple[Person, ties.Tie] | None:
    """
    Return who has a tie to a site the list could hold that was not heeded when it was drawn, or None.

    Asked of everything the team could have been given, never of what it was given: an answer about the sealed list
    itself would tell what is in it.
    """
    if not people:
        return None
    found = ties.ties([person.pk for person in people], at=at)
    frame = sealed.round.frame.exclude(site__code__in=sealed.barred).select_related("site__division")
    within = [frozen.site for frozen in frame if not sealed.reach or frozen.lies_in in sealed.reach]
    for site in within:
        for person in people:
            tie = found.between(person.pk, ties.subject_of(site))
            if tie is not None:
                return person, tie
    return None


def sealed_lists(team: Team, *, at: datetime) -> QuerySet[SealedList]:
    """Return the team's lists that are sealed and may still be opened."""
    today = at.astimezone(OFFICE_TIME).date()
    found = SealedList.objects.filter(team=team, state=ListState.SEALED, day__gte=today)
    return found.exclude(round__state__in=[State.REVEALED, State.VOID]).select_related("round").defer("box", *OF_ROUND)
