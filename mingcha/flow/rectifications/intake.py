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
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import psycopg
from django.db import connection, transaction
from django.db.utils import IntegrityError

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import submissions
from mingcha.flow.fieldwork.models import Attachment, Photo, Submission, Visit
from mingcha.flow.fieldwork.states import FileKind, Mode, Outcome
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications import intake_sql
from mingcha.ground.accounts import devices
from mingcha.ground.accounts.models import Device
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.audit import actions as audit
from mingcha.ground.audit.models import Event
from mingcha.ground.audit.queries import canonical
from mingcha.ground.evidence.actions import Incoming, Stored
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions.sites import CODE
from mingcha.kernel import checklists
from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal

TRUSTED = 10.0  # seconds for which a phone's person and outings need not be read again
TRIES = 4
HOURS_IN_EMERGENCY, HOURS_OTHERWISE = 24, 15 * 24  # until an order is due where the form names no deadline


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
    NotInATeam, UnexpectedFile, ChangedSince, UnknownDevice, Busy; then nothing of it is kept.
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
        _require_taken_up(form, outing)
        stored = stored or [file.settle() for file in files]
        words = words_of(carrier, outing, form, instance, reading, stored, xml, at=at)
        if run(intake_sql.STATEMENT, words):
            held = {file.name: file.sha256 for file in stored}
            missing = tuple(sorted(set(reading.files) - set(held)))
            return Receipt(instance.instance_id, words["sha256"], held, missing, new=True)
        known = Submission.objects.filter(instance_id=instance.instance_id).first()
        if known is not None:
            return _again(known, stored, sha256=words["sha256"], at=at)
        carrier = _reread(carrier, at=at)
    raise Busy


def run(statement: str, words: dict[str, Any]) -> bool:
    """Run a statement; return whether it took the submission. Two phones at the same site: one fails, and asks again."""
    connection.ensure_connection()
    raw = connection.connection
    # Django binds on the client and never prepares; this one statement is prepared once for each connection.
    raw.prepare_threshold = 1
    try:
        with transaction.atomic(savepoint=True) if connection.in_atomic_block else _AutoCommit():
            return psycopg.Cursor(raw).execute(statement, words, prepare=True).fetchone() is not None
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
    device = Device.objects.filter(pk=carrier.device.pk, revoked_at=None).select_related("person").first()
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


def _outing(carrier: fieldwork.Carrier, reading: checklists.Reading, *, at: datetime) -> fieldwork.Outing:
    """Return the outing a visit belongs to: whose list names the site, else the one it fell into, else one of its own."""
    when = min(reading.started or at, at)
    listed = [outing for outing in carrier.outings if reading.site_code in outing.stops]
    if listed:
        return next((outing for outing in listed if outing.held(when)), listed[0])
    during = [outing for outing in carrier.outings if outing.held(when) or outing.returned_at is None]
    if during:
        return during[0]
    if carrier.team is None:
        if carrier.outings:
            return carrier.outings[0]
        raise NotInATeam
    made = submissions.begin_extra(carrier.team, by=carrier.device.person, at=at)
    again = _remember(carrier.device, at=at)
    return next(outing for outing in again.outings if outing.id == made.pk)


