"""Scores: how likely the next visit to a site finds a problem, why, and what is held before there is history."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import scored
from mingcha.doors.desk.forms.scores import Prior
from mingcha.doors.hall.access import Request, door
from mingcha.flow.draws.actions import scoring as actions
from mingcha.flow.draws.queries import scores as queries
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.territory.models import Body

PER_PAGE = 50


@require_safe
@door(P.ROUND_SEE)
def index(request: Request) -> HttpResponse:
    """List the offices whose scores one may see; where there is one alone, show it."""
    offices = queries.offices(to=request.standing)
    if len(offices) == 1:
        return redirect("desk:scores_of", offices[0].code)
    return render(request, "desk/scores_offices.html", {"lines": [(each, queries.latest(each)) for each in offices]})


@require_safe
@door(P.ROUND_SEE)
def show(request: Request, *, code: str) -> HttpResponse:
    """Show an office's latest scores, the highest first, each with its reasons, and the prior rates that hold."""
    office = queries.office(code, to=request.standing)
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("type", "q")}
    version = queries.latest(office)
    words: dict[str, Any] = {
        "office": office, "version": version, "chosen": chosen, "types": territory.site_types(),
        "narrowed": any(chosen.values()), "priors": _priors(office), "may_keep": _may_keep(request, office),
    }  # fmt: skip
    if version is not None:
        found = queries.scored(version, type_code=chosen["type"], search=chosen["q"])
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        words |= {
            "page": page,
            "rows": [(row, scored.percent(row.chance), scored.reasons(row.reasons)) for row in page],
        }
    return render(request, "desk/scores.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ROUND_HOLD)
def prior(request: Request, *, code: str) -> HttpResponse:
    """Say how often a kind of sites has problems, before there is history, and on what basis."""
    office = queries.office(code, to=request.standing)
    if not _may_keep(request, office):
        raise NotFound
    kinds = {kind.code: kind for kind in territory.site_types()}
    form = Prior(
        request.POST if request.method == "POST" else None, types=[(kind.code, kind.name) for kind in kinds.values()]
    )
    refusal = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_prior(
                office, site_type=kinds[said["site_type"]], rate=form.rate(), basis=said["basis"], by=request.user,
                at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            told = {"type": kinds[said["site_type"]].name}
            messages.success(request, _("“%(type)s”的先验率已定，下一次评分起算数。") % told)
            return redirect("desk:scores_of", office.code)
    words = {"office": office, "form": form, "refusal": refusal, "priors": _priors(office)}
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/prior.html", words, status=status)


def _may_keep(request: Request, office: "Body") -> bool:
    return request.standing.covers(P.ROUND_HOLD, office.division_id)


def _priors(office: "Body") -> list[tuple[object, str]]:
    return [(row, scored.percent(row.rate)) for row in queries.priors(office)]
