"""The notes between the offices, as data: who wrote what to whom, who signed, replied, asked. Own wording, about duties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import ANDING, COUNTIES, LINTAO, LONGXI, MINXIAN, TONGWEI, WEIYUAN, ZHANGXIAN
from mingcha.config.demo.groups import HEALTH, RESIDENT
from mingcha.config.demo.local import CAST_TOWNSHIP, CAST_VILLAGE, commission, supervisors
from mingcha.config.demo.stage import LEAD
from mingcha.flow.guidance.states import Kind

ALL = tuple(county.office for county in COUNTIES)
GROUPS = tuple(group.code for group in RESIDENT)
SEAT, VILLAGE = commission(CAST_TOWNSHIP), supervisors(CAST_VILLAGE)
# 十里镇 and three more townships of 岷县 beside the seat.
SHILI, PUMA, XIZHAI, QINXU = (commission(code) for code in ("621126106", "621126101", "621126102", "621126204"))


@dataclass(frozen=True)
class Said:
    """A reply or a question: by which body, when, what; `answer` is the issuer's, where there is one."""

    body: str
    at: datetime
    text: str
    answered_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True)
class Letter:
    """
    A note. `to`: codes of bodies, or none where it goes `by_link` to whoever looks after that division. `unread`: who
    has not opened it, `unsigned`: who has opened it and not signed; all others sign one after the other.
    """

    at: datetime
    issuer: str
    kind: Kind
    title: str
    text: str
    to: Sequence[str] = ()
    by_link: str = ""
    reply_by: datetime | None = None
    about: str = ""
    unread: Sequence[str] = ()
    unsigned: Sequence[str] = ()
    replies: Sequence[Said] = ()
    questions: Sequence[Said] = ()


