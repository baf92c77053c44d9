"""Pictures: painted anew in their own format; those inside papers only freed of the segments that are no picture."""

import io

from PIL import Image

from mingcha.kernel import pictures

SIDE = 3200  # pixels of the longer side: a photographed page stays legible
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
OPTIONS: dict[str, dict[str, object]] = {"JPEG": {"quality": 88}, "WEBP": {"quality": 88}, "PNG": {"optimize": False}}
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# What draws (PNG 3rd edition, 11.3): colours, transparency, frames. Not text, time, EXIF or what an editor adds.
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
# JPEG (ITU-T T.81, B.1): APP0 says the density, APP14 how colours are coded; the other APPs and COM only talk.
JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, 0xFE}
JPEG_BARE = {0x01, *range(0xD0, 0xD8)}  # without a length
EOI, SOS = 0xD9, 0xDA


def repainted(data: bytes) -> tuple[str, bytes]:
    """Return media type and bytes. Raises NoPicture, or whatever Pillow raises."""
    with Image.open(io.BytesIO(data), formats=tuple(KINDS)) as head:
        form = "JPEG" if head.format == "MPO" else str(head.format)
        if form != "JPEG" and getattr(head, "n_frames", 1) > 1:
            raise ValueError("a film: the other pictures would be lost")
    sheet = pictures.sheet(io.BytesIO(data), SIDE, formats=(form,))
    out = io.BytesIO()
    sheet.save(out, form, **OPTIONS.get(form, {}))
    return KINDS[form], out.getvalue()


def bare(data: bytes) -> bytes:
    """Return a JPEG or PNG without segments that draw nothing, its picture untouched. Raises ValueError or IndexError."""
    if data.startswith(PNG_HEAD):
        return _bare_png(data)
    if data.startswith(b"\xff\xd8"):
        return _bare_jpeg(data)
    raise ValueError("neither JPEG nor PNG")


def _bare_png(data: bytes) -> bytes:
    kept, place = [PNG_HEAD], len(PNG_HEAD)
    while place < len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if end > len(data):
            raise ValueError("a chunk is cut off")
        if data[place + 4 : place + 8] in PNG_KEPT:
            kept.append(data[place:end])
        if data[place + 4 : place + 8] == b"IEND":
            return b"".join(kept)  # what follows the end is no picture
        place = end
    raise ValueError("no end")


def _bare_jpeg(data: bytes) -> bytes:
    kept, place = [data[:2]], 2
    while True:
        if data[place] != 0xFF:
            raise ValueError("a segment was to begin here")
        code = data[place + 1]
        if code == EOI:
            return b"".join([*kept, data[place : place + 2]])
        if code == 0xFF:  # a fill byte
            place += 1
            continue
        end = place + 2 if code in JPEG_BARE else place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if code == SOS:
            end = _scan_end(data, end)
        if code not in JPEG_DROPPED:
            kept.append(data[place:end])
        place = end


def _scan_end(data: bytes, place: int) -> int:
    """Return where the coded picture ends: at the next sign that is neither a stuffed byte nor a restart."""
    while True:
        place = data.index(b"\xff", place)
        if data[place + 1] != 0 and data[place + 1] not in JPEG_BARE:
            return place
        place += 2
