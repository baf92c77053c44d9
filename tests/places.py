"""
Real things at every place, for the table of who may do what: the small world, the ranks, and what lies beside, beneath,
above and next door to each of them. Made through actions only.

    places = lay_out(world)
    places.stock["minxian"]["order"]   the arguments of an address that names an order of 岷县
    places.cast                        (role, who, place → the name of the stock that lies there for them)
    places.own[who.pk]                 what is only theirs: their own page, a succession that they took over
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from mingcha.flow.campaigns.actions import calls, campaigns, phones, teams
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.actions import directing
from mingcha.flow.fieldwork.actions import embedded
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Visit
from mingcha.flow.guidance import actions as guidance
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.actions import ledger_import, papers, sampling, sheets
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.reports.actions import briefs as reports
from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.successions import actions as successions
from mingcha.ground.accounts.actions import devices, links, recusals
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.notices import actions as notices
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.actions import bodies, sites
from mingcha.ground.territory.models import Body, Division
from mingcha.kernel.hours import Hours
from tests import ranks, referred
from tests.lots_held import begun, drawn, planned
from tests.sent import general, send
from tests.world import PNG, Office, Work, World, drawn_round, note, person, publish

Stock = dict[str, list[object]]


@dataclass
class Places:
    """The world as laid out; `stock` by name."""

    world: World
    ranks: ranks.Ranks
    people: dict[str, Person] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    stock: dict[str, Stock] = field(default_factory=dict)
    own: dict[int, Stock] = field(default_factory=dict)
    told: str = ""  # the address of what the city has published
    link: str = ""  # the token of a one-time link to an order of the city's

    @property
    def cast(self) -> list[tuple[str, Person, dict[str, str]]]:
        """Return everyone who asks, with what lies where for them; who stands twice has two things at one place."""
        world, ranks_, people = self.world, self.ranks, self.people
        here = {"own": "minxian", "beside": "beside", "other": "zhangxian", "higher": "city"}
        there = {"own": "zhangxian", "other": "minxian", "higher": "city"}
        return [
            ("lead", world.lead, {"own": "city", "lower": "minxian", "other": "abroad"}),
            ("lead", world.lead, {"lower": "group"}),
            ("county", world.county, here | {"lower": "township"}),
            ("county", world.county, {"lower": "village", "higher": "group"}),
            ("county", world.neighbour, there),
            ("county", world.neighbour, {"other": "township"}),
            ("leader", world.leader, here),
            ("leader", world.neighbour_leader, there),
            ("inspector", world.inspector, here),
            ("inspector", world.neighbour_inspector, there),
            ("unit", world.unit, here),
            ("unit", world.neighbour_unit, there),
            ("group", ranks_.group, {"own": "group", "beside": "joint", "higher": "city", "other": "minxian"}),
            ("group", people["other_group"], {"own": "other_group", "other": "group", "higher": "city"}),
            ("township", ranks_.township, {"own": "township", "lower": "village", "higher": "above"}),
            ("township", people["pumazhen"], {"beside": "township", "higher": "minxian", "other": "zhangxian"}),
            ("township", ranks_.neighbour_township, {"own": "wuyang", "other": "township"}),
            ("village", ranks_.village, {"own": "village", "higher": "township", "other": "zhangxian"}),
            ("intake", world.intake, here),
            ("intake", world.neighbour_intake, there),
        ]


def lay_out(world: World) -> Places:
    """Put something of every kind at every place."""
    places = Places(world, ranks.muster(world))
    _more_bodies(places)
    _more_people(places)
    works = {
        "minxian": world.minxian, "zhangxian": world.zhangxian, "city": world.city, "beside": world.beside,
        "abroad": world.abroad,
    }  # fmt: skip
    newer = publish(world.rulebook, at=world.at)
    for name, work in works.items():
        places.stock[name] = _of_work(places, work) | {"edition": [work.team.campaign.slug, newer.pk]}
        places.stock[name] |= _followed(places, work.order, work.office) | _sampled(places, name, work)
    del places.stock["city"]["signal"]  # a county sees what of a city's unit was found within it
    _referrals(places, works)
    for name in ("group", "other_group", "joint", "township", "wuyang", "village"):
        places.stock[name] = {}
    _group_at_work(places)
    _joint_team_at_work(places)
    _village_visited(places)
    for name in ("group", "other_group", "township", "wuyang", "village"):
        body = places.bodies[name]
        places.stock[name] |= {
            "campaign": [world.campaign.slug],
            "body": [body.pk],
            "person": [_head(places, name).username],
        }
    _calls(places)
    _notes(places)
    _ties(places)
    _successions(places)
    _phones(places)
    _papers(places)
    _channels(places)
    return places


def _referrals(places: Places, works: dict[str, Work]) -> None:
    """Leads and cases of every office, settled by its other hand."""
    world, at = places.world, places.world.at
    hands = {"minxian": world.second, "beside": world.second, "zhangxian": world.lead}
    for name, work in works.items():
        hand = hands.get(name) or person(f"hand_{name}", "演示另一经办人", work.office.body, "lead", at=at)
        places.stock[name] |= referred.stock(world, work.office, hand)


def _channels(places: Places) -> None:
    """A way out of the house for every office and group."""
    world, hook = places.world, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=demo-"
    keepers = {
        "minxian": world.county, "zhangxian": world.neighbour, "city": world.lead, "abroad": world.abroad.office.officer,
        "group": world.lead, "other_group": world.lead, "township": world.county, "wuyang": world.neighbour,
    }  # fmt: skip
    for name, keeper in keepers.items():
        given = {"address": hook + name.replace("_", "-")}
        made = notices.set_channel(
            places.bodies[name], kind="wecom", given=given, hours=Hours(), by=keeper, at=world.at
        )
        places.stock[name]["channel"] = [made.pk]


def _head(places: Places, name: str) -> Person:
    """Return who stands for a stock: whoever goes out from there, else its one officer."""
    world = places.world
    works = {"minxian": world.minxian, "zhangxian": world.zhangxian, "city": world.city, "abroad": world.abroad}
    if name in works:
        return works[name].office.inspector
    return places.people[name]


def _more_bodies(places: Places) -> None:
    world, found = places.world, places.ranks
    at, city = world.at, Division.objects.get(pk="6211")
    school = bodies.add_body(code="6211-jyj", name="演示市教育局", kind="department", division=city, by=None, at=at)
    places.bodies = {
        "minxian": world.minxian.office.body, "zhangxian": world.zhangxian.office.body,
        "city": world.city.office.body, "abroad": world.abroad.office.body, "beside": world.beside.office.answering,
        "group": found.group_body, "township": found.township_body, "village": found.village_body,
        "wuyang": Body.objects.get(pk="621125100-jw"),
        "other_group": bodies.add_body(
            code="6211-jyj-group", name="演示派驻市教育局纪检监察组", kind="resident_group", division=city,
            parent=world.city.office.body, host=school, by=None, at=at,
        ),
        "pumazhen": bodies.add_body(
            code="621126101-jw", name="蒲麻镇纪委", kind="township_office", division=Division.objects.get(pk="621126101"),
            parent=world.minxian.office.body, by=None, at=at,
        ),
        "fengxiang": bodies.add_body(
            code="621102101-jw", name="凤翔镇纪委", kind="township_office", division=Division.objects.get(pk="621102101"),
            parent=world.city.office.body, by=None, at=at,
        ),
        "yuquan": bodies.add_body(
            code="620502100-jw", name="玉泉镇纪委", kind="township_office", division=Division.objects.get(pk="620502100"),
            parent=world.abroad.office.body, by=None, at=at,
        ),
        # Nobody inspects it and no site is its: what keeps people away from it changes nothing else here.
        "elsewhere": bodies.add_body(
            code="621102-mine", name="演示安定企业", kind="enterprise", division=Division.objects.get(pk="621102"),
            by=None, at=at,
        ),
    }  # fmt: skip
    for name in ("other_group", "fengxiang"):
        campaigns.admit_office(world.campaign, body=places.bodies[name], by=world.lead, at=at)
    campaigns.admit_office(world.abroad_campaign, body=places.bodies["yuquan"], by=world.abroad.office.officer, at=at)


def _more_people(places: Places) -> None:
    found, at = places.ranks, places.world.at
    places.people = {
        "group": found.group, "township": found.township, "village": found.village,
        "wuyang": found.neighbour_township,
        "other_group": person("other_group", "演示另一派驻干部", places.bodies["other_group"], "group", at=at),
        "pumazhen": person("pumazhen", "演示蒲麻镇纪检干部", places.bodies["pumazhen"], "township", at=at),
        "fengxiang": person("fengxiang", "演示凤翔镇纪检干部", places.bodies["fengxiang"], "township", at=at),
        "yuquan": person("yuquan", "演示玉泉镇纪检干部", places.bodies["yuquan"], "township", at=at),
        "department": person("department", "演示卫健委联系人", found.department, "unit", at=at),
    }  # fmt: skip


def _of_work(places: Places, work: Work) -> Stock:
    """Return what a team of an office has by the afternoon, and a brief of its office."""
    world, office, campaign = places.world, work.office, work.team.campaign
    draws.reveal(work.round, by=office.officer, at=world.at)
    found: Stock = {
        "campaign": [campaign.slug], "office": [campaign.slug, office.body.code], "round": [work.round.pk],
        "site": [office.sites[0].code], "finding": [work.by_deadline.pk], "visit": [work.closed.pk],
        "photo": [work.photo.pk], "order": [work.order.pk], "answered": [work.answered.pk],
        "attested": [work.attested.pk], "proof": [work.proof.pk], "list": [work.sealed.pk],
        "outing": [work.inspection.pk], "stop": [work.inspection.pk, work.waiting.code], "under_way": [work.open.pk],
        "noted": [work.open.pk, work.noted.pk], "team": [work.team.pk], "person": [office.inspector.username],
        "body": [office.body.code], "scores": [office.body.code],
    }  # fmt: skip
    if work is world.beside:  # another team of the same office: register and brief are the office's
        for thing in ("office", "site", "campaign", "scores"):
            del found[thing]
        return found | {"body": [office.answering.code]}
    brief = reports.issue_brief(
        campaign, issuer=office.body, as_of=world.at, demo=False, by=office.officer, at=world.at
    )
    columns = [("检查时间", "found_on"), ("存在问题", "description"), ("责任单位", "body")]
    mapping = ledger_import.save_mapping(
        office.body, name="演示台账", columns=columns, words={}, done_closes=True, by=office.officer, at=world.at
    )
    return found | {"brief": [brief.pk], "mapping": [mapping.pk], **_publications(places, work)}


def _publications(places: Places, work: Work) -> Stock:
    """Return a draft of the office that speaks of an official; what is published names no place (`told`)."""
    world, office = places.world, work.office
    text = publications.Text(
        "演示通告", "演示甲履职不到位。", officials=[publications.Official("演示甲")], expires_on=world.at.date()
    )
    made = publications.draft(office.body, kind="notice", text=text, by=office.officer, at=world.at)
    asked = naming.ask(made.named.get(), reason="演示", by=office.officer, at=world.at)
    if work is world.minxian:
        told = publications.draft(world.city.office.body, kind="notice", text=text, by=world.lead, at=world.at)
        publications.propose(told, by=world.lead, at=world.at)
        other = person("city_second", "演示市级另一经办人", world.city.office.body, "lead", at=world.at)
        publications.publish(told, revision=told.revision, by=other, at=world.at)
        places.told = told.slug
        places.link = rectifications.make_link(world.city.order, by=world.lead, at=world.at)
    return {"publication": [made.pk], "named": [made.pk, 1], "naming": [asked.pk]}


def _group_at_work(places: Places) -> None:
    """The resident group checks its department from within, and goes out like any team."""
    world, found, at = places.world, places.ranks, places.world.at
    person("group_clerk", "演示派驻内勤", found.group_body, "group", at=at)  # puts in its secret, and opens no list
    office = replace(
        world.city.office, body=found.group_body, leader=found.group_leader, inspector=found.group,
        answering=found.department, unit=places.people["department"],
    )  # fmt: skip
    record = embedded.record(
        world.campaign, group=found.group_body, kind="joint_check", day=at.date(), subject="演示：查机关值守",
        text="演示：查机关值守。", by=found.group, at=at,
    )  # fmt: skip
    visit = embedded.begin_check(record, site=found.department_site, by=found.group, at=at)
    places.stock["group"] = {
        **_out(places, found.group_team, office, n=3), **_found(places, visit, office),
        "office": [world.campaign.slug, found.group_body.pk], "embedded": [found.embedded.pk],
    }  # fmt: skip


def _joint_team_at_work(places: Places) -> None:
    """A team of 岷县 with the township and the resident group (室组地联动), in the other township."""
    world, found = places.world, places.ranks
    team = teams.form_team(
        world.campaign, office=world.minxian.office.body, name="联动组", leader=found.spare_leader,
        members=[found.township, found.spare], townships=[Division.objects.get(pk="621126101")],
        joint=[found.township_body, found.group_body], by=world.lead, at=world.at - timedelta(days=1),
    )  # fmt: skip
    office = replace(world.beside.office, leader=found.spare_leader, inspector=found.township)
    places.stock["joint"] = _out(places, team, office)
    mended = {thing: places.stock["minxian"][thing] for thing in ("order", "answered", "attested", "proof", "report")}
    # Its own place's finding and order, which it follows; its own team's day elsewhere, which it takes part in.
    del places.stock["joint"]["round"]
    _witnessed(places)
    places.stock["township"] |= places.stock["joint"] | mended | {"finding": places.stock["minxian"]["finding"]}
    found_here = {"finding", "photo", *mended}
    places.stock["above"] = {k: v for k, v in places.stock["minxian"].items() if k not in found_here}
    next_door = places.stock["zhangxian"]
    places.stock["wuyang"] = {thing: next_door[thing] for thing in ("finding", *mended)}
    places.stock["joint"]["finding"] = places.stock["joint"]["noted"][1:]


def _witnessed(places: Places) -> None:
    """A round of 岷县 that the township witnessed yesterday, its lists never opened, and a visit that the lead directs."""
    world, found = places.world, places.ranks
    office, at = world.minxian.office, world.at - timedelta(days=1)
    round = begun(world.campaign, office=office.body, by=office.officer, at=at, body=found.township_body.pk)
    draws.freeze(
        round, plan=planned(teams=[world.minxian.team], departs_at=at, n=2), by=office.officer, at=at
    )  # fmt: skip
    drawn(round, by=office.officer, at=at, other=found.township)
    draws.reveal(round, by=office.officer, at=world.at)
    places.stock["township"]["round"] = [round.pk]
    directed = directing.direct(
        world.campaign, office=world.city.office.body, carrier=office.body, site=office.sites[0], reason="演示：来信反映",
        by=world.lead, at=world.at,
    )  # fmt: skip
    places.stock["city"]["directed"] = [directed.pk]


def _out(places: Places, team: object, office: Office, *, n: int | None = None) -> Stock:
    """Send a team out: one visit under way with a photo and something noted, one site waiting, one list still sealed."""
    world, at = places.world, places.world.at
    campaign, morning = world.campaign, at - timedelta(hours=1)
    round = drawn_round(campaign, team, office, departs_at=morning, at=morning - timedelta(hours=1), n=n)
    inspection = fieldwork.depart(round.lists.get(), by=office.leader, at=morning)
    first, second = [stop.site for stop in inspection.stops.all()][:2]
    visit = fieldwork.begin_visit(inspection, site=first, mode="covert", by=office.inspector, at=at)
    photo = fieldwork.add_photo(visit, content=PNG, name="途中.png", by=office.inspector, at=at)
    noted = note(visit, world.edition, office, way="on_spot", at=at)
    sealed = drawn_round(campaign, team, office, departs_at=at + timedelta(minutes=30), at=at, n=n)
    draws.reveal(round, by=office.officer, at=at)
    return {
        "team": [team.pk], "round": [round.pk], "list": [sealed.lists.get().pk], "outing": [inspection.pk],
        "stop": [inspection.pk, second.code], "visit": [visit.pk], "photo": [photo.pk], "under_way": [visit.pk],
        "noted": [visit.pk, noted.pk],
    }  # fmt: skip


def _found(places: Places, visit: Visit, office: Office) -> Stock:
    """End an open visit with two orders, one of them answered, and one thing put right on the spot."""
    world, at = places.world, places.world.at
    photo = fieldwork.add_photo(visit, content=PNG, name="现场.png", by=office.inspector, at=at)
    ways = ("by_deadline", "by_deadline", "on_spot")
    finding, second, third = [note(visit, world.edition, office, way=way, photos=[photo], at=at) for way in ways]
    rectifications.close_visit(
        visit, outcome="done", feedback="演示：已当场反馈。", feedback_to="负责人", by=office.inspector, at=at
    )
    order, answered, attested = (Rectification.objects.get(finding=each) for each in (finding, second, third))
    proofs = [("整改后.png", PNG)]
    reply = rectifications.answer(answered, measures="演示：已补齐值守。", proofs=proofs, by=office.unit, at=at)
    return {
        "finding": [finding.pk], "order": [order.pk], "answered": [answered.pk], "attested": [attested.pk],
        "proof": [reply.proofs.get().pk], "visit": [visit.pk], "photo": [photo.pk], **_followed(places, order, office),
    }  # fmt: skip


def _followed(places: Places, order: Rectification, office: Office) -> Stock:
    """Plan an order, report on it and ask for more time: what its unit says of it, and what its office must rule on."""
    at, unit = places.world.at, office.unit
    day = at.date() + timedelta(days=1)
    rectifications.plan(order, measures=[("演示：排班", day)], today=at.date(), by=unit, at=at)
    said = rectifications.report_progress(
        order, text="演示：已排班。", files=[("整改前.png", PNG, "before")], by=unit, at=at
    )
    asked = rectifications.ask(
        order, kind="extension", reason="演示：停电。", until=order.due_at + timedelta(days=1), by=unit, at=at
    )
    return {
        "planned": [order.pk, order.measures.get().pk], "askable": [order.pk, "objection"], "rung": [order.pk, "interview"],
        "request": [order.pk, asked.pk], "report": [said.files.get().pk], "signal": ["body", order.body_id],
    }  # fmt: skip


def _sampled(places: Places, name: str, work: Work) -> Stock:
    """Verify five like answers of an office by a sample."""
    world, office, at = places.world, work.office, places.world.at
    site = sites.add_site(
        code=f"{name}-like", name="演示同类点", type=work.waiting.type, division=work.waiting.division, address="",
        body=office.answering, prefixes=[office.body.division_id], by=None, at=at,
    )  # fmt: skip
    visit = fieldwork.begin_unlisted(work.inspection, site=site, by=office.inspector, at=at)
    found = [note(visit, world.edition, office, way="by_deadline", at=at) for _ in range(sampling.FEWEST)]
    rectifications.close_visit(
        visit, outcome="done", feedback="演示：已当场反馈。", feedback_to="负责人", by=office.inspector, at=at
    )
    orders = list(Rectification.objects.filter(finding__in=found))
    for order in orders:
        rectifications.answer(order, measures="演示：已改。", proofs=[("后.png", PNG)], by=office.unit, at=at)
    drawn = sampling.begin(orders, office=office.body, size=sampling.SMALLEST, by=office.officer, at=at)
    return {"sampling": [drawn.pk]}


def _village_visited(places: Places) -> None:
    """Something is found in 瓦窑沟村 itself, so that a village has an order of its own to follow."""
    world, at = places.world, places.world.at
    village = Division.objects.get(pk="621126100201")
    committee = bodies.add_body(
        code="621126100201-cwh", name="瓦窑沟村民委员会", kind="village", division=village, by=None, at=at
    )
    site = sites.add_site(
        code="621126-village", name="瓦窑沟村卡口", type=world.minxian.office.sites[0].type, division=village, address="",
        body=committee, prefixes=["621126"], by=None, at=at,
    )  # fmt: skip
    contact = person("committee", "演示村委会联系人", committee, "unit", at=at)
    office = replace(world.minxian.office, answering=committee, unit=contact)
    visit = fieldwork.begin_unlisted(world.minxian.inspection, site=site, by=office.inspector, at=at)
    places.stock["village"] = _found(places, visit, office) | {"site": [site.code]}


def _calls(places: Places) -> None:
    world = places.world
    officers = {
        "minxian": world.county, "zhangxian": world.neighbour, "city": world.lead,
        "abroad": world.abroad.office.officer,
    }  # fmt: skip
    for name in ("minxian", "zhangxian", "city", "abroad", "group", "other_group", "township", "wuyang"):
        work = world.abroad if name == "abroad" else world.city
        made = calls.call(
            work.team.campaign, reason="演示：再次调配", from_day=world.at.date(), to_day=world.at.date(),
            needs=[calls.Wanted(Division.objects.get(pk=work.office.body.division_id), 1)],
            reply_by=world.at + timedelta(hours=2), bodies=[places.bodies[name]], by=work.office.officer, at=world.at,
        )  # fmt: skip
        spared = [calls.Spared(_head(places, name), made.from_day, made.to_day)]
        calls.answer(made.called.get(), spared=spared, by=officers.get(name) or _head(places, name), at=world.at)
        places.stock[name] |= {"call": [made.pk], "offer": [made.offers.get().pk]}


def _notes(places: Places) -> None:
    """A note to each of the places, a question under it, and the question kept with whoever must answer it."""
    world, people = places.world, places.people
    county, neighbour, far = world.county, world.neighbour, world.abroad.office.officer
    letters = [  # who writes, for which office, what, to which, who asks
        ("city", world.lead, "hint", "minxian", county),
        ("zhangxian", neighbour, "hint", "wuyang", people["wuyang"]),
        ("city", world.lead, "guidance", "zhangxian", neighbour),
        ("city", world.lead, "hint", "other_group", people["other_group"]),
        ("city", world.lead, "hint", "group", people["group"]),
        ("group", people["group"], "report", "city", world.lead),
        ("minxian", county, "hint", "township", people["township"]),
        ("township", people["township"], "hint", "village", people["village"]),
        ("fengxiang", people["fengxiang"], "report", "city", world.lead),
        ("abroad", far, "hint", "yuquan", people["yuquan"]),
        ("yuquan", people["yuquan"], "report", "abroad", far),
    ]
    for issuer, by, kind, to, asker in letters:
        campaign: Campaign = world.abroad_campaign if issuer in ("abroad", "yuquan") else world.campaign
        sent = guidance.send(
            campaign, issuer=places.bodies[issuer], kind=kind, title="演示文件", text="演示：请注意值守。",
            bodies=[places.bodies[to]], reply_by=world.at + timedelta(hours=5), by=by, at=world.at,
        )  # fmt: skip
        question = guidance.ask(sent, text="演示：从几点起算？", by=asker, at=world.at)
        if to in places.stock:
            places.stock[to]["note"] = [sent.pk]
        if issuer in places.stock:
            places.stock[issuer]["question"] = [question.pk]


def _ties(places: Places) -> None:
    """A standing link of each office, a recusal of somebody there, and a unit's request that its office rules on."""
    world, at = places.world, places.world.at
    elsewhere = places.bodies["elsewhere"]
    heads = {"minxian", "zhangxian", "city", "abroad", "group", "township", "wuyang"}
    for name in sorted(heads):
        target = recusals.Target(body=elsewhere)
        head = _head(places, name)
        declared = recusals.declare(head, target=target, ground="interest", reason="演示：往来", by=head, at=at)
        link = links.link(places.bodies[name], kind="liaison", body=elsewhere, since=at.date(), by=None, at=at)
        places.stock[name] |= {"recusal": [declared.pk], "link": [link.pk]}
    asked = {
        "minxian": (places.people["township"], world.minxian), "zhangxian": (places.people["wuyang"], world.zhangxian),
        "abroad": (places.people["yuquan"], world.abroad), "city": (world.county, world.minxian),
    }  # fmt: skip
    for name, (whom, work) in asked.items():
        unit, by = work.office.answering, work.office.unit
        made = recusals.ask(whom, unit=unit, ground="interest", reason="演示：往来", by=by, at=at)
        places.stock[name]["asked"] = [made.pk]


