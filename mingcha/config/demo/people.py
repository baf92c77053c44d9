"""The people of the demo: the cast that signs in, and those who fill the offices. All made up."""

from collections.abc import Sequence
from datetime import date, datetime

from mingcha.config.demo.counties import COUNTIES, MINXIAN, TONGWEI, ZHANGXIAN, County
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.ground.accounts import queries as known
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.accounts.models import Capacity
from mingcha.ground.territory.models import SUPERVISING, Body

CAST = {
    "lead": "市纪委监委党风政风室（牵头）",
    "county": "岷县纪委监委 机关干部",
    "leader": "岷县纪委监委 班子成员，第一组组长",
    "inspector": "岷县纪委监委 检查人员，第一组",
    "unit": "岷阳镇人民政府（演示）联系人",
    "neighbour": "漳县纪委监委 机关干部（看不到岷县的任何内容）",
    "group": "派驻市卫健委纪检监察组（演示）干部",
    "township": "岷阳镇纪委（演示）书记",
    "village": "岷阳镇瓦窑沟村（演示）监督员",
    "intake": "岷县纪委监委 信访举报干部",
    "cityintake": "市纪委监委 信访举报干部",
}
UNIT_BODY = "621126100-zf"
SINCE = date(2021, 9, 1)
# A third officer of 岷县, who judges nothing in the story; and who will take over in 通渭.
REVIEWER, STAND_IN = "demo-minxian-reviewer", "demo-tongwei-standin"


def new_passwords() -> dict[str, str]:
    """Return a fresh password for each of the cast."""
    return {name: known.new_password() for name in CAST}


def enrol(
    stage: Stage, username: str, *, title: str, body: Body, role: str, at: datetime, skills: Sequence[str] = (),
    acting_until: date | None = None,
) -> None:  # fmt: skip
    """Add one person with one post. Who is not of the cast has no password, so cannot sign in."""
    person = people.enrol(
        username=username, name=stage.next_name(), title=title, password=stage.passwords.get(username), skills=skills,
        by=None, at=at,
    )  # fmt: skip
    capacity = Capacity.ACTING if acting_until else Capacity.REGULAR
    posts.appoint(person, body=body, role=role, since=SINCE, until=acting_until, capacity=capacity, by=None, at=at)
    stage.people[username] = person


def staff_offices(stage: Stage, at: datetime) -> None:
    """Fill the lead office and the county offices."""
    enrol(stage, "lead", title="党风政风室干部", body=stage.office(LEAD), role="lead", at=at)
    stage.voices[LEAD] = stage.people["lead"]
    for county in COUNTIES:
        _staff(stage, county, at)


def _staff(stage: Stage, county: County, at: datetime) -> None:
    office = stage.office(county.office)
    enrol(stage, county.officer, title="党风政风室干部", body=office, role="county", at=at)
    enrol(stage, county.second, title="监督检查室干部", body=office, role="county", at=at)
    for number in range(1, county.teams + 1):
        enrol(stage, county.leader(number), title="班子成员", body=office, role="leader", at=at)
        enrol(stage, county.inspector(number), title="检查人员", body=office, role="inspector", at=at)
    stage.voices[office.code] = stage.people[county.officer]


def name_contacts(stage: Stage, at: datetime) -> None:
    """Give every body of 岷县 that may be told to mend something one person who answers for it."""
    bodies = Body.objects.filter(division__code__startswith=MINXIAN.code).exclude(kind__in=SUPERVISING).order_by("code")
    for body in bodies:
        username = "unit" if body.code == UNIT_BODY else f"demo-unit-{body.code}"
        enrol(stage, username, title="联系人", body=body, role="unit", at=at)
        stage.contacts[body.code] = stage.people[username]


def reinforce_offices(stage: Stage, at: datetime) -> None:
    """Add to the lead office and to each county who leads, links and stands by beside those of the first hour."""
    lead = stage.office(LEAD)
    enrol(stage, "demo-lead-deputy", title="党风政风室副主任", body=lead, role="lead", at=at)
    enrol(stage, "demo-lead-room1", title="第一监督检查室主任", body=lead, role="lead", at=at)
    enrol(stage, "demo-lead-room2", title="第二监督检查室主任", body=lead, role="lead", at=at)
    enrol(stage, "demo-lead-leader", title="班子成员", body=lead, role="leader", at=at)
    enrol(stage, "demo-lead-inspector", title="第三监督检查室干部", body=lead, role="inspector", at=at)
    for county in COUNTIES:
        office = stage.office(county.office)
        for number in range(1, county.teams + 1):
            enrol(stage, county.liaison(number), title="联络员", body=office, role="inspector", at=at)
        for number in range(1, county.reserves + 1):
            enrol(stage, county.reserve(number), title="检查人员", body=office, role="inspector", at=at)
    enrol(stage, REVIEWER, title="案件审理室干部", body=stage.office(MINXIAN.office), role="county", at=at)
    enrol(stage, STAND_IN, title="班子成员", body=stage.office(TONGWEI.office), role="leader", at=at)
    _second_posts(stage, at)


def keep_back(stage: Stage, at: datetime) -> None:
    """Keep one member of the leadership out of every team where the cast forms one, so that it can be tried."""
    spare = {"lead": LEAD, MINXIAN.short: MINXIAN.office, ZHANGXIAN.short: ZHANGXIAN.office}
    for short, office in spare.items():
        enrol(stage, f"demo-{short}-spare", title="班子成员", body=stage.office(office), role="leader", at=at)


def _second_posts(stage: Stage, at: datetime) -> None:
    """Some hold, or held, a further post: a member of the leadership in 通渭, an inspector who came from a department."""
    posts.appoint(
        stage.people[TONGWEI.leader(1)], body=stage.office(TONGWEI.office), role="county", capacity=Capacity.DEPUTY,
        since=SINCE, by=None, at=at,
    )  # fmt: skip
    # Left a year ago: within the mechanism's years it keeps the person from the schools of 岷县.
    posts.appoint(
        stage.people[MINXIAN.liaison(7)], body=Body.objects.get(pk="621126-jyj"), role="unit", since=date(2018, 3, 1),
        until=date(2020, 8, 31), by=None, at=at,
    )  # fmt: skip
