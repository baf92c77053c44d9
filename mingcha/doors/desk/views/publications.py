"""Publications: drafted, read as the public will read them, proposed, approved by another hand, extended, taken down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import files, recorded
from mingcha.doors.desk.forms.publications import Approve, AskName, Extend, New, RuleName, SendBack, TakeDown, Write
from mingcha.doors.hall import clock
from mingcha.doors.hall.access import Request, door
from mingcha.flow.referrals import queries as referrals
from mingcha.flow.reports import published
from mingcha.flow.reports.actions import naming
from mingcha.flow.reports.actions import publications as actions
from mingcha.flow.reports.queries import circulars
from mingcha.flow.reports.queries import publications as queries
from mingcha.flow.reports.states import Naming, State
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.audit import queries as audit
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.reports.models import Named, NamingRequest, Publication

PAGE = 25
TABS = {
    "writing": gettext_lazy("起草中"),
    "waiting": gettext_lazy("待审批"),
    "published": gettext_lazy("已发布"),
    "down": gettext_lazy("已撤下"),
}


@dataclass(frozen=True)
class Person:
    """An official a publication speaks of: how they read now, what was asked, what this person may do about it."""

    row: "Named"
    word: str
    request: "NamingRequest | None"
    ask: Form | None
    rule: Form | None


@require_safe
@door(P.PUBLISH_PROPOSE)
def index(request: Request) -> HttpResponse:
    """List the publications of one's offices by what is to be done with them."""
    seen = queries.publications(to=request.standing)
    counts = {name: seen.filter(state__in=states).count() for name, states in queries.TABS.items()}
    usual = next((name for name in ("waiting", "writing") if counts[name]), "published")
    tab = request.GET.get("tab", usual)
    tab = tab if tab in TABS else usual
    found = seen.filter(state__in=queries.TABS[tab]).prefetch_related("named")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [(one, queries.title(one), queries.expired(one, at=request.now)) for one in page]
    words = {
        "tab": tab, "tabs": [(name, label, counts[name]) for name, label in TABS.items()], "page": page, "lines": lines
    }  # fmt: skip
    return render(request, "desk/publications.html", words)


