"""Counting leads and cases: what waits for one, and what an office has to report of a stretch of time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from mingcha.flow.referrals import queries
from mingcha.flow.referrals.models import Appeal, Clearance, Disposal, Disposition, FalseReport, Party
from mingcha.flow.referrals.states import (
    ONCE_DECIDED,
    UNDER_WAY,
    AppealState,
    CaseState,
    ClearanceState,
    DisposalState,
    DispositionState,
    PartyKind,
)
from mingcha.ground.accounts.queries import OFFICE_TIME, Standing


def waiting(*, to: Standing, at: datetime) -> dict[str, int]:
    """
    Return what waits for one: {"dispose", "late", "approve", "review", "case", "clear", "appeal"}.

    `approve`, `case`, `clear` and `appeal` leave out what one has begun oneself: that is for another hand.
    """
    seen, me = queries.leads(to=to), to.person
    open_ = queries.leads_in("open", to=to, at=at)
    proposed = Disposal.objects.filter(lead__in=seen.order_by().values("pk"), state=DisposalState.PROPOSED)
    proposed = proposed.filter(lead__state__in=UNDER_WAY).exclude(proposed_by=me)
    doubted = FalseReport.objects.filter(lead__in=seen.order_by().values("pk"), state__in=queries.OPEN_FALSE_REPORT)
    doubted = doubted.exclude(proposed_by=me).exclude(first_by=me)
    mine = queries.cases(to=to)
    clearances = Clearance.objects.filter(
        party__case__in=mine.order_by().values("pk"), state=ClearanceState.PROPOSED
    ).exclude(proposed_by=me)
    lodged = Appeal.objects.filter(
        disposition__party__case__in=mine.order_by().values("pk"), state=AppealState.LODGED
    ).exclude(lodged_by=me)
    lodged = lodged.exclude(disposition__recorded_by=me)
    return {
        "dispose": open_.count(), "late": open_.filter(due_at__lt=at).count(),
        "approve": proposed.count() + doubted.count(), "review": queries.to_review(to=to, at=at).count(),
        "case": mine.filter(state=CaseState.PROPOSED).exclude(proposed_by=me).count(), "clear": clearances.count(), "appeal": lodged.count(),
    }  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """
    Leads registered and what was decided, within a stretch of time, each as word → count; months as "2021-10".

    `people` and `organisations`: parties about whom something was decided, each once, however much was decided.
    """

    by_state: dict[str, int]
    by_kind: dict[str, int]
    by_source: dict[str, int]
    by_month: dict[str, int]
    decided: dict[str, int]
    forms: dict[str, int]
    people: int
    organisations: int


def figures(*, to: Standing, since: datetime, until: datetime) -> Figures:
    """Count the leads registered from `since` up to, not with, `until`, and the dispositions decided on those days."""
    found = queries.leads(to=to).order_by().filter(registered_at__gte=since, registered_at__lt=until)
    first, last = (moment.astimezone(OFFICE_TIME).date() for moment in (since, until))
    seen = queries.cases(to=to).order_by().values("pk")
    given = Disposition.objects.filter(
        party__case__in=seen, state__in=ONCE_DECIDED, decided_on__gte=first, decided_on__lt=last
    )
    parties = Party.objects.filter(pk__in=given.exclude(state=DispositionState.REVOKED).values("party"))
    months = found.annotate(month=TruncMonth("registered_at", tzinfo=OFFICE_TIME)).values_list("month")
    return Figures(
        by_state=_counted(found, "state"), by_kind=_counted(found, "kind"), by_source=_counted(found, "source"),
        by_month={f"{month:%Y-%m}": n for month, n in months.annotate(n=Count("pk")).order_by("month")},
        decided=_counted(given, "kind"), forms=_counted(given.exclude(form=""), "form"),
        people=parties.filter(kind=PartyKind.PERSON).count(),
        organisations=parties.filter(kind=PartyKind.ORGANISATION).count(),
    )  # fmt: skip


def _counted(found: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(found.order_by(column).values_list(column).annotate(n=Count("pk")))
