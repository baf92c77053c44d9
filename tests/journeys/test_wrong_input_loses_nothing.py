"""Wrong input gets one clear sentence, is still there to be put right, and changes nothing."""

import io
import re
from typing import Any

import pytest
from openpyxl import Workbook

from tests.journeys import steps
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ("点位编号", "名称", "类型", "区划代码", "地址", "责任单位")
GOOD = ("YS-001", "演示新小区", "小区", "621126100", "演示路9号", "岷阳镇人民政府（演示）")
BAD = (
    GOOD,
    ("YS-002", "演示外地超市", "超市", "620102001", "演示路10号", "演示单位"),  # Lanzhou is another city
    ("YS-003", "演示怪点位", "飞船", "621126100", "演示路11号", "岷阳镇人民政府（演示）"),
    ("YS-004", "", "超市", "621126100", "", "岷阳镇人民政府（演示）"),
)


def sheet(*rows: tuple[str, ...]) -> bytes:
    """Return a workbook of sites."""
    book = Workbook()
    for row in (HEADS, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_register_is_taken_whole_or_not_at_all(enter: Any) -> None:
    county = enter("county")
    before = sites_on_register(county)
    county.go("sites/import/")
    county.attach("Excel 文件", "点位.xlsx", sheet(GOOD)[:900], XLSX)
    county.press("上传并预览")
    county.sees("文件打不开：请确认是完整的 .xlsx 文件，用 Excel 另存一次后重新上传。")
    county.shot("sites-torn")

    county.attach("Excel 文件", "点位.xlsx", sheet(*BAD), XLSX)
    county.press("上传并预览")
    county.sees("有 3 处要改，什么都没有写入", "620102001", "飞船", "名称")
    rows = [row.inner_text() for row in county.page.locator("main table tbody tr").all()]
    assert [re.match(r"\d+", row)[0] for row in rows] == ["3", "4", "5"], "numbered as in Excel"
    county.shot("sites-bad-rows")
    assert sites_on_register(county) == before

    county.attach("Excel 文件", "点位.xlsx", sheet(GOOD, ("YS-005", *GOOD[1:])), XLSX)
    county.press("上传并预览")
    county.sees("还没有写入任何内容", "演示新小区")
    county.shot("sites-preview")
    assert sites_on_register(county) == before
    county.press("确认导入 2 行")
    county.sees("已导入：新增 2 个")
    assert sites_on_register(county) == before + 2


def sites_on_register(county: Visitor) -> int:
    """Return how many sites the register says it has."""
    return int(re.search(r"共 (\d+) 条", county.source("sites/"))[1])


def test_on_the_way_and_at_the_site(enter: Any) -> None:
    county, lead, inspector = enter("county"), enter("lead"), enter("inspector", phone=True)
    steps.open_the_plan(county)
    steps.fill_in_the_plan(county, n=99)
    county.press_unchecked("冻结名录")
    county.sees("9", within="main")
    assert county.page.get_by_label("抽取多少个点位").input_value() == "99"
    county.shot("draw-too-many")
    county.write("抽取多少个点位", "2")
    county.write("最早出发时间", "09:00")
    county.press("冻结名录", within="main")
    county.sees("出发时间已经过去，请填现在或以后的时间。")
    assert county.page.get_by_label("最早出发时间").input_value() == "09:00"
    county.shot("draw-in-the-past")
    county.write("最早出发时间", "18:00")
    county.press("冻结名录", within="main")
    steps.hold_the_ceremony(county, lead)

    a_site_outside_the_round(inspector)
    a_deadline_in_the_past(inspector)


def a_site_outside_the_round(inspector: Visitor) -> None:
    drawn = steps.open_the_list(inspector)
    other = "621126101-wsy"  # a health centre in another township, which this round was not about
    form = inspector.page.locator("form[action*='/begin/']").first
    form.evaluate(
        "(form, code) => form.action = form.action.replace(/visits\\/.*\\/begin/, `visits/${code}/begin`)", other
    )
    steps.begin_openly(inspector)
    inspector.sees("不在这次抽签的清单里，不能在这里登记检查。请从清单中选择点位。", *drawn)
    inspector.shot("outside-the-round")
    steps.begin_openly(inspector)
    inspector.sees("检查表")


def a_deadline_in_the_past(inspector: Visitor) -> None:
    steps.judge_everything(inspector)
    inspector.press("登记问题")
    seen = "演示：测温点只设了一个，方案写的是两个"
    steps.note(inspector, seen=seen, item="第2条", way="限期整改")
    inspector.tick("其他时间")
    inspector.write("其他时限", "2021-10-26T09:00")
    inspector.write("整改要求", "演示：两天内设齐")
    inspector.press("登记问题")
    inspector.sees("整改时限已经过去，请填一个将来的时间。")
    page = inspector.page
    assert page.get_by_label("看到了什么").input_value() == seen
    assert page.get_by_label("整改要求").input_value() == "演示：两天内设齐"
    assert page.get_by_label("其他时限").input_value().startswith("2021-10-26T09:00")
    assert page.get_by_label("限期整改").is_checked()
    inspector.shot("deadline-in-the-past")
    inspector.write("其他时限", "2021-10-29T09:00")
    inspector.press("登记问题")
    inspector.sees(seen, "10月29日 09:00 前改好")


def test_two_people_close_the_same_item_at_once(enter: Any) -> None:
    county, lead = enter("county"), enter("lead")
    county.go("orders/?tab=verifying")
    county.page.locator("tbody a").first.click()
    county.page.wait_for_load_state()
    lead.go(county.path)
    for visitor in (county, lead):
        visitor.page.locator("#close").get_by_label("核验意见").fill(f"演示：{visitor.name} 看过佐证，属实。")
    county.press("核验通过，销号")
    lead.press("核验通过，销号")
    county.sees("已核验销号")
    lead.sees("这一件刚刚已被别人办理，当前状态是“已销号”", "您刚才填的内容（没有提交）", "办理：核验通过，销号")
    assert lead.page.get_by_label("您刚才填的内容").input_value() == "演示：lead 看过佐证，属实。"
    assert not lead.page.locator("#close").count()
    lead.shot("closed-by-another")
    assert county.text().count("核验通过，销号") == 1, "closed once"
