"""Reading a file back, and proving it is the one handed in."""

import hashlib
from pathlib import Path

from django.conf import settings

from mingcha.ground.evidence.models import Evidence


def path(sha256: str) -> Path:
    """Return where the bytes with this hash are kept: evidence/ab/cd/abcd…"""
    return Path(settings.MINGCHA_EVIDENCE_DIR) / sha256[:2] / sha256[2:4] / sha256


def read(evidence: Evidence) -> bytes:
    return path(evidence.sha256).read_bytes()


def intact(evidence: Evidence) -> bool:
    """Return whether the kept bytes still have the recorded hash."""
    kept = path(evidence.sha256)
    return kept.exists() and hashlib.sha256(kept.read_bytes()).hexdigest() == evidence.sha256
