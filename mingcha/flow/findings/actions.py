"""Everything that may happen to a finding: noted at the site, then confirmed and frozen, or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork.actions import outings as fieldwork
from mingcha.flow.fieldwork.models import Photo, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.findings.states import ACTS, Responsibility, Severity, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.models import SUPERVISING, Body
from mingcha.kernel.refusals import Refusal


class Frozen(Refusal):
    message: ClassVar[str] = "这个问题已经确认或撤回，不能再改。再次出现请登记新问题并注明前次。"


class NothingSeen(Refusal):
    message: ClassVar[str] = "请写明看到了什么：时间、位置、现象。"
    status: ClassVar[int] = 422


class ItemNotInForce(Refusal):
    message: ClassVar[str] = "这一条不在本次任务采用的清单里，请重新选择条目。"
    status: ClassVar[int] = 422


class NotAnEarlierOne(Refusal):
    message: ClassVar[str] = "前次问题必须是同一点位已确认的问题，请重新选择。"
    status: ClassVar[int] = 422


class AlreadyNoted(Refusal):
    message: ClassVar[str] = "这个问题刚刚已经登记，没有重复登记。"


class OfficeCannotAnswer(Refusal):
    message: ClassVar[str] = "监督机关不能作为责任单位，请选择被检查一方的单位。"
    status: ClassVar[int] = 422


@transaction.atomic
def note(
    visit: Visit, *, item: Item, responsibility: str, body: Body, severity: str, description: str,
    photos: Sequence[Photo] = (), recurrence_of: Finding | None = None, by: Person, at: datetime,
) -> Finding:  # fmt: skip
    """
    Note a finding on an open visit: which rule, which of the four responsibilities and whose, what was seen.

    A recurrence is a new finding that names the old. Raises NothingSeen, ItemNotInForce, NotAnEarlierOne,
    OfficeCannotAnswer, NotFound for a photo of another visit, AlreadyNoted (a thumb that pressed twice means one
    finding), and VisitOver of fieldwork.
    """
    fieldwork.require_open(visit, by=by, at=at)
    if not description.strip():
        raise NothingSeen
    if not campaigns.items(visit.inspection.campaign).filter(pk=item.pk).exists():
        raise ItemNotInForce
    if body.kind in SUPERVISING:
        raise OfficeCannotAnswer
    earlier = territory.site_family(visit.site)
    if recurrence_of and (recurrence_of.site_id not in earlier or not recurrence_of.confirmed_at):
        raise NotAnEarlierOne
    if any(photo.visit_id != visit.pk for photo in photos):
        raise accounts.NotFound
    # Behind the lock of `require_open`: of two presses at once, the second sees what the first noted.
    same = Finding.objects.filter(visit=visit, item=item, body=body, description=description.strip())
    if same.exclude(state=State.WITHDRAWN).exists():
        raise AlreadyNoted
    finding = Finding.objects.create(
        visit=visit, campaign=visit.inspection.campaign, office=visit.inspection.office, site=visit.site,
        division=visit.site.division_id, item=item, responsibility=Responsibility(responsibility), body=body,
        severity=Severity(severity), description=description.strip(), noted_at=at, noted_by=by,
        recurrence_of=recurrence_of,
    )  # fmt: skip
    FindingPhoto.objects.bulk_create(FindingPhoto(finding=finding, photo=photo) for photo in photos)
    _record("finding.note", finding, by=by, at=at, detail={"item": item.label[:60], "visit": visit.pk})
    return finding


@transaction.atomic
def confirm(finding: Finding, *, by: Person, at: datetime) -> None:
    """Confirm the finding when its visit ends, and so freeze it. Raises Frozen."""
    start, end = ACTS["confirm"]
    moved = Finding.objects.filter(pk=finding.pk, state=start).update(state=end, confirmed_at=at, confirmed_by=by)
    if not moved:
        raise Frozen
    _record("finding.confirm", finding, by=by, at=at)


@transaction.atomic
def withdraw(finding: Finding, *, reason: str, by: Person, at: datetime) -> None:
    """Take back a finding that is not confirmed yet; the row stays, with its reason. Raises Frozen, NothingSeen."""
    fieldwork.require_open(finding.visit, by=by, at=at)
    if not reason.strip():
        raise NothingSeen
    start, end = ACTS["withdraw"]
    if not Finding.objects.filter(pk=finding.pk, state=start).update(state=end, withdrawn_reason=reason.strip()[:200]):
        raise Frozen
    _record("finding.withdraw", finding, by=by, at=at)


@dataclass(frozen=True)
class Told:
    """A finding as an office's former ledger tells it; `clause` in its own words where no item is known for it."""

    visit: Visit
    item: Item | None
    clause: str
    responsibility: str
    body: Body
    severity: str
    description: str


def take_over(told: Sequence[Told], *, by: Person, at: datetime) -> list[Finding]:
    """
    Take over what a former ledger holds, confirmed and frozen as it was told; in the order given.

    Found when the ledger says so, confirmed now: no figure told before today changes. Whoever takes it over counts as
    its finder and judges none of it. Within the caller's transaction and record. Raises OfficeCannotAnswer.
    """
    if any(each.body.kind in SUPERVISING for each in told):
        raise OfficeCannotAnswer
    made = [
        Finding(
            visit=each.visit, campaign=each.visit.inspection.campaign, office=each.visit.inspection.office,
            site=each.visit.site, division=each.visit.site.division_id, item=each.item,
            clause="" if each.item else each.clause, responsibility=Responsibility(each.responsibility), body=each.body,
            severity=Severity(each.severity), description=each.description, state=State.CONFIRMED,
            noted_at=each.visit.begun_at, noted_by=by, confirmed_at=at, confirmed_by=by,
        )
        for each in told
    ]  # fmt: skip
    return Finding.objects.bulk_create(made, batch_size=500)


def register(told: Told, *, by: Person, at: datetime) -> Finding:
    """
    Put on record, confirmed, what an office learnt without a visit; whoever writes it counts as its finder.

    Within the caller's transaction, which holds the campaign. Raises NothingSeen, ItemNotInForce, OfficeCannotAnswer,
    AlreadyNoted.
    """
    words, campaign = told.description.strip(), told.visit.inspection.campaign
    if not words:
        raise NothingSeen
    if told.item is not None and not campaigns.items(campaign).filter(pk=told.item.pk).exists():
        raise ItemNotInForce
    if Finding.objects.filter(visit=told.visit, body=told.body, description=words).exists():
        raise AlreadyNoted
    (finding,) = take_over([replace(told, description=words)], by=by, at=at)
    _record("finding.note", finding, by=by, at=at, detail={"visit": told.visit.pk})
    return finding


def _record(verb: str, finding: Finding, *, by: Person, at: datetime, detail: dict[str, object] | None = None) -> None:
    audit.record(
        verb, kind="finding", key=finding.pk, by=by, at=at, division=finding.division, body=finding.body_id,
        detail=detail,
    )  # fmt: skip
