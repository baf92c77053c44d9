"""The command line: what a person can mend is one sentence and exit status 2; a refused file is 1 and writes nothing."""

import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingcha.config import cli, words
from mingcha.config.jobs import JOBS
from tests.conftest import begin_instance, command_environment, mingcha, start_serving

DIVISIONS = "code,name,level,parent_code\n62,演示省,province,\n6211,演示市,city,62\n"


@pytest.fixture(scope="module")
def data() -> Iterator[str]:
    """One data folder for the commands of this file, with its own database."""
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    root.chmod(0o711)
    yield str(begin_instance(root / "数据 目录"))
    shutil.rmtree(root, ignore_errors=True)


def one_sentence(done: "subprocess.CompletedProcess[str]", status: int) -> str:
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_every_subcommand_explains_itself_without_a_database() -> None:
    for name, (module, _) in cli.COMMANDS.items():
        if not (Path(cli.__file__).parent / "commands" / f"{module}.py").exists():
            pytest.skip(f"mingcha {name} is not built yet")
        with pytest.raises(SystemExit) as ended:
            cli.main([name, "--help"])
        assert ended.value.code == 0


def test_help_is_chinese_and_english_where_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert words.language() == "zh-hans"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert words.language() == "en"


def test_an_import_is_recorded_and_the_chain_holds(data: str, tmp_path: Path) -> None:
    (tmp_path / "区划.csv").write_text(DIVISIONS, encoding="utf-8")
    done = mingcha("import", "--data", data, "divisions", str(tmp_path / "区划.csv"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "2" in done.stdout
    assert mingcha("--data", data, "audit", "verify").returncode == 0


def test_a_refused_file_names_every_bad_row_and_writes_nothing(data: str, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(DIVISIONS + "9999,他市,county,62\nx,他村,village,62\n", encoding="utf-8")
    count = 'from mingcha.ground.territory.models import Division; print(Division.objects.filter(code="9999").count())'
    done = mingcha("--data", data, "import", "divisions", str(tmp_path / "bad.csv"))
    assert done.returncode == 1
    assert "第 4 行" in done.stderr
    assert "第 5 行" in done.stderr
    assert mingcha("--data", data, "shell", "-c", count).stdout.strip().endswith("0")


def test_a_torn_workbook_is_refused(data: str, tmp_path: Path) -> None:
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    one_sentence(mingcha("--data", data, "import", "sites", str(tmp_path / "torn.xlsx")), 1)


def test_a_broken_chain_is_named(new_instance: Path, tmp_path: Path) -> None:
    tamper = (
        "from django.db import connection; from mingcha.ground.audit import tasks; tasks.seal();"
        "sql = connection.cursor(); sql.execute('ALTER TABLE audit_event DISABLE TRIGGER USER');"
        "sql.execute(\"UPDATE audit_event SET verb='x'\")"
    )
    (tmp_path / "区划.csv").write_text(DIVISIONS, encoding="utf-8")
    data = str(new_instance)
    mingcha("--data", data, "import", "divisions", str(tmp_path / "区划.csv"))
    assert mingcha("--data", data, "shell", "-c", tamper).returncode == 0
    done = mingcha("--data", data, "audit", "verify")
    assert done.returncode == 1
    assert "断链" in done.stdout


@pytest.mark.parametrize(
    "arguments,environment",
    [
        (["import", "divisions", "/nonexistent.csv"], {}),
        (["--data", "/proc/nowhere", "migrate"], {}),
        (["migrate"], {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}),
        (["migrate"], {"DATABASE_URL": "mysql://x"}),
        (["migrate"], {"MINGCHA_NOW": "yesterday"}),
        (["serve", "--host", "0.0.0.0"], {}),
    ],
    ids=["no file", "no folder", "no database", "no PostgreSQL", "no time", "no name to serve under"],
)
def test_what_a_person_can_mend_is_one_sentence(data: str, arguments: list[str], environment: dict[str, str]) -> None:
    one_sentence(mingcha(*arguments, **{"MINGCHA_DATA": data, **environment}), 2)


def test_serving_answers_at_the_printed_address_and_stops_when_told(data: str) -> None:
    process, url = start_serving(Path(data))
    assert urllib.request.urlopen(f"{url}healthz").status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_taken_port_is_one_sentence(data: str) -> None:
    process, url = start_serving(Path(data))
    taken = url.rstrip("/").rsplit(":", 1)[1]
    one_sentence(mingcha("--data", data, "serve", "--port", taken), 2)
    process.terminate()
    process.wait(30)


def test_acts_are_sealed_while_serving(data: str, tmp_path: Path) -> None:
    (tmp_path / "区划.csv").write_text(DIVISIONS, encoding="utf-8")
    process, _ = start_serving(Path(data))
    mingcha("--data", data, "import", "divisions", str(tmp_path / "区划.csv"))
    done = mingcha("--data", data, "audit", "verify")
    process.terminate()
    process.wait(30)
    assert "待封存 0 条" in done.stdout


def test_the_launcher_finds_the_clone_from_anywhere(tmp_path: Path) -> None:
    root = Path(cli.__file__).resolve().parents[2]
    clone = tmp_path / "明察 clone"
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / "mingcha").symlink_to(root / "mingcha")
    (clone / ".venv" / "bin" / "mingcha").write_bytes((root / "scripts" / "launcher.sh").read_bytes())
    (clone / ".venv" / "bin" / "mingcha").chmod(0o755)
    # Not a link to the interpreter: python finds its packages from where it really lies.
    (clone / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (clone / ".venv" / "bin" / "python").chmod(0o755)
    (tmp_path / "link").symlink_to(clone / ".venv" / "bin" / "mingcha")
    done = subprocess.run(
        [tmp_path / "link", "--help"],
        cwd="/",
        env=command_environment(LC_ALL="POSIX"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "明察" in done.stdout.decode("utf-8")


def test_every_job_has_a_period() -> None:
    assert all(job.every > 0 for job in JOBS.values())
