"""Holding a round: commit a seed, freeze the register, draw, open at departure, reveal for all to verify."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws import queries
from mingcha.flow.draws.models import FrameSite, Round, SealedList
from mingcha.flow.draws.states import ACTS, LIST_ACTS, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import lots, sealing
from mingcha.kernel.refusals import Refusal


class RoundMoved(Refusal):
    message: ClassVar[str] = "这一轮的状态刚刚变了（可能别人已办过这一步），请刷新后再看。"


class RegisterEmpty(Refusal):
    message: ClassVar[str] = "选定范围内没有在册点位：请先登记或导入点位。"
    status: ClassVar[int] = 422


class NoTeams(Refusal):
    message: ClassVar[str] = "还没有检查组：请先组成检查组，再抽签。"
    status: ClassVar[int] = 422


class DepartureInThePast(Refusal):
    message: ClassVar[str] = "出发时间已经过去，请填现在或以后的时间。"
    status: ClassVar[int] = 422


class OutsideThePeriod(Refusal):
    message: ClassVar[str] = "检查日期不在任务时段内（%(first)s 至 %(last)s），请改日期。"
    status: ClassVar[int] = 422


class NotYetDeparted(Refusal):
    message: ClassVar[str] = "清单要到出发时间才能启封：%(time)s 后再来。"


class AlreadyOpened(Refusal):
    message: ClassVar[str] = "这份清单已经启封，请从“我的检查”进入。"


class DrewItYourself(Refusal):
    message: ClassVar[str] = "抽签的人不能启封清单，请由检查组其他成员启封。"
    status: ClassVar[int] = 403


class NewlyRecused(Refusal):
    # Never which unit: that would tell what the list may hold.
    message: ClassVar[str] = "%(name)s 在抽签以后有了新的回避事项，这份清单不能由本组现有人员启封：请先调整组员。"


class RoundRevealed(Refusal):
    message: ClassVar[str] = "这一轮已经公开，没有启封的清单已作废。"


class ListsStillSealed(Refusal):
    message: ClassVar[str] = "还有清单没有启封，现在公开会泄露去向。全部启封或检查日期过后再公开。"


@transaction.atomic
def begin(campaign: Campaign, *, office: Body, by: Person, at: datetime) -> Round:
    """
    Begin a round by committing to a seed.

    The commitment is on record before the frame exists: the register cannot be bent to a seed nobody can read,
    nor the seed chosen to suit the register. (A second secret and a public value come with their own issue.)
    Raises NotFound, CampaignOver, RoundMoved where somebody begins the same round at the same moment.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=office.division_id)
    if campaigns.office_of(campaign, office.code) is None:
        raise accounts.NotFound
    campaign_actions.require_open(campaign)
    last = Round.objects.filter(campaign=campaign, office=office).aggregate(last=Max("number"))["last"] or 0
    seed = sealing.new_key()
    about = f"seed/{campaign.slug}/{office.code}/{last + 1}"
    try:
        with transaction.atomic():
            round = Round.objects.create(
                campaign=campaign, office=office, number=last + 1, commitment=lots.commitment(seed),
                seed_box=sealing.seal(seed, key=settings.MINGCHA_SEALING_KEY, about=about), begun_at=at, begun_by=by,
            )  # fmt: skip
    except IntegrityError as error:  # someone else has just begun the round of that number
        raise RoundMoved from error
    _record("round.begin", round, by=by, at=at, detail={"commitment": round.commitment})
    return round


