"""Embedded supervision (嵌入式监督): what the groups do inside their departments, and one check that ends in an order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mingcha.config.demo import talk
from mingcha.config.demo.agenda import OFFICE_TIME, moment
from mingcha.config.demo.fates import WAITING_UNTIL
from mingcha.config.demo.groups import CULTURE, EDUCATION, HEALTH, MARKETS, TRANSPORT, Group
from mingcha.config.demo.outings import Plan, go_through
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import teams
from mingcha.flow.fieldwork.actions import embedded
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import EmbeddedRecord, Inspection, Visit
from mingcha.flow.fieldwork.states import EmbeddedKind
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Site

TEAM = "驻卫健检查组"


@dataclass(frozen=True)
class Record:
    """One thing a group did: when, how, about what, what was seen; counts where it counted, whom it reminded."""

    day: int
    clock: str
    group: Group
    kind: EmbeddedKind
    subject: str
    text: str
    checked: int | None = None
    amiss: int | None = None
    reminded: str = ""


RECORDS = (
    Record(20, "16:40", HEALTH, EmbeddedKind.MEETING, "列席疫情防控调度会",
           "会议部署了全市医疗机构预检分诊和物资调拨，责任到科室；会上指出两项任务没有定时限，已当场补上"),
    Record(21, "22:10", HEALTH, EmbeddedKind.ROSTER, "夜间抽查机关和直属单位值班",
           "抽查机关科室和直属单位值班岗，两个岗电话无人接听，带班领导当晚补岗", 12, 2),
    Record(23, "15:05", EDUCATION, EmbeddedKind.REMINDER, "校园外出情况排查进度",
           "全市学校排查进度参差，提醒分管负责人逐校核对、按日通报", reminded="分管副局长"),
    Record(24, "17:30", TRANSPORT, EmbeddedKind.ROSTER, "客运站和公路卡点值守抽查",
           "随机抽查六个客运站和公路卡点的排班表，一处交接班没有签字", 6, 1),
    Record(25, "17:10", MARKETS, EmbeddedKind.OWN, "督促市场监管系统自查",
           "督促市局对各县区分局的检查再检查，抽看检查记录三十份，四份没有整改回访", 30, 4),
    Record(26, "11:20", CULTURE, EmbeddedKind.MEETING, "列席景区限流工作会",
           "会议明确景区暂停接待外地团队，责任落实到科室和景区"),
)  # fmt: skip
CHECK = Record(
    22, "10:00", HEALTH, EmbeddedKind.JOINT_CHECK, "与驻在部门联合检查机关防控责任落实",
    "对照部门检查表逐项核对方案、值班和督导记录，发现一项问题，转为限期整改",
)  # fmt: skip


class OneOrder:
    """The check of the host: one finding against the department, answered by it, left for the lead to verify."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def plan(self, site: Site) -> Plan:
        """Find one thing."""
        return Plan(findings=1)

    def note(self, visit: Visit, plan: Plan, *, by: Person, at: datetime) -> None:
        """Note it as the department's own breach, with a deadline."""
        item = campaigns.items(self.stage.campaign).get(edition__rulebook__code="gansu-bage-yanjin", position=2)
        due = moment(WAITING_UNTIL.day, "18:00")
        rectifications.note_finding(
            visit, item=item, responsibility="department", body=visit.site.body, severity="ordinary",
            description=made_up(f"{at.astimezone(OFFICE_TIME):%H:%M}在督导台账，本月对三个县区没有督导记录"),
            way="by_deadline", due_at=due, requirement=made_up("一周内补齐督导并反馈"), by=by, at=at,
        )  # fmt: skip

    def follow_up(self, visit: Visit, *, at: datetime) -> None:
        """Put down that the department signs for the order and answers it."""
        stage, order = self.stage, Rectification.objects.select_related("finding", "body").get(finding__visit=visit)
        unit = stage.contacts[order.body_id]

        def answer(at: datetime) -> None:
            proofs = [("督导记录（演示）.png", stage.next_picture())]
            rectifications.answer(order, measures=made_up(talk.SUPERVISED), proofs=proofs, by=unit, at=at)

        stage.agenda.put(moment(22, "15:00"), lambda at: rectifications.receive(order, by=unit, at=at))
        stage.agenda.put(moment(26, "11:00"), answer)


def form_team(stage: Stage, at: datetime) -> None:
    """Let the lead form the health group's own team: who checks goes out with a team, also inside a department."""
    leader, officer = stage.people[HEALTH.leader], stage.people[HEALTH.officer(1)]
    team = teams.form_team(
        stage.campaign, office=stage.office(HEALTH.code), name=TEAM, leader=leader, members=[officer], townships=[],
        base=made_up("市卫健委机关"), by=stage.people["lead"], at=at,
    )  # fmt: skip
    stage.leaders[team.pk], stage.inspectors[team.pk] = leader, officer


def put_down(stage: Stage) -> None:
    """Put the records and the check on the agenda."""
    for each in RECORDS:
        stage.agenda.put(moment(each.day, each.clock), partial(_record, stage, each))
    stage.agenda.put(moment(CHECK.day, CHECK.clock), lambda at: _check(stage, at))


def _record(stage: Stage, each: Record, at: datetime) -> EmbeddedRecord:
    return embedded.record(
        stage.campaign, group=stage.office(each.group.code), kind=each.kind,
        day=at.astimezone(OFFICE_TIME).date(), subject=made_up(each.subject), text=made_up(each.text),
        checked=each.checked, amiss=each.amiss, reminded=each.reminded, by=stage.voices[each.group.code], at=at,
    )  # fmt: skip


def _check(stage: Stage, at: datetime) -> None:
    officer, script = stage.people[HEALTH.officer(1)], OneOrder(stage)
    site = Site.objects.select_related("type", "division", "body").get(code=f"{HEALTH.host_code}-jg")
    visit = embedded.begin_check(_record(stage, CHECK, at), site=site, by=officer, at=at)
    go_through(stage, visit, script.plan(site), script, by=officer, at=at)
    inspection = Inspection.objects.get(pk=visit.inspection_id)
    stage.agenda.put(
        at + timedelta(hours=1),
        lambda at: fieldwork.return_team(inspection, by=stage.leaders[inspection.team_id], at=at),
    )
