"""A team's day: depart, visit, answer, photograph, close, return."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.db import IntegrityError, transaction

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.campaigns.actions import teams
from mingcha.flow.campaigns.models import Team
from mingcha.flow.campaigns.states import Duty
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws import queries as draw_queries
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.models import Answer, Inspection, InspectionTownship, Photo, Stop, Visit
from mingcha.flow.fieldwork.states import ACTS, VISIT_ACTS, Mode, Outcome, State, VisitState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.evidence import actions as evidence
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.territory.models import Site
from mingcha.kernel.refusals import Refusal


class Recused(Refusal):
    message: ClassVar[str] = "您对“%(site)s”应当回避（%(why)s），请由本组其他人检查。"
    status: ClassVar[int] = 403


class CannotJoin(Refusal):
    # Never which unit: the list may still be sealed.
    message: ClassVar[str] = "%(name)s 对本组这次可能去的地方有回避事项，现在不能编入。请换人，或等这次检查收队。"


class StillOut(Refusal):
    message: ClassVar[str] = "“%(team)s”还有没启封的清单或没收队的检查，办完再解散。"


class OutsideTheRound(Refusal):
    message: ClassVar[str] = "“%(site)s”不在这次抽签的清单里，不能在这里登记检查。请从清单中选择点位。"
    status: ClassVar[int] = 422


class AlreadyVisited(Refusal):
    message: ClassVar[str] = "“%(site)s”这次已经有检查记录，请打开那一条继续。"


class NoChecklist(Refusal):
    message: ClassVar[str] = "“%(type)s”还没有检查表，请联系本单位发布后再检查。"


class VisitOver(Refusal):
    message: ClassVar[str] = "这次检查已经结束，内容不能再改。"


class TeamReturned(Refusal):
    message: ClassVar[str] = "检查组已经收队，不能再登记。"


class VisitsStillOpen(Refusal):
    message: ClassVar[str] = "还有 %(count)s 处检查没有结束，请先结束再收队。"


class UnvisitedUnexplained(Refusal):
    message: ClassVar[str] = "还有 %(count)s 个抽中的点位没有去，请写明原因再收队。"
    status: ClassVar[int] = 422


class ReasonMissing(Refusal):
    message: ClassVar[str] = "没有完成检查时要写明原因（如：拒绝入内、关门停业）。"
    status: ClassVar[int] = 422


class NotOfThisChecklist(Refusal):
    message: ClassVar[str] = "题目不属于这份检查表，请刷新页面后重填。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Given:
    """One answer: a verdict (pass, fail, na), a pair of counts, or what was said; what does not apply stays empty."""

    question: int
    verdict: str = ""
    reported: int | None = None
    verified: int | None = None
    said: str = ""


@transaction.atomic
def depart(sealed: SealedList, *, by: Person, at: datetime) -> Inspection:
    """Open the team's list and begin its outing (次): one act. Raises what `draws.open_list` raises."""
    draws.open_list(sealed, by=by, at=at)
    listed = draw_queries.opened(sealed)
    inspection = Inspection.objects.create(
        campaign=sealed.round.campaign, office=sealed.round.office, team=sealed.team, list=sealed, day=sealed.day,
        departed_at=at, departed_by=by, **_signers(listed.pair),
    )  # fmt: skip
    sites = {site.code: site for site in Site.objects.filter(code__in=listed.codes).select_related("division")}
    Stop.objects.bulk_create(
        Stop(
            inspection=inspection, site=sites[each.site], position=n,
            arrives_at=moment(sealed.day, each.arrives), leaves_at=moment(sealed.day, each.leaves),
        )
        for n, each in enumerate(listed.stops, start=1)
    )  # fmt: skip
    townships = sorted({site.division.township_code for site in sites.values()} - {""})
    InspectionTownship.objects.bulk_create(
        InspectionTownship(inspection=inspection, township_id=code) for code in townships
    )
    _record("inspection.depart", inspection, by=by, at=at, detail={"stops": len(listed.stops), "townships": townships})
    return inspection


def _signers(pair: Sequence[str]) -> dict[str, Person]:
    people = {person.username: person for person in Person.objects.filter(username__in=pair)}
    return {column: people[name] for column, name in zip(("signer", "cosigner"), pair, strict=False)}


def moment(day: date, minutes: float | None) -> datetime | None:
    """Return the moment so many minutes into a local day; None for None."""
    if minutes is None:
        return None
    return datetime.combine(day, time(), tzinfo=accounts.OFFICE_TIME) + timedelta(minutes=minutes)


