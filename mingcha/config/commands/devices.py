"""`mingcha devices`: give a phone its token, once; list phones; end a token."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mingcha.config import house, whereabouts
from mingcha.config.columns import print_table
from mingcha.config.datafolder import DataFolder, write_privately
from mingcha.config.words import say
from mingcha.kernel import collect
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    import segno

    from mingcha.ground.accounts.models import Device, Person

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
PICTURES = (".png", ".svg")
HERE_ONLY = ("localhost", "127.0.0.1", "::1")


class PersonUnknown(Refusal):
    """Nobody signs in under this name."""

    message = "没有账号“%(person)s”，请核对 --person：要填登录用的账号，不是姓名。"
    status = 404


class DeviceUnknown(Refusal):
    """No phone has this number."""

    message = "没有编号为 %(id)d 的设备，请用 mingcha devices list 查看编号。"
    status = 404


class NotAPicture(Refusal):
    """A QR code is a picture."""

    message = "二维码只能写成 .png 或 .svg 文件，请改 --qr 的文件名。"
    status = 422


class NotAnAddress(Refusal):
    """Not where a server can be."""

    message = "地址“%(url)s”无法识别，--url 应写成 https://主机:端口 的样子。"
    status = 422


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Three acts."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help=say("为一个人的手机发放凭证，只显示这一次"))
    add.add_argument("--person", required=True, metavar="NAME", help=say("登录用的账号"))
    add.add_argument("--label", default="", metavar="TEXT", help=say("设备名称，便于辨认，例如“二组的平板”"))
    add.add_argument("--url", metavar="ADDRESS", help=say("手机访问服务器的地址，默认为正在服务的地址"))
    add.add_argument("--qr", type=Path, metavar="FILE", help=say("把 ODK Collect 的配置二维码写成 .png 或 .svg"))
    add.add_argument("--json", action="store_true", help=say("只输出一行 JSON：提交地址和凭证"))
    listed = acts.add_parser("list", help=say("列出设备，最近的在前"))
    listed.add_argument("--person", metavar="NAME", help=say("只列这个账号的"))
    revoke = acts.add_parser("revoke", help=say("收回一台设备的凭证，立即生效"))
    revoke.add_argument("id", type=int, metavar="ID", help=say("设备编号"))
    for act in (add, listed, revoke):
        act.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=say("数据目录"))


def run(arguments: argparse.Namespace) -> int:
    """Do one of them."""
    acts = {"add": _add, "list": _list, "revoke": _revoke}
    if arguments.act == "add":
        _check(arguments)
    with house.opened(arguments.data) as folder:
        acts[arguments.act](arguments, folder)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Find what is wrong before a token exists that nobody would see."""
    if arguments.qr and arguments.qr.suffix.lower() not in PICTURES:
        raise NotAPicture
    if arguments.url:
        parts = urlsplit(arguments.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NotAnAddress(url=arguments.url)


def _add(arguments: argparse.Namespace, folder: DataFolder) -> None:
    from mingcha.doors.hall import clock
    from mingcha.ground.accounts.actions import devices

    server = (arguments.url or whereabouts.find(folder.whereabouts)).rstrip("/")
    made, token = devices.add(_person(arguments.person), label=arguments.label, by=None, at=clock.now())
    if arguments.json:
        print(json.dumps({"url": f"{server}/submission", "token": token}))
    else:
        _tell(made, token, server)
    if arguments.qr:
        _draw(arguments.qr, _code(server, token))


def _tell(made: "Device", token: str, server: str) -> None:
    print(say("%(name)s 的设备凭证，编号 %(id)d（只显示这一次）：") % {"name": made.person.name, "id": made.pk})
    print(f"  {token}")
    print(say("ODK Collect 的服务器地址："))
    print(f"  {server}/key/{token}")
    print(say("或在 Collect 里扫描这个二维码（深色终端；浅色终端请用 --qr 写成图片）："))
    _code(server, token).terminal(sys.stdout, border=2, compact=True)
    if urlsplit(server).hostname in HERE_ONLY:
        print(say("注意：手机到不了 %(server)s，请用 --url 写明手机访问的地址。") % {"server": server}, file=sys.stderr)


def _code(server: str, token: str) -> "segno.QRCode":
    import segno

    from mingcha.doors.hall import clock

    project = say("明察（演示）") if clock.is_demo() else say("明察")
    return segno.make(collect.settings(f"{server}/key/{token}", project), micro=False, error="l")


def _draw(file: Path, code: "segno.QRCode") -> None:
    """Write the picture for ourselves alone: whoever scans it may send."""
    drawn = io.BytesIO()
    code.save(drawn, kind=file.suffix.lower().lstrip("."), scale=6, border=4)
    write_privately(file.absolute(), drawn.getvalue())


def _list(arguments: argparse.Namespace, _folder: DataFolder) -> None:
    from mingcha.ground.accounts import devices

    found = devices.of_person(_person(arguments.person)) if arguments.person else devices.known()
    lines = [[say("编号"), say("账号"), say("姓名"), say("设备"), say("发放"), say("状态")]]
    for one in found.select_related("person"):
        given = one.made_at.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M")
        state = say("已收回") if one.revoked_at else say("可用")
        lines.append([str(one.pk), one.person.username, one.person.name, one.label, given, state])
    print_table(lines)


def _revoke(arguments: argparse.Namespace, _folder: DataFolder) -> None:
    from mingcha.doors.hall import clock
    from mingcha.ground.accounts import devices
    from mingcha.ground.accounts.actions import devices as giving

    found = devices.known().filter(pk=arguments.id).first()
    if found is None:
        raise DeviceUnknown(id=arguments.id)
    giving.revoke(found, by=None, at=clock.now())
    print(say("已收回 %(name)s 的设备 %(id)d 的凭证。") % {"name": found.person.name, "id": found.pk})


def _person(username: str) -> "Person":
    from mingcha.ground.accounts.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise PersonUnknown(person=username)
    return found
