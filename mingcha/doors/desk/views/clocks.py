"""The clock's rules on one page: what holds for an office, where it comes from, and the gate of an unannounced year."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import spans
from mingcha.doors.desk.forms import clocks as forms
from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.findings.states import Severity
from mingcha.flow.rectifications.states import PaperKind
from mingcha.flow.rectifications.states import Rung as Act
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries, terms
from mingcha.ground.rulebook.actions import catalogues
from mingcha.ground.rulebook.actions import clocks as actions
from mingcha.ground.territory import queries as territory
from mingcha.kernel.deadlines import Rung
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.rulebook.models import TermRule
    from mingcha.ground.territory.models import Body

STAGES = dict(queries.STAGES)
SEVERITIES = wording.choices(Severity.choices)
ACTS = [(value, label) for value, label in wording.choices(Act.choices) if value in actions.ACTS]
PAPERS = wording.choices(PaperKind.choices)
# From this month on, a coming year without its notice is worth a word: the State Council announces in November.
NOTICE_MONTH = 11


@dataclass(frozen=True)
class Place:
    """Whose clock is looked at: an office, and those above it whose rules hold where it has none."""

    office: "Body"
    offices: list[str]
    others: list["Body"]
    may_keep: bool

    @property
    def query(self) -> str:
        return f"?office={self.office.pk}" if self.others else ""


@require_safe
@door(P.RULEBOOK_SEE)
def show(request: Request) -> HttpResponse:
    """Everything that drives the clock of an office."""
    place = _place(request)
    return render(request, "desk/clock.html", {
        "place": place, "calendar": _calendar(request), "stages": _stages(place), "special": _special(place),
        "ladders": [_ladder(place, emergency=emergency) for emergency in (False, True)], "proofs": _proofs(place),
        "bases": _bases(place), "may_calendar": request.standing.can(P.MECHANISM_KEEP),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.MECHANISM_KEEP)
def year(request: Request) -> HttpResponse:
    """Put the holidays of a year on record."""
    coming = max(terms.calendar().announced) + 1
    form = forms.Year(_sent(request), initial={"year": coming})
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.register_year(
                given["year"], days=given["days"], source=given["source"], by=request.user, at=request.now
            )
        except Refusal as refusal:
            return _page(request, "clock_year", form, refusal=refusal)
        rests = sum(not works for works, _said in given["days"].values())
        words = _("已登记%(year)s年：放假 %(rests)s 天，调休上班 %(works)s 天。此前暂定的期限不提前。")
        said = words % {"year": given["year"], "rests": rests, "works": len(given["days"]) - rests}
        return _done(request, said)
    return _page(request, "clock_year", form)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.MECHANISM_KEEP)
def day(request: Request) -> HttpResponse:
    """Set one day, over what was announced."""
    form = forms.Day(_sent(request), initial={"day": request.GET.get("day", ""), "works": "0"})
    if form.is_valid():
        try:
            made = actions.set_day(
                form.cleaned_data["day"], works=form.wanted, note=form.cleaned_data["note"], by=request.user,
                at=request.now,
            )  # fmt: skip
        except Refusal as refusal:
            return _page(request, "clock_day", form, refusal=refusal)
        return _done(request, _("%(day)s已改好。已经定下的期限不变，以后的照此计算。") % {"day": wording.day(made.day)})
    return _page(request, "clock_day", form)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def term(request: Request) -> HttpResponse:
    """Set how long a stage may take."""
    place = _place(request, keeping=True)
    items = {item.pk: item for edition in queries.latest_editions() for item in queries.items(edition)}
    form = forms.TermRule(
        _sent(request), stages=wording.choices(queries.STAGES), severities=SEVERITIES,
        items=[(pk, str(item.label)[:40]) for pk, item in items.items()], initial=_term_now(request, place),
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_term(
                place.office, stage=given["stage"], emergency=given["emergency"] == "1", term=given["term"],
                severity=given["severity"], item=items.get(given["item"]), source=given["source"], by=request.user,
                at=request.now,
            )  # fmt: skip
        except Refusal as refusal:
            return _page(request, "clock_term", form, place=place, refusal=refusal)
        return _done(request, _("期限已保存，以后交办的照此计算；已经定下的不变。"), place)
    return _page(request, "clock_term", form, place=place)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def ladder(request: Request) -> HttpResponse:
    """Set an office's ladder, ordinary or (?emergency=1) for emergencies."""
    place, emergency = _place(request, keeping=True), request.GET.get("emergency") == "1"
    now = [_rung_row(rung) for rung in terms.ladder(emergency=emergency, offices=place.offices)]
    form, rungs = forms.Ladder(_sent(request)), forms.Rungs(_sent(request), acts=ACTS, papers=PAPERS, initial=now)
    more: dict[str, Any] = {"place": place, "rungs": rungs, "emergency": emergency}
    if form.is_valid() and rungs.is_valid():
        withdrawn = form.cleaned_data["withdraw"]
        try:
            actions.set_ladder(
                place.office, emergency=emergency, rungs=[] if withdrawn else rungs.wanted,
                source=form.cleaned_data["source"], by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as refusal:
            return _page(request, "clock_ladder", form, refusal=refusal, **more)
        return _done(request, _("阶梯已保存，正在走的整改从下一级起照此办理。"), place)
    return _page(request, "clock_ladder", form, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def proof(request: Request) -> HttpResponse:
    """Set what must be there before an answer or a closing."""
    place = _place(request, keeping=True)
    act, severity = request.GET.get("act", "answer"), request.GET.get("severity", "")
    needed = terms.proof_needed(act, severity=severity, offices=place.offices)
    form = forms.Proof(
        _sent(request), severities=SEVERITIES, initial={"act": act, "severity": severity, **vars(needed)}
    )
    if form.is_valid():
        given = form.cleaned_data
        need = terms.ProofNeed(**{name: given[name] for name in ("before", "after", "document", "revisit")})
        try:
            actions.set_proof(
                place.office, act=given["act"], severity=given["severity"], need=None if given["withdraw"] else need,
                by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as refusal:
            return _page(request, "clock_proof", form, place=place, refusal=refusal)
        return _done(request, _("办理要件已保存。"), place)
    return _page(request, "clock_proof", form, place=place)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def basis(request: Request) -> HttpResponse:
    """Put the legal basis of a kind of paper (?kind=) on record."""
    place = _place(request, keeping=True)
    kind = request.GET.get("kind", PaperKind.PRESS)
    if kind not in PaperKind.values:
        raise NotFound
    own = next((row for row in queries.held_bases([place.office.pk]) if row.kind == kind), None)
    initial = {"text": own.text, "source": own.source, "partial": own.partial} if own else {}
    form = forms.Basis(_sent(request), initial=initial)
    more: dict[str, Any] = {"place": place, "kind": PaperKind(kind).label, "known": _shipped("basis", kind=kind)}
    if form.is_valid():
        try:
            actions.set_basis(place.office, kind=kind, **form.cleaned_data, by=request.user, at=request.now)
        except Refusal as refusal:
            return _page(request, "clock_basis", form, refusal=refusal, **more)
        return _done(request, _("依据已保存，以后印发的文书照此引用；已经印发的不变。"), place)
    return _page(request, "clock_basis", form, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RULEBOOK_KEEP)
def removal(request: Request) -> HttpResponse:
    """Mark the items whose breach proposes removal first, inquiry after, in a catalogue (?code=) that one keeps."""
    newest = {edition.rulebook.code: edition for edition in queries.latest_editions()}
    kept = {
        code: edition for code, edition in newest.items()
        if request.standing.covers(P.RULEBOOK_KEEP, edition.rulebook.keeper.division_id)
    }  # fmt: skip
    code = request.GET.get("code", "")
    if code and code not in kept:
        raise NotFound
    edition = kept.get(code) or next(iter(kept.values()), None)
    items = list(queries.items(edition)) if edition else []
    form = forms.Removal(
        _sent(request), items=[(item.pk, item.label) for item in items],
        initial={"items": [item.pk for item in items if item.removal_first]},
    )  # fmt: skip
    if edition is not None and form.is_valid():
        catalogues.mark_removal_first(edition, items=form.cleaned_data["items"], by=request.user, at=request.now)
        messages.success(request, _("已保存。违反有标记的条目，系统会提出先免职的建议，由有权的党组织决定。"))
        return redirect("desk:rulebook", edition.rulebook.code)
    more: dict[str, Any] = {"edition": edition, "kept": [each.rulebook for each in kept.values()]}
    return _page(request, "clock_removal", form, **more)


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _page(request: Request, name: str, form: Any, *, refusal: Refusal | None = None, **more: Any) -> HttpResponse:
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, f"desk/{name}.html", {"form": form, "refusal": refusal, **more}, status=status)


def _done(request: Request, said: str, place: Place | None = None) -> HttpResponseRedirect:
    messages.success(request, said)
    return redirect(reverse("desk:clock") + (place.query if place else ""))


def _place(request: Request, *, keeping: bool = False) -> Place:
    """
    Return whose clock is meant: ?office= among the offices of one's area, else one's own.

    `keeping`: to change it. Raises NotFound where one may not.
    """
    prefixes = request.standing.prefixes(P.RULEBOOK_KEEP)
    kept = {body.pk: body for prefix in prefixes for body in territory.offices(prefix) if body.kind == "office"}
    main = request.standing.main
    wanted = request.GET.get("office") or (main.body if main else "")
    office = kept.get(wanted) or (territory.body(wanted) if main and wanted == main.body else None)
    if office is None or (keeping and not request.standing.covers(P.RULEBOOK_KEEP, office.division_id)):
        raise NotFound
    others = list(kept.values()) if len(kept) > 1 else []
    may_keep = request.standing.covers(P.RULEBOOK_KEEP, office.division_id)
    return Place(office, territory.upward(office.pk), others, may_keep)


def _calendar(request: Request) -> dict[str, Any]:
    """Return which years are known, and how loud the gate must be: `missing` now, `coming` soon."""
    calendar, today = terms.calendar(), timezone.localtime(request.now).date()
    soon = today.year + 1 if today.month >= NOTICE_MONTH else today.year
    return {
        "first": min(calendar.announced), "last": max(calendar.announced), "years": queries.calendar_years(),
        "days": queries.calendar_days()[:20], "missing": today.year if today.year not in calendar.announced else 0,
        "coming": soon if soon not in calendar.announced else 0, "closes": f"{calendar.closes:%H:%M}",
    }  # fmt: skip


def _stages(place: Place) -> list[dict[str, Any]]:
    """Return a line for each stage: how long, ordinarily and in an emergency, and who says so."""
    held = [rule for rule in queries.held_terms(place.offices) if not rule.severity and rule.item_id is None]
    lines = []
    for stage, label in queries.STAGES:
        cells = []
        for emergency in (False, True):
            rules = {rule.body_id: rule for rule in held if (rule.stage, rule.emergency) == (stage, emergency)}
            rule = next((rules[office] for office in place.offices if office in rules), None)
            term = terms.term(stage, emergency=emergency, offices=place.offices)
            cells.append({"length": spans.length(term), "rule": rule, "emergency": emergency})
        shipped = _shipped("term", stage=stage).get("source", "")
        lines.append({"stage": stage, "label": _(label), "cells": cells, "source": shipped})
    return lines


def _special(place: Place) -> list[tuple["TermRule", str, str, str]]:
    """Return the rules for one severity or one item: each with its stage and its length."""
    held = [rule for rule in queries.held_terms(place.offices) if rule.severity or rule.item_id]
    severities = dict(SEVERITIES)
    return [
        (rule, _(STAGES[rule.stage]), spans.length(rule.term), str(severities.get(rule.severity, "")))
        for rule in sorted(held, key=lambda rule: (rule.stage, rule.emergency, place.offices.index(rule.body_id)))
        if rule.term is not None
    ]  # type: ignore[misc]


def _ladder(place: Place, *, emergency: bool) -> dict[str, Any]:
    held = {row.body_id: row for row in queries.held_ladders(place.offices) if row.emergency == emergency}
    acts, papers = dict(ACTS), dict(PAPERS)
    rungs = [
        {"act": acts.get(rung.act, rung.act), "when": spans.reached(rung), "auto": rung.auto,
         "paper": papers.get(rung.paper, ""), "to": rung.to}
        for rung in terms.ladder(emergency=emergency, offices=place.offices)
    ]  # fmt: skip
    return {"emergency": emergency, "rungs": rungs, "kept": next((held[o] for o in place.offices if o in held), None)}


def _proofs(place: Place) -> list[dict[str, Any]]:
    """Return what must be there: for every finding, and for the severities that an office treats otherwise."""
    held = {(row.act, row.severity) for row in queries.held_proofs(place.offices)}
    severities = dict(SEVERITIES)
    return [
        {"act": act, "severity": severity, "of": str(severities.get(severity, "")),
         "need": terms.proof_needed(act, severity=severity, offices=place.offices)}
        for act in ("answer", "close")
        for severity in ("", *severities)
        if not severity or (act, severity) in held
    ]  # fmt: skip


def _bases(place: Place) -> list[dict[str, Any]]:
    held = {(row.kind, row.body_id): row for row in queries.held_bases(place.offices)}
    return [
        {"kind": kind, "label": label, "known": _shipped("basis", kind=kind),
         "row": next((held[kind, office] for office in place.offices if (kind, office) in held), None)}
        for kind, label in PAPERS
    ]  # fmt: skip


def _term_now(request: Request, place: Place) -> dict[str, Any]:
    """Return the form's beginning: the stage asked for, with what holds now."""
    asked = {name: request.GET.get(name, "") for name in ("stage", "emergency", "severity", "item")}
    asked["stage"] = asked["stage"] if asked["stage"] in STAGES else "rectify"
    item = int(asked["item"]) if asked["item"].isdecimal() else None
    term = terms.term(
        asked["stage"], emergency=asked["emergency"] == "1", severity=asked["severity"], item=item,
        offices=place.offices,
    )  # fmt: skip
    asked["emergency"] = asked["emergency"] or "0"
    return {**asked, "item": item, "amount": term.amount, "unit": term.unit.value, "at": term.at}


def _rung_row(rung: Rung) -> dict[str, Any]:
    return {
        "act": rung.act, "before": "1" if rung.before else "", "amount": rung.term.amount,
        "unit": rung.term.unit.value, "at": rung.term.at, "auto": rung.auto, "paper": rung.paper, "to": rung.to,
    }  # fmt: skip


def _shipped(table: str, **about: str) -> dict[str, Any]:
    """Return the row of terms.toml about something, empty where there is none."""
    rows = queries.shipped("terms")[table]
    return next((row for row in rows if all(row.get(name) == value for name, value in about.items())), {})
