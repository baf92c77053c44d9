"""
What the public may read of the lot, as plain values: hashes and commitments from the freeze on, the bundle afterwards.

Of a round that is drawn and not yet revealed nothing is told that says where or when somebody goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload

from django.db.models import QuerySet

from mingcha.flow.draws import queries as draws
from mingcha.flow.draws.models import Round
from mingcha.flow.draws.states import State
from mingcha.ground.accounts.queries import NotFound
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

TOLD = (State.DRAWN, State.REVEALED, State.VOID)
AHEAD = (State.FROZEN, State.COMMITTED)


class NotThisRound(Refusal):
    message = "这份文件不是这一轮的：请核对年份、单位和轮次，再选一次。"
    status = 422


@dataclass(frozen=True)
class Lot:
    """
    A round as the public reads it. `commitments`: (body, commitment); what does not exist yet is "" or None.

    `size`, `n`, `day` and `drawn` (how many were drawn) are told once the round is revealed, of a void one never.
    """

    number: int
    office: str
    campaign: str
    state: str
    round: int
    frame_hash: str
    terms_hash: str
    commitments: tuple[tuple[str, str], ...]
    public_named: str
    public_at: datetime | None
    public_value: str
    root: str
    settled_at: datetime | None
    void_reason: str = ""
    size: int | None = None
    drawn: int | None = None
    tilt: str = ""
    published: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The name of its bundle as a file."""
        return f"lot-{self.number}.json"


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


def lot_proof(number: int, *, site: str) -> dict[str, Any]:
    """Return the proof of one site's ticket in a revealed round. Raises NotFound, NotACandidate."""
    bundle = lot_bundle(number)
    done = lots.draw(lots.read_frame(bundle["frame"]), seed=bytes.fromhex(bundle["seed"]))
    return lots.prove(done, site)


def check_lot(number: int, given: object) -> dict[str, Any]:
    """
    Check a bundle or one site's proof against what was published of a round; return what it proves.

    {"kind": "bundle", "size", "drawn"} or {"kind": "proof", "site", "chance", "drawn", "rank"}. Only a frame that is
    the round's own is replayed, so that nobody makes this house compute for them. Raises NotFound, lots.Tampered.
    """
    told = lot(number)
    if not told.root:
        raise NotThisRound
    if isinstance(given, Mapping) and "path" in given:
        lots.check_proof(given, root=told.root)
        return {"kind": "proof", **{key: given[key] for key in ("site", "chance", "drawn", "rank")}}
    if not isinstance(given, Mapping):
        raise lots.Tampered(place="格式 format")
    lots.verify(given, published=told.published)
    return {"kind": "bundle", "size": len(given["tickets"]), "drawn": len(given["drawn"])}


def _rounds() -> QuerySet[Round]:
    # A round that ended before anything was fixed has nothing to be held against it but its reason.
    return Round.objects.select_related("office", "campaign").defer("chances_box", "bundle")


def _round(number: int) -> Round:
    found = Round.objects.select_related("office", "campaign").defer("chances_box")
    row = found.filter(pk=number, state__in=TOLD).first()
    if row is None:
        raise NotFound
    return row


def _told(row: Round) -> Lot:
    commitments = tuple((party.body.name, party.commitment) for party in draws.parties(row))
    terms = draws.terms_hash(row)
    open_ = row.state == State.REVEALED
    published = {"frame_hash": row.frame_hash, "terms_hash": terms, "commitments": [c for _body, c in commitments]}
    published |= {"public": {"value": row.public_value}, "root": row.root}
    return Lot(
        number=row.pk, office=row.office.name, campaign=row.campaign.name, state=row.state, round=row.number,
        frame_hash=row.frame_hash, terms_hash=terms, commitments=commitments, public_named=row.public_named,
        public_at=row.public_at, public_value=row.public_value if row.root else "", root=row.root,
        settled_at=row.revealed_at or row.voided_at or row.drawn_at, void_reason=row.void_reason,
        size=row.frame.count() if open_ else None, drawn=sum(row.allocation.values()) if open_ else None,
        tilt=row.tilt if open_ else "", published=published,
    )  # fmt: skip
