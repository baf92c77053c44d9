"""
How alike two texts are, told from their signatures alone.

1. A text counts by its letters, digits and characters, in NFKC and lower case; spaces and punctuation do not.
2. Its shingles are all runs of three characters: good for Chinese, which has no spaces between words.
3. MinHash (Broder 1997): under each of 128 fixed hashes the smallest value is kept. The share of equal places of two
   signatures is an unbiased estimate of the share of common shingles (Jaccard); its error is 0.044 at most.

The 512 bytes are fixed for ever: signatures of years ago are compared with today's.

numpy is loaded with the first text: no page of the house waits for it otherwise.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BYTES = 512
BLANK = b"\xff" * BYTES  # of a text with nothing to compare; it is like no other


def signature(text: str) -> bytes:
    """Return the signature of a text: 128 little-endian 32-bit numbers."""
    from mingcha.kernel.likeness import signing  # noqa: PLC0415 - loads numpy

    return signing.signature(text)


def alike(one: bytes, many: bytes) -> "NDArray[np.float64]":
    """
    Return, for each signature joined in `many`, the share from 0 to 1 in which its text is like that of `one`.

    Raises ValueError for bytes that are no signatures.
    """
    from mingcha.kernel.likeness import signing  # noqa: PLC0415 - loads numpy

    return signing.alike(one, many)


def groups(many: bytes, *, least: float) -> list[list[int]]:
    """
    Return which of the joined signatures belong together, as lists of positions, the largest group first.

    Two belong together when they are alike by `least` (0 to 1) or more, or through others that are. Groups of one are
    left out. Raises ValueError for bytes that are no signatures.
    """
    from mingcha.kernel.likeness import grouping  # noqa: PLC0415 - loads numpy

    return grouping.groups(many, least=least)
