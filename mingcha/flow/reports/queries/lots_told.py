"""
What the public may read of the lot, as plain values: hashes and commitments from the freeze on, the bundle afterwards.

Of a round that is drawn and not yet revealed nothing is told that says where or when somebody goes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, overload

from django.db.models import Q, QuerySet

from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.models import Round
from mingcha.flow.draws.states import State
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

TOLD = (State.DRAWN, State.REVEALED, State.VOID)
AHEAD = (State.FROZEN, State.COMMITTED)
BARS = 10
HASH = re.compile(r"[0-9a-f]{64}")


class NotThisRound(Refusal):
    """A round that ended before anything was drawn."""

    message = "这一轮还没有抽签就作废了，没有可以核对的签。请换一轮。"
    status = 422


class UnknownLot(Refusal):
    """A file that belongs to no round that was ever told."""

    message = (
        "认不出这份文件是哪一轮的：它的哈希与公布过的任何一轮都对不上。知道是哪一轮的，请填编号再核对，会指出断在哪里。"
    )
    status = 422


@dataclass(frozen=True)
class Commitment:
    """What a body published in advance of its secret, and when it deposited it ("" and None before)."""

    body: str
    hash: str
    at: datetime | None


@dataclass(frozen=True)
class Lot:
    """
    A round as the public reads it; what does not exist yet, or is not told yet, is "" or None.

    `size` and `drawn` (how many were drawn) are told once the round is revealed, of a void one never.
    """

    number: int
    office: str
    campaign: str
    state: str
    round: int
    frame_hash: str
    terms_hash: str
    commitments: tuple[Commitment, ...]
    public_named: str
    public_at: datetime | None
    public_value: str
    root: str
    settled_at: datetime | None
    frozen_at: datetime | None = None
    announced_at: datetime | None = None
    drawn_at: datetime | None = None
    void_reason: str = ""
    size: int | None = None
    drawn: int | None = None
    published: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The name of its bundle as a file."""
        return f"lot-{self.number}.json"


@dataclass(frozen=True)
class Bundled:
    """
    What is told of a revealed round besides: all of it out of its bundle. `broken`: where the bundle breaks, or "".

    `rule`, `about` and `strata` as in `lots.bundle`; `chances`: (from, to, sites) in hundredths, empty ones left out;
    `drawn`: codes in order. Of a bundle that breaks nothing but where it does is told.
    """

    seed: str = ""
    secrets: tuple[str, ...] = ()
    rule: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    strata: tuple[Mapping[str, Any], ...] = ()
    chances: tuple[tuple[int, int, int], ...] = ()
    least: Fraction = Fraction(0)
    greatest: Fraction = Fraction(0)
    drawn: tuple[str, ...] = ()
    broken: str = ""


class Lots(Sequence[Lot]):
    """The rounds that are drawn, revealed or void, the latest first; a part is read when that part is asked for."""

    def __init__(self) -> None:
        self._found = _rounds().filter(state__in=TOLD).order_by("-pk")

    def __len__(self) -> int:
        return self._found.count()

    @overload
    def __getitem__(self, wanted: int) -> Lot: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Lot]: ...
    def __getitem__(self, wanted: int | slice) -> Lot | list[Lot]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        return [_told(row) for row in self._found[wanted]]


def lots_ahead() -> list[Lot]:
    """Return the rounds whose frame is frozen and whose public value is still to come: their hashes alone."""
    return [_told(row) for row in _rounds().filter(state__in=AHEAD).order_by("-pk")]


def lot(number: int) -> Lot:
    """Return one round that is drawn, revealed or void. Raises NotFound."""
    return _told(_round(number))


def lot_bundle(number: int) -> dict[str, Any]:
    """Return the verification bundle of a revealed round. Raises NotFound."""
    bundle = _round(number).bundle
    if bundle is None:
        raise NotFound
    return dict(bundle)


def lot_bundled(number: int) -> Bundled:
    """Return what a revealed round's bundle says, replayed and held against what was published. Raises NotFound."""
    return _replayed(json.dumps([lot_bundle(number), lot(number).published], sort_keys=True))


