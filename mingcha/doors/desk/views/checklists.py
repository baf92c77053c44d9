"""Checklists: every form by type of site, one version with what flows from it, and publishing the next from a file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import files, flowing
from mingcha.doors.desk.forms.checklists import ChecklistFile
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import phones
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.rulebook.models import Checklist

XML = "application/xml"


@require_safe
@door(P.RULEBOOK_SEE)
def index(request: Request) -> HttpResponse:
    """Every form one may read, type by type: of each office the newest version, with the one used here marked."""
    newest: dict[object, Checklist] = {}
    for checklist in queries.all_checklists(to=request.standing):
        newest.setdefault((checklist.site_type_id or f"/{checklist.form_id}", checklist.keeper_id), checklist)
    main = request.standing.main
    used = {checklist.pk for checklist in queries.current_checklists(place=main.division)} if main else set()
    general = [checklist for checklist in newest.values() if checklist.site_type_id is None]
    return render(request, "desk/checklists.html", {
        "typed": [checklist for checklist in newest.values() if checklist.site_type_id is not None],
        "general": [(form, fieldwork.taken_up_by(form, to=request.standing)) for form in general],
        "used": used, "may_keep": request.standing.can(P.RULEBOOK_KEEP),
    })  # fmt: skip


@require_safe
@door(P.RULEBOOK_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """One version: what it asks, what flows from the answers and what does not, where it is used, its other versions."""
    checklist = queries.checklist(pk, to=request.standing)
    versions = list(queries.versions(checklist, to=request.standing))
    main = request.standing.main
    place = main.division if main else ""
    used = queries.current_checklist(checklist.site_type_id, place=place) if checklist.site_type_id else None
    return render(request, "desk/checklist.html", {
        "checklist": checklist, "questions": queries.questions(checklist), "versions": versions,
        "flows": flowing.flows(checklist.compiled), "lacking": flowing.lacking(checklist.warnings),
        "used": used, "takers": fieldwork.taken_up_by(checklist, to=request.standing),
        "may_keep": request.standing.can(P.RULEBOOK_KEEP),
    })  # fmt: skip


@require_safe
@door(P.RULEBOOK_SEE)
def workbook(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the Excel file of a version, as it was uploaded."""
    checklist = queries.checklist(pk, to=request.standing)
    if checklist.workbook is None:
        raise NotFound
    return files.attached(bytes(checklist.workbook), name=f"{_name(checklist)}.xlsx", media_type=files.XLSX)


@require_safe
@door(P.RULEBOOK_SEE)
def xform(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the XForm of a version, as phones have it."""
    checklist = queries.checklist(pk, to=request.standing)
    return files.attached(checklist.xform.encode(), name=f"{_name(checklist)}.xml", media_type=XML)


def _name(checklist: "Checklist") -> str:
    return f"{checklist.form_id}-{checklist.form_version}"


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def take(request: Request) -> HttpResponse:
    """Publish a form from a file: all of it, or every row that is wrong and nothing."""
    form = _form(request)
    if not form.is_valid():
        return _take_page(request, form, status=422 if form.is_bound else 200)
    given, content = form.cleaned_data, form.content()
    chosen = territory.site_types().filter(pk=given["site_type"]).first() if given["site_type"] else None
    campaign = campaigns.campaign(given["campaign"], to=request.standing) if given["campaign"] else None
    try:
        made = phones.publish(
            content, site_type=chosen, keeper=territory.body(given["keeper"]), campaign=campaign, by=request.user,
            at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        problems = getattr(refusal, "problems", ())
        return _take_page(request, form, refusal=refusal, problems=problems, status=refusal.status)
    if made.published_at == request.now:
        messages.success(request, _("已发布“%(form)s”。") % {"form": made})
    else:
        messages.info(request, _("这个版本早已发布，内容一样，没有改动。"))
    return redirect("desk:checklist", made.pk)


def _form(request: Request) -> ChecklistFile:
    standing = request.standing
    offices = {h.body: h.body_name for h in standing.holdings if P.RULEBOOK_KEEP in h.role.permissions}
    mine = campaigns.visible(standing).filter(state="open") if standing.can(P.CAMPAIGN_OPEN) else []
    open_here = [each for each in mine if standing.covers(P.CAMPAIGN_OPEN, each.division_id)]
    sent: tuple[Any, Any] = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return ChecklistFile(
        *sent, types=[(kind.code, kind.name) for kind in territory.site_types()], keepers=list(offices.items()),
        campaigns=[(each.slug, each.name) for each in open_here], chosen=request.GET.get("site_type", ""),
    )  # fmt: skip


def _take_page(
    request: Request, form: ChecklistFile, *, status: int, refusal: Refusal | None = None, problems: Iterable[Any] = (),
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "refusal": refusal, "problems": problems, "types": territory.site_types(),
        "columns": flowing.CONVENTIONS,
    }  # fmt: skip
    return render(request, "desk/checklist_upload.html", context, status=status)
