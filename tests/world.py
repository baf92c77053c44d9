"""
A small world for tests: one city with two counties at work in one campaign, its lead office at work too, another city,
and the named cast. Made through actions only, so that every row has its record.

    world = build()
    world.lead · county · leader · inspector · unit      the cast of 岷县 and the lead office
    world.second                                          another officer of 岷县: the other hand
    world.intake                                          who takes in reports at 岷县; city_intake, neighbour_intake
    world.neighbour · neighbour_inspector · neighbour_unit  the same posts in 漳县
    world.minxian · zhangxian · city · abroad             what each office has at work (`Work`)
    world.beside                                          another team of 岷县 and another unit's order

Everybody signs in with PASSWORD. Names, sites and answers are made up.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import Campaign, SupervisingOffice, Team
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Inspection, Photo, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Proof, Rectification
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.actions import catalogues as rulebook
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Edition, Item, Rulebook
from mingcha.ground.territory.actions import bodies, divisions, sites
from mingcha.ground.territory.models import Body, Division, Site, SiteType
from tests.lots_held import enrol_witness, held

AT = datetime(2021, 10, 27, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "a password of the tests"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
DIVISIONS = """code,name,level,parent_code
62,甘肃省,province,
6211,定西市,city,62
621102,安定区,county,6211
621102101,凤翔镇,township,621102
621102102,内官营镇,township,621102
621125,漳县,county,6211
621125100,武阳镇,township,621125
621125100201,城关村民委员会,village,621125100
621125101,三岔镇,township,621125
621126,岷县,county,6211
621126100,岷阳镇,township,621126
621126100201,瓦窑沟村民委员会,village,621126100
621126101,蒲麻镇,township,621126
6205,天水市,city,62
620502,秦州区,county,6205
620502100,玉泉镇,township,620502
620502101,太京镇,township,620502
"""
TYPES = ("村", "小区", "饭店", "高速路卡点", "超市")
CHECKLIST = (
    ("judge", "值守人员在岗，登记完整", "看值班表和登记簿"),
    ("count", "登记簿人数", "上报数与现场核实数"),
    ("ask", "遇到异常情况向谁报告？", ""),
)
ITEMS = (("1", "演示条目一：值守空缺"), ("2", "演示条目二：登记不实"), ("3", ""))


@dataclass
class Office:
    """A supervision office, its people, and the bodies and sites it looks after."""

    body: Body
    officer: Person
    leader: Person
    inspector: Person
    intake: Person  # takes in what the public reports
    answering: Body  # the body that the order below goes to
    unit: Person  # who answers for it
    sites: list[Site]
    townships: list[Division]


@dataclass
class Work:
    """What one team of an office has done by the afternoon, and one list it has not opened yet."""

    office: Office
    team: Team
    round: Round  # drawn, its list opened
    list: SealedList
    inspection: Inspection  # out
    closed: Visit
    photo: Photo
    on_spot: Finding
    attested: Rectification  # of `on_spot`, not sampled yet
    by_deadline: Finding
    order: Rectification  # of `by_deadline`, not answered yet
    answered: Rectification  # of a third finding
    proof: Proof
    open: Visit
    noted: Finding  # on `open`
    waiting: Site  # drawn, not visited yet
    sealed_round: Round
    sealed: SealedList  # departs within the hour


@dataclass
class World:
    """All of it. `people` by sign-in name."""

    at: datetime
    campaign: Campaign
    rulebook: Rulebook
    edition: Edition
    items: list[Item]
    minxian: Work
    zhangxian: Work
    city: Work
    beside: Work
    abroad: Work
    abroad_campaign: Campaign
    second: Person

    def __post_init__(self) -> None:
        self.lead = self.city.office.officer
        self.county, self.unit = self.minxian.office.officer, self.minxian.office.unit
        self.leader, self.inspector = self.minxian.office.leader, self.minxian.office.inspector
        self.neighbour, self.neighbour_unit = self.zhangxian.office.officer, self.zhangxian.office.unit
        self.neighbour_leader = self.zhangxian.office.leader
        self.neighbour_inspector = self.zhangxian.office.inspector
        self.intake, self.neighbour_intake = self.minxian.office.intake, self.zhangxian.office.intake
        self.city_intake = self.city.office.intake

    def office_in(self, work: Work) -> SupervisingOffice:
        """Return the office's part in the campaign."""
        return SupervisingOffice.objects.get(campaign=work.team.campaign, body=work.office.body)

    @property
    def works(self) -> list[Work]:
        return [self.minxian, self.zhangxian, self.city, self.beside, self.abroad]


