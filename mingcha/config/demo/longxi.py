"""陇西县: supervision of supervision. It visits the county's own departments; no figure was published."""

from datetime import datetime

from mingcha.config.demo import campaign, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import LONGXI
from mingcha.config.demo.outings import WithoutFindings
from mingcha.config.demo.rounds import Lot, hold
from mingcha.config.demo.stage import STEMS, Stage, made_up
from mingcha.ground.territory import queries as territory

DEPARTMENTS = 8


def form(stage: Stage, at: datetime) -> None:
    """Import the register of made-up departments, all in the county seat, and form two teams."""
    townships = {t.name: t for t in territory.townships(LONGXI.code)}
    seat = townships["巩昌镇"]
    names = [f"陇西县{stem}局" for stem in STEMS[:DEPARTMENTS]]
    rows = [
        (f"{seat.code}-bm{number}", made_up(name), "部门", seat.code, made_up(f"演示路{number}号"), made_up(name))
        for number, name in enumerate(names, start=1)
    ]
    places.hand_in_register(stage, LONGXI, rows, at)
    campaign.form_teams(stage, LONGXI, [[seat.code], [seat.code, townships["文峰镇"].code]], at)


def inspect(stage: Stage) -> None:
    """Put down one round: six of the eight departments."""
    hold(
        stage, Lot(LONGXI, ["部门"], 6, stage.teams[LONGXI.office], moment(22, "09:00"), WithoutFindings(stage))
    )  # fmt: skip


def report(stage: Stage) -> None:
    """Answer for nothing: its figures are 未报."""
    stage.agenda.put(
        moment(27, "16:55"), lambda at: campaign.answer_for(stage, LONGXI.office, [], by=LONGXI.officer, at=at)
    )
