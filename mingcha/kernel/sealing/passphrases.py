"""From what a person can remember to a key, slowly on purpose."""

import threading
import unicodedata

from nacl import bindings

SALT_BYTES = bindings.crypto_pwhash_SALTBYTES
# passes, bytes of memory. "light" guards nothing: it is for tests, which stretch by the hundred.
STRENGTHS = {"full": (3, 64 * 2**20), "light": (1, bindings.crypto_pwhash_argon2id_MEMLIMIT_MIN)}
# Two at once: a burst of unlocks queues up instead of taking all the memory.
AT_ONCE = threading.BoundedSemaphore(2)


def stretch(passphrase: str, *, salt: bytes, strength: str = "full") -> bytes:
    """
    Return a 32-byte key: Argon2id 1.3 (RFC 9106), 64 MiB, three passes, one lane, over 16 bytes of `salt`.

    The passphrase counts in NFKC without spaces around it, so that another keyboard's full-width letters do not matter.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    passes, memory = STRENGTHS[strength]
    plain = unicodedata.normalize("NFKC", passphrase).strip().encode()
    with AT_ONCE:
        return bindings.crypto_pwhash_alg(32, plain, salt, passes, memory, bindings.crypto_pwhash_ALG_ARGON2ID13)
