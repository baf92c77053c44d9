"""
Where this instance is served at the moment: a note in the data folder, for commands that tell an address.

The server writes it when pages are answered and takes it away when it ends. After a kill -9 it stays behind, so whoever
reads it asks there first.
"""

import json
import os
import ssl
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

from mingcha.config.datafolder import write_privately

UNKNOWN = "http://127.0.0.1:8000"
PATIENCE = 3.0


def tell(note: Path, listening: str) -> None:
    """Note that we answer at `listening`, and the address under which others come to us. Both without a last slash."""
    listening = listening.rstrip("/")
    written = {"pid": os.getpid(), "listening": listening, "address": _public(listening)}
    write_privately(note, json.dumps(written).encode())


def forget(note: Path) -> None:
    """Take the note away, unless another server has written its own since."""
    if _read(note).get("pid") == os.getpid():
        note.unlink(missing_ok=True)


def find(note: Path) -> str:
    """Return the address others come to, where a server still answers there; else the usual one. No last slash."""
    written = _read(note)
    listening, address = str(written.get("listening", "")), str(written.get("address", ""))
    return address if listening and address and _answers(listening, urlsplit(address).netloc) else UNKNOWN


def _read(note: Path) -> dict[str, object]:
    with suppress(OSError, ValueError):
        found = json.loads(note.read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _public(listening: str) -> str:
    """Return the address for phones: behind a proxy its own, else the first name we answer to, else where we listen."""
    origin = next(iter(_list("MINGCHA_ORIGINS")), "")
    name = next((name for name in _list("MINGCHA_HOSTS") if not name.startswith(("*", "."))), "")
    here = urlsplit(listening)
    if origin:
        return origin.rstrip("/")
    if name and os.environ.get("MINGCHA_HTTPS") == "1" and here.scheme == "http":
        return f"https://{name}"
    return f"{here.scheme}://{name}:{here.port}" if name else listening


def _list(variable: str) -> list[str]:
    return [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]


def _answers(listening: str, host: str) -> bool:
    # Our own server on this machine is asked, and told nothing: whose certificate it shows does not matter here.
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=careless))
    asked = urllib.request.Request(f"{listening}/healthz", headers={"Host": host})
    try:
        with direct.open(asked, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False
