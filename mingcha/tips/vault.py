"""
Sealed files: a stream goes to disk as ciphertext only, named at the end by the hash of that ciphertext.

1. An upload handler pushes what arrives into `Sealing`: clear bytes stay in memory, 64 KiB at a time.
2. `finish` gives `Uploaded`: the file lies in incoming/, its key in memory alone.
3. `enclosed` makes the records of a tip for it: the original under the identity key, a copy without metadata, sealed
   anew, under the tip's. `keep` puts both at files/<aa>/<digest>.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Semaphore
from types import TracebackType
from typing import ClassVar, Self

from django.conf import settings

from mingcha.kernel import sealing
from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal
from mingcha.tips import boxes
from mingcha.tips.models import Record, SealedFile, Tip
from mingcha.tips.states import Author, RecordKind

LARGEST = 20 * 1024 * 1024
MOST = 5
# Bytes that stay free on the disk, which is as a rule the database's too: uploads come before any proof of work.
FLOOR = 2 * 1024**3
ABOUT = "tips file"
DIGEST = re.compile(r"[0-9a-f]{64}")
ENDING = re.compile(r"\.[0-9a-z]{1,5}")
# A picture may need a hundred megabytes while it is cleaned.
_one_at_a_time = Semaphore(1)


class FileTooLarge(Refusal):
    message: ClassVar[str] = "附件每个不超过20 MB。请压缩或者分开后再送。"
    status: ClassVar[int] = 413


class TooManyFiles(Refusal):
    message: ClassVar[str] = "一次最多送5个附件，其余的可以送出后再补充。"
    status: ClassVar[int] = 413


class NoRoom(Refusal):
    message: ClassVar[str] = "附件暂时收不下。请先不带附件提交，过后再用查询码补充附件。"
    status: ClassVar[int] = 503


class FileGone(Refusal):
    message: ClassVar[str] = "没有找到这个附件，可能已按期销毁。"
    status: ClassVar[int] = 404


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
        """Begin a file. Raises NoRoom."""
        if shutil.disk_usage(_incoming()).free < FLOOR:
            raise NoRoom
        self.name, self.type = plain_name(name), type[:100]
        self._key = sealing.new_key()
        self._sealer = sealing.FileSealer(self._key, about=ABOUT)
        self._hash = hashlib.sha256()
        self._size = 0
        self._place = _incoming() / secrets.token_hex(16)
        self._file = self._place.open("xb")

    def push(self, piece: bytes) -> None:
        """Seal a piece of any length. Raises FileTooLarge."""
        self._size += len(piece)
        if self._size > LARGEST:
            self.drop()
            raise FileTooLarge
        self._write(self._sealer.push(piece))

    def finish(self) -> Uploaded:
        """Close the file; an empty one is a file, too."""
        self._write(self._sealer.push(b"", last=True))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Uploaded(self.name, self.type, self._size, self._hash.hexdigest(), self._key, self._place)

    def drop(self) -> None:
        """Throw away what was taken in."""
        self._file.close()
        self._place.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            self.drop()

    def _write(self, sealed: bytes) -> None:
        self._hash.update(sealed)
        self._file.write(sealed)


@dataclass(frozen=True)
class Enclosed:
    """What files leave behind in a tip: their records and rows, unsaved, and where each comes to lie."""

    records: tuple[Record, ...] = ()
    files: tuple[SealedFile, ...] = ()
    moves: tuple[Uploaded, ...] = ()

    def keep(self) -> None:
        """Put the files where they are looked for. Before the rows: a row without its file is worse than the reverse."""
        for each in self.moves:
            target = place_of(each.digest)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.place.rename(target)
            for each_place in (target, target.parent):  # the hour it came stands sealed in its record
                os.utime(each_place, (0, 0))

    def unkeep(self) -> None:
        """Put the uploads back where they came from: they may be sent again. Copies made of them go."""
        originals = {record.pk for record in self.records if record.identity}
        for row, each in zip(self.files, self.moves, strict=True):
            if row.record_id in originals and place_of(each.digest).exists():
                place_of(each.digest).rename(each.place)
                os.utime(each.place)  # or the next sweep takes it before it is sent again
            else:
                place_of(each.digest).unlink(missing_ok=True)


def enclosed(tip: Tip, uploads: Sequence[Uploaded], *, at: datetime, first: int = 1) -> Enclosed:
    """
    Return what belongs to a tip for these uploads: each original under the identity key, a copy without metadata under
    the tip's.

    A copy is called after its number (`first` and on): a file's name may say whose it is. Of what cannot be cleaned, a
    recording for one, readers are told that it is there; its original is opened by the keeper of identities.
    Raises TooManyFiles.
    """
    if len(uploads) > MOST:
        raise TooManyFiles
    records, files, moves = [], [], []
    for number, upload in enumerate(uploads, first):
        original = _record(tip, upload, name=upload.name, of="", stripped=False, at=at, identity=True)
        with _one_at_a_time:
            copy = _clean_copy(upload, number=number)
        shown = copy or replace(upload, name=_numbered(number, upload.name), digest="", key=b"")
        reader = _record(tip, shown, name=shown.name, of=str(original.pk), stripped=copy is not None, at=at)
        records += [original, reader]
        for record, each in ((original, upload), (reader, copy)):
            if each is not None:
                files.append(SealedFile(digest=each.digest, record=record, size=each.place.stat().st_size))
                moves.append(each)
    return Enclosed(tuple(records), tuple(files), tuple(moves))


def _record(
    tip: Tip, file: Uploaded, *, name: str, of: str, stripped: bool, at: datetime, identity: bool = False
) -> Record:
    content = {
        "name": name, "type": file.type, "size": file.size, "digest": file.digest, "key": file.key.hex(),
        "stripped": stripped, "of": of,
    }  # fmt: skip
    return boxes.seal_record(
        tip, kind=RecordKind.FILE, author=Author.CITIZEN, content=content, at=at, identity=identity
    )


def _clean_copy(upload: Uploaded, *, number: int) -> Uploaded | None:
    """Return a copy without metadata, sealed under a key of its own; None for what cannot be cleaned."""
    from mingcha.kernel import stripping  # noqa: PLC0415 - loads what reads pictures and papers

    try:
        clean = stripping.stripped(b"".join(_opened(upload.place, upload.key)), name=upload.name)
    except Refusal:
        return None
    if clean is None:
        return None
    with Sealing(name=_numbered(number, upload.name), type=clean.kind) as sealer:
        sealer.push(clean.data)
        return sealer.finish()


def read(digest: str, *, key: bytes) -> Iterator[bytes]:
    """Yield a kept file in clear, piece by piece. Raises SealBroken for anything but what was sealed, FileGone."""
    try:
        yield from _opened(place_of(digest), key)
    except FileNotFoundError:
        raise FileGone from None


def remove(digests: Iterable[str]) -> None:
    """Throw kept files away; one that is not there is no error."""
    for digest in digests:
        place_of(digest).unlink(missing_ok=True)


def sweep(*, before: float) -> int:
    """Throw away what was left in incoming/ since before a time (POSIX seconds); return how many."""
    left = [path for path in _incoming().iterdir() if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def place_of(digest: str) -> Path:
    """Return where a kept file lies. Raises FileGone for what is no digest."""
    if not DIGEST.fullmatch(digest):
        raise FileGone
    return Path(settings.MINGCHA_TIPS_DIR) / "files" / digest[:2] / digest


def plain_name(name: str) -> str:
    """Return a file's name without folders and without what nobody sees, at most 120 characters, its ending kept."""
    last = legible(name).replace("\\", "/").rpartition("/")[2].strip()
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:19]}" if stem else last[:120]


def _numbered(number: int, name: str) -> str:
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    return f"附件{number}{ending if ENDING.fullmatch(ending) else ''}"


def _opened(place: Path, key: bytes) -> Iterator[bytes]:
    with place.open("rb") as file:
        yield from sealing.opened_parts(iter(lambda: file.read(256 * 1024), b""), key=key, about=ABOUT)


def _incoming() -> Path:
    folder = Path(settings.MINGCHA_TIPS_DIR) / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
