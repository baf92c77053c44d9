"""`mingcha serve`: bring the tables up to date, then serve pages and run the background jobs until told to stop."""

import argparse
import os

from mingcha.config import house
from mingcha.config.refusals import HostsUnnamed
from mingcha.config.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--port", type=int, help=say("端口；0 表示任选空闲端口，默认 8000，被占用时改用空闲端口"))
    parser.add_argument("--host", default="127.0.0.1", help=say("监听地址，默认只供本机访问"))
    parser.add_argument("--workers", type=int, default=2, help=say("网页进程数，每个进程四个线程"))


def run(arguments: argparse.Namespace) -> int:
    """Serve. The address is printed once pages are answered."""
    check_hosts(arguments.host)
    with house.opened(arguments.data):
        from mingcha.config import server, shipped
        from mingcha.doors.hall import clock

        shipped.ensure(clock.now())
        return server.serve(
            host=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            on_ready=lambda address: announce(address, arguments.port),
        )


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
