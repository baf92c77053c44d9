"""One finding's whole story, the visit it came from, and the photos."""

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingcha.doors.desk import residents, stories, submitted
from mingcha.doors.hall import showing
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.queries import imported
from mingcha.flow.referrals import queries as referrals
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries as rulebook

if TYPE_CHECKING:
    from mingcha.flow.fieldwork.models import Attachment, EmbeddedRecord, Submission, Visit
    from mingcha.flow.findings.models import Finding


@require_safe
@door()
def show(request: Request, *, pk: int) -> HttpResponse:
    """Tell a finding's story: what was seen, which rule, whose, what was done about it, and by whom when."""
    finding = findings.finding(pk, to=request.standing)
    order = rectifications.of_finding(finding)
    words = {
        "finding": finding,
        "item": finding.item,
        "newest": rulebook.editions(finding.item.edition.rulebook).first() if finding.item else None,
        "photos": findings.photos(finding),
        "order": order,
        "imported": imported.row_of(order) if order else None,
        "registered": finding.visit.inspection.team.registered,
        "clock": stories.clock(order, at=request.now),
        "replies": rectifications.replies(order) if order else (),
        "may_open_order": _may_open(request, finding),
        "story": stories.of(finding, order),
        "record": _record(request, finding.visit),
        "may_ledger": request.standing.can(P.LEDGER_SEE),
        "submission": _submission(request, finding.visit),
        "may_visit": fieldwork.visits(to=request.standing).filter(pk=finding.visit_id).exists(),
        "again": findings.recurrences(finding),
        "alike": findings.earlier_alike(finding)[:5],
        "rights": custody.of_visit(finding.visit, to=request.standing),
        **_leads(request, finding),
        "suspicions": residents.in_finding(finding, order) if _is_office(request, finding.division) else (),
    }
    return render(request, "desk/finding.html", words)


def _leads(request: Request, finding: "Finding") -> dict[str, object]:
    """Return the leads that came of it, for who may see leads, and whether this person may register one."""
    if not request.standing.can(P.LEAD_SEE):
        return {}
    found = list(referrals.of_finding(finding, to=request.standing))
    free = finding.state == "confirmed" and not any(lead.source in ("finding", "recurrence") for lead in found)
    return {"leads": found, "may_refer": free and request.standing.can(P.LEAD_KEEP)}


def _is_office(request: Request, place: str) -> bool:
    """Whether somebody judges what was found there: who is told of what a phone wrote that it should not have."""
    return request.standing.covers(P.ORDER_VERIFY, place)


def _may_open(request: Request, finding: "Finding") -> bool:
    """Whether the order's own page, and the unit's proofs, are open to this person."""
    if not request.standing.can(P.ORDER_SEE):
        return False
    return rectifications.orders(to=request.standing).filter(finding=finding).exists()


def _record(request: Request, visit: "Visit") -> "EmbeddedRecord | None":
    """Return the embedded record a visit was begun from, where one may read it."""
    return None if visit.drawn else fieldwork.embedded(to=request.standing).filter(visit=visit).first()


@require_safe
@door()
def visit(request: Request, *, pk: int) -> HttpResponse:
    """Show what a team did at one site: answers, counts held against each other, photos, findings, feedback."""
    found = fieldwork.visit(pk, to=request.standing)
    rights = custody.of_visit(found, to=request.standing)
    answers, noted = fieldwork.answers(found), findings.of_visit(found)
    office = _is_office(request, found.site.division_id)
    words = {
        "visit": found,
        "rights": rights,
        "answers": answers,
        "photos": fieldwork.photos(found),
        "findings": noted,
        "suspicions": residents.in_visit(found, answers, noted) if office else (),
        "earlier": fieldwork.last_visit_of(found.site, before=found),
        "record": _record(request, found),
        "may_ledger": request.standing.can(P.LEDGER_SEE),
        "brought": [each for each in _brought(found) if rights.opens(each)],
        "submission": _submission(request, found),
        "position": _position(found),
    }
    return submitted.with_sound(render(request, "desk/visit.html", words))


def _brought(visit: "Visit") -> list["Attachment"]:
    """Return what came with a visit beside its photos: signatures, voice notes and the rest."""
    return list(fieldwork.attachments(visit.submission).exclude(kind="photo")) if visit.submission else []


def _submission(request: Request, visit: "Visit") -> "Submission | None":
    """Return what a visit was sent as, where one may read it."""
    if visit.submission_id is None or not request.standing.can(P.LEDGER_SEE):
        return None
    return fieldwork.submissions(to=request.standing).filter(pk=visit.submission_id).first()


def _position(visit: "Visit") -> str:
    """Return where the phone was, as text; "" where it did not say."""
    if visit.latitude is None or visit.longitude is None:
        return ""
    return submitted.position(visit.latitude, visit.longitude, visit.accuracy)


@require_safe
@door()
def photo(request: Request, *, pk: int) -> HttpResponseBase:
    """Show a photo to those of the place, to who may read the finding it belongs to, and to the unit that owes it."""
    for look in (fieldwork.photo, findings.photo, rectifications.photo):
        try:
            found = look(pk, to=request.standing)
        except NotFound:
            continue
        may_keep = custody.of_visit(found.visit, to=request.standing).originals
        return showing.answer(request, found.evidence, may_keep=may_keep, division=found.visit.site.division_id)
    raise NotFound
