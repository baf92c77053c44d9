"""What comes out of the evidence: a view for others, the original on record, what is marked for few, sound in pieces."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from mingcha.flow.fieldwork.models import Attachment, Photo
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.ground.audit.models import Event
from mingcha.ground.evidence import actions
from mingcha.ground.evidence import queries as evidence
from mingcha.ground.evidence.models import Evidence, Rendering
from mingcha.ground.rulebook.models import Checklist
from tests import ranks
from tests.kernel.test_pictures import WHERE, photo
from tests.sent import send
from tests.world import PNG, sign_in

SOUND = b"\x1aE\xdf\xa3" + bytes(range(200))
TAKEN = photo((2400, 1200))
GAP = {
    "description": "演示：登记台无人", "responsibility": "unit", "severity": "ordinary", "on_spot": "no", "due_hours": "24",
    "requirement": "演示：补齐", "photo_1": "p-1.jpg",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MINGCHA_EVIDENCE_DIR = tmp_path


@pytest.fixture
def sent(world):
    """A phone's submission from 岷阳镇: a photo with all that the camera wrote, a marked one, a voice note, a signature."""
    stops = world.minxian.inspection.stops.filter(site__division="621126100")
    visited = world.minxian.inspection.visits.values("site")
    site = stops.exclude(site__in=visited).first().site
    return send(
        world.inspector, Checklist.objects.get(site_type=site.type),
        {"site_code": site.code, "site_name": site.name, "q1": "fail", "voice": "v-1.webm",
         "sign_receiver": "s-1.png", "site_photo_1": "p-2.personal.jpg"},
        findings=[GAP], files={"p-1.jpg": TAKEN, "p-2.personal.jpg": TAKEN, "v-1.webm": SOUND, "s-1.png": PNG},
        at=world.at,
    )  # fmt: skip


@pytest.fixture
def plain(sent):
    """The photo that the finding shows."""
    return Photo.objects.get(visit__submission=sent, evidence__personal=False)


@pytest.fixture
def marked(sent, plain):
    """The marked one, which the finding shows as well, so that the unit's order leads to it."""
    found = Photo.objects.get(visit__submission=sent, evidence__personal=True)
    FindingPhoto.objects.create(finding=Finding.objects.get(visit__submission=sent), photo=found)
    return found


@pytest.fixture
def cast(world, sent):
    """Everyone who asks, by name; `unit` answers for the site, the joint body takes part in the team."""
    from mingcha.flow.campaigns.models import TeamBody

    found = ranks.muster(world)
    TeamBody.objects.create(team=world.minxian.team, body=found.group_body)
    finding = Finding.objects.get(visit__submission=sent)
    unit = world.unit
    unit.posts.update(body=finding.body)
    return {
        "lead": world.lead, "county": world.county, "leader": world.leader, "inspector": world.inspector, "unit": unit,
        "township": found.township, "group": found.group, "neighbour": world.neighbour,
        "neighbour_inspector": world.neighbour_inspector, "abroad": world.abroad.office.officer,
    }  # fmt: skip


def ask(who, address, **more):
    return sign_in(Client(), who).get(address, **more)


def at(name, thing):
    return reverse(name, args=[thing.pk])


def body(answer):
    return b"".join(answer) if answer.streaming else answer.content


OFFICES = {"lead", "county", "leader", "inspector"}  # the offices over the place, and the team that was there


@pytest.mark.parametrize("size,side", [("", 1600), ("?size=thumb", 320), ("?size=nonsense", 1600)])
def test_others_see_a_view_without_what_the_camera_wrote(cast, plain, size, side):
    assert WHERE.encode() in evidence.read(plain.evidence)
    for who in ("county", "inspector", "unit", "group", "township"):
        answer = ask(cast[who], at("desk:photo", plain) + size)
        assert answer.status_code == 200, who
        assert WHERE.encode() not in answer.content
        assert max(Image.open(io.BytesIO(answer.content)).size) == side
        assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"


def test_a_rendering_made_in_the_background_is_what_is_sent(world, cast, plain):
    made = {"view": actions.store(b"\xff\xd8\xff the view"), "thumb": actions.store(b"\xff\xd8\xff the thumb")}
    actions.keep_rendering(plain.evidence, **made, at=world.at)
    assert ask(cast["county"], at("desk:photo", plain)).content == b"\xff\xd8\xff the view"
    assert ask(cast["unit"], at("desk:photo", plain) + "?size=thumb").content == b"\xff\xd8\xff the thumb"
    assert ask(cast["inspector"], at("field:photo", plain) + "?size=thumb").content == b"\xff\xd8\xff the thumb"