_GATES = "紧盯火车站、汽车站和高速出口"
_WORK = "疫情防控监督检查工作指导"
LETTERS = (
    Letter(
        moment(19, "15:30"), LEAD, Kind.GUIDANCE, _WORK,
        "各单位立足“监督的再监督”，聚焦职责查责任、查作风，采取四不两直方式，问题现场反馈、立行立改，不能当场改的限期整改；"
        "派驻机构用好嵌入式监督，督促驻在部门落实防控责任。检查人员不收集、不登记群众个人信息。",
        (*ALL, *GROUPS),
    ),
    Letter(
        moment(20, "17:35"), LEAD, Kind.HINT, _GATES,
        "请各县区当晚抽查一处“进出口”的夜间值守，明日12时前答复抽查处数和发现问题数。",
        ALL, reply_by=moment(21, "12:00"),
        replies=(
            Said(MINXIAN.office, moment(20, "22:40"), "已抽查两处，值守在岗，未发现空岗"),
            Said(ANDING.office, moment(20, "23:05"), "已抽查一处高速路卡点，交接记录不完整，已当场补齐"),
            Said(WEIYUAN.office, moment(21, "08:20"), "已抽查火车站和高速出口各一处，查验正常"),
            Said(LONGXI.office, moment(21, "09:10"), "已抽查一处，夜间带班领导在岗"),
            Said(LINTAO.office, moment(21, "10:45"), "已抽查一处，登记簿有两页字迹不清，已要求重新登记"),
            Said(ZHANGXIAN.office, moment(21, "11:30"), "已抽查一处，值守在岗"),
            Said(TONGWEI.office, moment(21, "15:20"), "已抽查一处，值守在岗；因外出检查，答复迟了"),
        ),
    ),
    Letter(
        moment(22, "17:00"), LEAD, Kind.HINT, "明察暗访要有记录、有反馈",
        "暗访不打招呼，发现问题事后向责任单位反馈；明察当场反馈。两种方式都要填写检查表。",
        (ANDING.office, LONGXI.office, WEIYUAN.office, MINXIAN.office),
        questions=(
            Said(WEIYUAN.office, moment(22, "18:05"), "暗访时对方要求出示证件，出示后还算暗访吗？",
                 moment(22, "18:40"), "出示证件后按明察继续，检查方式照实登记"),
        ),
    ),
    Letter(
        moment(23, "09:40"), LEAD, Kind.HINT, "岷阳镇客流集中点位的联系指导",
        "请联系岷阳镇的单位和人员到所联系的点位指导一次，只指导、不代替检查，抽签和核验按回避规定办理。",
        by_link=CAST_TOWNSHIP,
    ),
    Letter(
        moment(23, "16:45"), LEAD, Kind.HINT, "尚未外出检查的县区请报安排",
        "请说明外出检查的时间安排和人员情况。",
        (TONGWEI.office, LINTAO.office, ZHANGXIAN.office), reply_by=moment(25, "18:00"), unsigned=(TONGWEI.office,),
        replies=(
            Said(LINTAO.office, moment(24, "17:50"), "室组地联动组24日已外出检查，其余两组待命"),
            Said(ZHANGXIAN.office, moment(25, "09:15"), "人员已编组，按县里统一安排外出"),
            Said(TONGWEI.office, moment(25, "16:30"), "负责同志刚交接，两个组已重新明确组长，待命"),
        ),
    ),
    Letter(
        moment(24, "17:45"), MINXIAN.office, Kind.REPORT, "关于监督检查情况的反馈",
        "已开展两轮抽签检查，乡镇全部覆盖，问题均已交办；建议市里统一明确夜间值守的最低人数。",
        (LEAD,), about=_WORK,
    ),
    Letter(
        moment(25, "17:30"), MINXIAN.office, Kind.HINT, "请各乡镇纪委跟踪本乡镇问题整改",
        "请对照交办清单逐件跟踪到位，26日18时前答复本乡镇未整改到位的件数和原因；乡镇纪委只跟踪，不销号。",
        (SEAT, SHILI, PUMA, XIZHAI, QINXU), reply_by=moment(26, "18:00"), unread=(QINXU,), unsigned=(XIZHAI,),
        replies=(
            Said(SEAT, moment(26, "10:20"), "已逐件跟踪，未到位的正在补充佐证，今天再催一次"),
            Said(PUMA, moment(26, "15:10"), "已逐件跟踪，均按期整改"),
        ),
        questions=(
            Said(SHILI, moment(27, "15:45"), "学校的问题由县教育局整改，乡镇纪委还要跟踪到校吗？"),
        ),
    ),
    Letter(
        moment(26, "09:30"), LEAD, Kind.HINT, "整改佐证要看得出时间和位置",
        "近期抽看部分佐证照片看不出时间、位置。请督促责任单位补充，核验人员不看到实据不销号。",
        (*ALL, HEALTH.code), unread=(ZHANGXIAN.office,),
        questions=(
            Said(WEIYUAN.office, moment(27, "14:20"), "现场没有网络、照片当晚才能上传的，时间以哪个为准？"),
        ),
    ),
    Letter(
        moment(26, "16:30"), SEAT, Kind.HINT, "请村级监督员看住村口登记",
        "请每天看一次村口登记和值守排班，只看有没有人、有没有记，不抄个人信息；发现问题当天报镇纪委。",
        (VILLAGE,), reply_by=moment(27, "12:00"),
        replies=(Said(VILLAGE, moment(27, "08:50"), "今早看过，排班有人，登记齐全"),),
    ),
    Letter(
        moment(27, "15:30"), LEAD, Kind.HINT, "今晚夜查前请核对人员在岗情况",
        "请于今晚20时前答复：今晚可外出人数、车辆，以及需要回避的情形。",
        (MINXIAN.office, ANDING.office, HEALTH.code), reply_by=moment(27, "20:00"), unread=(MINXIAN.office, HEALTH.code),
        replies=(Said(ANDING.office, moment(27, "16:50"), "今晚可外出四人、车一辆，无需要回避的情形"),),
    ),
    Letter(
        moment(27, "16:20"), MINXIAN.office, Kind.HINT, "今晚抽查集中隔离点值守",
        "请今晚在镇内看一次集中隔离点外围值守，21时前答复；不进入隔离区。",
        (SEAT, SHILI), reply_by=moment(27, "21:00"), unread=(SEAT, SHILI),
    ),
    Letter(
        moment(27, "16:35"), SEAT, Kind.HINT, "今晚加看一次村口值守",
        "今晚20时至22时请到村口看一次，照实记录，明早答复。",
        (VILLAGE,), reply_by=moment(28, "09:00"), unread=(VILLAGE,),
    ),
    Letter(
        moment(27, "17:10"), WEIYUAN.office, Kind.REPORT, "请市里协调高速出口夜间警力",
        "会川高速出口夜间只有一名民警，请协调增派，盼今晚回复。",
        (LEAD,), reply_by=moment(27, "20:00"), unread=(LEAD,),
    ),
)  # fmt: skip
