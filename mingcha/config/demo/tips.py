"""What the public told the tip line in the demo's days, and how far each report has come. All of it made up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.conf import settings

from mingcha.config.demo import tip_keys
from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.people import UNIT_BODY, enrol
from mingcha.config.demo.stage import LEAD, Stage, made_up
from mingcha.config.demo.tip_words import CALLS, PUMA, REPORTS, Report
from mingcha.flow.rectifications.actions import reported
from mingcha.flow.referrals.actions import leads
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import receipts
from mingcha.tips import public
from mingcha.tips.actions import answering, calls, handling, likeness, linking, proposals, transfers
from mingcha.tips.actions.linking import Named
from mingcha.tips.models import Proposal, Tip
from mingcha.tips.unlocked import Unlocked

STUDY = made_up("信访室与监督检查室集体研究，同意。")
HOUR = timedelta(hours=1)


class Hand(TypedDict):
    """Who acts, and with which key."""

    by: Person
    key: Unlocked


@dataclass
class Room:
    """`keys` by sign-in name; `receipts` by the report's name; an act says who does it and to which report."""

    stage: Stage
    receipts: dict[str, str]
    keys: dict[str, Unlocked] = field(default_factory=dict)

    def tip(self, name: str) -> Tip:
        """Return a report as it stands now."""
        lookup = receipts.keys(self.receipts[name], pepper=settings.MINGCHA_TIPS_PEPPER).lookup
        return Tip.objects.select_related("office__division").get(lookup=lookup)

    def hand(self, who: str) -> Hand:
        """Return who acts, with their key."""
        return Hand(by=self.stage.people[who], key=self.keys[who])


def staff(stage: Stage, at: datetime) -> None:
    """Give the city's and the county's offices each an officer who takes in what the public reports."""
    enrol(stage, "intake", title="信访室主任", body=stage.office(MINXIAN.office), role="intake", at=at)
    enrol(stage, "cityintake", title="信访室副主任", body=stage.office(LEAD), role="intake", at=at)


def put_down(stage: Stage) -> None:
    """Put the keys, the calls, the reports and what the offices did about them on the agenda."""
    room = Room(stage, stage.receipts)
    stage.agenda.put(moment(19, "17:00"), lambda at: room.keys.update(tip_keys.make(stage, at)))
    for office, drafted, published in ((MINXIAN.office, "intake", "county"), (LEAD, "cityintake", "lead")):
        _call(room, office, drafted, published)
    for report in REPORTS:
        _put(room, moment(report.day, report.hour), _send(room, report))
    _handle(room)


def _put(room: Room, at: datetime, act: Callable[[datetime], object]) -> None:
    room.stage.agenda.put(at, act)


def _call(room: Room, office: str, drafted: str, published: str) -> None:
    people, words = room.stage.people, CALLS[office]
    until = date(2021, 12, 31)

    def draft(at: datetime) -> None:
        made = calls.draft(office=room.stage.office(office), **words, until=until, by=people[drafted], at=at)
        _put(room, at + HOUR, lambda at: calls.publish(made, by=people[published], at=at))

    _put(room, moment(19, "17:10"), draft)


def _send(room: Room, report: Report) -> Callable[[datetime], None]:
    def send(at: datetime) -> None:
        # By the way of a browser without script: the challenge has been out long enough, nothing was worked.
        effort = public.Effort(public.new_effort(at=at - HOUR))
        public.file_tip(report.draft, receipt=room.receipts[report.name], effort=effort, at=at)

    return send


def _handle(room: Room) -> None:
    """What was done, report by report; a new one each morning waits for whoever plays the intake officer."""
    _in_county(room)
    _in_city(room)
    _put(room, moment(26, "18:10"), lambda at: likeness.fold(
        room.stage.office(MINXIAN.office), at=at, **room.hand("intake")))  # fmt: skip


def _accepted(room: Room, name: str, day: int, *, intake: str, to: str = "") -> None:
    def accept(at: datetime) -> None:
        handling.accept(room.tip(name), at=at, **room.hand(intake))
        if to:
            handling.assign(room.tip(name), to=room.stage.people[to], at=at, **room.hand(intake))

    _put(room, moment(day, "17:00"), accept)


def _proposed(room: Room, name: str, day: int, *, way: str, opinion: str, intake: str, approver: str = "") -> None:
    def propose(at: datetime) -> None:
        made: Proposal = proposals.propose(
            room.tip(name), way=way, opinion=made_up(opinion), study=STUDY, at=at, **room.hand(intake)
        )
        if approver:
            _put(room, at + HOUR, lambda at: proposals.approve(made, at=at, **room.hand(approver)))

    _put(room, moment(day, "17:20"), propose)


