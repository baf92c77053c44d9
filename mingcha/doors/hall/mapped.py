"""
A schematic map, drawn here: lines and numbers on a plain ground, no tiles from outside. North is up.

Degrees become points of a drawing on the assumption that a county is flat (equirectangular, at its middle latitude).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin, tau

WIDTH, MARGIN, TALLEST, FLATTEST = 480, 28, 480, 240
KILOMETRE = 1 / 111.2  # degrees of latitude
SCALES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
APART = 19  # points between the middles of two marks
LOOKS = 8  # of tracks, before they come again
Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A numbered place of a track: where, which number, what it is called; `look` is a class for its state."""

    where: Point
    number: int
    name: str
    look: str = ""


@dataclass(frozen=True)
class Mark:
    """A place on the drawing."""

    x: float
    y: float
    number: int
    name: str
    look: str


@dataclass(frozen=True)
class Track:
    """One team's way on the drawing, from its base along its places and home."""

    look: int
    name: str
    base: Mark
    line: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Map:
    """The drawing: its height (the width is fixed), its tracks, and a bar for so many kilometres."""

    height: int
    tracks: tuple[Track, ...]
    kilometres: float
    bar: float
    width: int = WIDTH


def look(number: int) -> int:
    """Return which of the looks a track of that number has, from 1."""
    return number % LOOKS + 1


def drawn(tracks: Sequence[tuple[str, Point, Sequence[Place]]]) -> Map | None:
    """Return the map of named tracks, each from its base along its places; None where there is nothing to draw."""
    points = [point for _, base, places in tracks for point in (base, *(place.where for place in places))]
    if not any(places for _, _, places in tracks):
        return None
    south, north = min(p[0] for p in points), max(p[0] for p in points)
    west, east = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    wide, tall = max((east - west) * narrow, KILOMETRE), max(north - south, KILOMETRE)
    inside = WIDTH - 2 * MARGIN
    scale = min(inside / wide, (TALLEST - 2 * MARGIN) / tall)
    height = max(round(tall * scale) + 2 * MARGIN, FLATTEST)
    left, top = (WIDTH - wide * scale) / 2, (height - tall * scale) / 2
    taken: list[tuple[float, float]] = []

    def spot(point: Point) -> tuple[float, float]:
        x, y = left + (point[1] - west) * narrow * scale, top + (north - point[0]) * scale
        found = _free(x, y, taken, height=height)
        taken.append(found)
        return found

    made = []
    for number, (name, base, places) in enumerate(tracks):
        start = Mark(*spot(base), 0, name, "")
        marks = tuple(Mark(*spot(place.where), place.number, place.name, place.look) for place in places)
        path = [start, *(mark for mark in marks if mark.look != "out"), start]
        line = " ".join(f"{mark.x},{mark.y}" for mark in path) if len(path) > 2 else ""
        made.append(Track(look(number), name, start, line, marks))
    kilometres = max((each for each in SCALES if each * KILOMETRE * scale <= WIDTH / 4), default=SCALES[0])
    return Map(height, tuple(made), kilometres, round(kilometres * KILOMETRE * scale, 1))


def _free(x: float, y: float, taken: Sequence[tuple[float, float]], *, height: int) -> tuple[float, float]:
    """Return the free spot nearest to a point, on rings around it: what lies below another would be read by nobody."""
    for ring in range(12):
        for turn in range(max(1, 6 * ring)):
            angle = tau * turn / max(1, 6 * ring)
            there = round(x + ring * APART * cos(angle), 1), round(y + ring * APART * sin(angle), 1)
            inside = 10 <= there[0] <= WIDTH - 10 and 10 <= there[1] <= height - 10
            if inside and all(hypot(there[0] - a, there[1] - b) >= APART for a, b in taken):
                return there
    return round(x, 1), round(y, 1)
