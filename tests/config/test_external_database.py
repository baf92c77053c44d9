"""Any PostgreSQL by DATABASE_URL: tried on a server of its own over TCP, of the oldest version the wheel brings."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mingcha.config import datafolder, footing
from tests.conftest import mingcha

DIVISIONS = """code,name,level,parent_code
62,演示省,province,
6211,演示市,city,62
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an empty database on 127.0.0.1, in a server that Mingcha did not start."""
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    root.chmod(0o711)
    base = datafolder.prepare(root / "other").postgres
    stand = footing.find(base)
    older = stand.binaries.parents[1] / "pginstall" / "bin"
    binaries = older if older.exists() else stand.binaries
    tables = Path(shutil.copytree(base, root / "tables")) / "cluster"
    shutil.chown(tables.parent, *stand.owner)
    password = tables.parent / "password"
    password.write_text("其他 server")
    initdb = [binaries / "initdb", "-D", tables, "-U", "other", "-A", "scram-sha-256", "--no-sync", "-E", "UTF8"]
    subprocess.run(
        [*initdb, "--locale=C.UTF-8", f"--pwfile={password}"],
        check=True,
        capture_output=True,
        cwd="/",
        **stand.as_user(),
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", tables, *(part for option in options for part in ("-c", option))],
        cwd="/",
        stderr=subprocess.DEVNULL,
        **stand.as_user(),
    )
    url = f"postgresql://other:%E5%85%B6%E4%BB%96%20server@127.0.0.1:{port}/postgres"
    wait_for(url)
    yield url
    server.terminate()
    server.wait(30)
    shutil.rmtree(root, ignore_errors=True)


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError("the other server did not start")


def test_tables_are_made_and_an_act_is_recorded(address: str, tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    data = str(tmp_path / "data")
    done = mingcha("--data", data, "import", "divisions", str(tmp_path / "divisions.csv"), DATABASE_URL=address)
    assert (done.returncode, done.stderr) == (0, "")
    checked = mingcha("--data", data, "audit", "verify", DATABASE_URL=address)
    assert (checked.returncode, checked.stderr) == (0, "")
    with psycopg.connect(address) as connection:
        last = connection.execute("SELECT verb FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("territory.import_divisions",)


def test_no_server_of_our_own_is_made_beside_it(address: str, tmp_path: Path) -> None:
    assert mingcha("--data", str(tmp_path / "data"), "migrate", DATABASE_URL=address).returncode == 0
    assert not (tmp_path / "data" / "pg" / "cluster").exists()


def test_a_wrong_password_is_one_sentence(address: str, tmp_path: Path) -> None:
    wrong = address.replace("server", "wrong")
    refused = mingcha("--data", str(tmp_path / "data"), "migrate", DATABASE_URL=wrong)
    assert refused.returncode == 2
    assert "DATABASE_URL" in refused.stderr
    assert refused.stderr.count("\n") == 1
