"""Directed visits: what the lead wants looked at, without anybody below learning which visit that was."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.draws import boxes
from mingcha.flow.draws.models import DirectedVisit, Round
from mingcha.flow.draws.states import DIRECTED_ACTS, DirectedState
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel.refusals import Refusal


class ReasonNeeded(Refusal):
    message: ClassVar[str] = "请写明为什么指定检查，只有本单位能看到。"
    status: ClassVar[int] = 422


class NotInTheArea(Refusal):
    message: ClassVar[str] = "“%(site)s”不在承办单位的范围内，或已经不在册，请另选承办单位或点位。"
    status: ClassVar[int] = 422


class AlreadyTaken(Refusal):
    message: ClassVar[str] = "这一件已经编入一轮抽签或已撤回，不能再改。"


@transaction.atomic
def direct(
    campaign: Campaign, *, office: Body, carrier: Body, site: Site, reason: str, by: Person, at: datetime
) -> DirectedVisit:
    """
    Ask for a visit that travels in the next round of `carrier`. Only the directing office can read where and why.

    国办发〔2024〕54号 frees checks that follow a complaint, a transfer or a data lead from the yearly cap of an enterprise; but
    among drawn sites one at its cap would stand out, so it waits, and is better visited openly.
    Raises NotFound, ReasonNeeded, NotInTheArea.
    """
    standing = accounts.require(by, Permission.ROUND_DIRECT, at=at, division=carrier.division_id)
    if office.pk not in standing.serves(Permission.ROUND_DIRECT):
        raise accounts.NotFound
    if campaigns.office_of(campaign, carrier.code) is None:
        raise accounts.NotFound
    if not reason.strip():
        raise ReasonNeeded
    if not site.active or not site.division_id.startswith(carrier.division_id):
        raise NotInTheArea(site=site.name)
    box = boxes.seal_direction(site.code, reason.strip()[:300], office=office.pk, carrier=carrier.pk)
    made = DirectedVisit.objects.create(
        office=office, carrier=carrier, campaign=campaign, box=box, made_at=at, made_by=by
    )  # fmt: skip
    _record("directed.ask", made, by=by, at=at)
    return made


@transaction.atomic
def withdraw(directed: DirectedVisit, *, by: Person, at: datetime) -> None:
    """Take a directed visit back before a round took it up. Raises NotFound, AlreadyTaken."""
    standing = accounts.require(by, Permission.ROUND_DIRECT, at=at)
    if directed.office_id not in standing.serves(Permission.ROUND_DIRECT):
        raise accounts.NotFound
    start, end = DIRECTED_ACTS["withdraw"]
    if not DirectedVisit.objects.filter(pk=directed.pk, state=start).update(state=end):
        raise AlreadyTaken
    directed.refresh_from_db()
    _record("directed.withdraw", directed, by=by, at=at)


def take(round: Round, *, within: Collection[str], most: int, by: Person, at: datetime) -> set[str]:
    """
    Take up what waits for the round's office, the oldest first, at most `most`; return the codes of its sites.

    What is not of the frame waits for another round: a stratum of one site would tell. Part of the freeze, whose
    record says nothing of it.
    """
    found = DirectedVisit.objects.select_for_update().filter(
        carrier=round.office, campaign=round.campaign, state=DirectedState.WAITING
    )
    taken: set[str] = set()
    start, end = DIRECTED_ACTS["take"]
    for directed in found.order_by("made_at", "pk"):
        site, _reason = boxes.direction(directed.box, office=directed.office_id, carrier=directed.carrier_id)
        if site in within and (site in taken or len(taken) < most):
            DirectedVisit.objects.filter(pk=directed.pk, state=start).update(state=end, round=round)
            taken.add(site)
    return taken


def give_back(round: Round, *, by: Person, at: datetime) -> None:
    """Let what a void round had taken up wait again. Part of the voiding, whose record says nothing of it."""
    start, end = DIRECTED_ACTS["take"]
    DirectedVisit.objects.filter(round=round, state=end).update(state=start, round=None)


def _record(verb: str, directed: DirectedVisit, *, by: Person, at: datetime) -> None:
    # Under the directing office's own division: the carrier's officers read the record of theirs.
    audit.record(
        verb, kind="directed", key=directed.pk, by=by, at=at, division=directed.office.division_id,
        body=directed.office_id,
    )  # fmt: skip
