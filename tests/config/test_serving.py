"""Before anything comes in, and while phones come and go: what a crash left is swept, silence holds no thread."""

import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mingcha.config import datafolder, server, threads
from tests.conftest import DemoServer


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Iterator[datafolder.DataFolder]:
    made = datafolder.prepare(tmp_path / "数据 目录")
    settings.MINGCHA_EVIDENCE_DIR = made.evidence  # type: ignore[attr-defined]
    (made.evidence / "incoming").mkdir()
    return made


def left_behind(folder: datafolder.DataFolder) -> Path:
    file = folder.evidence / "incoming" / "tmp-half"
    file.write_bytes(b"half a photo")
    return file


def test_what_a_crash_left_half_received_is_swept(folder: datafolder.DataFolder) -> None:
    file = left_behind(folder)
    os.close(server._sweep(folder))
    assert not file.exists()


def test_a_second_server_sweeps_nothing_from_under_the_first(folder: datafolder.DataFolder) -> None:
    first = server._sweep(folder)
    file = left_behind(folder)
    second = server._sweep(folder)
    os.close(first)
    third = server._sweep(folder)
    assert file.exists(), "the second may be receiving it still"
    os.close(second)
    os.close(third)
    os.close(server._sweep(folder))
    assert not file.exists()


def test_phones_that_fall_silent_in_mid_upload_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "PATIENCE", 0.1)
    ours, theirs = socket.socketpair()
    phone = threads.Plain(fileno=ours.detach())
    phone.setblocking(True)
    theirs.sendall(b"POST /submission HTTP/1.1\r\n")
    assert phone.recv(100).startswith(b"POST")
    for act in (lambda: phone.recv(100), lambda: phone.sendall(b"x" * 10_000_000)):
        with pytest.raises(ConnectionResetError):
            act()
    phone.close()
    theirs.close()


def test_connections_opened_ahead_keep_nobody_waiting(demo_server: DemoServer) -> None:
    """Browsers open more than they use; each would hold a thread for five seconds."""
    at = urlsplit(demo_server.url)
    silent = [socket.create_connection((at.hostname, at.port)) for _ in range(40)]
    began = time.monotonic()
    speaking = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
    speaking.request("GET", "/healthz")
    assert speaking.getresponse().read() == b"ok\n"
    assert time.monotonic() - began < 4
    kept = speaking.sock
    time.sleep(3)  # a rest that a slow network may need
    speaking.request("GET", "/healthz")
    assert speaking.getresponse().read() == b"ok\n" and speaking.sock is kept
    for one in silent:
        one.close()


def test_a_file_is_served_whole_to_many_at_once(demo_server: DemoServer) -> None:
    at, path = urlsplit(demo_server.url), "/static/hall/css/tokens.css"
    found: list[int] = []

    def fetch() -> None:
        with socket.create_connection((at.hostname, at.port), timeout=20) as raw:
            raw.sendall(f"GET {path} HTTP/1.0\r\nHost: {at.netloc}\r\n\r\n".encode())
            whole = b""
            while chunk := raw.recv(65536):
                whole += chunk
            head, body = whole.split(b"\r\n\r\n", 1)
            assert head.split()[1] == b"200"
            found.append(len(body))

    runners = [threading.Thread(target=fetch) for _ in range(12)]
    for each in runners:
        each.start()
    for each in runners:
        each.join(30)
    assert len(found) == 12 and len(set(found)) == 1 and found[0] > 500
