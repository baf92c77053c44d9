"""
What every submission needs and none of them writes: bodies, who stands aside, terms. Kept for some seconds in a process.

The public's role may read just these columns.
"""

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from mingcha.ground.territory.models import Body
from mingcha.tips import clocks, directory
from mingcha.tips.models import OfficeKey, OfficeRule, StandsAside
from mingcha.tips.routing import Seat, Tree
from mingcha.tips.states import Due

LASTS = 20.0  # seconds; a recusal declared just now is held at the latest when somebody opens the tip
BITS = 18

T = TypeVar("T")
_kept: dict[Any, tuple[float, Any]] = {}


def forget() -> None:
    """Read everything anew."""
    _kept.clear()


def once(key: Any, read: Callable[[], T]) -> T:
    """Return what `read` gives, and the same again for LASTS seconds."""
    held = _kept.get(key)
    if held is not None and time.monotonic() - held[0] < LASTS:
        return held[1]  # type: ignore[no-any-return]
    if len(_kept) > 1000:
        _kept.clear()
    found = read()
    _kept[key] = (time.monotonic(), found)
    return found


def tree() -> Tree:
    """Return all bodies, and which office stands aside from which."""
    return once("tree", _tree)


def _tree() -> Tree:
    columns = (
        "code", "name", "kind", "division_id", "parent_id", "host_id", "merged_into_id", "pinyin", "division__name",
    )  # fmt: skip
    rows = Body.objects.order_by().values_list(*columns)
    seats = {
        code: Seat(code, name, kind, division, parent or "", host or "", merged or "", reading, place)
        for code, name, kind, division, parent, host, merged, reading, place in rows
    }
    aside: dict[str, set[str]] = {}
    unmanned: set[str] = set()
    for office, body in StandsAside.objects.order_by().values_list("office_id", "body_id"):
        if body is None:
            unmanned.add(office)
        else:
            aside.setdefault(office, set()).add(body)
    return Tree(seats, {office: frozenset(bodies) for office, bodies in aside.items()}, frozenset(unmanned))


def keys(office: str) -> dict[str, OfficeKey]:
    """
    Return purpose → the key that is sealed to, as `directory.receiving`, which is asked anew when the directory changes.

    That the rows are still these is seen when the report is written.
    """
    return once(("keys", office, directory.load().serial), lambda: directory.receiving(office))


def forward_due(office: str, day: date) -> datetime:
    """Return by when an office must have taken in or passed on what reached it on a day."""
    return once(("forward", office, day), lambda: clocks.due(Due.FORWARD, office=office, since=day))


def objection_due(office: str, day: date) -> datetime:
    """Return by when an objection is to be answered."""
    return once(("objection", office, day), lambda: clocks.due(Due.OBJECTION, office=office, since=day))


def bits() -> int:
    """Return how hard the proof of work is: the most that any office asks for, for the office is not known beforehand."""
    return once("bits", lambda: max(OfficeRule.objects.values_list("bits", flat=True), default=BITS))
