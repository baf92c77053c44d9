"""The on-site feedback slip, to be shown and printed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingcha.doors.desk import residents, slips
from mingcha.doors.hall import codes, wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.states import Mode, VisitState
from mingcha.flow.findings import queries as findings
from mingcha.ground.accounts.queries import NotFound


@require_safe
@door()
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show the slip of a visit that has ended to the offices and to the team; of a covert one there is none."""
    visit = fieldwork.visit(pk, to=request.standing)
    if not custody.of_visit(visit, to=request.standing).originals:
        raise NotFound
    if visit.state != VisitState.CLOSED or visit.mode == Mode.COVERT:
        covert = visit.mode == Mode.COVERT
        messages.warning(request, _("暗访不留现场反馈单。") if covert else _("检查结束后才有现场反馈单。"))
        return redirect("desk:visit", pk)
    noted = findings.of_visit(visit)
    found = slips.lines(noted)
    return render(request, "desk/slip.html", {
        "visit": visit, "begun": wording.full_moment(visit.begun_at), "closed": wording.full_moment(visit.closed_at or visit.begun_at),
        "lines": found, "signatures": slips.signatures(visit), "code": codes.qr(slips.code(visit, found)),
        "suspicions": residents.in_visit(visit, (), noted),
    })  # fmt: skip
