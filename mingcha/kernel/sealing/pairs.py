"""
Pairs of keys (X25519): anybody may seal to the public half, only the private half opens.

Who wrote a blob is not shown by it: a sealed box names no sender. Where that matters, a mark stands beside it.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from nacl import bindings, exceptions

from mingcha.kernel.sealing.envelopes import SUITE, SealBroken, new_key, open_padded, seal_padded

HALF_BYTES = bindings.crypto_box_PUBLICKEYBYTES
BOX_BYTES = bindings.crypto_box_SEALBYTES  # what a sealed box adds: a public half and a tag
DIGEST_BYTES = hashlib.sha256().digest_size
# A wrapped content key: suite, sealed box, the key and the digest of what it is about.
WRAP_BYTES = len(SUITE) + BOX_BYTES + 32 + DIGEST_BYTES


@dataclass(frozen=True)
class Pair:
    """Both halves, 32 bytes each. Printing one shows the public half only."""

    public: bytes
    private: bytes = field(repr=False)


def new_pair(*, entropy: bytes | None = None) -> Pair:
    """Return a fresh pair, or the one that 32 secret bytes of `entropy` always give."""
    private = secrets.token_bytes(HALF_BYTES) if entropy is None else entropy
    return Pair(public_of(private), private)


def public_of(private: bytes) -> bytes:
    """Return the public half (RFC 7748). Raises ValueError unless `private` has 32 bytes."""
    _whole(private)
    return bindings.crypto_scalarmult_base(private)


def wrap(secret: bytes, *, to: bytes, about: str) -> bytes:
    """
    Return `secret`, a key as a rule, in a sealed box for the public half `to`; 85 bytes longer.

    The digest of `about` lies in the box, so that a wrap moved to another place is noticed. Raises ValueError for
    a public half that is none.
    """
    _whole(to)
    try:
        return SUITE + bindings.crypto_box_seal(secret + _digest(about), to)
    except (exceptions.CryptoError, RuntimeError):
        # One of the few points for which every private half gives the same key: never from `new_pair`.
        raise ValueError("this public half is no key") from None


def unwrap(blob: bytes, *, private: bytes, about: str) -> bytes:
    """Return what was wrapped. Raises SealBroken for another key, another `about`, or any changed byte."""
    if len(private) != HALF_BYTES or not blob.startswith(SUITE) or len(blob) < len(SUITE) + BOX_BYTES + DIGEST_BYTES:
        raise SealBroken
    try:
        plain = bindings.crypto_box_seal_open(blob[len(SUITE) :], bindings.crypto_scalarmult_base(private), private)
    except (exceptions.CryptoError, RuntimeError):
        raise SealBroken from None
    secret, digest = plain[:-DIGEST_BYTES], plain[-DIGEST_BYTES:]
    if not hmac.compare_digest(digest, _digest(about)):
        raise SealBroken
    return secret


def seal_to(plain: bytes, *, to: bytes, about: str, pad: int = 512) -> bytes:
    """
    Return `plain` under a fresh key that is wrapped to `to`; its length is told only to the next `pad` bytes.

    162 bytes more than the padded text.
    """
    key = new_key()
    return wrap(key, to=to, about=KEY + about) + seal_padded(plain, key=key, about=about, pad=pad)


def open_from(blob: bytes, *, private: bytes, about: str) -> bytes:
    """Return what `seal_to` sealed. Raises SealBroken as `unwrap` does."""
    key = unwrap(blob[:WRAP_BYTES], private=private, about=KEY + about)
    return open_padded(blob[WRAP_BYTES:], key=key, about=about)


KEY = "content key:"


def _digest(about: str) -> bytes:
    return hashlib.sha256(SUITE + about.encode()).digest()


def _whole(half: bytes) -> None:
    if len(half) != HALF_BYTES:
        raise ValueError(f"half a pair has {HALF_BYTES} bytes, not {len(half)}")
