"""渭源县: 2 teams, 16 townships; health centres, checkpoints, a railway station and a highway exit among the sites."""

from collections.abc import Iterator
from datetime import datetime

from mingcha.config.demo import campaign, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import WEIYUAN
from mingcha.config.demo.outings import WithoutFindings
from mingcha.config.demo.rounds import Lot, hold
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.campaigns.models import Measure
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Division

GATEWAYS = (
    ("疫情防控检查站", "jcz", ("会川镇", "大安乡", "新寨镇", "莲峰镇")),
    ("火车站", "hcz", ("清源镇", "会川镇")),
    ("高速出口", "gsck", ("清源镇", "会川镇")),
)


def form(stage: Stage, at: datetime) -> None:
    """Import the register and form two teams, each with half of the townships."""
    townships = list(territory.townships(WEIYUAN.code))
    places.hand_in_register(stage, WEIYUAN, _rows(townships), at)
    campaign.form_teams(stage, WEIYUAN, [[t.code for t in townships[:8]], [t.code for t in townships[8:]]], at)


def _rows(townships: list[Division]) -> Iterator[places.Row]:
    named = {t.name: t for t in townships}
    for t in townships:
        yield places.row(t, "乡镇政府", "zf", "政府")
        yield places.row(t, "卫生院", "wsy", "卫生院", made_up(f"{t.name}卫生院"))
    for kind, mark, where in GATEWAYS:
        for name in where:
            yield places.row(named[name], kind, mark, kind, made_up("渭源县交通运输局"))


def inspect(stage: Stage) -> None:
    """
    Put down two rounds: all 16 township governments (n = N), so every township is covered; then half of 16 卫生院,
    4 疫情防控检查站, 2 火车站 and 2 高速出口, so of each kind some for certain.
    """
    teams, script = stage.teams[WEIYUAN.office], WithoutFindings(stage)
    hold(stage, Lot(WEIYUAN, ["乡镇政府"], 16, teams, moment(20, "08:30"), script))
    hold(
        stage,
        Lot(WEIYUAN, ["卫生院", "疫情防控检查站", "火车站", "高速出口"], 12, teams, moment(24, "08:30"), script),
    )


def report(stage: Stage) -> None:
    """Answer for what the county published."""
    stage.agenda.put(
        moment(27, "16:50"),
        lambda at: campaign.answer_for(
            stage, WEIYUAN.office, [Measure.TEAMS, Measure.TOWNSHIPS], by=WEIYUAN.officer, at=at
        ),
    )  # fmt: skip
