"""The offices of which nothing was published: the lead office itself, and 通渭, 临洮, 漳县. Their figures are 未报."""

from collections.abc import Iterator
from datetime import datetime

from mingcha.config.demo import campaign, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import LINTAO, TONGWEI, ZHANGXIAN
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Division

QUIET = (TONGWEI, LINTAO, ZHANGXIAN)


def form(stage: Stage, at: datetime) -> None:
    """Import a small register and form teams in each county; none has gone out yet."""
    for county in QUIET:
        townships = list(territory.townships(county.code))[:4]
        places.hand_in_register(stage, county, _rows(townships), at)
        campaign.form_teams(stage, county, [[t.code for t in townships]] * county.teams, at)


def _rows(townships: list[Division]) -> Iterator[places.Row]:
    for t in townships:
        yield places.row(t, "乡镇政府", "zf", "政府")
        yield places.row(t, "卫生院", "wsy", "卫生院", made_up(f"{t.name}卫生院"))


def report(stage: Stage) -> None:
    """Answer for nothing."""
    hands = {county.office: county.officer for county in QUIET} | {LEAD: "lead"}

    def say_so(at: datetime) -> None:
        for office, by in hands.items():
            campaign.answer_for(stage, office, [], by=by, at=at)

    stage.agenda.put(moment(27, "17:00"), say_so)
