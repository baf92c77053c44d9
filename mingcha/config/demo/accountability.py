"""Papers that went out, leads and one case with its two tracks, and what the counties published. All of it made up."""

from datetime import date, datetime

from mingcha.config.demo.agenda import moment
from mingcha.config.demo.counties import LONGXI, MINXIAN, WEIYUAN, County
from mingcha.config.demo.people import REVIEWER, UNIT_BODY
from mingcha.config.demo.stage import Stage, made_up
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.actions import papers
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import RUNNING
from mingcha.flow.referrals.actions import cases, disposals, dispositions, leads, tracks
from mingcha.flow.referrals.actions.cases import NewParty
from mingcha.flow.referrals.models import Case, Disposition, Lead, Track
from mingcha.flow.referrals.moving import Decision
from mingcha.flow.reports.actions import publications
from mingcha.flow.reports.actions.publications import Official, Text
from mingcha.flow.reports.queries import circulars

STUDY = made_up("10月26日线索集体排查会研究同意。")
# Titles as the published account gives them; the text is not in it and is not made up either.
NOTICE = "关于受理党员领导干部和公职人员在疫情防控工作中违纪违法问题线索的公告"
NOTICE_TEXT = made_up("公告正文未收录，请以该单位官网和微信公众号发布的为准。")
NOTICES = ((LONGXI, 20), (WEIYUAN, 21))


def put_down(stage: Stage) -> None:
    """Put the papers, the leads, the case and the notices on the agenda."""
    for county, day in NOTICES:
        _publish(stage, county, day)
    stage.agenda.put(moment(26, "19:30"), lambda at: _issue(stage, at))
    stage.agenda.put(moment(26, "21:00"), lambda at: _register(stage, at))


def _publish(stage: Stage, county: County, day: int) -> None:
    """One officer drafts and proposes a county's notice, another approves it."""
    writer, approver = stage.people[county.officer], stage.people[county.second]

    def propose(at: datetime) -> None:
        text = Text(NOTICE, NOTICE_TEXT, expires_on=date(2021, 12, 31))
        made = publications.draft(stage.office(county.office), kind="notice", text=text, by=writer, at=at)
        publications.propose(made, by=writer, at=at)
        stage.agenda.put(
            moment(day, "16:00"), lambda at: publications.publish(made, revision=made.revision, by=approver, at=at)
        )

    stage.agenda.put(moment(day, "15:10"), propose)


def _issue(stage: Stage, at: datetime) -> None:
    """岷县 hands over two orders on paper, of the cast's unit and of another, with a copy to the township's follower."""
    office, officer = stage.office(MINXIAN.office), stage.people[MINXIAN.second]
    found = Rectification.objects.filter(finding__office=office, state__in=RUNNING)
    found = found.select_related("finding", "body").order_by("due_at", "pk")
    own = papers.issue(
        list(found.filter(body=UNIT_BODY)[:2]), kind="hand_over", issuer=office, demo=True,
        demands=made_up("请照单逐件整改，整改前后各拍一张照片。"), by=officer, at=at,
    )  # fmt: skip
    late = found.filter(due_at__lt=at).exclude(body=UNIT_BODY)[:1]
    if late:
        papers.issue(
            list(late), kind="press", issuer=office, demo=True, demands=made_up("已逾期，请当天报送进展。"),
            by=officer, at=at,
        )  # fmt: skip
    stage.agenda.put(moment(27, "08:50"), lambda at: papers.receive(own, by=stage.contacts[UNIT_BODY], at=at))


def _register(stage: Stage, at: datetime) -> None:
    """Two leads: of a finding, which becomes a case, and in an officer's own words, which waits for approval."""
    office, officer = stage.office(MINXIAN.office), stage.people[MINXIAN.officer]
    found = Finding.objects.filter(office=office, item__removal_first=True, state="confirmed").order_by("pk").first()
    if found is None:
        raise ValueError("the story needs a finding under a rule marked 先免职再查处")
    grave = leads.register(
        office=office, text=made_up("点位无人值守，带班干部明知不补。"), kind="conduct", finding=found,
        fast_reason=made_up("防控关键点位失守，从速从严从重。"), by=officer, at=at,
    )  # fmt: skip
    other = leads.register(
        office=office, text=made_up("某单位多头要求基层报送经验材料，增加负担。"), kind="duty", by=officer, at=at
    )
    for lead, way, day in ((grave, "verification", date(2021, 10, 30)), (other, "inquiry", date(2021, 11, 8))):
        disposals.propose(
            lead, way=way, opinion=made_up("反映具体，可查。"), study=STUDY, review_on=day, by=officer, at=at
        )
    stage.agenda.put(moment(26, "21:40"), lambda at: _verify(stage, grave, at))


def _verify(stage: Stage, lead: Lead, at: datetime) -> None:
    disposals.approve(lead.disposals.get(), by=stage.people[MINXIAN.second], at=at)
    stage.agenda.put(moment(27, "08:30"), lambda at: _open(stage, lead, at))


def _open(stage: Stage, lead: Lead, at: datetime) -> None:
    """A case with one party: removal goes to the party committee, the rest to the discipline office."""
    officer, second = stage.people[MINXIAN.officer], stage.people[MINXIAN.second]
    lead.refresh_from_db()
    assert lead.finding is not None
    party = NewParty(
        body=lead.finding.body, duty=made_up("当日带班，未安排值守。"), name=made_up("赵子"), post="带班负责人"
    )
    case = cases.propose_case(lead, reason=made_up("核实属实。"), parties=[party], by=officer, at=at)
    cases.open_case(case, study=STUDY, by=second, at=at)
    accused = case.parties.get()

    def hear(at: datetime) -> None:
        cases.hear(accused, how="made", text=made_up("本人承认当日未排班。"), heard_on=at.date(), by=officer, at=at)
        dispositions.propose(accused, kind="party.warned", grounds=made_up("失职。"), form="second", by=officer, at=at)

    def decide(at: datetime) -> None:
        removal = Track.objects.get(party=accused, track="removal")
        tracks.settle(
            removal, decided=True, result=made_up("免去带班职务"), by=stage.people[REVIEWER], at=at,
            decision=Decision(made_up("岷县县委"), made_up("演示委〔2021〕1号"), at.date()),
        )  # fmt: skip
        dispositions.decide(
            Disposition.objects.get(party=accused), by=second, at=at, appeal_to="定西市纪委监委",
            decision=Decision(made_up("岷县纪委常委会"), made_up("演示纪〔2021〕1号"), at.date()),
        )  # fmt: skip

    stage.agenda.put(moment(27, "14:00"), hear)
    stage.agenda.put(moment(27, "16:40"), decide)
    stage.agenda.put(moment(27, "17:20"), lambda at: _circulate(stage, case, at))


def _circulate(stage: Stage, case: Case, at: datetime) -> None:
    """The circular of the case is drafted and waits for another hand; names are masked, for nobody has granted any."""
    officer = stage.people[MINXIAN.officer]
    words = circulars.drafted([case])
    officials = [Official(name, post) for name, post in words.officials]
    text = Text(words.title, made_up(words.text), officials=officials, expires_on=date(2022, 4, 30))
    made = publications.draft(stage.office(MINXIAN.office), kind="circular", text=text, cases=[case], by=officer, at=at)
    publications.propose(made, by=officer, at=at)