@transaction.atomic
def begin_visit(inspection: Inspection, *, site: Site, mode: str, by: Person, at: datetime) -> Visit:
    """
    Begin a visit to a drawn site, openly or covertly.

    Raises OutsideTheRound, Recused, AlreadyVisited, NoChecklist.
    """
    require_team(inspection, by=by, at=at)
    # Locked until commit: a team cannot return while a visit of its begins, nor the reverse.
    if Inspection.objects.select_for_update().values_list("state", flat=True).get(pk=inspection.pk) != State.OUT:
        raise TeamReturned
    if not inspection.stops.filter(site=site, out_at=None).exists():
        raise OutsideTheRound(site=site.name)
    _require_clear(site, by=by, at=at)
    return _begin(inspection, site, mode, drawn=True, by=by, at=at)


@transaction.atomic
def begin_unlisted(inspection: Inspection, *, site: Site, by: Person, at: datetime) -> Visit:
    """Begin a visit that no lot drew: embedded supervision, always open. Raises Recused, AlreadyVisited, NoChecklist."""
    require_team(inspection, by=by, at=at)
    _require_clear(site, by=by, at=at, embedded=True)
    return _begin(inspection, site, Mode.OVERT, drawn=False, by=by, at=at)


def _begin(inspection: Inspection, site: Site, mode: str, *, drawn: bool, by: Person, at: datetime) -> Visit:
    checklist = rulebook.current_checklist(site.type_id, place=site.division_id)
    if checklist is None:
        raise NoChecklist(type=site.type.name)
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                inspection=inspection, site=site, checklist=checklist, mode=Mode(mode), drawn=drawn, begun_at=at,
                begun_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyVisited(site=site.name) from error
    _record("visit.begin", inspection, by=by, at=at, detail={"visit": visit.pk, "site": site.code, "mode": mode})
    return visit


@transaction.atomic
def answer(visit: Visit, *, given: Sequence[Given], by: Person, at: datetime) -> None:
    """Keep the answers as they stand now; may be done again until the visit is closed. Raises VisitOver."""
    require_open(visit, by=by, at=at)
    assert visit.checklist is not None  # only what an old ledger told has none, and that is closed
    known = set(visit.checklist.questions.values_list("pk", flat=True))
    if not {g.question for g in given} <= known:
        raise NotOfThisChecklist
    Answer.objects.bulk_create(
        [
            Answer(
                visit=visit, question_id=g.question, verdict=g.verdict, reported=g.reported, verified=g.verified,
                said=g.said,
            )
            for g in given
        ],
        update_conflicts=True,
        unique_fields=["visit", "question"],
        update_fields=["verdict", "reported", "verified", "said"],
    )  # fmt: skip
    _record("visit.answer", visit.inspection, by=by, at=at, detail={"visit": visit.pk, "answers": len(given)})


@transaction.atomic
def add_photo(visit: Visit, *, content: bytes, name: str, caption: str = "", by: Person, at: datetime) -> Photo:
    """Keep a photo with the visit. Raises VisitOver, NotEvidence, FileTooLarge."""
    require_open(visit, by=by, at=at)
    kept = evidence.keep(content, name=name, place=visit.site.name, by=by, at=at)
    photo = Photo.objects.create(visit=visit, evidence=kept, caption=caption)
    _record("visit.photo", visit.inspection, by=by, at=at, detail={"visit": visit.pk, "sha256": kept.sha256})
    return photo


@transaction.atomic
def add_photos(
    visit: Visit, *, files: Iterable[tuple[str, bytes]], caption: str = "", by: Person, at: datetime
) -> tuple[list[Photo], list[Refusal]]:
    """
    Keep several photos, given as (file name, bytes); return those kept, and what was said of the others.

    One bad file does not cost the good ones: they may exist nowhere else. Raises VisitOver.
    """
    require_open(visit, by=by, at=at)
    kept: list[Photo] = []
    refused: list[Refusal] = []
    for name, content in files:
        try:
            kept.append(add_photo(visit, content=content, name=name, caption=caption, by=by, at=at))
        except (evidence.NotEvidence, evidence.FileTooLarge) as refusal:
            refused.append(refusal)
    return kept, refused


@transaction.atomic
def close_visit(
    visit: Visit, *, outcome: str, reason: str = "", feedback: str = "", feedback_to: str = "", by: Person, at: datetime
) -> None:
    """
    End a visit with its outcome and what was fed back on the spot; findings are confirmed by this hand.

    Raises Recused, VisitOver, ReasonMissing.
    """
    require_team(visit.inspection, by=by, at=at)
    _require_clear(visit.site, by=by, at=at, embedded=visit.inspection.embedded)
    if outcome != Outcome.DONE and not reason.strip():
        raise ReasonMissing
    start, end = VISIT_ACTS["close"]
    moved = Visit.objects.filter(pk=visit.pk, state=start).update(
        state=end, outcome=Outcome(outcome), reason=reason, feedback=feedback, feedback_to=feedback_to,
        closed_at=at, closed_by=by,
    )  # fmt: skip
    if not moved:
        raise VisitOver
    visit.refresh_from_db()
    _record("visit.close", visit.inspection, by=by, at=at, detail={"visit": visit.pk, "outcome": outcome})


