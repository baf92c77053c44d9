"""Taking finished visits, handed back by value from the rooms that come later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mingcha.flow.draws.models import PastOutcome
from mingcha.flow.draws.states import Source
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.actions import Actor


@dataclass(frozen=True)
class Outcome:
    """One finished visit: `visit`, `site` and `team` by number; see `PastOutcome`."""

    visit: int
    site: int
    day: date
    problem: bool | None
    team: int
    score: int | None = None
    source: str = Source.DRAWN
    counts: bool = True


@transaction.atomic
def take(rows: Sequence[Outcome], *, by: Actor, at: datetime) -> int:
    """Take visits that are not on record yet, and return how many; a finished visit never changes. Safe to do twice."""
    known = set(PastOutcome.objects.filter(visit__in=[row.visit for row in rows]).values_list("visit", flat=True))
    fresh = [
        PastOutcome(
            visit=row.visit, site_id=row.site, day=row.day, problem=row.problem, score=row.score, team=row.team,
            source=Source(row.source), counts=row.counts, taken_at=at,
        )
        for row in rows
        if row.visit not in known
    ]  # fmt: skip
    # Another worker may have handed over the same ones since they were looked at.
    PastOutcome.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    if fresh:
        audit.record("score.take_history", kind="scores", key="history", by=by, at=at, detail={"visits": len(fresh)})
    return len(fresh)
