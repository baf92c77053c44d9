"""A lot that leans is not accused for leaning; a turn, a habit or a hand is found out, by what is published afterwards."""

import random
from datetime import date, timedelta

import pytest

from mingcha.kernel import lots
from mingcha.kernel.lots import foreseeing, habits, watching

N, DRAWN, ROUNDS = 60, 12, 16
SITES = [f"P{i:03}" for i in range(N)]
STRATA = {site: f"层{at % 5}" for at, site in enumerate(SITES)}
RISK = {site: 0.05 + 0.6 * (at * 37 % N) / N for at, site in enumerate(SITES)}
EVEN = dict.fromkeys(SITES, DRAWN / N)


def days(count, luck, *, start=date(2026, 3, 2)):
    """As many working days, at irregular gaps."""
    found, day = [], start
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=luck.randrange(1, 6))
    return found


def drawn_rounds(setting, seed, count=ROUNDS):
    """A series as the house draws it, by the kernel itself."""
    weighed = [lots.Weighed(site, STRATA[site], RISK[site]) for site in SITES]
    chances = lots.chances(weighed, n=DRAWN, setting=setting)
    frame = [lots.Candidate(site, STRATA[site], chances[site]) for site in SITES]
    luck = random.Random(seed)
    for number, day in enumerate(days(count, luck)):
        picked = lots.draw(frame, seed=luck.randbytes(32)).drawn
        order = luck.sample(picked, len(picked))
        routes = [[STRATA[site] for site in order[k::3]] for k in range(3)]
        yield watching.Round(str(number), day, chances, picked, picked, routes=routes)


def listed(pick, count=ROUNDS, seed=1, chances=EVEN):
    """A series that claims even chances and is picked in some other way: pick(round, day) → sites."""
    for number, day in enumerate(days(count, random.Random(seed))):
        picked = pick(number, day)
        yield watching.Round(str(number), day, chances, picked, picked)


def codes(series):
    return [sign.code for sign in watching.watch(list(series)).signs]


@pytest.mark.parametrize("tilt", ["lottery", "logistic", "minmax"])
def test_an_honest_lot_is_not_accused_however_it_leans(tilt):
    for seed in range(4):
        seen = watching.watch(list(drawn_rounds(lots.Setting(tilt=tilt), seed)))
        assert seen.signs == () and seen.enough and not seen.spoiled
        assert abs(seen.never - seen.never_fair) < 0.2
        for guess in seen.guesses:
            assert not guess.caught and guess.hit <= guess.hit_most
    if tilt == "logistic":
        often = next(guess for guess in seen.guesses if guess.by == foreseeing.OFTEN)
        assert often.auc_fair > 0.6, "who is drawn often by a leaning lot may well be guessed: that is the price shown"


def test_the_excess_of_honest_series_is_spread_as_luck_spreads_it():
    excess = [
        guess.excess
        for seed in range(12)
        for guess in watching.watch(list(drawn_rounds(lots.Setting(tilt="logistic", floor=0.3), seed, 8))).guesses
    ]
    assert sum(one * one for one in excess) / len(excess) < 1.6
    assert abs(sum(excess) / len(excess)) < 0.5


def test_a_turn_that_goes_round_is_found_out():
    seen = watching.watch(list(listed(lambda k, day: [SITES[(k * DRAWN + i) % N] for i in range(DRAWN)])))
    assert watching.FORESEEN in [sign.code for sign in seen.signs] and seen.spoiled
    longest = next(guess for guess in seen.guesses if guess.by == foreseeing.LONGEST)
    assert longest.auc > 0.9 and longest.hit > longest.hit_most


def test_a_list_called_a_lottery_is_found_out():
    assert watching.FORESEEN in codes(listed(lambda k, day: sorted(SITES, key=RISK.__getitem__)[-DRAWN:], 8))


def test_places_kept_for_certain_weekdays_are_found_out():
    luck = random.Random(5)
    own = {on: [site for at, site in enumerate(SITES) if at % 5 == on] for on in range(5)}
    seen = watching.watch(list(listed(lambda k, day: luck.sample(own[day.weekday()], DRAWN), 24)))
    found = {guess.by for guess in seen.guesses if guess.caught}
    assert {foreseeing.WEEKDAY} <= found