@require_safe
@door(P.PUBLISH_PROPOSE)
def circular(request: Request) -> HttpResponse:
    """Choose the cases that a circular of typical cases is drafted from."""
    page = Paginator(circulars.tellable(to=request.standing), PAGE).get_page(request.GET.get("page"))
    lines = [(case, list(referrals.parties(case))) for case in page]
    return render(request, "desk/publication_circular.html", {"page": page, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.PUBLISH_PROPOSE)
def new(request: Request) -> HttpResponse:
    """Write a new publication."""
    offices = {body.pk: body for body in queries.offices(to=request.standing)}
    choices = [(code, body.name) for code, body in offices.items()]
    form = New(request.POST or None, offices=choices, initial=_begun(request))
    if request.method != "POST":
        return render(request, "desk/publication_write.html", {"form": form})
    if not form.is_valid():
        return render(request, "desk/publication_write.html", {"form": form}, status=422)
    given = form.cleaned_data
    try:
        made = actions.draft(
            offices[given["office"]], kind=given["kind"], text=form.written(), by=request.user, at=request.now,
            cases=circulars.chosen(given["cases"].split(","), to=request.standing),
        )  # fmt: skip
    except Refusal as refusal:
        words = {"form": form, "refusal": refusal}
        return render(request, "desk/publication_write.html", words, status=refusal.status)
    messages.success(request, _("已存为草稿。请看过公众将看到的样子，再送审。"))
    return redirect("desk:publication", pk=made.pk)


def _begun(request: Request) -> dict[str, object]:
    """Return what a new form begins with: nothing, or the customary words about the cases that were chosen."""
    cases = circulars.chosen(request.GET.getlist("case"), to=request.standing)
    if not cases:
        return {"kind": "notice"}
    words = circulars.drafted(cases)
    people = "\n".join(f"{name}，{post}" for name, post in words.officials)
    chosen = ",".join(str(case.pk) for case in cases)
    return {"kind": "circular", "title": words.title, "text": words.text, "officials": people, "cases": chosen}


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.PUBLISH_PROPOSE)
def edit(request: Request, *, pk: int) -> HttpResponse:
    """Write a draft anew."""
    publication = queries.publication(pk, to=request.standing)
    words: dict[str, object] = {"publication": publication, "heading": queries.title(publication)}
    if request.method != "POST":
        title, text = queries.typed(publication)
        people = "\n".join(f"{one.name}，{one.post}" if one.post else one.name for one in queries.named(publication))
        initial = {
            "title": title, "text": text, "officials": people, "expires_on": publication.expires_on,
            "revision": publication.revision,
        }  # fmt: skip
        return render(request, "desk/publication_write.html", words | {"form": Write(initial=initial)})
    form = Write(request.POST)
    if not form.is_valid():
        return render(request, "desk/publication_write.html", words | {"form": form}, status=422)
    try:
        actions.rewrite(
            publication, text=form.written(), revision=form.cleaned_data["revision"] or 0, by=request.user,
            at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        words |= {"form": form, "refusal": refusal}
        return render(request, "desk/publication_write.html", words, status=refusal.status)
    messages.success(request, _("已保存。"))
    return redirect("desk:publication", pk=pk)


@require_safe
@door(P.PUBLISH_PROPOSE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a publication exactly as the public reads it, with what this person may do about it."""
    return _page(request, queries.publication(pk, to=request.standing))


@require_safe
@door(P.PUBLISH_PROPOSE)
def document(request: Request, *, pk: int) -> HttpResponse:
    """Hand out the Word document of what the public reads today, names masked as they are."""
    publication = queries.publication(pk, to=request.standing)
    content = circulars.document(publication, at=request.now, demo=clock.is_demo())
    name = queries.title(publication) + (_("（演示）") if clock.is_demo() else "")
    return files.attached(content, name=f"{name}.docx", media_type=files.DOCX)


@require_POST
@door(P.PUBLISH_PROPOSE)
def propose(request: Request, *, pk: int) -> HttpResponse:
    """Ask for approval."""

    def act(publication: "Publication") -> None:
        actions.propose(publication, by=request.user, at=request.now)

    return _act(request, pk, "", Form(request.POST), act, _("已送审，由另一人审批后发布。"))


@require_POST
@door(P.PUBLISH_PROPOSE)
def send_back(request: Request, *, pk: int) -> HttpResponse:
    """Return a proposal to be written anew."""
    form = SendBack(request.POST, prefix="back")

    def act(publication: "Publication") -> None:
        actions.send_back(publication, reason=form.cleaned_data["reason"], by=request.user, at=request.now)

    return _act(request, pk, "send_back", form, act, _("已退回修改。"))


@require_POST
@door(P.PUBLISH_APPROVE)
def approve(request: Request, *, pk: int) -> HttpResponse:
    """Approve: from now on the public reads it."""
    form = Approve(request.POST)

    def act(publication: "Publication") -> None:
        actions.publish(publication, revision=form.cleaned_data["revision"], by=request.user, at=request.now)

    return _act(request, pk, "approve", form, act, _("已批准发布，公众现在就能看到。"))


@require_POST
@door(P.PUBLISH_PROPOSE)
def take_down(request: Request, *, pk: int) -> HttpResponse:
    """Withdraw what was published."""
    form = TakeDown(request.POST, prefix="down")

    def act(publication: "Publication") -> None:
        actions.take_down(publication, reason=form.cleaned_data["reason"], by=request.user, at=request.now)

    return _act(request, pk, "take_down", form, act, _("已撤下，公开页面只显示已撤下。"))


@require_POST
@door(P.PUBLISH_APPROVE)
def extend(request: Request, *, pk: int) -> HttpResponse:
    """Move the last day back."""
    form = Extend(request.POST, prefix="extend")

    def act(publication: "Publication") -> None:
        given = form.cleaned_data
        actions.extend(publication, until=given["until"], reason=given["reason"], by=request.user, at=request.now)

    return _act(request, pk, "extend", form, act, _("已延长。"))


@require_POST
@door(P.PUBLISH_PROPOSE)
def ask_name(request: Request, *, pk: int, position: int) -> HttpResponse:
    """Ask that an official be named."""
    form = AskName(request.POST, prefix=f"ask-{position}")

    def act(publication: "Publication") -> None:
        named = queries.named(publication).filter(position=position).first()
        if named is None:
            raise NotFound
        naming.ask(named, reason=form.cleaned_data["reason"], by=request.user, at=request.now)

    return _act(request, pk, f"ask-{position}", form, act, _("已申请，由另一人裁定。"))


@require_POST
@door(P.PUBLISH_APPROVE)
def rule_name(request: Request, *, pk: int) -> HttpResponse:
    """Grant or decline that an official be named."""
    asked = queries.request(pk, to=request.standing)
    name = f"rule-{asked.named.position}"
    form = RuleName(request.POST, prefix=name)

    def act(publication: "Publication") -> None:
        granted = form.cleaned_data["verdict"] == "grant"
        naming.rule(asked, granted=granted, ruling=form.cleaned_data["ruling"], by=request.user, at=request.now)

    return _act(request, asked.named.publication_id, name, form, act, _("已裁定。"))


def _act(
    request: Request, pk: int, name: str, form: Form, act: Callable[["Publication"], None], done: str
) -> HttpResponse:
    """Do the act, or show the page again with what was typed and one sentence. It is read anew for that."""
    publication = queries.publication(pk, to=request.standing)
    if not form.is_valid():
        return _page(request, publication, {name: form}, status=422)
    try:
        act(publication)
    except Refusal as refusal:
        publication = queries.publication(pk, to=request.standing)
        return _page(request, publication, {name: form}, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return redirect("desk:publication", pk=pk)


def _page(
    request: Request, publication: "Publication", given: dict[str, Form] | None = None, *,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    may = _may(request, publication)
    forms: dict[str, Form] = {
        "send_back": SendBack(prefix="back"), "take_down": TakeDown(prefix="down"), "extend": Extend(prefix="extend")
    } | (given or {})  # fmt: skip
    people = _people(request, publication, forms, closed=not may["name"])
    places = {name for name in ("send_back", "take_down", "extend") if may[name]}
    places |= {f"ask-{one.row.position}" for one in people if one.ask}
    places |= {f"rule-{one.row.position}" for one in people if one.rule}
    homeless = [form for name, form in (given or {}).items() if name not in places]
    words = {
        "publication": publication, "title": queries.title(publication), "may": may, "forms": forms,
        "told": published.as_told(publication, at=request.now), "people": people,
        "cases": circulars.of_publication(publication), "overtaken_cases": circulars.overtaken(publication),
        "expired": queries.expired(publication, at=request.now), "refusal": refusal, "story": _story(publication),
        "typed": "\n".join(
            str(form[field].value() or "") for form in homeless for field in getattr(form, "watched", ())
        ),
    }  # fmt: skip
    return render(request, "desk/publication.html", words, status=status)


def _may(request: Request, publication: "Publication") -> dict[str, bool]:
    other_hand = request.user.pk not in (publication.written_by_id, publication.proposed_by_id)
    expired = queries.expired(publication, at=request.now)
    state = publication.state
    return {
        "write": state == State.DRAFT,
        "propose": state == State.DRAFT and publication.expires_on is not None and not expired,
        "approve": state == State.PROPOSED and other_hand and not expired,
        "wait": state == State.PROPOSED and not other_hand,
        "send_back": state == State.PROPOSED,
        "take_down": state == State.PUBLISHED,
        "extend": state == State.PUBLISHED and other_hand and not expired,
        "name": state != State.TAKEN_DOWN and not expired,
    }


def _people(request: Request, publication: "Publication", forms: dict[str, Form], *, closed: bool) -> list[Person]:
    words = queries.words(publication, at=request.now)
    found = []
    for row in queries.named(publication):
        asked = max(row.requests.all(), key=lambda one: one.pk, default=None)
        place, waits = row.position, asked is not None and asked.state == Naming.ASKED
        open_ = not closed and (asked is None or asked.state == Naming.DECLINED)
        rules = not closed and waits and asked is not None and asked.asked_by_id != request.user.pk
        ask = forms.get(f"ask-{place}", AskName(prefix=f"ask-{place}")) if open_ else None
        rule = forms.get(f"rule-{place}", RuleName(prefix=f"rule-{place}")) if rules else None
        found.append(Person(row, words[place], asked, ask, rule))
    return found


def _story(publication: "Publication") -> list[dict[str, object]]:
    tones = {"publication.publish": "good", "publication.take_down": "bad", "publication.grant_naming": "good"}
    return [
        {
            "act": recorded.VERBS.get(event.verb, event.verb), "by": event.actor_name, "at": event.at,
            "note": event.detail.get("reason", ""), "tone": tones.get(event.verb, ""),
        }
        for event in audit.about("publication", publication.pk)
    ]  # fmt: skip
