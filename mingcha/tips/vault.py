"""
Sealed files: a stream goes to disk as ciphertext only, named at the end by the hash of that ciphertext.

1. An upload handler pushes what arrives into `Sealing`: clear bytes stay in memory, 64 KiB at a time.
2. `finish` gives `Uploaded`: the file lies in incoming/, its key in memory alone.
3. `keep` puts it at files/<aa>/<digest>, and beside it a copy without metadata, under a key of its own.
"""

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from mingcha.kernel.refusals import Refusal

LARGEST = 20 * 1024 * 1024
MOST = 5


class FileTooLarge(Refusal):
    message: ClassVar[str] = "附件每个不超过20 MB。请压缩或者分开后再送。"
    status: ClassVar[int] = 413


class TooManyFiles(Refusal):
    message: ClassVar[str] = "一次最多送5个附件，其余的可以送出后再补充。"
    status: ClassVar[int] = 413


@dataclass(frozen=True)
class Uploaded:
    """A file that lies sealed in incoming/. `size` is of the clear bytes; name and type as the browser said them."""

    name: str = field(repr=False)
    type: str = field(repr=False)
    size: int
    digest: str
    key: bytes = field(repr=False)
    place: Path


class Sealing:
    """Takes one upload: `push` pieces, then `finish`; left without finishing, nothing stays behind."""

    def __init__(self, *, name: str, type: str) -> None:
        raise NotImplementedError

    def push(self, piece: bytes) -> None:
        """Seal a piece of any length. Raises FileTooLarge."""
        raise NotImplementedError

    def finish(self) -> Uploaded:
        """Close the file; an empty one is a file, too."""
        raise NotImplementedError

    def drop(self) -> None:
        """Throw away what was taken in."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError
