"""
The intake: what a phone sends becomes visit, answers, findings, orders and their record in ONE statement.

It writes rows of several rooms at once, which nothing else in the house may do: over a busy evening the plain actions
cost five times as much (decision 0018), and one statement cannot be cut in half by a crash. A property test holds the
rows it leaves equal to those of the plain actions. In the order of the code:

1. Parse strictly; find the form by id and version; check every answer against it (kernel.checklists).
2. Say which outing it belongs to. A visit nobody planned goes to the outing under way, else to one of its own.
3. What cannot become a visit by itself is kept and held for an office; what departs from its form is kept and flagged.
4. Run the statement. It answers nothing where the instance is known, the phone was revoked, or a list was opened since
   the phone's outings were read. It fails, and is run again, where two phones meet at the same site or instance.
5. A known instance: the same bytes are acknowledged again, with files that had not come yet; others are refused.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import psycopg
from django.db import connection, transaction
from django.db.utils import IntegrityError

from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import submissions
from mingcha.flow.fieldwork.models import Attachment, Photo, Submission, Visit
from mingcha.flow.fieldwork.states import FileKind
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications import intake_sql, intake_words
from mingcha.ground.accounts import devices
from mingcha.ground.accounts.models import Device
from mingcha.ground.audit import actions as audit
from mingcha.ground.evidence.actions import Incoming, Stored
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook import queries as rulebook
from mingcha.kernel import checklists
from mingcha.kernel.refusals import Refusal

TRUSTED = 10.0  # seconds for which a phone's person and outings need not be read again
TRIES = 5


class UnknownDevice(Refusal):
    message: ClassVar[str] = "设备凭证无效或已收回：请重新登录现场端，或请本单位重新发放凭证。填好的内容仍在手机里。"
    status: ClassVar[int] = 401


class UnknownForm(Refusal):
    message: ClassVar[str] = (
        "没有表单 %(form_id)s 的版本 %(version)s：请在手机上更新表单后再发送。填好的内容仍在手机里。"
    )
    status: ClassVar[int] = 404


class NotInATeam(Refusal):
    message: ClassVar[str] = "您不在进行中的检查组里，暂时不能提交。请联系本单位编组后再发送，填好的内容仍在手机里。"
    status: ClassVar[int] = 403


class ChangedSince(Refusal):
    message: ClassVar[str] = (
        "编号 %(instance)s 的填报已经收到过，内容与这次不同。已收到的保留不变；要更正请另填一份并写明更正什么。"
    )


class UnexpectedFile(Refusal):
    message: ClassVar[str] = "附件“%(name)s”在填报内容里没有提到，没有收下这次发送。请在手机上重新整理后再发送。"
    status: ClassVar[int] = 400


class TwoOfOneName(Refusal):
    message: ClassVar[str] = "两个不同的附件都叫“%(name)s”，没有收下这次发送。请在手机上重新整理后再发送。"
    status: ClassVar[int] = 400


class Busy(Refusal):
    message: ClassVar[str] = "系统正忙，请稍后重发。填好的内容仍在手机里。"
    status: ClassVar[int] = 503


@dataclass(frozen=True)
class Receipt:
    """What the house holds of an instance now: the hash of its words, of each file, and which files are still to come."""

    instance: str
    sha256: str
    files: dict[str, str]
    missing: tuple[str, ...]
    new: bool


_carriers: dict[str, tuple[float, fieldwork.Carrier]] = {}
_forms: dict[tuple[str, str], rulebook.Form] = {}
_taken_up: set[tuple[int, int]] = set()  # (campaign, form for any site); what was taken up stays so


def forget() -> None:
    """Forget what was read of phones and forms; the next submission reads it again."""
    _carriers.clear()
    _forms.clear()
    _taken_up.clear()


def admit(token: str, *, at: datetime) -> fieldwork.Carrier:
    """Return who shows this token. Read at most ten seconds ago; the statement itself asks whether it was revoked since."""
    known = _carriers.get(devices.token_hash(token))
    if known and known[0] > time.monotonic():
        return known[1]
    device = devices.by_token(token)
    if device is None:
        raise UnknownDevice
    if len(_carriers) > 5000:
        _carriers.clear()
    return _remember(device, at=at)


def receive(carrier: fieldwork.Carrier, *, xml: bytes, files: Sequence[Incoming], at: datetime) -> Receipt:
    """
    Take a submission; return the receipt once it is on disk. Sent again, also many times at once, it is taken once.

    `files` have come in and are settled here, once it is clear that they belong to it. Raises Malformed and NoInstanceId of kernel.checklists, UnknownForm,
    NotInATeam, UnexpectedFile, TwoOfOneName, ChangedSince, UnknownDevice, Busy; then nothing of it is kept.
    """
    instance = checklists.parse(xml)
    form = _form(instance.form_id, instance.version)
    reading = checklists.read(instance, form.compiled)
    for file in files:
        if file.name not in reading.files:
            raise UnexpectedFile(name=file.name)
    stored: list[Stored] = []
    for _ in range(TRIES):
        outing = _outing(carrier, reading, at=at)
        if outing is not None:
            _require_taken_up(form, outing)
            stored = stored or _settled(files)
            words = intake_words.words_of(carrier, outing, form, instance, reading, stored, xml, at=at)
            if run(intake_sql.STATEMENT, words):
                held = {file.name: file.sha256 for file in stored}
                missing = tuple(sorted(set(reading.files) - set(held)))
                return Receipt(instance.instance_id, words["sha256"], held, missing, new=True)
        known = Submission.objects.filter(instance_id=instance.instance_id).first()
        if known is not None:
            return _again(known, carrier, stored or _settled(files), xml=xml, at=at)
        carrier = _renewed(carrier, reading, at=at)
    raise Busy


def _settled(files: Sequence[Incoming]) -> list[Stored]:
    """Put the files in their place; one that a phone sends twice in one post counts once. Raises TwoOfOneName."""
    found: dict[str, Stored] = {}
    for stored in [file.settle() for file in files]:
        if found.setdefault(stored.name, stored).sha256 != stored.sha256:
            raise TwoOfOneName(name=stored.name)
    return list(found.values())


def run(statement: intake_sql.Statement, words: dict[str, Any]) -> bool:
    """Run a statement; return whether it took the submission. Two phones at the same site: one fails, and asks again."""
    connection.ensure_connection()
    raw = connection.connection
    # Django binds on the client and never prepares; this one statement is prepared once for each connection.
    raw.prepare_threshold = 1
    try:
        with transaction.atomic(savepoint=True) if connection.in_atomic_block else _AutoCommit():
            rows = psycopg.RawCursor(raw).execute(statement.sql, statement.values(words), prepare=True)
            return rows.fetchone() is not None
    except (psycopg.errors.UniqueViolation, IntegrityError):
        return False
    except psycopg.OperationalError as error:
        # The database was restarted, or is away: this connection is of no use to the next one either.
        connection.close()
        raise Busy from error


class _AutoCommit:
    """One statement is its own transaction."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


