"""Catalogues of rules: what is on record, honestly, and completing one by Excel."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import files
from mingcha.doors.desk.forms.uploads import Upload
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries
from mingcha.ground.rulebook.actions import catalogues as actions
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.rulebook.models import Edition, Item, Rulebook


@require_safe
@door(P.RULEBOOK_SEE)
def index(request: Request) -> HttpResponse:
    """Every catalogue with its newest edition and how much of it is on record."""
    newest = {edition.rulebook_id: edition for edition in queries.latest_editions()}
    lines = [(rulebook, newest.get(rulebook.pk)) for rulebook in queries.rulebooks()]
    return render(request, "desk/rulebooks.html", {
        "lines": [(rulebook, edition, _missing(edition)) for rulebook, edition in lines],
        "may_keep": request.standing.can(P.RULEBOOK_KEEP),
    })  # fmt: skip


@require_safe
@door(P.RULEBOOK_SEE)
def show(request: Request, *, code: str) -> HttpResponse:
    """One catalogue; ?edition= shows an older version, which findings that cite it go on printing."""
    rulebook = _rulebook(code)
    editions = list(queries.editions(rulebook))
    wanted = request.GET.get("edition", "")
    edition = next((e for e in editions if str(e.version) == wanted), editions[0] if editions else None)
    items = list(queries.items(edition)) if edition else []
    return render(request, "desk/rulebook.html", {
        "rulebook": rulebook, "editions": editions, "edition": edition, "missing": _missing(edition),
        "unlisted": max(0, edition.declared - len(items)) if edition else 0,
        "items": items, "numbered": any(item.number for item in items),
        "newest": bool(editions) and edition == editions[0],
        "may_keep": request.standing.covers(P.RULEBOOK_KEEP, rulebook.keeper.division_id),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def take(request: Request) -> HttpResponse:
    """Publish the next edition of a catalogue from Excel, all or nothing."""
    form = Upload(request.POST, request.FILES) if request.method == "POST" else Upload()
    if form.is_valid():
        try:
            edition = actions.import_edition(form.content(), by=request.user, at=request.now)
        except NotFound as refusal:
            words = _("这个清单由别的单位维护，您不能发布它的新版本。请把文件交给维护单位导入。")
            return _take_page(request, form, refusal=words, status=refusal.status)
        except Refusal as refusal:
            problems = getattr(refusal, "problems", ())
            return _take_page(request, form, refusal=refusal, problems=problems, status=refusal.status)
        messages.success(
            request, _("已发布%(edition)s。正在进行的任务要用它，请到任务页点“换用”。") % {"edition": edition}
        )
        return redirect("desk:rulebook", edition.rulebook.code)
    return _take_page(request, form, status=422 if form.is_bound else 200)


def _take_page(request: Request, form: Upload, *, status: int, **more: Any) -> HttpResponse:
    mine = [
        rulebook
        for rulebook in queries.rulebooks().select_related("keeper__division")
        if request.standing.covers(P.RULEBOOK_KEEP, rulebook.keeper.division_id)
    ]
    context = {"form": form, "rulebooks": mine, "columns": actions.COLUMNS, **more}
    return render(request, "desk/rulebook_import.html", context, status=status)


@require_safe
@door(P.RULEBOOK_SEE)
def template(request: Request, *, code: str) -> HttpResponse:
    """Hand out the newest edition as a sheet, with rows for what is not on record yet."""
    rulebook = _rulebook(code)
    edition = queries.editions(rulebook).first()
    items = list(queries.items(edition)) if edition else []
    rows = _rows(rulebook, edition, items)
    notes = [
        _("照官方文件原文补全“条文”，没有原文的留空，系统会显示“未收录”；不要概括或改写。"),
        _("印发日期、出处、应有条数只看第一行。"),
        _("改好后在“清单”页上传：有一处不对，整份都不导入。上传即成为新版本，旧版本照样保留。"),
    ]
    if edition and edition.declared > len(items):
        notes.append(_("官方文件共 %(declared)s 条，已列 %(listed)s 条，其余请在下面加行。")
                     % {"declared": edition.declared, "listed": len(rows)})  # fmt: skip
    content = sheets.write(actions.COLUMNS, rows, title=rulebook.name, notes=notes)
    return files.attached(content, name=f"{rulebook.name}.xlsx", media_type=files.XLSX)


def _rows(rulebook: "Rulebook", edition: "Edition | None", items: list["Item"]) -> list[list[object]]:
    """Return the sheet's rows; numbered blanks follow where the numbers of what is missing can be known."""
    facts = [edition.issued_on, edition.source, edition.declared] if edition else ["", "", 1]
    rows = [[rulebook.code, item.number, item.category, item.text, *facts] for item in items]
    numbers = {item.number for item in items}
    if edition and all(number.isdigit() for number in numbers):
        blanks = [n for n in range(1, edition.declared + 1) if str(n) not in numbers][: edition.declared - len(items)]
        rows += [[rulebook.code, str(n), "", "", *facts] for n in blanks]
    return rows or [[rulebook.code, "1", "", "", *facts]]


def _missing(edition: "Edition | None") -> int:
    """Return how many of the official items are not on record."""
    return max(0, edition.declared - edition.recorded) if edition else 0  # type: ignore[attr-defined]


def _rulebook(code: str) -> "Rulebook":
    found = queries.rulebook(code)
    if found is None:
        raise NotFound
    return found
