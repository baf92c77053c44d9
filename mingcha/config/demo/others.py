"""
The offices of which nothing was published: the lead office itself, and 通渭, 临洮, 漳县. Their figures are 未报.

临洮 has a joint team (室组地联动): a room of the lead office, a resident group and the county. The lead forms it, for its
own people and the group's go along; it goes out once.
"""

from collections.abc import Iterator
from datetime import datetime

from mingcha.config.demo import campaign, layout, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import LINTAO, TONGWEI, ZHANGXIAN
from mingcha.config.demo.groups import TRANSPORT
from mingcha.config.demo.outings import WithoutFindings
from mingcha.config.demo.rounds import Lot, hold
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.flow.campaigns.actions import teams
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import merges
from mingcha.ground.territory.models import Body, Division, Site

QUIET = (TONGWEI, LINTAO, ZHANGXIAN)
JOINT = "室组地联动组"
# The seat's health centre stands twice in the sheet of 临洮, the second time under another name of the same body.
TWICE, TWICE_NAME = "wsy-2", "中心卫生院"


def form(stage: Stage, at: datetime) -> None:
    """Import a small register and form teams in each county."""
    for county in QUIET:
        townships = list(territory.townships(county.code))[:4]
        rows = list(_rows(townships))
        if county is LINTAO:
            body = made_up(f"{townships[0].name}{TWICE_NAME}")
            rows.append(places.row(townships[0], "卫生院", TWICE, TWICE_NAME, body))
        places.hand_in_register(stage, county, rows, at)
        campaign.form_teams(stage, county, [[t.code for t in townships]] * county.teams, at)
    _form_joint(stage, at)


def _rows(townships: list[Division]) -> Iterator[places.Row]:
    for t in townships:
        yield places.row(t, "乡镇政府", "zf", "政府")
        yield places.row(t, "卫生院", "wsy", "卫生院", made_up(f"{t.name}卫生院"))


def _form_joint(stage: Stage, at: datetime) -> None:
    office, people = stage.office(LINTAO.office), stage.people
    own, leader = people[LINTAO.reserve(1)], people["demo-lead-leader"]
    team = teams.form_team(
        stage.campaign, office=office, name=JOINT, leader=leader,
        members=[own, people["demo-lead-inspector"], people[TRANSPORT.officer(2)]], liaison=people[LINTAO.reserve(3)],
        townships=list(territory.townships(LINTAO.code))[:4], joint=[stage.office(LEAD), stage.office(TRANSPORT.code)],
        base=made_up("洮阳镇临时驻点"), vehicle=made_up("室组地联动01号车"),
        basing=layout.base(territory.townships(LINTAO.code)[0].code), by=people["lead"], at=at,
    )  # fmt: skip
    stage.leaders[team.pk], stage.inspectors[team.pk] = leader, own
    stage.teams[LINTAO.office].append(team)


def inspect(stage: Stage) -> None:
    """Put down the merging of what stands twice in 临洮, and then a round of the joint team: two of four 卫生院."""
    stage.agenda.put(moment(20, "09:10"), lambda at: _merge(stage, at))
    joint = stage.teams[LINTAO.office][-1:]
    hold(stage, Lot(LINTAO, ["卫生院"], 2, joint, moment(24, "09:00"), WithoutFindings(stage)))


def _merge(stage: Stage, at: datetime) -> None:
    by, seat = stage.people[LINTAO.officer], territory.townships(LINTAO.code)[0]
    site, duplicate = (Site.objects.get(code=f"{seat.code}-{mark}") for mark in ("wsy", TWICE))
    body = Body.objects.get(pk=site.body_id)
    merges.merge_bodies(Body.objects.get(pk=duplicate.body_id), into=body, by=by, at=at)
    merges.merge_sites(duplicate, into=site, by=by, at=at)


def report(stage: Stage) -> None:
    """Answer for nothing."""
    hands = {county.office: county.officer for county in QUIET} | {LEAD: "lead"}

    def say_so(at: datetime) -> None:
        for office, by in hands.items():
            campaign.answer_for(stage, office, [], by=by, at=at)

    stage.agenda.put(moment(27, "17:00"), say_so)