@transaction.atomic
def freeze(round: Round, *, site_types: Sequence[str] = (), by: Person, at: datetime) -> int:
    """
    Freeze the register as it stands, of the given site types or all; return how many sites.

    Raises CampaignOver, RegisterEmpty, RoundMoved.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=round.office.division_id)
    campaign_actions.require_open(round.campaign)
    found = Site.objects.filter(division__code__startswith=round.office.division_id, active=True)
    if site_types:
        found = found.filter(type__in=site_types)
    groups = territory.groups(round.office.division_id)
    sites = list(found.select_related("type", "division").order_by("code"))
    if not sites:
        raise RegisterEmpty
    frame = [
        FrameSite(
            round=round, site=site, stratum=territory.stratum_of(site, groups), township=site.division.township_code
        )
        for site in sites
    ]
    frame_hash = lots.frame_hash(lots.Candidate(f.site.code, f.stratum) for f in frame)
    _move(round, "freeze", frozen_at=at, frame_hash=frame_hash)
    FrameSite.objects.bulk_create(frame)
    _record("round.freeze", round, by=by, at=at, detail={"sites": len(frame), "frame_hash": frame_hash})
    return len(frame)


@transaction.atomic
def draw(
    round: Round, *, n: int, day: date, departs_at: datetime, teams: Sequence[Team], by: Person, at: datetime
) -> None:
    """
    Draw n sites and seal each team's list until departure.

    1. Every site of the frame has the same chance n/N; strata get their share by ticketed rounding.
    2. Drawn sites are shared among the teams whose stretch covers them, by tickets of the same seed; a team is barred
       where a member is tied to the site (回避: `accounts.ties`). Where no stretch covers a township, any may be sent.
    3. Each list goes into a box under a key kept outside the database. Nothing else of the result is stored: it
       follows from the seed, and the seed is in its own box. Not even the count of a stratum: where a stratum is one
       site, its count is the site.

    Raises CampaignOver, DepartureInThePast, OutsideThePeriod (a draw cannot be held again, and nobody would open such
    lists), NoTeams, TooFew and TooMany of `lots`, NotFound for a team of another office or one disbanded, RoundMoved.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=round.office.division_id)
    campaign_actions.require_open(round.campaign)
    if departs_at < at:
        raise DepartureInThePast
    first, last = round.campaign.starts_on, round.campaign.ends_on
    if not first <= day <= last:
        raise OutsideThePeriod(first=first.isoformat(), last=last.isoformat())
    if not teams:
        raise NoTeams
    if any((team.campaign_id, team.office_id) != (round.campaign_id, round.office_id) for team in teams):
        raise accounts.NotFound
    # Locked until commit: whoever joins meanwhile waits, and is then held against the lists that exist.
    teams = list(dict.fromkeys(teams))
    locked = Team.objects.select_for_update(no_key=True).filter(pk__in=[team.pk for team in teams]).order_by("pk")
    if any(team.disbanded_at is not None for team in locked):  # nobody could open its list
        raise accounts.NotFound
    seed = _seed(round)
    drawn = lots.draw(queries.candidates(round), n=n, seed=seed)
    taken = {ticket.site for ticket in drawn.tickets if ticket.drawn}
    barred = queries.barred(round, teams, at=at)
    shares = _share(round, taken, teams, barred, seed=seed)
    _move(round, "draw", n=n, drawn_at=at, drawn_by=by, unassigned=len(shares.unplaced))
    for team in teams:
        _seal_list(
            round, team, shares.by_team.get(str(team.pk), ()), day=day, departs_at=departs_at, at=at,
            reach=_reach(round, team, teams), barred=sorted(barred[team.pk]),
        )  # fmt: skip
    _record("round.draw", round, by=by, at=at, detail={"n": n, "teams": len(teams), "unassigned": len(shares.unplaced)})


def _share(
    round: Round, taken: set[str], teams: Sequence[Team], barred: Mapping[int, set[str]], *, seed: bytes
) -> lots.Shares:
    sites = round.frame.filter(site__code__in=taken).select_related("site__division")
    where = {frozen.site.code: frozen.lies_in for frozen in sites}
    covers = {str(team.pk): [s.township_id for s in team.stretch.all()] for team in teams}
    reached = {township for townships in covers.values() for township in townships}
    for township in set(where.values()) - reached:
        for townships in covers.values():
            townships.append(township)
    away = {(str(team), site) for team, sites in barred.items() for site in sites if site in taken}
    return lots.share(where, list(covers), seed=seed, frame_hash=round.frame_hash, covers=covers, barred=away)


def _reach(round: Round, team: Team, teams: Sequence[Team]) -> list[str]:
    """Return the townships a team could be sent to: its stretch, and what lies in nobody's stretch."""
    covered = {stretch.township_id for each in teams for stretch in each.stretch.all()}
    whole = {frozen.lies_in for frozen in round.frame.select_related("site__division")}
    return sorted({stretch.township_id for stretch in team.stretch.all()} | (whole - covered))


