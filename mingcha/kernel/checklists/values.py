"""Single answers: whether a text is of a type, and what it means."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

Check = Callable[[str], bool]

LARGEST = 2_147_483_647  # what the database holds as a count
FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?")


def moment(text: str) -> datetime | None:
    """Return a time that names its zone; None for anything else, and for years that no clock is set to."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 2000 <= found.year <= 2100 else None


def position(text: str) -> tuple[float, float, float | None] | None:
    """Return latitude, longitude and accuracy (None where it is not given) of a geopoint; None where it is none."""
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_DECIMAL.fullmatch(part) for part in parts):
        return None
    latitude, longitude = float(parts[0]), float(parts[1])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude, abs(float(parts[3])) if len(parts) == 4 else None


def count(text: str) -> int | None:
    """Return a number of things; None where it is none, below nothing or beyond what is kept."""
    number = int(text) if _WHOLE.fullmatch(text) else -1
    return number if 0 <= number <= LARGEST else None


def percent(text: str) -> int | None:
    """Return a score from 0 to 100, rounded half up; None where it is none."""
    number = float(text) if _DECIMAL.fullmatch(text) else math.nan
    return int(number + 0.5) if 0 <= number <= 100 else None


def _parses(reader: Callable[[str], object]) -> Check:
    def fits(text: str) -> bool:
        try:
            reader(text)
        except ValueError:
            return False
        return True

    return fits


def _line(text: str) -> bool:
    return all(position(point) for point in text.rstrip("; ").split(";"))


CHECKS: Final[dict[str, Check]] = {
    "int": lambda text: bool(_WHOLE.fullmatch(text)),
    "integer": lambda text: bool(_WHOLE.fullmatch(text)),
    "decimal": lambda text: bool(_DECIMAL.fullmatch(text)),
    "boolean": lambda text: text in {"true", "false", "1", "0"},
    "date": _parses(date.fromisoformat),
    "time": _parses(time.fromisoformat),
    "dateTime": lambda text: moment(text) is not None,
    "geopoint": lambda text: position(text) is not None,
    "geotrace": _line,
    "geoshape": _line,
    "binary": lambda text: bool(FILE_NAME.fullmatch(text)),
}
