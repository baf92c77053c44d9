"""
The lot: who is visited, decided so that nobody can foresee or bend it and anybody can replay it.

1. `frame`    the candidates, frozen as canonical bytes and hashed
2. `seed`     32 secret bytes, committed to before the draw by their hash
3. `allocate` how many from each stratum: random rounding, expectation exact
4. `draw`     within a stratum, the smallest SHA-256 tickets
5. `share`    the drawn sites, handed to teams by the same seed
6. `bundle`, `verify`  what is published afterwards, and how a stranger checks it

Callers import this package: `from mingcha.kernel import lots`.
"""

from mingcha.kernel.lots.allocation import TooFew, TooMany, allocate
from mingcha.kernel.lots.bundles import Tampered, bundle, verify
from mingcha.kernel.lots.drawing import Draw, Stratum, Ticket, draw
from mingcha.kernel.lots.frame import (
    Candidate,
    DuplicateSite,
    EmptyFrame,
    UnclearName,
    frame_bytes,
    frame_hash,
)
from mingcha.kernel.lots.sharing import Shares, share
from mingcha.kernel.lots.tickets import commitment, ticket

__all__ = [
    "Candidate",
    "Draw",
    "DuplicateSite",
    "EmptyFrame",
    "Shares",
    "Stratum",
    "Tampered",
    "Ticket",
    "TooFew",
    "TooMany",
    "UnclearName",
    "allocate",
    "bundle",
    "commitment",
    "draw",
    "frame_bytes",
    "frame_hash",
    "share",
    "ticket",
    "verify",
]
