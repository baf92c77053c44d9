"""Reading campaigns, their offices and teams, within a standing's reach."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns.models import (
    Call,
    CalledOffice,
    Campaign,
    CampaignRulebook,
    Measure,
    Member,
    Offer,
    SupervisingOffice,
    Team,
    TeamBody,
)
from mingcha.flow.campaigns.states import CallState, OfferState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.rulebook.models import Edition, Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, BodyKind


def visible(to: Standing) -> QuerySet[Campaign]:
    """Return the campaigns one may see: in one's area, or with an office of one's area at work in it."""
    own = to.area(Permission.CAMPAIGN_SEE, "division__code")
    offices = SupervisingOffice.objects.filter(to.area(Permission.CAMPAIGN_SEE, "body__division__code"))
    teams = Team.objects.filter(pk__in=own_teams(to))
    served = SupervisingOffice.objects.filter(body__in=to.serves(Permission.CAMPAIGN_SEE))
    above = _of_the_place(to)
    at_work = Q(pk__in=offices.values("campaign")) | Q(pk__in=served.values("campaign"))
    found = Campaign.objects.filter(own | above | at_work | Q(pk__in=teams.values("campaign")))
    return found.select_related("lead", "division").order_by("-pk")


def _of_the_place(to: Standing) -> Q:
    """A township works in the campaigns of its county's office, though it is no office of the campaign itself."""
    reach = Q(pk__in=[])
    for prefix in to.prefixes(Permission.CAMPAIGN_SEE):
        if len(prefix) > 6:
            county = SupervisingOffice.objects.filter(body__division=prefix[:6])
            reach |= Q(pk__in=county.values("campaign"))
    return reach


def campaign(slug: str, *, to: Standing) -> Campaign:
    """Return a campaign one may see. Raises NotFound."""
    found = visible(to).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def by_slug(slug: str) -> Campaign | None:
    """Return a campaign whoever asks: for the command line and for later rooms."""
    return Campaign.objects.filter(slug=slug).select_related("lead", "division").first()


def offices(campaign: Campaign) -> QuerySet[SupervisingOffice]:
    found = SupervisingOffice.objects.filter(campaign=campaign).select_related("body__division")
    return found.order_by("body__division", "body")


def reporting(campaign: Campaign) -> QuerySet[SupervisingOffice]:
    """
    Return the offices whose figures belong in the brief: every office, and a group once it answers for something.

    A resident group works inside its host and reports no towns and teams: its silence is no missing figure.
    """
    return offices(campaign).filter(Q(body__kind=BodyKind.OFFICE) | ~Q(measures=[]))


def offices_within(campaign: Campaign, *, to: Standing, permission: Permission) -> QuerySet[SupervisingOffice]:
    """Return the supervising offices whose area the person covers under a permission."""
    return offices(campaign).filter(to.area(permission, "body__division__code"))


def office_of(campaign: Campaign, body_code: str) -> SupervisingOffice | None:
    return offices(campaign).filter(body_id=body_code).first()


def teams(campaign: Campaign, *, to: Standing) -> QuerySet[Team]:
    """Return the teams one may see: those of offices in one's area, and one's own."""
    return teams_of(campaign).filter(_seen(to))


def seen_among(teams: Iterable[Team], *, to: Standing) -> set[int]:
    """Return the ids of those among some teams that one may see."""
    return set(Team.objects.filter(_seen(to), pk__in={team.pk for team in teams}).values_list("pk", flat=True))


def _seen(to: Standing) -> Q:
    mine = Q(pk__in=own_teams(to)) | Q(pk__in=joint_teams(to, Permission.CAMPAIGN_SEE))
    return to.area(Permission.CAMPAIGN_SEE, "office__division__code") | mine


def team(pk: int, *, to: Standing) -> Team:
    """Return a team one may see. Raises NotFound."""
    found = Team.objects.filter(pk=pk).select_related("campaign").first()
    seen = teams(found.campaign, to=to).select_related("campaign").filter(pk=pk).first() if found else None
    if seen is None:
        raise NotFound
    return seen


