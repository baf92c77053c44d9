"""An agenda: acts put down for a time and carried out in the order of their times."""

import heapq
import itertools
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE_TIME = ZoneInfo("Asia/Shanghai")


def moment(day: int, clock: str, *, month: int = 10) -> datetime:
    """Return a time of the story: a day of October 2021 (or another month) and "HH:MM" in the office's zone."""
    return datetime.combine(date(2021, month, day), time.fromisoformat(clock), OFFICE_TIME)


def same_day(at: datetime, clock: str, *, days: int = 0) -> datetime:
    """Return "HH:MM" on the office's day of `at`, or some days later."""
    day = at.astimezone(OFFICE_TIME).date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), OFFICE_TIME)


class Agenda:
    """
    What the people of the demo have before them.

    Offices work side by side, so their acts interleave; carried out by time, the record of acts reads like the days
    it tells. An act may put down further ones.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._turn = itertools.count()

    def put(self, at: datetime, act: Callable[[datetime], object]) -> None:
        """Put down an act; it is called with its time. Acts of the same time keep their order."""
        heapq.heappush(self._waiting, (at, next(self._turn), act))

    def carry_out(self, *, until: datetime) -> None:
        """Carry out everything, in order. What is put down for a later time than `until` is a mistake of the story."""
        while self._waiting:
            at, _, act = heapq.heappop(self._waiting)
            if at > until:
                raise ValueError(f"the story runs on until {at}")
            act(at)
