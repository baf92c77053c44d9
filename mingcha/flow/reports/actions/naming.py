"""Naming an official in a publication: asked with a reason, ruled on by another hand, over on the publication's last day."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.flow.reports.models import Named, NamingRequest
from mingcha.flow.reports.queries import publications as queries
from mingcha.flow.reports.states import NAMING_ACTS, Naming, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.kernel.refusals import Refusal


class ReasonMissing(Refusal):
    message: ClassVar[str] = "请写明为什么要点名：依据哪份决定、谁同意的。"
    status: ClassVar[int] = 422


class AlreadyAsked(Refusal):
    message: ClassVar[str] = "这个人已经申请过点名，不用再申请。"


class AlreadyRuled(Refusal):
    message: ClassVar[str] = "这一项申请刚刚已经有人裁定，请刷新后再看。"


class AnotherHandNeeded(Refusal):
    message: ClassVar[str] = "申请点名的人不能自己批准，请由其他人办理。"
    status: ClassVar[int] = 403


class OverAlready(Refusal):
    message: ClassVar[str] = "这一篇已经撤下或公示期满，不能再点名。需要时另发一篇。"


@transaction.atomic
def ask(named: Named, *, reason: str, by: Person, at: datetime) -> NamingRequest:
    """Ask that an official be named. Raises NotFound, ReasonMissing, OverAlready, AlreadyAsked."""
    office = named.publication.office
    accounts.require(by, Permission.PUBLISH_PROPOSE, at=at, division=office.division_id)
    if not reason.strip():
        raise ReasonMissing
    _check_open(named, at=at)
    # Two at once: the row of the official is the queue.
    Named.objects.select_for_update().get(pk=named.pk)
    if named.requests.exclude(state=Naming.DECLINED).exists():
        raise AlreadyAsked
    asked = NamingRequest.objects.create(named=named, reason=reason.strip(), asked_at=at, asked_by=by)
    _record("publication.ask_naming", asked, by=by, at=at, detail={"reason": asked.reason})
    people = [one for one in accounts.able(office.pk, Permission.PUBLISH_APPROVE, at=at) if one != by]
    notices.send(
        to=people, subject=f"{gettext_noop('申请点名，待批准')}：{queries.title(named.publication)}",
        link=f"/publications/{named.publication_id}/", at=at,
    )  # fmt: skip
    return asked


@transaction.atomic
def rule(request: NamingRequest, *, granted: bool, ruling: str, by: Person, at: datetime) -> None:
    """
    Grant or decline; a granted name shows until the publication's last day.

    Raises NotFound, AnotherHandNeeded, ReasonMissing (a refusal says why), OverAlready, AlreadyRuled.
    """
    office = request.named.publication.office
    accounts.require(by, Permission.PUBLISH_APPROVE, at=at, division=office.division_id)
    if by.pk == request.asked_by_id:
        raise AnotherHandNeeded
    if not granted and not ruling.strip():
        raise ReasonMissing
    if granted:
        _check_open(request.named, at=at)
    start, end = NAMING_ACTS["grant" if granted else "decline"]
    open_ = NamingRequest.objects.filter(pk=request.pk, state__in=start)
    if not open_.update(state=end, ruling=ruling.strip(), ruled_at=at, ruled_by=by):
        raise AlreadyRuled
    request.refresh_from_db()
    verb = "publication.grant_naming" if granted else "publication.decline_naming"
    _record(verb, request, by=by, at=at, detail={"reason": request.ruling})
    subject = f"{gettext_noop('点名申请已有结果')}：{queries.title(request.named.publication)}"
    notices.send(to=[request.asked_by], subject=subject, link=f"/publications/{request.named.publication_id}/", at=at)


def _check_open(named: Named, *, at: datetime) -> None:
    publication = named.publication
    publication.refresh_from_db(fields=["state", "expires_on"])
    if publication.state == State.TAKEN_DOWN or queries.expired(publication, at=at):
        raise OverAlready


def _record(verb: str, request: NamingRequest, *, by: Person, at: datetime, detail: dict[str, object]) -> None:
    # The record holds the number of the place and no name: it outlives the publication's date.
    publication = request.named.publication
    audit.record(
        verb, kind="publication", key=publication.pk, by=by, at=at, division=publication.office.division_id,
        body=publication.office_id, detail={"place": request.named.position, **detail},
    )  # fmt: skip
