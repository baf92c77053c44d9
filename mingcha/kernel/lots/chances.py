"""
What chance each site gets, before anything is drawn: as even as a lottery, as sharp as a list, or between.

1. Who must be visited has chance 1; what is left of n is shared among the others.
2. The tilt gives each a chance between a floor (nobody is ever safe) and a cap (nobody is ever certain).
3. A stratum that is promised a visit and expects less than one gets exactly one; the others are shared anew.
4. Chances are rounded to millionths so that they sum to n exactly.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, inf, log

from mingcha.kernel.lots.frame import DuplicateSite, EmptyFrame
from mingcha.kernel.refusals import Refusal

LOTTERY, LOGISTIC, MINMAX = "lottery", "logistic", "minmax"
TILTS = (LOTTERY, LOGISTIC, MINMAX)
MILLION = 1_000_000
HALVINGS = 100
WIDE = 64.0
LEAST_HARM = 1e-9
LEAST_RISK = 1e-3


class TooFew(Refusal):
    """A draw of nothing."""

    message = "至少要抽 1 个点位，请重新填写数量。"
    status = 422


class TooMany(Refusal):
    """More wanted than there are."""

    message = "名录里只有 %(size)s 个点位，抽不出 %(n)s 个，请改小数量。"
    status = 422


class NothingLeftToDraw(Refusal):
    """The certain ones take up the whole round: the others would have no chance at all."""

    message = "必到的点位有 %(certain)s 个，抽取数须大于 %(certain)s，其余点位才有机会，请改大数量。"
    status = 422


class PromisesTooMany(Refusal):
    """More strata are promised a visit than the round has."""

    message = "承诺必到的层有 %(promised)s 个，抽 %(n)s 个不够，请改大数量或减少承诺。"
    status = 422


class PromiseWithoutSites(Refusal):
    """A stratum is promised a visit and has no site that may be drawn."""

    message = "承诺必到的“%(stratum)s”没有可抽的点位，请去掉这项承诺。"
    status = 422


class CapTooLow(Refusal):
    """With this cap, not so many can be drawn."""

    message = "机会上限为 %(cap)s 时至多能抽 %(most)s 个，请提高上限或改小数量。"
    status = 422


class SettingOutOfRange(Refusal):
    """A setting that means nothing."""

    message = "倾斜参数不合理：力度须大于 0，下限为 0 至 1 倍平均机会，上限为 0 至 1，分值为 0 至 1，请重新填写。"
    status = 422


@dataclass(frozen=True, slots=True)
class Weighed:
    """One site to be given a chance. `score`: 0 to 1, its risk (logistic) or the harm if it is missed (minmax)."""

    site: str
    stratum: str
    score: float = 0.0
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """
    How chances lean on scores. `promised`: strata that get at least one visit.

    `tau`: the one knob of the logistic tilt: a site's odds of being drawn grow as its odds of a problem to the power
    1/tau, so small is a list and large a lottery; `floor`: the least chance, as a
    multiple (0 to 1) of the lottery's; `cap`: the greatest chance. The lottery knows neither knob, floor nor cap.
    """

    tilt: str = LOTTERY
    tau: float = 0.2
    floor: float = 0.1
    cap: float = 0.5
    promised: frozenset[str] = frozenset()


def chances(sites: Sequence[Weighed], *, n: int, setting: Setting) -> dict[str, Fraction]:
    """
    Return site → its chance, 0 < chance ≤ 1; their sum is exactly n.

    A lottery without a promise that bends it gives exactly equal chances; otherwise they are millionths. A promise
    goes before the cap: where a stratum is small, its sites may get more. Logistic: maximises Σ chance · log-odds of
    risk + tau · entropy; minmax: the greatest unprotected harm (1 - chance) · harm is as small as can be (ORIGAMI,
    Kiekintveld et al. 2009). Raises the refusals of this module, EmptyFrame, DuplicateSite.
    """
    _check(sites, n, setting)
    free = sorted((one for one in sites if not one.certain), key=lambda one: one.site)
    given = {one.site: Fraction(1) for one in sites if one.certain}
    left = n - len(given)
    bent = _bent(free, left, n, setting, kept={one.stratum for one in sites if one.certain})
    rest = [one for one in free if one.stratum not in bent]
    if rest and not bent and setting.tilt == LOTTERY:
        return given | dict.fromkeys((one.site for one in rest), Fraction(left, len(rest)))
    least = setting.floor * left / len(free) if free else 0.0
    for own in bent.values():
        given |= _millionths(own, _tilted(own, 1, setting, least), 1)
    return given | _millionths(rest, _tilted(rest, left - len(bent), setting, least), left - len(bent))


def _check(sites: Sequence[Weighed], n: int, setting: Setting) -> None:
    if not sites:
        raise EmptyFrame
    seen: set[str] = set()
    for one in sites:
        if one.site in seen:
            raise DuplicateSite(site=one.site)
        seen.add(one.site)
    if n < 1:
        raise TooFew
    if n > len(sites):
        raise TooMany(n=n, size=len(sites))
    sound = 0 < setting.tau < inf and 0 <= setting.floor <= 1 and 0 < setting.cap <= 1 and setting.tilt in TILTS
    if not sound or not all(0 <= one.score <= 1 for one in sites):
        raise SettingOutOfRange
    certain = sum(one.certain for one in sites)
    if certain > n or (certain == n and certain < len(sites)):
        raise NothingLeftToDraw(certain=certain)
    missing = setting.promised - {one.stratum for one in sites}
    if missing:
        raise PromiseWithoutSites(stratum=min(missing))


def _bent(free: Sequence[Weighed], left: int, n: int, setting: Setting, *, kept: set[str]) -> dict[str, list[Weighed]]:
    """Return the promised strata that would expect less than one visit, each with its sites."""
    by_stratum: dict[str, list[Weighed]] = defaultdict(list)
    for one in free:
        by_stratum[one.stratum].append(one)
    open_ = setting.promised - kept
    bent: set[str] = set()
    least = setting.floor * left / len(free) if free else 0.0
    while True:
        rest = [one for one in free if one.stratum not in bent]
        if len(bent) > left or (rest and len(bent) == left):
            raise PromisesTooMany(promised=len(setting.promised), n=n)
        given = dict(zip((one.site for one in rest), _tilted(rest, left - len(bent), setting, least), strict=True))
        # A hair's breadth over one: rounding to millionths must not take it under.
        short = {
            name
            for name in open_ - bent
            if sum(given[one.site] for one in by_stratum[name]) < 1 + 2 * len(by_stratum[name]) / MILLION
        }
        if not short:
            return {name: by_stratum[name] for name in sorted(bent)}
        bent |= short


def _tilted(sites: Sequence[Weighed], n: int, setting: Setting, least: float) -> list[float]:
    """Return chances that sum to n up to rounding, each between the floor and the cap, by the setting's tilt."""
    if not sites:
        return []
    even = n / len(sites)
    if setting.tilt == LOTTERY or n == len(sites):
        return [even] * len(sites)
    high = setting.cap
    if even > high:
        if n > 1 or len(sites) * high >= 1:
            raise CapTooLow(cap=f"{high:.0%}", most=int(high * len(sites)))
        high = 1.0
    low = min(least, even)
    if setting.tilt == LOGISTIC:
        odds = [_odds(one.score) / setting.tau for one in sites]
        reach = max(map(abs, odds)) + WIDE
        return _solved(lambda level: [low + (high - low) * _sigmoid(x - level) for x in odds], n, reach)
    harms = [max(one.score, LEAST_HARM) for one in sites]
    return _solved(lambda level: [min(high, max(low, 1 - 2.0**level / harm)) for harm in harms], n, WIDE)


