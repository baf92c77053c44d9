"""
Coming back with the code: read what the office answered, add, object, rate, name oneself to the office it went to.

The code is typed once; for ten minutes this browser holds it in a sealed cookie. Where that has run out while somebody
was writing, the code is asked for again and what was written comes along.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.views import address_of
from mingcha.doors.portal import counterfoil, limits
from mingcha.doors.portal.forms.tips import Addition, Objection, Rate, Typed
from mingcha.doors.portal.reporting import Posted, reporting
from mingcha.doors.portal.sheets import boxed, come
from mingcha.kernel import effort, receipts
from mingcha.kernel.refusals import Refusal
from mingcha.tips import public, vault
from mingcha.tips.states import Outcome, Rating, State

# The stages as a citizen follows them; what lies between two of them shows as the one before.
STAGES = (State.RECEIVED, State.ACCEPTED, State.HANDLING, State.CONCLUDED, State.CLOSED)
BETWEEN = {State.OFFERED: State.RECEIVED, State.PROPOSED: State.ACCEPTED}


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
@door(public=True)
@sensitive_variables()
def enter(request: Request) -> HttpResponse:
    """Ask for the code, and let in."""
    if request.method != "POST":
        known = counterfoil.read(request, at=clock.running())
        return redirect("portal:tip") if known else _ask(request, Typed(label_suffix=""))
    posted = Posted(request)
    form = Typed(posted.fields, label_suffix="")
    if not form.is_valid():
        return _ask(request, form, posted=posted, status=422)
    code = form.cleaned_data["code"]
    try:
        limits.count("enter", address_of(request), seconds=clock.running().timestamp())
        visit = public.enter(code, at=request.now)
    except Refusal as refusal:
        return _ask(request, form, posted=posted, refusal=refusal, status=refusal.status)
    answer = _show(request, visit, posted=posted) if posted["text"] else redirect(_here("portal:tip", request))
    counterfoil.put(answer, receipts.read(code), at=clock.running())
    return answer


@require_safe
@reporting
@door(public=True)
@sensitive_variables()
def show(request: Request) -> HttpResponse:
    """Show how far it has come, and everything that was said."""
    code = counterfoil.read(request, at=clock.running())
    try:
        visit = public.enter(code, at=request.now) if code else None
    except Refusal as refusal:
        answer = _ask(request, Typed(label_suffix=""), refusal=refusal, status=refusal.status)
        counterfoil.drop(answer)
        return answer
    if visit is None:
        return redirect(_here("portal:tip_enter", request))
    answer = _show(request, visit)
    counterfoil.put(answer, code, at=clock.running())
    return answer


@require_POST
@reporting
@door(public=True)
@sensitive_variables()
def act(request: Request, *, what: str) -> HttpResponse:
    """Add (also files), object or rate; whatever fails, what was written stands there again."""
    code = counterfoil.read(request, at=clock.running())
    posted = Posted(request)
    if not code:
        return _ask(request, Typed(label_suffix=""), posted=posted, late=True, status=422)
    files, unread = come(posted)
    paid = public.Effort(posted["challenge"], posted["effort"], clock.running())
    form = {"add": Addition, "object": Objection, "rate": Rate}[what](posted.fields, label_suffix="")
    stale = False
    try:
        if unread:
            raise unread
        if form.is_valid() and (what != "add" or files or posted["text"].strip()):
            _do(request, what, code, form.cleaned_data, files, paid)
            answer = redirect(_here("portal:tip", request))
            counterfoil.put(answer, code, at=clock.running())
            return answer
        refusal: Refusal | None = None if form.errors else public.DraftIncomplete()
    except Refusal as failure:
        refusal, stale = failure, isinstance(failure, (effort.EffortStale, public.EffortSpent))
    try:
        visit = public.enter(code, at=request.now)
    except Refusal as gone:
        return _ask(request, Typed(label_suffix=""), posted=posted, refusal=gone, status=gone.status)
    return _show(request, visit, posted=posted, what=what, refusal=refusal, anew=stale)


@require_POST
@reporting
@door(public=True)
@sensitive_variables()
def name(request: Request) -> HttpResponse:
    """Let the office that was shown know who spoke, where that did not come along with the report."""
    code = counterfoil.read(request, at=clock.running())
    if not code:
        return _ask(request, Typed(label_suffix=""), late=True, status=422)
    refused: Refusal | None = None
    try:
        limits.count("enter", address_of(request), seconds=clock.running().timestamp())
        public.name_to(code, office=Posted(request)["office"], at=request.now)
    except Refusal as refusal:
        refused = refusal
    if refused is None:
        answer = redirect(_here("portal:tip", request))
        counterfoil.put(answer, code, at=clock.running())
        return answer
    try:
        return _show(request, public.enter(code, at=request.now), refusal=refused)
    except Refusal as gone:
        return _ask(request, Typed(label_suffix=""), refusal=gone, status=gone.status)


@require_POST
@reporting
@door(public=True)
def leave(request: Request) -> HttpResponse:
    """Forget the code in this browser."""
    answer = render(request, "portal/tip_left.html")
    counterfoil.drop(answer)
    return answer


def _do(
    request: Request, what: str, code: str, given: dict[str, str], files: list[public.Uploaded], paid: public.Effort
) -> None:
    if what == "rate":
        public.rate(code, value=given["value"], text=given["text"], at=request.now)
        return
    kind = "send" if paid.answer else "send-idle"
    limits.count(kind, address_of(request), seconds=clock.running().timestamp())
    if what == "add":
        public.add(code, text=given["text"], files=files, effort=paid, at=request.now)
    else:
        public.object_to(code, text=given["text"], effort=paid, at=request.now)


@sensitive_variables()
def _ask(
    request: Request, form: Typed, *, posted: Posted | None = None, refusal: Refusal | None = None, late: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    files = come(posted)[0] if posted else []
    words = {
        "form": form, "refusal": refusal, "late": late, "typed": posted["text"] if posted else "", "held": boxed(files),
    }  # fmt: skip
    return render(request, "portal/tip_enter.html", words, status=status)


@sensitive_variables()
def _show(
    request: Request, visit: public.Visit, *, posted: Posted | None = None, what: str = "add",
    refusal: Refusal | None = None, anew: bool = True,
) -> HttpResponse:  # fmt: skip
    typed = {what: posted.fields} if posted else {}
    forms = {
        "add": Addition(typed.get("add"), label_suffix=""), "object": Objection(typed.get("object"), label_suffix=""),
        "rate": Rate(typed.get("rate"), label_suffix=""),
    }  # fmt: skip
    state = BETWEEN.get(State(visit.state), State(visit.state))
    at = STAGES.index(state) if state in STAGES else len(STAGES) - 1
    labels = (_("已收到"), _("已受理"), _("正在办理"), _("有了结果"), _("已办结"))
    challenge = "" if anew or posted is None else posted["challenge"]
    challenge = challenge or public.new_effort(at=clock.running())
    files = come(posted)[0] if posted else []
    words = {
        "visit": visit, "forms": forms, "refusal": refusal, "challenge": challenge, "held": boxed(files),
        "bits": challenge.partition(".")[0], "most": vault.MOST, "largest": vault.LARGEST,
        "outcome": Outcome(visit.outcome).label if visit.outcome else "",
        "rated": _(Rating(visit.rated).label) if visit.rated else "",
        "stages": [(word, number < at, number == at) for number, word in enumerate(labels)],
    }  # fmt: skip
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "portal/tip_mine.html", words, status=refusal.status if refusal else 422 if wrong else 200)


def _here(address: str, request: Request) -> str:
    """Return an address of these pages in the language that was asked for."""
    asked = request.GET.get("language", "")
    return reverse(address) + (f"?language={asked}" if asked in ("en", "zh-hans") else "")
