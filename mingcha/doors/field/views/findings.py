"""At the site: noting a finding, and taking one back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.field.forms.finding import FindingForm, WithdrawForm
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.states import VisitState
from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.actions import AlreadyNoted
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import dues
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.VISIT_MAKE)
def note(request: Request, *, pk: int) -> HttpResponse:
    """Note a finding together with how it is put right."""
    visit = fieldwork.my_visit(pk, to=request.standing)
    if request.method != "POST":
        if visit.state == VisitState.CLOSED:
            return redirect("field:visit", pk=pk)
        return _show(request, visit, _form(request, visit))
    form = _form(request, visit, request.POST)
    if not form.is_valid():
        return _show(request, visit, form, status=422)
    try:
        rectifications.note_finding(visit, **form.asked(), by=request.user, at=request.now)
    except AlreadyNoted as refusal:
        messages.info(request, refusal.sentence(_(refusal.message)))
        return redirect("field:visit", pk=pk)
    except Refusal as refusal:
        said = form.refuse(refusal)
        return _show(request, visit, form, refusal=None if said else refusal, status=refusal.status)
    messages.success(request, _("问题已登记。结束检查前可以撤回。"))
    return redirect("field:visit", pk=pk)


def _form(request: Request, visit: Any, data: Any = None) -> FindingForm:
    outing = visit.inspection
    emergency = outing.campaign.in_emergency(request.now)
    severity, item = (str((data or {}).get(name, "")) for name in ("severity", "item"))
    by_rule = dues.due(
        "rectify", start=request.now, emergency=emergency, offices=territory.upward(outing.office_id),
        severity=severity, item=int(item) if item.isascii() and item.isdigit() else None,
    ).at  # fmt: skip
    return FindingForm(
        data, items=campaigns.items(visit.inspection.campaign),
        bodies=territory.bodies_over(visit.site.division.county_code), photos=fieldwork.photos(visit),
        earlier=findings.earlier_at(visit), site=visit.site,
        emergency=emergency, at=request.now, by_rule=by_rule,
    )  # fmt: skip


def _show(
    request: Request, visit: Any, form: FindingForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    pictures = list(zip(form["photos"], form.pictures.values(), strict=True))
    words = {"visit": visit, "site": visit.site, "form": form, "pictures": pictures, "refusal": refusal}
    return render(request, "field/finding.html", words, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.VISIT_MAKE)
def withdraw(request: Request, *, pk: int, finding: int) -> HttpResponse:
    """Take back a finding of a visit under way, with the reason."""
    visit = fieldwork.my_visit(pk, to=request.standing)
    found = findings.of_visit(visit).filter(pk=finding).first()
    if found is None:
        raise NotFound
    words: dict[str, Any] = {"visit": visit, "site": visit.site, "finding": found}
    if request.method != "POST":
        return render(request, "field/withdraw.html", words | {"form": WithdrawForm()})
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return render(request, "field/withdraw.html", words | {"form": form}, status=422)
    try:
        rectifications.withdraw_finding(found, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        words |= {"form": form, "refusal": refusal}
        return render(request, "field/withdraw.html", words, status=refusal.status)
    messages.success(request, _("问题已撤回，原因记录在案。"))
    return redirect("field:visit", pk=pk)
