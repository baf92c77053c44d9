"""Leads and cases of the small world, made through actions only: how far each test takes them is its own matter."""

from datetime import timedelta

from django.db import models
from django.db.models import F

from mingcha.flow.referrals.actions import (
    appeals,
    cases,
    clearances,
    disposals,
    dispositions,
    false_reports,
    leads,
    tracks,
)
from mingcha.flow.referrals.actions.cases import NewParty
from mingcha.flow.referrals.models import (
    Appeal,
    Case,
    Clearance,
    Disposal,
    Disposition,
    FalseReport,
    Lead,
    Party,
    Statement,
    Track,
)
from mingcha.flow.referrals.moving import Decision
from mingcha.ground.audit.actions import SYSTEM

STUDY = "演示：10月27日线索集体排查会研究同意。"
OPINION = "演示：反映问题具体，建议核实。"


def today(world):
    return world.at.date()


def registered(world, *, by=None, **given) -> Lead:
    """Register a lead of 岷县 in an officer's own words, or as given."""
    by = by or world.county
    words = {"text": "演示：某单位值守长期空缺。", "kind": "duty", "office": world.minxian.office.body}
    return leads.register(**(words | given), by=by, at=world.at)


def disposed(world, lead, way="verification", *, by=None, ruled_by=None) -> Lead:
    """Take a lead one of the four ways: proposed by one officer, approved by the other."""
    review = None if way == "closed" else today(world) + timedelta(days=20)
    proposed = disposals.propose(
        lead, way=way, opinion=OPINION, study=STUDY, review_on=review, by=by or world.county, at=world.at
    )
    disposals.approve(proposed, by=ruled_by or world.second, at=world.at)
    lead.refresh_from_db()
    return lead


def official(world, **given) -> NewParty:
    """An official of another unit of the county."""
    words = {
        "body": world.beside.office.answering,
        "duty": "演示：对值守负直接责任。",
        "name": "演示某",
        "post": "值班科科长",
    }
    return NewParty(**(words | given))


def opened(world, *, lead=None, parties=None) -> Case:
    """Open a case of a verified lead: proposed by one, approved by the other."""
    lead = lead or disposed(world, registered(world))
    case = cases.propose_case(
        lead,
        reason="演示：核实属实，需要追究责任。",
        parties=parties or [official(world)],
        by=world.county,
        at=world.at,
    )
    cases.open_case(case, study=STUDY, by=world.second, at=world.at)
    return case


def heard(world, case) -> Party:
    """Record the statement of a case's first party and return the party."""
    party = case.parties.order_by("pk").first()
    cases.hear(party, how="made", text="演示：本人陈述情况。", heard_on=today(world), by=world.county, at=world.at)
    return party


def decision(world, body="演示纪委常委会", **given) -> Decision:
    return Decision(**({"body": body, "document": "演示纪发〔2021〕7号", "on": today(world)} | given))


def decided(world, party: Party, kind="party.warned") -> Disposition:
    """Record what was decided about a party that has been heard: proposed by one officer, recorded by the other."""
    proposed = dispositions.propose(party, kind=kind, grounds="演示：失职。", by=world.county, at=world.at)
    dispositions.decide(
        proposed, decision=decision(world), appeal_to="演示定西市纪委监委", by=world.second, at=world.at
    )
    return proposed


def everything(world) -> None:
    """Put something into every table of the room, two of what may be there once only; the first lead is in plain words."""
    plain = registered(world, fast_reason="演示：从严")
    registered(world, finding=world.minxian.by_deadline)
    late = world.minxian.order.due_at + timedelta(days=3)  # the house itself hands nothing over before its time
    leads.take_over(world.minxian.order, by=SYSTEM, at=late)
    for lead in Lead.objects.order_by("pk")[:2]:
        disposals.propose(
            lead, way="held", opinion=OPINION, study=STUDY, review_on=today(world) + timedelta(days=9),
            by=world.county, at=world.at,
        )  # fmt: skip
        false_reports.propose(lead, facts="演示：系编造。", by=world.county, at=world.at)
    disposals.give_back(plain.disposals.get(), ruling="演示：先立案", by=world.second, at=world.at)
    for lead in (plain, disposed(world, registered(world))):
        case = opened(world, lead=lead)
        party = heard(world, case)
        appeals.lodge(
            decided(world, party), lodged_on=today(world), reason="演示：不服。", by=world.county, at=world.at
        )
        cleared = cases.add_party(case, party=official(world, name="演示甲"), by=world.county, at=world.at)
        clearances.propose(
            cleared,
            facts="演示：查无此事。",
            notice="演示：予以澄清。",
            scope="演示：本单位",
            by=world.county,
            at=world.at,
        )
    party = Party.objects.order_by("pk").first()
    removal, _inquiry = tracks.suggest(party, reason="演示：从严", by=world.county, at=world.at)
    tracks.settle(
        removal,
        decided=True,
        result="演示：免职",
        decision=decision(world, "演示岷县县委"),
        by=world.second,
        at=world.at,
    )


def _first(model):
    """Return one row for all rows of another table to point at."""
    return model.objects.order_by("pk").first()


def _of_finding(w):
    """Return what a lead that came of a finding must name."""
    return {"finding": w.minxian.by_deadline, "registered_by": w.county}


def _settled(w):
    """Return the columns of a decision, each track's by another body and another hand."""
    return {
        "state": "declined", "deciding_body": F("track"), "document": "演示", "decided_on": w.at.date(),
        "recorded_at": w.at, "recorded_by": models.Case(models.When(track="removal", then=w.second.pk), default=w.county.pk),
    }  # fmt: skip


