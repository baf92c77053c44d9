"""Where a site lies, when it is open, and whose neighbours hear of an inspection: what plans of a day need to know."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import time
from typing import Any, ClassVar

from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

# Optional columns of a sheet of sites. A column that is not there changes nothing; an empty cell of one that is, empties.
LATITUDE, LONGITUDE, SCHEMATIC, STREET, OPENS, CLOSES = ("纬度", "经度", "示意位置", "街道或院落", "开门", "关门")
COLUMNS = (LATITUDE, LONGITUDE, SCHEMATIC, STREET, OPENS, CLOSES)
TOGETHER = ((LATITUDE, LONGITUDE), (OPENS, CLOSES))
YES = (("yes", "是"), ("no", "否"))
CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::00)?")


class HalfAPlace(Refusal):
    message: ClassVar[str] = "纬度（-90 到 90）和经度（-180 到 180）要一起填，或者都不填。"
    status: ClassVar[int] = 422


class HoursReversed(Refusal):
    message: ClassVar[str] = "开门和关门要一起填，关门要晚于开门；全天都能去的，两栏都不填。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Bearings:
    """Degrees (WGS 84), both or neither; `schematic`: only somewhere near. `opens`, `closes`: local hours of a day."""

    latitude: float | None = None
    longitude: float | None = None
    schematic: bool = False
    street: str = ""
    opens: time | None = None
    closes: time | None = None

    def columns(self) -> dict[str, Any]:
        """Return column → value for a row of `Site`. Raises HalfAPlace, HoursReversed."""
        refuse_half_a_place(self.latitude, self.longitude)
        refuse_reversed_hours(self.opens, self.closes)
        given = asdict(self)
        given["schematic"] = self.schematic and self.latitude is not None
        given["street"] = self.street.strip()
        return given


NOWHERE = Bearings()


def refuse_half_a_place(latitude: float | None, longitude: float | None) -> None:
    """Raise HalfAPlace unless both are degrees on earth, or neither is given."""
    if (latitude is None) != (longitude is None):
        raise HalfAPlace
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise HalfAPlace


def refuse_reversed_hours(opens: time | None, closes: time | None) -> None:
    """Raise HoursReversed unless both are given, one before the other, or neither."""
    if (opens is None) != (closes is None) or (opens is not None and closes is not None and closes <= opens):
        raise HoursReversed


def given(rows: Iterable[sheets.Row]) -> list[str]:
    """Return the optional columns that a sheet has."""
    return [column for column in COLUMNS if any(column in row.cells for row in rows)]


def faults(row: sheets.Row) -> list[sheets.Problem]:
    """Return what is wrong with a row's optional columns."""
    check = sheets.Check(row)
    for column, most in ((LATITUDE, 90), (LONGITUDE, 180)):
        degrees = _degrees(row[column])
        if row[column] and (degrees is None or abs(degrees) > most):
            check.fault(column, "请填 -%(most)s 到 %(most)s 之间的度数，例如 34.438", most=most)
    for column in (OPENS, CLOSES):
        if row[column] and not CLOCK.fullmatch(row[column]):
            check.fault(column, "请写成 08:30 的样子")
    for one, other in TOGETHER:
        if bool(row[one]) != bool(row[other]):
            check.fault(one, "要和“%(other)s”一起填，或者都不填", other=other)
    opens, closes = _clock(row[OPENS]), _clock(row[CLOSES])
    if opens and closes and closes <= opens:
        check.fault(CLOSES, "要晚于开门时间；全天都能去的，两栏都不填")
    check.text(STREET, 60, required=False)
    check.label(SCHEMATIC, YES, empty="no")
    return check.problems


def of_row(row: sheets.Row) -> Bearings:
    """Return what a faultless row says."""
    latitude = _degrees(row[LATITUDE])
    return Bearings(
        latitude=latitude, longitude=_degrees(row[LONGITUDE]), schematic=latitude is not None and row[SCHEMATIC] == "是",
        street=row[STREET], opens=_clock(row[OPENS]), closes=_clock(row[CLOSES]),
    )  # fmt: skip


def fields(columns: Iterable[str]) -> list[str]:
    """Return the fields of a site that these columns of a sheet set."""
    names = dict(zip(COLUMNS, asdict(NOWHERE), strict=True))
    found = [names[column] for column in columns if column != SCHEMATIC]
    # A place that is taken back is schematic no more, and what lies nowhere is not schematic.
    return [*found, "schematic"] if "latitude" in found else found


def _degrees(text: str) -> float | None:
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if abs(degrees) <= 180 else None


def _clock(text: str) -> time | None:
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None
