"""Where a team's day begins and ends on the map, and at which hours: what its routes are planned from."""

from dataclasses import dataclass
from datetime import time

from mingcha.ground.territory.actions import bearings


@dataclass(frozen=True)
class Basing:
    """The base in degrees (WGS 84), both or neither; local hours of work, both or neither."""

    latitude: float | None = None
    longitude: float | None = None
    starts: time | None = None
    ends: time | None = None

    def columns(self) -> dict[str, float | time | None]:
        """Return column → value for a row of `Team`. Raises HalfAPlace and HoursReversed of `territory.actions.bearings`."""
        bearings.refuse_half_a_place(self.latitude, self.longitude)
        bearings.refuse_reversed_hours(self.starts, self.ends)
        return {
            "base_latitude": self.latitude, "base_longitude": self.longitude, "starts": self.starts, "ends": self.ends,
        }  # fmt: skip
