"""
Evidence on its way out: of a picture what others may see, of a recording the piece asked for, an original on record.

A type is the one that the first bytes had when the file came in. What is unknown is never shown, only handed over.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.evidence import actions
from mingcha.ground.evidence import queries as evidence

if TYPE_CHECKING:
    from mingcha.ground.evidence.models import Evidence

NOWHERE = "private, no-store"
AN_HOUR = "private, max-age=3600"
PIECE = 64 * 1024
UNKNOWN = "application/octet-stream"


def answer(
    request: Request, kept: "Evidence", *, may_keep: bool = False, division: str = "", sound: bool = False,
    cached: str = NOWHERE,
) -> HttpResponseBase:  # fmt: skip
    """
    Show a file that this person may see: `?size=thumb` a picture small, `?original=1` as it was handed in.

    What holds `sound` alone is named so: the first bytes of a film do not tell. The original goes only to whoever
    `may_keep` it, and on record; others are told that there is none. Raises NotFound, NoPicture of kernel.pictures,
    Altered.
    """
    if "original" in request.GET:
        return _original(request, kept, may_keep=may_keep, division=division)
    if evidence.is_picture(kept):
        content = evidence.view(kept, small=request.GET.get("size") == "thumb")
        shown = HttpResponse(content, content_type="image/jpeg")
        return _headed(shown, Path(kept.name).with_suffix(".jpg").name, attached=False, cached=cached)
    kind = kept.media_type.replace("video/", "audio/") if sound else kept.media_type
    plays = kind.startswith(("audio/", "video/")) or kind == "application/pdf"
    return _headed(_streamed(request, kept, kind if plays else UNKNOWN), kept.name, attached=not plays, cached=cached)


def _original(request: Request, kept: "Evidence", *, may_keep: bool, division: str) -> HttpResponseBase:
    if not may_keep:
        raise NotFound
    found = _streamed(request, kept, kept.media_type)
    if request.method == "GET":
        actions.hand_out(kept, division=division, by=request.user, at=request.now)
    return _headed(found, kept.name, attached=True, cached=NOWHERE)


def _headed(shown: HttpResponseBase, name: str, *, attached: bool, cached: str) -> HttpResponseBase:
    shown["Content-Disposition"] = content_disposition_header(attached, name) or "inline"
    shown["X-Content-Type-Options"] = "nosniff"
    shown["Cache-Control"] = cached
    return shown


def _streamed(request: Request, kept: "Evidence", kind: str) -> HttpResponseBase:
    """Send a file, or the one piece of it that a player asks for: some phones play nothing that comes whole."""
    file = evidence.verified(kept)
    size, tag = file.stat().st_size, f'"{kept.sha256}"'
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    start, end, part = _piece(asked, size)
    if part and start >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    sent = StreamingHttpResponse(_read(file, start, end), content_type=kind, status=206 if part else 200)
    sent["Accept-Ranges"], sent["ETag"], sent["Content-Length"] = "bytes", tag, str(end - start)
    if part:
        sent["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return sent


def _piece(asked: str, size: int) -> tuple[int, int, bool]:
    """Return from where to where, and whether that is what was asked for; several pieces at once are sent as a whole."""
    match = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", asked.strip())
    if match is None or not (match[1] or match[2]):
        return 0, size, False
    if not match[1]:
        return max(0, size - int(match[2])), size, True
    return int(match[1]), min(size, int(match[2]) + 1) if match[2] else size, True


def _read(file: Path, start: int, end: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(start)
        while start < end and (piece := opened.read(min(PIECE, end - start))):
            start += len(piece)
            yield piece
