"""What settings make of the environment: read by a process of its own, as a server reads them."""

import json
import subprocess
import sys

from tests.conftest import command_environment


def read(*names: str, **environment: str) -> list[object]:
    """Return the settings of these names under these environment variables."""
    code = "import json, sys; from mingcha.config import settings; "
    code += "print(json.dumps([getattr(settings, name, None) for name in sys.argv[1:]]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *names], env=command_environment(**environment), capture_output=True, text=True,
        check=True, timeout=60,
    )  # fmt: skip
    found: list[object] = json.loads(done.stdout)
    return found


def test_no_rule_for_passwords_stands_here_that_no_page_keeps():
    """First passwords are made, not typed; rules come with the page on which one is chosen."""
    assert read("AUTH_PASSWORD_VALIDATORS") == [None]


def test_a_server_answers_to_this_machine_s_own_names_unless_told_others():
    assert read("ALLOWED_HOSTS") == [["localhost", "127.0.0.1", "[::1]"]]
    assert read("ALLOWED_HOSTS", MINGCHA_HOSTS="mingcha.example, ") == [["mingcha.example"]]


def test_https_binds_cookies_and_browsers_only_where_there_is_https():
    names = ("SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert read(*names) == [0, False, False]
    assert read(*names, MINGCHA_HTTPS="1") == [365 * 24 * 3600, True, True]


def test_a_server_that_speaks_https_itself_believes_no_proxy_and_binds_nobody_unasked():
    names = ("SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER")
    assert read(*names, MINGCHA_TLS="1") == [0, True, True, None]
    assert read(*names, MINGCHA_TLS="1", MINGCHA_HTTPS="1") == [365 * 24 * 3600, True, True, None]
