"""Files that leave the house: evidence to look at, documents to keep."""

import re
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from mingcha.doors.hall.middleware import POLICY
from mingcha.ground.evidence import queries as evidence

if TYPE_CHECKING:
    from mingcha.ground.evidence.models import Evidence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shown(kept: "Evidence") -> HttpResponse:
    """Show a piece of evidence in the browser. The type is the one its bytes had when it was taken in."""
    return _sent(evidence.read(kept), kept.media_type, kept.name, attached=False)


def is_shown(kept: "Evidence") -> bool:
    """Return whether a browser shows or plays it; what nobody knows the type of is only kept."""
    return kept.media_type.startswith(("image/", "audio/", "video/")) or kept.media_type == "application/pdf"


def kept(file: "Evidence") -> HttpResponse:
    """Hand out a piece of evidence to be kept, as bytes of no type."""
    return _sent(evidence.read(file), "application/octet-stream", file.name, attached=True)


def played(request: HttpRequest, kept: "Evidence", *, sound: bool) -> HttpResponse:
    """Play a recording; some phones ask for it in parts. What holds `sound` alone is named so: the bytes do not tell."""
    content = evidence.read(kept)
    media_type = kept.media_type.replace("video/", "audio/") if sound else kept.media_type
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    first, last = (int(asked[1]), int(asked[2] or len(content) - 1)) if asked else (0, len(content) - 1)
    last = min(last, len(content) - 1)
    if first > last:
        first, last, asked = 0, len(content) - 1, None
    answer = _sent(content[first : last + 1], media_type, kept.name, attached=False)
    answer["Accept-Ranges"] = "bytes"
    if asked:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return answer


def with_sound(answer: HttpResponse) -> HttpResponse:
    """Let a page play recordings of this house."""
    answer["Content-Security-Policy"] = f"{POLICY}; media-src 'self'"
    return answer


def attached(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Hand out a document under a file name."""
    return _sent(content, media_type, name, attached=True)


def _sent(content: bytes, media_type: str, name: str, *, attached: bool) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(attached, name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
