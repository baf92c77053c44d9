"""OpenRosa 1.0: the list of forms, a form, the lists it chooses from, and what was filled in."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.hall import clock
from mingcha.doors.openrosa import parts
from mingcha.doors.openrosa.phones import LARGEST, PhoneRequest, answer, phone
from mingcha.flow.fieldwork import packages
from mingcha.flow.rectifications import intake
from mingcha.ground.accounts.queries import NotFound

XML = "text/xml; charset=utf-8"


@phone
@require_safe
def form_list(request: PhoneRequest) -> HttpResponse:
    """List the forms that this phone may fill in."""
    forms = [
        {
            "form": form,
            "hash": hashlib.md5(form.xform.encode(), usedforsecurity=False).hexdigest(),
            "url": _address(request, "form", pk=form.pk),
            "manifest": _address(request, "manifest", pk=form.pk) if packages.wanted(form) else "",
        }
        for form in packages.forms(request.carrier)
    ]
    return render(request, "openrosa/form_list.xml", {"forms": forms}, content_type=XML)


@phone
@require_safe
def form(request: PhoneRequest, *, pk: int) -> HttpResponse:
    """Give a form, word for word as published."""
    found = packages.form(pk, request.carrier)
    if found is None:
        raise NotFound
    return HttpResponse(found.xform, content_type=XML)


@phone
@require_safe
def manifest(request: PhoneRequest, *, pk: int) -> HttpResponse:
    """Name the lists that a form chooses from; they hold this round's rules, sites and bodies."""
    found = packages.form(pk, request.carrier)
    if found is None:
        raise NotFound
    files = [
        {
            "name": name,
            "hash": hashlib.md5(
                packages.csv_of(name, request.carrier).encode(), usedforsecurity=False
            ).hexdigest(),
            "url": _address(request, "media", pk=pk, name=name),
        }
        for name in packages.wanted(found)
    ]  # fmt: skip
    return render(request, "openrosa/manifest.xml", {"files": files}, content_type=XML)


@phone
@require_safe
def media(request: PhoneRequest, *, pk: int, name: str) -> HttpResponse:
    """Give one of the lists."""
    found = packages.form(pk, request.carrier)
    if found is None or name not in packages.wanted(found):
        raise NotFound
    return HttpResponse(packages.csv_of(name, request.carrier), content_type="text/csv; charset=utf-8")


@phone
@require_http_methods(["HEAD", "POST"])
def submission(request: PhoneRequest) -> HttpResponse:
    """Take what was filled in: 201 once it is on disk, 202 where it already was."""
    if request.method == "HEAD":
        return HttpResponse(status=204, headers={"Location": request.build_absolute_uri()})
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise parts.TooMuch
    taken = parts.Parts()
    try:
        xml = parts.read(request, taken)
        receipt = intake.receive(request.carrier, xml=xml, files=taken.files, at=clock.now())
    finally:
        taken.discard()
    said = _("已收到，谢谢。") if receipt.new else _("以前已收到过，没有重复登记。")
    return answer(said, status=201 if receipt.new else 202, receipt=receipt)


def _address(request: HttpRequest, page: str, /, **given: object) -> str:
    token = getattr(request, "token", "")
    if token:
        return request.build_absolute_uri(reverse(f"openrosa_key:{page}", kwargs={"token": token, **given}))
    return request.build_absolute_uri(reverse(f"openrosa:{page}", kwargs=given))
