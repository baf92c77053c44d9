"""
The tables of the sealed room, for the test that breaks every constraint once: rows with boxes of no content, as no act of
the room would write them, and what to write over them.
"""

from datetime import timedelta

from django.db.models import F

from mingcha.tips.models import (
    Call,
    KeyHolder,
    LikenessBlock,
    Offer,
    OfficeKey,
    OfficeRule,
    Proposal,
    RatingGiven,
    Record,
    RecoveryEnvelope,
    StandsAside,
    Tip,
    Vouch,
    Wrap,
)

# constraint → (table, what to write over the rows that stand under it)
WRONG = {
    "tips_one_call": (Call, lambda w: {"office": w.minxian.office.body, "state": "published"}),
    "tips_call_another_hand": (Call, lambda w: {"published_by": F("drafted_by")}),
    "tips_one_open_offer": (Offer, lambda w: {"state": "offered"}),
    "tips_offer_to_another": (Offer, lambda w: {"receiver": F("sender")}),
    "tips_one_open_proposal": (Proposal, lambda w: {"state": "proposed"}),
    "tips_proposal_another_hand": (Proposal, lambda w: {"settled_by": F("proposed_by")}),
    "tips_terms_are_terms": (OfficeRule, lambda w: {"forward_days": 0}),
    "tips_kept_for_a_while": (OfficeRule, lambda w: {"keep_days": 29}),
    "tips_one_current_epoch": (OfficeKey, lambda w: {"state": "current"}),
    "tips_envelope_of_two": (RecoveryEnvelope, lambda w: {"first": F("second")}),
    "tips_number_whole": (Tip, lambda w: {"year": None}),
    "tips_due_whole": (Tip, lambda w: {"due_at": None}),
    "tips_wrap_one_holder": (Wrap, lambda w: {"person": w.intake, "office_key": OfficeKey.objects.first()}),
    "tips_stands_aside_once": (StandsAside, lambda w: {"body": None}),
    "tips_wrap_once": (Wrap, lambda w: {"person": None, "office_key": None}),
}


def everything(w):
    """Put a row into every table of the room that has a constraint, two where one is too few to contradict another."""
    office, other, day = w.minxian.office.body, w.zhangxian.office.body, w.at.date()
    keys = [
        OfficeKey.objects.create(
            office=office, purpose="intake", epoch=epoch, public=bytes(32), made_at=w.at, made_by=w.intake, state=state
        )
        for epoch, state in ((1, "former"), (2, "current"))
    ]
    KeyHolder.objects.create(
        office_key=keys[1], person=w.intake, box=b"", vouch=b"", granted_at=w.at, granted_by=w.intake
    )
    Vouch.objects.create(office_key=keys[1], person=w.county, mark=b"", made_at=w.at, made_by=w.intake)
    RecoveryEnvelope.objects.create(office_key=keys[1], first="保管人一", second="保管人二", box=b"")
    tip = Tip.objects.create(
        kind="misconduct", category="conduct", county=office.division_id, received_on=day, office=office, year=2021,
        number=1, due="proposal", due_at=w.at, lookup=bytes(32), public=bytes(32), identity_public=bytes(32),
    )  # fmt: skip
    Record.objects.create(tip=tip, kind="report", author="citizen", day=day, box=b"", mark=b"")
    for holder in ({"office_key": keys[1]}, {"person": w.intake}, {}):
        Wrap.objects.create(tip=tip, box=b"", **holder)
    for state in ("offered", "returned"):
        Offer.objects.create(
            tip=tip, sender=office, receiver=other, office_key=keys[0], box=b"", back_to="accepted", state=state,
            offered_on=day, offered_by=w.intake, due_at=w.at,
        )  # fmt: skip
    for state in ("proposed", "rejected"):
        Proposal.objects.create(tip=tip, way="shelve", state=state, proposed_at=w.at, proposed_by=w.county)
    RatingGiven.objects.create(tip=tip, closed_on=day, value="fair", day=day + timedelta(days=1))
    OfficeRule.objects.create(office=office)
    for body in (office, other):
        StandsAside.objects.create(office=office, body=body)
    for number in range(2):
        Call.objects.create(
            office=office, title=f"演示公告{number}", scope="演示", ways="演示", promises="演示", drafted_at=w.at,
            drafted_by=w.county,
        )  # fmt: skip
    LikenessBlock.objects.create(office_key=keys[1], position=0, count=0, box=b"")
