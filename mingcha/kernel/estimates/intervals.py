"""
The interval around a share of weighted visits, without a library: 1 ms, and nothing for a web process to load.

Korn and Graubard (Survey Methodology 24, 1998, 193-201): the interval of Clopper and Pearson (Biometrika 26, 1934) with
the number of visits replaced by the number of plain random visits that would say as much. The incomplete beta function is
Lentz's continued fraction (DLMF 8.17.22), its inverse is found by bisection.
"""

import math

TINY = 1e-300
ENOUGH = 1e-15  # relative change at which the continued fraction stands still
STEPS = 400


def interval(share: float, effective: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """
    Return low and high (0..1) of the Clopper-Pearson interval for `share` of `effective` visits, whole or not.

    Raises ValueError for a share outside 0..1 or fewer than no visits.
    """
    if not 0 <= share <= 1 or effective <= 0:
        raise ValueError(share, effective)
    tail = (1 - confidence) / 2
    found = share * effective
    low = beta_quantile(tail, found, effective - found + 1) if found > 0 else 0.0
    high = beta_quantile(1 - tail, found + 1, effective - found) if effective - found > 0 else 1.0
    return min(low, share), max(high, share)


def beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    # The fraction settles quickly only on this side of the mean; the other is its mirror image.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the x at which I_x(a, b) is `share`, to about 1e-13."""
    low, high = 0.0, 1.0
    for _ in range(64):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
        if high - low < 1e-13 * high:
            break
    return (low + high) / 2


def two_sided_t(freedom: float, *, confidence: float = 0.95) -> float:
    """Return the t that Student's distribution with `freedom` degrees exceeds, either way, with 1 - confidence."""
    x = beta_quantile(1 - confidence, freedom / 2, 0.5)
    return math.sqrt(freedom * (1 - x) / x)


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = lower
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = 1 / _not_zero(1 + term * lower)
            upper = _not_zero(1 + term / upper)
            value *= upper * lower
        if abs(upper * lower - 1) < ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
