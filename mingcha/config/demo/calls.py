"""
The call (紧急调配) of 19 October: needs by county and skill, answers by mid-morning, people sent to teams before they
form. And the small one of the last evening, which still waits for answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from mingcha.config.demo.agenda import OFFICE_TIME, moment
from mingcha.config.demo.counties import ANDING, COUNTIES, LINTAO, LONGXI, MINXIAN, TONGWEI, WEIYUAN, ZHANGXIAN, County
from mingcha.config.demo.groups import CULTURE, EDUCATION, GROUPS, HEALTH, INDUSTRY, MARKETS, SPECIAL, TRANSPORT
from mingcha.config.demo.local import CAST_TOWNSHIP, commission, officer
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.campaigns.actions import calls
from mingcha.flow.campaigns.models import Call, Offer
from mingcha.ground.territory.models import Body, Division

FIRST, LAST = date(2021, 10, 19), date(2021, 10, 27)
REASON = "兰州、张掖等地出现疫情，我市外防输入压力大。请各单位抽调人员充实检查力量，当日上午答复，当日编组。"
NIGHT = "今晚加一班夜查，看高速出口和集中隔离点的夜间值守。请能派人的单位在20时前答复。"
# Township commissions that were asked, too: their people go to other townships (交叉检查).
HUICHUAN, DAAN, SHOUYANG, CAIZI = "621123102", "621123203", "621122102", "621122103"
TOWNSHIPS = (CAST_TOWNSHIP, HUICHUAN, DAAN, SHOUYANG, CAIZI)
NEEDS = (
    (MINXIAN, "医疗卫生", 1), (MINXIAN, "", 2), (ANDING, "市场监管", 1), (ANDING, "", 1), (WEIYUAN, "交通运输", 1),
    (WEIYUAN, "", 2), (LONGXI, "", 2), (TONGWEI, "", 1), (LINTAO, "教育", 1), (ZHANGXIAN, "", 1),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a body answered, and when: whom it can spare, until which day, and where the lead sends each of them."""

    clock: str
    body: str
    people: tuple[str, ...] = ()
    note: str = ""
    until: date = LAST
    sent: tuple[tuple[County, str, int], ...] = ()


ANSWERS = (
    Answer("08:52", HEALTH.code, (HEALTH.officer(2),), sent=((MINXIAN, "医疗卫生", 10),)),
    Answer("08:58", TRANSPORT.code, (TRANSPORT.officer(1),), sent=((WEIYUAN, "交通运输", 1),)),
    Answer("09:03", MARKETS.code, (MARKETS.officer(1),), sent=((ANDING, "市场监管", 1),)),
    Answer("09:08", EDUCATION.code, (EDUCATION.officer(1),), sent=((LINTAO, "教育", 1),)),
    Answer("09:10", CULTURE.code, (CULTURE.officer(1),), sent=((TONGWEI, "", 1),)),
    Answer("09:14", INDUSTRY.code, note="两名干部都在企业复工专班值守，派不出人"),
    Answer("09:17", SPECIAL.code, (SPECIAL.officer(1), SPECIAL.officer(2)),
           sent=((MINXIAN, "", 12), (ZHANGXIAN, "", 1))),
    Answer("09:21", LONGXI.office, (LONGXI.reserve(1), LONGXI.reserve(2)), sent=((ANDING, "", 3),)),
    Answer("09:24", ANDING.office, (ANDING.reserve(2),), note="要在25日前轮换回来", until=date(2021, 10, 25)),
    Answer("09:26", WEIYUAN.office, (WEIYUAN.reserve(1),), note="可以支援，先留作机动"),
    Answer("09:28", TONGWEI.office, (TONGWEI.reserve(1),), note="只能在邻近县区，每天往返"),
    Answer("09:30", MINXIAN.office, (MINXIAN.reserve(1),), note="本县十二个组先保证，可留一人机动"),
    Answer("09:33", ZHANGXIAN.office, (ZHANGXIAN.reserve(1),), note="只有一个组，可短期支援", until=date(2021, 10, 22)),
    Answer("09:36", commission(HUICHUAN), (officer(HUICHUAN),), sent=((WEIYUAN, "", 2),)),
    Answer("09:38", commission(DAAN), (officer(DAAN),), sent=((WEIYUAN, "", 1),)),
    Answer("09:41", commission(SHOUYANG), (officer(SHOUYANG),), sent=((LONGXI, "", 1),)),
    Answer("09:44", commission(CAIZI), (officer(CAIZI),), sent=((LONGXI, "", 2),)),
    Answer("09:47", commission(CAST_TOWNSHIP), (officer(CAST_TOWNSHIP, 2),), sent=((MINXIAN, "", 9),)),
)  # fmt: skip
LATE = Answer("10:42", LINTAO.office, (LINTAO.reserve(2),), note="会议刚结束，答复迟了，请谅解")


