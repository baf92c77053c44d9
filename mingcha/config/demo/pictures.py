"""Placeholders for photos: small PNGs with a plain pattern and no text, drawn without a library."""

import random
import struct
import zlib

WIDTH, HEIGHT, TILE = 480, 360, 24
# A dark and a light tone of the same colour.
TONES = (
    ((38, 70, 112), (120, 156, 201)),
    ((31, 97, 84), (126, 188, 175)),
    ((120, 66, 24), (222, 170, 120)),
    ((92, 58, 110), (178, 148, 196)),
    ((104, 96, 32), (206, 196, 130)),
)


def placeholder(number: int) -> bytes:
    """Return the PNG of that number, 480 × 360 in two tones, its diagonal stripes different from picture to picture."""
    chance = random.Random(number)
    dark, light = chance.choice(TONES)
    slope, width = chance.randint(1, 3), chance.randint(3, 7)
    blocks = range(WIDTH // TILE)
    lines = []
    for row in range(HEIGHT // TILE):
        tones = (dark if (column + slope * row) % width < 2 else light for column in blocks)
        lines += [b"\0" + b"".join(bytes(tone) * TILE for tone in tones)] * TILE
    # A few loose pixels, so that no two pictures share a fingerprint.
    lines[-1] = lines[-1][:-6] + chance.randbytes(6)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    image = zlib.compress(b"".join(lines), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", image) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
