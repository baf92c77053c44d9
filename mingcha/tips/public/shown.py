"""What anybody may look at: the calls, places, units, where a report would go, and what came of reports, in round figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mingcha.tips.public.drafts import Draft
from mingcha.tips.routing import Route
from mingcha.tips.states import CATEGORIES, Category, Kind

ROUND = 5


@dataclass(frozen=True)
class ShownCall:
    """A published call (问题线索公告) of an office."""

    office: str
    office_name: str
    title: str
    scope: str
    ways: str
    promises: str
    until: date | None


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Unit:
    """A body somebody may report on. `place` tells apart what is called alike."""

    code: str
    name: str
    place: str


@dataclass(frozen=True)
class Result:
    """
    What came of the reports of one office, each figure rounded down to a multiple of five; None: fewer than five.

    Up to the end of last month, so that no figure tells that one came in today.
    """

    office_name: str
    received: int | None
    closed: int | None
    satisfied: int | None
    fair: int | None
    dissatisfied: int | None


def calls(*, at: datetime) -> list[ShownCall]:
    """Return the calls published now, the nearest rank first."""
    raise NotImplementedError


def categories(kind: str) -> Sequence[Category]:
    """Return what may be chosen for a kind. Raises KeyError for a kind that is none."""
    return CATEGORIES[Kind(kind)]


def counties(*, at: datetime) -> list[Division]:
    """Return the counties from which something can be sent to some office of the directory, in the order of their codes."""
    raise NotImplementedError


def divisions(parent: str) -> list[Division]:
    """Return the townships of a county, or the villages of a township."""
    raise NotImplementedError


def units(search: str, *, county: str, most: int = 20) -> list[Unit]:
    """Return the units in a county and over it whose name or reading (pinyin, initials) holds the words, supervisors too."""
    raise NotImplementedError


def route(draft: Draft, *, at: datetime) -> Route:
    """Return which office would receive it, before anything is sent. Raises NobodyAbove."""
    raise NotImplementedError


def results(*, at: datetime) -> list[Result]:
    """Return what came of reports, office by office."""
    raise NotImplementedError
