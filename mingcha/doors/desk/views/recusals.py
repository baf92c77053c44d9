"""Recusals (回避): declared, asked for by a unit, ruled on by the office above, lifted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import naming
from mingcha.doors.desk.forms.recusals import Ask, Declare, Lift, Rule
from mingcha.doors.hall.access import Request, door
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries as orders
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.rectifications.models import Rectification
    from mingcha.ground.accounts.models import Person, Recusal

PAGE = 25
TABS = {
    "asked": gettext_lazy("待裁定"),
    "standing": pgettext_lazy("回避", "生效"),
    "ruled": gettext_lazy("已裁定"),
    "mine": gettext_lazy("我的"),
}


@require_safe
@door()
def index(request: Request) -> HttpResponse:
    """List the recusals one may read: to be ruled on, in force, ruled on, one's own."""
    standing = request.standing
    by_tab = {name: accounts.recusals_in(name, to=standing, at=request.now) for name in TABS}
    mine_to_rule = set(accounts.to_rule(to=standing, at=request.now).values_list("pk", flat=True))
    keeper = standing.can(P.RECUSAL_KEEP)
    usual = "asked" if mine_to_rule or standing.bodies(P.ORDER_ANSWER) else "standing" if keeper else "mine"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in TABS else usual
    page = Paginator(by_tab[tab], PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/recusals.html", {
        "tab": tab, "tabs": [(name, label, by_tab[name].count()) for name, label in TABS.items()], "page": page,
        "to_rule": mine_to_rule, "keeper": keeper, "liftable": _liftable(request, page.object_list),
    })  # fmt: skip


