"""
HTTPS by the server itself: what is wrong with a certificate is one sentence, and the guide's own commands lead to a
server that a client and a browser trust.
"""

import base64
import hashlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mingcha.config import threads
from mingcha.config.tls import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnfit,
    CertificateUnreadable,
    KeyOfAnother,
    KeyUnreadable,
    Pair,
)
from tests.conftest import CHROMIUM_ARGUMENTS, ROOT, begin_instance, find_chromium, mingcha, start_serving

GUIDE, GUIDE_IN_CHINESE = ((ROOT / "docs" / name).read_text("utf-8") for name in ("https.md", "https.zh-CN.md"))
NAME, IP = "localhost", "127.0.0.1"
PASSWORD = "密码 of the authority's key\n" * 2

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the guide's commands: openssl was not found")


def commands(guide: str) -> list[str]:
    """Return the shell commands of a guide, in order; what is written into a file by one stays one."""
    found: list[str] = []
    for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL):
        lines = iter(block.splitlines())
        for line in lines:
            whole = [line]
            if line.endswith("<<EOF"):
                whole += [*takewhile(lambda inner: inner != "EOF", lines), "EOF"]
            found.append("\n".join(whole))
    return found


@dataclass
class Office:
    """A folder in which the guide was followed, word for word but for the office's name and address."""

    folder: Path

    def run(self, command: str) -> str:
        """Run one command as the guide has it. Without a terminal openssl takes passwords from its input."""
        done = subprocess.run(
            ["sh", "-ec", f"umask 077; NAME={NAME}; IP={IP}\n{command}"], cwd=self.folder, input=PASSWORD, check=False,
            capture_output=True, text=True, timeout=60, start_new_session=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        return done.stdout

    def follow(self) -> str:
        return "".join(self.run(command) for command in commands(GUIDE) if not re.match(r"NAME=|IP=", command))

    def renew(self) -> None:
        of_step_3 = [c for c in commands(GUIDE) if c.startswith("openssl") and "server" in c]
        for command in of_step_3[:4]:
            self.run(command)

    @property
    def pair(self) -> tuple[str, str]:
        return str(self.folder / "server.crt"), str(self.folder / "server.key")

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "ca.crt"))

    def sign(self, name: str, *, days: str = "60", extensions: str = "", key: str = "P-256") -> tuple[Path, Path]:
        """Make another certificate and key."""
        (self.folder / "x.cnf").write_text(f"[x]\n{extensions or f'subjectAltName=DNS:{NAME}'}\n")
        self.run(
            f"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:{key} -nodes -subj /CN=x -keyout {name}.key -out x.csr"
        )
        self.run(
            f"openssl x509 -req -in x.csr -signkey {name}.key -days {days} -extfile x.cnf -extensions x -out {name}.crt"
        )
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = Office(tmp_path_factory.mktemp("证书 of an office"))
    said = made.follow()
    assert said.count("server.crt: OK") == 2 and "sha256 Fingerprint=" in said
    return made


def test_both_guides_give_the_same_commands() -> None:
    assert commands(GUIDE) == commands(GUIDE_IN_CHINESE)
    assert len([c for c in commands(GUIDE) if c.startswith("openssl")]) == 7


