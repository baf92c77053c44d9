"""The score of a site: what it is made of, and what it must never be made of."""

import random
from datetime import date, timedelta

from mingcha.kernel import risk

ON = date(2026, 3, 2)


def subject(site: str, kind: str = "school", place: str = "621126") -> risk.Subject:
    return risk.Subject(site, kind=kind, place=place)


def visit(site: str, *, days: int = 30, problem: bool = True, kind: str = "school", place: str = "621126") -> risk.Past:
    return risk.Past(site, ON - timedelta(days=days), problem, kind=kind, place=place)


def test_without_history_the_prior_rate_of_its_kind_is_given_and_said():
    scored = risk.learn([], [subject("a"), subject("b", kind="dam")], on=ON, priors={"school": 0.1, "dam": 0.4})
    assert scored.method == "priors" and scored.visits == 0
    assert scored.by_site["a"].chance == 0.1 or abs(scored.by_site["a"].chance - 0.1) < 1e-9
    assert scored.by_site["b"].chance > scored.by_site["a"].chance
    assert [reason.code for reason in scored.by_site["a"].reasons] == ["never_visited", "prior"]


def test_little_history_leans_on_the_prior_rate():
    scored = risk.learn(
        [visit("a"), visit("b", problem=False)], [subject(s) for s in "abc"], on=ON, priors={"school": 0.2}
    )
    assert scored.method == "priors" and (scored.visits, scored.problems) == (2, 1)
    chances = {site: score.chance for site, score in scored.by_site.items()}
    assert chances["b"] < chances["c"] < chances["a"] < 0.5
    assert scored.by_site["a"].reasons[0].facts["found"] == 1


def test_a_visit_of_the_day_itself_is_not_known_yet():
    assert risk.learn([visit("a", days=0)], [subject("a")], on=ON).visits == 0


def test_few_reports_of_an_area_change_nothing_and_many_are_in_no_reason():
    sites = [subject("a", place="621126"), subject("b", place="621125"), subject("c", place="621124")]
    quiet = risk.learn([], sites, on=ON)
    few = risk.learn([], sites, on=ON, reports={("621126", "water"): 4, ("621126", "road"): 3})
    many = risk.learn([], sites, on=ON, reports={("621126", "water"): 12})
    assert few.by_site == quiet.by_site
    assert many.by_site["a"].chance > quiet.by_site["a"].chance
    assert [score.reasons for score in many.by_site.values()] == [score.reasons for score in quiet.by_site.values()]


def test_the_version_names_all_that_went_in_and_not_its_order():
    past = [visit("a"), visit("b", problem=False), visit("a", days=9)]
    sites = [subject("a"), subject("b")]
    one = risk.learn(past, sites, on=ON, priors={"school": 0.2})
    random.Random(1).shuffle(past)
    assert risk.learn(past, sites[::-1], on=ON, priors={"school": 0.2}) == one
    assert risk.learn(past, sites, on=ON, priors={"school": 0.21}).version != one.version
    assert risk.learn(past[1:], sites, on=ON, priors={"school": 0.2}).version != one.version
