"""县乡村三级: a commission in every township of the seven counties, and supervisors in some villages. All made up."""

from datetime import date, datetime

from mingcha.config.demo.counties import COUNTIES, MINXIAN, WEIYUAN, County
from mingcha.config.demo.people import enrol
from mingcha.config.demo.stage import Stage, made_up
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import bodies
from mingcha.ground.territory.models import Body, BodyKind, Division

CAST_TOWNSHIP, CAST_VILLAGE = "621126100", "621126100201"
# How many villages of a township have supervisors on record.
SUPERVISED = {
    MINXIAN.code: {"岷阳镇": 3, "十里镇": 2, "秦许乡": 1, "蒲麻镇": 1},
    WEIYUAN.code: {"会川镇": 2, "大安乡": 1, "新寨镇": 1},
}
ACTING_UNTIL = date(2021, 12, 31)


def commission(township: str) -> str:
    """Return the code of a township's commission (乡镇纪委)."""
    return f"{township}-jw"


def supervisors(village: str) -> str:
    """Return the code of a village's supervisors (村务监督委员会)."""
    return f"{village}-jd"


def officer(township: str, number: int = 1) -> str:
    """Return the sign-in name of a township's officer, counted from 1."""
    return "township" if (township, number) == (CAST_TOWNSHIP, 1) else f"demo-{township}-jw{number}"


def villages(county: County) -> list[Division]:
    """Return the villages of a county that have supervisors on record."""
    counts = {t.code: SUPERVISED[county.code].get(t.name, 0) for t in territory.townships(county.code)}
    found: list[Division] = []
    for township, count in counts.items():
        places = Division.objects.filter(parent_code=township, name__endswith="村民委员会").order_by("code")
        found += places[:count] if count else []
    return found


def register(stage: Stage, at: datetime) -> None:
    """Put commissions and village supervisors on record, each beneath the one above it in its own line."""
    for county in COUNTIES:
        office = stage.office(county.office)
        for township in territory.townships(county.code):
            town = "街道纪工委" if township.name.endswith("街道") else "纪委"
            name = f"{township.name.removesuffix('街道')}{town}"
            bodies.add_body(
                code=commission(township.code), name=made_up(name), kind=BodyKind.TOWNSHIP_OFFICE, division=township,
                parent=office, tier=stage.tiers["township"], by=None, at=at,
            )  # fmt: skip
    for code in SUPERVISED:
        for village in villages(next(county for county in COUNTIES if county.code == code)):
            name = f"{village.name.removesuffix('民委员会')}务监督委员会"
            bodies.add_body(
                code=supervisors(village.code), name=made_up(name), kind=BodyKind.VILLAGE_SUPERVISORS,
                division=village, parent=Body.objects.get(pk=commission(village.township_code)),
                tier=stage.tiers["village"], by=None, at=at,
            )  # fmt: skip


def staff(stage: Stage, at: datetime) -> None:
    """Give each commission a secretary and each village its chair; 岷阳镇 has two officers, 会川镇 an acting one."""
    kinds = (BodyKind.TOWNSHIP_OFFICE, BodyKind.VILLAGE_SUPERVISORS)
    for body in Body.objects.filter(kind__in=kinds).select_related("division").order_by("code"):
        place = body.division
        if body.kind == BodyKind.VILLAGE_SUPERVISORS:
            username = "village" if place.code == CAST_VILLAGE else f"demo-{place.code}-jd"
            enrol(stage, username, title="村务监督委员会主任", body=body, role="village", at=at)
        else:
            username = officer(place.code)
            title = f"{'街道纪工委' if place.name.endswith('街道') else place.name[-1] + '纪委'}书记"
            acting = ACTING_UNTIL if place.name == "会川镇" else None
            enrol(stage, username, title=title, body=body, role="township", at=at, acting_until=acting)
        stage.voices[body.code] = stage.people[username]
    second = Body.objects.get(pk=commission(CAST_TOWNSHIP))
    enrol(stage, officer(CAST_TOWNSHIP, 2), title="镇纪委委员", body=second, role="township", at=at)
