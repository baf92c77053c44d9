"""
`mingcha tips`: who keeps the keys of the tip line. No act here opens a report.

Offline, without a database (custodians.py): root, custodian, sign, recover.
On the server: request, install, check, envelopes, restore, kit.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from mingcha.config import custodians as offline
from mingcha.config import house, kit
from mingcha.config.datafolder import DataFolder, write_privately
from mingcha.config.words import say, sentence
from mingcha.kernel import custody, sealing
from mingcha.kernel.custody import Directory, KeyName
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Person
    from mingcha.tips.models import OfficeKey

LARGEST = 8 * 1024 * 1024


class OfficeUnknown(Refusal):
    message: ClassVar[str] = "没有代码为 %(office)s 的机关，请用 mingcha tips check 查看。"
    status: ClassVar[int] = 404


class PersonUnknown(Refusal):
    message: ClassVar[str] = "没有账号“%(person)s”，或还没有设置举报箱口令。请本人先解锁一次。"
    status: ClassVar[int] = 404


class NothingWaiting(Refusal):
    message: ClassVar[str] = "这个机关没有等待签入目录的密钥，请先在“举报密钥”页建立。"


class NothingToSign(Refusal):
    message: ClassVar[str] = "没有可签的内容，请给出机关的申请文件、三名保管人的公钥，或用 --countersign 加签。"
    status: ClassVar[int] = 422


class NoEnvelopes(Refusal):
    message: ClassVar[str] = "这个机关没有恢复封，保管人无法恢复它的密钥。"


class OtherRoot(Refusal):
    message: ClassVar[str] = "本机已装有另一份根公钥。更换根公钥会改变信任的起点：请核实后先移走 %(file)s，再重新安装。"


class RootMissing(Refusal):
    message: ClassVar[str] = "本机还没有根公钥，第一次安装请用 --root 给出 root.pub，并与保管人核对指纹。"
    status: ClassVar[int] = 422


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ten acts; those offline first."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    _add_offline(acts)
    _add_served(acts)
    kit.add_act(acts)
    for act in acts.choices.values():
        act.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=say("数据目录"))


def _add_offline(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, purpose in (
        ("root", say("离线：生成一名根密钥保管人的密钥")),
        ("custodian", say("离线：生成一名恢复保管人的密钥")),
    ):
        act = acts.add_parser(name, help=purpose)
        act.add_argument("name", metavar="NAME", help=say("保管人的名字"))
        act.add_argument("folder", type=Path, metavar="FOLDER", help=say("写入的文件夹，应在离线介质上"))
    sign = acts.add_parser("sign", help=say("离线：把机关的密钥和保管人签入目录"))
    sign.add_argument("request", nargs="*", type=Path, metavar="REQUEST.json", help=say("机关的申请文件"))
    sign.add_argument("--key", required=True, type=Path, metavar="ROOT.key", help=say("根密钥文件"))
    sign.add_argument("--root", type=Path, metavar="root.pub", help=say("全部根公钥，用来核对原目录"))
    sign.add_argument("--directory", type=Path, metavar="FILE", help=say("正在使用的目录；第一次不填"))
    sign.add_argument("--custodian", action="append", type=Path, metavar="FILE.pub", help=say("恢复保管人的公钥，三份"))
    sign.add_argument("--countersign", type=Path, metavar="FILE", help=say("在别人签过的新目录上加签"))
    sign.add_argument("--out", required=True, type=Path, metavar="FILE", help=say("写出的目录文件"))
    sign.add_argument("--yes", action="store_true", help=say("已逐项核对过指纹，不再询问"))
    recover = acts.add_parser("recover", help=say("离线：两名保管人为一名干部恢复机关密钥"))
    recover.add_argument("envelopes", type=Path, metavar="ENVELOPES.json", help=say("导出的恢复封"))
    recover.add_argument(
        "--key", action="append", required=True, type=Path, metavar="FILE.key", help=say("保管人密钥，两份")
    )
    recover.add_argument("--fingerprint", required=True, metavar="DIGITS", help=say("接收人屏幕上的 30 位数字"))
    recover.add_argument("--directory", type=Path, metavar="FILE", help=say("签名目录，用来核对恢复出的密钥"))
    recover.add_argument("--root", type=Path, metavar="root.pub", help=say("全部根公钥"))
    recover.add_argument("--out", required=True, type=Path, metavar="FILE", help=say("写出的恢复文件"))


def _add_served(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    request = acts.add_parser("request", help=say("导出机关等待签入目录的密钥"))
    request.add_argument("office", metavar="OFFICE", help=say("机关代码"))
    request.add_argument("--out", required=True, type=Path, metavar="FILE", help=say("写出的申请文件"))
    install = acts.add_parser("install", help=say("核对签名并安装目录，启用新密钥"))
    install.add_argument("directory", type=Path, metavar="FILE", help=say("签好的目录"))
    install.add_argument("--root", type=Path, metavar="root.pub", help=say("全部根公钥，第一次安装时给出"))
    acts.add_parser("check", help=say("核对目录、数据库里的公钥和持有人"))
    envelopes = acts.add_parser("envelopes", help=say("导出机关的恢复封，交保管人离线恢复"))
    envelopes.add_argument("office", metavar="OFFICE", help=say("机关代码"))
    envelopes.add_argument("--to", required=True, metavar="NAME", help=say("接收人登录用的账号"))
    envelopes.add_argument("--out", required=True, type=Path, metavar="FILE", help=say("写出的文件"))
    restore = acts.add_parser("restore", help=say("放回保管人恢复的密钥"))
    restore.add_argument("recovered", type=Path, metavar="RECOVERED.json", help=say("保管人写出的恢复文件"))


def run(arguments: argparse.Namespace) -> int:
    """Do one of them; `check` answers 1 where something is wrong."""
    alone = {"root": _key, "custodian": _key, "sign": _sign, "recover": _recover}
    if arguments.act in alone:
        alone[arguments.act](arguments)
        return 0
    served = {"request": _request, "install": _install, "envelopes": _envelopes, "restore": _restore, "check": _check,
              "kit": kit.run_act}  # fmt: skip
    with house.opened(arguments.data) as folder:
        return served[arguments.act](arguments, folder) or 0


def _key(arguments: argparse.Namespace) -> None:
    what = offline.ROOT if arguments.act == "root" else offline.CUSTODIAN
    made = offline.make(what, name=arguments.name, folder=arguments.folder)
    print(say("已生成。请抄下指纹，与密钥文件分开保存；口令只有本人知道："))
    print(f"  {custody.fingerprint(made.public)}")


def _sign(arguments: argparse.Namespace) -> None:
    before = _directory(arguments.directory, arguments.root)
    if arguments.countersign:
        text, signatures = custody.opened(_bytes(arguments.countersign))
        after = custody.parse(text)
    else:
        if not arguments.request and not arguments.custodian:
            raise NothingToSign
        named = None
        if arguments.custodian:
            named = dict(offline.public_half(file) for file in arguments.custodian)
        added = [each for file in arguments.request for each in offline.requested(file)]
        after = offline.next_directory(before, added, named)
        text, signatures = custody.compose(after), {}
    print("\n".join(offline.told(before, after)))
    if not arguments.yes and not offline.agreed(say("以上指纹都已与本人核对无误？（是/否）")):
        raise offline.NotAgreed
    key = offline.unlock(arguments.key, what=offline.ROOT)
    signatures[key.public] = sealing.sign(text, key=key.private)
    write_privately(arguments.out.absolute(), custody.closed(text, signatures))
    print(say("已签：%(file)s（签名 %(count)d 个）") % {"file": arguments.out, "count": len(signatures)})


def _directory(file: Path | None, root: Path | None) -> Directory:
    """Return a directory that is seen to be signed; an empty one before the first."""
    if file is None:
        return Directory(0, (), {})
    if root is None:
        raise RootMissing
    return custody.read(_bytes(file), roots=custody.read_roots(root.read_text("utf-8")))


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _recover(arguments: argparse.Namespace) -> None:
    said = offline.load(arguments.envelopes, what=offline.ENVELOPES)
    signed = _directory(arguments.directory, arguments.root) if arguments.directory else None
    keys = [offline.unlock(file, what=offline.CUSTODIAN) for file in arguments.key]
    found = offline.recover(said, seen=arguments.fingerprint, keys=keys, file=arguments.envelopes, signed=signed)
    offline.write(arguments.out, found)
    print(say("已恢复 %(count)d 把密钥，只有接收人能打开：%(file)s")
          % {"count": len(found["keys"]), "file": arguments.out})  # fmt: skip


def _request(arguments: argparse.Namespace, _folder: DataFolder) -> None:
    from mingcha.doors.hall import clock
    from mingcha.tips import marks
    from mingcha.tips.models import OfficeKey
    from mingcha.tips.states import Epoch

    rows = list(OfficeKey.objects.filter(office=_office(arguments.office), state=Epoch.WAITING).order_by("purpose"))
    if not rows:
        raise NothingWaiting
    today = clock.now().date()
    for row in rows:
        marks.check(row)
    entries = [
        custody.Entry(row.office_id, row.purpose, row.epoch, bytes(row.public), today) for row in rows
    ]  # fmt: skip
    offline.write(arguments.out, {"what": offline.REQUEST, "entries": [custody.said(each) for each in entries]})
    print("\n".join(offline.told(Directory(0, (), {}), Directory(0, tuple(entries), {}))[1:]))
    print(say("请建立密钥的干部核对以上指纹，再把 %(file)s 交根密钥保管人。") % {"file": arguments.out})


def _install(arguments: argparse.Namespace, folder: DataFolder) -> None:
    from mingcha.doors.hall import clock
    from mingcha.tips import directory
    from mingcha.tips.actions import recovery

    trusted = folder.tips / "root.pub"
    given = arguments.root.read_text("utf-8") if arguments.root else None
    if given is None and not trusted.exists():
        raise RootMissing
    roots = custody.read_roots(given if given is not None else trusted.read_text("utf-8"))
    if trusted.exists() and set(roots) != set(custody.read_roots(trusted.read_text("utf-8"))):
        raise OtherRoot(file=trusted)
    content = _bytes(arguments.directory)
    found = custody.read(content, roots=roots)
    known = directory.installed_serial(folder.tips)
    if found.serial < known:
        raise directory.DirectoryTooOld(serial=found.serial, known=known)
    if not trusted.exists():
        write_privately(trusted, "".join(f"{root.hex()}\n" for root in roots).encode())
    write_privately(folder.tips / "directory.json", content)
    write_privately(folder.tips / "serial", str(found.serial).encode())
    begun = recovery.install(found, at=clock.now())
    print(say("已安装第 %(serial)d 号目录，启用 %(count)d 把密钥。") % {"serial": found.serial, "count": begun})


def _check(_arguments: argparse.Namespace, _folder: DataFolder) -> int:
    from mingcha.tips import directory
    from mingcha.tips.models import OfficeKey

    try:
        found = directory.load()
    except Refusal as refusal:
        print(sentence(refusal), file=sys.stderr)
        return 1
    print(say("目录第 %(serial)d 号，签名有效。") % {"serial": found.serial})
    for name, public in found.custodians.items():
        print(say("恢复保管人 %(name)s") % {"name": name} + f"  {custody.fingerprint(public)}")
    wrong = 0
    for row in OfficeKey.objects.select_related("office").order_by("office", "purpose", "epoch"):
        problem = _problem(row, found)
        wrong += bool(problem)
        print(f"{row.office_id} {row.office.name} {row.purpose} {row.epoch} {row.get_state_display()} {problem}")
    rows = set(OfficeKey.objects.values_list("office", "purpose", "epoch"))
    for each in found.entries:
        if (each.office, each.purpose, each.epoch) not in rows:
            wrong += 1
            print(f"{each.office} {each.purpose} {each.epoch} " + say("目录里有，数据库里没有"))
    return 1 if wrong else 0


def _problem(row: "OfficeKey", found: Directory) -> str:
    """Return in a few words what is wrong with an office's key, "" where nothing is."""
    from mingcha.tips import directory, marks
    from mingcha.tips.models import KeyHolder
    from mingcha.tips.states import Epoch

    try:
        marks.check(row)
        if found.epoch(row.office_id, row.purpose, row.epoch) is None:
            return "" if row.state == Epoch.WAITING else say("目录里没有")
        directory.check(row)
    except Refusal as refusal:
        return sentence(refusal)
    if row.state == Epoch.CURRENT and not KeyHolder.objects.filter(office_key=row).exists():
        return say("没有持有人，须由保管人恢复")
    return ""


