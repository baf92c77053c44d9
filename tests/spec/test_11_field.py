"""
Chapter 11. The field

A team works a day without a network. Its phone takes along what the opened seal allows, fills in forms that never
change under its hands, and sends when it can; whatever arrives is kept, and an office rules on what is not clear.
"""

import hashlib
from datetime import datetime, timedelta

import pytest

from mingcha.doors.desk import submitted
from mingcha.flow.campaigns.actions import phones as campaign_phones
from mingcha.flow.campaigns.actions import teams
from mingcha.flow.draws import actions as draws
from mingcha.flow.fieldwork import custody, packages, queries
from mingcha.flow.fieldwork.actions import outings, submissions
from mingcha.flow.fieldwork.models import Attachment, Inspection, Photo, Submission, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import held, intake
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.reports.queries import figures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import devices, recusals
from mingcha.ground.accounts.models import Device
from mingcha.ground.audit import queries as audit
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.actions import sites
from tests.lots_held import begun, planned
from tests.phones import JPEG, filled
from tests.sent import USUAL, incoming, send, workbook
from tests.world import day_of

GAP = {"description": "演示：10 时值班室无人", "responsibility": "unit", "severity": "ordinary", "on_spot": "no",
       "due_hours": "24"}  # fmt: skip
NEW = {"site_code": "NEW-1", "site_name": "演示路边店"}


@pytest.fixture
def form(world):
    return Checklist.objects.get(site_type=world.minxian.waiting.type)


@pytest.fixture
def stop(world):
    site = world.minxian.waiting
    return {"site_code": site.code, "site_name": site.name}


def visit_of(submission):
    return Visit.objects.get(submission=submission)


def sentences(submission):
    return [flaw.sentence for flaw in submitted.flaws(submission)] + submitted.held(submission)


# What a phone takes along


def test_the_seal_comes_before_the_package(world):
    """Not a stop can be downloaded before departure; whoever opens the list is on record, and only then there is an outing."""
    sealed = world.minxian.sealed
    with pytest.raises(draws.NotYetDeparted):
        outings.depart(sealed, by=world.leader, at=sealed.departs_at - timedelta(minutes=1))
    assert queries.inspection_of_list(sealed.pk) is None
    outing = outings.depart(sealed, by=world.leader, at=sealed.departs_at)
    taken = packages.package(outing, person=world.leader, at=sealed.departs_at)
    assert [stop["site"]["code"] for stop in taken["stops"]] == [s.site.code for s in outing.stops.order_by("position")]
    opened = audit.about("round", sealed.round_id).get(verb="list.open")
    assert (opened.actor, opened.at) == ("leader", sealed.departs_at)


def test_the_package_holds_a_whole_day_without_a_network(world):
    """Stops in order, each with its form; forms for what nobody planned; the rules, sites and bodies of this round alone."""
    taken = packages.package(world.minxian.inspection, person=world.inspector, at=world.at)
    assert [stop["position"] for stop in taken["stops"]] == [1, 2, 3, 4, 5]
    assert all(stop["form"] in taken["forms"] for stop in [*taken["stops"], *taken["general"]])
    for each in taken["forms"].values():
        assert each["sha256"] == hashlib.sha256(each["xform"].encode()).hexdigest()
    assert set(taken["media"]) == {"items.csv", "sites.csv", "bodies.csv"}
    assert world.minxian.waiting.code in taken["media"]["sites.csv"]
    assert not any(site.code in taken["media"]["sites.csv"] for site in world.zhangxian.office.sites)


def test_an_office_may_have_its_stops_open_one_by_one(world):
    """The next one shows when the last is closed; the campaign says so, on record."""
    outing = world.minxian.inspection
    assert packages.package(outing, person=world.leader, at=world.at)["outing"]["stop_by_stop"] is False
    campaign_phones.stop_by_stop(world.campaign, on=True, by=world.lead, at=world.at)
    outing = Inspection.objects.get(pk=outing.pk)
    assert packages.package(outing, person=world.leader, at=world.at)["outing"]["stop_by_stop"] is True
    assert audit.about("campaign", "demo").filter(verb="campaign.stop_by_stop").count() == 1


# Forms


def test_a_form_once_published_never_changes_and_a_visit_keeps_its_version(world, form, stop):
    """Phones that are out fill in what they have; it is taken under the version they had, for good."""
    site_type = world.minxian.waiting.type
    newer = checklists.publish_questions(site_type, questions=[("judge", "演示：新的一题", "")], by=None, at=world.at)
    assert (newer.form_id, newer.form_version) == (form.form_id, "2")
    visit = visit_of(send(world.inspector, form, stop, at=world.at))
    assert visit.checklist == form and visit.answers.get(question__name="q1").question.checklist == form
    other = workbook(form.form_id, version="1", site_type=site_type.pk)
    with pytest.raises(checklists.VersionTaken):
        checklists.publish(other, by=None, at=world.at)


