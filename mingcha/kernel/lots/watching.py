"""
Whether the rounds of an office stayed unforeseeable, told after each of them from what is published by then.

1. What chance left open: entropy, the least chance, who escapes twelve rounds.
2. What a guesser with all past rounds could have foreseen, against what the chances allow (`foreseeing`).
3. Habits of days and of whom a team begins with (`habits`).
4. Whom the lot names and nobody visits, or visits unnamed; and how much was changed by hand.
5. One verdict: the gravest sign, with the others beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from mingcha.kernel.lots.foreseeing import Guess, Outcome, guesses
from mingcha.kernel.lots.habits import FIRST, GAP, Habit, of_days, of_order
from mingcha.kernel.lots.preview import ROUNDS_AHEAD, surprise

# Signs, the gravest first.
UNNAMED, FORESEEN, SPARED, SOUGHT, REDRAWN, OVERRIDDEN, DIRECTED, HABIT = (
    "unnamed", "foreseen", "spared", "sought", "redrawn", "overridden", "directed", "habit",
)  # fmt: skip
GRAVE = (UNNAMED, FORESEEN, SPARED, SOUGHT)
SPOILED = (*GRAVE, REDRAWN, OVERRIDDEN, DIRECTED)
# Fewer rounds teach a guesser nothing.
LEAST_ROUNDS = 4
# One honest series in a thousand has any site that stands out so.
RARE = 0.001
# What an office can hardly need: a fifth of the stops changed by hand, three and more; a quarter certain beforehand.
TOO_MANY_CHANGED, LEAST_CHANGED, TOO_MANY_CERTAIN = 0.2, 3, 0.25


@dataclass(frozen=True, slots=True)
class Overrides:
    """What people changed: stops replaced, handed to another team, drawn and not visited; draws made void before this one."""

    replaced: int = 0
    handed_over: int = 0
    unvisited: int = 0
    redrawn: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """
    One revealed round.

    `chances`: site → its published chance, 0 < chance ≤ 1. `named`: the drawn ones and those that replaced them by rank;
    `visited`: where the teams went; `routes`: the places of each outing, in the order of going. `day` None: unknown.
    """

    name: str
    day: date | None
    chances: Mapping[str, Fraction | float]
    named: Collection[str]
    visited: Collection[str]
    overrides: Overrides = field(default_factory=Overrides)
    routes: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """
    What a round left to chance. Shares of 1; `certain` counts sites of chance 1, which the shares leave out.

    `entropy` is 1 for a lottery and 0 for a list, `kept` what is left of it where every changed stop counts as foreseen;
    `floor` the least chance as a multiple of the lottery's; `escape`: who has the least stays unvisited for 12 such rounds.
    """

    name: str
    day: date | None
    sites: int
    named: int
    certain: int
    entropy: float
    kept: float
    least: float
    floor: float
    escape: float
    changed: int
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that spoils the surprise, or hints at it. `facts` for a sentence: numbers and names."""

    code: str
    facts: Mapping[str, object]

    @property
    def grave(self) -> bool:
        return self.code in GRAVE

    @property
    def spoils(self) -> bool:
        return self.code in SPOILED


@dataclass(frozen=True, slots=True)
class Watched:
    """
    A series of rounds, watched. `openings` in its order; `signs` the gravest first; none and `enough`: all is well.

    `never`: the share of sites, in every frame, that nobody visited in all its rounds, `never_fair` what the chances imply.
    """

    openings: tuple[Opening, ...]
    guesses: tuple[Guess, ...]
    habits: tuple[Habit, ...]
    signs: tuple[Sign, ...]
    enough: bool
    never: float
    never_fair: float

    @property
    def spoiled(self) -> bool:
        return any(sign.spoils for sign in self.signs)


def watch(series: Sequence[Round]) -> Watched:
    """Watch a series of revealed rounds, the earliest first. An empty one has nothing to tell."""
    outcomes = [_outcome(one) for one in series]
    openings = tuple(map(opening, series))
    enough = sum(bool(met.chances) for met in outcomes) >= LEAST_ROUNDS
    guessed = guesses(outcomes)
    days = of_days([one.day for one in series if one.day is not None])
    first = of_order([route for one in series for route in one.routes])
    habits = (*days, first) if first else days
    signs = [
        *_unnamed(series),
        *(_foreseen(guessed) if enough else ()),
        *(_standing_out(outcomes) if enough else ()),
        *_overridden(openings[-1:]),
        *(Sign(HABIT, _habit(one)) for one in habits if one.caught),
    ]
    never, never_fair = _never(outcomes)
    return Watched(openings, guessed, habits, tuple(signs), enough, never, never_fair)


