"""
A day in villages without signal: what a phone was given in the morning arrives in the evening, all of it, once.

Between the two the page is reloaded and the battery taken out; the forms, pictures and signatures are where they were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoServer, mingcha
from tests.journeys import field_phone, steps
from tests.journeys.field_phone import Phone
from tests.journeys.visitor import Shots, Visitor

pytestmark = [pytest.mark.browser, field_phone.needs_the_app()]

SEEN = "演示：北门登记台无人值守，登记簿空着三页"
REFUSED = "演示：值班负责人说要等领导来，不让进"
NEW_PLACE = "演示：城郊临时采样点"
TABLES = {
    "submissions": "Submission", "visits": "Visit", "findings": "Finding", "orders": "Rectification",
    "attachments": "Attachment",
}  # fmt: skip
SwitchOn = Callable[[], Phone]


@dataclass
class Day:
    """What one chapter leaves to the next."""

    sites: list[str] = field(default_factory=list)
    instances: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    round: str = ""


@pytest.fixture
def switch_on(chromium: Any, own_demo: DemoServer, shots: Shots, tmp_path: Path) -> Iterator[SwitchOn]:
    """Switch the inspector's phone on, as often as its battery was out."""
    phones: list[Phone] = []

    def _switch_on() -> Phone:
        phones.append(field_phone.with_battery(chromium, tmp_path / "disk", own_demo, "inspector", shots))
        return phones[-1]

    yield _switch_on
    phones[-1].context.close()
    assert [trouble for phone in phones for trouble in phone.troubles if "ERR_INTERNET" not in trouble] == []


def test_a_day_without_signal(enter: Any, switch_on: SwitchOn, own_demo: DemoServer, tmp_path: Path) -> None:
    day = Day()
    county, unit = enter("county"), enter("unit")
    the_county_draws(county, enter("lead"), day)
    phone = switch_on()
    the_package_is_taken_along(phone, day)
    phone.context.set_offline(True)
    the_first_site_has_a_finding(phone, day)
    the_page_is_loaded_again(phone, day)
    field_phone.without_battery(phone, tmp_path / "disk")
    phone = switch_on()
    phone.context.set_offline(True)
    all_is_back_after_the_battery(phone, day)
    the_second_site_lets_nobody_in(phone, day)
    a_place_on_no_list_is_visited_too(phone, day)
    the_outbox_waits(phone)
    before = counted(own_demo)
    phone.context.set_offline(False)
    everything_arrives_once(phone, own_demo, before)
    the_slip_is_shown(phone, day)
    the_county_reads_it(county, day)
    the_unit_has_its_order(unit)


def the_county_draws(county: Visitor, lead: Visitor, day: Day) -> None:
    steps.draw(county, lead, n=3)
    day.round = county.path.removesuffix("ceremony/")


def the_package_is_taken_along(phone: Phone, day: Day) -> None:
    phone.sign_in()
    phone.open_app()
    phone.waits_for("10月27日 18:00")
    phone.shot("field-home", whole=False)
    phone.take_the_package()
    day.sites = [str(name).strip() for name in phone.page.locator(".stop h3").all_inner_texts()]
    assert len(day.sites) == 3
    phone.shot("field-stops")


def the_first_site_has_a_finding(phone: Phone, day: Day) -> None:
    assert phone.begin() == day.sites[0]
    phone.shot("field-form")
    phone.judge_everything()
    pair = phone.page.locator(".pair input")
    pair.nth(0).fill("30")
    pair.nth(1).fill("9")
    phone.waits_for("核实比上报少 21")
    phone.page.get_by_role("button", name="登记问题").last.click()
    card = phone.page.locator(".row-card--open")
    phone.question("所属条目").get_by_role("button", name="请选择").click()
    phone.page.locator(".pick-list__row").first.click()
    phone.question("问题描述").locator("textarea").fill(SEEN)
    phone.photograph(card, "#7a8fa6", blurred=True)
    card.locator(".thumb").first.wait_for()
    phone.photograph(card, "#8fa67a")
    card.locator(".thumb").nth(1).wait_for()
    card.locator("label").filter(has_text="24 小时").click()
    phone.question("整改要求").locator("textarea").fill("演示：今晚补齐值守")
    phone.shot("field-finding")
    card.get_by_role("button", name="收起").last.click()
    phone.question("语音备注").get_by_role("button", name="录音").click()
    phone.page.wait_for_timeout(1200)
    phone.tap("停止")
    phone.page.locator("audio").wait_for()
    phone.question("反馈内容").locator("textarea").fill("演示：当场指出一个问题")
    phone.question("反馈对象职务").locator("input, textarea").first.fill("值班负责人")
    phone.sign("反馈对象签名")
    draft = phone.draft(day.sites[0])
    day.instances[day.sites[0]], day.files = draft["instanceID"], sorted(draft["fileNames"])
    assert [name.partition("-")[0] for name in day.files] == ["photo_1", "photo_2", "sign_receiver", "voice"]


def the_page_is_loaded_again(phone: Phone, day: Day) -> None:
    phone.page.reload()
    all_is_there(phone, day)


