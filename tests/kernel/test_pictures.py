"""What others see of a picture: upright, small, and without what the camera wrote into it."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from mingcha.kernel import pictures

WHERE = "34.4332N 104.0334E"


def photo(size: tuple[int, int] = (40, 20), *, orientation: int = 1, form: str = "JPEG", **more: object) -> bytes:
    """A picture as a phone takes it: red on the left, blue on the right; its data say where it was taken."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "演示相机"
    exif.get_ifd(0x8825)[1] = WHERE
    out = io.BytesIO()
    picture.save(out, form, exif=exif, **more)
    return out.getvalue()


def rendered(content: bytes) -> tuple[Image.Image, Image.Image]:
    found = pictures.render(io.BytesIO(content))
    return Image.open(io.BytesIO(found.view)), Image.open(io.BytesIO(found.thumb))


def segments(content: bytes) -> set[int]:
    """Return the kinds of the APPn and comment segments of a JPEG, before its pixels begin."""
    found, at = set(), 2
    while content[at + 1] != 0xDA:
        kind, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if 0xE0 <= kind <= 0xEF or kind == 0xFE:
            found.add(kind)
        at += 2 + length
    return found


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_what_the_camera_wrote_is_left(form):
    more = {"comment": WHERE.encode()} if form == "JPEG" else {}
    if form == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", WHERE)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    taken = photo(form=form, icc_profile=profile, xmp=f"<x>{WHERE}</x>".encode(), **more)
    assert WHERE.encode() in taken
    found = pictures.render(io.BytesIO(taken))
    for content in (found.view, found.thumb):
        assert WHERE.encode() not in content
        assert segments(content) == {0xE0}  # the plain head that every JPEG has
        assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_as_the_camera_was_held(orientation):
    view, thumb = rendered(photo(orientation=orientation))
    assert view.size == thumb.size == ((40, 20) if orientation < 5 else (20, 40))
    # Where the red left side comes to lie.
    red = {1: (5, 10), 2: (35, 10), 3: (35, 10), 4: (5, 10), 5: (10, 5), 6: (10, 5), 7: (10, 35), 8: (10, 35)}
    r, _, b = view.getpixel(red[orientation])
    assert r > 200
    assert b < 100


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (5000, 10), (1600, 1600), (1, 1), (8000, 6000)])
def test_it_is_no_larger_than_a_screen_and_no_smaller_than_it_was(size):
    view, thumb = rendered(photo(size))
    assert max(view.size) == min(max(size), 1600)
    assert max(thumb.size) == min(max(size), 320)
    if min(size) > 100:
        assert view.size[0] / view.size[1] == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_a_signature_on_glass_is_seen_on_white(mode):
    out = io.BytesIO()
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0)) if mode == "RGBA" else Image.new(mode, (20, 20))
    clear.save(out, "PNG", **({"transparency": 0} if mode in ("P", "L") else {}))
    view, _ = rendered(out.getvalue())
    assert view.mode == "RGB"
    if mode in ("RGBA", "LA", "P"):
        assert view.getpixel((10, 10)) == (255, 255, 255)


def test_colours_of_another_profile_are_brought_over():
    """A profile whose primaries are swapped shows it: red by its own words is what others must see."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB", 0)).tobytes()
    swapped = lab.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    assert swapped != lab
    plain, _ = rendered(photo(icc_profile=lab))
    other, _ = rendered(photo(icc_profile=swapped))
    assert plain.getpixel((5, 10))[0] > 200
    assert other.getpixel((5, 10))[2] > 200


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_kinds_of_jpeg_are_seen_too(mode):
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "JPEG", icc_profile=b"not a profile")
    assert rendered(out.getvalue())[0].mode == "RGB"


def test_the_same_bytes_in_give_the_same_bytes_out():
    taken = photo((2000, 1000))
    assert pictures.render(io.BytesIO(taken)) == pictures.render(io.BytesIO(taken))


def png_head(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head claims any number of pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + head + struct.pack(">I", zlib.crc32(head)) + b"\0\0\0\0IDAT5\xaf\x06\x1e"


@pytest.mark.parametrize("size", [(6000, 5001), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_known_by_its_head(size):
    with pytest.raises(pictures.NoPicture):
        pictures.render(io.BytesIO(png_head(*size)))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html>", b"\xff\xd8\xff\xe0 a picture", b"GIF89a", b"OggS"])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(pictures.NoPicture):
        pictures.render(io.BytesIO(content))


def test_half_a_picture_is_none():
    taken = photo((400, 300))
    with pytest.raises(pictures.NoPicture):
        pictures.render(io.BytesIO(taken[: len(taken) // 2]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=30),
)
def test_whatever_is_wrong_with_the_bytes_it_is_one_refusal(form, changes):
    broken = bytearray(photo((60, 40), form=form))
    for place, value in changes:
        broken[int(place * (len(broken) - 1))] = value
    try:
        found = pictures.render(io.BytesIO(bytes(broken)))
    except pictures.NoPicture:
        return
    assert segments(found.view) == {0xE0}