def opening(one: Round) -> Opening:
    """Return what one round left to chance, and how much of it was kept."""
    open_ = [float(chance) for chance in one.chances.values() if chance < 1]
    drawn = sum(open_)
    even = drawn / len(open_) if open_ else 0.0
    least = min(open_, default=1.0)
    most = len(open_) * surprise(even)
    entropy = sum(map(surprise, open_)) / most if most else 0.0
    done = one.overrides
    changed = done.replaced + done.handed_over + done.unvisited
    named = round(sum(map(float, one.chances.values())))
    return Opening(
        name=one.name, day=one.day, sites=len(one.chances), named=named, certain=len(one.chances) - len(open_),
        entropy=entropy, kept=entropy * max(0.0, 1 - changed / named) if named else 0.0, least=least,
        floor=least / even if even else 1.0, escape=(1 - least) ** ROUNDS_AHEAD, changed=changed, overrides=done,
    )  # fmt: skip


def _outcome(one: Round) -> Outcome:
    """
    Return a round for guessers: sites of chance 1 give nobody anything to guess and are left out.

    Where fewer were visited than named, all chances shrink alike: who stays out shows as a preference, not as a number.
    """
    open_ = {site: float(chance) for site, chance in one.chances.items() if chance < 1}
    visited = frozenset(one.visited) & open_.keys()
    drawn = sum(open_.values())
    scale = min(1.0, len(visited) / drawn) if drawn else 1.0
    return Outcome(one.day, {site: chance * scale for site, chance in open_.items()}, visited)


def _unnamed(series: Sequence[Round]) -> list[Sign]:
    """Visits to candidates that the lot did not name and no replacement explains."""
    found = []
    for one in series:
        strangers = sorted((set(one.visited) & set(one.chances)) - set(one.named))
        if strangers:
            found.append(Sign(UNNAMED, {"round": one.name, "count": len(strangers), "sites": strangers}))
    return found


def _foreseen(guessed: Sequence[Guess]) -> list[Sign]:
    caught = [one for one in guessed if one.caught]
    if not caught:
        return []
    best = max(caught, key=lambda one: abs(one.excess))
    return [Sign(FORESEEN, {"by": best.by, "hit": best.hit, "most": best.hit_most, "fair": best.hit_fair})]


def _standing_out(outcomes: Sequence[Outcome]) -> list[Sign]:
    """Sites visited too seldom or too often for their chances, exactly (Poisson-binomial), over as many as there are."""
    chances: dict[str, list[float]] = defaultdict(list)
    visits: dict[str, int] = defaultdict(int)
    for met in outcomes:
        for site, chance in met.chances.items():
            chances[site].append(chance)
            visits[site] += site in met.visited
    limit = RARE / 2 / max(len(chances), 1)
    spared, sought = [], []
    for site in sorted(chances):
        exact = _counts(chances[site])
        if sum(exact[: visits[site] + 1]) < limit:
            spared.append(site)
        if sum(exact[visits[site] :]) < limit:
            sought.append(site)
    signs = []
    for code, sites in ((SPARED, spared), (SOUGHT, sought)):
        if sites:
            signs.append(Sign(code, {"count": len(sites), "sites": sites}))
    return signs


def _counts(chances: Sequence[float]) -> list[float]:
    """Return the chance of 0, 1, 2 … visits in so many rounds."""
    exact = [1.0]
    for chance in chances:
        exact = [
            (exact[k] * (1 - chance) if k < len(exact) else 0.0) + (exact[k - 1] * chance if k else 0.0)
            for k in range(len(exact) + 1)
        ]
    return exact


def _overridden(latest: Sequence[Opening]) -> list[Sign]:
    """What people changed in the latest round, where it is more than a lot can bear."""
    signs = []
    for one in latest:
        if one.overrides.redrawn:
            signs.append(Sign(REDRAWN, {"round": one.name, "count": one.overrides.redrawn}))
        if one.changed >= LEAST_CHANGED and one.changed > TOO_MANY_CHANGED * one.named:
            signs.append(Sign(OVERRIDDEN, {"round": one.name, "count": one.changed, "of": one.named}))
        if one.named and one.certain < one.sites and one.certain > TOO_MANY_CERTAIN * one.named:
            signs.append(Sign(DIRECTED, {"round": one.name, "count": one.certain, "of": one.named}))
    return signs


def _habit(one: Habit) -> dict[str, object]:
    facts: dict[str, object] = {"kind": one.kind, "times": one.times, "of": one.of}
    return facts | ({"days": one.what} if one.kind == GAP else {"place" if one.kind == FIRST else "weekday": one.what})


def _never(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Return the share of sites, in every frame, that no round reached, and what their chances imply."""
    if not outcomes:
        return 0.0, 0.0
    always = set.intersection(*(set(met.chances) for met in outcomes))
    if not always:
        return 0.0, 0.0
    missed = sum(not any(site in met.visited for met in outcomes) for site in always)
    fair = 0.0
    for site in always:
        escape = 1.0
        for met in outcomes:
            escape *= 1 - met.chances[site]
        fair += escape
    return missed / len(always), fair / len(always)