def teams_of(campaign: Campaign) -> QuerySet[Team]:
    """Return all the teams of a campaign that go out or went out, with members and stretch, office by office."""
    found = Team.objects.filter(campaign=campaign, imported=False).select_related("office__division")
    related = ("members__person", "members__body", "stretch__township", "joint__body")
    return found.prefetch_related(*related).order_by("office__division", "pk")


def own_teams(to: Standing) -> QuerySet[Member, int]:
    """
    Return the ids of the teams one goes out with, for a filter.

    A membership counts while it lasts and for as long as one holds the post at the body that sent one: who has moved
    on reads and writes nothing of the old team's.
    """
    senders = to.serves(Permission.VISIT_MAKE)
    return Member.objects.filter(person=to.person, until=None, body__in=senders).values_list("team_id", flat=True)


def joint_teams(to: Standing, permission: Permission) -> QuerySet[TeamBody, int]:
    """Return the ids of the joint teams that a body one serves takes part in, for a filter (室组地联动)."""
    return TeamBody.objects.filter(body__in=to.serves(permission)).values_list("team_id", flat=True)


def goes_out_with(team: Team, *, to: Standing) -> bool:
    """Return whether the team is one's own."""
    return own_teams(to).filter(team=team).exists()


def present(team: Team) -> list[Member]:
    """Return who is in the team now."""
    return list(history(team).filter(until=None))


def history(team: Team) -> QuerySet[Member]:
    """Return everyone who was ever in the team, with from when to when; what began and ended at once is no stay."""
    return (
        Member.objects.filter(team=team)
        .exclude(until=F("since"))
        .select_related("person", "body")
        .order_by("since", "pk")
    )


def members_at(team: Team, moment: datetime) -> QuerySet[Member]:
    """Return who was in the team at a moment."""
    return history(team).filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)


def memberships(person: Person) -> QuerySet[Member]:
    """Return where a person has gone out, the latest first."""
    found = Member.objects.filter(person=person).select_related("team__campaign", "team__office", "body")
    return found.order_by("-since", "-pk")


def out_now(people: Iterable[int]) -> dict[int, Team]:
    """Return person id → the team they are in now."""
    found = Member.objects.filter(person__in=set(people), until=None).select_related("team__campaign", "team__office")
    return {member.person_id: member.team for member in found}


def people_out() -> QuerySet[Member, int]:
    """Return the ids of everybody who is in a team now, for a filter."""
    return Member.objects.filter(until=None).values_list("person_id", flat=True)


def sender(team: Team, person: Person, *, at: datetime) -> Body | None:
    """
    Return the body that may send a person to a team: its office, a joint body, or the one that offered them to a call.

    None where no body may: nobody takes another office's people without its word.
    """
    senders = (
        body for body in _senders(team, person) if accounts.team_people(body.pk, at=at).filter(pk=person.pk).exists()
    )
    return next(senders, None)


def _senders(team: Team, person: Person) -> Iterator[Body]:
    """Yield the bodies that might send a person, the nearest first; most people come from the office itself."""
    yield team.office
    yield from (row.body for row in team.joint.select_related("body"))
    called = Offer.objects.filter(
        person=person, state=OfferState.ASSIGNED, call__campaign=team.campaign_id,
        need__division__code__startswith=team.office.division_id,
    )  # fmt: skip
    yield from (offer.body for offer in called.select_related("body"))


def lent(campaign: Campaign, office: Body) -> QuerySet[Offer]:
    """Return the people whom the campaign's calls have assigned to an office's area."""
    assigned = Offer.objects.filter(call__campaign=campaign, state=OfferState.ASSIGNED)
    found = assigned.filter(need__division__code__startswith=office.division_id)
    return found.select_related("person", "body", "need").order_by("person__pinyin", "pk")


def editions(campaign: Campaign) -> QuerySet[Edition]:
    """Return the editions in force in a campaign, each with `recorded`."""
    found = Edition.objects.filter(pk__in=campaign.rulebooks.values("edition")).select_related("rulebook")
    return found.annotate(recorded=Count("items", filter=~Q(items__text=""))).order_by("rulebook_id")


