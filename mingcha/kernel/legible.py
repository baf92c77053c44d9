"""
Text that reads as it was typed.

Characters that nobody sees, pasted in from elsewhere, make Excel refuse a whole ledger; direction marks turn the words
after them around, so that a name reads differently from what is stored. Neither carries anything a person typed.
"""

import re

# Controls except tab and line ends; the marks, embeddings, overrides and isolates of direction; what is no character.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def legible(text: str) -> str:
    """Return `text` without characters that nobody sees."""
    return _UNSEEN.sub("", text)
