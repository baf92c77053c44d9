"""Every page that the cast can reach by links, on a desk and on a phone; the main ones without scripts; all in English."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import resolve

from tests.journeys import steps
from tests.journeys.visitor import DESK, OVERFLOW, PHONE, Visitor

pytestmark = pytest.mark.browser

ALIKE = 2  # pages of one kind that are looked at; the tenth order looks like the first. Of those narrowed, one.
FILES = re.compile(r"\.(xlsx|docx|json)$|/photos/\d+/$|/proofs/\d+/$")
LINKS = "links => links.filter(a => !a.hasAttribute('download')).map(a => a.getAttribute('href'))"
CJK = re.compile("[\u4e00-\u9fff]")
# What the demo's offices have named themselves, examples in quotes, and what is typed in Chinese with its sense beside
# it: no label of the house.
DATA = re.compile(
    "“[^”]*”|岷县通报的问题类型|牵头机关|派驻机构和专项组|(乡镇纪检|村级监督)组织|10个重点|17类重点问题清单|八个严禁|十三个坚决禁止|[\u4e00-\u9fff（）、]+ \\(|"
    "第[一二三四五六七八九十]+组|[一二三四五六七八九]片区|[\u4e00-\u9fff]{2,4}(纪委监委|街道|镇|乡)|"
    "[\u4e00-\u9fff]+（演示）|[\u4e00-\u9fff]{1,3}[县区]|定西市"
)
# Words of the house itself, as against what its people have written; a checklist's questions are theirs.
LABELS = (
    ".nav a span:first-of-type, .tabs a, thead th, .kpi__label, .kpi__note, .field__help, .field__label:not(.checklist > .question > .field *), legend:not(.checklist *), .segment span, "
    ".demo-banner, .btn:not([lang]), .steps span, .timeline__act, dt, .empty, .notice, .pager, .field__optional, summary, .tabbar a"
)
MAIN = ("", "campaigns/demo/", "sites/", "campaigns/demo/ledger/", "campaigns/demo/totals/", "orders/", "rulebooks/",
        "campaigns/demo/brief/", "notices/")  # fmt: skip


@pytest.mark.parametrize("name", ["lead", "county", "leader", "inspector", "unit"])
def test_every_page_is_whole_on_desk_and_phone(name: str, enter: Any) -> None:
    visitor = enter(name)
    seen = 0
    for address in crawl(visitor):
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


def crawl(visitor: Visitor) -> Iterator[str]:
    """Yield the home page and all that its links lead to, a few of each kind; links are read after each visit."""
    waiting, known, kinds = deque(["/"]), {"/"}, Counter[tuple[str, ...]]()
    while waiting:
        address = waiting.popleft()
        yield address
        for link in visitor.page.eval_on_selector_all("a[href]", LINKS):
            target = urlsplit(str(visitor.page.evaluate("link => new URL(link, location).href", link)))
            found = target.path + (f"?{target.query}" if target.query else "")
            if f"{target.scheme}://{target.netloc}/" != visitor.server.url or FILES.search(target.path):
                continue
            kind = (resolve(target.path).view_name, *sorted(key for key, _ in parse_qsl(target.query)))
            if found not in known and kinds[kind] < (1 if target.query else ALIKE):
                known.add(found)
                kinds[kind] += 1
                waiting.append(found)


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


@pytest.mark.parametrize("name", ["lead", "inspector", "unit"])
def test_in_english_no_label_stays_chinese(name: str, enter: Any) -> None:
    visitor = enter(name)
    visitor.press("English")
    left = {}
    for address in crawl(visitor):
        assert visitor.go(address) == 200, address
        left[address] = chinese_labels(visitor)
    assert {address: words for address, words in left.items() if words} == {}


def test_the_phone_s_forms_in_english(enter: Any) -> None:
    county, inspector = enter("county"), enter("inspector", phone=True)
    steps.freeze(county)
    steps.fill_in_the_draw(county, n=1)
    county.press("抽签并密封")
    inspector.go("/")
    inspector.speak("en")
    inspector.go("/")
    inspector.follow("第一组")
    left = {}
    for button in ("open", "begin"):
        left[button] = chinese_labels(inspector)
        inspector.shot(f"english-{button}")
        if button == "begin":
            inspector.page.locator("[value=overt]").first.check(force=True)
        with inspector.page.expect_navigation():
            inspector.page.locator(f"form[action*='/{button}/'] button").locator("visible=true").first.click()
    visit = inspector.path
    for part in ("", "photos/", "findings/new/", "close/"):
        assert inspector.go(visit + part) == 200
        left[part] = chinese_labels(inspector)
        inspector.shot(f"english-{part.replace('/', '-')}")
    assert not any(left.values()), left


def chinese_labels(visitor: Visitor) -> list[str]:
    """Return the house's own words on this page that are in Chinese."""
    words = visitor.page.locator(LABELS).all_inner_texts()
    return sorted({word.strip() for word in words if CJK.search(DATA.sub("", word))})
