"""Beginning a round, fixing everything that could bend it, ending it without a draw, and publishing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import campaigns as campaign_actions
from mingcha.flow.campaigns.models import Campaign, Team
from mingcha.flow.draws import boxes, moving, queries
from mingcha.flow.draws.actions import directing
from mingcha.flow.draws.models import FrameSite, Replacement, Round, RoundLeftOut, RoundParty, RoundTeam
from mingcha.flow.draws.moving import RoundMoved
from mingcha.flow.draws.queries import framing
from mingcha.flow.draws.states import VOIDABLE, ListState, PublicKind, Sharing, State, Tilt
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.territory.models import Body
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

LONGEST_WINDOW = 240  # minutes over which departures may be spread


class WitnessNeeded(Refusal):
    message: ClassVar[str] = "另一家投入秘密的单位不能是抽签单位自己，也要有能见证抽签的人，请另选一家。"
    status: ClassVar[int] = 422


class PublicValueUnnamed(Refusal):
    message: ClassVar[str] = "请先写明用哪一个公开数值（如：某期彩票开奖号码）和它产生的时间，现场掷骰不用填时间。"
    status: ClassVar[int] = 422


class PublicValueInThePast(Refusal):
    message: ClassVar[str] = "公开数值要在以后产生，请填将来的时间，或改用现场掷骰。"
    status: ClassVar[int] = 422


class RegisterEmpty(Refusal):
    message: ClassVar[str] = "选定范围内没有可抽的点位：请先登记或导入点位，或换点位类型。"
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


class OutOfRange(Refusal):
    message: ClassVar[str] = "“%(what)s”要在 %(low)s 到 %(high)s 之间，请改。"
    status: ClassVar[int] = 422


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明作废的原因，它会和这一轮一起公开。"
    status: ClassVar[int] = 422


class ListAlreadyOpened(Refusal):
    message: ClassVar[str] = "已有检查组启封了清单，这一轮不能再作废。"


class ListsStillSealed(Refusal):
    message: ClassVar[str] = "还有清单没有启封，现在公开会泄露去向。全部启封或检查日期过后再公开。"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    All that could bend a draw, fixed with the frame: how many, when, which teams, how chances are tilted.

    `window` spreads departures over so many minutes after `departs_at`; `tau`, `floor`, `cap` as in `lots.Setting`;
    `promised` asks for at least one site in every township; no `site_types` means all.
    """

    n: int
    day: date
    departs_at: datetime
    teams: Sequence[Team]
    window: int = 0
    site_types: Sequence[str] = ()
    tilt: str = Tilt.LOTTERY
    tau: float = 0.2
    floor: float = 0.1
    cap: float = 0.5
    promised: bool = False
    sharing: str = Sharing.ROUTE

    @property
    def setting(self) -> lots.Setting:
        """The kernel's setting, without the promise, whose strata only a frame knows."""
        return lots.Setting(tilt=Tilt(self.tilt).value, tau=self.tau, floor=self.floor, cap=self.cap)


@transaction.atomic
def begin(
    campaign: Campaign, *, office: Body, witness: Body, public_kind: str = PublicKind.DICE, public_named: str = "",
    public_at: datetime | None = None, by: Person, at: datetime,
) -> Round:  # fmt: skip
    """
    Begin a round: name the body that witnesses it, and the public value that will go into its seed.

    Raises NotFound, CampaignOver, WitnessNeeded, PublicValueUnnamed, PublicValueInThePast; RoundMoved where somebody
    begins the same round at the same moment.
    """
    accounts.require(by, Permission.ROUND_HOLD, at=at, division=office.division_id)
    if campaigns.office_of(campaign, office.code) is None:
        raise accounts.NotFound
    campaign_actions.require_open(campaign)
    kind = PublicKind(public_kind)
    if witness.pk == office.pk or not accounts.able(witness.code, Permission.ROUND_WITNESS, at=at).exists():
        raise WitnessNeeded
    named = public_named.strip() or (str(PublicKind.DICE.label) if kind == PublicKind.DICE else "")
    if not named or (kind != PublicKind.DICE and public_at is None):
        raise PublicValueUnnamed
    if kind != PublicKind.DICE and public_at is not None and public_at <= at:
        raise PublicValueInThePast
    last = Round.objects.filter(campaign=campaign, office=office).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            round = Round.objects.create(
                campaign=campaign, office=office, number=last + 1, begun_at=at, begun_by=by, public_kind=kind,
                public_named=named[:120], public_at=None if kind == PublicKind.DICE else public_at,
            )  # fmt: skip
    except IntegrityError as error:  # someone else has just begun the round of that number
        raise RoundMoved from error
    RoundParty.objects.bulk_create(RoundParty(round=round, body=body) for body in (office, witness))
    moving.record("round.begin", round, by=by, at=at, detail={"witness": witness.name, "public": round.public_named})
    return round


