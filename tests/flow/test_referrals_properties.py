"""Whatever the order of acts and hands: no end by one hand, nothing decided unheard, no way back, two tracks apart."""

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.flow.referrals import queries
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
from mingcha.flow.referrals.models import (
    Appeal,
    Case,
    Clearance,
    Disposal,
    Disposition,
    FalseReport,
    Lead,
    Party,
    Track,
)
from mingcha.flow.referrals.states import MOVES, TABLE
from mingcha.kernel.refusals import Refusal
from tests.referred import OPINION, STUDY, decision, heard, official, opened, registered, today

MODELS = {
    "lead": Lead, "disposal": Disposal, "case": Case, "disposition": Disposition, "track": Track, "appeal": Appeal,
    "clearance": Clearance, "false_report": FalseReport,
}  # fmt: skip
HANDS = ("county", "second", "lead")


def last(model):
    return model.objects.order_by("-pk").first()


def acts(w, by, days):
    """Return what somebody may try, by name; each takes the latest thing of its kind."""
    on, at = today(w) - timedelta(days=days), w.at
    way = ("inquiry", "verification", "held", "closed")[days % 4]
    words = {"by": by, "at": at}
    body = ("演示县委", "演示纪委")[days % 2]
    return {
        "propose": lambda: disposals.propose(
            last(Lead), way=way, opinion=OPINION, study=STUDY, review_on=today(w) + timedelta(days=9), **words
        ),
        "approve": lambda: disposals.approve(last(Disposal), **words),
        "give_back": lambda: disposals.give_back(last(Disposal), ruling="演示", **words),
        "hasten": lambda: leads.hasten(last(Lead), reason="演示", **words),
        "doubt": lambda: false_reports.propose(last(Lead), facts="演示", **words),
        "agree": lambda: false_reports.approve(last(FalseReport), **words),
        "reject": lambda: false_reports.reject(last(FalseReport), ruling="演示", **words),
        "case": lambda: cases.propose_case(last(Lead), reason="演示", parties=[official(w)], **words),
        "open": lambda: cases.open_case(last(Case), study=STUDY, **words),
        "refuse": lambda: cases.refuse_case(last(Case), ruling="演示", **words),
        "close": lambda: cases.close_case(last(Case), **words),
        "hear": lambda: cases.hear(last(Party), how="made", text="演示", heard_on=on, **words),
        "suggest": lambda: dispositions.propose(last(Party), kind="party.warned", grounds="演示", **words),
        "decide": lambda: dispositions.decide(
            last(Disposition), decision=decision(w, on=on), appeal_to="演示", **words
        ),
        "drop": lambda: dispositions.drop(last(Disposition), reason="演示", **words),
        "tracks": lambda: tracks.suggest(last(Party), reason="演示", **words),
        "settle": lambda: tracks.settle(
            Track.objects.order_by("pk")[days % 2],
            decided=True,
            result="演示",
            decision=decision(w, body, on=on),
            **words,
        ),
        "lodge": lambda: appeals.lodge(last(Disposition), lodged_on=on, reason="演示", **words),
        "rule": lambda: appeals.rule(
            last(Appeal),
            outcome=("upheld", "changed", "revoked")[days % 3],
            result="演示",
            decision=decision(w),
            **words,
        ),
        "clear": lambda: clearances.propose(last(Party), facts="演示", notice="演示", scope="演示", **words),
        "issue": lambda: clearances.issue(last(Clearance), **words),
    }


NAMES = sorted({
    "propose", "approve", "give_back", "hasten", "doubt", "agree", "reject", "case", "open", "refuse", "close", "hear",
    "suggest", "decide", "drop", "tracks", "settle", "lodge", "rule", "clear", "issue",
})  # fmt: skip


def states():
    return {(name, row.pk): row.state for name, model in MODELS.items() for row in model.objects.all()}


def allowed(name, before, after):
    """Whether one line of the table, or several in a row, lead from one state to the other."""
    reached, seen = {before}, set()
    while reached - seen:
        seen |= reached
        reached |= {move.end for (thing, _), move in MOVES.items() if thing == name and set(move.starts) & reached}
    return after in reached


def hold(w):
    """What must be true of every row, whatever happened."""
    for row in Disposal.objects.exclude(state="proposed"):
        assert row.ruled_by_id not in (None, row.proposed_by_id)
    for row in Case.objects.filter(state__in=["open", "closed"]):
        assert row.ruled_by_id not in (None, row.proposed_by_id) and row.lead.state == "filed"
    for row in Case.objects.filter(state="closed"):
        assert row.closed_by_id not in (None, row.proposed_by_id) and not queries.unsettled(row)
    for row in Disposition.objects.filter(state__in=["decided", "changed", "revoked"]):
        assert row.statement.party_id == row.party_id and row.statement.heard_on <= row.decided_on
        assert row.recorded_by_id not in (None, row.proposed_by_id)
    for party in Party.objects.all():
        settled = [track for track in party.tracks.all() if track.state != "proposed"]
        assert (
            len({track.deciding_body for track in settled}) == len({t.recorded_by_id for t in settled}) == len(settled)
        )
        if party.clearances.filter(state="issued").exists():
            assert not party.dispositions.filter(state__in=["decided"]).exists()
    for row in FalseReport.objects.filter(state="found"):
        assert len({row.proposed_by_id, row.first_by_id, row.ended_by_id} - {None}) == 3
    for row in Lead.objects.filter(state="closed"):
        assert row.disposals.filter(state="approved", way="closed").exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begun=st.booleans(),
    steps=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(HANDS), st.integers(0, 3)), max_size=25),
)
def test_no_sequence_of_acts_breaks_the_rules(world, begun, steps):
    """From a fast lead, or from a case of one whose party has been heard; some random orders get far, most do not."""
    point = transaction.savepoint()
    try:
        lead = registered(world, fast_reason="演示：从严")
        if begun:
            heard(world, opened(world, lead=lead))
        before = states()
        for name, hand, days in steps:
            try:
                with transaction.atomic():
                    acts(world, getattr(world, hand), days)[name]()
            except (Refusal, AttributeError, IndexError):
                pass  # refused, or there is nothing of the kind yet
            now = states()
            assert all(allowed(key[0], state, now[key]) for key, state in before.items())
            before = now
            hold(world)
    finally:
        transaction.savepoint_rollback(point)


def test_the_table_names_every_state_that_can_be_reached():
    """Each thing begins by one act, and each of its states is somewhere's end."""
    for name, model in MODELS.items():
        known = set(dict(model._meta.get_field("state").choices))
        assert {move.end for move in TABLE if move.thing == name} == known
        assert len([move for move in TABLE if move.thing == name and not move.starts]) == 1
