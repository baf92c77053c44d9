"""The page on life cycles is the tables of states, drawn; whoever changes a table draws it anew."""

import re

from mingcha.config import lifecycles
from mingcha.flow.rectifications import states
from mingcha.flow.referrals import states as referrals
from mingcha.tips import states as tips


def test_the_page_is_as_the_tables_are():
    written = lifecycles.PAGE.read_text("utf-8")
    assert written == lifecycles.page(), "python -m mingcha.config.lifecycles writes it anew"


def test_every_act_and_every_state_is_drawn():
    page = lifecycles.page()
    drawn = set(re.findall(r"--> \w+: (\w+)$", page, re.MULTILINE))
    tables = (states.ACTS, states.REQUEST_ACTS, states.PAPER_ACTS, tips.ACTS, tips.OFFER_ACTS, tips.EPOCH_ACTS)
    assert {act for table in tables for act in table} | {move.act for move in referrals.TABLE} <= drawn
    assert {move.thing for move in referrals.TABLE} == set(lifecycles.OF_REFERRALS)
    for kinds in (
        states.State,
        states.RequestState,
        states.PaperState,
        referrals.LeadState,
        referrals.CaseState,
        tips.State,
    ):
        assert all(f'"{state.label} {state.value}" as {state.value}' in page for state in kinds)


def test_what_is_closed_upheld_or_exempt_leads_nowhere():
    away = {start for starts, _ in states.ACTS.values() for start in starts}
    ends = {states.State.CLOSED, states.State.UPHELD, states.State.EXEMPT, states.State.VOID}
    assert set(states.State) - away == ends
