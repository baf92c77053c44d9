"""Two offices at the same moment: one lead of a finding, one end of a proposal, nobody cleared and punished at once."""

from mingcha.flow.referrals import moving
from mingcha.flow.referrals.actions import cases, clearances, disposals, dispositions, false_reports, leads, tracks
from mingcha.flow.referrals.models import Case, Disposal, Lead, Party, Track
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit import queries as audit
from tests.at_once import at_once, refusals
from tests.flow.test_races import again
from tests.referred import OPINION, STUDY, decision, disposed, heard, official, opened, registered


def test_two_offices_make_a_lead_of_the_same_finding(live_world):
    w = live_world
    finding = w.minxian.by_deadline
    outcomes = at_once(
        lambda: registered(w, finding=finding),
        lambda: registered(w, finding=finding, by=w.lead, office=w.city.office.body),
    )
    lead = Lead.objects.get()
    assert lead.finding == finding
    # The city sees the county's leads; the county is not told that the city has one.
    first_was_city = lead.office == w.city.office.body
    assert refusals(outcomes) == [accounts.NotFound if first_was_city else leads.AlreadyALead]


def test_two_register_at_once_and_no_number_is_skipped_or_given_twice(live_world):
    w = live_world
    at_once(*[lambda by=by: registered(w, by=by) for by in (w.county, w.second, w.county, w.second)])
    assert sorted(Lead.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_the_ladder_and_a_person_take_the_same_order_over(live_world):
    w = live_world
    outcomes = at_once(
        *[lambda by=by: leads.take_over(again(w.minxian.order), by=by, at=w.at) for by in (w.county, w.second)]
    )
    assert refusals(outcomes) == [] and Lead.objects.count() == 1
    assert audit.about("lead", Lead.objects.get().pk).count() == 1


def test_two_approvers_settle_the_same_proposal(live_world):
    w = live_world
    lead = registered(w)
    proposed = disposals.propose(lead, way="closed", opinion=OPINION, study=STUDY, by=w.county, at=w.at)
    outcomes = at_once(
        lambda: disposals.approve(again(proposed), by=w.second, at=w.at),
        lambda: disposals.give_back(again(proposed), ruling="演示", by=w.lead, at=w.at),
    )
    assert refusals(outcomes) == [moving.AlreadyMoved]
    agreed = again(proposed).state == "approved"
    assert again(lead).state == ("closed" if agreed else "open")


def test_a_disposal_and_a_case_are_proposed_at_once(live_world):
    w = live_world
    lead = disposed(w, registered(w))
    outcomes = at_once(
        lambda: disposals.propose(again(lead), way="closed", opinion=OPINION, study=STUDY, by=w.county, at=w.at),
        lambda: cases.propose_case(again(lead), reason="演示", parties=[official(w)], by=w.second, at=w.at),
    )
    assert len(refusals(outcomes)) == 1
    assert Disposal.objects.filter(state="proposed").count() + Case.objects.count() == 1


def test_one_person_is_not_cleared_and_punished_at_the_same_moment(live_world):
    w = live_world
    party = heard(w, opened(w))
    words = {"facts": "演示", "notice": "演示", "scope": "演示"}
    clearance = clearances.propose(party, **words, by=w.county, at=w.at)
    outcomes = at_once(
        lambda: clearances.issue(again(clearance), by=w.second, at=w.at),
        lambda: dispositions.propose(again(party), kind="party.warned", grounds="演示", by=w.county, at=w.at),
    )
    assert refusals(outcomes) in ([clearances.StillDisposed], [dispositions.Cleared])


def test_both_tracks_are_settled_at_once_by_one_body(live_world):
    w = live_world
    party = heard(w, opened(w, lead=registered(w, fast_reason="演示：从严")))
    tracks.suggest(party, reason="演示", by=w.county, at=w.at)
    words = {"decided": True, "result": "演示", "decision": decision(w, "演示县委"), "at": w.at}
    rows = list(Track.objects.order_by("pk"))
    outcomes = at_once(*[
        lambda row=row, by=by: tracks.settle(again(row), by=by, **words)
        for row, by in zip(rows, (w.county, w.second), strict=True)
    ])  # fmt: skip
    assert refusals(outcomes) == [tracks.OneDeciderForBoth]


def test_a_case_is_closed_while_something_is_proposed(live_world):
    w = live_world
    case = opened(w)
    party = heard(w, case)
    given = dispositions.propose(party, kind="talk.reminded", grounds="演示", by=w.county, at=w.at)
    dispositions.drop(given, reason="演示", by=w.second, at=w.at)
    outcomes = at_once(
        lambda: cases.close_case(again(case), by=w.second, at=w.at),
        lambda: dispositions.propose(again(party), kind="party.warned", grounds="演示", by=w.county, at=w.at),
    )
    assert refusals(outcomes) in ([cases.NotSettled], [moving.CaseNotOpen])
    open_ones = Party.objects.get(pk=party.pk).dispositions.filter(state="proposed").exists()
    assert (again(case).state == "open") == open_ones


def test_two_second_approvers_of_a_false_accusation(live_world):
    w = live_world
    report = false_reports.propose(registered(w), facts="演示", by=w.county, at=w.at)
    outcomes = at_once(*[
        lambda by=by: false_reports.approve(again(report), by=by, at=w.at) for by in (w.second, w.lead)
    ])  # fmt: skip
    assert refusals(outcomes) == []
    assert again(report).state == "found" and again(report).first_by_id != again(report).ended_by_id
