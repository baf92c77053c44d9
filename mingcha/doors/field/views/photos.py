"""At the site: taking photos, and looking at them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.field.forms.visits import PhotosForm
from mingcha.doors.hall import showing, uploads
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings as fieldwork_actions
from mingcha.flow.fieldwork.states import VisitState
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel import privacy
from mingcha.kernel.refusals import Refusal


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
            found, files=uploads.read(files), caption="" if sentences else form.cleaned_data["caption"],
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


def _caption_faults(form: PhotosForm) -> list[str]:
    """Say why a caption is not kept. The photos are: they may exist nowhere else."""
    if not form.is_valid():
        return [_("照片说明太长，没有存，请缩短到 120 字以内。")]
    hits = privacy.detect(form.cleaned_data["caption"])
    kinds = _("、").join(sorted({_(privacy.LABELS[hit.kind]) for hit in hits}))
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
def photo(request: Request, *, pk: int) -> HttpResponseBase:
    """Show a photo to who may see its visit."""
    found = fieldwork.photo(pk, to=request.standing)
    place, may_keep = found.visit.site.division_id, custody.of_visit(found.visit, to=request.standing).originals
    # Kept by the phone for an hour: without signal, pages that show the same photos again must not fetch them again.
    return showing.answer(request, found.evidence, may_keep=may_keep, division=place, cached=showing.AN_HOUR)