def test_what_is_filled_in_becomes_visit_findings_and_orders_at_once(world, form, stop):
    """One act on record, with the hash of the words and of every file: it stands for all the rows it left."""
    sent = send(
        world.inspector, form, {**stop, "q1": "fail"},
        findings=[GAP | {"photo_1": "p.jpg"}, GAP | {"description": "演示：登记不全", "on_spot": "yes", "due_hours": ""}],
        files={"p.jpg": JPEG}, at=world.at,
    )  # fmt: skip
    visit = visit_of(sent)
    assert (visit.state, visit.drawn, visit.extra, visit.score) == ("closed", True, False, 0)
    found = Finding.objects.filter(visit=visit).order_by("pk")
    assert [finding.state for finding in found] == ["confirmed", "confirmed"]
    orders = Rectification.objects.filter(finding__in=found).order_by("pk")
    assert [(order.way, order.state) for order in orders] == [("by_deadline", "ordered"), ("on_spot", "attested")]
    assert orders[0].due_at == world.at + timedelta(hours=24)
    (act,) = audit.about("submission", sent.instance_id)
    assert (act.verb, act.actor) == ("submission.receive", "inspector")
    assert act.detail["sha256"] == hashlib.sha256(sent.xml.encode()).hexdigest()
    assert act.detail["files"] == [hashlib.sha256(JPEG).hexdigest()]


def test_a_visit_that_could_not_be_made_says_why_and_where(world, form, stop):
    """Refused, shut, not executable: with a reason and the position of whoever stood there."""
    told = {"outcome": "shut", "outcome_reason": "演示：已停业", "location": "34.4341 104.0334 2300 6.5", "q1": ""}
    visit = visit_of(send(world.inspector, form, {**stop, **told}, at=world.at))
    assert (visit.outcome, visit.reason, visit.accuracy) == ("shut", "演示：已停业", 6.5)
    assert (round(visit.latitude, 2), round(visit.longitude, 2)) == (34.43, 104.03)
    silent = send(world.inspector, form, {**NEW, "outcome": "refused", "q1": ""}, at=world.at)
    assert visit_of(silent).outcome == "refused" and "必填题没有填" in sentences(silent)


# What arrives is kept


def test_a_submission_is_kept_word_for_word_whatever_is_wrong_with_it(world, form, stop):
    """It is flagged where it departs from its form, in plain words; nothing is mended, nothing thrown away."""
    sent = send(world.inspector, form, {**stop, "q1": "perhaps", "mode": ""}, at=world.at)
    assert "perhaps" in sent.xml and sent.answers["checks"]["q1"] == "perhaps"
    assert {"填的“perhaps”不在选项里", "必填题没有填"} <= set(sentences(sent))
    assert visit_of(sent).state == "closed"


def test_sent_twice_it_is_there_once_and_changed_it_is_refused(world, form, stop):
    """A phone that heard no answer sends again; under one number nobody tells two stories."""
    _device, token = devices.add(world.inspector, label="演示手机", by=world.inspector, at=world.at)
    intake.forget()
    carrier = intake.admit(token, at=world.at)
    xml = filled(form, {**USUAL, **stop}, instance="uuid:one")
    receipts = [intake.receive(carrier, xml=xml, files=[], at=world.at) for _ in range(3)]
    assert [receipt.new for receipt in receipts] == [True, False, False]
    with pytest.raises(intake.ChangedSince):
        intake.receive(carrier, xml=xml.replace(b"<q1>pass", b"<q1>fail"), files=[], at=world.at)
    assert Visit.objects.filter(submission__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("told", "findings", "why"),
    [({"site_code": ""}, [], "没有填点位编号"), ({"site_code": "演示 店，2"}, [], "对不上名录"),
     (NEW, [GAP | {"description": ""}], "没有写描述")],
    ids=["no site", "an unclear site", "a finding without words"],
)  # fmt: skip
def test_what_cannot_become_a_visit_by_itself_waits_for_an_office(world, form, told, findings, why):
    """Held with all its files; the office takes it at the site it recognises, or sets it aside and says why."""
    sent = send(
        world.inspector, form, {**told, "site_photo_1": "p.jpg"}, findings=findings, files={"p.jpg": JPEG}, at=world.at
    )
    assert sent.state == "held" and why in "".join(sentences(sent))
    assert not Visit.objects.filter(submission=sent).exists()
    assert Attachment.objects.get(submission=sent).evidence.sha256 == hashlib.sha256(JPEG).hexdigest()
    described = dict.fromkeys(held.undescribed(sent), "演示：补记")
    visit = held.take(sent, site=world.minxian.waiting, described=described, by=world.county, at=world.at)
    assert (visit.drawn, visit.extra, Photo.objects.filter(visit=visit).count()) == (True, False, 1)


