"""The brief's figures: each is a count of rows at a moment, or 未报 where its office does not answer for it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, Measure, SupervisingOffice, Team
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification, Review, Verdict
from mingcha.flow.rectifications.states import State
from mingcha.ground.territory import queries as territory


@dataclass(frozen=True)
class OfficeFigures:
    """
    One supervising office's figures. None is 未报: never a zero, never a guess.

    `sites`: type name → distinct sites visited; the number is None where the office does not answer for it.
    """

    body: str
    division: str
    teams: int | None
    townships_covered: int | None
    inspections: int | None
    visits: int | None
    problems_found: int | None
    rectified_on_spot: int | None
    rectified_by_deadline: int | None
    open: int | None
    overdue: int | None
    sites: dict[str, int | None] | None


# Which declared measure stands behind each figure.
BEHIND = {
    "teams": Measure.TEAMS,
    "townships_covered": Measure.TOWNSHIPS,
    "inspections": Measure.INSPECTIONS,
    "visits": Measure.VISITS,
    "problems_found": Measure.PROBLEMS,
    "rectified_on_spot": Measure.RECTIFICATION,
    "rectified_by_deadline": Measure.RECTIFICATION,
    "open": Measure.RECTIFICATION,
    "overdue": Measure.RECTIFICATION,
}


def figures(campaign: Campaign, *, as_of: datetime, body: str = "") -> list[OfficeFigures]:
    """Return the figures of every supervising office (or the one with this body code), in division order."""
    offices = campaigns.offices(campaign)
    if body:
        offices = offices.filter(body_id=body)
    return [_answered_for(office, counted(office, as_of=as_of)) for office in offices]


def _answered_for(office: SupervisingOffice, rows: OfficeFigures) -> OfficeFigures:
    """Blank out what the office does not answer for."""
    silent = {name: None for name, measure in BEHIND.items() if not campaigns.answers_for(office, measure)}
    sites = rows.sites
    if sites is not None and not campaigns.answers_for(office, Measure.SITES):
        # Which types were visited is seen from the visits; how many of each is what nobody answers for.
        sites = dict.fromkeys(sites) or None
    return replace(rows, **silent, sites=sites)  # type: ignore[arg-type]


def counted(office: SupervisingOffice, *, as_of: datetime) -> OfficeFigures:
    """Return what the rows alone give, whatever the office answers for: for the office's own desk."""
    at_work = {"campaign": office.campaign_id, "office": office.body_id}
    visits = Visit.objects.filter(
        inspection__campaign=office.campaign_id, inspection__office=office.body_id, begun_at__lte=as_of
    )
    found = Finding.objects.filter(**at_work, confirmed_at__lte=as_of)
    on_spot, by_deadline = _ways(found, as_of=as_of)
    still_open = by_deadline.exclude(closed_at__lte=as_of)
    covered = visits.annotate(township=territory.part_of("site__division_id", 9)).order_by()
    by_type = visits.order_by().values("site__type__name").annotate(sites=Count("site", distinct=True))
    return OfficeFigures(
        body=office.body.name,
        division=office.body.division_id,
        teams=Team.objects.filter(**at_work, formed_at__lte=as_of).count(),
        townships_covered=covered.values("township").distinct().count(),
        inspections=Inspection.objects.filter(**at_work, departed_at__lte=as_of).count(),
        visits=visits.count(),
        problems_found=found.count(),
        rectified_on_spot=on_spot.count(),
        rectified_by_deadline=by_deadline.count(),
        open=still_open.count(),
        overdue=still_open.filter(due_at__lt=as_of).count(),
        sites={row["site__type__name"]: row["sites"] for row in by_type.order_by("site__type__position")},
    )


def _ways(found: QuerySet[Finding], *, as_of: datetime) -> tuple[QuerySet[Rectification], QuerySet[Rectification]]:
    """
    Split the findings' rectifications by the way that held at `as_of`.

    An attestation overturned later was still 立行立改 before; hence by the review's time, not by today's column.
    """
    overturned = Review.objects.filter(rectification=OuterRef("pk"), verdict=Verdict.OVERTURNED)
    made = Rectification.objects.filter(finding__in=found.values("pk")).exclude(state=State.VOID)
    on_spot = made.filter(attested_at__isnull=False).filter(~Exists(overturned.filter(at__lte=as_of)))
    return on_spot, made.exclude(pk__in=on_spot.values("pk"))


def as_json(rows: list[OfficeFigures]) -> list[dict[str, object]]:
    """Return the figures as the JSON list that `mingcha brief --json` prints."""
    return [asdict(row) for row in rows]


def summed(rows: list[OfficeFigures]) -> dict[str, int | None]:
    """Return the city-wide sum of each figure over the offices that answer for it; None where none does."""
    sums: dict[str, int | None] = {}
    for name in BEHIND:
        values = [value for row in rows if (value := getattr(row, name)) is not None]
        sums[name] = sum(values) if values else None
    return sums
