"""Keys from keys, and marks that only the holder of a key can make."""

import hashlib
import hmac

from mingcha.kernel.sealing.envelopes import SUITE

DIGEST = hashlib.sha256().digest_size


def derive(secret: bytes, *, salt: bytes, label: str, length: int = 32) -> bytes:
    """
    Return `length` bytes (at most 8160) that `secret` gives for this `label` and no other: HKDF-SHA256 (RFC 5869).

    For secrets that nobody can guess. A passphrase is stretched instead.
    """
    if not 0 < length <= 255 * DIGEST:
        raise ValueError(f"from 1 to {255 * DIGEST} bytes can be derived, not {length}")
    return expand(hmac.digest(salt, secret, "sha256"), info=label.encode(), length=length)


def expand(key: bytes, *, info: bytes, length: int) -> bytes:
    """The second half of HKDF (RFC 5869, 2.3)."""
    made = block = b""
    for number in range(1, -(-length // DIGEST) + 1):
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        made += block
    return made[:length]


def mark(blob: bytes, *, key: bytes, about: str) -> bytes:
    """Return 32 bytes (HMAC-SHA256) by which a holder of `key` knows this blob at this place again."""
    place = about.encode()
    return hmac.digest(key, SUITE + len(place).to_bytes(4, "big") + place + blob, "sha256")


def marked(blob: bytes, mark: bytes, *, key: bytes, about: str) -> bool:
    """Whether the mark is the one for this blob, key and place; takes the same time for each wrong one."""
    return hmac.compare_digest(_mark(blob, key=key, about=about), mark)


_mark = mark
