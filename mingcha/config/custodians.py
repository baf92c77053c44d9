"""
The offline half of the ceremony: the root's and the custodians' keys, signing, recovering. No database, no Django.

A key file is JSON: what it is, a name, its public half, and its private half under a passphrase (Argon2id). It is kept on
a medium of its own; whoever runs these commands does so on a machine that is on no network.
"""

import getpass
import json
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from mingcha.config.datafolder import write_privately
from mingcha.config.words import say
from mingcha.kernel import custody, sealing
from mingcha.kernel.custody import Directory, Entry, Envelope, KeyName
from mingcha.kernel.refusals import Refusal

ROOT, CUSTODIAN = "mingcha tips root", "mingcha tips custodian"
REQUEST, ENVELOPES, RECOVERED = "mingcha tips request", "mingcha tips envelopes", "mingcha tips recovered"
LEAST = 16
LARGEST = 8 * 1024 * 1024


class FileWrong(Refusal):
    message: ClassVar[str] = "%(file)s 不是这一步需要的文件，请核对文件名和来源。"
    status: ClassVar[int] = 422


class FileThere(Refusal):
    message: ClassVar[str] = "%(file)s 已经存在，为免覆盖密钥没有写入。请换一个文件夹或名字。"


class PassphraseTooShort(Refusal):
    message: ClassVar[str] = "根密钥和保管人密钥的口令至少 16 个字符，两次输入要一致，请重新设置。"
    status: ClassVar[int] = 422


class PassphraseWrong(Refusal):
    message: ClassVar[str] = "打不开 %(file)s：口令不对，或文件已损坏。请重试。"
    status: ClassVar[int] = 422


class NotAgreed(Refusal):
    message: ClassVar[str] = "没有确认，什么也没有签。请逐项核对指纹后再签。"


class NameWrong(Refusal):
    message: ClassVar[str] = "名字“%(name)s”不能用，请用 1 到 40 个字母、数字、汉字、点、横线或下划线。"
    status: ClassVar[int] = 422


class EpochTaken(Refusal):
    message: ClassVar[str] = (
        "%(office)s 的第 %(epoch)d 期密钥（%(purpose)s）已经签过或更旧，不能再签。请机关重新建立一期。"
    )


class NotThreeCustodians(Refusal):
    message: ClassVar[str] = "恢复保管人应为三名，名字和密钥各不相同，请核对 --custodian。"
    status: ClassVar[int] = 422


class NotTheseCustodians(Refusal):
    message: ClassVar[str] = "这两名保管人打不开 %(key)s 的恢复封。请核对是否换过保管人，或改用另一份密钥文件。"
    status: ClassVar[int] = 422


class FingerprintWrong(Refusal):
    message: ClassVar[str] = "指纹与恢复文件里接收人的公钥不符，已停止。请接收人解锁后当面读出屏幕上的 30 位数字。"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class KeyFile:
    """A key file opened: its name, and its private half, which is never printed."""

    name: str
    public: bytes
    private: bytes = field(repr=False)


def make(what: str, *, name: str, folder: Path) -> KeyFile:
    """Write a new key file and its public half beside it. Raises NameWrong, FileThere, PassphraseTooShort, OSError."""
    if not custody.NAME.fullmatch(name):
        raise NameWrong(name=name)
    stem = f"{what.rsplit(' ', 1)[1]}-{name}"
    target, shown = folder / f"{stem}.key", folder / f"{stem}.pub"
    for file in (target, shown):
        if file.exists():
            raise FileThere(file=file)
    given = ask(say("新口令（至少 16 个字符，输入时不显示）："))
    if len(given) < LEAST or ask(say("再输一次：")) != given:
        raise PassphraseTooShort
    pair = sealing.new_signer() if what == ROOT else sealing.new_pair()
    salt = secrets.token_bytes(16)
    box = sealing.seal(pair.private, key=sealing.stretch(given, salt=salt), about=f"{what} {name}")
    facts = {"what": what, "name": name, "public": pair.public.hex(), "salt": salt.hex(), "box": box.hex()}
    folder.mkdir(parents=True, exist_ok=True)
    write_privately(target.absolute(), json.dumps(facts, ensure_ascii=False, indent=1).encode())
    shown.write_text(f"{pair.public.hex()} {name}\n", "utf-8")
    return KeyFile(name, pair.public, pair.private)


def unlock(file: Path, *, what: str) -> KeyFile:
    """Ask for the passphrase of a key file and open it. Raises FileWrong, PassphraseWrong, OSError."""
    said = load(file, what=what)
    try:
        name, salt, box = str(said["name"]), bytes.fromhex(said["salt"]), bytes.fromhex(said["box"])
        given = ask(say("%(file)s 的口令：") % {"file": file.name})
        private = sealing.open_sealed(box, key=sealing.stretch(given, salt=salt), about=f"{what} {name}")
    except (KeyError, TypeError, ValueError):
        raise FileWrong(file=file) from None
    except sealing.SealBroken:
        raise PassphraseWrong(file=file) from None
    # The public half is worked out anew: what stands in the file beside it is for reading only.
    public = sealing.new_signer(entropy=private).public if what == ROOT else sealing.public_of(private)
    return KeyFile(name, public, private)


