"""At the site: the checklist, and the end of a visit."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.field import words as field_words
from mingcha.doors.field.forms.answers import AnswersForm, is_given
from mingcha.doors.field.forms.visits import CloseForm
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings as fieldwork_actions
from mingcha.flow.fieldwork.states import Mode, VisitState
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications_actions
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.states import Way
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.rulebook import queries as rulebook
from mingcha.kernel.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.VISIT_MAKE)
def visit(request: Request, *, pk: int) -> HttpResponse:
    """Show the checklist and save it; the button pressed says where to go afterwards. Once ended: the summary."""
    found = fieldwork.my_visit(pk, to=request.standing)
    if request.method != "POST":
        return _summary(request, found) if found.state == VisitState.CLOSED else _checklist(request, found)
    form = _answers_form(found, request.POST)
    if not form.is_valid():
        return _checklist(request, found, form, status=422)
    try:
        fieldwork_actions.answer(found, given=form.given(), by=request.user, at=request.now)
    except Refusal as refusal:
        return _checklist(request, found, form, refusal=refusal, status=refusal.status)
    go = request.POST.get("go", "")
    if taken_back := re.fullmatch(r"withdraw-([0-9]{1,18})", go):
        return redirect("field:finding_withdraw", pk=pk, finding=taken_back[1])
    if go in ("finding_new", "visit_photo", "visit_close"):
        return redirect(f"field:{go}", pk=pk)
    messages.success(request, _("已保存。"))
    return redirect("field:visit", pk=pk)


def _answers_form(found: Any, data: Any = None) -> AnswersForm:
    questions = rulebook.questions(found.checklist)
    return AnswersForm(data, questions=questions, answers=fieldwork.answers(found))


def _checklist(
    request: Request, found: Any, form: AnswersForm | None = None, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    form = form or _answers_form(found)
    lines = form.lines()
    words = {
        **_about(found), "form": form, "lines": lines, "refusal": refusal,
        "answered": sum(is_given(answer) for answer in form.answers.values()),
        "failed": sum(line.failed for line in lines), "photo_count": fieldwork.photos(found).count(),
    }  # fmt: skip
    return render(request, "field/visit.html", words, status=status)


def _about(found: Any) -> dict[str, Any]:
    """Return what every page of a visit shows: the site, its place, and the findings with how they are put right."""
    noted: list[Any] = list(findings.of_visit(found))
    orders = rectifications.of_findings([finding.pk for finding in noted])
    for finding in noted:
        finding.order = orders.get(finding.pk)
    return {
        "visit": found, "site": found.site, "place": field_words.places([found.site])[found.site_id],
        "findings": noted, "covert": found.mode == Mode.COVERT,
        "issued": sum(finding.order is not None and finding.order.way == Way.BY_DEADLINE for finding in noted),
    }  # fmt: skip


def _summary(request: Request, found: Any, *, refusal: Refusal | None = None) -> HttpResponse:
    words = {
        **_about(found),
        "lines": _answers_form(found).lines(),
        "photos": fieldwork.photos(found),
        "refusal": refusal,
    }
    return render(request, "field/summary.html", words, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.VISIT_MAKE)
def close(request: Request, *, pk: int) -> HttpResponse:
    """End the visit: outcome and feedback; its findings are confirmed and orders go out."""
    found = fieldwork.my_visit(pk, to=request.standing)
    if request.method != "POST":
        if found.state == VisitState.CLOSED:
            return redirect("field:visit", pk=pk)
        return _closing(request, found, CloseForm(covert=found.mode == Mode.COVERT))
    form = CloseForm(request.POST, covert=found.mode == Mode.COVERT)
    if not form.is_valid():
        return _closing(request, found, form, status=422)
    given = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "residents_checked"}
    try:
        confirmed = rectifications_actions.close_visit(found, **given, by=request.user, at=request.now)
    except (fieldwork_actions.ReasonMissing, rectifications_actions.FeedbackMissing) as refusal:
        place = "feedback" if isinstance(refusal, rectifications_actions.FeedbackMissing) else "reason"
        form.add_error(place, refusal.sentence(_(refusal.message)))
        return _closing(request, found, form, status=refusal.status)
    except Refusal as refusal:
        return _closing(request, found, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("检查已结束，确认问题 %(n)s 个。") % {"n": len(confirmed)})
    return redirect("field:visit", pk=pk)


def _closing(
    request: Request, found: Any, form: CloseForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    answers = list(fieldwork.answers(found))
    words = {
        **_about(found), "form": form, "refusal": refusal,
        "failed": sum(answer.verdict == "fail" for answer in answers),
        "unanswered": rulebook.questions(found.checklist).count() - sum(is_given(answer) for answer in answers),
    }  # fmt: skip
    return render(request, "field/close.html", words, status=status)
