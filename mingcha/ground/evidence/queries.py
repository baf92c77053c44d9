"""Reading a file back, and proving it is the one handed in."""

import hashlib
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from mingcha.ground.evidence.models import Evidence
from mingcha.kernel.refusals import Refusal


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
    try:
        content = path(evidence.sha256).read_bytes()
    except OSError as error:
        raise Altered from error
    if hashlib.sha256(content).hexdigest() != evidence.sha256:
        raise Altered
    return content


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
PICTURES = ("image/jpeg", "image/png", "image/webp")
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
