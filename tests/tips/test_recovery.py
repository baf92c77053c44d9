"""The ceremony with real files: root, custodians, directory, and recovery by two of three where every holder is gone."""

import argparse
import io
import itertools
import json
import os
import re
import shlex
from pathlib import Path

import pytest

from mingcha.config import cli, custodians
from mingcha.config.commands import tips as command
from mingcha.config.datafolder import DataFolder
from mingcha.kernel import custody, sealing
from mingcha.tips import directory
from mingcha.tips.actions import keys, recovery
from mingcha.tips.models import KeyHolder, OfficeKey, RecoveryEnvelope
from mingcha.tips.states import Purpose
from mingcha.tips.unlocked import name_of
from tests.world import person

DOCS = Path(__file__).resolve().parents[2] / "docs"
SAID = "离线保管的一句很长的口令 for tests"


@pytest.fixture
def said(monkeypatch):
    """What is typed next, line by line."""

    def typed(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return typed


@pytest.fixture
def light(monkeypatch):
    """Stretch lightly: the ceremony asks for a dozen passphrases."""
    real = sealing.stretch
    monkeypatch.setattr(
        sealing, "stretch", lambda text, *, salt, strength="full": real(text, salt=salt, strength="light")
    )


@pytest.fixture
def served(monkeypatch, sealed_room, tmp_path):
    """Run a command against the tests' own database, as the house is opened here already."""
    folder = DataFolder(tmp_path)

    class Opened:
        def __enter__(self):
            return folder

        def __exit__(self, *_error):
            return None

    monkeypatch.setattr(command.house, "opened", lambda _data: Opened())
    return folder


def tips(*arguments):
    return cli.main(["tips", *map(str, arguments)])


def secrets_in(folder):
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_the_whole_ceremony_from_the_root_to_a_key_in_use(sealed_room, world, served, said, light, tmp_path, capsys):
    """Two roots, three custodians, an office's next epoch; then the office's only holder is lost, and two recover."""
    usb = tmp_path / "usb 密"
    for name in ("甲", "乙"):
        said(SAID, SAID)
        assert tips("root", name, usb) == 0
    for name in ("bao", "fang", "guan"):
        said(SAID, SAID)
        assert tips("custodian", name, usb) == 0
    roots = usb / "root.pub"
    roots.write_text("".join((usb / f"root-{name}.pub").read_text("utf-8") for name in ("甲", "乙")), "utf-8")
    assert os.stat(usb / "root-甲.key").st_mode & 0o777 == 0o600

    # A machine without a directory: the custodians are signed first.
    for file in ("directory.json", "root.pub"):
        (served.tips / file).unlink()
    pubs = [part for name in ("bao", "fang", "guan") for part in ("--custodian", usb / f"custodian-{name}.pub")]
    said("否")
    assert tips("sign", *pubs, "--key", usb / "root-甲.key", "--out", usb / "d1.json") == 2
    said("是", SAID)
    assert tips("sign", *pubs, "--key", usb / "root-甲.key", "--out", usb / "d1.json") == 0
    assert tips("install", usb / "d1.json", "--root", roots) == 2  # one of two has signed
    said(SAID)
    assert (
        tips("sign", "--countersign", usb / "d1.json", "--yes", "--key", usb / "root-乙.key", "--out", usb / "d1.json")
        == 0
    )
    assert tips("install", usb / "d1.json") == 2  # whom to trust was never said here
    assert tips("install", usb / "d1.json", "--root", roots) == 0
    assert set(directory.load().custodians) == {"bao", "fang", "guan"}

    # The office's next keys: asked for, signed by both, taken into use.
    office = world.minxian.office.body
    (made, *_others) = sealed_room.epoch(office, world.intake)
    assert tips("request", office.pk, "--out", usb / "request.json") == 0
    assert custody.fingerprint(bytes(made.public)) in capsys.readouterr().out
    said(SAID)
    before = ("--directory", usb / "d1.json", "--root", roots)
    assert (
        tips("sign", usb / "request.json", *before, "--yes", "--key", usb / "root-甲.key", "--out", usb / "d2.json")
        == 0
    )
    said(SAID)
    assert (
        tips(
            "sign",
            "--countersign",
            usb / "d2.json",
            *before,
            "--yes",
            "--key",
            usb / "root-乙.key",
            "--out",
            usb / "d2.json",
        )
        == 0
    )
    assert tips("install", usb / "d2.json") == 0
    assert tips("install", usb / "d1.json") == 2  # and not back
    assert directory.current(office.pk, Purpose.INTAKE).epoch == 2
    said(SAID)
    assert (
        tips(
            "sign",
            usb / "request.json",
            "--directory",
            usb / "d2.json",
            "--root",
            roots,
            "--yes",
            "--key",
            usb / "root-甲.key",
            "--out",
            usb / "d3.json",
        )
        == 2
    )

    tip, _ = sealed_room.tip(office)
    heir = person("heir", "演示接任信访干部", office, "intake", at=world.at)
    mine = sealed_room.unlocked(heir)
    keys.leave(world.intake, by=None, at=world.at)
    assert tips("check") == 1 and "没有持有人" in capsys.readouterr().out
    assert tips("envelopes", office.pk, "--to", "heir", "--out", usb / "e.json") == 0
    # Envelopes of the former epoch went to other custodians: those keys are not in the directory any more.
    facts = json.loads((usb / "e.json").read_text("utf-8"))
    facts["keys"] = [each for each in facts["keys"] if each["epoch"] == 2]
    (usb / "e.json").write_text(json.dumps(facts), "utf-8")
    both = ("--key", usb / "custodian-fang.key", "--key", usb / "custodian-guan.key")
    said(SAID, SAID)
    assert tips("recover", usb / "e.json", *both, "--fingerprint", "1" * 30, "--out", usb / "r.json") == 2
    said(SAID, SAID)
    signed = ("--directory", usb / "d2.json", "--root", roots)
    assert (
        tips(
            "recover",
            usb / "e.json",
            *both,
            *signed,
            "--fingerprint",
            custody.fingerprint(mine.public),
            "--out",
            usb / "r.json",
        )
        == 0
    )
    assert tips("restore", usb / "r.json") == 0
    assert mine.tip_key(tip) and mine.tip_key(tip, identity=True)
    assert tips("check") == 1  # the other offices' keys are not in this directory; this office's are well
    assert f"{office.pk} {office.name} intake 2 在用 \n" in capsys.readouterr().out
    held = mine.held(directory.current(office.pk, Purpose.INTAKE))
    for secret in (held, mine.private):
        assert secret not in secrets_in(usb) and secret.hex().encode() not in secrets_in(usb)
    assert SAID.encode() not in secrets_in(usb)


@pytest.mark.proof(8)
def test_any_two_custodians_open_and_no_one_alone(sealed_room, world):
    office = world.minxian.office.body
    for purpose in Purpose:
        key = OfficeKey.objects.get(office=office, purpose=purpose)
        private = sealed_room.unlocked(world.intake).held(key)
        found = {(row.first, row.second): row for row in RecoveryEnvelope.objects.filter(office_key=key)}
        assert set(found) == set(itertools.combinations(sorted(sealed_room.custodians), 2))
        for (first, second), row in found.items():
            envelope = custody.Envelope(first, second, bytes(row.box))
            halves = {name: pair.private for name, pair in sealed_room.custodians.items()}
            assert custody.open_envelope(envelope, key=name_of(key), privates=halves) == private
            third = next(name for name in halves if name not in (first, second))
            for wrong in (
                {first: halves[first], second: halves[first]}, {first: halves[second], second: halves[second]},
                {first: halves[second], second: halves[first]}, {first: halves[first], second: halves[third]},
                {first: halves[third], second: halves[second]},
            ):  # fmt: skip
                with pytest.raises(sealing.SealBroken):
                    custody.open_envelope(envelope, key=name_of(key), privates=wrong)


def test_an_envelope_of_another_key_or_office_opens_nothing(sealed_room, world):
    key, other = (
        OfficeKey.objects.get(office=work.office.body, purpose=Purpose.INTAKE) for work in (world.minxian, world.city)
    )
    row = RecoveryEnvelope.objects.filter(office_key=key).first()
    halves = {name: pair.private for name, pair in sealed_room.custodians.items()}
    with pytest.raises(sealing.SealBroken):
        custody.open_envelope(
            custody.Envelope(row.first, row.second, bytes(row.box)), key=name_of(other), privates=halves
        )


def test_what_was_recovered_goes_to_its_officer_alone(sealed_room, world):
    """The operator who carries the file cannot put it under another account, nor to a pair begun since."""
    office = world.minxian.office.body
    key = OfficeKey.objects.get(office=office, purpose=Purpose.INTAKE)
    private, name = sealed_room.unlocked(world.intake).held(key), name_of(key)
    to = sealed_room.unlocked(world.second)
    rows = [
        recovery.Recovered(
            name, sealing.wrap(private, to=to.public, about=custody.about_holder(name, world.second.pk)),
            custody.vouch(to.public, of=world.second.pk, key=name, private=private),
        )
    ]  # fmt: skip
    given = {"rows": rows, "custodians": ["bao", "fang"], "at": world.at}
    with pytest.raises(recovery.NotThePair):
        recovery.restore(world.county, public=to.public, **given)
    with pytest.raises(keys.NotOfTheOffice):  # not of intake
        recovery.restore(world.second, public=to.public, **given)
    assert not KeyHolder.objects.filter(person=world.second).exists()


def test_a_wrong_passphrase_and_a_wrong_file_are_sentences(said, light, tmp_path, capsys):
    said("kurz", "kurz")
    assert tips("custodian", "bao", tmp_path) == 2 and "16" in capsys.readouterr().err
    said(SAID, SAID)
    assert tips("custodian", "bao", tmp_path) == 0
    said(SAID, SAID)
    assert tips("custodian", "bao", tmp_path) == 2 and "已经存在" in capsys.readouterr().err
    assert tips("custodian", "../bao", tmp_path) == 2
    (tmp_path / "e.json").write_text(json.dumps({"what": custodians.ENVELOPES, "to": {}, "keys": []}), "utf-8")
    key, out = tmp_path / "custodian-bao.key", tmp_path / "r.json"
    said("ein ganz anderes Losungswort")
    assert tips("recover", tmp_path / "e.json", "--key", key, "--fingerprint", "1", "--out", out) == 2
    assert "口令不对" in capsys.readouterr().err
    said(SAID)
    assert tips("recover", tmp_path / "e.json", "--key", key, "--fingerprint", "1", "--out", out) == 2
    said(SAID)
    assert tips("recover", key, "--key", key, "--fingerprint", "1", "--out", out) == 2
    assert not out.exists()


@pytest.mark.parametrize("page", ["tip-line-keys.md", "tip-line-keys.zh-CN.md"])
def test_each_command_of_the_page_is_one_that_there_is(page):
    """The page is read while something is lost: each line must be taken as it stands."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    found = re.findall(r"^mingcha tips (.+)$|`mingcha tips ([^`]+)`", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    acts = {parser.parse_args(shlex.split(line or inline)).act for line, inline in found}
    assert acts == {"root", "custodian", "sign", "install", "check", "request", "envelopes", "recover", "restore"}
