"""The public call of an office (问题线索公告): drafted by one, published by another; and the terms an office sets itself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal
from mingcha.tips import clocks
from mingcha.tips.models import Call, OfficeRule
from mingcha.tips.states import CALL_ACTS, CallState

TITLE = 80
# 《纪检监察机关处理检举控告工作规则》: an office may be faster than 5 and 15 working days, never slower.
RANGES = {
    "forward_days": (1, 5), "notice_days": (1, 15), "result_days": (1, 15), "proposal_days": (1, 180),
    "objection_days": (7, 180), "keep_days": (30, 36500), "bits": (12, 24),
}  # fmt: skip


class CallIncomplete(Refusal):
    message: ClassVar[str] = "请写全标题、受理范围、反映渠道和承诺。"
    status: ClassVar[int] = 422


class CallPast(Refusal):
    message: ClassVar[str] = "截止日期已经过了，请改成今天或以后的日期，或者留空。"
    status: ClassVar[int] = 422


class CallSettled(Refusal):
    message: ClassVar[str] = "这份公告刚刚已经发布或撤下，请从列表重新进入。"


class AnotherPublisher(Refusal):
    message: ClassVar[str] = "起草人不能自己发布公告，请由本机关其他有权限的同志发布。"
    status: ClassVar[int] = 403


class OneCallAtATime(Refusal):
    message: ClassVar[str] = "本机关已有一份正在发布的公告，请先撤下它。"


class TermOutOfRange(Refusal):
    message: ClassVar[str] = "时限超出范围：受理移送不超过5个工作日，告知和反馈不超过15个工作日，保存不少于30天。"
    status: ClassVar[int] = 422


@transaction.atomic
def draft(
    *, office: Body, title: str, scope: str, ways: str, promises: str, until: date | None = None, by: Person,
    at: datetime,
) -> Call:  # fmt: skip
    """Draft a call of one's office. Raises CallIncomplete, CallPast, NotAllowed, NotFound."""
    _require(office.pk, Permission.TIP_CALL, by=by, at=at)
    words = _words(title=title, scope=scope, ways=ways, promises=promises)
    _check_until(until, at=at)
    made = Call.objects.create(office=office, **words, until=until, drafted_at=at, drafted_by=by)
    _record("tips.call_draft", made, by=by, at=at)
    return made


@transaction.atomic
def change(
    call: Call, *, title: str, scope: str, ways: str, promises: str, until: date | None = None, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """Change a draft; whoever changes it has drafted it, and another publishes. Raises CallSettled, and as `draft`."""
    _require(call.office_id, Permission.TIP_CALL, by=by, at=at)
    words = _words(title=title, scope=scope, ways=ways, promises=promises)
    _check_until(until, at=at)
    drafts = Call.objects.filter(pk=call.pk, state=CallState.DRAFT)
    if not drafts.update(**words, until=until, drafted_at=at, drafted_by=by):
        raise CallSettled
    call.refresh_from_db()
    _record("tips.call_change", call, by=by, at=at)


@transaction.atomic
def publish(call: Call, *, by: Person, at: datetime) -> None:
    """Publish what another drafted. Raises AnotherPublisher, OneCallAtATime, CallPast, CallSettled, NotAllowed, NotFound."""
    _require(call.office_id, Permission.TIP_CALL, by=by, at=at)
    # The office's calls are held, so that two are not published at once.
    held = list(Call.objects.select_for_update().filter(office=call.office_id).order_by("pk"))
    call.refresh_from_db()
    if call.drafted_by_id == by.pk:
        raise AnotherPublisher
    if any(other.state == CallState.PUBLISHED and other.pk != call.pk for other in held):
        raise OneCallAtATime
    _check_until(call.until, at=at)
    _move(call, "publish", published_at=at, published_by=by)
    _record("tips.call_publish", call, by=by, at=at)


@transaction.atomic
def withdraw(call: Call, *, by: Person, at: datetime) -> None:
    """Take a call down. Raises CallSettled, NotAllowed, NotFound."""
    _require(call.office_id, Permission.TIP_CALL, by=by, at=at)
    _move(call, "withdraw", withdrawn_at=at)
    _record("tips.call_withdraw", call, by=by, at=at)


@transaction.atomic
def set_terms(office: Body, *, terms: Mapping[str, int], by: Person, at: datetime) -> OfficeRule:
    """
    Set an office's own terms (the columns of OfficeRule; those not named stay). They hold for clocks that begin later.

    Raises TermOutOfRange, NotAllowed, NotFound.
    """
    _require(office.pk, Permission.TIP_APPROVE, by=by, at=at)
    for name, value in terms.items():
        least, most = RANGES.get(name, (1, 0))
        if not least <= value <= most:
            raise TermOutOfRange
    rule, _ = OfficeRule.objects.update_or_create(office=office, defaults=dict(terms))
    audit.record(
        "tips.set_terms", kind="tipline", key=office.pk, by=by, at=at, division=office.division_id, body=office.pk,
        detail=dict(terms),
    )  # fmt: skip
    return rule


def _require(office: str, permission: Permission, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, permission, at=at)
    if office not in standing.serves(permission):
        raise accounts.NotFound


def _words(*, title: str, scope: str, ways: str, promises: str) -> dict[str, str]:
    found = {"title": " ".join(title.split())[:TITLE], "scope": scope.strip(), "ways": ways.strip()}
    found["promises"] = promises.strip()
    if not all(found.values()):
        raise CallIncomplete
    return found


def _check_until(until: date | None, *, at: datetime) -> None:
    if until is not None and until < clocks.day_of(at):
        raise CallPast


def _move(call: Call, act: str, **columns: object) -> None:
    start, end = CALL_ACTS[act]
    if not Call.objects.filter(pk=call.pk, state=start).update(state=end, **columns):
        raise CallSettled
    call.refresh_from_db()


def _record(verb: str, call: Call, *, by: Person, at: datetime) -> None:
    office = call.office
    audit.record(verb, kind="tip_call", key=call.pk, by=by, at=at, division=office.division_id, body=office.pk)
