"""
An office's former ledger, taken over: upload, say once what its columns mean, look at what would happen, take it.

The file travels in the pages, signed (forms/uploads.py); nothing waits on the server, and nothing is written before the
last press but what the columns mean.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import files, former
from mingcha.doors.desk.forms import uploads
from mingcha.doors.desk.forms.former import Carried, Columns, Start
from mingcha.doors.hall import clock, wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.rectifications.actions import ledger_import
from mingcha.flow.rectifications.queries import imported
from mingcha.flow.reports.actions import briefs as reports
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import ledgers, sheets
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.flow.rectifications.models import LedgerMapping
    from mingcha.ground.territory.models import Body

RECENT = 20


@dataclass(frozen=True)
class Chosen:
    """The file and where it belongs, as one page hands it to the next."""

    content: bytes
    campaign: "Campaign"
    office: "Body"
    mapping: "LedgerMapping | None"
    year: int | None
    file_name: str

    def carried(self, username: str, mapping: "LedgerMapping | None" = None) -> Carried:
        """Return the hidden fields that hand this on."""
        kept = mapping or self.mapping
        return Carried(
            initial={
                "kept": uploads.keep(self.content, username=username), "campaign": self.campaign.slug,
                "office": self.office.pk, "mapping": kept.pk if kept else None, "year": self.year,
                "file_name": self.file_name,
            }
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.LEDGER_IMPORT)
def index(request: Request) -> HttpResponse:
    """Take a file in and read it; list the mappings saved before and what was taken over."""
    form = _start(request)
    if request.method != "POST":
        return _index(request, form)
    if not form.is_valid():
        return _index(request, form, status=422)
    given = form.cleaned_data
    chosen = _chosen(request, form.content(), given, file_name=given["file"].name)
    if chosen is None:
        return _index(request, form, refusal=_("这个单位不在这次任务里，请另选任务或单位。"), status=422)
    try:
        if chosen.mapping:
            return _preview(request, chosen, chosen.mapping)
        return _columns(request, chosen)
    except Refusal as refusal:
        return _index(request, form, refusal=refusal, status=refusal.status)


@require_POST
@door(P.LEDGER_IMPORT)
def columns(request: Request) -> HttpResponse:
    """Keep what the columns mean, then show what an import would do; with `again`, ask once more."""
    chosen = _handed_on(request)
    if chosen is None:
        return _lost(request)
    try:
        if "again" in request.POST:
            return _columns(request, chosen)
        form = _columns_form(chosen, request.POST)
        if not form.is_valid():
            return _columns(request, chosen, form=form, status=422)
    except Refusal as refusal:
        return _index(request, _start(request, fresh=True), refusal=refusal, status=refusal.status)
    try:
        mapping = ledger_import.save_mapping(
            chosen.office, name=form.cleaned_data["name"], columns=form.columns(),
            words=(chosen.mapping.words if chosen.mapping else {}) | form.explained(),
            done_closes=form.cleaned_data["done_closes"], by=request.user, at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _columns(request, chosen, form=form, refusal=refusal, status=refusal.status)
    return _preview(request, chosen, mapping)


@require_POST
@door(P.LEDGER_IMPORT)
def take(request: Request) -> HttpResponse:
    """Take over the very file that was previewed, all or nothing."""
    chosen = _handed_on(request)
    if chosen is None or chosen.mapping is None:
        return _lost(request)
    try:
        done = ledger_import.take(
            chosen.content, mapping=chosen.mapping, campaign=chosen.campaign, year=chosen.year, by=request.user,
            at=request.now,
        )  # fmt: skip
    except sheets.RowsRefused:
        return _preview(request, chosen, chosen.mapping)
    except Refusal as refusal:
        return _index(request, _start(request, fresh=True), refusal=refusal, status=refusal.status)
    if done is None:
        messages.info(request, _("文件里的每一行以前都导入过，什么都没有改。"))
    else:
        told = {"rows": done.rows, "open": done.rows - done.closed, "known": done.known}
        messages.success(
            request, _("已导入 %(rows)s 件，其中未办结 %(open)s 件已交办；以前导入过的 %(known)s 行没有动。") % told
        )
    return redirect("desk:ledger_of", slug=chosen.campaign.slug)


@require_safe
@door(P.LEDGER_IMPORT)
def shape(request: Request, *, pk: int) -> HttpResponse:
    """Hand out an office's ledger of a campaign in its former shape; that it left is put on record first."""
    mapping = imported.mapping(pk, to=request.standing)
    slug = request.GET.get("campaign", "")
    campaign = campaigns.campaign(slug, to=request.standing) if slug else campaigns.visible(request.standing).first()
    if campaign is None:
        raise NotFound
    rows = list(imported.sheet(mapping, campaign, to=request.standing))
    chosen = {"office": mapping.office_id, "shape": mapping.name}
    reports.record_export(campaign, rows=len(rows), chosen=chosen, by=request.user, at=request.now)
    notes = [
        _("任务：%(name)s") % {"name": campaign.name},
        _("导出时间：%(time)s") % {"time": wording.full_moment(request.now)},
        _("导出人：%(name)s（%(username)s）") % {"name": request.user.name, "username": request.user.username},
        _("行数：%(rows)s") % {"rows": len(rows)},
        _("列和次序与“%(name)s”一致；选了不读取的列空着。") % {"name": mapping.name},
    ]
    if clock.is_demo():
        notes.insert(0, _("演示数据，不得引用。"))
    content = sheets.write(imported.headings(mapping), rows, title=mapping.name, notes=notes)
    mark = _("（演示）") if clock.is_demo() else ""
    name = f"{mapping.name}{mark}{timezone.localtime(request.now):%Y%m%d-%H%M}.xlsx"
    return files.attached(content, name=name, media_type=files.XLSX)


