"""
Columns of a file become a table of visits, with the question settled of what may be read from the row itself.

1. A feature that stays with its site from visit to visit is an attribute of it and known beforehand. One that changes
   is what a visit found, or was decided on the day: known only for later days, like outcome and score.
2. Whole numbers that recur (a postcode, a ward) are labels as well as numbers; latitude and longitude are a place.
3. Of texts with many values (a name, an address) the plain letters alone are a further label: the chain, the street.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mingcha.kernel.refusals import Refusal
from mingcha.kernel.risk import values
from mingcha.kernel.risk.ledgers import Floats, Ints
from mingcha.kernel.risk.reading import Texts
from mingcha.kernel.risk.table import Table, coded

STAYS = 0.7  # agreement of a site's consecutive visits beyond chance, from which a column is the site's own
ENOUGH_PAIRS = 50
MANY, COMMON = 300, 100
PLACE = re.compile(r"\(?\s*(-?\d+\.\d+)\s*,?\s+(-?\d+\.\d+)\s*\)?|\(\s*(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)\s*\)")


class NothingInWindow(Refusal):
    """No visit to plan."""

    message = "%(first)s 至 %(last)s 之间没有带结果的检查记录；文件里的记录从 %(from)s 到 %(to)s。请改起止日期。"
    status = 422


@dataclass(frozen=True)
class Columns:
    """Which column is what. `features` may be attributes or findings; `ahead` of them are said to be known beforehand."""

    site: str
    date: str
    outcome: str
    score: str = ""
    inspector: str = ""
    features: tuple[str, ...] = ()
    ahead: frozenset[str] = frozenset()

    @property
    def wanted(self) -> list[str]:
        given = (self.site, self.date, self.outcome, self.score, self.inspector, *self.features)
        return list(dict.fromkeys(name for name in given if name))


@dataclass
class History:
    """A table of visits whose days count from `start`, days since 1970-01-01."""

    table: Table
    start: int
    merged: int
    attributes: tuple[str, ...]
    findings: tuple[str, ...]


def history(texts: Mapping[str, Texts], columns: Columns, *, eve: int) -> History:
    """
    Return the table; what stays with a site is judged by the days before `eve`, in days since 1970-01-01.

    Rows without a date are left out; a row without a site is a site of its own. Raises the refusals of `values`.
    """
    day = values.days(texts[columns.date], columns.date)
    dated = np.flatnonzero(np.isfinite(day))
    start = int(day[dated].min()) - 10 if len(dated) else 0
    table = Table(
        _sites(texts[columns.site]), np.nan_to_num(day - start).astype(np.int64),
        values.outcomes(texts[columns.outcome], columns.outcome),
        values.numbers(texts[columns.score], columns.score) if columns.score else np.full(len(day), np.nan),
        inspector=coded(texts[columns.inspector]) if columns.inspector else None,
    )  # fmt: skip
    table.roster = table.inspector if columns.inspector in columns.ahead else None
    sorting = _Sorting(table, np.flatnonzero(np.isfinite(day) & (day < eve)))
    attributes: list[str] = []
    findings: list[str] = []
    for name in columns.features:
        if name in (columns.site, columns.date, columns.outcome, columns.score, columns.inspector):
            continue
        stays = sorting.add(name, texts[name], ahead=name in columns.ahead)
        (attributes if stays else findings).append(name)
    table = table.take(dated)
    whole = merged(table)
    return History(whole, start, len(table) - len(whole), tuple(attributes), tuple(findings))


def _sites(texts: Texts) -> Ints:
    codes = coded([re.sub(r"\.0+$", "", text.strip()).casefold() if text else None for text in texts])
    nameless = codes < 0
    codes[nameless] = codes.max(initial=-1) + 1 + np.arange(nameless.sum())
    return codes


def merged(table: Table) -> Table:
    """
    Return one row for each visit where the file has a row for each thing found: a problem if any row has one.

    A few rows of one site and day are visits apart (two licences, a visit again); many are rows of one visit.
    """
    order = np.lexsort((np.arange(len(table)), table.day, table.site))
    site, day = table.site[order], table.day[order]
    begins = np.flatnonzero(np.r_[True, (site[1:] != site[:-1]) | (day[1:] != day[:-1])]) if len(table) else order
    if len(table) - len(begins) <= 0.1 * len(table):
        return table
    whole = table.take(order[begins])
    with np.errstate(invalid="ignore"):
        whole.problem = np.fmax.reduceat(table.problem[order], begins)
        known = np.isfinite(table.score[order]).astype(float)
        count = np.add.reduceat(known, begins)
        whole.score = np.add.reduceat(np.nan_to_num(table.score[order]), begins) / np.where(count > 0, count, np.nan)
    for name, column in table.past_numbers.items():
        whole.past_numbers[name] = np.fmax.reduceat(column[order], begins)
    # In the file's own order again: ties of scores are settled by it.
    return whole.take(np.argsort(order[begins], kind="stable"))


class _Sorting:
    """Puts features into a table, each where it belongs."""

    def __init__(self, table: Table, past: Ints) -> None:
        self.table = table
        order = past[np.lexsort((past, table.day[past], table.site[past]))]
        pairs = (table.site[order][1:] == table.site[order][:-1]) & (table.day[order][1:] != table.day[order][:-1])
        self.earlier, self.later = order[:-1][pairs], order[1:][pairs]

    def add(self, name: str, texts: Texts, *, ahead: bool) -> bool:
        """Add one feature; return whether it is an attribute, known beforehand."""
        numbers = values.are_numbers(texts)
        if (axis := _axis(name)) and numbers is not None:
            self._coordinate(axis, numbers)
            return True
        if numbers is None and (place := _places(texts)) is not None:
            self._coordinate("latitude", place[0])
            self._coordinate("longitude", place[1])
            return True
        codes = _by_frequency([_label(text) for text in texts])
        if ahead or self._stays(codes):
            self._attribute(name, texts, codes, numbers)
            return True
        if numbers is not None:
            self.table.past_numbers[name] = numbers
        else:
            self.table.past_labels[name] = np.where(codes < COMMON, codes, -1)
        return False

    def _attribute(self, name: str, texts: Texts, codes: Ints, numbers: Floats | None) -> None:
        table, distinct = self.table, int(codes.max(initial=-1)) + 1
        if distinct < 2:
            return
        filled = _carried_over(table, codes)
        if numbers is not None:
            table.numbers[name] = numbers
            whole = np.isfinite(numbers) & (numbers == np.round(numbers))
            if distinct > 2 and whole.sum() >= 10 * distinct and whole.sum() >= 0.9 * np.isfinite(numbers).sum():
                table.labels[name] = filled
            return
        table.labels[name] = filled
        if distinct > MANY:
            plain = _by_frequency([_letters(text) for text in texts])
            if 2 <= plain.max(initial=-1) + 1 < 0.95 * distinct:
                table.labels[f"{name} (letters)"] = _carried_over(table, plain)

    def _stays(self, codes: Ints) -> bool:
        there = (codes[self.earlier] >= 0) & (codes[self.later] >= 0)
        one, two = codes[self.earlier][there], codes[self.later][there]
        if len(one) < ENOUGH_PAIRS:
            return True  # sites seen but once: nothing speaks against what the caller says
        share = np.bincount(np.r_[one, two]) / (2 * len(one))
        chance = float((share**2).sum())
        return chance >= 1 or (float((one == two).mean()) - chance) / (1 - chance) >= STAYS

    def _coordinate(self, axis: str, numbers: Floats) -> None:
        limit = 90 if axis == "latitude" else 180
        setattr(self.table, axis, np.where((np.abs(numbers) <= limit) & (numbers != 0), numbers, np.nan))


def _axis(name: str) -> str:
    words = set(re.split(r"[^a-z]+", name.lower()))
    if words & {"lat", "latitude", "纬度"} or "纬度" in name:
        return "latitude"
    return "longitude" if words & {"lon", "lng", "long", "longitude"} or "经度" in name else ""


def _places(texts: Texts) -> tuple[Floats, Floats] | None:
    """Return latitudes and longitudes of "POINT (-87.6 41.8)" or "(41.8, -87.6)", or None where it is neither."""
    some = [text for text in texts if text][:200]
    if not some or sum(bool(PLACE.search(text)) for text in some) < 0.9 * len(some):
        return None
    known: dict[str | None, tuple[float, float]] = {None: (np.nan, np.nan)}
    for text in set(texts) - {None}:
        found = PLACE.search(text or "")
        pair = [float(part) for part in found.groups() if part] if found else [np.nan, np.nan]
        known[text] = (pair[1], pair[0]) if "point" in (text or "").lower() else (pair[0], pair[1])
    return np.array([known[text][0] for text in texts]), np.array([known[text][1] for text in texts])


def _carried_over(table: Table, codes: Ints) -> Ints:
    """Fill a row's missing label with one its site has elsewhere: an attribute is the site's, whichever row told it."""
    missing = codes < 0
    if not missing.any() or missing.all():
        return codes
    of_site = np.full(int(table.site.max()) + 1, -1)
    of_site[table.site[~missing]] = codes[~missing]
    return np.where(missing, of_site[table.site], codes)


def _label(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\.0+$", "", " ".join(text.split()).casefold())


def _letters(text: str | None) -> str | None:
    return None if text is None else " ".join(re.sub(r"[\W\d_]+", " ", text.casefold()).split()) or None


def _by_frequency(texts: Sequence[str | None]) -> Ints:
    """Return codes, the most common text having 0."""
    ranked = {text: at for at, (text, _) in enumerate(Counter(text for text in texts if text).most_common())}
    return np.fromiter((ranked.get(text, -1) if text else -1 for text in texts), np.int64, len(texts))
