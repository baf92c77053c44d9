"""The draw itself: within a stratum, the smallest tickets."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from mingcha.kernel.lots import frame, tickets
from mingcha.kernel.lots.allocation import allocate, expected


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum's part in a draw: N_h, n_h and n·N_h/N."""

    name: str
    size: int
    drawn: int
    expected: Fraction


@dataclass(frozen=True, slots=True)
class Ticket:
    """One site's ticket: 64 hex digits, its rank within the stratum (1 is smallest), and whether it was drawn."""

    site: str
    stratum: str
    value: str
    rank: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A finished draw. `tickets` holds every candidate, by stratum and rank: also the order of replacement."""

    frame_hash: str
    commitment: str
    n: int
    strata: tuple[Stratum, ...]
    tickets: tuple[Ticket, ...]

    @property
    def drawn(self) -> tuple[str, ...]:
        """The codes of the drawn sites, by stratum and rank."""
        return tuple(ticket.site for ticket in self.tickets if ticket.drawn)

    @property
    def probability(self) -> Fraction:
        """The chance every site had before the draw: n/N."""
        return Fraction(self.n, len(self.tickets))


def draw(candidates: Iterable[frame.Candidate], *, n: int, seed: bytes) -> Draw:
    """
    Draw `n` sites with known, equal probabilities n/N. The same input gives the same draw, in any order of input.

    Raises EmptyFrame, DuplicateSite, UnclearName, TooFew, TooMany; ValueError for a seed that has not 32 bytes.
    """
    frozen = tuple(candidates)
    hash_ = frame.frame_hash(frozen)
    by_stratum: dict[str, list[str]] = defaultdict(list)
    for candidate in frozen:
        by_stratum[candidate.stratum].append(candidate.site)
    sizes = {name: len(sites) for name, sites in by_stratum.items()}
    expectations = expected(sizes, n)
    counts = allocate(sizes, n, seed, hash_)
    drawn_tickets: list[Ticket] = []
    for name, count in counts.items():
        values = sorted((tickets.ticket(seed, hash_, site), site) for site in by_stratum[name])
        drawn_tickets += (
            Ticket(site, name, value, rank, rank <= count) for rank, (value, site) in enumerate(values, start=1)
        )
    return Draw(
        frame_hash=hash_,
        commitment=tickets.commitment(seed),
        n=n,
        strata=tuple(Stratum(name, sizes[name], count, expectations[name]) for name, count in counts.items()),
        tickets=tuple(drawn_tickets),
    )
