"""An order that no visit led to: an officer writes down what is to be put right, and nothing of who spoke."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.desk.forms.choosing import Candidate
from mingcha.doors.desk.forms.registered import Registered
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.rectifications.actions import reported
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign

MOST = 12  # sites offered for some words; whoever means another writes more of its name
KEPT = ("what", "campaign", "sentence", "responsibility", "severity", "requirement", "due_at")


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_VERIFY)
def new(request: Request) -> HttpResponse:
    """Write an order in one's own words; it goes to the unit at once."""
    open_to = open_to_me(request)
    data = request.POST if request.method == "POST" else None
    # 查找 brings the page back with its matches; nothing is refused yet.
    finding = data is not None and "find" in data
    form = Registered(
        None if finding else data, find=lambda words: sites_called(request, words),
        campaigns=[(slug, campaign.name) for slug, campaign in open_to.items()],
        initial={name: data.get(name, "") for name in KEPT} if finding and data else None,
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            order = issue(request, open_to[form.cleaned_data["campaign"]], form.cleaned_data)
        except Refusal as failure:
            refusal = None if form.refuse(failure) else failure
        else:
            messages.success(request, _("已交办，责任单位会收到提醒。由其他人核验、销号。"))
            return redirect("desk:order", pk=order.pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(
        request, "desk/registered_new.html", {"form": form, "refusal": refusal, "open": open_to}, status=status
    )


def issue(request: Request, campaign: "Campaign", said: dict[str, Any]) -> Any:
    site = territory.site(said["chosen"], request.standing.area(P.ORDER_VERIFY, "division__code"))
    own = campaigns.offices(campaign).filter(body__in=request.standing.serves(P.ORDER_VERIFY)).first()
    if site is None or own is None:
        raise NotFound
    return reported.order(
        campaign, office=own.body, body=site.body, site=site, sentence=said["sentence"], severity=said["severity"],
        responsibility=said["responsibility"], requirement=said["requirement"], due_at=said["due_at"], by=request.user,
        at=request.now,
    )  # fmt: skip


def open_to_me(request: Request) -> dict[str, "Campaign"]:
    """Return the open campaigns that one's own office works in, by slug."""
    own = request.standing.serves(P.ORDER_VERIFY)
    return {
        campaign.slug: campaign for campaign in campaigns.visible(request.standing)
        if campaign.state == "open" and campaigns.offices(campaign).filter(body__in=own).exists()
    }  # fmt: skip


def sites_called(request: Request, words: str) -> list[Candidate]:
    area = request.standing.area(P.ORDER_VERIFY, "division__code")
    told = _("%(name)s（%(type)s，%(place)s）")
    return [
        Candidate(
            site.code, told % {"name": site.name, "type": site.type.name, "place": site.division.name},
            whole=words in (site.name, site.code),
        )
        for site in territory.sites(area, search=words).filter(active=True)[:MOST]
    ]  # fmt: skip
