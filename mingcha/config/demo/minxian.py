"""岷县: 12 teams led by the leadership, 18 townships, 21 inspections, 97 problems; and a round nobody has drawn yet."""

from collections.abc import Iterator
from datetime import datetime

from mingcha.config.demo import campaign, local, places
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.minxian_findings import Findings
from mingcha.config.demo.rounds import Lot, hold
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.config.demo.talk import NOT_EXECUTABLE, REFUSED, SHUT
from mingcha.flow.campaigns.models import Measure
from mingcha.flow.draws import actions as draws
from mingcha.flow.fieldwork.states import Outcome
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import divisions
from mingcha.ground.territory.models import Body, BodyKind, Division

# Nine township groups of two. The first nine teams have one each; three more move between them.
GROUPS = (
    ("岷阳镇", "十里镇"), ("寺沟镇", "秦许乡"), ("茶埠镇", "禾驮镇"), ("西寨镇", "清水镇"), ("西江镇", "梅川镇"),
    ("维新镇", "中寨镇"), ("蒲麻镇", "闾井镇"), ("马坞镇", "锁龙乡"), ("麻子川镇", "申都乡"),
)  # fmt: skip
MOVING = (("寺沟镇", "茶埠镇", "西寨镇"), ("西江镇", "维新镇"), ("蒲麻镇", "马坞镇"))
# The gateways and gathering places of the county seat, for the round left to the newcomer.
SEAT = (("汽车站", 1), ("火车站", 1), ("高速出口", 1), ("市场", 3), ("超市", 2), ("集中隔离点", 1))


def register(stage: Stage, at: datetime) -> None:
    """Put the county's bodies on record, each in the line of a department of the city; people follow, then `form`."""
    lines = {}
    for code, name, above in (("wjj", "岷县卫生健康局", "6211-wjw"), ("jyj", "岷县教育局", "6211-jyj")):
        over = Body.objects.get(pk=above)
        lines[code] = places.add_body(MINXIAN, code, name, BodyKind.DEPARTMENT, at, parent=over)
    for township in territory.townships(MINXIAN.code):
        for mark, name, department in (("wsy", "卫生院", "wjj"), ("xx", "中心学校", "jyj")):
            code, parent = f"{township.code[6:]}-{mark}", lines[department]
            places.add_body(MINXIAN, code, f"{township.name}{name}", BodyKind.INSTITUTION, at, parent=parent)


def form(stage: Stage, at: datetime) -> None:
    """Import the register, group the townships and form the twelve teams."""
    townships = {t.name: t for t in territory.townships(MINXIAN.code)}
    places.hand_in_register(stage, MINXIAN, _rows(townships), at)
    numbers = "一二三四五六七八九"
    groups = {townships[name].code: f"{numbers[i]}片区" for i, names in enumerate(GROUPS) for name in names}
    divisions.group_townships(groups, prefix=MINXIAN.code, by=stage.people[MINXIAN.officer], at=at)
    stretches = [[townships[name].code for name in names] for names in (*GROUPS, *MOVING)]
    campaign.form_teams(stage, MINXIAN, stretches, at)


def _rows(townships: dict[str, Division]) -> Iterator[places.Row]:
    for t in townships.values():
        yield places.row(t, "乡镇政府", "zf", "政府")
        yield places.row(t, "卫生院", "wsy", "卫生院", made_up(f"{t.name}卫生院"))
        yield places.row(t, "学校", "xx", "中心学校", made_up(f"{t.name}中心学校"))
        yield places.row(t, "小区", "xq", "一号小区")
        yield places.row(t, "监测点", "jcd", "路口监测点")
    seat = townships["岷阳镇"]
    for kind, count in SEAT:
        for number in range(1, count + 1):
            yield places.row(seat, kind, f"{kind}{number}", f"{number}号{kind}")
    names = {t.code: t for t in townships.values()}
    for village in local.villages(MINXIAN):
        yield places.row(village, "村", "cwh", "", places.government(names[village.township_code]))


def inspect(stage: Stage) -> None:
    """
    Put down three rounds. Their sizes are chosen so that the published figures come out of any draw:

    1. All 18 township governments (n = N); each team has one for certain, so 12 inspections.
    2. Health centres, schools and compounds: in each group one of two (27 of 54), by five teams.
    3. Monitoring points, and governments once more: again one of two (18 of 36), by four teams. 12 + 5 + 4 = 21.
    """
    teams = stage.teams[MINXIAN.office]
    first = Findings(
        stage, per_visit=[2] * 14 + [1] * 3,  # and five at the cast's unit: 36
        fates={"spot": 12, "upheld": 6, "overturned": 1, "closed": 9, "reclosed": 3}, at_unit=True,
    )  # fmt: skip
    second = Findings(
        stage, per_visit=[2, 1, 2, 1, 2, 2, 0, 1, 2, 1, 2, 1, 2, 1, 2, 0, 2, 1, 2, 2, 1, 2, 1, 2, 2],  # 37
        fates={"spot": 17, "upheld": 4, "overturned": 1, "closed": 8, "reclosed": 1, "answered": 1, "returned": 1,
               "overdue": 2, "overdue_returned": 1, "ordered": 1},
        failed={"小区": (Outcome.REFUSED, REFUSED), "学校": (Outcome.SHUT, SHUT)}, withdraws=True,
    )  # fmt: skip
    third = Findings(
        stage, per_visit=[1, 2, 1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2, 1],  # 24
        fates={"spot": 14, "ordered": 3, "unsigned": 2, "answered": 4, "returned": 1},
        failed={"监测点": (Outcome.NOT_EXECUTABLE, NOT_EXECUTABLE)}, recurs=True,
    )  # fmt: skip
    hold(stage, Lot(MINXIAN, ["乡镇政府"], 18, teams, moment(20, "09:00"), first))
    hold(stage, Lot(MINXIAN, ["卫生院", "学校", "小区"], 27, teams[:5], moment(22, "09:00"), second))
    hold(stage, Lot(MINXIAN, ["监测点", "乡镇政府"], 18, teams[5:9], moment(25, "09:00"), third, routed=True))


def report(stage: Stage) -> None:
    """Answer for what the county published, and begin the round that is left to the newcomer."""
    published = [Measure.TEAMS, Measure.TOWNSHIPS, Measure.INSPECTIONS, Measure.PROBLEMS]
    officer = stage.people[MINXIAN.officer]
    stage.agenda.put(
        moment(27, "16:30"),
        lambda at: campaign.answer_for(stage, MINXIAN.office, published, by=MINXIAN.officer, at=at),
    )
    stage.agenda.put(
        moment(27, "17:30"),
        lambda at: draws.begin(
            stage.campaign, office=stage.office(MINXIAN.office), witness=stage.office(LEAD), by=officer, at=at
        ),
    )
