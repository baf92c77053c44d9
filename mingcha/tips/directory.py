"""
The signed directory of keys: to whom a tip may be sealed. A file beside the database, never a table.

    directory.json   {"text": "…", "signatures": {root's public half: signature}}, hexadecimal
    root.pub         one public half of the root (Ed25519, hexadecimal) on a line; each of them must have signed
    serial           the highest number ever installed here: an older directory does not come back

`text` is JSON: {"what", "serial", "entries": [{"office", "purpose", "epoch", "public", "from"}], "custodians": {name:
public}}. Public halves in the database count only where they say the same, so that who writes the database cannot become
a receiver.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import marks
from mingcha.tips.models import OfficeKey
from mingcha.tips.states import Purpose

WHAT = "mingcha tips directory"
CUSTODIANS = 3
LARGEST = 8 * 1024 * 1024


class DirectoryMissing(Refusal):
    message: ClassVar[str] = "本机还没有安装举报密钥目录，暂不能接收举报。请管理员按《举报密钥保管规程》安装。"
    status: ClassVar[int] = 503


class DirectoryUnreadable(Refusal):
    message: ClassVar[str] = "举报密钥目录的内容无法识别：%(reason)s。请向保管根密钥的人员重新取得目录文件。"
    status: ClassVar[int] = 503


class DirectoryUnsigned(Refusal):
    message: ClassVar[str] = "举报密钥目录的签名与本机的根公钥不符，已停止接收举报。请勿使用这份目录，并核对其来源。"
    status: ClassVar[int] = 503


class DirectoryTooOld(Refusal):
    message: ClassVar[str] = (
        "这份举报密钥目录是第 %(serial)d 号，本机已安装过第 %(known)d 号，不能退回。请安装最新的目录。"
    )
    status: ClassVar[int] = 503


class NoKeyForOffice(Refusal):
    message: ClassVar[str] = "这个机关还没有启用举报密钥，不能接收举报。请选择上一级机关。"
    status: ClassVar[int] = 409


class KeyReplaced(Refusal):
    message: ClassVar[str] = "数据库里的密钥与签名目录不符，可能已被替换，已停止使用。请立即报告上级机关核查。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Entry:
    """One epoch of one purpose of an office, as the root signed it. `public`: 32 bytes."""

    office: str
    purpose: str
    epoch: int
    public: bytes
    since: date


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
        wanted = (office, purpose, epoch)
        return next((each for each in self.entries if (each.office, each.purpose, each.epoch) == wanted), None)


@dataclass(frozen=True)
class _Read:
    stamp: tuple[object, ...]
    directory: Directory


_cached: list[_Read] = []


def load() -> Directory:
    """
    Return the directory of this machine, read anew only when one of its files changed.

    Raises DirectoryMissing, DirectoryUnreadable, DirectoryUnsigned, DirectoryTooOld.
    """
    folder: Path = settings.MINGCHA_TIPS_DIR
    stamp = (folder, *(_stamp(folder / name) for name in ("directory.json", "root.pub", "serial")))
    if _cached and _cached[0].stamp == stamp:
        return _cached[0].directory
    try:
        found = read(
            (folder / "directory.json").read_bytes(), roots=read_roots((folder / "root.pub").read_text("ascii"))
        )
    except FileNotFoundError:
        raise DirectoryMissing from None
    known = installed_serial(folder)
    if found.serial < known:
        raise DirectoryTooOld(serial=found.serial, known=known)
    _cached[:] = [_Read(stamp, found)]
    return found


def _stamp(file: Path) -> tuple[int, ...] | None:
    try:
        said = file.stat()
    except OSError:
        return None
    return said.st_mtime_ns, said.st_size, said.st_ino


def installed_serial(folder: Path) -> int:
    """Return the highest serial that was ever installed in the folder, 0 before the first."""
    try:
        return int((folder / "serial").read_text("ascii"))
    except FileNotFoundError:
        return 0
    except ValueError:
        raise DirectoryUnreadable(reason="serial") from None


def read_roots(text: str) -> tuple[bytes, ...]:
    """Return the root's public halves, one on each line of root.pub. Raises DirectoryUnreadable."""
    try:
        found = tuple(bytes.fromhex(line.split()[0]) for line in text.splitlines() if line.strip())
    except ValueError:
        raise DirectoryUnreadable(reason="root.pub") from None
    if not found or any(len(each) != 32 for each in found):
        raise DirectoryUnreadable(reason="root.pub")
    return found


