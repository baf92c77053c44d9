"""What weighs on a site: its frozen score with plain reasons, and how often it was visited this year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from mingcha.flow.draws.models import PastOutcome, PriorRate, ScoreVersion, SiteScore
from mingcha.flow.draws.queries import weighing
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Site

# Where nobody has scored or estimated anything: the same for all, so that no draw is tilted.
UNKNOWN = 0.15


@dataclass(frozen=True)
class Weights:
    """`by_code`: site code → chance of a problem, 0–1. `version` names the frozen scores, `method` how they came about."""

    version: str
    method: str
    by_code: dict[str, float]


def weights(office: Body, sites: Sequence[Site], *, at: datetime) -> Weights:
    """
    Return the office's latest frozen scores of some sites.

    A site that came onto the register since has the middle of its kind, else of all. Without scores: prior rates by
    kind, `method` "priors" and no version.
    """
    made = weighing.latest(office)
    if made is None:
        rates = {row.site_type_id: row.rate for row in weighing.priors(office)}
        return Weights("", "priors", {site.code: rates.get(site.type_id, UNKNOWN) for site in sites})
    known = {
        row.site_id: row
        for row in SiteScore.objects.filter(version=made, site__in=[site.pk for site in sites]).select_related("site")
    }
    kinds: dict[str, list[float]] = {}
    for row in known.values():
        kinds.setdefault(row.site.type_id, []).append(row.chance)
    everything = [row.chance for row in known.values()]
    return Weights(made.version, made.method, {
        site.code: known[site.pk].chance if site.pk in known else _middle(kinds.get(site.type_id) or everything)
        for site in sites
    })  # fmt: skip


def _middle(chances: list[float]) -> float:
    return sorted(chances)[len(chances) // 2] if chances else UNKNOWN


def visits_this_year(sites: Sequence[Site], *, at: datetime) -> dict[int, int]:
    """Return site id → how often somebody stood at its door this calendar year, its duplicates counted with it."""
    first = date(at.astimezone(OFFICE_TIME).year, 1, 1)
    heads = {site.pk: site.pk for site in sites}
    copies = Site.objects.filter(merged_into__in=heads).only("merged_into")
    heads |= {copy.pk: copy.merged_into_id for copy in copies if copy.merged_into_id is not None}
    rows = PastOutcome.objects.filter(site__in=heads, day__gte=first, counts=True).values_list("site")
    found = dict.fromkeys((site.pk for site in sites), 0)
    for site, count in rows.annotate(count=Count("pk")).order_by():
        found[heads[site]] += count
    return found


def over_cap(sites: Sequence[Site], *, at: datetime) -> list[tuple[Site, int, int]]:
    """Return the sites whose visits of the year have reached the cap of their type, each with visits and cap."""
    capped = [site for site in sites if site.type.yearly_cap is not None]
    visits = visits_this_year(capped, at=at)
    return [(site, visits[site.pk], cap) for site in capped if visits[site.pk] >= (cap := site.type.yearly_cap or 0)]


def offices(*, to: Standing) -> list[Body]:
    """Return the offices at work in one's area, whose scores one may see."""
    return list(weighing.at_work().filter(to.area(Permission.ROUND_SEE, "division__code")).select_related("division"))


def office(code: str, *, to: Standing) -> Body:
    """Return an office whose scores one may see. Raises NotFound."""
    found = territory.body(code)
    if found is None or not to.covers(Permission.ROUND_SEE, found.division_id):
        raise NotFound
    return found


def latest(office: Body) -> ScoreVersion | None:
    """Return an office's latest frozen scores, or None."""
    return weighing.latest(office)


def scored(version: ScoreVersion, *, type_code: str = "", township: str = "", search: str = "") -> QuerySet[SiteScore]:
    """Return the scores of a version, the highest first; `reasons` are codes and figures of the kernel's `Reason`."""
    found = SiteScore.objects.filter(version=version).select_related("site__type", "site__division", "site__body")
    if type_code:
        found = found.filter(site__type=type_code)
    if township:
        found = found.filter(site__division__code__startswith=township)
    if search:
        found = found.filter(site__name__icontains=search) | found.filter(site__code__icontains=search)
    return found.order_by("-chance", "site__code")


def score_of(site: Site, *, office: Body) -> SiteScore | None:
    """Return the latest score of a site, or None."""
    made = weighing.latest(office)
    return SiteScore.objects.filter(version=made, site=site).select_related("version").first() if made else None


def priors(office: Body) -> list[PriorRate]:
    """Return the prior rates that hold for an office, in the order of kinds; see `weighing.priors`."""
    return weighing.priors(office)
