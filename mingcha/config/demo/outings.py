"""A team's day: it opens its list, goes from site to site, answers the checklist, feeds back, returns."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mingcha.config.demo.agenda import same_day
from mingcha.config.demo.stage import Stage, made_up
from mingcha.config.demo.talk import CLEAN, SAID, WITH_FINDINGS
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.actions.outings import Given
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.fieldwork.states import Mode, Outcome
from mingcha.flow.rectifications import actions as rectifications
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.territory.models import Site

UNDER_WAY, BETWEEN = timedelta(minutes=35), timedelta(minutes=45)


@dataclass
class Plan:
    """What will happen at one site. `findings`: how many are noted; they are settled by the script."""

    mode: str = Mode.OVERT
    outcome: str = Outcome.DONE
    reason: str = ""
    findings: int = 0


class Script(Protocol):
    """How an office's visits go."""

    def plan(self, site: Site) -> Plan:
        """Return what happens at the next site."""

    def note(self, visit: Visit, plan: Plan, *, by: Person, at: datetime) -> None:
        """Note the plan's findings on the open visit."""

    def follow_up(self, visit: Visit, *, at: datetime) -> None:
        """Put down what is done about the findings once the visit is over."""


@dataclass
class WithoutFindings:
    """Visits whose findings the office did not report one by one: the checklist is filled in, nothing is noted."""

    stage: Stage
    made: int = field(default=0)

    def plan(self, site: Site) -> Plan:
        """Go openly and covertly by turns."""
        self.made += 1
        return Plan(mode=Mode.COVERT if self.made % 3 == 0 else Mode.OVERT)

    def note(self, visit: Visit, plan: Plan, *, by: Person, at: datetime) -> None:
        """Note nothing."""

    def follow_up(self, visit: Visit, *, at: datetime) -> None:
        """Nothing follows."""


def go_out(stage: Stage, sealed: SealedList, script: Script, *, at: datetime) -> None:
    """Put down the outing of the team that holds a sealed list; who writes for it is settled stop by stop."""
    team = sealed.team_id

    def depart(at: datetime) -> None:
        inspection = fieldwork.depart(sealed, by=stage.inspectors[team], at=at)
        start = at + timedelta(minutes=25)
        for stop in queries.stops(inspection):
            _call(stage, inspection, stop.site, script, at=start)
            start += BETWEEN
        stage.agenda.put(
            max(start, same_day(at, "16:30")),
            lambda at: fieldwork.return_team(inspection, by=stage.leaders[team], at=at),
        )

    stage.agenda.put(at, depart)


def _call(stage: Stage, inspection: Inspection, site: Site, script: Script, *, at: datetime) -> None:
    """Put down one visit: begun, answered, findings noted, fed back and closed."""

    def begin(at: datetime) -> None:
        plan, by = script.plan(site), stage.inspectors[inspection.team_id]
        visit = fieldwork.begin_visit(inspection, site=site, mode=plan.mode, by=by, at=at)
        go_through(stage, visit, plan, script, by=by, at=at)

    stage.agenda.put(at, begin)


def go_through(stage: Stage, visit: Visit, plan: Plan, script: Script, *, by: Person, at: datetime) -> None:
    """Put down what follows once a visit has begun."""
    if plan.outcome == Outcome.DONE:
        stage.agenda.put(at + timedelta(minutes=8), lambda at: _answer(stage, visit, plan, by=by, at=at))
        stage.agenda.put(at + timedelta(minutes=12), lambda at: script.note(visit, plan, by=by, at=at))
    stage.agenda.put(at + UNDER_WAY, lambda at: _close(visit, plan, script, by=by, at=at))


def _answer(stage: Stage, visit: Visit, plan: Plan, *, by: Person, at: datetime) -> None:
    """Fill in the checklist: as many fails as findings, some gaps between reported and verified, answers as given."""
    fails, given = plan.findings, []
    assert visit.checklist is not None  # begun here, with the form of its type
    for question in rulebook.questions(visit.checklist):
        if question.kind == "judge":
            given.append(Given(question.pk, verdict="fail" if fails > 0 else "pass"))
            fails -= 1
        elif question.kind == "count":
            reported = stage.chance.randint(12, 60)
            gap = stage.chance.choice((0, 2, 3, 5, 8, 11) if plan.findings > 1 else (0, 0, 0, 1, 2, 3))
            given.append(Given(question.pk, reported=reported, verified=reported + stage.chance.choice((-1, 1)) * gap))
        else:
            given.append(Given(question.pk, said=made_up(stage.chance.choice(SAID))))
    fieldwork.answer(visit, given=given, by=by, at=at)


def _close(visit: Visit, plan: Plan, script: Script, *, by: Person, at: datetime) -> None:
    done = plan.outcome == Outcome.DONE
    feedback = made_up(WITH_FINDINGS if plan.findings else CLEAN) if done else ""
    rectifications.close_visit(
        visit, outcome=plan.outcome, reason=made_up(plan.reason) if plan.reason else "", feedback=feedback,
        feedback_to="现场负责人" if done else "", by=by, at=at,
    )  # fmt: skip
    script.follow_up(visit, at=at)
