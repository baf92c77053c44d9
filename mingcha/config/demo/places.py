"""
The ground of the demo: real divisions, real offices, the real mechanism's name; bodies that answer and sites that are
visited, all made up.
"""

from collections.abc import Iterable
from datetime import datetime
from importlib import resources

from mingcha.config.demo import layout
from mingcha.config.demo.counties import COUNTIES, County
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bearings, bodies, divisions, ranks, sites
from mingcha.ground.territory.models import Body, BodyKind, Division
from mingcha.kernel import sheets

# A row of the register as an office hands it in: code, name, type, division, address, answering body.
Row = tuple[str, str, str, str, str, str]

MECHANISM = "“1+7+X”暗访监督机制"
# How many stand in a tier is counted from the bodies: the 7 is nowhere written, and X is what stays open.
RANKS = (
    ranks.Rank("牵头机关", "lead"),
    ranks.Rank("县区纪委监委", "area"),
    ranks.Rank("派驻机构和专项组", "group", open_ended=True),
    ranks.Rank("乡镇纪检组织", "township"),
    ranks.Rank("村级监督组织", "village"),
)


def lay_ground(stage: Stage, at: datetime) -> None:
    """Take the divisions, set up the mechanism, and put the offices and every township's government on record."""
    content = (resources.files(__package__) / "dingxi_divisions.csv").read_bytes()
    divisions.import_divisions(content, by=None, at=at)
    city = Division.objects.get(pk="6211")
    mechanism = ranks.set_up(city, name=MECHANISM, ranks=RANKS, by=None, at=at)
    stage.tiers = {tier.kind: tier for tier in mechanism.tiers.all()}
    lead = bodies.add_body(
        code=LEAD, name="定西市纪委监委", kind=BodyKind.OFFICE, division=city, tier=stage.tiers["lead"], by=None, at=at
    )
    for county in COUNTIES:
        place = Division.objects.get(pk=county.code)
        bodies.add_body(
            code=county.office, name=f"{county.name}纪委监委", kind=BodyKind.OFFICE, division=place, parent=lead,
            tier=stage.tiers["area"], by=None, at=at,
        )  # fmt: skip
        for township in territory.townships(county.code):
            bodies.add_body(
                code=f"{township.code}-zf", name=government(township), kind=BodyKind.GOVERNMENT, division=township,
                by=None, at=at,
            )  # fmt: skip


def government(township: Division) -> str:
    """Return the made-up body that stands for a township's government or a street's office."""
    return made_up(f"{township.name}{'办事处' if township.name.endswith('街道') else '人民政府'}")


def add_body(county: County, code: str, name: str, kind: BodyKind, at: datetime, *, parent: Body | None = None) -> Body:
    """Put a made-up body of a county on record, beneath another in its own line where it has one."""
    place = Division.objects.get(pk=county.code)
    return bodies.add_body(
        code=f"{county.code}-{code}", name=made_up(name), kind=kind, division=place, parent=parent, by=None, at=at
    )


def row(township: Division, kind: str, mark: str, name: str, body: str = "") -> Row:
    """
    Return a register row for a made-up site in a township.

    `kind` is the type's Chinese name, `mark` ends the site's code; without `body` the township answers for it.
    """
    site = made_up(f"{township.name}{name}")
    return f"{township.code}-{mark}", site, kind, township.code, made_up("演示路1号"), body or government(township)


def hand_in_register(stage: Stage, county: County, rows: Iterable[Row], at: datetime) -> None:
    """Let the county's officer import the register from Excel; bodies not known yet are registered with it."""
    placed = [(*row, *layout.columns(row[0], row[2], row[3])) for row in rows]
    content = sheets.write([*sites.COLUMNS, *bearings.COLUMNS], placed, title="点位")
    sites.import_sites(content, prefixes=[county.code], by=stage.people[county.officer], at=at)
