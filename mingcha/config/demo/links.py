"""
Standing links (联系、包联): who looks after which place, unit or site.

Draws and verification go away from them. A member of the leadership is linked to townships outside the stretch of the
own team, so that every site still finds a team; whoever links for the lead office verifies nothing there.
"""

from datetime import date, datetime

from mingcha.config.demo import groups, local, minxian
from mingcha.config.demo.counties import ANDING, LONGXI, MINXIAN, TONGWEI, WEIYUAN, County
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.ground.accounts.actions import links
from mingcha.ground.accounts.models import LinkKind
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import Body, Division, Site

SINCE = date(2021, 3, 1)
# Department of 岷县 → the township it stands by (包联); group → the county's department it is linked to.
BY_DEPARTMENT = {"621126-wjj": "621126106", "621126-jyj": "621126204"}
BY_GROUP = {groups.HEALTH.code: "621126-wjj", groups.EDUCATION.code: "621126-jyj"}
BY_ROOM = {"demo-lead-room1": ("621121", "621125"), "demo-lead-room2": ("621126",)}
# Gateways and the quarantine point of the county seat, by the end of their codes: the seat's commission stands by them.
SITES = ("汽车站1", "火车站1", "集中隔离点1")


def record(stage: Stage, at: datetime) -> None:
    """Put on record what people and bodies are linked to; sites follow once they are on the register."""
    for username, counties in BY_ROOM.items():
        for code in counties:
            _to_place(stage, LEAD, code, by="lead", at=at, person=username)
    for county, leaders in _leaders().items():
        for number, names in leaders.items():
            places = {t.name: t for t in territory.townships(county.code)}
            for name in names:
                where = places[name].code
                _to_place(stage, county.office, where, by=county.officer, at=at, person=county.leader(number))
    for county in (MINXIAN, WEIYUAN):
        for village in local.villages(county):
            holder = local.commission(village.township_code)
            _to_place(stage, holder, village.code, by=county.officer, at=at)
    for holder, township in BY_DEPARTMENT.items():
        _to_place(stage, holder, township, by=MINXIAN.officer, at=at, kind=LinkKind.SPONSOR)
    for holder, department in BY_GROUP.items():
        body = Body.objects.get(pk=department)
        links.link(
            Body.objects.get(pk=holder), kind=LinkKind.LIAISON, body=body, since=SINCE, by=stage.people["lead"], at=at
        )


def record_sites(stage: Stage, at: datetime) -> None:
    """Put on record which sites of the county seat its commission stands by."""
    holder = Body.objects.get(pk=local.commission(local.CAST_TOWNSHIP))
    for mark in SITES:
        site = Site.objects.get(code=f"{local.CAST_TOWNSHIP}-{mark}")
        links.link(holder, kind=LinkKind.SPONSOR, site=site, since=SINCE, by=stage.people[MINXIAN.officer], at=at)


def _leaders() -> dict[County, dict[int, tuple[str, ...]]]:
    """Return county → team number → the townships its leader is linked to, all outside that team's stretch."""
    count = len(minxian.GROUPS)
    return {
        MINXIAN: {(place + 4) % count + 1: names for place, names in enumerate(minxian.GROUPS)},
        ANDING: {1: ("李家堡镇", "团结镇"), 2: ("石峡湾乡", "新集乡"), 3: ("内官营镇", "巉口镇")},
        WEIYUAN: {1: ("大安乡", "庆坪镇"), 2: ("会川镇", "莲峰镇")},
        LONGXI: {1: ("首阳镇",), 2: ("菜子镇",)},
        TONGWEI: {1: ("常家河镇",), 2: ("义岗川镇",)},
    }


def _to_place(
    stage: Stage, holder: str, place: str, *, by: str, at: datetime, person: str = "",
    kind: LinkKind = LinkKind.LIAISON,
) -> None:  # fmt: skip
    links.link(
        Body.objects.get(pk=holder), kind=kind, person=stage.people[person] if person else None,
        division=Division.objects.get(pk=place), since=SINCE, by=stage.people[by], at=at,
    )  # fmt: skip
