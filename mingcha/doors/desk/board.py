"""The board of a call: what is needed, who was asked and said what, who was offered and where they were sent."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from mingcha.doors.desk import crew
from mingcha.doors.desk.forms.calls import Assign, Withdraw
from mingcha.doors.hall.access import Request
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.states import CallState, OfferState
from mingcha.ground.accounts.permissions import Permission as P

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Call, CalledOffice, Offer

Bound = dict[int, Assign | Withdraw]  # offer id → the form that was sent and did not do


@dataclass(frozen=True)
class NeedLine:
    """A need; how many were sent there is known to who issued the call and to the county itself."""

    need: Any
    known: bool
    short: int


@dataclass(frozen=True)
class OfferLine:
    """Somebody offered, with what to weigh, and the forms that this reader may send."""

    offer: "Offer"
    hand: crew.Hand
    whole: bool  # on all days of the call
    assign: Assign | None
    release: bool
    withdraw: Withdraw | None


@dataclass(frozen=True)
class AnswerLine:
    """A body that was asked: how many it offered, whether its time is over, whether the reader may answer for it."""

    called: "CalledOffice"
    people: int
    late: bool
    mine: bool


Group = tuple[str, list[OfferLine]]  # a heading, or none, and the people under it


@dataclass
class Board:
    """All of it, as one reader may see it."""

    call: "Call"
    is_open: bool
    oversees: bool
    needs: list[NeedLine]
    answers: list[AnswerLine]
    offers: list["Offer"]
    offered: list[OfferLine] = field(default_factory=list)
    sent: list[Group] = field(default_factory=list)
    # For who does not see the whole board: what their own bodies offered, and who is sent to their county.
    ours: list[OfferLine] = field(default_factory=list)
    here: list[OfferLine] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, list[Group]]:
        """The people as the tables show them: without a heading where they are not grouped."""
        return {
            "offered": [("", self.offered)],
            "ours": [("", self.ours)],
            "here": [("", self.here)],
            "sent": self.sent,
        }

    @property
    def wanted(self) -> int:
        return sum(line.need.people for line in self.needs)

    @property
    def assigned(self) -> int:
        return sum(offer.state == OfferState.ASSIGNED for offer in self.offers)

    @property
    def short(self) -> int:
        return sum(line.short for line in self.needs)

    @property
    def came(self) -> int:
        return len(self.offers)

    @property
    def replied(self) -> int:
        return sum(line.called.answered_at is not None for line in self.answers)

    @property
    def late(self) -> int:
        return sum(line.late for line in self.answers)

    @property
    def to_answer(self) -> list[AnswerLine]:
        """The bodies the reader may answer for and has not answered for yet."""
        return [line for line in self.answers if line.mine and line.called.answered_at is None]

    @property
    def own(self) -> list[AnswerLine]:
        return [line for line in self.answers if line.mine]


def glance(call: "Call", request: Request) -> Board:
    """Return the board's figures for whoever asks, nobody weighed: for a list of calls."""
    oversees = queries.oversees(call, to=request.standing)
    needs = [_need_line(need, request, oversees=oversees) for need in queries.needs(call)]
    offers = list(queries.offers(call, to=request.standing))
    board = Board(call, call.state == CallState.OPEN, oversees, needs, [], offers)
    board.answers = _answers(board, request)
    return board


def lay(call: "Call", request: Request, *, bound: Bound | None = None) -> Board:
    """Lay the board out for whoever asks; `bound` puts a form that did not do back in its place."""
    board = glance(call, request)
    asked = {line.called.body_id for line in board.answers}
    hands = _hands(board, asked, request)
    sent: dict[int, list[OfferLine]] = {}
    for offer in board.offers:
        line = _offer_line(board, offer, hands[offer.pk], request, bound or {})
        if offer.body_id in asked:
            board.ours.append(line)
        if offer.need is not None and request.standing.covers(P.TEAM_FORM, offer.need.division_id):
            board.here.append(line)
        if offer.state == OfferState.ASSIGNED and offer.need_id is not None:
            sent.setdefault(offer.need_id, []).append(line)
        else:
            board.offered.append(line)
    board.offered.sort(key=lambda line: bool(line.hand.team or line.hand.cautions))
    board.sent = [
        (_heading(line, sent[line.need.pk]), sent[line.need.pk]) for line in board.needs if line.need.pk in sent
    ]
    return board


