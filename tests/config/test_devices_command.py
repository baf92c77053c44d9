"""`mingcha devices`: a token is told once, to whoever may run the operator's commands, and opens the running server."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from mingcha.config import whereabouts
from mingcha.config.datafolder import DataFolder
from mingcha.config.postgres import Cluster
from tests.conftest import copy_of_demo, mingcha, start_serving

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@pytest.fixture(scope="module")
def data(loaded_demo: Path) -> Iterator[Path]:
    """A demo of this file's own; its database runs on between the commands, which share it."""
    made = copy_of_demo(loaded_demo, "devices")
    with Cluster(DataFolder(made).postgres):
        yield made
    shutil.rmtree(made, ignore_errors=True)


def devices(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return mingcha("devices", *arguments, "--data", str(data), LANG="zh_CN.UTF-8")


def said(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def knock(url: str, token: str) -> int:
    asked = urllib.request.Request(url, method="HEAD", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_load_generator_is_told_one_line_and_nothing_else(data: Path) -> None:
    done = devices(data, "add", "--person", "inspector", "--json")
    assert said(done).count("\n") == 1 and done.stderr == ""
    told = json.loads(done.stdout)
    assert set(told) == {"url", "token"} and TOKEN.fullmatch(told["token"])
    assert told["url"] == "http://127.0.0.1:8000/submission", "where nothing is served, the usual address"
    given = json.loads(
        said(devices(data, "add", "--person", "leader", "--json", "--url", "https://mc.example.cn:8443/"))
    )
    assert given["url"] == "https://mc.example.cn:8443/submission"


def test_while_the_server_runs_the_address_is_its_own_and_the_token_opens_it(data: Path) -> None:
    process, url = start_serving(data)
    told = json.loads(said(devices(data, "add", "--person", "inspector", "--label", "二组 平板", "--json")))
    assert told["url"] == f"{url}submission"
    assert knock(told["url"], told["token"]) == 204
    assert knock(f"{url}key/{told['token']}/submission", "") == 204
    assert knock(told["url"], told["token"][:-1] + "?") == 401
    listed = said(devices(data, "list", "--person", "inspector"))
    line = next(line for line in listed.splitlines() if "二组 平板" in line)
    assert "可用" in line and not TOKEN.search(listed)
    assert "收回" in said(devices(data, "revoke", line.split()[0]))
    # Whose phone it is was read within the last ten seconds; a submission asks anew, and other processes at once.
    assert "已收回" in next(row for row in said(devices(data, "list")).splitlines() if "二组 平板" in row)
    process.terminate()
    assert process.wait(30) == 0
    assert not DataFolder(data).whereabouts.exists()


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_what_a_killed_server_left_behind_is_not_believed(data: Path) -> None:
    process, url = start_serving(data)
    process.kill()
    process.wait(30)
    # Its workers see within a second or so that they are alone; until then they do answer there.
    port, patience = urlsplit(url).port, time.monotonic() + 30
    while answers(port) and time.monotonic() < patience:
        time.sleep(0.1)
    note = DataFolder(data).whereabouts
    assert json.loads(note.read_text("utf-8"))["address"] == url.rstrip("/")
    told = json.loads(said(devices(data, "add", "--person", "inspector", "--json")))
    assert told["url"] == f"{whereabouts.UNKNOWN}/submission"
    note.write_text("torn{", encoding="utf-8")
    assert whereabouts.find(note) == whereabouts.UNKNOWN
    note.unlink()


@pytest.mark.parametrize(
    "environment,listening,address",
    [
        ({}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ({"MINGCHA_HOSTS": "*, mc.cn,10.0.0.8"}, "https://localhost:8443/", "https://mc.cn:8443"),
        ({"MINGCHA_HOSTS": "mc.cn", "MINGCHA_HTTPS": "1"}, "http://127.0.0.1:8000", "https://mc.cn"),
        ({"MINGCHA_ORIGINS": "https://mc.cn/", "MINGCHA_HOSTS": "x"}, "http://127.0.0.1:8000", "https://mc.cn"),
    ],
)  # fmt: skip
def test_phones_are_told_the_name_they_can_reach(
    environment: dict[str, str], listening: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MINGCHA_HOSTS", "MINGCHA_HTTPS", "MINGCHA_ORIGINS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    whereabouts.tell(tmp_path / "note", listening)
    written = json.loads((tmp_path / "note").read_text("utf-8"))
    assert (written["address"], written["pid"]) == (address, os.getpid())
    (tmp_path / "note").write_text(json.dumps(written | {"pid": 1}), encoding="utf-8")
    whereabouts.forget(tmp_path / "note")
    assert (tmp_path / "note").exists(), "another server's"


def test_a_person_is_told_token_address_and_a_code_to_scan(data: Path, tmp_path: Path) -> None:
    for name in ("码 1.png", "code.svg"):
        done = devices(data, "add", "--person", "inspector", "--url", "https://mc.cn", "--qr", str(tmp_path / name))
        token = TOKEN.search(said(done))
        assert token and f"https://mc.cn/key/{token[0]}\n" in done.stdout and done.stderr == ""
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    drawn = [line for line in done.stdout.splitlines() if set(line) <= set("█▀▄ ") and line]
    assert len({len(line) for line in drawn}) == 1 and len(drawn[0]) <= 79
    assert (tmp_path / "码 1.png").read_bytes().startswith(b"\x89PNG")
    assert ET.parse(tmp_path / "code.svg").getroot().tag.endswith("svg")


def test_who_is_told_an_address_that_no_phone_reaches_is_warned(data: Path) -> None:
    assert "--url" in devices(data, "add", "--person", "inspector").stderr


@pytest.mark.parametrize(
    "arguments,word",
    [
        (["add", "--person", "nobody"], "没有账号“nobody”"),
        (["add", "--person", "unit"], "岗位不做检查"),
        (["add", "--person", "inspector", "--qr", "code.gif"], ".png"),
        (["add", "--person", "inspector", "--url", "mc.example.cn"], "--url"),
        (["list", "--person", "nobody"], "没有账号“nobody”"),
        (["revoke", "999999"], "999999"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(data: Path, arguments: list[str], word: str) -> None:
    done = devices(data, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert word in done.stderr


def test_a_token_ends_once(data: Path) -> None:
    said(devices(data, "add", "--person", "inspector", "--json"))
    last = said(devices(data, "list", "--person", "inspector")).splitlines()[1].split()[0]
    said(devices(data, "revoke", last))
    assert devices(data, "revoke", last).returncode == 2


def test_every_token_is_on_record(data: Path) -> None:
    acts = (
        "from mingcha.ground.audit.models import Event;"
        "print(*Event.objects.filter(verb__startswith='device').values_list('verb', 'actor', 'detail'))"
    )
    found = said(mingcha("--data", str(data), "shell", "-c", acts))
    assert "('device.add', 'operator'" in found and "('device.revoke', 'operator'" in found
    assert not TOKEN.search(found)
