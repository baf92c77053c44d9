"""
A drawn round as a day on the road: what routes are planned from. All of it tells where teams will go.

Where a position is not known, the middle of what is known near by stands for it; where nothing is known at all, every way
takes as long. Where somebody goes out when a place is closed, closed is how it is to be met. The plan says both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from mingcha.flow.campaigns.models import Team
from mingcha.flow.draws import boxes, queries, roads
from mingcha.flow.draws.models import Round, SealedList
from mingcha.flow.draws.states import ListState, Routing, Sharing, State
from mingcha.ground.accounts.queries import OFFICE_TIME
from mingcha.ground.territory.models import Site
from mingcha.kernel import lots
from mingcha.kernel.routing import Crew, Stop, Travel

ITERATIONS = 4000  # a county's day (100 sites, 12 teams) in two seconds of one core; more where not everybody fits
WORKDAY = 8 * 60  # minutes, of a team whose hours nobody has set
EVERY_WAY = 20 * 60  # seconds from anywhere to anywhere, where no place is known
Point = tuple[float, float]


@dataclass(frozen=True)
class Day:
    """
    Crews (named by their team's id), stops (by their site's code) and where they are: `points` in degrees, bases first,
    () where nothing is known. `guessed`: sites whose position stands for another; `after_hours`: whose hours were set aside.
    """

    crews: tuple[Crew, ...]
    stops: tuple[Stop, ...]
    points: tuple[Point, ...]
    where: Mapping[str, int]
    seed: int
    iterations: int
    barred: Mapping[int, frozenset[str]]
    guessed: tuple[str, ...]
    after_hours: tuple[str, ...]


def due() -> Round | None:
    """Return the round that has waited longest for its routes, or None."""
    waiting = Round.objects.filter(state=State.DRAWN, routing=Routing.WAITING)
    return waiting.order_by("departs_at", "pk").select_related("office").defer("routes_box").first()


def told(round: Round, *, at: datetime) -> boxes.Routes | None:
    """Return what the routes left out and supposed, once nothing is left to hide; None before, and where none were planned."""
    if round.routing != Routing.PLANNED or not queries.nothing_left_to_hide(round, at=at):
        return None  # the box is not even fetched
    return boxes.routes(round)


def dropped(told: boxes.Routes) -> list[tuple[Site, str]]:
    """Return the drawn sites that are on no route, in the order they were dropped, each with why (`states.Dropped`)."""
    sites = {site.code: site for site in Site.objects.filter(code__in=[code for code, _why in told.dropped])}
    return [(sites[code], why) for code, why in told.dropped if code in sites]


def day(round: Round, *, iterations: int = ITERATIONS, at: datetime) -> Day:
    """
    Return the day that the round's sealed lists make.

    Where routes share the sites, any team may go where the draw could have sent it; else each keeps to its own list. Who is
    tied to a site is asked again where that can be heeded.
    """
    lists = list(round.lists.filter(state=ListState.SEALED).select_related("team").order_by("team_id"))
    own = {sealed.team_id: frozenset(boxes.listed(sealed).codes) for sealed in lists}
    codes = sorted({code for each in own.values() for code in each})
    sites = {site.code: site for site in Site.objects.filter(code__in=codes).select_related("type", "division")}
    barred = heeded(round, lists, at=at)
    known = places(round)
    spots = {code: known.near(sites[code]) for code in codes}
    bases = [known.base(sealed.team) for sealed in lists]
    spans = {sealed.team_id: hours(sealed) for sealed in lists}
    crews = [
        crew(
            sealed, base, hours=spans[sealed.team_id], barred=barred[sealed.team_id],
            only=_reach(round, sealed, own[sealed.team_id]), tired=_tired(sealed, sites),
            # No team carries more than the lot would have given the fullest: ways alone would send one and leave one idle.
            most=max(len(each) for each in own.values()),
        )
        for base, sealed in enumerate(lists)
    ]  # fmt: skip
    seed = queries.seed(round)
    tickets = lots.draw(queries.candidates(round), seed=seed).tickets
    # Where the day cannot hold them all, the largest ticket of all strata goes first (`lots.Ticket`).
    ranks = {ticket.site: int(ticket.value, 16) / 2**256 for ticket in tickets}
    earliest = min((span[0] for span in spans.values()), default=0)
    latest = max((span[1] for span in spans.values()), default=0)
    after = tuple(code for code in codes if is_shut(sites[code], earliest, latest))
    stops = [stop(sites[code], rank=ranks[code], always=code in after) for code in codes]
    points = [*bases, *(spots[code] for code in codes)]
    return Day(
        crews=tuple(crews), stops=tuple(stops), points=tuple(points) if known.any else (),
        where={code: number for number, code in enumerate(codes, start=len(lists))},
        seed=int(lots.ticket(seed, round.frame_hash, "routes"), 16) % 2**31, iterations=iterations,
        barred=barred, guessed=tuple(code for code in codes if sites[code].latitude is None), after_hours=after,
    )  # fmt: skip


def heeded(round: Round, lists: Sequence[SealedList], *, at: datetime) -> dict[int, frozenset[str]]:
    """Return team id → codes of the frame's sites it stays away from: as drawn, and as it is now where routes share."""
    held = {sealed.team_id: frozenset(sealed.barred) for sealed in lists}
    if round.sharing != Sharing.ROUTE:
        return held
    now = queries.barred(round, [sealed.team for sealed in lists], at=at)
    return {team: codes | now[team] for team, codes in held.items()}