def _successions(places: Places) -> None:
    """Whoever is asked has taken over from somebody of the same post; a place's succession is that of who stands for it."""
    world, at = places.world, places.world.at
    for role, who, _ in places.cast:
        if who.pk in places.own:
            continue
        body = who.posts.get(role=role).body
        left = person(f"before_{who.username}", f"{who.name}前任", body, role, at=at)
        giver = world.abroad.office.officer if body.division_id.startswith("6205") else world.lead
        made = successions.leave(
            left, posts=list(left.posts.all()), successor=who, reason="演示：轮岗", last_day=at.date(), by=giver, at=at
        )
        places.own[who.pk] = {"person": [who.username], "succession": [made.pk]}
    heads = {
        "city": world.lead, "minxian": world.inspector, "zhangxian": world.neighbour_inspector,
        **{name: places.people[name] for name in ("group", "other_group", "township", "wuyang", "village")},
    }  # fmt: skip
    for name, who in heads.items():
        places.stock[name]["succession"] = places.own[who.pk]["succession"]


def _papers(places: Places) -> None:
    """
    A signed paper of each office to a unit; of 岷县's to township and village, of the city's to the group, as a copy.

    `paper`: may be read; `issued`: whoever stands for the place issued it.
    """
    world = places.world
    works = {
        "minxian": world.minxian, "zhangxian": world.zhangxian, "city": world.city, "beside": world.beside,
        "abroad": world.abroad,
    }  # fmt: skip
    for name, work in works.items():
        places.stock[name] |= _paper(places, work.order.pk, work.office)
        places.stock[name]["issued"] = places.stock[name]["paper"]
    for name in ("township", "village"):
        places.stock[name] |= _paper(places, world.minxian.order.pk, world.minxian.office, copy=places.bodies[name])
    order = places.stock["group"]["order"][0]
    places.stock["group"] |= _paper(places, order, world.city.office, copy=places.bodies["group"])


