"""What was found weighs on the next draw: handed back by value, learnt, frozen; yearly caps, prior rates, reports."""

from datetime import date, timedelta

import pytest

from mingcha.config import jobs
from mingcha.config.commands import importing
from mingcha.flow.draws import apart
from mingcha.flow.draws.actions import history, reporting, scoring
from mingcha.flow.draws.models import PastOutcome, ReportCount, Round, ScoreVersion, SiteScore
from mingcha.flow.draws.models.weighing import LEAST_REPORTS
from mingcha.flow.draws.queries import scores, weighing
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.findings import queries as findings
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit.actions import SYSTEM
from mingcha.ground.audit.models import Event
from mingcha.ground.territory.actions import merges, sites, type_sheets
from mingcha.ground.territory.models import Site, SiteType
from mingcha.kernel import risk, sheets


@pytest.fixture
def office(world):
    return world.minxian.office.body


def past(world, site, *, first=1, count=1, **more):
    """Visits of earlier days this year, numbered as nobody numbers them."""
    rows = [
        history.Outcome(
            visit=10**9 + site.pk * 1000 + first + n, site=site.pk, day=date(2021, 3, 1) + timedelta(days=first + n),
            team=world.minxian.team.pk, **({"problem": False} | more),
        )
        for n in range(count)
    ]  # fmt: skip
    return history.take(rows, by=SYSTEM, at=world.at)


def test_finished_visits_are_handed_back_once_as_plain_values(world):
    assert jobs.hand_back(at=world.at) == 5 and jobs.hand_back(at=world.at) == 0
    taken = PastOutcome.objects.get(visit=world.minxian.closed.pk)
    assert (taken.site, taken.problem, taken.source, taken.counts) == (world.minxian.closed.site, True, "drawn", True)
    assert not PastOutcome.objects.filter(visit=world.minxian.open.pk).exists()


@pytest.mark.parametrize(
    ("visit", "outing", "team", "handed"),
    [
        ({"outcome": "shut", "reason": "关"}, {}, {}, ("drawn", None, False)),
        ({"outcome": "refused", "reason": "拒"}, {}, {}, ("drawn", None, True)),
        ({"drawn": False, "extra": True}, {}, {}, ("extra", True, True)),
        ({"drawn": False}, {"list": None}, {}, ("embedded", True, True)),
        ({}, {}, {"imported": True}, None),
    ],
)
def test_how_a_visit_came_about_goes_with_it(world, visit, outing, team, handed):
    work = world.minxian
    Visit.objects.filter(pk=work.closed.pk).update(**visit)
    Inspection.objects.filter(pk=work.inspection.pk).update(**outing)
    type(work.team).objects.filter(pk=work.team.pk).update(**team, **({"disbanded_at": world.at} if team else {}))
    jobs.hand_back(at=world.at)
    found = PastOutcome.objects.filter(visit=work.closed.pk).first()
    assert (found and (found.source, found.problem, found.counts)) == handed


def test_scores_are_frozen_under_a_version_and_learn_from_drawn_visits_alone(world, office):
    site, other = world.minxian.office.sites[:2]
    past(world, site, count=4, problem=True)
    before = scoring.learn(office, by=world.county, at=world.at)
    assert (before.visits, before.problems, before.day) == (4, 4, date(2021, 10, 28))
    past(world, other, count=9, problem=True, source="extra")
    past(world, other, first=20, count=9, problem=None)
    again = scoring.learn(office, by=world.county, at=world.at)
    assert again == before and ScoreVersion.objects.filter(office=office).count() == 1
    weights = scores.weights(office, world.minxian.office.sites, at=world.at)
    assert weights.version == before.version and weights.by_code[site.code] == max(weights.by_code.values())
    assert set(weights.by_code) == {each.code for each in world.minxian.office.sites}
    score = scores.score_of(site, office=office)
    assert score.reasons[0]["code"] == "own_problems" and score.reasons[0]["facts"]["found"] == 4
    assert Event.objects.filter(verb="score.learn", body=office.pk).count() == 1


