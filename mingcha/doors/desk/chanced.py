"""What a setting of the lot means, and a frame by its strata, as pages say it: figures and bars, no tables of chances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mingcha.doors.desk.forms.rounds import Weighing
from mingcha.doors.hall.wording import chance
from mingcha.flow.draws.queries import framing
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Team
    from mingcha.flow.draws.models import Round
    from mingcha.kernel.routing.outlook import Outlook

TALL, WIDE, GAP = 60, 30, 4  # of the histogram, in its own units


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: where it stands, how tall, what is written under it, how many sites it stands for."""

    x: int
    y: int
    height: int
    label: str
    count: int


@dataclass(frozen=True)
class Meaning:
    """A setting in words' figures: finds to one decimal, chances in whole hundredths (below 1 in tenths)."""

    n: int
    size: int
    finds: str
    lottery: str
    listed: str
    least: str
    greatest: str
    escape: str
    escape_12: str
    insider: str
    guess: str
    harm: str
    evenness: str
    bars: list[Bar]
    left_out: int
    version: str
    method: str
    tilt: str
    ways: "Ways | None"


@dataclass(frozen=True)
class Ways:
    """About how a team's day goes: kilometres, hours on the road, of the whole day, and of the longest day of any team."""

    km: str
    road: str
    day: str
    longest: str


def looked(held: "Round", form: Weighing, *, teams: "Sequence[Team]", at: datetime) -> dict[str, Any]:
    """Return what a page says of a valid form: its preview, or why there is none."""
    given = form.given()
    try:
        seen = framing.preview(
            held.office, n=given["n"], site_types=given["site_types"], setting_=form.setting(),
            promised=given["promised"], teams=teams, at=at,
        )  # fmt: skip
    except Refusal as refusal:
        return {"preview": None, "preview_refusal": refusal}
    return {"preview": _meaning(seen, tilt=given["tilt"])}


def _meaning(seen: framing.Looked, *, tilt: str) -> Meaning:
    found, size = seen.preview, len(seen.register.sites)
    return Meaning(
        n=found.n, size=size, finds=f"{found.expected_finds:.1f}", lottery=f"{found.lottery_finds:.1f}",
        listed=f"{found.list_finds:.1f}", least=chance(found.least_chance), greatest=chance(found.greatest_chance),
        escape=chance(found.worst_escape), escape_12=chance(found.escape_12), insider=chance(found.insider_hit),
        guess=chance(found.n / size), harm=chance(found.worst_harm), evenness=chance(found.entropy),
        bars=_bars(found.histogram), left_out=len(seen.register.over), version=seen.weights.version[:12],
        method=seen.weights.method, tilt=tilt, ways=_ways(seen.outlook),
    )  # fmt: skip


def _ways(outlook: "Outlook | None") -> Ways | None:
    if outlook is None:
        return None
    return Ways(
        km=f"{outlook.metres / 1000:.0f}", road=_hours(outlook.road), day=_hours(outlook.day),
        longest=_hours(outlook.longest),
    )  # fmt: skip


def _hours(minutes: float) -> str:
    """Return so long in hours, to a tenth: more would say that it is known."""
    return f"{max(minutes, 6) / 60:.1f}"


def _bars(histogram: Sequence[tuple[float, float, int]]) -> list[Bar]:
    most = max((count for _low, _high, count in histogram), default=0) or 1
    found = []
    for place, (low, _high, count) in enumerate(histogram):
        # A bar of one site among thousands is still to be seen.
        height = max(round(TALL * count / most), 2 if count else 0)
        found.append(Bar(place * (WIDE + GAP), TALL - height, height, f"{100 * low:.0f}", count))
    return found


@dataclass(frozen=True)
class Strata:
    """The frame by site type or township (lines) and township group (columns); a cell is (size, drawn) or None."""

    groups: list[str]
    lines: list[tuple[str, list[tuple[int, int | None] | None], int]]


def table(strata: Sequence[dict[str, Any]]) -> Strata:
    """Lay the strata out as a table: fifty lines of one figure each are more than anybody reads."""
    cells: dict[str, dict[str, tuple[int, int | None]]] = {}
    for line in strata:
        kind, slash, group = str(line["stratum"]).rpartition("/")
        if not slash:  # every township promised a visit: strata are townships, code and name
            kind, group = group.lstrip("0123456789") or group, ""
        cells.setdefault(kind, {})[group] = (line["size"], line["drawn"])
    groups = sorted({group for row in cells.values() for group in row}, key=_reading_order)
    lines = [
        (kind, [row.get(group) for group in groups], sum(size for size, _drawn in row.values()))
        for kind, row in cells.items()
    ]
    return Strata(groups, lines)


def _reading_order(group: str) -> tuple[int, str]:
    """Sort 一片区, 二片区, 三片区 as they are counted."""
    place = "一二三四五六七八九十".find(group[:1]) if group else -1
    return (place if place >= 0 else 99, group)
