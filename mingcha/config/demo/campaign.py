"""The campaign of the demo: opened by the lead office; teams formed, and figures answered for, by each office."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from mingcha.config.demo import layout
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import COUNTIES, County
from mingcha.config.demo.groups import RESIDENT
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import Measure, Team
from mingcha.ground.rulebook.models import Edition
from mingcha.ground.territory import queries as territory

SLUG = "demo"
FOCUS = (
    "火车站、高铁站、汽车站和公路运输等“进出口”",
    "景区、超市、商场等人员聚集场所",
    "入定、返定重点人员",
    "其余七个重点：公开来源未列出，未收录",
)
PURPOSE = (
    "督促各级各部门落实疫情防控属地主体责任、部门监督责任、单位管理责任、个人直接责任。"
    "查的是职责，不查群众。本任务的人员、点位、答复和数目均为演示。"
)


def open_campaign(stage: Stage, editions: Sequence[Edition], at: datetime) -> None:
    """Let the lead office open the campaign with itself, the seven counties and the resident groups at work in it."""
    codes = [LEAD, *(county.office for county in COUNTIES), *(group.code for group in RESIDENT)]
    offices = [stage.office(code) for code in codes]
    stage.campaign = campaigns.open_campaign(
        slug=SLUG, name=made_up("定西市2021年10月疫情防控监督检查"), purpose=PURPOSE, lead=offices[0],
        starts_on=date(2021, 10, 19), ends_on=date(2021, 10, 27), emergency_until=moment(18, "18:00", month=11),
        focus=FOCUS, editions=editions, offices=offices, by=stage.people["lead"], at=at,
    )  # fmt: skip


def form_teams(stage: Stage, county: County, stretches: Sequence[Sequence[str]], at: datetime) -> list[Team]:
    """
    Form a county's teams, one for each stretch of township codes, each led by a member of the leadership.

    With its own inspector and liaison goes whoever the call has sent to the team.
    """
    places = {township.code: township for township in territory.townships(county.code)}
    office, formed = stage.office(county.office), []
    for number, stretch in enumerate(stretches, start=1):
        leader, inspector = stage.people[county.leader(number)], stage.people[county.inspector(number)]
        team = teams.form_team(
            stage.campaign, office=office, name=f"第{_chinese(number)}组", leader=leader,
            members=[inspector, *stage.lent.get((office.code, number), ())], liaison=stage.people[county.liaison(number)],
            townships=[places[code] for code in stretch], base=made_up(f"{places[stretch[0]].name}临时驻点"),
            vehicle=made_up(f"监督检查{number:02d}号车"), basing=layout.base(stretch[0]),
            by=stage.people[county.officer], at=at,
        )  # fmt: skip
        stage.leaders[team.pk], stage.inspectors[team.pk] = leader, inspector
        formed.append(team)
    prefetch_related_objects(formed, "stretch")  # it stays as it is; every draw asks for it
    stage.teams[county.office] = formed
    return formed


def answer_for(stage: Stage, office: str, measures: Sequence[Measure], *, by: str, at: datetime) -> None:
    """State which figures an office answers for; the others show as 未报."""
    found = queries.office_of(stage.campaign, office)
    assert found is not None
    campaigns.answer_for(found, measures=measures, by=stage.people[by], at=at)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    return digits[number] if number < 10 else "十" + (digits[number - 10] if number > 10 else "")
