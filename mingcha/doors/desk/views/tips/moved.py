"""A tip between offices: offered, taken or returned, sent straight up; what waits to be taken in."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import acts, strongbox, talked, tipped
from mingcha.doors.desk.forms.tips import Office, Text
from mingcha.doors.desk.unlocking import room
from mingcha.doors.desk.views.tips import doing
from mingcha.doors.desk.views.tips import tip as pages
from mingcha.doors.hall.access import Request, inside
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.tips import queries
from mingcha.tips.actions import transfers
from mingcha.tips.queries import reading
from mingcha.tips.unlocked import Locked

if TYPE_CHECKING:
    from mingcha.tips.models import Offer


@require_safe
@room(P.TIP_HANDLE)
def inbox(request: Request) -> HttpResponse:
    """List what other offices offer, and what one's own has sent; whose reporter a keeper of identities may send after it."""
    coming = [_line(offer, request) for offer in queries.inbox(to=request.standing)]
    offers = list(queries.outbox(to=request.standing)[:50])
    try:
        kept = strongbox.opened(request).tip_keys([offer.tip for offer in offers], identity=True)
    except Locked:
        kept = {}
    sent = [(offer, offer.state != "returned" and offer.tip_id in kept) for offer in offers]
    return render(request, "desk/tip_inbox.html", {"coming": coming, "sent": sent, **tipped.lock(request)})


def _line(offer: "Offer", request: Request) -> tuple["Offer", str, str]:
    light = queries.light(offer.due_at, at=request.now) if offer.state == "offered" else "none"
    return offer, tipped.name(offer.tip), light


@require_safe
@room(P.TIP_INTAKE)
def offered(request: Request, *, pk: int) -> HttpResponse:
    """Open what is offered, to settle whether to take it; on record first."""
    offer = queries.offer(pk, to=request.standing)
    story = transfers.open_offer(offer, key=strongbox.opened(request), by=request.user, at=request.now)
    tip = offer.tip
    words = {
        "offer": offer, "tip": tip, "name": tipped.name(tip), "report": story.report, "about": story.about,
        "talk": talked.talk(story), "light": queries.light(offer.due_at, at=request.now),
        "county": territory.names({tip.county}).get(tip.county, tip.county), **tipped.lock(request),
    }  # fmt: skip
    return render(request, "desk/tip_offered.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_INTAKE)
def offer(request: Request, *, pk: UUID) -> HttpResponse:
    """Offer a tip to another office."""
    tip, key = pages.of(request, pk)
    about = reading.about(tip, private=key.tip_key(tip))
    offices = {each.pk: each for each in transfers.receivers(tip, about=about, at=request.now)}
    form = Office(request.POST or None, offices=[(code, each.name) for code, each in offices.items()])

    def do(given: dict[str, Any]) -> None:
        transfers.offer(
            tip, receiver=offices[given["office"]], reason=given["text"], key=key, by=request.user, at=request.now
        )  # fmt: skip

    page = acts.Page(
        _("移送"), _("对方接收以前，这一件仍在本机关；接收以后，本机关的密钥全部销毁。"), _("移送"), doing.way(tip)
    )
    return acts.answer(request, page, form, do, _("已移送，等对方接收。"))


@require_POST
@room(P.TIP_HANDLE)
def upward(request: Request, *, pk: UUID) -> HttpResponse:
    """Not for us: straight up in one press, and every key here is destroyed."""
    tip, key = pages.of(request, pk)
    office = transfers.pass_upward(tip, key=key, by=request.user, at=request.now)
    messages.success(request, _("已径送%(name)s，本机关的密钥已全部销毁。") % {"name": office.name})
    return HttpResponseRedirect(inside(request, request.POST.get("onward")) or reverse("desk:tips"))


@require_POST
@room(P.TIP_INTAKE)
def take(request: Request, *, pk: int) -> HttpResponse:
    """Take over what is offered."""
    offer = queries.offer(pk, to=request.standing)
    tip = transfers.take(offer, key=strongbox.opened(request), by=request.user, at=request.now)
    messages.success(request, _("已接收，请受理。"))
    return redirect("desk:tip", pk=tip.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_INTAKE)
def give_back(request: Request, *, pk: int) -> HttpResponse:
    """Return what is offered, with a reason."""
    offer = queries.offer(pk, to=request.standing)
    key = strongbox.opened(request)

    def do(given: dict[str, Any]) -> None:
        transfers.give_back(offer, reason=given["text"], key=key, by=request.user, at=request.now)

    above = [(reverse("desk:tips"), _("举报")), (reverse("desk:tip_inbox"), _("移送"))]
    page = acts.Page(_("退回"), _("理由密封给移送机关。"), _("退回"), above)
    form = Text(request.POST or None, label=_("退回理由"))
    return acts.answer(request, page, form, do, _("已退回。"))


@require_POST
@room(P.TIP_HANDLE)
def send_identity(request: Request, *, pk: int) -> HttpResponse:
    """Send who spoke after the tip, by the keeper of identities."""
    offer = queries.offer(pk, to=request.standing)
    transfers.send_identity(offer, key=strongbox.opened(request), by=request.user, at=request.now)
    messages.success(request, _("身份信息已随后移送。"))
    return redirect("desk:tip_inbox")
