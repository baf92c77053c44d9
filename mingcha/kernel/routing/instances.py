"""
A day written as JSON (docs/route-instance.md) → crews, stops and travel; all of it, or every problem with its field.

1. `read`     the whole file
2. places     bases and stops, by coordinates or by their place in a matrix
3. crews, stops, recusals and mates, each where the writer found it easiest to say
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import Any, ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.kernel.routing.day import TOGETHER, Crew, Stop, Travel
from mingcha.kernel.routing.fields import PER_MINUTE, Problem, Reader
from mingcha.kernel.routing.travel import paced, straight

FORMAT = "mingcha-route-instance/1"
NO_WAY = 10**7  # seconds: longer than any day
WORTH = 3600  # seconds of travel that an optional stop is worth where nothing is said


def _names(*own: str, **others: str) -> dict[str, str]:
    """Return name accepted → own name."""
    return {name: name for name in own} | {other: name for name, line in others.items() for other in line.split()}


WHOLE = _names(
    "format", "units", "bases", "crews", "stops", "travel", "recusals", "streets", "same_time_minutes",
    bases="depots", crews="teams vehicles", stops="sites clients", streets="mates",
)  # fmt: skip
UNITS = _names("time", "travel", "xy")
PLACE = _names("location", "lat", "lon", "x", "y", lat="latitude", lon="lng longitude", location="index")
BASE = PLACE | _names("id")
CREW = _names(
    "id", "base", "back", "start", "end", "hours", "max_time", "max_stops", "barred", "only", "tired", "skills",
    base="depot start_base", back="end_base", start="starts", end="ends", barred="forbidden recused",
)  # fmt: skip
STOP = PLACE | _names(
    "id", "minutes", "service", "windows", "opening_hours", "rank", "required", "optional", "prize", "street", "barred",
    "skills", skills="needs required_skills", minutes="service_minutes", opening_hours="opens", barred="barred_crews forbidden", service="duration",
)  # fmt: skip
TRAVEL = _names("seconds", "minutes", "metres", "km", "km_per_hour", "detour", "extra_seconds", metres="meters")

# The straight-line travel: usual, least and greatest.
PACE = {"km_per_hour": (40, 1, 200), "detour": (1.3, 1, 5), "extra_seconds": (120, 0, 3600)}


class InstanceRefused(Refusal):
    """The instance cannot be read. `problems` names every field; nothing of it is planned."""

    message: ClassVar[str] = "这份路线算例有 %(number)d 处要改，没有计算。格式见 docs/route-instance.md。"
    status: ClassVar[int] = 422

    def __init__(self, *, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(number=len(self.problems))


@dataclass(frozen=True)
class Instance:
    """A day as `planning.plan` takes it. `together` in minutes."""

    crews: tuple[Crew, ...]
    stops: tuple[Stop, ...]
    travel: Travel
    where: Mapping[str, int]
    together: float


def read(content: bytes) -> Instance:
    """Return the instance. Raises InstanceRefused with every problem found."""
    reader = Reader()
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reader.bad("", "不是 UTF-8 的 JSON：%(reason)s", reason=error)
        raise InstanceRefused(problems=reader.problems) from error
    if not isinstance(whole, dict):
        reader.bad("", "应为对象 {…}")
        raise InstanceRefused(problems=reader.problems)
    found = _File(reader, whole).instance()
    if reader.problems:
        raise InstanceRefused(problems=reader.problems)
    assert found is not None
    return found


class _File:
    def __init__(self, reader: Reader, whole: object) -> None:
        self.r = reader
        self.whole = reader.mapping(whole, "", WHOLE)
        if self.whole.get("format", FORMAT) != FORMAT:
            reader.bad("format", "应为 %(format)s，或不写", format=FORMAT)
        self.units = reader.mapping(self.whole.get("units", {}), "units", UNITS)
        self._unit("time", PER_MINUTE, "minutes")
        self._unit("travel", PER_MINUTE, "seconds")
        self._unit("xy", {"km": 1000, "metres": 1}, "km")
        reader.time = self.units["time"]
        self.places: list[dict[str, Any]] = []
        self.bases: dict[str, int] = {}
        self.where: dict[str, int] = {}
        self.closed: list[tuple[str, str, str]] = []  # crew, stop, and the field that keeps them apart
        self.needs: dict[str, frozenset[str]] = {}
        self.skills: dict[str, frozenset[str]] = {}

    def _unit(self, name: str, known: Mapping[str, float], usual: str) -> None:
        if self.units.setdefault(name, usual) not in known:
            self.r.bad(f"units.{name}", "可用：%(known)s", known="、".join(known))
            self.units[name] = usual

    def instance(self) -> Instance | None:
        """Return what was read; None where too little of it could be."""
        if not self.whole.get("crews"):
            self.r.bad("crews", "不能没有，也不能为空")
        if "stops" not in self.whole:
            self.r.bad("stops", "不能没有；没有点位就写 []")
        matrix = self._matrices()
        self._read_bases(matrix)
        stops = self._stops(matrix)
        crews = self._crews(matrix, {stop.id for stop in stops})
        crews = self._recused(crews, stops)
        stops = self._in_streets(stops)
        together = self.r.duration(self.whole.get("same_time_minutes", TOGETHER), "same_time_minutes", "minutes")
        if self.r.problems:
            return None
        return Instance(tuple(crews), tuple(stops), matrix or self._measured(), self.where, together)

    # Places

    def _matrices(self) -> Travel | None:
        given = self.r.mapping(self.whole.get("travel", {}), "travel", TRAVEL)
        self.pace = {
            name: self.r.number(given.get(name, usual), f"travel.{name}", least=least, most=most)
            for name, (usual, least, most) in PACE.items()
        }
        if "seconds" not in given and "minutes" not in given:
            if "metres" in given or "km" in given:
                self.r.bad("travel", "只有里程，没有时间：请加 seconds 或 minutes 表")
            return None
        if both := [name for name in PACE if name in given]:
            self.r.bad("travel", "已有时间表，不要再写 %(names)s", names="、".join(both))
        name = "seconds" if "seconds" in given else "minutes"
        seconds = self.r.matrix(given[name], f"travel.{name}", None, scale=1 if name == "seconds" else 60, gap=NO_WAY)
        for length, scale in (("metres", 1), ("km", 1000)):
            if length in given:
                metres = self.r.matrix(given[length], f"travel.{length}", len(seconds), scale=scale, gap=NO_WAY)
                return Travel(seconds, metres)
        return Travel(seconds, [[0] * len(seconds) for _ in seconds])

    def _measured(self) -> Travel:
        """Travel from coordinates: straight lines, a detour, a steady speed."""
        speed, detour, extra = self.pace["km_per_hour"], self.pace["detour"], round(self.pace["extra_seconds"])
        if "lat" in self.places[0]:
            points = [(place["lat"], place["lon"]) for place in self.places]
            return straight(points, km_per_hour=speed, detour=detour, extra_seconds=extra)
        scale = 1000 if self.units["xy"] == "km" else 1
        flat = [(place["x"] * scale, place["y"] * scale) for place in self.places]
        metres = [[round(hypot(a - c, b - d) * detour) for c, d in flat] for a, b in flat]
        return paced(metres, km_per_hour=speed, extra_seconds=extra)

    def _place(self, given: Mapping[str, Any], at: str, matrix: Travel | None, usual: int | None) -> int:
        """Return the location: its place in the matrix, or the next one, with its coordinates kept."""
        if matrix is not None:
            index = given.get("location", usual)
            if index is None:
                self.r.bad(f"{at}.location", "有路程表时要写它在表里的位置（从 0 数起）")
                return 0
            return int(self.r.number(index, f"{at}.location", most=len(matrix.seconds) - 1))
        for pair in (("lat", "lon"), ("x", "y")):
            if all(name in given for name in pair):
                if self.places and pair[0] not in self.places[0]:
                    self.r.bad(f"{at}.{pair[0]}", "经纬度和平面坐标不能混用")
                bounds = {"lat": 90, "lon": 180}
                place = {
                    name: self.r.number(
                        given[name], f"{at}.{name}", least=-bounds.get(name, 1e9), most=bounds.get(name, 1e9)
                    )
                    for name in pair
                }
                self.places.append(place)
                return len(self.places) - 1
        self.r.bad(at, "没有位置：写 lat 和 lon（度），或 x 和 y，或给出 travel.seconds 表和 location")
        return 0

    def _read_bases(self, matrix: Travel | None) -> None:
        for n, each in enumerate(self.r.sequence(self.whole.get("bases", []), "bases")):
            at = f"bases[{n}]"
            given = self.r.mapping(self._pair(each), at, BASE)
            name = self.r.name(given["id"], f"{at}.id") if "id" in given else str(n)
            if name in self.bases:
                self.r.bad(f"{at}.id", "“%(name)s”出现两次", name=name)
            self.bases[name] = self._place(given, at, matrix, n)

    def _pair(self, place: object) -> object:
        """[lat, lon] → an object."""
        if isinstance(place, list) and len(place) == 2:
            return {"lat": place[0], "lon": place[1]}
        return place

    def _base(self, given: object, at: str, matrix: Travel | None) -> int:
        if isinstance(given, dict | list):
            return self._place(self.r.mapping(self._pair(given), at, PLACE), at, matrix, None)
        if self.bases:
            known = list(self.bases.values())
            if isinstance(given, str) and given in self.bases:
                return self.bases[given]
            if isinstance(given, int) and not isinstance(given, bool):
                if str(given) in self.bases:
                    return self.bases[str(given)]
                if 0 <= given < len(known):
                    return known[given]
            self.r.bad(at, "不在 bases 里，可用：%(known)s", known="、".join(self.bases))
            return 0
        if matrix is not None and isinstance(given, int) and not isinstance(given, bool):
            return int(self.r.number(given, at, most=len(matrix.seconds) - 1))
        self.r.bad(at, '应为 bases 里的编号、路程表里的位置，或 {"lat": …, "lon": …}')
        return 0

    # Who is visited

    def _stops(self, matrix: Travel | None) -> list[Stop]:
        listed = self.r.sequence(self.whole.get("stops", []), "stops")
        first = len(matrix.seconds) - len(listed) if matrix else 0
        # Without `location`, stops fill the table's end; never a row that a base has already.
        in_order = first > max(self._bases_in_matrix(), default=-1) and (not self.bases or first == len(self.bases))
        found = []
        for n, each in enumerate(listed):
            at = f"stops[{n}]"
            given = self.r.mapping(each, at, STOP)
            if not given:
                continue
            stop = self._stop(given, at, n)
            if stop.id in self.where:
                self.r.bad(f"{at}.id", "“%(name)s”出现两次", name=stop.id)
            self.where[stop.id] = self._place(given, at, matrix, first + n if in_order else None)
            found.append(stop)
        return found

    def _bases_in_matrix(self) -> list[int]:
        crews = self.whole.get("crews")
        given = (
            [crew.get("base", crew.get("depot")) for crew in crews if isinstance(crew, dict)]
            if isinstance(crews, list)
            else []
        )
        return [base for base in given if isinstance(base, int)] if not self.bases else []

    def _stop(self, given: dict[str, Any], at: str, n: int) -> Stop:
        r = self.r
        name = r.name(given["id"], f"{at}.id") if "id" in given else ""
        if not name and "id" not in given:
            r.bad(f"{at}.id", "不能没有")
        if ("minutes" in given) == ("service" in given):
            r.bad(f"{at}.minutes", "写 minutes（分钟）或 service（按 units.time），二者选一")
        required = r.flag(given["required"], f"{at}.required") if "required" in given else True
        if "optional" in given:
            required = not r.flag(given["optional"], f"{at}.optional")
        if required and given.get("prize"):
            r.bad(f"{at}.prize", '必查的点位不要写 prize；可查可不查的请加 "required": false')
        worth = given.get("prize", None if required else WORTH / 60 / PER_MINUTE[self.units["travel"]])
        for k, crew in enumerate(r.sequence(given.get("barred", []), f"{at}.barred")):
            here = f"{at}.barred[{k}]"
            self.closed.append((r.name(crew, here), name, here))
        self.needs[name] = self._skills(given, at)
        return Stop(
            id=name,
            minutes=r.duration(given["minutes"], f"{at}.minutes", "minutes")
            if "minutes" in given
            else r.duration(given.get("service", 0), f"{at}.service", self.units["time"]),
            opens=r.windows(given["opening_hours"], f"{at}.opening_hours") if "opening_hours" in given else (),
            begins=r.windows(given["windows"], f"{at}.windows") if "windows" in given else (),
            rank=r.number(given.get("rank", n), f"{at}.rank", least=-1e18, most=1e18),
            required=required,
            prize=round(r.number(worth or 0, f"{at}.prize", most=1e7) * PER_MINUTE[self.units["travel"]] * 60),
            street=r.name(given["street"], f"{at}.street") if given.get("street") else "",
        )

    # Who goes

    def _crews(self, matrix: Travel | None, stops: set[str]) -> list[Crew]:
        found: list[Crew] = []
        for n, each in enumerate(self.r.sequence(self.whole.get("crews", []), "crews")):
            at = f"crews[{n}]"
            given = self.r.mapping(each, at, CREW)
            if given:
                found.append(self._crew(given, at, matrix, stops))
            if given and found[-1].id in {crew.id for crew in found[:-1]}:
                self.r.bad(f"{at}.id", "“%(name)s”出现两次", name=found[-1].id)
        return found

    def _crew(self, given: dict[str, Any], at: str, matrix: Travel | None, stops: set[str]) -> Crew:
        r = self.r
        before = len(r.problems)
        if "hours" in given:
            hours = r.windows(given["hours"], f"{at}.hours") or ((0.0, 0.0),)
            if len(hours) > 1:
                r.bad(f"{at}.hours", "一个组一天只有一段工作时间")
            starts, ends = hours[0]
        else:
            starts, ends = (
                r.moment(given[name], f"{at}.{name}") if name in given else self._missing(f"{at}.{name}")
                for name in ("start", "end")
            )
        if ends < starts and len(r.problems) == before:
            r.bad(f"{at}.end", "收工早于出发；跨过半夜的写 25:30 这样的时间")
        if "max_time" in given:
            ends = min(ends, starts + r.duration(given["max_time"], f"{at}.max_time", r.time))
        if "base" in given or len(self.bases) == 1:
            base = self._base(given.get("base", next(iter(self.bases), 0)), f"{at}.base", matrix)
        else:
            base = int(self._missing(f"{at}.base"))
        name = r.name(given["id"], f"{at}.id") if "id" in given else str(self._missing(f"{at}.id"))
        self.skills[name] = self._skills(given, at)
        return Crew(
            id=name,
            base=base,
            starts=starts,
            ends=ends,
            barred=self._of(given, "barred", at, stops) or frozenset(),
            tired=self._of(given, "tired", at, stops) or frozenset(),
            only=self._of(given, "only", at, stops),
            back=self._base(given["back"], f"{at}.back", matrix) if "back" in given else None,
            most=int(r.number(given["max_stops"], f"{at}.max_stops", least=1)) if "max_stops" in given else 0,
        )

    def _skills(self, given: Mapping[str, Any], at: str) -> frozenset[str]:
        listed = self.r.sequence(given.get("skills", []), f"{at}.skills")
        return frozenset(self.r.name(each, f"{at}.skills[{n}]") for n, each in enumerate(listed))

    def _missing(self, at: str) -> float:
        self.r.bad(at, "不能没有")
        return 0.0

    def _of(self, given: Mapping[str, Any], name: str, at: str, stops: set[str]) -> frozenset[str] | None:
        if name not in given:
            return None
        found = set()
        for n, each in enumerate(self.r.sequence(given[name], f"{at}.{name}")):
            found.add(stop := self.r.name(each, f"{at}.{name}[{n}]"))
            if stop and stop not in stops:
                self.r.bad(f"{at}.{name}[{n}]", "没有点位“%(name)s”", name=stop)
        return frozenset(found)

    def _recused(self, crews: list[Crew], stops: Sequence[Stop]) -> list[Crew]:
        """Recusals may be said of the crew, of the stop, or in a list of their own; who lacks a skill is barred as well."""
        for n, each in enumerate(self.r.sequence(self.whole.get("recusals", []), "recusals")):
            at = f"recusals[{n}]"
            if isinstance(each, list) and len(each) == 2:
                each = {"crew": each[0], "stop": each[1]}
            pair = self.r.mapping(each, at, _names("crew", "stop", crew="team", stop="site"))
            crew, stop = self.r.name(pair.get("crew"), f"{at}.crew"), self.r.name(pair.get("stop"), f"{at}.stop")
            if stop and stop not in {known.id for known in stops}:
                self.r.bad(f"{at}.stop", "没有点位“%(name)s”", name=stop)
            self.closed.append((crew, stop, f"{at}.crew"))
        barred: dict[str, set[str]] = {crew.id: set(crew.barred) for crew in crews}
        for crew, stop, at in self.closed:
            if crew and crew not in barred:
                self.r.bad(at, "没有检查组“%(name)s”", name=crew)
            barred.setdefault(crew, set()).add(stop)
        for crew, has in self.skills.items():
            barred[crew] |= {stop for stop, needs in self.needs.items() if not needs <= has}
        return [replace(crew, barred=frozenset(barred[crew.id])) for crew in crews]

    def _in_streets(self, stops: list[Stop]) -> list[Stop]:
        """Mates may be said at each stop, or as lists of stops."""
        street = {stop.id: stop.street for stop in stops}
        for n, mates in enumerate(self.r.sequence(self.whole.get("streets", []), "streets")):
            for k, each in enumerate(self.r.sequence(mates, f"streets[{n}]")):
                name = self.r.name(each, f"streets[{n}][{k}]")
                if name not in street:
                    self.r.bad(f"streets[{n}][{k}]", "没有点位“%(name)s”", name=name)
                elif street[name]:
                    self.r.bad(f"streets[{n}][{k}]", "“%(name)s”已属于另一条街", name=name)
                else:
                    street[name] = f"streets[{n}]"
        return [replace(stop, street=street[stop.id]) for stop in stops]
