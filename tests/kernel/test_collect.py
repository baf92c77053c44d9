"""The settings that ODK Collect reads from a QR code."""

import base64
import json
import zlib

import segno
from hypothesis import given
from hypothesis import strategies as st

from mingcha.kernel import collect

ADDRESS = "https://mingcha.example.gov.cn:8443/key/" + "Xy_9-" * 8 + "abc"


def _read(code: str) -> dict[str, dict[str, str]]:
    return json.loads(zlib.decompress(base64.b64decode(code, validate=True)))


def test_collect_learns_its_server_and_sends_by_itself() -> None:
    read = _read(collect.settings(ADDRESS, "酒泉市专项监督"))
    assert set(read) == {"general", "admin", "project"}
    assert read["general"]["server_url"] == ADDRESS
    assert read["general"]["form_update_mode"] == "match_exactly"
    assert read["general"]["autosend"] == "wifi_and_cellular"
    assert read["project"]["name"] == "酒泉市专项监督"


def test_the_code_is_small_enough_for_a_phone_to_read_from_a_screen() -> None:
    code = segno.make(collect.settings(ADDRESS, "酒泉市专项监督"), micro=False, error="m")
    assert code.version <= 15


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_come_back_as_they_went_in(address: str, project: str) -> None:
    read = _read(collect.settings(address, project))
    assert (read["general"]["server_url"], read["project"]["name"]) == (address, project)
