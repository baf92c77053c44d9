"""The brief's figures: each is a count of rows at a moment, or 未报 where its office does not answer for it."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign, Measure, SupervisingOffice, Team
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.models import Rectification, Request, Review, Verdict
from mingcha.flow.rectifications.states import RequestKind, RequestState, State
from mingcha.ground.territory import queries as territory


@dataclass(frozen=True)
class OfficeFigures:
    """
    One supervising office's figures. None is 未报: never a zero, never a guess.

    `sites`: type name → distinct sites visited; the number is None where the office does not answer for it.
    `rectified_by_deadline` holds all that was given a deadline; `exempt` those of them that an office ruled need not be
    put right any more: neither open nor closed. A brief stored before there was such a ruling names none.
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
    exempt: int | None = 0


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
    "exempt": Measure.RECTIFICATION,
}


def figures(
    campaign: Campaign, *, as_of: datetime, body: str = "", bodies: Collection[str] | None = None
) -> list[OfficeFigures]:
    """Return the figures of every office that reports, or of those with these body codes, in division order."""
    return [_answered_for(office, rows) for office, rows in _offices(campaign, body, bodies, as_of=as_of)]


def counted(office: SupervisingOffice, *, as_of: datetime) -> OfficeFigures:
    """Return what the rows alone give, whatever the office answers for: for the office's own desk."""
    ((_, rows),) = _offices(office.campaign, office.body_id, None, as_of=as_of)
    return rows


def _answered_for(office: SupervisingOffice, rows: OfficeFigures) -> OfficeFigures:
    """Blank out what the office does not answer for."""
    silent = {name: None for name, measure in BEHIND.items() if not campaigns.answers_for(office, measure)}
    sites = rows.sites
    if sites is not None and not campaigns.answers_for(office, Measure.SITES):
        # Which types were visited is seen from the visits; how many of each is what nobody answers for.
        sites = dict.fromkeys(sites) or None
    return replace(rows, **silent, sites=sites)  # type: ignore[arg-type]


def _offices(
    campaign: Campaign, body: str, bodies: Collection[str] | None, *, as_of: datetime
) -> list[tuple[SupervisingOffice, OfficeFigures]]:
    """Count for all offices at once: one query for each figure, however many offices there are."""
    named = bodies if bodies is not None else [body] if body else None
    chosen = campaigns.reporting(campaign) if named is None else campaigns.offices(campaign).filter(body__in=named)
    offices = list(chosen)
    at_work = {"campaign": campaign, "office__in": [office.body_id for office in offices]}
    counts = _work(at_work, as_of=as_of) | _mending(at_work, as_of=as_of)
    sites = _sites(at_work, as_of=as_of)
    return [
        (
            office,
            OfficeFigures(
                body=office.body.name,
                division=office.body.division_id,
                sites=sites.get(office.body_id, {}),
                **{name: counts[name].get(office.body_id, 0) for name in BEHIND},
            ),
        )
        for office in offices
    ]


def _work(at_work: dict[str, Any], *, as_of: datetime) -> dict[str, dict[str, int]]:
    """Return figure → office → count for teams, townships, outings, visits and findings."""
    by_office = Count("pk")
    visits = _visits(at_work, as_of=as_of).annotate(township=territory.part_of("site__division_id", 9))
    teams = Team.objects.filter(**at_work, imported=False, formed_at__lte=as_of).order_by()
    outings = Inspection.objects.filter(**at_work, team__imported=False, departed_at__lte=as_of).order_by()
    found = Finding.objects.filter(**at_work, confirmed_at__lte=as_of).order_by()
    of_visit = visits.values_list("inspection__office")
    return {
        "teams": dict(teams.values_list("office").annotate(by_office)),
        "townships_covered": dict(of_visit.annotate(Count("township", distinct=True))),
        "inspections": dict(outings.values_list("office").annotate(by_office)),
        "visits": dict(of_visit.annotate(by_office)),
        "problems_found": dict(found.values_list("office").annotate(by_office)),
    }


def _mending(at_work: dict[str, Any], *, as_of: datetime) -> dict[str, dict[str, int]]:
    """
    Return figure → office → count for how confirmed findings are put right, by the way that held at `as_of`.

    An attestation overturned later was still 立行立改 before, and what was ruled need not be done was still open before;
    hence by the times of review and ruling, not by today's columns.
    """
    overturned = Review.objects.filter(rectification=OuterRef("pk"), verdict=Verdict.OVERTURNED, at__lte=as_of)
    found = Finding.objects.filter(**at_work, confirmed_at__lte=as_of)
    made = Rectification.objects.filter(finding__in=found).exclude(state=State.VOID).order_by()
    ruled_off = Request.objects.filter(
        rectification=OuterRef("pk"), kind__in=(RequestKind.OBJECTION, RequestKind.CANNOT_DO),
        state=RequestState.GRANTED, ruled_at__lte=as_of,
    )  # fmt: skip
    made = made.annotate(spot=Q(attested_at__isnull=False) & ~Exists(overturned), exempted=Q(Exists(ruled_off)))
    made = made.annotate(paused=rectifications.stood_still("pk", at=as_of))
    still_open = Q(spot=False, exempted=False) & ~Q(closed_at__lte=as_of, closed_at__isnull=False)
    kinds = {
        "rectified_on_spot": Q(spot=True),
        "rectified_by_deadline": Q(spot=False),
        "open": still_open,
        "overdue": still_open & Q(due_at__lt=as_of, paused=False),
        "exempt": Q(exempted=True),
    }
    counts = {name: Count("pk", filter=kind) for name, kind in kinds.items()}
    rows = list(made.values("finding__office").annotate(**counts))
    return {name: {row["finding__office"]: row[name] for row in rows} for name in kinds}


def _sites(at_work: dict[str, Any], *, as_of: datetime) -> dict[str, dict[str, int | None]]:
    """Return office → type name → distinct sites visited, in the types' order."""
    sites: dict[str, dict[str, int | None]] = {}
    by_type = _visits(at_work, as_of=as_of).values_list("inspection__office", "site__type__name")
    for office, name, count in by_type.annotate(Count("site", distinct=True)).order_by("site__type__position"):
        sites.setdefault(office, {})[name] = count
    return sites


def _visits(at_work: dict[str, Any], *, as_of: datetime) -> QuerySet[Visit]:
    where = {f"inspection__{name}": value for name, value in at_work.items()}
    # A former ledger tells of problems, not of visits: what it was imported with is none.
    return Visit.objects.filter(**where, inspection__team__imported=False, begun_at__lte=as_of).order_by()


def as_json(rows: list[OfficeFigures]) -> list[dict[str, object]]:
    """Return the figures as the JSON list that `mingcha brief --json` prints; `exempt` only where there are any."""
    return [{name: value for name, value in asdict(row).items() if name != "exempt" or value} for row in rows]


def summed(rows: list[OfficeFigures]) -> dict[str, int | None]:
    """Return the city-wide sum of each figure over the offices that answer for it; None where none does."""
    sums: dict[str, int | None] = {}
    for name in BEHIND:
        values = [value for row in rows if (value := getattr(row, name)) is not None]
        sums[name] = sum(values) if values else None
    return sums
