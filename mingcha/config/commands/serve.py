"""`mingcha serve`: bring the tables up to date, then serve pages and run the background jobs until told to stop."""

import argparse
import os
import sys
from pathlib import Path

from mingcha.config import house, kit
from mingcha.config.refusals import HostsUnnamed
from mingcha.config.tls import Pair
from mingcha.config.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--port", type=int, help=say("端口；0 表示任选空闲端口，默认 8000，被占用时改用空闲端口"))
    parser.add_argument("--host", default="127.0.0.1", help=say("监听地址，默认只供本机访问"))
    parser.add_argument("--workers", type=int, default=2, help=say("网页进程数，每个进程十六个线程"))
    parser.add_argument(
        "--public", type=Path, metavar="FOLDER", help=say("只提供公众举报入口，配置在这个目录（mingcha tips kit 生成）")
    )
    add_tls(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve. The address is printed once pages are answered."""
    check_hosts(arguments.host)
    pair = pair_of(arguments)
    if arguments.public is not None:
        return _public_face(arguments, pair)
    with house.opened(arguments.data) as folder:
        from mingcha.config import server, shipped
        from mingcha.doors.hall import clock

        shipped.ensure(clock.now())
        return server.serve(
            folder,
            host=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            pair=pair,
            on_ready=lambda address: announce(address, arguments.port),
        )


def _public_face(arguments: argparse.Namespace, pair: Pair | None) -> int:
    """Serve the pages of a report alone, under the public's own role: no jobs, no tables made, no key of the desk."""
    face = kit.prepare(arguments.public)
    house.load_django()
    from mingcha.config import server

    return server.serve(
        face,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        pair=pair,
        on_ready=lambda address: announce(address, arguments.port),
    )


def add_tls(parser: argparse.ArgumentParser) -> None:
    """Whether to speak https ourselves."""
    parser.add_argument(
        "--tls",
        nargs=2,
        type=Path,
        metavar=("CERT", "KEY"),
        help=say("用这张证书和私钥提供 https（见 docs/https.zh-CN.md）"),
    )


def pair_of(arguments: argparse.Namespace) -> Pair | None:
    """
    Return the certificate and key asked for, tried out, and print what is doubtful. To be called before settings load.

    Raises what Pair.examine does.
    """
    if arguments.tls is None:
        return None
    pair = Pair(*(path.absolute() for path in arguments.tls))
    names = [name.strip() for name in os.environ.get("MINGCHA_HOSTS", "").split(",")]
    for doubt in pair.examine(name for name in names if name and not name.startswith(("*", "."))):
        print(say(doubt.template) % doubt.facts, file=sys.stderr)
    os.environ["MINGCHA_TLS"] = "1"
    return pair


def announce(address: str, wanted: int | None) -> None:
    """Print the address, and that another port than usual was taken."""
    if wanted is None and not address.endswith(":8000/"):
        print(say("端口 8000 已被占用，改用空闲端口。"))
    # The address ends its line, so that a terminal, or a script, takes all of it and nothing more.
    print(say("明察已就绪（按 Ctrl-C 停止）："), address, flush=True)


def check_hosts(host: str) -> None:
    """Refuse to serve the network before somebody has said under which names. Raises HostsUnnamed."""
    if host not in ("127.0.0.1", "localhost", "::1") and not os.environ.get("MINGCHA_HOSTS"):
        raise HostsUnnamed(host=host)
