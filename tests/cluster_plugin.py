"""
A PostgreSQL of its own for every run of the tests, started before pytest-django reads the settings.

The data folder's name has a space and Chinese characters in it, so that every run also tries that.
What this machine's own instance uses (MINGCHA_DATA, DATABASE_URL, the demo's clock) is left out of sight;
MINGCHA_TEST_DATABASE_URL runs the tests on another PostgreSQL, whose role must be allowed to create databases.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from mingcha.config import datafolder
from mingcha.config.postgres import Cluster

for name in ("MINGCHA_DATA", "DATABASE_URL", "MINGCHA_DSN", "MINGCHA_NOW", "MINGCHA_HOSTS", "MINGCHA_HTTPS"):
    os.environ.pop(name, None)


def _open_test_folder() -> None:
    """Make the data folder and start its database; both go when the process ends, also when it ends badly."""
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    # As root the server runs as another user, who must pass through this folder of ours.
    root.chmod(0o711)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder = datafolder.prepare(root / "测试 数据")
    os.environ["MINGCHA_DATA"] = str(folder.path)
    if outside := os.environ.get("MINGCHA_TEST_DATABASE_URL"):
        os.environ["MINGCHA_DSN"] = outside
        return
    cluster = Cluster(folder.postgres, durable=False).attach()
    atexit.register(cluster.release)
    os.environ["MINGCHA_DSN"] = cluster.dsn()


def pytest_configure() -> None:
    """Hash passwords fast: the tests sign in a thousand times."""
    from django.conf import settings

    with contextlib.suppress(AttributeError):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


_open_test_folder()
