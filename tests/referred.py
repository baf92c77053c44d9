"""Leads and cases of the small world, made through actions only: how far each test takes them is its own matter."""

from datetime import timedelta

from mingcha.flow.referrals.actions import cases, disposals, leads
from mingcha.flow.referrals.actions.cases import NewParty
from mingcha.flow.referrals.actions.moving import Decision
from mingcha.flow.referrals.models import Case, Lead, Party

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


def decision(world, body="演示岷县纪委常委会", **given) -> Decision:
    return Decision(**({"body": body, "document": "演示纪发〔2021〕7号", "on": today(world)} | given))
