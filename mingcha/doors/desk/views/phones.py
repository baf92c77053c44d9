"""What a campaign lets phones do: the forms it takes up, stops one by one, sound on covert visits."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk.forms.phones import Approve, TakeUp
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions import phones
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.rulebook import queries as rulebook
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign


@require_safe
@door(P.CAMPAIGN_SEE)
def show(request: Request, *, slug: str) -> HttpResponse:
    """The forms of a campaign's phones, the order of their stops, and who may record sound covertly."""
    return _page(request, campaigns.campaign(slug, to=request.standing), status=200)


def _page(
    request: Request, campaign: "Campaign", *, status: int, form: TakeUp | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    keeps = campaign.state == "open" and request.standing.covers(P.CAMPAIGN_OPEN, campaign.division_id)
    approvals = fieldwork.recording_approvals(to=request.standing, campaign=campaign)
    return render(request, "desk/campaign_phones.html", {
        "campaign": campaign, "forms": fieldwork.forms(campaign), "form": form or _take_up(request, campaign),
        "keeps": keeps, "refusal": refusal,
        "typed": rulebook.current_checklists(place=campaign.division_id),
        "approvals": [(each, each.withdrawn_at is None and each.until > request.now) for each in approvals],
    }, status=status)  # fmt: skip


def _take_up(request: Request, campaign: "Campaign") -> TakeUp:
    free = fieldwork.open_forms(campaign, to=request.standing)
    lines = [(form.pk, f"{form.title}（{form.form_id} · {form.form_version}）") for form in free]
    return TakeUp(request.POST if request.method == "POST" else None, checklists=lines)


@require_POST
@door(P.CAMPAIGN_OPEN)
def take_up(request: Request, *, slug: str) -> HttpResponse:
    """Let the campaign's phones use a form for any site."""
    campaign = _mine(request, slug)
    form = _take_up(request, campaign)
    if not form.is_valid():
        return _page(request, campaign, form=form, status=422)
    chosen = rulebook.checklist(form.cleaned_data["checklist"], to=request.standing)
    try:
        phones.take_up(campaign, checklist=chosen, by=request.user, at=request.now)
    except Refusal as refusal:
        return _page(request, campaign, form=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("手机上现在可以用“%(form)s”。") % {"form": chosen})
    return redirect("desk:campaign_phones", slug)


@require_POST
@door(P.CAMPAIGN_OPEN)
def stop_by_stop(request: Request, *, slug: str) -> HttpResponse:
    """Show the stops of a list one by one, or all at once."""
    campaign, on = _mine(request, slug), request.POST.get("on") == "1"
    phones.stop_by_stop(campaign, on=on, by=request.user, at=request.now)
    messages.success(
        request, _("以后下载的清单逐站显示。") if on else _("以后下载的清单一次全部显示。")
    )  # fmt: skip
    return redirect("desk:campaign_phones", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CAMPAIGN_OPEN)
def approve(request: Request, *, slug: str) -> HttpResponse:
    """Approve sound on the covert visits of an office's teams, with its basis and for a time."""
    campaign = _mine(request, slug)
    offices = campaigns.offices_within(campaign, to=request.standing, permission=P.CAMPAIGN_OPEN)
    bodies = {office.body_id: office.body for office in offices}
    sent = request.POST if request.method == "POST" else None
    form = Approve(sent, offices=[(code, body.name) for code, body in bodies.items()])
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = phones.approve_recording(
                campaign, office=bodies[given["office"]], basis=given["basis"], until=given["until"], by=request.user,
                at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已批准%(office)s的检查组暗访时录音。") % {"office": made.office.name})
            return redirect("desk:campaign_phones", slug)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {"campaign": campaign, "form": form, "refusal": refusal}
    return render(request, "desk/recording_approve.html", context, status=status)


@require_POST
@door(P.CAMPAIGN_OPEN)
def withdraw(request: Request, *, pk: int) -> HttpResponse:
    """Withdraw an approval; phones that are out learn of it when they next have a network."""
    approval = fieldwork.recording_approvals(to=request.standing).filter(pk=pk).first()
    if approval is None or not request.standing.covers(P.CAMPAIGN_OPEN, approval.office.division_id):
        raise NotFound
    phones.withdraw_recording(approval, by=request.user, at=request.now)
    messages.success(request, _("已撤销。已经录下的照样保留。"))
    return redirect("desk:campaign_phones", approval.campaign.slug)


def _mine(request: Request, slug: str) -> "Campaign":
    """Return a campaign that one opens and closes."""
    found = campaigns.campaign(slug, to=request.standing)
    if not request.standing.covers(P.CAMPAIGN_OPEN, found.division_id):
        raise NotFound
    return found