def _odds(risk: float) -> float:
    """Return the log-odds of a risk: what a knob in the same units means the same for, at any rate of problems."""
    clipped = min(max(risk, LEAST_RISK), 1 - LEAST_RISK)
    return log(clipped / (1 - clipped))


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def _solved(at_level: Callable[[float], list[float]], n: int, reach: float) -> list[float]:
    """Return the chances at the level within ±reach where they sum to n; the higher the level, the smaller they are."""
    low, high = -reach, reach
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(at_level(middle)) > n else (low, middle)
    return at_level((low + high) / 2)


def _millionths(sites: Sequence[Weighed], wanted: Sequence[float], n: int) -> dict[str, Fraction]:
    """Round to millionths, each at least one and at most a million, so that they sum to n exactly."""
    parts = [min(MILLION, max(1, int(chance * MILLION))) for chance in wanted]
    missing = n * MILLION - sum(parts)
    # To whom rounding took most, first; ties by code. A few rounds suffice: what is missing is about one for each.
    turn = sorted(range(len(sites)), key=lambda at: (parts[at] - wanted[at] * MILLION, sites[at].site))
    while missing:
        step = 1 if missing > 0 else -1
        for at in turn if missing > 0 else reversed(turn):
            if missing and 1 <= parts[at] + step <= MILLION:
                parts[at], missing = parts[at] + step, missing - step
    return {one.site: Fraction(part, MILLION) for one, part in zip(sites, parts, strict=True)}
