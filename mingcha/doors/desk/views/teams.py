"""Teams: forming one, its page, re-forming it in the field; and a further office in a campaign under way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import crew
from mingcha.doors.desk.forms.teams import Admit, Disband, Equip, Join, Leave, NewTeam
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.campaigns.actions import teams as actions
from mingcha.flow.campaigns.actions.basing import Basing
from mingcha.flow.campaigns.states import Duty
from mingcha.flow.draws import queries as draws
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions import outings
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign, Member, Team
    from mingcha.ground.territory.models import Body, Division


@dataclass(frozen=True)
class Row:
    """One person on a form, and what is ticked for them."""

    hand: crew.Hand
    ticked: frozenset[str]


@dataclass(frozen=True)
class Source:
    """The people of one body: those who can be chosen, and those who are out with another team."""

    title: str
    rows: list[Row]
    out: list[crew.Hand]

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.out)


def _sources(groups: list[crew.Group], form: NewTeam | Join, team: "Team | None" = None) -> list[Source]:
    """Return the people by body as the form shows them; who is out with another team can at most be unticked."""
    given: dict[str, set[str]] = {}
    for name in {"leader", "liaison", "members", "person"} & form.fields.keys():
        value = form[name].value()
        given[name] = {str(each) for each in (value if isinstance(value, list) else [value])}

    def ticked(hand: crew.Hand) -> frozenset[str]:
        return frozenset(name for name, values in given.items() if str(hand.person.pk) in values)

    found = []
    for group in groups:
        free = [hand for hand in group.hands if hand.team is None or hand.team == team or ticked(hand)]
        out = [hand for hand in group.hands if hand not in free]
        found.append(Source(group.title, [Row(hand, ticked(hand)) for hand in free], out))
    return found


def _choices(groups: list[crew.Group], *, leading: bool = False) -> list[tuple[int, str]]:
    hands = crew.listed(groups).values()
    return [(hand.person.pk, hand.person.name) for hand in hands if hand.leads or not leading]


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.TEAM_FORM)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Form a team of one's own office, or of another in one's area (?office=), with joint bodies (?joint=)."""
    campaign = queries.campaign(slug, to=request.standing)
    offices = [o.body for o in queries.offices_within(campaign, to=request.standing, permission=P.TEAM_FORM)]
    office = _chosen(request, offices)
    if office is None:
        raise accounts.NotFound
    joinable = _joinable(request, office)
    wanted = request.POST.getlist("joint") or request.GET.getlist("joint")
    joint = [body for body in joinable if body.code in wanted]
    groups = crew.for_team(campaign, office=office, joint=joint, at=request.now)
    teams = list(queries.teams_of(campaign).filter(office=office))
    form = NewTeam(
        request.POST if request.method == "POST" else None,
        leaders=_choices(groups, leading=True), people=_choices(groups), townships=_stretches(office),
        name=f"第{_numeral(len(teams) + 1)}组",
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            return _form(request, campaign, office, joint, groups, form)
        except Refusal as failure:
            refusal = failure
    standing = [team for team in teams if team.disbanded_at is None]
    hands = crew.listed(groups).values()
    context = {
        "campaign": campaign, "office": office, "offices": offices, "form": form, "refusal": refusal,
        "sources": _sources(groups, form), "led": any(hand.leads for hand in hands),
        "no_leader": all(hand.team for hand in hands if hand.leads),
        "joint": joint, "joinable": joinable,
        "taken": [(team, _("、").join(s.township.name for s in team.stretch.all())) for team in standing],
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/team_new.html", context, status=status)


def _form(
    request: Request, campaign: "Campaign", office: "Body", joint: list["Body"], groups: list[crew.Group], form: NewTeam
) -> HttpResponse:
    given = form.cleaned_data
    people = {pk: hand.person for pk, hand in crew.listed(groups).items()}
    team = actions.form_team(
        campaign, office=office, name=given["name"], leader=people[given["leader"]],
        liaison=people[given["liaison"]] if given["liaison"] else None,
        members=[people[pk] for pk in given["members"]], joint=joint, base=given["base"], vehicle=given["vehicle"],
        townships=_named(office, given["townships"]), by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(request, _("%(team)s已组成，并通知了组员。") % {"team": team.name})
    return redirect("desk:team", team.pk)


def _chosen(request: Request, offices: list["Body"]) -> "Body | None":
    """Return the office asked for; without one, the office one serves, else the first."""
    wanted = request.POST.get("office") or request.GET.get("office")
    if not wanted:
        served = {holding.body for holding in request.standing.holdings}
        return next((body for body in offices if body.code in served), offices[0] if offices else None)
    return next((body for body in offices if body.code == wanted), None)


def _joinable(request: Request, office: "Body") -> list["Body"]:
    """Return the bodies in one's area that may send people to a joint team: offices, groups, the county's townships."""
    prefixes = request.standing.prefixes(P.TEAM_FORM)
    found = [body for prefix in prefixes for body in territory.offices(prefix)]
    if len(office.division_id) >= 6:
        found += territory.bodies(Q(division__code__startswith=office.division_id), kind="township_office")
    once = {body.code: body for body in found if body.code != office.code}
    return [body for body in once.values() if request.standing.covers(P.TEAM_FORM, body.division_id)]


def _numeral(number: int) -> str:
    """Return 1 to 99 in Chinese, for the usual name of a team; it is data, and stays Chinese in every language."""
    digits = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens % 10]}十"
    return (head + digits[ones]).strip()


def _stretches(office: "Body") -> list[tuple[str, object]]:
    """Return the office's townships as choices, under their county's name where it has several."""
    townships = list(territory.townships(office.division_id))
    if len(office.division_id) >= 6:
        return [(township.code, township.name) for township in townships]
    names = territory.names(township.county_code for township in townships)
    groups: dict[str, list[tuple[str, str]]] = {}
    for township in townships:
        groups.setdefault(names.get(township.county_code, ""), []).append((township.code, township.name))
    return list(groups.items())


def _named(office: "Body", codes: list[str]) -> list["Division"]:
    return [township for township in territory.townships(office.division_id) if township.code in codes]


@require_safe
@door()
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a team: who is in it, who was, what it has and where it goes."""
    return _page(request, queries.team(pk, to=request.standing))


def _page(
    request: Request, team: "Team", *, leave: Leave | None = None, disband: Disband | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    standing, members = request.standing, list(queries.history(team))
    present = sorted((m for m in members if m.until is None), key=_by_duty)
    sees_lists = standing.covers(P.ROUND_SEE, team.office.division_id)
    known = accounts.people(to=standing, at=request.now).filter(pk__in={member.person_id for member in members})
    context = {
        "team": team, "present": present, "past": [m for m in members if m.until is not None][::-1],
        "may": _may_keep(request, team), "known": set(known.values_list("pk", flat=True)), "refusal": refusal,
        "outings": fieldwork.inspections(to=standing).filter(team=team),
        "sealed": draws.sealed_lists(team, at=request.now) if sees_lists else [],
        "mine": queries.goes_out_with(team, to=standing), "sees_campaign": standing.can(P.CAMPAIGN_SEE),
        "leave": leave or Leave(people=_may_leave(present)), "disband": disband or Disband(),
        "moves": _moves(team),
        "no_liaison": all(member.duty != Duty.LIAISON for member in present),
    }  # fmt: skip
    if leave:
        leave.offer(_may_leave(present))  # the same to choose from as before
    failed = any(form is not None and form.errors for form in (leave, disband))
    return render(request, "desk/team.html", context, status=refusal.status if refusal else 422 if failed else 200)


def _moves(team: "Team") -> list[dict[str, object]]:
    """Return what base, vehicle and stretch were before each change, out of the record of acts, the latest first."""
    changes = [event for event in audit.about("team", team.pk) if event.verb == "team.equip" and "was" in event.detail]
    names = territory.names(code for event in changes for code in event.detail["was"]["townships"])
    return [
        {
            "event": event, "base": was["base"], "vehicle": was["vehicle"],
            "townships": [names.get(code, code) for code in was["townships"]],
        }
        for event in reversed(changes)
        for was in [event.detail["was"]]
    ]  # fmt: skip


def _by_duty(member: "Member") -> tuple[int, int]:
    return ([Duty.LEADER, Duty.LIAISON, Duty.MEMBER].index(Duty(member.duty)), member.pk)


def _may_leave(present: list["Member"]) -> list[tuple[int, str]]:
    """Return whoever may leave as choices: a leader first hands over."""
    return [(member.person_id, member.person.name) for member in present if member.duty != Duty.LEADER]


def _may_keep(request: Request, team: "Team") -> bool:
    """Return whether the page offers to re-form the team; each act checks again by itself."""
    covers = request.standing.covers(P.TEAM_FORM, team.office.division_id)
    return covers and team.disbanded_at is None and team.campaign.state == "open"


def _kept(request: Request, pk: int) -> "Team":
    """Return a team one may re-form. Raises NotFound."""
    team = queries.team(pk, to=request.standing)
    if not request.standing.covers(P.TEAM_FORM, team.office.division_id):
        raise accounts.NotFound
    return team


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.TEAM_FORM)
def join(request: Request, *, pk: int) -> HttpResponse:
    """Add somebody to a team under way, or give a member another duty (?duty=leader)."""
    team = _kept(request, pk)
    joint = [row.body for row in team.joint.all()]
    groups = crew.for_team(team.campaign, office=team.office, joint=joint, at=request.now, team=team)
    duties = {member.person_id: member.duty for member in queries.present(team)}
    hands = crew.listed(groups)
    for who, duty in duties.items():
        if who in hands:
            hands[who].duty = Duty(duty).label
    form = Join(
        request.POST if request.method == "POST" else None, people=_choices(groups), duties=duties,
        chosen={name: request.GET[name] for name in ("duty", "person") if name in request.GET},
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        person, duty = hands[form.cleaned_data["person"]].person, form.cleaned_data["duty"]
        try:
            outings.join_team(team, person=person, duty=duty, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            said = {"person": person.name, "team": team.name, "duty": _(Duty(duty).label)}
            messages.success(request, _("%(person)s已编入%(team)s，任%(duty)s。") % said)
            return redirect("desk:team", pk)
    return render(request, "desk/team_join.html", {
        "team": team, "form": form, "refusal": refusal, "sources": _sources(groups, form, team),
    }, status=refusal.status if refusal else 422 if form.is_bound else 200)  # fmt: skip


@require_POST
@door(P.TEAM_FORM)
def leave(request: Request, *, pk: int) -> HttpResponse:
    """Take somebody out of a team; the record keeps from when to when."""
    team = _kept(request, pk)
    present = {member.person_id: member.person for member in queries.present(team)}
    form = Leave(request.POST, people=[(person.pk, person.name) for person in present.values()])
    if not form.is_valid():
        return _page(request, team, leave=form)
    person = present[form.cleaned_data["person"]]
    try:
        actions.leave(team, person=person, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, team, leave=form, refusal=refusal)
    messages.success(request, _("%(person)s已离组，可以编入别的组。") % {"person": person.name})
    return redirect("desk:team", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.TEAM_FORM)
def equip(request: Request, *, pk: int) -> HttpResponse:
    """Change base, vehicle and stretch."""
    team = _kept(request, pk)
    stretch = [row.township_id for row in team.stretch.all()]
    initial: dict[str, Any] = {
        "base": team.base, "vehicle": team.vehicle, "base_latitude": team.base_latitude,
        "base_longitude": team.base_longitude, "starts": team.starts, "ends": team.ends, "townships": stretch,
    }  # fmt: skip
    form = Equip(request.POST if request.method == "POST" else None, townships=_stretches(team.office), initial=initial)
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.equip(
                team, base=given["base"], vehicle=given["vehicle"],
                basing=Basing(given["base_latitude"], given["base_longitude"], given["starts"], given["ends"]),
                townships=_named(team.office, given["townships"]), by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已改好。已经密封的清单照原来抽的走。"))
            return redirect("desk:team", pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/team_equip.html", {"team": team, "form": form, "refusal": refusal}, status=status)


@require_POST
@door(P.TEAM_FORM)
def disband(request: Request, *, pk: int) -> HttpResponse:
    """End a team: its people are free again."""
    team = _kept(request, pk)
    form = Disband(request.POST)
    if not form.is_valid():
        return _page(request, team, disband=form)
    try:
        outings.disband_team(team, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, team, disband=form, refusal=refusal)
    messages.success(request, _("%(team)s已解散，组员可以编入别的组。") % {"team": team.name})
    return redirect("desk:team", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CAMPAIGN_OPEN)
def admit(request: Request, *, slug: str) -> HttpResponse:
    """Let a further office or group work in a campaign under way."""
    campaign = queries.campaign(slug, to=request.standing)
    if not request.standing.covers(P.CAMPAIGN_OPEN, campaign.division_id):
        raise accounts.NotFound
    present = [office.body for office in queries.offices(campaign)]
    at_work = {body.code for body in present}
    bodies = {body.code: body for body in territory.offices(campaign.lead.division_id) if body.code not in at_work}
    form = Admit(request.POST if request.method == "POST" else None, bodies=[(b.code, b.name) for b in bodies.values()])
    refusal = None
    if form.is_valid():
        body = bodies[form.cleaned_data["body"]]
        try:
            campaigns.admit_office(campaign, body=body, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("%(office)s已加入，并通知了该单位。") % {"office": body.name})
            return redirect("desk:campaign", slug)
    return render(request, "desk/office_admit.html", {
        "campaign": campaign, "form": form, "refusal": refusal, "present": present, "bodies": bodies,
    }, status=refusal.status if refusal else 422 if form.is_bound else 200)  # fmt: skip