def newer_editions(campaign: Campaign) -> list[Edition]:
    """Return editions published after those in force: what the campaign may adopt."""
    in_force = {edition.rulebook_id: edition.version for edition in editions(campaign)}
    newest = rulebook.latest_editions().filter(rulebook__in=in_force)
    return [edition for edition in newest if edition.version > in_force[edition.rulebook_id]]


def items(campaign: Campaign) -> QuerySet[Item]:
    """Return the items a finding of this campaign may cite."""
    return items_of(campaign.pk)


def items_of(campaign: int) -> QuerySet[Item]:
    """Return the items a finding of a campaign, given by id, may cite."""
    in_force = CampaignRulebook.objects.filter(campaign=campaign).values("edition")
    found = Item.objects.filter(edition__in=in_force).select_related("edition__rulebook")
    return found.order_by("edition__rulebook_id", "position")


def answers_for(office: SupervisingOffice, measure: str) -> bool:
    """Return whether the office answers for this figure; one it does not answer for is 未报."""
    return measure in office.measures


ALL_MEASURES = [str(measure) for measure in Measure.values]


def calls(*, to: Standing, campaign: Campaign | None = None) -> QuerySet[Call]:
    """Return the calls one issued, oversees or was asked by, and those that send people to one's area, latest first."""
    issued = to.area(Permission.CALL_MAKE, "issuer__division__code")
    area = CalledOffice.objects.filter(to.area(Permission.CALL_ANSWER, "body__division__code"))
    asked = CalledOffice.objects.filter(body__in=to.serves(Permission.CALL_ANSWER))
    sent = Offer.objects.filter(to.area(Permission.TEAM_FORM, "need__division__code"), state=OfferState.ASSIGNED)
    told = Q(pk__in=asked.values("call")) | Q(pk__in=area.values("call")) | Q(pk__in=sent.values("call"))
    found = Call.objects.filter(issued | told)
    if campaign:
        found = found.filter(campaign=campaign)
    return found.select_related("campaign", "issuer", "made_by").order_by("-made_at", "-pk")


