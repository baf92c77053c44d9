"""At the site: the checklist, the photos, the end of a visit."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.field import words as field_words
from mingcha.doors.field.forms.answers import AnswersForm, is_given
from mingcha.doors.field.forms.visits import CloseForm, PhotosForm
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import actions as fieldwork_actions
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.states import Mode, VisitState
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import actions as rectifications_actions
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.states import Way
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.evidence import actions as evidence_actions
from mingcha.ground.evidence import queries as evidence
from mingcha.ground.rulebook import queries as rulebook
from mingcha.kernel import privacy
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
    if go.startswith("withdraw-") and go[9:].isdecimal():
        return redirect("field:finding_withdraw", pk=pk, finding=int(go[9:]))
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
    words = {**_about(found), "lines": _answers_form(found).lines(), "photos": fieldwork.photos(found), "refusal": refusal}
    return render(request, "field/summary.html", words, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.VISIT_MAKE)
def add_photo(request: Request, *, pk: int) -> HttpResponse:
    """Show a visit's photos and take more. Good files are kept whatever is wrong with the others or the caption."""
    found = fieldwork.my_visit(pk, to=request.standing)
    if request.method != "POST":
        return _photos(request, found, PhotosForm())
    form = PhotosForm(request.POST, request.FILES)
    files = request.FILES.getlist("camera") + request.FILES.getlist("album")
    if not files:
        return _photos(request, found, form, sentences=[_("还没有选照片，请先拍照或从相册选。")], status=422)
    sentences = _caption_faults(form)
    try:
        kept, refused = fieldwork_actions.add_photos(
            found, files=_read(files), caption="" if sentences else form.cleaned_data["caption"],
            by=request.user, at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _photos(request, found, form, sentences=[refusal.sentence(_(refusal.message))], status=refusal.status)
    if kept:
        words = ngettext("已存下 %(n)s 张照片。", "已存下 %(n)s 张照片。", len(kept)) % {"n": len(kept)}
        messages.success(request, words)
    sentences += [refusal.sentence(_(refusal.message)) for refusal in refused]
    if sentences:
        return _photos(request, found, form, sentences=sentences, status=422)
    return redirect("field:visit_photo", pk=pk)


def _read(files: list[Any]) -> Iterator[tuple[str, bytes]]:
    """Read one file at a time, and no more of it than shows that it is too large."""
    for file in files:
        yield file.name, file.read(evidence_actions.LARGEST + 1)


def _caption_faults(form: PhotosForm) -> list[str]:
    """Say why a caption is not kept. The photos are: they may exist nowhere else."""
    if not form.is_valid():
        return [_("照片说明太长，没有存，请缩短到 120 字以内。")]
    hits = privacy.detect(form.cleaned_data["caption"])
    kinds = "、".join(sorted({_(privacy.LABELS[hit.kind]) for hit in hits}))
    return [_("照片说明像是居民个人信息（%(kinds)s），没有存，请改写。") % {"kinds": kinds}] if hits else []


def _photos(
    request: Request, found: Any, form: PhotosForm, *, sentences: list[str] | None = None, status: int = 200
) -> HttpResponse:
    words = {
        "visit": found, "site": found.site, "form": form, "photos": fieldwork.photos(found), "sentences": sentences,
        "open": found.state == VisitState.BEGUN,
    }  # fmt: skip
    return render(request, "field/photos.html", words, status=status)


@require_safe
@door(P.VISIT_MAKE)
def photo(request: Request, *, pk: int) -> HttpResponse:
    """Serve a photo to who may see its visit."""
    found = fieldwork.photo(pk, to=request.standing)
    answer = HttpResponse(evidence.read(found.evidence), content_type=found.evidence.media_type)
    # Kept by the phone for an hour: without signal, pages that show the same photos again must not fetch them again.
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Content-Disposition"] = "inline"
    return answer


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
    except fieldwork_actions.ReasonMissing as refusal:
        form.add_error("reason", refusal.sentence(_(refusal.message)))
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
