"""Two people at once, on real rows and two connections: one act happens, the other is told, nothing is lost."""

from datetime import timedelta

import pytest

from mingcha.flow.campaigns import queries as campaign_queries
from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws.models import Round
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.findings import actions as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Rectification, Reply, Review
from mingcha.ground.audit import queries as audit
from mingcha.ground.rulebook.actions import catalogues as rulebook
from mingcha.ground.territory.actions import sites
from mingcha.ground.territory.models import Site
from mingcha.kernel import sheets
from tests.at_once import at_once, refusals
from tests.lots_held import DICE, planned, witness
from tests.lots_held import begun as begin
from tests.world import PNG, note, publish


def again(row):
    """Return the row as another browser has just loaded it."""
    return type(row).objects.get(pk=row.pk)


def test_two_people_close_the_same_order(live_world):
    w = live_world
    hands = (w.county, w.second)
    outcomes = at_once(*[
        lambda by=by: rectifications.close(again(w.minxian.answered), reason="演示", by=by, at=w.at) for by in hands
    ])  # fmt: skip
    assert refusals(outcomes) == [rectifications.AlreadyMoved]
    said = next(str(outcome) for outcome in outcomes if outcome)
    assert "已销号" in said
    closed = again(w.minxian.answered)
    assert Review.objects.get(rectification=closed).by == closed.closed_by
    assert audit.about("rectification", closed.pk).filter(verb="rectification.closed").count() == 1


def test_one_closes_while_another_sends_back(live_world):
    w = live_world
    outcomes = at_once(
        lambda: rectifications.close(again(w.minxian.answered), by=w.county, at=w.at),
        lambda: rectifications.send_back(again(w.minxian.answered), reason="演示", by=w.second, at=w.at),
    )
    assert refusals(outcomes) == [rectifications.AlreadyMoved]
    assert Review.objects.filter(rectification=w.minxian.answered).count() == 1


def test_a_unit_answers_twice_with_one_click_too_many(live_world):
    w = live_world
    unit, order = w.unit, w.minxian.order
    proofs = [("演示.png", PNG)]
    outcomes = at_once(
        *[lambda: rectifications.answer(again(order), measures="演示", proofs=proofs, by=unit, at=w.at)] * 2
    )
    assert refusals(outcomes) == [rectifications.AlreadyMoved]
    assert Reply.objects.filter(rectification=order).count() == 1


def test_two_members_open_the_same_list(live_world):
    w = live_world
    sealed = w.minxian.sealed
    outcomes = at_once(*[
        lambda by=by: fieldwork.depart(again(sealed), by=by, at=sealed.departs_at) for by in (w.leader, w.inspector)
    ])  # fmt: skip
    assert refusals(outcomes) == [draws.AlreadyOpened]
    assert Inspection.objects.get(list=sealed).stops.count() == sealed.count


def test_two_members_begin_the_same_visit(live_world):
    w = live_world
    mine = w.minxian
    outcomes = at_once(*[
        lambda by=by: fieldwork.begin_visit(again(mine.inspection), site=mine.waiting, mode="overt", by=by, at=w.at)
        for by in (w.leader, w.inspector)
    ])  # fmt: skip
    assert refusals(outcomes) == [fieldwork.AlreadyVisited]
    assert Visit.objects.filter(inspection=mine.inspection, site=mine.waiting).count() == 1


def test_a_finding_noted_while_the_visit_ends_is_confirmed_or_refused(live_world):
    w = live_world
    visit = w.minxian.open
    outcomes = at_once(
        lambda: rectifications.close_visit(again(visit), outcome="done", by=w.leader, at=w.at),
        lambda: note(again(visit), w.edition, w.minxian.office, way="by_deadline", at=w.at),
    )
    assert refusals(outcomes) in ([], [fieldwork.VisitOver])
    assert not Finding.objects.filter(visit=visit, state="noted").exists()
    assert not Rectification.objects.filter(finding__visit=visit, state="agreed").exists()


def test_a_thumb_that_presses_twice_notes_one_finding(live_world):
    w = live_world
    visit = w.minxian.open
    given = {
        "item": w.items[0], "responsibility": "unit", "body": w.minxian.office.answering, "severity": "slight",
        "description": "演示：登记簿空白。", "way": "on_spot", "by": w.inspector, "at": w.at,
    }  # fmt: skip
    outcomes = at_once(*[lambda: rectifications.note_finding(again(visit), **given)] * 2)
    assert refusals(outcomes) == [findings.AlreadyNoted]
    assert Finding.objects.filter(visit=visit, description="演示：登记簿空白。").count() == 1


