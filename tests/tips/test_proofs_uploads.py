"""
No clear byte of an upload reaches a disk: every file that the process opens for writing while one arrives is watched, and
read before it is renamed, removed or closed for good.
"""

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Self

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import RequestFactory

from mingcha.doors.portal.reporting import Posted
from tests.leaks import Secrets

pytestmark = pytest.mark.proof(12)
WORD = "惊蛰-附件原文"
CLEAR = (WORD.encode() + bytes(range(256))) * 16_000  # 4.4 MB: Django would keep 2.5 in memory and write the rest
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Watch:
    """What the process opens for writing while `on`; hooks of the interpreter stay for good, so this one is one."""

    def __init__(self) -> None:
        self.on, self.opened, self.found = False, set(), set()
        sys.addaudithook(self._heard)

    def __enter__(self) -> Self:
        self.on, self.opened, self.found = True, set(), set()
        return self

    def __exit__(self, *error: object) -> None:
        self._read(self.opened)
        self.on = False

    def _heard(self, event: str, args: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & WRITES:
            self.opened.add(args[0])
        if event in ("os.rename", "os.remove", "shutil.move"):
            self._read({str(args[0])})

    def _read(self, paths: set[str]) -> None:
        self.on = False
        self.found |= Secrets([WORD]).found_in([Path(path) for path in paths if Path(path).is_file()])
        self.on = True


@pytest.fixture(scope="module")
def watch():
    return Watch()


@pytest.fixture
def folder(settings, tmp_path):
    settings.MINGCHA_TIPS_DIR = tmp_path / "tips"
    settings.MINGCHA_TIPS_DIR.mkdir()
    return settings.MINGCHA_TIPS_DIR


def upload(*files, **fields):
    for file in files:
        file.seek(0)
    return RequestFactory().post("/report/new/", {**fields, "files": list(files)})


def named(content, name=f"{WORD}.txt"):
    file = BytesIO(content)
    file.name = name
    return file


def test_what_arrives_is_written_sealed_and_nowhere_else(watch, folder):
    with watch:
        posted = Posted(upload(named(CLEAR), named(CLEAR[:70_000]), text=WORD))
    assert [file.size for file in posted.files] == [len(CLEAR), 70_000]
    assert {str(file.place) for file in posted.files} <= watch.opened
    elsewhere = {path for path in watch.opened if folder not in Path(path).parents}
    assert not {path for path in elsewhere if Path(tempfile.gettempdir()) in Path(path).parents}
    assert watch.found == set()


def test_one_that_is_too_large_leaves_nothing(watch, folder):
    with watch:
        posted = Posted(upload(named(CLEAR * 5)))
    assert posted.files == [] and posted.refusal is not None
    assert watch.opened and not [path for path in folder.rglob("*") if path.is_file()]
    assert watch.found == set()


def test_the_watch_sees_what_django_would_have_done(watch, folder):
    request = upload(named(CLEAR))
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    with watch:
        held = request.FILES["files"]
        assert held.size == len(CLEAR)
        watch._read(watch.opened)
        held.close()
    assert watch.found