# For tests/flow/test_constraints.py: constraint → (table, what to write over its rows).
WRONG = {
    "one_lead_per_finding": (Lead, lambda w: _of_finding(w) | {"source": "finding", "order": None, "rung": None}),
    "one_lead_per_rung": (Lead, lambda w: _of_finding(w) | {"source": "ladder", "order": w.minxian.order, "rung": 5}),
    "lead_fits_its_source": (Lead, lambda w: {"source": "sentence", "order": w.minxian.order, "registered_by": w.lead}),
    "lead_says_something": (Lead, lambda w: {"text": ""}),
    "lead_registered_by_someone": (
        Lead,
        lambda w: {"source": "sentence", "finding": None, "order": None, "rung": None, "registered_by": None},
    ),
    "one_disposal_at_a_time": (
        Disposal,
        lambda w: {"lead": _first(Lead), "state": "proposed", "ruled_by": None, "ruled_at": None},
    ),
    "disposal_ruled_by_someone": (Disposal, lambda w: {"state": "approved", "ruled_by": None, "ruled_at": None}),
    "disposal_by_two_hands": (
        Disposal,
        lambda w: {"state": "approved", "ruled_by": F("proposed_by"), "ruled_at": w.at},
    ),
    "disposal_looked_at_again": (Disposal, lambda w: {"way": "held", "review_on": None}),
    "disposal_says_why": (Disposal, lambda w: {"opinion": ""}),
    "one_false_report_per_lead": (FalseReport, lambda w: {"lead": _first(Lead)}),
    "false_report_by_other_hands": (FalseReport, lambda w: {"first_by": F("proposed_by")}),
    "false_report_found_by_two": (FalseReport, lambda w: {"state": "found"}),
    "one_case_per_lead": (Case, lambda w: {"lead": _first(Lead)}),
    "case_ruled_by_someone": (Case, lambda w: {"state": "proposed"}),
    "case_closed_by_someone": (Case, lambda w: {"closed_by": w.lead}),
    "case_by_two_hands": (Case, lambda w: {"ruled_by": F("proposed_by")}),
    "party_is_an_official_or_an_organisation": (Party, lambda w: {"kind": "organisation"}),
    "statement_says_something": (Statement, lambda w: {"text": ""}),
    "disposition_after_a_hearing": (Disposition, lambda w: {"statement": None}),
    "disposition_dropped_with_reason": (Disposition, lambda w: {"state": "dropped"}),
    "disposition_by_two_hands": (Disposition, lambda w: {"recorded_by": F("proposed_by")}),
    "two_tracks_two_deciding_bodies": (Track, lambda w: _settled(w) | {"deciding_body": "演示县委"}),
    "two_tracks_two_recorders": (Track, lambda w: _settled(w) | {"recorded_by": w.lead}),
    "track_decided_by_someone": (Track, lambda w: {"state": "declined", "deciding_body": ""}),
    "track_after_a_hearing": (Track, lambda w: _settled(w) | {"state": "decided", "statement": None}),
    "one_appeal_at_a_time": (Appeal, lambda w: {"disposition": _first(Disposition)}),
    "appeal_decided_by_someone": (Appeal, lambda w: {"state": "upheld"}),
    "appeal_by_two_hands": (
        Appeal,
        lambda w: _settled(w) | {"state": "upheld", "deciding_body": "演示", "recorded_by": F("lodged_by")},
    ),
    "one_clearance_per_party": (Clearance, lambda w: {"party": _first(Party)}),
    "clearance_has_a_notice": (Clearance, lambda w: {"notice": ""}),
    "clearance_ruled_by_someone": (Clearance, lambda w: {"state": "issued"}),
    "clearance_by_two_hands": (Clearance, lambda w: {"state": "issued", "ruled_by": F("proposed_by")}),
}


def stock(world, office, hand) -> dict[str, list[object]]:
    """Return, as arguments of addresses, what an office has of each kind; `hand` is its other officer."""
    day, at, unit = today(world), world.at, office.answering
    words = {"text": "演示：值守空缺。", "kind": "duty", "office": office.body, "by": office.officer, "at": at}
    lead = leads.register(**words)
    disposals.propose(lead, way="closed", opinion=OPINION, study=STUDY, by=office.officer, at=at)
    false_reports.propose(lead, facts="演示：系编造。", by=office.officer, at=at)
    named = [NewParty(unit, "演示：失职。", name, "演示科长") for name in ("演示某", "演示甲")]
    case = cases.propose_case(
        leads.register(**words, fast_reason="演示：从严"), reason="演示", parties=named, by=office.officer, at=at
    )
    cases.open_case(case, study=STUDY, by=hand, at=at)
    party, cleared = case.parties.order_by("pk")
    cases.hear(party, how="made", text="演示：陈述。", heard_on=day, by=office.officer, at=at)
    given = dispositions.propose(party, kind="talk.reminded", grounds="演示", by=office.officer, at=at)
    dispositions.decide(given, decision=decision(world), appeal_to="演示机关", by=hand, at=at)
    appeal = appeals.lodge(given, lodged_on=day, reason="演示：不服。", by=office.officer, at=at)
    removal, _inquiry = tracks.suggest(party, reason="演示：从严", by=office.officer, at=at)
    clearance = clearances.propose(
        cleared, facts="演示", notice="演示：予以澄清。", scope="演示：本单位", by=office.officer, at=at
    )
    made = {"referral": lead, "case": case, "party": party, "disposition": given, "appeal": appeal, "track": removal,
            "clearance": clearance}  # fmt: skip
    return {thing: [row.pk] for thing, row in made.items()}