def test_who_is_always_taken_off_is_found_out_though_every_change_is_kept_quiet():
    friends, luck = set(SITES[:5]), random.Random(3)

    def edited(k, day):
        return [site for site in luck.sample(SITES, DRAWN) if site not in friends]

    signs = {sign.code: sign for sign in watching.watch(list(listed(edited, 80))).signs}
    assert signs[watching.SPARED].facts["sites"] == sorted(friends)
    assert watching.FORESEEN in signs


def test_a_visit_that_the_lot_did_not_name_shows_at_once():
    rounds = list(drawn_rounds(lots.Setting(), 2, 1))
    one = rounds[0]
    other = next(site for site in SITES if site not in one.named)
    for visited, found in (([*one.named, other], [watching.UNNAMED]), ([*one.named, "elsewhere"], [])):
        assert codes([watching.Round(one.name, one.day, one.chances, one.named, visited)]) == found


def test_changes_by_hand_are_counted_and_many_of_them_spoil_the_lot():
    one = next(drawn_rounds(lots.Setting(), 2, 1))

    def held(**changed):
        return watching.Round("7", one.day, one.chances, one.named, one.visited, watching.Overrides(**changed))

    few = watching.watch([held(replaced=2)])
    assert few.signs == () and few.openings[0].kept == pytest.approx(10 / 12)
    many = watching.watch([held(replaced=2, handed_over=1)])
    assert [(sign.code, dict(sign.facts)) for sign in many.signs] == [
        (watching.OVERRIDDEN, {"round": "7", "count": 3, "of": 12})
    ]
    assert codes([held(redrawn=1)]) == [watching.REDRAWN] and many.spoiled
    mended = watching.watch([held(replaced=5), one])
    assert mended.signs == (), "of earlier rounds it was said at the time"
    certain = {**dict.fromkeys(SITES[:4], 1), **dict.fromkeys(SITES[4:], 8 / 56)}
    picked = SITES[:4] + SITES[20:28]
    assert codes([watching.Round("1", None, certain, picked, picked)]) == [watching.DIRECTED]


def test_what_a_round_left_open():
    even = watching.opening(next(drawn_rounds(lots.Setting(), 1, 1)))
    assert (even.entropy, even.floor, even.least) == pytest.approx((1, 1, 0.2))
    assert even.escape == pytest.approx(0.8**12)
    leaning = watching.opening(next(drawn_rounds(lots.Setting(tilt="logistic", floor=0.1), 1, 1)))
    assert 0.5 < leaning.entropy < 1 and 0.1 <= leaning.floor < 0.5
    certain = watching.opening(watching.Round("1", None, {"a": 1, "b": 1}, ["a", "b"], ["a", "b"]))
    assert (certain.entropy, certain.certain, certain.least) == (0, 2, 1)


def test_the_same_weekday_and_the_same_gap_are_habits_and_irregular_days_are_none():
    tuesdays = [date(2026, 3, 3) + timedelta(days=7 * k) for k in range(8)]
    weekday, gap = habits.of_days(tuesdays)
    assert (weekday.what, weekday.times, weekday.caught) == (1, 8, True)
    assert (gap.what, gap.times, gap.caught) == (7, 7, True)
    weekday, gap = habits.of_days([date(2026, 3, 2) + timedelta(days=9 * k) for k in range(9)])
    assert gap.caught
    for seed in range(6):
        assert not any(habit.caught for habit in habits.of_days(days(12, random.Random(seed))))
    assert not any(habit.caught for habit in habits.of_days(tuesdays[:4])) and habits.of_days(tuesdays[:1]) == ()


def test_beginning_always_in_one_place_is_a_habit():
    luck = random.Random(1)
    routes = [["茶埠镇", *luck.sample(["十里镇", "梅川镇", "西寨镇"], 2)] for _ in range(12)]
    habit = habits.of_order(routes)
    assert (habit.what, habit.times, habit.of, habit.caught) == ("茶埠镇", 12, 12, True)
    assert not habits.of_order([luck.sample(route, 3) for route in routes]).caught
    assert habits.of_order([["茶埠镇"], ["十里镇", "十里镇"]]) is None
    assert habits.of_order(routes) == habit, "the same rounds, the same answer"


def test_few_rounds_accuse_nobody_and_none_say_nothing():
    seen = watching.watch(list(listed(lambda k, day: SITES[:DRAWN], 3)))
    assert not seen.enough and seen.signs == ()
    assert watching.watch([]).openings == () and not watching.watch([]).spoiled