def _paper(places: Places, order: object, office: Office, copy: Body | None = None) -> Stock:
    at = places.world.at
    paper = papers.issue(
        [Rectification.objects.get(pk=order)], kind="hand_over", issuer=office.body, demands="演示：请立即整改。",
        copies=[copy] if copy else [], by=office.officer, at=at,
    )  # fmt: skip
    signed = sheets.sign(paper, party="leader", signed_as="演示组长", scan=("签字.png", PNG), by=office.officer, at=at)
    return {"paper": [paper.pk], "signature": [signed.pk]}


def _phones(places: Places) -> None:
    """
    What a team sent that was held back, a place it met with a photo, its office's own form, and sound approved for it.

    A form lies where it is used: a village has its county's.
    """
    world, at = places.world, places.world.at
    works = {
        "minxian": world.minxian, "zhangxian": world.zhangxian, "city": world.city, "beside": world.beside,
        "abroad": world.abroad,
    }  # fmt: skip
    for name, work in works.items():
        office, kind = work.office, Checklist.objects.get(site_type=work.waiting.type, keeper=None)
        held = send(office.inspector, kind, {"site_code": "", "site_name": "演示不知哪家"}, at=at)
        met = send(
            office.inspector, kind, {"site_code": f"MET-{name}", "site_name": "演示路边店", "site_photo_1": "p.png"},
            files={"p.png": PNG}, at=at,
        )  # fmt: skip
        found = {"submission": [held.pk], "attachment": [met.attachments.get().pk]}
        if work is not world.beside:  # another team of the same office: register and form are the office's
            form = general(f"form-{name}", keeper=office.body, by=office.officer, at=at)
            found |= {"met": [f"MET-{name}"], "checklist": [form.pk]}
        if name in ("minxian", "city", "abroad"):
            opener = world.abroad.office.officer if name == "abroad" else world.lead
            approval = phones.approve_recording(
                work.team.campaign, office=office.body, basis="演示批示", until=at + timedelta(days=1), by=opener, at=at
            )
            found["approval"] = [approval.pk]
        places.stock[name] |= found
    _forms_for_phones(places)
    for name in ("above", "village"):
        places.stock[name]["checklist"] = places.stock["minxian"]["checklist"]
    _tokens(places)