@transaction.atomic
def return_team(inspection: Inspection, *, reason: str = "", by: Person, at: datetime) -> None:
    """
    End the outing; drawn sites that were not visited need a reason, for they count against the lot.

    Raises VisitsStillOpen, UnvisitedUnexplained, TeamReturned.
    """
    require_team(inspection, by=by, at=at)
    Inspection.objects.select_for_update().get(pk=inspection.pk)
    still_open = inspection.visits.filter(state=VisitState.BEGUN).count()
    if still_open:
        raise VisitsStillOpen(count=still_open)
    missed = queries.unvisited(inspection)
    if missed and not reason.strip():
        raise UnvisitedUnexplained(count=missed)
    start, end = ACTS["return"]
    why = reason.strip()[:200] if missed else ""
    if not Inspection.objects.filter(pk=inspection.pk, state=start).update(
        state=end, returned_at=at, unvisited_reason=why
    ):
        raise TeamReturned
    _record("inspection.return", inspection, by=by, at=at, detail={"unvisited": missed})


def require_open(visit: Visit, *, by: Person, at: datetime) -> None:
    """Refuse who is not of the visit's team or must stay away from its site, and any change once it is closed."""
    require_team(visit.inspection, by=by, at=at)
    _require_clear(visit.site, by=by, at=at, embedded=visit.inspection.embedded)
    # Locked until commit, so that nothing slips in behind a close that is under way.
    if Visit.objects.select_for_update().values_list("state", flat=True).get(pk=visit.pk) != VisitState.BEGUN:
        raise VisitOver


def require_team(inspection: Inspection, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, Permission.VISIT_MAKE, at=at)
    if not campaigns.goes_out_with(inspection.team, to=standing):
        raise accounts.NotFound


def _require_clear(site: Site, *, by: Person, at: datetime, embedded: bool = False) -> None:
    # A group is tied to its host, and yet supervises it from within; only what is personal keeps it away there.
    kinds = ties.PERSONAL if embedded else tuple(ties.TieKind)
    tie = ties.ties([by.pk], at=at).between(by.pk, ties.subject_of(site), kinds=kinds)
    if tie is not None:
        raise Recused(site=site.name, why=f"{tie.label}：{tie.name}")


@transaction.atomic
def join_team(team: Team, *, person: Person, duty: str = Duty.MEMBER, by: Person, at: datetime) -> None:
    """
    Add someone to a team whose lists or outings may be out: they must be clear of whatever the team may visit.

    A sealed list is not looked into: they must be clear of everything the team could have been given.
    Raises CannotJoin, and what `teams.join` raises.
    """
    accounts.require(by, Permission.TEAM_FORM, at=at, division=team.office.division_id)
    campaign_actions.require_open(team.campaign)  # locks the campaign first, as a draw does: no deadlock with one
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)  # neither drawn for nor opened meanwhile
    found = ties.ties([person.pk], at=at)
    tied = any(draw_queries.newly_tied(sealed, [person], at=at) for sealed in draw_queries.sealed_lists(team, at=at))
    for stop in Stop.objects.filter(inspection__team=team, inspection__state=State.OUT).select_related("site"):
        tied = tied or found.between(person.pk, ties.subject_of(stop.site)) is not None
    if tied:
        raise CannotJoin(name=person.name)
    teams.join(team, person=person, duty=duty, by=by, at=at)


@transaction.atomic
def disband_team(team: Team, *, reason: str = "", by: Person, at: datetime) -> None:
    """End a team once nothing of it is out. Raises StillOut, and what `teams.disband` raises."""
    accounts.require(by, Permission.TEAM_FORM, at=at, division=team.office.division_id)
    campaign_actions.require_open(team.campaign)
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    out = Inspection.objects.filter(team=team, state=State.OUT).exists()
    if out or draw_queries.sealed_lists(team, at=at).exists():
        raise StillOut(team=team.name)
    teams.disband(team, reason=reason, by=by, at=at)


def _record(
    verb: str, inspection: Inspection, *, by: Person, at: datetime, detail: dict[str, object] | None = None
) -> None:
    audit.record(
        verb, kind="inspection", key=inspection.pk, by=by, at=at, division=inspection.office.division_id,
        body=inspection.office_id, detail=detail,
    )  # fmt: skip
