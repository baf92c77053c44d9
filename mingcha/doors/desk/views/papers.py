"""Numbered papers: what one's office issued and one's body got, and one paper with receipt, reply, copies and hands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk import files, papered
from mingcha.doors.desk.forms.papers import KINDS, PARTIES, Register, Reply, Sign, Withdraw
from mingcha.doors.hall import showing
from mingcha.doors.hall.access import Request, door
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.actions import papers as actions
from mingcha.flow.rectifications.actions import sheets
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import RUNNING, PaperKind, PaperState, State
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Paper

PAGE = 25
OWED = queries.OWED


@require_safe
@door(P.ORDER_SEE)
def index(request: Request) -> HttpResponse:
    """List what came to one's body, what one's office issued and what of it waits, and what lower offices issued."""
    office = request.standing.can(P.ORDER_VERIFY)
    labels = {"received": _("收到")}
    if office:
        labels = {"issued": _("发出"), "waiting": _("待签收待回复"), "late": _("回复逾期"), "received": _("收到抄送"),
                  "lower": _("下级发出")}  # fmt: skip
    by_tab = {name: queries.in_tab(name, to=request.standing, at=request.now) for name in labels}
    tab = request.GET.get("tab", "")
    tab = tab if tab in labels else next(iter(labels))
    page = Paginator(by_tab[tab], PAGE).get_page(request.GET.get("page"))
    words = {
        "tab": tab, "page": page, "office": office,
        "tabs": [(name, label, by_tab[name].count()) for name, label in labels.items()],
        "lines": [_line(paper, request) for paper in page],
        "unwritten": queries.unwritten(to=request.standing).count() if office else 0,
    }  # fmt: skip
    return render(request, "desk/papers.html", words)


def _line(paper: "Paper", request: Request) -> dict[str, Any]:
    copy = queries.own_copy(paper, to=request.standing)
    return {
        "paper": paper, "number": wording.number(paper), "kind": KINDS[PaperKind(paper.kind)], "copy": copy,
        "late": queries.is_late(paper, at=request.now), "own": queries.addressed_to(paper, to=request.standing),
    }  # fmt: skip


@require_safe
@door(P.ORDER_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a paper as it reads, who signed for it and when, and what this person may do about it."""
    return _page(request, queries.paper(pk, to=request.standing))


