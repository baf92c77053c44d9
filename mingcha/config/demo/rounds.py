"""A round of the lot as an office holds it: the day before, a seed, a frozen register, a draw; then the teams go out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mingcha.config.demo.agenda import OFFICE_TIME, same_day
from mingcha.config.demo.counties import County
from mingcha.config.demo.outings import Script, go_out
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws import queries
from mingcha.flow.draws.actions import routing
from mingcha.flow.draws.models import Round
from mingcha.ground.territory.models import SiteType

FEW = 60  # iterations: nobody waits long for the demo


@dataclass
class Lot:
    """
    What a county sets for one round: kinds of sites by Chinese name, how many, which teams, when they depart; and whether
    routes are planned before they do. Each team keeps what the lot gave it, so that its figures come out of any route.
    """

    county: County
    kinds: Sequence[str]
    n: int
    teams: Sequence[Team]
    departs_at: datetime
    script: Script
    routed: bool = False
    round: Round | None = field(default=None)

    @property
    def day(self) -> date:
        """The day of the outings."""
        return self.departs_at.astimezone(OFFICE_TIME).date()


def hold(stage: Stage, lot: Lot) -> None:
    """Put down a whole round, from the seed on the eve to the reveal on the evening after."""
    officer, office = stage.people[lot.county.officer], stage.office(lot.county.office)
    lead, witness = stage.people["lead"], stage.office(LEAD)
    types = list(SiteType.objects.filter(name__in=lot.kinds).values_list("code", flat=True))

    def begin(at: datetime) -> None:
        lot.round = draws.begin(stage.campaign, office=office, witness=witness, by=officer, at=at)

    def freeze(at: datetime) -> None:
        plan = draws.Plan(
            n=lot.n, day=lot.day, departs_at=lot.departs_at, teams=lot.teams, site_types=types, sharing="lot"
        )  # fmt: skip
        draws.freeze(_held(lot), plan=plan, by=officer, at=at)
        draws.deposit(_held(lot), by=officer, at=at)
        draws.deposit(_held(lot), by=lead, at=at)

    def draw(at: datetime) -> None:
        draws.announce(_held(lot), value=_dice(lot), by=lead, at=at)
        draws.agree(_held(lot), value=_dice(lot), by=officer, at=at)
        if lot.routed:
            routing.plan(_held(lot), iterations=FEW, at=at)
        for order, sealed in enumerate(queries.lists(_held(lot))):
            go_out(stage, sealed, lot.script, at=lot.departs_at + timedelta(minutes=3 * order))

    def reveal(at: datetime) -> None:
        draws.reveal(_held(lot), by=officer, at=at)

    stage.agenda.put(same_day(lot.departs_at, "16:00", days=-1), begin)
    stage.agenda.put(same_day(lot.departs_at, "16:20", days=-1), freeze)
    stage.agenda.put(same_day(lot.departs_at, "16:40", days=-1), draw)
    stage.agenda.put(same_day(lot.departs_at, "18:30"), reveal)


def _dice(lot: Lot) -> str:
    """Return what twelve dice showed that afternoon: made up, and the same each time the demo is loaded."""
    told = hashlib.sha256(f"{lot.county.code} {lot.departs_at:%m%d}".encode()).digest()
    return "".join(str(byte % 6 + 1) for byte in told[:12])


def _held(lot: Lot) -> Round:
    assert lot.round is not None
    return lot.round
