"""
Files, sealed while they stream: never whole in memory, never in clear on a disk.

1. The head is the suite's name and the stream's own head (24 bytes, drawn at random).
2. Then come chunks of 64 KiB of clear bytes and 17 more each (libsodium's secretstream). Each is authenticated in its
   place: none can be left out, doubled or moved, and the last one says that it is the last.
3. The last is padded to a whole chunk, so a sealed file tells its length only to the next 64 KiB.

Pieces of any size may be pushed, on either side.
"""

from collections.abc import Iterable, Iterator

from nacl import bindings, exceptions

from mingcha.kernel.sealing.envelopes import KEY_BYTES, SUITE, SealBroken, fill, unfill

CLEAR = 64 * 1024
SEALED = CLEAR + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
HEAD = len(SUITE) + bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class FileSealer:
    """Seals one file under a key of its own; a second file under the same key is safe too, for the head is drawn anew."""

    def __init__(self, key: bytes, *, about: str = "file") -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        head = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._out, self._rest = SUITE + head, b""
        self._place = SUITE + about.encode()
        self._ended = False

    def push(self, chunk: bytes, *, last: bool = False) -> bytes:
        """Take some clear bytes, return the sealed ones that are ready; with `last`, all of them. Then no more."""
        if self._ended:
            raise ValueError("the file has ended")
        out, self._out = [self._out], b""
        held = self._rest + chunk
        whole = len(held) // CLEAR * CLEAR
        out += [self._sealed(held[start : start + CLEAR], MESSAGE) for start in range(0, whole, CLEAR)]
        self._rest = held[whole:]
        if last:
            self._ended = True
            out.append(self._sealed(fill(self._rest, step=CLEAR), LAST))
            self._rest = b""
        return b"".join(out)

    def _sealed(self, clear: bytes, tag: int) -> bytes:
        return bindings.crypto_secretstream_xchacha20poly1305_push(self._state, clear, self._place, tag)


class FileOpener:
    """
    Opens what a FileSealer sealed.

    What `push` returns is authentic as far as it goes; that nothing is missing is known only after `end`.
    """

    def __init__(self, key: bytes, *, about: str = "file") -> None:
        if len(key) != KEY_BYTES:
            raise SealBroken
        self._key, self._place = key, SUITE + about.encode()
        self._state: bindings.crypto_secretstream_xchacha20poly1305_state | None = None
        self._rest, self._ended = b"", False

    def push(self, piece: bytes) -> bytes:
        """Take some sealed bytes, return the clear ones they complete. Raises SealBroken at the first wrong one."""
        held = self._rest + piece
        if self._state is None:
            if len(held) < HEAD:
                self._rest = held
                return b""
            held = self._begun(held)
        whole = len(held) // SEALED * SEALED
        self._rest = held[whole:]
        if self._ended and held:
            raise SealBroken
        return b"".join(self._opened(held[start : start + SEALED]) for start in range(0, whole, SEALED))

    def end(self) -> None:
        """Raise SealBroken unless the last chunk has been opened and nothing followed it."""
        if not self._ended or self._rest:
            raise SealBroken

    def _begun(self, held: bytes) -> bytes:
        if not held.startswith(SUITE):
            raise SealBroken
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        head = held[len(SUITE) : HEAD]
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, head, self._key)
        return held[HEAD:]

    def _opened(self, chunk: bytes) -> bytes:
        if self._ended or self._state is None:
            raise SealBroken
        try:
            clear, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, chunk, self._place)
        except (exceptions.CryptoError, RuntimeError):
            raise SealBroken from None
        self._ended = tag == LAST
        return unfill(clear) if self._ended else clear


def sealed_parts(pieces: Iterable[bytes], *, key: bytes, about: str = "file") -> Iterator[bytes]:
    """Yield a file, given in pieces, sealed."""
    sealer = FileSealer(key, about=about)
    for piece in pieces:
        yield sealer.push(piece)
    yield sealer.push(b"", last=True)


def opened_parts(pieces: Iterable[bytes], *, key: bytes, about: str = "file") -> Iterator[bytes]:
    """Yield a sealed file in clear. Raises SealBroken at the first wrong chunk, or at the end where some are missing."""
    opener = FileOpener(key, about=about)
    for piece in pieces:
        yield opener.push(piece)
    opener.end()
