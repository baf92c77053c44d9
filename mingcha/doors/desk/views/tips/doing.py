"""What is done about a tip from its page: accepted, handed on, written to, disposed of. Each is one press or one form."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.doors.desk import acts, strongbox, tipped
from mingcha.doors.desk.forms.tips import Concern, Conclude, Decline, First, Handler, Propose, Ruling, Sort
from mingcha.doors.desk.unlocking import room
from mingcha.doors.desk.views.leads import finder, sent
from mingcha.doors.desk.views.tips import tip as pages
from mingcha.doors.hall.access import Request, inside
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal
from mingcha.tips import queries
from mingcha.tips.actions import answering, handling, linking, proposals

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Person
    from mingcha.tips.models import Tip

WRITTEN: dict[str, tuple[Callable[..., None], str, Promise]] = {
    "reply": (answering.reply, "text", gettext_lazy("已送出，反映人凭查询码能看到。")),
    "notify": (answering.notify, "text", gettext_lazy("已告知受理情况。")),
    "note": (handling.note, "text", gettext_lazy("已密封保存。")),
    "answer": (answering.answer, "text", gettext_lazy("已反馈结果，这一件办结。")),
    "explain": (answering.explain, "text", gettext_lazy("已答复异议。")),
    "resume": (answering.resume, "reason", gettext_lazy("已重新办理。")),
}


def onward(request: Request, tip: "Tip") -> HttpResponseRedirect:
    """Go where the form says, if that lies in this house, else back to the tip in its queue."""
    kept = tipped.query(tipped.chosen(request)) if "tab" in request.GET else ""
    to = inside(request, request.POST.get("onward")) or reverse("desk:tip", args=[tip.pk]) + kept
    return HttpResponseRedirect(to)


@require_POST
@room(P.TIP_INTAKE)
def accept(request: Request, *, pk: UUID) -> HttpResponse:
    """Accept a tip and go on to the next."""
    tip, key = pages.of(request, pk)
    try:
        handling.accept(tip, key=key, by=request.user, at=request.now)
    except Refusal as refusal:
        return pages.page(request, tip, refusal=refusal)
    messages.success(request, _("已受理，编为%(name)s。") % {"name": tipped.name(tip)})
    return onward(request, tip)


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_INTAKE)
def decline(request: Request, *, pk: UUID) -> HttpResponse:
    """Decline what no office of this line handles."""
    tip, key = pages.of(request, pk)

    def do(given: dict[str, Any]) -> None:
        handling.decline(tip, reason=given["text"], key=key, by=request.user, at=request.now)

    page = acts.Page(_("不予受理"), _("先写明理由，再把结果反馈给反映人。"), _("不予受理"), way(tip))
    return acts.answer(request, page, Decline(request.POST or None), do, _("已登记不予受理，请反馈给反映人。"))


def way(tip: "Tip") -> list[tuple[str, str]]:
    """Return the pages above an act on a tip."""
    return [(reverse("desk:tips"), _("举报")), (reverse("desk:tip", args=[tip.pk]), tipped.name(tip))]


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def sort(request: Request, *, pk: UUID) -> HttpResponse:
    """Put right what the citizen chose."""
    tip, key = pages.of(request, pk)
    form = Sort(request.POST or None, initial={"kind": tip.kind, "category": tip.category})

    def do(given: dict[str, Any]) -> None:
        handling.sort(
            tip, kind=given["kind"], category=given["category"], key=key, by=request.user, at=request.now
        )  # fmt: skip

    page = acts.Page(_("核正类别"), _("类别是反映人自己选的，选错了在这里改。"), _("保存"), way(tip))
    return acts.answer(request, page, form, do, _("已改正。"))


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def concern(request: Request, *, pk: UUID) -> HttpResponse:
    """Say which unit a tip is about, where the citizen only wrote a name."""
    tip, key = pages.of(request, pk)
    find, bodies = finder(request, P.TIP_HANDLE)
    data, given_before = sent(request)

    def do(given: dict[str, Any]) -> None:
        handling.concern(tip, body=bodies[given["chosen"]], key=key, by=request.user, at=request.now)

    page = acts.Page(_("核正被反映单位"), _("密封在举报里。应当回避的人会立即失去这一件的密钥。"), _("保存"), way(tip))
    return acts.answer(request, page, Concern(data, find=find, initial=given_before), do, _("已改正。"))


@require_POST
@room(P.TIP_INTAKE)
def assign(request: Request, *, pk: UUID) -> HttpResponse:
    """Hand a tip to somebody of the office."""
    tip, key = pages.of(request, pk)
    people = {str(each.pk): each for each in queries.assignable(tip, at=request.now)}
    form = Handler(request.POST, prefix="assign", people=[(code, each.name) for code, each in people.items()])
    if not form.is_valid():
        return pages.page(request, tip, {"assign": form}, status=422)
    to = people[form.cleaned_data["person"]]
    try:
        handling.assign(tip, to=to, key=key, by=request.user, at=request.now)
    except Refusal as refusal:
        return pages.page(request, tip, {"assign": form}, refusal=refusal)
    messages.success(request, _("已交给%(name)s办理。") % {"name": to.name})
    return onward(request, tip)


@require_POST
@room(P.TIP_INTAKE)
def unassign(request: Request, *, pk: UUID) -> HttpResponse:
    """Take a tip from a handler; their key is destroyed."""
    tip, _key = pages.of(request, pk)
    handling.unassign(tip, of=_handler(request, tip), by=request.user, at=request.now)
    messages.success(request, _("已收回，这位承办人的密钥已销毁。"))
    return onward(request, tip)


def _handler(request: Request, tip: "Tip") -> "Person":
    found = next((each for each in queries.handlers(tip) if str(each.pk) == request.POST.get("person")), None)
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_INTAKE)
def repeat(request: Request, *, pk: UUID) -> HttpResponse:
    """Link a repeated report to the first one."""
    tip, key = pages.of(request, pk)
    data = request.POST or None
    form = First(data, initial={"first": request.GET.get("first", "")[:40]})

    def do(given: dict[str, Any]) -> None:
        first = tipped.called(given["first"], tip, to=request.standing)
        linking.repeat(tip, first=first, key=key, by=request.user, at=request.now)

    page = acts.Page(_("标为重复反映"), _("和首次举报密封关联，留存备查，不再另行告知。"), _("确定"), way(tip))
    return acts.answer(request, page, form, do, _("已标为重复反映。"))


@require_POST
@room(P.TIP_HANDLE)
def write(request: Request, *, pk: UUID, act: str) -> HttpResponse:
    """Write to the citizen, a note, a result: whatever is one text."""
    if act not in WRITTEN:
        raise Http404
    tip, key = pages.of(request, pk)
    form = pages.writing_form(act, request.POST)
    if not form.is_valid():
        return pages.page(request, tip, {act: form}, status=422)
    do, name, said = WRITTEN[act]
    try:
        do(tip, **{name: form.cleaned_data["text"]}, key=key, by=request.user, at=request.now)
    except Refusal as refusal:
        return pages.page(request, tip, {act: form}, refusal=refusal)
    messages.success(request, str(said))
    return onward(request, tip)


@require_POST
@room(P.TIP_HANDLE)
def propose(request: Request, *, pk: UUID) -> HttpResponse:
    """Propose how a tip is disposed of."""

    def do(tip: "Tip", given: dict[str, Any]) -> None:
        proposals.propose(
            tip, way=given["way"], opinion=given["opinion"], study=given["study"], review_on=given["review_on"],
            key=strongbox.opened(request), by=request.user, at=request.now,
        )  # fmt: skip

    form = Propose(request.POST, prefix="propose")
    return _formed(request, pk, "propose", form, do, _("已提出处置意见，等另一人审批。"))


@require_POST
@room(P.TIP_APPROVE)
def ruling(request: Request, *, pk: UUID) -> HttpResponse:
    """Settle the proposal that waits."""

    def do(tip: "Tip", given: dict[str, Any]) -> None:
        waiting = queries.open_proposal_of(tip)
        if waiting is None:
            raise NotFound
        key = strongbox.opened(request)
        if given["verdict"] == "approve":
            return proposals.approve(waiting, key=key, by=request.user, at=request.now)
        return proposals.reject(waiting, reason=given["text"], key=key, by=request.user, at=request.now)

    return _formed(request, pk, "rule", Ruling(request.POST, prefix="rule"), do, _("已登记您的审批意见。"))


@require_POST
@room(P.TIP_HANDLE)
def conclude(request: Request, *, pk: UUID) -> HttpResponse:
    """Put on record what came of it; the citizen is told next."""

    def do(tip: "Tip", given: dict[str, Any]) -> None:
        answering.conclude(
            tip, outcome=given["outcome"], note=given["text"], key=strongbox.opened(request), by=request.user,
            at=request.now,
        )  # fmt: skip

    form = Conclude(request.POST, prefix="conclude")
    return _formed(request, pk, "conclude", form, do, _("已登记结果，请反馈给反映人。"))


def _formed(
    request: Request, pk: UUID, name: str, form: Form, do: Callable[["Tip", dict[str, Any]], None], said: str
) -> HttpResponse:
    """Do what a form on the tip's page asks for, or show the page again with what was typed."""
    tip, _key = pages.of(request, pk)
    if not form.is_valid():
        return pages.page(request, tip, {name: form}, status=422)
    try:
        do(tip, form.cleaned_data)
    except Refusal as refusal:
        return pages.page(request, tip, {name: form}, refusal=refusal)
    messages.success(request, said)
    return onward(request, tip)
