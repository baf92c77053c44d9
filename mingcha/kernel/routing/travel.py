"""Travel without a map, and the minute of departure that nobody can foresee."""

import hashlib
from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from mingcha.kernel.routing.day import Travel

EARTH = 6_371_000  # metres, mean radius


def straight(
    points: Sequence[tuple[float, float]], *, km_per_hour: float = 40, detour: float = 1.3, extra_seconds: int = 120
) -> Travel:
    """
    Return travel between (latitude, longitude) points: the great circle times a detour, at a steady speed, and a fixed
    time for parking and finding the door on every way that leads elsewhere. County roads in hills are nearer 1.5.
    """
    metres = [[round(great_circle(here, there) * detour) for there in points] for here in points]
    return paced(metres, km_per_hour=km_per_hour, extra_seconds=extra_seconds)


def paced(metres: list[list[int]], *, km_per_hour: float, extra_seconds: int) -> Travel:
    """Return travel over known distances at a steady speed; staying where one is takes no time."""
    pace = 3.6 / km_per_hour
    return Travel(
        seconds=[[round(m * pace) + extra_seconds if i != j else 0 for j, m in enumerate(row)] for i, row in enumerate(metres)],
        metres=metres,
    )  # fmt: skip


def great_circle(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return metres along the earth's surface (haversine)."""
    (a, b), (c, d) = here, there
    half = sin(radians(c - a) / 2) ** 2 + cos(radians(a)) * cos(radians(c)) * sin(radians(d - b) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def jitter(departure: int, window: int, *, seed: bytes, crew: str) -> int:
    """Return the minute of departure of `crew`: `departure` or up to `window` minutes later, by the draw's own seed."""
    if window <= 0:
        return departure
    drawn = hashlib.sha256(b"mingcha departure\0" + seed + b"\0" + crew.encode()).digest()
    # 256 bits over at most a day of minutes: what the remainder favours is beyond measuring.
    return departure + int.from_bytes(drawn, "big") % (window + 1)