def ways(points: Sequence[Point], *, places: int) -> roads.Ways:
    """Return the ways between `places` places, "fixed" where nothing is known of where they are."""
    if not points:
        rows = [[0 if here == there else EVERY_WAY for there in range(places)] for here in range(places)]
        return roads.Ways(Travel(seconds=rows, metres=[[0] * places for _ in range(places)]), "fixed")
    return roads.ways(points)


def crew(
    sealed: SealedList, base: int, *, hours: tuple[int, int], barred: frozenset[str] = frozenset(),
    only: frozenset[str] | None = None, tired: frozenset[str] = frozenset(), most: int = 0,
) -> Crew:  # fmt: skip
    """Return a team on the day of its list, setting out from location `base`."""
    return Crew(str(sealed.team_id), base, hours[0], hours[1], barred=barred, only=only, tired=tired, most=most)


def stop(site: Site, *, rank: float = 0.0, always: bool = False) -> Stop:
    """Return a visit to a site, in its hours unless `always`. Mates of a street are those of its division alone."""
    opens = ((_minute(site.opens), _minute(site.closes)),) if site.opens and site.closes and not always else ()
    street = f"{site.division_id}/{site.street}" if site.street else ""
    return Stop(site.code, site.type.minutes, opens=opens, rank=rank, street=street)


def hours(sealed: SealedList) -> tuple[int, int]:
    """
    Return the minutes of the day between which a team is out: from departure to its end of work, or so many hours where
    nobody has set one. Who departs outside its hours works as long, later.
    """
    local, team = sealed.departs_at.astimezone(OFFICE_TIME), sealed.team
    departs = _minute(local.time())
    if team.starts is None or team.ends is None:
        return departs, departs + WORKDAY
    starts, ends = _minute(team.starts), _minute(team.ends)
    return departs, ends if starts <= departs < ends else departs + ends - starts


class Places:
    """Where things lie, as far as a round's register knows: of every township the middle, and of them all."""

    def __init__(self, sites: Sequence[Site]) -> None:
        of: dict[str, list[Point]] = {}
        for site in sites:
            if site.latitude is not None and site.longitude is not None:
                for prefix in {site.division.township_code, site.division_id[:6], ""}:
                    of.setdefault(prefix, []).append((site.latitude, site.longitude))
        self._middle = {place: _middle(points) for place, points in of.items()}
        self.any = bool(of)

    def near(self, site: Site) -> Point:
        """Return where a site lies, or what stands for it."""
        if site.latitude is not None and site.longitude is not None:
            return site.latitude, site.longitude
        return self._of(site.division.township_code, site.division_id[:6])

    def base(self, team: Team) -> Point:
        """Return where a team sets out, or what stands for it: the middle of all that may be drawn."""
        if team.base_latitude is not None and team.base_longitude is not None:
            return team.base_latitude, team.base_longitude
        return self._of()

    def _of(self, *prefixes: str) -> Point:
        return next((self._middle[each] for each in (*prefixes, "") if each in self._middle), (0.0, 0.0))


def places(round: Round) -> Places:
    """Return what the frozen register knows of where things lie."""
    return Places([frozen.site for frozen in round.frame.select_related("site__division")])


def _middle(points: Sequence[Point]) -> Point:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def is_shut(site: Site, earliest: int, latest: int) -> bool:
    """Whether no visit of the day could lie within the site's hours."""
    if site.opens is None or site.closes is None:
        return False
    return min(_minute(site.closes), latest) - max(_minute(site.opens), earliest) < site.type.minutes


def _reach(round: Round, sealed: SealedList, own: frozenset[str]) -> frozenset[str] | None:
    if round.sharing != Sharing.ROUTE:
        return own
    if not sealed.reach:
        return None
    frame = round.frame.select_related("site__division")
    return frozenset(frozen.site.code for frozen in frame if frozen.lies_in in sealed.reach)


def _tired(sealed: SealedList, sites: Mapping[str, Site]) -> frozenset[str]:
    """Return the sites of townships where the team was last time: another crew should rather go there."""
    earlier = SealedList.objects.filter(team=sealed.team_id, state=ListState.OPENED, day__lt=sealed.day)
    last = earlier.order_by("-day", "-pk").first()
    if last is None:
        return frozenset()
    before = Site.objects.filter(code__in=boxes.listed(last).codes).select_related("division")
    townships = {site.division.township_code for site in before}
    return frozenset(code for code, site in sites.items() if site.division.township_code in townships)