def test_two_officers_begin_and_draw_a_round(live_world):
    w = live_world
    office = w.minxian.office.body
    hands = (w.county, w.second)
    outcomes = at_once(*[lambda by=by: begin(w.campaign, office=office, by=by, at=w.at) for by in hands])
    assert set(refusals(outcomes)) <= {draws.RoundMoved}
    begun = Round.objects.filter(campaign=w.campaign, office=office).order_by("-number").first()
    plan = planned(teams=[w.minxian.team], departs_at=w.at + timedelta(hours=1), n=2)
    outcomes = at_once(*[lambda by=by: draws.freeze(again(begun), plan=plan, by=by, at=w.at) for by in hands])
    assert refusals(outcomes) == [draws.RoundMoved]
    # Two bodies put their secrets in at once: none is lost, and the round is committed.
    both = (w.county, witness())
    assert refusals(at_once(*[lambda by=by: draws.deposit(again(begun), by=by, at=w.at) for by in both])) == []
    assert again(begun).state == "committed"
    draws.announce(begun, value=DICE, by=w.second, at=w.at)
    # The second reading is given twice.
    outcomes = at_once(*[lambda: draws.agree(again(begun), value=DICE, by=witness(), at=w.at)] * 2)
    assert refusals(outcomes) == [draws.RoundMoved]
    assert begun.lists.count() == 1


def test_two_leads_take_the_same_number_for_a_campaign(live_world):
    w = live_world
    given = {
        "slug": "same", "name": "演示", "purpose": "演示", "lead": w.city.office.body, "starts_on": w.at.date(),
        "ends_on": w.at.date(), "emergency_until": w.at + timedelta(days=1), "focus": [], "editions": [],
        "offices": [], "by": w.lead, "at": w.at,
    }  # fmt: skip
    outcomes = at_once(*[lambda: campaigns.open_campaign(**given)] * 2)
    assert refusals(outcomes) == [campaigns.SlugTaken]


def test_two_leads_adopt_the_same_edition(live_world):
    w = live_world
    newer = publish(w.rulebook, at=w.at)
    outcomes = at_once(*[lambda: campaigns.adopt_edition(w.campaign, edition=newer, by=w.lead, at=w.at)] * 2)
    assert refusals(outcomes) == []
    assert list(campaign_queries.editions(w.campaign)) == [newer]
    assert audit.about("campaign", "demo").filter(verb="campaign.adopt_edition").count() == 1


def test_two_editions_published_at_once_are_two_versions(live_world):
    w = live_world
    assert refusals(at_once(*[lambda: publish(w.rulebook, at=w.at)] * 2)) == []
    assert sorted(w.rulebook.editions.values_list("version", flat=True)) == [1, 2, 3]


def test_a_catalogue_registered_twice_at_once_is_one(live_world):
    w = live_world
    given = {"code": "演示", "name": "演示", "issuer": "演示", "keeper": w.city.office.body, "by": w.lead, "at": w.at}
    assert refusals(at_once(*[lambda: rulebook.register(**given)] * 2)) == [rulebook.CatalogueTaken]
    assert audit.about("rulebook", "演示").count() == 1


def test_an_import_never_takes_a_site_that_another_county_registers_meanwhile(live_world):
    w = live_world
    there = w.zhangxian.office
    row = ["GK-9", "演示新点位", "村", "621126100", "", "岷阳镇人民政府"]
    content = sheets.write(sites.COLUMNS, [row], title="点位")
    outcomes = at_once(
        lambda: sites.import_sites(content, prefixes=["621126"], by=w.county, at=w.at),
        lambda: sites.add_site(
            code="GK-9", name="演示邻县点位", type=there.sites[0].type, division=there.townships[0], address="",
            body=there.answering, prefixes=["621125"], by=w.neighbour, at=w.at,
        ),
    )  # fmt: skip
    assert refusals(outcomes) in ([sheets.RowsRefused], [sites.SiteCodeTaken])
    theirs = isinstance(outcomes[0], sheets.RowsRefused)
    assert Site.objects.get(code="GK-9").division_id.startswith("621125" if theirs else "621126")


@pytest.mark.parametrize("times", [1, 2])
def test_a_refused_act_leaves_no_record(live_world, times):
    w = live_world
    before = audit.about("rectification", w.minxian.order.pk).count()
    for _ in range(times):
        with pytest.raises(rectifications.AlreadyMoved):
            rectifications.close(again(w.minxian.order), by=w.county, at=w.at)
    assert audit.about("rectification", w.minxian.order.pk).count() == before
