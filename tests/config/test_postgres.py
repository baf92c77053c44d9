"""The embedded PostgreSQL: on awkward paths, shared, and after every kind of sudden end."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from mingcha.config import datafolder, footing
from mingcha.config.postgres import Cluster
from mingcha.config.refusals import DatabaseElsewhere, DatabaseUnavailable
from tests.conftest import command_environment

HOLD = """
import sys, time
from pathlib import Path
from mingcha.config.postgres import Cluster
Cluster(Path(sys.argv[1]), durable=False).attach()
print("attached", flush=True)
time.sleep(60)
"""


@pytest.fixture
def base(public_folder: Path) -> Path:
    """The pg/ of a fresh data folder whose path has a space and Chinese characters in it."""
    return datafolder.prepare(public_folder).postgres


@pytest.fixture
def made(new_instance: Path) -> Path:
    """The pg/ of such a folder that has its cluster: initdb takes longer than all that is tried with it."""
    return new_instance / "pg"


def attach(base: Path) -> Cluster:
    return Cluster(base, durable=False).attach()


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.dsn()) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def postmaster(cluster: Cluster) -> int:
    return int((cluster.footing.tables / "postmaster.pid").read_text().split("\n")[0])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(pid)


def hold_in_another_process(base: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(base)], env=command_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "attached"
    return process


def test_what_is_written_is_there_after_a_second_start(made: Path) -> None:
    with attach(made) as cluster, psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '岷县' AS name")
    with attach(made) as cluster:
        assert ask(cluster, "SELECT name FROM kept") == "岷县"


def test_a_wrong_password_is_refused(made: Path) -> None:
    with attach(made) as cluster:
        right = (made / "password-mingcha").read_text()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.dsn().replace(right, "wrong"))


def test_no_network_is_listened_on_and_the_application_is_no_superuser(made: Path) -> None:
    with attach(made) as cluster:
        assert ask(cluster, "SELECT current_setting('listen_addresses')") == ""
        assert ask(cluster, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_passwords_and_sockets_are_for_their_owner_only(base: Path) -> None:
    with attach(base) as cluster:
        for secret in (base / "password-mingcha", base / "password-postgres", base / "log"):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700


def test_a_socket_folder_made_by_somebody_else_is_not_trusted(made: Path) -> None:
    with attach(made) as cluster:
        sockets = cluster.sockets
    sockets.mkdir(mode=0o777)
    try:
        with pytest.raises(DatabaseUnavailable, match=str(sockets)):
            attach(made)
    finally:
        sockets.rmdir()


def test_the_server_stops_after_the_last_of_two_users(made: Path) -> None:
    first, second = attach(made), attach(made)
    server = postmaster(first)
    first.release()
    assert ask(second, "SELECT 1") == 1
    second.release()
    assert not is_running(server)
    assert not second.sockets.exists()


def test_a_killed_user_leaks_nothing(made: Path) -> None:
    holder = hold_in_another_process(made)
    with attach(made) as cluster:
        server = postmaster(cluster)
        holder.kill()
        holder.wait()
        time.sleep(0.5)
        assert is_running(server), "we still use it"
    assert not is_running(server)


def test_the_server_stops_when_its_only_user_is_killed(made: Path) -> None:
    holder = hold_in_another_process(made)
    with attach(made) as cluster:
        server = postmaster(cluster)
    assert is_running(server), "the holder still uses it"
    holder.kill()
    holder.wait()
    assert wait_until_gone(server)


def test_a_killed_server_is_started_again_and_lost_nothing(made: Path) -> None:
    cluster = Cluster(made).attach()
    with cluster:
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server = postmaster(cluster)
        os.kill(server, signal.SIGKILL)
        assert wait_until_gone(server)
        again = attach(made)
        assert ask(again, "SELECT one FROM kept") == 1
        assert postmaster(again) != server
        again.release()


def test_a_killed_keeper_is_replaced_and_its_server_adopted(made: Path) -> None:
    cluster = attach(made)
    server = postmaster(cluster)
    assert cluster._keeper is not None
    cluster._keeper.kill()
    cluster._keeper.wait()
    again = attach(made)
    assert postmaster(again) == server
    cluster.release()
    again.release()
    assert wait_until_gone(server)


def test_a_half_made_cluster_is_made_anew(base: Path) -> None:
    (base / "cluster.new").mkdir()
    (base / "cluster.new" / "PG_VERSION").write_text("18")
    (base / "initdb-password").write_text("old")
    with attach(base) as cluster:
        assert ask(cluster, "SELECT 1") == 1
    assert not (base / "initdb-password").exists()


def test_why_a_server_cannot_start_is_one_sentence(made: Path) -> None:
    with attach(made) as cluster:
        tables = cluster.footing.tables
    (tables / "PG_VERSION").write_text("9")
    with pytest.raises(DatabaseUnavailable) as refused:
        attach(made)
    assert "PostgreSQL 9" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_several_first_starts_at_once_make_one_cluster(base: Path) -> None:
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(base)], env=command_environment(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [h.stdout and h.stdout.readline().strip() for h in holders] == ["attached"] * 3
    for holder in holders:
        holder.kill()
        holder.wait()
    with attach(base) as cluster:
        assert ask(cluster, "SELECT count(*) FROM pg_database WHERE datname = 'mingcha'") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
class TestAsRootWhereNobodyMayEnter:
    """A clone under /root: the server's user can reach neither the data folder nor, perhaps, the binaries."""

    @pytest.fixture
    def shut(self, public_folder: Path) -> Path:
        public_folder.mkdir(mode=0o700)
        return datafolder.prepare(public_folder / "data").postgres

    @pytest.fixture(autouse=True)
    def apart(self, monkeypatch: pytest.MonkeyPatch, public_folder: Path) -> Path:
        place = public_folder.parent / "var lib"
        monkeypatch.setattr("mingcha.config.footing.APART", place)
        return place

    def test_the_tables_lie_apart_and_no_folder_is_opened_up(self, shut: Path, apart: Path) -> None:
        with attach(shut) as cluster:
            assert cluster.footing.home.is_relative_to(apart)
            assert cluster.footing.tables.stat().st_uid != 0
        assert stat.S_IMODE(shut.parents[1].stat().st_mode) == 0o700
        with attach(shut) as cluster:
            assert ask(cluster, "SELECT 1") == 1

    def test_a_copied_data_folder_does_not_share_the_tables(self, shut: Path) -> None:
        attach(shut).release()
        copy = shut.parents[1] / "copy"
        shutil.copytree(shut.parent, copy)
        with pytest.raises(DatabaseElsewhere):
            attach(copy / "pg")

    def test_binaries_out_of_reach_are_copied(self, shut: Path, apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        package = footing._wheel(shut / "cluster").parent
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, shut.parents[1] / "site" / part.name)
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: FakeSpec(shut.parents[1] / "site" / package.name))
        with attach(shut) as cluster:
            assert cluster.footing.binaries.is_relative_to(apart)
            assert ask(cluster, "SELECT 1") == 1


class FakeSpec:
    """A package that lies somewhere else."""

    def __init__(self, place: Path) -> None:
        self.submodule_search_locations = [str(place)]
