"""
A city raised from a plan: its tiers, its offices and its people, and one day's work of one of them. The rules of the
ranks must hold in every one of them, so the same chapter is read in each.

    city = raise_city(PLANS["1+7+X"])
    city.lead                       who leads; city.here · city.there: two area offices, each with its cast (`Office`)
    city.second · spare · spare_leader   of `here`: another officer, an inspector and a leader who are in no team
    city.township                   a supervisor of the first township of `here`; `followers`: all who follow, not judge
    city.partner · partner_person   a body that joins teams: a resident group where there is one, else the township's
    city.work                       what a team of `here` has done by the afternoon (`Work`)
    city.group · group_leader · host · host_site   where the plan has groups
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mingcha.flow.campaigns.actions import campaigns, teams
from mingcha.flow.campaigns.models import Campaign
from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.models import Person
from mingcha.ground.rulebook.actions import catalogues as rulebook
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Edition
from mingcha.ground.territory.actions import bodies, divisions, ranks, sites
from mingcha.ground.territory.models import Body, Division, Mechanism, Site, SiteType, Tier
from tests.lots_held import enrol_witness
from tests.world import AT, CHECKLIST, PASSWORD, TYPES, Office, Work, office, open_campaign, person, publish, work


@dataclass(frozen=True)
class Plan:
    """A kind of city. Its tiers are all that is told to the product; the rest is how many of each there are."""

    formula: str
    name: str
    areas: int
    groups: int
    tiers: tuple[ranks.Rank, ...]
    area: str = "县"
    township: str = "镇"


PLANS = {
    plan.formula: plan
    for plan in (
        Plan(
            "1+7+X", "演示山城", areas=7, groups=2, tiers=(
                ranks.Rank("牵头机关", "lead"), ranks.Rank("县区机关", "area"),
                ranks.Rank("派驻机构", "group", open_ended=True), ranks.Rank("专项组", "group", open_ended=True),
                ranks.Rank("乡镇", "township"), ranks.Rank("村社区", "village"),
            ),
        ),
        Plan(
            "1+12", "演示江城", areas=12, groups=0, area="区", township="街道",
            tiers=(ranks.Rank("市级专班", "lead"), ranks.Rank("区级专班", "area"), ranks.Rank("街道监督站", "township")),
        ),
    )
}  # fmt: skip


@dataclass
class City:
    plan: Plan
    at: datetime
    mechanism: Mechanism
    tiers: dict[str, Tier]
    campaign: Campaign
    edition: Edition
    centre: Office
    here: Office
    there: Office
    work: Work
    second: Person
    spare: Person
    spare_leader: Person
    township_body: Body
    township: Person
    village_body: Body | None = None
    village: Person | None = None
    group_body: Body | None = None
    host: Body | None = None
    host_site: Site | None = None
    group: Person | None = None
    group_leader: Person | None = None

    @property
    def lead(self) -> Person:
        return self.centre.officer

    @property
    def partner(self) -> Body:
        return self.group_body or self.township_body

    @property
    def partner_person(self) -> Person:
        return self.group or self.township

    @property
    def followers(self) -> list[Person]:
        return [each for each in (self.township, self.village, self.group) if each is not None]


def raise_city(plan: Plan, at: datetime = AT) -> City:
    """Raise a city by its plan, with a campaign under way since eight days."""
    start = at - timedelta(days=8)
    seat = _divisions(plan, at=start)
    types = [
        bodies.add_site_type(code=f"t{n}", name=name, position=n, by=None, at=start) for n, name in enumerate(TYPES)
    ]
    for kind in types:
        checklists.publish_questions(kind, questions=CHECKLIST, by=None, at=start)
    mechanism = ranks.set_up(seat, name=f"演示{plan.formula}", ranks=plan.tiers, by=None, at=start)
    tiers = {tier.kind: tier for tier in mechanism.tiers.order_by("-position")}
    centre = office("9901", f"{plan.name}纪委监委", "lead", "990103", types, prefix="city", at=start)
    here = office("990101", "演示甲地纪委监委", "county", "990101", types, prefix="", at=start)
    there = office("990102", "演示乙地纪委监委", "county", "990102", types, prefix="neighbour", at=start)
    areas = [here.body, there.body, *_bare_offices(plan, at=start)]
    _place(centre.body, tiers["lead"], None, at=start)
    for body in areas:
        _place(body, tiers["area"], centre.body, at=start)
    catalogue = rulebook.register(
        code="rules", name="演示清单", issuer="演示机关", keeper=centre.body, by=None, at=start
    )
    edition = publish(catalogue, at=start)
    campaign = open_campaign("demo", centre, [centre, here, there], edition, at=start)
    return City(
        plan=plan, at=at, mechanism=mechanism, tiers=tiers, campaign=campaign, edition=edition, centre=centre,
        here=here, there=there, **_people(here, start), **_local(here, tiers, at=start),
        **(_groups(centre, types, tiers, campaign, plan, at=start) if plan.groups else {}),
        work=work(campaign, here, edition, at=at),
    )  # fmt: skip


def _divisions(plan: Plan, *, at: datetime) -> Division:
    rows = ["99,演示省,province,", f"9901,{plan.name},city,99"]
    for area in range(1, plan.areas + 1):
        county = f"9901{area:02}"
        rows.append(f"{county},演示{area}{plan.area},county,9901")
        if area <= 3:
            rows += [f"{county}{n},演示{area}{plan.area}{n}{plan.township},township,{county}" for n in (100, 101)]
    rows.append("990101100201,演示村民委员会,village,990101100")
    divisions.import_divisions("\n".join(["code,name,level,parent_code", *rows]).encode(), by=None, at=at)
    enrol_witness(at=at, password=PASSWORD, province="99")
    return Division.objects.get(pk="9901")


def _bare_offices(plan: Plan, *, at: datetime) -> list[Body]:
    places = Division.objects.filter(level="county", code__startswith="9901").order_by("code")[2:]
    return [
        bodies.add_body(code=f"{place.pk}-office", name=f"{place.name}纪委监委", kind="office", division=place,
                        by=None, at=at)
        for place in places
    ]  # fmt: skip


def _place(body: Body, tier: Tier, parent: Body | None, *, at: datetime) -> None:
    ranks.place(body, tier=tier, host=None, parent=parent, by=None, at=at)


def _people(here: Office, at: datetime) -> dict[str, Person]:
    return {
        "second": person("second", "演示另一经办人", here.body, "county", at=at),
        "spare": person("spare", "演示待命检查员", here.body, "inspector", at=at),
        "spare_leader": person("spare_leader", "演示待命班子成员", here.body, "leader", at=at),
    }


def _local(here: Office, tiers: dict[str, Tier], *, at: datetime) -> dict[str, Any]:
    """Supervisors of the first township; of a village, too, where the plan has a tier for them."""
    station = bodies.add_body(
        code="990101100-jw", name="演示镇街监督组织", kind="township_office", division=here.townships[0],
        parent=here.body, tier=tiers["township"], by=None, at=at,
    )  # fmt: skip
    found: dict[str, Any] = {
        "township_body": station,
        "township": person("township", "演示镇街干部", station, "township", at=at),
    }
    if "village" in tiers:
        committee = bodies.add_body(
            code="990101100201-jd", name="演示村务监督委员会", kind="village_supervisors", parent=station,
            division=Division.objects.get(pk="990101100201"), tier=tiers["village"], by=None, at=at,
        )  # fmt: skip
        found |= {"village_body": committee, "village": person("village", "演示村监督员", committee, "village", at=at)}
    return found


def _groups(
    centre: Office, types: list[SiteType], tiers: dict[str, Tier], campaign: Campaign, plan: Plan, *, at: datetime
) -> dict[str, Any]:
    """Resident groups, each in a department of the city; the first has people, a site of its host, and a team."""
    city = Division.objects.get(pk="9901")
    made = []
    for n in range(plan.groups):
        host = bodies.add_body(code=f"9901-d{n}", name=f"演示市{n}局", kind="department", division=city, by=None, at=at)
        made.append(bodies.add_body(
            code=f"9901-g{n}", name=f"演示派驻{n}组", kind="resident_group", division=city, parent=centre.body,
            tier=tiers["group"], host=host, by=None, at=at,
        ))  # fmt: skip
    body, host = made[0], made[0].host
    site = sites.add_site(
        code="9901-d0", name="演示市0局机关", type=types[0], division=centre.townships[0], address="", body=host,
        prefixes=["9901"], by=None, at=at,
    )  # fmt: skip
    leader = person("group_leader", "演示派驻组长", body, "leader", at=at)
    posts.appoint(leader, body=body, role="group", since=(at - timedelta(days=1)).date(), by=None, at=at)
    found = {
        "group_body": body, "host": host, "host_site": site, "group_leader": leader,
        "group": person("group", "演示派驻干部", body, "group", at=at),
    }  # fmt: skip
    campaigns.admit_office(campaign, body=body, by=centre.officer, at=at)
    return found


def team_of_group(city: City, *, members: list[Person] | None = None) -> Any:
    """Form the resident group's own team."""
    return teams.form_team(
        city.campaign, office=city.group_body, name="派驻组", leader=city.group_leader,
        members=[city.group] if members is None else members, townships=[], by=city.lead, at=city.at,
    )  # fmt: skip
