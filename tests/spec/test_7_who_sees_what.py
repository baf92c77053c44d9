"""
Chapter 7. Who sees what

Scope follows the place and the body; what lies outside it does not exist for whoever asks. And every act is on record.
"""

from datetime import timedelta

import pytest

from mingcha.config import fields
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws import queries as draws
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import signing
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit import tasks
from mingcha.ground.audit.models import Event
from tests.world import PASSWORD


def standing(world, who):
    return accounts.standing(who, at=world.at)


def everything(to, campaign):
    """Return the places of all that someone sees of a campaign, by county code."""
    return {
        "findings": {row.division[:6] for row in findings.visible(to=to)},
        "visits": {row.site.division_id[:6] for row in fieldwork.visits(to=to)},
        "outings": {row.office.division_id[:6] for row in fieldwork.inspections(to=to)},
        "orders": {row.finding.division[:6] for row in orders.orders(to=to)},
        "rounds": {row.office.division_id for row in draws.rounds(to=to)},
        "teams": {row.office.division_id for row in campaigns.teams(campaign, to=to)},
    }


def test_a_county_sees_its_own_place_and_nothing_of_its_neighbour(world):
    """Every read a page can make is narrowed to the code the post carries."""
    seen = everything(standing(world, world.neighbour), world.campaign)
    assert set(seen) == {name for name, places in seen.items() if places == {"621125"}}


def test_the_lead_office_sees_the_whole_city_and_no_other_city(world):
    """A prefix of four digits covers the counties beneath it."""
    seen = everything(standing(world, world.lead), world.campaign)
    assert seen["findings"] == {"621126", "621125", "621102"}
    assert seen["rounds"] == {"6211", "621125", "621126"}


def test_a_team_sees_its_own_outings(world):
    """Not those of the other team of the same office, nor the ledger."""
    seen = everything(standing(world, world.inspector), world.campaign)
    assert seen["orders"] == seen["rounds"] == set()
    assert list(fieldwork.inspections(to=standing(world, world.inspector))) == [world.minxian.inspection]
    assert {row.visit.inspection_id for row in findings.visible(to=standing(world, world.inspector))} == {
        world.minxian.inspection.pk
    }


def test_a_unit_sees_what_it_owes_and_nothing_else(world):
    """Not the ledger, not other units' orders, and its own only once the visit is over."""
    to = standing(world, world.unit)
    assert set(orders.orders(to=to)) == {world.minxian.order, world.minxian.answered}
    seen = everything(to, world.campaign)
    assert seen["findings"] == seen["visits"] == seen["outings"] == seen["rounds"] == set()


def test_place_and_accountable_body_are_two_things(world):
    """A finding belongs to the county it happened in, even where the body that answers sits elsewhere."""
    finding = rectifications.note_finding(
        world.minxian.open, item=world.items[0], responsibility="department", body=world.zhangxian.office.answering,
        severity="ordinary", description="演示", way="by_deadline", due_at=world.at + timedelta(days=1),
        by=world.inspector, at=world.at,
    )  # fmt: skip
    rectifications.close_visit(world.minxian.open, outcome="done", by=world.inspector, at=world.at)
    order = orders.of_finding(finding)
    assert order in orders.orders(to=standing(world, world.county))
    assert order in orders.orders(to=standing(world, world.neighbour_unit))
    assert order not in orders.orders(to=standing(world, world.neighbour))


def test_who_may_not_see_a_thing_is_not_told_that_it_exists(world):
    """Out of reach and not there are the same answer; only a missing permission is called that."""
    to = standing(world, world.neighbour)
    with pytest.raises(accounts.NotFound) as hidden:
        orders.order(world.minxian.order.pk, to=to)
    with pytest.raises(accounts.NotFound) as absent:
        orders.order(10**9, to=to)
    assert str(hidden.value) == str(absent.value)


def test_a_post_ends_and_with_it_all_that_it_allowed(world):
    """From the day after its last."""
    last = world.at.date()
    world.county.posts.update(until=last)
    assert standing(world, world.county).can(Permission.LEDGER_SEE)
    assert not accounts.standing(world.county, at=world.at + timedelta(days=1)).can(Permission.LEDGER_SEE)


def test_guessing_a_password_is_slowed_down_without_shutting_anyone_else_out(world):
    """Five wrong tries from one address; the person at another address still comes in."""
    given = {"username": "county", "at": world.at, "tried_at": world.at}
    for _ in range(signing.FREE_TRIES):
        with pytest.raises(signing.WrongPassword):
            signing.sign_in(**given, password="wrong", address="192.0.2.1")
    with pytest.raises(signing.TooManyAttempts):
        signing.sign_in(**given, password=PASSWORD, address="192.0.2.1")
    assert signing.sign_in(**given, password=PASSWORD, address="192.0.2.2") == world.county


def test_every_act_is_on_record_and_the_record_proves_itself(world):
    """Who, what, when and where, written with the act, chained within a second, and verified link by link."""
    assert tasks.seal() == Event.objects.count()
    assert audit.verify().sound
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"campaign.open", "team.form", "round.draw", "list.open", "finding.note", "rectification.answer"} <= verbs


def test_an_act_that_fails_leaves_neither_change_nor_record(world):
    """An act and its record stand or fall together."""
    before = Event.objects.count()
    with pytest.raises(rectifications.AlreadyMoved):
        rectifications.close(world.minxian.order, by=world.county, at=world.at)
    assert Event.objects.count() == before


def test_it_inspects_duties_never_residents():
    """No field of any table is for a resident; what names a person names one who signs in."""
    staff = ("accounts.Person.", "accounts.Post.", "accounts.Attempt.", "accounts.Recusal.", "notices.Preference.")
    # Said of who signs in: why they came, left or handed over, and what.
    said = {
        "campaigns.Offer.note", "campaigns.Member.left_reason", "successions.Succession.reason",
        "successions.Handed.name",
        # Of who acted for a unit or an office without an account here: as they signed, or as a former ledger has it.
        "rectifications.Rectification.received_as", "rectifications.Rectification.closed_as",
        "rectifications.UnitLink.signed_as", "rectifications.PaperSignature.signed_as", "rectifications.Step.told",
        "rectifications.ImportedRow.found_as", "evidence.Evidence.received_as",
        # Of an official whose duty a publication speaks of, or who is party to a case.
        "reports.Named.name", "reports.Named.post", "referrals.Party.name", "referrals.Party.post",
        # Who keeps a part of what recovers an office's key, offline and without an account.
        "tips.RecoveryEnvelope.first", "tips.RecoveryEnvelope.second",
    }  # fmt: skip
    personal = {name for name, kind in fields.classes().items() if kind == "personal"} - said
    pointers = {name for name in personal if not name.startswith((*staff, "audit.Event.actor"))}
    assert {name.rsplit(".", 1)[1] for name in pointers} <= {
        "received_from", "to", "published_by", "opened_by", "formed_by", "person", "begun_by", "drawn_by",
        "departed_by", "closed_by", "noted_by", "confirmed_by", "attested_by", "received_by", "by", "made_by",
        "signer", "cosigner", "voided_by", "frozen_by", "deposited_by", "announced_by", "answered_by", "offered_by", "approved_by", "withdrawn_by", "ruled_by", "revoked_by", "recorded_by", "sent_by", "replied_by", "asked_by", "successor", "set_by", "stopped_by", "written_by",
        "since_by", "until_by", "taken_by", "saved_by", "issued_by", "proposed_by", "taken_down_by", "registered_by", "first_by", "ended_by", "added_by", "lodged_by", "granted_by", "settled_by", "drafted_by",
    }  # fmt: skip
