"""What came by telephone, letter or in person, put in by an intake officer; the receipt is for whoever spoke."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk import strongbox, tipped
from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.tips import Entry
from mingcha.doors.desk.unlocking import room
from mingcha.doors.desk.views.leads import sent
from mingcha.doors.hall import codes
from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import receipts
from mingcha.kernel.refusals import Refusal
from mingcha.tips.actions import filing
from mingcha.tips.public import shown
from mingcha.tips.public.drafts import Draft, Identity

MOST = 8


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_INTAKE)
def new(request: Request) -> HttpResponse:
    """Seal what was told to the office that receives it, and show the receipt once, to be printed and handed over."""
    strongbox.opened(request)
    data, before = sent(request)
    counties = [(each.code, each.name) for each in shown.counties(at=request.now)]
    own = next((each.division for each in request.standing.holdings), "")
    mine = next((code for code, _name in counties if code == own), None)
    initial = {"channel": "visit", "kind": "misconduct", "county": mine, "receipt": receipts.new()} | before
    form = Entry(data, find=lambda words: _units(words, own), counties=counties, initial=initial)
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            filed = filing.enter(_draft(given), receipt=given["receipt"], by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            receipt = receipts.shown(receipts.read(given["receipt"]))
            words = {"receipt": receipt, "qr": codes.qr(receipt), "filed": filed, "day": request.now}
            return render(request, "desk/tip_receipt.html", words)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {"form": form, "refusal": refusal, "none": not counties, **tipped.lock(request)}
    return render(request, "desk/tip_entry.html", words, status=status)


def _units(words: str, own: str) -> list[Candidate]:
    if not own:
        raise NotFound
    told = _("%(name)s（%(place)s）")
    return [
        Candidate(each.code, told % {"name": each.name, "place": each.place}, whole=words in (each.name, each.code))
        for each in shown.units(words, county=own[:6], most=MOST)
    ]  # fmt: skip


def _draft(given: dict[str, Any]) -> Draft:
    chosen = given.get("chosen") or ""
    return Draft(
        kind=given["kind"], category=given["category"], county=given["county"], text=given["text"], place=given["place"],
        body=chosen, body_name="" if chosen else given["what"], happened=given["happened"], leaders=given["leaders"],
        identity=Identity(name=given["name"], phone=given["phone"], address=given["address"]), channel=given["channel"],
    )  # fmt: skip
