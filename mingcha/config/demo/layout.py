"""
Where things lie in the demo: schematic, and marked so. Only the county seats stand about where they are; townships are
strewn around them on a spiral in the order of their codes, and what lies in a township around its middle.
"""

import hashlib
from datetime import time
from functools import cache
from math import cos, pi, radians, sin

from mingcha.flow.campaigns.actions.basing import Basing
from mingcha.ground.territory import queries as territory

SEATS = {
    "621102": (35.58, 104.62), "621121": (35.21, 105.24), "621122": (35.00, 104.63), "621123": (35.13, 104.21),
    "621124": (35.39, 103.86), "621125": (34.85, 104.47), "621126": (34.44, 104.03),
}  # fmt: skip
GOLDEN = pi * (3 - 5**0.5)
KILOMETRE = 1 / 111.2  # degrees of latitude
HOURS = {
    "乡镇政府": ("08:30", "18:00"), "学校": ("08:00", "17:30"), "卫生院": ("08:00", "18:00"), "饭店": ("10:00", "21:00"),
    "超市": ("08:00", "21:30"), "市场": ("07:00", "21:00"),
}  # fmt: skip
# Next door to one another in the seat of 岷县: what happens in one is known in all of them at once.
STREET, ON_IT = "和平街（演示）", ("市场1", "市场2", "超市1")


def columns(code: str, kind: str, division: str) -> tuple[str, str, str, str, str, str]:
    """Return what the optional columns of a register's row say of a site, in the order of `bearings.COLUMNS`."""
    latitude, longitude = _middle(division[:9])
    turn, far = (int.from_bytes(hashlib.sha256(f"{code}{part}".encode()).digest()[:4], "big") / 2**32 for part in "ab")
    latitude, longitude = _off(latitude, longitude, 0.2 + 1.8 * far, 2 * pi * turn)
    street = STREET if code.partition("-")[2] in ON_IT and code.startswith("621126") else ""
    return f"{latitude:.5f}", f"{longitude:.5f}", "是", street, *HOURS.get(kind, ("", ""))


def base(township: str) -> Basing:
    """Return the base of a team that sets out from the middle of a township, and its hours."""
    return Basing(*_middle(township), time(8), time(18))


def _middle(township: str) -> tuple[float, float]:
    seat = SEATS[township[:6]]
    order = _order(township[:6]).index(township)
    return _off(*seat, 4.5 * order**0.5, GOLDEN * order)


@cache
def _order(county: str) -> tuple[str, ...]:
    return tuple(each.code for each in territory.townships(county))


def _off(latitude: float, longitude: float, kilometres: float, turn: float) -> tuple[float, float]:
    north, east = kilometres * cos(turn) * KILOMETRE, kilometres * sin(turn) * KILOMETRE
    return round(latitude + north, 5), round(longitude + east / cos(radians(latitude)), 5)
