"""The ledger (台账): one row for each finding, with its rectification beside it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.findings import queries as findings
from mingcha.flow.findings.models import Finding
from mingcha.flow.findings.states import Responsibility
from mingcha.flow.findings.states import State as FindingState
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.rectifications.states import OPEN
from mingcha.ground.accounts.queries import OFFICE_TIME, Standing
from mingcha.ground.rulebook.models import Item
from mingcha.ground.territory import queries as territory


@dataclass(frozen=True)
class Filter:
    """
    What the ledger is narrowed to; an empty string narrows nothing. Lives in the page's address.

    `place` is a division code prefix, `day` an ISO date of the finding, `overdue` "1" or "".
    """

    office: str = ""
    place: str = ""
    site_type: str = ""
    item: str = ""
    responsibility: str = ""
    severity: str = ""
    way: str = ""
    state: str = ""
    body: str = ""
    day: str = ""
    overdue: str = ""
    search: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filter":
        """Take the known keys out of a query string; anything unreadable narrows to nothing rather than fails."""
        # PostgreSQL refuses text with a NUL in it; nobody types one, but an address may carry it.
        return cls(**{f.name: str(given.get(f.name, "")).replace("\0", "").strip()[:80] for f in fields(cls)})

    @property
    def active(self) -> dict[str, str]:
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}


def rows(campaign: Campaign, chosen: Filter, *, to: Standing, at: datetime) -> QuerySet[Finding]:
    """
    Return the findings one may see, narrowed, newest first.

    Each carries `way`, `order_state`, `due_at`, `order_pk` of its rectification (None where there is none) and
    `late`: open past its time at `at`. Withdrawn ones are left out unless asked for by state.
    """
    found = _with_order(findings.visible(to=to).filter(campaign=campaign), at=at)
    if chosen.state != "withdrawn":
        found = found.exclude(state=FindingState.WITHDRAWN)
    return _narrow(found, chosen)


def cited(campaign: Campaign, *, to: Standing) -> QuerySet[Item]:
    """Return the items that findings one may see cite, of whatever edition."""
    seen = findings.visible(to=to).filter(campaign=campaign).order_by()
    found = Item.objects.filter(pk__in=seen.values("item")).select_related("edition__rulebook")
    return found.order_by("edition__rulebook_id", "edition__version", "position")


def _with_order(found: QuerySet[Finding], *, at: datetime) -> QuerySet[Finding]:
    order = Rectification.objects.filter(finding=OuterRef("pk"))
    found = found.annotate(
        way=Subquery(order.values("way")[:1]),
        order_state=Subquery(order.values("state")[:1]),
        due_at=Subquery(order.values("due_at")[:1]),
        order_pk=Subquery(order.values("pk")[:1]),
        closed_at=Subquery(order.values("closed_at")[:1]),
    )
    late = Case(
        When(
            Q(order_state__in=OPEN, due_at__lt=at) & ~rectifications.stood_still("order_pk", at=at),
            then=Value(value=True),
        ),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    return found.annotate(late=late)


def _narrow(found: QuerySet[Finding], chosen: Filter) -> QuerySet[Finding]:
    plain = {
        "office": "office_id", "place": "division__startswith", "site_type": "site__type_id",
        "responsibility": "responsibility", "severity": "severity", "way": "way", "body": "body_id",
    }  # fmt: skip
    for name, column in plain.items():
        if value := getattr(chosen, name):
            found = found.filter(**{column: value})
    if chosen.item:
        found = found.filter(_cites(chosen.item))
    if chosen.state:
        found = found.filter(_in_state(chosen.state))
    if chosen.overdue:
        found = found.filter(Q(late=True))
    if chosen.day:
        found = found.filter(_on_day(chosen.day))
    if chosen.search:
        text = chosen.search
        found = found.filter(
            _numbered(text) | Q(description__icontains=text) | Q(site__name__icontains=text) | Q(site__pinyin__icontains=text.lower())
            | Q(body__name__icontains=text) | Q(item__text__icontains=text)
        )  # fmt: skip
    return found


def _numbered(text: str) -> Q:
    """A finding's own number, 621126-000097, or the end of it, as people copy it."""
    number = re.fullmatch(r"(?:(\d{6})-)?0*(\d{1,9})", text, re.ASCII)
    return Q(pk=int(number[2]), division__startswith=number[1] or "") if number else Q(pk__in=[])


def _in_state(state: str) -> Q:
    """A state of the finding, of its rectification, or `open`: given a deadline and not closed yet."""
    if state == "open":
        return Q(order_state__in=OPEN)
    if state in (FindingState.NOTED, FindingState.WITHDRAWN):
        return Q(state=state)
    return Q(order_state=state)


def _on_day(day: str) -> Q:
    try:
        start = datetime.combine(date.fromisoformat(day), datetime.min.time(), OFFICE_TIME)
        end = start + timedelta(days=1)
    except (ValueError, OverflowError):
        return Q(pk__in=[])
    return Q(noted_at__gte=start, noted_at__lt=end)


@dataclass(frozen=True)
class Total:
    """
    Sums over some rows: found = on the spot + by a deadline, by a deadline = closed + exempt + open.

    `exempt`: an office ruled that it need not be put right any more. `undecided` findings have neither way: shown as a
    mismatch, never hidden.
    """

    found: int
    on_spot: int
    by_deadline: int
    closed: int
    open: int
    overdue: int
    exempt: int = 0

    @property
    def undecided(self) -> int:
        return self.found - self.on_spot - self.by_deadline

    @property
    def adds_up(self) -> bool:
        return self.undecided == 0 and self.by_deadline == self.closed + self.exempt + self.open


