"""One site's ticket, proved alone: it belongs to the draw whose root was published, and nothing else is told."""

import re
from collections.abc import Mapping
from typing import Any

from mingcha.kernel.lots import merkle
from mingcha.kernel.lots.bundles import Tampered, shown
from mingcha.kernel.lots.drawing import Draw, leaf
from mingcha.kernel.lots.frame import CHANCE
from mingcha.kernel.refusals import Refusal

FORMAT = "mingcha-lot-proof/2"
KEYS = ("chance", "drawn", "format", "path", "rank", "site", "stratum", "value")
HASH = re.compile(r"[0-9a-f]{64}")
DEEPEST = 64


class NotACandidate(Refusal):
    """No ticket of that name."""

    message = "这一轮的名录里没有点位 %(site)s，请核对编号。"
    status = 404


def prove(done: Draw, site: str) -> dict[str, Any]:
    """
    Return the proof of one site's ticket as JSON values: the ticket, and the neighbours on its way to the root.

    The neighbours are hashes over secret tickets: they tell nothing of other sites. Raises NotACandidate.
    """
    in_order = sorted(done.tickets, key=lambda ticket: ticket.site)
    place = next((at for at, ticket in enumerate(in_order) if ticket.site == site), None)
    if place is None:
        raise NotACandidate(site=site)
    steps = merkle.path([leaf(ticket) for ticket in in_order], place)
    return {"format": FORMAT, **shown(in_order[place]), "path": [list(step) for step in steps]}


def check_proof(proof: Mapping[str, Any], *, root: str) -> None:
    """Return nothing where the ticket belongs to the draw with this root; otherwise raise Tampered with the place."""
    if root_of(proof) != root:
        raise Tampered(place="树根 root")


def root_of(proof: Mapping[str, Any]) -> str:
    """Return the root that a proof leads to, whichever draw it is of. Raises Tampered where it is no proof at all."""
    if not isinstance(proof, Mapping) or proof.get("format") != FORMAT:
        raise Tampered(place="格式 format")
    if sorted(map(str, proof)) != list(KEYS):
        raise Tampered(place="项目")
    strings = (proof["site"], proof["stratum"], proof["chance"], proof["value"])
    if any(not isinstance(part, str) or "\n" in part for part in strings) or not CHANCE.fullmatch(proof["chance"]):
        raise Tampered(place="签号 ticket")
    if type(proof["rank"]) is not int or type(proof["drawn"]) is not bool or not HASH.fullmatch(proof["value"]):
        raise Tampered(place="签号 ticket")
    steps = _steps(proof["path"])
    try:
        return merkle.climb(merkle.leaf(*strings, str(proof["rank"]), str(proof["drawn"])), steps)
    except ValueError:  # half a character, or a number of thousands of digits
        raise Tampered(place="签号 ticket") from None


def _steps(path: object) -> list[tuple[str, str]]:
    if not isinstance(path, list) or len(path) > DEEPEST:
        raise Tampered(place="路径 path")
    steps = []
    for step in path:
        sound = isinstance(step, list) and len(step) == 2
        if not sound or step[0] not in ("left", "right") or not HASH.fullmatch(str(step[1])):
            raise Tampered(place="路径 path")
        steps.append((str(step[0]), str(step[1])))
    return steps
