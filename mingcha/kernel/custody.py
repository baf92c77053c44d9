"""
Who may be sealed to, and who keeps what: the signed directory of keys, fingerprints, vouchers and recovery envelopes.

    directory.json   {"text": "…", "signatures": {root's public half: signature}}, hexadecimal
    root.pub         one public half of the root (Ed25519, hexadecimal) on a line; each of them must have signed

`text` is JSON: {"what", "serial", "entries": [{"office", "purpose", "epoch", "public", "from"}], "custodians": {name:
public}}. Two of three custodians open an envelope together, offline: what is needed for that is here, and no database.
"""

import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal

WHAT = "mingcha tips directory"
PURPOSES = ("intake", "identity", "index")
CUSTODIANS = 3
LARGEST = 8 * 1024 * 1024
NAME = re.compile(r"[\w.-]{1,40}")


class DirectoryUnreadable(Refusal):
    message: ClassVar[str] = "举报密钥目录的内容无法识别（%(reason)s）。请向保管根密钥的人员重新取得目录文件。"
    status: ClassVar[int] = 503


class DirectoryUnsigned(Refusal):
    message: ClassVar[str] = "举报密钥目录的签名与根公钥不符。请勿使用这份目录，并向保管根密钥的人员核对来源。"
    status: ClassVar[int] = 503


@dataclass(frozen=True)
class KeyName:
    """One epoch of one purpose of an office (its code). Every box and mark about a key is bound to it."""

    office: str
    purpose: str
    epoch: int

    def __str__(self) -> str:
        return f"{self.office} {self.purpose} {self.epoch}"


@dataclass(frozen=True)
class Entry:
    """A key as the root signed it. `public`: 32 bytes."""

    office: str
    purpose: str
    epoch: int
    public: bytes
    since: date

    @property
    def name(self) -> KeyName:
        return KeyName(self.office, self.purpose, self.epoch)


@dataclass(frozen=True)
class Directory:
    """What the root signed. `custodians`: name → public half."""

    serial: int
    entries: tuple[Entry, ...]
    custodians: Mapping[str, bytes]

    def newest(self, office: str, purpose: str) -> Entry | None:
        """Return the last epoch that was signed, None for an office without."""
        found = [each for each in self.entries if (each.office, each.purpose) == (office, purpose)]
        return max(found, key=lambda each: each.epoch, default=None)

    def epoch(self, office: str, purpose: str, epoch: int) -> Entry | None:
        """Return one epoch, None where it was never signed."""
        wanted = KeyName(office, purpose, epoch)
        return next((each for each in self.entries if each.name == wanted), None)


def read_roots(text: str) -> tuple[bytes, ...]:
    """Return the root's public halves, the first word of each line of root.pub. Raises DirectoryUnreadable."""
    try:
        found = tuple(bytes.fromhex(line.split()[0]) for line in text.splitlines() if line.strip())
    except ValueError:
        raise DirectoryUnreadable(reason="root.pub") from None
    if not found or any(len(each) != 32 for each in found):
        raise DirectoryUnreadable(reason="root.pub")
    return found


def read(content: bytes, *, roots: tuple[bytes, ...]) -> Directory:
    """
    Return what a directory file says, once each of `roots` is seen to have signed it.

    Raises DirectoryUnreadable, DirectoryUnsigned; without roots nothing is signed.
    """
    text, signatures = opened(content)
    if not roots:
        raise DirectoryUnsigned
    for root in roots:
        try:
            sealing.check_signature(text, signatures.get(root, b""), public=root)
        except sealing.SignatureWrong:
            raise DirectoryUnsigned from None
    return parse(text)


