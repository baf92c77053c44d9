"""
Keeps one PostgreSQL server running for as long as any process uses it. Run as a script, standard library only.

1. Hold keeper.lock for life: one keeper for each cluster.
2. Adopt the server that an earlier, killed keeper left running; otherwise start one.
3. While anybody holds users.lock (shared), look after the server: a killed one is started again. Directly after a
   kill -9 the old server's children still hold its memory, so try for a few seconds.
4. When users.lock can be had alone, nobody is left, also where the last user was killed: stop the server, let go.

The kernel counts the users, by their locks; nothing has to be cleaned up after a kill -9.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

POLL = 0.1
PATIENCE = 5.0


class Server:
    """The postmaster: ours or adopted, known by its process number."""

    def __init__(self, cluster: Path, account: str, command: list[str]) -> None:
        self.cluster = cluster
        self.command = command
        self.as_user: dict[str, Any] = {}
        if account:
            uid, gid = account.split(":")
            self.as_user = {"user": int(uid), "group": int(gid), "extra_groups": []}
        self.child: subprocess.Popen[bytes] | None = None
        self.adopted = self._left_running()

    def _left_running(self) -> int | None:
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            program = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            # Process numbers come round again: what runs under this one must be the server of this very cluster.
            return pid if os.fsencode(self.cluster) in program else None
        except (OSError, ValueError):
            return None

    def alive(self) -> bool:
        """Whether the server runs."""
        if self.child is not None:
            return self.child.poll() is None
        return self.adopted is not None and self._left_running() == self.adopted

    def start(self) -> bool:
        """Start the server; give up after PATIENCE seconds of it ending at once."""
        self.adopted = None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.child = subprocess.Popen(self.command, cwd="/", stdin=subprocess.DEVNULL, **self.as_user)
            try:
                self.child.wait(0.2)
            except subprocess.TimeoutExpired:
                return True
            time.sleep(POLL)
        return False

    def stop(self) -> None:
        """Stop the server the fast way: open connections are cut, everything committed is kept."""
        if not self.alive():
            return
        pid = self.child.pid if self.child is not None else self.adopted
        assert pid is not None
        os.kill(pid, signal.SIGINT)
        while self.alive():
            time.sleep(POLL / 10)


def lock(path: Path, how: int) -> int | None:
    """Return an open handle that holds `path` locked, or None where somebody else has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def keep(locks: Path, sockets: Path, server: Server) -> int:
    """Look after `server` until nobody uses it. Returns the exit status."""
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: told.append(received))
    if not server.alive() and not server.start():
        return 1
    alone = None
    while not told and alone is None:
        time.sleep(POLL)
        alone = lock(locks / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if alone is None and not server.alive() and not server.start():
            return 1
    server.stop()
    if alone is not None:
        # Nobody can come in before we let go of users.lock; the next one makes the folder again.
        with contextlib.suppress(OSError):
            sockets.rmdir()
    return 0


def main() -> int:
    """Arguments: folders of locks, sockets and tables, "uid:gid" or "", then the server's command line."""
    locks, sockets, cluster, account, *command = sys.argv[1:]
    if lock(Path(locks) / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) is None:
        return 0
    return keep(Path(locks), Path(sockets), Server(Path(cluster), account, command))


if __name__ == "__main__":
    sys.exit(main())