def test_the_authority_of_the_guide_can_speak_for_nobody_else(office: Office) -> None:
    other = office.folder / "other"
    other.mkdir()
    for name in ("ca.crt", "ca.key"):
        shutil.copy(office.folder / name, other)
    elsewhere = Office(other)
    made = [c for c in commands(GUIDE) if "server.cnf" in c and "verify" not in c]
    for command in made:
        elsewhere.run(command.replace("$NAME", "bank.example.com"))
    done = subprocess.run(
        ["openssl", "verify", "-CAfile", "ca.crt", "server.crt"], cwd=other, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "permitted subtree violation" in done.stdout + done.stderr


def test_a_good_pair_raises_no_doubts(office: Office) -> None:
    assert Pair(*map(Path, office.pair)).examine([NAME, IP]) == []


def test_doubts_name_what_phones_will_refuse_later(office: Office) -> None:
    crt, key = office.sign("bare", days="5", extensions="basicConstraints=CA:FALSE")
    key.chmod(0o644)
    said = [doubt.template % doubt.facts for doubt in Pair(crt, key).examine([NAME])]
    assert ["4 天过期" in said[0], "subjectAltName" in said[1], "chmod o=" in said[2]] == [True] * 3
    stars, key = office.sign("stars", days="60", extensions="subjectAltName=DNS:*.example.cn,IP:::1")
    doubts = Pair(stars, key).examine(["a.example.cn", "[::1]", "a.b.example.cn", "example.cn"])
    assert [doubt.facts["name"] for doubt in doubts] == ["a.b.example.cn", "example.cn"]


def test_what_cannot_serve_has_a_name_each(office: Office, tmp_path: Path) -> None:
    good, key = map(Path, office.pair)
    _, other_key = office.sign("other")
    client, client_key = office.sign("client", extensions="extendedKeyUsage=clientAuth")
    (torn := tmp_path / "torn.crt").write_bytes(good.read_bytes()[:200])
    office.run("openssl ec -in server.key -aes256 -out locked.key")
    expired, expired_key = office.sign("expired", days="-1")
    cases = [
        (tmp_path / "none.crt", key, CertificateUnreadable), (torn, key, CertificateUnreadable),
        (key, key, CertificateUnreadable), (good, tmp_path / "none.key", KeyUnreadable), (good, torn, KeyUnreadable),
        (good, good, KeyUnreadable), (good, office.folder / "locked.key", KeyUnreadable), (good, other_key, KeyOfAnother),
        (expired, expired_key, CertificateExpired), (client, client_key, CertificateUnfit),
    ]  # fmt: skip
    for crt, pem, refusal in cases:
        with pytest.raises(refusal):
            Pair(crt, pem).examine()


def test_a_certificate_of_tomorrow_is_told_from_one_of_yesterday(office: Office) -> None:
    crt, key = office.folder / "later.crt", office.folder / "later.key"
    office.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout later.key -out x.crt"
    )
    ca = (
        "rm -rf ca-db; mkdir ca-db; : > ca-db/index; echo 01 > ca-db/serial; "
        "printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=ca-db/index\\nserial=ca-db/serial\\nnew_certs_dir=ca-db\\n"
        "default_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' > ca-db/cnf; "
        "openssl req -new -key later.key -subj /CN=x -out x.csr; "
        "openssl ca -batch -config ca-db/cnf -selfsign -keyfile later.key -in x.csr -out later.crt "
        "-startdate 20990101000000Z -enddate 20991231000000Z"
    )
    office.run(ca)
    with pytest.raises(CertificateNotYetValid):
        Pair(crt, key).examine()


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    root.chmod(0o711)
    yield root / "数据 目录"
    shutil.rmtree(root, ignore_errors=True)


def test_the_command_says_it_in_one_sentence(office: Office, data: Path) -> None:
    for command in ("serve", "demo"):
        done = mingcha("--data", str(data), command, "--tls", office.pair[0], "/nonexistent.key")
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr.count("\n") == 1 and "/nonexistent.key" in done.stderr
    assert not data.exists(), "the files are looked at before anything is made"