def test_originals_go_to_the_offices_and_the_team_alone_and_each_is_on_record(world, cast, plain):
    for name, who in cast.items():
        before = Event.objects.filter(verb="evidence.original").count()
        answer = ask(who, at("desk:photo", plain) + "?original=1")
        assert answer.status_code == (200 if name in OFFICES else 404), name
        assert Event.objects.filter(verb="evidence.original").count() == before + (name in OFFICES)
        if name in OFFICES:
            assert body(answer) == TAKEN
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["Cache-Control"] == "private, no-store"
    told = Event.objects.filter(verb="evidence.original").latest("pk")
    assert (told.key, told.actor, told.division) == (str(plain.evidence_id), "inspector", plain.visit.site.division_id)
    assert told.detail == {"sha256": plain.evidence.sha256}


def test_looking_is_not_taking_and_a_head_takes_nothing(cast, plain):
    before = Event.objects.count()
    ask(cast["county"], at("desk:photo", plain))
    sign_in(Client(), cast["county"]).head(at("desk:photo", plain) + "?original=1")
    assert Event.objects.filter(verb="evidence.original").count() == 0
    assert Event.objects.count() == before


def test_the_phone_s_own_address_gives_originals_by_the_same_rule(cast, plain):
    assert body(ask(cast["inspector"], at("field:photo", plain) + "?original=1")) == TAKEN
    assert ask(cast["group"], at("field:photo", plain)).status_code == 200  # its body takes part in the team
    assert ask(cast["group"], at("field:photo", plain) + "?original=1").status_code == 404


def test_a_unit_s_proof_is_seen_by_both_and_taken_away_by_the_offices(world):
    proof = world.minxian.proof
    proof.evidence = actions.keep(TAKEN, name="整改后.jpg", by=world.unit, at=world.at)
    proof.save(update_fields=["evidence"])
    address = at("desk:proof", proof)
    for who in (world.unit, world.county):
        assert WHERE.encode() not in ask(who, address).content
    assert body(ask(world.county, address + "?original=1")) == TAKEN
    assert ask(world.unit, address + "?original=1").status_code == 404
    assert ask(world.neighbour, address + "?original=1").status_code == 404


def test_a_pdf_is_shown_as_it_came(world):
    proof = world.minxian.proof
    proof.evidence = actions.keep(b"%PDF-1.7 words", name="整改.pdf", by=world.unit, at=world.at)
    proof.save(update_fields=["evidence"])
    answer = ask(world.county, at("desk:proof", proof))
    assert body(answer) == b"%PDF-1.7 words"
    assert answer["Content-Type"] == "application/pdf" and answer["Content-Disposition"].startswith("inline")


def test_what_is_marked_is_seen_by_the_offices_and_the_team_alone(cast, marked):
    for name, who in cast.items():
        for ask_for in ("", "?size=thumb", "?original=1"):
            answer = ask(who, at("desk:photo", marked) + ask_for)
            assert answer.status_code == (200 if name in OFFICES else 404), (name, ask_for)
    for name in ("inspector", "leader", "group"):
        expected = 200 if name in OFFICES else 404
        assert ask(cast[name], at("field:photo", marked)).status_code == expected, name


def test_pages_put_a_sentence_in_its_place(cast, marked):
    finding = Finding.objects.get(photos__photo=marked)
    marked.caption = "演示说明"
    marked.save(update_fields=["caption"])
    for name, address in [
        ("county", at("desk:finding", finding)), ("county", at("desk:visit", marked.visit)),
        ("inspector", at("desk:finding", finding)), ("group", at("desk:visit", marked.visit)),
        ("township", at("desk:finding", finding)), ("group", at("desk:finding", finding)),
    ]:  # fmt: skip
        said = ask(cast[name], address).content.decode()
        seen = name in OFFICES
        assert ("含个人信息，已隐藏" in said) != seen, (name, address)
        assert (f"/photos/{marked.pk}/" in said) == seen, (name, address)
        assert ("演示说明" in said) == seen, (name, address)
        assert ("下载原件" in said) == seen, (name, address)


