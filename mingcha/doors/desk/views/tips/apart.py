"""What lies apart from the report: who spoke, the originals of attachments, the copies; what is alike elsewhere."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import strongbox, talked, tipped
from mingcha.doors.desk.forms.tips import How
from mingcha.doors.desk.unlocking import room
from mingcha.doors.desk.views.tips import tip as pages
from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal
from mingcha.tips import queries, vault
from mingcha.tips.actions import handling, likeness
from mingcha.tips.queries import likeness as index
from mingcha.tips.states import RecordKind
from mingcha.tips.unlocked import NoKey

# What a browser may show by itself; anything else is only handed over.
SHOWN = ("image/jpeg", "image/png", "image/webp")


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def identity(request: Request, *, pk: UUID) -> HttpResponse:
    """Show the keeper of identities who spoke, each time on record; or take down how they were reached."""
    tip, key = pages.of(request, pk)
    form, refusal = How(request.POST or None, initial={"what": "named"}), None
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["what"] == "named":
                handling.verify_named(tip, how=given["text"], key=key, by=request.user, at=request.now)
            else:
                handling.contact(tip, text=given["text"], key=key, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已密封保存。"))
            return redirect("desk:tip_identity", pk=tip.pk)
    entries = handling.open_identity(tip, key=key, by=request.user, at=request.now)
    who = next((each.content for each in entries if each.kind == RecordKind.IDENTITY), {})
    words = {
        "tip": tip, "name": tipped.name(tip), "who": who, "form": form, "refusal": refusal,
        "known": any(who.get(each) for each in ("name", "phone", "unit", "address")),
        "contacts": [each for each in entries if each.kind == RecordKind.CONTACT],
        "originals": talked.originals(entries), **tipped.lock(request),
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/tip_identity.html", words, status=status)


@require_safe
@room(P.TIP_HANDLE)
def file(request: Request, *, pk: UUID, record: UUID) -> HttpResponseBase:
    """Hand out an attachment, decrypted piece by piece in memory: the copy without metadata, or the sealed original."""
    tip, key = pages.of(request, pk)
    entry = handling.open_file(tip, record=record, key=key, by=request.user, at=request.now)
    pieces = vault.read(str(entry.content.get("digest") or ""), key=bytes.fromhex(str(entry.content.get("key") or "")))
    first = next(pieces, b"")  # a file that is gone or broken answers as a page, not as half a download
    kind = str(entry.content.get("type") or "")
    kind = kind if kind in SHOWN else "application/octet-stream"
    answer = StreamingHttpResponse(_chain(first, pieces), content_type=kind)
    name = str(entry.content.get("name") or "file")
    answer["Content-Disposition"] = content_disposition_header(kind not in SHOWN, name) or "attachment"
    return answer


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@require_safe
@room(P.TIP_INTAKE)
def alike(request: Request, *, pk: UUID) -> HttpResponse:
    """Show which tips of the office read like this one: a part of its page, or a page of its own."""
    tip, key = pages.of(request, pk)
    words: dict[str, Any] = {"tip": tip, "name": tipped.name(tip), "may_repeat": not tip.repeat}
    try:
        likeness.fold(tip.office, key=key, by=request.user, at=request.now)
        found = index.candidates(tip, private=key.tip_key(tip), key=key)
    except NoKey:
        words["why"] = _("您没有比对密钥。")
    else:
        words["found"] = [(each.tip, tipped.name(each.tip), round(100 * each.share)) for each in found]
    template = "desk/tip_alike.html" if request.headers.get("HX-Request") else "desk/tip_alike_page.html"
    return render(request, template, words)


@require_safe
@room(P.TIP_INTAKE)
def clusters(request: Request) -> HttpResponse:
    """Show what several tips speak of: alike texts, one unit, one place; each may be worth a directed visit."""
    key = strongbox.opened(request)
    served = request.standing.serves(P.TIP_INTAKE)
    office = territory.body(served[0]) if served else None
    if office is None:
        raise NotFound
    likeness.fold(office, key=key, by=request.user, at=request.now)
    found = index.clusters(office, key=key, to=request.standing, at=request.now)
    tips = {
        each.pk: each for each in queries.kept(to=request.standing).filter(pk__in=[pk for c in found for pk in c.tips])
    }
    places = territory.names({each.division for each in found})
    lines = [
        (each, places.get(each.division, ""), [(tips[pk], tipped.name(tips[pk])) for pk in each.tips if pk in tips])
        for each in found
    ]  # fmt: skip
    words = {"lines": lines, "days": index.DAYS, "several": index.SEVERAL, **tipped.lock(request)}
    return render(request, "desk/tip_clusters.html", words)
