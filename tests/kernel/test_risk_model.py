"""The model behind a score: what it learns, what it may not learn, and what it is measured by."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import exp

import numpy as np
import pytest

from mingcha.kernel import lots, risk
from mingcha.kernel.risk import metric, rounds

ON = date(2026, 3, 2)


def history(*, sites=240, visits=1800, seed=1, strict=False):
    """Sites of lasting quality; with `strict`, those of even number are always visited by a hand that finds three times as much."""
    rng = random.Random(seed)
    quality = [rng.gauss(0, 1) for _ in range(sites)]
    told = []
    for _ in range(visits):
        site = rng.randrange(sites)
        chance = 0.2 if strict else 1 / (1 + exp(1.5 - quality[site]))
        hand = "strict" if strict and site % 2 == 0 else "mild"
        found = rng.random() < chance * (3 if hand == "strict" else 1)
        score = round(85 - 6 * quality[site] + rng.gauss(0, 4))
        day = ON - timedelta(days=rng.randrange(1, 700))
        told.append(
            risk.Past(f"s{site}", day, found, None if strict else score, hand, "school", f"62112{site % 4}", "b")
        )
    return quality, told


def subjects(count=240):
    return [risk.Subject(f"s{site}", "school", f"62112{site % 4}", "b") for site in range(count)]


@pytest.fixture(scope="module")
def learnt():
    quality, past = history()
    return quality, past, risk.learn(past, subjects(), on=ON)


def test_with_enough_history_a_model_tells_bad_sites_from_good_and_its_chances_are_honest(learnt):
    quality, _, scored = learnt
    assert scored.method == "model"
    chances = np.array([scored.by_site[f"s{site}"].chance for site in range(240)])
    true = 1 / (1 + np.exp(1.5 - np.array(quality)))
    assert np.corrcoef(chances, true)[0, 1] > 0.75
    assert abs(chances.mean() - true.mean()) < 0.05
    top = np.argsort(-chances)[:40]
    assert abs(chances[top].mean() - true[top].mean()) < 0.12


def test_the_same_visits_in_any_order_give_the_same_scores(learnt):
    _, past, scored = learnt
    mixed = random.Random(3).sample(past, len(past))
    assert risk.learn(mixed, subjects(), on=ON) == scored


def test_who_inspected_moves_no_score(learnt):
    _, past = history(strict=True)
    gap = {}
    for name, known in (
        ("told", [replace(v, place="621126") for v in past]), ("hidden", [risk.Past(v.site, v.day, v.problem, kind=v.kind, place="621126") for v in past])
    ):  # fmt: skip
        scored = risk.learn(known, [risk.Subject(f"s{n}", "school", "621126") for n in range(240)], on=ON)
        chances = [scored.by_site[f"s{n}"].chance for n in range(240)]
        gap[name] = np.mean(chances[::2]) - np.mean(chances[1::2])
    assert gap["hidden"] > 0.08 and abs(gap["told"]) < gap["hidden"] / 2


def test_a_reason_is_a_fact_of_the_record(learnt):
    quality, past, scored = learnt
    worst = max(range(240), key=lambda site: quality[site])
    own = scored.by_site[f"s{worst}"].reasons[0]
    visits = [visit for visit in past if visit.site == f"s{worst}"]
    assert own.code == "own_problems"
    assert own.facts["visits"] == len(visits) and own.facts["found"] == sum(visit.problem for visit in visits)
    codes = {reason.code for score in scored.by_site.values() for reason in score.reasons}
    assert codes <= {
        "own_problems", "never_visited", "long_ago", "low_score", "kind_rate", "place_rate", "body_rate", "prior",
    }  # fmt: skip


def test_the_metric_is_the_citys_own():
    # Six visits, two a day. The two problems really came on days 3 and 2; ranked first they come on day 1.
    day, problem = np.array([1, 1, 2, 2, 3, 3]), np.array([0.0, 0, 1, 0, 1, 0])
    told = metric.judge(np.array([0.1, 0.1, 0.9, 0.1, 0.8, 0.1]), day, problem)
    assert (told.n, told.positives, told.days_earlier, told.first_half_share, told.auc) == (6, 2, 1.5, 1.0, 1.0)
    assert told.random_days == 0.5
    # Equal scores keep the order they are given in: nothing changes, and days of half the visits or more are not half.
    same = metric.judge(np.ones(6), day, problem)
    assert (same.days_earlier, same.first_half_share, same.auc) == (0.0, 0.0, 0.5)
    assert metric.judge(np.ones(6), day, np.zeros(6)).days_earlier is None


@pytest.mark.parametrize(("n", "tau", "cap"), [(5, 0.2, 0.5), (12, 0.05, 0.37), (1, 0.5, 0.37)])
def test_a_replayed_day_has_the_chances_of_the_lot(n, tau, cap):
    scores = [random.Random(site).random() ** 2 for site in range(40)]
    given = rounds.daily_chances(np.array(scores), n, rounds.Knobs(tau, cap))
    setting = lots.Setting(tilt="logistic", tau=tau, floor=rounds.FLOOR, cap=cap)
    weighed = [lots.Weighed(f"{site:02}", "all", score) for site, score in enumerate(scores)]
    exact = lots.chances(weighed, n=n, setting=setting)
    assert sum(exact.values()) == n
    assert max(abs(Fraction(float(one)) - exact[f"{site:02}"]) for site, one in enumerate(given)) < Fraction(1, 10**5)


def test_every_visit_is_drawn_once_and_a_lottery_gains_nothing():
    day = np.repeat(np.arange(20), 6)
    score = np.random.default_rng(1).random(120)
    played = rounds.replay(score, day, rounds.Knobs(0.05, 0.37), times=5, seed=1)
    assert all(sorted(order) == list(range(120)) for order in played.orders)
    even = rounds.replay(np.full(120, 0.3), day, rounds.Knobs(0.05, 0.37), times=200, seed=2)
    first = np.mean([np.mean(order[:60] < 60) for order in even.orders])
    assert first == pytest.approx(0.5, abs=0.02)
