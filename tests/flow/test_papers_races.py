"""Two at once over papers: numbers neither clash nor leave a gap, one signature, one reply, never withdrawn and answered."""

import pytest

from mingcha.flow.rectifications import papering
from mingcha.flow.rectifications.actions import papers, sheets
from mingcha.flow.rectifications.models import Paper, PaperSignature
from mingcha.flow.rectifications.states import PaperState
from mingcha.ground.audit.models import Event
from tests.at_once import at_once, refusals
from tests.flow.test_races import again


def issue(w, by=None):
    return papers.issue(
        [again(w.minxian.order)], kind="hand_over", issuer=w.minxian.office.body, demands="演示：请整改。", by=by or w.county,
        at=w.at,
    )  # fmt: skip


def test_papers_issued_at_once_are_numbered_without_gaps_or_doubles(live_world):
    w = live_world
    outcomes = at_once(*[lambda by=by: issue(w, by) for by in [w.county, w.second] * 3])
    assert refusals(outcomes) == []
    assert sorted(Paper.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert len({paper.sha256 for paper in Paper.objects.all()}) == 6


def test_a_refused_paper_takes_no_number(live_world):
    w = live_world

    def refused():
        with_copy = [w.zhangxian.office.body]
        papers.issue(
            [again(w.minxian.order)], kind="hand_over", issuer=w.minxian.office.body, demands="演示", copies=with_copy,
            by=w.second, at=w.at,
        )  # fmt: skip

    outcomes = at_once(lambda: issue(w), refused, lambda: issue(w, w.second))
    assert refusals(outcomes) == [papers.CannotCopyThere]
    assert sorted(Paper.objects.values_list("number", flat=True)) == [1, 2]


def test_one_of_two_replies_stands(live_world):
    w = live_world
    paper = issue(w)
    outcomes = at_once(*[
        lambda text=text: papers.reply(again(paper), text=text, by=w.unit, at=w.at) for text in ("演示甲", "演示乙")
    ])  # fmt: skip
    assert refusals(outcomes) == [papering.PaperMoved]
    kept = again(paper)
    assert (kept.state, kept.reply) == (PaperState.REPLIED, "演示甲" if outcomes[0] is None else "演示乙")
    assert Event.objects.filter(verb="paper.reply").count() == 1


def test_a_paper_is_withdrawn_or_replied_to_and_not_both(live_world):
    w = live_world
    paper = issue(w)
    outcomes = at_once(
        lambda: papers.reply(again(paper), text="演示：已办。", by=w.unit, at=w.at),
        lambda: papers.withdraw(again(paper), reason="演示：写错。", by=w.county, at=w.at),
    )
    assert refusals(outcomes) == [papering.PaperMoved]
    kept = again(paper)
    assert (kept.replied_at is None) is (kept.state == PaperState.WITHDRAWN)


@pytest.mark.parametrize("same", [True, False])
def test_a_party_s_signature_is_kept_once(live_world, same):
    w = live_world
    paper = issue(w)
    parties = ["leader", "leader" if same else "liaison"]
    outcomes = at_once(*[
        lambda party=party, by=by: sheets.sign(again(paper), party=party, signed_as="演示", by=by, at=w.at)
        for party, by in zip(parties, (w.county, w.second), strict=True)
    ])  # fmt: skip
    assert refusals(outcomes) == ([sheets.AlreadySigned] if same else [])
    assert PaperSignature.objects.count() == (1 if same else 2)