def _seal_list(
    round: Round, team: Team, sites: Sequence[str], *, day: date, departs_at: datetime, at: datetime,
    reach: list[str], barred: list[str],
) -> None:  # fmt: skip
    if not sites:
        return
    box = sealing.seal(
        json.dumps(list(sites)).encode(), key=settings.MINGCHA_SEALING_KEY, about=f"list/{round.pk}/{team.pk}"
    )
    sealed = SealedList.objects.create(
        round=round, team=team, day=day, departs_at=departs_at, count=len(sites), box=box, reach=reach,
        barred=barred,
    )  # fmt: skip
    people = [member.person for member in campaigns.present(team)]
    notices.send(
        to=people, subject=f"{gettext_noop('密封清单')}：{team.name}", link=f"/field/lists/{sealed.pk}/", at=at
    )


@transaction.atomic
def open_list(sealed: SealedList, *, by: Person, at: datetime) -> list[str]:
    """
    Open a team's list at departure: an act on record. Return the codes of its sites in order.

    Raises NotFound to who is not of the team, DrewItYourself, NotYetDeparted, NewlyRecused, RoundRevealed,
    AlreadyOpened.
    """
    standing = accounts.require(by, Permission.LIST_OPEN, at=at)
    if not campaigns.goes_out_with(sealed.team, to=standing):
        raise accounts.NotFound
    if sealed.round.drawn_by_id == by.pk:
        raise DrewItYourself
    if at < sealed.departs_at:
        local = sealed.departs_at.astimezone(accounts.OFFICE_TIME)
        raise NotYetDeparted(time=f"{local.month}月{local.day}日 {local:%H:%M}")
    # First the team, then the round, as a draw does. Nobody joins while it is opened.
    team = Team.objects.select_for_update(no_key=True).get(pk=sealed.team_id)
    # The round's row is the queue for opening and revealing: whichever comes second sees the first.
    if Round.objects.select_for_update().values_list("state", flat=True).get(pk=sealed.round_id) == State.REVEALED:
        raise RoundRevealed
    tied = queries.newly_tied(sealed, [member.person for member in campaigns.present(team)], at=at)
    if tied is not None:
        raise NewlyRecused(name=tied[0].name)
    start, end = LIST_ACTS["open"]
    moved = SealedList.objects.filter(pk=sealed.pk, state=start).update(state=end, opened_at=at, opened_by=by)
    if not moved:
        raise AlreadyOpened
    _record("list.open", sealed.round, by=by, at=at, detail={"list": sealed.pk, "team": sealed.team.name})
    about = f"list/{sealed.round_id}/{sealed.team_id}"
    plain = sealing.open_sealed(bytes(sealed.box), key=settings.MINGCHA_SEALING_KEY, about=about)
    codes: list[str] = json.loads(plain)
    return codes


@transaction.atomic
def reveal(round: Round, *, by: Person, at: datetime) -> Mapping[str, object]:
    """
    Publish seed and frame, once every list is open or its day is over, so that anyone can replay the draw.

    Raises ListsStillSealed, RoundMoved. What was never opened can be opened no more.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=round.office.division_id)
    if not queries.nothing_left_to_hide(round, at=at):
        raise ListsStillSealed
    if round.n is None:
        raise RoundMoved
    seed, frame = _seed(round), queries.candidates(round)
    drawn = lots.draw(frame, n=round.n, seed=seed)
    bundle = lots.bundle(drawn, frame, seed)
    allocation = {stratum.name: stratum.drawn for stratum in drawn.strata}
    _move(round, "reveal", revealed_at=at, bundle=bundle, allocation=allocation)
    _record("round.reveal", round, by=by, at=at)
    return bundle


def _seed(round: Round) -> bytes:
    about = f"seed/{round.campaign.slug}/{round.office_id}/{round.number}"
    return sealing.open_sealed(bytes(round.seed_box), key=settings.MINGCHA_SEALING_KEY, about=about)


def _move(round: Round, act: str, **columns: object) -> None:
    start, end = ACTS[act]
    if not Round.objects.filter(pk=round.pk, state=start).update(state=end, **columns):
        raise RoundMoved
    round.refresh_from_db()


def _record(verb: str, round: Round, *, by: Person, at: datetime, detail: dict[str, object] | None = None) -> None:
    audit.record(
        verb, kind="round", key=round.pk, by=by, at=at, division=round.office.division_id, body=round.office_id,
        detail=detail,
    )  # fmt: skip
