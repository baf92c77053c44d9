"""Reading a file back, and proving it is the one handed in; or what others may see of it."""

import hashlib
import io
import threading
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from mingcha.ground.evidence.models import PICTURES, Evidence, Rendering
from mingcha.kernel import pictures
from mingcha.kernel.refusals import Refusal

_alone = threading.Lock()


class Altered(Refusal):
    message: ClassVar[str] = "这份文件与接收时不一致，或已丢失，不能当证据打开。请告诉系统管理员。"


# By content, never by name: the first bytes decide.
SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}


def path(sha256: str) -> Path:
    """Return where the bytes with this hash are kept: evidence/ab/cd/abcd…"""
    return Path(settings.MINGCHA_EVIDENCE_DIR) / sha256[:2] / sha256[2:4] / sha256


def read(evidence: Evidence) -> bytes:
    """Return the bytes as they were handed in. Raises Altered where they are not, or are gone."""
    content = _read(evidence.sha256)
    if content is None:
        raise Altered
    return content


def verified(evidence: Evidence) -> Path:
    """
    Return the file of a long recording, hashed piece by piece. Raises Altered.

    A player asks for one recording in many pieces: it is hashed again only when the file's size, time or place on the
    disk has changed. Checking on a schedule instead would play a damaged file as proof until the next round.
    """
    kept = path(evidence.sha256)
    try:
        found = kept.stat()
        digest = _digest(kept, found.st_size, found.st_mtime_ns, found.st_ino)
    except OSError as error:
        raise Altered from error
    if digest != evidence.sha256:
        raise Altered
    return kept


@lru_cache(maxsize=1000)
def _digest(kept: Path, _size: int, _mtime: int, _inode: int) -> str:
    with kept.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_picture(evidence: Evidence) -> bool:
    return evidence.media_type in PICTURES


def view(evidence: Evidence, *, small: bool = False) -> bytes:
    """
    Return a picture as others may see it, a JPEG: as rendered in the background, else made now. Never the original.

    Raises NoPicture of kernel.pictures, Altered.
    """
    made = Rendering.objects.filter(evidence=evidence).first()
    if made is not None:
        digest = made.thumb_sha256 if small else made.view_sha256
        if not digest:
            raise pictures.NoPicture
        content = _read(digest)
        if content is not None:
            return content
    # A full-sized picture takes up to half a gigabyte while it is unpacked.
    with _alone:
        rendered = pictures.render(io.BytesIO(read(evidence)))
    return rendered.thumb if small else rendered.view


def _read(digest: str) -> bytes | None:
    try:
        content = path(digest).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def to_render(*, after: int) -> Evidence | None:
    """Return the first picture beyond that number which has no rendering yet; reads one entry of a small index."""
    waiting = Evidence.objects.filter(rendered=False, media_type__in=PICTURES, pk__gt=after)
    return waiting.order_by("pk").first()


def intact(evidence: Evidence) -> bool:
    """Return whether the kept bytes still have the recorded hash."""
    try:
        read(evidence)
    except Altered:
        return False
    return True


# What else a phone may send with a form: a voice note, a short film.
RECORDINGS = {
    b"\x1aE\xdf\xa3": "audio/webm",
    b"OggS": "audio/ogg",
    b"#!AMR": "audio/amr",
    b"ID3": "audio/mpeg",
    b"\xff\xf1": "audio/aac",
    b"\xff\xf9": "audio/aac",
}
BOXED = {b"RIFFWEBP": "image/webp", b"RIFFWAVE": "audio/wav"}
ENOUGH = 16  # bytes of a file that decide its type


def media_type(content: bytes) -> str:
    """Return the type that the first bytes show, of a picture or PDF; "" for what is not taken."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), "")


def sent_type(content: bytes) -> str:
    """Return the type that the first bytes show, of anything a phone sends; what is unknown is never shown, only kept."""
    if content[4:8] == b"ftyp":
        return "audio/mp4" if content[8:11] == b"M4A" else "video/mp4"
    boxed = BOXED.get(content[:4] + content[8:12])
    recorded = (kind for start, kind in RECORDINGS.items() if content.startswith(start))
    return media_type(content) or boxed or next(recorded, "application/octet-stream")
