"""What a round keeps sealed: its secrets, the chances of the frame, lists and routes, and where a directed visit goes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from django.conf import settings

from mingcha.flow.draws.models import Round, RoundParty, SealedList
from mingcha.kernel import sealing


@dataclass(frozen=True)
class Stop:
    """A site of a sealed list; `arrives` and `leaves` are minutes of the day, None where no route was planned."""

    site: str
    arrives: int | None = None
    leaves: int | None = None


@dataclass(frozen=True)
class Listed:
    """What a sealed list holds: its stops in order, and the sign-in names of the two who sign (none in a team of one)."""

    stops: tuple[Stop, ...]
    pair: tuple[str, ...] = field(default=())

    @property
    def codes(self) -> list[str]:
        """The codes of the sites, in order."""
        return [stop.site for stop in self.stops]


def seal_secret(secret: bytes, *, party: RoundParty) -> bytes:
    return _seal(secret, f"secret/{party.round_id}/{party.body_id}")


def secrets(round: Round) -> list[bytes]:
    """Return the parties' secrets. SealBroken where a box was changed."""
    parties = RoundParty.objects.filter(round=round).exclude(box=None).order_by("body")
    return [_open(party.box, f"secret/{round.pk}/{party.body_id}") for party in parties]


def seal_chances(chances: Mapping[str, Fraction], *, round: Round) -> bytes:
    plain = {site: str(chance) for site, chance in chances.items()}
    return _seal(json.dumps(plain).encode(), f"chances/{round.pk}")


def chances(round: Round) -> dict[str, Fraction]:
    """Return site code → chance, of a frozen round; whoever asks must not show it before the reveal."""
    plain = json.loads(_open(round.chances_box, f"chances/{round.pk}"))
    return {site: Fraction(chance) for site, chance in plain.items()}


def seal_list(listed: Listed, *, round: int, team: int) -> bytes:
    return _seal(json.dumps(asdict(listed)).encode(), f"list/{round}/{team}")


def listed(sealed: SealedList) -> Listed:
    """Return what a list holds; for the acts that open it or plan it, and for a list that is open."""
    plain = json.loads(_open(sealed.box, f"list/{sealed.round_id}/{sealed.team_id}"))
    if isinstance(plain, list):  # a list sealed before routes were planned
        return Listed(tuple(Stop(code) for code in plain))
    return Listed(tuple(Stop(**stop) for stop in plain["stops"]), tuple(plain["pair"]))


@dataclass(frozen=True)
class Routes:
    """
    What a round's routes are besides the lists: who was dropped and why (in that order), what was supposed of places, and
    all that makes the same routes again. `seconds`, `metres` and `waiting` sum all teams; `ways` and `why` as in `roads`.
    """

    dropped: tuple[tuple[str, str], ...]
    guessed: tuple[str, ...]
    after_hours: tuple[str, ...]
    ways: str
    why: str
    seed: int
    iterations: int
    probes: int
    solver: str
    seconds: int
    metres: int
    waiting: int


def seal_routes(routes: Routes, *, round: Round) -> bytes:
    return _seal(json.dumps(asdict(routes)).encode(), f"routes/{round.pk}")


def routes(round: Round) -> Routes:
    """Return what a round's routes are; not to be shown before nothing is left to hide."""
    plain = json.loads(_open(round.routes_box, f"routes/{round.pk}"))
    listed = {name: tuple(plain[name]) for name in ("guessed", "after_hours")}
    return Routes(**plain | listed | {"dropped": tuple((code, why) for code, why in plain["dropped"])})


def seal_direction(site: str, reason: str, *, office: str, carrier: str) -> bytes:
    return _seal(json.dumps([site, reason]).encode(), f"directed/{office}/{carrier}")


def direction(box: bytes | memoryview, *, office: str, carrier: str) -> tuple[str, str]:
    """Return the site's code and the reason of a directed visit."""
    site, reason = json.loads(_open(box, f"directed/{office}/{carrier}"))
    return site, reason


def _seal(plain: bytes, about: str) -> bytes:
    return sealing.seal(plain, key=settings.MINGCHA_SEALING_KEY, about=about)


def _open(box: bytes | memoryview | None, about: str) -> bytes:
    if box is None:
        raise sealing.SealBroken
    return sealing.open_sealed(bytes(box), key=settings.MINGCHA_SEALING_KEY, about=about)
