"""
All that the public may read: what was approved, as plain values, with names masked as they are on that day.

What is a draft, waits for approval or never existed is the same: NotFound. What was taken down says so, and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import overload

from mingcha.flow.reports.models import Publication
from mingcha.flow.reports.queries import publications
from mingcha.flow.reports.queries.lots_told import (
    Bundled,
    Lot,
    Lots,
    NotThisRound,
    UnknownLot,
    check_lot,
    lot,
    lot_bundle,
    lot_bundled,
    lot_of,
    lot_proof,
    lots_ahead,
)
from mingcha.flow.reports.states import Kind, State
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import masking
from mingcha.kernel.briefing import chinese_day

__all__ = [
    "Bundled",
    "Headline",
    "Headlines",
    "Line",
    "Lot",
    "Lots",
    "NotThisRound",
    "Told",
    "UnknownLot",
    "as_told",
    "check_lot",
    "lot",
    "lot_bundle",
    "lot_bundled",
    "lot_of",
    "lot_proof",
    "lots_ahead",
    "one",
]


@dataclass(frozen=True)
class Line:
    """A paragraph: `kind` is text, heading (一、) or item (a case)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Headline:
    """One line of the public list. `expired`: its date has passed, nobody is named any more."""

    slug: str
    kind: str
    title: str
    office: str
    published_on: date
    expires_on: date
    expired: bool


@dataclass(frozen=True)
class Told:
    """A publication as the public reads it; where `withdrawn_on` is set, that is all there is to read."""

    slug: str
    kind: str = ""
    title: str = ""
    office: str = ""
    published_on: date | None = None
    expires_on: date | None = None
    expired: bool = False
    lines: tuple[Line, ...] = ()
    withdrawn_on: date | None = None

    @property
    def dated(self) -> str:
        """The day it was published, as documents write it; "" for one that has not been."""
        return chinese_day(self.published_on) if self.published_on else ""


class Headlines(Sequence[Headline]):
    """The public list, the latest first; a part of it is read when that part is asked for."""

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._found = Publication.objects.filter(state=State.PUBLISHED).order_by("-published_at", "-pk")

    def __len__(self) -> int:
        return self._found.count()

    @overload
    def __getitem__(self, wanted: int) -> Headline: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Headline]: ...
    def __getitem__(self, wanted: int | slice) -> Headline | list[Headline]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        rows = self._found.select_related("office").prefetch_related("named__requests")[wanted]
        return [_headline(row, at=self._at) for row in rows]


def one(slug: str, *, at: datetime) -> Told:
    """Return a publication by the address it was given. Raises NotFound."""
    public = (State.PUBLISHED, State.TAKEN_DOWN)
    found = Publication.objects.filter(slug=slug, state__in=public).select_related("office").first()
    if found is None:
        raise NotFound
    if found.state == State.TAKEN_DOWN:
        assert found.taken_down_at is not None  # held by taken_down_says_why
        return Told(found.slug, withdrawn_on=publications.today(found.taken_down_at))
    return as_told(found, at=at)


def as_told(publication: Publication, *, at: datetime) -> Told:
    """Return a publication as the public reads it, or will read it once it is approved: what the desk previews."""
    words = publications.words(publication, at=at)
    lines = tuple(Line(block["kind"], masking.shown(block["text"], words)) for block in publication.blocks)
    return Told(
        publication.slug, Kind(publication.kind).label, masking.shown(publication.title, words),
        publication.office.name, publications.today(publication.published_at or at), publication.expires_on,
        publications.expired(publication, at=at), lines,
    )  # fmt: skip


def _headline(row: Publication, *, at: datetime) -> Headline:
    assert row.published_at is not None and row.expires_on is not None  # held by published_is_approved
    told = as_told(row, at=at)
    return Headline(
        row.slug, told.kind, told.title, told.office, publications.today(row.published_at), row.expires_on, told.expired
    )