def test_what_is_set_aside_stays_on_record_with_its_reason(world, form, stop):
    """Two accounts of one stop: the office says which stands; the other loses nothing but its effect."""
    send(world.inspector, form, stop, at=world.at)
    second = send(world.leader, form, {**stop, "q1": "fail"}, at=world.at)
    assert second.state == "held" and "核对是不是重复" in "".join(sentences(second))
    with pytest.raises(submissions.RulingMissing):
        submissions.set_aside(second, ruling=" ", by=world.county, at=world.at)
    with pytest.raises(accounts.NotFound):
        submissions.set_aside(second, ruling="演示", by=world.neighbour, at=world.at)
    submissions.set_aside(second, ruling="演示：重复", by=world.county, at=world.at)
    second.refresh_from_db()
    assert (second.state, second.ruling, second.ruled_by) == ("set_aside", "演示：重复", world.county)
    assert "<q1>fail" in second.xml


def test_nobodys_visit_stands_where_they_had_to_stay_away(world, form, stop):
    """回避: it is held, and no office can make a visit of it."""
    site = world.minxian.waiting
    target = recusals.Target(site=site)
    recusals.declare(world.inspector, target=target, ground="interest", reason="演示", by=world.inspector, at=world.at)
    sent = send(world.inspector, form, stop, at=world.at)
    assert sent.held == ["tied"]
    with pytest.raises(held.HadToStayAway):
        held.take(sent, site=site, by=world.county, at=world.at)


def test_what_was_seen_in_time_is_taken_however_late_it_comes(world, form, stop):
    """After the team is back, after its member has left: what counts is when it was seen."""
    seen = {"start": (world.at - timedelta(hours=2)).isoformat(), "end": (world.at - timedelta(hours=1)).isoformat()}
    outings.close_visit(world.minxian.open, outcome="shut", reason="演示", by=world.leader, at=world.at)
    outings.return_team(world.minxian.inspection, reason="演示：没有信号", by=world.leader, at=world.at)
    teams.leave(world.minxian.team, person=world.inspector, reason="演示", by=world.county, at=world.at)
    visit = visit_of(send(world.inspector, form, {**stop, **seen}, at=world.at + timedelta(days=3)))
    assert (visit.inspection, visit.drawn) == (world.minxian.inspection, True)
    assert (visit.begun_at, visit.closed_at) == (world.at - timedelta(hours=2), world.at - timedelta(hours=1))


# Beyond the list


def test_an_unplanned_visit_is_work_done_and_never_one_that_was_drawn(world, form):
    """It is marked, counts among the visits, and takes no stop off the list: estimates are made of drawn visits alone."""
    (before,) = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.code)
    visit = visit_of(send(world.inspector, form, NEW, at=world.at))
    assert (visit.extra, visit.drawn, visit.inspection) == (True, False, world.minxian.inspection)
    (after,) = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.code)
    assert (after.visits, after.inspections) == (before.visits + 1, before.inspections)
    assert queries.unvisited(visit.inspection) == 3


def test_on_a_day_without_a_list_it_makes_an_outing_of_its_own(world, form):
    """One for each team and day, on record; a list opened later is no part of it."""
    outings.close_visit(world.minxian.open, outcome="shut", reason="演示", by=world.leader, at=world.at)
    outings.return_team(world.minxian.inspection, reason="演示", by=world.leader, at=world.at)
    later = world.at + timedelta(days=1)
    first, second = (
        visit_of(send(world.inspector, form, {"site_code": f"NEW-{n}", "site_name": "演示店"}, at=later)).inspection
        for n in range(2)
    )
    assert first == second and first.extra and (first.list, first.day) == (None, day_of(later))
    assert audit.about("inspection", first.pk).get().verb == "inspection.extra"


def test_a_place_on_no_register_is_provisional_until_the_office_has_confirmed_it(world, form):
    """In no draw, its own accountable body for the time being; what was found there is kept when it is confirmed."""
    visit = visit_of(send(world.inspector, form, NEW, findings=[GAP], at=world.at))
    assert (visit.site.provisional, visit.site.active) == (True, False)
    round = begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    plan = planned(teams=[world.minxian.team], departs_at=world.at, n=2)
    assert draws.freeze(round, plan=plan, by=world.county, at=world.at) == 5
    order = Rectification.objects.get(finding__visit=visit)
    assert order.body == visit.site.body and order.body.name == "演示路边店"
    there = world.minxian.office
    site = sites.confirm_site(
        visit.site, code="621126-9", name="演示路边店", type=visit.checklist.site_type, division=there.townships[0],
        address="", body=there.answering, prefixes=["621126"], by=world.county, at=world.at,
    )  # fmt: skip
    assert site == visit.site and not site.provisional and site.active
    order.refresh_from_db()
    assert order.body.merged_into == there.answering


