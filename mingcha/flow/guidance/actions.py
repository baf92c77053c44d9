"""Sending a note, signing for it, replying, asking under it and answering."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.guidance import queries
from mingcha.flow.guidance.models import Note, Question, Reading, Recipient
from mingcha.flow.guidance.states import Kind
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import actions as notices
from mingcha.ground.territory.models import Body
from mingcha.kernel.refusals import Refusal


class NothingWritten(Refusal):
    message: ClassVar[str] = "请写明标题和内容。"
    status: ClassVar[int] = 422


class NobodyAddressed(Refusal):
    message: ClassVar[str] = "请选择主送单位；按联系关系发送时，这个对象还没有联系单位。"
    status: ClassVar[int] = 422


class CannotSendThere(Refusal):
    message: ClassVar[str] = "不能发给“%(name)s”：工作指导发给下级和派驻组，情况反馈发给上级。"
    status: ClassVar[int] = 422


class ReplyTimeOver(Refusal):
    message: ClassVar[str] = "答复时限已经过去，请填一个将来的时间。"
    status: ClassVar[int] = 422


class AlreadyReplied(Refusal):
    message: ClassVar[str] = "本单位刚刚已经答复过，请刷新后再看。您填的内容没有丢。"


class AlreadyAnswered(Refusal):
    message: ClassVar[str] = "这个问题刚刚已经有人回答，请刷新后再看。您填的内容没有丢。"


@transaction.atomic
def send(
    campaign: Campaign, *, issuer: Body, kind: str, title: str, text: str, bodies: Sequence[Body],
    via: dict[str, str] | None = None, reply_by: datetime | None = None, about: Note | None = None, by: Person,
    at: datetime,
) -> Note:  # fmt: skip
    """
    Send a numbered note to some bodies: down as guidance or a hint, up as a report.

    `via`: body code → what it is linked to, where that is why it is addressed. Numbers run by issuer, kind and year,
    without a gap. Raises NotFound, NothingWritten, NobodyAddressed, CannotSendThere, ReplyTimeOver.
    """
    standing = accounts.require(by, Permission.GUIDANCE_SEND, at=at)
    if issuer.pk not in standing.serves(Permission.GUIDANCE_SEND):
        raise accounts.NotFound
    if not campaigns.visible(standing).filter(pk=campaign.pk).exists():
        raise accounts.NotFound
    if about is not None and not queries.notes(to=standing).filter(pk=about.pk).exists():
        raise accounts.NotFound
    if not title.strip() or not text.strip():
        raise NothingWritten
    if reply_by is not None and reply_by <= at:
        raise ReplyTimeOver
    addressed = [body for body in dict.fromkeys(bodies) if body != issuer]
    if not addressed:
        raise NobodyAddressed
    allowed = set(queries.addressees(issuer, kind, to=standing).values_list("pk", flat=True))
    for body in addressed:
        if body.pk not in allowed:
            raise CannotSendThere(name=body.name)
    note = _numbered(
        campaign=campaign, issuer=issuer, kind=Kind(kind), title=title.strip()[:80], text=text.strip(),
        reply_by=reply_by, about=about, sent_at=at, sent_by=by,
    )  # fmt: skip
    Recipient.objects.bulk_create(
        Recipient(note=note, body=body, via=(via or {}).get(body.pk, "")[:120]) for body in addressed
    )
    for body in addressed:
        people = accounts.able(body.pk, Permission.GUIDANCE_SEE, at=at)
        notices.send(to=people, subject=f"{note}：{note.title}", link=f"/guidance/{note.pk}/", at=at)
    _record("guidance.send", note, body=issuer, by=by, at=at, detail={
        "note": str(note), "to": sorted(body.pk for body in addressed),
        "reply_by": reply_by.isoformat() if reply_by else "",
    })  # fmt: skip
    return note


@transaction.atomic
def read(note: Note, *, by: Person, at: datetime) -> None:
    """Keep that somebody of a recipient has opened the note; the first time stands. No act of its own on the record."""
    standing = accounts.standing(by, at=at)
    if queries.own_recipient(note, to=standing) is not None:
        Reading.objects.get_or_create(note=note, person=by, defaults={"at": at})


@transaction.atomic
def receive(note: Note, *, by: Person, at: datetime) -> None:
    """Sign for a note (签收) in one's body's name; the first signature stands. Raises NotFound."""
    recipient = _own(note, by=by, at=at)
    if Recipient.objects.filter(pk=recipient.pk, received_at=None).update(received_at=at, received_by=by):
        read(note, by=by, at=at)
        _record("guidance.receive", note, body=recipient.body, by=by, at=at)


@transaction.atomic
def reply(note: Note, *, text: str, by: Person, at: datetime) -> None:
    """Reply in one's body's name, once; a reply also signs for the note. Raises NotFound, NothingWritten, AlreadyReplied."""
    recipient = _own(note, by=by, at=at)
    if not text.strip():
        raise NothingWritten
    receive(note, by=by, at=at)
    given = Recipient.objects.filter(pk=recipient.pk, replied_at=None)
    if not given.update(reply=text.strip(), replied_at=at, replied_by=by):
        raise AlreadyReplied
    people = accounts.able(note.issuer_id, Permission.GUIDANCE_SEND, at=at)
    subject = f"{gettext_noop('收到答复')}：{note}（{recipient.body.name}）"
    notices.send(to=people, subject=subject, link=f"/guidance/{note.pk}/", at=at)
    _record("guidance.reply", note, body=recipient.body, by=by, at=at)


@transaction.atomic
def ask(note: Note, *, text: str, by: Person, at: datetime) -> Question:
    """Ask the issuer something about a note. Raises NotFound, NothingWritten."""
    recipient = _own(note, by=by, at=at)
    if not text.strip():
        raise NothingWritten
    asked = Question.objects.create(note=note, body=recipient.body, text=text.strip(), asked_at=at, asked_by=by)
    people = accounts.able(note.issuer_id, Permission.GUIDANCE_SEND, at=at)
    subject = f"{gettext_noop('有人提问')}：{note}（{recipient.body.name}）"
    notices.send(to=people, subject=subject, link=f"/guidance/{note.pk}/", at=at)
    _record("guidance.ask", note, body=recipient.body, by=by, at=at, detail={"question": asked.pk})
    return asked


@transaction.atomic
def answer(question: Question, *, text: str, by: Person, at: datetime) -> None:
    """Answer a question in the issuer's name, for every recipient to read. Raises NotFound, NothingWritten, AlreadyAnswered."""
    note = question.note
    standing = accounts.require(by, Permission.GUIDANCE_SEND, at=at)
    if not queries.issued_by(note, to=standing):
        raise accounts.NotFound
    if not text.strip():
        raise NothingWritten
    open_ = Question.objects.filter(pk=question.pk, answered_at=None)
    if not open_.update(answer=text.strip(), answered_at=at, answered_by=by):
        raise AlreadyAnswered
    for recipient in queries.recipients(note):
        people = accounts.able(recipient.body_id, Permission.GUIDANCE_SEE, at=at)
        notices.send(to=people, subject=f"{gettext_noop('提问已回答')}：{note}", link=f"/guidance/{note.pk}/", at=at)
    _record("guidance.answer", note, body=note.issuer, by=by, at=at, detail={"question": question.pk})


def _numbered(*, issuer: Body, kind: Kind, sent_at: datetime, **columns: object) -> Note:
    year = sent_at.astimezone(accounts.OFFICE_TIME).year
    with connection.cursor() as cursor:
        # Two notes of one series at once: the second waits, so that numbers neither clash nor leave a gap.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"note/{issuer.pk}/{kind}/{year}"])
    last = Note.objects.filter(issuer=issuer, kind=kind, year=year).aggregate(last=Max("number"))["last"] or 0
    return Note.objects.create(issuer=issuer, kind=kind, year=year, number=last + 1, sent_at=sent_at, **columns)


def _own(note: Note, *, by: Person, at: datetime) -> Recipient:
    recipient = queries.own_recipient(note, to=accounts.require(by, Permission.GUIDANCE_SEE, at=at))
    if recipient is None:
        raise accounts.NotFound
    return recipient


def _record(
    verb: str, note: Note, *, body: Body, by: Person, at: datetime, detail: dict[str, object] | None = None
) -> None:
    audit.record(verb, kind="note", key=note.pk, by=by, at=at, division=body.division_id, body=body.pk,
                 detail=detail)  # fmt: skip
