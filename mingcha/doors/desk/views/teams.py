"""Forming a team."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.teams import NewTeam
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries
from mingcha.flow.campaigns.actions import teams as actions
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.territory.models import Body, Division


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.TEAM_FORM)
def new(request: Request, *, slug: str) -> HttpResponse:
    """Form a team of one's own office, or of another in one's area (?office=)."""
    campaign = queries.campaign(slug, to=request.standing)
    offices = [o.body for o in queries.offices_within(campaign, to=request.standing, permission=P.TEAM_FORM)]
    office = _chosen(request, offices)
    if office is None:
        raise accounts.NotFound
    leaders = list(accounts.serving(office.code, at=request.now, role="leader"))
    people = list(accounts.team_people(office.code, at=request.now))
    townships = list(territory.townships(office.division_id))
    teams = list(queries.teams_of(campaign).filter(office=office))
    busy = {member.person_id: team.name for team in teams for member in team.present}
    form = NewTeam(
        request.POST if request.method == "POST" else None,
        leaders=_named(leaders, busy),
        people=_named(people, busy),
        townships=_by_county(townships, office),
        name=f"第{_numeral(len(teams) + 1)}组",
    )
    refusal = None
    if form.is_valid():
        try:
            return _form(request, campaign, office, form)
        except Refusal as failure:
            refusal = failure
    context = {
        "campaign": campaign, "office": office, "offices": offices, "form": form, "leaders": leaders,
        "refusal": refusal,
        "taken": [(team.name, _("、").join(s.township.name for s in team.stretch.all())) for team in teams],
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/team_new.html", context, status=status)


def _form(request: Request, campaign: "Campaign", office: "Body", form: NewTeam) -> HttpResponse:
    given = form.cleaned_data
    people = {person.pk: person for person in accounts.team_people(office.code, at=request.now)}
    townships = {township.code: township for township in territory.townships(office.division_id)}
    team = actions.form_team(
        campaign, office=office, name=given["name"], leader=people[given["leader"]],
        members=[people[pk] for pk in given["members"]],
        townships=[townships[code] for code in given["townships"]], by=request.user, at=request.now,
    )  # fmt: skip
    messages.success(request, _("%(team)s已组成，并通知了组员。") % {"team": team.name})
    return redirect("desk:campaign", campaign.slug)


def _chosen(request: Request, offices: list["Body"]) -> "Body | None":
    """Return the office asked for; without one, the office one serves, else the first."""
    wanted = request.POST.get("office") or request.GET.get("office")
    if not wanted:
        served = {holding.body for holding in request.standing.holdings}
        return next((body for body in offices if body.code in served), offices[0] if offices else None)
    return next((body for body in offices if body.code == wanted), None)


def _named(people: Iterable["Person"], busy: dict[int, str]) -> list[tuple[int, str]]:
    """Return the people as choices, those in no team yet first; a person may be in several."""
    lines = [(person.pk, f"{person.name} · {person.title}" if person.title else person.name) for person in people]
    free = [line for line in lines if line[0] not in busy]
    taken = [
        (pk, _("%(person)s · 已在%(team)s") % {"person": name, "team": busy[pk]}) for pk, name in lines if pk in busy
    ]
    return free + taken


def _numeral(number: int) -> str:
    """Return 1 to 99 in Chinese, for the usual name of a team; it is data, and stays Chinese in every language."""
    digits = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens % 10]}十"
    return (head + digits[ones]).strip()


def _by_county(townships: list["Division"], office: "Body") -> list[tuple[str, object]]:
    """Return the townships as choices, under their county's name where the office has several."""
    if len(office.division_id) >= 6:
        return [(township.code, township.name) for township in townships]
    names = territory.names(township.county_code for township in townships)
    groups: dict[str, list[tuple[str, str]]] = {}
    for township in townships:
        groups.setdefault(names.get(township.county_code, ""), []).append((township.code, township.name))
    return list(groups.items())