def _start(request: Request, *, fresh: bool = False) -> Start:
    """Return the upload's form; only campaigns under way and offices one takes ledgers over for are offered."""
    open_to = [campaign for campaign in campaigns.visible(request.standing) if campaign.state == "open"]
    offices = {
        office.body_id: office.body.name
        for campaign in open_to
        for office in campaigns.offices_within(campaign, to=request.standing, permission=P.LEDGER_IMPORT)
    }
    saved = [(str(each.pk), f"{each.office.name} · {each.name}") for each in imported.mappings(to=request.standing)]
    data, sent = (None, None) if fresh or request.method != "POST" else (request.POST, request.FILES)
    named = [(campaign.slug, campaign.name) for campaign in open_to]
    return Start(data, sent, campaigns=named, offices=offices.items(), mappings=saved)


def _chosen(request: Request, content: bytes, given: dict[str, Any], *, file_name: str) -> Chosen | None:
    """Return what was chosen, read anew within one's reach; None where the office has no part in the campaign."""
    campaign = campaigns.campaign(given["campaign"], to=request.standing)
    mapping = imported.mapping(int(given["mapping"]), to=request.standing) if given["mapping"] else None
    wanted = mapping.office_id if mapping else given["office"]
    offices = campaigns.offices_within(campaign, to=request.standing, permission=P.LEDGER_IMPORT)
    office = next((each.body for each in offices if each.body_id == wanted), None)
    return Chosen(content, campaign, office, mapping, given["year"], file_name[:200]) if office else None


def _handed_on(request: Request) -> Chosen | None:
    """Return what the page before handed on; None where it was altered, or belongs to somebody else."""
    form = Carried(request.POST)
    content = form.content(username=request.user.username) if form.is_valid() else None
    if content is None:
        return None
    return _chosen(request, content, form.cleaned_data, file_name=form.cleaned_data["file_name"])


def _lost(request: Request) -> HttpResponse:
    refusal = _("预览的文件不完整，没有导入。请重新选择文件。")
    return _index(request, _start(request, fresh=True), refusal=refusal, status=422)


def _index(request: Request, form: Start, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form, "refusal": refusal, "mappings": imported.mappings(to=request.standing),
        "imports": imported.imports(to=request.standing)[:RECENT],
    }  # fmt: skip
    return render(request, "desk/former.html", context, status=status)


def _columns_form(chosen: Chosen, data: Any = None) -> Columns:
    """Return the form for the columns of a file: as guessed, or as its mapping has them. Raises what reading raises."""
    sheet = ledgers.read(chosen.content)
    saved = ledger_import.understood(chosen.mapping) if chosen.mapping else None
    meanings = ledgers.guess(sheet.headings) | (dict(saved.columns) if saved else {})
    said = {word: means.value for word, means in saved.words.items()} if saved else {}
    known = ledgers.Mapping(meanings)
    state = known.heading(ledgers.Meaning.STATE)
    words = [text for text in sheet.samples(state, 200) if known.standing(text) is None] if state else []
    initial = {
        "name": chosen.mapping.name if chosen.mapping else (sheet.title or chosen.file_name.removesuffix(".xlsx"))[:60],
        "done_closes": saved.done_closes if saved else True,
    }
    return Columns(data, sheet=sheet, meanings=meanings, words=words, said=said, initial=initial)


def _columns(
    request: Request, chosen: Chosen, *, form: Columns | None = None, refusal: Any = None, status: int = 200
) -> HttpResponse:
    form = form or _columns_form(chosen)
    context = {
        "form": form, "carried": chosen.carried(request.user.username), "chosen": chosen, "refusal": refusal,
        "meanings": former.MEANINGS.values(), "sheet": form.sheet,
    }  # fmt: skip
    return render(request, "desk/former_columns.html", context, status=status)


def _preview(request: Request, chosen: Chosen, mapping: "LedgerMapping") -> HttpResponse:
    try:
        plan = ledger_import.preview(
            chosen.content, mapping=mapping, campaign=chosen.campaign, year=chosen.year, by=request.user,
            at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _index(request, _start(request, fresh=True), refusal=refusal, status=refusal.status)
    context = {
        "plan": plan, "chosen": chosen, "mapping": mapping, "carried": chosen.carried(request.user.username, mapping),
        "overdue": plan.overdue(request.now), "first": plan.fresh[:12], "problems": plan.problems,
        "suspicions": former.suspicions(plan.fresh)[:30],
    }  # fmt: skip
    return render(request, "desk/former_preview.html", context, status=422 if plan.problems else 200)
