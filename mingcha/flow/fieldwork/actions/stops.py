"""What becomes of a stop on the way: struck out and replaced by rank, or given to another team by a dispatcher."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws.actions import replacing
from mingcha.flow.draws.models import SealedList
from mingcha.flow.fieldwork import pacing, queries
from mingcha.flow.fieldwork.actions import outings
from mingcha.flow.fieldwork.models import HandOver, Inspection, InspectionTownship, Stop, Visit
from mingcha.flow.fieldwork.states import Concern, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Site
from mingcha.kernel.refusals import Refusal
from mingcha.kernel.routing import Plan


class ReasonNeeded(Refusal):
    message: ClassVar[str] = "请写明为什么移交，它会记录在案。"
    status: ClassVar[int] = 422


class AlreadySettled(Refusal):
    message: ClassVar[str] = "“%(site)s”已经开始检查、已划去或已移交，请刷新后再看。"


class SameTeam(Refusal):
    message: ClassVar[str] = "“%(site)s”本来就在这个组，请另选一个组。"
    status: ClassVar[int] = 422


class TeamRecused(Refusal):
    message: ClassVar[str] = "%(team)s 有人对“%(site)s”应当回避，不能移交给这个组，请另选一个组。"


class Unconfirmed(Refusal):
    """What speaks against it stands in `concerns`; a dispatcher may confirm it."""

    message: ClassVar[str] = "移交后有不合适的地方，请看清列出的几项；仍要移交的，请勾选确认后再提交。"

    def __init__(self, concerns: Sequence[Concern]) -> None:
        super().__init__()
        self.concerns = tuple(concerns)


@transaction.atomic
def replace(stop: Stop, *, reason: str, by: Person, at: datetime) -> Stop | None:
    """
    Strike out a stop that cannot be visited, and put the next by rank of its stratum at the end; None where none is left.

    Raises NotFound to who is not of the team, AlreadySettled, TeamReturned, and what `replacing.replace` raises.
    """
    outings.require_team(stop.inspection, by=by, at=at)
    (inspection,) = _held([stop.inspection_id])
    held = _unsettled(stop, inspection)
    origin, going = _origin(held), inspection.list
    assert going is not None  # what has stops has a list
    site = replacing.replace(origin, out=held.site, reason=reason, going=going, by=by, at=at)
    Stop.objects.filter(pk=held.pk, out_at=None).update(out_at=at, out_reason=reason.strip()[:200])
    _changed([inspection])
    if site is None:
        return None
    last = inspection.stops.aggregate(last=Max("position"))["last"]
    fresh = Stop.objects.create(inspection=inspection, site=site, position=last + 1, replaces=held)
    _covers(inspection, site)
    if held.arrives_at is not None:
        day = pacing.afternoon([inspection], {inspection.pk: list(queries.owed(inspection))}, at=at)
        _keep(inspection, day.paced({inspection.pk: [each.site.code for each in queries.owed(inspection)]}))
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def hand_over(
    stop: Stop, *, to: Inspection, reason: str, confirmed: bool = False, by: Person, at: datetime
) -> HandOver:
    """
    Give a stop of an opened list to another team of the round that is out, as a dispatcher; it is checked anew.

    A recusal forbids it; hours that would not be kept must be confirmed. It counts as an override of the lot.
    Raises NotFound, ReasonNeeded, SameTeam, AlreadySettled, TeamReturned, TeamRecused, Unconfirmed.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=stop.inspection.office.division_id)
    if not reason.strip():
        raise ReasonNeeded
    if to.pk == stop.inspection_id:
        raise SameTeam(site=stop.site.name)
    outs = {each.pk: each for each in _held([stop.inspection_id, to.pk])}
    giver, taker = outs[stop.inspection_id], outs[to.pk]
    if giver.list is None or taker.list is None or giver.list.round_id != taker.list.round_id:
        raise accounts.NotFound
    held = _unsettled(stop, giver)
    ahead = {each.pk: [s for s in queries.owed(each) if s.pk != held.pk] for each in (giver, taker)}
    day = pacing.afternoon([giver, taker], {**ahead, taker.pk: [*ahead[taker.pk], held]}, at=at)
    orders = {pk: [s.site.code for s in each] for pk, each in ahead.items()}
    orders[taker.pk] = day.fitted(taker.pk, orders[taker.pk], held.site.code)
    plan = day.paced(orders)
    despite = _concerns(day, plan, held, taker)
    if despite and not confirmed:
        raise Unconfirmed(despite)
    Stop.objects.filter(pk=held.pk, inspection=giver, out_at=None).update(inspection=taker)
    for each in (giver, taker):
        _keep(each, plan)
    _changed([giver, taker])
    _covers(taker, held.site)
    made = HandOver.objects.create(
        stop=held, giver=giver, taker=taker, reason=reason.strip()[:200], despite=[str(c.value) for c in despite],
        made_at=at, made_by=by,
    )  # fmt: skip
    _tell(made, by=by, at=at)
    return made