@transaction.atomic
def freeze(round: Round, *, plan: Plan, by: Person, at: datetime) -> int:
    """
    Freeze the register as it stands with a chance for every site, and all that could bend the draw; return its size.

    1. Sites of the kinds asked for; those whose visits of the year have reached their cap are left out, on record.
    2. Directed visits that wait for this office join with certainty, with as many others chosen by nobody beside them.
    3. Chances follow from frozen scores and the plan (`lots.chances`), a hair off (`framing.blurred`), and are sealed; their
       hash is published.

    Raises CampaignOver, DepartureInThePast, OutsideThePeriod, OutOfRange, NoTeams, NotFound for a team of another
    office or one disbanded, RegisterEmpty, TooFew and TooMany and the others of `lots.chances`, RoundMoved.
    """
    moving.require_holder(round, by=by, at=at)
    campaign_actions.require_open(round.campaign)
    _check(plan, round, at=at)
    register = framing.register(round.office, site_types=plan.site_types, promised=plan.promised, at=at)
    if not register.sites:
        raise RegisterEmpty
    scores = framing.scores(round.office, register, tilt=plan.tilt, at=at)
    chances = _chances(round, plan, register, scores, by=by, at=at)
    frame = [
        FrameSite(round=round, site=site, stratum=register.strata[site.code], township=site.division.township_code)
        for site in register.sites
    ]
    frame_hash = lots.frame_hash(lots.Candidate(f.site.code, f.stratum, chances[f.site.code]) for f in frame)
    moving.move(
        round, "freeze", frozen_at=at, frozen_by=by, frame_hash=frame_hash, n=plan.n, day=plan.day,
        departs_at=plan.departs_at, window=plan.window, tilt=Tilt(plan.tilt), tau=plan.tau, floor=plan.floor,
        cap=plan.cap, promised=plan.promised, sharing=Sharing(plan.sharing), scores=scores.version,
        chances_box=boxes.seal_chances(chances, round=round),
    )  # fmt: skip
    FrameSite.objects.bulk_create(frame)
    RoundTeam.objects.bulk_create(RoundTeam(round=round, team=team) for team in dict.fromkeys(plan.teams))
    RoundLeftOut.objects.bulk_create(
        RoundLeftOut(round=round, site=site, visits=visits, cap=cap) for site, visits, cap in register.over
    )
    moving.record("round.freeze", round, by=by, at=at, detail={
        "sites": len(frame), "frame_hash": frame_hash, "n": plan.n, "teams": len(plan.teams), "tilt": str(plan.tilt),
        "left_out": len(register.over), "scores": scores.version,
    })  # fmt: skip
    return len(frame)