def call(pk: int, *, to: Standing) -> Call:
    """Return a call one may see. Raises NotFound."""
    found = calls(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def oversees(call: Call, *, to: Standing) -> bool:
    """Return whether one sees the whole board: who issued the call; others see what they were asked and answered."""
    return to.covers(Permission.CALL_MAKE, call.issuer.division_id)


def called(call: Call, *, to: Standing) -> QuerySet[CalledOffice]:
    """Return the offices asked: all of them for the issuer, else those in one's area and one's own body."""
    found = call.called.select_related("body__division", "answered_by").order_by("body__division", "body")
    if oversees(call, to=to):
        return found
    area = to.area(Permission.CALL_ANSWER, "body__division__code")
    return found.filter(area | Q(body__in=to.serves(Permission.CALL_ANSWER)))


def offers(call: Call, *, to: Standing) -> QuerySet[Offer]:
    """Return the offers one may see that were not withdrawn: of the bodies in `called`, and those sent to one's area."""
    found = call.offers.exclude(state=OfferState.WITHDRAWN)
    if not oversees(call, to=to):
        mine = Q(body__in=called(call, to=to).values("body"))
        found = found.filter(mine | to.area(Permission.TEAM_FORM, "need__division__code"))
    return found.select_related("person", "body", "need__division", "call").order_by("body__division", "body", "pk")


def offer(pk: int, *, to: Standing) -> Offer:
    """Return an offer one may see. Raises NotFound."""
    row = Offer.objects.filter(pk=pk).select_related("call__issuer").first()
    found = offers(row.call, to=to).filter(pk=pk).first() if row else None
    if found is None:
        raise NotFound
    return found


def needs(call: Call) -> QuerySet[Any]:
    """Return what is needed, each with `assigned`: how many people were sent there."""
    sent = Offer.objects.filter(need=OuterRef("pk"), state=OfferState.ASSIGNED).order_by().values("need")
    assigned = Coalesce(Subquery(sent.annotate(n=Count("pk")).values("n")), 0)
    return call.needs.select_related("division").annotate(assigned=assigned).order_by("division", "skill")


def unanswered(*, to: Standing) -> QuerySet[CalledOffice]:
    """Return what open calls have asked of one's own body and not been told yet, the soonest due first."""
    asked = CalledOffice.objects.filter(body__in=to.serves(Permission.CALL_ANSWER), answered_at=None)
    return asked.filter(call__state=CallState.OPEN).select_related("call", "body").order_by("call__reply_by", "pk")


def short(*, to: Standing) -> list[tuple[Call, int]]:
    """Return (call, people still wanted) for the open calls one issues for, where somebody is wanted."""
    issued = to.area(Permission.CALL_MAKE, "issuer__division__code")
    found = Call.objects.filter(issued, state=CallState.OPEN).select_related("campaign").order_by("reply_by", "pk")
    wanted = [(call, sum(max(0, need.people - need.assigned) for need in needs(call))) for call in found]
    return [(call, count) for call, count in wanted if count]


@dataclass(frozen=True)
class Caution:
    """Why somebody may not be the best to send: `about` a sentence to be translated, with its facts."""

    about: str
    facts: dict[str, object]

    def said(self, template: str) -> str:
        """Return the sentence by `template`, a translation of `about`."""
        return template % self.facts


def cautions(
    people: Sequence[Person], *, from_day: date, to_day: date, division: str, team: Team | None = None,
    offers: Iterable[Offer] = (),
) -> dict[int, list[Caution]]:  # fmt: skip
    """
    Return person id → what speaks against sending them out on these days: double booking, no rest, too long a run.

    `division` is where the mechanism's limits are read; `team` and `offers` are what one asks for, which do not speak
    against themselves. Only a team at the same time is forbidden by the tables; the rest is for the officer to weigh.
    """
    limits = territory.limits(division)
    rows = Member.objects.filter(person__in=people).select_related("team__campaign").order_by("since")
    spans: dict[int, list[Member]] = {}
    for row in rows:
        spans.setdefault(row.person_id, []).append(row)
    booked = Offer.objects.filter(
        person__in=people, from_day__lte=to_day, to_day__gte=from_day, state=OfferState.ASSIGNED
    ).exclude(pk__in=[offer.pk for offer in offers])
    places = {
        offer.person_id: offer.need.division.name for offer in booked.select_related("need__division") if offer.need
    }
    found: dict[int, list[Caution]] = {}
    for person in people:
        own = spans.get(person.pk, [])
        now = next((span for span in own if span.until is None), None)
        told = [Caution(gettext_noop("已在“%(team)s”"), {"team": now.team.name})] if now and now.team != team else []
        told += _of_spans(own, from_day, to_day, limits.rest_hours, limits.longest_run_days)
        if person.pk in places:
            told.append(Caution(gettext_noop("这几天已派往%(place)s"), {"place": places[person.pk]}))
        found[person.pk] = told
    return found


def _of_spans(spans: list[Member], first: date, last: date, rest_hours: int, run_days: int) -> list[Caution]:
    """Return the warnings that a person's memberships give; a run is counted back over days without a gap."""
    told = []
    local = accounts.OFFICE_TIME
    ended = [span.until for span in spans if span.until is not None]
    start = datetime(first.year, first.month, first.day, tzinfo=local)
    if len(ended) == len(spans) and ended and timedelta(0) <= start - max(ended) < timedelta(hours=rest_hours):
        told.append(Caution(gettext_noop("离上次外派不足 %(hours)s 小时"), {"hours": rest_hours}))
    days = set()
    for span in spans:
        day = span.since.astimezone(local).date()
        until = min(span.until.astimezone(local).date() if span.until else first, first)
        while day <= until:
            days.add(day)
            day += timedelta(days=1)
    run, day = 0, first - timedelta(days=1)
    while day in days:
        run, day = run + 1, day - timedelta(days=1)
    total = run + (last - first).days + 1
    if total > run_days:
        sentence = gettext_noop("连续外派将达 %(days)s 天，超过 %(most)s 天")
        told.append(Caution(sentence, {"days": total, "most": run_days}))
    return told
