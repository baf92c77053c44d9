"""
Keys and envelopes.

An envelope is: suite name (5 bytes) · nonce (24 bytes) · ciphertext with its 16-byte tag. The suite name lets a later
cipher stand beside this one; it is authenticated, as is `about`, which binds an envelope to its purpose and place
(say "draw 17, list of team 3"), so that it cannot be opened as something else.
"""

import secrets

from nacl import bindings, exceptions

from mingcha.kernel.refusals import Refusal

SUITE = b"MCX1:"  # XChaCha20-Poly1305; 192-bit nonces may be drawn at random without counting
KEY_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
TAG_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
PADDED = "padded:"


class SealBroken(Refusal):
    """The envelope cannot be opened: another key, another purpose, or not the bytes that were sealed."""

    message = "封存内容打不开，密钥不符或内容已被改动，请联系管理员核对原件。"
    status = 422


def new_key(*, entropy: bytes | None = None) -> bytes:
    """Return a fresh 32-byte key; `entropy` (32 secret bytes) takes the place of the system's randomness."""
    key = secrets.token_bytes(KEY_BYTES) if entropy is None else entropy
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return key


def seal(plain: bytes, *, key: bytes, about: str, entropy: bytes | None = None) -> bytes:
    """
    Return `plain` in an envelope that only `key` opens, and only with the same `about`. It is 45 bytes longer.

    `entropy`: 24 bytes for the nonce, for replay in tests. Two envelopes under one key must never share them.
    """
    nonce = secrets.token_bytes(NONCE_BYTES) if entropy is None else entropy
    if len(nonce) != NONCE_BYTES or len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, a nonce {NONCE_BYTES}")
    sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, SUITE + about.encode(), nonce, key)
    return SUITE + nonce + sealed


def open_sealed(envelope: bytes, *, key: bytes, about: str) -> bytes:
    """Return what was sealed. Raises SealBroken for a wrong key, a wrong `about`, or any changed or missing byte."""
    start = len(SUITE) + NONCE_BYTES
    suite, nonce, sealed = envelope[: len(SUITE)], envelope[len(SUITE) : start], envelope[start:]
    if suite != SUITE or len(sealed) < TAG_BYTES or len(key) != KEY_BYTES:
        raise SealBroken
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, SUITE + about.encode(), nonce, key)
    except exceptions.CryptoError:
        raise SealBroken from None


def fill(plain: bytes, *, step: int) -> bytes:
    """Return `plain`, one byte 0x80 and zeros up to a multiple of `step` bytes (ISO/IEC 7816-4); at least one byte more."""
    return plain + b"\x80" + bytes(-(len(plain) + 1) % step)


def unfill(padded: bytes) -> bytes:
    """Return what was padded. Raises SealBroken where no padding is: call it only on bytes that were authenticated."""
    plain = padded.rstrip(b"\0")
    if not plain.endswith(b"\x80"):
        raise SealBroken
    return plain[:-1]


def seal_padded(plain: bytes, *, key: bytes, about: str, pad: int = 512) -> bytes:
    """Return an envelope whose length tells that of `plain` only to the next `pad` bytes. Not to be opened as a bare one."""
    return seal(fill(plain, step=pad), key=key, about=PADDED + about)


def open_padded(envelope: bytes, *, key: bytes, about: str) -> bytes:
    """Return what was sealed by `seal_padded`, of whatever step. Raises SealBroken as `open_sealed` does."""
    return unfill(open_sealed(envelope, key=key, about=PADDED + about))
