"""
Figures of the tip line, from the rows that need no key: what, where, how far, how it was found.

Periods are calendar quarters, so that no two tables differ by a day. All tables of a quarter are hidden together: what
one of them shows must not give away what another hides.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import Standing
from mingcha.ground.territory import queries as territory
from mingcha.kernel import suppressing
from mingcha.tips.models import RatingGiven, Tip
from mingcha.tips.states import Category, Channel, Outcome, Rating, State

LEAST = 5
# Stages as told: coarser than the states, so that few cells are small.
STAGES = {
    "waiting": ("待受理", (State.RECEIVED, State.OFFERED)),
    "handling": ("办理中", (State.ACCEPTED, State.PROPOSED, State.HANDLING, State.CONCLUDED)),
    "ended": ("已办结", (State.CLOSED, State.ERASED)),
}
_STAGE_OF = {state: stage for stage, (_, states) in STAGES.items() for state in states}

Key = tuple[tuple[str, str], ...]
Choices = Sequence[tuple[str, str]]
# What only some tips have.
PARTIAL = ("outcome", "rating")


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return self.next.first

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


@dataclass(frozen=True)
class Table:
    """
    Counts by rows and columns, each a (value, Chinese label to be translated) or a name. None: hidden, fewer than
    `LEAST` or what would give such a figure away. `name` says what is counted.
    """

    name: str
    rows: Choices
    columns: Choices
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def quarters(*, to: Standing) -> list[Quarter]:
    """Return the quarters in which anything came in within one's area, the latest first."""
    span = Tip.objects.filter(to.area(Permission.TIP_FIGURES, "county"))
    ends = span.aggregate(first=Min("received_on"), last=Max("received_on"))
    found: list[Quarter] = []
    if ends["first"]:
        now, last = quarter_of(ends["first"]), quarter_of(ends["last"])
        while now <= last:
            found.append(now)
            now = now.next
    return found[::-1]


def tables(quarter: Quarter, *, to: Standing) -> list[Table]:
    """
    Return the tables of what came in during a quarter within one's area: category by county, by stage and by channel, outcome
    by county, rating by county. Raises NotAllowed.
    """
    if not to.can(Permission.TIP_FIGURES):
        raise accounts.NotAllowed
    facts = _facts(quarter, to=to)
    names = territory.names({fact["county"] for fact in facts})
    places = [(code, names.get(code, code)) for code in sorted({fact["county"] for fact in facts})]
    stages = [(stage, label) for stage, (label, _) in STAGES.items()]
    wanted: list[Wanted] = [
        ("received", ("category", Category.choices), ("county", places)),
        ("stages", ("category", Category.choices), ("stage", stages)),
        ("channels", ("category", Category.choices), ("channel", Channel.choices)),
        ("outcomes", ("outcome", Outcome.choices), ("county", places)),
        ("ratings", ("rating", Rating.choices), ("county", places)),
    ]
    counts, sums = _counted(facts, wanted)
    hid = suppressing.hidden(counts, sums, least=LEAST)
    shown = {key: None if key in hid else count for key, count in counts.items()}
    return [_table(each, shown) for each in wanted]


def _facts(quarter: Quarter, *, to: Standing) -> list[dict[str, str]]:
    reach = to.area(Permission.TIP_FIGURES, "county")
    within = Tip.objects.filter(reach, received_on__gte=quarter.first, received_on__lt=quarter.after)
    ratings = dict(RatingGiven.objects.filter(tip__in=within).order_by("day").values_list("tip", "value"))
    columns = ("pk", "county", "category", "channel", "outcome", "state")
    return [
        {**{name: str(value) for name, value in row.items()}, "stage": _STAGE_OF[row["state"]],
         "rating": ratings.get(row["pk"], "")}
        for row in within.values(*columns)
    ]  # fmt: skip


Wanted = tuple[str, tuple[str, Choices], tuple[str, Choices]]


def _counted(
    facts: list[dict[str, str]], wanted: Sequence[Wanted]
) -> tuple[dict[Key, int], list[tuple[Key, list[Key]]]]:
    """Return every cell and margin that the tables show, and how they sum up; a margin that two tables share is one."""
    counter: Counter[Key] = Counter()
    for fact in facts:
        met: set[Key] = set()
        for _, (one, _), (other, _) in wanted:
            if fact[one]:
                met |= _keys(one, [fact[one]], other, [fact[other]])
        counter.update(met)
    counts: dict[Key, int] = {}
    sums: list[tuple[Key, list[Key]]] = []
    for _, (one, rows), (other, columns) in wanted:
        across, down = [value for value, _ in rows], [value for value, _ in columns]
        counts |= {key: counter[key] for key in _keys(one, across, other, down)}
        sums += [(_key(one, (one, a)), [_key(one, (one, a), (other, b)) for b in down]) for a in across]
        sums += [(_key(one, (other, b)), [_key(one, (one, a), (other, b)) for a in across]) for b in down]
        sums.append((_key(one), [_key(one, (one, a)) for a in across]))
        sums.append((_key(one), [_key(one, (other, b)) for b in down]))
    return counts, sums


def _keys(one: str, across: Sequence[str], other: str, down: Sequence[str]) -> set[Key]:
    """Return the keys of a table's cells and margins."""
    cells = {_key(one, (one, a), (other, b)) for a in across for b in down}
    return cells | {_key(one, (one, a)) for a in across} | {_key(one, (other, b)) for b in down} | {_key(one)}


def _key(one: str, *values: tuple[str, str]) -> Key:
    # Not every tip has an outcome or a rating: their tables count something else, so their margins are others.
    counted = one if one in PARTIAL else "all"
    return (("counted", counted), *sorted(values))


def _table(wanted: Wanted, shown: dict[Key, int | None]) -> Table:
    name, (one, rows), (other, columns) = wanted
    return Table(
        name=name,
        rows=rows,
        columns=columns,
        cells=tuple(tuple(shown[_key(one, (one, a), (other, b))] for b, _ in columns) for a, _ in rows),
        row_totals=tuple(shown[_key(one, (one, a))] for a, _ in rows),
        column_totals=tuple(shown[_key(one, (other, b))] for b, _ in columns),
        total=shown[_key(one)],
    )
