"""Leads (问题线索): registered, disposed of in one of the four ways by two hands, filed as a case."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import acts
from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.referrals import Act, Facts, Fast, NewCase, NewLead, OfFinding, Propose, Ruling
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.wording import choices
from mingcha.flow.findings import queries as findings
from mingcha.flow.rectifications import dues
from mingcha.flow.referrals import queries
from mingcha.flow.referrals.actions import cases, disposals, false_reports, leads
from mingcha.flow.referrals.states import MOVES, LeadKind, LeadState, Source, Way
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.referrals.models import Disposal, Lead
    from mingcha.ground.territory.models import Body

PAGE = 25
MOST = 8
TABS = {
    "open": gettext_lazy("待处置"),
    "approving": gettext_lazy("待审批"),
    "looking": gettext_lazy("函询、核实中"),
    "held": gettext_lazy("暂存待查"),
    "review": gettext_lazy("到期复查"),
    "closed": gettext_lazy("予以了结"),
    "filed": gettext_lazy("已转案件"),
    "all": gettext_lazy("全部"),
}


@require_safe
@door(P.LEAD_SEE)
def index(request: Request) -> HttpResponse:
    """List the leads one may see, by state, narrowed as asked."""
    standing = request.standing
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "kind", "source", "office", "fast")}
    by_tab = {
        name: queries.narrowed(
            queries.leads_in(name, to=standing, at=request.now), kind=chosen["kind"], source=chosen["source"], office=chosen["office"],
            fast=bool(chosen["fast"]), words=chosen["q"],
        )
        for name in TABS
    }  # fmt: skip
    counts = {name: rows.count() for name, rows in by_tab.items()}
    tab = request.GET.get("tab", next((name for name in ("approving", "open") if counts[name]), "open"))
    tab = tab if tab in TABS else "open"
    return render(request, "desk/leads.html", {
        "tab": tab, "tabs": [(name, label, counts[name], _kept(request, name)) for name, label in TABS.items()],
        "page": Paginator(by_tab[tab], PAGE).get_page(request.GET.get("page")), "chosen": chosen,
        "narrowed": any(chosen.values()), "kinds": choices(LeadKind.choices), "sources": choices(Source.choices),
        "offices": queries.offices(to=standing), "now": request.now, "may_keep": standing.can(P.LEAD_KEEP),
    })  # fmt: skip


def _kept(request: Request, tab: str) -> str:
    """Return the address of a tab that keeps what the list is narrowed to."""
    kept = QueryDict(mutable=True)
    kept.update({name: str(value) for name, value in request.GET.items() if name not in ("tab", "page") and value})
    kept["tab"] = tab
    return f"?{kept.urlencode()}"


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.LEAD_KEEP)
def new(request: Request) -> HttpResponse:
    """Register a lead: of ?finding=, or in one's own words."""
    number = request.GET.get("finding", "")
    finding = findings.finding(int(number), to=request.standing) if number.isdecimal() else None
    office = own_office(request)
    find, bodies = finder(request, P.LEAD_KEEP)
    data, given = sent(request)
    form: Act | NewLead
    if finding is not None:
        form = OfFinding(data, initial={"kind": LeadKind.DUTY, "text": finding.description} | given)
    else:
        form = NewLead(data, find=find, initial={"kind": LeadKind.DUTY} | given)

    def do(given: dict[str, Any]) -> "Lead":
        return leads.register(
            office=office, text=given["text"], kind=given["kind"], finding=finding, body=bodies.get(given.get("chosen", "")),
            fast_reason=given["fast_reason"], by=request.user, at=request.now,
        )  # fmt: skip

    page = acts.Page(
        _("登记线索"), _("登记后编号、开始计处置时限。只写职责和事实，不写举报人，不写居民。"), _("登记"),
        [(reverse("desk:leads"), _("线索"))], _of_finding(finding),
    )  # fmt: skip
    return acts.answer(
        request, page, form, do, _("已登记线索，请在时限前提出处置意见。"),
        to=lambda made: reverse("desk:lead", args=[made.pk]),
    )  # fmt: skip


def _of_finding(finding: "Finding | None") -> list[tuple[str, str]]:
    if finding is None:
        return []
    told = f"{finding.number} · {finding.site.name}\n{finding.description}"
    return [(pgettext("单个", "问题"), told), (_("责任单位"), finding.body.name)]


def own_office(request: Request) -> "Body":
    """Return the office that one keeps leads for."""
    served = request.standing.serves(P.LEAD_KEEP)
    office = territory.body(served[0]) if served else None
    if office is None:
        raise NotFound
    return office


