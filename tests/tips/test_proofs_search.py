"""Before a search proves that nothing is there, it must be seen to find what is: each encoding, each offset, packed or not."""

import base64
import gzip
import io
import json
import zipfile
from urllib.parse import quote

import pytest

from tests.leaks import Secrets

WORD, KEY = "惊蛰-标记 7f31", bytes(range(39, 7, -1))
WAYS = {
    "utf-8": lambda text: text.encode(),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "gb18030": lambda text: text.encode("gb18030"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "json": lambda text: json.dumps({"said": text}).encode(),
    "percent": lambda text: quote(text).encode(),
}


@pytest.mark.parametrize("before", ["", "前", "a", "ab", "abc前"])
@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_found_however_it_is_written_and_wherever_it_begins(way, before):
    text = WAYS[way](f"{before}{WORD}后")
    assert ("x", WORD, way) in Secrets([WORD]).found_in_text("x", b"\x00\x01" + text + b"\xff")


@pytest.mark.parametrize("before", [b"", b"a", b"ab"])
def test_raw_bytes_are_found_as_they_are_and_coded(before):
    secrets = Secrets([], [KEY])
    for text in (before + KEY, (before + KEY).hex().encode(), base64.b64encode(before + KEY + b"z")):
        assert secrets.found_in_text("x", text)


def test_what_is_packed_or_broken_over_lines_is_found(tmp_path):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", WORD * 9)
    (tmp_path / "a.docx").write_bytes(zipped.getvalue())
    (tmp_path / "b.gz").write_bytes(gzip.compress(WORD.encode() * 9))
    (tmp_path / "c.txt").write_bytes(base64.encodebytes(b"z" * 50 + WORD.encode() * 2))
    assert {path.rsplit("/")[-1] for path, _, _ in Secrets([WORD]).found_in([tmp_path])} == {"a.docx", "b.gz", "c.txt"}


def test_nothing_is_found_where_nothing_is(tmp_path):
    (tmp_path / "a").write_bytes(bytes(range(256)) * 999 + "惊蛰以外的字".encode() * 99)
    assert Secrets([WORD], [KEY]).found_in([tmp_path]) == set()