@require_safe
@door(P.ORDER_SEE)
def document(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the Word document, drawn again from what was stored."""
    paper = queries.paper(pk, to=request.standing)
    content = queries.document(paper)
    name = wording.number(paper)
    if not queries.is_as_issued(paper, content):
        name += _("（重新排版）")
    if paper.content["demo"]:
        name += _("（演示）")
    return files.attached(content, name=f"{name}.docx", media_type=files.DOCX)


@require_POST
@door(P.ORDER_VERIFY)
def print_links(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the document with one-time links as QR codes; whoever held earlier ones holds nothing any more."""
    paper = _issued(request, pk)

    def address(token: str) -> str:
        return request.build_absolute_uri(reverse("portal:link", args=[token]))

    try:
        content = sheets.print_links(paper, address=address, by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, paper, refusal=refusal, status=refusal.status)
    return files.attached(content, name=f"{wording.number(paper)}{_('（带二维码）')}.docx", media_type=files.DOCX)


@require_POST
@door()
def receive(request: Request, *, pk: int) -> HttpResponse:
    """Sign for a paper in the unit's name, or for the copy that came to one's body."""
    paper = queries.paper(pk, to=request.standing)
    if not queries.addressed_to(paper, to=request.standing) and queries.own_copy(paper, to=request.standing) is None:
        raise NotFound
    own = actions.sign_for(paper, by=request.user, at=request.now)
    messages.success(request, _("已签收，其中的整改单也一并签收。") if own else _("已签收抄送件。"))
    return redirect("desk:paper", pk=pk)


@require_POST
@door(P.ORDER_ANSWER)
def reply(request: Request, *, pk: int) -> HttpResponse:
    """Reply in the unit's name."""
    form = Reply(request.POST, prefix="reply")

    def act(paper: "Paper") -> None:
        actions.reply(paper, text=form.cleaned_data["text"], by=request.user, at=request.now)

    paper = queries.paper(pk, to=request.standing)
    if not queries.addressed_to(paper, to=request.standing):
        raise NotFound
    return _write(request, paper, "reply", form, act, _("已回复，发文单位会收到消息。"))


@require_POST
@door(P.ORDER_VERIFY)
def sign(request: Request, *, pk: int) -> HttpResponse:
    """Put a signature given on paper on record."""
    form = Sign(request.POST, request.FILES, prefix="sign")

    def act(paper: "Paper") -> None:
        said = form.cleaned_data
        sheets.sign(
            paper, party=said["party"], signed_as=said["signed_as"], scan=form.scan_read(), by=request.user,
            at=request.now,
        )  # fmt: skip

    return _write(request, _issued(request, pk), "sign", form, act, _("已登记签字。"))


@require_POST
@door(P.ORDER_VERIFY)
def register(request: Request, *, pk: int) -> HttpResponse:
    """Put a receipt or a reply that came back by hand on record."""
    form = Register(request.POST, prefix="register")

    def act(paper: "Paper") -> None:
        sheets.register(paper, text=form.cleaned_data["text"], by=request.user, at=request.now)

    return _write(request, _issued(request, pk), "register", form, act, _("已登记，责任单位会收到消息。"))


@require_POST
@door(P.ORDER_VERIFY)
def withdraw(request: Request, *, pk: int) -> HttpResponse:
    """Withdraw a paper with the reason."""
    form = Withdraw(request.POST, prefix="withdraw")

    def act(paper: "Paper") -> None:
        actions.withdraw(paper, reason=form.cleaned_data["reason"], by=request.user, at=request.now)

    return _write(request, _issued(request, pk), "withdraw", form, act, _("已撤销，对方会收到消息。"))


@require_safe
@door(P.ORDER_SEE)
def scan(request: Request, *, pk: int) -> HttpResponseBase:
    """Show the photo or scan of a signature."""
    found = queries.signature(pk, to=request.standing)
    if found.evidence is None:
        raise NotFound
    may_keep = queries.issued_by(found.paper, to=request.standing)
    return showing.answer(request, found.evidence, may_keep=may_keep, division=found.paper.issuer.division_id)


def _issued(request: Request, pk: int) -> "Paper":
    """Return a paper of one's own office. Raises NotFound."""
    paper = queries.paper(pk, to=request.standing)
    if not queries.issued_by(paper, to=request.standing):
        raise NotFound
    return paper


def _write(
    request: Request, paper: "Paper", name: str, form: forms.Form, act: Callable[["Paper"], None], done: str
) -> HttpResponse:
    """Do the act, or show the paper again with what was typed and one sentence."""
    if not form.is_valid():
        return _page(request, paper, {name: form}, status=422)
    try:
        act(paper)
    except Refusal as refusal:
        return _page(request, queries.paper(paper.pk, to=request.standing), {name: form}, refusal=refusal,
                     status=refusal.status)  # fmt: skip
    messages.success(request, done)
    return redirect("desk:paper", pk=paper.pk)


def _page(
    request: Request, paper: "Paper", given: dict[str, forms.Form] | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    own, issuer = queries.addressed_to(paper, to=request.standing), queries.issued_by(paper, to=request.standing)
    copy, signed = queries.own_copy(paper, to=request.standing), queries.signatures(paper)
    left = [party for party in PARTIES if party not in signed]
    out = paper.state in OWED
    may = {
        "receive": own and paper.state == PaperState.ISSUED,
        "receive_copy": copy is not None and copy.received_at is None and paper.state != PaperState.WITHDRAWN,
        "reply": own and out,
        "sign": issuer and bool(left) and paper.state != PaperState.WITHDRAWN and paper.kind == PaperKind.HAND_OVER,
        "withdraw": issuer and out,
        "register": issuer and out,
    }
    orders = queries.orders(paper)
    words = {
        "paper": paper, "number": wording.number(paper), "kind": KINDS[PaperKind(paper.kind)],
        "heading_of_demands": wording.WORDS[PaperKind(paper.kind)].heading,
        "late": queries.is_late(paper, at=request.now), "own": own, "issuer": issuer, "copy": copy, "may": may,
        "orders": [(order, rectifications.is_overdue(order, at=request.now)) for order in orders],
        "open_orders": set(rectifications.orders(to=request.standing).order_by().values_list("pk", flat=True)
                           .filter(pk__in=[order.pk for order in orders])),
        "running": any(order.state in (*RUNNING, State.ANSWERED, State.CANNOT) for order in orders),
        # Who else got a copy is the issuer's to know, and of who stands above it.
        "copies": list(queries.copies(paper)) if issuer or not (own or copy) else [],
        "hands": [(label, signed.get(party)) for party, label in PARTIES.items()]
        if paper.kind == PaperKind.HAND_OVER else [],
        "by_hand": papered.by_hand(paper),
        "story": papered.story(paper, whole=issuer or not (own or copy)),
        "forms": {"reply": Reply(prefix="reply"), "sign": Sign(prefix="sign", left=left or list(PARTIES)),
                  "withdraw": Withdraw(prefix="withdraw"), "register": Register(prefix="register")} | (given or {}),
        "refusal": refusal,
        "typed": _typed({name: form for name, form in (given or {}).items() if not may[name]}),
    }  # fmt: skip
    return render(request, "desk/paper.html", words, status=status)


def _typed(homeless: dict[str, forms.Form]) -> str:
    """Return what was typed into forms that no longer have a place on the page."""
    written = {"reply": "text", "sign": "signed_as", "withdraw": "reason", "register": "text"}
    return "\n".join(str(form[written[name]].value() or "") for name, form in homeless.items())
