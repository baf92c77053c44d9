"""Visits that a former ledger tells of: over, drawn by no lot, counted nowhere; they carry what was found there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mingcha.flow.campaigns.models import Team
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.fieldwork.states import Mode, Outcome, State, VisitState
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Site


@dataclass(frozen=True)
class Told:
    """A site where something was found, when, and whether unannounced."""

    site: Site
    at: datetime
    covert: bool

    @property
    def key(self) -> tuple[int, str]:
        return self.site.pk, self.at.astimezone(OFFICE_TIME).date().isoformat()


def take_over(team: Team, *, told: Iterable[Told], by: Person, at: datetime) -> dict[tuple[int, str], Visit]:
    """
    Return (site id, ISO day) → the visit that stands for what was found there on that day; `team` is an imported one.

    No checklist: a ledger tells of problems, not of what was asked. Within the caller's transaction.
    """
    assert team.imported
    wanted = {each.key: each for each in told}
    days = sorted({each.at.astimezone(OFFICE_TIME).date() for each in wanted.values()})
    known = Visit.objects.filter(inspection__team=team, inspection__day__in=days).select_related("inspection")
    found = {(visit.site_id, visit.inspection.day.isoformat()): visit for visit in known}
    outings = {outing.day.isoformat(): outing for outing in Inspection.objects.filter(team=team, day__in=days)}
    for key in sorted(wanted.keys() - found.keys(), key=lambda key: (key[1], key[0])):
        each = wanted[key]
        outing = outings.get(key[1]) or _outing(team, each.at, by=by, at=at)
        outings[key[1]] = outing
        found[key] = Visit(
            inspection=outing, site=each.site, checklist=None, mode=Mode.COVERT if each.covert else Mode.OVERT,
            state=VisitState.CLOSED, outcome=Outcome.DONE, drawn=False, extra=True, begun_at=each.at, begun_by=by,
            closed_at=each.at, closed_by=by,
        )  # fmt: skip
    Visit.objects.bulk_create([visit for visit in found.values() if visit.pk is None], batch_size=500)
    return found


def _outing(team: Team, began: datetime, *, by: Person, at: datetime) -> Inspection:
    made = Inspection.objects.create(
        campaign=team.campaign, office=team.office, team=team, day=began.astimezone(OFFICE_TIME).date(), extra=True,
        state=State.BACK, departed_at=began, departed_by=by, returned_at=began,
    )  # fmt: skip
    audit.record(
        "inspection.take_over", kind="inspection", key=made.pk, by=by, at=at, division=team.office.division_id,
        body=team.office_id,
    )  # fmt: skip
    return made
