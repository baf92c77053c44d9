"""
Chapter 12. The clock

What must be put right has an owner and a deadline that the law and the calendar agree on. Reminders climb a ladder by
themselves. What a unit says is ruled on, what it has done is verified, by another hand. Where duty was failed, a lead
begins: proposed, heard, decided by those who may, and recorded; the software itself decides nothing.
"""

from datetime import datetime

import pytest

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import by_link, dues, queries
from mingcha.flow.rectifications.actions import ladder
from mingcha.flow.rectifications.queries import ladder as due
from mingcha.flow.rectifications.states import State
from mingcha.flow.referrals import moving
from mingcha.flow.referrals.actions import dispositions, leads, tracks
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.rulebook.actions import clocks
from mingcha.kernel.deadlines import Light, Rung, Term, Unit
from tests import referred
from tests.clocked import DAY, HOUR, answered, asked, extension, now, ruled, sent_back, taken

# The deadline


def by_when(term, start):
    return dues.counted(term, start=start).at.astimezone(OFFICE_TIME)


def test_working_days_are_those_of_the_announced_calendar(db):
    """Three working days from Thursday 30 September 2021 end after the National Day week, on the Saturday made up for it."""
    start = datetime(2021, 9, 30, 9, tzinfo=OFFICE_TIME)
    assert by_when(Term(1, Unit.WORKING_DAYS), start) == datetime(2021, 10, 8, 18, tzinfo=OFFICE_TIME)
    assert by_when(Term(2, Unit.WORKING_DAYS), start) == datetime(2021, 10, 9, 18, tzinfo=OFFICE_TIME)
    assert by_when(Term(3, Unit.WORKING_DAYS), start) == datetime(2021, 10, 11, 18, tzinfo=OFFICE_TIME)


def test_a_term_of_days_that_ends_on_a_day_of_rest_ends_on_the_next_that_is_worked(db):
    """民法典 第203条：the last day of a term, if of rest, gives way to the day after the rest."""
    start = datetime(2021, 9, 29, 9, tzinfo=OFFICE_TIME)
    assert by_when(Term(2, Unit.DAYS), start) == datetime(2021, 10, 8, 18, tzinfo=OFFICE_TIME)


def test_an_emergency_has_its_own_terms(world):
    """Report by 16:00, order by 17:00, look again within two days: unless the office has said otherwise."""
    at = world.at.replace(hour=9)

    def emergency(stage):
        return dues.due(stage, start=at, emergency=True, offices=[]).at.astimezone(OFFICE_TIME)

    assert (emergency("report").hour, emergency("order").hour) == (16, 17)
    assert emergency("report").date() == emergency("order").date() == at.date()
    assert emergency("recheck").date() == at.date() + 2 * DAY


def test_an_office_sets_its_own_terms_and_those_below_it_keep_them(world):
    clocks.set_term(
        world.city.office.body, stage="rectify", emergency=False, term=Term(3, Unit.DAYS), by=world.lead, at=world.at
    )
    ours = dues.due("rectify", start=world.at, emergency=False, offices=[world.city.office.body.pk])
    elsewhere = dues.due("rectify", start=world.at, emergency=False, offices=[world.abroad.office.body.pk])
    assert (ours.term, elsewhere.term) == ("days:3", "days:15")


# The ladder


def test_what_nobody_mends_climbs_by_itself_to_a_lead(world):
    """Remind, press, write, have them in, hand over: each once, each on its time, each a row; none needs a person to begin."""
    order = now(world.minxian.order)
    for hours in range(-3, 60):
        ladder.climb(at=order.due_at + hours * HOUR)
        leads.climb(at=order.due_at + hours * HOUR)
    assert taken(order) == ["remind", "press", "letter", "take_over"]
    assert all(step.told or step.act == "take_over" for step in order.steps.all())
    assert {event.actor for event in audit.about("rectification", order.pk) if "step" in event.verb} == {
        SYSTEM.username
    }


def test_the_ladder_is_data(world):
    order = now(world.minxian.order)
    rungs = [Rung(1, "press", Term(1, Unit.HOURS)), Rung(2, "take_over", Term(2, Unit.HOURS))]
    clocks.set_ladder(world.minxian.office.body, emergency=True, rungs=rungs, by=world.county, at=world.at)
    acts = [step.rung.act for step in due.due_of(order, at=order.due_at + 2 * HOUR)]
    assert acts == ["press", "take_over"]


def test_green_yellow_and_red_are_computed(world):
    order = now(world.minxian.order)
    lights = [due.light(order, at=order.due_at + hours * HOUR) for hours in (-9, -3, 1)]
    assert lights == [Light.GREEN, Light.YELLOW, Light.RED]


