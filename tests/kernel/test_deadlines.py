"""The clock: on any calendar, with any pauses, nothing is early, nothing is lost, and the ladder only climbs."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import deadlines
from mingcha.kernel.deadlines import Calendar, Light, Pause, Rung, Term, Unit, YearNotAnnounced

ZONE = ZoneInfo("Asia/Shanghai")
YEARS = frozenset({2020, 2021, 2022, 2023})
PLAIN = Calendar(ZONE, time(18), YEARS)
# 2021-10: 1–7 rest, 9 (Saturday) works.
OCTOBER = replace(PLAIN, days={date(2021, 10, n): False for n in range(1, 8)} | {date(2021, 10, 9): True})
ONE_DAY = timedelta(days=1)

moments = st.integers(0, 240 * 24 * 60).map(lambda n: datetime(2021, 1, 4, tzinfo=ZONE) + timedelta(minutes=n))
terms = st.one_of(
    st.builds(Term, st.integers(0, 200), st.just(Unit.HOURS)),
    st.builds(Term, st.integers(0, 60), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS])),
    st.builds(Term, st.integers(0, 5), st.just(Unit.BY_TIME), st.times().map(lambda t: t.replace(microsecond=0))),
)
near = st.dates(date(2021, 1, 1), date(2021, 12, 31))
calendars = st.builds(
    lambda days, closes: replace(PLAIN, days=days, closes=closes),
    st.dictionaries(near, st.booleans(), max_size=40),
    st.times(time(12), time(23, 59)),
)
pauses = st.lists(
    st.builds(
        lambda since, length: Pause(since, length and since + length),
        moments,
        st.one_of(st.none(), st.timedeltas(timedelta(minutes=1), timedelta(days=9))),
    ),
    max_size=4,
)
rungs = st.lists(
    st.builds(Rung, st.just(0), st.just("press"), terms, st.booleans()), min_size=1, max_size=6
).map(lambda found: [replace(rung, position=n) for n, rung in enumerate(found, start=1)])  # fmt: skip


def at(day, hour=9, minute=0, month=10):
    return datetime(2021, month, day, hour, minute, tzinfo=ZONE)


# --- by example: the Civil Code, article by article


@pytest.mark.parametrize(
    "start,term,ends",
    [
        (at(11), Term(15, Unit.DAYS), at(26, 18)),  # 201: the first day is not counted
        (at(11, 9, 5), Term(24, Unit.HOURS), at(12, 9, 5)),  # 201: hours run from the moment
        (at(22), Term(15, Unit.DAYS), at(8, 18, month=11)),  # 203: the last day, a Saturday, gives way to Monday
        (at(24, month=9), Term(7, Unit.DAYS), at(8, 18)),  # … a holiday, to the day after it
        (at(30, month=9), Term(9, Unit.DAYS), at(9, 18)),  # … but a Saturday that is worked does not
        (at(30, month=9), Term(3, Unit.WORKING_DAYS), at(11, 18)),
        (at(11), Term(0, Unit.DAYS), at(11, 18)),
        (at(11, 18), Term(0, Unit.DAYS), at(12, 18)),  # the office has closed
        (at(11, 14), Term(0, Unit.BY_TIME, time(16)), at(11, 16)),
        (at(11, 16), Term(0, Unit.BY_TIME, time(16)), at(12, 16)),  # already past: tomorrow
        (at(1, 14), Term(2, Unit.BY_TIME, time(16)), at(3, 16)),  # an emergency knows no rest
    ],
)
def test_a_term_ends_when_the_code_says(start, term, ends):
    assert deadlines.due(start, term, calendar=OCTOBER) == ends


def test_a_moment_written_in_another_zone_is_the_same_moment():
    start = at(11, 1).astimezone(UTC)  # the tenth, over there
    assert deadlines.due(start, Term(1, Unit.DAYS), calendar=OCTOBER) == at(12, 18)


@pytest.mark.parametrize(
    "term,pause,ends",
    [
        (Term(24, Unit.HOURS), Pause(at(11, 10), at(11, 13)), at(12, 12)),
        (Term(2, Unit.DAYS), Pause(at(12, 10), at(12, 11)), at(14, 18)),  # that day is not counted
        (Term(2, Unit.WORKING_DAYS), Pause(at(12, 10), at(14, 8)), at(18, 18)),
        (Term(1, Unit.DAYS), Pause(at(12, 20), at(13, 8)), at(12, 18)),  # the term was over when it began
        (Term(2, Unit.DAYS), Pause(at(12, 10)), at(13, 18)),  # it lasts: nobody can say yet by how much
        (Term(0, Unit.BY_TIME, time(16)), Pause(at(11, 10), at(11, 11)), at(12, 16)),
        (Term(2, Unit.DAYS), Pause(at(1), at(10)), at(13, 18)),  # before it began
    ],
)
def test_a_pause_does_not_count(term, pause, ends):
    assert deadlines.due(at(11), term, calendar=OCTOBER, pauses=[pause]) == ends


def test_a_time_set_by_a_person_moves_by_what_was_paused_and_never_onto_a_day_of_rest():
    def move(due_at, *spans):
        return deadlines.shifted(due_at, start=at(11), calendar=OCTOBER, pauses=[Pause(*span) for span in spans])

    assert move(at(14, 12)) == at(14, 12)
    assert move(at(14, 12), (at(12), at(12, 13))) == at(14, 16)
    assert move(at(15, 12), (at(12), at(13))) == at(18, 12)  # Saturday gives way
    assert move(at(16, 12), (at(12), at(12, 13))) == at(16, 16)  # it was on a Saturday to begin with
    assert move(at(15, 12), (at(12), at(13)), (at(18, 9), at(19, 9))) == at(19, 9)  # it lands in another pause
    assert move(at(10, 12), (at(12), at(13))) == at(10, 12)  # over before the clock began


def test_a_year_nobody_announced_is_a_loud_gate():
    start = datetime(2023, 12, 29, 9, tzinfo=ZONE)
    with pytest.raises(YearNotAnnounced) as refused:
        deadlines.due(start, Term(3, Unit.WORKING_DAYS), calendar=PLAIN)
    assert (refused.value.year, refused.value.status) == (2024, 422)
    assert "2024" in str(refused.value)
    assert deadlines.due(start, Term(72, Unit.HOURS), calendar=PLAIN) == start + 3 * ONE_DAY  # hours need no calendar


def test_the_last_days_of_december_hang_on_the_next_years_notice():
    eve = date(2023, 12, 29)
    doubtful = replace(PLAIN, doubtful=frozenset({eve}))
    with pytest.raises(YearNotAnnounced) as refused:
        doubtful.works(eve)
    assert refused.value.year == 2024
    assert replace(doubtful, days={eve: True}).works(eve)
    assert not doubtful.tentative().works(eve)
    assert doubtful.tentative().may_work(eve)


def test_a_tentative_calendar_counts_only_what_is_surely_worked():
    tentative = PLAIN.tentative()
    assert not tentative.works(date(2024, 1, 2))  # nothing is known of that year but its calm months
    assert tentative.works(date(2024, 3, 4))
    assert not tentative.works(date(2024, 3, 3))  # a Sunday
    charted = replace(PLAIN, doubtful=frozenset({date(2024, 1, 1)})).tentative()
    assert charted.works(date(2024, 1, 2)) and not charted.works(date(2024, 1, 1))


# --- for any calendar and any pauses


@given(moments, terms, calendars, pauses)
def test_never_early(start, term, calendar, stood):
    due = deadlines.due(start, term, calendar=calendar, pauses=stood)
    assert due >= start
    if term.unit is Unit.HOURS:
        assert due - start >= timedelta(hours=term.amount)
    else:
        local = due.astimezone(ZONE)
        assert local.time() == (term.at or calendar.closes)
        passed = [start.date() + n * ONE_DAY for n in range(1, (local.date() - start.date()).days + 1)]
        if term.unit is Unit.WORKING_DAYS:
            passed = [day for day in passed if calendar.works(day)]
        assert len(passed) >= term.amount
        assert term.unit is Unit.BY_TIME or calendar.works(local.date())


@given(moments, terms, calendars, pauses)
def test_the_time_that_runs_is_never_less_than_the_term(start, term, calendar, stood):
    """What is left when every closed pause is cut out is as long as the term without any."""
    due = deadlines.due(start, term, calendar=calendar, pauses=stood)
    closed = [p for p in stood if p.until]
    if term.unit is Unit.HOURS:
        minutes = sorted({start, due, *(min(max(x, start), due) for p in closed for x in (p.since, p.until))})
        pieces = [b - a for a, b in pairwise(minutes) if not any(p.since <= a < p.until for p in closed)]
        assert sum(pieces, timedelta()) == timedelta(hours=term.amount)
    else:
        # It does not end on a day on which the clock stood still.
        end = term.at or calendar.closes
        begins = max(start, datetime.combine(due.date(), time(), ZONE))
        assert not any(p.since < datetime.combine(due.date(), end, ZONE) and p.until > begins for p in closed)


@given(moments, terms, calendars, pauses, pauses)
def test_more_pauses_never_make_it_earlier(start, term, calendar, stood, more):
    assert deadlines.due(start, term, calendar=calendar, pauses=stood + more) >= deadlines.due(
        start, term, calendar=calendar, pauses=stood
    )
    due_at = start + timedelta(days=6, hours=5)
    moved = [deadlines.shifted(due_at, start=start, calendar=calendar, pauses=given) for given in (stood, stood + more)]
    assert due_at <= moved[0] <= moved[1]


@given(moments, terms, calendars, pauses, st.timedeltas(timedelta(), timedelta(days=5)), st.integers(0, 5))
def test_who_begins_later_or_has_longer_is_never_due_earlier(start, term, calendar, stood, later, longer):
    if term.amount == 0:
        stood = []  # a term of the same day waits for a pause of that day, and not for one that was over before it began
    due = deadlines.due(start, term, calendar=calendar, pauses=stood)
    assert deadlines.due(start + later, term, calendar=calendar, pauses=stood) >= due
    assert deadlines.due(start, replace(term, amount=term.amount + longer), calendar=calendar, pauses=stood) >= due


@st.composite
def unannounced(draw):
    """A calendar that does not know 2021 yet, and one as it may be announced: rest only on days in doubt."""
    doubtful = draw(st.frozensets(near, max_size=40))
    work = draw(st.frozensets(near, max_size=10))
    rest = draw(st.frozensets(st.sampled_from(sorted(doubtful)))) if doubtful else frozenset()
    known = Calendar(ZONE, time(18), YEARS - {2021}, doubtful=doubtful)
    announced = Calendar(ZONE, time(18), YEARS, dict.fromkeys(work, True) | dict.fromkeys(rest, False))
    return known, announced


@given(moments, terms, unannounced(), pauses, rungs)
def test_what_is_counted_before_the_notice_is_never_earlier_than_after_it(start, term, pair, stood, ladder):
    known, announced = pair
    guessed = deadlines.due(start, term, calendar=known.tentative(), pauses=stood)
    real = deadlines.due(start, term, calendar=announced, pauses=stood)
    assert guessed >= real
    for rung in ladder:
        guessed_at = deadlines.rung_at(real, rung, calendar=known.tentative())
        assert guessed_at >= deadlines.rung_at(real, rung, calendar=announced)
    due_at = start + timedelta(days=6)
    assert deadlines.shifted(due_at, start=start, calendar=known.tentative(), pauses=stood) >= deadlines.shifted(
        due_at, start=start, calendar=announced, pauses=stood
    )


# --- the ladder


def test_the_ladder_is_climbed_on_working_days():
    due_at = at(29, 18, month=9)
    ladder = [
        Rung(1, "remind", Term(2, Unit.DAYS), before=True),
        Rung(2, "press", Term(1, Unit.WORKING_DAYS)),
        Rung(3, "letter", Term(3, Unit.WORKING_DAYS)),
        Rung(4, "interview", Term(1, Unit.BY_TIME, time(9)), auto=False),
    ]
    found = deadlines.steps(due_at, ladder, taken={2}, at=at(12), calendar=OCTOBER)
    # The interview's own hour has long come, but it waits for the letter.
    assert [(r.act, t) for r, t in found] == [
        ("remind", at(27, 18, month=9)),
        ("letter", at(9, 18)),
        ("interview", at(9, 18)),
    ]
    assert deadlines.steps(due_at, ladder, taken=(), at=at(12), calendar=OCTOBER, paused=True) == []


@pytest.mark.parametrize(
    "rung,reached",
    [
        (Rung(1, "remind", Term(2, Unit.HOURS), before=True), at(11, 10)),
        (Rung(1, "remind", Term(2, Unit.WORKING_DAYS), before=True), at(8, 12)),
        (Rung(1, "remind", Term(0, Unit.BY_TIME, time(9)), before=True), at(11, 9)),
        (Rung(1, "remind", Term(0, Unit.BY_TIME, time(15)), before=True), at(10, 15)),
        (Rung(1, "press", Term(0, Unit.HOURS)), at(11, 12)),
        (Rung(1, "press", Term(0, Unit.WORKING_DAYS)), at(11, 12)),
        (Rung(1, "press", Term(0, Unit.BY_TIME, time(9))), at(12, 9)),
        (Rung(1, "press", Term(5, Unit.DAYS)), at(18, 12)),
    ],
)
def test_a_rung_is_reached(rung, reached):
    assert deadlines.rung_at(at(11, 12), rung, calendar=OCTOBER) == reached


@given(moments, rungs, calendars, st.timedeltas(timedelta(days=-40), timedelta(days=200)), st.sets(st.integers(1, 6)))
def test_no_rung_is_early_or_lost_and_the_times_only_climb(due_at, ladder, calendar, later, taken):
    now = due_at + later
    found = deadlines.steps(due_at, ladder, taken=taken, at=now, calendar=calendar)
    assert [rung.position for rung, _ in found] == sorted({rung.position for rung, _ in found} - taken)
    times = [reached for _, reached in found]
    assert times == sorted(times)
    for rung, reached in found:
        assert deadlines.rung_at(due_at, rung, calendar=calendar) <= reached <= now
        assert rung.before or reached >= due_at
    # Sooner or later each is due, unless taken.
    last = deadlines.steps(due_at, ladder, taken=taken, at=due_at + timedelta(days=400), calendar=calendar)
    assert {rung.position for rung, _ in last} == {rung.position for rung in ladder} - taken
    # What is due stays due, at the same time, until it is taken.
    assert set(found) <= set(last)


@given(rungs)
def test_the_ladder_climbs_into_a_year_nobody_announced(ladder):
    due_at = datetime(2023, 12, 31, 18, tzinfo=ZONE)
    found = deadlines.steps(due_at, ladder, taken=(), at=due_at + timedelta(days=900), calendar=PLAIN)
    assert len(found) == len(ladder)


@pytest.mark.parametrize(
    "now,colour",
    [(at(9), Light.GREEN), (at(10, 12), Light.YELLOW), (at(11, 12), Light.YELLOW), (at(11, 12, 1), Light.RED)],
)
def test_the_light(now, colour):
    assert deadlines.light(at(11, 12), at=now, warn=ONE_DAY) is colour


@pytest.mark.parametrize("amount,unit,by", [(-1, Unit.DAYS, None), (1, Unit.BY_TIME, None), (1, Unit.DAYS, time(9))])
def test_a_term_that_means_nothing_is_not_one(amount, unit, by):
    with pytest.raises(ValueError):
        Term(amount, unit, by)