def _concerns(day: pacing.Afternoon, plan: Plan, stop: Stop, taker: Inspection) -> list[Concern]:
    """Return what speaks against it, once each. Raises TeamRecused."""
    wrong = [each for each in day.wrong(plan) if each.crew in ("", str(taker.pk))]
    if any(each.check == "recusals" and each.stop == stop.site.code for each in wrong):
        raise TeamRecused(team=taker.team.name, site=stop.site.name)
    return [concern for concern in Concern if any(each.check == concern.value for each in wrong)]


def _tell(made: HandOver, *, by: Person, at: datetime) -> None:
    giver, taker, stop = made.giver, made.taker, made.stop
    audit.record(
        "stop.hand_over", kind="inspection", key=taker.pk, by=by, at=at, division=taker.office.division_id,
        body=taker.office_id, detail={
            "site": stop.site.code, "from": giver.team.name, "to": taker.team.name, "reason": made.reason,
            "despite": made.despite,
        },
    )  # fmt: skip
    for outing in (giver, taker):
        people = [member.person for member in campaigns.present(outing.team)]
        subject = f"{gettext_noop('清单有调整')}：{outing.team.name}"
        notices.send(to=people, subject=subject, link=f"/field/inspections/{outing.pk}/", at=at)


def _held(pks: Sequence[int]) -> list[Inspection]:
    """Return outings locked until commit, in the order of their ids. Raises TeamReturned."""
    found = Inspection.objects.select_for_update(of=["self"]).filter(pk__in=pks)
    held = list(found.select_related("team", "office", "list__round__office").order_by("pk"))
    if any(each.state != State.OUT for each in held):
        raise outings.TeamReturned
    return held


def _unsettled(stop: Stop, inspection: Inspection) -> Stop:
    """Return the stop as it is now, still to be visited by that team. Raises AlreadySettled."""
    visited = Visit.objects.filter(inspection=inspection, site=stop.site_id).exists()
    held = inspection.stops.filter(pk=stop.pk, out_at=None).select_related("site__type", "site__division").first()
    if visited or held is None:
        raise AlreadySettled(site=stop.site.name)
    return held


def _origin(stop: Stop) -> SealedList:
    """Return the list that the lot put a stop on, or what it replaced, before any dispatcher moved it."""
    moved = HandOver.objects.filter(stop=stop).select_related("giver__list").order_by("pk").first()
    if moved is None and stop.replaces is not None:
        return _origin(stop.replaces)
    found = (moved.giver if moved else stop.inspection).list
    assert found is not None
    return found


def _changed(held: Sequence[Inspection]) -> None:
    Inspection.objects.filter(pk__in=[each.pk for each in held]).update(changes=F("changes") + 1)


def _covers(inspection: Inspection, site: Site) -> None:
    code = site.division.township_code
    if code and not inspection.townships.filter(township=code).exists():
        InspectionTownship.objects.create(inspection=inspection, township_id=code)


def _keep(inspection: Inspection, plan: Plan) -> None:
    """Put the stops ahead in the plan's order, behind what is settled; with its times, where the list had any."""
    ahead = {stop.site.code: stop for stop in queries.owed(inspection)}
    settled = inspection.stops.exclude(pk__in=[stop.pk for stop in ahead.values()])
    first = (settled.aggregate(last=Max("position"))["last"] or 0) + 1
    timed = inspection.stops.exclude(arrives_at=None).exists()
    for position, leg in enumerate(plan.routes[str(inspection.pk)], start=first):
        begins, ends = leg.minutes
        times = {
            "arrives_at": outings.moment(inspection.day, begins), "leaves_at": outings.moment(inspection.day, ends),
        } if timed else {}  # fmt: skip
        Stop.objects.filter(pk=ahead[leg.stop].pk).update(position=position, **times)
