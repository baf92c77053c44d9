"""
The embedded PostgreSQL of one data folder: made once, started when first used, shared, stopped after the last user.

The wheel's binaries are used, never its Python start-up, which opens folders of others and trusts every connection.

1. Find the footing (footing.py): which user runs it, where the tables lie, which binaries.
2. Say that we use it: a shared lock on users.lock, which the kernel drops with us, even after kill -9.
3. Make the cluster beside its place and rename it: a killed initdb leaves nothing that looks whole. Passwords are
   drawn at random; scram-sha-256 for everyone; no TCP, only a socket in a short folder that only its user may enter.
4. Start the keeper (keeper.py) unless one lives. It starts the server, and stops it when users.lock is free.
5. Wait until the server answers; make the role and the database of the application on the first day.

One process at a time takes these steps (turn.lock).
"""

import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from mingcha.config import footing, keeper
from mingcha.config.datafolder import make_secret, write_privately
from mingcha.config.footing import Footing, digest
from mingcha.config.refusals import DatabaseUnavailable

DATABASE = "mingcha"
PATIENCE = 15.0
LARGEST_LOG = 8_000_000


@dataclass
class Cluster:
    """One embedded PostgreSQL. `base` is the data folder's pg/; `durable=False` is for tests: faster, lost on a crash."""

    base: Path
    durable: bool = True
    footing: Footing = field(init=False)
    _log_began: int = field(init=False, default=0)
    _users: int | None = field(init=False, default=None)
    _keeper: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    @property
    def log(self) -> Path:
        """What the server and its keeper say."""
        return self.base / "log"

    @property
    def sockets(self) -> Path:
        """The socket's folder: short, because a socket's path may have 107 bytes at most."""
        return Path(f"/tmp/mingcha-{self.footing.owner[0]}-{digest(self.footing.tables)}")

    def dsn(self, role: str = DATABASE, database: str = DATABASE) -> str:
        """Return the address of `database` for `role`, with its password."""
        password = (self.base / f"password-{role}").read_text("ascii")
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.sockets), safe='')}"

    def __enter__(self) -> Self:
        return self.attach()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def attach(self) -> Self:
        """Make and start the server where needed, and count us as a user, once. Raises DatabaseUnavailable."""
        if self._users is not None:
            return self
        try:
            with _locked(self.base / "turn.lock"):
                self._log_began = self.log.stat().st_size if self.log.exists() else 0
                self.footing = footing.find(self.base)
                self._users = keeper.lock(self.base / "users.lock", fcntl.LOCK_SH)
                self._make_cluster()
                self._make_socket_folder()
                self._start_keeper()
                self._wait_until_it_answers()
        except BaseException as error:
            self._drop_lock()
            if isinstance(error, (OSError, subprocess.SubprocessError, psycopg.Error)):
                raise DatabaseUnavailable(reason=self._why(error), log=self.log) from error
            raise
        return self

    def release(self) -> None:
        """Stop using the server; where nobody else does, wait until it has stopped."""
        self._drop_lock()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not self._keeper_lives() or self._others_use_it():
                break
            time.sleep(0.02)
        if self._keeper is not None:
            self._keeper.poll()

    # 3: the cluster and its socket folder

    def _make_cluster(self) -> None:
        for role in ("postgres", DATABASE):
            make_secret(self.base / f"password-{role}", lambda: secrets.token_hex(24).encode())
        if (self.footing.tables / "PG_VERSION").exists():
            return
        fresh, password = self.footing.home / "cluster.new", self.footing.home / "initdb-password"
        shutil.rmtree(fresh, ignore_errors=True)
        password.unlink(missing_ok=True)
        write_privately(password, (self.base / "password-postgres").read_bytes())
        fresh.mkdir(mode=0o700)
        os.chown(fresh, *self.footing.owner)
        os.chown(password, *self.footing.owner)
        command = [str(self.footing.binaries / "initdb"), "-D", str(fresh), "-U", "postgres", f"--pwfile={password}"]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"] + ([] if self.durable else ["--no-sync"])
        try:
            with self._append_log() as log:
                subprocess.run(
                    command,
                    check=True,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    **self.footing.as_user(),
                )
        finally:
            password.unlink()
        fresh.rename(self.footing.tables)

    def _make_socket_folder(self) -> None:
        """Make the folder under /tmp. Anybody may have made one of that name before us: then it must not be theirs."""
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, *self.footing.owner)
        found = self.sockets.lstat()
        if (found.st_uid, found.st_mode & 0o177777) != (self.footing.owner[0], 0o040700):
            raise PermissionError(f"{self.sockets} belongs to somebody else; remove it")

    # 4, 5: started, answering, furnished

    def _start_keeper(self) -> None:
        if self._keeper_lives() or (self._keeper is not None and self._keeper.poll() != 0):
            return
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "cluster_name": DATABASE,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            # A statement that fails may carry what somebody typed; that does not belong in a log.
            "log_min_error_statement": "panic",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        server = [str(self.footing.binaries / "postgres"), "-D", str(self.footing.tables)]
        server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        account = ":".join(map(str, self.footing.account or ()))
        script = [sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("keeper.py"))]
        # A session of its own: Ctrl-C in the terminal is for us, and we may still want to finish a transaction.
        with self._append_log() as log:
            self._keeper = subprocess.Popen(
                [*script, str(self.base), str(self.sockets), str(self.footing.tables), account, *server],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _keeper_lives(self) -> bool:
        handle = keeper.lock(self.base / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if handle is None:
            return True
        os.close(handle)
        return False

    def _others_use_it(self) -> bool:
        """Whether somebody else holds users.lock, as a user and not as the keeper who is just stopping the server."""
        handle = keeper.lock(self.base / "users.lock", fcntl.LOCK_SH | fcntl.LOCK_NB)
        if handle is None:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(handle)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.dsn()).close()
                return
            except psycopg.OperationalError as error:
                gone = self._keeper is not None and self._keeper.poll() not in (None, 0)
                if gone or time.monotonic() > deadline:
                    raise
                if re.search(r'database "\w+" does not exist|authentication failed', str(error)):
                    self._furnish()
                    continue
            time.sleep(0.02)
            # The one we found alive may have been told to go, or ours may have met another's lock test.
            self._start_keeper()

    def _furnish(self) -> None:
        """Make the application's role, which is no superuser, and its database. May be repeated."""
        password = (self.base / f"password-{DATABASE}").read_text("ascii")
        role = sql.Identifier(DATABASE)
        with psycopg.connect(self.dsn("postgres", "postgres"), autocommit=True) as connection:
            with suppress(psycopg.errors.DuplicateObject):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
            with suppress(psycopg.errors.DuplicateDatabase):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def _append_log(self) -> IO[bytes]:
        """Open the log for whoever is started next; begin anew when it has grown large."""
        self.log.touch(mode=0o600)
        return self.log.open("ab" if self.log.stat().st_size < LARGEST_LOG else "wb")

    def _why(self, error: BaseException) -> str:
        """Return what the server itself gave as its reason, else the error's first line."""
        with suppress(OSError):
            for line in reversed(self.log.read_bytes()[self._log_began :].decode(errors="replace").splitlines()):
                if found := re.search(r"(?:FATAL: +|error: +|^postgres: |^initdb: (?!error|warning|hint))(.+)", line):
                    return found[1]
        return str(error).strip().split("\n")[0]

    def _drop_lock(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = keeper.lock(path, fcntl.LOCK_EX)
    assert handle is not None
    try:
        yield
    finally:
        os.close(handle)
