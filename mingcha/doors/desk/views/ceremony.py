"""
The ceremony of a round: two officers of two bodies, each at a screen of their own.

1. Each puts in a secret; its commitment is on both screens at once.
2. After the public value's hour one types it as read, the other reads and types it again, without seeing the first.
3. Draw and sealing follow in the same act. A part of the page asks every two seconds where the round stands; what is
   being typed is left alone until the step itself has changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk.forms.ceremony import Deposit, Value
from mingcha.doors.hall.access import Request, door
from mingcha.flow.draws import actions, queries
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from django import forms

    from mingcha.flow.draws.models import Round, RoundParty


@dataclass(frozen=True)
class Stage:
    """What one's own screen asks for now; `body` is who one acts for, where one may act."""

    name: str
    body: str = ""


@require_safe
@door(P.ROUND_WITNESS)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show the ceremony as it stands, with the step that is one's own."""
    return _page(request, queries.round_(pk, to=request.standing))


@require_safe
@door(P.ROUND_WITNESS)
def progress(request: Request, *, pk: int) -> HttpResponse:
    """Say where the round stands; where one's own step has changed since `stage`, that part of the page as well."""
    held = queries.round_(pk, to=request.standing)
    words = _words(request, held)
    words["changed"] = request.GET.get("stage", "") != words["stage"].name
    return render(request, "desk/ceremony_progress.html", words)


@require_POST
@door(P.ROUND_WITNESS)
def deposit(request: Request, *, pk: int) -> HttpResponse:
    """Put in one body's secret."""
    held = _own(request, pk)
    form = Deposit(request.POST)
    if not form.is_valid():
        return _page(request, held, form)
    try:
        actions.deposit(held, words=form.cleaned_data["words"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, form, refusal=refusal)
    messages.success(request, _("秘密已投入并锁好，承诺已公布。以后谁换秘密，承诺就对不上。"))
    return redirect("desk:ceremony", pk)


@require_POST
@door(P.ROUND_WITNESS)
def announce(request: Request, *, pk: int) -> HttpResponse:
    """Put down the public value as one reads it."""
    held = _own(request, pk)
    form = Value(request.POST)
    if not form.is_valid():
        return _page(request, held, form)
    try:
        read = actions.announce(held, value=form.cleaned_data["value"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, held, form, refusal=refusal)
    messages.success(request, _("已录入“%(value)s”，请另一家复核。") % {"value": read})
    return redirect("desk:ceremony", pk)


@require_POST
@door(P.ROUND_WITNESS)
def agree(request: Request, *, pk: int) -> HttpResponse:
    """Read the public value again in the other body's name; the draw follows at once."""
    held = _own(request, pk)
    form = Value(request.POST)
    if not form.is_valid():
        return _page(request, held, form)
    try:
        actions.agree(held, value=form.cleaned_data["value"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, queries.round_(pk, to=request.standing), form, refusal=refusal)
    messages.success(request, _("两次读数一致，已抽签，清单已密封，并通知了检查组。"))
    return redirect("desk:ceremony", pk)


def _own(request: Request, pk: int) -> "Round":
    """Return a round that one's own body has a part in. Raises NotFound."""
    held = queries.round_(pk, to=request.standing)
    if not queries.party_of(held, to=request.standing):
        raise NotFound
    return held


def _page(
    request: Request, held: "Round", form: "forms.Form | None" = None, *, refusal: Refusal | None = None
) -> HttpResponse:
    words = _words(request, held) | {"refusal": refusal}
    if form is not None:
        words["form"] = form
    failed = form is not None and bool(form.errors)
    return render(request, "desk/ceremony.html", words, status=refusal.status if refusal else 422 if failed else 200)


def _words(request: Request, held: "Round") -> dict[str, Any]:
    parties = list(queries.parties(held))
    stage = _stage(request, held, parties)
    lists = list(queries.lists(held))
    sealed = [each for each in lists if each.state == "sealed"]
    return {
        "round": held, "parties": parties, "stage": stage, "lists": lists, "sealed_count": len(sealed),
        "next_departure": min((each.departs_at for each in sealed), default=None),
        "left": left(held.public_at, at=request.now),
        "may_hold": request.standing.covers(P.ROUND_HOLD, held.office.division_id),
        "form": Value() if stage.name in ("announce", "agree", "announced") else Deposit(),
        "over": held.campaign.state != "open", "going": held.state in ("frozen", "committed", "drawn"),
    }  # fmt: skip


def _stage(request: Request, held: "Round", parties: list["RoundParty"]) -> Stage:
    """Return the step that is one's own. An officer of both bodies acts for the one that has put in nothing yet."""
    served = request.standing.serves(P.ROUND_WITNESS)
    mine = [party for party in parties if party.body_id in served]
    body = next((party.body.name for party in mine if party.deposited_at is None), mine[0].body.name if mine else "")
    if held.state in ("begun", "drawn", "revealed", "void") or held.campaign.state != "open":
        return Stage(held.state, body)
    if not mine:
        return Stage("watching")
    if held.state == "frozen":
        return Stage("deposit" if any(party.deposited_at is None for party in mine) else "deposited", body)
    if held.public_at is not None and request.now < held.public_at:
        return Stage("hour", body)
    if held.announced_by_id is None:
        return Stage("announce", body)
    return Stage("announced" if held.announced_by_id == request.user.pk else "agree", body)


def left(moment: datetime | None, *, at: datetime) -> str:
    """Return how long it is until a moment, in words; "" for none or one that has come."""
    if moment is None or moment <= at:
        return ""
    minutes, seconds = divmod(int((moment - at).total_seconds()), 60)
    days, minutes = divmod(minutes, 24 * 60)
    if days:
        return ngettext("还有 %(count)s 天", "还有 %(count)s 天", days) % {"count": days}
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("还有 %(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    return _("还有 %(minutes)s 分 %(seconds)s 秒") % {"minutes": minutes, "seconds": seconds}
