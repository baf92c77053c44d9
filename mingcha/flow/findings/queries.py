"""Reading findings: the ledger's rows, within a standing's reach or of one's own teams."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.fieldwork.states import Outcome, VisitState
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.findings.states import State
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.territory import queries as territory

RELATED = (
    "campaign", "office__division", "site__type", "site__division", "item__edition__rulebook", "body", "noted_by",
    "visit__inspection__team", "recurrence_of",
)  # fmt: skip


def visible(*, to: Standing) -> QuerySet[Finding]:
    """
    Return the findings at places in one's area, and those of one's own and one's joint teams.

    Whoever only follows what is put right, in a township or inside a host department, sees what is confirmed: a visit
    still under way, perhaps a covert one, is nobody's news.
    """
    area = to.area(Permission.LEDGER_SEE, "division")
    joint = campaigns.joint_teams(to, Permission.CAMPAIGN_SEE)
    mine = Q(visit__inspection__team__in=campaigns.own_teams(to)) | Q(visit__inspection__team__in=joint)
    followed = to.area(Permission.ORDER_SEE, "division") | Q(body__in=to.hosts(Permission.ORDER_SEE))
    confirmed = Q(state=State.CONFIRMED) & followed
    return Finding.objects.filter(area | mine | confirmed).select_related(*RELATED).order_by("-pk")


def finding(pk: int, *, to: Standing) -> Finding:
    """Return a finding one may see. Raises NotFound."""
    found = visible(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def of_visit(visit: Visit) -> QuerySet[Finding]:
    """Return a visit's findings that were not withdrawn, in the order noted."""
    return Finding.objects.filter(visit=visit).exclude(state=State.WITHDRAWN).select_related(*RELATED).order_by("pk")


@dataclass(frozen=True)
class Ended:
    """A finished visit as plain values; `problem` None: nothing could be looked at."""

    visit: int
    site: int
    day: date
    outcome: str
    problem: bool | None
    score: int | None
    team: int
    embedded: bool
    extra: bool


def ended(*, known: QuerySet[Any], most: int = 2000) -> list[Ended]:
    """
    Return finished visits other than the `known` (a query of visit numbers), the earliest first, at most so many.

    Without those that a former ledger tells of, which were entered for their problems.
    """
    confirmed = Finding.objects.filter(visit=OuterRef("pk"), state=State.CONFIRMED)
    found = Visit.objects.filter(state=VisitState.CLOSED, inspection__team__imported=False).exclude(pk__in=known)
    found = found.annotate(problem=Exists(confirmed), day=territory.local_day("begun_at"))
    rows = found.order_by("pk").values_list(
        "pk", "site", "day", "outcome", "problem", "score", "inspection__team", "inspection__list", "inspection__extra",
        "extra",
    )[:most]  # fmt: skip
    return [
        Ended(
            visit, site, day, outcome, bool(problem) if outcome == Outcome.DONE else None, score, team,
            embedded=listed is None and not met, extra=extra or met,
        )
        for visit, site, day, outcome, problem, score, team, listed, met, extra in rows
    ]  # fmt: skip


def earlier_alike(finding: Finding) -> QuerySet[Finding]:
    """Return earlier confirmed findings of the same catalogue item at the same site: candidates for a recurrence."""
    alike = Finding.objects.filter(
        site__in=territory.site_family(finding.site), state=State.CONFIRMED, pk__lt=finding.pk
    )
    if finding.item is None:
        return alike.none()
    same_item = Q(item__number=finding.item.number, item__text=finding.item.text)
    return alike.filter(same_item, item__edition__rulebook=finding.item.edition.rulebook_id).order_by("-pk")


def recurrences(finding: Finding) -> QuerySet[Finding]:
    """Return the later findings that name this one as what came back."""
    again = Finding.objects.filter(recurrence_of=finding).exclude(state=State.WITHDRAWN)
    return again.select_related("visit").order_by("pk")


def photos(finding: Finding) -> QuerySet[Photo]:
    found = Photo.objects.filter(pk__in=finding.photos.values("photo"))
    return found.select_related("evidence__rendering").order_by("pk")


def photo(pk: int, *, to: Standing) -> Photo:
    """Return a photo attached to a finding one may see, unless it is marked. Raises NotFound."""
    shown = FindingPhoto.objects.filter(photo=pk, finding__in=visible(to=to).order_by().values("pk"))
    found = Photo.objects.filter(pk__in=shown.values("photo")).select_related(*fieldwork.OF_PHOTO).first()
    if found is None:
        raise NotFound
    custody.require(found.evidence, found.visit, to=to)
    return found


def earlier_at(visit: Visit) -> QuerySet[Finding]:
    """Return what was confirmed at the site before this visit, newest first: what a recurrence may name."""
    found = Finding.objects.filter(site__in=territory.site_family(visit.site), state=State.CONFIRMED).exclude(
        visit=visit
    )
    return found.select_related("item__edition__rulebook").order_by("-pk")
