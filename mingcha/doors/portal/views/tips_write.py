"""
Writing a report, one page after another:

1. what sort of matter it is; ordinary service matters are shown their own channel, and nothing of them is taken
2. which of a few words fits, which place and unit, what happened, whether one gives one's name
3. everything once more, files, and to whom it goes; here the code is made, so that sending twice is sending once
4. the code, shown once; "I have kept it" leads on

Every page carries all that was given so far, also when something fails: nothing typed is lost, nothing is kept here.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.doors.hall import clock, codes
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.views import address_of
from mingcha.doors.portal import limits
from mingcha.doors.portal.forms import tips as forms
from mingcha.doors.portal.reporting import Posted, reporting
from mingcha.doors.portal.sheets import Sheet, boxed
from mingcha.kernel import effort, receipts
from mingcha.kernel.refusals import Refusal
from mingcha.tips import public, vault
from mingcha.tips.states import CATEGORIES, Category, Kind

SERVICES = "services"
TITLES = {"identity": "who", "kind": "kind", "category": "category", "county": "unit", "text": "story"}


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
@door(public=True)
@sensitive_variables()
def write(request: Request) -> HttpResponse:
    """Show the page that comes next, with everything given so far."""
    sheet = Sheet.read(Posted(request)) if request.method == "POST" else Sheet()
    try:
        if request.method != "POST":
            return _page(request, sheet, "kind")
        if sheet.go == "send":
            return _send(request, sheet)
        if sheet["kind"] == SERVICES:
            return render(request, "portal/tip_service.html")
        return _turn(request, sheet)
    except DatabaseError:
        return _page(request, sheet, sheet.at, refusal=public.OutOfService(), alone=True)


@require_POST
@reporting
@door(public=True)
def kept(request: Request) -> HttpResponse:
    """Say what happens next, once somebody has kept the code."""
    return render(request, "portal/tip_kept.html")


def _turn(request: Request, sheet: Sheet) -> HttpResponse:
    """Go on, back, or to the page asked for; a page with something missing is shown again."""
    at = sheet.at
    if sheet.go == "stay":
        return _page(request, sheet, at)
    if sheet.go == "back":
        return _page(request, sheet, forms.STEPS[max(0, forms.STEPS.index(at) - 1)])
    if sheet.go in forms.STEPS:
        return _page(request, sheet, sheet.go)
    form = _form(sheet, at, bound=True, at=request.now)
    if form is not None and not form.is_valid():
        return _page(request, sheet, at, form=form)
    if at == "unit" and not _settled(sheet):
        return _page(request, sheet, at)
    return _page(request, sheet, _next(sheet, at, at=request.now))


def _next(sheet: Sheet, step: str, *, at: datetime) -> str:
    """Return the page after this one; for somebody who went back from the last, the first with something missing."""
    if not sheet["receipt"]:
        return forms.STEPS[min(forms.STEPS.index(step) + 1, len(forms.STEPS) - 1)]
    return _missing(sheet, at=at) or "check"


def _missing(sheet: Sheet, *, at: datetime) -> str:
    for step in forms.STEPS[:-1]:
        form = _form(sheet, step, bound=True, at=at)
        if form is not None and not form.is_valid():
            return step
    return ""


def _form(sheet: Sheet, step: str, *, bound: bool, at: datetime, alone: bool = False) -> forms.Step | None:
    if step == "unit":
        here = [(sheet["county"], sheet["county"])] if alone else [(c.code, c.name) for c in public.counties(at=at)]
        return forms.UnitStep(sheet.draft, bound=bound, counties=here)
    plain: dict[str, Callable[..., forms.Step]] = {
        "kind": forms.KindStep, "category": forms.CategoryStep, "story": forms.StoryStep, "who": forms.WhoStep,
    }  # fmt: skip
    return plain[step](sheet.draft, bound=bound) if step in plain else None


def _settled(sheet: Sheet) -> bool:
    """
    Say whether it is clear which unit is meant: the one called just so, the one chosen, or none of those offered.

    Units are offered once for what was typed; whoever then chooses none means what was typed.
    """
    found = public.units(sheet["unit"], county=sheet["county"])
    asked = f"{sheet['county']} {sheet['unit']}"
    exact = [unit for unit in found if unit.name == sheet["unit"]]
    chosen = [unit for unit in found if unit.code == sheet["body"]] or (exact if len(exact) == 1 else [])
    if chosen and (sheet["asked"] == asked or chosen == exact):
        sheet.draft |= {"body": chosen[0].code, "unit": chosen[0].name}
        return True
    sheet.draft["body"] = ""
    if sheet["asked"] == asked or not found:
        return True
    sheet.draft["asked"], sheet.found = asked, found
    return False


@sensitive_variables()
def _page(
    request: Request, sheet: Sheet, step: str, *, form: forms.Step | None = None, refusal: Refusal | None = None,
    alone: bool = False,
) -> HttpResponse:  # fmt: skip
    """Show a page; `alone`: without asking the database, which is away."""
    if step == "check" and not sheet["receipt"]:
        sheet.draft["receipt"] = receipts.new()
    if not sheet["challenge"]:
        sheet.draft |= {"challenge": public.new_effort(at=clock.running()), "effort": "", "tried": "0"}
    shown = form or _form(sheet, step, bound=False, at=request.now, alone=alone)
    goes, stopped = (None, None) if step != "check" or alone else _route(sheet, at=request.now)
    own = set(shown.fields) if shown else set()
    number = forms.STEPS.index(step) + 1
    words = {
        "sheet": sheet, "step": step, "form": shown, "number": number, "of": len(forms.STEPS), "steps": forms.STEPS,
        "hidden": sheet.hidden(own), "bits": sheet["challenge"].partition(".")[0], "goes": goes,
        "refusal": refusal or stopped, "kinds": Kind, "categories": _categories(sheet), "most": vault.MOST,
        "largest": vault.LARGEST, "found": sheet.found, "held": boxed(sheet.files),
        "kind_label": _label(Kind, sheet["kind"]),
        "category_label": next((c.label for c in _categories(sheet) if c.value == sheet["category"]), ""),
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form is not None and form.errors else 200
    return render(request, "portal/tip_step.html", words, status=status)


def _route(sheet: Sheet, *, at: datetime) -> tuple[public.Route | None, Refusal | None]:
    try:
        return public.route(sheet.report(), at=at), None
    except Refusal as refusal:
        return None, refusal


def _categories(sheet: Sheet) -> tuple[Category, ...]:
    return CATEGORIES.get(Kind(sheet["kind"]), ()) if sheet["kind"] in Kind.values else ()


def _label(kinds: type[Kind], value: str) -> str:
    return _(kinds(value).label) if value in kinds.values else ""


@sensitive_variables()
def _send(request: Request, sheet: Sheet) -> HttpResponse:
    """Hand it in. Whatever fails, the same page comes again, with the files that had come whole."""
    missing = _missing(sheet, at=request.now)
    if missing:
        return _page(request, sheet, missing, form=_form(sheet, missing, bound=True, at=request.now))
    running = clock.running()
    try:
        if sheet.refusal:
            raise sheet.refusal
        act = "send" if sheet["effort"] else "send-idle"
        limits.count(act, address_of(request), seconds=running.timestamp())
        filed = public.file_tip(
            sheet.report(), receipt=sheet["receipt"], effort=public.Effort(sheet["challenge"], sheet["effort"], running),
            files=sheet.files, at=request.now,
        )  # fmt: skip
    except (effort.EffortStale, public.EffortSpent) as refusal:
        sheet.draft["challenge"] = ""
        return _page(request, sheet, "check", refusal=refusal)
    except public.DraftIncomplete as refusal:
        return _page(request, sheet, TITLES.get(refusal.what, "story"), refusal=refusal)
    except Refusal as refusal:
        return _page(request, sheet, "check", refusal=refusal)
    except OSError:
        return _page(request, sheet, "check", refusal=public.OutOfService())
    return _receipt(request, sheet, filed)


def _receipt(request: Request, sheet: Sheet, filed: public.Filed) -> HttpResponse:
    shown = receipts.shown(receipts.read(sheet["receipt"]))
    words = {
        "groups": shown.split("-"), "code": shown, "qr": codes.qr(shown, mask=2), "filed": filed, "named": sheet["named"] == "yes",
        "day": request.now, "demo": settings.MINGCHA_DEMO,
    }  # fmt: skip
    return render(request, "portal/tip_receipt.html", words)
