"""What is published after a round, and how a stranger checks it. `docs/verify_lot.py` does the same on its own."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mingcha.kernel.lots import tickets
from mingcha.kernel.lots.allocation import TooFew, TooMany
from mingcha.kernel.lots.drawing import Draw, draw
from mingcha.kernel.lots.frame import Candidate, frame_bytes, frame_hash, read_frame
from mingcha.kernel.refusals import Refusal

FORMAT = "mingcha-lot/1"


class Tampered(Refusal):
    """A bundle that does not replay. `place` names the first place where it breaks."""

    message = "抽签公开包核验不通过，“%(place)s”与重新计算的结果不符，请以登记的原件为准并查明改动。"
    status = 422

    def __init__(self, *, place: str) -> None:
        self.place = place
        super().__init__(place=place)


def bundle(done: Draw, candidates: Iterable[Candidate], seed: bytes) -> dict[str, Any]:
    """
    Return all that a stranger needs to replay a draw, as plain JSON values.

    Keys: format, frame (the canonical CSV), frame_hash, commitment, seed (hex), n, allocation (a list of stratum,
    size, expected as "3/2", drawn), tickets (a list of site, stratum, value, rank, drawn), drawn (sites in order).
    ValueError where the draw did not come from these candidates and this seed.
    """
    frozen = tuple(candidates)
    if done != draw(frozen, n=done.n, seed=seed):
        raise ValueError("the draw does not belong to these candidates and this seed")
    return {
        "format": FORMAT,
        "frame": frame_bytes(frozen).decode(),
        "frame_hash": done.frame_hash,
        "commitment": done.commitment,
        "seed": seed.hex(),
        "n": done.n,
        "allocation": [
            {"stratum": s.name, "size": s.size, "expected": str(s.expected), "drawn": s.drawn} for s in done.strata
        ],
        "tickets": [
            {"site": t.site, "stratum": t.stratum, "value": t.value, "rank": t.rank, "drawn": t.drawn}
            for t in done.tickets
        ],
        "drawn": list(done.drawn),
    }


def verify(bundled: Mapping[str, Any], *, published: Mapping[str, Any] | None = None) -> None:
    """
    Replay a bundle; return nothing, or raise Tampered naming the first place where it breaks.

    `published`: what was on record before the draw (any of frame_hash, commitment, n). Without it only the inner
    agreement is proved: whoever may rewrite a whole bundle may also draw anew.
    """
    candidates, seed = _frame_of(bundled), _seed_of(bundled)
    for key, before in (published or {}).items():
        _compare(f"事先公布的 {key}", bundled.get(key), before)
    try:
        n = bundled.get("n")
        if type(n) is not int:
            raise Tampered(place="数量 n")
        truth = bundle(draw(candidates, n=n, seed=seed), candidates, seed)
    except (TooFew, TooMany):
        raise Tampered(place="数量 n") from None
    _compare_allocation(bundled.get("allocation"), truth["allocation"])
    _compare_tickets(bundled.get("tickets"), truth["tickets"])
    _compare_drawn(bundled.get("drawn"), truth["drawn"])
    _compare("项目", sorted(bundled), sorted(truth))


def _compare(place: str, claimed: object, computed: object) -> None:
    """Raise Tampered unless both are the same JSON (1, 1.0 and true are three different values)."""
    try:
        same = json.dumps(claimed, sort_keys=True) == json.dumps(computed, sort_keys=True)
    except (TypeError, ValueError):
        same = False
    if not same:
        raise Tampered(place=place)


def _frame_of(bundled: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """Return the candidates, having checked format, frame and frame hash."""
    _compare("格式 format", bundled.get("format"), FORMAT)
    try:
        candidates = read_frame(bundled["frame"])
        computed = frame_hash(candidates)
        canonical = frame_bytes(candidates).decode()
    except (KeyError, AttributeError, ValueError, Refusal):
        raise Tampered(place="名录 frame") from None
    _compare("名录 frame", bundled["frame"], canonical)
    _compare("名录 frame", bundled.get("frame_hash"), computed)
    return candidates


def _seed_of(bundled: Mapping[str, Any]) -> bytes:
    """Return the seed, having checked its commitment."""
    try:
        seed = bytes.fromhex(bundled["seed"])
        computed = tickets.commitment(seed)
    except (KeyError, TypeError, ValueError):
        raise Tampered(place="承诺 commitment") from None
    _compare("承诺 commitment", [bundled.get("commitment"), bundled["seed"]], [computed, seed.hex()])
    return seed


def _compare_allocation(claimed: object, computed: list[dict[str, Any]]) -> None:
    if not isinstance(claimed, list) or len(claimed) != len(computed):
        raise Tampered(place="分配 allocation")
    for one, other in zip(claimed, computed, strict=True):
        _compare(f"分配 allocation {other['stratum']}", one, other)


def _compare_tickets(claimed: object, computed: list[dict[str, Any]]) -> None:
    if not isinstance(claimed, list) or not all(isinstance(one, dict) for one in claimed):
        raise Tampered(place="签号 ticket")
    by_site = {str(one.get("site")): one for one in claimed}
    for other in computed:
        _compare(f"签号 ticket {other['site']}", by_site.get(other["site"]), other)
    _compare("次序 order", claimed, computed)


def _compare_drawn(claimed: object, computed: list[str]) -> None:
    if not isinstance(claimed, list) or {json.dumps(one) for one in claimed} != {json.dumps(one) for one in computed}:
        raise Tampered(place="抽中名单 drawn")
    _compare("次序 order", claimed, computed)