def _liftable(request: Request, shown: Iterable["Recusal"]) -> set[int]:
    """Return the ids of those shown that one's office may end."""
    mine = accounts.liftable(to=request.standing, at=request.now).filter(pk__in=[recusal.pk for recusal in shown])
    return set(mine.values_list("pk", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
@door()
def new(request: Request) -> HttpResponse:
    """Declare a recusal: one's own, or for an office that of ?person=. Words are looked up before anything is written."""
    person = _whose(request)
    find, targets = _finder(request)
    initial = {"what": request.GET.get("what", "")}
    sent = request.POST if request.method == "POST" else None
    if sent is not None and "find" in sent:
        initial, sent = sent.dict(), None
    form = Declare(sent, find=find, initial=initial)
    refusal = None
    if form.is_valid():
        try:
            return _declare(request, person, recusals.Target(**targets[form.cleaned_data["chosen"]]), form.cleaned_data)
        except Refusal as failure:
            refusal = failure
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {"form": form, "person": person, "own": person.pk == request.user.pk, "refusal": refusal}
    return render(request, "desk/recusal_new.html", context, status=status)


def _whose(request: Request) -> "Person":
    """Return whose recusal it is; only an office declares another's."""
    username = request.GET.get("person", "")
    if not username or username == request.user.username:
        return request.user
    if not request.standing.can(P.RECUSAL_KEEP):
        raise PermissionDenied
    return accounts.person(username, to=request.standing, at=request.now)


def _finder(request: Request) -> tuple[naming.Find, dict[str, dict[str, Any]]]:
    """Return what looks words up, and where it puts what they may mean."""
    held = request.standing.holdings
    # A group sits in its department's place, which is not its area: it names what lies there whole, too.
    within = {holding.division for holding in held if holding.role.reach != "body" and not holding.host}
    return naming.finder(within=within, around={holding.division[:4] for holding in held})


def _declare(request: Request, person: "Person", target: recusals.Target, given: dict[str, Any]) -> HttpResponse:
    made = recusals.declare(
        person, target=target, ground=given["ground"], reason=given["reason"], by=request.user, at=request.now
    )
    away = made.body or made.division or made.site
    messages.success(
        request, _("已登记：%(name)s回避“%(from)s”，马上生效。组成检查组、抽签派组和核验都会避开。")
        % {"name": person.name, "from": away.name if away else ""},
    )  # fmt: skip
    return redirect("desk:person", person.username)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RECUSAL_RULE)
def rule(request: Request, *, pk: int) -> HttpResponse:
    """Rule on a unit's request, in the office it was put to."""
    recusal = accounts.recusal(pk, to=request.standing, at=request.now)
    if recusal.ruled_in_id not in request.standing.serves(P.RECUSAL_RULE):
        raise accounts.NotFound
    form = Rule(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _judged(request, recusal, form, "asked", status=422 if form.is_bound else 200)
    granted = form.cleaned_data["verdict"] == "grant"
    try:
        rectifications.rule_recusal(
            recusal, granted=granted, ruling=form.cleaned_data["ruling"], by=request.user, at=request.now
        )
    except Refusal as refusal:
        recusal = accounts.recusal(pk, to=request.standing, at=request.now)
        return _judged(request, recusal, form, "asked", refusal=refusal, status=refusal.status)
    messages.success(
        request, (_("已裁定：%(name)s应当回避。") if granted else _("已裁定：%(name)s不予回避。"))
        % {"name": recusal.person.name},
    )  # fmt: skip
    return redirect("desk:recusals")


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.RECUSAL_RULE)
def lift(request: Request, *, pk: int) -> HttpResponse:
    """End a recusal that no longer holds, by another hand than the person's own."""
    recusal = accounts.recusal(pk, to=request.standing, at=request.now)
    if not accounts.liftable(to=request.standing, at=request.now).filter(pk=pk).exists():
        raise accounts.NotFound
    form = Lift(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _judged(request, recusal, form, "standing", status=422 if form.is_bound else 200)
    try:
        recusals.lift(recusal, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
    except Refusal as refusal:
        recusal = accounts.recusal(pk, to=request.standing, at=request.now)
        return _judged(request, recusal, form, "standing", refusal=refusal, status=refusal.status)
    messages.success(request, _("已解除%(name)s的回避。") % {"name": recusal.person.name})
    return redirect("desk:recusals")


def _judged(
    request: Request, recusal: "Recusal", form: Rule | Lift, state: str, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show a recusal with the form; without it where it is one's own, or no longer in the state it is about."""
    own = recusal.person_id == request.user.pk
    return render(request, f"desk/recusal_{'rule' if state == 'asked' else 'lift'}.html", {
        "recusal": recusal, "form": form, "own": own, "open": recusal.state == state and not own, "refusal": refusal,
        "typed": "" if recusal.state == state else next(iter(form[name].value() or "" for name in form.watched)),
    }, status=status)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.ORDER_ANSWER)
def ask(request: Request, *, pk: int) -> HttpResponse:
    """Ask, as the unit of an order, that an officer stay away from it."""
    order = orders.order(pk, to=request.standing)
    if order.body_id not in request.standing.bodies(P.ORDER_ANSWER):
        raise accounts.NotFound
    people = {person.pk: person for person in orders.askable(order, at=request.now)}
    form = Ask(request.POST if request.method == "POST" else None, people=_listed(order, people.values()))
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            asked = rectifications.ask_recusal(
                order, person=people[given["person"]], ground=given["ground"], reason=given["reason"],
                by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            office = asked.ruled_in.name if asked.ruled_in else ""
            messages.success(request, _("已提交回避申请，由%(office)s裁定。结果会发消息给您。") % {"office": office})
            return redirect("desk:order", pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/order_recusal.html", {
        "order": order, "finding": order.finding, "form": form, "people": people, "refusal": refusal,
        "asked": accounts.recusals(to=request.standing, at=request.now).filter(asked_by=order.body_id),
    }, status=status)  # fmt: skip


def _listed(order: "Rectification", people: Iterable["Person"]) -> list[tuple[int, str]]:
    """Return the officers as choices; who judged the order already is said to have."""
    judged = {review.by_id for review in orders.reviews(order)}
    lines = [(person.pk, f"{person.name} · {person.title}" if person.title else person.name) for person in people]
    return [(pk, _("%(person)s · 核验过这一件") % {"person": name} if pk in judged else name) for pk, name in lines]
