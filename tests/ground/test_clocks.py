"""The clock's rules: what is shipped, what an office sets over it, and the year that nobody has announced yet."""

from datetime import date, datetime, time, timedelta

import pytest

from mingcha.ground.accounts.queries import NotAllowed, NotFound
from mingcha.ground.audit.models import Event
from mingcha.ground.rulebook import queries, terms
from mingcha.ground.rulebook.actions import catalogues, clocks
from mingcha.ground.rulebook.actions.catalogues import NewItem
from mingcha.ground.rulebook.models import CalendarDay, CalendarYear, Item, Stage, TermRule
from mingcha.kernel import deadlines
from mingcha.kernel.deadlines import Rung, Term, Unit, YearNotAnnounced

ONE_DAY = timedelta(days=1)
SPRING = {date(2027, 2, n): (False, "春节") for n in range(5, 13)}
NEW_YEAR = {
    date(2027, 1, 1): (False, "元旦"),
    date(2026, 12, 31): (False, "元旦"),
    date(2027, 2, 14): (True, "春节调休"),
}
NOTICE = "演示通知：2027年部分节假日安排"


def offices(world):
    return [world.minxian.office.body.pk, world.city.office.body.pk]


def weekdays(year):
    days = [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]
    return [day for day in days if day.weekday() < deadlines.WEEKEND]


# --- the calendar


def test_the_shipped_calendar_is_the_announced_one(db):
    calendar = terms.calendar()
    worked = [date(2021, 10, 9), date(2021, 9, 26), date(2019, 4, 28), date(2024, 2, 18), date(2026, 2, 14)]
    rested = [date(2021, 10, 7), date(2021, 2, 17), date(2018, 12, 31), date(2020, 1, 31), date(2026, 1, 2)]
    assert all(calendar.works(day) for day in worked)
    assert not any(calendar.works(day) for day in rested)


def test_what_the_gate_rests_on_has_held_since_2001(db):
    """The library's list is upgraded: whatever a new notice says, no calm month rests and no far day is moved."""
    calendar = terms.calendar().tentative()
    rests = [day for year in calendar.announced for day in weekdays(year) if not calendar.works(day)]
    assert not [day for day in rests if day.month in deadlines.CALM_MONTHS]
    assert max(calendar.announced) >= 2026
    for year in sorted(calendar.announced):
        assert len([day for day in rests if day.year == year]) >= clocks.FEWEST_RESTS


def test_no_notice_ever_rested_a_day_that_would_not_have_been_in_doubt(db):
    """Count each announced year as if it were not: what is surely worked then was worked."""
    calendar = terms.calendar().tentative()
    for year in sorted(calendar.announced):
        doubt = terms.in_doubt(year) | terms.in_doubt(year + 1)
        strays = [day for day in weekdays(year) if not calendar.works(day) and day not in doubt]
        assert not strays, strays


def test_an_unannounced_year_is_a_loud_gate_and_its_tentative_count_is_not_early(db):
    calendar = terms.calendar()
    coming = max(calendar.announced) + 1
    with pytest.raises(YearNotAnnounced) as refused:
        calendar.works(date(coming, 1, 20))
    assert refused.value.year == coming
    with pytest.raises(YearNotAnnounced):
        calendar.works(date(coming - 1, 12, 31))  # hangs on the notice to come
    assert calendar.works(date(coming - 1, 12, 24)) == (date(coming - 1, 12, 24).weekday() < 5)
    tentative = calendar.tentative()
    assert not any(tentative.works(day) for day in (date(coming, 1, 1), date(coming, 1, 4), date(coming - 1, 12, 31)))
    assert sum(tentative.works(day) for day in weekdays(coming)) > 150  # and it is of some use


def forget():
    terms._announced.cache_clear()
    terms._with.cache_clear()


@pytest.fixture
def unannounced(monkeypatch):
    """The world before the notice for 2027, whatever the library has by now."""
    monkeypatch.setattr(terms, "NOTICES", frozenset(range(2001, 2027)))
    forget()
    yield
    monkeypatch.undo()
    forget()