def _in_county(room: Room) -> None:
    _accepted(room, "empty-post", 20, intake="intake", to="county")
    opinion = "反映具体，拟初步核实。"
    _proposed(room, "empty-post", 20, way="initial_check", opinion=opinion, intake="intake", approver="county")
    _put(room, moment(26, "21:30"), lambda at: _lead(room, at))
    _put(room, moment(26, "22:00"), lambda at: _conclude(room, at))
    _put(room, moment(27, "09:30"), lambda at: public.rate(
        room.receipts["empty-post"], value="satisfied", text=made_up("值班有人了。"), at=at))  # fmt: skip
    _accepted(room, "rude", 22, intake="intake")
    _put(room, moment(22, "17:40"), lambda at: _verify(room, at))
    _accepted(room, "paid-back", 25, intake="intake", to="county")
    _proposed(room, "paid-back", 26, way="talk", opinion="反映情节轻微，拟谈话函询。", intake="intake")
    _put(room, moment(25, "16:00"), lambda at: transfers.offer(
        room.tip("city-bureau"), receiver=room.stage.office(LEAD), reason=made_up("反映的是市直部门在本县的工作，移送市纪委监委。"),
        at=at, **room.hand("intake")))  # fmt: skip
    _put(room, moment(26, "16:00"), lambda at: handling.decline(
        room.tip("neighbours"), reason=made_up("属于邻里纠纷，请向所在地人民调解委员会反映。"), at=at, **room.hand("intake")))  # fmt: skip


def _lead(room: Room, at: datetime) -> None:
    """The officer's own sentence becomes a lead; its number is sealed with the report, and nothing points back."""
    by, office = room.stage.people["county"], room.stage.office(MINXIAN.office)
    text = made_up("蒲麻镇一处值守点夜间无人，值班表由他人代签，应当核实值班带班责任。")

    def make() -> Named:
        body = Body.objects.get(pk=PUMA)
        made = leads.register(office=office, text=text, kind="duty", body=body, division=body.division_id, by=by, at=at)
        return Named(office.pk, f"{made.year}-{made.number}", made.pk)

    linking.born(room.tip("empty-post"), what="lead", make=make, at=at, **room.hand("county"))


def _conclude(room: Room, at: datetime) -> None:
    hand = room.hand("county")
    note = made_up("值守空缺属实，已责令整改并登记线索。")
    answering.conclude(room.tip("empty-post"), outcome="true", note=note, at=at, **hand)
    text = made_up("您反映的值守空缺属实，镇里已恢复双人值守，有关人员责任正在核查。感谢您的监督。")
    answering.answer(room.tip("empty-post"), text=text, at=at, **hand)


def _verify(room: Room, at: datetime) -> None:
    """The keeper of identities calls; only then does it count as named, and the citizen is told of acceptance."""
    handling.verify_named(room.tip("rude"), how=made_up("10月22日电话核实，是本人。"), at=at, **room.hand("county"))
    text = made_up("您的实名举报已受理，正在研究处理意见。")
    answering.notify(room.tip("rude"), text=text, at=at, **room.hand("intake"))


def _in_city(room: Room) -> None:
    _accepted(room, "no-food", 26, intake="cityintake", to="lead")
    _put(room, moment(27, "10:00"), lambda at: _order(room, at))
    _accepted(room, "office-itself", 25, intake="cityintake")


def _order(room: Room, at: datetime) -> None:
    """Measures not carried out become an order on the unit's clock, in the officer's words, the reporter stripped."""
    found = Site.objects.filter(body=UNIT_BODY, active=True, type__name="小区").select_related("body")
    site = found.order_by("code")[0]
    office = room.stage.office(LEAD)

    def make() -> Named:
        made = reported.order(
            room.stage.campaign, office=office, body=site.body, site=site, severity="ordinary",
            responsibility="territorial", sentence=made_up("封控小区生活物资配送中断，老人取药无人代办。"),
            requirement=made_up("恢复每日配送，明确代办人员和电话。"), by=room.stage.people["lead"], at=at,
        )  # fmt: skip
        return Named(office.pk, made.finding.number, made.pk)

    linking.turn(room.tip("no-food"), make=make, at=at, **room.hand("lead"))
    text = made_up("您反映的情况已经交办属地限期解决，办结后在这里答复您。")
    answering.reply(room.tip("no-food"), text=text, at=at, **room.hand("lead"))
