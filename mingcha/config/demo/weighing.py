"""What weighs on the next draw: rates that the city held before there was history, and scores out of what was found."""

from datetime import datetime

from mingcha.config import jobs
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import COUNTIES
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.flow.draws.actions import scoring
from mingcha.ground.territory.models import SiteType

PRIORS = {"村": 0.12, "小区": 0.22, "饭店": 0.30, "超市": 0.26, "市场": 0.34, "乡镇政府": 0.18, "监测点": 0.28}
BASIS = made_up("2020年同类检查的问题率")


def put_down(stage: Stage) -> None:
    """Put down the prior rates at the beginning, and the scores at the end."""
    stage.agenda.put(moment(19, "16:00"), lambda at: _set_priors(stage, at))
    stage.agenda.put(moment(27, "17:45"), lambda at: _score(stage, at))


def _set_priors(stage: Stage, at: datetime) -> None:
    office, kinds = stage.office(LEAD), {kind.name: kind for kind in SiteType.objects.filter(name__in=PRIORS)}
    for name, rate in PRIORS.items():
        scoring.set_prior(office, site_type=kinds[name], rate=rate, basis=BASIS, by=stage.people["lead"], at=at)


def _score(stage: Stage, at: datetime) -> None:
    jobs.hand_back(at=at)
    for county in COUNTIES:
        scoring.learn(stage.office(county.office), by=None, at=at)
