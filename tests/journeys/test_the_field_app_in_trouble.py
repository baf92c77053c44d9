"""What happens to phones in the field: a form that changed, a colleague's phone, no room, an expired sign-in, company."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import DemoServer, mingcha
from tests.journeys import field_phone, steps
from tests.journeys.field_phone import Phone
from tests.journeys.visitor import Shots, Visitor, open_window

pytestmark = [pytest.mark.browser, field_phone.needs_the_app()]

Hand = Callable[..., Phone]
# From the moment `window.full` is set, the phone's disk takes nothing more; nor does it seem to have had much room before.
NO_ROOM = """
    navigator.storage.estimate = async () => ({usage: 999e6, quota: 1000e6});
    for (const name of ["add", "put"]) {
        const write = IDBObjectStore.prototype[name];
        IDBObjectStore.prototype[name] = function (...given) {
            if (window.full) throw new DOMException("full", "QuotaExceededError");
            return write.apply(this, given);
        };
    }
"""
POLICY = "content-security-policy"


@pytest.fixture(scope="module")
def sent_out(chromium: Any, own_demo: DemoServer, shots: Shots) -> DemoServer:
    """The round drawn and sealed, with more sites than one team visits in this story."""
    county, lead = (open_window(chromium, own_demo, name, shots).sign_in() for name in ("county", "lead"))
    steps.draw(county, lead, n=8)
    for visitor in (county, lead):
        visitor.context.close()
    return own_demo


@pytest.fixture
def hand(chromium: Any, sent_out: DemoServer, shots: Shots) -> Iterator[Hand]:
    """Hand a new phone to someone, signed in and with the package on it."""
    phones: list[Phone] = []

    def _hand(name: str = "inspector", *, before: str = "") -> Phone:
        context = chromium.new_context(locale="zh-CN", **field_phone.LOOK)
        if before:
            context.add_init_script(before)
        phones.append(field_phone.as_phone(context, sent_out, name, shots))
        phones[-1].sign_in()
        phones[-1].take_the_package()
        return phones[-1]

    yield _hand
    for phone in phones:
        phone.context.close()
    # The phone that is full says so in the page; that it stumbled in the console too is no more than that.
    known = re.compile("ERR_INTERNET|QuotaExceededError: full")
    assert [trouble for phone in phones for trouble in phone.troubles if not known.search(trouble)] == []


def test_a_form_that_changes_meanwhile_keeps_the_draft_under_its_version(
    hand: Hand, enter: Any, sent_out: DemoServer, tmp_path: Path
) -> None:
    phone = hand()
    site = phone.begin()
    phone.judge_everything()
    phone.context.set_offline(True)
    draft = phone.draft(site)
    kind = draft["site"]["type"]
    old, new = draft["form"]["version"], publish_another(sent_out, kind, tmp_path)
    assert old != new
    phone.context.set_offline(False)
    phone.finish()
    phone.wait_until_sent(1)
    county = enter("county")
    county.go("submissions/?tab=all")
    county.follow(site)
    county.sees(draft["instanceID"], "检查记录")
    assert f"第 {old} 版" in county.text() or "第 1 版" in county.text()
    phone.open_app()
    phone.tap("第一组")
    phone.page.get_by_label("再下载一次任务包").click()
    phone.tap("下载任务包")
    phone.waits_for("可以出发了")
    packaged = phone.kept("packages")[0]["package"]["forms"]
    assert new in {form["version"] for form in packaged.values()}


def publish_another(server: DemoServer, kind: str, folder: Path) -> str:
    """Publish the shipped form of a kind of site with another first question; return its version."""
    file = folder / "form.xlsx"
    said = mingcha("--data", str(server.data), "forms", "template", "--out", str(file), kind)
    assert said.returncode == 0, said.stderr
    book = load_workbook(file)
    survey, settings = book["survey"], book["settings"]
    question = next(row for row in survey.iter_rows() if row[1].value == "q1")
    question[2].value = "演示：换过的第一题"
    place = [cell.value for cell in settings[1]].index("version")
    settings[2][place].value = "20211027180000"
    book.save(file)
    said = mingcha("--data", str(server.data), "forms", "publish", str(file), "--campaign", "demo")
    assert said.returncode == 0, said.stdout + said.stderr
    return "20211027180000"


def test_two_phones_at_one_site_leave_one_visit_and_one_question_for_the_office(hand: Hand, enter: Any) -> None:
    phone, other = hand(), hand("leader")
    site = phone.begin()
    assert other.begin() == site
    for each in (phone, other):
        each.judge_everything()
        each.finish()
        each.wait_until_sent(1)
    other.shot("field-second-phone", whole=False)
    county = enter("county")
    county.go("submissions/?tab=held")
    county.follow(site)
    county.sees("这份填报还没有成为检查记录")
    county.shot("field-held-twice")
    county.follow("不采用", within="body")
    county.page.locator("textarea").first.fill("演示：同组已有一份，以那份为准")
    county.press("不采用", within="main")
    county.sees("演示：同组已有一份，以那份为准")
    county.go("submissions/?tab=all")
    assert county.text("main").count(site) == 2


def test_a_phone_that_is_full_says_so_and_sends_what_it_has(hand: Hand) -> None:
    phone = hand(before=NO_ROOM)
    site = phone.begin()
    phone.judge_everything()
    scene = phone.question("照片")
    phone.photograph(scene, "#7a8fa6")
    scene.locator(".thumb").wait_for()
    before = phone.draft(site)
    phone.page.evaluate("window.full = true")
    phone.photograph(scene, "#8fa67a")
    phone.page.locator(".sheet").get_by_text("手机存储已满").wait_for()
    phone.shot("field-full", whole=False)
    phone.tap("不要了", within=".sheet")
    phone.question("反馈内容").locator("textarea").fill("演示：满了以后写的")
    phone.waits_for("手机存储满了", "最近的改动还在页面上")
    phone.shot("field-full-form", whole=False)
    assert [one["fileNames"] for one in phone.kept("drafts")] == [before["fileNames"]]
    phone.page.evaluate("window.full = false")
    phone.tap("再存一次")
    phone.page.locator(".pinned").wait_for(state="detached")
    assert "满了以后写的" in phone.draft(site)["xml"]
    phone.finish()
    phone.wait_until_sent(1)
    phone.open_app()
    phone.waits_for("手机存储快满了")


def test_an_expired_sign_in_holds_nothing_back(hand: Hand) -> None:
    phone = hand()
    phone.begin()
    phone.context.set_offline(True)
    phone.judge_everything()
    phone.finish()
    phone.context.clear_cookies(name="sessionid")
    phone.context.set_offline(False)
    phone.wait_until_sent(1)
    phone.open_app()
    phone.waits_for("登录已过期")
    phone.shot("field-signed-out", whole=False)


def test_an_unseen_visit_shows_nothing_of_itself(hand: Hand) -> None:
    phone = hand()
    site = phone.begin("暗访")
    asked = phone.page.locator("#page .question").all_inner_texts()
    assert not [words for words in asked if re.match("反馈|.*签名|语音", words)]
    assert "明察" not in phone.page.title() and site not in phone.page.title()
    phone.shot("field-covert")
    phone.judge_everything()
    phone.tap("快速隐藏")
    phone.page.locator(".notes").wait_for()
    assert phone.page.title() == "备忘录" and site not in phone.text()
    phone.shot("field-hidden", whole=False)
    box = phone.page.locator(".notes h1").bounding_box()
    phone.page.mouse.move(box["x"] + 20, box["y"] + 10)
    phone.page.mouse.down()
    phone.page.locator(".question").first.wait_for()
    phone.page.mouse.up()
    assert phone.draft(site)["progress"]["answered"] > 1
    phone.finish()
    phone.wait_until_sent(1)
    phone.tap(site)
    phone.waits_for("检查已结束")
    assert phone.page.get_by_role("link", name="现场反馈单").count() == 0


def test_only_the_app_may_compile(enter: Any) -> None:
    inspector: Visitor = enter("inspector", phone=True)
    policies = {
        address: inspector.context.request.get(inspector.server.url + address).headers[POLICY]
        for address in ("field/", "field/plain/", "", "submissions/", "sign-in/", "notices/", "field/app/me/")
    }
    assert [address for address, policy in policies.items() if "wasm-unsafe-eval" in policy] == ["field/"]
    assert not [policy for policy in policies.values() if re.search(r"'unsafe-(eval|inline)'", policy)], json.dumps(
        policies
    )
