"""The only hash of the lot: SHA-256 over a label and its parts, one per line, so that `sha256sum` can replay it."""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from mingcha.kernel.refusals import Refusal

SEED_BYTES = 32
LEAST_SECRETS = 2
LONGEST_VALUE = 200


class UnclearValue(Refusal):
    """A public value that two people could write down differently, or none."""

    message = "请按公布的原文填写公开数值：1 至 200 个字，不含换行和不可见字符。"
    status = 422


def digest(label: str, *parts: str) -> str:
    """
    Return SHA-256 of `label` and `parts` joined by line feeds, as 64 lowercase hex digits.

    The label keeps hashes of different purposes apart. No part may hold a line feed, or two inputs could coincide.
    """
    lines = (f"mingcha {label} 2", *parts)
    if any("\n" in line for line in lines):
        raise ValueError("a part of a ticket holds a line feed")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_hex(seed: bytes) -> str:
    """Return the seed as hex. ValueError unless it has 32 bytes: a short seed can be guessed from its commitment."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return seed.hex()


def mixed(random: bytes, words: str) -> bytes:
    """Return a secret of 32 bytes from 32 random ones and an officer's own words, which need not be secret or good."""
    return bytes.fromhex(digest("secret", seed_hex(random), words.encode().hex()))


def commitment(secret: bytes) -> str:
    """Return what is published before the public value exists: 64 hex digits that bind a secret and do not tell it."""
    return digest("commitment", seed_hex(secret))


def plain_value(text: str) -> str:
    """
    Return a public value in its one spelling: NFKC (full-width digits become plain), single spaces, none at the ends.

    Raises UnclearValue where nothing is left, or where it holds what nobody sees.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 0 < len(plain) <= LONGEST_VALUE or any(unicodedata.category(character)[0] == "C" for character in plain):
        raise UnclearValue
    return plain


def terms_hash(*, rule: Mapping[str, Any], about: Mapping[str, Any], named: str, at: str) -> str:
    """
    Return SHA-256 of what was fixed with the frame: the rule, what the round is about, and the public value's name.

    `rule` and `about` are JSON values as they will stand in the bundle; `named` and `at` its `public` ones. The text
    that is hashed is JSON with sorted keys, no spaces, and everything but ASCII escaped.
    """
    terms = {"about": about, "public": {"at": at, "named": named}, "rule": rule}
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return digest("terms", text)


def seed(*, frame_hash: str, terms_hash: str, public_value: str, secrets: Collection[bytes]) -> bytes:
    """
    Return the 32 bytes that settle the draw: no one secret, and not the public value alone, can steer them.

    The order of the secrets does not matter. ValueError for fewer than two different secrets or one that has not
    32 bytes; UnclearValue for a public value that is not as `plain_value` returns it.
    """
    in_order = sorted({seed_hex(secret) for secret in secrets})
    if len(in_order) < LEAST_SECRETS or len(in_order) != len(secrets):
        raise ValueError("a seed needs at least two secrets, each given once")
    if plain_value(public_value) != public_value:
        raise UnclearValue
    return bytes.fromhex(digest("seed", frame_hash, terms_hash, public_value, *in_order))


def ticket(seed: bytes, frame_hash: str, site: str) -> str:
    """Return one site's ticket, 64 hex digits. It depends on the whole frame: any edit changes every ticket."""
    return digest("ticket", seed_hex(seed), frame_hash, site)


def comb(seed: bytes, frame_hash: str) -> int:
    """Return where the comb's first tooth falls, in units of 2⁻²⁵⁶ of the gap between two teeth."""
    return int(digest("comb", seed_hex(seed), frame_hash), 16)


def team_ticket(seed: bytes, frame_hash: str, site: str, team: str) -> str:
    """Return the ticket that settles which team goes to a site, 64 hex digits."""
    return digest("team", seed_hex(seed), frame_hash, site, team)


def pair_ticket(seed: bytes, frame_hash: str, team: str, person: str) -> str:
    """Return the ticket that settles who of a team signs, 64 hex digits."""
    return digest("pair", seed_hex(seed), frame_hash, team, person)
