"""The only hash of the lot: SHA-256 over a label and its parts, one per line, so that `sha256sum` can replay it."""

import hashlib

SEED_BYTES = 32


def digest(label: str, *parts: str) -> str:
    """
    Return SHA-256 of `label` and `parts` joined by line feeds, as 64 lowercase hex digits.

    The label keeps hashes of different purposes apart. No part may hold a line feed, or two inputs could coincide.
    """
    lines = (f"mingcha {label} 1", *parts)
    if any("\n" in line for line in lines):
        raise ValueError("a part of a ticket holds a line feed")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_hex(seed: bytes) -> str:
    """Return the seed as hex. ValueError unless it has 32 bytes: a short seed can be guessed from its commitment."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return seed.hex()


def commitment(seed: bytes) -> str:
    """Return what is published before the draw: 64 hex digits that bind the seed and do not reveal it."""
    return digest("commitment", seed_hex(seed))


def ticket(seed: bytes, frame_hash: str, site: str) -> str:
    """Return one site's ticket, 64 hex digits. It depends on the whole frame: any edit changes every ticket."""
    return digest("ticket", seed_hex(seed), frame_hash, site)


def team_ticket(seed: bytes, frame_hash: str, site: str, team: str) -> str:
    """Return the ticket that settles which team goes to a site, 64 hex digits."""
    return digest("team", seed_hex(seed), frame_hash, site, team)
