"""Where a site lies, in words."""

from collections.abc import Iterable
from typing import Any

from mingcha.ground.territory import queries as territory


def places(sites: Iterable[Any]) -> dict[int, str]:
    """Return site id → township and village, as one line each."""
    known = list(sites)
    townships = territory.names(site.division.township_code for site in known)
    return {site.pk: _place(site.division, townships.get(site.division.township_code, "")) for site in known}


def _place(division: Any, township: str) -> str:
    return division.name if township in ("", division.name) else f"{township} {division.name}"
