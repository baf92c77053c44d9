"""The frame: every candidate of a round, written in exactly one way, so that its hash means something."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from mingcha.kernel.refusals import Refusal

HEADER = "site,stratum,chance"
# With these shut out, CSV needs no quoting and every reader splits a row in the same way.
SEPARATORS = frozenset(",;|\"'\\\t")
CHANCE = re.compile(r"[0-9]{1,9}(/[0-9]{1,9})?")
# Room for millionths beside n/N of any register, and a bound for what a stranger's bundle can make a server compute.
FINEST = 10**15


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
    """One site that may be drawn: its unique code, its stratum (site type × township group), 0 < chance ≤ 1."""

    site: str
    stratum: str
    chance: Fraction


def _check(name: str) -> None:
    categories = {unicodedata.category(character)[0] for character in name}
    clear = name and not categories & {"C", "Z"} and not SEPARATORS & set(name)
    # The same name typed in two Unicode spellings would hash differently.
    if not clear or unicodedata.normalize("NFC", name) != name:
        raise UnclearName(name=name.encode("utf-8", "replace").decode())


def frame_bytes(candidates: Iterable[Candidate]) -> bytes:
    """
    Return the canonical CSV: UTF-8 without BOM, header `site,stratum,chance`, sorted by site, LF after every row.

    A chance is written in lowest terms: "3/22", "1". The order of the input does not matter. Raises EmptyFrame,
    DuplicateSite, UnclearName; ValueError for a chance that is none, or chances whose sum is no whole number.
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
    total(rows)
    lines = [HEADER, *(f"{row.site},{row.stratum},{row.chance}" for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def unit(candidates: Iterable[Candidate]) -> int:
    """Return the common denominator of all chances. ValueError where it is finer than 10¹⁵ or a chance is none."""
    common = 1
    for candidate in candidates:
        if not 0 < candidate.chance <= 1 or not CHANCE.fullmatch(str(candidate.chance)):
            raise ValueError(f"no chance: {candidate.chance}")
        common = lcm(common, candidate.chance.denominator)
        if common > FINEST:
            raise ValueError("chances too fine")
    return common


def total(candidates: Iterable[Candidate]) -> int:
    """Return how many sites the chances draw: their sum. ValueError where that is no whole number."""
    rows = tuple(candidates)
    common = unit(rows)
    whole, rest = divmod(sum(int(row.chance * common) for row in rows), common)
    if rest:
        raise ValueError("the chances do not sum to a whole number")
    return whole


def frame_hash(candidates: Iterable[Candidate]) -> str:
    """Return SHA-256 of `frame_bytes`, 64 hex digits: the same as `sha256sum frame.csv`."""
    return hashlib.sha256(frame_bytes(candidates)).hexdigest()


def read_frame(text: str) -> tuple[Candidate, ...]:
    """Read a canonical frame back. ValueError where it is not one."""
    lines = text.split("\n")
    if lines[0] != HEADER or lines[-1] != "":
        raise ValueError("not a canonical frame")
    return tuple(_read_row(*line.split(",")) for line in lines[1:-1] if _three(line))


def _three(line: str) -> bool:
    if line.count(",") != 2:
        raise ValueError("not a canonical frame")
    return True


def _read_row(site: str, stratum: str, chance: str) -> Candidate:
    # Checked before it is computed: Fraction("1e999999999") would keep a server busy for good.
    if not CHANCE.fullmatch(chance) or not int(chance.partition("/")[2] or 1):
        raise ValueError("not a chance")
    read = Fraction(chance)
    if str(read) != chance:
        raise ValueError("not a chance in lowest terms")
    return Candidate(site, stratum, read)