def sent(request: Request) -> tuple[QueryDict | None, dict[str, Any]]:
    """Return what is to be judged, or None with what to show again: nothing was sent, or somebody still looks words up."""
    if request.method != "POST":
        return None, {}
    return (None, request.POST.dict()) if "find" in request.POST else (request.POST, {})


def finder(request: Request, permission: P) -> tuple[Any, dict[str, "Body"]]:
    """Return what looks units up by words within one's area, and where it puts them: code → body."""
    bodies: dict[str, Body] = {}
    reach = request.standing.area(permission, "division__code")

    def find(words: str) -> list[Candidate]:
        found = territory.bodies(reach, search=words)[:MOST]
        bodies.update({body.code: body for body in found})
        return [
            Candidate(body.code, f"{body.name}（{body.division.name}）", whole=words in (body.name, body.code))
            for body in found
        ]

    return find, bodies


@require_safe
@door(P.LEAD_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a lead with what this person may do about it."""
    return _page(request, queries.lead(pk, to=request.standing))


@require_POST
@door(P.LEAD_KEEP)
def propose(request: Request, *, pk: int) -> HttpResponse:
    """Propose how a lead is disposed of."""
    lead = queries.lead(pk, to=request.standing)
    form = Propose(request.POST, prefix="propose")
    if not form.is_valid():
        return _page(request, lead, {"propose": form}, status=422)
    given = form.cleaned_data
    try:
        disposals.propose(
            lead, way=given["way"], opinion=given["opinion"], study=given["study"], review_on=given["review_on"],
            by=request.user, at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, queries.lead(pk, to=request.standing), {"propose": form}, refusal=refusal)
    messages.success(request, _("已提出处置意见，等另一人审批。"))
    return redirect("desk:lead", pk=pk)


@require_POST
@door(P.LEAD_APPROVE)
def rule(request: Request, *, pk: int) -> HttpResponse:
    """Settle the proposal that waits."""
    lead = queries.lead(pk, to=request.standing)
    form = Ruling(request.POST, prefix="rule")
    waiting = _waiting(lead)
    if not form.is_valid():
        return _page(request, lead, {"rule": form}, status=422)
    agreed = form.cleaned_data["verdict"] == "approve"
    act = disposals.approve if agreed else disposals.give_back
    try:
        if waiting is None:
            raise disposals.NothingWaits
        act(waiting, ruling=form.cleaned_data["ruling"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, queries.lead(pk, to=request.standing), {"rule": form}, refusal=refusal)
    messages.success(request, _("已批准，线索按处置方式办理。") if agreed else _("已退回，提出的人会收到消息。"))
    return redirect("desk:lead", pk=pk)


def _waiting(lead: "Lead") -> "Disposal | None":
    return next((each for each in queries.disposals(lead) if each.state == "proposed"), None)


def _page(
    request: Request, lead: "Lead", given: Mapping[str, Act] | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    standing, history, tie = (
        request.standing,
        list(queries.disposals(lead)),
        queries.tie(lead, request.user, at=request.now),
    )
    waiting = next((each for each in history if each.state == "proposed"), None)
    case, report = queries.case_of(lead), queries.false_report(lead)
    pending = waiting is not None or (case is not None and case.state == "proposed")
    under_way = any(lead.state in MOVES["lead", act].starts for act in disposals.ACT_OF.values())
    keeps, approves = standing.can(P.LEAD_KEEP) and tie is None, standing.can(P.LEAD_APPROVE) and tie is None
    filing = "file_fast" if lead.fast and lead.state == LeadState.OPEN else "file"
    words = {
        "lead": lead, "history": history, "waiting": waiting, "case": case, "report": report, "tie": tie,
        "review_on": queries.review_on(lead), "late": lead.state == LeadState.OPEN and lead.due_at < request.now,
        "forms": {"propose": _proposal(lead, request), "rule": Ruling(prefix="rule")} | dict(given or {}),
        "refusal": refusal, "story": acts.story("lead", lead.pk),
        "may_propose": keeps and under_way and not pending,
        "may_rule": approves and waiting is not None and waiting.proposed_by_id != request.user.pk,
        "may_fast": keeps and under_way and not lead.fast,
        "may_file": keeps and not pending and lead.state in MOVES["lead", filing].starts,
        "may_doubt": keeps and (report is None or report.state == "rejected"),
        "may_settle_doubt": approves and report is not None and report.state in ("proposed", "once")
        and request.user.pk not in (report.proposed_by_id, report.first_by_id),
        "rules_first": queries.removal_first(lead), "today": timezone.localdate(request.now),
    }  # fmt: skip
    return render(request, "desk/lead.html", words, status=refusal.status if refusal else status)


def _proposal(lead: "Lead", request: Request) -> Propose:
    """Return the empty form; it begins with the day by which an inquiry should be answered."""
    offices = territory.upward(lead.office_id)
    due = dues.due("inquiry", start=request.now, emergency=lead.fast, offices=offices).at
    form = Propose(prefix="propose", initial={"review_on": timezone.localdate(due)})
    fitting = [way for way in Way if lead.state in MOVES["lead", disposals.ACT_OF[way]].starts]
    form.fields["way"].choices = choices([(way.value, way.label) for way in fitting])  # type: ignore[attr-defined]
    return form


def _way(lead: "Lead") -> list[tuple[str, str]]:
    return [(reverse("desk:leads"), _("线索")), (reverse("desk:lead", args=[lead.pk]), str(lead))]


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.LEAD_KEEP)
def hasten(request: Request, *, pk: int) -> HttpResponse:
    """Handle a lead faster, more strictly and more severely."""
    lead = queries.lead(pk, to=request.standing)
    page = acts.Page(
        _("从速从严从重"), _("失职行为造成疫情扩散等严重后果的，写明理由。处置时限按紧急情形重新计算，只会提前。"), _("确定"), _way(lead)
    )  # fmt: skip
    return acts.answer(
        request, page, Fast(request.POST if request.method == "POST" else None),
        lambda given: leads.hasten(lead, reason=given["reason"], by=request.user, at=request.now),
        _("已按从速从严从重办理。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def file(request: Request, *, pk: int) -> HttpResponse:
    """Propose to handle a lead as a case, with its first party."""
    lead = queries.lead(pk, to=request.standing)
    find, bodies = finder(request, P.CASE_KEEP)
    data, given = sent(request)
    begun = {"what": lead.body.name} if lead.body and not given else {}
    form = NewCase(data, find=find, initial=begun | given)

    def do(given: dict[str, Any]) -> Any:
        return cases.propose_case(
            lead, reason=given["reason"], parties=[party_of(given, bodies)], by=request.user, at=request.now
        )

    page = acts.Page(
        _("转为案件"), _("写明理由和第一个当事人或组织，由另一人批准。同案的其他人批准后在案件页列入。"), _("提请批准"), _way(lead),
        [(_("反映的问题"), lead.text)],
    )  # fmt: skip
    return acts.answer(request, page, form, do, _("已提请批准。"), to=lambda made: reverse("desk:case", args=[made.pk]))


def party_of(given: dict[str, Any], bodies: dict[str, "Body"]) -> cases.NewParty:
    """Return the party that a form names."""
    return cases.NewParty(bodies[given["chosen"]], given["duty"], given["name"], given["post"])


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.LEAD_KEEP)
def doubt(request: Request, *, pk: int) -> HttpResponse:
    """Propose the finding that a report was a false accusation."""
    lead = queries.lead(pk, to=request.standing)
    page = acts.Page(
        _("提出认定诬告"), _("要由另外两人先后批准。这里只认定反映的内容是捏造的，不问、也查不到是谁反映的。"), _("提出"), _way(lead),
        [(_("反映的问题"), lead.text)],
    )  # fmt: skip
    return acts.answer(
        request, page, Facts(request.POST if request.method == "POST" else None),
        lambda given: false_reports.propose(lead, facts=given["facts"], by=request.user, at=request.now),
        _("已提出，等另外两人先后审批。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.LEAD_APPROVE)
def settle_doubt(request: Request, *, pk: int) -> HttpResponse:
    """Approve as the first or the second, or reject."""
    lead = queries.lead(pk, to=request.standing)
    report = queries.false_report(lead)
    if report is None:
        raise NotFound

    def do(given: dict[str, Any]) -> None:
        act = false_reports.approve if given["verdict"] == "approve" else false_reports.reject
        act(report, ruling=given["ruling"], by=request.user, at=request.now)

    facts = [(_("查明的事实"), report.facts), (_("提出"), report.proposed_by.name)]
    facts += [(_("第一审批人"), report.first_by.name)] if report.first_by else []
    page = acts.Page(
        _("审批诬告认定"), _("两个不同的人都同意才算认定；任何一人不同意，就不认定。"), _("确定"), _way(lead), facts
    )
    form = Ruling(request.POST if request.method == "POST" else None)
    return acts.answer(request, page, form, do, _("已登记您的意见。"))
