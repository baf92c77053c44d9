"""
Could the rounds have been foreseen? Guessers that know every past round play against the published chances.

1. Before each round a guesser ranks the sites by what the rounds before showed, and by nothing later.
2. Under an honest lot what it gains over the published chances is a martingale: the sum over sites of
   rank · (visited - chance) has mean nought, whatever the rank is made of. A leaning draw is therefore not accused for
   leaning; a list, a turn or a hand that prefers somebody is.
3. Its variance is at most Σ chance · (1 - chance) · (rank - mean)², as with one independent draw for each site (Hájek 1964);
   strata only make it smaller.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, log, sqrt

OFTEN, LONGEST, WEEKDAY, LEARNED = "often", "longest", "weekday", "learned"
GUESSERS = (OFTEN, LONGEST, WEEKDAY, LEARNED)
# Two-sided, for four guessers together; of simulated honest series fewer than one in two hundred went over.
BOUND = 4.0
STEP = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """A round as a guesser meets it: its day, the chance of each open site, scaled to as many as were visited, and who was."""

    day: date | None
    chances: Mapping[str, float]
    visited: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """
    How one guesser did over a series. Shares of 1.

    `auc`: how often a visited site ranked before one that was not, `auc_fair` what the chances imply; `hit`: of the visits,
    how many were among as many first-ranked sites, `hit_fair` what the chances imply, `hit_most` what luck allows; `excess`:
    the gain over the chances in standard deviations, of either sign; `caught`: more than luck allows. `rounds`: how many it
    had a guess for.
    """

    by: str
    rounds: int
    auc: float
    auc_fair: float
    hit: float
    hit_fair: float
    hit_most: float
    excess: float

    @property
    def caught(self) -> bool:
        return abs(self.excess) > BOUND


@dataclass(slots=True)
class _Past:
    """What a guesser knows of one site."""

    met: int = 0
    visits: int = 0
    last: int | None = None
    met_on: dict[int, int] = field(default_factory=dict)
    visits_on: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    gain: float = 0.0
    spread: float = 0.0
    rounds: int = 0
    auc: float = 0.0
    auc_fair: float = 0.0
    visits: int = 0
    hits: float = 0.0
    fair: float = 0.0
    luck: float = 0.0


def guesses(series: Sequence[Outcome]) -> tuple[Guess, ...]:
    """Let every guesser play a series, the earliest round first, and return how each did."""
    past: dict[str, _Past] = {}
    weights = [0.0] * 4
    tallies = {name: _Tally() for name in GUESSERS}
    for turn, met in enumerate(series):
        known = {site: past.setdefault(site, _Past()) for site in met.chances}
        ranks = {name: _ranks({site: score(one, turn, met) for site, one in known.items()}) for name, score in SCORES}
        seen = {site: _seen(known[site], turn, [ranks[name][site] for name in ranks]) for site in known}
        ranks[LEARNED] = _ranks({site: _dot(weights, facts) for site, facts in seen.items()})
        for name, own in ranks.items():
            _play(tallies[name], own, met)
        _learn(weights, seen, met)
        for site, one in known.items():
            _remember(one, turn, met, visited=site in met.visited)
    return tuple(_told(name, tallies[name]) for name in GUESSERS)


def _often(one: _Past, turn: int, met: Outcome) -> float:
    return (one.visits + 1) / (one.met + 2)


def _longest(one: _Past, turn: int, met: Outcome) -> float:
    return turn - one.last if one.last is not None else turn + 1


def _weekday(one: _Past, turn: int, met: Outcome) -> float:
    """Return how much more often it was visited on this weekday than otherwise, shrunk to what is usual for it."""
    if met.day is None:
        return 0.0
    on, usual = met.day.weekday(), _often(one, turn, met)
    return (one.visits_on.get(on, 0) + usual) / (one.met_on.get(on, 0) + 1) - usual


SCORES: tuple[tuple[str, Callable[[_Past, int, Outcome], float]], ...] = (
    (OFTEN, _often),
    (LONGEST, _longest),
    (WEEKDAY, _weekday),
)


def _seen(one: _Past, turn: int, ranks: Sequence[float]) -> list[float]:
    """Return what the learning guesser looks at: how the others rank a site, and whether it was visited last time."""
    return [*(rank - 0.5 for rank in ranks), float(one.last == turn - 1 and turn > 0)]


def _dot(weights: Sequence[float], facts: Sequence[float]) -> float:
    # Rounded, so that sites alike in every fact stay tied.
    return round(sum(weight * fact for weight, fact in zip(weights, facts, strict=True)), 12)


def _learn(weights: list[float], seen: Mapping[str, Sequence[float]], met: Outcome) -> None:
    """One pass of logistic regression by gradient, over and above the published chances (which it knows)."""
    for site in sorted(seen):
        chance = met.chances[site]
        if 0 < chance < 1:
            odds = log(chance / (1 - chance)) + _dot(weights, seen[site])
            miss = (site in met.visited) - 1 / (1 + exp(-max(min(odds, 30.0), -30.0)))
            for at, fact in enumerate(seen[site]):
                weights[at] += STEP * miss * fact


def _remember(one: _Past, turn: int, met: Outcome, *, visited: bool) -> None:
    one.met += 1
    one.visits += visited
    one.last = turn if visited else one.last
    if met.day is not None:
        on = met.day.weekday()
        one.met_on[on] = one.met_on.get(on, 0) + 1
        one.visits_on[on] = one.visits_on.get(on, 0) + visited


def _ranks(scores: Mapping[str, float]) -> dict[str, float]:
    """Return site → its rank as a share of 1, the likeliest near 1; who is alike shares the middle of their ranks."""
    ordered = sorted(scores, key=scores.__getitem__)
    ranks: dict[str, float] = {}
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and scores[ordered[end]] == scores[ordered[start]]:
            end += 1
        for site in ordered[start:end]:
            ranks[site] = (start + end) / 2 / len(ordered)
        start = end
    return ranks


def _play(tally: _Tally, ranks: Mapping[str, float], met: Outcome) -> None:
    """Hold one guesser's ranks against who was visited. Whoever ranks all alike has not guessed."""
    if len(set(ranks.values())) < 2:
        return
    weights = {site: chance * (1 - chance) for site, chance in met.chances.items()}
    whole = sum(weights.values())
    if not whole:
        return
    middle = sum(ranks[site] * weight for site, weight in weights.items()) / whole
    tally.gain += sum((ranks[site] - middle) * ((site in met.visited) - chance) for site, chance in met.chances.items())
    tally.spread += sum(weight * (ranks[site] - middle) ** 2 for site, weight in weights.items())
    tally.rounds += 1
    tally.auc += _auc(ranks, {site: float(site in met.visited) for site in ranks})
    tally.auc_fair += _auc(ranks, met.chances)
    first = sorted(ranks, key=lambda site: (-ranks[site], site))[: len(met.visited)]
    tally.visits += len(met.visited)
    tally.hits += sum(site in met.visited for site in first)
    tally.fair += sum(met.chances[site] for site in first)
    tally.luck += sum(weights[site] for site in first)


def _auc(ranks: Mapping[str, float], visited: Mapping[str, float]) -> float:
    """Return how often one that is visited ranks before one that is not, ties half; `visited`: with which chance."""
    below = won = wins = 0.0
    alike: dict[float, list[str]] = {}
    for site, rank in ranks.items():
        alike.setdefault(rank, []).append(site)
    for rank in sorted(alike):
        yes = sum(visited[site] for site in alike[rank])
        no = len(alike[rank]) - yes
        won += yes * (below + no / 2)
        below += no
        wins += yes
    return won / (wins * below) if wins * below else 0.5


def _told(name: str, tally: _Tally) -> Guess:
    rounds, visits = max(tally.rounds, 1), max(tally.visits, 1)
    fair = tally.fair / visits
    return Guess(
        by=name,
        rounds=tally.rounds,
        auc=tally.auc / rounds if tally.rounds else 0.5,
        auc_fair=tally.auc_fair / rounds if tally.rounds else 0.5,
        hit=tally.hits / visits,
        hit_fair=fair,
        hit_most=min(1.0, fair + BOUND * sqrt(tally.luck) / visits),
        excess=tally.gain / sqrt(tally.spread) if tally.spread else 0.0,
    )
