"""Files that leave the house: evidence to look at, documents to keep."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from mingcha.ground.evidence import queries as evidence

if TYPE_CHECKING:
    from mingcha.ground.evidence.models import Evidence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shown(kept: "Evidence") -> HttpResponse:
    """Show a piece of evidence in the browser. The type is the one its bytes had when it was taken in."""
    return _sent(evidence.read(kept), kept.media_type, kept.name, attached=False)


def attached(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Hand out a document under a file name."""
    return _sent(content, media_type, name, attached=True)


def _sent(content: bytes, media_type: str, name: str, *, attached: bool) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(attached, name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
