"""`mingcha demo`: load the demo into a data folder of its own, once, then serve it; prints address and sign-ins."""

import argparse

from mingcha.config import house
from mingcha.config.commands.serve import add_tls, announce, pair_of
from mingcha.config.datafolder import DataFolder
from mingcha.config.words import say
from mingcha.kernel.refusals import Refusal

NOW = "2021-10-27T18:00:00+08:00"


class NotForTheDemo(Refusal):
    """Real records must never come under a clock that stands still, nor among made-up ones."""

    message = "数据目录 %(folder)s 的数据库里已有正式数据，不能装入演示。请用 --data 指定一个新的目录。"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to serve, and where."""
    parser.add_argument("--no-serve", action="store_true", help=say("装入后即结束"))
    parser.add_argument("--port", type=int, help=say("端口；0 表示任选空闲端口，默认 8000，被占用时改用空闲端口"))
    add_tls(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load and serve. Raises NotForTheDemo."""
    pair = pair_of(arguments)
    with house.opened(arguments.data) as folder:
        claim(folder)
        from mingcha.config.demo import loading

        if not loading.is_loaded():
            print(say("正在装入演示数据，请稍候……"), flush=True)
        loading.load(folder)
        if arguments.no_serve:
            print_sign_ins(folder)
            return 0
        from mingcha.config import server

        def ready(address: str) -> None:
            print_sign_ins(folder)
            announce(address, arguments.port)

        return server.serve(folder, port=arguments.port, pair=pair, on_ready=ready)


def claim(folder: DataFolder) -> None:
    """Mark the instance as the demo with its clock fixed, unless it holds anybody's records. Raises NotForTheDemo."""
    if folder.instance().get("demo"):
        return
    from django.conf import settings

    from mingcha.ground.audit.models import Event

    if Event.objects.exists():
        raise NotForTheDemo(folder=folder.path)
    folder.describe_instance(demo=True, now=NOW)
    # Settings were read before the database could be asked; from the next start on they find the mark themselves.
    settings.MINGCHA_DEMO, settings.MINGCHA_NOW = True, folder.fixed_clock()


def print_sign_ins(folder: DataFolder) -> None:
    """Print who can sign in, and as what, and what is left to do."""
    from mingcha.config.demo import loading, people

    print(say("演示账号（密码只对这个数据目录有效）："))
    for username, password in loading.sign_ins(folder).items():
        print(f"  {username:<10} {password}   {say(people.CAST[username])}")
    print_tip_line(folder)
    print(
        say(
            "岷县第 4 轮等着您：county 冻结名录，county 和 lead 各投入秘密、各读一遍骰子后抽签，"
            "inspector 启封清单去检查，unit 答复整改，county 核验销号。"
        )
    )


def print_tip_line(folder: DataFolder) -> None:
    """Print what opens the demo's tip line; nothing where the demo was loaded before there was one."""
    if not folder.demo_passphrases.exists():
        return
    from mingcha.config.demo import loading

    held = loading.sealed_room(folder)
    print(say("举报箱口令（登录后在“举报”页解锁用；根密钥也在这个数据目录，仅供演示）："))
    for username, passphrase in held["passphrases"].items():
        print(f"  {username:<10} {passphrase}")
    print(say("群众凭查询码回来看答复：%(receipt)s，在 /report/ 输入。") % {"receipt": held["receipts"]["no-food"]})
