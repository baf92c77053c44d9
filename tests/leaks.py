"""
A search for secrets in whatever a machine keeps: files of any kind, and what a zip or gzip among them holds.

    secrets = Secrets(words=["惊蛰-7f31"], raw=[private])
    secrets.found_in([folder])     {(file, secret, encoding), …}

A word is looked for in UTF-8, UTF-16, GB 18030, hexadecimal, base64 at its three offsets (also as browsers write it), JSON
escapes and percent signs; raw bytes as they are, in hexadecimal and in base64. What base64 breaks over lines is found too.
"""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np

LARGEST = 256_000_000
LEAST = 8  # bytes of a pattern


def encodings(word: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name of the encoding, how the word stands in it)."""
    yield "utf-8", word.encode()
    yield "utf-16-le", word.encode("utf-16-le")
    yield "utf-16-be", word.encode("utf-16-be")
    yield "gb18030", word.encode("gb18030")
    for escaped in (json.dumps(word)[1:-1], json.dumps(word)[1:-1].upper().replace("\\U", "\\u")):
        yield "json", escaped.encode()
    for percent in (quote(word, safe=""), quote(word, safe="").lower()):
        yield "percent", percent.encode()
    yield from _of_bytes(word.encode())


def _of_bytes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "hex", raw.hex().encode()
    yield "hex", raw.hex().upper().encode()
    for offset in range(3):
        # Only whole groups of four stand wherever the bytes begin: what is before and after shares the outer ones.
        inner = raw[(3 - offset) % 3 :]
        coded = base64.b64encode(inner[: len(inner) // 3 * 3])
        yield "base64", coded
        yield "base64", coded.replace(b"+", b"-").replace(b"/", b"_")


@dataclass
class Secrets:
    """What must be nowhere: `words` as anybody may have typed them, `raw` bytes such as private keys."""

    words: Iterable[str]
    raw: Iterable[bytes] = ()
    patterns: dict[bytes, tuple[str, str]] = field(init=False)
    _begins: dict[bytes, list[bytes]] = field(init=False)
    _pairs: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.patterns = {
            pattern: (word, name) for word in self.words for name, pattern in encodings(word) if len(pattern) >= LEAST
        }
        for secret in self.raw:
            shown = f"raw {secret[:2].hex()}…"
            self.patterns |= {secret: (shown, "raw")} | {p: (shown, name) for name, p in _of_bytes(secret)}
        self._begins = {pattern[:LEAST]: [] for pattern in self.patterns}
        for pattern in self.patterns:
            self._begins[pattern[:LEAST]].append(pattern)
        # Which two bytes stand at the first, third, fifth and seventh place of any pattern: few places pass all four.
        self._pairs = [np.zeros(1 << 16, bool) for _ in range(0, LEAST, 2)]
        for begin in self._begins:
            for place, pairs in enumerate(self._pairs):
                pairs[int.from_bytes(begin[2 * place : 2 * place + 2], "big")] = True

    def _in(self, content: bytes) -> Iterator[tuple[str, str]]:
        """Yield (secret, encoding) of what stands in these bytes, all patterns in one pass."""
        if len(content) < LEAST:
            return
        single = np.frombuffer(content, np.uint8).astype(np.uint16)
        pairs = single[:-1] << 8 | single[1:]
        last = len(content) - LEAST + 1
        passing = self._pairs[0][pairs[:last]]
        for place, known in enumerate(self._pairs[1:], 1):
            passing &= known[pairs[2 * place : 2 * place + last]]
        for start in map(int, np.flatnonzero(passing)):
            for pattern in self._begins.get(content[start : start + LEAST], ()):
                if content.startswith(pattern, start):
                    yield self.patterns[pattern]

    def found_in(self, places: Iterable[Path]) -> set[tuple[str, str, str]]:
        """Return (file, secret, encoding) of each secret found under the places; what vanishes meanwhile is passed over."""
        return {(str(path), *of) for path in _files(places) for content in _contents(path) for of in self._in(content)}

    def found_in_text(self, name: str, text: bytes) -> set[tuple[str, str, str]]:
        """Return the same for bytes that lie in no file."""
        return {(name, *of) for of in self._in(text)}


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


def _contents(path: Path) -> Iterator[bytes]:
    try:
        if path.stat().st_size > LARGEST:
            raise AssertionError(f"{path} is too large to look through")
        content = path.read_bytes()
    except FileNotFoundError:
        return
    yield content
    if content.isascii() and b"\n" in content:
        yield content.replace(b"\n", b"").replace(b"\r", b"")
    yield from _unpacked(content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode() + b"\n" + packed.read(name)
