"""What weighs on a site: its frozen score, and how often it was visited this year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mingcha.ground.territory.models import Body, Site


@dataclass(frozen=True)
class Weights:
    """`by_code`: site code → chance of a problem, 0–1. `version` names the frozen scores, `method` how they came about."""

    version: str
    method: str
    by_code: dict[str, float]


def weights(office: Body, sites: Sequence[Site], *, at: datetime) -> Weights:
    """Return the office's latest frozen scores of some sites."""
    return Weights("", "priors", {site.code: 0.15 for site in sites})


def over_cap(sites: Sequence[Site], *, at: datetime) -> list[tuple[Site, int, int]]:
    """Return the sites whose visits of the year have reached the cap of their type, each with visits and cap."""
    return []
