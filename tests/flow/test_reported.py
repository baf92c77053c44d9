"""An order of an officer's own words runs like any other, counts as no visit, and keeps nobody who spoke."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import teams
from mingcha.flow.campaigns.models import REGISTERED
from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.actions import directing
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.actions import AlreadyNoted, NothingSeen, OfficeCannotAnswer
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import reported
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.moving import AnotherHandNeeded, DeadlineInThePast, Recused
from mingcha.flow.rectifications.queries import ladder
from mingcha.flow.rectifications.states import State
from mingcha.flow.referrals import queries as referrals
from mingcha.flow.reports.queries import figures, ledger, rates
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.queries import NotAllowed, NotFound
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.models import Site
from tests import referred
from tests.world import PNG

pytestmark = pytest.mark.django_db
SENTENCE = "小区封闭后三天没有送菜，老人取药无人代办。"


def issue(world, sentence=SENTENCE, **more):
    site = world.minxian.office.sites[2]
    given = {
        "office": world.minxian.office.body, "body": world.minxian.office.answering, "site": site,
        "severity": "ordinary", "responsibility": "unit", "by": world.county, "at": world.at,
    } | more  # fmt: skip
    return reported.order(world.campaign, sentence=sentence, **given)


def test_it_runs_like_any_order_from_now_to_closing_by_another_hand(world):
    order = issue(world, item=world.items[0], requirement="恢复配送")
    assert (order.state, order.way, order.ordered_at) == (State.ORDERED, "by_deadline", world.at)
    assert (order.finding.state, order.finding.noted_at, order.finding.confirmed_at) == (
        "confirmed",
        world.at,
        world.at,
    )
    assert order.term and order.due_at > world.at
    assert order in queries.issued(to=accounts.standing(world.unit, at=world.at))
    assert Notice.objects.filter(to=world.unit, link=f"/orders/{order.pk}/").count() == 1
    late = order.due_at + timedelta(days=40)
    assert {due.rung.act for due in ladder.due_of(order, at=late)}
    later = world.at + timedelta(hours=1)
    rectifications.answer(order, measures="演示：已恢复。", proofs=[("后.png", PNG)], by=world.unit, at=later)
    order.refresh_from_db()
    with pytest.raises(AnotherHandNeeded):
        rectifications.close(order, by=world.county, at=later)
    rectifications.close(order, by=world.second, at=later)
    order.refresh_from_db()
    assert order.state == State.CLOSED


def test_no_coverage_rate_lot_or_score_counts_it(world):
    def told():
        at_work = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.pk)[0]
        names = ("teams", "townships_covered", "inspections", "visits", "sites", "problems_found")
        seen = accounts.standing(world.county, at=world.at)
        drawn = rates.seen(world.campaign, to=seen, as_of=world.at)
        return (
            {name: getattr(at_work, name) for name in names}, rates.overall(drawn), drawn,
            [each.pk for each in campaigns.teams_of(world.campaign)], fieldwork.inspections(to=seen).count(),
            findings.ended(known=Finding.objects.none()),
        )  # fmt: skip

    before = told()
    issue(world)
    after = told()
    assert after[0].pop("problems_found") == before[0].pop("problems_found") + 1
    assert after == before


def test_its_team_is_nobody_s_and_told_apart_from_a_former_ledger(world):
    order = issue(world)
    team = order.finding.visit.inspection.team
    assert (team.name, team.registered, team.imported, team.disbanded_at) == (REGISTERED, True, True, world.at)
    ledgers = teams.stand_for_paper(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    assert not ledgers.registered and ledgers.pk != team.pk
    assert issue(world, "另一件").finding.visit == order.finding.visit  # the same place, the same day
    seen = accounts.standing(world.county, at=world.at)
    row = next(iter(ledger.sheet(ledger.rows(world.campaign, ledger.Filter(), to=seen, at=world.at))))
    assert REGISTERED in row and "明察" not in row


def test_a_place_on_no_register_is_kept_by_its_name_and_drawn_by_nobody(world):
    town = world.minxian.office.townships[0]
    one = issue(world, site=None, place="演示封控院落", division=town)
    two = issue(world, "第二句", site=None, place="演示封控院落", division=town)
    assert one.finding.site == two.finding.site
    assert (one.finding.site.provisional, one.finding.site.active, one.finding.site.division) == (True, False, town)
    with pytest.raises(reported.PlaceMissing):
        issue(world, "第三句", site=None, place=" ", division=town)
    with pytest.raises(NotFound):
        issue(world, "第四句", site=None, place="邻县院落", division=world.zhangxian.office.townships[0])


def test_who_may_not_write_it_leaves_nothing_behind(world):
    before = (Finding.objects.count(), Rectification.objects.count(), Site.objects.count(), Event.objects.count())
    neighbour = {"by": world.neighbour}
    refused = [
        (NotAllowed, {"by": world.unit}), (NotAllowed, {"by": world.inspector}), (NotFound, neighbour),
        (NotFound, {"office": world.zhangxian.office.body}), (NothingSeen, {"sentence": "  "}),
        (OfficeCannotAnswer, {"body": world.zhangxian.office.body}), (DeadlineInThePast, {"due_at": world.at}),
    ]  # fmt: skip
    for refusal, more in refused:
        with pytest.raises(refusal):
            issue(world, **more)
    assert (
        Finding.objects.count(), Rectification.objects.count(), Site.objects.count(), Event.objects.count()
    ) == before  # fmt: skip


def test_who_is_tied_to_the_unit_does_not_write_an_order_to_it(world):
    target = recusals.Target(body=world.minxian.office.answering)
    recusals.declare(world.county, target=target, ground="relative", reason="演示", by=world.county, at=world.at)
    with pytest.raises(Recused):
        issue(world)
    assert issue(world, by=world.second)


def test_pressed_twice_it_is_one_order(world):
    issue(world)
    with pytest.raises(AlreadyNoted):
        issue(world)


def test_what_is_on_record_says_nothing_of_where_it_came_from(world):
    before = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    order = issue(world)
    acts = list(Event.objects.filter(pk__gt=before).values_list("verb", "detail"))
    visit = order.finding.visit_id
    assert acts == [
        ("team.stand_for_paper", {"name": REGISTERED}), ("inspection.take_over", {}),
        ("finding.note", {"visit": visit}), ("rectification.order", {}),
    ]  # fmt: skip


def test_by_its_number_each_is_found_by_whoever_may_see_it_and_nobody_else(world):
    def seen(person):
        return accounts.standing(person, at=world.at)

    order, lead = issue(world), referred.registered(world)
    number = order.finding.number
    given = {"year": lead.year, "number": lead.number}
    asked = directing.direct(
        world.campaign, office=world.city.office.body, carrier=world.minxian.office.body,
        site=world.minxian.office.sites[0], reason="演示", by=world.lead, at=world.at,
    )  # fmt: skip
    assert queries.numbered(number, to=seen(world.county)) == order
    assert referrals.numbered(lead.office_id, **given, to=seen(world.county)) == lead
    assert draws.directed_visit(asked.pk, to=seen(world.lead)) == asked
    for typed in (number.replace("621126", "621125"), "", "621126-", f"621126-{order.finding.pk + 999:06d}", "９" * 40):
        with pytest.raises(NotFound):
            queries.numbered(typed, to=seen(world.county))
    for look in (
        lambda: queries.numbered(number, to=seen(world.neighbour)),
        lambda: referrals.numbered(lead.office_id, **given, to=seen(world.neighbour)),
        lambda: referrals.numbered(world.zhangxian.office.body.pk, **given, to=seen(world.lead)),
        lambda: draws.directed_visit(asked.pk, to=seen(world.county)),
    ):
        with pytest.raises(NotFound):
            look()
