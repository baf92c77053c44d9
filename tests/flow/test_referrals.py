"""Leads and cases: two hands for every end, a clock that only grows shorter, and nothing decided unheard."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.queries import ladder as steps
from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.actions import (
    appeals,
    cases,
    clearances,
    disposals,
    dispositions,
    false_reports,
    leads,
    tracks,
)
from mingcha.flow.referrals.models import Lead, Track
from mingcha.flow.referrals.queries import figures
from mingcha.flow.referrals.states import TABLE, LeadState, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.audit import actions as audit_actions
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit.models import Event
from mingcha.ground.notices import queries as notices
from mingcha.ground.rulebook.models import Item
from tests.referred import OPINION, STUDY, decided, decision, disposed, heard, official, opened, registered, today

ENDS = {
    "lead": {"closed", "filed"}, "disposal": {"approved", "returned"}, "case": {"closed", "refused"},
    "disposition": {"dropped", "changed", "revoked"}, "track": {"decided", "declined"},
    "appeal": {"upheld", "changed", "revoked"}, "clearance": {"issued", "returned"},
    "false_report": {"found", "rejected"},
}  # fmt: skip


def standing(world, who):
    return accounts.standing(who, at=world.at)


@pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line.thing}.{line.act}")
def test_no_line_of_the_table_leads_out_of_an_end(line):
    assert not set(line.starts) & ENDS[line.thing]


def test_each_of_the_four_ways_is_an_act_on_a_lead():
    ends = {line.end for line in TABLE if line.thing == "lead"}
    assert {way.value for way in Way} < ends


def test_leads_of_an_office_are_numbered_without_a_gap_and_their_clock_begins(world):
    made = [registered(world), registered(world)]
    assert [str(lead) for lead in made] == ["线索〔2021〕1号", "线索〔2021〕2号"]
    elsewhere = registered(world, by=world.neighbour, office=world.zhangxian.office.body)
    assert elsewhere.number == 1
    # Thirty days, the day of registering not counted; 26 November 2021 is a Friday.
    assert made[0].due_at.astimezone(world.at.tzinfo).date() == today(world) + timedelta(days=30)


def test_a_finding_becomes_one_lead_and_brings_its_unit_and_place(world):
    finding = world.minxian.by_deadline
    lead = registered(world, finding=finding)
    assert (lead.source, lead.body, lead.division) == ("finding", finding.body, finding.division)
    with pytest.raises(leads.AlreadyALead, match="1号"):
        registered(world, finding=finding, by=world.lead, office=world.city.office.body)
    with pytest.raises(leads.NotConfirmed):
        registered(world, finding=world.minxian.noted)
    with pytest.raises(accounts.NotFound):
        registered(world, finding=world.zhangxian.by_deadline)


def test_a_finding_that_came_back_is_told_as_a_recurrence(world):
    again = world.minxian.on_spot
    type(again).objects.filter(pk=again.pk).update(recurrence_of=world.minxian.by_deadline)
    assert registered(world, finding=again).source == "recurrence"


def test_nobody_registers_a_lead_for_an_office_they_do_not_serve(world):
    with pytest.raises(accounts.NotFound):
        registered(world, office=world.zhangxian.office.body)
    with pytest.raises(accounts.NotAllowed):
        registered(world, by=world.inspector)
    with pytest.raises(leads.NothingWritten):
        registered(world, text="  ")


def test_the_ladders_last_rung_makes_one_lead_however_often_it_is_climbed(world):
    order = world.minxian.order
    seen = notices.unseen_count(world.county)
    with pytest.raises(ladder.NotDue):  # the house hands nothing over before its time
        leads.take_over(order, by=audit_actions.SYSTEM, at=world.at)
    late = order.due_at + timedelta(days=30)
    made = [leads.take_over(order, by=audit_actions.SYSTEM, at=late) for _ in range(2)]
    assert made[0] == made[1] and Lead.objects.count() == 1
    lead = made[0]
    assert (lead.source, lead.order, lead.office, lead.registered_by) == (
        "ladder", order, world.minxian.office.body, None,
    )  # fmt: skip
    assert queries.of_order(order) == lead
    assert notices.unseen_count(world.county) == seen + 1
    assert audit.about("lead", lead.pk).get().actor == "system"
    other = world.minxian.answered
    with pytest.raises(accounts.NotFound):
        leads.take_over(other, by=world.neighbour, at=world.at)
    by_hand = leads.take_over(other, by=world.county, at=world.at)
    assert by_hand.registered_by == world.county and other.steps.get().act == "take_over"


def test_the_job_takes_over_what_is_due_and_nothing_else(world):
    late = world.minxian.order.due_at + timedelta(days=30)
    assert leads.climb(at=world.at) == 0
    due = {step.order.pk for step in steps.due_steps(at=late) if step.rung.act == "take_over"}
    assert leads.climb(at=late) == len(due) > 0
    assert set(Lead.objects.values_list("order", flat=True)) == due and leads.climb(at=late) == 0


def test_a_lead_is_handled_faster_for_a_reason_and_never_slower(world):
    lead = registered(world)
    slow = lead.due_at
    with pytest.raises(moving.ReasonMissing):
        leads.hasten(lead, reason=" ", by=world.county, at=world.at)
    leads.hasten(lead, reason="演示：造成传播风险", by=world.county, at=world.at)
    assert lead.fast and lead.due_at < slow
    with pytest.raises(leads.AlreadyFast):
        leads.hasten(lead, reason="演示：再写一次", by=world.county, at=world.at)
    late = registered(world)
    leads.hasten(late, reason="演示", by=world.county, at=late.due_at + timedelta(days=1))
    assert late.due_at == slow


def test_retaliation_is_fast_by_its_kind(world):
    lead = registered(world, kind="retaliation")
    assert lead.fast and lead.due_at < registered(world).due_at
    with pytest.raises(leads.AlreadyFast):
        leads.hasten(lead, reason="演示", by=world.county, at=world.at)


@pytest.mark.parametrize("way", list(Way))
def test_a_lead_goes_one_of_four_ways_once_another_hand_agrees(world, way):
    lead = registered(world)
    review = today(world) + timedelta(days=15)
    given = {"opinion": OPINION, "study": STUDY, "review_on": review}
    proposed = disposals.propose(lead, way=way, **given, by=world.county, at=world.at)
    with pytest.raises(moving.AnotherHandNeeded):
        disposals.approve(proposed, by=world.county, at=world.at)
    assert Lead.objects.get().state == LeadState.OPEN
    disposals.approve(proposed, by=world.second, at=world.at)
    assert Lead.objects.get().state == way.value
    assert (proposed.review_on is None) == (way is Way.CLOSED)


def test_a_proposal_says_why_what_was_studied_and_when_it_is_looked_at_again(world):
    lead = registered(world)
    good = {"way": "held", "opinion": OPINION, "study": STUDY, "review_on": today(world) + timedelta(days=9)}
    for lacking, refusal in (
        ({"opinion": ""}, moving.ReasonMissing), ({"study": " "}, moving.StudyMissing),
        ({"review_on": None}, disposals.ReviewDayMissing), ({"review_on": today(world)}, disposals.ReviewDayMissing),
    ):  # fmt: skip
        with pytest.raises(refusal):
            disposals.propose(lead, **(good | lacking), by=world.county, at=world.at)
    first = disposals.propose(lead, **good, by=world.county, at=world.at)
    with pytest.raises(disposals.OneAtATime):
        disposals.propose(lead, **good, by=world.second, at=world.at)
    with pytest.raises(moving.ReasonMissing):
        disposals.give_back(first, ruling="", by=world.second, at=world.at)
    disposals.give_back(first, ruling="演示：再核实", by=world.second, at=world.at)
    assert disposals.propose(lead, **good, by=world.county, at=world.at).lead == lead


def test_what_is_closed_never_reopens_and_the_new_one_names_the_old(world):
    lead = disposed(world, registered(world), "closed")
    with pytest.raises(disposals.NotThisWay, match="予以了结"):
        disposals.propose(
            lead, way="held", opinion=OPINION, study=STUDY, review_on=today(world) + timedelta(days=3),
            by=world.county, at=world.at,
        )  # fmt: skip
    with pytest.raises(cases.VerifyFirst):
        cases.propose_case(lead, reason="演示", parties=[official(world)], by=world.county, at=world.at)
    assert registered(world, earlier=lead).earlier == lead


def test_a_held_lead_comes_up_on_its_day_of_review(world):
    lead = disposed(world, registered(world), "held")
    to = standing(world, world.county)
    assert not queries.to_review(to=to, at=world.at).exists()
    day = queries.review_on(lead)
    assert queries.to_review(to=to, at=world.at + (day - today(world))).get() == lead


def test_a_case_needs_a_lead_that_was_looked_into_or_must_be_fast(world):
    lead = registered(world)
    given = {"reason": "演示", "parties": [official(world)], "by": world.county, "at": world.at}
    with pytest.raises(cases.VerifyFirst):
        cases.propose_case(lead, **given)
    leads.hasten(lead, reason="演示：从速", by=world.county, at=world.at)
    case = cases.propose_case(lead, **given)
    with pytest.raises(cases.SomethingPending):
        cases.propose_case(lead, **given)
    with pytest.raises(moving.AnotherHandNeeded):
        cases.open_case(case, study=STUDY, by=world.county, at=world.at)
    with pytest.raises(moving.StudyMissing):
        cases.open_case(case, study="", by=world.second, at=world.at)
    cases.open_case(case, study=STUDY, by=world.second, at=world.at)
    assert Lead.objects.get(pk=lead.pk).state == LeadState.FILED
    with pytest.raises(moving.AlreadyMoved, match="办理中"):
        cases.refuse_case(case, ruling="演示", by=world.second, at=world.at)


def test_a_refused_case_leaves_the_lead_where_it_was(world):
    lead = disposed(world, registered(world))
    case = cases.propose_case(lead, reason="演示", parties=[official(world)], by=world.county, at=world.at)
    cases.refuse_case(case, ruling="演示：证据不足", by=world.second, at=world.at)
    assert Lead.objects.get(pk=lead.pk).state == LeadState.VERIFICATION
    assert opened(world, lead=lead).number == 2


@pytest.mark.parametrize(
    "given,refusal",
    [({"post": ""}, cases.OfficialsOnly), ({"name": ""}, cases.OfficialsOnly), ({"duty": " "}, moving.ReasonMissing)],
)
def test_a_party_is_an_official_or_an_organisation(world, given, refusal):
    lead = disposed(world, registered(world))
    with pytest.raises(refusal):
        cases.propose_case(lead, reason="演示", parties=[official(world, **given)], by=world.county, at=world.at)
    with pytest.raises(cases.NobodyNamed):
        cases.propose_case(lead, reason="演示", parties=[], by=world.county, at=world.at)


def test_a_party_is_named_once(world):
    case = opened(world)
    with pytest.raises(cases.PartyTwice):
        cases.add_party(case, party=official(world), by=world.county, at=world.at)
    organisation = cases.add_party(case, party=official(world, name="", post=""), by=world.county, at=world.at)
    assert organisation.kind == "organisation"


def test_nothing_is_decided_about_who_was_not_heard(world):
    case = opened(world)
    party = case.parties.get()
    proposed = dispositions.propose(
        party, kind="party.warned", form="second", grounds="演示", by=world.county, at=world.at
    )
    given = {"appeal_to": "演示市纪委", "by": world.second, "at": world.at}
    with pytest.raises(moving.HearFirst):
        dispositions.decide(proposed, decision=decision(world), **given)
    heard(world, case)
    before = decision(world, on=today(world) - timedelta(days=1))
    with pytest.raises(moving.HearFirst):  # the hearing came a day after the decision
        dispositions.decide(proposed, decision=before, **given)
    with pytest.raises(moving.AnotherHandNeeded):
        dispositions.decide(proposed, decision=decision(world), **(given | {"by": world.county}))
    for lacking in ({"document": ""}, {"body": " "}, {"on": None}):
        with pytest.raises(moving.DecisionIncomplete):
            dispositions.decide(proposed, decision=decision(world, **lacking), **given)
    with pytest.raises(moving.NotYet):
        dispositions.decide(proposed, decision=decision(world, on=today(world) + timedelta(days=1)), **given)
    with pytest.raises(dispositions.AppealMissing):
        dispositions.decide(proposed, decision=decision(world), **(given | {"appeal_to": ""}))
    with pytest.raises(dispositions.AppealTermOver):
        dispositions.decide(proposed, decision=decision(world), appeal_until=today(world) - timedelta(days=1), **given)
    dispositions.decide(proposed, decision=decision(world), **given)
    assert proposed.statement.how == "made" and proposed.family == "党纪处分"
    with pytest.raises(moving.AlreadyMoved, match="已决定"):
        dispositions.decide(proposed, decision=decision(world), **given)


def test_the_database_itself_holds_a_decision_back_without_a_statement(world):
    case = opened(world)
    proposed = dispositions.propose(
        case.parties.get(), kind="post.removed", grounds="演示", by=world.county, at=world.at
    )
    complete = {
        "state": "decided", "deciding_body": "演示", "document": "演示", "decided_on": today(world),
        "appeal_to": "演示", "recorded_by": world.second, "recorded_at": world.at,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="disposition_after_a_hearing"), transaction.atomic():
        type(proposed).objects.filter(pk=proposed.pk).update(**complete)


def test_an_opportunity_not_taken_counts_as_heard_and_says_why(world):
    case = opened(world)
    party = case.parties.get()
    given = {"how": "declined", "heard_on": today(world), "by": world.county, "at": world.at}
    with pytest.raises(moving.ReasonMissing):
        cases.hear(party, text="", **given)
    with pytest.raises(moving.NotYet):
        cases.hear(party, text="演示", **(given | {"heard_on": today(world) + timedelta(days=1)}))
    cases.hear(party, text="演示：书面表示放弃。", **given)
    assert moving.heard(party, before=today(world)).how == "declined"


@pytest.mark.parametrize(
    "organisation,kind", [(True, "party.warned"), (True, "post.removed"), (False, "account.reorganised")]
)
def test_an_organisation_is_not_disciplined_like_a_person(world, organisation, kind):
    given = {"name": "", "post": ""} if organisation else {}
    party = opened(world, parties=[official(world, **given)]).parties.get()
    with pytest.raises(dispositions.NotForThisParty):
        dispositions.propose(party, kind=kind, grounds="演示", by=world.county, at=world.at)


def test_a_case_closes_by_another_hand_once_everybody_has_an_outcome(world):
    case = opened(world)
    with pytest.raises(cases.NotSettled, match="演示某"):
        cases.close_case(case, by=world.second, at=world.at)
    party = heard(world, case)
    proposed = dispositions.propose(party, kind="talk.reminded", grounds="演示", by=world.county, at=world.at)
    with pytest.raises(cases.NotSettled):
        cases.close_case(case, by=world.second, at=world.at)
    dispositions.drop(proposed, reason="演示：情节轻微", by=world.second, at=world.at)
    with pytest.raises(moving.AnotherHandNeeded):
        cases.close_case(case, by=world.county, at=world.at)
    cases.close_case(case, by=world.second, at=world.at)
    with pytest.raises(moving.CaseNotOpen, match="已办结"):
        dispositions.propose(party, kind="talk.reminded", grounds="演示", by=world.county, at=world.at)


@pytest.mark.parametrize("outcome,state", [("upheld", "decided"), ("changed", "changed"), ("revoked", "revoked")])
def test_an_appeal_is_settled_by_hands_that_had_no_part_in_it(world, outcome, state):
    disposition = decided(world, heard(world, opened(world)))
    with pytest.raises(appeals.TooEarly):
        appeals.lodge(
            disposition, lodged_on=today(world) - timedelta(days=1), reason="演示", by=world.county, at=world.at
        )
    appeal = appeals.lodge(disposition, lodged_on=today(world), reason="演示：不服", by=world.county, at=world.at)
    with pytest.raises(appeals.AppealOpen):
        appeals.lodge(disposition, lodged_on=today(world), reason="演示", by=world.county, at=world.at)
    given = {"outcome": outcome, "result": "演示：复查决定", "decision": decision(world, "演示市纪委"), "at": world.at}
    for hand in (world.county, world.second):  # who recorded the appeal, who recorded the decision
        with pytest.raises(moving.AnotherHandNeeded):
            appeals.rule(appeal, **given, by=hand)
    appeals.rule(appeal, **given, by=world.lead)
    disposition.refresh_from_db()
    assert disposition.state == state
    if state != "decided":
        with pytest.raises(appeals.NothingToAppeal):
            appeals.lodge(disposition, lodged_on=today(world), reason="演示", by=world.county, at=world.at)


def test_who_is_cleared_is_not_punished_and_who_is_punished_is_not_cleared(world):
    case = opened(world)
    party = heard(world, case)
    words = {"facts": "演示：查无此事", "notice": "演示：经查不实，予以澄清。", "scope": "本单位干部职工大会"}
    proposed = dispositions.propose(party, kind="talk.reminded", grounds="演示", by=world.county, at=world.at)
    with pytest.raises(clearances.StillDisposed):
        clearances.propose(party, **words, by=world.county, at=world.at)
    dispositions.drop(proposed, reason="演示", by=world.second, at=world.at)
    with pytest.raises(clearances.NoticeMissing):
        clearances.propose(party, **(words | {"notice": ""}), by=world.county, at=world.at)
    clearance = clearances.propose(party, **words, by=world.county, at=world.at)
    with pytest.raises(moving.AnotherHandNeeded):
        clearances.issue(clearance, by=world.county, at=world.at)
    late = dispositions.propose(party, kind="talk.reminded", grounds="演示", by=world.county, at=world.at)
    with pytest.raises(clearances.StillDisposed):
        clearances.issue(clearance, by=world.second, at=world.at)
    dispositions.drop(late, reason="演示", by=world.second, at=world.at)
    clearances.issue(clearance, by=world.second, at=world.at)
    with pytest.raises(dispositions.Cleared):
        dispositions.propose(party, kind="talk.reminded", grounds="演示", by=world.county, at=world.at)
    cases.close_case(case, by=world.second, at=world.at)
    assert queries.outcomes(case) == []


def test_a_false_accusation_takes_three_people(world):
    lead = registered(world)
    report = false_reports.propose(lead, facts="演示：所述时间本人在外地，系编造", by=world.county, at=world.at)
    with pytest.raises(false_reports.AlreadyProposed):
        false_reports.propose(lead, facts="演示", by=world.second, at=world.at)
    with pytest.raises(moving.AnotherHandNeeded):
        false_reports.approve(report, by=world.county, at=world.at)
    false_reports.approve(report, by=world.second, at=world.at)
    assert report.state == "once"
    for hand in (world.county, world.second):
        with pytest.raises(moving.AnotherHandNeeded):
            false_reports.approve(report, by=hand, at=world.at)
    false_reports.approve(report, by=world.lead, at=world.at)
    assert report.state == "found"
    with pytest.raises(moving.AlreadyMoved):
        false_reports.reject(report, ruling="演示", by=world.second, at=world.at)


def test_one_approver_alone_may_reject_it(world):
    lead = registered(world)
    report = false_reports.propose(lead, facts="演示", by=world.county, at=world.at)
    false_reports.reject(report, ruling="演示：属错告，不是诬告", by=world.second, at=world.at)
    assert false_reports.propose(lead, facts="演示", by=world.county, at=world.at).state == "proposed"


def of_a_marked_item(world):
    """Open a fast case of a finding whose item says 先免职再查处; return its party."""
    finding = world.minxian.by_deadline
    Item.objects.filter(pk=finding.item_id).update(removal_first=True)
    lead = registered(world, finding=finding, fast_reason="演示：从严")
    return heard(world, opened(world, lead=lead))


def test_removal_first_is_two_records_of_two_bodies_by_two_people(world):
    party = of_a_marked_item(world)
    removal, inquiry = party.tracks.order_by("-track")
    assert (removal.track, inquiry.track) == ("removal", "inquiry")
    given = {"decided": True, "result": "演示", "at": world.at}
    tracks.settle(removal, decision=decision(world, "演示县委"), **given, by=world.county)
    with pytest.raises(tracks.OneDeciderForBoth, match="演示县委"):
        tracks.settle(inquiry, decision=decision(world, " 演示县委 "), **given, by=world.second)
    with pytest.raises(tracks.OneHandForBoth):
        tracks.settle(inquiry, decision=decision(world), **given, by=world.county)
    for wrong, name in (
        ({"deciding_body": "演示县委"}, "two_tracks_two_deciding_bodies"),
        ({"recorded_by": world.county}, "two_tracks_two_recorders"),
    ):
        complete = {
            "state": "declined", "deciding_body": "演示县纪委", "document": "演示", "decided_on": today(world),
            "recorded_by": world.second, "recorded_at": world.at,
        }  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Track.objects.filter(pk=inquiry.pk).update(**(complete | wrong))
    tracks.settle(inquiry, decision=decision(world), **given, by=world.second)


def test_removal_is_not_decided_unheard_either(world):
    party = of_a_marked_item(world)
    party.statements.all().delete()
    with pytest.raises(moving.HearFirst):
        tracks.settle(
            party.tracks.get(track="removal"), decided=True, result="演示", decision=decision(world, "演示县委"),
            by=world.second, at=world.at,
        )  # fmt: skip


def test_removal_first_is_not_for_any_breach(world):
    party = opened(world).parties.get()
    with pytest.raises(tracks.NotForThis):
        tracks.suggest(party, reason="演示", by=world.county, at=world.at)
    assert not party.tracks.exists()


def test_a_neighbour_a_unit_and_an_inspector_see_no_lead_and_no_case(world):
    case = opened(world)
    for who in (world.neighbour, world.unit, world.inspector, world.leader, world.abroad.office.officer):
        to = standing(world, who)
        assert not queries.leads(to=to).exists() and not queries.cases(to=to).exists(), who
        with pytest.raises(accounts.NotFound):
            queries.lead(case.lead_id, to=to)
        with pytest.raises(accounts.NotFound):
            queries.case(case.pk, to=to)
        with pytest.raises((accounts.NotFound, accounts.NotAllowed)):
            cases.close_case(case, by=who, at=world.at)
    assert queries.cases(to=standing(world, world.lead)).get() == case


def test_nobody_learns_by_trying_that_there_is_a_lead_they_may_not_see(world):
    registered(world, by=world.lead, office=world.city.office.body, finding=world.minxian.by_deadline)
    with pytest.raises(accounts.NotFound):
        registered(world, finding=world.minxian.by_deadline)


def test_a_lead_handed_over_by_a_person_claims_no_ladder_that_did_not_pass(world):
    lead = leads.take_over(world.minxian.order, by=world.county, at=world.at)
    assert "未到期，由干部移交" in lead.text and "督办各级" not in lead.text
    assert not Event.objects.filter(kind="rectification", verb="rectification.step").exists()


def test_a_county_sees_no_lead_of_the_office_above_about_its_own_place(world):
    lead = registered(
        world, by=world.lead, office=world.city.office.body, division="621126", body=world.minxian.office.answering
    )
    assert lead not in queries.leads(to=standing(world, world.county))
    event = Event.objects.get(kind="lead", key=str(lead.pk))
    assert event.division == "6211"  # nor is it told by its record


def test_nobody_handles_what_is_about_their_own_office(world):
    with pytest.raises(moving.Recused, match="本单位"):
        registered(world, body=world.minxian.office.body)
    above = registered(world, by=world.lead, office=world.city.office.body, body=world.minxian.office.body)
    assert above in queries.leads(to=standing(world, world.lead))
    lead = disposed(world, registered(world))
    with pytest.raises(moving.Recused):
        cases.propose_case(
            lead, reason="演示", parties=[official(world, body=world.minxian.office.body)], by=world.county, at=world.at
        )


def test_who_must_stay_away_from_a_unit_handles_no_lead_about_it(world):
    unit = recusals.Target(body=world.minxian.office.answering)
    recusals.declare(world.second, target=unit, ground="relative", reason="演示", by=world.second, at=world.at)
    lead = registered(world, finding=world.minxian.by_deadline)
    proposed = disposals.propose(lead, way="closed", opinion=OPINION, study=STUDY, by=world.county, at=world.at)
    with pytest.raises(moving.Recused, match="申明回避"):
        disposals.approve(proposed, by=world.second, at=world.at)
    disposals.approve(proposed, by=world.lead, at=world.at)


def test_what_a_circular_is_drawn_from(world):
    disposition = decided(world, heard(world, opened(world)))
    case = queries.decided(to=standing(world, world.county)).get()
    told = queries.outcomes(case)
    assert [one.decided for one in told] == [(disposition,)] and not told[0].appealed
    assert not queries.decided(to=standing(world, world.neighbour)).exists()
    appeals.lodge(disposition, lodged_on=today(world), reason="演示", by=world.county, at=world.at)
    assert queries.outcomes(case)[0].appealed


def test_figures_of_a_month(world):
    decided(world, heard(world, opened(world)))
    registered(world, kind="retaliation")
    since, until = world.at - timedelta(days=1), world.at + timedelta(days=1)
    found = figures.figures(to=standing(world, world.county), since=since, until=until)
    assert found.by_state == {"filed": 1, "open": 1} and found.by_kind == {"duty": 1, "retaliation": 1}
    assert found.by_month == {"2021-10": 2} and found.by_source == {"sentence": 2}
    assert (found.decided, found.people, found.organisations) == ({"party.warned": 1}, 1, 0)
    nothing = figures.figures(to=standing(world, world.neighbour), since=since, until=until)
    assert not nothing.by_state and not nothing.decided


def test_what_waits_is_for_another_hand(world):
    lead = registered(world)
    assert figures.waiting(to=standing(world, world.county), at=world.at)["dispose"] == 1
    disposals.propose(lead, way="closed", opinion=OPINION, study=STUDY, by=world.county, at=world.at)
    counts = {who: figures.waiting(to=standing(world, who), at=world.at) for who in (world.county, world.second)}
    assert [counts[who]["approve"] for who in counts] == [0, 1]
    assert queries.leads_in("approving", to=standing(world, world.second), at=world.at).get() == lead
    assert not queries.leads_in("open", to=standing(world, world.second), at=world.at).exists()
