"""Taking a file in: the bytes by hash, the row by the act that brings it."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, ClassVar

from django.conf import settings
from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.evidence.models import Evidence, Rendering
from mingcha.ground.evidence.queries import ENOUGH, media_type, path, sent_type
from mingcha.kernel.refusals import Refusal

LARGEST = 20 * 1024 * 1024


class NotEvidence(Refusal):
    message: ClassVar[str] = "“%(name)s”不是照片或 PDF：请上传 JPG、PNG 或 PDF 文件。"
    status: ClassVar[int] = 422


class FileTooLarge(Refusal):
    message: ClassVar[str] = "“%(name)s”超过 20 MB：请压缩后再上传。"
    status: ClassVar[int] = 422


@transaction.atomic
def keep(content: bytes, *, name: str, place: str = "", by: Person | audit.Actor, at: datetime) -> Evidence:
    """
    Keep the bytes under their SHA-256 and return the row; whoever has no account is kept by the name they gave.

    The file is on disk, flushed, before the row exists: a row never points at nothing. Raises NotEvidence, FileTooLarge.
    """
    name = os.path.basename(name.replace("\\", "/"))[-120:] or "photo"
    if len(content) > LARGEST:
        raise FileTooLarge(name=name)
    kind = media_type(content)
    if not kind:
        raise NotEvidence(name=name)
    digest = store(content)
    evidence = Evidence.objects.create(
        sha256=digest, size=len(content), media_type=kind, name=name, received_at=at, place=place,
        received_from=by if isinstance(by, Person) else None,
        received_as="" if isinstance(by, Person) else by.name[:80],
    )  # fmt: skip
    audit.record("evidence.keep", kind="evidence", key=evidence.pk, by=by, at=at, detail={"sha256": digest})
    return evidence


@transaction.atomic
def keep_rendering(evidence: Evidence, *, view: str, thumb: str, by: None = None, at: datetime) -> bool:
    """
    Note which files others see instead of a picture, "" where it could not be read; return whether nobody had yet.

    No act on record: whoever has the original can make the same again.
    """
    if not Evidence.objects.filter(pk=evidence.pk, rendered=False).update(rendered=True):
        return False
    Rendering.objects.create(evidence=evidence, view_sha256=view, thumb_sha256=thumb, made_at=at)
    return True


@transaction.atomic
def hand_out(evidence: Evidence, *, division: str, body: str = "", by: Person, at: datetime) -> None:
    """Put on record that somebody takes an original away, with all that the camera wrote into it."""
    audit.record(
        "evidence.original", kind="evidence", key=evidence.pk, by=by, at=at, division=division, body=body,
        detail={"sha256": evidence.sha256},
    )  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """Bytes that lie under their hash; the row that speaks of them is still to be written."""

    name: str
    sha256: str
    size: int
    media_type: str

    @property
    def personal(self) -> bool:
        """Whether the phone has marked it as showing somebody who is inspected by nobody."""
        return ".personal." in self.name


class Incoming:
    """
    A file on its way in: hashed while it is written, never whole in memory. `settle` puts it in its place.

    Whoever begins one must settle or discard it. What a crash leaves in the folder `incoming` is swept at start.
    """

    def __init__(self, name: str, *, largest: int = LARGEST) -> None:
        self.name, self._largest = name, largest
        self._digest, self._size, self._head = hashlib.sha256(), 0, b""
        folder = Path(settings.MINGCHA_EVIDENCE_DIR) / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115  (settle or discard closes it)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises FileTooLarge; then nothing is kept."""
        self._size += len(chunk)
        if self._size > self._largest:
            self.discard()
            raise FileTooLarge(name=self.name)
        if len(self._head) < ENOUGH:
            self._head += chunk[: ENOUGH - len(self._head)]
        self._digest.update(chunk)
        self._file.write(chunk)

    def settle(self) -> Stored:
        """Put the bytes under their hash, flushed to the disk, and say what they are."""
        digest = self._digest.hexdigest()
        kept = path(digest)
        if kept.exists():
            self.discard()
        else:
            kept.parent.mkdir(parents=True, exist_ok=True)
            _move_into(self._file, kept)
        return Stored(self.name, digest, self._size, sent_type(self._head))

    def discard(self) -> None:
        """Throw away what was written; safe to do twice, or after settling."""
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)


def sweep() -> int:
    """Remove what a crash left half-received; return how many files. Only at start, before anything comes in."""
    left = list((Path(settings.MINGCHA_EVIDENCE_DIR) / "incoming").glob("tmp*"))
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)


def store(content: bytes) -> str:
    """Put bytes under their hash, flushed to the disk, and return the hash."""
    digest = hashlib.sha256(content).hexdigest()
    kept = path(digest)
    if kept.exists():
        return digest
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as temporary:
        temporary.write(content)
        _move_into(temporary, kept)
    return digest


def _move_into(temporary: IO[bytes], kept: Path) -> None:
    # Same disk, so that the rename is atomic; flushed first, so that a crash leaves no half file under a hash.
    temporary.flush()
    os.fsync(temporary.fileno())
    temporary.close()
    os.chmod(temporary.name, 0o640)
    os.replace(temporary.name, kept)
    folder = os.open(kept.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