def read(content: bytes, *, roots: tuple[bytes, ...]) -> Directory:
    """Return what a directory file says, once each of `roots` is seen to have signed it. Raises as `load` does."""
    try:
        if len(content) > LARGEST:
            raise ValueError("size")
        said = json.loads(content)
        text = str(said["text"]).encode()
        signatures = {bytes.fromhex(who): bytes.fromhex(what) for who, what in said["signatures"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DirectoryUnreadable(reason="directory.json") from None
    for root in roots:
        try:
            sealing.check_signature(text, signatures.get(root, b""), public=root)
        except sealing.SignatureWrong:
            raise DirectoryUnsigned from None
    return parse(text)


def parse(text: bytes) -> Directory:
    """Return what the signed text says, whoever signed it. Raises DirectoryUnreadable."""
    try:
        said = json.loads(text)
        if said["what"] != WHAT:
            raise ValueError("what")
        entries = tuple(_entry(each) for each in said["entries"])
        custodians = {str(name): _half(public) for name, public in said["custodians"].items()}
        found = Directory(int(said["serial"]), entries, custodians)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DirectoryUnreadable(reason=type(error).__name__) from None
    if len({(each.office, each.purpose, each.epoch) for each in entries}) != len(entries):
        raise DirectoryUnreadable(reason="epoch")
    if len({each.public for each in entries}) != len(entries) or len(set(custodians.values())) != len(custodians):
        raise DirectoryUnreadable(reason="public")
    return found


def compose(found: Directory) -> bytes:
    """Return the text that is signed for a directory: the same bytes for the same directory."""
    entries = [
        {"office": each.office, "purpose": str(each.purpose), "epoch": each.epoch, "public": each.public.hex(),
         "from": each.since.isoformat()}
        for each in sorted(found.entries, key=lambda each: (each.office, str(each.purpose), each.epoch))
    ]  # fmt: skip
    custodians = {name: public.hex() for name, public in found.custodians.items()}
    said = {"what": WHAT, "serial": found.serial, "entries": entries, "custodians": custodians}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _entry(said: Mapping[str, Any]) -> Entry:
    epoch = int(said["epoch"])
    if epoch < 1:
        raise ValueError("epoch")
    since = date.fromisoformat(said["from"])
    return Entry(str(said["office"]), str(Purpose(said["purpose"])), epoch, _half(said["public"]), since)


def _half(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError("public")
    return found


def entry(office: str, purpose: str) -> Entry:
    """Return the newest epoch of an office (its code). Raises NoKeyForOffice, and as `load` does."""
    found = load().newest(office, purpose)
    if found is None:
        raise NoKeyForOffice
    return found


def offices() -> frozenset[str]:
    """
    Return the codes of the offices that can receive, those with a key for each purpose; none without a directory.

    Raises DirectoryUnsigned and the like: a directory that was tampered with is no empty one.
    """
    try:
        found = load()
    except DirectoryMissing:
        return frozenset()
    keyed = {(each.office, each.purpose) for each in found.entries}
    return frozenset(office for office, _ in keyed if all((office, str(one)) in keyed for one in Purpose))


def receiving(office: str) -> dict[str, OfficeKey]:
    """
    Return purpose → the office's key that tips are sealed to: the newest that was signed, its row found the same.

    Raises NoKeyForOffice, KeyReplaced, and as `load` does.
    """
    found = {str(purpose): entry(office, purpose) for purpose in Purpose}
    rows = {(row.purpose, row.epoch): row for row in OfficeKey.objects.filter(office=office)}
    return {purpose: _agreed(rows.get((purpose, one.epoch)), one) for purpose, one in found.items()}


def current(office: str, purpose: str) -> OfficeKey:
    """Return one of an office's keys that may be sealed to. Raises as `receiving` does."""
    one = entry(office, purpose)
    return _agreed(OfficeKey.objects.filter(office=office, purpose=purpose, epoch=one.epoch).first(), one)


def check(row: OfficeKey) -> None:
    """Raise KeyReplaced unless the root signed exactly this public half for this epoch of this office."""
    one = load().epoch(row.office_id, row.purpose, row.epoch)
    if one is None:
        raise KeyReplaced
    _agreed(row, one)


def _agreed(row: OfficeKey | None, one: Entry) -> OfficeKey:
    """Return the row if it is what was signed. A signed epoch without its row came from elsewhere: nobody could open it."""
    if row is None or bytes(row.public) != one.public:
        raise KeyReplaced
    marks.check(row)
    return row
