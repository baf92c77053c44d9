"""Phones that may send for a person: given a token once, revoked at once."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import devices, queries
from mingcha.ground.accounts.models import Device, Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.kernel.refusals import Refusal


class NoVisitsToMake(Refusal):
    message: ClassVar[str] = "%(name)s 的岗位不做检查，不能发放设备凭证。请先给其任检查人员、组长等岗位。"
    status: ClassVar[int] = 422


class AlreadyRevoked(Refusal):
    message: ClassVar[str] = "这台设备的凭证已经收回。"


@transaction.atomic
def add(person: Person, *, label: str, by: Person | None, at: datetime) -> tuple[Device, str]:
    """
    Give a phone a token with which it sends for the person; return the row and the token, which is kept nowhere.

    People do it for their own phone; an office for its people; `by=None` is the operator. Raises NoVisitsToMake, and
    NotAllowed or NotFound of `require_own_people`.
    """
    if by is not None and by != person:
        _require_keeper(by, person, at=at)
    standing = queries.standing(person, at=at)
    if not standing.can(Permission.VISIT_MAKE):
        raise NoVisitsToMake(name=person.name)
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        person=person, label=label.strip()[:60] or "手机", token_hash=devices.token_hash(token), made_at=at, made_by=by
    )
    _record("device.add", device, standing, by=by, at=at)
    return device, token


@transaction.atomic
def revoke(device: Device, *, by: Person | None, at: datetime) -> None:
    """
    End a phone's token at once; what it has sent stays. One's own, or as an office for its people.

    `by=None` is the operator. Raises AlreadyRevoked, and NotAllowed or NotFound.
    """
    if by is not None and by != device.person:
        _require_keeper(by, device.person, at=at)
    if not Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=at, revoked_by=by):
        raise AlreadyRevoked
    _record("device.revoke", device, queries.standing(device.person, at=at), by=by, at=at)


def _require_keeper(by: Person, person: Person, *, at: datetime) -> None:
    queries.require(by, Permission.ORGANISATION_KEEP, at=at)
    if not queries.people(to=queries.standing(by, at=at), at=at).filter(pk=person.pk).exists():
        raise queries.NotFound


def _record(verb: str, device: Device, standing: queries.Standing, *, by: Person | None, at: datetime) -> None:
    main = standing.main
    audit.record(
        verb, kind="person", key=device.person.username, by=by, at=at, division=main.division if main else "",
        body=main.body if main else "", detail={"device": device.pk, "label": device.label},
    )  # fmt: skip
