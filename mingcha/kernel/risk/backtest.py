"""
A window of the past planned as if it lay ahead: on the eve of its first day, with what was known then.

Outcome and score of a row are facts for later days only. Prints nothing; `answer` is what the command prints.
"""

from dataclasses import asdict, dataclass, replace

import numpy as np

from mingcha.kernel.risk import metric, rounds, values
from mingcha.kernel.risk.histories import History, NothingInWindow
from mingcha.kernel.risk.metric import Figures
from mingcha.kernel.risk.training import Taught, chances

REPETITIONS = 40
PLACES = 4


@dataclass(frozen=True)
class Backtest:
    """Figures of the order by falling chance, of the drawn rounds (means over the replays), and how they were made."""

    ranked: Figures
    drawn: Figures
    insider_hit: float
    knobs: rounds.Knobs
    replays: int
    method: str
    known_visits: int
    calibration: tuple[float, float]  # mean chance told, share found

    def answer(self) -> dict[str, object]:
        """Return what the command prints: plain values, numbers rounded."""
        drawn = asdict(self.drawn) | {
            "insider_hit": self.insider_hit, "tau": self.knobs.tau, "floor": rounds.FLOOR, "cap": self.knobs.cap,
            "kept": _kept(self.drawn, self.ranked), "replays": self.replays,
        }  # fmt: skip
        told = {"method": self.method, "known_visits": self.known_visits, "mean_chance": self.calibration[0]}
        return {**_rounded(asdict(self.ranked)), "drawn": _rounded(drawn), **_rounded(told)}


def run(history: History, *, first: int, last: int, seed: int = 0) -> Backtest:
    """
    Plan the visits of the days `first` to `last` (days since 1970-01-01, inclusive) on the eve of `first`, and judge.

    Raises NothingInWindow.
    """
    table, start = history.table, history.start
    window = np.flatnonzero(
        (table.day >= first - start) & (table.day <= last - start) & np.isfinite(table.problem)
    )  # fmt: skip
    if not len(window):
        ends = (int(table.day.min()), int(table.day.max())) if len(table) else (0, 0)
        raise NothingInWindow(
            first=values.written(first), last=values.written(last),
            **{"from": values.written(ends[0] + start), "to": values.written(ends[1] + start)},
        )  # fmt: skip
    # What the window found is taken out before anything is learnt, not trusted to be passed over.
    blind = replace(table, problem=table.problem.copy(), score=table.score.copy())
    later = table.day >= first - start
    blind.problem[later], blind.score[later] = np.nan, np.nan
    taught = Taught(blind, until=first - start, length=last - first + 1, seed=seed)
    risk = chances(taught.odds(taught.asking, window))
    day, problem = table.day[window], table.problem[window]
    ranked = metric.judge(risk, day, problem)
    knobs = rounds.setting(risk, day, seed=seed)
    played = rounds.replay(risk, day, knobs, times=rounds.repetitions(day, most=REPETITIONS), seed=seed + 1)
    drawn = [metric.judge_order(order, day, problem, auc=_area(order, problem)) for order in played.orders]
    return Backtest(
        ranked, _mean(drawn), played.insider_hit, knobs, len(drawn), taught.method, len(taught.known.problem),
        (float(risk.mean()), float(problem.mean())),
    )  # fmt: skip


def _area(order: np.ndarray, problem: np.ndarray) -> float | None:
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    return metric.area(-place, problem)


def _mean(figures: list[Figures]) -> Figures:
    def of(name: str) -> float | None:
        found = [getattr(one, name) for one in figures]
        return None if found[0] is None else float(np.mean(found))

    one = figures[0]
    return Figures(one.n, one.positives, of("days_earlier"), of("first_half_share"), of("auc"), one.random_days)


def _kept(drawn: Figures, ranked: Figures) -> float | None:
    """Return the drawn share of the order's gain over a lottery, None where the order gains nothing."""
    if drawn.days_earlier is None or ranked.days_earlier is None or ranked.random_days is None:
        return None
    gain = ranked.days_earlier - ranked.random_days
    return (drawn.days_earlier - ranked.random_days) / gain if gain > 0 else None


def _rounded(told: dict[str, object]) -> dict[str, object]:
    return {name: round(value, PLACES) if isinstance(value, float) else value for name, value in told.items()}
