"""Opening a team's list at departure."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import boxes, moving, queries
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.states import LIST_ACTS, Routing, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal


class NotYetDeparted(Refusal):
    message: ClassVar[str] = "清单要到出发时间才能启封：%(time)s 后再来。"


class AlreadyOpened(Refusal):
    message: ClassVar[str] = "这份清单已经启封，请从“我的检查”进入。"


class DrewItYourself(Refusal):
    message: ClassVar[str] = "办理抽签的人（冻结、录入、复核）不能启封清单，请由检查组其他成员启封。"
    status: ClassVar[int] = 403


class NewlyRecused(Refusal):
    # Never which unit: that would tell what the list may hold.
    message: ClassVar[str] = "%(name)s 在抽签以后有了新的回避事项，这份清单不能由本组现有人员启封：请先调整组员。"


class RoundRevealed(Refusal):
    message: ClassVar[str] = "这一轮已经公开，没有启封的清单已作废。"


class RoundVoid(Refusal):
    message: ClassVar[str] = "这一轮已经作废，清单不再启封。请等下一轮。"


@transaction.atomic
def open_list(sealed: SealedList, *, by: Person, at: datetime) -> list[str]:
    """
    Open a team's list at departure: an act on record. Return the codes of its sites in order.

    Raises NotFound to who is not of the team, DrewItYourself, NotYetDeparted, NewlyRecused, RoundRevealed, RoundVoid,
    AlreadyOpened.
    """
    standing = accounts.require(by, Permission.LIST_OPEN, at=at)
    if not campaigns.goes_out_with(sealed.team, to=standing):
        raise accounts.NotFound
    if by.pk in sealed.round.held_by:
        raise DrewItYourself
    if at < sealed.departs_at:
        local = sealed.departs_at.astimezone(accounts.OFFICE_TIME)
        raise NotYetDeparted(time=f"{local.month}月{local.day}日 {local:%H:%M}")
    # First the team, then the round, as a draw does. Nobody joins while it is opened.
    team = Team.objects.select_for_update(no_key=True).get(pk=sealed.team_id)
    # The round's row is the queue for opening, routing, revealing and voiding: whichever comes second sees the first.
    state = Round.objects.select_for_update().values_list("state", flat=True).get(pk=sealed.round_id)
    if state == State.REVEALED:
        raise RoundRevealed
    if state == State.VOID:
        raise RoundVoid
    tied = queries.newly_tied(sealed, [member.person for member in campaigns.present(team)], at=at)
    if tied is not None:
        raise NewlyRecused(name=tied[0].name)
    start, end = LIST_ACTS["open"]
    moved = SealedList.objects.filter(pk=sealed.pk, state=start).update(state=end, opened_at=at, opened_by=by)
    if not moved:
        raise AlreadyOpened
    # Nobody's list changes once a team is on its way: what is still to be planned is not planned any more.
    Round.objects.filter(pk=sealed.round_id, routing=Routing.WAITING).update(routing=Routing.OFF)
    moving.record("list.open", sealed.round, by=by, at=at, detail={"list": sealed.pk, "team": sealed.team.name})
    # A route planned since the row was read is in the box as it is now.
    return boxes.listed(SealedList.objects.get(pk=sealed.pk)).codes
