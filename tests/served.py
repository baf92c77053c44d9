"""
A server of its own on a data folder of its own, for tests that send to it, or kill it.

    house = furnish(folder)                      the small world of tests/world.py, a phone's token, a form filled in
    process, url = start_serving(folder)
    sender = Sender(house, url); sender.post(3)  the third submission with its photo: deterministic, may be sent again
    kill_nine(process, folder)
"""

import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import mingcha
from tests.phones import JPEG

FURNISH = """
import json, os, pathlib, sys
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from mingcha.config.datafolder import DataFolder
from mingcha.flow.campaigns.actions import phones as forms
from mingcha.ground.accounts.actions import devices
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Checklist
from tests import phones, sent, world
w = world.build(world.AT)
DataFolder(pathlib.Path(os.environ["MINGCHA_DATA"])).describe_instance(now=world.AT.isoformat())
if os.environ["FORM"]:
    form = checklists.publish(pathlib.Path(os.environ["FORM"]).read_bytes(), keeper=None, by=None, at=w.at)
    forms.take_up(w.campaign, checklist=form, by=None, at=w.at)
_, token = devices.add(w.inspector, label="phone", by=w.inspector, at=w.at)
values = sent.USUAL | {"site_code": "NEW-SITE", "site_name": "NEW-SITE", "q1": "fail"}
found = [{"description": "GAP", "photo_1": "PHOTO.jpg", "due_hours": "24", "on_spot": "no"}]
xml = phones.filled(Checklist.objects.first(), values, findings=found, instance="uuid:INSTANCE")
print("FURNISHED", json.dumps({"token": token, "sample": xml.decode()}))
"""


@dataclass(frozen=True)
class House:
    """A token of the inspector's, and a filled-in form with NEW-SITE, PHOTO and INSTANCE to be replaced."""

    token: str
    sample: str


def furnish(folder: Path, *, form: Path | None = None) -> House:
    """Make the world in a data folder; `form`, where given, is published for any site and taken up."""
    done = mingcha("--data", str(folder), "shell", "-c", FURNISH, FORM=str(form or ""))
    assert done.returncode == 0, done.stdout + done.stderr
    return House(**json.loads(done.stdout.split("FURNISHED", 1)[1]))


class Sender:
    """A phone on the network. What `post` sends follows from the run and the number alone."""

    def __init__(self, house: House, url: str, run: str) -> None:
        self.house, self.run = house, run
        self.host = urlsplit(url).netloc

    def instance(self, n: int) -> str:
        return f"uuid:{self.run}-{n}"

    def photo(self, n: int) -> bytes:
        return JPEG + self.instance(n).encode() * 400

    def xml(self, n: int) -> bytes:
        words = {"NEW-SITE": f"{self.run}-{n}", "PHOTO": f"p-{n}", "INSTANCE": f"{self.run}-{n}"}
        return re.sub("|".join(words), lambda found: words[found[0]], self.house.sample).encode()

    def hashes(self, n: int) -> tuple[str, str]:
        """Return the hashes of the words and of the photo."""
        return hashlib.sha256(self.xml(n)).hexdigest(), hashlib.sha256(self.photo(n)).hexdigest()

    def post(self, n: int) -> tuple[int, str]:
        """Send one; return the status and what was said. Raises OSError and HTTPException where nobody answers."""
        bound = "b" * 30
        body = b"".join(
            f'--{bound}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'.encode()
            + content + b"\r\n"
            for name, content in (("xml_submission_file", self.xml(n)), (f"p-{n}.jpg", self.photo(n)))
        ) + f"--{bound}--\r\n".encode()  # fmt: skip
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            shown = {"Authorization": f"Bearer {self.house.token}", "X-OpenRosa-Version": "1.0"}
            kind = {"Content-Type": f"multipart/form-data; boundary={bound}"}
            connection.request("POST", "/submission", body, shown | kind)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def kill_nine(process: "subprocess.Popen[str]", folder: Path, *, postmaster: bool = False) -> None:
    """kill -9 the server with all its processes; the database server is left alone, or killed with it."""
    database = database_of(folder)
    spared = set(_tree(database))
    for pid in reversed([*_tree(process.pid)]):
        if pid not in spared:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    if postmaster:
        os.kill(database, signal.SIGKILL)
    process.wait(30)


def database_of(folder: Path) -> int:
    """Return the process number of the data folder's database server."""
    return int(next(folder.rglob("postmaster.pid")).read_text().split()[0])


def _tree(pid: int) -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                yield from _tree(int(status.parent.name))
    yield pid