def _reread(carrier: fieldwork.Carrier, *, at: datetime) -> fieldwork.Carrier:
    found = Device.objects.filter(pk=carrier.device.pk, revoked_at=None, person__is_active=True)
    device = found.select_related("person").first()
    if device is None:
        _carriers.pop(carrier.device.token_hash, None)
        raise UnknownDevice
    return _remember(device, at=at)


def _remember(device: Device, *, at: datetime) -> fieldwork.Carrier:
    found = fieldwork.carrier(device, at=at)
    _carriers[device.token_hash] = (time.monotonic() + TRUSTED, found)
    return found


def _form(form_id: str, version: str) -> rulebook.Form:
    # A published form never changes, so it is read once for each process.
    found = _forms.get((form_id, version)) or rulebook.form(form_id, version)
    if found is None:
        raise UnknownForm(form_id=form_id, version=version)
    _forms[(form_id, version)] = found
    return found


def _require_taken_up(form: rulebook.Form, outing: fieldwork.Outing) -> None:
    key = (outing.campaign, form.id)
    if form.site_type or key in _taken_up:
        return
    if not fieldwork.takes_up(*key):
        raise UnknownForm(form_id=form.form_id, version=form.version)
    _taken_up.add(key)


def _outing(carrier: fieldwork.Carrier, reading: checklists.Reading, *, at: datetime) -> fieldwork.Outing | None:
    """Return the outing a visit belongs to: whose list names the site, else the one it fell into; None for neither."""
    when = intake_words.seen(reading, at=at)
    listed = [outing for outing in carrier.outings if reading.site_code in outing.stops]
    if listed:
        return next((outing for outing in listed if outing.held(when)), listed[0])
    out = [outing for outing in carrier.outings if not outing.extra]
    during = [outing for outing in out if outing.held(when) or outing.returned_at is None]
    during += [outing for outing in carrier.outings if outing.extra and outing.held(when)]
    if during:
        return during[0]
    # Who has left every team brings what was seen before.
    return carrier.outings[0] if carrier.team is None and carrier.outings else None


