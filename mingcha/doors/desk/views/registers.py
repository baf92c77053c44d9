"""The registers of the organisation from and to Excel: bodies, people, posts, links."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import files
from mingcha.doors.desk.forms.uploads import Upload
from mingcha.doors.desk.registers import REGISTERS, Register, kinds, roles
from mingcha.doors.hall import clock, wording
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts.actions import registers
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def take(request: Request, *, kind: str) -> HttpResponse:
    """
    Take a register from Excel, all or nothing; every bad row is named.

    First passwords of new accounts are told on the answer to the upload itself and kept nowhere: it is never stored,
    and to load it again takes another upload, which finds nobody new.
    """
    register = _register(kind)
    form = Upload(request.POST, request.FILES) if request.method == "POST" else Upload()
    if not form.is_valid():
        return _page(request, kind, register, form, status=422 if form.is_bound else 200)
    try:
        brought = register.take(form.content(), request)
    except Refusal as refusal:
        problems = getattr(refusal, "problems", ())
        return _page(request, kind, register, form, refusal=refusal, problems=problems, status=refusal.status)
    if brought.newcomers:
        context = {"kind": kind, "register": register, "brought": brought}
        answer = render(request, "desk/register_passwords.html", context)
        answer["Cache-Control"] = "no-store"
        return answer
    messages.success(request, brought.said)
    return redirect("desk:register_import", kind)


def _register(kind: str) -> Register:
    if kind not in REGISTERS:
        raise NotFound
    return REGISTERS[kind]


def _page(
    request: Request, kind: str, register: Register, form: Upload, *, status: int, refusal: Refusal | None = None,
    problems: Any = (),
) -> HttpResponse:  # fmt: skip
    context = {
        "kind": kind, "register": register, "registers": [(name, each.name) for name, each in REGISTERS.items()],
        "form": form, "refusal": refusal, "problems": problems,
        "roles": roles() if kind in ("people", "posts") else (), "kinds": kinds() if kind == "bodies" else (),
    }  # fmt: skip
    return render(request, "desk/register_import.html", context, status=status)


@require_safe
@door(P.ORGANISATION_KEEP)
def template(request: Request, *, kind: str) -> HttpResponse:
    """Hand out an empty sheet with the columns; its second page says what may stand in them."""
    register = _register(kind)
    notes = [
        _("从第一页的第二行起填写，表头一字不改。有一行不对，整份都不写入。"),
        *(
            f"{column}{_('（必填）') if must else ''}{_('：')}{meaning}"
            for column, must, meaning in register.explained()
        ),
        "",
        *register.lists(request),
    ]
    content = sheets.write(register.columns, [], title=str(register.name), notes=notes)
    name = _("%(register)s导入模板") % {"register": register.name}
    return files.attached(content, name=f"{name}.xlsx", media_type=files.XLSX)


@require_safe
@door(P.ORGANISATION_SEE)
def export(request: Request, *, kind: str) -> HttpResponse:
    """Hand out what one may see of a register, in the shape that can be imported; that it left is on record first."""
    register = _register(kind)
    rows = list(register.rows(request))
    registers.record_export(kind, rows=len(rows), by=request.user, at=request.now)
    notes = [
        _("名册：%(name)s") % {"name": register.name},
        _("导出时间：%(time)s") % {"time": wording.full_moment(request.now)},
        _("导出人：%(name)s（%(username)s）") % {"name": request.user.name, "username": request.user.username},
        _("行数：%(rows)s") % {"rows": len(rows)},
        _("范围：只含导出人有权查看的行。"),
        _("改好后可以原样导入，没有改的行不受影响。"),
    ]
    if clock.is_demo():
        notes.insert(0, _("演示数据，不得引用。"))
    content = sheets.write(register.columns, rows, title=str(register.name), notes=notes)
    mark = _("（演示）") if clock.is_demo() else ""
    name = f"{register.name}{mark}{timezone.localtime(request.now):%Y%m%d-%H%M}.xlsx"
    return files.attached(content, name=name, media_type=files.XLSX)
