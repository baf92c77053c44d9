"""
Chapter 13. Where duty was failed

A finding, a recurrence, a missed ladder or an officer's own sentence becomes a lead with a number and a clock. It is
disposed of in one of four ways, never by one hand. A case names officials and organisations, hears each before anything
is decided about it, and keeps who decided what, where, and when. The house proposes and tracks; it decides nothing.
"""

from datetime import timedelta

import pytest
from django.apps import apps

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
from mingcha.flow.referrals.models import Lead
from mingcha.flow.referrals.states import FAMILIES, Form, Kind, Way
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit import actions as audit_actions
from mingcha.ground.audit import queries as audit
from mingcha.ground.rulebook.models import Item
from tests.referred import OPINION, STUDY, decided, decision, disposed, heard, official, opened, registered, today


def test_a_lead_comes_from_a_finding_a_recurrence_the_ladder_or_a_sentence(world):
    """Four sources; each leaves a number of the office's year, without a gap, and a clock for a proposal: 30 days."""
    work = world.minxian
    made = [
        registered(world), registered(world, finding=work.by_deadline),
        leads.take_over(work.order, by=world.county, at=world.at),
    ]  # fmt: skip
    type(work.on_spot).objects.filter(pk=work.on_spot.pk).update(recurrence_of=work.by_deadline)
    made.append(registered(world, finding=work.on_spot))
    assert [lead.source for lead in made] == ["sentence", "finding", "ladder", "recurrence"]
    assert [lead.number for lead in made] == [1, 2, 3, 4]
    assert {lead.due_at.astimezone(world.at.tzinfo).date() - today(world) for lead in made} == {timedelta(days=30)}


def test_what_the_house_does_by_itself_is_said_to_be_its_own(world):
    """The ladder's last rung needs no person, and the record says so."""
    work = world.minxian
    late = work.order.due_at + timedelta(days=60)
    lead = leads.take_over(work.order, by=audit_actions.SYSTEM, at=late)
    assert lead.registered_by is None and audit.about("lead", lead.pk).get().actor_name == "系统自动"


def test_four_ways_of_disposal_each_by_two_hands_after_a_collective_study(world):
    """谈话函询、初步核实、暂存待查、予以了结. Opinion and study are written down; all but the last name a day to look again."""
    assert [way.label for way in Way] == ["谈话函询", "初步核实", "暂存待查", "予以了结"]
    lead = registered(world)
    given = {"way": "held", "opinion": OPINION, "study": STUDY, "by": world.county, "at": world.at}
    with pytest.raises(moving.StudyMissing):
        disposals.propose(lead, **(given | {"study": ""}), review_on=today(world) + timedelta(days=9))
    with pytest.raises(disposals.ReviewDayMissing):
        disposals.propose(lead, **given)
    proposed = disposals.propose(lead, **given, review_on=today(world) + timedelta(days=9))
    with pytest.raises(moving.AnotherHandNeeded):
        disposals.approve(proposed, by=world.county, at=world.at)
    disposals.approve(proposed, by=world.second, at=world.at)
    assert Lead.objects.get().state == "held"


def test_conduct_that_let_an_outbreak_spread_is_handled_faster_for_a_reason(world):
    """从速从严从重 is a flag with a reason; the clock grows shorter, never longer. Retaliation is fast by its kind."""
    lead = registered(world)
    before = lead.due_at
    with pytest.raises(moving.ReasonMissing):
        leads.hasten(lead, reason="", by=world.county, at=world.at)
    leads.hasten(lead, reason="演示：造成传播", by=world.county, at=world.at)
    assert lead.due_at < before
    assert registered(world, kind="retaliation").due_at == lead.due_at


def test_a_case_has_parties_and_each_party_dispositions(world):
    """Case 1–n party (official or organisation) 1–n disposition, from a vocabulary with the four forms."""
    assert {"问责", "组织处理", "党纪处分", "政务处分"} <= set(FAMILIES.values()) and len(Form) == 4
    parties = [official(world), official(world, name="演示甲", post="演示副科长"), official(world, name="", post="")]
    case = opened(world, parties=parties)
    person, _other, organisation = case.parties.order_by("pk")
    for party, kinds in ((person, (Kind.PARTY_WARNED, Kind.REMOVED)), (organisation, (Kind.CIRCULATED,))):
        for kind in kinds:
            dispositions.propose(party, kind=kind, grounds="演示", by=world.county, at=world.at)
    assert (person.dispositions.count(), organisation.dispositions.count()) == (2, 1)


def test_no_disposition_without_the_persons_statement(world):
    """Heard first, or given the opportunity and declined with a reason; a later statement does not heal it."""
    party = opened(world).parties.get()
    proposed = dispositions.propose(party, kind="party.warned", grounds="演示", by=world.county, at=world.at)
    words = {"decision": decision(world), "appeal_to": "演示机关", "by": world.second, "at": world.at}
    with pytest.raises(moving.HearFirst):
        dispositions.decide(proposed, **words)
    cases.hear(party, how="declined", text="演示：书面放弃", heard_on=today(world), by=world.county, at=world.at)
    with pytest.raises(moving.HearFirst):
        yesterday = decision(world, on=today(world) - timedelta(days=1))
        dispositions.decide(proposed, **(words | {"decision": yesterday}))
    dispositions.decide(proposed, **words)
    assert proposed.statement.how == "declined"


