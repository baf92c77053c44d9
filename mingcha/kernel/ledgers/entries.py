"""
Rows under a mapping → entries, or every fault by row; nothing is guessed that an office did not say once.

A row's key makes a second import of it change nothing. With a number that never changes it is that number; otherwise it
is made of what was found, where, on which day, and of how many like it stand above it in the file.
"""

import hashlib
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from datetime import date, time

from mingcha.kernel import sheets
from mingcha.kernel.ledgers import cells
from mingcha.kernel.ledgers.cells import Standing
from mingcha.kernel.ledgers.columns import Meaning
from mingcha.kernel.ledgers.sheet import Line, Sheet

LONGEST = {
    Meaning.NUMBER: 60, Meaning.SITE: 80, Meaning.BODY: 80, Meaning.TOWNSHIP: 60, Meaning.SITE_TYPE: 30, Meaning.ITEM: 200,
    Meaning.FOUND_BY: 80, Meaning.CLOSED_BY: 80, Meaning.DESCRIPTION: 2000, Meaning.REQUIREMENT: 1000,
    Meaning.MEASURES: 2000,
}  # fmt: skip
ONLY = {
    Meaning.RESPONSIBILITY: "只能填四方责任中的一方：属地、部门、单位、个人",
    Meaning.SEVERITY: "只能填：轻微、一般、重大",
    Meaning.WAY: "只能填：立行立改、限期整改",
}
NEEDED = (Meaning.FOUND_ON, Meaning.DESCRIPTION)


@dataclass(frozen=True)
class Mapping:
    """
    What an office's columns mean. `words`: a state's words → how far that is, for those not understood by themselves.

    `done_closes`: a row that is put right counts as closed, as in ledgers that know no closing apart from that.
    """

    columns: Pairs[str, Meaning]
    words: Pairs[str, Standing] = field(default_factory=dict)
    done_closes: bool = True

    def heading(self, meaning: Meaning) -> str:
        """Return the column of a meaning, or ""."""
        return next((heading for heading, each in self.columns.items() if each is meaning), "")

    def lacking(self) -> list[Meaning]:
        """Return the meanings without which no row can be taken; a place may be named by its site or its unit."""
        missing = [meaning for meaning in NEEDED if not self.heading(meaning)]
        if not self.heading(Meaning.SITE) and not self.heading(Meaning.BODY):
            missing.append(Meaning.SITE)
        return missing

    def standing(self, text: str) -> Standing | None:
        """Return how far a state's words say that a row has come; the office's own reading goes first."""
        return self.words.get(text) or cells.standing(text)


@dataclass(frozen=True)
class Entry:
    """One row understood. `closed`: nothing is owed any more; `kept`: heading → what stood there, of columns read or kept."""

    row: int
    key: str
    found_on: date
    found_time: time | None
    found_by: str
    covert: bool
    township: str
    site: str
    site_type: str
    clause: str
    responsibility: str
    description: str
    severity: str
    body: str
    on_spot: bool
    closed: bool
    requirement: str
    due_on: date | None
    due_time: time | None
    measures: str
    closed_on: date | None
    closed_by: str
    kept: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """What a sheet comes to: entries, every fault, and the words for states that nobody has explained yet."""

    entries: tuple[Entry, ...]
    problems: tuple[sheets.Problem, ...]
    unknown: tuple[str, ...]


def entries(sheet: Sheet, mapping: Mapping, *, year: int | None, today: date) -> Reading:
    """Read a ledger under a mapping; `year` stands in where a day has none, `today` is the last day anything was found."""
    found: list[Entry] = []
    problems: list[sheets.Problem] = []
    numbers: dict[str, int] = {}
    alike: dict[str, int] = {}
    for line in sheet.lines:
        check = _Check(line, mapping)
        entry = check.entry(year=year or sheet.year, today=today)
        number = check.text(Meaning.NUMBER)
        if number and numbers.setdefault(number, line.number) != line.number:
            check.fault(Meaning.NUMBER, "与第 %(first)s 行重复", first=numbers[number])
        problems += check.problems
        if entry is None or check.problems:
            continue
        found.append(_with_key(entry, number, alike))
    state = mapping.heading(Meaning.STATE)
    said = dict.fromkeys(line[state] for line in sheet.lines if state and line[state])
    return Reading(tuple(found), tuple(problems), tuple(text for text in said if mapping.standing(text) is None))


def _with_key(entry: Entry, number: str, alike: dict[str, int]) -> Entry:
    if number:
        return _keyed(entry, f"n:{number}")
    told = f"{entry.found_on.isoformat()}\n{entry.township}\n{entry.site}\n{entry.body}\n{entry.description}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:40]
    alike[digest] = alike.get(digest, 0) + 1
    return _keyed(entry, f"c:{digest}:{alike[digest]}")


