"""Taking a file in: the bytes by hash, the row by the act that brings it."""

import hashlib
import os
import tempfile
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts.models import Person
from mingcha.ground.audit import actions as audit
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.evidence.queries import media_type, path
from mingcha.kernel.refusals import Refusal

LARGEST = 20 * 1024 * 1024


class NotEvidence(Refusal):
    message: ClassVar[str] = "“%(name)s”不是照片或 PDF：请上传 JPG、PNG 或 PDF 文件。"
    status: ClassVar[int] = 422


class FileTooLarge(Refusal):
    message: ClassVar[str] = "“%(name)s”超过 20 MB：请压缩后再上传。"
    status: ClassVar[int] = 422


@transaction.atomic
def keep(content: bytes, *, name: str, place: str = "", by: Person, at: datetime) -> Evidence:
    """
    Keep the bytes under their SHA-256 and return the row.

    The file is on disk, flushed, before the row exists: a row never points at nothing. Raises NotEvidence, FileTooLarge.
    """
    name = os.path.basename(name.replace("\\", "/"))[-120:] or "photo"
    if len(content) > LARGEST:
        raise FileTooLarge(name=name)
    kind = media_type(content)
    if not kind:
        raise NotEvidence(name=name)
    digest = hashlib.sha256(content).hexdigest()
    _store(content, digest)
    evidence = Evidence.objects.create(
        sha256=digest, size=len(content), media_type=kind, name=name, received_at=at, received_from=by, place=place
    )
    audit.record("evidence.keep", kind="evidence", key=evidence.pk, by=by, at=at, detail={"sha256": digest})
    return evidence


def _store(content: bytes, digest: str) -> None:
    kept = path(digest)
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Same folder, so that the rename is atomic; flushed first, so that a crash leaves no half file under a hash.
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as temporary:
        temporary.write(content)
        temporary.flush()
        os.fsync(temporary.fileno())
    os.chmod(temporary.name, 0o640)
    os.replace(temporary.name, kept)
    folder = os.open(kept.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
