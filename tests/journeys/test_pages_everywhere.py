"""Every page that the cast can reach by links, on a desk and on a phone; the main ones without scripts."""

import re
from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.crawl import crawl
from tests.journeys.visitor import DESK, OVERFLOW, PHONE, Visitor

pytestmark = pytest.mark.browser

MAIN = ("", "campaigns/demo/", "sites/", "campaigns/demo/ledger/", "campaigns/demo/totals/", "orders/", "rulebooks/",
        "campaigns/demo/brief/", "notices/")  # fmt: skip


@pytest.mark.parametrize("name", ["lead", "county", "leader", "inspector", "unit"])
def test_every_page_is_whole_on_desk_and_phone(name: str, enter: Any) -> None:
    visitor = enter(name)
    seen = 0
    # The lead's reach takes in everybody's: there two of a kind, an order that is open and one that is closed.
    for address in crawl(visitor, alike=2 if name == "lead" else 1):
        seen += 1
        visitor.page.set_viewport_size(DESK)
        assert visitor.go(address) == 200, address
        assert visitor.page.locator("h1").inner_text().strip(), address
        assert len(visitor.text("main")) > 20, f"{address} is empty"
        visitor.sees("演示数据", within=".demo-banner")
        assert visitor.page.evaluate(OVERFLOW) == [], f"{address} sticks out on a desk"
        picture(visitor, address)
        visitor.page.set_viewport_size(PHONE)
        assert visitor.page.evaluate(OVERFLOW) == [], f"{address} sticks out on a phone"
        picture(visitor, f"{address}-narrow")
        assert visitor.troubles == []
    assert seen >= {"lead": 30, "county": 30}.get(name, 4)


def picture(visitor: Visitor, address: str) -> None:
    """Take a picture of every page where somebody asked for pictures; otherwise there are too many of them."""
    if visitor.shots.asked:
        visitor.shot(re.sub(r"\W+", "_", address).strip("_") or "home")


def test_without_scripts_the_main_pages_do_their_work(enter: Any) -> None:
    lead = enter("lead", java_script_enabled=False)
    for address in MAIN:
        assert lead.go(address) == 200
        assert lead.page.locator("h1").inner_text()
    lead.go("campaigns/demo/ledger/")
    lead.choose("整改方式", "限期整改")
    lead.press("筛选")
    lead.sees("整改方式：限期整改", "立行立改 0 +")
    inspector = enter("inspector", phone=True, java_script_enabled=False)
    inspector.go("field/")
    if "field/plain/" not in inspector.path:  # where the app is built, it says that it does not run here
        inspector.follow("请用简版页面", within="body")
    inspector.sees("已收队")
    unit = enter("unit", java_script_enabled=False)
    unit.follow("全部")
    unit.page.locator("tbody a").first.click()
    unit.write("整改措施与结果", "演示：没有脚本也能答复。")
    unit.press_unchecked("提交答复")
    unit.sees("请至少上传一份佐证")
    assert unit.page.get_by_label("整改措施与结果").input_value() == "演示：没有脚本也能答复。"
    unit.attach("佐证材料", "佐证（演示）.png", steps.picture("#8fa67a"), "image/png")
    unit.press("提交答复")
    unit.sees("已答复，等待核验")