def build(at: datetime = AT) -> World:
    """Make the world as it stands at that hour; the outings left that morning, the campaign opened days before."""
    start = at - timedelta(days=8)
    divisions.import_divisions(DIVISIONS.encode(), by=None, at=start)
    enrol_witness(at=start, password=PASSWORD)
    types = [
        bodies.add_site_type(code=f"t{n}", name=name, position=n, by=None, at=start) for n, name in enumerate(TYPES)
    ]
    for site_type in types:
        checklists.publish_questions(site_type, questions=CHECKLIST, by=None, at=start)
    city = office("6211", "定西市纪委监委党风政风室", "lead", "621102", types, prefix="city", at=start)
    minxian = office("621126", "岷县纪委监委", "county", "621126", types, prefix="", at=start)
    zhangxian = office("621125", "漳县纪委监委", "county", "621125", types, prefix="neighbour", at=start)
    abroad = office("6205", "天水市纪委监委党风政风室", "lead", "620502", types, prefix="abroad", at=start)
    second = person("second", "演示另一经办人", minxian.body, "county", at=start)
    other_team = beside(minxian, types, at=start)

    catalogue = rulebook.register(
        code="demo-rules", name="演示清单", issuer="演示机关", keeper=city.body, by=None, at=start
    )
    edition = publish(catalogue, at=start)
    campaign = open_campaign("demo", city, [city, minxian, zhangxian], edition, at=start)
    far = open_campaign("abroad", abroad, [abroad], edition, at=start)
    return World(
        at=at, campaign=campaign, rulebook=catalogue, edition=edition, items=list(edition.items.order_by("position")),
        minxian=work(campaign, minxian, edition, at=at), zhangxian=work(campaign, zhangxian, edition, at=at),
        city=work(campaign, city, edition, at=at), beside=work(campaign, other_team, edition, at=at, name="第二组"),
        abroad=work(far, abroad, edition, at=at), abroad_campaign=far, second=second,
    )  # fmt: skip


def person(username: str, name: str, body: Body, role: str, *, at: datetime) -> Person:
    """Enrol someone and give them a post from the day before."""
    found = people.enrol(username=username, name=name, title="演示职务", password=PASSWORD, by=None, at=at)
    posts.appoint(found, body=body, role=role, since=(at - timedelta(days=1)).date(), by=None, at=at)
    return found


def office(code: str, name: str, role: str, county: str, types: list[SiteType], *, prefix: str, at: datetime) -> Office:
    """Put an office on record with its cast, a restaurant that answers for itself, and five sites in two townships."""
    seat = Division.objects.get(pk=code)
    townships = list(Division.objects.filter(code__startswith=county, level="township").order_by("code"))
    body = bodies.add_body(code=f"{code}-office", name=name, kind="office", division=seat, by=None, at=at)
    answering = bodies.add_body(
        code=f"{county}-food", name=f"演示{name[:2]}饭庄", kind="enterprise", division=townships[0], by=None, at=at
    )
    government = bodies.add_body(
        code=f"{county}-gov", name=f"{townships[0].name}人民政府", kind="government", division=townships[0],
        by=None, at=at,
    )  # fmt: skip
    officer = {"lead": "lead" if prefix == "city" else f"{prefix}_lead", "county": prefix or "county"}[role]
    stem = f"{prefix}_" if prefix else ""
    register = [
        sites.add_site(
            code=f"{county}-{n}", name=f"演示{township.name}{kind.name}", type=kind, division=township,
            address="演示路1号", body=answering if kind.name == "饭店" else government, prefixes=[code], by=None, at=at,
        )
        for n, kind in enumerate(types)
        for township in [townships[n % 2]]
    ]  # fmt: skip
    return Office(
        body=body, officer=person(officer, f"演示{name[:2]}干部", body, role, at=at),
        leader=person(f"{stem}leader", f"演示{name[:2]}组长", body, "leader", at=at),
        inspector=person(f"{stem}inspector", f"演示{name[:2]}检查员", body, "inspector", at=at),
        intake=person(f"{stem}intake", f"演示{name[:2]}信访干部", body, "intake", at=at),
        answering=answering, unit=person(f"{stem}unit", f"演示{name[:2]}联系人", answering, "unit", at=at),
        sites=register, townships=townships,
    )  # fmt: skip


def beside(first: Office, types: list[SiteType], *, at: datetime) -> Office:
    """Return the same office with other hands: another team, and another body that answers."""
    market = bodies.add_body(
        code="621126-market", name="演示岷县超市", kind="enterprise", division=first.townships[0], by=None, at=at
    )
    return Office(
        body=first.body, officer=first.officer, leader=person("beside_leader", "演示二组组长", first.body, "leader", at=at),
        inspector=person("beside_inspector", "演示二组检查员", first.body, "inspector", at=at), intake=first.intake,
        answering=market, unit=person("beside_unit", "演示超市联系人", market, "unit", at=at),
        sites=first.sites, townships=first.townships,
    )  # fmt: skip


def publish(catalogue: Rulebook, *, at: datetime, items: tuple[tuple[str, str], ...] = ITEMS) -> Edition:
    """Publish an edition; the third item's text is not on record."""
    rows = [rulebook.NewItem(number, "演示类别", text) for number, text in items]
    return rulebook.publish(
        catalogue, items=rows, issued_on="2021-10-20", source="演示出处", declared=len(rows), by=None, at=at
    )