def _heading(line: NeedLine, sent: list[OfferLine]) -> str:
    what = {"place": line.need.division.name, "skill": line.need.skill or _("不限专长")}
    return _("%(place)s · %(skill)s（%(sent)s / %(wanted)s）") % {**what, "sent": len(sent), "wanted": line.need.people}


def _need_line(need: Any, request: Request, *, oversees: bool) -> NeedLine:
    known = oversees or request.standing.covers(P.TEAM_FORM, need.division_id)
    return NeedLine(need, known, max(0, need.people - need.assigned))


def _answers(board: Board, request: Request) -> list[AnswerLine]:
    """Return who was asked, those who have not answered first."""
    came: dict[str, int] = {}
    for offer in board.offers:
        came[offer.body_id] = came.get(offer.body_id, 0) + 1
    serves = request.standing.serves(P.CALL_ANSWER)
    over = board.is_open and board.call.reply_by < request.now
    lines = [
        AnswerLine(
            called, came.get(called.body_id, 0), over and called.answered_at is None,
            board.is_open and called.body_id in serves,
        )
        for called in queries.called(board.call, to=request.standing)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.called.answered_at is not None)


def _hands(board: Board, asked: set[str], request: Request) -> dict[int, crew.Hand]:
    """
    Return offer id → the person weighed for the days offered; one reading for each span of days and places.

    A county to which others send somebody is told what keeps them away there, and not what does elsewhere.
    """
    every = tuple(dict.fromkeys(line.need.division_id for line in board.needs))
    spans: dict[tuple[date, date, tuple[str, ...]], list[Offer]] = {}
    for offer in board.offers:
        all_told = board.oversees or offer.body_id in asked
        places = (offer.need.division_id,) if offer.need and not all_told else every
        spans.setdefault((offer.from_day, offer.to_day, places), []).append(offer)
    found = {}
    for (first, last, places), those in spans.items():
        weighed = crew.weigh(
            [offer.person for offer in those], first=first, last=last, division=board.call.issuer.division_id,
            places=places, at=request.now, offers=those,
        )  # fmt: skip
        found.update({offer.pk: weighed[offer.person_id] for offer in those})
    return found


def _offer_line(board: Board, offer: "Offer", hand: crew.Hand, request: Request, bound: Bound) -> OfferLine:
    call, sent = board.call, bound.get(offer.pk)
    waits = offer.state == OfferState.OFFERED
    assign = withdraw = None
    if board.is_open and waits and board.oversees:
        assign = sent if isinstance(sent, Assign) else assign_form(board.needs, offer, hand)
    if board.is_open and waits and offer.body_id in request.standing.serves(P.CALL_ANSWER):
        withdraw = sent if isinstance(sent, Withdraw) else Withdraw(prefix=f"w{offer.pk}")
    whole = (offer.from_day, offer.to_day) == (call.from_day, call.to_day)
    return OfferLine(offer, hand, whole, assign, board.is_open and board.oversees and not waits, withdraw)


def assign_form(needs: list[NeedLine], offer: "Offer", hand: crew.Hand, data: Any = None) -> Assign:
    """Return the choice of needs; one that is short, asks for what they can, and is clear of ties stands first."""

    def rank(line: NeedLine) -> tuple[bool, bool, bool]:
        skilled = not line.need.skill or line.need.skill in offer.person.skills
        return (not line.short, bool(hand.away.get(line.need.division_id)), not skilled)

    ranked = sorted(needs, key=rank)
    return Assign(data, needs=[(line.need.pk, _choice(line, hand)) for line in ranked])


def _choice(line: NeedLine, hand: crew.Hand) -> str:
    skill = line.need.skill or _("不限")
    state = _("缺 %(count)s") % {"count": line.short} if line.short else _("已够")
    if hand.away.get(line.need.division_id):
        state = _("%(state)s，有回避") % {"state": state}
    return _("%(place)s · %(skill)s（%(state)s）") % {"place": line.need.division.name, "skill": skill, "state": state}