def _keyed(entry: Entry, key: str) -> Entry:
    return Entry(**{**entry.__dict__, "key": key})


class _Check:
    """One row under examination: its faults are gathered, so that all of them are told at once."""

    def __init__(self, line: Line, mapping: Mapping) -> None:
        self.line, self.mapping = line, mapping
        self.problems: list[sheets.Problem] = []

    def fault(self, meaning: Meaning, template: str, **facts: object) -> None:
        heading = self.mapping.heading(meaning)
        self.problems.append(sheets.Problem(self.line.number, heading, self.line[heading], template, facts))

    def text(self, meaning: Meaning, *, required: bool = False) -> str:
        text = self.line[self.mapping.heading(meaning)]
        longest = LONGEST.get(meaning, 200)
        if required and not text:
            self.fault(meaning, "不能为空")
        elif len(text) > longest:
            self.fault(meaning, "不能超过 %(longest)s 个字", longest=longest)
        return text

    def day(self, meaning: Meaning, *, year: int | None, start: date | None = None) -> tuple[date | None, time | None]:
        heading = self.mapping.heading(meaning)
        try:
            found = cells.moment(self.line[heading], year=year, start=start, numeric=heading in self.line.numeric)
        except cells.Unclear as unclear:
            self.fault(meaning, str(unclear))
            return None, None
        return found or (None, None)

    def word(self, meaning: Meaning, known: str | None, default: str) -> str:
        if known is None:
            self.fault(meaning, ONLY[meaning])
        return known or default

    def entry(self, *, year: int | None, today: date) -> Entry | None:
        found_on, found_time = self.day(Meaning.FOUND_ON, year=year)
        if found_on is None:
            if not self.problems:
                self.fault(Meaning.FOUND_ON, "不能为空")
            return None
        if found_on > today:
            self.fault(Meaning.FOUND_ON, "日期还没有到，请核对年份")
        site, body = self.text(Meaning.SITE), self.text(Meaning.BODY)
        if not site and not body:
            self.fault(Meaning.SITE if self.mapping.heading(Meaning.SITE) else Meaning.BODY, "不能为空")
        due_on, due_time = self.day(Meaning.DUE, year=year, start=found_on)
        closed_on, _ = self.day(Meaning.CLOSED_ON, year=year, start=found_on)
        if due_on and due_on < found_on:
            self.fault(Meaning.DUE, "早于发现日期，请核对")
        if closed_on and not found_on <= closed_on <= today:
            self.fault(Meaning.CLOSED_ON, "早于发现日期，或还没有到，请核对")
        on_spot, closed = self._standing(closed_on)
        return Entry(
            row=self.line.number, key="", found_on=found_on, found_time=found_time,
            found_by=self.text(Meaning.FOUND_BY), covert=cells.covert(self.text(Meaning.MODE)),
            township=self.text(Meaning.TOWNSHIP), site=site or body, site_type=self.text(Meaning.SITE_TYPE),
            clause=self.text(Meaning.ITEM),
            responsibility=self.word(
                Meaning.RESPONSIBILITY, cells.responsibility(self.text(Meaning.RESPONSIBILITY)), "unit"
            ),
            description=self.text(Meaning.DESCRIPTION, required=True),
            severity=self.word(Meaning.SEVERITY, cells.severity(self.text(Meaning.SEVERITY)), "ordinary"),
            body=body, on_spot=on_spot, closed=closed, requirement=self.text(Meaning.REQUIREMENT),
            due_on=due_on, due_time=due_time, measures=self.text(Meaning.MEASURES), closed_on=closed_on,
            closed_by=self.text(Meaning.CLOSED_BY),
            kept={h: self.line[h] for h, meaning in self.mapping.columns.items() if meaning is not Meaning.SKIP},
        )  # fmt: skip

    def _standing(self, closed_on: date | None) -> tuple[bool, bool]:
        """Return whether it was put right on the spot, and whether nothing is owed any more."""
        said = self.text(Meaning.STATE)
        standing = self.mapping.standing(said) if said else (Standing.DONE if closed_on else None)
        if said and standing is None:
            self.fault(Meaning.STATE, "看不懂这个状态，请先在列的对应里说明它的意思")
        way = cells.way(self.text(Meaning.WAY))
        if way is None:
            self.fault(Meaning.WAY, ONLY[Meaning.WAY])
        if standing is Standing.OPEN:
            return False, False
        on_spot = standing is Standing.ON_SPOT or way == "on_spot"
        if standing is None and not on_spot:
            return False, False
        if on_spot:
            return True, True
        return False, standing is Standing.CLOSED or self.mapping.done_closes