def open_campaign(slug: str, lead: Office, offices: list[Office], edition: Edition, *, at: datetime) -> Campaign:
    """Open a campaign of nine days whose emergency settings lapse a month later."""
    return campaigns.open_campaign(
        slug=slug, name=f"演示任务 {slug}", purpose="演示目的", lead=lead.body, starts_on=at.date(),
        ends_on=at.date() + timedelta(days=8), emergency_until=at + timedelta(days=38), focus=["值守", "登记"],
        editions=[edition], offices=[each.body for each in offices], by=lead.officer, at=at,
    )  # fmt: skip


def work(campaign: Campaign, at_work: Office, edition: Edition, *, at: datetime, name: str = "第一组") -> Work:
    """Play a team's day: a round drawn and opened, a visit ended, one under way, and a second list still sealed."""
    morning = at - timedelta(hours=10)
    team = teams.form_team(
        campaign, office=at_work.body, name=name, leader=at_work.leader, members=[at_work.inspector],
        townships=at_work.townships, by=at_work.officer, at=morning - timedelta(days=1),
    )  # fmt: skip
    round = drawn_round(campaign, team, at_work, departs_at=morning, at=morning - timedelta(hours=12))
    opened = round.lists.get()
    inspection = fieldwork.depart(opened, by=at_work.leader, at=morning)
    done = ended_visit(inspection, at_work, edition, at=morning + timedelta(hours=1))
    stops = [stop.site for stop in inspection.stops.all() if stop.site_id != done["closed"].site_id]
    visit = fieldwork.begin_visit(inspection, site=stops[0], mode="covert", by=at_work.inspector, at=at)
    noted = note(visit, edition, at_work, way="on_spot", at=at)
    sealed_round = drawn_round(
        campaign, team, at_work, departs_at=at + timedelta(hours=1), at=at - timedelta(hours=1), n=3
    )
    return Work(
        office=at_work, team=team, round=round, list=opened, inspection=inspection, open=visit, noted=noted,
        waiting=stops[1], sealed_round=sealed_round, sealed=sealed_round.lists.get(), **done,
    )  # fmt: skip


def drawn_round(
    campaign: Campaign, team: Team, at_work: Office, *, departs_at: datetime, at: datetime, n: int | None = None
) -> Round:
    """Hold a round of one team; without `n` every site on the register is drawn."""
    return held(campaign, office=at_work.body, by=at_work.officer, teams=[team], departs_at=departs_at, at=at, n=n)


def day_of(moment: datetime) -> date:
    return moment.astimezone(AT.tzinfo).date()


def note(visit: Visit, edition: Edition, at_work: Office, *, way: str, at: datetime, **more: object) -> Finding:
    """Note a finding of the inspector's, due in three days where it has a deadline; no two of a visit read alike."""
    place = "一二三四五六七八九"[Finding.objects.filter(visit=visit).count()]
    return rectifications.note_finding(
        visit, item=edition.items.get(position=1), responsibility="unit", body=at_work.answering, severity="ordinary",
        description=f"演示：现场第{place}处无人值守。", way=way,
        due_at=at + timedelta(days=3) if way == "by_deadline" else None,
        requirement="演示：补齐值守。", by=at_work.inspector, at=at, **more,
    )  # fmt: skip


def ended_visit(inspection: Inspection, at_work: Office, edition: Edition, *, at: datetime) -> dict[str, object]:
    """Visit the restaurant: answers, a photo, three findings, feedback; the third finding's order is answered."""
    inspector = at_work.inspector
    site = next(site for site in at_work.sites if site.type.name == "饭店")
    visit = fieldwork.begin_visit(inspection, site=site, mode="overt", by=inspector, at=at)
    judge, count, ask = visit.checklist.questions.order_by("position")
    given = [
        fieldwork.Given(judge.pk, verdict="fail"),
        fieldwork.Given(count.pk, reported=30, verified=24),
        fieldwork.Given(ask.pk, said="演示：向镇上报告"),
    ]
    fieldwork.answer(visit, given=given, by=inspector, at=at)
    photo = fieldwork.add_photo(visit, content=PNG, name="现场.png", by=inspector, at=at)
    on_spot = note(visit, edition, at_work, way="on_spot", at=at)
    by_deadline = note(visit, edition, at_work, way="by_deadline", photos=[photo], at=at)
    third = note(visit, edition, at_work, way="by_deadline", at=at)
    end = {"outcome": "done", "feedback": "演示：已当场反馈。", "feedback_to": "负责人"}
    rectifications.close_visit(visit, **end, by=inspector, at=at)
    answered = Rectification.objects.get(finding=third)
    proofs = [("整改后.png", PNG)]
    reply = rectifications.answer(answered, measures="演示：已补齐值守。", proofs=proofs, by=at_work.unit, at=at)
    for finding in (on_spot, by_deadline):
        finding.refresh_from_db()
    return {
        "closed": visit, "photo": photo, "on_spot": on_spot, "by_deadline": by_deadline, "answered": answered,
        "attested": Rectification.objects.get(finding=on_spot),
        "order": Rectification.objects.get(finding=by_deadline), "proof": reply.proofs.get(),
    }  # fmt: skip


def sign_in(client, person: Person):
    """Sign a test client in as this person and return it."""
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


__all__ = ["AT", "PASSWORD", "PNG", "World", "build", "sign_in"]