def all_is_back_after_the_battery(phone: Phone, day: Day) -> None:
    phone.open_app()
    phone.waits_for("连不上服务器")
    phone.shot("field-home-offline", whole=False)
    phone.tap("第一组")
    phone.tap("接着填")
    all_is_there(phone, day)
    phone.shot("field-form-back")
    phone.finish()
    phone.waits_for("已放入待送箱")
    phone.shot("field-closed", whole=False)
    phone.tap("回到清单")


def all_is_there(phone: Phone, day: Day) -> None:
    """Look for answers, pictures and signature on the page, and for the same instance below it."""
    phone.page.locator(".row-card__summary").filter(has_text=SEEN).wait_for()
    phone.scroll_to(".signature")
    phone.scroll_to("audio")
    draft = phone.draft(day.sites[0])
    assert draft["instanceID"] == day.instances[day.sites[0]]
    assert sorted(draft["fileNames"]) == day.files
    assert sorted(one["name"] for one in phone.kept("attachments")) == day.files
    phone.page.locator(".row-card__head").click()
    loaded = "() => [...document.querySelectorAll('.thumb img')].filter((photo) => photo.naturalWidth > 0).length"
    for _ in range(100):  # asked from outside: the page's policy lets nothing be evaluated inside it
        if phone.page.evaluate(loaded) == 2:
            break
        phone.page.wait_for_timeout(100)
    assert phone.page.evaluate(loaded) == 2
    phone.page.locator(".row-card__head").click()


def the_second_site_lets_nobody_in(phone: Phone, day: Day) -> None:
    assert phone.begin() == day.sites[1]
    phone.page.locator("label").filter(has_text="被拒绝").click()
    phone.question("原因").locator("textarea").fill(REFUSED)
    day.instances[day.sites[1]] = phone.draft(day.sites[1])["instanceID"]
    phone.finish()
    phone.tap("回到清单")
    phone.waits_for("已结束 2 站，共 3 站")


def a_place_on_no_list_is_visited_too(phone: Phone, day: Day) -> None:
    phone.tap("计划外检查")
    phone.tap("名单上没有？直接填写")
    phone.write("点位名称", NEW_PLACE)
    phone.page.get_by_label("点位类型").select_option(label="超市")
    phone.write("地址", "演示：城郊一号")
    phone.tick("明察")
    phone.shot("field-unplanned", whole=False)
    phone.tap("到了，开始检查")
    phone.page.locator(".question").first.wait_for()
    phone.judge_everything()
    day.instances[NEW_PLACE] = phone.draft(NEW_PLACE)["instanceID"]
    phone.finish()


def the_outbox_waits(phone: Phone) -> None:
    phone.open_app("#/outbox")
    phone.page.locator(".pill", has_text="待报送").nth(2).wait_for()
    phone.shot("field-outbox-waiting", whole=False)


def everything_arrives_once(phone: Phone, server: DemoServer, before: dict[str, int]) -> None:
    phone.wait_until_sent(3)
    phone.shot("field-outbox-sent", whole=False)
    phone.page.reload()
    phone.wait_until_sent(3)
    added = {what: number - before[what] for what, number in counted(server).items()}
    assert added == {"submissions": 3, "visits": 3, "findings": 1, "orders": 1, "attachments": 4}


def the_slip_is_shown(phone: Phone, day: Day) -> None:
    phone.open_app("#/outbox")
    phone.tap(day.sites[0])
    phone.waits_for("已送达")
    phone.tap("现场反馈单")
    phone.page.locator(".slip .qr").wait_for()
    phone.sees(day.sites[0], SEEN, "24 小时内", "演示：今晚补齐值守", "演示：当场指出一个问题", "值班负责人")
    assert SEEN in str(phone.page.locator(".slip .qr").get_attribute("aria-label"))
    phone.page.locator(".slip__signatures img").first.wait_for()  # read from the phone's disk after the words
    assert phone.page.locator(".slip__signatures img").count() == 1
    phone.shot("field-slip")


def the_county_reads_it(county: Visitor, day: Day) -> None:
    county.go("submissions/?tab=all")
    county.sees(*day.sites[:2], NEW_PLACE)
    county.shot("field-submissions")
    county.follow(day.sites[0])
    county.sees(day.instances[day.sites[0]], "第一组", "30", "9", SEEN)
    county.shot("field-submission")
    county.follow("检查记录")
    county.sees(SEEN, "签名", "录音")
    county.shot("field-visit")
    county.go(f"campaigns/demo/ledger/?search={SEEN}")
    county.sees("发现 1")
    county.go("submissions/?tab=all")
    county.follow(NEW_PLACE)
    county.follow("检查记录")
    county.sees("计划外")
    county.shot("field-unplanned")


def the_unit_has_its_order(unit: Visitor) -> None:
    unit.go("/")
    unit.follow(SEEN)
    unit.sees("演示：今晚补齐值守")


def counted(server: DemoServer) -> dict[str, int]:
    """Return how many rows there are, by what a journey calls them."""
    rooms = ("fieldwork", "findings", "rectifications")
    imports = "; ".join(f"from mingcha.flow.{room}.models import *" for room in rooms)
    printed = ", ".join(f"{table}.objects.count()" for table in TABLES.values())
    said = mingcha("--data", str(server.data), "shell", "-c", f"{imports}; print({printed})")
    assert said.returncode == 0, said.stderr
    return dict(zip(TABLES, map(int, said.stdout.splitlines()[-1].split()), strict=True))