def mobilise(stage: Stage) -> None:
    """Play the morning through: the call at 08:30, the answers, the lead's assignments, and one answer after time."""
    codes = [*(county.office for county in COUNTIES), *(group.code for group in GROUPS), *map(commission, TOWNSHIPS)]
    wanted = [calls.Wanted(Division.objects.get(pk=county.code), people, skill) for county, skill, people in NEEDS]
    made = calls.call(
        stage.campaign, reason=made_up(REASON), needs=wanted, from_day=FIRST, to_day=LAST,
        reply_by=moment(19, "10:00"), bodies=_bodies(codes), by=stage.people["lead"], at=moment(19, "08:30"),
    )  # fmt: skip
    for each in ANSWERS:
        answer(stage, made, each, at=moment(19, each.clock))
    for number, each in enumerate(each for each in ANSWERS if each.sent):
        _assign(stage, made, each, at=moment(19, f"10:{15 + number}"))
    answer(stage, made, LATE, at=moment(19, LATE.clock))
    stage.agenda.put(moment(20, "18:00"), lambda at: calls.end(made, by=stage.people["lead"], at=at))


def answer(stage: Stage, call: Call, given: Answer, *, at: datetime) -> None:
    """Let a body answer a call, by whoever speaks for it."""
    called = call.called.select_related("body", "call__campaign").get(body=given.body)
    first = at.astimezone(OFFICE_TIME).date()
    spared = [calls.Spared(stage.people[name], first, given.until) for name in given.people]
    note = made_up(given.note) if given.note else ""
    calls.answer(called, spared=spared, note=note, by=stage.voices[given.body], at=at)


def _assign(stage: Stage, call: Call, given: Answer, *, at: datetime) -> None:
    for name, (county, skill, team) in zip(given.people, given.sent, strict=False):
        offer = Offer.objects.select_related("call__issuer", "call__campaign", "person").get(
            call=call, person=stage.people[name]
        )
        need = call.needs.select_related("division").get(division=county.code, skill=skill)
        calls.assign(offer, need=need, by=stage.people["lead"], at=at)
        stage.lent.setdefault((county.office, team), []).append(stage.people[name])


def call_for_the_night(stage: Stage) -> None:
    """Put down the second call: two people for 岷县 tonight. One office has answered by the demo's hour."""
    codes = [MINXIAN.office, ANDING.office, HEALTH.code, SPECIAL.code, commission(CAST_TOWNSHIP)]

    def make(at: datetime) -> None:
        needs = [calls.Wanted(Division.objects.get(pk=MINXIAN.code), 2)]
        made = calls.call(
            stage.campaign, reason=made_up(NIGHT), needs=needs, from_day=LAST, to_day=date(2021, 10, 28),
            reply_by=datetime.combine(LAST, time(20), OFFICE_TIME), bodies=_bodies(codes), by=stage.people["lead"],
            at=at,
        )  # fmt: skip
        first = Answer("17:20", ANDING.office, (ANDING.reserve(2),), until=date(2021, 10, 28))
        stage.agenda.put(moment(27, first.clock), lambda at: answer(stage, made, first, at=at))

    stage.agenda.put(moment(27, "16:40"), make)


def _bodies(codes: Sequence[str]) -> list[Body]:
    known = Body.objects.select_related("division").in_bulk(codes)
    return [known[code] for code in codes]