def opened(content: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Return a directory file's text and its signatures, none of them checked. Raises DirectoryUnreadable."""
    try:
        if len(content) > LARGEST:
            raise ValueError("size")
        said = json.loads(content)
        signatures = {bytes.fromhex(who): bytes.fromhex(what) for who, what in said["signatures"].items()}
        return str(said["text"]).encode(), signatures
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DirectoryUnreadable(reason="directory.json") from None


def closed(text: bytes, signatures: Mapping[bytes, bytes]) -> bytes:
    """Return the content of directory.json."""
    signed = {who.hex(): what.hex() for who, what in signatures.items()}
    return json.dumps({"text": text.decode(), "signatures": signed}, ensure_ascii=False, indent=1).encode()


def parse(text: bytes) -> Directory:
    """Return what the signed text says, whoever signed it. Raises DirectoryUnreadable."""
    try:
        said = json.loads(text)
        if said["what"] != WHAT:
            raise ValueError("what")
        entries = tuple(entry(each) for each in said["entries"])
        custodians = {_name(name): _half(public) for name, public in said["custodians"].items()}
        found = Directory(int(said["serial"]), entries, custodians)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DirectoryUnreadable(reason=type(error).__name__) from None
    if len({each.name for each in entries}) != len(entries):
        raise DirectoryUnreadable(reason="epoch")
    if len({each.public for each in entries}) != len(entries) or len(set(custodians.values())) != len(custodians):
        raise DirectoryUnreadable(reason="public")
    return found


def compose(found: Directory) -> bytes:
    """Return the text that is signed for a directory: the same bytes for the same directory."""
    entries = [said(each) for each in sorted(found.entries, key=lambda each: (each.office, each.purpose, each.epoch))]
    custodians = {name: public.hex() for name, public in found.custodians.items()}
    whole = {"what": WHAT, "serial": found.serial, "entries": entries, "custodians": custodians}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry(row: Mapping[str, Any]) -> Entry:
    """Return an entry out of its JSON. Raises ValueError, KeyError, TypeError."""
    purpose, epoch = str(row["purpose"]), int(row["epoch"])
    if purpose not in PURPOSES or epoch < 1:
        raise ValueError(purpose)
    return Entry(str(row["office"]), purpose, epoch, _half(row["public"]), date.fromisoformat(row["from"]))


def said(each: Entry) -> dict[str, Any]:
    """Return an entry as its JSON."""
    return {
        "office": each.office, "purpose": str(each.purpose), "epoch": each.epoch, "public": each.public.hex(),
        "from": each.since.isoformat(),
    }  # fmt: skip


def _half(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError("public")
    return found


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("name")
    return text


def fingerprint(public: bytes) -> str:
    """Return thirty digits in six groups, by which people compare a public half by eye or telephone; about 99 bits."""
    number = int.from_bytes(hashlib.sha256(b"mingcha tips fingerprint" + public).digest(), "big")
    digits = f"{number % 10**30:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


def is_fingerprint(typed: str, public: bytes) -> bool:
    """Whether what was typed, however spaced and in whatever width, is the fingerprint of this public half."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", typed)) == fingerprint(public).replace(" ", "")


def about_holder(key: KeyName, person: int) -> str:
    """Return what a holder's box of an office's private half is bound to; `person`: their row's number."""
    return f"tips holder {key} {person}"


def vouch(public: bytes, *, of: int, key: KeyName, private: bytes) -> bytes:
    """Return the mark by which holders of an office's key know a person's public half again; `private`: the office's."""
    return sealing.mark(public, key=_vouching(key, private), about=f"tips vouch {of}")


def is_vouched(public: bytes, mark: bytes, *, of: int, key: KeyName, private: bytes) -> bool:
    """Whether a holder of the office's key has vouched for this public half of the person `of`."""
    return sealing.marked(public, mark, key=_vouching(key, private), about=f"tips vouch {of}")


def _vouching(key: KeyName, private: bytes) -> bytes:
    return sealing.derive(private, salt=str(key).encode(), label="tips vouch")


@dataclass(frozen=True)
class Envelope:
    """What two custodians, named in the order of their names, open together."""

    first: str
    second: str
    box: bytes


def envelopes(private: bytes, *, key: KeyName, custodians: Mapping[str, bytes]) -> list[Envelope]:
    """Return one envelope for each pair of custodians (name → public half): of three, any two recover, no one alone."""
    return [
        Envelope(one, two, sealing.nested(
            private, to_first=custodians[one], to_second=custodians[two], about=_about_envelope(key, one, two)
        ))
        for one, two in itertools.combinations(sorted(custodians), 2)
    ]  # fmt: skip


def open_envelope(envelope: Envelope, *, key: KeyName, privates: Mapping[str, bytes]) -> bytes:
    """Return an office's private half by two custodians' (name → private half). Raises SealBroken, KeyError."""
    return sealing.open_nested(
        envelope.box, first_private=privates[envelope.first], second_private=privates[envelope.second],
        about=_about_envelope(key, envelope.first, envelope.second),
    )  # fmt: skip


def _about_envelope(key: KeyName, one: str, two: str) -> str:
    return f"tips envelope {key} {one} {two}"
