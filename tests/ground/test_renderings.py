"""What others see of pictures: made one at a time in a process of its own, beside the originals, which stay as they are."""

import io
import os
import signal
import time

import pytest
from django.db import connection
from PIL import Image

from mingcha.ground.audit.models import Event
from mingcha.ground.evidence import actions, darkroom, queries, tasks
from mingcha.ground.evidence.models import Evidence, Rendering
from mingcha.kernel import pictures
from tests.kernel.test_pictures import WHERE, photo


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MINGCHA_EVIDENCE_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def worker(monkeypatch):
    """A worker that has just started and rests for nothing."""
    monkeypatch.setattr(tasks, "_darkroom", darkroom.Darkroom())
    monkeypatch.setattr(tasks, "IDLE", 0.0)
    monkeypatch.setattr(tasks, "REST", 0.0)
    monkeypatch.setattr(tasks, "_look_at", 0.0)
    monkeypatch.setattr(tasks, "_begin_at", 0.0)


def keep(world, content=None, name="photo.jpg"):
    return actions.keep(content or photo((2400, 1200)), name=name, by=world.inspector, at=world.at)


def work(pictures=1, *, afresh=False):
    """Run the job until that many pictures came out, `afresh` from the first again; return how long a run took at most."""
    out, longest, until = 0, 0.0, time.monotonic() + 30
    tasks._begin_at = 0.0 if afresh else tasks._begin_at
    while out < pictures:
        began = time.monotonic()
        out += tasks.render()
        longest = max(longest, time.monotonic() - began)
        assert time.monotonic() < until
        time.sleep(0.01)
    return longest


@pytest.fixture
def ours(world):
    """The world's own photos have been seen to; only what a test keeps is waiting."""
    Evidence.objects.update(rendered=True)
    return world


def test_a_photo_gets_a_view_and_a_thumb_beside_its_original(ours, folder):
    kept = keep(ours)
    before = queries.path(kept.sha256).read_bytes()
    work()
    made = Rendering.objects.get(evidence=kept)
    view, thumb = (Image.open(queries.path(digest)) for digest in (made.view_sha256, made.thumb_sha256))
    assert (view.size, thumb.size) == ((1600, 800), (320, 160))
    assert made.made_at == ours.at
    assert queries.path(kept.sha256).read_bytes() == before
    assert WHERE.encode() in before
    assert not any(WHERE.encode() in queries.path(d).read_bytes() for d in (made.view_sha256, made.thumb_sha256))
    assert queries.intact(kept)


def test_one_picture_is_at_work_at_a_time_and_nobody_waits_for_it(ours, monkeypatch):
    slow = pictures.render
    monkeypatch.setattr(pictures, "render", lambda file: (time.sleep(0.5), slow(file))[1])
    first, second = keep(ours), keep(ours)
    assert work() < 0.4  # the chain of acts is sealed five times in that half second
    assert Rendering.objects.filter(evidence=first).exists()
    assert not Rendering.objects.filter(evidence=second).exists()
    work()
    assert Rendering.objects.filter(evidence=second).exists()


def test_after_a_picture_it_rests_the_longer_the_busier_the_machine_was(ours, monkeypatch):
    monkeypatch.setattr(tasks, "REST", 3.0)
    slow = pictures.render
    monkeypatch.setattr(pictures, "render", lambda file: (time.sleep(0.2), slow(file))[1])
    keep(ours), keep(ours)
    work()
    rests = tasks._look_at - time.monotonic()
    assert 0.5 < rests < 30
    assert tasks.render() == 0 and not tasks._darkroom.busy
    monkeypatch.setattr(tasks, "_look_at", 0.0)
    tasks.render()
    assert tasks._darkroom.busy
    work()


def test_what_is_no_picture_gets_a_row_and_is_never_tried_again(ours):
    kept = keep(ours, b"\xff\xd8\xff\xe0 a picture")
    work()
    made = Rendering.objects.get(evidence=kept)
    assert (made.view_sha256, made.thumb_sha256) == ("", "")
    assert queries.to_render(after=0) is None
    with pytest.raises(pictures.NoPicture):
        queries.view(kept)


def test_recordings_and_documents_wait_for_nothing(ours):
    keep(ours, b"%PDF-1.7", "整改.pdf")
    assert queries.to_render(after=0) is None


def test_a_file_out_of_reach_is_tried_later_and_holds_up_nothing(ours):
    lost, later = keep(ours), keep(ours, photo((50, 50)))
    content = queries.path(lost.sha256).read_bytes()
    queries.path(lost.sha256).unlink()
    work(2)
    assert [made.evidence_id for made in Rendering.objects.all()] == [later.pk]
    queries.path(lost.sha256).write_bytes(content)
    work(afresh=True)
    assert Rendering.objects.filter(evidence=lost).exclude(view_sha256="").exists()