def test_an_office_registers_a_year_and_the_gate_opens(world, unannounced):
    start = datetime(2026, 12, 25, 9, tzinfo=world.at.tzinfo)
    term = Term(5, Unit.WORKING_DAYS)
    with pytest.raises(YearNotAnnounced):
        deadlines.due(start, term, calendar=terms.calendar())
    guessed = deadlines.due(start, term, calendar=terms.calendar().tentative())
    clocks.register_year(2027, days=SPRING | NEW_YEAR, source=NOTICE, by=world.lead, at=world.at)
    calendar = terms.calendar()
    due = deadlines.due(start, term, calendar=calendar)
    assert due <= guessed
    assert due.date() == date(2027, 1, 5)  # 28, 29, 30 December, 4, 5 January; the 31st rests
    assert calendar.works(date(2027, 2, 14)) and not calendar.works(date(2027, 2, 5))
    with pytest.raises(YearNotAnnounced):
        calendar.works(date(2027, 12, 31))
    assert Event.objects.filter(verb="rulebook.register_year", key="2027").count() == 1


@pytest.mark.parametrize(
    "year,days,source,refusal",
    [
        (2021, SPRING, NOTICE, clocks.YearKnown),
        (2027, SPRING, " ", clocks.SourceMissing),
        (2027, NEW_YEAR, NOTICE, clocks.TooFewDays),
        (2027, SPRING | {date(2028, 1, 1): (False, "")}, NOTICE, clocks.DaysOutside),
        (2027, SPRING | {date(2026, 12, 1): (False, "")}, NOTICE, clocks.DaysOutside),
    ],
)
def test_a_year_that_cannot_be_right_is_not_taken(world, unannounced, year, days, source, refusal):
    with pytest.raises(refusal):
        clocks.register_year(year, days=days, source=source, by=world.lead, at=world.at)
    assert not CalendarYear.objects.exists() and not CalendarDay.objects.exists()


def test_a_year_is_registered_once(world, unannounced):
    clocks.register_year(2027, days=SPRING, source=NOTICE, by=world.lead, at=world.at)
    with pytest.raises(clocks.YearKnown):
        clocks.register_year(2027, days=SPRING, source=NOTICE, by=world.lead, at=world.at)


def test_a_day_is_set_over_what_was_announced_and_taken_back(world):
    day = date(2021, 11, 3)  # a Wednesday
    clocks.set_day(day, works=False, note="演示：全市停工一天", by=world.lead, at=world.at)
    assert not terms.calendar().works(day)
    clocks.set_day(day, works=None, note="演示：撤回", by=world.lead, at=world.at)
    assert terms.calendar().works(day)
    holiday = date(2021, 10, 1)
    clocks.set_day(holiday, works=True, note="演示", by=world.lead, at=world.at)
    clocks.set_day(holiday, works=None, note="演示", by=world.lead, at=world.at)
    assert not terms.calendar().works(holiday)
    assert CalendarDay.objects.count() == 4  # nothing is overwritten
    with pytest.raises(clocks.SourceMissing):
        clocks.set_day(day, works=True, note="", by=world.lead, at=world.at)


@pytest.mark.parametrize("who", ["county", "neighbour", "inspector", "unit"])
def test_the_calendar_is_the_citys(world, who):
    with pytest.raises(NotAllowed):
        clocks.register_year(2027, days=SPRING, source=NOTICE, by=getattr(world, who), at=world.at)
    with pytest.raises(NotAllowed):
        clocks.set_day(date(2021, 11, 3), works=False, note="演示", by=getattr(world, who), at=world.at)


# --- terms


def test_what_is_shipped_holds_where_no_office_has_said_otherwise(db):
    assert terms.term("rectify", emergency=False) == Term(15, Unit.DAYS)
    assert terms.term("report", emergency=True) == Term(0, Unit.BY_TIME, time(16))
    assert terms.term("order", emergency=True) == Term(0, Unit.BY_TIME, time(17))
    assert {stage for stage, _ in terms._shipped_terms()} == set(Stage.values)
    with pytest.raises(KeyError):
        terms.term("lunch", emergency=False)