def test_what_a_round_was_frozen_with_is_kept_and_other_old_scores_are_not(world, office):
    site, made = world.minxian.office.sites[0], []
    for day in range(3):
        past(world, site, first=day, problem=True)
        made.append(scoring.learn(office, by=None, at=world.at + timedelta(days=day)))
        if day == 0:
            Round.objects.filter(pk=world.minxian.round.pk).update(scores=made[0].version)
    assert list(ScoreVersion.objects.filter(office=office).order_by("pk")) == [made[0], made[2]]
    assert weighing.latest(office) == made[2] and not SiteScore.objects.filter(version=made[1].pk).exists()


def test_a_site_that_came_since_has_the_middle_of_its_kind_and_a_duplicate_hands_on_its_past(world, office):
    one, two = world.minxian.office.sites[:2]
    copy = sites.add_site(
        code="copy", name="演示", type=one.type, division=one.division, address="", body=one.body, prefixes=[""], by=None,
        at=world.at,
    )  # fmt: skip
    past(world, copy, count=5, problem=True)
    merges.merge_sites(copy, into=one, by=world.county, at=world.at)
    scoring.learn(office, by=world.county, at=world.at)
    late = sites.add_site(
        code="late", name="演示", type=one.type, division=two.division, address="", body=one.body, prefixes=[""], by=None,
        at=world.at,
    )  # fmt: skip
    found = scores.weights(office, [one, two, late], at=world.at).by_code
    assert found["late"] == found[one.code] > found[two.code]
    assert scores.visits_this_year([one], at=world.at) == {one.pk: 5}


def test_before_any_score_prior_rates_weigh_the_nearest_office_first(world, office):
    kind, other = SiteType.objects.order_by("position")[:2]
    site = next(site for site in world.minxian.office.sites if site.type_id == kind.pk)
    assert scores.weights(office, [site], at=world.at).by_code == {site.code: scores.UNKNOWN}
    about = {"basis": "演示：往年抽查", "at": world.at}
    city = world.city.office.body
    for each in (kind, other):
        scoring.set_prior(city, site_type=each, rate=0.3, by=world.lead, **about)
    scoring.set_prior(office, site_type=kind, rate=0.4, by=world.county, **about)
    assert {row.site_type_id: row.rate for row in scores.priors(office)} == {kind.pk: 0.4, other.pk: 0.3}
    assert scores.weights(office, [site], at=world.at).by_code == {site.code: 0.4}
    made = scoring.learn(office, by=world.county, at=world.at)
    assert made.method == "priors" and scores.score_of(site, office=office).chance == pytest.approx(0.4, abs=0.1)
    with pytest.raises(accounts.NotFound):
        scoring.set_prior(office, site_type=kind, rate=0.4, by=world.neighbour, **about)
    with pytest.raises(scoring.RateOutOfRange):
        scoring.set_prior(office, site_type=kind, rate=1, by=world.county, **about)
    with pytest.raises(scoring.BasisMissing):
        scoring.set_prior(office, site_type=kind, rate=0.4, basis=" ", by=world.county, at=world.at)


def test_a_business_reaches_its_cap_and_a_new_year_begins_anew(world):
    site = world.minxian.office.sites[4]
    type_sheets.import_types(
        sheets.write(type_sheets.COLUMNS, [(site.type_id, site.type.name, 30, "是", 2)], title="类型"),
        by=None,
        at=world.at,
    )
    every = list(Site.objects.filter(pk__in=[s.pk for s in world.minxian.office.sites]).select_related("type"))
    past(world, site, counts=True)
    past(world, site, first=5, counts=False, problem=None)
    assert scores.over_cap(every, at=world.at) == []
    past(world, site, first=9, counts=True, source="extra")
    assert [(each.pk, visits, cap) for each, visits, cap in scores.over_cap(every, at=world.at)] == [(site.pk, 2, 2)]
    assert scores.over_cap(every, at=world.at + timedelta(days=80)) == []


def reports(*rows):
    return "\n".join([",".join(reporting.COLUMNS), *(",".join(row) for row in rows)]).encode()


