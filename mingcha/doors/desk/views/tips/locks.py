"""Unlocking, locking, the first passphrase and a new one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.doors.desk import strongbox
from mingcha.doors.desk.forms.tips import Begin, Change, Unlock
from mingcha.doors.desk.unlocking import asked, room
from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Request, inside
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal
from mingcha.tips.actions import unlocking
from mingcha.tips.queries import keys


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def unlock(request: Request) -> HttpResponse:
    """Open one's own key with its passphrase, or set the first one, and go back to the page that asked."""
    onward = inside(request, request.POST.get("next") or request.GET.get("next")) or reverse("desk:tips")
    if request.method != "POST":
        return asked(request, onward=onward, status=200)
    known = keys.has_pair(request.user)
    form = Unlock(request.POST) if known else Begin(request.POST)
    if not form.is_valid():
        return asked(request, onward=onward, form=form, status=422)
    passphrase = form.cleaned_data["passphrase"]
    try:
        if known:
            # A brake on guessing needs time that passes, also where the demo's stands still.
            opened = unlocking.unlock(passphrase=passphrase, tried_at=clock.running(), by=request.user, at=request.now)
        else:
            opened = unlocking.begin(passphrase=passphrase, by=request.user, at=request.now)
    except Refusal as refusal:
        return asked(request, onward=onward, refusal=refusal)
    answer = HttpResponseRedirect(onward)
    strongbox.keep(request, answer, opened)
    return answer


@require_POST
@room(P.TIP_HANDLE)
def lock(request: Request) -> HttpResponse:
    """Lock now; what lies open in another tab asks for the passphrase again."""
    answer = redirect("desk:tip_unlock")
    strongbox.lock(request, answer)
    messages.success(request, _("已上锁。"))
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def anew(request: Request) -> HttpResponse:
    """Begin anew where the passphrase is forgotten: the old pair and all that was granted to it are gone."""
    form, refusal = Begin(request.POST or None), None
    if form.is_valid():
        try:
            opened = unlocking.begin(
                passphrase=form.cleaned_data["passphrase"], anew=True, by=request.user, at=request.now
            )
        except Refusal as failure:
            refusal = failure
        else:
            answer = redirect("desk:tip_keys")
            strongbox.keep(request, answer, opened)
            messages.success(request, _("已重新设定。请持有密钥的同事当面核对指纹后授予您。"))
            return answer
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {"form": form, "refusal": refusal, "anew": True}
    return render(request, "desk/tip_passphrase.html", words, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def passphrase(request: Request) -> HttpResponse:
    """Take a new passphrase in place of the one at hand."""
    strongbox.opened(request)
    form = Change(request.POST or None)
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            unlocking.change_passphrase(
                old=given["old"], new=given["passphrase"], tried_at=clock.running(), by=request.user, at=request.now
            )
        except Refusal as failure:
            refusal = failure
        else:
            answer = redirect("desk:tip_unlock")
            strongbox.lock(request, answer)
            messages.success(request, _("口令已更换，请用新口令解锁。"))
            return answer
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/tip_passphrase.html", {"form": form, "refusal": refusal}, status=status)
