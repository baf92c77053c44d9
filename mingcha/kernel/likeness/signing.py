"""The signature of one text, and how many places of it others share."""

import functools
import unicodedata

import numpy as np
from numpy.typing import NDArray

from mingcha.kernel.likeness import BLANK, BYTES

PLACES = BYTES // 4
SHINGLE = 3
LONGEST = 200_000  # characters that count; a report has a few thousand
AT_ONCE = 128  # shingles hashed at once: what fits the processor's cache, four times as fast as all


def signature(text: str) -> bytes:
    """Return 128 little-endian 32-bit numbers."""
    shingles = _shingles(text)
    lowest = np.full(PLACES, 0xFFFFFFFF, dtype=np.uint64)
    factors, offsets = _hashes()
    for start in range(0, len(shingles), AT_ONCE):
        part = shingles[start : start + AT_ONCE]
        values = (part[:, None] * factors + offsets) >> np.uint64(32)
        np.minimum(lowest, values.min(axis=0), out=lowest)
    return lowest.astype("<u4").tobytes()


def alike(one: bytes, many: bytes) -> NDArray[np.float64]:
    """Return the share of equal places of `one` with each of `many`."""
    rows = rows_of(many)
    if len(one) != BYTES:
        raise ValueError(f"a signature has {BYTES} bytes, not {len(one)}")
    if one == BLANK:
        return np.zeros(len(rows))
    return (rows == np.frombuffer(one, "<u4")).sum(axis=1, dtype=np.uint8) / PLACES


def normalised(text: str) -> str:
    """Return what of a text is compared."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return "".join(character for character in folded if character.isalnum())


def _shingles(text: str) -> NDArray[np.uint64]:
    """Return each shingle once, as a well mixed number."""
    points = np.frombuffer(normalised(text).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if not len(points):
        return points
    points = np.concatenate([points, np.zeros(max(SHINGLE - len(points), 0), dtype=np.uint64)])
    runs = len(points) - SHINGLE + 1
    # A character has 21 bits, so three fit one number.
    joined = points[:runs] | points[1 : runs + 1] << np.uint64(21) | points[2 : runs + 2] << np.uint64(42)
    return mixed(np.unique(joined))


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64 (Steele, Lea and Flood 2014), one to one: near numbers end up far apart."""
    bits = numbers + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ bits >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ bits >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return bits ^ bits >> np.uint64(31)


@functools.cache
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the factors (odd) and offsets of the 128 hashes (multiply-shift, Dietzfelbinger 1996)."""
    drawn = mixed(np.arange(1, 2 * PLACES + 1, dtype=np.uint64))
    return drawn[:PLACES] | np.uint64(1), drawn[PLACES:]


def rows_of(many: bytes) -> NDArray[np.uint32]:
    """Return joined signatures as rows of 128 numbers."""
    if len(many) % BYTES:
        raise ValueError(f"signatures have {BYTES} bytes each, these are {len(many)}")
    return np.frombuffer(many, "<u4").reshape(-1, PLACES)
