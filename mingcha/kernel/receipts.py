"""
The receipt of a report: all that leads its writer back to it.

Twenty characters of Crockford's alphabet, 100 bits drawn at random: too many to guess even for one who holds the
database and the pepper, so no slow function stands on the public path. It is kept nowhere; the two keys come from it.
"""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, which look like digits, and no U
LENGTH, GROUP = 20, 4
LOOKALIKES = str.maketrans("OIL", "011")
# What people and keyboards put between the groups: spaces, anything drawn as a dash, points, commas, invisible marks.
BETWEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff_\-‐-―−─━ー~～·.,。，、]+")


class ReceiptUnreadable(Refusal):
    """Not twenty characters of the alphabet, however generously read."""

    message = "查询码应为20位字母和数字，请对照保存的查询码重新输入。"
    status = 422


@dataclass(frozen=True)
class ReceiptKeys:
    """`lookup` (32 bytes) finds the row and opens nothing; `citizen` opens what was sealed to the writer."""

    lookup: bytes
    citizen: sealing.Pair


def new() -> str:
    """Return a fresh receipt, as XXXX-XXXX-XXXX-XXXX-XXXX."""
    return shown("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read(typed: str) -> str:
    """
    Return the twenty characters of a receipt as a person typed it.

    Case, spaces, dashes and full-width letters do not matter; o counts as 0, i and l as 1. Raises ReceiptUnreadable.
    """
    # Four times the length is more than any way of writing it; the rest is not looked at.
    folded = unicodedata.normalize("NFKC", typed[: 4 * LENGTH + 1]).upper().translate(LOOKALIKES)
    bare = BETWEEN.sub("", folded)
    if len(typed) > 4 * LENGTH or len(bare) != LENGTH or not set(bare) <= set(ALPHABET):
        raise ReceiptUnreadable
    return bare


def shown(receipt: str) -> str:
    """Return a receipt in its groups of four."""
    return "-".join(receipt[start : start + GROUP] for start in range(0, len(receipt), GROUP))


def keys(receipt: str, *, pepper: bytes) -> ReceiptKeys:
    """
    Return the keys of a receipt, typed in whatever way. Raises ReceiptUnreadable.

    `pepper`: 32 bytes kept outside the database; without it a stolen database cannot even be tested against receipts.
    """
    if len(pepper) != sealing.KEY_BYTES:
        raise ValueError(f"a pepper has {sealing.KEY_BYTES} bytes, not {len(pepper)}")
    secret = read(receipt).encode()
    lookup = sealing.derive(secret, salt=pepper, label="lookup")
    citizen = sealing.new_pair(entropy=sealing.derive(secret, salt=pepper, label="citizen"))
    # What the database holds is a digest of the lookup key: a row seen there is not what a visitor has to send.
    return ReceiptKeys(hashlib.sha256(lookup).digest(), citizen)
