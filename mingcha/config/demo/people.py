"""The people of the demo: the cast that signs in, and those who fill the offices. All made up."""

from datetime import date, datetime

from mingcha.config.demo.counties import COUNTIES, MINXIAN, County
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.ground.accounts import queries as known
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.territory.models import Body, BodyKind

CAST = {
    "lead": "市纪委监委党风政风室（牵头）",
    "county": "岷县纪委监委 机关干部",
    "leader": "岷县纪委监委 班子成员，第一组组长",
    "inspector": "岷县纪委监委 检查人员，第一组",
    "unit": "岷阳镇人民政府（演示）联系人",
    "neighbour": "漳县纪委监委 机关干部（看不到岷县的任何内容）",
}
UNIT_BODY = "621126100-zf"
SINCE = date(2021, 9, 1)


def new_passwords() -> dict[str, str]:
    """Return a fresh password for each of the cast."""
    return {name: known.new_password() for name in CAST}


def enrol(stage: Stage, username: str, *, title: str, body: Body, role: str, at: datetime) -> None:
    """Add one person with one post. Who is not of the cast has no password, so cannot sign in."""
    person = people.enrol(
        username=username, name=stage.next_name(), title=title, password=stage.passwords.get(username), by=None, at=at
    )
    posts.appoint(person, body=body, role=role, since=SINCE, by=None, at=at)
    stage.people[username] = person


def staff_offices(stage: Stage, at: datetime) -> None:
    """Fill the lead office and the county offices."""
    enrol(stage, "lead", title="党风政风室干部", body=stage.office(LEAD), role="lead", at=at)
    for county in COUNTIES:
        _staff(stage, county, at)


def _staff(stage: Stage, county: County, at: datetime) -> None:
    office = stage.office(county.office)
    enrol(stage, county.officer, title="党风政风室干部", body=office, role="county", at=at)
    enrol(stage, county.second, title="监督检查室干部", body=office, role="county", at=at)
    for number in range(1, county.teams + 1):
        enrol(stage, county.leader(number), title="班子成员", body=office, role="leader", at=at)
        enrol(stage, county.inspector(number), title="检查人员", body=office, role="inspector", at=at)


def name_contacts(stage: Stage, at: datetime) -> None:
    """Give every body of 岷县 that may be told to mend something one person who answers for it."""
    offices = [BodyKind.OFFICE, BodyKind.RESIDENT_GROUP]
    bodies = Body.objects.filter(division__code__startswith=MINXIAN.code).exclude(kind__in=offices).order_by("code")
    for body in bodies:
        username = "unit" if body.code == UNIT_BODY else f"demo-unit-{body.code}"
        enrol(stage, username, title="联系人", body=body, role="unit", at=at)
        stage.contacts[body.code] = stage.people[username]
