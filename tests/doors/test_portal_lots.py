"""The lot on public pages: what is told in each state, a file that holds, one that was changed, and no more than that."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingcha.doors.portal.forms.lots import LARGEST
from mingcha.flow.draws import actions as draws
from mingcha.flow.draws import queries
from mingcha.flow.draws.models import Round, SealedList
from mingcha.kernel import lots
from tests.lots_held import begun, planned
from tests.world import sign_in

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_lot.py"
CHECK = "/public/lots/check/"


@pytest.fixture
def shown(world):
    """A round of three in five sites, revealed once its day was over."""
    round = world.minxian.sealed_round
    draws.reveal(round, by=world.county, at=world.at + timedelta(days=1))
    round.refresh_from_db()
    return round


def page(client, path):
    """Return what an address answers, having seen that it is for everybody and runs nothing."""
    answer = client.get(path)
    assert answer.status_code == 200 and not client.cookies
    assert answer["Cache-Control"] == "public, max-age=60" and "script-src" not in answer["Content-Security-Policy"]
    text = answer.content.decode()
    assert "<script" not in text and "style=" not in text
    return text


def own(round, part=""):
    return f"/public/lots/{round.pk}/{part}"


def test_before_the_draw_only_hashes_are_told(world, client):
    round = begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    before = page(client, "/public/lots/")
    plan = planned(teams=[world.minxian.team], departs_at=world.at + timedelta(hours=4), n=3)
    draws.freeze(round, plan=plan, by=world.county, at=world.at)
    draws.deposit(round, by=world.county, at=world.at)
    round.refresh_from_db()
    after = page(client, "/public/lots/")
    assert before.count("岷县纪委监委") + 1 == after.count("岷县纪委监委 ·")
    hashes = (round.frame_hash, queries.terms_hash(round), round.parties.exclude(commitment="").get().commitment)
    assert all(each in after and each not in before for each in hashes)
    assert "还没有投入" in after and "现场掷骰" in after
    for part in ("", "bundle.json", "proof/?site=621126-0"):
        assert client.get(own(round, part)).status_code == 404


def test_a_drawn_round_tells_nothing_of_a_place(world, client):
    sealed = world.minxian.sealed_round
    for text in (page(client, "/public/lots/"), page(client, own(sealed))):
        for site in world.minxian.office.sites:
            assert site.code not in text and site.name not in text
        assert "第一组" not in text and "演示岷县干部" not in text
    assert sealed.root in text and queries.terms_hash(sealed) in text and sealed.public_value in text
    assert "去向还密封着" in text and "机会怎样定的" not in text and str(sealed.day) not in text
    for part in ("bundle.json", "proof/", "proof/?site=621126-0"):
        answer = client.get(own(sealed, part))
        assert answer.status_code == 404 and "621126-0" not in answer.content.decode()


def test_every_void_round_stands_there_with_its_reason(world, client):
    sealed = world.minxian.sealed_round
    draws.void(sealed, reason="演示：骰子滚到桌下<b>", by=world.county, at=world.at)
    early = begun(world.campaign, office=world.minxian.office.body, by=world.county, at=world.at)
    draws.void(early, reason="演示：见证单位没有到", by=world.county, at=world.at)
    text = page(client, "/public/lots/")
    assert "演示：骰子滚到桌下&lt;b&gt;" in text and "演示：见证单位没有到" in text
    for round, reason in ((sealed, "骰子滚到桌下"), (early, "见证单位没有到")):
        alone = page(client, own(round))
        assert reason in alone and "没有检查组照它出发" in alone
        assert client.get(own(round, "bundle.json")).status_code == 404
    answer = client.post(CHECK, {"number": early.pk, "text": "{}"})
    assert answer.status_code == 422 and "还没有抽签就作废了" in answer.content.decode()


def test_a_revealed_round_is_told_whole_and_alike_to_all(world, client, shown):
    text = page(client, own(shown))
    for part in (shown.frame_hash, shown.root, shown.bundle["seed"], *shown.bundle["secrets"], *shown.bundle["drawn"]):
        assert part in text
    for word in ("全部对得上", "5 个点位抽了 3 个", "每个点位机会一样", "每个点位的机会都是 60%", "没有用评分"):
        assert word in text
    assert text.count(shown.bundle["commitments"][0]) == 2  # once where it was published, once to be typed
    for who in (world.unit, world.neighbour, world.lead):
        assert sign_in(Client(), who).get(own(shown)).content.decode() == text
    assert "演示岷县" not in text and client.post(own(shown)).status_code == 405
    english = client.get(own(shown) + "?language=en")
    assert english["Content-Language"] == "en" and 'lang="en"' in english.content.decode()


def test_the_bundle_as_downloaded_satisfies_a_stranger(client, shown, tmp_path):
    text = page(client, own(shown))
    answer = client.get(own(shown, "bundle.json"))
    assert answer["Content-Disposition"] == f'attachment; filename="lot-{shown.pk}.json"'
    (tmp_path / f"lot-{shown.pk}.json").write_bytes(answer.content)
    command = re.search(r"<code>python3 verify_lot.py ([^<]+)</code>", text)[1].split()
    assert len(command) == 6  # the file, and all five hashes that were published before
    done = subprocess.run(
        [sys.executable, str(VERIFIER), *command], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "OK\n"


@pytest.mark.parametrize("way", ["text", "file"])
def test_a_file_that_holds_is_said_to_hold(client, shown, way):
    files = {"bundle": client.get(own(shown, "bundle.json")).content}
    files["proof"] = client.get(own(shown, "proof/?site=621126-0&file=1")).content
    for kind, content in files.items():
        given = content.decode() if way == "text" else SimpleUploadedFile("x.json", b"\xef\xbb\xbf" + content)
        answer = client.post(CHECK, {way: given})
        text = answer.content.decode()
        assert answer.status_code == 200 and "对得上，没有改动" in text and own(shown) in text, kind
    chance = next(each["chance"] for each in shown.bundle["tickets"] if each["site"] == "621126-0")
    assert "621126-0" in text and f"机会 {chance}" in text


def change_chance(bundle):
    bundle["frame"] = bundle["frame"].replace(bundle["tickets"][0]["chance"], "2/5", 1)


def change_ticket(bundle):
    bundle["tickets"][0]["value"] = "0" * 64


def change_secret(bundle):
    bundle["secrets"][0] = "00" * 32


def change_value(bundle):
    bundle["public"]["value"] = "1 2 3"


def drop_drawn(bundle):
    bundle["drawn"].pop()


TAMPERED = [
    (change_chance, "名录 frame"), (change_ticket, "签号 ticket 621126-"), (change_secret, "承诺 commitments"),
    (change_value, "事先公布的 public"), (drop_drawn, "抽中名单 drawn"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place"), TAMPERED, ids=[change.__name__ for change, _ in TAMPERED])
def test_a_changed_bundle_is_refused_and_the_place_is_named(client, shown, change, place):
    bundle = json.loads(json.dumps(shown.bundle))
    change(bundle)
    answer = client.post(CHECK, {"text": json.dumps(bundle, ensure_ascii=False)})
    text = answer.content.decode()
    assert answer.status_code == 422 and f"对不上，断在：{place}" in text and own(shown) in text
    assert "<textarea" in text and shown.bundle["root"] in text  # what was pasted is still there


def test_a_round_whose_own_bundle_was_changed_says_so(client, shown):
    shown.bundle["tickets"][1]["drawn"] = not shown.bundle["tickets"][1]["drawn"]
    Round.objects.filter(pk=shown.pk).update(bundle=shown.bundle)
    text = page(client, own(shown))
    assert "对不上，断在：签号 ticket 621126-" in text and "机会怎样定的" not in text
    Round.objects.filter(pk=shown.pk).update(bundle={**shown.bundle, "frame": "?"})
    assert "对不上，断在：名录 frame" in page(client, own(shown))
    assert client.get(own(shown, "proof/?site=621126-0")).status_code == 422


def test_one_site_is_proved_alone(client, shown):
    text = page(client, own(shown, "proof/?site=621126-1"))
    ticket = next(each for each in shown.bundle["tickets"] if each["site"] == "621126-1")
    assert ticket["value"] in text and shown.root in text and ticket["chance"] in text
    assert not [each["site"] for each in shown.bundle["tickets"] if each["site"] in text and each is not ticket]
    proof = json.loads(client.get(own(shown, "proof/?site=621126-1&file=1")).content)
    proof["drawn"] = not proof["drawn"]
    answer = client.post(CHECK, {"text": json.dumps(proof), "number": shown.pk})
    assert answer.status_code == 422 and "断在：树根 root" in answer.content.decode()
    unknown = client.post(CHECK, {"text": json.dumps(proof)})
    assert unknown.status_code == 422 and "认不出这份文件是哪一轮的" in unknown.content.decode()
    assert client.get(own(shown, "proof/?site=nowhere")).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {}, {"text": " "}, {"text": "不是 JSON"}, {"text": "[" * 100_000}, {"text": "[1]"}, {"text": "null"},
        {"text": '{"path": 1}'}, {"text": '{"frame": "\\ud800", "frame_hash": "\\u0000", "commitments": [[], "\\u0000"]}'},
        {"text": "{}", "number": "999999"}, {"text": "{}", "number": "x"}, {"text": "1" * 5000},
    ],
    ids=range(11),
)  # fmt: skip
def test_whatever_is_handed_in_is_answered_in_a_sentence(client, shown, given):
    for number in ({}, {"number": shown.pk}):
        answer = client.post(CHECK, number | given)
        text = answer.content.decode()
        assert answer.status_code == 422 and "notice" in text and "Traceback" not in text


def test_too_much_is_refused_before_it_is_read(client, shown):
    for given in ({"text": " " * (LARGEST + 1) + "1"}, {"file": SimpleUploadedFile("x.json", b"1" * (LARGEST + 1))}):
        answer = client.post(CHECK, given)
        assert answer.status_code == 422 and "5 MB" in answer.content.decode()


def test_a_round_is_replayed_once_however_often_it_is_looked_at(client, shown, monkeypatch):
    """Who asks for a page again and again costs the house no draw each time; what has changed since is replayed anew."""
    before = page(client, own(shown)), page(client, own(shown, "proof/?site=621126-0"))
    for computed in ("verify", "draw"):
        monkeypatch.setattr(lots, computed, lambda *_, **__: pytest.fail("replayed"))
    assert (page(client, own(shown)), page(client, own(shown, "proof/?site=621126-0"))) == before
    monkeypatch.undo()
    Round.objects.filter(pk=shown.pk).update(bundle={**shown.bundle, "n": 4})
    assert "对不上，断在：数量 n" in page(client, own(shown))


def test_a_foreign_frame_is_not_computed(client, shown, monkeypatch):
    """A frame of somebody's own making costs the house one hash."""
    monkeypatch.setattr(lots, "verify", lambda *_, **__: pytest.fail("replayed"))
    bundle = shown.bundle | {"frame": shown.bundle["frame"] + "x,y,1/2\n"}
    assert client.post(CHECK, {"text": json.dumps(bundle)}).status_code == 422


def test_a_directed_visit_is_told_like_any_other(world, client, shown):
    """What the public reads has the codes of the frame, and no word of who asked for a visit or what a site scored."""
    told = client.get(own(shown, "bundle.json")).content.decode() + page(client, own(shown))
    for word in ("directed", "指定", 'score"', "reason"):
        assert word not in told
    assert SealedList.objects.filter(round=shown).exists()