def test_a_decoder_that_dies_twice_over_a_picture_is_spared_it_and_the_worker_lives(ours, monkeypatch):
    monkeypatch.setattr(pictures, "render", lambda _file: os.kill(os.getpid(), signal.SIGKILL))
    kept, here = keep(ours), os.getpid()
    work()
    work(afresh=True)
    assert os.getpid() == here
    assert Rendering.objects.get(evidence=kept).view_sha256 == ""


def test_who_takes_too_long_is_stopped(ours, monkeypatch):
    monkeypatch.setattr(darkroom, "LONGEST", 0.2)
    monkeypatch.setattr(pictures, "render", lambda _file: time.sleep(30))
    kept = keep(ours)
    work()
    assert not Rendering.objects.exists()
    work(afresh=True)
    assert Rendering.objects.get(evidence=kept).view_sha256 == ""


def test_memory_and_processor_are_limited_and_others_go_first(ours, monkeypatch):
    def greedy(_file):
        assert os.nice(0) >= 15
        bytearray(darkroom.MEMORY)

    monkeypatch.setattr(pictures, "render", greedy)
    kept = keep(ours)
    work()
    assert not Rendering.objects.exists()
    work(afresh=True)
    assert Rendering.objects.get(evidence=kept).view_sha256 == ""


def test_twice_over_leaves_one_row_and_the_same_files(ours, folder):
    kept = keep(ours)
    made = pictures.render(io.BytesIO(queries.read(kept)))
    first, second = (
        actions.keep_rendering(kept, view=actions.store(made.view), thumb=actions.store(made.thumb), at=ours.at)
        for _ in range(2)
    )
    assert (first, second) == (True, False)
    assert Rendering.objects.filter(evidence=kept).count() == 1
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 3  # original, view, thumb


def test_it_is_no_act_on_record(ours):
    keep(ours)
    before = Event.objects.count()
    work()
    assert Event.objects.count() == before


def test_the_queue_is_as_small_as_what_waits(ours):
    """Of twenty thousand rows that were seen to, none is read to find the one that waits."""
    kept = keep(ours)
    row = {"size": 1, "media_type": "image/jpeg", "received_at": ours.at, "received_from": ours.inspector}
    many = [Evidence(sha256=f"{n:064x}", name="p.jpg", rendered=True, **row) for n in range(20_000)]
    Evidence.objects.bulk_create(many, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE evidence_evidence")
    plan = Evidence.objects.filter(rendered=False, media_type__in=queries.PICTURES, pk__gt=0).order_by("pk")[:1]
    said = plan.explain(analyze=True, buffers=True)
    assert "evidence_to_render" in said
    assert "rows=1" in said
    assert queries.to_render(after=0) == kept


def test_before_it_is_made_a_view_is_made_on_the_spot_and_kept_nowhere(ours, folder):
    kept = keep(ours)
    view, thumb = queries.view(kept), queries.view(kept, small=True)
    assert max(Image.open(io.BytesIO(view)).size) == 1600
    assert max(Image.open(io.BytesIO(thumb)).size) == 320
    assert WHERE.encode() not in view + thumb
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    work()
    assert queries.view(kept) == view


def test_a_rendering_that_was_lost_or_changed_is_made_again_from_the_original(ours):
    kept = keep(ours)
    work()
    view = queries.view(kept)
    made = Rendering.objects.get(evidence=kept)
    queries.path(made.view_sha256).write_bytes(b"something else")
    assert queries.view(kept) == view
    queries.path(made.view_sha256).unlink()
    assert queries.view(kept) == view
    queries.path(kept.sha256).write_bytes(b"something else")
    with pytest.raises(queries.Altered):
        queries.view(kept)


def test_a_recording_is_proved_once_and_again_when_it_has_changed(ours, monkeypatch):
    kept = Evidence.objects.create(
        sha256=actions.store(b"OggS" + b"\0" * 1000), size=1004, media_type="audio/ogg", name="a.ogg",
        received_at=ours.at, received_from=ours.inspector,
    )  # fmt: skip
    hashed = []
    digest = queries.hashlib.file_digest
    monkeypatch.setattr(queries.hashlib, "file_digest", lambda *a: hashed.append(1) or digest(*a))
    assert queries.verified(kept) == queries.verified(kept) == queries.path(kept.sha256)
    assert len(hashed) == 1
    queries.path(kept.sha256).write_bytes(b"OggS" + b"\1" * 1000)
    with pytest.raises(queries.Altered):
        queries.verified(kept)
    queries.path(kept.sha256).unlink()
    with pytest.raises(queries.Altered):
        queries.verified(kept)
