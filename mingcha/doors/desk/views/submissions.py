"""What phones have sent: held back, departing from its form, or all; one of them in full; the office's word on it."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import residents, submitted
from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.submissions import SetAside, Take
from mingcha.doors.hall import showing
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import custody, queries
from mingcha.flow.fieldwork.actions import submissions
from mingcha.flow.rectifications import held
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.fieldwork.models import Submission
    from mingcha.ground.territory.models import Site

PAGE = 50
MOST = 8  # sites that some words may mean
TABS = {"held": gettext_lazy("待处理"), "flagged": gettext_lazy("与表单不符"), "all": gettext_lazy("全部")}
NARROWED: dict[str, dict[str, Any]] = {"held": {"state": "held"}, "flagged": {"flagged": True}, "all": {}}


@require_safe
@door(P.LEDGER_SEE)
def index(request: Request) -> HttpResponse:
    """List what phones have sent from outings of offices in one's area."""
    search = request.GET.get("q", "").strip()[:100]
    found = {
        name: queries.submissions(to=request.standing, search=search, **narrowed)
        for name, narrowed in NARROWED.items()
    }  # fmt: skip
    counts = {name: each.count() for name, each in found.items()}
    usual = "held" if counts["held"] and not search else "all"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in TABS else usual
    page = Paginator(found[tab], PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/submissions.html", {
        "tab": tab, "tabs": [(name, label, counts[name]) for name, label in TABS.items()], "page": page,
        "search": search,
    })  # fmt: skip


@require_safe
@door(P.LEDGER_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """One of them in full: who and when, every answer, where it departs from its form, files, and what became of it."""
    submission = queries.submission(pk, to=request.standing)
    attachments = list(queries.attachments(submission))
    visit = queries.visit_of(submission)
    lines = submitted.lines(submission, attachments)
    answer = render(request, "desk/submission.html", {
        "submission": submission, "visit": visit, "attachments": attachments,
        "rights": custody.rights(custody.place_of(submission, visit), submission.inspection.team, to=request.standing),
        "may_visit": visit is not None and queries.visits(to=request.standing).filter(pk=visit.pk).exists(),
        "held": submitted.held(submission), "flaws": submitted.flaws(submission),
        "lines": lines, "suspicions": residents.in_submission(lines), "missing": submitted.missing(submission, attachments),
        "clock_ahead": submitted.clock_ahead(submission), "may_rule": _may_rule(request, submission),
    })  # fmt: skip
    return submitted.with_sound(answer)


def _may_rule(request: Request, submission: "Submission") -> bool:
    office = submission.inspection.office
    return submission.state == "held" and request.standing.covers(P.ORDER_VERIFY, office.division_id)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def set_aside(request: Request, *, pk: int) -> HttpResponse:
    """Rule that what was held back is not used."""
    submission = queries.submission(pk, to=request.standing)
    form = SetAside(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            submissions.set_aside(submission, ruling=form.cleaned_data["ruling"], by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已列为不采用。原文和附件照样保留。"))
            return redirect("desk:submission", pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {"submission": submission, "form": form, "refusal": refusal, "held": submitted.held(submission)}
    return render(request, "desk/submission_set_aside.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def take(request: Request, *, pk: int) -> HttpResponse:
    """Take what was held back as a visit at a site of one's area: name the site, describe what was not described."""
    submission = queries.submission(pk, to=request.standing)
    sites: dict[str, Site] = {}
    initial: dict[str, Any] = {"what": request.GET.get("what") or (submission.site_named.split() or [""])[0]}
    sent = request.POST if request.method == "POST" else None
    if sent is not None and "find" in sent:
        initial, sent = sent.dict(), None
    undescribed = held.undescribed(submission) if submission.state == "held" else []
    form = Take(sent, find=_finder(request, sites), undescribed=undescribed, initial=initial)
    refusal = None
    if form.is_valid():
        try:
            return _take(request, submission, sites[form.cleaned_data["chosen"]], form.described())
        except Refusal as failure:
            refusal = failure
    chosen = sites.get(form.sure.key) if form.sure else None
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/submission_take.html", {
        "submission": submission, "form": form, "refusal": refusal, "held": submitted.held(submission),
        "there": queries.visit_there(submission, chosen) if chosen else None,
        "stops": queries.owed(submission.inspection)[:MOST],
    }, status=status)  # fmt: skip


def _finder(request: Request, sites: dict[str, "Site"]) -> Any:
    """Return what looks a site up within one's area, and puts what it found into `sites`."""

    def find(words: str) -> list[Candidate]:
        area = request.standing.area(P.ORDER_VERIFY, "division__code")
        found = territory.sites(area, search=words).filter(merged_into=None)
        candidates = []
        for site in found.order_by("-active", "pinyin", "code")[:MOST]:
            sites[site.code] = site
            label = _("%(name)s（%(type)s，%(place)s，编号 %(code)s）") % {
                "name": site.name, "type": site.type.name, "place": site.division.name, "code": site.code,
            }  # fmt: skip
            candidates.append(Candidate(site.code, label, whole=words in (site.name, site.code)))
        return candidates

    return find


def _take(request: Request, submission: "Submission", site: "Site", described: dict[int, str]) -> HttpResponse:
    visit = held.take(submission, site=site, described=described, by=request.user, at=request.now)
    messages.success(request, _("已收为“%(site)s”的检查记录，问题已进台账。") % {"site": site.name})
    return redirect("desk:visit", visit.pk)


@require_safe
@door()
def attachment(request: Request, *, pk: int) -> HttpResponseBase:
    """Show or play a file that came with a submission; what is neither is handed out to be kept."""
    found = queries.attachment(pk, to=request.standing)
    place = custody.place_of(found.submission, queries.visit_of(found.submission))
    may_keep = custody.rights(place, found.submission.inspection.team, to=request.standing).originals
    sound = found.kind == "audio"
    return showing.answer(request, found.evidence, may_keep=may_keep, division=place, sound=sound)
