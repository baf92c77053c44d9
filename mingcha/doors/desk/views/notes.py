"""Writing a note: whom it may go to, who is found by a standing link, and sending it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.guidance import Fold, NewNote, typed
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.guidance import actions, queries
from mingcha.flow.guidance.states import Kind
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.flow.guidance.models import Note
    from mingcha.ground.territory.models import Body


LOCAL = 2  # from this rank on, bodies are many and stand in folds by county


@dataclass(frozen=True)
class Sender:
    """Who writes, in which direction, about what; and whom it may go to, by code."""

    campaign: "Campaign"
    issuers: list["Body"]
    issuer: "Body"
    upward: bool
    ways: list[bool]
    about: "Note | None"
    addressees: dict[str, "Body"]


@dataclass(frozen=True)
class Linked:
    """What words typed may mean, the one meant, and who looks after it: (name, what it is linked to, may be addressed)."""

    words: str = ""
    candidates: list[tuple[str, str]] = field(default_factory=list)
    key: str = ""
    name: str = ""
    found: dict[str, list[str]] = field(default_factory=dict)
    holders: list[tuple[str, str, bool]] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.GUIDANCE_SEND)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Write a note; who is found by a link is shown before anything is sent."""
    sender = _sender(request, slug)
    given = request.POST if request.method == "POST" else request.GET
    linked = _linked(request, sender, given)
    folds = _folds(sender)
    if request.method != "POST":
        return _show(request, sender, linked, NewNote(upward=sender.upward, folds=folds, initial=_begun(sender)))
    addressed = bool(request.POST.getlist("bodies") or request.POST.getlist("whole"))
    if linked.words and not linked.key and addressed and "find" not in request.POST:
        # Somebody looked, then ticked by hand: what was ticked goes out, and the page says what did not count.
        messages.info(request, _("没有按“%(words)s”查找联系单位，只看勾选的单位。") % {"words": linked.words})
        linked = Linked()
    unseen = bool(linked.words) and linked.key != request.POST.get("shown")
    if unseen or "find" in request.POST:
        kept = typed(request.POST)
        kept["bodies"] = [*kept["bodies"], *(code for code in linked.found if code in sender.addressees)]
        return _show(request, sender, linked, NewNote(upward=sender.upward, folds=folds, initial=kept), looked=True)
    form = NewNote(request.POST, upward=sender.upward, folds=folds)
    if not form.is_valid():
        return _show(request, sender, linked, form, status=422)
    try:
        note = _send(request, sender, linked, form)
    except Refusal as refusal:
        return _show(request, sender, linked, form, refusal=refusal, status=refusal.status)
    count = queries.recipients(note).count()
    messages.success(request, _("已发出%(note)s，通知了 %(count)s 个单位。") % {"note": note, "count": count})
    return redirect("desk:note", pk=note.pk)


def _send(request: Request, sender: Sender, linked: Linked, form: NewNote) -> "Note":
    given, codes = form.cleaned_data, form.addressed()
    via = {code: _("、").join(names) for code, names in linked.found.items() if code in codes}
    return actions.send(
        sender.campaign, issuer=sender.issuer, kind=given["kind"], title=given["title"], text=given["text"],
        bodies=[sender.addressees[code] for code in codes], via=via, reply_by=given["reply_by"], about=sender.about,
        by=request.user, at=request.now,
    )  # fmt: skip


def _sender(request: Request, slug: str) -> Sender:
    """Settle who writes to whom: a later note on one's own goes the same way, one on another's goes up to its issuer."""
    standing = request.standing
    given = request.POST if request.method == "POST" else request.GET
    campaign = campaigns.campaign(slug, to=standing)
    served = dict.fromkeys(standing.serves(P.GUIDANCE_SEND))
    issuers = [body for code in served if (body := territory.body(code))]
    wanted = given.get("issuer") or issuers[0].code
    issuer = next((body for body in issuers if body.code == wanted), None)
    if issuer is None:
        raise NotFound
    about = queries.note(int(given["about"]), to=standing) if given.get("about", "").isdecimal() else None
    reach = {up: queries.addressees(issuer, Kind.REPORT if up else Kind.GUIDANCE, to=standing) for up in (False, True)}
    ways = [up for up in (False, True) if reach[up].exists()]
    usual = [about.kind == Kind.REPORT or about.issuer_id != issuer.code] if about else []
    asked = [given["way"] == "up"] if given.get("way") in ("up", "down") else []
    upward = next((up for up in [*asked, *usual, *ways] if up in ways), False)
    return Sender(campaign, issuers, issuer, upward, ways, about, {body.code: body for body in reach[upward]})


