"""Fixtures for every test: a time, a browser, and a demo that really runs."""

import copy
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mingcha.config import translations

translations.compile_stale()  # pages are read in English too; a fresh clone has nothing compiled

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class DemoServer:
    """A demo served by a process of its own: `url` ends with a slash, `passwords` by sign-in name."""

    url: str
    passwords: dict[str, str]
    data: Path
    process: "subprocess.Popen[str]"


@pytest.fixture
def at() -> datetime:
    """The demo's hour: 27 October 2021, 18:00 in the office's zone."""
    return datetime(2021, 10, 27, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def _built() -> list[Any]:
    """The world as it was built the first time: the objects and their rows."""
    return []


def _raise_world(built: list[Any]) -> Any:
    """Write the world's rows and return the world."""
    from tests import rows, world

    if built:
        rows.put_back(built[1])
    else:
        built += world.build(), rows.keep()
    return copy.deepcopy(built[0])


@pytest.fixture(scope="module")
def _world_of_module(django_db_setup: None, django_db_blocker: Any, _built: list[Any]) -> Iterator[Any]:
    """Raise the world once for a module, in a transaction that ends with it: every test then changes a savepoint."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield _raise_world(_built)
        transaction.set_rollback(True)


@pytest.fixture
def world(_world_of_module: Any, db: None, settings: Any) -> Any:
    """The small world of tests/world.py, each test its own copy; the clock of every door stands at its hour."""
    found = copy.deepcopy(_world_of_module)
    settings.MINGCHA_NOW = found.at
    return found


@pytest.fixture(scope="module")
def _ranks_of_module(_world_of_module: Any, django_db_blocker: Any) -> None:
    """Muster the ranks once for a module. They stay: tests that know nothing of them have been moved before."""
    from tests.ranks import muster

    with django_db_blocker.unblock():
        _world_of_module.ranks = muster(_world_of_module)


@pytest.fixture
def ranks(_ranks_of_module: None, world: Any) -> Any:
    """The ranks of tests/ranks.py on top of the world, each test its own copy; also `world.ranks`."""
    return world.ranks


@pytest.fixture
def sealed_room(world: Any, settings: Any, tmp_path: Path) -> Any:
    """The sealed room of tests/sealed.py on top of the world: signed keys for each office, lightly stretched."""
    from tests import sealed

    return sealed.room(world, settings=settings, folder=tmp_path / "tips")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within each file, put the tests with the ranks after those without."""
    places: dict[Path, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.path, []).append(place)
    for own in places.values():
        ordered = sorted((items[place] for place in own), key=lambda item: "_ranks_of_module" in item.fixturenames)
        for place, item in zip(own, ordered, strict=True):
            items[place] = item


@pytest.fixture
def live_world(transactional_db: None, settings: Any, _built: list[Any]) -> Any:
    """The same world in committed rows, for tests with several connections. Not in one module with `world`."""
    found = _raise_world(_built)
    settings.MINGCHA_NOW = found.at
    return found


def command_environment(**more: str) -> dict[str, str]:
    """Return the environment for a `mingcha` of its own: nothing of this run's database or data folder."""
    ours = {"MINGCHA_DATA", "MINGCHA_DSN", "DATABASE_URL", "MINGCHA_NOW", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


def mingcha(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "mingcha.config.cli", *arguments],
        env=command_environment(**environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def start_serving(data: Path, *arguments: str, **environment: str) -> tuple["subprocess.Popen[str]", str]:
    """Start `mingcha serve` on a free port; return the process and the address it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mingcha.config.cli", "--data", str(data), "serve", "--port", "0", *arguments],
        env=command_environment(**environment),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "://" in line:
            return process, line[line.index("http") :].strip()
    raise AssertionError(f"the server ended with {process.wait()}")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder with a space and Chinese characters in its name that the database's user can pass through."""
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    root.chmod(0o711)
    folder = root / "数据 目录"
    yield folder
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def loaded_demo() -> Path:
    """A demo that nobody serves, loaded once for all workers: copy it (`copy_of_demo`), whoever wants one."""
    return _made_once("演示 loaded", lambda folder: _run("--data", str(begin_instance(folder)), "demo", "--no-serve"))


def _made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return what `make` makes of this name in the run's folder; whoever comes second waits, then finds it made."""
    made = Path(os.environ["MINGCHA_TEST_RUN"]) / name
    with made.with_suffix(".turn").open("a+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not os.fstat(turn.fileno()).st_size:  # asked once it is our turn: opened before, it was empty
            make(made)
            turn.write("made")
    return made


def _run(*command: str) -> None:
    done = mingcha(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def begin_instance(folder: Path) -> Path:
    """Make a data folder in which an instance has begun: a copy, as to make the tables takes ten times as long."""
    begun = _made_once("新 instance", lambda made: _run("--data", str(made), "migrate"))
    subprocess.run(["cp", "-a", str(begun), str(folder)], check=True)
    return folder


@pytest.fixture
def new_instance(public_folder: Path) -> Path:
    """A data folder of the test's own in which an instance has begun: it has its tables, and nobody is on record."""
    return begin_instance(public_folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Let workers of one PostgreSQL make the tables once: each test database is a copy of the first."""
    if not os.environ.get("PYTEST_XDIST_WORKER") or os.environ.get("MINGCHA_TEST_DATABASE_URL"):
        return
    from django.db import connection

    with django_db_blocker.unblock():
        _made_once("tables", lambda made: _make_tables(connection, made.name))
    connection.settings_dict["TEST"]["TEMPLATE"] = "tables"


def _make_tables(connection: Any, name: str) -> None:
    """Migrate a database of this name, as every worker would its own."""
    own, given = connection.settings_dict["NAME"], dict(connection.settings_dict["TEST"])
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    connection.settings_dict["NAME"] = own
    connection.settings_dict["TEST"].update(given)


def copy_of_demo(loaded: Path, name: str) -> Path:
    """Return a demo of one's own beside the loaded one."""
    folder = loaded.with_name(f"演示 {name}{os.environ.get('PYTEST_XDIST_WORKER', '')}")
    # cp keeps the owners: as root the tables belong to another user.
    subprocess.run(["cp", "-a", str(loaded), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def demo_data(loaded_demo: Path) -> Iterator[Path]:
    """A data folder with the demo, for every test that only reads it. Do not change what is in it."""
    folder = copy_of_demo(loaded_demo, "to read")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def demo_server(demo_data: Path) -> Iterator[DemoServer]:
    """The demo, served on a free port."""
    process, url = start_serving(demo_data)
    passwords = json.loads((demo_data / "demo-passwords.json").read_text("utf-8"))
    yield DemoServer(url, passwords, demo_data, process)
    process.terminate()
    process.wait(30)


def find_chromium() -> str | None:
    """Return Chromium's path: MINGCHA_CHROMIUM, else one of the usual names."""
    named = os.environ.get("MINGCHA_CHROMIUM")
    return next((path for name in ([named] if named else CHROMIUM_NAMES) if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium (playwright's Browser); the test is skipped, by name, where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip("browser journey: Chromium was not found (apt-get install -y chromium fonts-noto-cjk)")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
