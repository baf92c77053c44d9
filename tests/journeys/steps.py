"""What several journeys do on their way: the round drawn, the list opened, a finding filled in."""

import io
import re

from PIL import Image

from tests.journeys.visitor import Visitor

# The gateways and gathering places of the county seat: nine sites, all answered for by one township.
KINDS = ("汽车站", "火车站", "高速出口", "市场", "超市", "集中隔离点")
UNIT = "岷阳镇人民政府"
MOBILE = "13812345678"
DICE = "3 1 4 1 5 2 6 5 3 5 2 6"


def open_the_plan(county: Visitor) -> None:
    """From the home page: plan the round that was begun, an even lottery over the county seat."""
    county.follow("冻结名录")
    county.page.locator("summary", has_text="只抽某些类型").click()
    for kind in KINDS:
        county.tick(kind)
    county.tick("均等抽签")


def fill_in_the_plan(county: Visitor, *, n: int) -> None:
    """Fill in how many and when, and send the first team alone, which is the cast's."""
    county.write("抽取多少个点位", str(n))
    county.write("检查日期", "2021-10-27")
    county.write("最早出发时间", "18:00")
    county.tick("抽签分派", within=".round-plan")
    for box in county.page.get_by_role("group", name="出动的检查组").get_by_role("checkbox").all():
        box.set_checked("第一组" in box.evaluate("box => box.closest('label').innerText"))


def freeze(county: Visitor, *, n: int) -> None:
    """From the home page: freeze the county seat's nine sites, with all that could bend the draw."""
    open_the_plan(county)
    fill_in_the_plan(county, n=n)
    county.press("冻结名录", within="main")
    county.sees("名录已冻结，共 9 个点位")


def hold_the_ceremony(county: Visitor, lead: Visitor) -> None:
    """From the page of the ceremony: two secrets, dice read by the witness and then by the county, the draw."""
    ceremony = county.path
    county.press("投入秘密")
    county.sees("等另一家")
    lead.go(ceremony)
    lead.press("投入秘密")
    lead.write("读数", DICE)
    lead.press("录入")
    lead.sees("等另一家复核")
    county.go(ceremony)
    county.write("读数", DICE)
    county.press("复核并抽签")
    county.sees("已抽签，清单已密封")


def draw(county: Visitor, lead: Visitor, *, n: int) -> None:
    """From the home page: the round frozen, held and sealed."""
    freeze(county, n=n)
    hold_the_ceremony(county, lead)


def open_the_list(inspector: Visitor) -> list[str]:
    """From the home page: open the first team's list and set out; return the sites it names."""
    inspector.go("/")
    inspector.follow("第一组")
    inspector.press("启封并出发")
    return [str(heading) for heading in inspector.page.locator(".stops h3").all_inner_texts()]


def begin_openly(inspector: Visitor) -> None:
    """Begin the visit to the next stop, showing who one is."""
    inspector.tick("明察")
    inspector.press("开始检查")


def note(inspector: Visitor, *, seen: str, item: str, way: str) -> None:
    """Fill in what every finding needs, with the first photo where there is one."""
    inspector.write("看到了什么", seen)
    inspector.choose("违反哪一条", item)
    if inspector.page.locator(".pick input").count():
        inspector.page.locator(".pick input").first.check()
    inspector.tick("单位管理责任")
    inspector.tick("一般")
    inspector.tick(way)


def judge_everything(inspector: Visitor) -> None:
    """Answer each question of the checklist: the first one 不合格, the others 合格; 9 verified of 30 reported."""
    for number, question in enumerate(inspector.page.locator(".question:has(.segments)").all()):
        question.locator("label", has_text="不合格" if number == 0 else re.compile("^合格")).first.click()
    for count in inspector.page.locator(".question:has(.pair)").all():
        count.get_by_label("上报数").fill("30")
        count.get_by_label("核实数").fill("9")


def picture(colour: str) -> bytes:
    """Return a small photo of nothing."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(kept, "PNG")
    return kept.getvalue()