def test_the_nearest_office_and_its_most_specific_rule_hold(world):
    county, city = world.minxian.office.body, world.city.office.body
    item = world.edition.items.first()

    def ask(**about):
        return terms.term("rectify", emergency=False, offices=offices(world), **about).amount

    def rule(office, amount, by, **about):
        term = amount and Term(amount, Unit.DAYS)
        clocks.set_term(office, stage=Stage.RECTIFY, emergency=False, term=term, by=by, at=world.at, **about)

    rule(city, 20, world.lead)
    rule(city, 3, world.lead, severity="grave")
    assert (ask(), ask(severity="grave"), ask(severity="slight")) == (20, 3, 20)
    rule(county, 10, world.county)
    assert (ask(), ask(severity="grave")) == (10, 10)  # the nearer office first
    rule(county, 9, world.county, severity="grave")
    rule(county, 8, world.county, item=item)
    rule(county, 7, world.county, item=item, severity="grave")
    assert ask(severity="grave") == 9
    assert ask(item=item.pk) == 8
    assert ask(item=item.pk, severity="slight") == 8
    assert ask(item=item.pk, severity="grave") == 7
    assert terms.term("rectify", emergency=True, offices=offices(world)) == Term(24, Unit.HOURS)
    assert terms.term("rectify", emergency=False, offices=[city.pk]).amount == 20
    rule(county, None, world.county)  # taken back
    assert (ask(), ask(severity="grave")) == (20, 9)
    assert TermRule.objects.count() == 7


def test_a_rule_about_an_item_holds_for_the_same_number_in_the_next_edition(world):
    item = world.edition.items.get(number="1")
    clocks.set_term(
        world.minxian.office.body, stage=Stage.RECTIFY, emergency=False, term=Term(2, Unit.DAYS), item=item,
        by=world.county, at=world.at,
    )  # fmt: skip
    later = catalogues.publish(
        world.rulebook, items=[NewItem("1", "", "演示条目一改"), NewItem("2", "", "二")], issued_on="2021-11",
        source="演示", declared=2, by=world.lead, at=world.at,
    )  # fmt: skip
    first, second = later.items.all()
    asked = {"emergency": False, "offices": offices(world)}
    assert terms.term("rectify", item=first.pk, **asked).amount == 2
    assert terms.term("rectify", item=second.pk, **asked).amount == 15


def test_a_term_of_nothing_is_refused(world):
    with pytest.raises(clocks.NoTime):
        clocks.set_term(
            world.minxian.office.body, stage=Stage.RECTIFY, emergency=False, term=Term(0, Unit.DAYS), by=world.county,
            at=world.at,
        )  # fmt: skip


# --- the ladder, the proof, the basis


def test_the_shipped_ladders_climb(db):
    for emergency in (False, True):
        rungs = terms.ladder(emergency=emergency)
        assert tuple(rung.act for rung in rungs) == clocks.ACTS
        clocks._check_ladder(rungs)
        assert [rung.act for rung in rungs if not rung.auto] == ["interview"]


def test_an_office_has_its_own_ladder_until_it_takes_it_back(world):
    office = world.minxian.office.body
    own = [
        Rung(7, "press", Term(1, Unit.WORKING_DAYS), paper="press", to="both"),
        Rung(1, "take_over", Term(3, Unit.DAYS)),
    ]
    clocks.set_ladder(office, emergency=False, rungs=own, by=world.county, at=world.at)
    found = terms.ladder(emergency=False, offices=offices(world))
    assert [(r.position, r.act, r.term, r.paper) for r in found] == [
        (1, "press", Term(1, Unit.WORKING_DAYS), "press"), (2, "take_over", Term(3, Unit.DAYS), ""),
    ]  # fmt: skip
    assert len(terms.ladder(emergency=True, offices=offices(world))) == 5
    assert len(terms.ladder(emergency=False, offices=[world.city.office.body.pk])) == 5
    clocks.set_ladder(office, emergency=False, rungs=[], by=world.county, at=world.at)
    assert len(terms.ladder(emergency=False, offices=offices(world))) == 5


@pytest.mark.parametrize(
    "rungs,refusal",
    [
        ([Rung(1, "letter", Term(3, Unit.DAYS)), Rung(2, "press", Term(1, Unit.DAYS))], clocks.LadderDescends),
        (
            [Rung(1, "press", Term(1, Unit.DAYS)), Rung(2, "remind", Term(1, Unit.DAYS), before=True)],
            clocks.LadderDescends,
        ),
        ([Rung(1, "take_over", Term(1, Unit.DAYS)), Rung(2, "letter", Term(2, Unit.DAYS))], clocks.LadderUnfit),
        ([Rung(1, "arrest", Term(1, Unit.DAYS))], clocks.LadderUnfit),
        ([Rung(1, "press", Term(1, Unit.DAYS), to="everybody")], clocks.LadderUnfit),
        ([Rung(n, "press", Term(n, Unit.DAYS)) for n in range(1, 14)], clocks.LadderUnfit),
    ],
)
def test_a_ladder_that_does_not_climb_is_refused(world, rungs, refusal):
    with pytest.raises(refusal):
        clocks.set_ladder(world.minxian.office.body, emergency=False, rungs=rungs, by=world.county, at=world.at)


