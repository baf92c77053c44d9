"""Findings: noted at the site, confirmed and frozen when the visit ends; a recurrence is a new one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.findings import actions, queries
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.accounts import queries as accounts
from tests.world import note, publish


def noting(world, **changes):
    """Return what notes a finding on the open visit of 岷县, with changes."""
    return {
        "item": world.items[0], "responsibility": "unit", "body": world.minxian.office.answering,
        "severity": "ordinary", "description": " 演示：登记簿空白。 ", "by": world.inspector, "at": world.at,
    } | changes  # fmt: skip


def test_a_finding_repeats_its_visit_so_that_the_ledger_needs_no_join(world):
    visit = world.minxian.open
    finding = actions.note(visit, **noting(world))
    assert finding.description == "演示：登记簿空白。"
    assert (finding.site, finding.office, finding.campaign) == (visit.site, world.minxian.office.body, world.campaign)
    assert finding.division == visit.site.division_id
    assert finding.number == f"621126-{finding.pk:06d}"


def test_an_item_whose_text_is_not_on_record_may_be_cited_and_says_so(world):
    finding = actions.note(world.minxian.open, **noting(world, item=world.items[2]))
    assert "第3条" in finding.item.label
    assert "条文未收录" in finding.item.label


@pytest.mark.parametrize(
    "changes,refusal",
    [
        (lambda w: {"description": " \n"}, actions.NothingSeen),
        (lambda w: {"body": w.minxian.office.body}, actions.OfficeCannotAnswer),
        (lambda w: {"recurrence_of": w.zhangxian.by_deadline}, actions.NotAnEarlierOne),
        (lambda w: {"recurrence_of": w.minxian.noted}, actions.NotAnEarlierOne),
        (lambda w: {"by": w.neighbour_inspector}, accounts.NotFound),
        (lambda w: {"by": w.county}, accounts.NotAllowed),
    ],
)
def test_a_finding_that_cannot_be_is_refused_and_leaves_nothing(world, changes, refusal):
    before = Finding.objects.count()
    with pytest.raises(refusal):
        actions.note(world.minxian.open, **noting(world, **changes(world)))
    assert Finding.objects.count() == before


def test_what_is_noted_twice_counts_once_unless_it_was_withdrawn(world):
    first = actions.note(world.minxian.open, **noting(world))
    with pytest.raises(actions.AlreadyNoted):
        actions.note(world.minxian.open, **noting(world, severity="grave"))
    assert actions.note(world.minxian.open, **noting(world, description="演示：另一处空白。"))
    actions.withdraw(first, reason="演示", by=world.inspector, at=world.at)
    assert actions.note(world.minxian.open, **noting(world))


def test_only_items_in_force_may_be_cited_and_what_cites_the_old_keeps_its_text(world):
    old = world.minxian.by_deadline.item
    newer = publish(world.rulebook, at=world.at, items=(("1", "演示条目一的新写法"),))
    campaigns.adopt_edition(world.campaign, edition=newer, by=world.lead, at=world.at)
    with pytest.raises(actions.ItemNotInForce):
        actions.note(world.minxian.open, **noting(world, item=old))
    assert actions.note(world.minxian.open, **noting(world, item=newer.items.get()))
    assert Finding.objects.get(pk=world.minxian.by_deadline.pk).item.text == "演示条目一：值守空缺"


def test_the_end_of_the_visit_confirms_and_freezes(world):
    finding = world.minxian.noted
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.leader, at=world.at)
    finding.refresh_from_db()
    assert (finding.state, finding.confirmed_by) == (State.CONFIRMED, world.leader)
    with pytest.raises(actions.Frozen):
        actions.confirm(finding, by=world.leader, at=world.at)
    with pytest.raises(fieldwork.VisitOver):
        rectifications.withdraw_finding(finding, reason="演示", by=world.inspector, at=world.at)
    with pytest.raises(fieldwork.VisitOver):
        actions.note(world.minxian.open, **noting(world))


def test_withdrawing_keeps_the_row_its_reason_and_voids_what_was_agreed(world):
    finding = world.minxian.noted
    with pytest.raises(actions.NothingSeen):
        rectifications.withdraw_finding(finding, reason=" ", by=world.inspector, at=world.at)
    rectifications.withdraw_finding(finding, reason="演示：看错了", by=world.inspector, at=world.at)
    finding.refresh_from_db()
    assert (finding.state, finding.withdrawn_reason) == (State.WITHDRAWN, "演示：看错了")
    assert Rectification.objects.get(finding=finding).state == "void"
    with pytest.raises(actions.Frozen):
        rectifications.withdraw_finding(finding, reason="演示", by=world.inspector, at=world.at)
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.leader, at=world.at)
    finding.refresh_from_db()
    assert finding.state == State.WITHDRAWN


def test_a_recurrence_is_a_new_finding_that_names_the_old(world):
    """The old one stays as it was, closed or not."""
    old, at = world.minxian.by_deadline, world.minxian.sealed.departs_at
    outing = fieldwork.depart(world.minxian.sealed, by=world.leader, at=at)
    Stop = type(outing.stops.first())
    if not outing.stops.filter(site=old.site).exists():
        Stop.objects.create(inspection=outing, site=old.site, position=9)
    visit = fieldwork.begin_visit(outing, site=old.site, mode="overt", by=world.inspector, at=at)
    assert world.minxian.by_deadline in queries.earlier_at(visit)
    again = note(visit, world.edition, world.minxian.office, way="by_deadline", recurrence_of=old, at=at)
    assert again.recurrence_of == old
    assert old in queries.earlier_alike(again)
    assert Rectification.objects.get(finding=old).state == "ordered"


def test_the_database_keeps_a_confirmed_finding_whole(world):
    for wrong in ({"state": State.CONFIRMED}, {"confirmed_at": world.at}, {"confirmed_by": world.leader}):
        with pytest.raises(IntegrityError, match="finding_confirmed_by_someone"), transaction.atomic():
            Finding.objects.filter(pk=world.minxian.noted.pk).update(**wrong)


def test_who_reads_which_finding(world):
    county, leader = (accounts.standing(who, at=world.at) for who in (world.county, world.leader))
    assert queries.finding(world.beside.by_deadline.pk, to=county)
    for other in (world.zhangxian, world.city, world.abroad):
        with pytest.raises(accounts.NotFound):
            queries.finding(other.by_deadline.pk, to=county)
    assert queries.finding(world.minxian.by_deadline.pk, to=leader)
    with pytest.raises(accounts.NotFound):
        queries.finding(world.beside.by_deadline.pk, to=leader)
    lead = set(queries.visible(to=accounts.standing(world.lead, at=world.at)).values_list("campaign__slug", flat=True))
    assert lead == {"demo"}


def test_a_standing_that_has_ended_sees_nothing(world):
    world.county.posts.update(until=(world.at - timedelta(days=1)).date())
    assert not queries.visible(to=accounts.standing(world.county, at=world.at)).exists()