def _envelopes(arguments: argparse.Namespace, _folder: DataFolder) -> None:
    from mingcha.tips.models import OfficeKey, RecoveryEnvelope
    from mingcha.tips.queries import keys

    office = _office(arguments.office)
    person = _person(arguments.to)
    pair = keys.pair_of(person)
    if pair is None:
        raise PersonUnknown(person=arguments.to)
    found: list[dict[str, Any]] = []
    for row in OfficeKey.objects.filter(office=office).order_by("purpose", "epoch"):
        boxes = [
            {"first": each.first, "second": each.second, "box": bytes(each.box).hex()}
            for each in RecoveryEnvelope.objects.filter(office_key=row).order_by("first", "second")
        ]
        facts = {"office": row.office_id, "purpose": row.purpose, "epoch": row.epoch, "public": bytes(row.public).hex()}
        if boxes:
            found.append({**facts, "envelopes": boxes})
    if not found:
        raise NoEnvelopes
    to = {"person": person.pk, "username": person.username, "name": person.name, "public": bytes(pair.public).hex()}
    offline.write(arguments.out, {"what": offline.ENVELOPES, "to": to, "keys": found})
    print(say("已导出 %(count)d 把密钥的恢复封，请交两名保管人离线恢复，并由 %(name)s 当面读出自己屏幕上的指纹。")
          % {"count": len(found), "name": person.name})  # fmt: skip


