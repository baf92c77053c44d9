"""
A PostgreSQL of its own for every run of the tests, started before pytest-django reads the settings.

The data folder's name has a space and Chinese characters in it, so that every run also tries that.
What this machine's own instance uses (MINGCHA_DATA, DATABASE_URL, the demo's clock) is left out of sight;
MINGCHA_TEST_DATABASE_URL runs the tests on another PostgreSQL, whose role must be allowed to create databases.

`make test` runs on every core (at most four): the run that was started hands whole files to workers. They share its
PostgreSQL and MINGCHA_TEST_RUN, a folder that goes with it; each has a test database and a data folder of its own.
"""

import atexit
import contextlib
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from mingcha.config import datafolder
from mingcha.config.postgres import Cluster

MOST_WORKERS = 4
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Whole files go to workers in this order: what takes long first, so that nobody is left with it in the end; something
# that needs no demo second, while the first worker loads it.
FIRST = ("journeys/test_pages_e", "doors/test_access", "journeys/", "spec/test_demo", "config/", "doors/", "flow/", "")

for name in ("MINGCHA_DATA", "DATABASE_URL", "MINGCHA_NOW", "MINGCHA_HOSTS", "MINGCHA_HTTPS"):
    os.environ.pop(name, None)


def _open_test_folder() -> None:
    """Make the folder and start its database; both go when the process ends, also when it ends badly."""
    run = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    # As root the server runs as another user, who must pass through this folder of ours.
    run.chmod(0o711)
    atexit.register(shutil.rmtree, run, ignore_errors=True)
    os.environ["MINGCHA_TEST_RUN"] = str(run)
    folder = _prepare(run)
    if outside := os.environ.get("MINGCHA_TEST_DATABASE_URL"):
        os.environ["MINGCHA_DSN"] = outside
        return
    cluster = Cluster(folder.postgres, durable=False).attach()
    atexit.register(cluster.release)
    os.environ["MINGCHA_DSN"] = cluster.dsn()


def _prepare(run: Path) -> datafolder.DataFolder:
    """Make the data folder of this process and name it to the settings."""
    folder = datafolder.prepare(run / f"测试 数据{WORKER}")
    os.environ["MINGCHA_DATA"] = str(folder.path)
    return folder


def pytest_configure() -> None:
    """Hash passwords fast: the tests sign in a thousand times."""
    from django.conf import settings

    with contextlib.suppress(AttributeError):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` starts; none where there is one core, or who would wait for whom?"""
    cores = len(os.sched_getaffinity(0))
    return min(cores, MOST_WORKERS) if cores > 1 else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Put files in the order in which they go to workers. Those that commit rows come last, as pytest-django has it: what
    they empty, migrations may have filled.
    """
    if not WORKER:
        return
    committing = {item.path for item in items if "transactional_db" in getattr(item, "fixturenames", ())}

    def turn(item: pytest.Item) -> tuple[bool, int]:
        place = item.path.relative_to(Path(__file__).parent).as_posix()
        return item.path in committing, next(n for n, start in enumerate(FIRST) if place.startswith(start))

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later look for garbage; there is a lot of it, and none is garbage."""
    gc.collect()
    gc.freeze()


if WORKER:
    _prepare(Path(os.environ["MINGCHA_TEST_RUN"]))
else:
    _open_test_folder()
