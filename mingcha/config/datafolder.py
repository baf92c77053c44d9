"""
The data folder: everything an instance keeps outside the code.

    pg/                   the embedded PostgreSQL (postgres.py)
    evidence/             files by their hash
    keys/secret           signs sessions and forms
    keys/sealing          seals lists and the head of the audit chain; 32 bytes
    keys/tips-pepper      stretches the receipts of the tip line; 32 bytes, apart from every other
    keys/tips-mark        marks what the sealed room writes; 32 bytes
    tips/                 the tip line's signed key directory, the root that signs it, and its sealed files
    instance.json         {"demo": true, "now": "2021-10-27T18:00:00+08:00"}
    served-at.json        where it is served, while it is
    demo-passwords.json   the demo's sign-ins, made anew for each folder

One folder for each clone unless `--data` or MINGCHA_DATA names another, so that two clones never meet.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mingcha.config.refusals import ClockUnreadable, DataFolderUnusable

CLONE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class DataFolder:
    """One data folder, prepared: every sub-folder and key exists."""

    path: Path

    @property
    def postgres(self) -> Path:
        """Where the embedded PostgreSQL keeps its passwords, locks and, where it can, its tables."""
        return self.path / "pg"

    @property
    def evidence(self) -> Path:
        """Where evidence files lie."""
        return self.path / "evidence"

    @property
    def whereabouts(self) -> Path:
        """The note that says where this instance is served at the moment (whereabouts.py)."""
        return self.path / "served-at.json"

    @property
    def demo_passphrases(self) -> Path:
        """What opens the demo's tip line: officers' passphrases and citizens' receipts."""
        return self.path / "demo-passphrases.json"

    @property
    def demo_passwords(self) -> Path:
        """The file of the demo's sign-ins."""
        return self.path / "demo-passwords.json"

    @property
    def secret_key(self) -> str:
        """What signs sessions and forms."""
        return (self.path / "keys" / "secret").read_text("ascii")

    @property
    def sealing_key(self) -> bytes:
        """What seals lists and chain heads: 32 bytes."""
        return (self.path / "keys" / "sealing").read_bytes()

    @property
    def tips(self) -> Path:
        """Where the tip line keeps its key directory (directory.json, root.pub) and its sealed files."""
        return self.path / "tips"

    @property
    def tips_pepper(self) -> bytes:
        """What the receipts of the tip line are stretched with: 32 bytes."""
        return (self.path / "keys" / "tips-pepper").read_bytes()

    @property
    def tips_mark(self) -> bytes:
        """What marks the sealed room's rows, so that who can only write to the database cannot forge one: 32 bytes."""
        return (self.path / "keys" / "tips-mark").read_bytes()

    def instance(self) -> dict[str, Any]:
        """Return what this instance is: `demo` (bool) and `now` (ISO time or None); empty before anything was set."""
        try:
            return dict(json.loads((self.path / "instance.json").read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def describe_instance(self, **facts: Any) -> None:
        """Add `facts` to instance.json, whole or not at all."""
        target = self.path / "instance.json"
        write_privately(target, json.dumps({**self.instance(), **facts}, ensure_ascii=False, indent=1).encode())

    def fixed_clock(self) -> datetime | None:
        """Return the time this instance stands still at: MINGCHA_NOW, else instance.json, else None (a running clock)."""
        text = os.environ.get("MINGCHA_NOW") or self.instance().get("now")
        return read_clock(text) if text else None


def read_clock(text: str) -> datetime:
    """Return the aware time written in `text`. Raises ClockUnreadable, also where the zone is missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ClockUnreadable(text=text) from None
    if moment.tzinfo is None:
        raise ClockUnreadable(text=text)
    return moment


def locate(given: str | None = None) -> Path:
    """Return the data folder's path: `given` (--data), else MINGCHA_DATA, else .data in the clone."""
    chosen = given or os.environ.get("MINGCHA_DATA")
    return Path(chosen).expanduser().resolve() if chosen else CLONE / ".data"


def prepare(path: Path) -> DataFolder:
    """Make the folder and its keys where they are missing. Raises DataFolderUnusable."""
    try:
        # As root the tables belong to an unprivileged user, who must pass through this folder, though not read it.
        _make(path, 0o711 if os.geteuid() == 0 else 0o700)
        _make(path / "pg", 0o711 if os.geteuid() == 0 else 0o700)
        _make(path / "evidence", 0o700)
        _make(path / "keys", 0o700)
        _make(path / "tips", 0o700)
        make_secret(path / "keys" / "secret", lambda: secrets.token_urlsafe(48).encode())
        for name in ("sealing", "tips-pepper", "tips-mark"):
            make_secret(path / "keys" / name, lambda: secrets.token_bytes(32))
    except OSError as error:
        raise DataFolderUnusable(folder=path, reason=error.strerror or error) from error
    return DataFolder(path)


def make_secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the secret kept in `path` (mode 0600), made with `make` by whoever comes first."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        write_privately(fresh, make())
        try:
            # A link fails where the name is taken: of two processes that start together, one wins and both read it.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def write_privately(path: Path, content: bytes) -> None:
    """Write `content` to `path`, readable by its owner only, whole or not at all."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)


def _make(path: Path, mode: int) -> None:
    """Make one folder with exactly `mode`; an existing folder keeps the mode its owner gave it."""
    if path.is_dir():
        return
    path.mkdir(parents=True)
    path.chmod(mode)
