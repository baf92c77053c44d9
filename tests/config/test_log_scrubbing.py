"""A phone's token is in no log and on no page, whatever goes wrong with the request that carries it."""

import http.client
import io
import logging
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from mingcha.config import scrubbing
from mingcha.flow.rectifications import intake
from tests.conftest import command_environment

TOKEN = "tok3n_OWC4ZUCL6bG1r2gGq5Wq-mH9cT3KJTAtNMYXug"  # 43 characters, as they are made
assert len(TOKEN) == len(secrets.token_urlsafe(32)) + 1


@pytest.mark.parametrize(
    "text",
    [
        f"GET /key/{TOKEN}/formList", f"GET /key/{TOKEN}", f"https://x.cn:8443/key/{TOKEN}/submission?a=1",
        "/key/cut-short", "/KEY/x/", f"next=%2Fkey%2F{TOKEN}%2FformList", f"Authorization: Bearer {TOKEN}",
        f"'HTTP_AUTHORIZATION': 'Bearer {TOKEN}'", "authorization : basic OjEyMzQ1Njc4OTA=", f"token {TOKEN!r} unknown",
        f"/%6bey/{TOKEN}/", f"{TOKEN}\\r\\n",
    ],
)  # fmt: skip
def test_what_is_secret_is_taken_out(text: str) -> None:
    clean = scrubbing.scrubbed(text)
    for secret in (TOKEN, "cut-short", "/x/", "OjEyMzQ1Njc4OTA="):
        assert secret not in clean
    assert scrubbing.HIDDEN in clean


def test_any_token_is_known_by_its_shape() -> None:
    for _ in range(500):
        assert scrubbing.scrubbed(f"a {secrets.token_urlsafe(32)} b") == f"a {scrubbing.HIDDEN} b"


@pytest.mark.parametrize(
    "text",
    [
        "sha256 " + "0f" * 32, "-" * 70, "a basic sentence",
        "Not Found: /campaigns/demo/offices/621126-jw/figures/", "mingcha.flow.rectifications.actions.note_finding",
        "uuid:5f0c5f6e-2a6b-4c1e-9a55-0a8f3b1d2c4e",
    ],
)  # fmt: skip
def test_what_a_reader_needs_stays(text: str) -> None:
    assert scrubbing.scrubbed(text) == text


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger writes, as its handlers would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    names = ("", "django", "django.request", "django.security", "django.server", "gunicorn.error", "gunicorn.access")
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    for logger, _level in before:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield written
    for logger, level in before:
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_message_arguments_traceback_and_stack_are_clean(log: io.StringIO) -> None:
    def fail(token: str) -> None:
        raise RuntimeError(f"/key/{token}/ failed")

    logger = logging.getLogger("some.package")
    logger.error("first /key/%s/formList %d", TOKEN, 5)
    logger.error("second %(U)s", {"U": f"/key/{TOKEN}/"})
    logger.error("third %s %s", f"/key/{TOKEN}/")  # noqa: PLE1206 - arguments that do not fit
    try:
        fail(TOKEN)
    except RuntimeError:
        logger.exception("fourth", stack_info=True)
    said = log.getvalue()
    assert all(word in said for word in ("first", "second", "third", "fourth", "RuntimeError", "Stack", " 5"))
    assert TOKEN not in said