def words_of(
    carrier: fieldwork.Carrier, outing: fieldwork.Outing, form: rulebook.Form, instance: checklists.Instance,
    reading: checklists.Reading, files: Sequence[Stored], xml: bytes, *, at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Return the statement's parameters."""
    held = _held(reading)
    items, bodies = _cited(reading, outing)
    drawn = reading.site_code in outing.stops
    begun, closed = times(reading, outing, at=at)
    sha256 = hashlib.sha256(xml).hexdigest()
    hours = HOURS_IN_EMERGENCY if at <= outing.emergency_until else HOURS_OTHERWISE
    breaches = [{"code": b.code, "path": b.path, "value": b.value[:200]} for b in reading.breaches]
    return {
        "device": carrier.device.pk, "person": carrier.device.person_id, "teams": list(carrier.teams),
        "latest": max(carrier.latest, outing.id), "instance": instance.instance_id, "inspection": outing.id,
        "checklist": form.id, "sha256": sha256, "xml": xml.decode("utf-8"), "site_code": reading.site_code[:30],
        "site_name": legible(reading.site_name)[:80] or reading.site_code[:30], "answers": json.dumps(reading.answers),
        "site_named": f"{reading.site_code} {legible(reading.site_name)}".strip()[:120],
        "breaches": json.dumps(breaches, ensure_ascii=False), "held": json.dumps(held), "is_held": bool(held),
        "expected": json.dumps({name: [slot.kind, slot.finding] for name, slot in reading.files.items()}),
        "started": reading.started, "ended": reading.ended, "at": at, "drawn": drawn, "extra": not drawn,
        "division": outing.division, "office": outing.office, "campaign": outing.campaign,
        "site_type": form.site_type or intake_sql.UNTYPED,
        "tied_bodies": [code for tie in carrier.ties for code in tie.bodies],
        "tied_sites": [pk for tie in carrier.ties for pk in tie.sites],
        "tied_divisions": [tie.division for tie in carrier.ties if tie.division],
        "mode": reading.mode or Mode.OVERT, "outcome": reading.outcome or Outcome.DONE, "reason": legible(reading.reason)[:200],
        "feedback": legible(reading.feedback), "feedback_to": legible(reading.feedback_to)[:60], "begun": begun,
        "closed": closed, "score": reading.score, "latitude": reading.position[0] if reading.position else None,
        "longitude": reading.position[1] if reading.position else None,
        "accuracy": reading.position[2] if reading.position else None, "day": at.astimezone(OFFICE_TIME).date(),
        **_answers(form, reading), **_findings(reading, items, bodies, at=at, hours=hours), **_files(reading, files),
        "event": _event(carrier, outing, form, instance, reading, files, sha256, at=at),
        "event_detail": json.dumps(_detail(form, reading, files, sha256), ensure_ascii=False),
        "actor": carrier.device.person.username, "actor_name": carrier.device.person.name,
    }  # fmt: skip


def times(reading: checklists.Reading, outing: fieldwork.Outing, *, at: datetime) -> tuple[datetime, datetime]:
    """Return when a visit began and ended by the phone's clock, within its outing and not after it came in at `at`."""
    closed = max(min(reading.ended or at, at), outing.departed_at)
    return max(min(reading.started or at, closed), outing.departed_at), closed


def _held(reading: checklists.Reading) -> list[str]:
    """Return why an office must rule before this becomes a visit: keys of doors/desk's sentences."""
    reasons = []
    if not reading.site_code:
        reasons.append("site_missing")
    elif not CODE.fullmatch(reading.site_code):
        reasons.append("site_unclear")
    if not all(legible(found.description).strip() for found in reading.findings):
        reasons.append("finding_incomplete")
    return reasons


def _cited(reading: checklists.Reading, outing: fieldwork.Outing) -> tuple[set[int], set[str]]:
    """Return which of the rules and bodies named are such as a finding of this round may name."""
    items = {int(f.item) for f in reading.findings if f.item.isascii() and f.item.isdigit()}
    bodies = {f.body for f in reading.findings if f.body}
    if items:
        items = set(campaigns.items_of(outing.campaign).filter(pk__in=items).values_list("pk", flat=True))
    if bodies:
        bodies = set(territory.bodies_over(outing.division).filter(pk__in=bodies).values_list("pk", flat=True))
    return items, bodies


def _answers(form: rulebook.Form, reading: checklists.Reading) -> dict[str, Any]:
    rows: list[tuple[int, str, int | None, int | None, str]] = []
    for name, pk in form.questions.items():
        verdict, counts, said = reading.verdicts.get(name, ""), reading.counts.get(name), reading.said.get(name, "")
        if verdict or counts or said:
            rows.append((pk, verdict, *(counts or (None, None)), legible(said)))
    return {
        "questions": [row[0] for row in rows], "verdicts": [row[1] for row in rows], "reported": [r[2] for r in rows],
        "verified": [row[3] for row in rows], "said": [row[4] for row in rows],
    }  # fmt: skip


def _findings(
    reading: checklists.Reading, items: set[int], bodies: set[str], *, at: datetime, hours: int
) -> dict[str, Any]:
    found = reading.findings
    ids = [int(f.item) if f.item.isascii() and f.item.isdigit() and int(f.item) in items else None for f in found]
    due = [
        None if f.on_spot else f.due_at if f.due_at and f.due_at > at else at + timedelta(hours=f.due_hours or hours)
        for f in found
    ]
    return {
        "items": ids,
        "clauses": [legible("" if pk else f.clause or f.item)[:200] for f, pk in zip(found, ids, strict=True)],
        "responsibilities": [f.responsibility for f in found],
        "severities": [f.severity for f in found],
        "descriptions": [legible(f.description).strip() for f in found],
        "bodies": [f.body if f.body in bodies else None for f in found],
        "on_spot": [f.on_spot for f in found],
        "due": due,
        "requirements": [legible(f.requirement).strip() for f in found],
    }


def _files(reading: checklists.Reading, files: Sequence[Stored]) -> dict[str, Any]:
    slots = [reading.files[file.name] for file in files]
    return {
        "file_names": [file.name for file in files], "file_hashes": [file.sha256 for file in files],
        "file_sizes": [file.size for file in files], "file_types": [file.media_type for file in files],
        "file_personal": [file.personal for file in files], "file_kinds": [slot.kind for slot in slots],
        "file_findings": [slot.finding for slot in slots],
    }  # fmt: skip


def _detail(
    form: rulebook.Form, reading: checklists.Reading, files: Sequence[Stored], sha256: str
) -> dict[str, object]:
    return {
        "form": form.form_id, "version": form.version, "sha256": sha256, "findings": len(reading.findings),
        "outcome": reading.outcome, "files": [file.sha256 for file in files],
    }  # fmt: skip


def _event(
    carrier: fieldwork.Carrier, outing: fieldwork.Outing, form: rulebook.Form, instance: checklists.Instance,
    reading: checklists.Reading, files: Sequence[Stored], sha256: str, *, at: datetime,
) -> str:  # fmt: skip
    """Return the text that the chain seals; the statement writes the same facts into the event's columns."""
    person = carrier.device.person
    return canonical(
        Event(
            at=at, actor=person.username, actor_name=person.name, verb="submission.receive", kind="submission",
            key=instance.instance_id, division=outing.division, body=outing.office,
            detail=_detail(form, reading, files, sha256),
        )
    )  # fmt: skip


@transaction.atomic
def _again(known: Submission, files: Sequence[Stored], *, sha256: str, at: datetime) -> Receipt:
    """Acknowledge a known instance and keep the files that had not come yet; each is an act on record."""
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
