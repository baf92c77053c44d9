"""
Which office a report goes to, settled before it is sealed: the office it speaks of never holds a key to it.

1. The way up from where the accused body belongs, or else from where it happened: county, city, province.
2. Of these, the offices in the signed directory alone: to nobody else can anything be sealed.
3. Left out: the accused itself, its duplicates, whatever stands beneath it in its line or sits in it, whatever is of a lower
   rank than it, and an office whose intake officers are all tied to it.
4. A supervising body, or the leaders of a place's own organs: from the next rank up (《纪检监察机关处理检举控告工作规则》 art. 15).
5. The nearest that is left; at the citizen's wish the one above it. Nobody left: the next way outside is named.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from django.db.models import TextChoices

from mingcha.ground.territory.models import SUPERVISING, BodyKind
from mingcha.kernel.refusals import Refusal

# A county's, a city's, a province's code: the ranks at which offices take in reports.
RANKS = (6, 4, 2)
# 县委、县政府及其主要领导: what decides about a place, by name where it stands on no list.
LEADING = re.compile(
    r"[县区市州省](?:人民)?(?:委|政府|委员会|人大|人大常委会|政协|委办公室|政府办公室|委常委|委书记|长)(?:$|[（(、，,。\s])"
)
SUPERVISORS = re.compile(r"纪委|监委|纪检|监察委")


class NobodyAbove(Refusal):
    message: ClassVar[str] = (
        "本平台没有可以受理这件事的机关：所反映的单位本身、其下级和应当回避的机关都不接收。"
        "请拨打12388，或者直接向上一级纪检监察机关反映。"
    )
    status: ClassVar[int] = 422


class Why(TextChoices):
    """Why just this office, in the plain words that the citizen reads before sending."""

    NEAREST = "nearest", "由最近的有管辖权的机关受理"
    RANK = "rank", "所反映的单位级别较高，由同级或者上级机关受理"
    SUPERVISOR = "supervisor", "反映的是纪检监察机构，径送上一级机关"
    LEADERS = "leaders", "反映的是当地领导机关的领导，径送上一级机关"
    RECUSED = "recused", "当地机关应当回避，径送上一级机关"
    WISHED = "wished", "按您的要求送上一级机关"
    RECEIVING = "receiving", "当地机关暂不在本平台接收，由上一级机关受理"


@dataclass(frozen=True)
class Seat:
    """
    A body as far as routing needs it, and a citizen who looks for it. `merged_into` names the surviving body of a duplicate.

    `reading`: its pinyin and initials; `place`: the name of its division.
    """

    code: str
    name: str
    kind: str
    division: str
    parent: str = ""
    host: str = ""
    merged_into: str = ""
    reading: str = ""
    place: str = ""

    @property
    def supervises(self) -> bool:
        return self.kind in SUPERVISING

    @property
    def leads(self) -> bool:
        """Whether it is an organ that decides about its place, so that the office of the same place answers to it."""
        return self.kind in (BodyKind.GOVERNMENT, BodyKind.OFFICE) or bool(LEADING.search(self.name))


@dataclass(frozen=True)
class Route:
    """Where a report goes. `higher`: the office above that one, if the citizen would rather have it there."""

    office: Seat
    higher: Seat | None
    why: Why


@dataclass(frozen=True)
class Tree:
    """
    All bodies by code, and for each office those it stands aside from: every one of its intake officers is tied to them.

    An office without an intake officer stands aside from everything: nobody there would read it (`unmanned`).
    """

    seats: Mapping[str, Seat]
    aside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unmanned: frozenset[str] = frozenset()

    @cached_property
    def _duplicates(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for seat in self.seats.values():
            if seat.merged_into:
                found.setdefault(seat.merged_into, set()).add(seat.code)
        return found

    def family(self, code: str) -> frozenset[str]:
        """Return a body's own code and those of all its duplicates."""
        seat = self.seats.get(code)
        head = seat.merged_into or code if seat else code
        return frozenset({code, head, *self._duplicates.get(head, ())})

    def beneath(self, code: str) -> frozenset[str]:
        """Return the family of a body with all that stands beneath it or sits in it, however deep."""
        found: set[str] = set()
        waiting = list(self.family(code))
        while waiting:
            each = waiting.pop()
            if each not in found:
                found |= {each}
                waiting += [*self.family(each), *self._under.get(each, ())]
        return frozenset(found)

    @cached_property
    def _under(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for seat in self.seats.values():
            for above in {seat.parent, seat.host} - {""}:
                found.setdefault(above, []).append(seat.code)
        return found

    def named(self, name: str, *, county: str) -> Seat | None:
        """Return the one body of just this name in a county or over it; None for none, or for several."""
        word = name.strip()
        found = {
            seat.merged_into or seat.code
            for seat in self.seats.values()
            if word and seat.name == word and (seat.division.startswith(county) or county.startswith(seat.division))
        }
        return self.seats.get(found.pop()) if len(found) == 1 else None


def receiving(
    tree: Tree, *, accused: str = "", accused_name: str = "", county: str, leaders: bool, offices: Iterable[str],
    higher: bool = False,
) -> Route:  # fmt: skip
    """
    Return where a report goes.

    `accused` is a body's code or "", `accused_name` what was typed where no body was chosen, `county` the code of the
    place (2, 4 or 6 digits), `offices` the codes of the signed directory. Raises NobodyAbove.
    """
    about = tree.seats.get(accused) or tree.named(accused_name, county=county)
    about = tree.seats.get(about.merged_into, about) if about else None
    place = (about.division if about else county)[: RANKS[0]]
    way = _way(tree, place, offices)
    barred = _barred(tree, about, accused_name, place, leaders=leaders)
    left = [seat for seat in way if barred(seat) is None]
    wished = higher and bool(left)
    if wished:
        left = _above(left[0], left)
    if not left:
        raise NobodyAbove
    beyond = _above(left[0], left)
    return Route(left[0], beyond[0] if beyond else None, _why(left[0], way, barred, county, wished=wished))


def above(tree: Tree, office: str, *, offices: Iterable[str], accused: str = "") -> Seat:
    """Return the next office up from one, for what is not for it (请移送); the accused's own line left out. Raises NobodyAbove."""
    seat = tree.seats[office]
    about = tree.seats.get(accused)
    barred = _barred(tree, about, "", seat.division[: RANKS[0]], leaders=False)
    found = [each for each in _above(seat, _way(tree, seat.division[: RANKS[0]], offices)) if barred(each) is None]
    if not found:
        raise NobodyAbove
    return found[0]


def may_hold(
    tree: Tree, office: str, *, accused: str = "", accused_name: str = "", county: str, leaders: bool
) -> bool:  # fmt: skip
    """Whether a report's own words leave an office free to hold it, wherever it stands; as `receiving` asks on the way."""
    about = tree.seats.get(accused) or tree.named(accused_name, county=county)
    about = tree.seats.get(about.merged_into, about) if about else None
    seat = tree.seats.get(office)
    place = (about.division if about else county)[: RANKS[0]]
    return seat is not None and _barred(tree, about, accused_name, place, leaders=leaders)(seat) is None


def _way(tree: Tree, place: str, offices: Iterable[str]) -> list[Seat]:
    """Return the receiving offices from a place upward, nearest first."""
    seats = [tree.seats[code] for code in sorted(set(offices)) if code in tree.seats]
    here = [seat for seat in seats if seat.kind == BodyKind.OFFICE and not seat.merged_into]
    return [seat for digits in RANKS if len(place) >= digits for seat in here if seat.division == place[:digits]]


def _above(office: Seat, way: list[Seat]) -> list[Seat]:
    return [seat for seat in way if len(seat.division) < len(office.division)]


class _Barred:
    """Why an office of the way must not hold the report; None where it may."""

    def __init__(self, tree: Tree, about: Seat | None, place: str, *, supervisor: bool, leaders: bool) -> None:
        self.tree, self.about, self.place = tree, about, place
        self.supervisor, self.leaders = supervisor, leaders
        self.line = tree.beneath(about.code) if about else frozenset[str]()

    def __call__(self, office: Seat) -> Why | None:
        if office.code in self.tree.unmanned:
            return Why.RECEIVING
        same_rank = office.division == self.place
        if self.supervisor and (same_rank or office.code in self.line):
            return Why.SUPERVISOR
        if self.leaders and same_rank:
            return Why.LEADERS
        if self.about is None:
            return None
        if office.code in self.line or len(office.division) > len(self.about.division[: RANKS[0]]):
            return Why.RANK
        return (
            Why.RECUSED if self.tree.aside.get(office.code, frozenset()) & self.tree.family(self.about.code) else None
        )


def _barred(tree: Tree, about: Seat | None, name: str, place: str, *, leaders: bool) -> _Barred:
    if about:
        # A township's supervisors, and its government, have the county's office above them: that is the next rank up.
        own, place = len(about.division) <= RANKS[0], about.division[: RANKS[0]]
        return _Barred(tree, about, place, supervisor=about.supervises and own, leaders=leaders and about.leads and own)
    by_name = bool(SUPERVISORS.search(name)), leaders and bool(LEADING.search(name))
    return _Barred(tree, None, place, supervisor=by_name[0], leaders=by_name[1])


def _why(office: Seat, way: list[Seat], barred: _Barred, county: str, *, wished: bool) -> Why:
    if wished:
        return Why.WISHED
    passed = [reason for seat in way[: way.index(office)] if (reason := barred(seat))]
    if passed:
        return passed[0]
    if len(barred.place) < len(county):
        return Why.RANK
    return Why.NEAREST if office.division == barred.place else Why.RECEIVING
