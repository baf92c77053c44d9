"""The X of 1+7+X: groups resident in departments of the city, and one special group. Which exist is made up, and marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mingcha.config.demo.people import SINCE, enrol
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.ground.accounts.actions import posts
from mingcha.ground.territory.actions import bodies, sites
from mingcha.ground.territory.models import Body, BodyKind, Division, SiteType


@dataclass(frozen=True)
class Group:
    """A group: the department it sits in (none: a special group), what its people know best, how many officers."""

    short: str
    name: str
    host: str
    skill: str
    officers: int = 2

    @property
    def code(self) -> str:
        """The code of the group's own body; it sorts behind the lead office's, as the groups stand beneath it."""
        return f"6211-pz-{self.short}"

    @property
    def host_code(self) -> str:
        """The code of the department."""
        return f"6211-{self.short}"

    @property
    def leader(self) -> str:
        """The sign-in name of the group's leader."""
        return f"demo-{self.short}-leader"

    def officer(self, number: int) -> str:
        """The sign-in name of an officer, counted from 1."""
        return "group" if (self.short, number) == ("wjw", 1) else f"demo-{self.short}-officer{number:02d}"


def _resident(short: str, host: str, skill: str, officers: int = 2) -> Group:
    return Group(short, f"派驻{host}纪检监察组", host, skill, officers)


HEALTH = _resident("wjw", "市卫健委", "医疗卫生", 3)
EDUCATION = _resident("jyj", "市教育局", "教育")
TRANSPORT = _resident("jtj", "市交通运输局", "交通运输")
MARKETS = _resident("scj", "市市场监管局", "市场监管")
CULTURE = _resident("wlj", "市文旅局", "文化旅游")
INDUSTRY = _resident("gxj", "市工信局", "工业和信息化")
SPECIAL = Group("yqfk", "疫情防控监督专班", "", "应急处置")
RESIDENT = (HEALTH, EDUCATION, TRANSPORT, MARKETS, CULTURE, INDUSTRY)
GROUPS = (*RESIDENT, SPECIAL)


def register(stage: Stage, at: datetime) -> None:
    """Put the host departments on record, and in each its group; the groups stand beneath the lead office."""
    city, lead, tier = Division.objects.get(pk="6211"), stage.office(LEAD), stage.tiers["group"]
    for group in RESIDENT:
        host = bodies.add_body(
            code=group.host_code, name=made_up(group.host), kind=BodyKind.DEPARTMENT, division=city, by=None, at=at
        )
        bodies.add_body(
            code=group.code, name=made_up(group.name), kind=BodyKind.RESIDENT_GROUP, division=city, parent=lead,
            tier=tier, host=host, by=None, at=at,
        )  # fmt: skip
    bodies.add_body(
        code=SPECIAL.code, name=made_up(SPECIAL.name), kind=BodyKind.SPECIAL_GROUP, division=city, parent=lead,
        tier=tier, by=None, at=at,
    )  # fmt: skip


def staff(stage: Stage, at: datetime) -> None:
    """Give each group a leader, who holds two posts, and officers; and each department somebody who answers for it."""
    for group, body in found(stage):
        enrol(stage, group.leader, title="组长", body=body, role="leader", at=at)
        posts.appoint(stage.people[group.leader], body=body, role="group", since=SINCE, by=None, at=at)
        for number in range(1, group.officers + 1):
            name = group.officer(number)
            enrol(stage, name, title="纪检监察员", body=body, role="group", at=at, skills=[group.skill])
        stage.voices[body.code] = stage.people[group.officer(1)]
        if body.host is not None:
            enrol(stage, f"demo-{group.short}-contact", title="联系人", body=body.host, role="unit", at=at)
            stage.contacts[body.host.code] = stage.people[f"demo-{group.short}-contact"]


def found(stage: Stage) -> Iterator[tuple[Group, Body]]:
    """Yield every group with its body."""
    known = Body.objects.select_related("division", "host").in_bulk([group.code for group in GROUPS])
    return ((group, known[group.code]) for group in GROUPS)


def register_seat(stage: Stage, at: datetime) -> None:
    """Put the health department's own seat on the register: the host's duty is checked there, by its own checklist."""
    sites.add_site(
        code=f"{HEALTH.host_code}-jg", name=made_up("市卫健委机关"), type=SiteType.objects.get(name="部门"),
        division=Division.objects.get(name="福台路街道", code__startswith="621102"), address=made_up("演示路9号"),
        body=Body.objects.get(pk=HEALTH.host_code), prefixes=["6211"], by=stage.people["lead"], at=at,
    )  # fmt: skip