def ask(prompt: str) -> str:
    """Ask for a passphrase without showing it; a line of the standard input where that is no terminal."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt).strip()
    return sys.stdin.readline().strip()


def agreed(prompt: str) -> bool:
    """Whether somebody at the keyboard says yes."""
    print(prompt, end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("是", "y", "yes")


def load(file: Path, *, what: str) -> dict[str, Any]:
    """Return a JSON file that says it is `what`. Raises FileWrong, OSError."""
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    try:
        said = json.loads(content.decode("utf-8-sig"))
        if len(content) > LARGEST or said["what"] != what:
            raise ValueError(what)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FileWrong(file=file) from None
    return dict(said)


def write(file: Path, facts: Mapping[str, Any]) -> None:
    """Write a file that passes between the machines. Raises OSError."""
    write_privately(file.absolute(), json.dumps(facts, ensure_ascii=False, indent=1).encode())


def public_half(file: Path) -> tuple[str, bytes]:
    """Return the name and public half in a .pub file. Raises FileWrong, OSError."""
    words = file.read_text("utf-8").split()
    try:
        public, name = bytes.fromhex(words[0]), words[1]
    except (ValueError, IndexError):
        raise FileWrong(file=file) from None
    if len(public) != 32 or not custody.NAME.fullmatch(name):
        raise FileWrong(file=file)
    return name, public


def requested(file: Path) -> tuple[Entry, ...]:
    """Return the keys an office asks to have signed. Raises FileWrong, OSError."""
    said = load(file, what=REQUEST)
    try:
        return tuple(custody.entry(each) for each in said["entries"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FileWrong(file=file) from None


def next_directory(before: Directory, added: Iterable[Entry], custodians: Mapping[str, bytes] | None) -> Directory:
    """Return the next directory, not signed yet. Raises EpochTaken, NotThreeCustodians, DirectoryUnreadable."""
    entries = before.entries
    for each in added:
        newest = replace(before, entries=entries).newest(each.office, each.purpose)
        if newest is not None and newest.epoch >= each.epoch:
            raise EpochTaken(office=each.office, epoch=each.epoch, purpose=each.purpose)
        entries = (*entries, each)
    named = before.custodians if custodians is None else custodians
    if custodians is not None and len(set(custodians.values())) != custody.CUSTODIANS:
        raise NotThreeCustodians
    made = Directory(before.serial + 1, entries, named)
    return custody.parse(custody.compose(made))


def told(before: Directory, after: Directory) -> list[str]:
    """Return what a signer must compare, line by line: each new key and each custodian, with their fingerprints."""
    lines = [say("目录第 %(serial)d 号。") % {"serial": after.serial}]
    for name, public in after.custodians.items():
        changed = before.custodians.get(name) != public
        mark = say("（新）") if changed else ""
        lines.append(say("恢复保管人 %(name)s%(mark)s") % {"name": name, "mark": mark})
        lines.append(f"    {custody.fingerprint(public)}")
    for name in set(before.custodians) - set(after.custodians):
        lines.append(say("不再是恢复保管人：%(name)s") % {"name": name})
    for each in (entry for entry in after.entries if entry not in before.entries):
        facts = {"office": each.office, "purpose": each.purpose, "epoch": each.epoch}
        lines.append(say("新密钥：机关 %(office)s，用途 %(purpose)s，第 %(epoch)d 期") % facts)
        lines.append(f"    {custody.fingerprint(each.public)}")
    for each in (entry for entry in before.entries if entry not in after.entries):
        facts = {"office": each.office, "purpose": each.purpose, "epoch": each.epoch}
        lines.append(say("注意：去掉了机关 %(office)s，用途 %(purpose)s，第 %(epoch)d 期") % facts)
    return lines


def recover(
    said: Mapping[str, Any], *, seen: str, keys: Sequence[KeyFile], file: Path, signed: Directory | None = None
) -> dict[str, Any]:
    """
    Return what two custodians recover for an officer: the office's private halves, wrapped to that officer's alone.

    `seen`: the fingerprint on the officer's own screen. `signed`: the directory, against which each key is held.
    Raises FingerprintWrong, NotTheseCustodians, FileWrong.
    """
    privates = {key.name: key.private for key in keys}
    try:
        to, person = bytes.fromhex(said["to"]["public"]), int(said["to"]["person"])
        if not custody.is_fingerprint(seen, to):
            raise FingerprintWrong
        found = [_recovered(each, to=to, person=person, privates=privates, signed=signed) for each in said["keys"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FileWrong(file=file) from None
    return {"what": RECOVERED, "to": said["to"], "custodians": sorted(privates), "keys": found}


def _recovered(
    each: Mapping[str, Any], *, to: bytes, person: int, privates: Mapping[str, bytes], signed: Directory | None
) -> dict[str, Any]:
    name = KeyName(str(each["office"]), str(each["purpose"]), int(each["epoch"]))
    entry = signed.epoch(name.office, name.purpose, name.epoch) if signed else None
    for one in each["envelopes"]:
        envelope = Envelope(str(one["first"]), str(one["second"]), bytes.fromhex(one["box"]))
        if {envelope.first, envelope.second} != set(privates):
            continue
        try:
            private = custody.open_envelope(envelope, key=name, privates=privates)
        except sealing.SealBroken:
            break
        if sealing.public_of(private) != (entry.public if entry else bytes.fromhex(each["public"])):
            break
        box = sealing.wrap(private, to=to, about=custody.about_holder(name, person))
        vouch = custody.vouch(to, of=person, key=name, private=private)
        return {
            "office": name.office,
            "purpose": name.purpose,
            "epoch": name.epoch,
            "box": box.hex(),
            "vouch": vouch.hex(),
        }
    raise NotTheseCustodians(key=name)