def test_a_view_that_fails_tells_neither_the_log_nor_the_page(
    client: Any, db: None, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(token: str, **_given: object) -> None:
        raise RuntimeError(f"no answer for /key/{token}/formList, Authorization: Bearer {token}")

    monkeypatch.setattr(intake, "admit", fail)
    client.raise_request_exception = False
    for address, headers in ((f"/key/{TOKEN}/formList", {}), ("/formList", {"Authorization": f"Bearer {TOKEN}"})):
        answer = client.get(address, headers=headers)
        assert answer.status_code == 500
        assert TOKEN not in answer.content.decode() + str(answer.headers)
    said = log.getvalue()
    assert "RuntimeError: no answer for /key/…/formList, Authorization: Bearer …" in said
    assert TOKEN not in said


@pytest.mark.parametrize("rest", ["", "nothing/here", "formList/", "forms/1/../../x", "forms/999.xml"])
def test_pages_for_what_is_missing_do_not_repeat_the_address(
    client: Any, db: None, log: io.StringIO, rest: str
) -> None:
    for way in ("/key/", "/%6bey/"):
        answer = client.get(f"{way}{TOKEN}/{rest}", headers={"Referer": f"http://testserver/key/{TOKEN}/formList"})
        assert answer.status_code in (401, 404)
        assert TOKEN not in answer.content.decode() + str(answer.headers)
        assert answer["Referrer-Policy"] == "no-referrer"
    assert TOKEN not in log.getvalue()


def test_no_page_leads_back_to_such_an_address(client: Any, db: None, log: io.StringIO) -> None:
    came_from = f"http://testserver/key/{TOKEN}/x"
    for answer in (
        client.get("/nowhere/", headers={"Referer": came_from}),
        client.post("/sign-in", {"username": "a", "password": "b", "next": f"/key/{TOKEN}/"}),
        client.post("/language", {"language": "en", "next": f"/key/{TOKEN}/"}),
        client.get(f"/key/{TOKEN}/formList", headers={"Host": "forged.example"}),
    ):
        assert TOKEN not in answer.content.decode() + str(answer.headers)
    assert TOKEN not in log.getvalue()


def test_gunicorn_s_own_log_is_clean(log: io.StringIO) -> None:
    settings = Config()
    settings.set("accesslog", "-")
    gunicorn = Logger(settings)
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": f"/key/{TOKEN}/x", "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": "/"}
    environ["HTTP_REFERER"] = f"http://a/key/{TOKEN}/"
    asked = SimpleNamespace(headers=[("AUTHORIZATION", f"Bearer {TOKEN}")])
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[("Location", f"/key/{TOKEN}/submission")])
    for logger in (gunicorn.access_log, gunicorn.error_log):  # it has just thrown out what handlers they had
        logger.addHandler(next(h for h in logging.getLogger("").handlers if getattr(h, "stream", None) is log))
    gunicorn.access(answer, asked, environ, timedelta(0))
    try:
        raise ValueError(f"/key/{TOKEN}/")
    except ValueError:
        gunicorn.exception("Error handling request %s %s", "GET", f"/key/{TOKEN}/x")
    said = log.getvalue()
    assert "GET /key/…/x" in said and "Error handling request" in said and TOKEN not in said


MALFORMED = (
    f"GET /key/{TOKEN}/formList HTTP/9.9\r\n\r\n", f"GE T /key/{TOKEN}/formList HTTP/1.1\r\n\r\n",
    f"get\x01 /key/{TOKEN}/formList HTTP/1.1\r\n\r\n", f"GET /key/{TOKEN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {TOKEN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nAuthorization\x00: Bearer {TOKEN}\r\n\r\n",
    f"POST /key/{TOKEN}/submission HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    f"POST /key/{TOKEN}/submission HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {TOKEN}\r\n\r\n",
    f"GET /key/{TOKEN}/{'x' * 9000} HTTP/1.1\r\n\r\n", f"GET /key/{TOKEN}/formList HTTP/1.1\r\nHost: forged.cn\r\n\r\n",
    f"GET /key/{quote(TOKEN, safe='')}/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
)  # fmt: skip


def test_the_running_server_writes_no_token(demo_data: Path) -> None:
    """Whatever it is sent; what it writes to the terminal is read afterwards, and so are its answers."""
    with tempfile.TemporaryFile("w+") as written:
        command = [sys.executable, "-m", "mingcha.config.cli", "--data", str(demo_data), "serve", "--port", "0"]
        server = subprocess.Popen(command, env=command_environment(), stdout=subprocess.PIPE, stderr=written, text=True)
        assert server.stdout is not None
        line = next(line for line in server.stdout if "://" in line)
        at = urlsplit(line[line.index("http") :].strip())
        said = b"".join(shouted(at, request) for request in MALFORMED)
        for path in ("formList", "nowhere", "submission"):
            connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
            connection.request("POST", f"/key/{TOKEN}/{path}", b"\xff" * 100, {"Content-Type": "multipart/form-data"})
            said += connection.getresponse().read()
        server.terminate()
        assert server.wait(30) == 0
        written.seek(0)
        log = written.read()
    assert "Invalid request" in log
    assert TOKEN not in log
    assert TOKEN.encode() not in said


def shouted(at: Any, request: str) -> bytes:
    """Send bytes as they are and return what comes back."""
    with socket.create_connection((at.hostname, at.port), timeout=20) as raw:
        raw.sendall(request.encode())
        found = b""
        while chunk := raw.recv(65536):
            found += chunk
            if b"\r\n\r\n" in found:
                break
        return found