def test_what_must_be_there_before_a_step_is_a_setting(world):
    def ask(act, severity="ordinary"):
        return terms.proof_needed(act, severity=severity, offices=offices(world))

    assert ask("answer") == terms.ProofNeed()
    assert ask("close") == ask("lunch") == terms.ProofNeed()
    city, county = world.city.office.body, world.minxian.office.body
    revisit, both = terms.ProofNeed(revisit=True), terms.ProofNeed(before=True, after=True)
    clocks.set_proof(city, act="close", severity="grave", need=revisit, by=world.lead, at=world.at)
    assert (ask("close", "grave"), ask("close")) == (revisit, terms.ProofNeed())
    clocks.set_proof(county, act="close", need=both, by=world.county, at=world.at)
    assert (ask("close", "grave"), ask("close")) == (both, both)  # the nearer office first
    clocks.set_proof(county, act="close", need=None, by=world.county, at=world.at)
    assert (ask("close", "grave"), ask("close")) == (revisit, terms.ProofNeed())


def test_a_legal_basis_is_what_an_office_typed_and_nothing_else(world):
    assert not any(terms.basis(row["kind"], offices=offices(world)) for row in queries.shipped("terms")["basis"])
    city, county = world.city.office.body, world.minxian.office.body

    def keep(office, text, by, source="演示文件"):
        clocks.set_basis(office, kind="supervision", text=text, source=source, partial=True, by=by, at=world.at)

    keep(city, "演示依据甲", world.lead)
    keep(city, "演示依据乙", world.lead)
    assert terms.basis("supervision", offices=offices(world)) == "演示依据乙"
    keep(county, "演示依据丙", world.county)
    assert terms.basis("supervision", offices=offices(world)) == "演示依据丙"
    keep(county, "", world.county, source="")
    assert terms.basis("supervision", offices=offices(world)) == "演示依据乙"
    with pytest.raises(clocks.SourceMissing):
        keep(county, "演示依据丁", world.county, source=" ")


@pytest.mark.parametrize("who,refusal", [("neighbour", NotFound), ("inspector", NotAllowed), ("unit", NotAllowed)])
def test_nobody_sets_the_clock_of_another_office(world, who, refusal):
    office, by, at = world.minxian.office.body, getattr(world, who), world.at
    with pytest.raises(refusal):
        clocks.set_term(office, stage=Stage.RECTIFY, emergency=False, term=None, by=by, at=at)
    with pytest.raises(refusal):
        clocks.set_ladder(office, emergency=False, rungs=[], by=by, at=at)
    with pytest.raises(refusal):
        clocks.set_proof(office, act="close", need=None, by=by, at=at)
    with pytest.raises(refusal):
        clocks.set_basis(office, kind="press", text="", source="", partial=False, by=by, at=at)
    with pytest.raises(refusal):
        catalogues.mark_removal_first(world.edition, items=[world.items[0].pk], by=by, at=at)


def test_a_county_does_not_set_the_citys_clock(world):
    with pytest.raises(NotFound):
        clocks.set_term(
            world.city.office.body, stage=Stage.RECTIFY, emergency=False, term=None, by=world.county, at=world.at
        )


# --- removal first, inquiry after


def test_the_mark_is_set_on_record_and_kept_by_the_next_edition(world):
    first, *_ = world.edition.items.all()
    for _ in range(2):
        catalogues.mark_removal_first(world.edition, items=[first.pk], by=world.lead, at=world.at)
    assert Event.objects.filter(verb="rulebook.mark_removal_first").count() == 1
    later = catalogues.publish(
        world.rulebook, items=[NewItem("2", "", "乙"), NewItem("1", "", "甲"), NewItem("3", "", "丙", removal_first=True)],
        issued_on="2021-11", source="演示", declared=3, by=world.lead, at=world.at,
    )  # fmt: skip
    assert [item.number for item in later.items.filter(removal_first=True)] == ["1", "3"]
    catalogues.mark_removal_first(world.edition, items=[], by=world.lead, at=world.at)
    assert not Item.objects.get(pk=first.pk).removal_first


def test_only_the_eight_prohibitions_are_shipped_with_the_mark():
    books = queries.shipped("rulebooks")["rulebook"]
    assert [book["code"] for book in books if book.get("removal_first")] == ["gansu-bage-yanjin"]
