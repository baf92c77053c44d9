"""What the intake's statement is handed: one submission, taken apart into its parameters."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.models import RecordingApproval
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.states import FileKind, Mode, Outcome
from mingcha.flow.rectifications import dues, intake_sql
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit.models import Event
from mingcha.ground.evidence.actions import Stored
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions.sites import CODE
from mingcha.kernel import checklists
from mingcha.kernel.legible import legible

CLOCK_BEHIND = timedelta(days=7)  # longer than any phone is without a signal
SOUND = (FileKind.AUDIO, FileKind.VIDEO)


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
    breaches = [{"code": b.code, "path": b.path, "value": b.value[:200]} for b in reading.breaches]
    breaches += _unapproved(reading, outing, begun=begun)
    return {
        "device": carrier.device.pk, "person": carrier.device.person_id, "teams": "{" + ",".join(map(str, carrier.teams)) + "}",
        "known": carrier.known, "instance": instance.instance_id, "inspection": outing.id,
        "checklist": form.id, "sha256": sha256, "xml": xml.decode("utf-8"), "site_code": reading.site_code[:30],
        "site_name": legible(reading.site_name)[:80] or reading.site_code[:30], "answers": reading.answers,
        "site_named": f"{reading.site_code} {legible(reading.site_name)}".strip()[:120],
        "breaches": breaches, "held": held,
        "expected": {name: [slot.kind, slot.finding] for name, slot in reading.files.items()},
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
        "answered": _answered(form, reading), "findings": _findings(reading, items, bodies, outing, at=at),
        "files": _files(reading, files),
        "event": _event(carrier, outing, form, instance, reading, files, sha256, at=at),
        "event_detail": _detail(form, reading, files, sha256),
        "actor": carrier.device.person.username, "actor_name": carrier.device.person.name,
    }  # fmt: skip


def times(reading: checklists.Reading, outing: fieldwork.Outing, *, at: datetime) -> tuple[datetime, datetime]:
    """
    Return when a visit began and ended by the phone's clock, within its outing and not after it came in at `at`.

    An outing without a list began with whichever of its visits came in first, which binds the others to nothing.
    """
    earliest = seen(reading, at=at) if outing.extra else outing.departed_at
    closed = max(min(reading.ended or at, at), earliest)
    return max(min(reading.started or at, closed), earliest), closed


def seen(reading: checklists.Reading, *, at: datetime) -> datetime:
    """Return when a visit was made: by the phone's clock, unless that is ahead, or far behind the time it came in."""
    began = min(reading.started or at, at)
    return began if at - began <= CLOCK_BEHIND else at


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


def _unapproved(reading: checklists.Reading, outing: fieldwork.Outing, *, begun: datetime) -> list[dict[str, str]]:
    """Return as breaches the sound that a covert visit recorded without an approval in force when the visit began."""
    sound = [(name, slot) for name, slot in reading.files.items() if slot.kind in SOUND]
    if reading.mode != Mode.COVERT or not sound:
        return []
    approved = RecordingApproval.objects.filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=begun), campaign=outing.campaign, office=outing.office,
        approved_at__lte=begun, until__gt=begun,
    )  # fmt: skip
    return [] if approved.exists() else [{"code": "covert_audio", "path": s.path, "value": name} for name, s in sound]


def _cited(reading: checklists.Reading, outing: fieldwork.Outing) -> tuple[set[int], set[str]]:
    """Return which of the rules and bodies named are such as a finding of this round may name."""
    items = {int(f.item) for f in reading.findings if f.item.isascii() and f.item.isdigit()}
    bodies = {f.body for f in reading.findings if f.body}
    if items:
        items = set(campaigns.items_of(outing.campaign).filter(pk__in=items).values_list("pk", flat=True))
    if bodies:
        bodies = set(territory.bodies_over(outing.division).filter(pk__in=bodies).values_list("pk", flat=True))
    return items, bodies


def _answered(form: rulebook.Form, reading: checklists.Reading) -> list[dict[str, Any]]:
    rows = []
    for name, pk in form.questions.items():
        verdict, counts, said = reading.verdicts.get(name, ""), reading.counts.get(name), reading.said.get(name, "")
        if verdict or counts or said:
            reported, verified = counts or (None, None)
            rows.append(
                {"question": pk, "verdict": verdict, "reported": reported, "verified": verified, "said": legible(said)}
            )
    return rows


def _findings(
    reading: checklists.Reading, items: set[int], bodies: set[str], outing: fieldwork.Outing, *, at: datetime
) -> list[dict[str, Any]]:
    rows = []
    for found in reading.findings:
        item = int(found.item) if found.item.isascii() and found.item.isdigit() and int(found.item) in items else None
        due = None if found.on_spot else _due(found, item, outing, at=at)
        rows.append(
            {
                "ordinal": found.ordinal, "item": item, "responsibility": found.responsibility,
                "clause": "" if item else legible(found.clause or found.item)[:200], "severity": found.severity,
                "description": legible(found.description).strip(), "body": found.body if found.body in bodies else None,
                "on_spot": found.on_spot, "requirement": legible(found.requirement).strip(),
                "due": due and due.at, "term": due.term if due else "", "tentative": bool(due and due.tentative),
            }
        )  # fmt: skip
    return rows


def _files(reading: checklists.Reading, files: Sequence[Stored]) -> list[dict[str, Any]]:
    slots = [reading.files[file.name] for file in files]
    return [
        {
            "name": file.name, "sha256": file.sha256, "size": file.size, "media_type": file.media_type,
            "personal": file.personal, "kind": slot.kind, "finding": slot.finding,
        }
        for file, slot in zip(files, slots, strict=True)
    ]  # fmt: skip


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
    return audit.canonical(
        Event(
            at=at, actor=person.username, actor_name=person.name, verb="submission.receive", kind="submission",
            key=instance.instance_id, division=outing.division, body=outing.office,
            detail=_detail(form, reading, files, sha256),
        )
    )  # fmt: skip


def _due(found: checklists.Found, item: int | None, outing: fieldwork.Outing, *, at: datetime) -> dues.Due:
    """Return by when a finding is to be put right: as agreed on the spot, else by the office's rule, from `at` on."""
    if found.due_at and found.due_at > at:
        return dues.Due(found.due_at, "", tentative=False)
    if found.due_hours:
        return dues.Due(at + timedelta(hours=found.due_hours), "", tentative=False)
    return dues.due(
        "rectify", start=at, emergency=at <= outing.emergency_until, offices=territory.upward(outing.office),
        severity=found.severity, item=item,
    )  # fmt: skip
