"""The public's report: page after page without a script, the code, coming back, and what happens when something fails."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from mingcha.doors.hall import clock
from mingcha.doors.portal import counterfoil, limits
from mingcha.ground.audit.models import Event
from mingcha.kernel import effort, receipts
from mingcha.tips import public, vault
from mingcha.tips.models import Record, Tip
from mingcha.tips.public import knowing
from tests.world import PNG

pytestmark = pytest.mark.usefixtures("room")
TEXT = "演示：卡点夜里没有人，登记本是补写的。"
SECRET = "演示甲"


@pytest.fixture
def room(sealed_room, settings, monkeypatch):
    monkeypatch.setattr(knowing, "bits", lambda: 6)  # a page of the tests is not to work for a second
    settings.MINGCHA_NOW = sealed_room.world.at
    knowing.forget()
    return sealed_room


@pytest.fixture
def citizen():
    return Client()


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2500:]
    return answer.content.decode()


def fields(page):
    """Return what the page carries in hidden fields, and what stands in its own."""
    found = {}
    for tag in re.findall(r"<input[^>]+>", page):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") == "hidden" and "name" in given and given["name"] != "held":
            found[given["name"]] = unescape(given.get("value", ""))
    return found


def worked(given):
    """Do the work that the script does in a browser."""
    return given | {"effort": effort.solve(given["challenge"])}


ANSWERS = (
    {"kind": "measures"},
    {"category": "control"},
    {"county": "621126", "unit": "演示路夜市", "leaders": "no"},
    {"text": TEXT, "happened": "昨天夜里", "place": "演示路"},
    {"named": "no"},
)


def to_the_last_page(citizen, **other):
    """Answer page after page, as a browser without script does; return what the last page carries."""
    given = fields(shown(citizen.get("/report/new/")))
    for answer in ANSWERS:
        answer = answer | {
            name: other[name] for name in other if name in answer or (name in ("name", "phone") and "named" in answer)
        }
        page = shown(citizen.post("/report/new/", given | answer))
        if "都不是，就按我写的" in page:
            page = shown(citizen.post("/report/new/", fields(page) | answer | {"body": ""}))
        given = fields(page)
    assert given["at"] == "check", page
    return given


def send(citizen, given, **more):
    return citizen.post("/report/new/", given | {"go": "send"} | more)


def code_on(page):
    return re.sub(r"<[^>]+>|\s", "", re.search(r"data-code[^>]*>(.*?)</p>", page, re.DOTALL)[1])


# Reading


@pytest.mark.parametrize("path", ["", "how/", "privacy/", "calls/", "new/", "back/"])
@pytest.mark.parametrize("language", ["", "?language=en"])
def test_pages_set_no_cookie_and_run_nothing_of_others(citizen, path, language):
    answer = citizen.get(f"/report/{path}{language}")
    shown(answer)
    assert not answer.cookies and answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy


def test_ordinary_services_are_shown_their_channel_and_nothing_is_taken(citizen):
    given = fields(shown(citizen.get("/report/new/")))
    page = shown(citizen.post("/report/new/", given | {"kind": "services"}))
    assert 'href="tel:12345"' in page and not Tip.objects.exists()


# Writing


def test_page_after_page_to_the_code_and_back_with_it(citizen, room):
    page = shown(send(citizen, worked(to_the_last_page(citizen))))
    code = code_on(page)
    tip = Tip.objects.get()
    assert receipts.read(code) and tip.office == room.world.minxian.office.body and tip.category == "control"
    assert not citizen.cookies, "nothing is kept of who wrote"
    answer = citizen.post("/report/back/", {"code": code.lower().replace("-", " ")})
    assert answer.status_code == 302 and code not in answer.url
    held = answer.cookies[counterfoil.COOKIE]
    assert code.replace("-", "") not in held.value and held["httponly"] and held["path"] == "/report/"
    assert held["samesite"] == "Strict" and held["max-age"] == 600
    mine = shown(citizen.get("/report/mine/"))
    assert TEXT in mine and "等待受理机关接收" in mine
    assert shown(citizen.post("/report/mine/leave/"))
    assert citizen.get("/report/mine/").url == "/report/back/"


def test_going_back_and_changing_loses_nothing(citizen):
    given = to_the_last_page(citizen)
    page = shown(citizen.post("/report/new/", given | {"go": "story"}))
    assert TEXT in page and fields(page)["receipt"] == given["receipt"]
    page = shown(citizen.post("/report/new/", fields(page) | {"text": TEXT + "还有一点", "happened": "", "place": ""}))
    assert "看一遍" in page and "还有一点" in page
    page = shown(citizen.post("/report/new/", fields(page) | {"go": "back"}))
    assert fields(page)["text"] == TEXT + "还有一点" and "要不要留姓名" in page


def test_a_page_with_something_missing_says_what(citizen):
    given = fields(shown(citizen.get("/report/new/")))
    page = shown(citizen.post("/report/new/", given | {"kind": ""}), 422)
    assert "请选一种" in page
    given = to_the_last_page(citizen)
    page = shown(citizen.post("/report/new/", given | {"at": "who", "named": "yes", "name": SECRET, "phone": ""}), 422)
    assert "实名反映请留电话" in page and SECRET in page and fields(page)["text"] == TEXT


def test_a_kind_and_a_category_that_do_not_go_together_are_asked_again(citizen):
    given = to_the_last_page(citizen)
    page = shown(citizen.post("/report/new/", given | {"at": "kind", "kind": "misconduct"}))
    assert "哪一类最接近" in page
    page = shown(send(citizen, worked(given | {"kind": "misconduct"})), 422)
    assert "哪一类最接近" in page and fields(page)["text"] == TEXT and not Tip.objects.exists()


def test_a_unit_is_offered_once_and_taken_by_its_name(citizen, room):
    body = room.world.minxian.order.body
    given = to_the_last_page(citizen)
    unit = {"at": "unit", "go": "next", "county": "621126", "leaders": "no", "body": ""}
    page = shown(citizen.post("/report/new/", given | unit | {"unit": body.name[:4], "asked": ""}))
    assert "是不是下面的某一个" in page and f'value="{body.code}"' in page
    page = shown(citizen.post("/report/new/", fields(page) | unit | {"unit": body.name[:4], "body": body.code}))
    assert fields(page)["body"] == body.code and fields(page)["unit"] == body.name
    page = shown(citizen.post("/report/new/", given | unit | {"unit": body.name, "asked": ""}))
    assert fields(page)["body"] == body.code


def test_about_the_office_itself_it_goes_up_and_the_page_says_so(citizen, room):
    office = room.world.minxian.office.body
    given = to_the_last_page(citizen)
    page = shown(
        citizen.post("/report/new/", given | {"at": "unit", "county": "621126", "unit": office.name, "leaders": "yes"})
    )
    assert room.world.city.office.body.name in page and "径送上一级" in page
    shown(send(citizen, worked(fields(page))))
    assert Tip.objects.get().office == room.world.city.office.body


def test_a_name_is_sealed_apart_and_only_for_who_gives_it(citizen):
    shown(send(citizen, worked(to_the_last_page(citizen, named="yes", name=SECRET, phone="0932-0000000"))))
    tip = Tip.objects.get()
    assert {record.kind: record.identity for record in tip.records.all()} == {"report": False, "identity": True}
    assert not tip.named, "named is who was verified, not who ticked"


# When something fails


def test_sent_twice_it_is_there_once_under_one_code(citizen):
    given = worked(to_the_last_page(citizen))
    first = code_on(shown(send(citizen, given)))
    answer = send(citizen, given)
    if answer.status_code != 200:  # the work was spent: the page comes again with more of it to do
        answer = send(citizen, worked(fields(answer.content.decode())))
    assert code_on(shown(answer)) == first and Tip.objects.count() == 1


def test_without_work_one_waits_twenty_seconds(citizen, monkeypatch):
    given = to_the_last_page(citizen)
    page = shown(send(citizen, given), 422)
    assert "安全校验未完成" in page and TEXT in page and not Tip.objects.exists()
    later = clock.running() + timedelta(seconds=21)
    monkeypatch.setattr(clock, "running", lambda: later)
    shown(send(citizen, fields(page)))
    assert Tip.objects.count() == 1


def test_a_challenge_out_of_date_is_replaced_and_nothing_lost(citizen, monkeypatch):
    given = worked(to_the_last_page(citizen))
    later = clock.running() + timedelta(hours=7)
    monkeypatch.setattr(clock, "running", lambda: later)
    page = shown(send(citizen, given), 422)
    again = fields(page)
    assert again["challenge"] != given["challenge"] and again["receipt"] == given["receipt"] and again["effort"] == ""
    shown(send(citizen, worked(again)))


def test_where_the_database_is_away_the_page_stands_with_all_that_was_typed(citizen, monkeypatch):
    given = worked(to_the_last_page(citizen))

    def away(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(public, "file_tip", away)
    page = shown(send(citizen, given), 503)
    assert "内容没有保存" in page and TEXT in page and fields(page)["receipt"] == given["receipt"]
    monkeypatch.setattr(public, "counties", away)
    page = shown(citizen.post("/report/new/", given | {"at": "unit", "go": "next"}), 503)
    assert fields(page)["text"] == TEXT


def test_a_form_from_elsewhere_is_not_taken(citizen):
    given = worked(to_the_last_page(citizen))
    for origin in ("https://elsewhere.example", "null"):
        answer = citizen.post("/report/new/", given | {"go": "send"}, headers={"Origin": origin})
        assert "请从这里开始" in shown(answer, 403) and not Tip.objects.exists()
    shown(citizen.post("/report/new/", given | {"go": "send"}, headers={"Origin": "http://testserver"}))


def test_who_sends_by_the_hundred_is_braked_and_loses_nothing(citizen, monkeypatch):
    monkeypatch.setitem(limits.MOST, "send", 0)
    given = worked(to_the_last_page(citizen))
    page = shown(citizen.post("/report/new/", given | {"go": "send"}, REMOTE_ADDR="8.8.8.8"), 429)
    assert TEXT in page and fields(page)["effort"] == given["effort"]
    shown(send(citizen, given))  # this machine's own address is a proxy's, and says nothing


def test_networks_are_counted_not_addresses():
    assert limits.network_of("203.0.114.7") == limits.network_of("203.0.114.250") != limits.network_of("203.0.115.7")
    assert limits.network_of("2400:3200:1:2ff::1") == limits.network_of("2400:3200:1:2aa::9")
    assert [limits.network_of(each) for each in ("127.0.0.1", "10.1.2.3", "", None, "nothing")] == [""] * 5


def test_one_network_cannot_use_up_what_all_without_a_script_have_together(monkeypatch):
    monkeypatch.setattr(limits, "MOST_IDLE", limits.MOST["send-idle"] + 1)
    hour = 400_000 * limits.HOUR
    for number in range(40):
        if number < limits.MOST["send-idle"]:
            limits.count("send-idle", "8.8.8.8", seconds=hour)
        else:
            with pytest.raises(limits.TooMuch):
                limits.count("send-idle", "8.8.8.8", seconds=hour)
    limits.count("send-idle", "9.9.9.9", seconds=hour)
    with pytest.raises(limits.TooMuch):
        limits.count("send-idle", "1.1.1.1", seconds=hour)


# Files


def paper(name="名单.txt", size=200):
    return SimpleUploadedFile(name, ("演示名单" * (size // 12)).encode(), "text/plain")


def test_a_full_disk_takes_words_and_no_files(citizen, room, monkeypatch):
    monkeypatch.setattr(vault, "FLOOR", 2**60)
    given = worked(to_the_last_page(citizen))
    page = shown(citizen.post("/report/new/", given | {"go": "send", "files": [paper()]}), 503)
    assert "附件暂时收不下" in page and TEXT in page
    assert not [file for file in (room.folder / "incoming").rglob("*") if file.is_file()]
    shown(citizen.post("/report/new/", fields(page) | {"go": "send"}))
    assert Tip.objects.count() == 1


def test_files_come_sealed_and_a_failed_attempt_keeps_them(citizen, room):
    given = to_the_last_page(citizen)
    page = shown(
        citizen.post("/report/new/", given | {"go": "send", "files": [paper(), SimpleUploadedFile("照片.png", PNG)]}),
        422,
    )
    boxes = re.findall(r'name="held" value="([0-9a-f]+)"', page)
    assert len(boxes) == 2 and "名单.txt" in page
    for file in (room.folder / "incoming").rglob("*"):
        assert "演示名单".encode() not in file.read_bytes()
    digests = re.findall(r'name="drop" value="([0-9a-f]+)"', page)
    shown(citizen.post("/report/new/", worked(fields(page)) | {"go": "send", "held": boxes, "drop": digests[:1]}))
    tip = Tip.objects.get()
    assert Record.objects.filter(tip=tip, kind="file", identity=True).count() == 1


def test_a_file_too_large_or_one_too_many_is_refused_and_the_words_stay(citizen):
    given = worked(to_the_last_page(citizen))
    large = SimpleUploadedFile("长.bin", bytes(20 * 1024 * 1024 + 1))
    page = shown(citizen.post("/report/new/", given | {"go": "send", "files": [large]}), 413)
    assert TEXT in page and "20 MB" in page
    page = shown(
        citizen.post("/report/new/", given | {"go": "send", "files": [paper(f"{n}.txt") for n in range(6)]}), 413
    )
    assert TEXT in page and not Tip.objects.exists()


# Coming back


@pytest.fixture
def mine(citizen, room):
    """A citizen who is back at the report."""
    _tip, code = room.tip(room.world.minxian.office.body, text=TEXT)
    assert citizen.post("/report/back/", {"code": code}).status_code == 302
    return citizen


def test_facts_and_files_are_added(mine):
    given = worked(fields(shown(mine.get("/report/mine/"))))
    assert mine.post("/report/mine/add/", given | {"text": "演示补充", "files": [paper()]}).status_code == 302
    page = shown(mine.get("/report/mine/"))
    assert "演示补充" in page
    page = shown(mine.post("/report/mine/add/", worked(fields(page)) | {"text": ""}), 422)
    page = shown(mine.post("/report/mine/object/", worked(fields(page)) | {"text": "演示异议"}), 409)
    assert "现在不能进行这一步" in page


def test_the_office_it_went_to_learns_who_spoke_by_one_press(citizen, room):
    here, there = room.world.minxian.office.body, room.world.zhangxian.office.body
    tip, code = room.tip(here, text=TEXT, named={"name": SECRET, "phone": "0932-0000000"})
    citizen.post("/report/back/", {"code": code})
    assert "让它知道我是谁" not in shown(citizen.get("/report/mine/"))
    Tip.objects.filter(pk=tip.pk).update(office=there)
    page = shown(citizen.get("/report/mine/"))
    assert f"现在由{there.name}办理" in page and "不能收回" in page and fields(page)["office"] == there.code
    # It has gone on since the page was opened: the next office learns nothing.
    assert "现在不能进行这一步" in shown(citizen.post("/report/mine/name/", {"office": here.code}), 409)
    wraps = tip.wraps.filter(identity=True, office_key__office=there)
    assert not wraps.exists()
    answer = citizen.post("/report/mine/name/", {"office": there.code})
    assert answer.status_code == 302 and wraps.count() == 1
    assert "让它知道我是谁" not in shown(citizen.get("/report/mine/"))
    citizen.post("/report/mine/leave/")
    assert "再输一次查询码" in shown(citizen.post("/report/mine/name/", {"office": there.code}), 422)


def test_the_code_runs_out_while_one_writes_and_the_words_come_along(mine, monkeypatch):
    given = fields(shown(mine.get("/report/mine/")))
    later = clock.running() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "running", lambda: later)
    page = shown(mine.post("/report/mine/add/", given | {"text": "演示补充"}), 422)
    assert "再输一次查询码" in page and fields(page)["text"] == "演示补充"


def test_a_wrong_code_is_told_in_words_and_an_unknown_one_alike(citizen):
    assert "20位字母和数字" in shown(citizen.post("/report/back/", {"code": "ABC"}), 422)
    assert "没有找到" in shown(citizen.post("/report/back/", {"code": receipts.new()}), 404)
    citizen.cookies[counterfoil.COOKIE] = "00ff"
    assert citizen.get("/report/mine/").url == "/report/back/"


def test_no_record_of_the_house_holds_a_word_or_an_hour(citizen):
    given = worked(to_the_last_page(citizen, named="yes", name=SECRET, phone="0932-0000000"))
    code = code_on(shown(send(citizen, given)))
    told = repr(list(Event.objects.values()))
    for word in (TEXT, SECRET, code, code.replace("-", ""), given["challenge"]):
        assert word not in told
