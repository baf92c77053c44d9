"""The register of sites: list, one site, and the township groups. Taking it from Excel stands at the end."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import files
from mingcha.doors.desk.forms import uploads
from mingcha.doors.desk.forms.sites import Groups, Site
from mingcha.doors.hall.access import Request, door
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import bearings, divisions, sites
from mingcha.ground.territory.actions.bearings import Bearings
from mingcha.ground.territory.actions.paper_sites import UNTYPED
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.territory.models import Division

PER_PAGE = 50
LIES = tuple(field.name for field in fields(Bearings))


@require_safe
@door(P.SITE_SEE)
def index(request: Request) -> HttpResponse:
    """The register within one's area, narrowed by type, place, standing or a few letters."""
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("type", "place", "q", "standing", "body")}
    found = queries.sites(
        request.standing.area(P.SITE_SEE, "division__code"),
        type_code=chosen["type"],
        township=chosen["place"],
        search=chosen["q"],
        body=chosen["body"],
        active={"off": False, "all": None, "provisional": None}.get(chosen["standing"], True),
        provisional={"off": False, "provisional": True}.get(chosen["standing"]),
    )
    area = request.standing.area(P.SITE_SEE, "division__code")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    townships = queries.names(site.division.township_code for site in page)
    return render(request, "desk/sites.html", {
        "page": page, "chosen": chosen, "types": queries.site_types(), "places": _places(request),
        "rows": [(site, townships.get(site.division.township_code, "")) for site in page],
        "narrowed": any(chosen.values()), "may_keep": request.standing.can(P.SITE_KEEP),
        "register": queries.register_size(area), "met": queries.sites(area, provisional=True).count(),
    })  # fmt: skip