def _chances(
    round: Round, plan: Plan, register: framing.Register, scores: framing.scoring.Weights, *, by: Person, at: datetime
) -> dict[str, Fraction]:
    """Return the chances to be sealed, directed visits and their covers among them."""
    asked = framing.setting(plan.setting, register, promised=plan.promised)
    # First as if nobody had directed anything: else a plan refused, or not refused, would tell that somebody has.
    given = lots.chances(framing.weighed(register, scores), n=plan.n, setting=asked)
    most, within = plan.n // 3, {site.code for site in register.sites}
    try:
        with transaction.atomic():
            directed = directing.take(round, within=within, most=most, by=by, at=at)
            certain = directed | framing.covers(register, count=min(len(directed), most), apart=directed)
            given = lots.chances(framing.weighed(register, scores, certain=certain), n=plan.n, setting=asked)
    except Refusal:
        pass  # they wait for another round
    return framing.blurred(given, register, promised=plan.promised)


def _check(plan: Plan, round: Round, *, at: datetime) -> None:
    if plan.departs_at < at:
        raise DepartureInThePast
    first, last = round.campaign.starts_on, round.campaign.ends_on
    if not first <= plan.day <= last:
        raise OutsideThePeriod(first=first.isoformat(), last=last.isoformat())
    limits = {
        "出发错开分钟": (plan.window, 0, LONGEST_WINDOW), "均衡度": (plan.tau, 0.02, 5), "最低机会": (plan.floor, 0, 1),
        "最高机会": (plan.cap, 0.05, 1),
    }  # fmt: skip
    for what, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise OutOfRange(what=what, low=low, high=high)
    if not plan.teams:
        raise NoTeams
    if any((team.campaign_id, team.office_id) != (round.campaign_id, round.office_id) for team in plan.teams):
        raise accounts.NotFound
    # Locked until commit: a team is not disbanded under the round that it is fixed for.
    teams = [team.pk for team in plan.teams]
    locked = Team.objects.select_for_update(no_key=True).filter(pk__in=teams).order_by("pk")
    if any(team.disbanded_at is not None for team in locked):  # nobody could open its list
        raise accounts.NotFound


@transaction.atomic
def void(round: Round, *, reason: str, by: Person, at: datetime) -> None:
    """
    End a round that cannot be held or went wrong, for a reason that is published with it.

    Raises ReasonMissing, ListAlreadyOpened, RoundMoved. Its directed visits wait for the next one.
    """
    moving.require_holder(round, by=by, at=at)
    if not reason.strip():
        raise ReasonMissing
    # The round's row is the queue for opening, revealing and voiding.
    Round.objects.select_for_update().get(pk=round.pk)
    if round.lists.filter(state=ListState.OPENED).exists():
        raise ListAlreadyOpened
    columns = {"voided_at": at, "voided_by": by, "void_reason": reason.strip()[:200]}
    if not Round.objects.filter(pk=round.pk, state__in=VOIDABLE).update(state=State.VOID, **columns):
        raise RoundMoved
    round.refresh_from_db()
    directing.give_back(round, by=by, at=at)
    moving.record("round.void", round, by=by, at=at, detail={"reason": round.void_reason})


@transaction.atomic
def reveal(round: Round, *, by: Person, at: datetime) -> Mapping[str, object]:
    """
    Publish frame, chances and secrets, once every list is open or its day is over: anyone can then replay the draw.

    Raises ListsStillSealed, RoundMoved. What was never opened can be opened no more.
    """
    moving.require_holder(round, by=by, at=at)
    if round.state != State.DRAWN or not round.root:
        raise RoundMoved
    if not queries.nothing_left_to_hide(round, at=at):
        raise ListsStillSealed
    frame, secrets = queries.candidates(round), boxes.secrets(round)
    drawn = lots.draw(frame, seed=queries.seed(round))
    bundle = lots.bundle(
        drawn, frame, secrets=secrets, public=queries.public_value(round), rule=queries.rule(round),
        about=queries.about(round),
    )  # fmt: skip
    allocation = {stratum.name: stratum.drawn for stratum in drawn.strata}
    moving.move(round, "reveal", revealed_at=at, bundle=bundle, allocation=allocation)
    replaced = Replacement.objects.filter(round=round).count()
    moving.record("round.reveal", round, by=by, at=at, detail={"replaced": replaced})
    return bundle
