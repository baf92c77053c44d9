"""
Citizens on their own phones: one whose browser runs scripts and whose network fails, one whose browser runs none, one
who has no mouse. Each page is looked at by axe, and at twice its size nothing sticks out.
"""

import re
import time

import pytest

from tests.journeys.axed import complaints
from tests.journeys.visitor import OVERFLOW, PHONE, Visitor, open_window
from tests.world import PNG

pytestmark = pytest.mark.browser

TEXT = "演示：卡点夜里十二点以后没有人，登记本是第二天补写的。"
WAIT = 20.5  # seconds that a browser without script must have had the page


@pytest.fixture(scope="module")
def plain(chromium, own_demo):
    """A phone that runs no script, and when it opened the first page: it must wait, so the others go first."""
    window = open_window(chromium, own_demo, "plain", shots=None, phone=True, java_script_enabled=False)
    window.go("report/new/")
    yield window, time.monotonic()
    window.context.close()
    assert window.troubles == []


@pytest.fixture
def open_phone(chromium, own_demo, shots):
    windows = []

    def _open(**more):
        windows.append(open_window(chromium, own_demo, "citizen", shots, **{"phone": True, **more}))
        return windows[-1]

    yield _open
    for window in windows:
        window.context.close()
    assert [trouble for window in windows for trouble in window.troubles if "ERR_INTERNET" not in trouble] == []


def step(visitor: Visitor, name: str) -> None:
    """Wait until the page of this step has taken the place of the one before."""
    visitor.page.wait_for_selector(f"[data-step={name}]")


