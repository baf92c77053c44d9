"""
The lot: who is visited, decided so that nobody can foresee or bend it and anybody can replay it.

1. `chances`  what chance each site gets, by a setting between a lottery and a list; `preview` says what it means
2. `frame`    the candidates and their chances, frozen as canonical bytes and hashed; `terms_hash` for the rest
3. `seed`     from secrets committed to by at least two officers and a public value named in advance
4. `draw`     a comb over the line of chances: every site with exactly its chance; replacements in rank order
5. `share`, `pair`  the drawn sites handed to teams, and who signs, by the same seed
6. `bundle`, `verify`  what is published afterwards, and how a stranger checks it
7. `prove`, `check_proof`  one site's ticket alone, against a root published with the draw
8. `watching`  whether the rounds of an office stayed unforeseeable, told from what is published

Callers import this package: `from mingcha.kernel import lots`.
"""

from mingcha.kernel.lots.bundles import FORMAT, Tampered, bundle, verify
from mingcha.kernel.lots.chances import (
    CapTooLow,
    NothingLeftToDraw,
    PromisesTooMany,
    PromiseWithoutSites,
    Setting,
    SettingOutOfRange,
    TooFew,
    TooMany,
    Weighed,
    chances,
)
from mingcha.kernel.lots.drawing import Draw, Stratum, Ticket, draw
from mingcha.kernel.lots.frame import (
    Candidate,
    DuplicateSite,
    EmptyFrame,
    UnclearName,
    frame_bytes,
    frame_hash,
    read_frame,
)
from mingcha.kernel.lots.preview import Preview, preview
from mingcha.kernel.lots.proofs import NotACandidate, check_proof, prove, root_of
from mingcha.kernel.lots.sharing import Shares, pair, share
from mingcha.kernel.lots.tickets import UnclearValue, commitment, mixed, plain_value, seed, terms_hash, ticket

__all__ = [
    "FORMAT",
    "Candidate",
    "CapTooLow",
    "Draw",
    "DuplicateSite",
    "EmptyFrame",
    "NotACandidate",
    "NothingLeftToDraw",
    "Preview",
    "PromiseWithoutSites",
    "PromisesTooMany",
    "Setting",
    "SettingOutOfRange",
    "Shares",
    "Stratum",
    "Tampered",
    "Ticket",
    "TooFew",
    "TooMany",
    "UnclearName",
    "UnclearValue",
    "Weighed",
    "bundle",
    "chances",
    "check_proof",
    "commitment",
    "draw",
    "frame_bytes",
    "frame_hash",
    "mixed",
    "pair",
    "plain_value",
    "preview",
    "prove",
    "read_frame",
    "root_of",
    "seed",
    "share",
    "terms_hash",
    "ticket",
    "verify",
]