def _restore(arguments: argparse.Namespace, _folder: DataFolder) -> None:
    from mingcha.doors.hall import clock
    from mingcha.tips.actions import recovery

    said = offline.load(arguments.recovered, what=offline.RECOVERED)
    try:
        rows = [
            recovery.Recovered(
                KeyName(str(each["office"]), str(each["purpose"]), int(each["epoch"])), bytes.fromhex(each["box"]),
                bytes.fromhex(each["vouch"]),
            )
            for each in said["keys"]
        ]  # fmt: skip
        username, public = str(said["to"]["username"]), bytes.fromhex(said["to"]["public"])
        custodians = [str(name) for name in said["custodians"]]
    except (KeyError, TypeError, ValueError):
        raise offline.FileWrong(file=arguments.recovered) from None
    person = _person(username)
    count = recovery.restore(person, public=public, rows=rows, custodians=custodians, at=clock.now())
    print(say("已放回 %(count)d 把密钥，%(name)s 解锁后即可使用。请随后更换新一期密钥。")
          % {"count": count, "name": person.name})  # fmt: skip


def _office(code: str) -> str:
    from mingcha.ground.territory.models import Body

    if not Body.objects.filter(pk=code).exists():
        raise OfficeUnknown(office=code)
    return code


def _person(username: str) -> "Person":
    from mingcha.ground.accounts.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise PersonUnknown(person=username)
    return found
