"""
A picture as others may see it: upright, no larger than a screen, and without what the camera wrote into it.

Whoever can send a picture can send a hostile one. In the order of the code:

1. Only three formats are tried, and the head of the file says how many pixels there are, before any is unpacked.
2. A JPEG is unpacked no finer than needed: a phone's 12 megapixels cost a tenth of the memory and half the time.
3. What is kept is painted on a new sheet: nothing but colours crosses over, neither EXIF, XMP, profile nor comment.
"""

import io
from dataclasses import dataclass
from typing import IO, ClassVar

from PIL import Image, ImageCms, ImageOps

from mingcha.kernel.refusals import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
# Measured on the worst of each kind: 0.3 GB and 2 s of one core for a JPEG, 0.5 GB and 1.2 s for the others.
MOST_OF_PHOTO, MOST_OF_OTHERS = 80_000_000, 30_000_000  # pixels
VIEW, THUMB = 1600, 320  # pixels of the longer side
QUALITY = 82
SRGB = ImageCms.createProfile("sRGB")


class NoPicture(Refusal):
    """Also for one with too many pixels: a few thousand bytes may unpack to fill the machine."""

    message: ClassVar[str] = "这张照片打不开：文件损坏或尺寸过大。原件仍完好保存。"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Rendered:
    """Two JPEGs of one picture; the same bytes in give the same bytes out."""

    view: bytes
    thumb: bytes


def render(file: IO[bytes]) -> Rendered:
    """Return both renderings of a picture. Raises NoPicture, whatever is wrong with the bytes."""
    try:
        painted = sheet(file, VIEW)
        view = _jpeg(painted)
        painted.thumbnail((THUMB, THUMB))
        return Rendered(view, _jpeg(painted))
    except Exception as error:
        # The decoders fail in a dozen ways, down to IndexError; none of them is worth telling apart here.
        raise NoPicture from error


def sheet(file: IO[bytes], side: int, *, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Return a picture painted on a new sheet of at most `side` pixels. Raises NoPicture, or whatever Pillow raises."""
    with Image.open(file, formats=formats) as picture:
        photo = picture.format in ("JPEG", "MPO")  # several pictures in one, as phones make them: the first counts
        if picture.width * picture.height > (MOST_OF_PHOTO if photo else MOST_OF_OTHERS):
            raise NoPicture
        picture.draft("RGB", (side, side))
        if max(picture.size) > side:
            picture.thumbnail((side, side))
        upright = ImageOps.exif_transpose(picture)
        coloured = _coloured(upright)
        painted = Image.new("RGB", coloured.size, "white")
        painted.paste(coloured, mask=coloured if coloured.mode == "RGBA" else None)
        return painted


def _coloured(picture: Image.Image) -> Image.Image:
    """Return the picture in sRGB, with its transparency where it has any; a profile that makes no sense is passed over."""
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, found, SRGB, outputMode="RGB")
            return changed or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB")


def _jpeg(painted: Image.Image) -> bytes:
    out = io.BytesIO()
    painted.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
