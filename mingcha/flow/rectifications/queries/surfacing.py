"""What surfaces by itself: units that do nothing, bodies that offend again, kinds of problems that come back (反弹)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.queries import orders
from mingcha.flow.rectifications.states import RUNNING
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import Standing

IDLE_AFTER = timedelta(days=3)
LOOKED_BACK = timedelta(days=90)
OFTEN = 3
RELATED_TO_FINDING = ("site", "item__edition__rulebook", "body", "office", "recurrence_of")


@dataclass(frozen=True)
class Idle:
    """A body that has signed for nothing, planned nothing and said nothing for days on orders it holds."""

    body: str
    name: str
    orders: int
    since: datetime


@dataclass(frozen=True)
class Repeated:
    """A body, or a rule, with so many findings in the last 90 days, of which so many came back after they were closed."""

    key: str
    name: str
    findings: int
    recurrences: int
    places: int
    latest: datetime


def idle(*, to: Standing, at: datetime) -> list[Idle]:
    """Return the units that have not moved on an order for three days, the longest idle first."""
    quiet = _quiet(to=to, at=at)
    rows = (
        Rectification.objects.filter(pk__in=quiet.values("pk")).values("body", "body__name")
        .annotate(n=Count("pk"), since=Min("ordered_at")).order_by("since", "body")
    )  # fmt: skip
    return [Idle(row["body"], row["body__name"], row["n"], row["since"]) for row in rows]


def offenders(*, to: Standing, at: datetime) -> list[Repeated]:
    """Return the bodies with three findings or more, or with a recurrence, in the last 90 days; recurrences first."""
    return _repeated("body", "body__name", to=to, at=at)


def recurring(*, to: Standing, at: datetime) -> list[Repeated]:
    """Return the rules found broken again after it was put right in the last 90 days; recurrences first."""
    found = _repeated("item", "item__text", to=to, at=at)
    return [rule for rule in found if rule.recurrences]


def rows(kind: str, key: str, *, to: Standing, at: datetime) -> QuerySet[Finding]:
    """Return the findings behind a signal, latest first: of the body that is `idle` or an `offender`, or of the `rule`."""
    area = to.area(Permission.ORDER_VERIFY, "division")
    found = Finding.objects.filter(area, state=FindingState.CONFIRMED).select_related(*RELATED_TO_FINDING)
    if kind == "idle":
        return found.filter(pk__in=_quiet(to=to, at=at).filter(body=key).values("finding")).order_by("-pk")
    recent = found.filter(confirmed_at__lte=at, confirmed_at__gt=at - LOOKED_BACK)
    if kind == "rule":
        return recent.filter(item=int(key)).order_by("-pk") if key.isascii() and key.isdigit() else recent.none()
    return recent.filter(body=key).order_by("-pk")


def _quiet(*, to: Standing, at: datetime) -> QuerySet[Rectification]:
    """Return the orders on which nothing has moved for three days."""
    still = orders(to=to).filter(state__in=RUNNING, ordered_at__lt=at - IDLE_AFTER).order_by()
    return still.filter(received_at=None, measures=None, progress=None, replies=None, requests=None)


def _repeated(key: str, name: str, *, to: Standing, at: datetime) -> list[Repeated]:
    recent = Finding.objects.filter(
        to.area(Permission.ORDER_VERIFY, "division"), state=FindingState.CONFIRMED, confirmed_at__lte=at,
        confirmed_at__gt=at - LOOKED_BACK, **{f"{key}__isnull": False},
    )  # fmt: skip
    rows = (
        recent.order_by().values(key, name)
        .annotate(
            n=Count("pk"), again=Count("pk", filter=Q(recurrence_of__isnull=False)),
            places=Count("site", distinct=True), latest=Max("confirmed_at"),
        )
        .filter(Q(n__gte=OFTEN) | Q(again__gt=0)).order_by("-again", "-n", key)
    )  # fmt: skip
    return [Repeated(str(row[key]), row[name], row["n"], row["again"], row["places"], row["latest"]) for row in rows]