@lru_cache(maxsize=8)
def _replayed(told: str) -> Bundled:
    """Replay a bundle beside what was published, both as JSON: once, however often somebody asks for the page."""
    bundle, published = json.loads(told)
    try:
        lots.verify(bundle, published=published)
    except lots.Tampered as failure:  # nothing else that it says deserves to be read
        return Bundled(broken=failure.place)
    chances = [each.chance for each in lots.read_frame(bundle["frame"])]
    # An even chance of a half is one bar, though each is a hair off (`framing.blurred`).
    bars = Counter(min(int(round(chance, 4) * BARS), BARS - 1) for chance in chances)
    return Bundled(
        seed=bundle["seed"], secrets=tuple(bundle["secrets"]), rule=bundle["rule"], about=bundle["about"],
        strata=tuple(bundle["strata"]), drawn=tuple(bundle["drawn"]), least=min(chances), greatest=max(chances),
        chances=tuple((bar * 100 // BARS, (bar + 1) * 100 // BARS, bars[bar]) for bar in sorted(bars)),
    )  # fmt: skip


def lot_proof(number: int, *, site: str) -> dict[str, Any]:
    """Return the proof of one site's ticket in a revealed round. Raises NotFound, NotACandidate, lots.Tampered."""
    bundle, told = lot_bundle(number), lot(number)
    try:
        done = _drawn(bundle["frame"], bundle["seed"])
    except (KeyError, TypeError, ValueError, AttributeError, Refusal):
        raise lots.Tampered(place="名录 frame") from None
    if done.root != told.root:
        raise lots.Tampered(place="树根 root")
    return lots.prove(done, site)


@lru_cache(maxsize=2)
def _drawn(frame: str, seed: str) -> lots.Draw:
    """Replay a draw once for all who ask for one ticket of it."""
    return lots.draw(lots.read_frame(frame), seed=bytes.fromhex(seed))


def check_lot(number: int, given: object) -> dict[str, Any]:
    """
    Check a bundle or one site's proof against what was published of a round; return what it proves.

    {"kind": "bundle", "size", "drawn"} or {"kind": "proof", "site", "chance", "drawn", "rank"}. Only a frame that is
    the round's own is replayed, so that nobody makes this house compute for them. Raises NotFound, NotThisRound,
    lots.Tampered.
    """
    told = lot(number)
    if not told.root:
        raise NotThisRound
    if isinstance(given, Mapping) and "path" in given:
        lots.check_proof(given, root=told.root)
        return {"kind": "proof", **{key: given[key] for key in ("site", "chance", "drawn", "rank")}}
    if not isinstance(given, Mapping) or not isinstance(given.get("frame"), str):
        raise lots.Tampered(place="格式 format")
    if hashlib.sha256(given["frame"].encode("utf-8", "surrogatepass")).hexdigest() != told.frame_hash:
        raise lots.Tampered(place="名录 frame")
    lots.verify(given, published=told.published)
    return {"kind": "bundle", "size": len(given["tickets"]), "drawn": len(given["drawn"])}


def lot_of(given: object) -> int:
    """
    Return the number of the round that a bundle or a proof is of, by any hash of it that was published.

    Raises UnknownLot, lots.Tampered for what is neither.
    """
    if not isinstance(given, Mapping):
        raise lots.Tampered(place="格式 format")
    if "path" in given:
        ways = [Q(root=lots.root_of(given))]
    else:
        said = given.get("commitments")
        mentioned = [given.get("root"), *(said[:9] if isinstance(said, list) else ()), given.get("frame_hash")]
        hashes = [each for each in mentioned if isinstance(each, str) and HASH.fullmatch(each)]
        # Two rounds over the same register may have the same frame: what is a round's alone goes first.
        ways = [Q(root__in=hashes) | Q(parties__commitment__in=hashes), Q(frame_hash__in=hashes)]
    told = Round.objects.filter(state__in=TOLD).exclude(root="").order_by("-pk")
    for way in ways:
        number = told.filter(way).values_list("pk", flat=True).first()
        if number is not None:
            return number
    raise UnknownLot


def _rounds() -> QuerySet[Round]:
    return Round.objects.select_related("office", "campaign").defer("chances_box", "routes_box", "bundle")


def _round(number: int) -> Round:
    found = Round.objects.select_related("office", "campaign").defer("chances_box", "routes_box")
    row = found.filter(pk=number, state__in=TOLD).first()
    if row is None:
        raise NotFound
    return row


def _told(row: Round) -> Lot:
    commitments = tuple(Commitment(p.body.name, p.commitment, p.deposited_at) for p in draws.parties(row))
    terms = draws.terms_hash(row)
    open_ = row.state == State.REVEALED
    published: dict[str, Any] = {
        "frame_hash": row.frame_hash, "terms_hash": terms, "commitments": [each.hash for each in commitments],
        "public": {"value": row.public_value}, "root": row.root,
    }  # fmt: skip
    return Lot(
        number=row.pk, office=row.office.name, campaign=row.campaign.name, state=row.state, round=row.number,
        frame_hash=row.frame_hash, terms_hash=terms, commitments=commitments, public_named=row.public_named,
        public_at=row.public_at, public_value=row.public_value if row.root else "", root=row.root,
        settled_at=row.revealed_at or row.voided_at or row.drawn_at, void_reason=row.void_reason,
        frozen_at=row.frozen_at, announced_at=row.announced_at if row.root else None, drawn_at=row.drawn_at,
        size=row.frame.count() if open_ else None, drawn=sum(row.allocation.values()) if open_ else None,
        published=published,
    )  # fmt: skip
