"""
Ways between places: by a road server of one's own where MINGCHA_ROADS names one, else the straight line × detour.

1. The server must be on one's own network: whoever runs it learns which places are asked for, before a team departs.
2. It is asked in blocks of at most BLOCK × BLOCK, which the usual servers grant, within PATIENCE.
3. What it does not know of a pair is taken from the straight line. Where it does not answer, or knows too little, all is,
   and the answer says so: a round is never held up by a map.
"""

import ipaddress
import logging
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mingcha.kernel.routing import Travel, straight

log = logging.getLogger(__name__)

BLOCK, PATIENCE = 50, 20  # places; seconds
PARKING = 120  # seconds on every way, as `straight` has it
MOST_UNKNOWN = 0.05  # share of pairs
PROFILES = {"osrm": "driving", "valhalla": "auto", "graphhopper": "car"}

Points = Sequence[tuple[float, float]]
Matrix = list[list[float | None]]


@dataclass(frozen=True)
class Ways:
    """
    `source`: "straight", or the kind of server that answered. `why` where one was named and did not serve: "setting" (not
    understood), "outside" (not on one's own network), "silent" (no answer in time, or none that can be used), "unknown"
    (too many pairs without a way).
    """

    travel: Travel
    source: str = "straight"
    why: str = ""


class _Unusable(Exception):
    pass


def ways(points: Points) -> Ways:
    """Return travel between (latitude, longitude) points, and where it comes from."""
    line = straight(points, extra_seconds=PARKING)
    named = getattr(settings, "MINGCHA_ROADS", "")
    if not named or len(points) < 2:
        return Ways(line)
    kind, _colon, address = named.partition(":")
    if kind not in PROFILES or urlsplit(address).scheme not in ("http", "https"):
        return Ways(line, why="setting")
    if not _is_near(urlsplit(address).hostname or ""):
        return Ways(line, why="outside")
    try:
        seconds, metres = _asked(kind, address, points)
    except Exception as error:  # noqa: BLE001 - a map server fails in a hundred ways; its words may hold the places
        log.warning("draws.roads: %s", type(error).__name__)
        return Ways(line, why="silent")
    unknown = sum(cell is None for row in seconds for cell in row)
    if unknown > MOST_UNKNOWN * len(points) ** 2:
        return Ways(line, why="unknown")
    return Ways(_filled(seconds, metres, line), source=kind)


def _is_near(host: str) -> bool:
    """Whether a name leads to this machine or its own network, and nowhere else."""
    try:
        found = {ipaddress.ip_address(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except (OSError, ValueError):
        return False
    return bool(found) and all(each.is_private for each in found)


def _asked(kind: str, address: str, points: Points) -> tuple[Matrix, Matrix]:
    import routingpy  # noqa: PLC0415 - loads an HTTP library, for those who have a road server

    routers = {"osrm": routingpy.OSRM, "valhalla": routingpy.Valhalla, "graphhopper": routingpy.Graphhopper}
    key = {"api_key": "own"} if kind == "graphhopper" else {}
    router = routers[kind](base_url=address.rstrip("/"), timeout=PATIENCE, retry_timeout=PATIENCE, **key)
    # No proxy of the environment comes between, and nobody is sent on to another server.
    router.client._session.trust_env, router.client._session.max_redirects = False, 0
    size = len(points)
    seconds: Matrix = [[None] * size for _ in points]
    metres: Matrix = [[None] * size for _ in points]
    blocks = [range(first, min(first + BLOCK, size)) for first in range(0, size, BLOCK)]
    for rows in blocks:
        for columns in blocks:
            _ask(router, PROFILES[kind], points, rows, columns, seconds, metres)
    return seconds, metres


def _ask(
    router: Any, profile: str, points: Points, rows: range, columns: range, seconds: Matrix, metres: Matrix
) -> None:
    """Fill one block of both matrices."""
    places = [*rows] if rows == columns else [*rows, *columns]
    to = range(len(rows)) if rows == columns else range(len(rows), len(places))
    found = router.matrix(
        locations=[[points[place][1], points[place][0]] for place in places], profile=profile,
        sources=[*range(len(rows))], destinations=[*to],
    )  # fmt: skip
    for told, matrix in ((found.durations, seconds), (found.distances, metres)):
        if len(told) != len(rows) or any(len(line) != len(columns) for line in told):
            raise _Unusable
        for row, line in zip(rows, told, strict=True):
            matrix[row][columns.start : columns.stop] = [_number(cell) for cell in line]


def _number(cell: object) -> float | None:
    if cell is None:
        return None
    if not isinstance(cell, int | float) or not isfinite(cell) or cell < 0:
        raise _Unusable
    return float(cell)


def _filled(seconds: Matrix, metres: Matrix, line: Travel) -> Travel:
    """Return whole numbers, a pair without a way by the straight line; nothing takes time to where one is."""
    size = range(len(seconds))

    def pick(told: Matrix, other: Matrix, spare: Sequence[Sequence[int]], i: int, j: int, more: int) -> int:
        cell = told[i][j]
        if i == j:
            return 0
        return spare[i][j] if cell is None or other[i][j] is None else round(cell) + more

    return Travel(
        seconds=[[pick(seconds, metres, line.seconds, i, j, PARKING) for j in size] for i in size],
        metres=[[pick(metres, seconds, line.metres, i, j, 0) for j in size] for i in size],
    )