def test_the_house_decides_nothing(world):
    """A decision is what a body decided: its name, the number of its paper, the day; and where one may appeal."""
    given = decided(world, heard(world, opened(world)))
    assert all((given.deciding_body, given.document, given.decided_on, given.appeal_to))
    party = heard(world, opened(world, lead=disposed(world, registered(world))))
    proposed = dispositions.propose(party, kind="party.warned", grounds="演示", by=world.county, at=world.at)
    with pytest.raises(moving.DecisionIncomplete):
        dispositions.decide(
            proposed, decision=moving.Decision("", "", None), appeal_to="演示", by=world.second, at=world.at
        )


def test_removal_first_inquiry_after_are_two_records_and_two_deciders(world):
    """An item marked 先免职再查处 brings both suggestions by itself; neither body nor hand settles the two."""
    finding = world.minxian.by_deadline
    Item.objects.filter(pk=finding.item_id).update(removal_first=True)
    lead = disposed(world, registered(world, finding=finding))
    party = heard(world, opened(world, lead=lead))
    removal, inquiry = party.tracks.order_by("-track")
    given = {"decided": True, "result": "演示", "at": world.at}
    tracks.settle(removal, decision=decision(world, "演示县委"), by=world.county, **given)
    with pytest.raises(tracks.OneDeciderForBoth):
        tracks.settle(inquiry, decision=decision(world, "演示县委"), by=world.second, **given)
    with pytest.raises(tracks.OneHandForBoth):
        tracks.settle(inquiry, decision=decision(world, "演示县纪委"), by=world.county, **given)
    tracks.settle(inquiry, decision=decision(world, "演示县纪委"), by=world.second, **given)


def test_who_appeals_is_answered_by_hands_that_had_no_part_in_it(world):
    """Upheld, changed or revoked by the body it went to; what is revoked stands no more."""
    given = decided(world, heard(world, opened(world)))
    appeal = appeals.lodge(given, lodged_on=today(world), reason="演示：不服", by=world.county, at=world.at)
    words = {"outcome": "revoked", "result": "演示", "decision": decision(world, "演示市纪委"), "at": world.at}
    for hand in (world.county, world.second):
        with pytest.raises(moving.AnotherHandNeeded):
            appeals.rule(appeal, by=hand, **words)
    appeals.rule(appeal, by=world.lead, **words)
    given.refresh_from_db()
    assert given.state == "revoked" and not queries.decided(to=accounts.standing(world.county, at=world.at)).exists()


def test_a_good_name_is_given_back_with_a_notice(world):
    """澄清正名 is an outcome: its notice, where it is made known, another hand; the case may then close."""
    case = opened(world)
    clearance = clearances.propose(
        case.parties.get(),
        facts="演示：不实",
        notice="演示：予以澄清。",
        scope="演示：本单位",
        by=world.county,
        at=world.at,
    )
    with pytest.raises(cases.NotSettled):
        cases.close_case(case, by=world.second, at=world.at)
    clearances.issue(clearance, by=world.second, at=world.at)
    cases.close_case(case, by=world.second, at=world.at)


def test_a_false_accusation_needs_two_approvers_and_leads_to_nobody(world):
    """Three people, none twice. And no column of the room names, or points at, whoever reported."""
    report = false_reports.propose(registered(world), facts="演示：系捏造", by=world.county, at=world.at)
    false_reports.approve(report, by=world.second, at=world.at)
    with pytest.raises(moving.AnotherHandNeeded):
        false_reports.approve(report, by=world.second, at=world.at)
    false_reports.approve(report, by=world.lead, at=world.at)
    assert report.state == "found"
    fields = {
        field.name for model in apps.get_app_config("referrals").get_models() for field in model._meta.get_fields()
    }
    told = ("report", "inform", "tip", "whistle", "source_")
    assert not {name for name in fields - {"false_reports"} if any(word in name for word in told)}


def test_what_is_disposed_of_never_reopens(world):
    """Something new is a new lead that names the old one."""
    lead = disposed(world, registered(world), "closed")
    for way in Way:
        with pytest.raises(disposals.NotThisWay):
            disposals.propose(
                lead, way=way, opinion=OPINION, study=STUDY, review_on=today(world) + timedelta(days=9),
                by=world.county, at=world.at,
            )  # fmt: skip
    assert registered(world, earlier=lead).earlier == lead


def test_nobody_handles_what_they_are_tied_to_nor_what_is_about_their_own_office(world):
    """Recusals hold here, too; a lead about an office is the office's above, and it does not see it."""
    office = world.minxian.office.body
    with pytest.raises(moving.Recused):
        registered(world, body=office)
    above = registered(world, by=world.lead, office=world.city.office.body, body=office)
    for who in (world.county, world.second, world.neighbour, world.unit, world.inspector):
        assert above not in queries.leads(to=accounts.standing(who, at=world.at))


def test_units_teams_groups_and_neighbours_see_no_lead_and_no_case(ranks, world):
    """Only offices whose area covers the office that keeps it."""
    case = opened(world)
    for who in (world.unit, world.inspector, world.leader, world.neighbour, ranks.group, ranks.township, ranks.village):
        standing = accounts.standing(who, at=world.at)
        assert not queries.leads(to=standing).exists() and not queries.cases(to=standing).exists()
    assert queries.cases(to=accounts.standing(world.lead, at=world.at)).get() == case
