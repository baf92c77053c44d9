"""Files by their hash: the row never points at nothing, and a changed file is never shown as proof."""

import hashlib

import pytest
from django.conf import settings

from mingcha.ground.evidence import actions, queries
from mingcha.ground.evidence.models import Evidence
from tests.world import PNG

JPEG = b"\xff\xd8\xff\xe0 a picture"


def keep(world, content=JPEG, name="photo.jpg"):
    return actions.keep(content, name=name, place="演示", by=world.inspector, at=world.at)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MINGCHA_EVIDENCE_DIR = tmp_path


def test_a_file_is_kept_under_its_hash_with_who_when_and_where(world):
    kept = keep(world)
    assert kept.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert queries.path(kept.sha256).read_bytes() == JPEG
    assert (kept.received_from, kept.received_at, kept.place) == (world.inspector, world.at, "演示")
    assert (kept.media_type, kept.size) == ("image/jpeg", len(JPEG))
    assert queries.intact(kept)


def test_the_same_bytes_twice_are_one_file_and_two_rows(world):
    first, second = keep(world), keep(world, name="again.jpg")
    assert first.pk != second.pk
    assert first.sha256 == second.sha256
    assert len([p for p in settings.MINGCHA_EVIDENCE_DIR.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ", b"GIF89a", b"%PDF", b"PK\x03\x04", b"RIFFxxxxWAVE"])
def test_what_is_no_photo_nor_pdf_is_refused_whatever_its_name(world, content):
    with pytest.raises(actions.NotEvidence, match=r"photo\.jpg"):
        keep(world, content)
    assert not list(settings.MINGCHA_EVIDENCE_DIR.iterdir())


@pytest.mark.parametrize(
    "content,kind",
    [(PNG, "image/png"), (b"%PDF-1.7", "application/pdf"), (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp")],
)
def test_the_first_bytes_decide_the_type(world, content, kind):
    assert keep(world, content, "any.exe").media_type == kind


def test_a_file_too_large_is_refused(world, monkeypatch):
    monkeypatch.setattr(actions, "LARGEST", 10)
    with pytest.raises(actions.FileTooLarge):
        keep(world)


@pytest.mark.parametrize(
    "given,kept",
    [("../../etc/passwd", "passwd"), ("C:\\photos\\a.jpg", "a.jpg"), ("", "photo"), ("长" * 300, "长" * 120)],
)
def test_a_name_is_only_a_name(world, given, kept):
    assert keep(world, name=given).name == kept


def test_a_changed_or_missing_file_is_not_shown(world):
    kept = keep(world)
    queries.path(kept.sha256).write_bytes(b"something else")
    assert not queries.intact(kept)
    with pytest.raises(queries.Altered):
        queries.read(kept)
    queries.path(kept.sha256).unlink()
    assert not queries.intact(Evidence.objects.get(pk=kept.pk))
    with pytest.raises(queries.Altered):
        queries.read(kept)