def _places(request: Request) -> list[tuple["Division", list["Division"]]]:
    """Return the counties in one's area, each with its townships."""
    found = []
    for prefix in request.standing.prefixes(P.SITE_SEE):
        townships = list(queries.townships(prefix))
        counties = queries.counties(prefix[:6])
        found += [(county, [t for t in townships if t.code.startswith(county.code)]) for county in counties]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def new(request: Request) -> HttpResponse:
    """Put one site on the register."""
    county, counties = _county(request)
    if county is None:
        return render(request, "desk/sites_county.html", {"counties": counties, "heading": _("登记点位")})
    form = _form(county, request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            return _add(request, form)
        except Refusal as failure:
            refusal = failure
    return _site_page(request, form, county, refusal=refusal, counties=counties)


def _add(request: Request, form: Site) -> HttpResponse:
    given = _given(form)
    prefixes = request.standing.prefixes(P.SITE_KEEP)
    site = sites.add_site(code=form.cleaned_data["code"], **given, prefixes=prefixes, by=request.user, at=request.now)
    messages.success(request, _("已登记“%(site)s”。") % {"site": site.name})
    return redirect("desk:site_new" if "another" in request.POST else "desk:sites")


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def edit(request: Request, *, code: str) -> HttpResponse:
    """Change one site. What is in a frozen frame stays as it was."""
    site = queries.site(code, request.standing.area(P.SITE_KEEP, "division__code"))
    county = queries.division(site.division.county_code) if site else None
    if site is None or county is None:
        raise NotFound
    if site.provisional and request.method != "POST":
        return redirect("desk:site_confirm", site.code)
    initial = {
        "name": site.name, "type": site.type_id, "division": site.division_id, "address": site.address,
        "body": site.body.name, "active": site.active,
        **{field: getattr(site, field) for field in LIES},
    }  # fmt: skip
    form = _form(county, request.POST if request.method == "POST" else None, initial=initial, known=True)
    form.bodies.setdefault(site.body.name, site.body_id)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            sites.change_site(
                site, **_given(form), active=form.cleaned_data["active"],
                prefixes=request.standing.prefixes(P.SITE_KEEP), by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(
                request, _("已改好“%(site)s”。已冻结的名录不受影响。") % {"site": form.cleaned_data["name"]}
            )
            return redirect("desk:sites")
    return _site_page(request, form, county, refusal=refusal, site=site)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def confirm(request: Request, *, code: str) -> HttpResponse:
    """Put a place that a team met on the register for good: what it is, where, and who answers for it."""
    site = queries.site(code, request.standing.area(P.SITE_KEEP, "division__code"))
    county = queries.division(site.division.county_code) if site else None
    if site is None or county is None:
        raise NotFound
    if not site.provisional and request.method != "POST":
        return redirect("desk:site", site.code)
    visits = list(fieldwork.visits_met(site, to=request.standing)[:5])
    form = _form(county, request.POST if request.method == "POST" else None, initial=_met(site, visits), met=True)
    form.bodies.setdefault(site.body.name, site.body_id)
    refusal = None
    if form.is_valid():
        try:
            confirmed = sites.confirm_site(
                site, code=form.cleaned_data["code"], **_given(form),
                prefixes=request.standing.prefixes(P.SITE_KEEP), by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已核实“%(site)s”，以后参加抽签。") % {"site": confirmed.name})
            return redirect("desk:sites")
    return _site_page(request, form, county, refusal=refusal, site=site, visits=visits)


def _met(site: Any, visits: Any) -> dict[str, Any]:
    """Return what is known of a place that a team met, and where it stood then; what a phone made up for it is not."""
    stood = next((visit for visit in visits if visit.latitude is not None and visit.longitude is not None), None)
    where = {"latitude": stood.latitude, "longitude": stood.longitude} if stood else {}
    code = site.code if sites.CODE.fullmatch(site.code) else ""
    kind = "" if site.type_id == UNTYPED else site.type_id
    place = site.division_id if len(site.division_id) >= 9 else ""
    return {"code": code, "name": site.name, "type": kind, "division": place, "address": site.address, "body": "",
            **where}  # fmt: skip


def _site_page(
    request: Request, form: Site, county: "Division", *, refusal: Refusal | None, site: Any = None, counties: Any = (),
    visits: Any = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "county": county, "counties": counties, "refusal": refusal, "site": site,
        "bodies": sorted(form.bodies), "visits": visits,
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    page = "site" if visits is None else "site_confirm"
    return render(request, f"desk/{page}.html", context, status=status)


def _county(request: Request) -> tuple["Division | None", list["Division"]]:
    """Return the county at hand (?county= where one keeps several) and all that one keeps."""
    counties = [county for prefix in request.standing.prefixes(P.SITE_KEEP) for county in queries.counties(prefix[:6])]
    if len(counties) == 1:
        return counties[0], counties
    wanted = request.POST.get("county") or request.GET.get("county", "")
    return next((county for county in counties if county.code == wanted), None), counties


def _form(county: "Division", data: Any, **more: Any) -> Site:
    groups: dict[str, list[tuple[str, str]]] = {}
    name = county.name
    for place in queries.places(county.code):
        if len(place.code) == 9:
            name = place.name
            groups[name] = [(place.code, _("%(township)s（不在某个村）") % {"township": name})]
        else:
            groups.setdefault(name, []).append((place.code, place.name))
    # Where two bodies share a name, the county's own comes before the city's.
    known = [body for body in queries.bodies_over(county.code) if not queries.is_stand_in(body)]
    bodies = sorted(known, key=lambda body: -len(body.division_id))
    names: dict[str, str] = {}
    for body in bodies:
        names.setdefault(body.name, body.code)
    types = [(kind.code, kind.name) for kind in queries.site_types()]
    return Site(data, types=types, divisions=list(groups.items()), bodies=names, **more)


def _given(form: Site) -> dict[str, Any]:
    """Return what the room takes, codes turned into what they name."""
    given = form.cleaned_data
    division, body = queries.division(given["division"]), queries.body(given["body"])
    if division is None or body is None:
        raise NotFound
    kind = queries.site_types().get(pk=given["type"])
    return {"name": given["name"], "type": kind, "division": division, "address": given["address"], "body": body,
            "lies": Bearings(**{field: given[field] for field in LIES})}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def take(request: Request) -> HttpResponse:
    """
    Take sites from Excel: a file is previewed, and what was previewed is confirmed.

    Nothing is written by the preview. The confirmation carries the file along and the room checks it all again.
    """
    upload = uploads.Upload()
    if "kept" in request.POST:
        kept = uploads.Kept(request.POST)
        content = kept.content(username=request.user.username) if kept.is_valid() else None
        if content is None:
            return _take_page(request, upload, refusal=_("预览的文件不完整，没有导入。请重新选择文件。"), status=422)
        return _confirm(request, upload, content)
    if request.method == "POST":
        upload = uploads.Upload(request.POST, request.FILES)
        if upload.is_valid():
            return _preview(request, upload, upload.content())
        return _take_page(request, upload, status=422)
    return _take_page(request, upload)


def _preview(request: Request, upload: uploads.Upload, content: bytes) -> HttpResponse:
    try:
        plan = sites.preview(content, prefixes=request.standing.prefixes(P.SITE_KEEP))
    except Refusal as refusal:
        return _take_page(request, upload, refusal=refusal, status=refusal.status)
    if plan.problems:
        return _take_page(request, uploads.Upload(), plan=plan, problems=plan.problems, status=422)
    if not plan.rows:
        return _take_page(request, upload, refusal=_("表里没有点位，请从第二行起填写。"), status=422)
    kept = uploads.keep(content, username=request.user.username)
    first = [[(column, row[column]) for column in sites.COLUMNS] for row in plan.rows[:8]]
    name = upload.cleaned_data["file"].name
    return _take_page(request, uploads.Upload(), plan=plan, kept=kept, name=name, first=first)


def _confirm(request: Request, upload: uploads.Upload, content: bytes) -> HttpResponse:
    try:
        done = sites.import_sites(
            content, prefixes=request.standing.prefixes(P.SITE_KEEP), by=request.user, at=request.now
        )
    except Refusal as refusal:
        problems = getattr(refusal, "problems", ())
        return _take_page(request, upload, refusal=refusal, problems=problems, status=refusal.status)
    messages.success(
        request,
        _("已导入：新增 %(added)d 个，更新 %(changed)d 个，新登记单位 %(bodies)d 个。")
        % {"added": done.added, "changed": done.changed, "bodies": len(done.new_bodies)},
    )
    return redirect("desk:sites")


def _take_page(request: Request, upload: uploads.Upload, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": upload, "columns": sites.COLUMNS, **more}
    return render(request, "desk/sites_import.html", context, status=status)


@require_safe
@door(P.SITE_KEEP)
def template(request: Request) -> HttpResponse:
    """Hand out an empty sheet with the columns; its second page lists what may stand in them."""
    prefixes = request.standing.prefixes(P.SITE_KEEP)
    notes = [
        _("一行一个点位，从“点位”页第二行起填写，表头一字不改。"),
        _("点位编号：自己定，不能重复，只用汉字、字母、数字和 - _ . ；编号已在册的，按新内容更新。"),
        _("类型：") + "、".join(kind.name for kind in queries.site_types()),
        _("区划代码：填到乡镇（9 位）或村社区（12 位），见下面的代码。"),
        _("责任单位：谁对这里负责，填全称；没有登记过的，导入时一并登记。"),
        _("以下几列可以整列删去，删去的列不动原来的内容；留着的列，空格就是清空。"),
        _("纬度、经度：度数，例如 34.438、104.037，一起填。示意位置：大概位置填“是”。"),
        _("街道或院落：一家被查、别家马上知道的几处，填同一个名字。"),
        _("开门、关门：写成 08:30 的样子，一起填；什么时候都能去的留空。"),
        "",
        *(f"{place.code} {place.name}" for prefix in prefixes for place in queries.places(prefix)),
    ]
    content = sheets.write([*sites.COLUMNS, *bearings.COLUMNS], [], title=_("点位"), notes=notes)
    return files.attached(content, name=_("点位导入模板") + ".xlsx", media_type=files.XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.SITE_KEEP)
def groups(request: Request) -> HttpResponse:
    """Put the townships of a county into groups: half of a stratum of the lot."""
    county, counties = _county(request)
    if county is None:
        return render(request, "desk/sites_county.html", {"counties": counties, "heading": _("划分片区")})
    townships = [(t.code, t.name, t.group) for t in queries.townships(county.code)]
    form = Groups(request.POST if request.method == "POST" else None, townships=townships)
    if form.is_valid():
        divisions.group_townships(form.cleaned_data, prefix=county.code, by=request.user, at=request.now)
        messages.success(request, _("片区已保存，从下一次冻结名录起生效。"))
        return redirect("desk:sites")
    known = sorted({group for _code, _name, group in townships if group})
    context = {"form": form, "county": county, "counties": counties, "known": known}
    return render(request, "desk/sites_groups.html", context, status=422 if form.is_bound else 200)