def test_reports_come_in_whole_or_not_at_all_and_never_so_few_that_they_tell_who(world):
    assert LEAST_REPORTS == risk.MAY_TELL
    good = ("621126100", "值守", "2021-10-01", "2021-10-15", "9")
    wrong = [
        good, good, ("621126101", "值守", "2021-10-01", "2021-10-15", "4"), ("9", "", "2021-10-15", "2021-10-01", "x"),
    ]  # fmt: skip
    with pytest.raises(sheets.RowsRefused) as refused:
        importing._reports(reports(*wrong), world.at)
    assert {(problem.row, problem.column) for problem in refused.value.problems} == {
        (3, "类别"), (4, "件数"), (5, "区划代码"), (5, "类别"), (5, "止"), (5, "件数"),
    }  # fmt: skip
    assert not ReportCount.objects.exists()
    for torn in (b"\xff\xfe", b"a,b\n1,2", reports()):
        with pytest.raises((reporting.NotReports, sheets.NoRows)):
            reporting.take_counts(torn, by=None, at=world.at)
    assert "1 行" in importing._reports(reports(good), world.at)
    importing._reports(reports((*good[:4], "12")), world.at)
    assert ReportCount.objects.get().count == 12


def test_reports_weigh_a_round_late_and_stand_in_no_reason(world, office):
    frozen = world.minxian.sealed_round.frozen_at.date()
    days = [(frozen - timedelta(days=each)).isoformat() for each in (9, 1, 0)]
    reporting.take_counts(
        reports(
            ("621126100", "值守", days[0], days[1], "40"), ("621126100", "值守", days[1], days[2], "90"),
            ("621125100", "值守", days[0], days[1], "50"),
        ),
        by=None, at=world.at,
    )  # fmt: skip
    given = weighing.material(office, at=world.at)
    assert given.reports == {("621126100", "值守"): 40}
    Round.objects.filter(office=office).update(frozen_at=None)
    assert weighing.material(office, at=world.at).reports == {}
    told = {reason.code for score in scoring.scored(given).by_site.values() for reason in score.reasons}
    assert told and not any("report" in code for code in told)


def test_scores_are_seen_and_learnt_within_ones_area(world, office):
    standing = {
        who: accounts.standing(getattr(world, who), at=world.at) for who in ("county", "neighbour", "inspector")
    }
    assert scores.office(office.pk, to=standing["county"]) == office
    assert [each.pk for each in scores.offices(to=standing["county"])] == [office.pk]
    for who in ("neighbour", "inspector"):
        with pytest.raises(accounts.NotFound):
            scores.office(office.pk, to=standing[who])
        with pytest.raises((accounts.NotFound, accounts.NotAllowed)):
            scoring.learn(office, by=getattr(world, who), at=world.at)
    assert not ScoreVersion.objects.exists()


def test_offices_at_work_are_due_every_night_and_soon_after_something_new(world, office):
    def names(at):
        return {each.pk for each in weighing.due(at=at)}

    assert office.pk in names(world.at)
    scoring.learn(office, by=None, at=world.at)
    assert office.pk not in names(world.at + timedelta(hours=2)) and office.pk in names(world.at + timedelta(hours=8))
    history.take(
        [history.Outcome(1, world.minxian.office.sites[0].pk, world.at.date(), False, world.minxian.team.pk)],
        by=SYSTEM, at=world.at + timedelta(minutes=1),
    )  # fmt: skip
    assert office.pk not in names(world.at + timedelta(minutes=30)) and office.pk in names(
        world.at + timedelta(hours=1)
    )


def test_the_job_learns_in_a_process_of_its_own(world, office):
    study = apart.Study()
    study.begin(office, at=world.at)
    assert study.busy
    study._child.process.join(30)
    assert study.finished(at=world.at) and not study.busy and weighing.latest(office).made_by is None
    assert study.finished(at=world.at) is False and study.takes(office)
    study.begin(office, at=world.at)
    study._child.process.kill()
    study._child.process.join(30)
    assert study.finished(at=world.at) is False and not study.takes(office)


def test_handing_back_leaves_old_ledgers_out_and_takes_no_more_than_asked(world):
    assert len(findings.ended(known=weighing.known(), most=2)) == 2
