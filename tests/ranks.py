"""
The ranks on top of the small world: the mechanism with its tiers, a resident group in its department, township and
village supervisors, free people, and one of everything they work with. Made through actions only.

    ranks = muster(world)
    ranks.group · group_leader            the resident group in 演示市卫健委, and who leads it
    ranks.township · village              supervisors of 岷阳镇 and of 瓦窑沟村
    ranks.spare · spare_leader            an inspector and a member of 岷县's leadership who are in no team
    ranks.neighbour_group · neighbour_township   the same in 漳县, who must see nothing of the above
"""

from dataclasses import dataclass
from datetime import date, timedelta

from mingcha.flow.campaigns.actions import calls, campaigns, teams
from mingcha.flow.campaigns.models import Call, CalledOffice, Need, Offer, Team
from mingcha.flow.fieldwork.actions import embedded
from mingcha.flow.fieldwork.models import EmbeddedRecord
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.guidance.models import Note, Question
from mingcha.ground.accounts.actions import links, posts, recusals
from mingcha.ground.accounts.models import Link, Person, Recusal
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.territory.actions import bodies, ranks, sites
from mingcha.ground.territory.models import Body, Division, Mechanism, Site
from tests.world import CHECKLIST, World, person

TIERS = (
    ranks.Rank("牵头机关", "lead"),
    ranks.Rank("县区机关", "area"),
    ranks.Rank("派驻机构", "group", open_ended=True),
    ranks.Rank("乡镇", "township"),
    ranks.Rank("村社区", "village"),
)


@dataclass
class Ranks:
    """Who and what the ranks have; `world.at` is the hour."""

    mechanism: Mechanism
    department: Body  # the host
    department_site: Site
    group_body: Body
    group: Person
    group_leader: Person
    group_team: Team
    township_body: Body
    township: Person
    village_body: Body
    village: Person
    spare: Person
    spare_leader: Person
    neighbour_township: Person
    link: Link  # 岷县's township office looks after 瓦窑沟村
    recusal: Recusal  # declared by `spare`, of the restaurant
    asked: Recusal  # asked by the restaurant of `world.second`, waits for the lead's ruling
    call: Call
    need: Need  # two people for 漳县
    called: CalledOffice  # 岷县, which has offered `spare`
    offer: Offer  # not assigned
    note: Note  # from the lead to both counties, a reply wanted
    question: Question  # asked by 岷县, not answered
    embedded: EmbeddedRecord  # no visit yet


def muster(world: World) -> Ranks:
    """Put the ranks on record and give each something to do, on the afternoon of the world's day."""
    at = world.at
    city = Division.objects.get(pk="6211")
    mechanism = ranks.set_up(city, name="演示1+7+X", ranks=TIERS, by=None, at=at - timedelta(days=8))
    tier = {t.kind: t for t in mechanism.tiers.all()}
    for work, kind in ((world.city, "lead"), (world.minxian, "area"), (world.zhangxian, "area")):
        above = world.city.office.body if kind == "area" else None
        ranks.place(work.office.body, tier=tier[kind], host=None, parent=above, by=None, at=at)
    found = _bodies(world, tier)
    people = _people(world, found)
    return Ranks(mechanism=mechanism, **found, **people, **_work(world, found, people))


def _bodies(world: World, tier: dict) -> dict:
    at, city = world.at, Division.objects.get(pk="6211")
    seat, village = Division.objects.get(pk="621126100"), Division.objects.get(pk="621126100201")
    department = bodies.add_body(code="6211-wjw", name="演示市卫健委", kind="department", division=city, by=None, at=at)
    group_body = bodies.add_body(
        code="6211-wjw-group", name="演示派驻市卫健委纪检监察组", kind="resident_group", division=city,
        parent=world.city.office.body, tier=tier["group"], host=department, by=None, at=at,
    )  # fmt: skip
    township_body = bodies.add_body(
        code="621126100-jw", name="岷阳镇纪委", kind="township_office", division=seat,
        parent=world.minxian.office.body, tier=tier["township"], by=None, at=at,
    )  # fmt: skip
    village_body = bodies.add_body(
        code="621126100201-jd", name="瓦窑沟村务监督委员会", kind="village_supervisors", division=village,
        parent=township_body, tier=tier["village"], by=None, at=at,
    )  # fmt: skip
    kind = bodies.add_site_type(code="dept", name="部门", position=90, by=None, at=at)
    checklists.publish_questions(kind, questions=CHECKLIST, by=None, at=at)
    site = sites.add_site(
        code="6211-wjw", name="演示市卫健委机关", type=kind, division=Division.objects.get(pk="621102101"),
        address="", body=department, prefixes=["6211"], by=None, at=at,
    )  # fmt: skip
    return {
        "department": department, "department_site": site, "group_body": group_body, "township_body": township_body,
        "village_body": village_body,
    }  # fmt: skip