def look(visitor: Visitor, name: str) -> None:
    """Nothing sticks out, at this width and at twice the size; axe has nothing to say; a picture if asked for."""
    assert complaints(visitor.page) == [], name
    visitor.shot(f"report-{name}")
    visitor.page.set_viewport_size({"width": PHONE["width"] // 2, "height": PHONE["height"] // 2})
    assert visitor.page.evaluate(OVERFLOW) == [], f"{name} at 200 %"
    visitor.page.set_viewport_size(PHONE)


def click(visitor: Visitor, words: str) -> None:
    visitor.page.locator("main").get_by_role("button", name=words, exact=True).click()


def test_pages_to_read_are_legible_to_everybody(plain, open_phone):
    phone = open_phone()
    for path in ("", "how/", "privacy/", "calls/", "back/"):
        assert phone.go(f"report/{path}") == 200
        look(phone, path.strip("/") or "front")
    assert not phone.context.cookies()


def test_with_scripts_over_a_network_that_fails(plain, open_phone):
    phone: Visitor = open_phone()
    phone.go("report/")
    phone.follow("我要反映问题")
    look(phone, "kind")
    phone.page.get_by_role("button", name=re.compile("^措施没落实")).click()
    step(phone, "category")
    look(phone, "category")
    click(phone, "管控措施不落实")
    step(phone, "unit")
    look(phone, "unit")
    phone.choose("事情发生在哪个县区", "岷县")
    phone.write("反映哪个单位", "岷阳")
    phone.tick("说不清")
    click(phone, "下一步")
    phone.page.wait_for_selector("#found")
    look(phone, "found")
    phone.tick("岷阳镇人民政府")
    click(phone, "下一步")
    step(phone, "story")

    phone.write("请把事情写下来", TEXT)
    phone.context.set_offline(True)
    click(phone, "下一步")
    phone.page.wait_for_selector("#trouble.notice--error")
    phone.sees("网络好像断了")
    assert phone.page.get_by_label("请把事情写下来").input_value() == TEXT
    look(phone, "offline")
    phone.context.set_offline(False)
    click(phone, "下一步")
    step(phone, "who")

    # The phone's own "back" goes one page back, and forth again nothing is missing.
    phone.page.go_back()
    step(phone, "story")
    assert phone.page.get_by_label("请把事情写下来").input_value() == TEXT
    click(phone, "下一步")
    step(phone, "who")
    assert phone.page.get_by_label("您的姓名").is_hidden()
    phone.tick("留姓名和电话")
    phone.write("您的姓名", "演示居民")
    look(phone, "who")
    phone.tick("不留姓名")
    click(phone, "下一步")
    step(phone, "check")
    phone.sees(TEXT, "岷阳镇人民政府", "岷县")
    phone.page.locator("#files").set_input_files({"name": "卡点.png", "mimeType": "image/png", "buffer": PNG})
    phone.sees("卡点.png · 0.1 MB")
    look(phone, "check")
    click(phone, "发送")
    phone.page.wait_for_selector("[data-gate]", timeout=120_000)
    look(phone, "receipt")
    code = re.sub(r"\s", "", phone.text("[data-code]"))
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", code)
    assert code not in phone.page.url and not phone.context.cookies()

    kept = phone.page.get_by_role("button", name="记好了，下一步")
    assert kept.is_disabled()
    phone.page.go_back()
    phone.page.wait_for_selector("#trouble")
    phone.sees("请先记下查询码", code[-4:])
    phone.tick("我已经记下查询码")
    kept.click()
    phone.page.wait_for_selector(".tip__stages")
    look(phone, "kept")
    come_back(phone, code)


def come_back(phone: Visitor, code: str) -> None:
    """With the code, typed carelessly: read, add, leave."""
    phone.follow("试一试查询码")
    phone.write("查询码", code.lower().replace("-", " "))
    click(phone, "查看")
    phone.page.wait_for_selector("#add")
    phone.sees(TEXT, "已收到")
    look(phone, "mine")
    phone.write("您要补充的话", "演示：昨晚又去看过，还是没有人。")
    click(phone, "发送补充")
    phone.page.wait_for_selector("text=昨晚又去看过", timeout=120_000)
    assert phone.page.get_by_label("您要补充的话").input_value() == ""
    cookies = phone.context.cookies()
    assert [each["name"] for each in cookies] == ["mingcha_receipt"] and code[:4] not in str(cookies)
    with phone.page.expect_navigation():
        click(phone, "看完了，退出")
    assert not phone.context.cookies()


def test_by_keyboard_alone(plain, open_phone):
    desk: Visitor = open_phone(phone=False)
    keys = desk.page.keyboard
    desk.go("report/")

    def to(words: str) -> None:
        """Press Tab until this is where one is."""
        for _press in range(40):
            keys.press("Tab")
            here = desk.page.evaluate(
                "() => { const at = document.activeElement, label = at.labels && at.labels[0];"
                " return (label || at).innerText || ''; }"
            )
            if words in here:
                return
        raise AssertionError(f"no way to {words}")

    to("我要反映问题")
    with desk.page.expect_navigation():
        keys.press("Enter")
    to("干部违纪违法")
    keys.press("Enter")
    step(desk, "category")
    to("吃拿卡要")
    keys.press("Enter")
    step(desk, "unit")
    to("哪个县区")
    keys.press("ArrowDown")
    to("反映哪个单位")
    keys.type("演示窗口")
    to("不是")
    keys.press("Space")
    keys.press("Enter")
    step(desk, "story")
    to("请把事情写下来")
    keys.type(TEXT)
    to("下一步")
    keys.press("Enter")
    step(desk, "who")
    to("不留姓名")
    keys.press("Space")
    keys.press("Enter")
    step(desk, "check")
    desk.shot("report-keyboard")
    to("发送")
    keys.press("Enter")
    desk.page.wait_for_selector("[data-gate]", timeout=120_000)
    to("我已经记下查询码")
    keys.press("Space")
    to("记好了")
    keys.press("Enter")
    desk.page.wait_for_selector(".tip__stages")


def test_without_scripts(plain):
    """Opened before the others; sent when twenty seconds have passed."""
    phone, opened = plain
    phone.press("措施没落实")
    phone.press("生活保障不到位")
    phone.choose("事情发生在哪个县区", "岷县")
    phone.write("反映哪个单位", "演示社区菜店")
    phone.tick("不是")
    phone.press("下一步")
    if "都不是" in phone.text():
        phone.press("下一步")
    phone.press_unchecked("下一步")
    phone.sees("请写下发生了什么事")
    phone.write("请把事情写下来", TEXT)
    phone.press("下一步")
    phone.tick("不留姓名")
    phone.press("下一步")
    phone.page.locator("#files").set_input_files({"name": "菜价.png", "mimeType": "image/png", "buffer": PNG})
    time.sleep(max(0.0, WAIT - (time.monotonic() - opened)))
    phone.press("发送")
    code = re.sub(r"\s", "", phone.text("[data-code]"))
    phone.tick("我已经记下查询码")
    phone.press("记好了，下一步")
    phone.follow("试一试查询码")
    phone.write("查询码", code)
    phone.press("查看")
    phone.sees(TEXT, "已收到")
    assert phone.page.evaluate(OVERFLOW) == []
