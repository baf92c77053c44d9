"""The people of the ranks: found, looked at, appointed, and relieved with everything they owe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.people import Appoint, Leave
from mingcha.doors.desk.views import audit as record
from mingcha.doors.desk.views import devices
from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.successions import actions as leaving
from mingcha.flow.successions import queries as successions
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.actions import posts as appointing
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.roles import ROLES
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Team
    from mingcha.flow.successions.queries import Owed
    from mingcha.ground.accounts.models import Person, Post

PER_PAGE, ACTS = 50, 20
MOST = 12  # candidates shown for a few letters


@require_safe
@door(P.ORGANISATION_SEE)
def index(request: Request) -> HttpResponse:
    """List the people one may look up, narrowed by letters, tier, role, skill, and whether they are out or free."""
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "tier", "body", "role", "where", "skill")}
    chosen["tier"] = chosen["tier"] if chosen["tier"].isdecimal() else ""
    standing, now = request.standing, request.now
    listed = accounts.former if chosen["where"] == "left" else accounts.people
    everyone = listed(to=standing, at=now)
    found = accounts.narrowed(
        listed(to=standing, at=now, search=chosen["q"]), at=now, tier=chosen["tier"], body=chosen["body"],
        role=chosen["role"], skill=chosen["skill"], permission=P.VISIT_MAKE if chosen["where"] == "free" else None,
    )  # fmt: skip
    if chosen["where"] == "out":
        found = found.filter(pk__in=campaigns.people_out())
    elif chosen["where"] == "free":
        found = found.exclude(pk__in=campaigns.people_out())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    mechanism = territory.mechanism(standing.main.division) if standing.main else None
    return render(request, "desk/people.html", {
        "page": page, "rows": _rows(request, list(page)), "chosen": chosen, "narrowed": any(chosen.values()),
        "body": territory.body(chosen["body"], standing.reach(P.ORGANISATION_SEE)) if chosen["body"] else None,
        "tiers": territory.tiers(mechanism) if mechanism else [], "roles": list(ROLES.values()),
        "skills": accounts.skills(everyone),
    })  # fmt: skip


def _rows(request: Request, people: list["Person"]) -> list[tuple["Person", list["Post"], "Team | None", bool, bool]]:
    """Return each person with posts, team, whether one may open that team, and whether they can be sent out."""
    posts = accounts.posts_now(people, at=request.now)
    teams = campaigns.out_now(person.pk for person in people)
    seen = campaigns.seen_among(teams.values(), to=request.standing)
    return [
        (person, [_named(post) for post in held], team, team is not None and team.pk in seen, _able(held))
        for person in people
        for team, held in [(teams.get(person.pk), posts.get(person.pk, []))]
    ]


def _able(posts: list["Post"]) -> bool:
    """Whether these posts let somebody go out, as the page of the organisation counts them."""
    return any(post.role in ROLES and P.VISIT_MAKE in ROLES[post.role].permissions for post in posts)


def _named(post: "Post") -> "Post":
    """Give a post the name of its role, in the reader's language."""
    post.role_label = ROLES[post.role].label if post.role in ROLES else post.role  # type: ignore[attr-defined]
    return post


