"""What a score is learnt from, and whose scores are due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet

from mingcha.flow.campaigns.models import SupervisingOffice
from mingcha.flow.campaigns.states import State as CampaignState
from mingcha.flow.draws.models import PastOutcome, PriorRate, ReportCount, Round, ScoreVersion
from mingcha.flow.draws.states import Source
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.territory.models import Body, BodyKind, Site

if TYPE_CHECKING:
    from mingcha.kernel.risk import Past, Subject

# What comes in on a busy day is learnt from once in so long, not after every visit.
REST = timedelta(hours=1)


@dataclass(frozen=True)
class Material:
    """All that goes into an office's scores, as the kernel takes it; a site by its code, a kind of sites by its code."""

    past: "list[Past]"
    subjects: "list[Subject]"
    on: date
    priors: dict[str, float]
    reports: dict[tuple[str, str], int]


def material(office: Body, *, at: datetime) -> Material:
    """
    Return what an office's scores are learnt from, for a day after `at`.

    Drawn visits alone: what was met on the way, directed from within or taken from old ledgers was chosen by somebody.
    A duplicate's past is its survivor's. Reports are of days that ended before the office froze its last frame: a
    round late, so that nobody moves the next draw by reporting.
    """
    from mingcha.kernel.risk import Past, Subject  # noqa: PLC0415 - next comes the learning; no page does

    here = Site.objects.filter(division__code__startswith=office.division_id)
    lasting = {
        site.pk: site for site in here.filter(merged_into=None).only("code", "type", "division", "body", "latitude", "longitude")
    }  # fmt: skip
    heads = {site.pk: site.merged_into_id for site in here.exclude(merged_into=None).only("merged_into")}
    drawn = PastOutcome.objects.filter(
        source=Source.DRAWN, problem__isnull=False, site__in=here.order_by().values("pk")
    )
    past = []
    for row in drawn.order_by("visit"):
        site = lasting.get(heads.get(row.site_id) or row.site_id)
        if site is not None:
            past.append(
                Past(
                    site=site.code, day=row.day, problem=bool(row.problem),
                    score=None if row.score is None else float(row.score), inspector=str(row.team), kind=site.type_id,
                    place=site.division_id, body=site.body_id,
                )
            )  # fmt: skip
    subjects = [
        Subject(
            site=site.code, kind=site.type_id, place=site.division_id, body=site.body_id, latitude=site.latitude,
            longitude=site.longitude,
        )
        for site in here.filter(active=True).order_by("code")
    ]  # fmt: skip
    on = at.astimezone(OFFICE_TIME).date() + timedelta(days=1)
    return Material(past, subjects, on, {row.site_type_id: row.rate for row in priors(office)}, _reports(office))


def priors(office: Body) -> list[PriorRate]:
    """Return the prior rates that hold for an office, by kind: its own, else of the nearest office above."""
    above = [office.division_id[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(office.division_id)]
    found = PriorRate.objects.filter(office__division__in=above, office__kind=BodyKind.OFFICE)
    nearest: dict[str, PriorRate] = {}
    for row in found.select_related("office", "site_type").order_by("office__division", "pk"):
        nearest[row.site_type_id] = row  # the longer code comes later, and one's own last
    own = PriorRate.objects.filter(office=office).select_related("office", "site_type")
    nearest |= {row.site_type_id: row for row in own}
    return sorted(nearest.values(), key=lambda row: (row.site_type.position, row.site_type_id))


def _reports(office: Body) -> dict[tuple[str, str], int]:
    frozen = Round.objects.filter(office=office, frozen_at__isnull=False).aggregate(last=Max("frozen_at"))["last"]
    if frozen is None:
        return {}
    past = ReportCount.objects.filter(
        division__code__startswith=office.division_id, until__lt=frozen.astimezone(OFFICE_TIME).date()
    )
    # Of each area and category the latest days alone.
    return {(row.division_id, row.category): row.count for row in past.order_by("until")}


def known() -> QuerySet[PastOutcome, int]:
    """Return the numbers of the visits that are on record here."""
    return PastOutcome.objects.values_list("visit", flat=True)


def latest(office: Body) -> ScoreVersion | None:
    """Return an office's latest frozen scores, or None."""
    return ScoreVersion.objects.filter(office=office).order_by("-made_at", "-pk").first()


def at_work() -> QuerySet[Body]:
    """Return the offices that draw rounds: those of a campaign under way."""
    offices = SupervisingOffice.objects.filter(campaign__state=CampaignState.OPEN).values("body")
    return Body.objects.filter(pk__in=offices, kind=BodyKind.OFFICE, merged_into=None).order_by("pk")


def due(*, at: datetime) -> list[Body]:
    """Return the offices whose scores are out of date: none yet, of a day that has come, or something new an hour ago."""
    return [office for office in at_work() if _is_due(office, at=at)]


def _is_due(office: Body, *, at: datetime) -> bool:
    made = latest(office)
    if made is None:
        return True
    if made.day <= at.astimezone(OFFICE_TIME).date():
        return True
    if at - made.made_at < REST:
        return False
    return (
        PastOutcome.objects.filter(
            taken_at__gt=made.made_at, site__division__code__startswith=office.division_id
        ).exists()
        or any(row.set_at > made.made_at for row in priors(office))
        or ReportCount.objects.filter(
            taken_at__gt=made.made_at, division__code__startswith=office.division_id
        ).exists()
    )  # fmt: skip
