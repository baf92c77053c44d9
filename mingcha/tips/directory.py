"""
The signed directory of keys: to whom a tip may be sealed. A file beside the database, never a table.

    directory.json   who may receive, signed (kernel/custody.py says how it is written)
    root.pub         the public halves of the root; each of them must have signed
    serial           the highest number ever installed here: an older directory does not come back

Public halves in the database count only where they say the same, so that who writes the database cannot become
a receiver.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from mingcha.kernel import custody
from mingcha.kernel.custody import Directory, DirectoryUnreadable, Entry
from mingcha.kernel.refusals import Refusal
from mingcha.tips import marks
from mingcha.tips.models import OfficeKey
from mingcha.tips.states import Purpose


class DirectoryMissing(Refusal):
    message: ClassVar[str] = "本机还没有安装举报密钥目录，暂不能接收举报。请管理员按《举报密钥保管规程》安装。"
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
        roots = custody.read_roots((folder / "root.pub").read_text("utf-8"))
        found = custody.read((folder / "directory.json").read_bytes(), roots=roots)
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
