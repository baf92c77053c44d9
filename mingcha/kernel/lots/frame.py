"""The frame: every candidate of a round, written in exactly one way, so that its hash means something."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from mingcha.kernel.refusals import Refusal

HEADER = "site,stratum"
# With these shut out, CSV needs no quoting and every reader splits a row in the same way.
SEPARATORS = frozenset(",;|\"'\\\t")


class EmptyFrame(Refusal):
    """There is nothing to draw from."""

    message = "名录里没有可抽的点位，请先登记点位再冻结。"


class DuplicateSite(Refusal):
    """One site would hold two tickets."""

    message = "点位 %(site)s 在名录里出现了两次，请删去一条再冻结。"


class UnclearName(Refusal):
    """A code or stratum that two readers could read differently."""

    message = "“%(name)s”含有空白、逗号或不可见字符，会造成歧义，请改名后再冻结。"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One site that may be drawn: its unique code and the name of its stratum (site type × township group)."""

    site: str
    stratum: str


def _check(name: str) -> None:
    categories = {unicodedata.category(character)[0] for character in name}
    clear = name and not categories & {"C", "Z"} and not SEPARATORS & set(name)
    # The same name typed in two Unicode spellings would hash differently.
    if not clear or unicodedata.normalize("NFC", name) != name:
        raise UnclearName(name=name.encode("utf-8", "replace").decode())


def frame_bytes(candidates: Iterable[Candidate]) -> bytes:
    """
    Return the canonical CSV: UTF-8 without BOM, header `site,stratum`, sorted by site, LF after every row.

    Raises EmptyFrame, DuplicateSite, UnclearName. The order of the input does not matter.
    """
    rows = sorted(candidates, key=lambda candidate: candidate.site)
    if not rows:
        raise EmptyFrame
    for row in rows:
        _check(row.site)
        _check(row.stratum)
    for before, after in pairwise(rows):
        if before.site == after.site:
            raise DuplicateSite(site=after.site)
    lines = [HEADER, *(f"{row.site},{row.stratum}" for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def frame_hash(candidates: Iterable[Candidate]) -> str:
    """Return SHA-256 of `frame_bytes`, 64 hex digits: the same as `sha256sum frame.csv`."""
    return hashlib.sha256(frame_bytes(candidates)).hexdigest()


def read_frame(text: str) -> tuple[Candidate, ...]:
    """Read a canonical frame back. ValueError where it is not one."""
    lines = text.split("\n")
    if lines[0] != HEADER or lines[-1] != "" or any(line.count(",") != 1 for line in lines[:-1]):
        raise ValueError("not a canonical frame")
    return tuple(Candidate(*line.split(",")) for line in lines[1:-1])
