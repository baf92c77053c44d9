"""
先免职再查处: removal and inquiry are two records. The party committee decides the one, the discipline office the other;
here it is written down by two people, and each decision only after the person was heard.
"""

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.models import Party, Track
from mingcha.flow.referrals.states import PartyKind, TrackKind
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal


class NotForThis(Refusal):
    message: ClassVar[str] = "先免职再查处只用于清单条目这样注明的个人，或者已写明从速从严从重理由的线索。"
    status: ClassVar[int] = 422


class AlreadySuggested(Refusal):
    message: ClassVar[str] = "已经对这个人提出过先免职再查处的建议。"


class OneDeciderForBoth(Refusal):
    message: ClassVar[str] = "免职和查处要由两个机关分别决定，不能都由“%(body)s”决定。请核对决定机关。"
    status: ClassVar[int] = 422


class OneHandForBoth(Refusal):
    message: ClassVar[str] = "您已经登记了另一项决定。免职和查处要由两个人分别登记，请由其他人办理。"
    status: ClassVar[int] = 403


@transaction.atomic
def suggest(party: Party, *, reason: str, by: Person, at: datetime) -> tuple[Track, Track]:
    """
    Suggest both: removal, to the party committee, and an inquiry, to the discipline office. Nothing is decided by this.

    Raises NotForThis, AlreadySuggested, ReasonMissing, CaseNotOpen, and what `moving.require` raises.
    """
    lead = party.case.lead
    moving.require(lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case)
    if party.kind != PartyKind.PERSON or not (queries.removal_first(lead) or lead.fast):
        raise NotForThis
    return add_both(party, reason=reason, by=by, at=at)


@transaction.atomic
def add_both(party: Party, *, reason: str, by: Person, at: datetime) -> tuple[Track, Track]:
    """Write both rows, for an act that has asked who may. Raises AlreadySuggested, ReasonMissing."""
    Party.objects.select_for_update().get(pk=party.pk)
    if party.tracks.exists():
        raise AlreadySuggested
    made = [
        Track.objects.create(party=party, track=track, reason=moving.written(reason), proposed_at=at, proposed_by=by)
        for track in (TrackKind.REMOVAL, TrackKind.INQUIRY)
    ]
    moving.record("track.propose", party.case, by=by, at=at, detail={"case": str(party.case), "accused": party.pk})
    return made[0], made[1]


@transaction.atomic
def settle(track: Track, *, decided: bool, result: str, decision: moving.Decision, by: Person, at: datetime) -> None:
    """
    Put on record what the deciding body decided of one track, or that it decided against it.

    The other track's decision must be another body's, recorded by another person; a removal needs a statement as any
    disposition does. Raises ReasonMissing, DecisionIncomplete, NotYet, HearFirst, OneDeciderForBoth, OneHandForBoth,
    CaseNotOpen, AlreadyMoved.
    """
    party = track.party
    moving.require(party.case.lead, Permission.CASE_KEEP, by=by, at=at)
    moving.require_open(party.case)
    columns = decision.columns(at=at)
    # The party's row is held: the two tracks are settled one after the other, and the second sees the first.
    Party.objects.select_for_update().get(pk=party.pk)
    for other in party.tracks.exclude(pk=track.pk):
        if other.deciding_body == columns["deciding_body"]:
            raise OneDeciderForBoth(body=other.deciding_body)
        if other.recorded_by_id == by.pk:
            raise OneHandForBoth
    if decided:
        columns["statement"] = moving.heard(party, before=columns["decided_on"])
    act = "decide" if decided else "decline"
    moving.move(track, "track", act, result=moving.written(result), recorded_by=by, recorded_at=at, **columns)
    moving.record(f"track.{act}", party.case, by=by, at=at, detail={
        "case": str(party.case), "accused": party.pk, "track": track.track, "decided_by": columns["deciding_body"],
        "document": columns["document"],
    })  # fmt: skip
