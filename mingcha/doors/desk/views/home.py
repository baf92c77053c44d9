"""The first page, by what one's posts allow: the campaign and what to do now, the way out to the field, one's orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingcha.doors.desk import waiting
from mingcha.doors.desk.waiting import Task
from mingcha.doors.hall.access import Request, door
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws import queries as draws
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.reports.queries import figures, ledger
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Campaign, SupervisingOffice
    from mingcha.flow.draws.models import Round, SealedList
    from mingcha.flow.rectifications.models import Rectification

SHOWN = 3  # open campaigns with their figures; there is rarely more than one


@dataclass(frozen=True)
class Overview:
    """An open campaign as it stands: sums as reported, the desk's own totals, and where the loop is."""

    campaign: "Campaign"
    sums: dict[str, int | None]
    silent: dict[str, str]
    total: ledger.Total
    now: str
    links: dict[str, str]
    notes: dict[str, str]
    next: Task | None


@require_safe
@door()
def show(request: Request) -> HttpResponse:
    """The first page. Someone with several posts sees each part."""
    standing = request.standing
    oversees, goes_out = standing.can(P.LEDGER_SEE), standing.can(P.VISIT_MAKE)
    answers = bool(standing.bodies(P.ORDER_ANSWER))
    opened = [c for c in campaigns.visible(standing) if c.state == "open"] if oversees else []
    overviews = [_overview(campaign, request) for campaign in opened[:SHOWN]]
    steps = [overview.next for overview in overviews if overview.next]
    return render(request, "desk/home.html", {
        "placed": bool(standing.holdings), "oversees": oversees, "goes_out": goes_out, "answers": answers,
        "overviews": overviews, "others": opened[SHOWN:],
        "tasks": steps + waiting.tasks(request),
        "followed": waiting.followed(request) if not oversees else [],
        "may_open": standing.can(P.CAMPAIGN_OPEN), "may_audit": standing.can(P.AUDIT_SEE),
        "lists": _lists(request) if goes_out else [],
        "out": fieldwork.my_inspections(to=standing).filter(state="out") if goes_out else [],
        "orders": _own_orders(request) if answers else {},
    })  # fmt: skip


def _overview(campaign: "Campaign", request: Request) -> Overview:
    standing = request.standing
    within = campaigns.offices_within(campaign, to=standing, permission=P.CAMPAIGN_SEE)
    offices = list(within.filter(pk__in=campaigns.reporting(campaign).values("pk")))
    rows = figures.figures(campaign, as_of=request.now, bodies=[office.body_id for office in offices])
    sums = figures.summed(rows)
    missing = {name: sum(getattr(row, name) is None for row in rows) for name in sums}
    total = ledger.total(ledger.rows(campaign, ledger.Filter(), to=standing, at=request.now))
    outings = fieldwork.inspections(to=standing, campaign=campaign).count()
    rounds = list(draws.rounds(to=standing, campaign=campaign))
    drawn = sum(held.state in ("drawn", "revealed") for held in rounds)
    return Overview(
        campaign=campaign,
        sums=sums,
        silent={name: _("%(count)s 个单位未报") % {"count": n} for name, n in missing.items() if 0 < n < len(rows)},
        total=total,
        now=_place_in_loop(drawn, outings, total),
        links=_links(campaign, rounds),
        notes={
            "draw": _("%(count)s 轮") % {"count": drawn},
            "finding": _("%(count)s 个") % {"count": total.found},
            "mending": _("未销号 %(count)s") % {"count": total.open},
        },
        next=_next_step(campaign, offices, rounds, request),
    )


def _links(campaign: "Campaign", rounds: list["Round"]) -> dict[str, str]:
    page, rows = reverse("desk:campaign", args=[campaign.slug]), reverse("desk:ledger_of", args=[campaign.slug])
    return {
        "campaign": page,
        "draw": reverse("desk:round", args=[rounds[0].pk]) if rounds else f"{page}#rounds",
        "finding": rows,
        "mending": reverse("desk:orders"),
        "ledger": rows,
        "brief": reverse("desk:brief", args=[campaign.slug]),
    }