@require_safe
@door()
def show(request: Request, *, username: str) -> HttpResponse:
    """Show a person one may look up; one's own page is open to everyone."""
    standing, now = request.standing, request.now
    person = accounts.person(username, to=standing, at=now)
    own = person.pk == request.user.pk
    posts = [_named(post) for post in accounts.posts_of(person)]
    today = timezone.localtime(now).date()
    memberships = list(campaigns.memberships(person))
    acts = None
    if own or standing.can(P.AUDIT_SEE):
        found = audit.by(person.username, None if own else standing.prefixes(P.AUDIT_SEE))
        acts = Paginator(found, ACTS).get_page(request.GET.get("page"))
    return render(request, "desk/person.html", {
        "person": person, "own": own, "today": today,
        "posts": [post for post in posts if post.holds_on(today)],
        "able": _able([post for post in posts if post.holds_on(today)]),
        "past": [post for post in posts if not post.holds_on(today)],
        "memberships": memberships, "team": next((m.team for m in memberships if m.until is None), None),
        "seen": campaigns.seen_among([m.team for m in memberships], to=standing),
        "links": accounts.links_of(person),
        "recusals": accounts.recusals(to=standing, at=now).filter(person=person),
        "ties": [tie for tie in ties.ties([person.pk], at=now).of(person.pk) if tie.kind != ties.TieKind.RECUSAL],
        "successions": successions.of(person, to=standing), "acts": acts, 
        "lines": record.lines(acts or (), linked=standing.can(P.AUDIT_SEE)),
        "may_look_up": standing.can(P.ORGANISATION_SEE), "may_keep": standing.can(P.ORGANISATION_KEEP),
        "endable": _endable(request, person), **devices.section(request, person),
        "may_declare": own or standing.can(P.RECUSAL_KEEP), "may_see_recusals": own or standing.can(P.RECUSAL_KEEP),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def appoint(request: Request, *, username: str) -> HttpResponse:
    """Give a person a post in a body of one's area; what the words mean is looked up before anything is written."""
    person = accounts.person(username, to=request.standing, at=request.now)
    home = accounts.home_of(person, at=request.now)
    usual = {
        "since": timezone.localtime(request.now).date(),
        "what": request.GET.get("body") or (home.name if home else ""),
    }
    sent = request.POST if request.method == "POST" else None
    if sent is not None and "find" in sent:
        usual, sent = usual | sent.dict(), None
    roles = [
        (role.name, _("%(role)s：%(for)s") % {"role": role.label, "for": role.description}) for role in ROLES.values()
    ]
    form = Appoint(sent, find=_bodies(request), roles=roles, initial=usual)
    refusal = None
    if form.is_valid():
        try:
            return _appoint(request, person, form.cleaned_data)
        except Refusal as failure:
            refusal = failure
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(
        request, "desk/person_appoint.html", {"person": person, "form": form, "refusal": refusal}, status=status
    )


def _bodies(request: Request) -> Callable[[str], list[Candidate]]:
    """Return what looks up bodies of the area one keeps."""
    reach = request.standing.area(P.ORGANISATION_KEEP, "division__code")

    def find(words: str) -> list[Candidate]:
        found = territory.bodies(reach, search=words)[:MOST]
        return [
            Candidate(body.code, _("%(name)s（%(place)s）") % {"name": body.name, "place": body.division.name},
                      whole=words in (body.name, body.code))
            for body in found
        ]  # fmt: skip

    return find


def _appoint(request: Request, person: "Person", given: dict[str, Any]) -> HttpResponse:
    body = territory.body(given["chosen"])
    if body is None:
        raise accounts.NotFound
    appointing.appoint(
        person, body=body, role=given["role"], capacity=given["capacity"], since=given["since"], until=given["until"],
        by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(
        request, _("%(name)s已任职：%(body)s · %(role)s。")
        % {"name": person.name, "body": body.name, "role": ROLES[given["role"]].label},
    )  # fmt: skip
    return redirect("desk:person", person.username)


@dataclass(frozen=True)
class Line:
    """One thing owed, as the page says it."""

    thing: "Owed"
    kind: str
    name: str
    others: str


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORGANISATION_KEEP)
def leave(request: Request, *, username: str) -> HttpResponse:
    """
    Relieve a person of posts: what is owed through them is shown first, then handed over in one act.

    Which posts: `posts`, once `chosen` is sent along; else all that one may end.
    """
    person = accounts.person(username, to=request.standing, at=request.now)
    sent = request.POST if request.method == "POST" else request.GET
    endable = [_named(post) for post in _endable(request, person)]
    posts = [post for post in endable if "chosen" not in sent or str(post.pk) in sent.getlist("posts")]
    owed = successions.owed(person, posts, at=request.now)
    stuck = [thing for thing in owed if thing.stuck]
    people = _beside(request, person, posts or endable)
    form = Leave(
        request.POST if request.method == "POST" else None, successors=_successors(posts or endable, people),
        today=timezone.localtime(request.now).date(), needed=bool(stuck),
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            return _leave(request, person, posts, people, form.cleaned_data)
        except Refusal as failure:
            refusal = failure
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/person_leave.html", {
        "person": person, "endable": endable, "posts": posts, "form": form, "refusal": refusal,
        "lines": [_line(thing) for thing in owed], "stuck": stuck,
    }, status=status)  # fmt: skip


def _endable(request: Request, person: "Person") -> list["Post"]:
    """Return the posts held now, in bodies of the area one keeps."""
    held = accounts.posts_now([person], at=request.now).get(person.pk, [])
    return [post for post in held if request.standing.covers(P.ORGANISATION_KEEP, post.body.division_id)]


def _beside(request: Request, person: "Person", posts: Sequence["Post"]) -> dict[str, list["Person"]]:
    """Return body code → the others who serve there."""
    codes = dict.fromkeys(post.body_id for post in posts)
    return {code: list(accounts.serving(code, at=request.now).exclude(pk=person.pk)) for code in codes}


def _successors(posts: Sequence["Post"], people: dict[str, list["Person"]]) -> list[tuple[Any, Any]]:
    """Return the choices, body by body; who is in a team is said to be, for nobody is in two."""
    out = campaigns.out_now(person.pk for serving in people.values() for person in serving)

    def label(person: "Person") -> str:
        name = f"{person.name} · {person.title}" if person.title else person.name
        team = out.get(person.pk)
        return _("%(person)s · 已在%(team)s") % {"person": name, "team": team.name} if team else name

    names = {post.body_id: post.body.name for post in posts}
    groups = [(names[code], [(each.pk, label(each)) for each in serving]) for code, serving in people.items()]
    return list(groups[0][1]) if len(groups) == 1 else [group for group in groups if group[1]]


def _leave(
    request: Request,
    person: "Person",
    posts: Sequence["Post"],
    people: dict[str, list["Person"]],
    given: dict[str, Any],
) -> HttpResponse:
    serving = {each.pk: each for found in people.values() for each in found}
    made = leaving.leave(
        person, posts=posts, successor=serving.get(given["successor"]), reason=given["reason"],
        last_day=given["last_day"], acting_until=given["acting_until"], by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(request, _("已办结交接。下面逐项写明由谁接办，接办人会收到消息。"))
    return redirect("desk:succession", made.pk)


def _line(thing: "Owed") -> Line:
    others = _("、").join(person.name for person in thing.left)
    return Line(thing, _(thing.kind.label), wording.subject(thing.name), others)


@require_safe
@door()
def succession(request: Request, *, pk: int) -> HttpResponse:
    """Show what went where when somebody left."""
    made = successions.succession(pk, to=request.standing)
    handed = [(line, wording.subject(line.name)) for line in made.handed.select_related("to").order_by("pk")]
    return render(request, "desk/succession.html", {
        "made": made, "handed": handed, "ended": [left.post for left in made.posts.select_related("post__body")],
    })  # fmt: skip
