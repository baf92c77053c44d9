"""
The lot as anybody may check it, with no account and no script:

1. the list: rounds that have committed, that were drawn, that were revealed, and every void one with its reason
2. one round: what was published before the draw, and after the reveal how to check it, its bundle, its tickets
3. one site's ticket alone, with the way to the published root
4. a page that says of a file handed in whether it holds, and if not where it breaks
"""

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request, door
from mingcha.doors.portal.forms.lots import Check
from mingcha.doors.portal.frame import WORKING, framed
from mingcha.flow.reports import published
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

PAGE = 20
KEPT = 60  # seconds
JSON = {"ensure_ascii": False, "indent": 1}


@require_safe
@framed
@door(public=True)
def index(request: Request) -> HttpResponse:
    """List the rounds, those still to be drawn first."""
    page = Paginator(published.Lots(), PAGE).get_page(request.GET.get("page"))
    ahead = published.lots_ahead() if page.number == 1 else []
    return _kept(render(request, "portal/lots.html", {"page": page, "ahead": ahead}))


@require_safe
@framed
@door(public=True)
def show(request: Request, *, number: int) -> HttpResponse:
    """Show one round as far as the public may see it; a revealed one is replayed here and now."""
    try:
        told = published.lot(number)
    except NotFound:
        return _missing(request)
    bundled = published.lot_bundled(number) if told.state == "revealed" else None
    page = render(request, "portal/lot.html", {"lot": told, "bundled": bundled, **_in_words(bundled)})
    page["Content-Security-Policy"] = WORKING  # a form asks for one site's ticket
    return _kept(page)


@require_safe
@framed
@door(public=True)
def bundle(request: Request, *, number: int) -> HttpResponse:
    """Send the bundle of a revealed round as a file."""
    try:
        told = published.lot(number)
        answer = JsonResponse(published.lot_bundle(number), json_dumps_params=JSON)
    except NotFound:
        return _missing(request)
    answer["Content-Disposition"] = f'attachment; filename="{told.file}"'
    return _kept(answer)


@require_safe
@framed
@door(public=True)
def proof(request: Request, *, number: int) -> HttpResponse:
    """Show one site's ticket and its way to the root (?site=…), or send the same as a file (…&file=1)."""
    site = request.GET.get("site", "").strip()[:200]
    refusal, proven, told = None, None, None
    try:
        told = published.lot(number)
        published.lot_bundle(number)
        proven = published.lot_proof(number, site=site) if site else None
    except NotFound:
        return _missing(request)
    except Refusal as failure:
        refusal = failure
    if proven and request.GET.get("file"):
        answer: HttpResponse = JsonResponse(proven, json_dumps_params=JSON)
        answer["Content-Disposition"] = f'attachment; filename="proof-{number}.json"'
        return _kept(answer)
    words = {"lot": told, "site": site, "proof": proven, "refusal": refusal}
    page = render(request, "portal/lot_proof.html", words, status=refusal.status if refusal else 200)
    page["Content-Security-Policy"] = WORKING
    return page if refusal else _kept(page)


@require_http_methods(["GET", "HEAD", "POST"])
@framed
@door(public=True)
def check(request: Request) -> HttpResponse:
    """Say of a file that was handed in whether it holds, and if not where it breaks. Nothing of it is kept."""
    posted = request.method == "POST"
    named = {"number": request.GET.get("lot", "")[:10]}
    form = Check(request.POST, request.FILES) if posted else Check(initial=named)
    words: dict[str, object] = {"form": form}
    status = 422 if posted else 200
    if form.is_valid():
        given, number = form.cleaned_data["given"], form.cleaned_data["number"]
        try:
            number = number or published.lot_of(given)
            words |= {"proven": published.check_lot(number, given), "lot": published.lot(number)}
            status = 200
        except lots.Tampered as failure:
            words |= {"place": failure.place, "lot": _named(number)}
        except NotFound:
            form.add_error("number", _("没有公布过这个编号的一轮，请核对编号，或留空。"))
        except Refusal as failure:
            words |= {"refusal": failure}
    page = render(request, "portal/lot_check.html", words, status=status)
    page["Content-Security-Policy"] = WORKING
    return page


def _named(number: int | None) -> published.Lot | None:
    return published.lot(number) if number else None


def _in_words(bundled: published.Bundled | None) -> dict[str, object]:
    """Return the figures of a bundle as a page writes them."""
    if bundled is None or bundled.broken:
        return {}
    most = max(count for _low, _high, count in bundled.chances)
    return {"most": most, "least": wording.chance(bundled.least), "greatest": wording.chance(bundled.greatest)}


def _missing(request: Request) -> HttpResponse:
    return render(request, "portal/lot_missing.html", status=404)


def _kept(answer: HttpResponse) -> HttpResponse:
    """Let caches keep a page for a minute: many may look at once when a round is revealed."""
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer
