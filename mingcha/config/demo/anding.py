"""安定区: 3 teams; 8 村, 12 小区, 2 饭店, 2 高速路卡点 and 6 超市 visited. Findings were fed back, not reported."""

from collections.abc import Iterator
from datetime import datetime

from mingcha.config.demo import campaign, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import ANDING
from mingcha.config.demo.outings import WithoutFindings
from mingcha.config.demo.rounds import Lot, hold
from mingcha.config.demo.stage import STEMS, Stage, made_up
from mingcha.flow.campaigns.models import Measure
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Division

TOWN = ("中华路街道", "永定路街道", "福台路街道", "凤翔镇")


def form(stage: Stage, at: datetime) -> None:
    """Import the register and form three teams: all cover the town, each a third of the country."""
    townships = list(territory.townships(ANDING.code))
    town = [t for t in townships if t.name in TOWN]
    country = [t for t in townships if t.name not in TOWN]
    places.hand_in_register(stage, ANDING, _rows(town, country), at)
    thirds = [country[0:6], country[6:12], country[12:18]]
    campaign.form_teams(stage, ANDING, [[t.code for t in (*town, *third)] for third in thirds], at)


def _rows(town: list[Division], country: list[Division]) -> Iterator[places.Row]:
    """Yield 24 村, 36 小区, 6 饭店, 6 高速路卡点, 18 超市: three times what will be visited."""
    for number in range(24):
        t = country[number % len(country)]
        stem = STEMS[number // len(country)]
        yield places.row(t, "村", f"c{number // len(country) + 1}", f"{stem}村")
    for number in range(36):
        yield places.row(town[number % 4], "小区", f"xq{number // 4 + 1}", f"{number // 4 + 1}号小区")
    for number in range(18):
        yield _business(town[number % 4], "超市", "cs", number // 4 + 1)
    for number in range(6):
        yield _business(town[number % 4], "饭店", "fd", number // 4 + 1)
        yield places.row(
            country[number * 3], "高速路卡点", "kd", "高速路卡点", made_up("安定区交通运输局")
        )  # fmt: skip


def _business(township: Division, kind: str, mark: str, number: int) -> places.Row:
    """Return a row for a business, which answers for itself."""
    name = f"{number}号{kind}"
    return places.row(township, kind, f"{mark}{number}", name, made_up(f"{township.name}{name}"))


def inspect(stage: Stage) -> None:
    """
    Put down two rounds of one stratum for each kind, in which n/N is one third and divides every stratum:

    of 24 村 and 36 小区 20 (8 and 12); of 6 饭店, 6 高速路卡点 and 18 超市 10 (2, 2 and 6).
    """
    teams, script = stage.teams[ANDING.office], WithoutFindings(stage)
    hold(stage, Lot(ANDING, ["村", "小区"], 20, teams, moment(21, "08:30"), script))
    hold(stage, Lot(ANDING, ["饭店", "高速路卡点", "超市"], 10, teams, moment(23, "08:30"), script))


def report(stage: Stage) -> None:
    """Answer for what the district published."""
    stage.agenda.put(
        moment(27, "16:40"),
        lambda at: campaign.answer_for(
            stage, ANDING.office, [Measure.TEAMS, Measure.SITES], by=ANDING.officer, at=at
        ),
    )  # fmt: skip
