"""Reading campaigns, their offices and teams, within a standing's reach."""

from django.db.models import Count, Q, QuerySet

from mingcha.flow.campaigns.models import Campaign, Measure, Member, SupervisingOffice, Team
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.rulebook.models import Edition, Item


def visible(to: Standing) -> QuerySet[Campaign]:
    """Return the campaigns one may see: in one's area, or with an office of one's area at work in it."""
    own = to.area(Permission.CAMPAIGN_SEE, "division__code")
    offices = SupervisingOffice.objects.filter(to.area(Permission.CAMPAIGN_SEE, "body__division__code"))
    teams = Team.objects.filter(pk__in=own_teams(to))
    found = Campaign.objects.filter(own | Q(pk__in=offices.values("campaign")) | Q(pk__in=teams.values("campaign")))
    return found.select_related("lead", "division").order_by("-pk")


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


def offices_within(campaign: Campaign, *, to: Standing, permission: Permission) -> QuerySet[SupervisingOffice]:
    """Return the supervising offices whose area the person covers under a permission."""
    return offices(campaign).filter(to.area(permission, "body__division__code"))


def office_of(campaign: Campaign, body_code: str) -> SupervisingOffice | None:
    return offices(campaign).filter(body_id=body_code).first()


def teams(campaign: Campaign, *, to: Standing) -> QuerySet[Team]:
    """Return the teams one may see: those of offices in one's area, and one's own."""
    area = to.area(Permission.CAMPAIGN_SEE, "office__division__code")
    return teams_of(campaign).filter(area | Q(pk__in=own_teams(to)))


def teams_of(campaign: Campaign) -> QuerySet[Team]:
    """Return all the teams of a campaign, with members and stretch, office by office."""
    found = Team.objects.filter(campaign=campaign).select_related("office__division")
    return found.prefetch_related("members__person", "stretch__township").order_by("office__division", "pk")


def own_teams(to: Standing) -> QuerySet[Member, int]:
    """
    Return the ids of the teams one goes out with, for a filter.

    A membership counts for as long as one holds the post at the team's office that it was given for: who has moved
    on reads and writes nothing of the old team's.
    """
    offices = [holding.body for holding in to.holdings if Permission.VISIT_MAKE in holding.role.permissions]
    return Member.objects.filter(person=to.person, team__office__in=offices).values_list("team_id", flat=True)


def goes_out_with(team: Team, *, to: Standing) -> bool:
    """Return whether the team is one's own."""
    return own_teams(to).filter(team=team).exists()


def member_bodies(team: Team) -> set[str]:
    """Return the codes of the bodies that members hold any post in: grounds for recusal."""
    return set(Member.objects.filter(team=team).values_list("person__posts__body_id", flat=True)) - {None}


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
    in_force = campaign.rulebooks.values("edition")
    found = Item.objects.filter(edition__in=in_force).select_related("edition__rulebook")
    return found.order_by("edition__rulebook_id", "position")


def answers_for(office: SupervisingOffice, measure: str) -> bool:
    """Return whether the office answers for this figure; one it does not answer for is 未报."""
    return measure in office.measures


ALL_MEASURES = [str(measure) for measure in Measure.values]