def _people(world: World, found: dict) -> dict:
    at, office = world.at, world.minxian.office.body
    far = bodies.add_body(
        code="621125100-jw", name="武阳镇纪委", kind="township_office", division=Division.objects.get(pk="621125100"),
        parent=world.zhangxian.office.body, by=None, at=at,
    )  # fmt: skip
    leader = person("group_leader", "演示派驻组长", found["group_body"], "leader", at=at)
    posts.appoint(leader, body=found["group_body"], role="group", since=at.date(), by=None, at=at)
    return {
        "group": person("group", "演示派驻干部", found["group_body"], "group", at=at),
        "group_leader": leader,
        "township": person("township", "演示镇纪检干部", found["township_body"], "township", at=at),
        "village": person("village", "演示村监督员", found["village_body"], "village", at=at),
        "spare": person("spare", "演示待命检查员", office, "inspector", at=at),
        "spare_leader": person("spare_leader", "演示待命班子成员", office, "leader", at=at),
        "neighbour_township": person("neighbour_township", "演示邻县镇纪检干部", far, "township", at=at),
    }


def _work(world: World, found: dict, people: dict) -> dict:
    at, lead = world.at, world.lead
    campaigns.admit_office(world.campaign, body=found["group_body"], by=lead, at=at)
    team = teams.form_team(
        world.campaign, office=found["group_body"], name="派驻卫健组", leader=people["group_leader"],
        members=[people["group"]], townships=[], by=lead, at=at,
    )  # fmt: skip
    link = links.link(
        found["township_body"], kind="liaison", division=found["village_body"].division, since=at.date(), by=None, at=at
    )
    restaurant = recusals.Target(body=world.minxian.office.answering)
    declared = recusals.declare(
        people["spare"],
        target=restaurant,
        ground="relative",
        reason="演示：近亲属在该店任职",
        by=people["spare"],
        at=at,
    )
    asked = recusals.ask(
        world.second, unit=world.minxian.office.answering, ground="interest", reason="演示：曾有经济往来",
        by=world.unit, at=at,
    )  # fmt: skip
    return {
        "group_team": team, "link": link, "recusal": declared, "asked": asked, **_call(world, people, at=at),
        **_note(world, at=at),
        "embedded": embedded.record(
            world.campaign, group=found["group_body"], kind="roster", day=date(2021, 10, 27),
            subject="演示：抽查值班", text="演示：抽查两个科室的值班表。", checked=2, amiss=1, by=people["group"], at=at,
        ),
    }  # fmt: skip


def _call(world: World, people: dict, *, at) -> dict:
    made = calls.call(
        world.campaign, reason="演示：紧急调配", needs=[calls.Wanted(world.zhangxian.office.body.division, 2)],
        from_day=at.date(), to_day=at.date(), reply_by=at + timedelta(hours=2),
        bodies=[world.minxian.office.body, world.zhangxian.office.body], by=world.lead, at=at,
    )  # fmt: skip
    called = made.called.get(body=world.minxian.office.body)
    spared = [calls.Spared(people["spare"], at.date(), at.date())]
    calls.answer(called, spared=spared, by=world.county, at=at)
    called.refresh_from_db()
    return {"call": made, "need": made.needs.get(), "called": called, "offer": made.offers.get()}


def _note(world: World, *, at) -> dict:
    note = guidance.send(
        world.campaign, issuer=world.city.office.body, kind="hint", title="演示提示", text="演示：注意值守。",
        bodies=[world.minxian.office.body, world.zhangxian.office.body], reply_by=at + timedelta(hours=5),
        by=world.lead, at=at,
    )  # fmt: skip
    question = guidance.ask(note, text="演示：夜间也查吗？", by=world.county, at=at)
    return {"note": note, "question": question}
