"""Phones that may send for a person: listed on the person's page, given a token that is shown once, revoked at once."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.devices import Give
from mingcha.doors.hall import clock, codes
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.ground.accounts import devices
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import devices as giving
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel import collect
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Person

# A phone that scans such an address looks for the server in itself.
HERE_ONLY = ("localhost", "127.0.0.1", "[::1]")


def section(request: Request, person: "Person") -> dict[str, Any]:
    """Return what a person's page says of their phones; nothing where they are not this reader's to look after."""
    if not _looks_after(request, person):
        return {}
    found = list(devices.of_person(person))
    last = fieldwork.last_received(found)
    lines = [(device, last.get(device.pk)) for device in found]
    able = accounts.standing(person, at=request.now).can(P.VISIT_MAKE)
    return {
        "may_give": able, "phones": [line for line in lines if line[0].revoked_at is None],
        "old_phones": [line for line in lines if line[0].revoked_at is not None], "shows_phones": able or bool(lines),
    }  # fmt: skip


def _looks_after(request: Request, person: "Person") -> bool:
    """Whether these are one's own phones, or those of one's office's people."""
    if person.pk == request.user.pk:
        return True
    standing = request.standing
    keeps = standing.can(P.ORGANISATION_KEEP)
    return keeps and accounts.people(to=standing, at=request.now).filter(pk=person.pk).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@door()
def new(request: Request, *, username: str) -> HttpResponse:
    """Give a phone of one's own, or of one's office's people, a token; it stands on the answer and nowhere else."""
    if not (request.standing.can(P.VISIT_MAKE) or request.standing.can(P.ORGANISATION_KEEP)):
        raise PermissionDenied
    person = accounts.person(username, to=request.standing, at=request.now)
    if not _looks_after(request, person):
        raise accounts.NotFound
    form = Give(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            device, token = giving.add(person, label=form.cleaned_data["label"], by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            return render(request, "desk/device_given.html", _given(request, token) | {"device": device})
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {"person": person, "own": person.pk == request.user.pk, "form": form, "refusal": refusal}
    return render(request, "desk/device_new.html", words, status=status)


def _given(request: Request, token: str) -> dict[str, Any]:
    """Return the token with all that a phone can be told by it."""
    address = request.build_absolute_uri(reverse("openrosa_key:form_list", kwargs={"token": token}))
    address = address.removesuffix("/formList")
    project = _("明察（演示）") if clock.is_demo() else _("明察")
    return {
        "token": token, "address": address, "code": codes.qr(collect.settings(address, project), error="l"),
        "here_only": request.get_host().rsplit(":", 1)[0] in HERE_ONLY,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door()
def revoke(request: Request, *, pk: int) -> HttpResponse:
    """End a phone's token, once that was asked: what has not been sent yet stays on the phone."""
    device = devices.device(pk, to=request.standing, at=request.now)
    if not _looks_after(request, device.person):
        raise accounts.NotFound
    refusal = None
    if request.method == "POST":
        try:
            giving.revoke(device, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已收回“%(phone)s”的凭证，这台手机不能再发送。") % {"phone": device.label})
            return redirect("desk:person", device.person.username)
    words = {"device": device, "last": fieldwork.last_received([device]).get(device.pk), "refusal": refusal}
    return render(request, "desk/device_revoke.html", words, status=refusal.status if refusal else 200)
