"""Reading one value of an instance: what is wrong with it is noted by the path of its field, and reading goes on."""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
PER_MINUTE = {"minutes": 1.0, "seconds": 1 / 60, "hours": 60.0}
LONGEST = 48 * 60  # minutes: two days


@dataclass(frozen=True)
class Problem:
    """Where it is and what to do; `template` is a translatable sentence filled from `facts`."""

    field: str
    template: str
    facts: Mapping[str, object]

    def said(self, template: str | None = None) -> str:
        """Return the sentence, from a translation of it where given."""
        return (template or self.template) % self.facts


@dataclass
class Reader:
    """Collects problems; every method returns something usable, so that all of them are found in one reading."""

    time: str = "minutes"
    problems: list[Problem] = field(default_factory=list)

    def bad(self, at: str, template: str, **facts: object) -> None:
        """Note what is wrong at a field."""
        self.problems.append(Problem(at, template, facts))

    def mapping(self, value: object, at: str, known: Mapping[str, str]) -> dict[str, Any]:
        """Return an object with its fields by their own names; `known` is each name accepted → its own name."""
        if not isinstance(value, dict):
            self.bad(at, "应为对象 {…}")
            return {}
        found: dict[str, Any] = {}
        for name, content in value.items():
            if name.startswith("_") or name in ("about", "note", "name"):
                continue
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                self.bad(
                    f"{at}.{name}".lstrip("."), "没有这个字段，可用：%(known)s", known=near[0] if near else _list(known)
                )
            elif known[name] in found:
                self.bad(f"{at}.{name}".lstrip("."), "与 %(other)s 重复，只写一个", other=known[name])
            else:
                found[known[name]] = content
        return found

    def sequence(self, value: object, at: str) -> list[Any]:
        """Return a list."""
        if isinstance(value, list):
            return value
        self.bad(at, "应为数组 […]")
        return []

    def name(self, value: object, at: str) -> str:
        """Return an identifier: text or a whole number."""
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.bad(at, "应为文字或整数编号，不能为空")
        return ""

    def number(self, value: object, at: str, *, least: float = 0.0, most: float = math.inf) -> float:
        """Return a finite number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.bad(at, "应为数字")
        elif math.isinf(most) and value < least:
            self.bad(at, "不能小于 %(least)g", least=least)
        elif not least <= value <= most:
            self.bad(at, "应在 %(least)g 到 %(most)g 之间", least=least, most=most)
        else:
            return float(value)
        return max(least, 0.0)

    def flag(self, value: object, at: str) -> bool:
        """Return true or false."""
        if isinstance(value, bool):
            return value
        self.bad(at, "应为 true 或 false")
        return True

    def duration(self, value: object, at: str, unit: str) -> float:
        """Return minutes of what is stated in `unit`, or as "H:MM"."""
        if isinstance(value, str):
            return self.moment(value, at)
        return self.number(value, at, most=LONGEST / PER_MINUTE[unit]) * PER_MINUTE[unit]

    def moment(self, value: object, at: str) -> float:
        """Return minutes since midnight of "HH:MM", "HH:MM:SS" or a number in the instance's unit."""
        if isinstance(value, str):
            found = CLOCK.fullmatch(value.strip())
            if found and int(found[1]) <= 48:
                return int(found[1]) * 60 + int(found[2]) + int(found[3] or 0) / 60
            self.bad(at, '应写成 "HH:MM"，或写数字并在 units.time 注明单位')
            return 0.0
        before = len(self.problems)
        minutes = self.number(value, at) * PER_MINUTE[self.time]
        if len(self.problems) == before and minutes > LONGEST:
            self.bad(at, "超过两天：数字按%(unit)s读，若是别的单位请在 units.time 注明", unit=self.time)
            return 0.0
        return minutes

    def windows(self, value: object, at: str) -> tuple[tuple[float, float], ...]:
        """Return windows: one [from, to], a list of them, or objects with "from" and "to" (or "start" and "end")."""
        listed = self.sequence(value, at)
        if len(listed) == 2 and not any(isinstance(each, list | dict) for each in listed):
            listed = [listed]
        found = []
        for n, each in enumerate(listed):
            here = f"{at}[{n}]"
            if isinstance(each, dict):
                ends = self.mapping(each, here, {"from": "from", "to": "to", "start": "from", "end": "to"})
                each = [ends.get("from"), ends.get("to")]
            if not isinstance(each, list) or len(each) != 2:
                self.bad(here, "应为两个时刻：起和止")
                continue
            first, last = self.moment(each[0], f"{here}[0]"), self.moment(each[1], f"{here}[1]")
            if last < first:
                self.bad(here, "止早于起")
            found.append((first, last))
        return tuple(found)

    def matrix(self, value: object, at: str, size: int | None, *, scale: float, gap: int) -> list[list[int]]:
        """Return a square of whole numbers; null stands for `gap`."""
        rows = self.sequence(value, at)
        size = len(rows) if size is None else size
        if len(rows) != size:
            self.bad(at, "应有 %(size)d 行，现有 %(rows)d 行", size=size, rows=len(rows))
        return [self._row(row, f"{at}[{n}]", size, scale, gap) for n, row in enumerate(rows)]

    def _row(self, value: object, at: str, size: int, scale: float, gap: int) -> list[int]:
        cells: Sequence[object] = self.sequence(value, at)
        if len(cells) != size:
            self.bad(at, "应有 %(size)d 个数，现有 %(cells)d 个", size=size, cells=len(cells))
        return [
            gap if cell is None else min(round(self.number(cell, f"{at}[{n}]") * scale), gap)
            for n, cell in enumerate(cells)
        ]


def _list(names: Mapping[str, str]) -> str:
    return "、".join(dict.fromkeys(names.values()))
