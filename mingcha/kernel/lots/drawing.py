"""The draw itself: sites laid end to end by their chances, and a comb that falls on the line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from mingcha.kernel.lots import frame, merkle, tickets
from mingcha.kernel.lots.frame import Candidate

WHOLE = 2**256


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum's part in a draw: its sites, how many were drawn, and the sum of its chances."""

    name: str
    size: int
    drawn: int
    expected: Fraction


@dataclass(frozen=True, slots=True)
class Ticket:
    """
    One site's ticket: 64 hex digits, its chance, whether it was drawn, and its rank within the stratum.

    The drawn come first, by ticket (where a day cannot hold them all, the largest `value` of all strata goes first:
    that thins all chances alike). Then the reserves, in the order in which they replace.
    """

    site: str
    stratum: str
    chance: Fraction
    value: str
    rank: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A finished draw. `tickets` holds every candidate, by stratum and rank; `root` binds them all (Merkle)."""

    frame_hash: str
    n: int
    strata: tuple[Stratum, ...]
    tickets: tuple[Ticket, ...]
    root: str

    @property
    def drawn(self) -> tuple[str, ...]:
        """The codes of the drawn sites, by stratum and rank."""
        return tuple(ticket.site for ticket in self.tickets if ticket.drawn)

    def ticket(self, site: str) -> Ticket:
        """Return one site's ticket. KeyError where it was no candidate."""
        for ticket in self.tickets:
            if ticket.site == site:
                return ticket
        raise KeyError(site)


def draw(candidates: Iterable[Candidate], *, seed: bytes) -> Draw:
    """
    Draw as many sites as the chances sum to, each with exactly its chance. Input order does not matter.

    1. Every site gets a ticket from the seed: 256 bits.
    2. All sites are laid on a line, each as long as its chance: strata in sorted order, within a stratum by ticket.
    3. A comb with teeth 1 apart falls on the line at a place that the seed gives. Whoever is hit is drawn.

    Whatever the order, a piece of length π ≤ 1 is hit with probability π, to within 2⁻²⁵⁶: no approximation at any
    size of stratum (systematic πps in random order: Madow 1949; Hartley and Rao 1962). A stratum gives the floor or
    the ceiling of what is expected of it, and so does any run of neighbouring strata.

    Raises EmptyFrame, DuplicateSite, UnclearName; ValueError for a seed that has not 32 bytes or chances that do not
    sum to a whole number.
    """
    frozen = tuple(candidates)
    hash_ = frame.frame_hash(frozen)
    common = frame.unit(frozen)
    by_stratum: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
    for one in frozen:
        by_stratum[one.stratum].append((tickets.ticket(seed, hash_, one.site), one))
    # Whole numbers in units of 1/(common · 2²⁵⁶): the same as fractions, and many times faster.
    first, gap, end = tickets.comb(seed, hash_) * common, common * WHOLE, 0
    strata, drawn_tickets = [], []
    for name in sorted(by_stratum):
        own = sorted(by_stratum[name], key=lambda pair: (pair[0], pair[1].site))
        hit = []
        for _, one in own:
            start, end = end, end + int(one.chance * common) * WHOLE
            hit.append(-((first - end) // gap) > -((first - start) // gap))
        drawn_tickets += list(_ranked(own, hit))
        strata.append(Stratum(name, len(own), sum(hit), sum((one.chance for _, one in own), Fraction())))
    return Draw(
        frame_hash=hash_,
        n=frame.total(frozen),
        strata=tuple(strata),
        tickets=tuple(drawn_tickets),
        root=merkle.root([leaf(ticket) for ticket in sorted(drawn_tickets, key=lambda ticket: ticket.site)]),
    )


def leaf(ticket: Ticket) -> str:
    """
    Return the leaf that binds one ticket: its six parts, the last "True" or "False".

    The ticket's value is secret until somebody shows it, so a leaf tells nothing before its time.
    """
    return merkle.leaf(
        ticket.site, ticket.stratum, str(ticket.chance), ticket.value, str(ticket.rank), str(ticket.drawn)
    )


def _ranked(own: list[tuple[str, Candidate]], hit: list[bool]) -> Iterator[Ticket]:
    """
    Yield a stratum's tickets by rank: the drawn by ticket, then the reserves by u(1-π) / ((1-u)π), u their ticket.

    That is the order of Pareto sampling (Rosén 1997): whoever replaces comes in nearly in proportion to π, so that
    weights of 1/π stay right for a round with replacements.
    """
    taken = [pair for pair, drawn in zip(own, hit, strict=True) if drawn]
    spare = [pair for pair, drawn in zip(own, hit, strict=True) if not drawn]
    for rank, (value, one) in enumerate([*taken, *sorted(spare, key=_turn)], start=1):
        yield Ticket(one.site, one.stratum, one.chance, value, rank, rank <= len(taken))


def _turn(pair: tuple[str, Candidate]) -> tuple[Fraction, str]:
    value, one = pair
    u = int(value, 16)
    return Fraction(u * (one.chance.denominator - one.chance.numerator), (WHOLE - u) * one.chance.numerator), one.site
