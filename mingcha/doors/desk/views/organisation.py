"""The organisation on one page, the mechanism it follows, and where a body stands in it."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import strength
from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.organisation import Mechanism, Place, TierRows
from mingcha.doors.desk.registers import REGISTERS
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.territory import queries
from mingcha.ground.territory.actions import ranks
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.territory import models
    from mingcha.ground.territory.models import Body, Division, Tier

PER_PAGE = 50
MOST_PEOPLE = 20
MOST_CANDIDATES = 12
SITTING = ("resident_group", "special_group")
LOCAL = ("township", "village")


@require_safe
@door(P.ORGANISATION_SEE)
def index(request: Request) -> HttpResponse:
    """The organisation within one's reach, tier by tier; narrowed, it is a list of bodies and people."""
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "tier", "place")}
    mechanism = _mechanism(request)
    tiers = list(queries.tiers(mechanism)) if mechanism else []
    standing = request.standing
    context: dict[str, Any] = {
        "mechanism": mechanism, "formula": queries.formula(mechanism) if mechanism else "", "chosen": chosen,
        "tiers": tiers, "counties": _counties(request), "narrowed": any(chosen.values()),
        "may_keep": standing.can(P.ORGANISATION_KEEP), "may_set_up": standing.can(P.MECHANISM_KEEP),
        # Who sees the whole of it is shown empty tiers, too: something is still to be done there.
        "sees_all": bool(mechanism) and standing.covers(P.ORGANISATION_SEE, mechanism.pk if mechanism else ""),
    }  # fmt: skip
    if context["narrowed"]:
        return render(request, "desk/organisation_list.html", context | _narrowed(request, chosen))
    found, everyone = strength.ranks(tiers, to=standing, at=request.now)
    unplaced = queries.unplaced(standing.reach(P.ORGANISATION_SEE))
    context |= {
        "registers": [(kind, register.name) for kind, register in REGISTERS.items()],
        "ranks": found,
        "sum": everyone,
        "unplaced": unplaced[:PER_PAGE],
        "unplaced_count": unplaced.count(),
    }
    return render(request, "desk/organisation.html", context)


def _mechanism(request: Request) -> "models.Mechanism | None":
    """Return the mechanism of the place one works in."""
    places = [h.division for h in request.standing.holdings if P.ORGANISATION_SEE in h.role.permissions]
    return next((found for place in places if (found := queries.mechanism(place))), None)


def _counties(request: Request) -> list["Division"]:
    """Return the counties to choose from, where one sees several."""
    cities = [prefix for prefix in request.standing.prefixes(P.ORGANISATION_SEE) if len(prefix) < 6]
    return [county for city in cities for county in queries.counties(city)]