# Sound, faces, tokens


def covert(world, form, *, at, **more):
    told = {**NEW, "mode": "covert", "voice": "v.webm", "start": at.isoformat(), "feedback": "", "feedback_to": ""}
    return send(world.inspector, form, told | more, files={"v.webm": b"\x1aE\xdf\xa3"}, at=world.at)


def test_a_covert_visit_records_sound_only_while_an_approval_is_in_force(world, form):
    """A named approver, a basis, an end: the package says so. Sound that came without one is kept, and flagged for the office."""
    outing, at = world.minxian.inspection, world.at - timedelta(minutes=30)
    assert packages.package(outing, person=world.leader, at=at)["recording"]["covert_audio"] is False
    approval = campaign_phones.approve_recording(
        world.campaign, office=world.minxian.office.body, basis="演示：某号批示", until=world.at, by=world.lead,
        at=at - timedelta(hours=1),
    )  # fmt: skip
    told = packages.package(outing, person=world.leader, at=at)["recording"]
    assert (told["covert_audio"], told["basis"]) == (True, "演示：某号批示")
    assert datetime.fromisoformat(told["until"]) == approval.until == world.at
    assert sentences(covert(world, form, at=at)) == []
    # Whoever stands there openly may note something by voice.
    assert sentences(covert(world, form, at=at, mode="overt", feedback="演示", feedback_to="负责人")) == []
    sent = covert(world, form, at=approval.approved_at - timedelta(minutes=1))
    assert [breach["code"] for breach in sent.breaches] == ["covert_audio"]
    assert "没有有效的录音批准" in sentences(sent)[0] and "v.webm" in sentences(sent)[0]
    assert Attachment.objects.get(submission=sent).evidence.size == 4
    campaign_phones.withdraw_recording(approval, by=world.lead, at=at - timedelta(minutes=5))
    assert packages.package(outing, person=world.leader, at=at)["recording"]["covert_audio"] is False
    assert [breach["code"] for breach in covert(world, form, at=at).breaches] == ["covert_audio"]


def test_a_marked_file_is_seen_by_few_and_kept_for_a_shorter_time(world, form, stop):
    """It shows somebody whom nobody inspects: the offices that judge and the own team see it, the unit does not."""
    sent = send(
        world.inspector, form, {**stop, "site_photo_1": "p.personal.jpg", "site_photo_2": "q.jpg"},
        files={"p.personal.jpg": JPEG, "q.jpg": JPEG}, at=world.at,
    )  # fmt: skip
    marked, plain = Evidence.objects.filter(name__in=["p.personal.jpg", "q.jpg"]).order_by("name")
    assert (marked.personal, plain.personal) == (True, False)
    visit = visit_of(sent)

    def sees(who):
        return custody.of_visit(visit, to=accounts.standing(who, at=world.at)).marked

    assert [sees(who) for who in (world.county, world.lead, world.inspector)] == [True, True, True]
    assert [sees(who) for who in (world.unit, world.neighbour, world.beside.office.unit)] == [False] * 3
    assert world.campaign.personal_until < world.campaign.retention_until.date()


def test_a_token_is_told_once_belongs_to_one_phone_and_ends_at_once(world, form, stop):
    """Nothing but its hash is kept; its person ends it, or the office, no other; what it has sent stays."""
    device, token = devices.add(world.inspector, label="演示手机", by=world.inspector, at=world.at)
    assert token not in str(Device.objects.filter(pk=device.pk).values().get())
    intake.forget()
    carrier = intake.admit(token, at=world.at)
    xml = filled(form, {**USUAL, **stop, "site_photo_1": "p.jpg"})
    intake.receive(carrier, xml=xml, files=[], at=world.at)
    with pytest.raises(accounts.NotFound):
        devices.revoke(device, by=world.neighbour, at=world.at)
    devices.revoke(device, by=world.county, at=world.at)
    for files in ({}, {"p.jpg": JPEG}):  # also for what it knows from a moment ago
        with pytest.raises(intake.UnknownDevice):
            intake.receive(carrier, xml=xml, files=incoming(files), at=world.at)
    assert Submission.objects.count() == 1 and not Attachment.objects.exists()
    assert [act.verb for act in audit.about("person", "inspector")][-2:] == ["device.add", "device.revoke"]


def test_who_has_no_visits_to_make_has_no_phone(world):
    """An officer plans and judges; a unit answers; neither sends from the field."""
    for who in (world.county, world.unit):
        with pytest.raises(devices.NoVisitsToMake):
            devices.add(who, label="演示手机", by=who, at=world.at)
