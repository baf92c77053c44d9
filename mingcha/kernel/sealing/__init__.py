"""
Keys, envelopes, marks and signatures. No other module of the house touches a primitive.

All of them are one suite, named in the first five bytes of every blob: XChaCha20-Poly1305 for what is under a key,
libsodium's sealed box (X25519) for what is under a public half, its secretstream for files, HKDF-SHA256, HMAC-SHA256,
Argon2id and Ed25519. Another suite would be another name, and both would be opened.

`about` binds a blob to its purpose and place; `entropy` replays a test and is never given elsewhere.
"""

from mingcha.kernel.sealing.envelopes import (
    KEY_BYTES,
    NONCE_BYTES,
    SUITE,
    TAG_BYTES,
    SealBroken,
    new_key,
    open_padded,
    open_sealed,
    seal,
    seal_padded,
)
from mingcha.kernel.sealing.files import FileOpener, FileSealer, opened_parts, sealed_parts
from mingcha.kernel.sealing.marks import derive, mark, marked
from mingcha.kernel.sealing.pairs import Pair, new_pair, open_from, public_of, seal_to, unwrap, wrap
from mingcha.kernel.sealing.passphrases import stretch
from mingcha.kernel.sealing.recovery import nested, open_nested
from mingcha.kernel.sealing.signatures import SignatureWrong, SignerPair, check_signature, new_signer, sign

__all__ = [
    "KEY_BYTES",
    "NONCE_BYTES",
    "SUITE",
    "TAG_BYTES",
    "FileOpener",
    "FileSealer",
    "Pair",
    "SealBroken",
    "SignatureWrong",
    "SignerPair",
    "check_signature",
    "derive",
    "mark",
    "marked",
    "nested",
    "new_key",
    "new_pair",
    "new_signer",
    "open_from",
    "open_nested",
    "open_padded",
    "open_sealed",
    "opened_parts",
    "public_of",
    "seal",
    "seal_padded",
    "seal_to",
    "sealed_parts",
    "sign",
    "stretch",
    "unwrap",
    "wrap",
]
