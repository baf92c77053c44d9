"""`mingcha lots`: a published draw replayed, one ticket proved; and one sentence, naming the place, where it breaks."""

import json
from pathlib import Path

import pytest

from mingcha.config import cli

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "round-bundle.json"
BUNDLE = json.loads(EXAMPLE.read_text("utf-8"))
SITE = BUNDLE["tickets"][5]["site"]


@pytest.fixture
def ask(capsys, monkeypatch):
    """Give the command and return (status, what it printed, what it complained of); never a stack trace."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def give(*words):
        status = cli.main(["lots", *map(str, words)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert said.err.count("\n") == (status != 0)
        return status, said.out, said.err

    return give


@pytest.fixture
def file(tmp_path):
    """Write what is given, as JSON unless it is bytes, and return where."""

    def write(content, name="file.json"):
        kept = tmp_path / name
        kept.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return kept

    return write


def test_the_example_is_replayed_and_says_what_to_hold_it_against(ask):
    status, out, _ = ask("verify", EXAMPLE)
    assert status == 0
    assert "54" in out and "27" in out and BUNDLE["root"] in out and BUNDLE["commitments"][1] in out


@pytest.mark.parametrize("key", sorted(BUNDLE))
def test_a_bundle_with_any_part_missing_or_emptied_is_refused_with_the_place(ask, file, key):
    for touched in ({k: v for k, v in BUNDLE.items() if k != key}, {**BUNDLE, key: []}, {**BUNDLE, key: None}):
        status, out, err = ask("verify", file(touched))
        assert (status, out) == (1, "")
        assert "核验不通过" in err and "“" in err


def test_a_changed_chance_and_a_swapped_site_are_named(ask, file):
    richer = json.loads(json.dumps(BUNDLE))
    richer["tickets"][3]["chance"] = "1"
    assert richer["tickets"][3]["site"] in ask("verify", file(richer))[2]
    other = {**BUNDLE, "drawn": [*BUNDLE["drawn"][:-1], next(t["site"] for t in BUNDLE["tickets"] if not t["drawn"])]}
    assert "抽中名单 drawn" in ask("verify", file(other))[2]


def test_what_was_published_before_is_held_against_it(ask, file):
    for right in (
        {"root": BUNDLE["root"], "commitments": BUNDLE["commitments"][::-1], "public": {"named": "现场掷骰"}},
        f"{BUNDLE['frame_hash']}\n{BUNDLE['commitments'][0].upper()}\n".encode(),
    ):
        status, out, _ = ask("verify", EXAMPLE, "--published", file(right))
        assert status == 0 and "一致" in out
    for wrong, place in (
        ({"root": "0" * 64}, "root"), (b"0" * 64, "0" * 64), ({}, "对照"), ([], "对照"), (b"hello", "JSON"),
        ({"\u001b[2Jroot": 1}, "?[2Jroot"),
    ):  # fmt: skip
        status, out, err = ask("verify", EXAMPLE, "--published", file(wrong))
        assert (status, out) == (1, "") and place in err


def test_one_ticket_is_proved_and_the_proof_checked(ask, file):
    status, out, _ = ask("prove", EXAMPLE, SITE)
    proof = json.loads(out)
    assert status == 0 and proof["site"] == SITE
    status, out, _ = ask("check", file(proof), BUNDLE["root"])
    assert status == 0 and SITE in out
    status, out, err = ask("check", file({**proof, "drawn": not proof["drawn"]}), BUNDLE["root"])
    assert (status, out) == (1, "") and "树根 root" in err
    assert "树根 root" in ask("check", file(proof), "0" * 64)[2]
    assert "64" in ask("check", file(proof), "树根")[2]
    assert "没有点位 nowhere" in ask("prove", EXAMPLE, "nowhere")[2]
    assert "root" in ask("prove", file({**BUNDLE, "root": "0" * 64}), SITE)[2], "no proof out of a touched bundle"


ODD = (b"", b"\xff\xfe\x00", b"{", b"[" * 100_000, b"9" * 5000, b"null", b"[]", b'"x"', b"{}", b"1e999", b"\x00" * 9)


@pytest.mark.parametrize("odd", ODD)
def test_garbage_is_one_sentence(ask, file, odd):
    for words in (("verify", file(odd)), ("prove", file(odd), SITE), ("check", file(odd), "0" * 64)):
        status, out, err = ask(*words)
        assert (status, out) == (1, "") and err.strip().endswith("。")


def test_a_file_that_is_not_there_or_too_large_is_one_sentence(ask, tmp_path):
    for words in (("verify", tmp_path / "none"), ("check", tmp_path, "0" * 64), ("prove", tmp_path / "none", "x")):
        status, out, err = ask(*words)
        assert (status, out) == (2, "") and "无法读写" in err
    huge = tmp_path / "huge.json"
    with huge.open("wb") as end:
        end.truncate(10**10)
    status, _, err = ask("verify", huge)
    assert status == 1 and "64 MB" in err