def test_the_unit_s_order_hides_it_too(world, cast, marked):
    from mingcha.flow.rectifications.models import Rectification

    order = Rectification.objects.get(finding__photos__photo=marked)
    said = ask(cast["unit"], at("desk:order", order)).content.decode()
    assert "含个人信息，已隐藏" in said and f"/photos/{marked.pk}/" not in said and "下载原件" not in said
    said = ask(cast["county"], at("desk:order", order)).content.decode()
    assert "含个人信息，已隐藏" not in said and f"/photos/{marked.pk}/?original=1" in said


def test_what_cannot_be_read_is_said_to_be_so_and_its_bytes_still_go_to_the_offices(world, cast, plain):
    broken = b"\xff\xd8\xff\xe0 a picture"
    Evidence.objects.filter(pk=plain.evidence_id).update(sha256=actions.store(broken))
    plain.refresh_from_db()
    assert ask(cast["unit"], at("desk:photo", plain)).status_code == 404
    Rendering.objects.create(evidence=plain.evidence, made_at=world.at)
    assert ask(cast["unit"], at("desk:photo", plain)).status_code == 404
    assert "打不开的照片" in ask(cast["county"], at("desk:visit", plain.visit)).content.decode()
    assert body(ask(cast["county"], at("desk:photo", plain) + "?original=1")) == broken


def test_a_recording_is_heard_by_the_offices_and_the_team_alone(cast, sent):
    voice = Attachment.objects.get(submission=sent, kind="audio")
    for name, who in cast.items():
        answer = ask(who, at("desk:attachment", voice))
        assert answer.status_code == (200 if name in OFFICES else 404), name
        if name in OFFICES:
            assert body(answer) == SOUND
            assert answer["Content-Type"] == "audio/webm" and answer["Content-Disposition"].startswith("inline")


def test_a_signature_is_seen_by_who_may_see_the_visit(cast, sent):
    signature = Attachment.objects.get(submission=sent, kind="signature")
    for name, who in cast.items():
        expected = 200 if name in OFFICES | {"group"} else 404
        assert ask(who, at("desk:attachment", signature)).status_code == expected, name


@pytest.mark.parametrize(
    "asked,status,start,end",
    [
        ("bytes=0-9", 206, 0, 10), ("bytes=10-", 206, 10, 204), ("bytes=-4", 206, 200, 204),
        ("bytes=0-99999", 206, 0, 204), ("bytes=-99999", 206, 0, 204), ("bytes=203-203", 206, 203, 204),
        ("bytes=204-", 416, 0, 0), ("bytes=9-3", 416, 0, 0), ("bytes=-0", 416, 0, 0),
        ("bytes=0-1,5-6", 200, 0, 204), ("bytes=-", 200, 0, 204), ("lines=1-2", 200, 0, 204), ("", 200, 0, 204),
    ],
)  # fmt: skip
def test_a_player_gets_the_piece_it_asks_for(cast, sent, asked, status, start, end):
    voice = Attachment.objects.get(submission=sent, kind="audio")
    answer = ask(cast["county"], at("desk:attachment", voice), HTTP_RANGE=asked)
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == "bytes */204"
        return
    assert body(answer) == SOUND[start:end]
    assert int(answer["Content-Length"]) == end - start and answer["Accept-Ranges"] == "bytes"
    assert answer.get("Content-Range") == (f"bytes {start}-{end - 1}/204" if status == 206 else None)


def test_a_piece_of_another_file_is_not_mixed_in(cast, sent):
    voice = at("desk:attachment", Attachment.objects.get(submission=sent, kind="audio"))
    tag = ask(cast["county"], voice)["ETag"]
    known = ask(cast["county"], voice, HTTP_RANGE="bytes=0-3", HTTP_IF_RANGE=tag)
    other = ask(cast["county"], voice, HTTP_RANGE="bytes=0-3", HTTP_IF_RANGE='"another"')
    assert (known.status_code, other.status_code) == (206, 200)


def test_what_nobody_knows_the_type_of_is_only_handed_over(world, cast, sent):
    voice = Attachment.objects.get(submission=sent, kind="audio")
    page = b"<script>alert(1)</script>"
    Evidence.objects.filter(pk=voice.evidence_id).update(
        sha256=actions.store(page), media_type=evidence.sent_type(page)
    )
    answer = ask(cast["county"], at("desk:attachment", voice))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"


def test_a_recording_that_was_changed_is_not_played(cast, sent):
    voice = Attachment.objects.get(submission=sent, kind="audio")
    evidence.path(voice.evidence.sha256).write_bytes(SOUND[::-1])
    assert ask(cast["county"], at("desk:attachment", voice)).status_code == 409