@dataclass
class Served:
    office: Office
    url: str
    data: Path

    @property
    def at(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname and parts.port
        return parts.hostname, parts.port


@pytest.fixture(scope="module")
def served(office: Office, data: Path) -> Iterator[Served]:
    process, url = start_serving(begin_instance(data), "--tls", *office.pair, MINGCHA_HOSTS=f"{NAME},{IP}")
    yield Served(office, url, data)
    process.terminate()
    assert process.wait(30) == 0


def get(served: Served, path: str, host: str = IP) -> http.client.HTTPResponse:
    connection = http.client.HTTPSConnection(host, served.at[1], context=served.office.trust, timeout=20)
    connection.request("GET", path)
    return connection.getresponse()


@pytest.mark.parametrize("host", [NAME, IP])
def test_a_client_that_knows_the_authority_is_served(served: Served, host: str) -> None:
    assert served.url.startswith("https://")
    assert get(served, "/healthz", host).read() == b"ok\n"


def test_cookies_are_for_https_and_nobody_is_bound_for_a_year(served: Served) -> None:
    answer = get(served, "/sign-in")
    assert "Secure" in (answer.getheader("Set-Cookie") or "")
    assert answer.getheader("Strict-Transport-Security") is None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_what_is_old_or_not_encrypted_is_not_answered(served: Served) -> None:
    plain = http.client.HTTPConnection(*served.at, timeout=20)
    plain.request("GET", "/healthz")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()
    old = served.office.trust
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)), socket.create_connection(served.at) as raw:
        old.wrap_socket(raw, server_hostname=NAME)


def test_silent_connections_hold_no_thread(served: Served) -> None:
    """Forty that say nothing at all, as browsers open them ahead; there are 32 threads."""
    silent = [socket.create_connection(served.at) for _ in range(40)]
    began = time.monotonic()
    assert get(served, "/healthz").status == 200
    assert time.monotonic() - began < 4
    for one in silent:
        one.close()


def test_a_handshake_broken_off_is_not_waited_for_without_end() -> None:
    ours, theirs = socket.socketpair()
    bounded = threads.Plain(fileno=ours.detach())
    bounded.setblocking(True)
    assert bounded.gettimeout() == threads.PATIENCE
    bounded.settimeout(0.05)
    with pytest.raises(ConnectionResetError):
        bounded.recv(1)
    bounded.close()
    theirs.close()


def serial(served: Served) -> object:
    with (
        socket.create_connection(served.at) as raw,
        served.office.trust.wrap_socket(raw, server_hostname=NAME) as sealed,
    ):
        return (sealed.getpeercert() or {})["serialNumber"]


def test_a_renewed_certificate_is_taken_up_without_a_restart(served: Served) -> None:
    before = serial(served)
    old_key = (served.office.folder / "server.key").read_bytes()
    served.office.renew()
    new_key = (served.office.folder / "server.key").read_bytes()
    (served.office.folder / "server.key").write_bytes(old_key)  # one of the two files is replaced first
    assert serial(served) == before
    (served.office.folder / "server.key").write_bytes(new_key)
    assert serial(served) not in (before, None)


def spki(certificate: Path) -> str:
    """Return the hash by which Chromium is told to trust one key."""
    public = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True
    ).stdout
    der = base64.b64decode(b"".join(line for line in public.splitlines() if not line.startswith(b"--")))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_a_browser_takes_the_page_for_safe_and_starts_a_service_worker(served: Served) -> None:
    """
    A phone would have the authority installed. Here Chromium is told to trust this server's one key instead: its list of
    installed authorities belongs to whoever runs the tests.
    """
    path = find_chromium()
    if path is None:
        pytest.skip("browser over https: Chromium was not found (apt-get install -y chromium fonts-noto-cjk)")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    trusted = f"--ignore-certificate-errors-spki-list={spki(Path(served.office.pair[0]))}"

    def walk() -> str:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, trusted])
            page = browser.new_page()
            page.goto(f"{served.url}sign-in")
            assert page.evaluate("isSecureContext && 'serviceWorker' in navigator && 'mediaDevices' in navigator")
            if get(served, "/field/sw.js").status == 404:
                return ""
            return str(
                page.evaluate(
                    "navigator.serviceWorker.register('/field/sw.js', {scope: '/field/'}).then(made => made.scope)"
                )
            )

    # In a thread of its own: where the journeys' browser is open, this one already has an event loop.
    with ThreadPoolExecutor(1) as alone:
        scope = alone.submit(walk).result()
    if not scope:
        pytest.skip("service worker over https: the field app is not built (make)")
    assert scope == f"{served.url}field/"