def _place_in_loop(drawn: int, outings: int, total: ledger.Total) -> str:
    """Return the first step of the loop with something left to do."""
    if not drawn:
        return "draw"
    if not outings:
        return "visit"
    if not total.found:
        return "finding"
    return "mending" if total.open else "brief"


def _next_step(
    campaign: "Campaign", offices: list["SupervisingOffice"], rounds: list["Round"], request: Request
) -> Task | None:
    """
    Return the one step that the office one serves should take next in this campaign.

    The office that leads it may inspect too, but need not; it is not pressed.
    """
    served = {holding.body for holding in request.standing.holdings} - {campaign.lead_id}
    office = next((o.body for o in offices if o.body_id in served), None)
    if office is None or not request.standing.covers(P.ROUND_HOLD, office.division_id):
        return None
    if not territory.register_size(request.standing.area(P.SITE_SEE, "division__code")):
        return _step(_("把点位登记上来"), "desk:sites_import", "site", _("用 Excel 一次导入，或逐个登记。"))
    if not campaigns.teams_of(campaign).filter(office=office).exists():
        return _step(_("组成检查组"), "desk:team_new", "team", _("每个组由一名班子成员带队。"), campaign.slug)
    own = next((held for held in rounds if held.office_id == office.code and held.state != "void"), None)
    if own is None:
        note = _("先请一家单位见证，再冻结名录，然后两家一起抽签。")
        return _step(_("开始第一轮抽签"), "desk:round_begin", "lock", note, campaign.slug)
    return _next_of_round(own, at=request.now)


def _next_of_round(held: "Round", *, at: datetime) -> Task | None:
    number = {"n": held.number}
    if held.state == "begun":
        note = _("定好抽几个、机会怎样分、哪天出发。")
        return _step(_("第 %(n)s 轮：冻结名录") % number, "desk:round", "lock", note, held.pk)
    if held.state == "frozen":
        note = _("名录已冻结，共 %(size)s 个点位，两家各投入一个秘密。") % {"size": held.size}  # type: ignore[attr-defined]
        return _step(_("第 %(n)s 轮：投入秘密") % number, "desk:ceremony", "lock", note, held.pk)
    if held.state == "committed":
        note = _("两家的秘密已齐，录入并复核公开数值。")
        return _step(_("第 %(n)s 轮：抽签") % number, "desk:ceremony", "lock", note, held.pk)
    if held.state == "drawn" and draws.nothing_left_to_hide(held, at=at):
        note = _("去向不再需要保密，公开后谁都能重算。")
        return _step(_("第 %(n)s 轮：公开验证") % number, "desk:round", "success", note, held.pk)
    return None


def _step(title: str, address: str, icon: str, note: str, *args: object) -> Task:
    return Task(title, reverse(address, args=args), icon, note, step=True)


def _lists(request: Request) -> list["SealedList"]:
    """Return the lists of one's teams that are still sealed, the soonest first."""
    waiting = [sealed for sealed in draws.my_lists(request.user) if sealed.state == "sealed"]
    return sorted(waiting, key=lambda sealed: sealed.departs_at)


def _own_orders(request: Request) -> dict[str, list[tuple["Rectification", bool]]]:
    """Return (order, late): what one's own body has to put right, and what it answered that waits for another hand."""
    own = request.standing.bodies(P.ORDER_ANSWER)
    orders = (
        rectifications.orders(to=request.standing).filter(body__in=own).exclude(state__in=("closed", "exempt"))[:50]
    )
    lines = [(order, rectifications.is_overdue(order, at=request.now)) for order in orders]
    return {
        "to_do": [line for line in lines if line[0].state not in ("answered", "cannot")],
        "waiting": [line for line in lines if line[0].state in ("answered", "cannot")],
    }
