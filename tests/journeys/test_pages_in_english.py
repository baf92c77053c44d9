"""Every page that the cast can reach by links, and the phone's forms, in English: no label of the house stays Chinese."""

import re
from typing import Any

import pytest

from tests.journeys import steps
from tests.journeys.crawl import crawl
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

CJK = re.compile("[\u4e00-\u9fff]")
# What the demo's offices have named themselves, examples in quotes, and what is typed in Chinese with its sense beside
# it: no label of the house.
DATA = re.compile(
    "“[^”]*”|岷县通报的问题类型|牵头机关|派驻机构和专项组|(乡镇纪检|村级监督)组织|10个重点|17类重点问题清单|八个严禁|十三个坚决禁止|[\u4e00-\u9fff（）、]+ \\(|"
    "第[一二三四五六七八九十]+组|[一二三四五六七八九]片区|[\u4e00-\u9fff]{2,4}(纪委监委|街道|镇|乡)|"
    "[\u4e00-\u9fff，、；。]+（演示）|[\u4e00-\u9fff]{1,3}[县区]|定西市"
)
# Words of the house itself, as against what its people have written; a checklist's questions are theirs.
LABELS = (
    ".nav a span:first-of-type, .tabs a, thead th, .kpi__label, .kpi__note, .field__help, .field__label:not(.checklist > .question > .field *), legend:not(.checklist *), .segment span, "
    ".demo-banner, .btn:not([lang]), .steps span, .timeline__act, dt:not([lang]), .empty, .notice, .pager, .field__optional, summary, .tabbar a"
)


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
    inspector = enter("inspector", phone=True)
    steps.draw(enter("county"), enter("lead"), n=1)
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