def _narrowed(request: Request, chosen: dict[str, str]) -> dict[str, Any]:
    """Return the bodies and people that the search, a tier or a county leaves."""
    reach = request.standing.reach(P.ORGANISATION_SEE)
    found = queries.bodies(reach, search=chosen["q"])
    if chosen["tier"] == "none":
        found = queries.unplaced(reach, search=chosen["q"])
    elif chosen["tier"] == "units":
        found = queries.units(found)
    elif chosen["tier"].isdecimal():
        found = found.filter(tier=int(chosen["tier"][:9]))
    if chosen["place"]:
        found = found.filter(division__code__startswith=chosen["place"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = [body.pk for body in page]
    held = strength.Strength(Q(pk__in=shown) | Q(merged_into__in=shown), to=request.standing, at=request.now)
    called = accounts.people(to=request.standing, at=request.now, search=chosen["q"])
    people = list(called[: MOST_PEOPLE + 1]) if chosen["q"] else []
    posts = accounts.posts_now(people, at=request.now)
    return {
        "page": page, "lines": held.lines(page), "more_people": len(people) > MOST_PEOPLE,
        "people": [
            (person, _("、").join(dict.fromkeys(post.body.name for post in posts.get(person.pk, []))))
            for person in people[:MOST_PEOPLE]
        ],
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.MECHANISM_KEEP)
def mechanism(request: Request) -> HttpResponse:
    """Set up one's city's mechanism: its name, its tiers from the top, its limits."""
    place = queries.division(request.standing.prefixes(P.MECHANISM_KEEP)[0])
    if place is None:
        raise NotFound
    held = queries.mechanism(place.code)
    held = held if held and held.pk == place.pk else None
    data = request.POST if request.method == "POST" else None
    form = Mechanism(data, initial=_limits(held, place))
    rows = TierRows(data, kinds=queries.tier_kinds(), initial=_rows(held))
    refusal = None
    if form.is_valid() and rows.is_valid():
        wanted = [ranks.Rank(row["name"], row["kind"], row["open_ended"], row["was"]) for row in rows.wanted]
        try:
            made = ranks.set_up(place, **form.cleaned_data, ranks=wanted, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(
                request, _("已保存，现在是 %(formula)s。") % {"formula": queries.formula(made) or made.name}
            )
            return redirect("desk:organisation")
    return render(request, "desk/mechanism.html", {
        "form": form, "rows": rows, "place": place, "held": held, "refusal": refusal,
        "formula": queries.formula(held) if held else "",
        "sizes": {tier.name: tier.size for tier in queries.tiers(held)} if held else {},
    }, status=refusal.status if refusal else 422 if form.is_bound else 200)  # fmt: skip


def _limits(held: "models.Mechanism | None", place: "Division") -> dict[str, Any]:
    usual = held or queries.limits("")
    name = held.name if held else _("%(city)s监督检查机制") % {"city": place.name}
    fields = ("former_post_years", "rest_hours", "longest_run_days")
    return {"name": name} | {field: getattr(usual, field) for field in fields}


def _rows(held: "models.Mechanism | None") -> list[dict[str, Any]]:
    """Return the tiers as they are; before there are any, one of each kind to begin with."""
    if held is None:
        kinds = queries.tier_kinds()
        return [
            {"position": n, "name": label, "kind": kind, "open_ended": kind == "group"}
            for n, (kind, label) in enumerate(kinds, start=1)
        ]
    return [
        {
            "position": tier.position,
            "name": tier.name,
            "kind": tier.kind,
            "open_ended": tier.open_ended,
            "was": tier.name,
        }
        for tier in queries.tiers(held)
    ]


@require_safe
@door(P.ORGANISATION_SEE)
def body(request: Request, *, code: str) -> HttpResponse:
    """One body: where it stands, who serves it, what it is linked to, what it answers for."""
    found = queries.body(code, request.standing.reach(P.ORGANISATION_SEE))
    if found is None:
        raise NotFound
    standing, at = request.standing, request.now
    family = list(queries.family([found.code]))
    held = strength.Strength(Q(pk__in=family), to=standing, at=at)
    links = accounts.links_within(to=standing, day=timezone.localdate(at))
    below = list(queries.below(found))
    return render(request, "desk/body.html", {
        "body": found, "force": held.of(found.code), "people": _people(found, held, request),
        "supervising": queries.is_supervising(found),
        "held": links.filter(holder__in=family), "pointing": links.filter(body__in=family),
        "below": [each for each in below if each.parent_id == found.pk],
        "groups": [each for each in below if each.parent_id != found.pk],
        "sites": queries.sites(Q(body__in=family), active=True).count(), "sees_sites": standing.can(P.SITE_SEE),
        "duplicates": queries.duplicates(found),
        "seen": _seen(request, [found.host, found.parent, found.merged_into, *below]),
        "may_keep": standing.covers(P.ORGANISATION_KEEP, found.division_id) and found.merged_into_id is None,
    })  # fmt: skip


def _people(body: "Body", held: strength.Strength, request: Request) -> list[dict[str, Any]]:
    """Return who serves a body, each once with all their posts in it, and where they are now."""
    able = held.can_go(body.code)
    found: dict[int, dict[str, Any]] = {}
    for post in accounts.posts_in(body.code, at=request.now):
        person = post.person
        row = found.setdefault(
            person.pk, {"person": person, "posts": [], "out": held.where(person.pk), "able": person.pk in able}
        )
        row["posts"].append((post, ROLES[post.role].label if post.role in ROLES else post.role))
    return list(found.values())


def _seen(request: Request, bodies: list["Body | None"]) -> set[str]:
    """Return the codes of those bodies whose page one may open."""
    codes = [each.code for each in bodies if each]
    return set(
        queries.bodies(request.standing.reach(P.ORGANISATION_SEE)).filter(pk__in=codes).values_list("pk", flat=True)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def body_place(request: Request, *, code: str) -> HttpResponse:
    """Say in which tier a body stands, what stands above it, and where a group sits."""
    found = kept(request, code)
    tiers = _tiers_for(request, found)
    parents = {each.pk: each for each in queries.superiors(found)}
    if found.parent:
        parents.setdefault(found.parent.pk, found.parent)
    form = _place_form(request, found, tiers, parents)
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        host = queries.body(given["chosen"]) if given.get("what") else None
        tier = tiers[int(given["tier"]) if given["tier"] else None] if tiers else found.tier
        try:
            ranks.place(
                found, tier=tier, host=host, parent=parents.get(given["parent"]), by=request.user, at=request.now
            )
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已保存“%(body)s”的位置。") % {"body": found.name})
            return redirect("desk:body", found.code)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {"body": found, "form": form, "refusal": refusal, "mechanism": _mechanism(request)}
    return render(request, "desk/body_place.html", context, status=status)


def _place_form(
    request: Request, body: "Body", tiers: dict[int | None, "Tier | None"], parents: dict[str, "Body"]
) -> Place:
    """Return the form; pressing “find” only looks words up, and what else was chosen stays."""
    sent = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {
        "tier": str(body.tier_id or ""), "parent": body.parent_id or "",
        "what": body.host.name if body.host else "", "chosen": body.host_id or "",
    }  # fmt: skip
    if sent is not None and "find" in sent:
        initial, sent = sent.dict(), None
    return Place(
        sent,
        tiers=[(str(pk) if pk else "", tier.name if tier else _("不在任何层级")) for pk, tier in tiers.items()],
        parents=[(each.code, each.name) for each in parents.values()],
        find=lambda words: candidates(queries.hosts(body, search=words), words),
        sits=body.kind in SITTING,
        initial=initial,
    )


def kept(request: Request, code: str) -> "Body":
    """Return a body one keeps, which was not merged. Raises NotFound."""
    found = queries.body(code, request.standing.reach(P.ORGANISATION_KEEP))
    if found is None or found.merged_into_id is not None:
        raise NotFound
    return found


def _tiers_for(request: Request, body: "Body") -> dict[int | None, "Tier | None"]:
    """
    Return the tiers that one may put a body in, by id, none among them; nothing for one that does not supervise.

    The lead decides about the tiers that the mechanism's formula counts; who keeps a county, about those below.
    """
    if not queries.is_supervising(body):
        return {}
    mechanism = queries.mechanism(body.division_id)
    tiers: list[Tier] = list(queries.tiers(mechanism)) if mechanism else []
    if mechanism and not request.standing.covers(P.MECHANISM_KEEP, mechanism.pk):
        if body.tier and body.tier.kind not in LOCAL:
            return {body.tier.pk: body.tier}
        tiers = [tier for tier in tiers if tier.kind in LOCAL]
    return {None: None} | {tier.pk: tier for tier in tiers}


def candidates(found: Any, words: str) -> list[Candidate]:
    """Return what some words may mean among bodies."""
    return [
        Candidate(
            each.code,
            _("%(name)s（%(place)s，%(code)s）") % {"name": each.name, "place": each.division.name, "code": each.code},
            whole=words in (each.name, each.code),
        )
        for each in found[:MOST_CANDIDATES]
    ]