def _tokens(places: Places) -> None:
    """A phone of everyone in the cast who makes visits; a place's phone is that of who goes out from there."""
    world = places.world
    goers = {work.office.inspector: name for name, work in [
        ("minxian", world.minxian), ("zhangxian", world.zhangxian), ("city", world.city), ("beside", world.beside),
        ("abroad", world.abroad),
    ]}  # fmt: skip
    goers |= {places.people[name]: name for name in ("group", "other_group", "township", "wuyang")}
    able = {role.name for role in ROLES.values() if Permission.VISIT_MAKE in role.permissions}
    for role, who in {(role, who) for role, who, _ in places.cast if role in able} | {("", who) for who in goers}:
        device, _token = devices.add(who, label="演示手机", by=who, at=world.at)
        if role:
            places.own[who.pk]["device"] = [device.pk]
        if who in goers:
            places.stock[goers[who]]["device"] = [device.pk]


def _forms_for_phones(places: Places) -> None:
    """A form for any site that each campaign's phones may fill in, and a list that it chooses from."""
    world, at = places.world, places.world.at
    taken = {"city": (world.campaign, world.lead), "abroad": (world.abroad_campaign, world.abroad.office.officer)}
    for name, (campaign, opener) in taken.items():
        form = Checklist.objects.get(pk=places.stock[name]["checklist"][0])
        phones.take_up(campaign, checklist=form, by=opener, at=at)
        alike = ("city", "minxian", "zhangxian", "group", "township") if name == "city" else (name,)
        for each in alike:
            places.stock[each] |= {"form": [form.pk], "media": [form.pk, "bodies.csv"]}
