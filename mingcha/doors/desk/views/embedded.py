"""Embedded supervision (嵌入式监督): what resident groups record inside their hosts, and the check that follows."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk.forms.embedded import COUNTED, Check, Record
from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.fieldwork import queries
from mingcha.flow.fieldwork.actions import embedded as actions
from mingcha.flow.fieldwork.states import EmbeddedKind
from mingcha.flow.findings import queries as findings
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.flow.fieldwork.models import EmbeddedRecord
    from mingcha.ground.territory.models import Body

PAGE = 25


@require_safe
@door()
def index(request: Request) -> HttpResponse:
    """List the records of one's own group, or of all groups in one's area, narrowed by kind and group."""
    standing = request.standing
    if not (standing.can(P.EMBEDDED_KEEP) or standing.can(P.LEDGER_SEE)):
        raise PermissionDenied
    groups = list(queries.embedded_groups(to=standing))
    kind, group = request.GET.get("kind", ""), request.GET.get("group", "")
    found = queries.embedded(to=standing)
    if kind in EmbeddedKind.values:
        found = found.filter(kind=kind)
    if group in {body.code for body in groups}:
        found = found.filter(group=group)
    words = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "kinds": wording.choices(EmbeddedKind.choices), "groups": groups, "kind": kind, "group": group,
        "narrowed": bool(kind or group), "sums": queries.embedded_sums(found),
        "keeps": standing.can(P.EMBEDDED_KEEP), "open": _open_campaigns(request),
    }  # fmt: skip
    return render(request, "desk/embedded.html", words)


def _open_campaigns(request: Request) -> list["Campaign"]:
    """Return the campaigns under way in which one's own group is at work: there it may record."""
    own = request.standing.serves(P.EMBEDDED_KEEP)
    seen = campaigns.visible(request.standing).filter(state="open") if own else []
    return [campaign for campaign in seen if any(campaigns.office_of(campaign, code) for code in own)]


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.EMBEDDED_KEEP)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Write down what the group did inside its host."""
    campaign = campaigns.campaign(slug, to=request.standing)
    groups = _own_groups(request)
    data = request.POST if request.method == "POST" else None
    form = Record(data, groups=[(code, body.name) for code, body in groups.items()], at=request.now)
    refusal = None
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "residents_checked"}
        try:
            given["group"] = groups[given["group"]]
            made = actions.record(campaign, **given, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已记录。发现问题的，可以接着检查登记。"))
            return redirect("desk:embedded_record", pk=made.pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    said = refusal is not None and form.refuse(refusal)
    words = {
        "campaign": campaign, "form": form, "refusal": None if said else refusal,
        "hosts": [body.host.name for body in groups.values() if body.host],
    }  # fmt: skip
    return render(request, "desk/embedded_new.html", words, status=status)


def _own_groups(request: Request) -> dict[str, "Body"]:
    served = request.standing.serves(P.EMBEDDED_KEEP)
    return {code: body for code in dict.fromkeys(served) if (body := territory.body(code))}


@require_safe
@door()
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show one record, with the check made from it."""
    return _page(request, queries.embedded_record(pk, to=request.standing))


@require_POST
@door(P.EMBEDDED_KEEP)
def check(request: Request, *, pk: int) -> HttpResponse:
    """Begin to check the host's duty at one of its sites; what is found there is noted as at any other visit."""
    record = queries.embedded_record(pk, to=request.standing)
    sites = {site.code: site for site in queries.host_sites(record)}
    form = Check(request.POST, sites=[(code, code) for code in sites])
    if not form.is_valid():
        return _page(request, record, form, status=422)
    try:
        site = sites[form.cleaned_data["site"]]
        visit = actions.begin_check(record, site=site, by=request.user, at=request.now)
    except Refusal as refusal:
        record = queries.embedded_record(pk, to=request.standing)
        return _page(request, record, form, refusal=refusal, status=refusal.status)
    messages.success(request, _("检查已开始，按部门的检查表填写，发现问题就地登记。"))
    return redirect("field:visit", pk=visit.pk)


def _page(
    request: Request, record: "EmbeddedRecord", form: Check | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    standing, visit = request.standing, record.visit
    keeps = record.group_id in standing.serves(P.EMBEDDED_KEEP)
    told = _("%(name)s（%(type)s）")
    found = queries.host_sites(record) if keeps else []
    sites = [(site.code, told % {"name": site.name, "type": site.type.name}) for site in found]
    shown = Check(form.data if form else None, sites=sites)
    own = visit is not None and campaigns.goes_out_with(visit.inspection.team, to=standing)
    words = {
        "record": record,
        "counted": record.kind in COUNTED,
        "form": shown,
        "sites": sites,
        "may_check": keeps and visit is None and record.campaign.state == "open",
        "refusal": refusal,
        "visit": visit,
        "own_visit": own,
        "may_visit": visit is not None and queries.visits(to=standing).filter(pk=visit.pk).exists(),
        "findings": findings.visible(to=standing).filter(visit=visit) if visit else (),
        "may_index": standing.can(P.LEDGER_SEE) or keeps,
    }
    return render(request, "desk/embedded_record.html", words, status=status)
