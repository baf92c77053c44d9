"""The public call of an office, drafted by one and published by another; the terms it sets for itself."""

from datetime import timedelta

import pytest

from mingcha.ground.accounts.queries import NotAllowed, NotFound, standing
from mingcha.tips import public, queries
from mingcha.tips.actions import calls
from mingcha.tips.models import Call, OfficeRule
from mingcha.tips.states import CallState
from tests.world import World

WORDS = {"title": "问题线索公告", "scope": "干部作风问题", "ways": "网络、来信、来访", "promises": "严格保密"}


def test_a_call_is_published_by_another_hand_and_one_at_a_time(world: World) -> None:
    office, by, other = world.minxian.office.body, world.minxian.office.intake, world.county
    with pytest.raises(calls.CallIncomplete):
        calls.draft(office=office, **{**WORDS, "promises": " "}, by=by, at=world.at)
    with pytest.raises(calls.CallPast):
        calls.draft(office=office, **WORDS, until=world.at.date() - timedelta(1), by=by, at=world.at)
    call = calls.draft(office=office, **WORDS, by=by, at=world.at)
    calls.change(call, **{**WORDS, "scope": "失职渎职问题"}, by=by, at=world.at)
    with pytest.raises(calls.AnotherPublisher):
        calls.publish(call, by=by, at=world.at)
    assert public.calls(at=world.at) == []
    calls.publish(call, by=other, at=world.at)
    assert [(shown.office, shown.scope) for shown in public.calls(at=world.at)] == [(office.pk, "失职渎职问题")]
    with pytest.raises(calls.CallSettled):
        calls.publish(call, by=other, at=world.at)
    with pytest.raises(calls.CallSettled):
        calls.change(call, **WORDS, by=by, at=world.at)
    second = calls.draft(office=office, **WORDS, by=other, at=world.at)
    with pytest.raises(calls.OneCallAtATime):
        calls.publish(second, by=by, at=world.at)
    calls.withdraw(call, by=by, at=world.at)
    assert (call.state, call.withdrawn_at) == (CallState.WITHDRAWN, world.at)
    calls.publish(second, by=by, at=world.at)
    assert queries.published_call(office.pk) == second


def test_only_those_of_the_office_call_for_it(world: World) -> None:
    office = world.minxian.office.body
    with pytest.raises(NotAllowed):
        calls.draft(office=office, **WORDS, by=world.inspector, at=world.at)
    for stranger in (world.lead, world.neighbour):
        with pytest.raises(NotFound):
            calls.draft(office=office, **WORDS, by=stranger, at=world.at)
    call = calls.draft(office=office, **WORDS, by=world.county, at=world.at)
    assert list(queries.calls(to=standing(world.neighbour, at=world.at))) == []
    with pytest.raises(NotFound):
        queries.call(call.pk, to=standing(world.lead, at=world.at))
    assert Call.objects.count() == 1


def test_an_office_may_be_faster_than_the_rules_and_never_slower(world: World) -> None:
    office, by = world.minxian.office.body, world.county
    calls.set_terms(office, terms={"forward_days": 3, "keep_days": 365}, by=by, at=world.at)
    calls.set_terms(office, terms={"result_days": 10}, by=by, at=world.at)
    rule = OfficeRule.objects.get()
    assert (rule.forward_days, rule.result_days, rule.notice_days, rule.keep_days) == (3, 10, 15, 365)
    for terms in ({"forward_days": 6}, {"notice_days": 16}, {"result_days": 0}, {"keep_days": 29}, {"office_id": 1}):
        with pytest.raises(calls.TermOutOfRange):
            calls.set_terms(office, terms=terms, by=by, at=world.at)
    with pytest.raises(NotFound):
        calls.set_terms(office, terms={"forward_days": 3}, by=world.neighbour, at=world.at)
    assert [rule.forward_days for rule in queries.rules(to=standing(world.neighbour, at=world.at))] == [5]
