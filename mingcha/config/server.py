"""
Serving: the pages and the background jobs, looked after by one parent.

1. Listen first: a free port is then ours, and whoever connects early waits in line instead of being refused.
2. Throw away what a crash left half received, unless another server of this instance is receiving just now.
3. Fork gunicorn and the worker from this process, which has loaded everything: nothing is imported twice.
   Children die with their parent, also when it is killed.
4. When the first web worker is ready, say so, also in the data folder; the address is told no earlier.
5. Look after the children: a worker that ends is started again; without gunicorn there is nothing left to do.
6. On SIGTERM or SIGINT pass it on, wait, and take what does not end by force.
"""

import ctypes
import fcntl
import multiprocessing
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from mingcha.config import jobs, keeper, threads, whereabouts
from mingcha.config.datafolder import DataFolder
from mingcha.config.kit import Kit
from mingcha.config.refusals import PortTaken
from mingcha.config.tls import Pair
from mingcha.ground.evidence import actions as evidence

DEFAULT_PORT = 8000
GRACE = 15.0
# For each process. A photo over a slow line holds one for half a minute, so there are more than the cores could use;
# who falls silent holds none for long (threads.py).
THREADS = 16

_fork = multiprocessing.get_context("fork")


class Pages(BaseApplication):  # type: ignore[misc]
    """Gunicorn on a socket that is already open, without a configuration file."""

    def __init__(self, listening: socket.socket, ready: int, workers: int, pair: Pair | None) -> None:
        self.chosen: dict[str, Any] = {
            "bind": f"fd://{listening.fileno()}",
            "worker_class": threads.Worker,
            "workers": workers,
            "threads": THREADS,
            # An idle connection holds no thread, and over a phone's network a new one costs seconds.
            "keepalive": 15,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "proc_name": "mingcha",
            "control_socket_disable": True,
            # A heartbeat file on a slow disk makes healthy workers look dead.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
            "post_worker_init": lambda _worker: os.write(ready, b"1"),
        }
        if pair is not None:
            self.chosen |= {"certfile": str(pair.certificate), "keyfile": str(pair.key)}
            self.chosen["ssl_context"] = lambda _settings, _usual: threads.bounded(pair.context())
        super().__init__()

    def load_config(self) -> None:
        """Take our settings, and none from files or GUNICORN_CMD_ARGS."""
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, with every view imported: nobody's first page is slow."""
        application = get_wsgi_application()
        _ = get_resolver().url_patterns
        return application


def listen(host: str, port: int | None) -> socket.socket:
    """
    Return a listening socket: on `port`, on any free one for 0, and for None on 8000 or, where it is taken, a free one.

    Raises PortTaken.
    """
    wanted = [DEFAULT_PORT, 0] if port is None else [port]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in wanted:
        try:
            return socket.create_server((host, candidate), family=family, backlog=512)
        except OSError as error:
            if candidate == wanted[-1]:
                raise PortTaken(host=host, port=candidate, reason=error.strerror or error) from error
    raise AssertionError("unreachable")


def serve(
    folder: DataFolder | Kit, *, host: str = "127.0.0.1", port: int | None = None, workers: int = 2,
    pair: Pair | None = None, on_ready: Callable[[str], None],
) -> int:  # fmt: skip
    """
    Serve until told to stop; the house must be open (house.opened). Returns the exit status.

    With a `pair`, over https alone. `on_ready` is called once with the address when pages are answered. The public face,
    which has a kit for its folder, runs no jobs.
    """
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopped.append(received))
    connections.close_all()
    listening = listen(host, port)
    address = _address(listening, "https" if pair else "http")
    whole = isinstance(folder, DataFolder)
    receiving = [_sweep(folder)] if isinstance(folder, DataFolder) else []
    told, ready = os.pipe()
    pages = _child(lambda: Pages(listening, ready, workers, pair).run())
    worker = _child(jobs.work) if whole else None
    announced = False
    try:
        while not stopped and pages.is_alive():
            if select.select([told], [], [], 0.2)[0] and os.read(told, 1) and not announced:
                whereabouts.tell(folder.whereabouts, address)
                on_ready(address)
                announced = True
            if worker is not None and not worker.is_alive() and not stopped:
                time.sleep(jobs.BACK_OFF)
                worker = _child(jobs.work)
        return 0 if stopped else 1
    finally:
        whereabouts.forget(folder.whereabouts)
        _stop(*filter(None, (pages, worker)))
        for handle in receiving:
            os.close(handle)


def _sweep(folder: DataFolder) -> int:
    """Throw away what was half received, and return a lock by which other servers know that we may be receiving."""
    place = folder.evidence / "incoming.lock"
    handle = keeper.lock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if handle is None:  # somebody is at it: whatever lies there may be theirs
        handle = keeper.lock(place, fcntl.LOCK_SH)
        assert handle is not None
        return handle
    evidence.sweep()
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def _child(run: Callable[[], object]) -> ForkProcess:
    process = _fork.Process(target=_run_child, args=(run, os.getpid()), daemon=False)
    process.start()
    return process


def _run_child(run: Callable[[], object], parent: int) -> None:
    """Run in the child: default signals again, and an end when the parent ends (PR_SET_PDEATHSIG, Linux only)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if Path("/proc/self").exists():
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() == parent:
        run()


def _stop(*children: ForkProcess) -> None:
    deadline = time.monotonic() + GRACE
    for child in children:
        if child.is_alive():
            child.terminate()
    for child in children:
        child.join(max(0.1, deadline - time.monotonic()))
        if child.is_alive():
            child.kill()
            child.join()


def _address(listening: socket.socket, scheme: str) -> str:
    host, port = listening.getsockname()[:2]
    shown = "localhost" if host in ("0.0.0.0", "::") else host
    return f"{scheme}://[{shown}]:{port}/" if ":" in shown else f"{scheme}://{shown}:{port}/"
