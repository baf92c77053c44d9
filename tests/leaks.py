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

LARGEST = 256_000_000


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

    def __post_init__(self) -> None:
        self.patterns = {
            pattern: (word, name) for word in self.words for name, pattern in encodings(word) if len(pattern) >= 8
        }
        for secret in self.raw:
            shown = f"raw {secret[:2].hex()}…"
            self.patterns |= {secret: (shown, "raw")} | {p: (shown, name) for name, p in _of_bytes(secret)}

    def found_in(self, places: Iterable[Path]) -> set[tuple[str, str, str]]:
        """Return (file, secret, encoding) of each secret found under the places; what vanishes meanwhile is passed over."""
        return {
            (str(path), *of)
            for path in _files(places)
            for content in _contents(path)
            for pattern, of in self.patterns.items()
            if pattern in content
        }

    def found_in_text(self, name: str, text: bytes) -> set[tuple[str, str, str]]:
        """Return the same for bytes that lie in no file."""
        return {(name, *of) for pattern, of in self.patterns.items() if pattern in text}


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
