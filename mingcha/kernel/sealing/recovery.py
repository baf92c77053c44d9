"""
Envelopes within envelopes: what two custodians open together, and neither alone.

One for each pair of three custodians makes two of three, with no scheme for splitting secrets.
"""

from mingcha.kernel.sealing.pairs import unwrap, wrap

INNER, OUTER = "second of two:", "first of two:"


def nested(secret: bytes, *, to_first: bytes, to_second: bytes, about: str) -> bytes:
    """Return `secret` sealed to the second custodian's public half, and that to the first's. Raises ValueError for one person."""
    if to_first == to_second:
        raise ValueError("two custodians are two keys")
    return wrap(wrap(secret, to=to_second, about=INNER + about), to=to_first, about=OUTER + about)


def open_nested(blob: bytes, *, first_private: bytes, second_private: bytes, about: str) -> bytes:
    """Return the secret. Raises SealBroken unless both halves, in their order, are those it was sealed to."""
    inner = unwrap(blob, private=first_private, about=OUTER + about)
    return unwrap(inner, private=second_private, about=INNER + about)