# What a unit may say, and who rules on it


def test_more_time_is_asked_before_the_due_time_and_granted_by_someone_else(world):
    order = now(world.minxian.order)
    with pytest.raises(rectifications.AskedTooLate):
        extension(order, by=world.unit, at=order.due_at + HOUR)
    request = extension(order, by=world.unit, at=order.due_at)
    ruled(request, True, by=world.county, at=order.due_at)
    assert now(order).due_at == order.due_at + 5 * DAY


def test_cannot_do_is_an_honest_state_on_which_an_office_must_rule(world):
    order = now(world.minxian.order)
    request = asked(order, "cannot_do", by=world.unit, at=world.at)
    assert now(order).state == State.CANNOT
    assert [step.rung.act for step in due.due_of(order, at=world.at + 12 * HOUR)] == ["rule"]
    ruled(request, True, by=world.county, at=world.at + DAY)
    assert now(order).state == State.EXEMPT


def test_a_pause_has_a_reason_and_costs_nobody_a_day(world):
    order = now(world.minxian.order)
    with pytest.raises(rectifications.WhyMissing):
        rectifications.pause(now(order), reason="", by=world.county, at=world.at)
    rectifications.pause(now(order), reason="演示：封控", by=world.county, at=world.at)
    assert due.due_of(now(order), at=order.due_at + 9 * DAY) == []
    rectifications.resume(now(order), by=world.county, at=world.at + 4 * DAY)
    assert now(order).due_at == order.due_at + 4 * DAY


def test_a_unit_without_an_account_works_through_a_link_to_that_one_order(world):
    token = rectifications.make_link(now(world.minxian.order), by=world.county, at=world.at)
    secret = by_link.redeem(token, signed_as="演示店长", at=world.at)
    by_link.receive(by_link.held(secret, at=world.at), at=world.at)
    assert now(world.minxian.order).received_as == "演示店长"
    rectifications.revoke_link(now(world.minxian.order), by=world.county, at=world.at)
    with pytest.raises(rectifications.LinkNoLongerGood):
        by_link.held(secret, at=world.at)


# Verification


def test_nobody_verifies_their_own_and_what_is_closed_never_reopens(world):
    order = world.minxian.order
    answered(order, by=world.unit, at=world.at)
    sent_back(order, by=world.county, at=world.at)
    answered(order, by=world.unit, at=world.at)
    rectifications.close(now(order), by=world.second, at=world.at)
    assert queries.reviews(order).first().by == world.second
    with pytest.raises(rectifications.AlreadyMoved):
        answered(order, by=world.unit, at=world.at)


def test_an_office_that_does_not_verify_is_reminded_as_well(world):
    answered(world.minxian.order, by=world.unit, at=world.at)
    assert [step.rung.act for step in due.due_of(now(world.minxian.order), at=world.at + 3 * DAY)] == ["verify"]


# Accountability


def test_nothing_is_decided_about_whom_nobody_heard(world):
    case = referred.opened(world)
    party = case.parties.get()
    proposed = dispositions.propose(party, kind="party.warned", grounds="演示：失职。", by=world.county, at=world.at)
    told = {"decision": referred.decision(world), "appeal_to": "演示机关", "at": world.at}
    with pytest.raises(moving.HearFirst):
        dispositions.decide(proposed, **told, by=world.second)
    referred.heard(world, case)
    with pytest.raises(moving.AnotherHandNeeded):
        dispositions.decide(proposed, **told, by=world.county)
    dispositions.decide(proposed, **told, by=world.second)


def test_removal_first_and_inquiry_after_are_two_records_of_two_deciders(world):
    lead = referred.disposed(world, referred.registered(world, fast_reason="演示：从速从严从重"))
    case = referred.opened(world, lead=lead)
    party = referred.heard(world, case)
    removal, inquiry = tracks.suggest(party, reason="演示", by=world.county, at=world.at)
    settled = {"decided": True, "result": "演示", "at": world.at}
    tracks.settle(removal, decision=referred.decision(world, "演示县委"), by=world.second, **settled)
    with pytest.raises(tracks.OneDeciderForBoth):
        tracks.settle(inquiry, decision=referred.decision(world, "演示县委"), by=world.county, **settled)
    with pytest.raises(tracks.OneHandForBoth):
        tracks.settle(inquiry, decision=referred.decision(world), by=world.second, **settled)
    tracks.settle(inquiry, decision=referred.decision(world), by=world.county, **settled)