def _begun(sender: Sender) -> dict[str, Any]:
    """Return what the form begins with; a title is part of the note, and stays Chinese in every language."""
    about = sender.about
    if about is None:
        return {"bodies": list(sender.addressees)} if len(sender.addressees) == 1 else {}
    if about.issuer_id == sender.issuer.code:
        codes = [recipient.body_id for recipient in queries.recipients(about)]
        return {"kind": about.kind, "title": f"更正：{about.title}"[:80], "bodies": codes}
    return {"title": f"关于{about}的情况反馈"[:80], "bodies": [about.issuer_id]}


def _folds(sender: Sender) -> list[Fold]:
    """Return whom it may go to: offices, groups, then the townships and villages of each county, folded."""
    counties = territory.names(body.division_id[:6] for body in sender.addressees.values())
    labels: dict[str, str] = {}
    found: dict[str, list[tuple[str, str]]] = {}
    for body in sorted(sender.addressees.values(), key=lambda body: _rank(body)[0]):
        rank, label = _rank(body)
        county = body.division_id[:6] if rank >= LOCAL else ""
        labels[f"{rank}-{county}"] = f"{counties.get(county, '')} {label}".strip()
        found.setdefault(f"{rank}-{county}", []).append((body.code, body.name))
    return [Fold(key, labels[key], tuple(found[key]), shut=int(key[0]) >= LOCAL) for key in found]


def _rank(body: "Body") -> tuple[int, str]:
    ranks = {
        "office": (0, _("纪检监察机关")),
        "resident_group": (1, _("派驻机构、专项工作组")),
        "special_group": (1, _("派驻机构、专项工作组")),
        "township_office": (2, _("乡镇纪检组织")),
        "village_supervisors": (3, _("村级监督组织")),
    }
    return ranks[body.kind]


def _linked(request: Request, sender: Sender, given: Any) -> Linked:
    """Look up what is meant, and who is linked to it; only within one's own area, and only downwards."""
    words = str(given.get("what", "")).replace("\0", "").strip()[:80]
    within = request.standing.prefixes(P.GUIDANCE_SEND)
    if not words or sender.upward or not within:
        return Linked()
    named = territory.named(words, within=within, around=())
    kinds: list[tuple[str, Any]] = [("body", named.bodies), ("division", named.divisions), ("site", named.sites)]
    things = {f"{kind}:{thing.pk}": (kind, thing) for kind, group in kinds for thing in group}
    labels = {"body": _("单位"), "division": _("区划"), "site": pgettext("单个", "点位")}
    told = _("%(name)s（%(type)s）")
    candidates = [(key, told % {"name": thing.name, "type": labels[kind]}) for key, (kind, thing) in things.items()]
    whole = [key for key, (_kind, thing) in things.items() if words in (thing.name, str(getattr(thing, "code", "")))]
    sure = whole if len(whole) == 1 else list(things) if len(things) == 1 else [""]
    key = given.get("chosen", "") if given.get("chosen", "") in things else sure[0]
    if not key:
        return Linked(words, candidates)
    kind, thing = things[key]
    target = {"division": thing.code} if kind == "division" else {kind: thing}
    found = queries.by_link(at=request.now, **target)
    names = {body.code: body.name for body in territory.bodies(Q(code__in=list(found)))}
    holders = [(names.get(code, code), _("、").join(via), code in sender.addressees) for code, via in found.items()]
    return Linked(words, candidates, key, thing.name, found, holders)


def _show(
    request: Request, sender: Sender, linked: Linked, form: NewNote, *, looked: bool = False,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    words = {
        "sender": sender, "campaign": sender.campaign, "form": form, "linked": linked, "looked": looked,
        "refusal": refusal, "may_link": bool(request.standing.prefixes(P.GUIDANCE_SEND)) and not sender.upward,
    }  # fmt: skip
    return render(request, "desk/note_new.html", words, status=status)