@dataclass(frozen=True)
class Line:
    """One line of a table of totals: `filter` is the query that opens its rows."""

    key: str
    label: str
    filter: str
    total: Total


DIMENSIONS = ("county", "site_type", "item", "responsibility", "day")


def total(found: QuerySet[Finding]) -> Total:
    """Return the sums over ledger rows. Only confirmed findings count as found."""
    lines = _sums(found, "campaign_id")
    return next(iter(lines.values()), Total(0, 0, 0, 0, 0, 0))


def totals(found: QuerySet[Finding], dimension: str) -> list[Line]:
    """Return the sums over ledger rows by county, site_type, item, responsibility or day, the largest first."""
    named = _dimension(found, dimension)
    lines = [
        Line(str(key), named.label(key), f"{named.filter}={key}", sums)
        for key, sums in _sums(named.rows, named.column).items()
    ]
    return sorted(lines, key=lambda line: line.key if dimension == "day" else (-line.total.found, line.key))  # type: ignore[arg-type,return-value]


@dataclass(frozen=True)
class _Named:
    rows: QuerySet[Finding]
    column: str
    filter: str
    names: Mapping[Any, str]

    def label(self, key: object) -> str:
        return self.names.get(key, str(key))


def _cites(item: str) -> Q:
    """Return the condition that an item is cited, given its id as text; "None" finds what cites none yet."""
    if item == "None":
        return Q(item=None)
    return Q(item=item) if item.isascii() and item.isdigit() else Q(pk__in=[])


def _dimension(found: QuerySet[Finding], dimension: str) -> _Named:
    if dimension == "county":
        found = found.annotate(county=territory.part_of("division", 6))
        codes = set(found.order_by().values_list("county", flat=True))
        return _Named(found, "county", "place", dict(territory.names(codes)))
    if dimension == "site_type":
        return _Named(found, "site__type_id", "site_type", {t.code: t.name for t in territory.site_types()})
    if dimension == "item":
        cited = found.order_by("item_id").distinct("item_id")
        labels = {f.item_id: f.rule if f.item else UNCLASSIFIED for f in cited}
        return _Named(found, "item_id", "item", labels)
    if dimension == "responsibility":
        return _Named(found, "responsibility", "responsibility", {r.value: str(r.label) for r in Responsibility})
    found = found.annotate(noted_day=territory.local_day("noted_at"))
    return _Named(found, "noted_day", "day", {})


def _sums(found: QuerySet[Finding], column: str) -> dict[object, Total]:
    sums: dict[object, list[int]] = {}
    confirmed = found.filter(state=FindingState.CONFIRMED).order_by()
    # Counted by the database: a few lines for each key come back, however many findings there are.
    alike = confirmed.values_list(F(column), "way", "order_state", "late").annotate(n=Count("pk"))
    for key, way, state, late, n in alike:
        line = sums.setdefault(key, [0] * 7)
        by_deadline = way == "by_deadline"
        for index, true in enumerate(
            (True, way == "on_spot" and state != "void", by_deadline and state != "void", state == "closed",
             by_deadline and state in OPEN, late, state == "exempt")
        ):  # fmt: skip
            line[index] += n * bool(true)
    return {key: Total(*line) for key, line in sums.items()}


UNCLASSIFIED = "未对应条目"
HEADER = (
    "编号", "检查任务", "检查日期时间", "检查单位", "检查组", "方式", "乡镇（街道）", "点位名称", "点位类型", "所属清单条目",
    "四方责任", "责任单位", "问题描述", "等级", "整改方式", "整改要求", "整改时限", "签收时间", "状态", "是否逾期", "整改措施",
    "完成时间", "核验意见", "销号人", "是否反弹", "前次编号",
)  # fmt: skip


def sheet(found: QuerySet[Finding]) -> Iterator[list[object]]:
    """Return the ledger's rows as cells under HEADER, in the order given."""
    listed = list(found)
    orders = rectifications.of_findings([f.pk for f in listed])
    townships = territory.names(f.site.division.township_code for f in listed)
    for finding in listed:
        yield _cells(finding, orders.get(finding.pk), townships)


def _cells(finding: Finding, order: Rectification | None, townships: dict[str, str]) -> list[object]:
    # Fetched beforehand for the whole sheet; a query here would be two for every row.
    reply = max(order.replies.all(), key=lambda r: r.pk, default=None) if order else None
    review = max(order.reviews.all(), key=lambda r: r.pk, default=None) if order else None
    return [
        finding.number, finding.campaign.name, _when(finding.noted_at), finding.office.name,
        finding.visit.inspection.team.name,
        "" if finding.visit.inspection.team.registered else finding.visit.get_mode_display(),
        townships.get(finding.site.division.township_code, ""), finding.site.name, finding.site.type.name,
        finding.rule or UNCLASSIFIED, finding.get_responsibility_display(), finding.body.name,
        finding.description, finding.get_severity_display(), order.get_way_display() if order else "未定",
        order.requirement if order else "", _when(order.due_at) if order else "",
        _when(order.received_at) if order else "", order.get_state_display() if order else "",
        "逾期" if finding.late else "", reply.measures if reply else "",  # type: ignore[attr-defined]
        _when(order.closed_at) if order else "", review.reason if review else "",
        order.closer if order else "", "是" if finding.recurrence_of_id else "",
        finding.recurrence_of.number if finding.recurrence_of else "",
    ]  # fmt: skip


def _when(moment: datetime | None) -> str:
    return moment.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M") if moment else ""
