"""Signatures (Ed25519, RFC 8032): what the offline root says of the directory of keys."""

import secrets
from dataclasses import dataclass, field

from nacl import bindings, exceptions

from mingcha.kernel.refusals import Refusal
from mingcha.kernel.sealing.envelopes import SUITE

SEED_BYTES = bindings.crypto_sign_SEEDBYTES
SIGNATURE_BYTES = bindings.crypto_sign_BYTES


class SignatureWrong(Refusal):
    """Another signer, another text, or not a signature at all."""

    message = "签名与内容不符，请勿使用这份文件，并向保管根密钥的人员核对。"
    status = 422


@dataclass(frozen=True)
class SignerPair:
    """Both halves, 32 bytes each. Printing one shows the public half only."""

    public: bytes
    private: bytes = field(repr=False)


def new_signer(*, entropy: bytes | None = None) -> SignerPair:
    """Return a fresh pair, or the one that 32 secret bytes of `entropy` always give."""
    seed = secrets.token_bytes(SEED_BYTES) if entropy is None else entropy
    return SignerPair(bindings.crypto_sign_seed_keypair(seed)[0], seed)


def sign(text: bytes, *, key: bytes) -> bytes:
    """Return the signature of the suite's name and `text`: the suite's name and 64 bytes. `key`: the private half."""
    _, secret = bindings.crypto_sign_seed_keypair(key)
    return SUITE + bindings.crypto_sign(SUITE + text, secret)[:SIGNATURE_BYTES]


def check_signature(text: bytes, signature: bytes, *, public: bytes) -> None:
    """Raise SignatureWrong unless the holder of the other half of `public` signed exactly this text."""
    suite, bare = signature[: len(SUITE)], signature[len(SUITE) :]
    if suite != SUITE or len(bare) != SIGNATURE_BYTES or len(public) != bindings.crypto_sign_PUBLICKEYBYTES:
        raise SignatureWrong
    try:
        bindings.crypto_sign_open(bare + SUITE + text, public)
    except exceptions.CryptoError:
        raise SignatureWrong from None
