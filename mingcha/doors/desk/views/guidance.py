"""Guidance (工作指导、工作提示): what one's office received and sent, and one note with all that is written under it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingcha.doors.desk.forms.guidance import Answer, Ask, Reply
from mingcha.doors.hall.access import Request, door
from mingcha.doors.hall.watched import WatchedForm
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.guidance import actions, queries
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.guidance.models import Note, Question, Recipient

PAGE = 25


@dataclass(frozen=True)
class Asked:
    """A question as it is shown: `named` where its asker is told; `form` where it waits for this person's answer."""

    row: "Question"
    name: str
    named: bool
    form: WatchedForm | None


@require_safe
@door(P.GUIDANCE_SEE)
def index(request: Request) -> HttpResponse:
    """List what one's office received, what it sent, and, for who oversees others, what they sent."""
    standing = request.standing
    found = {
        "received": queries.inbox(to=standing, at=request.now),
        "sent": queries.issued(to=standing),
        "lower": queries.of_lower_offices(to=standing),
    }
    counts = {name: rows.count() for name, rows in found.items()}
    usual = "sent" if counts["sent"] and not counts["received"] else "received"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in found else usual
    labels = {"received": _("收到"), "sent": _("发出"), "lower": _("下级发出")}
    may_send = standing.can(P.GUIDANCE_SEND)
    words = {
        "tab": tab, "page": Paginator(found[tab], PAGE).get_page(request.GET.get("page")),
        "tabs": [
            (name, label, counts[name]) for name, label in labels.items()
            if counts[name] or name == tab or name == "received" or (name == "sent" and may_send)
        ],
        "waits": queries.outstanding(to=standing, at=request.now), "now": request.now,
        "asked": queries.open_questions(to=standing).count(), "may_send": may_send,
        "open": list(campaigns.visible(standing).filter(state="open")) if may_send else [],
    }  # fmt: skip
    return render(request, "desk/guidance.html", words)


@require_safe
@door(P.GUIDANCE_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a note; whoever of a recipient has it open has read it."""
    note = queries.note(pk, to=request.standing)
    if request.method == "GET":
        # As with a message that leads here (`notices.mark_seen`): the first opening stands, so a GET may say so.
        actions.read(note, by=request.user, at=request.now)
    return _page(request, note)


@require_POST
@door(P.GUIDANCE_SEE)
def receive(request: Request, *, pk: int) -> HttpResponse:
    """Sign for a note."""
    note = queries.note(pk, to=request.standing)
    actions.receive(note, by=request.user, at=request.now)
    messages.success(request, _("已签收。"))
    return redirect("desk:note", pk=pk)


@require_POST
@door(P.GUIDANCE_SEE)
def reply(request: Request, *, pk: int) -> HttpResponse:
    """Reply in one's body's name."""
    form = Reply(request.POST, prefix="reply")

    def act(note: "Note") -> None:
        actions.reply(note, text=form.cleaned_data["text"], by=request.user, at=request.now)

    return _write(request, _addressed(request, pk), "reply", form, act, _("已答复，对方会收到消息。"))


@require_POST
@door(P.GUIDANCE_SEE)
def ask(request: Request, *, pk: int) -> HttpResponse:
    """Ask something about a note."""
    form = Ask(request.POST, prefix="ask")

    def act(note: "Note") -> None:
        actions.ask(note, text=form.cleaned_data["text"], by=request.user, at=request.now)

    done = _("已提问，发出单位回答后您会收到消息。")
    return _write(request, _addressed(request, pk), "ask", form, act, done)


@require_POST
@door(P.GUIDANCE_SEND)
def answer(request: Request, *, pk: int) -> HttpResponse:
    """Answer a question in the issuer's name."""
    question = queries.question(pk, to=request.standing)
    if not queries.issued_by(question.note, to=request.standing):
        raise NotFound
    form = Answer(request.POST, prefix=_prefix(question))

    def act(note: "Note") -> None:
        actions.answer(question, text=form.cleaned_data["text"], by=request.user, at=request.now)

    return _write(request, question.note, _prefix(question), form, act, _("已回答，收到这一份的单位都会收到消息。"))


def _addressed(request: Request, pk: int) -> "Note":
    """Return a note sent to a body one serves; who only reads along neither replies nor asks. Raises NotFound."""
    note = queries.note(pk, to=request.standing)
    if queries.own_recipient(note, to=request.standing) is None:
        raise NotFound
    return note


def _prefix(question: "Question") -> str:
    return f"answer-{question.pk}"


def _write(
    request: Request, note: "Note", name: str, form: WatchedForm, act: Callable[["Note"], None], done: str
) -> HttpResponse:
    """Do the act, or show the note again with what was typed and one sentence."""
    if not form.is_valid():
        return _page(request, note, {name: form}, status=422)
    try:
        act(note)
    except Refusal as refusal:
        return _page(request, note, {name: form}, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return redirect("desk:note", pk=note.pk)


def _page(
    request: Request, note: "Note", given: dict[str, WatchedForm] | None = None, *,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    forms = given or {}
    own = queries.own_recipient(note, to=request.standing)
    issuer = queries.issued_by(note, to=request.standing)
    everyone = list(queries.recipients(note))
    questions = [_question(one, own, forms, issuer=issuer) for one in queries.questions(note)]
    places = {"reply"} if own and not own.replied_at else set()
    places |= {"ask"} if own else set()
    places |= {question.name for question in questions if question.form}
    words = {
        "note": note, "lines": [line for line in note.text.splitlines() if line.strip()], "own": own,
        "issuer": issuer, "late": _late(note, own, request),
        # Who else received it is the issuer's to know, and of who oversees both: counties do not see each other.
        "recipients": [(one, _late(note, one, request)) for one in everyone] if own is None or issuer else [],
        "count": len(everyone), "questions": questions,
        "readers": _unread(note, request) if issuer else [],
        "sums": {
            "received": sum(one.received_at is not None for one in everyone),
            "replied": sum(one.replied_at is not None for one in everyone),
        },
        "about_open": note.about is not None and queries.notes(to=request.standing).filter(pk=note.about.pk).exists(),
        "followers": queries.followers(note, to=request.standing),
        "may_send": request.standing.can(P.GUIDANCE_SEND) and (own is not None or issuer),
        "forms": {"reply": Reply(prefix="reply"), "ask": Ask(prefix="ask")} | forms,
        "refusal": refusal,
        "typed": "\n".join(str(form["text"].value() or "") for name, form in forms.items() if name not in places),
    }  # fmt: skip
    return render(request, "desk/note.html", words, status=status)


def _question(question: "Question", own: "Recipient | None", forms: dict[str, WatchedForm], *, issuer: bool) -> Asked:
    """Who asked is told to who asked, to the issuer and above; to another recipient only what was asked."""
    name = _prefix(question)
    named = issuer or own is None or own.body_id == question.body_id
    waits = issuer and question.answered_at is None
    return Asked(question, name, named, forms.get(name, Answer(prefix=name)) if waits else None)


def _late(note: "Note", line: "Recipient | None", request: Request) -> bool:
    """Whether a reply is owed past its time."""
    return line is not None and line.replied_at is None and note.reply_by is not None and note.reply_by < request.now


def _unread(note: "Note", request: Request) -> list[queries.Readers]:
    """Return body by body who has not read it, those with nobody in post included."""
    return [told for told in queries.readers(note, at=request.now) if told.unread or not told.read]