def _renewed(carrier: fieldwork.Carrier, reading: checklists.Reading, *, at: datetime) -> fieldwork.Carrier:
    """Read a phone's outings again; where the visit still belongs to none of them, begin one of its own."""
    carrier = _reread(carrier, at=at)
    if _outing(carrier, reading, at=at) is not None:
        return carrier
    if carrier.team is None:
        raise NotInATeam
    submissions.begin_extra(carrier.team, since=intake_words.seen(reading, at=at), by=carrier.device.person, at=at)
    return _reread(carrier, at=at)


@transaction.atomic
def _again(
    known: Submission, carrier: fieldwork.Carrier, files: Sequence[Stored], *, xml: bytes, at: datetime
) -> Receipt:
    """Acknowledge a known instance and keep the files that had not come yet; each is an act on record."""
    if not Device.objects.filter(pk=carrier.device.pk, revoked_at=None).exists():
        raise UnknownDevice
    sha256 = hashlib.sha256(xml).hexdigest()
    if known.sha256 != sha256:
        raise ChangedSince(instance=known.instance_id)
    Submission.objects.select_for_update().get(pk=known.pk)  # of two phones with the same file, one brings it
    held = dict(known.attachments.values_list("name", "evidence__sha256"))
    fresh = [file for file in files if file.name not in held]
    if fresh:
        _attach(known, fresh, at=at)
    held |= {file.name: file.sha256 for file in fresh}
    return Receipt(known.instance_id, sha256, held, tuple(sorted(set(known.expected) - set(held))), new=False)


def _attach(known: Submission, files: Sequence[Stored], *, at: datetime) -> None:
    visit = Visit.objects.filter(submission=known).select_related("site", "inspection").first()
    for file in files:
        kind, ordinal = known.expected[file.name]
        kept = Evidence.objects.create(
            sha256=file.sha256, size=file.size, media_type=file.media_type, name=file.name, received_at=at,
            received_from=known.person, place=visit.site.name if visit else known.site_named, personal=file.personal,
        )  # fmt: skip
        Attachment.objects.create(submission=known, name=file.name, kind=kind, evidence=kept)
        if visit and kind == FileKind.PHOTO:
            picture(visit, kept, finding=ordinal)
    outing = known.inspection
    audit.record(
        "submission.attach", kind="submission", key=known.instance_id, by=known.person, at=at,
        division=outing.office.division_id, body=outing.office_id,
        detail={"files": [file.sha256 for file in files]},
    )  # fmt: skip


def picture(visit: Visit, kept: Evidence, *, finding: int) -> None:
    """Hang a photo that came apart from its visit's rows where the statement would have: on the visit and its finding."""
    photo = Photo.objects.create(visit=visit, evidence=kept)
    found = Finding.objects.filter(visit=visit).order_by("pk")[finding - 1 : finding].first() if finding else None
    if found:
        FindingPhoto.objects.create(finding=found, photo=photo)
